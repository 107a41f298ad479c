"""From what was dictated and answered to the case: the one way, also after a crash."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from assistant.cases.case import Case, Utterance, new_case_id
from assistant.recap.codes import whole_code
from assistant.recap.commands import apply_commands
from assistant.recap.interview.interview import Interview, begin
from assistant.recap.interview.questions import MISHEARD
from assistant.recap.model import Answer, RecapFields, Unclear

Extract = Callable[[str, date, str], RecapFields]
"""Fields of a recap's text, given the day of the call and the company, if known."""
WriteOut = Callable[[str, date], str]
"""The written form of a recap's text: digits, marks."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How text becomes a case: the two functions of `assistant.recap`, passed in."""

    extract: Extract
    write_out: WriteOut
    known_names: tuple[str, ...] = ()
    """The user's own list of names."""


@dataclass(frozen=True, slots=True)
class CallInfo:
    """What is known of the call before anything is dictated."""

    started_at: datetime
    company: str = ""
    follows: str = ""
    """Identifier of the earlier case this call carries on."""


def begin_interview(
    call: CallInfo,
    utterances: Sequence[Utterance],
    answers: Sequence[Answer],
    reading: Reading,
) -> Interview:
    """The interview about what was dictated, with `answers` given already."""
    today = call.started_at.date()
    fields = reading.extract(dictated(utterances), today, call.company)
    codes = [one.words for one in fields.case_numbers if one.words]
    doubts = tuple(_doubt(said.text, said.second, codes) for said in utterances if said.second)
    fields = msgspec.structs.replace(fields, unclear=fields.unclear + doubts)
    rivals = _rivals(fields, utterances)
    interview = begin(
        fields, lambda text: reading.extract(text, today, ""), today, rivals, reading.known_names
    )
    for answer in answers:
        interview = interview.hear(answer)
    return interview


def dictated(utterances: Sequence[Utterance]) -> str:
    """The text of a dictation, its spoken commands carried out."""
    return apply_commands([said.text for said in utterances]).text


def _rivals(
    fields: RecapFields, utterances: Sequence[Utterance]
) -> Mapping[str, Mapping[str, float]]:
    """For each case number what the other engine made of it."""
    return {
        number.value: {number.value: number.confidence, rival: 1.0 - number.confidence}
        for number in fields.case_numbers
        for said in utterances
        if number.words in said.text and (rival := whole_code(said.second or ""))
        # A reading of quite another length is no rival but a mishap.
        if rival != number.value and abs(len(rival) - len(number.value)) <= 1
    }


def _doubt(text: str, second: str, codes: Sequence[str]) -> Unclear:
    """What was heard in two ways; with a code in it, it is a matter of the case number."""
    coded = whole_code(second) or any(words in text for words in codes)
    field = "case_numbers" if coded else "recap"
    return Unclear(field=field, reason=f"{MISHEARD} “{second}”", words=text)


def for_file(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """The answers as a case file keeps them: without silences and without readings."""
    return tuple(msgspec.structs.replace(one, codes=()) for one in answers if one.text)


def build_case(
    call: CallInfo,
    ended_at: datetime,
    utterances: tuple[Utterance, ...],
    tips: tuple[int, ...],
    reading: Reading,
    interview: Interview | None = None,
) -> Case:
    """The case that a dictation makes; no utterances give a case with empty fields.

    `interview` is the one about this dictation, as far as it went; None for none.
    """
    interview = interview or begin_interview(call, utterances, (), reading)
    fields = interview.fields
    heard = fields.company.name if fields.company else ""
    company = heard if interview.was_told_company else call.company or heard
    return Case(
        case_id=new_case_id(call.started_at, company),
        started_at=call.started_at,
        ended_at=ended_at,
        company=company,
        follows=call.follows,
        fields=fields,
        tips_done=tuple(sorted(set(tips))),
        recap=reading.write_out(dictated(utterances), call.started_at.date()),
        recap_spoken=utterances,
        answers=for_file(interview.answers),
    )
