"""The interview by ear: rendered speech in, questions out, a case file that has the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from answering import AnsweringSource

from assistant.audio.timeline import TimelinePlayer
from assistant.cases.case import Case
from assistant.cases.store import CaseStore
from assistant.composition import Plan, assemble
from assistant.events import Phase
from assistant.inbox import Inbox
from assistant.notices import CaseUpdatedNotice
from assistant.runner import Runner
from assistant.session import Ending
from assistant.settings import RecapSettings, Settings
from assistant.speech.synthesiser import Pyttsx3Synthesiser

pytestmark = [pytest.mark.needs_model, pytest.mark.slow]
RATE_WPM = 140
"""Of the caller: the computer's voice is hard to understand when it hurries."""


@pytest.fixture(scope="module")
def speak() -> Iterator[Callable[[str], bytes]]:
    """The caller's voice."""
    synthesiser = Pyttsx3Synthesiser("", RATE_WPM)
    yield lambda text: synthesiser.render(text).pcm
    synthesiser.close()


def converse(
    folder: Path,
    speak: Callable[[str], bytes],
    recap: list[str],
    answers: Mapping[str, list[str]],
    *,
    plan: bool = True,
    setting: bool = True,
) -> tuple[Case, AnsweringSource]:
    """A recap with its interview; the case it leaves."""
    caller = AnsweringSource(speak, [*recap, "End recap."], answers)
    options = Plan(
        source=caller,
        player=TimelinePlayer(None),
        observer=caller,
        started_at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
        phase=Phase.RECAP,
        cases=folder,
        ending=Ending.RECAP_SAVED,
        live=False,
        interview=plan,
    )
    wanted = Settings(recap=RecapSettings(interview=setting))
    runner = Runner(assemble(wanted, options, Inbox()))
    runner.run()
    assert not runner.failed
    (summary,) = CaseStore(folder).list()
    return CaseStore(folder).load(summary.case_id), caller


def test_a_missing_name_and_a_case_number_mended_by_voice(
    vosk_model_path: Path, speak: Callable[[str], bytes], tmp_path: Path
) -> None:
    case, caller = converse(
        tmp_path,
        speak,
        ["They will call me back on Friday."],
        {
            "ask-case-number": ["seven four two nine one"],
            "check-case-number": ["No, the fourth is delta.", "Yes."],
            "ask-person": ["Her name was Maria."],
            "ask-company": ["Skip."],
            "read-back": ["Change the date to Monday."],
            "check-due": ["Yes."],
            "ask-else": ["No."],
        },
    )
    (number,) = case.fields.case_numbers
    assert (number.value, number.confidence) == ("742D1", 1.0)
    assert [person.name for person in case.fields.people] == ["Maria"]
    assert [step.due for step in case.fields.next_steps] == [date(2026, 11, 30)]
    assert not any(one.field in ("case_numbers", "people") for one in case.needs_review)
    assert "Case number 7 4 2, D 1. Right?" in caller.asked
    doubts = [n.needs_review for n in caller.notices if isinstance(n, CaseUpdatedNotice)]
    assert doubts
    assert doubts[-1] <= doubts[0]


def test_who_says_nothing_is_asked_twice_and_left_alone(
    vosk_model_path: Path, speak: Callable[[str], bytes], tmp_path: Path
) -> None:
    case, caller = converse(tmp_path, speak, ["They will call me back on Friday."], {})
    assert len(caller.asked) == 2
    assert case.answers == ()
    assert [step.due for step in case.fields.next_steps] == [date(2026, 11, 27)]


@pytest.mark.parametrize(("plan", "setting"), [(False, True), (True, False)])
def test_nobody_is_asked_where_nobody_can_or_will_answer(
    vosk_model_path: Path, speak: Callable[[str], bytes], tmp_path: Path, plan: bool, setting: bool
) -> None:
    recap = ["They will call me back on Friday."]
    _, caller = converse(tmp_path, speak, recap, {}, plan=plan, setting=setting)
    assert caller.asked == []
