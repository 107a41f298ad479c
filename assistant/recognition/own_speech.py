"""What we say ourselves, and so may hear again."""

from __future__ import annotations

from rapidfuzz import fuzz

TAIL_S = 0.7
"""Our own words still count as being said this long after the sound ended: echo and decoding."""
ALIKE = 80.0
"""Likeness in per cent, by letters, from which a phrase counts as part of what we say."""


class OwnSpeech:
    """What we are saying, or said a moment ago; times are seconds of the session."""

    def __init__(self) -> None:
        self._text = ""
        self.until_s = -1.0
        """Until when it may be heard."""

    def accept(self, text: str, now_s: float) -> None:
        """At `now_s` we are saying `text`; empty while we are silent."""
        if text:
            self._text = text.lower()
            self.until_s = now_s + TAIL_S

    def holds(self, phrase: str, now_s: float) -> bool:
        """Whether `phrase` stands in what may still be heard of it."""
        ours = self._text if now_s <= self.until_s else ""
        return bool(ours) and fuzz.partial_ratio(phrase, ours) >= ALIKE
