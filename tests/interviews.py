"""What tests of the interview share: an interview held in text."""

from __future__ import annotations

from datetime import date

from assistant.recap.fields import extract_fields
from assistant.recap.interview.interview import Interview, begin
from assistant.recap.model import RecapFields

TODAY = date(2026, 11, 23)  # a Monday
FULL = (
    "I called Harbor Gas and spoke with Maria. The case number is AB742. "
    "They will refund me $50 by Friday. It's resolved."
)
NO_CASE = "I called Harbor Gas and spoke with Maria. They will refund me $50 by Friday."
Said = str | tuple[str, tuple[tuple[str, float], ...]]


def extract(text: str) -> RecapFields:
    return extract_fields(text, TODAY)


def interview(recap: str, *said: Said) -> Interview:
    """The interview about `recap` after all that was `said`."""
    state = begin(extract(recap), extract, TODAY)
    for each in said:
        assert state.question is not None, f"{each!r} came too late"
        state = state.answer(each) if isinstance(each, str) else state.answer(*each)
    return state


def key(state: Interview) -> str:
    return state.question.key if state.question is not None else ""


def about(state: Interview) -> str:
    return state.question.about if state.question is not None else ""


def numbers(state: Interview) -> list[str]:
    return [number.value for number in state.fields.case_numbers]
