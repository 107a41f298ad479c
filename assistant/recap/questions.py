"""The questions of an interview: what is missing or unsure in a recap, in order of worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.events import Expects
from assistant.recap.model import Item, RecapFields

UNSURE_BELOW = 0.85
"""An item with a confidence below this is asked about; a case file lists it for review."""

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
        return _EXPECTS.get(self.key, Expects.ANSWER)


_EXPECTS: Mapping[str, Expects] = {
    "ask-case-number": Expects.CODE,
    "check-case-number": Expects.REPAIR,
    "ask-phone": Expects.PHONE,
    "check-phone": Expects.REPAIR,
    "ask-person": Expects.NAME,
    "check-person": Expects.NAME,
    "read-back": Expects.CHANGE,
    "read-change": Expects.CHANGE,
    "ask-change": Expects.CHANGE,
    "ask-settled": Expects.CHANGE,
}
CODES: Mapping[str, tuple[str, str]] = {
    "ask-case-number": ("case_numbers", "check-case-number"),
    "check-case-number": ("case_numbers", "ask-case-number"),
    "ask-phone": ("contacts", "check-phone"),
    "check-phone": ("contacts", "ask-phone"),
}
"""For each question about a code: its field, and the other question about it."""


def wanted(fields: RecapFields) -> Iterator[Question]:
    """What is missing or unsure in `fields`, in order of worth."""
    numbers = [(one.value, one) for one in fields.case_numbers]
    yield from _about_items(fields, "case_numbers", "case-number", numbers)
    if not fields.next_steps and not _told_none(fields, "next_steps"):
        yield Question("ask-promise")
    for step in fields.next_steps:
        if step.owner == "them" and step.due is None:
            yield Question("ask-due", step.action)
            break
    people = [(one.name, one) for one in fields.people]
    yield from _about_items(fields, "people", "person", people)
    if fields.company is None and not _told_none(fields, "company"):
        yield Question("ask-company")
    for contact in fields.contacts:
        if contact.kind == "phone" and _unsure(fields, "contacts", contact):
            yield Question("check-phone", contact.value)
    if fields.resolved is None and not _told_none(fields, "resolved"):
        yield Question("ask-settled")


def _about_items(
    fields: RecapFields, name: str, subject: str, items: Sequence[tuple[str, Item]]
) -> Iterator[Question]:
    """Ask for field `name` where it is empty; check each unsure item of it."""
    if not items and not _told_none(fields, name):
        yield Question(f"ask-{subject}")
    for about, item in items:
        if _unsure(fields, name, item):
            yield Question(f"check-{subject}", about)


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
