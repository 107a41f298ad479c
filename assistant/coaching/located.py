"""Phrases and texts together with the line they were written on, for the linter's messages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from assistant.coaching.breathing import load_words
from assistant.coaching.cues import Cue, CueBook, load_cues
from assistant.coaching.prompts import FACT_SLOTS, MESSAGE_SLOTS, load_messages
from assistant.coaching.tips import Tip, load_tips
from assistant.resources import shipped


class Place(msgspec.Struct, frozen=True, order=True):
    """A line of a file; the first is 1."""

    path: str
    line: int


class Phrase(msgspec.Struct, frozen=True):
    """One phrase, or paraphrase, of a cue."""

    text: str
    cue: Cue
    place: Place


class Text(msgspec.Struct, frozen=True):
    """Something the companion says."""

    text: str
    name: str
    """What it is, for a sentence: ``reminder 2``."""
    slots: frozenset[str]
    """Slots it may hold."""
    place: Place
    facts: bool
    """Whether its slots hold the user's facts (reminders, replies) rather than results."""


class Sources(msgspec.Struct, frozen=True):
    """Everything the linter looks at."""

    phrases: tuple[Phrase, ...]
    texts: tuple[Text, ...]
    paraphrases: tuple[Phrase, ...] = ()


def gather(
    cue_paths: Sequence[Path], tip_paths: Sequence[Path], message_paths: Sequence[Path]
) -> Sources:
    """Read the files, later ones on top of earlier ones; raises `ConfigError`."""
    book = load_cues(*cue_paths)
    tips = load_tips(*tip_paths)
    messages = load_messages(*message_paths)
    texts = (
        *_replies(book, cue_paths),
        *(text for tip in tips.values() for text in _reminders(tip, tip_paths)),
        *_breathing(),
        *(
            Text(text, f'message "{key}"', MESSAGE_SLOTS[key],
                 _find(message_paths, "", rf'["\']?{re.escape(key)}["\']?\s*='), facts=False)
            for key, text in messages.items()
        ),
    )  # fmt: skip
    located = {
        key: tuple(
            Phrase(phrase, cue, _find(cue_paths, _id(cue), _quoted(phrase)))
            for cue in book.cues
            for phrase in getattr(cue, key)
        )
        for key in ("phrases", "paraphrases")
    }
    return Sources(texts=texts, **located)


def kind_of(path: Path) -> str:
    """Tell ``cues.toml``, ``reminders.toml`` or ``messages.toml`` by what a file holds.

    A file that cannot be told, or not be read, counts as cues: reading it names the mistake.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return "cues.toml"
    if "tip" in data:
        return "reminders.toml"
    if (
        data
        and "cue" not in data
        and (MESSAGE_SLOTS.keys() & data.keys() or all(isinstance(v, str) for v in data.values()))
    ):
        return "messages.toml"
    return "cues.toml"


def _replies(book: CueBook, paths: Sequence[Path]) -> Iterator[Text]:
    """Yield the spoken replies of cues."""
    for cue in book.cues:
        if cue.reply:
            place = _find(paths, _id(cue), r"reply\s*=")
            yield Text(cue.reply, f'reply of cue "{cue.id}"', FACT_SLOTS, place, facts=True)


def _reminders(tip: Tip, paths: Sequence[Path]) -> Iterator[Text]:
    """Yield every wording of a reminder."""
    number = rf"number\s*=\s*{tip.number}\s*(#|$)"
    for wording in tip.wordings:
        place = _find(paths, number, _quoted(wording))
        yield Text(wording, f"reminder {tip.number}", FACT_SLOTS, place, facts=True)


def _breathing() -> Iterator[Text]:
    """Yield what is said while breathing, except the numbers."""
    path = shipped("prompts/en/breathing.toml")
    for key, words in msgspec.to_builtins(load_words()).items():
        if isinstance(words, str):
            place = _find([path], "", rf"{key}\s*=")
            yield Text(words, f'breathing word "{key}"', frozenset(), place, facts=False)


def _id(cue: Cue) -> str:
    """Pattern of the line that names a cue."""
    return rf'id\s*=\s*["\']{re.escape(cue.id)}["\']'


def _quoted(text: str) -> str:
    """Pattern of `text` in quotes, wherever it stands on its line, if that is not an id's."""
    return r'(?!id\s*=).*["\']\s*' + r"\s+".join(map(re.escape, text.split())) + r'\s*["\']'


def _find(paths: Sequence[Path], block: str, line: str) -> Place:
    """Find where `line` (a pattern) stands, in the last file that has it.

    With `block`, only inside the ``[[table]]`` that also has a line matching `block`; the
    line matching `block` itself where the other is not found (text over several lines).
    """
    second_best = Place(str(paths[-1]), 1)
    for path in reversed(paths):
        for start, lines in _blocks(path.read_text(encoding="utf-8-sig")):
            hits = _matching(lines, line, start)
            named = _matching(lines, block, start) if block else hits
            if hits and named:
                return Place(str(path), hits[0])
            if named and second_best.line == 1:
                second_best = Place(str(path), named[0])
    return second_best


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """Split a file at its ``[[table]]`` lines; yields each part's first line number."""
    lines = text.splitlines()
    starts = [0, *(n for n, line in enumerate(lines) if line.lstrip().startswith("[["))]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield start + 1, lines[start:end]


def _matching(lines: Sequence[str], pattern: str, start: int) -> list[int]:
    """Line numbers on which `pattern` matches from the first letter on."""
    wanted = re.compile(r"\s*" + pattern, re.IGNORECASE)
    return [n for n, line in enumerate(lines, start) if wanted.match(line)]
