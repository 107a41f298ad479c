"""Breathing exercises: patterns from data files, and the schedule of what is said when. Pure."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec

from assistant.errors import ConfigError, UsageError
from assistant.resources import shipped
from assistant.settings import Struct, config_folder, data_folder
from assistant.toml_files import if_there, load_toml, wrong_value

MAX_EXERCISE_S = 1800.0
"""Longest exercise in seconds: half an hour, 58 MB of samples."""

Text = Annotated[str, msgspec.Meta(min_length=1)]
Count = Annotated[int, msgspec.Meta(ge=0, le=20)]
SomeCount = Annotated[int, msgspec.Meta(ge=1, le=20)]


class BreathPhase(StrEnum):
    """The parts of one breath, in order."""

    IN = "in"
    HOLD = "hold"
    OUT = "out"
    REST = "rest"


class BreathingPattern(Struct, frozen=True, kw_only=True, rename={"in_": "in"}):
    """How long each part of a breath lasts, in counts."""

    name: Text
    title: Text
    in_: SomeCount
    hold: Count = 0
    out: SomeCount
    rest: Count = 0
    count_s: Annotated[float, msgspec.Meta(ge=0.5, le=3.0)] = 1.0
    """Seconds one count lasts."""

    @property
    def phases(self) -> tuple[tuple[BreathPhase, int], ...]:
        """The parts that last at least one count, in order, each with its counts."""
        counts = (self.in_, self.hold, self.out, self.rest)
        return tuple((phase, n) for phase, n in zip(BreathPhase, counts, strict=True) if n)

    @property
    def cycle_s(self) -> float:
        """Seconds one breath takes."""
        return sum(counts for _, counts in self.phases) * self.count_s


class BreathingWords(Struct, frozen=True, kw_only=True, rename={"in_": "in"}):
    """What is said while breathing."""

    in_: Text
    hold: Text
    out: Text
    rest: Text
    numbers: Annotated[tuple[Text, ...], msgspec.Meta(min_length=20, max_length=20)]
    """The words for one to twenty."""

    def of(self, phase: BreathPhase, count: int) -> str:
        """Give the words of beat `count` (from 1) of `phase`: its name first, then the numbers."""
        names = dict(zip(BreathPhase, (self.in_, self.hold, self.out, self.rest), strict=True))
        return names[phase] if count == 1 else self.numbers[count - 1]


class _ShippedFile(Struct, frozen=True):
    words: BreathingWords
    pattern: tuple[BreathingPattern, ...]


class _UserFile(Struct, frozen=True):
    pattern: tuple[BreathingPattern, ...] = ()


@dataclass(frozen=True, slots=True)
class Beat:
    """One count of an exercise."""

    text: str
    """What is said on it."""
    at_s: float
    """When it falls, from the start of the exercise."""
    phase: BreathPhase
    count: int
    """Which count of its phase, from 1."""


def load_words() -> BreathingWords:
    """Read what is said while breathing. Raises `ConfigError` when the file is damaged."""
    return _shipped_file().words


def load_patterns() -> dict[str, BreathingPattern]:
    """Read all patterns by name, the user's own breathing.toml over the shipped ones.

    The shipped ones come first, in file order. Raises `ConfigError` naming file, line and key.
    """
    patterns = {pattern.name: pattern for pattern in _shipped_file().pattern}
    for path in if_there(config_folder() / "breathing.toml"):
        seen: set[str] = set()
        for number, pattern in enumerate(load_toml(path, _UserFile).pattern):
            if pattern.name in seen:
                sentence = f'the name "{pattern.name}" is used twice'
                keys = ("pattern", number, "name")
                raise wrong_value(path, keys, sentence, "Give it another.")
            seen.add(pattern.name)
            patterns[pattern.name] = pattern
    return patterns


def find_pattern(name: str) -> BreathingPattern:
    """Get the pattern called `name`; a `ConfigError` ``breathing-unknown`` names the others."""
    patterns = load_patterns()
    if name not in patterns:
        raise ConfigError(
            "breathing-unknown",
            f'There is no breathing pattern called "{name}".',
            f"Choose one of: {', '.join(patterns)}.",
        )
    return patterns[name]


def schedule(
    pattern: BreathingPattern, cycles: int, words: BreathingWords | None = None
) -> tuple[Beat, ...]:
    """Every beat of `cycles` breaths in order; the first falls at 0.0.

    `words` are the shipped ones unless given. Raises `UsageError` ``breathing-length`` for less
    than one cycle or more than `MAX_EXERCISE_S` in all.
    """
    if cycles < 1 or cycles * pattern.cycle_s > MAX_EXERCISE_S:
        longest = int(MAX_EXERCISE_S / pattern.cycle_s)
        raise UsageError(
            "breathing-length",
            f"{cycles} breaths of {pattern.name} cannot be done in one exercise.",
            f"Ask for 1 to {longest}.",
        )
    words = words or load_words()
    breath = [(phase, count) for phase, n in pattern.phases for count in range(1, n + 1)]
    return tuple(
        Beat(words.of(phase, count), index * pattern.count_s, phase, count)
        for index, (phase, count) in enumerate(breath * cycles)
    )


def is_first_time() -> bool:
    """Whether nobody was ever guided through an exercise on this machine."""
    return not _marker().exists()


def remember_first_time() -> None:
    """Leave a marker, so that `is_first_time` is False from now on.

    Where it cannot be written nothing happens: better to hear the advice twice than never.
    """
    with contextlib.suppress(OSError):
        _marker().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _marker().touch(mode=0o600)


def _marker() -> Path:
    return data_folder() / "breathed-before"


def _shipped_file() -> _ShippedFile:
    return load_toml(shipped("prompts/en/breathing.toml"), _ShippedFile)
