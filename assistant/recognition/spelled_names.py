"""A name spelled aloud: "Delphine, spelled d, e, l, …"; its letters found and read."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

from assistant.events import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ
from assistant.ports import Word
from assistant.recap.lexicon import first_names, lists
from assistant.recognition.code_evidence import Alternative
from assistant.recognition.code_reader import Kind

FEWEST_LETTERS = 3
"""Fewer letters spell no name."""
MOST_READINGS = 30
"""Asked of the recogniser."""
FEWEST_EXPLAINED = 2
"""From so many letters that are said as words, they are read as a code is."""
LISTED_BONUS = 4.0
"""How much likelier, as a logarithm, letters are that spell a first name of the list."""
LISTED, UNLISTED = 0.95, 0.4
"""How sure a name is that is in the list, and one that is not: in three tune voices 57 of 57 and 8
of 24 were right."""
BareLetters = Callable[[bytes], Mapping[str, float]]
"""Strings of letters that a span of audio may spell, with their log likelihoods."""
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
    reader: LetterReader,
    pcm: bytes,
    text: str,
    words: Sequence[Word] = (),
    bare: BareLetters | None = None,
) -> tuple[tuple[str, float], ...]:
    """The likeliest names spelled in `pcm` with their probabilities, best first; empty for none.

    `text` is the free-text engine's, `words` are those of a grammar, with their times. Letters said
    by themselves are read by `bare`, where given; letters said as words ("november", "double t")
    with the grammar of codes. Of what that gives, names of the recogniser's vocabulary come first.
    """
    begins_s = spelling_begins_s(words)
    heard = text
    if begins_s is not None:
        pcm = pcm[round(begins_s * SAMPLE_RATE_HZ) * BYTES_PER_SAMPLE :]
        heard = _SPELLED.split(text)[-1]
    spelled = [word.text for word in words if begins_s is None or word.start_s >= begins_s]
    if bare is not None and sum(word in _explaining() for word in spelled) < FEWEST_EXPLAINED:
        listed = _weighed(bare(pcm))
        if listed:
            return listed
    found = [
        each
        for each in reader.read(pcm, "letters", heard=heard)
        if len(each.text) >= FEWEST_LETTERS
    ]
    names = set(reader.known([each.text.lower() for each in found]))
    found.sort(key=lambda each: each.text.lower() not in names)  # stable: likeliest first
    return tuple((each.text, round(_probability(each, found), 4)) for each in found)


def bare_letters(model: Any, pcm: bytes) -> dict[str, float]:
    """Strings of letters, upper case, that `pcm` may spell, with their log likelihoods.

    A `vosk.Model` takes letters for one another ("b", "d", "e", "p"); given the first names as a
    grammar it learns from them which letters follow which.
    """
    from vosk import KaldiRecognizer

    recogniser = KaldiRecognizer(model, SAMPLE_RATE_HZ, json.dumps(letter_phrases()))
    recogniser.SetMaxAlternatives(MOST_READINGS)
    recogniser.AcceptWaveform(pcm)
    found = json.loads(recogniser.FinalResult()).get("alternatives", [])
    return {one["text"].replace(" ", "").upper(): one["confidence"] for one in reversed(found)}


def _weighed(found: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """Letters with their log likelihoods as names with probabilities, best first."""
    weights = {
        text: value + LISTED_BONUS * (text.lower() in first_names())
        for text, value in found.items()
        if len(text) >= FEWEST_LETTERS
    }
    top = max(weights.values(), default=0.0)
    shares = {text: math.exp(value - top) for text, value in weights.items()}
    ranked = sorted(shares, key=lambda text: -shares[text])
    sure = LISTED if ranked and ranked[0].lower() in first_names() else UNLISTED
    rest = sum(shares.values()) - 1.0
    return tuple(
        (text, round(sure if text == ranked[0] else (1.0 - sure) * shares[text] / rest, 4))
        for text in ranked
    )


@lru_cache(maxsize=1)
def letter_phrases() -> tuple[str, ...]:
    """The first names, spelled: what a grammar of letters learns their order from."""
    return tuple(" ".join(name) for name in sorted(first_names()) if name.isalpha())


@lru_cache(maxsize=1)
def _explaining() -> frozenset[str]:
    """Words that stand for a letter, or say that it comes twice."""
    maps = lists("codes").maps
    return frozenset({*maps["nato"], *lists("spelling").maps["substitutes"], "double"})


def _probability(each: Alternative, found: Sequence[Alternative]) -> float:
    """As likely as the likeliest for the one that was put first; no others more than it."""
    best = max(one.probability for one in found)
    return best if each is found[0] else min(each.probability, best / 2)
