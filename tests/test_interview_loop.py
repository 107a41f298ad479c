"""The interview in the whole loop."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from fakes_hearing import ScriptedDictation
from test_runner import House

from assistant.cases.journal import Journal
from assistant.events import Final
from assistant.notices import CaseSavedNotice, CaseUpdatedNotice, FinalNotice, SayNotice
from assistant.recap.fields import extract_fields
from assistant.recap.model import RecapFields

DICTATED = "I called Harbor Gas about my bill. They will refund me $50 by Friday."


def extract(text: str, today: date, company: str) -> RecapFields:
    return extract_fields(text, today, company=company)


class SlowToAnswer(ScriptedDictation):
    """Hears of the answer only when it is stopped late."""

    def _finish(self) -> tuple[Final, ...]:
        return super()._finish() if self._now_s > 12.0 else ()


def test_an_answer_that_the_end_cuts_short_is_in_the_case(tmp_path: Path) -> None:
    house = House(tmp_path, {2.0: "start-recap", 8.0: "end-recap"}, seconds=14.0, extract=extract)
    slow = SlowToAnswer({5.0: DICTATED}, in_flight="A B 7 4 2")
    house.parts = replace(house.parts, dictation=slow)
    house.run()
    (summary,) = house.store.list()
    assert summary.case_numbers == ("AB742",)
    assert list(house.journals.iterdir()) == []


def test_the_loop_asks_listens_and_saves(tmp_path: Path) -> None:
    house = House(
        tmp_path,
        {2.0: "start-recap", 8.0: "end-recap"},
        {5.0: DICTATED, 14.0: "A B 7 4 2", 19.0: "Yes.", 24.0: "Maria.", 36.0: "That's all."},
        seconds=50.0,
        extract=extract,
    ).run()
    (saved,) = house.recorder.of(CaseSavedNotice)
    assert isinstance(saved, CaseSavedNotice)
    case = house.store.load(saved.case_id)
    assert [one.value for one in case.fields.case_numbers] == ["AB742"]
    assert [one.name for one in case.fields.people] == ["Maria"]
    updates = [n for n in house.recorder.notices if isinstance(n, CaseUpdatedNotice)]
    assert len(updates) == 4
    assert updates[-1].needs_review <= updates[0].needs_review
    told = [n.text for n in house.recorder.notices if isinstance(n, FinalNotice)]
    assert told == [DICTATED, "A B 7 4 2", "Yes.", "Maria.", "That's all."]
    said = [n.reason for n in house.recorder.notices if isinstance(n, SayNotice)]
    assert said == [
        "ask-case-number", "check-case-number", "ask-person", "read-back", "interview-done"
    ]  # fmt: skip
    assert Journal.unfinished(house.journals) == ()
    assert list(house.journals.iterdir()) == []
