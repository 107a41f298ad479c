"""Questions about case numbers, phone numbers and spelled names: read back, mended, said again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import msgspec

from assistant.recap.interview import amend
from assistant.recap.interview.answers import Command, code_in, person_in, spelled_in
from assistant.recap.interview.questions import UNSURE_BELOW, Question, not_understood, onward
from assistant.recap.interview.repair import (
    Confirm,
    Length,
    StartAgain,
    likely_others,
    mend,
    read_repair,
    said_again,
    with_length,
)
from assistant.recap.model import Answer, CaseNumber, Contact, Person, RecapFields

if TYPE_CHECKING:
    from assistant.recap.interview.interview import Interview

MOST_REFUSALS = 3
"""After so many wrong readings it is better written down by hand: on to the next thing."""
NAME_FROM_TEXT = 0.5
"""How likely the letters of a name are that was said, not spelled."""
MATCHED = 0.95
"""Confidence of letters that spell the name as another hearing wrote it."""

ALIKE = 0.4
"""How alike, 0 to 1, a spelled word must be to the one that was heard to be that one."""

CODES: Mapping[str, tuple[str, str]] = {
    "ask-case-number": ("case_numbers", "check-case-number"),
    "check-case-number": ("case_numbers", "ask-case-number"),
    "ask-phone": ("contacts", "check-phone"),
    "check-phone": ("contacts", "ask-phone"),
    "ask-spelling": ("people", "check-spelling"),
    "ask-respelling": ("people", "check-spelling"),
    "check-spelling": ("people", "ask-respelling"),
}
"""For each question about a code or a spelling: its field, and the other question about it."""

Coded = CaseNumber | Contact | Person


def ask_code(
    state: Interview, question: Question, answer: Answer, command: Command | None
) -> Interview:
    """The code, or that there is none; `question.about` is a code it takes the place of."""
    name, _ = CODES[question.key]
    old = coded(state.fields, name, question.about)
    refused = command is Command.NONE and question.about in state.refused
    if old is not None and (command is Command.DROP or refused):
        return _dropped(state, name, old, answer)
    if command in (Command.NONE, Command.NO, Command.DROP):
        if old is not None or name == "people":
            return _done(state)
        return _done(_noted(state, name, answer))
    said = {} if command is Command.YES else _said(state, name, answer)
    first = state.readings.get(question.about, {})
    readings = said_again(first, said, state.refused)
    if state.symbols is not None:
        readings = with_length(readings, state.symbols) or readings
    return _with_code(state, question, old, readings, answer.text)


def _said(state: Interview, name: str, answer: Answer) -> dict[str, float]:
    """What an answer may spell; a name that is only said stands for its own letters."""
    if name != "people":
        return code_in(answer.text, answer.codes)
    if answer.codes:
        return {text.capitalize(): sure for text, sure in answer.codes}
    if spelled := spelled_in(answer.text):
        return {spelled: NAME_FROM_TEXT}
    person = person_in(answer.text, state.extract)
    return {person.name.split()[0]: NAME_FROM_TEXT} if person is not None else {}


def _with_code(
    state: Interview,
    question: Question,
    old: Coded | None,
    readings: Mapping[str, float],
    words: str,
) -> Interview:
    """The best of `readings` in the place of `old`, to be confirmed next."""
    if not readings:
        return not_understood(state, question)
    name, other = CODES[question.key]
    check = question.key if question.key.startswith("check-") else other
    value, sure = next(iter(readings.items()))
    new = _renewed(old, name, question.about, value, sure, words or value)
    fields = amend.put(state.fields, name, old, new)
    if name == "people" and sure >= UNSURE_BELOW and not state.was_read_back:
        return _done(replace(state, fields=fields, spelled=state.spelled | {value}))
    known = {**state.readings, value: dict(readings)}
    return replace(state, fields=fields, readings=known, question=Question(check, value))


def _renewed(
    old: Coded | None, name: str, about: str, value: str, sure: float, words: str
) -> Coded:
    """`old` with `value` in the place of `about`, or a new item of field `name`."""
    if isinstance(old, Person):
        name = _respelled(old.name, about, value)
        return msgspec.structs.replace(old, name=name, words=words, confidence=sure)
    if old is not None:
        return msgspec.structs.replace(old, value=value, words=words, confidence=sure)
    if name == "people":
        return Person(name=value, words=words, confidence=sure)
    if name == "contacts":
        return Contact(kind="phone", value=value, words=words, confidence=sure)
    return CaseNumber(value=value, words=words, confidence=sure)


def _respelled(name: str, word: str, spelled: str) -> str:
    """`name` with its `word` spelled so; where that is more like all of it, just the spelling.

    "Gin Carlo" spelled "Giancarlo" is one word, "Maria Oconco" spelled "Okonkwo" keeps the Maria.
    """
    if word not in name.split() or _likeness(spelled, word) < ALIKE:
        return spelled
    if _likeness(spelled, name.replace(" ", "")) > _likeness(spelled, word):
        return spelled
    return " ".join(spelled if one == word else one for one in name.split())


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.lower(), other.lower()).ratio()


def offer_spelling(
    state: Interview, word: str, readings: Mapping[str, float], text: str
) -> Interview:
    """A name that was spelled, in the fields as `word`: read back, unless it was heard so too."""
    spelled = {letters.capitalize(): sure for letters, sure in readings.items()}
    if word.lower() in text.lower() or spelled.get(word, 0.0) >= UNSURE_BELOW:
        return spelling_accepted(state, word, MATCHED)
    known = {**state.readings, word: spelled}
    return replace(state, readings=known, question=Question("check-spelling", word))


def spelling_accepted(state: Interview, word: str, sure: float) -> Interview:
    """The word of a name taken as spelled: it is not asked about again."""
    person = coded(state.fields, "people", word)
    done = state.spelled | {word}
    if isinstance(person, Person):
        confirmed = msgspec.structs.replace(person, confidence=sure)
        fields = amend.put(state.fields, "people", person, confirmed)
        state = replace(state, fields=fields)
    return _done(replace(state, spelled=done))


def check_code(
    state: Interview, question: Question, answer: Answer, command: Command | None
) -> Interview:
    """A code or name that was read back: right, mended, said again, or none at all."""
    name, ask = CODES[question.key]
    code = coded(state.fields, name, question.about)
    if code is None:
        return _done(state)
    repair = read_repair(answer.text)
    if command is Command.YES or isinstance(repair, Confirm):
        return _confirmed(state, name, code, question.about)
    if command in (Command.NONE, Command.DROP):
        return _dropped(state, name, code, answer)
    first = state.readings.get(question.about, {question.about: code.confidence})
    if isinstance(repair, StartAgain):
        forgotten = {**state.readings, question.about: {}}
        return replace(state, readings=forgotten, question=Question(ask, question.about))
    if command is Command.NO:
        return _refused(state, question, code, first)
    if isinstance(repair, Length):
        state = replace(state, symbols=repair.symbols)
    second = said_again({}, _said(state, name, answer), state.refused)
    readings = mend(question.about.upper(), _upper(first), repair, _upper(second))
    if readings is None:
        refused = state.refused | {question.about}
        return replace(state, refused=refused, question=Question(ask, question.about))
    if name == "people":
        readings = {text.capitalize(): sure for text, sure in readings.items()}
    return _with_code(state, question, code, readings, answer.text)


def _upper(readings: Mapping[str, float]) -> dict[str, float]:
    return {text.upper(): sure for text, sure in readings.items()}


def _confirmed(state: Interview, name: str, code: Coded, about: str) -> Interview:
    if name == "people":
        return spelling_accepted(state, about, amend.SURE)
    return _done(replace(state, fields=amend.confirm(state.fields, name, code)))


def _dropped(state: Interview, name: str, code: Coded, answer: Answer) -> Interview:
    return _done(replace(state, fields=amend.drop(state.fields, name, code, answer.text)))


def _noted(state: Interview, name: str, answer: Answer) -> Interview:
    return replace(state, fields=amend.note_none(state.fields, name, answer.text))


def _refused(
    state: Interview, question: Question, code: Coded, first: Mapping[str, float]
) -> Interview:
    """After a "no": offer what else it may well have been, or have the code said again."""
    name, ask = CODES[question.key]
    state = replace(state, refused=state.refused | {question.about})
    others = likely_others(first, state.refused)
    if others:
        return _with_code(state, question, code, others, code.words)
    state = replace(state, fields=amend.refuse(state.fields, name, code))
    if len(state.refused) >= MOST_REFUSALS:
        return _done(state)
    return replace(state, question=Question(ask, question.about))


def _done(state: Interview) -> Interview:
    """On to the next thing, which has its own refusals and its own length."""
    return onward(replace(state, refused=frozenset(), symbols=None))


def coded(fields: RecapFields, name: str, value: str) -> Coded | None:
    """The item of field `name` with the code `value`, or whose name holds that word."""
    items: tuple[Coded, ...] = getattr(fields, name)
    return next((one for one in items if value and _is(one, value)), None)


def _is(item: Coded, value: str) -> bool:
    if isinstance(item, Person):
        return value == item.name or value in item.name.split()
    return item.value == value
