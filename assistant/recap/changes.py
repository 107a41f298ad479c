"""Corrections by voice, field by field: "change the date to friday", "the name is spelled …"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

import msgspec

from assistant.recap import amend
from assistant.recap.answers import (
    Extract,
    amount_in,
    code_in,
    company_in,
    contact_in,
    day_in,
    outcome_in,
    person_in,
    steps_in,
)
from assistant.recap.lexicon import lists
from assistant.recap.model import Answer, CaseNumber, Item, NextStep, Person, RecapFields
from assistant.recap.tokens import Token, phrase_at, tokenise, words_of

_LONGEST_LINK = 4


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to be changed."""

    field: str
    """As in ``[maps.fields]`` of interview.toml: a field of the recap, or ``due``, ``phone``."""
    value: str = ""
    """The words for what it should be; "" where only the field was named."""
    removes: bool = False
    """Whether the field is to be emptied."""


@dataclass(frozen=True, slots=True)
class Change:
    """A correction carried out, as far as it went."""

    fields: RecapFields
    field: str
    value: str = ""
    """The code it is about now, to be read back."""
    is_said: bool = True
    """Whether the correction said what the field should be; if not, it is to be asked."""


def change_fields(
    fields: RecapFields, answer: Answer, extract: Extract, today: date
) -> Change | None:
    """Carry out the correction in `answer`; None where there is none to be understood."""
    tokens = tokenise(answer.text)
    correction = read_correction(answer.text, tokens) or _contrast(answer.text, tokens, fields)
    if correction is None and answer.about in _CHANGES:  # asked what just this should be
        correction = Correction(answer.about, answer.text)
    if correction is None:
        return _said_anew(fields, answer.text, extract, today)
    if correction.removes:
        return _removed(fields, correction.field, answer.text)
    if not correction.value:
        code = fields.case_numbers[0].value if fields.case_numbers else ""
        return Change(fields, correction.field, code, is_said=False)
    changed = _CHANGES[correction.field](_Wish(fields, correction.value, answer, extract, today))
    if changed is None:
        return None
    return Change(changed[0], correction.field, changed[1])


def read_correction(text: str, tokens: Sequence[Token]) -> Correction | None:
    """The change that `text`, with its `tokens`, asks for; None where it names no field."""
    lists_ = lists("interview")
    fields = frozenset(lists_.maps["fields"])
    for at in range(len(tokens)):
        length = phrase_at(tokens, at, fields)
        if not length:
            continue
        field = lists_.maps["fields"][" ".join(words_of(tokens[at : at + length]))]
        if _before(tokens, at, lists_.sets["remove"]):
            return Correction(field, removes=True)
        link = _links(tokens, at + length)
        is_wrong = link < len(tokens) and tokens[link].word in lists_.sets["change"]
        if at + length < link < len(tokens) and not is_wrong:
            return Correction(field, text[tokens[link].start :])
        if is_wrong or _before(tokens, at, lists_.sets["change"]):
            return Correction(field, _behind_to(text, tokens, at + length))
    return None


def _before(tokens: Sequence[Token], at: int, phrases: frozenset[str]) -> bool:
    """Whether one of `phrases` stands before token `at`, an article between them or not."""
    end = at
    while end > 0 and tokens[end - 1].word in ("the", "a", "that", "my", "her", "his", "their"):
        end -= 1
    return any(
        end >= length and phrase_at(tokens[:end], end - length, phrases) == length
        for length in range(_LONGEST_LINK, 0, -1)
    )


def _links(tokens: Sequence[Token], at: int) -> int:
    """Where what the field should be starts, behind "is", "to", "should be spelled" and such."""
    while at < len(tokens):
        length = phrase_at(tokens, at, lists("interview").sets["links"], _LONGEST_LINK)
        if not length:
            break
        at += length
    return at


def _behind_to(text: str, tokens: Sequence[Token], at: int) -> str:
    """What the field should be in "change the name Tom to Tim", behind `at`; "" for none."""
    to = next((to for to in range(at, len(tokens) - 1) if tokens[to].word == "to"), None)
    return text[tokens[to + 1].start :] if to is not None else ""


def _contrast(text: str, tokens: Sequence[Token], fields: RecapFields) -> Correction | None:
    """As in "it was Tom, not Tim", or "change Tim to Tom": what is wrong tells the field."""
    words = words_of(tokens)
    steering = lists("interview").sets["change"]
    change = next((at for at, word in enumerate(words) if word in steering), len(words))
    if "not" in words[1:-1]:
        at = words.index("not", 1)
        wrong, right = " ".join(words[at + 1 :]), text[: tokens[at - 1].end]
    elif right := _behind_to(text, tokens, change + 1):
        wrong = " ".join(words[change + 1 : words.index("to", change + 1)])
    else:
        return None
    for person in fields.people:
        if wrong in (person.name.lower(), person.name.lower().split()[0]):
            return Correction("people", right)
    if fields.company is not None and wrong == fields.company.name.lower():
        return Correction("company", right)
    return None


def _said_anew(fields: RecapFields, text: str, extract: Extract, today: date) -> Change | None:
    """What a sentence that names no field adds to the recap, or the day it moves a promise to."""
    found = extract(text)
    outcome = outcome_in(text, None)
    if outcome is not None:
        return Change(msgspec.structs.replace(fields, resolved=outcome), "resolved")
    for name in ("case_numbers", "next_steps", "people", "contacts", "amounts"):
        items: tuple[Item, ...] = getattr(found, name)
        if items:
            for item in items:
                fields = amend.put(fields, name, None, item)
            code = found.case_numbers[0].value if name == "case_numbers" else ""
            return Change(fields, name, code)
    moved = _change_due(_Wish(fields, text, Answer(question="", text=text), extract, today))
    return Change(moved[0], "due") if moved is not None else None


def _removed(fields: RecapFields, field: str, words: str) -> Change | None:
    """The field emptied of its first item."""
    if field == "due":
        step = _dated_step(fields)
        if step is None:
            return None
        undated = msgspec.structs.replace(step, due=None)
        return Change(amend.put(fields, "next_steps", step, undated), field)
    name = "contacts" if field in _CONTACTS else field
    item = amend.find(fields, name, lambda one: getattr(one, "kind", field) == field)
    return Change(amend.drop(fields, name, item, words), "removed") if item is not None else None


# --- one function per field: the changed fields, and the code to read back or "" -------------

_Changed = tuple[RecapFields, str]
_CONTACTS = ("phone", "extension")


@dataclass(frozen=True, slots=True)
class _Wish:
    """A correction with what it takes to carry it out."""

    fields: RecapFields
    value: str
    answer: Answer
    extract: Extract
    today: date


def _change_code(wish: _Wish) -> _Changed | None:
    readings = code_in(wish.value, ())
    if not readings:
        return None
    code, sure = next(iter(readings.items()))
    old = amend.find(wish.fields, "case_numbers", lambda _: True)
    new = CaseNumber(value=code, words=wish.answer.text, confidence=sure)
    return amend.put(wish.fields, "case_numbers", old, new), code


def _change_person(wish: _Wish) -> _Changed | None:
    person = person_in(wish.value, wish.extract, wish.answer.codes)
    if person is None:
        return None
    old = _meant(wish.fields.people, person.name, words_of(tokenise(wish.answer.text)))
    role = person.role or (old.role if old is not None else None)
    new = msgspec.structs.replace(person, role=role, words=wish.answer.text)
    return amend.put(wish.fields, "people", old, new), ""


def _meant(people: Sequence[Person], name: str, said: Sequence[str]) -> Person | None:
    """Who is to be called `name`: whom the words `said` name too, else who is spelled most alike.

    None without `people`.
    """
    named = [one for one in people if one.name != name and one.name.lower().split()[0] in said]
    alike = sorted(people, key=lambda one: -SequenceMatcher(None, one.name, name).ratio())
    return next(iter((*named, *alike)), None)


def _change_due(wish: _Wish) -> _Changed | None:
    step, day = _dated_step(wish.fields), day_in(wish.value, wish.today)
    if step is None or day is None:
        return None
    dated = msgspec.structs.replace(step, due=day)
    return amend.put(wish.fields, "next_steps", step, dated), ""


def _dated_step(fields: RecapFields) -> NextStep | None:
    """The promise whose day is meant: the first that has one, else the first."""
    steps = fields.next_steps
    return next((step for step in steps if step.due), steps[0] if steps else None)


def _change_company(wish: _Wish) -> _Changed | None:
    company = company_in(wish.value, wish.extract)
    if company is None:
        return None
    new = msgspec.structs.replace(company, words=wish.answer.text)
    return amend.put(wish.fields, "company", wish.fields.company, new), ""


def _change_contact(kind: str) -> _Change:
    def change(wish: _Wish) -> _Changed | None:
        contact = contact_in(wish.value, kind, wish.extract)
        if contact is None:
            return None
        old = next((one for one in wish.fields.contacts if one.kind == kind), None)
        return amend.put(wish.fields, "contacts", old, contact), ""

    return change


def _change_amount(wish: _Wish) -> _Changed | None:
    amount = amount_in(wish.value, wish.extract)
    old = wish.fields.amounts[0] if wish.fields.amounts else None
    return (amend.put(wish.fields, "amounts", old, amount), "") if amount is not None else None


def _change_steps(wish: _Wish) -> _Changed | None:
    steps = steps_in(wish.value, wish.extract, wish.today)
    if not steps:
        return None
    fields = wish.fields
    old = fields.next_steps[0] if fields.next_steps else None
    for step in steps:
        fields, old = amend.put(fields, "next_steps", old, step), None
    return fields, ""


_Change = Callable[[_Wish], _Changed | None]
_CHANGES: Mapping[str, _Change] = {
    "case_numbers": _change_code,
    "people": _change_person,
    "due": _change_due,
    "company": _change_company,
    "phone": _change_contact("phone"),
    "extension": _change_contact("extension"),
    "amounts": _change_amount,
    "next_steps": _change_steps,
}
