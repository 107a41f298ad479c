"""Two free-text engines on one utterance: the better one's text, and no words lost by it."""

from __future__ import annotations

import re
from dataclasses import replace

from rapidfuzz import fuzz

from assistant.ports import Transcriber, Transcript

BAD = 60.0
"""Likeness, 0 to 100, of two engines' words below which they disagree badly."""


class TwoHearings:
    """A `Transcriber` that writes what `best` hears, and keeps what `other` hears beside it.

    Where `best` hears nothing, the words of `other` are the text; where they disagree badly, it is
    the transcript's `second`.
    """

    def __init__(self, best: Transcriber, other: Transcriber) -> None:
        self._best = best
        self._other = other
        self.name = best.name

    def load(self) -> None:
        """Load both engines. Raises `ModelError`."""
        self._best.load()
        self._other.load()

    def transcribe(self, pcm: bytes) -> Transcript:
        """Text of `pcm`; empty where neither engine hears words."""
        best, other = self._best.transcribe(pcm), self._other.transcribe(pcm)
        if not best.text:  # a single word is mostly breath or a click
            return other if len(other.text.split()) > 1 else best
        if not other.text or fuzz.ratio(_words(best.text), _words(other.text)) >= BAD:
            return best
        return replace(best, second=other.text)


def _words(text: str) -> str:
    """`text` without what engines only write differently."""
    return re.sub(r"[^a-z ]", "", text.lower())
