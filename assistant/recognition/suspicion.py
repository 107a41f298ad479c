"""Suspecting that we are told to stop, well before it can be judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assistant.recognition.second_pass import UNKNOWN, hear
from assistant.recognition.verifier import Span

LEAST_GAIN = 0.08
"""Log likelihood ratio per 10 ms from which a phrase is suspected. Over our own voice all stop
phrases that were believed passed 0.10 in time; of 51 places found in 5.5 minutes of other speech
over it 6 passed 0.03 and 2 this, and of 2 in 3.4 minutes of our voice alone none (tune half)."""
SAME_PLACE_S = 0.3
"""A phrase suspected again so near is the same one, and told of only once."""
_LEAST_S = 0.2
"""A shorter phrase counts as so long, as it does for the verifier."""


class Suspicion:
    """Tells of each phrase that is likely enough, once at each place."""

    def __init__(self, model: Any, tell: Callable[[], object]) -> None:
        """`model` is a `vosk.Model`; `tell` is called as soon as there is a suspicion."""
        self._model = model
        self._tell = tell
        self._told: set[str] = set()
        self._start_s = 0.0

    def weigh(self, span: Span, start_s: float) -> None:
        """Tell if `span.phrase` is far likelier than unknown words; it began at `start_s`.

        Takes 0.04 s of computing: the cheap part of what the verifier weighs.
        """
        if abs(start_s - self._start_s) >= SAME_PLACE_S:
            self._told.clear()
        if span.phrase not in self._told and self._gain(span) >= LEAST_GAIN:
            self._told.add(span.phrase)
            self._start_s = start_s
            self._tell()

    def _gain(self, span: Span) -> float:
        phrase = hear(self._model, span.pcm, [span.phrase, UNKNOWN])
        unknown = hear(self._model, span.pcm, [UNKNOWN])
        steps = 100.0 * max(span.end_s - span.start_s, _LEAST_S)
        return (phrase.score - unknown.score) / steps
