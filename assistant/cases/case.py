"""A case: what the user keeps of one call, as a value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import msgspec

from assistant.recap.model import Answer, Item, RecapFields, Unclear

SCHEMA = 1
"""Version of the case file; rises when an older callcoach could misread a newer file."""

REVIEW_BELOW = 0.85
"""An item with a confidence below this is listed for review."""

TIPS = 9
"""How many coaching tips there are, numbered from 1."""

AwareDatetime = Annotated[datetime, msgspec.Meta(tz=True)]


class Utterance(msgspec.Struct, frozen=True, kw_only=True):
    """One utterance as dictated; times are seconds of audio since the session began."""

    text: str
    start_s: float
    end_s: float
    second: str | None = None
    """What another engine heard, where the two disagreed badly."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """Everything known of one call."""

    schema: int = SCHEMA
    case_id: str
    """Also the name of its file, without ``.md``: ``2026-11-22-0930-harbor-gas``."""
    started_at: AwareDatetime
    ended_at: AwareDatetime
    company: str = ""
    """As the user gave it when the call began, or as found in the recap; may be empty."""
    follows: str = ""
    """Identifier of the earlier case that this call carries on, or empty."""
    fields: RecapFields = RecapFields()
    tips_done: tuple[Annotated[int, msgspec.Meta(ge=1, le=TIPS)], ...] = ()
    recap: str = ""
    """The recap as written: punctuated, with digits."""
    recap_spoken: tuple[Utterance, ...] = ()
    """The recap as dictated, utterance by utterance."""
    answers: tuple[Answer, ...] = ()
    """What was answered when asked afterwards; silences are left out."""

    def __post_init__(self) -> None:
        """Refuse a time without a zone: it could not be told apart from another one."""
        if self.started_at.tzinfo is None or self.ended_at.tzinfo is None:
            raise ValueError("a case's times need a time zone")

    @property
    def needs_review(self) -> tuple[Unclear, ...]:
        """What a person should look at again: what was unclear, then what was heard unsurely."""
        return self.fields.unclear + tuple(_unsure(self.fields))


def _unsure(fields: RecapFields) -> Iterator[Unclear]:
    """One entry for each item whose confidence is below `REVIEW_BELOW`."""
    for name in fields.__struct_fields__:
        value = getattr(fields, name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Item) and item.confidence < REVIEW_BELOW:
                reason = f"heard with confidence {item.confidence:.2f}"
                yield Unclear(field=name, reason=reason, words=item.words)


def slug(text: str, length: int = 40) -> str:
    """`text` as lower-case ASCII letters, digits and single hyphens; may be empty.

    Safe as part of a file name on every platform; at most `length` characters.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:length].strip("-")


def new_case_id(started_at: datetime, company: str) -> str:
    """Make an identifier that sorts by time: ``2026-11-22-0930-harbor-gas``.

    Without a name it ends in ``-call``. The store adds ``-2`` and so on where it is taken.
    """
    return f"{started_at:%Y-%m-%d-%H%M}-{slug(company) or 'call'}"
