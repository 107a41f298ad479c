"""What a recap says, as values: every item keeps the words it came from and a confidence."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """Base of everything found in a recap."""

    words: str = ""
    """The words of the recap it came from."""
    confidence: float = 1.0
    """0 to 1; below the review threshold it is listed under ``needs_review``."""


class Company(Item, frozen=True):
    """The company called."""

    name: str


class CalledOn(Item, frozen=True):
    """The day of the call."""

    day: date


class CaseNumber(Item, frozen=True):
    """A case, ticket, claim or reference number: upper case, separators only if spoken."""

    value: str


class Person(Item, frozen=True):
    """Someone at the company who took part in the call."""

    name: str
    role: str | None = None


class Contact(Item, frozen=True):
    """A way to reach the company."""

    kind: Literal["phone", "extension", "email", "url"]
    value: str


class NextStep(Item, frozen=True):
    """What somebody promised to do."""

    owner: Literal["me", "them"]
    action: str
    due: date | None = None


class Amount(Item, frozen=True):
    """A sum of money."""

    value: Decimal
    currency: str


class Unclear(msgspec.Struct, frozen=True, kw_only=True):
    """Something a person should look at again."""

    field: str
    reason: str
    words: str = ""


class RecapFields(msgspec.Struct, frozen=True, kw_only=True):
    """All fields of one recap; an empty recap gives the defaults."""

    company: Company | None = None
    called_on: CalledOn | None = None
    case_numbers: tuple[CaseNumber, ...] = ()
    people: tuple[Person, ...] = ()
    contacts: tuple[Contact, ...] = ()
    next_steps: tuple[NextStep, ...] = ()
    amounts: tuple[Amount, ...] = ()
    escalated: bool = False
    resolved: bool | None = None
    unclear: tuple[Unclear, ...] = ()


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the user said to one question of the interview; "" as text is silence."""

    question: str
    """Key of the question, such as ``ask-person``."""
    text: str
    about: str = ""
    """The item the question was about, such as a case number; "" for what was missing."""
    codes: tuple[tuple[str, float], ...] = ()
    """Readings of a code in the answer's audio with their probabilities, best first."""
