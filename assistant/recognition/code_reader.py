"""Codes from audio: Vosk asked with grammars of symbols, weighed against Moonshine's reading.

Each grammar gives its best readings with their log likelihoods, at three speeds and once more
when the recogniser has got used to the voice; `code_evidence` ranks them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import soxr

from assistant.events import SAMPLE_RATE_HZ
from assistant.recap.lexicon import lists
from assistant.recognition.code_evidence import Alternative, Candidate, weigh
from assistant.recognition.second_pass import feed

Kind = Literal["code", "digits", "letters"]
"""Any symbols; digits only, as in phone numbers; letters only, as in spelled names."""

BEST = 30
"""Readings asked of each grammar; the right one is seldom beyond them where it is there at all."""
NEAR = 6.0
"""Grammars whose best reading is so much less likely than the best of all are asked once only."""
SPEEDS = (0.92, 1.08)
"""Further passes over the audio: independent errors cancel out; docs/dictation.md has the gain."""
QUIET = bytes(round(0.3 * SAMPLE_RATE_HZ) * 2)
"""What should be put around a code that was cut out without any silence."""
MISSING = 1.0
"""How far below the last reading of a pass one that it does not list is taken to be."""

_DIGITS = {"zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4",
           "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9"}  # fmt: skip
_DIGIT_NAMES = {digit: name for name, digit in _DIGITS.items() if name != "oh"}
_REPEATS = {"double": 2, "triple": 3}
_SEPARATORS = {"dash": "-", "slash": "/"}
_LINKS = (("as", "in"), ("for",), ("four",))
"""Between a letter and its word; a "for" may be heard as a "four"."""
_LETTERS = tuple("abcdefghijklmnopqrstuvwxyz")


class CodeReader:
    """Reads codes from audio with a `vosk.Model`.

    The model's lattice beam should be wide (`twin_of`): the right reading is often the
    second or third.
    """

    def __init__(self, model: Any) -> None:
        self._model = model

    @property
    def model(self) -> Any:
        """The `vosk.Model` it reads with."""
        return self._model

    def read(
        self,
        pcm: bytes,
        kind: Kind = "code",
        *,
        heard: str = "",
        also: str = "",
        length: int | None = None,
        known: Sequence[str] = (),
        around: Sequence[str] = (),
    ) -> tuple[Alternative, ...]:
        """The likeliest readings of a span that holds a code and nothing else, best first.

        `heard` is another engine's text of the same span; `also` a code that was read there
        before; `length` the number of symbols where the user said it (separators not counted);
        `known` are earlier codes of the same company; `around` are words that may stand before
        or behind the code and are no part of it ("is").
        Probabilities sum to less than 1: the rest is for readings not among them. Empty where
        no symbol was heard.
        """
        found = self.candidates(pcm, kind, around)
        if length is not None:
            found = [each for each in found if symbols_in(each.text) == length] or found
        return weigh(found, heard, known, also)

    def candidates(
        self, pcm: bytes, kind: Kind = "code", around: Sequence[str] = ()
    ) -> list[Candidate]:
        """Every reading the grammars give in any pass over the audio, in no order, each once."""
        grammars = [self.known((*phrases, *around)) for phrases in _grammars(kind)]
        found = [self._readings(pcm, grammar, kind, around) for grammar in grammars]
        tops = [max((value for _, value in each.values()), default=-math.inf) for each in found]
        if max(tops) == -math.inf:
            return []
        near = [grammars[at] for at, top in enumerate(tops) if top >= max(tops) - NEAR]
        passes = [_merged(found)]
        for audio, warm in ((pcm, pcm), *((at_speed(pcm, speed), b"") for speed in SPEEDS)):
            passes.append(_merged([self._readings(audio, g, kind, around, warm) for g in near]))
        return _candidates([each for each in passes if each])

    def known(self, phrases: Iterable[str]) -> list[str]:
        """Those of `phrases` whose words the model knows: Vosk drops others with a log line."""
        find = self._model.vosk_model_find_word
        return [each for each in phrases if all(find(word) >= 0 for word in each.split())]

    def _readings(
        self,
        pcm: bytes,
        phrases: Sequence[str],
        kind: Kind,
        around: Sequence[str],
        warm: bytes = b"",
    ) -> dict[str, tuple[str, float]]:
        """Code -> its words and log likelihood, with the grammar's own share taken out.

        `warm` is audio of the same voice that the recogniser gets used to first.
        """
        from vosk import KaldiRecognizer

        recogniser = KaldiRecognizer(self._model, SAMPLE_RATE_HZ, json.dumps(phrases))
        recogniser.SetMaxAlternatives(BEST)
        if warm:
            feed(recogniser, warm)
            recogniser.Result()  # keeps what was learnt of the voice; FinalResult would not
        feed(recogniser, pcm)
        share = math.log(len(phrases))
        best: dict[str, tuple[str, float]] = {}
        for found in json.loads(recogniser.FinalResult()).get("alternatives", []):
            words = found["text"].split()
            text = text_of(_without(words, around))
            likelihood = found["confidence"] + share * len(words)
            if text is None or (kind == "letters" and not text.isalpha()):
                continue
            if text not in best or best[text][1] < likelihood:
                best[text] = (found["text"], likelihood)
        return best


def _merged(found: Iterable[dict[str, tuple[str, float]]]) -> dict[str, tuple[str, float]]:
    """The readings of several grammars as one pass, each with its best likelihood."""
    best: dict[str, tuple[str, float]] = {}
    for each in found:
        for text, reading in each.items():
            if text not in best or best[text][1] < reading[1]:
                best[text] = reading
    return best


def _candidates(passes: Sequence[dict[str, tuple[str, float]]]) -> list[Candidate]:
    """All readings of the passes, each with its likelihood in every one of them."""
    tops = [max(value for _, value in each.values()) for each in passes]
    lows = [min(value for _, value in each.values()) - MISSING for each in passes]
    words = {text: said for each in reversed(passes) for text, (said, _) in each.items()}
    return [
        Candidate(
            text,
            said,
            tuple(
                (each[text][1] if text in each else low) - top
                for each, top, low in zip(passes, tops, lows, strict=True)
            ),
        )
        for text, said in words.items()
    ]


def at_speed(pcm: bytes, speed: float) -> bytes:
    """`pcm` played `speed` times as fast, and as high."""
    samples = np.frombuffer(pcm, dtype="<i2")
    return bytes(soxr.resample(samples, SAMPLE_RATE_HZ * speed, SAMPLE_RATE_HZ).astype("<i2"))


def _without(words: Sequence[str], around: Sequence[str]) -> Sequence[str]:
    """`words` without those of `around` at both ends."""
    start, end = 0, len(words)
    while start < end and words[start] in around:
        start += 1
    while end > start and words[end - 1] in around:
        end -= 1
    return words[start:end]


def text_of(words: Sequence[str]) -> str | None:
    """The code that grammar words spell, upper case; None where they spell none.

    The word that explains a letter decides: "d as in boy" is a B that was misheard.
    """
    nato = lists("codes").maps["nato"]
    text = ""
    repeat = 1
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word in _REPEATS:
            if repeat > 1:
                return None
            repeat = _REPEATS[word]
            continue
        if word == "x" and words[at : at + 1] == ["ray"]:
            symbol, at = "X", at + 1
        elif word in nato or word in _DIGITS or word in _SEPARATORS:
            symbol = nato.get(word) or _DIGITS.get(word) or _SEPARATORS[word]
        elif len(word) == 1 and word.isalpha():
            symbol, at = _explained(words, at)
        else:
            return None
        text += symbol * repeat
        repeat = 1
    complete = text.strip("-/") == text and repeat == 1
    return text if text and complete else None


def _explained(words: Sequence[str], at: int) -> tuple[str, int]:
    """The letter before word `at` and where it ends, with the words that make it plain."""
    letter = words[at - 1].upper()
    substitutes = lists("spelling").maps["substitutes"]
    for link in _LINKS:
        end = at + len(link)
        if tuple(words[at:end]) == link and end < len(words) and words[end] in substitutes:
            named = substitutes[words[end]]
            if named == letter or link != ("four",):
                return named, end + 1
    return letter, at


@lru_cache(maxsize=8)
def _grammars(kind: Kind) -> tuple[tuple[str, ...], ...]:
    """Phrase lists to ask with, from the narrowest to the widest."""
    digits = (*_DIGITS, "double", "triple")
    nato = (*lists("codes").maps["nato"], *_LETTERS)
    marks = tuple(_SEPARATORS)
    explained = tuple(
        f"{letter.lower()} {link} {word}"
        for word, letter in lists("spelling").maps["substitutes"].items()
        for link in ("as in", "for")
    )
    if kind == "digits":
        return (digits,)
    if kind == "letters":
        return ((*_LETTERS, "double"), (*nato, *explained, "double"))
    return (
        (*digits, *marks),
        (*digits, *_LETTERS, *marks),
        # Apart from each other: parts of "b as in boy" may come alone and spoil a NATO reading.
        (*digits, *nato, *marks),
        (*digits, *_LETTERS, *explained, *marks),
    )


def code_phrases() -> tuple[str, ...]:
    """Every phrase that can be part of a code."""
    return tuple(dict.fromkeys(phrase for each in _grammars("code") for phrase in each))


def symbols_in(code: str) -> int:
    """Letters and digits in `code`; separators do not count."""
    return sum(char.isalnum() for char in code)


def spoken_letters(text: str) -> str:
    """Letters only, with digits as the words they are spoken as, to compare two readings."""
    spoken = re.sub(r"\d", lambda digit: _DIGIT_NAMES[digit[0]], text.lower())
    return re.sub(r"[^a-z]", "", spoken)
