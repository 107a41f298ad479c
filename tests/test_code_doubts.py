"""A dictated code that is not sure: marked in the case file, asked about, settled by a yes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from assistant.cases.building import CallInfo, Reading
from assistant.cases.case import Case
from assistant.cases.desk import CaseDesk
from assistant.cases.store import CaseStore
from assistant.coaching.prompts import load_prompts
from assistant.events import Final
from assistant.recap.fields import extract_fields
from assistant.recap.model import RecapFields
from assistant.recap.written import write_out

STARTED = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def extract(text: str, today: date, company: str) -> RecapFields:
    return extract_fields(text, today, company=company)


class Office:
    """A desk that was dictated one sentence, with what else it may have been."""

    def __init__(self, folder: Path, text: str, second: str | None) -> None:
        self.store = CaseStore(folder / "cases")
        reading = Reading(extract, write_out)
        call = CallInfo(STARTED)
        self.desk = CaseDesk(self.store, folder / "journal", call, reading, load_prompts())
        self.desk.begin()
        self.desk.keep(Final(text, 0.0, 1.0, 1.0, second=second))

    def case(self) -> Case:
        (summary,) = self.store.list()
        return self.store.load(summary.case_id)

    def doubts(self) -> list[str]:
        """Why the case number is to be looked at again, as the case file says."""
        found = self.case().needs_review
        return [one.reason for one in found if one.field == "case_numbers"]


CASE = "The case number is 742B9."


@pytest.mark.parametrize("second", ["742D9", "ticket four two sad", "nothing"])
def test_an_unsure_code_is_marked_read_back_and_settled(tmp_path: Path, second: str) -> None:
    office = Office(tmp_path, CASE, second)
    saved = office.desk.save(60.0, interview=True)
    assert office.doubts() == [f"may also have been “{second}”"]
    assert saved.ask is not None
    assert saved.ask.reason == "check-case-number"
    office.desk.answer(Final("yes", 1.0, 2.0, 2.0))
    office.desk.update()
    assert [one.value for one in office.case().fields.case_numbers] == ["742B9"]
    assert office.doubts() == []


def test_without_an_interview_the_mark_stays(tmp_path: Path) -> None:
    office = Office(tmp_path, CASE, "742D9")
    office.desk.save(60.0)
    assert office.doubts() == ["may also have been “742D9”"]


def test_a_sure_code_is_not_marked(tmp_path: Path) -> None:
    office = Office(tmp_path, CASE, None)
    saved = office.desk.save(60.0, interview=True)
    assert office.doubts() == []
    assert saved.ask is not None
    assert saved.ask.reason != "check-case-number"


def test_a_code_lost_in_words_is_marked_and_asked_for(tmp_path: Path) -> None:
    office = Office(tmp_path, "The case number is also a tattoo.", "0288")
    saved = office.desk.save(60.0, interview=True)
    assert office.case().fields.case_numbers == ()
    assert office.doubts() == ["may also have been “0288”"]
    assert saved.ask is not None
    assert saved.ask.reason == "ask-case-number"
    for answer in ("0 2 8 8", "yes"):
        office.desk.answer(Final(answer, 1.0, 2.0, 2.0))
    office.desk.update()
    assert [one.value for one in office.case().fields.case_numbers] == ["0288"]
    assert office.doubts() == []
