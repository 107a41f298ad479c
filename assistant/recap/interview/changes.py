"""Corrections by voice, field by field: "change the date to friday", "the name is spelled …"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import TypeVar

import msgspec

from assistant.recap.interview import amend
from assistant.recap.interview.answers import (
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
from assistant.recap.model import Answer, CaseNumber, Item, NextStep, RecapFields
from assistant.recap.numbers import read_ordinal
from assistant.recap.tokens import Token, phrase_at, tokenise, words_of

ItemT = TypeVar("ItemT", bound=Item)
_LONGEST_LINK = 4
_LONGEST_OF = 5
"""Words in "the date of the new refund is …" between the field and what it should be."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to be changed."""

    field: str
    """As in ``[maps.fields]`` of interview.toml: a field of the recap, or ``due``, ``phone``."""
    value: str = ""
    """The words for what it should be; "" where only the field was named."""
    removes: bool = False
    """Whether the field is to be emptied."""
    place: int = 0
    """Which of several, from 1, as in "the second name"; 0 where that was not said."""
    of: frozenset[str] = frozenset()
    """The words that tell which promise is meant: "the date of the refund"."""


@dataclass(frozen=True, slots=True)
class Change:
    """A correction carried out, as far as it went."""

    fields: RecapFields
    field: str
    abouts: tuple[str, ...] = ()
    """The codes, names or actions it is about now, to be read back."""
    is_said: bool = True
    """Whether the correction said what the field should be; if not, it is to be asked."""


@dataclass(frozen=True, slots=True)
class Named:
    """Fields that were only named: "a name is missing", "the number and the date"."""

    names: tuple[str, ...]
    """As in `CHECKS` of questions.py."""
    is_missing: bool = False


def fields_named(text: str) -> Named:
    """The fields that `text` names as wrong or missing, and nothing else; no names for any other.

    ``everything`` names them all.
    """
    tokens = tokenise(text)
    sets, fields = lists("interview").sets, lists("interview").maps["fields"]
    found: list[str] = []
    is_missing = False
    at = 0
    while at < len(tokens):
        if length := phrase_at(tokens, at, frozenset(fields)):
            name = fields[" ".join(words_of(tokens[at : at + length]))]
            found.append("next_steps" if name == "due" else name)
        elif length := phrase_at(tokens, at, sets["missing"]):
            is_missing = True
        elif length := phrase_at(tokens, at, sets["everything"]):
            found += ["case_numbers", "people", "next_steps"]
        elif not (length := phrase_at(tokens, at, sets["around_fields"])):
            return Named(())
        at += length
    return Named(tuple(dict.fromkeys(found)), is_missing)


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
        return _removed(fields, correction, answer.text)
    if not correction.value:
        return Change(fields, correction.field, is_said=False)
    changed = _CHANGES[correction.field](_Wish(fields, correction, answer, extract, today))
    if changed is None:
        return None
    return Change(changed[0], correction.field, (changed[1],) if changed[1] else ())


def read_correction(text: str, tokens: Sequence[Token]) -> Correction | None:
    """The change that `text`, with its `tokens`, asks for; None where it names no field."""
    lists_ = lists("interview")
    fields = frozenset(lists_.maps["fields"])
    for at in range(len(tokens)):
        length = phrase_at(tokens, at, fields)
        if not length:
            continue
        field = lists_.maps["fields"][" ".join(words_of(tokens[at : at + length]))]
        start, place = _place_before(tokens, at)
        if _before(tokens, start, lists_.sets["remove"]):
            return Correction(field, removes=True, place=place)
        end = at + length
        behind = _behind_of(tokens, end)
        of = frozenset(words_of(tokens[end + 1 : behind]))
        link = _links(tokens, behind)
        is_wrong = link < len(tokens) and tokens[link].word in lists_.sets["change"]
        if behind < link < len(tokens) and not is_wrong:
            return Correction(field, text[tokens[link].start :], place=place, of=of)
        if is_wrong or _before(tokens, start, lists_.sets["change"]):
            value = _behind_to(text, tokens, end)
            return Correction(field, value, place=place, of=of)
    return None


def _place_before(tokens: Sequence[Token], at: int) -> tuple[int, int]:
    """Where the field named at token `at` begins with its place, and the place: "the second name".

    "The other name" is the second; a place of 0 is none.
    """
    if at and tokens[at - 1].word in lists("interview").sets["other"]:
        return at - 1, 2
    ordinal = read_ordinal(tokens, at - 1) if at else None
    return (at - 1, ordinal.value) if ordinal is not None and ordinal.end == at else (at, 0)


def _behind_of(tokens: Sequence[Token], at: int) -> int:
    """Where "of the refund" ends, up to the word that links it; `at` where it does not stand."""
    if at >= len(tokens) or tokens[at].word not in ("of", "for"):
        return at
    for end in range(at + 1, min(at + 2 + _LONGEST_OF, len(tokens))):
        if phrase_at(tokens, end, lists("interview").sets["links"], _LONGEST_LINK):
            return end
    return at


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
            return Change(fields, name, tuple(map(_about, items)))
    wish = _Wish(fields, Correction("due", text), Answer(question="", text=text), extract, today)
    moved = _change_due(wish)
    return Change(moved[0], "due", (moved[1],)) if moved is not None else None


def _about(item: Item) -> str:
    """What a question about `item` names it by."""
    for name in ("value", "name", "action"):
        if hasattr(item, name):
            return str(getattr(item, name))
    return ""


def _removed(fields: RecapFields, correction: Correction, words: str) -> Change | None:
    """The field emptied of the item that is meant, the first where that was not said."""
    field = correction.field
    if field == "due":
        step = _dated_step(fields, correction)
        if step is None:
            return None
        undated = msgspec.structs.replace(step, due=None)
        return Change(amend.put(fields, "next_steps", step, undated), "removed")
    name = "contacts" if field in _CONTACTS else field
    value = getattr(fields, name)
    items: tuple[Item, ...] = value if isinstance(value, tuple) else (value,) if value else ()
    meant = [one for one in items if getattr(one, "kind", field) == field]
    item = _at_place(meant, correction.place or 1)
    return Change(amend.drop(fields, name, item, words), "removed") if item is not None else None


def _at_place(items: Sequence[ItemT], place: int) -> ItemT | None:
    """The item at `place`, counted from 1; None where there are fewer, and for place 0."""
    return items[place - 1] if 0 < place <= len(items) else None


# --- one function per field: the changed fields, and what to read back or "" -----------------

_Changed = tuple[RecapFields, str]
_CONTACTS = ("phone", "extension")


@dataclass(frozen=True, slots=True)
class _Wish:
    """A correction with what it takes to carry it out."""

    fields: RecapFields
    correction: Correction
    answer: Answer
    extract: Extract
    today: date

    @property
    def value(self) -> str:
        return self.correction.value

    def old(self, items: Sequence[ItemT], value: str, of: Callable[[ItemT], str]) -> ItemT | None:
        """Which of `items` gives way to `value`: that at the place said, else the most alike.

        None where a place behind the last was said: one more is meant.
        """
        if self.correction.place:
            return _at_place(items, self.correction.place)
        alike = sorted(items, key=lambda one: -SequenceMatcher(None, of(one), value).ratio())
        return next(iter(alike), None)


def _change_code(wish: _Wish) -> _Changed | None:
    readings = code_in(wish.value, ())
    if not readings:
        return None
    code, sure = next(iter(readings.items()))
    old = wish.old(wish.fields.case_numbers, code, lambda one: one.value)
    new = CaseNumber(value=code, words=wish.answer.text, confidence=sure)
    return amend.put(wish.fields, "case_numbers", old, new), code


def _change_person(wish: _Wish) -> _Changed | None:
    person = person_in(wish.value, wish.extract, wish.answer.codes)
    if person is None:
        return None
    said = words_of(tokenise(wish.answer.text))
    named = [
        one
        for one in wish.fields.people
        if one.name != person.name and one.name.lower().split()[0] in said
    ]
    old = next(iter(named), None)
    if old is None or wish.correction.place:
        old = wish.old(wish.fields.people, person.name, lambda one: one.name)
    role = person.role or (old.role if old is not None else None)
    new = msgspec.structs.replace(person, role=role, words=wish.answer.text)
    return amend.put(wish.fields, "people", old, new), new.name


def _change_due(wish: _Wish) -> _Changed | None:
    step = _dated_step(wish.fields, wish.correction)
    day = day_in(wish.value, wish.today)
    if step is None or day is None:
        return None
    dated = msgspec.structs.replace(step, due=day)
    return amend.put(wish.fields, "next_steps", step, dated), step.action


def _dated_step(fields: RecapFields, correction: Correction) -> NextStep | None:
    """The promise whose day is meant: by its words, by its place among the dated, or the first."""
    steps = fields.next_steps
    shared = {one: len(correction.of & set(words_of(tokenise(one.action)))) for one in steps}
    best = max(steps, key=lambda one: shared[one], default=None)
    if best is not None and shared[best] and correction.of - _ARTICLES:
        return best
    dated = [step for step in steps if step.due] or list(steps)
    return _at_place(dated, correction.place or 1)


def _change_company(wish: _Wish) -> _Changed | None:
    company = company_in(wish.value, wish.extract, wish.answer.codes)
    if company is None:
        return None
    new = msgspec.structs.replace(company, words=wish.answer.text)
    return amend.put(wish.fields, "company", wish.fields.company, new), new.name


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
    old = wish.old(fields.next_steps, steps[0].action, lambda one: one.action)
    for step in steps:
        fields, old = amend.put(fields, "next_steps", old, step), None
    return fields, steps[0].action


_ARTICLES = frozenset(("the", "a", "an", "my", "their", "of", "for"))
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
