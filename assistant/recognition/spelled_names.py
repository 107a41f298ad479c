"""A name spelled aloud: "Delphine, spelled d, e, l, …"; its letters found and read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

from assistant.events import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ
from assistant.ports import Word
from assistant.recap.lexicon import lists
from assistant.recognition.code_evidence import Alternative
from assistant.recognition.code_reader import Kind

FEWEST_LETTERS = 3
"""Fewer letters spell no name."""
_SPELLED = re.compile(r"\bspel\w*", re.IGNORECASE)
"""Of free-text engines also "spelld", "spellbar"."""


class LetterReader(Protocol):
    """What of a `CodeReader` is needed here."""

    def read(self, pcm: bytes, kind: Kind, *, heard: str) -> tuple[Alternative, ...]:
        """The likeliest readings of a span of letters, best first."""

    def known(self, phrases: Iterable[str]) -> list[str]:
        """Those of `phrases` whose words the model knows."""


def spelling_begins_s(words: Sequence[Word]) -> float | None:
    """When the letters begin: behind the last "spelled"; None where nothing is said to be."""
    said = [word.end_s for word in words if word.text in lists("spelling").sets["spelled"]]
    return said[-1] if said else None


def read_letters(
    reader: LetterReader, pcm: bytes, text: str, words: Sequence[Word] = ()
) -> tuple[tuple[str, float], ...]:
    """The likeliest names spelled in `pcm` with their probabilities, best first; empty for none.

    `text` is the free-text engine's, `words` are those of a grammar, with their times. Of the
    likely readings those that the recogniser's own vocabulary holds come first: letters are taken
    for one another ("b", "d", "e", "p"), and "delphine" is a word where "dblphine" is none.
    """
    begins_s = spelling_begins_s(words)
    heard = text
    if begins_s is not None:
        pcm = pcm[round(begins_s * SAMPLE_RATE_HZ) * BYTES_PER_SAMPLE :]
        heard = _SPELLED.split(text)[-1]
    found = [
        each
        for each in reader.read(pcm, "letters", heard=heard)
        if len(each.text) >= FEWEST_LETTERS
    ]
    names = set(reader.known([each.text.lower() for each in found]))
    found.sort(key=lambda each: each.text.lower() not in names)  # stable: likeliest first
    return tuple((each.text, round(_probability(each, found), 4)) for each in found)


def _probability(each: Alternative, found: Sequence[Alternative]) -> float:
    """As likely as the likeliest for the one that was put first; no others more than it."""
    best = max(one.probability for one in found)
    return best if each is found[0] else min(each.probability, best / 2)
