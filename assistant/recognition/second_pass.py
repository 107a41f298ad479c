"""Hearing a short span of sound again, with a grammar made for one question."""

from __future__ import annotations

import ctypes
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from assistant.events import SAMPLE_RATE_HZ
from assistant.ports import Word

_C_LIBRARY = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None)

UNKNOWN = "[unk]"
"""Vosk's word for whatever the grammar does not hold."""


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
    from vosk import KaldiRecognizer

    recogniser = KaldiRecognizer(model, SAMPLE_RATE_HZ, json.dumps(list(grammar)))
    # With alternatives Vosk gives the path's likelihood where it otherwise gives a posterior.
    recogniser.SetMaxAlternatives(1)
    recogniser.SetWords(True)
    feed(recogniser, pcm)
    alternatives = json.loads(recogniser.FinalResult()).get("alternatives", [])
    if not alternatives:
        return SILENCE
    best = alternatives[0]
    words = tuple(
        Word(word["word"], float(word["start"]), float(word["end"]), 1.0)
        for word in best.get("result", [])
    )
    return Hearing(best["text"], float(best["confidence"]), words)
