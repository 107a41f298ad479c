"""What a session tells the outside: one line of JSON each in ``replay --json`` (docs/events.md)."""

from __future__ import annotations

from typing import Protocol

import msgspec


class Notice(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """Base of all notices."""

    t: float
    """Seconds of audio since the session began."""


class PhaseNotice(Notice, frozen=True, tag="phase"):
    """The session entered a phase."""

    phase: str


class CueNotice(Notice, frozen=True, tag="cue"):
    """A cue was heard and believed."""

    cue: str
    heard: str
    confidence: float
    start_s: float
    end_s: float


class SayNotice(Notice, frozen=True, tag="say"):
    """A piece of speech ended; `end_s` is where it really ended, also when it was stopped."""

    text: str
    start_s: float
    end_s: float
    reason: str


class EarconNotice(Notice, frozen=True, tag="earcon"):
    """A short sound was played."""

    earcon: str


class FinalNotice(Notice, frozen=True, tag="final"):
    """An utterance of the recap."""

    text: str
    start_s: float
    end_s: float


class CaseSavedNotice(Notice, frozen=True, tag="case_saved"):
    """The case file is on disk."""

    path: str
    case_id: str


class CaseUpdatedNotice(Notice, frozen=True, tag="case_updated"):
    """An answer is in the case file."""

    path: str
    case_id: str
    needs_review: int
    """How many doubts are left."""


class WarningNotice(Notice, frozen=True, tag="warning"):
    """Something is worse than it should be; the session goes on."""

    code: str
    message: str


class ErrorNotice(Notice, frozen=True, tag="error"):
    """Something failed; what was heard is kept."""

    code: str
    message: str


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """How the session stands after a frame, for somebody who can look."""

    t_s: float
    phase: str
    level_dbfs: float
    saying: str
    """What is being said now; "" when nothing is."""
    tips_done: tuple[int, ...]
    lost_s: float
    """Seconds of audio lost so far."""
    waiting_s: float
    """Seconds of audio heard but not yet worked through."""


class Observer(Protocol):
    """Watches a session; called from the main loop, so it should return soon."""

    def notice(self, notice: Notice) -> None:
        """One notice, in order."""

    def status(self, status: Status) -> None:
        """The state after each frame."""


def to_json(notice: Notice) -> str:
    """One line of JSON, times rounded to a millisecond."""
    record = msgspec.to_builtins(notice)
    for key in ("t", "start_s", "end_s", "confidence"):
        if key in record:
            record[key] = round(record[key], 3)
    return msgspec.json.encode(record).decode()
