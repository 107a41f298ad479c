"""Hearing a short span of sound again, with a grammar made for one question."""

from __future__ import annotations

import ctypes
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.events import SAMPLE_RATE_HZ
from assistant.ports import Word

_C_LIBRARY = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None)

UNKNOWN = "[unk]"
"""Vosk's word for whatever the grammar does not hold."""
PATHS = 10
"""Paths among which a phrase is looked for: noise or an odd voice makes it the second or third, and
the grammar lets words of it be left out."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """The best path through a grammar."""

    text: str
    score: float
    """Log likelihood over the whole span; comparable between grammars over the same span."""
    words: tuple[Word, ...]


SILENCE = Hearing("", 0.0, ())


def feed(recogniser: Any, pcm: bytes) -> bool:
    """Hand `pcm` to a `vosk.KaldiRecognizer`; whether it came to the end of an utterance.

    Vosk adds a faint random noise to all it hears ("dither"), drawn from the C library's one
    generator. Seeding that here makes the same sound give the same answer, whatever else ran.
    """
    _C_LIBRARY.srand(1)
    return bool(recogniser.AcceptWaveform(pcm))


def hear(model: Any, pcm: bytes, grammar: Iterable[str]) -> Hearing:
    """Decode `pcm` (int16 mono 16 kHz) with the phrases of `grammar` and nothing else.

    Sound too short to decode gives `SILENCE`. `model` is a `vosk.Model`; the recogniser is new
    each time, so the answer depends on the sound alone.
    """
    return next(iter(hear_all(model, pcm, grammar, 1)), SILENCE)


def hear_all(
    model: Any, pcm: bytes, grammar: Iterable[str], most: int = PATHS
) -> tuple[Hearing, ...]:
    """Up to `most` paths through `grammar`, the best first; none for sound too short to decode.

    How far they reach below the best is set by the model's lattice beam (`twin_of`).
    """
    from vosk import KaldiRecognizer

    recogniser = KaldiRecognizer(model, SAMPLE_RATE_HZ, json.dumps(list(grammar)))
    # With alternatives Vosk gives the path's likelihood where it otherwise gives a posterior.
    recogniser.SetMaxAlternatives(most)
    recogniser.SetWords(True)
    feed(recogniser, pcm)
    paths = json.loads(recogniser.FinalResult()).get("alternatives", [])
    return tuple(Hearing(one["text"], float(one["confidence"]), _words(one)) for one in paths)


def find(model: Any, pcm: bytes, phrases: Sequence[str]) -> dict[str, tuple[float, float]]:
    """`places` of `phrases` on the likeliest path that holds any of them; empty where none does."""
    paths = hear_all(model, pcm, [*phrases, UNKNOWN])
    return next(filter(None, (places(path.words, phrases) for path in paths)), {})


def _words(path: dict[str, Any]) -> tuple[Word, ...]:
    return tuple(
        Word(word["word"], float(word["start"]), float(word["end"]), 1.0)
        for word in path.get("result", [])
    )


def places(words: Sequence[Word], phrases: Iterable[str]) -> dict[str, tuple[float, float]]:
    """Start and end in seconds of the last place of each phrase in `words`.

    A phrase that stands only inside a longer one of `phrases` has no place.
    """
    text = [word.text for word in words]
    found: dict[str, tuple[int, int]] = {}
    for phrase in phrases:
        wanted = phrase.split()
        for first in range(len(text) - len(wanted), -1, -1):
            if text[first : first + len(wanted)] == wanted:
                found[phrase] = (first, first + len(wanted))
                break
    return {
        phrase: (words[first].start_s, words[after - 1].end_s)
        for phrase, (first, after) in found.items()
        if not any(
            one <= first and after <= other and other - one > after - first
            for one, other in found.values()
        )
    }
