"""The questions of an interview: what is missing or unsure in a recap, in order of worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from assistant.events import Expects
from assistant.recap.interview.amend import SURE
from assistant.recap.interview.answers import Command, command_in
from assistant.recap.lexicon import first_names, ordinary_words
from assistant.recap.model import Contact, Item, Person, RecapFields

if TYPE_CHECKING:
    from assistant.recap.interview.interview import Interview

ItemT = TypeVar("ItemT", bound=Item)

UNSURE_BELOW = 0.85
"""An item with a confidence below this is asked about; a case file lists it for review."""
MOST_QUESTIONS = 8
"""Asked of our own accord; who has enough says so. Repairs and the read-back do not count."""
MOST_READ_BACK = 3
"""More numbers, names or promises than this are not read in one go: nobody keeps them in mind."""

MISHEARD = "may also have been"
"""How the reason of a doubt begins that is about what was heard, not about what there is."""


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask next; its words are the message `key` of messages.toml."""

    key: str
    about: str = ""
    """The item it is about: a code, a name, an action; "" for what is missing."""
    again: bool = False
    """The answer before could not be understood."""
    waits: bool = False
    """The user asked for a moment: go on listening, for longer, and say nothing."""

    @property
    def expects(self) -> Expects:
        """What the answer will most likely hold."""
        return _EXPECTS.get(self.key, Expects.CHANGE)


_EXPECTS: Mapping[str, Expects] = {
    "ask-case-number": Expects.CODE,
    "check-case-number": Expects.REPAIR,
    "ask-phone": Expects.PHONE,
    "check-phone": Expects.REPAIR,
    "ask-person": Expects.NAME,
    "ask-spelling": Expects.LETTERS,
    "ask-respelling": Expects.LETTERS,
    "check-spelling": Expects.LETTERS,
    "ask-promise": Expects.ANSWER,
    "ask-company": Expects.NAME,
    "ask-due": Expects.DAY,
    "check-due": Expects.DAY,
    "ask-step": Expects.DAY,
}

CHECKS: Mapping[str, tuple[str, str]] = {
    "case_numbers": ("check-case-number", "ask-case-number"),
    "people": ("check-person", "ask-person"),
    "next_steps": ("check-step", "ask-promise"),
    "company": ("check-company", "ask-company"),
    "phone": ("check-phone", "ask-phone"),
}
"""What may be wrong or missing: how one of it is checked, and how one that is missing is asked."""


def wanted(fields: RecapFields, known: Set[str] = frozenset()) -> Iterator[Question]:
    """What is missing or unsure in `fields`, in order of worth; `known` are names in lower case."""
    yield from _missing(fields, "case_numbers", "ask-case-number")
    for number in fields.case_numbers:
        if _unsure(fields, "case_numbers", number):
            yield Question("check-case-number", number.value)
    if not fields.resolved:
        yield from _missing(fields, "next_steps", "ask-promise")
    for step in fields.next_steps:
        if step.owner == "them" and step.due is None:
            yield Question("ask-due", step.action)
    yield from _missing(fields, "people", "ask-person")
    for person in fields.people:
        yield from _about_person(fields, person, known)
    yield from _missing(fields, "company", "ask-company")
    if fields.company is not None and _unsure(fields, "company", fields.company):
        yield Question("check-company", fields.company.name)
    for contact in phones(fields):
        if _unsure(fields, "contacts", contact):
            yield Question("check-phone", contact.value)
    open_ended = fields.resolved is None and not fields.next_steps  # a promise is still open
    if open_ended and not _told_none(fields, "resolved"):
        yield Question("ask-settled")


def _missing(fields: RecapFields, name: str, ask: str) -> Iterator[Question]:
    if not getattr(fields, name) and not _told_none(fields, name):
        yield Question(ask)


def _about_person(fields: RecapFields, person: Person, known: Set[str]) -> Iterator[Question]:
    """How the name is spelled where that is doubtful, else whether it is right."""
    doubtful = doubtful_spelling(person.name, known) if person.confidence < SURE else ""
    if doubtful:
        yield Question("ask-spelling", doubtful)
    elif _unsure(fields, "people", person):
        yield Question("check-person", person.name)


def doubtful_spelling(name: str, known: Set[str]) -> str:
    """What of `name` may well be misspelled: all of it, one word, or "".

    Names that are `known` are not, nor are common first names, nor is an everyday word behind one
    ("Maria Baker").
    """
    if name.lower() in known:
        return ""
    words = name.split()
    rare = [word for at, word in enumerate(words) if not _is_common(word, known, is_last=at > 0)]
    return name if len(rare) == len(words) else next(iter(rare), "")


def _is_common(word: str, known: Set[str], *, is_last: bool) -> bool:
    bare = word.lower().strip(".'")
    return bare in first_names() or bare in known or (is_last and bare in ordinary_words())


def phones(fields: RecapFields) -> tuple[Contact, ...]:
    """The phone numbers among the contacts."""
    return tuple(one for one in fields.contacts if one.kind == "phone")


def onward(state: Interview) -> Interview:
    """The next question: what was put off, then what is wanted, then the read-back, or the end."""
    if state.queue:
        return replace(state, question=state.queue[0], queue=state.queue[1:])
    if not state.was_read_back and len(state.asked) < MOST_QUESTIONS:
        done = state.asked | {(one.question, one.about) for one in state.answers}
        done |= {("ask-spelling", word) for word in state.spelled}
        for question in wanted(state.fields, state.known_names):
            subject = (question.key, question.about)
            if subject not in done:
                return replace(state, question=question, asked=state.asked | {subject})
    if state.was_read_back or state.is_blank:
        return replace(state, question=None)
    key = "read-back" if read_back(state.fields) != RecapFields() else "ask-else"
    return replace(state, question=Question(key), was_read_back=True)


def read_back(fields: RecapFields) -> RecapFields:
    """Of `fields` what the read-back says: the first few of what was not confirmed yet."""
    return RecapFields(
        case_numbers=_unconfirmed(fields.case_numbers),
        people=_unconfirmed(fields.people),
        next_steps=_unconfirmed(fields.next_steps),
    )


def _unconfirmed(items: tuple[ItemT, ...]) -> tuple[ItemT, ...]:
    return tuple(one for one in items if one.confidence < SURE)[:MOST_READ_BACK]


def not_understood(state: Interview, question: Question) -> Interview:
    """Ask once more, then go on."""
    tries = 0
    for before in reversed(state.answers):
        if (before.question, before.about) != (question.key, question.about):
            break
        tries += command_in(before.text) not in (Command.WAIT, Command.REPEAT)
    return onward(state) if tries > 1 else replace(state, question=replace(question, again=True))


def checks_of(fields: RecapFields, names: Sequence[str]) -> tuple[Question, ...]:
    """One short question for each item of the fields `names`; for an empty field, what it is."""
    found: list[Question] = []
    for name in names:
        check, ask = CHECKS[name]
        items = tuple(_subjects(fields, name))
        found += [Question(check, about) for about in items] or [Question(ask)]
    return tuple(found)


def _subjects(fields: RecapFields, name: str) -> Iterator[str]:
    match name:
        case "company":
            yield from (fields.company.name,) if fields.company else ()
        case "phone":
            yield from (one.value for one in phones(fields))
        case "case_numbers":
            yield from (one.value for one in fields.case_numbers)
        case "people":
            yield from (one.name for one in fields.people)
        case _:
            yield from (one.action for one in fields.next_steps)


def _told_none(fields: RecapFields, name: str) -> bool:
    """Whether the caller said that there is nothing: a doubt about a field without items."""
    doubts = (one for one in fields.unclear if not one.reason.startswith(MISHEARD))
    return any(one.field == name for one in doubts)


def _unsure(fields: RecapFields, name: str, item: Item) -> bool:
    words = item.words.lower()
    doubted = any(
        one.field == name and words and words in one.words.lower() for one in fields.unclear
    )
    return doubted or item.confidence < UNSURE_BELOW
