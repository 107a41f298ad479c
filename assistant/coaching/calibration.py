"""Calibration: how well one user's own voice is heard, and thresholds to suit it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import msgspec

from assistant.coaching.cues import CueBook
from assistant.settings import config_folder
from assistant.toml_files import if_there, load_toml

ASK_S = 5.0
"""How long we wait for a phrase that was asked for."""
AFTER_S = 0.6
"""Pause after a phrase was heard, before the next is asked for."""
MARGIN = 0.05
"""A threshold set because of a false alarm stands this far above it."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A phrase the user is asked to say."""

    cue: str
    phrase: str


@dataclass(slots=True)
class CueRecord:
    """How one cue fared; a level is the threshold up to which it would have been believed."""

    said: list[float] = field(default_factory=list)
    """Highest level for each time it was asked for; 0.0 where nothing was made out."""
    talk: float = 0.0
    """Highest level while the user talked of something else."""

    def heard(self, threshold: float) -> int:
        """How many of the times it was said it would be believed."""
        return sum(level >= threshold for level in self.said)


class Calibration:
    """Asks for phrases one by one, then for some talk; pure, its time is seconds of audio."""

    def __init__(self, asks: Sequence[Ask], talk_s: float) -> None:
        """`asks` may be empty: then there is only the talk, of `talk_s` seconds."""
        self._asks = tuple(asks)
        self._talk_s = talk_s
        self._next = 0
        self._began_s = 0.0
        self._until_s = ASK_S
        self._level = 0.0
        self.records: dict[str, CueRecord] = {ask.cue: CueRecord() for ask in asks}
        if not asks:
            self._until_s = talk_s

    @property
    def asking(self) -> Ask | None:
        """What the user is to say now; None while they are to talk freely."""
        return self._asks[self._next] if self._next < len(self._asks) else None

    @property
    def done(self) -> bool:
        """Whether all was said."""
        return self._next > len(self._asks)

    def judged(self, cue: str, level: float, end_s: float) -> None:
        """The spotter judged a phrase of `cue` that ended at `end_s`."""
        if self.done or end_s < self._began_s:
            return
        asking = self.asking
        if asking is None:
            record = self.records.setdefault(cue, CueRecord())
            record.talk = max(record.talk, level)
        elif cue == asking.cue:
            self._level = max(self._level, level)
            self._until_s = end_s + AFTER_S

    def advance(self, now_s: float) -> bool:
        """Move on when the time for a step is over; whether there is something new to say."""
        if self.done or now_s < self._until_s:
            return False
        asking = self.asking
        if asking is not None:
            self.records[asking.cue].said.append(self._level)
        self._next += 1
        self._level = 0.0
        self._began_s = now_s
        self._until_s = now_s + (self._talk_s if self.asking is None else ASK_S)
        return True


def shift_for(record: CueRecord, thresholds: Mapping[str, float]) -> float:
    """How far to move the threshold of a cue for this user; 0.0 where it does well as it is.

    `thresholds` are those of the sensitivities low, normal and high. The result stays between
    them, on the curve that was measured: a few sayings are too few to leave it. What was never
    made out at all is left out, and a talk as sure as a cue moves nothing: no threshold would help.
    """
    normal = thresholds["normal"]
    levels = [level for level in record.said if level > 0.0]
    missed = bool(levels) and min(levels) < normal
    if record.talk >= thresholds["low"] or (not missed and record.talk < normal):
        return 0.0
    wanted = record.talk + MARGIN
    if levels and min(levels) > record.talk:
        wanted = (min(levels) + record.talk) / 2
    return round(min(thresholds["low"], max(thresholds["high"], wanted)) - normal, 3)


def updated_shifts(
    earlier: Mapping[str, float],
    records: Mapping[str, CueRecord],
    thresholds: Mapping[str, float],
) -> dict[str, float]:
    """The shifts of `earlier`, but for the cues asked for now and those that fired in the talk."""
    now = {cue: shift_for(record, thresholds) for cue, record in records.items()}
    return {**earlier, **{cue: shift for cue, shift in now.items() if records[cue].said or shift}}


class CalibrationFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What ``callcoach cues calibrate`` keeps."""

    threshold_shift: dict[str, Annotated[float, msgspec.Meta(ge=-1.0, le=1.0)]] = {}
    """By cue; added to the threshold of whatever sensitivity is set."""


def calibration_path() -> Path:
    """Where the user's own thresholds are kept."""
    return config_folder() / "calibration.toml"


def kept_shifts() -> dict[str, float]:
    """The shifts on disk, by cue; empty where there are none. Raises `ConfigError`."""
    for path in if_there(calibration_path()):
        return load_toml(path, CalibrationFile).threshold_shift
    return {}


def calibrated(cues: CueBook) -> CueBook:
    """`cues` with the user's own thresholds; unchanged where there are none.

    Shifts of cues that are no more are passed over. Raises `ConfigError`.
    """
    shifts = kept_shifts()
    return CueBook(
        tuple(
            msgspec.structs.replace(cue, threshold_shift=shifts.get(cue.id, cue.threshold_shift))
            for cue in cues.cues
        )
    )


def calibration_text(shifts: Mapping[str, float]) -> str:
    """The file for these shifts, as TOML; cues that need none are left out."""
    lines = ["# Written by `callcoach cues calibrate`; delete it to go back to the shipped values."]
    lines += ["[threshold_shift]"]
    lines += [f"{cue} = {shift}" for cue, shift in sorted(shifts.items()) if shift]
    return "\n".join(lines) + "\n"


def asks_for(cues: CueBook, phase: str, ids: Iterable[str], times: int) -> tuple[Ask, ...]:
    """The first phrase of each cue of `phase`, `times` times over; of all cues without `ids`."""
    wanted = frozenset(ids)
    live = [cue for cue in cues.live_in([phase]) if not wanted or cue.id in wanted]
    return tuple(Ask(cue.id, cue.phrases[0]) for _ in range(times) for cue in live)
