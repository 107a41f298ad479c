"""Codes from audio: Vosk asked with grammars of symbols, weighed against Moonshine's reading.

Each grammar gives its best readings with their log likelihoods. A prior over codes and the
likeness to the other engine's text rank them; the weights come from docs/dictation.md.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from rapidfuzz import fuzz

from assistant.events import SAMPLE_RATE_HZ
from assistant.recap.codes import read_code
from assistant.recap.lexicon import lists
from assistant.recap.tokens import tokenise

Kind = Literal["code", "digits", "letters"]
"""Any symbols; digits only, as in phone numbers; letters only, as in spelled names."""

BEST = 30
"""Readings asked of each grammar; the right one is seldom beyond them where it is there at all."""
KEPT = 8
"""Readings given back."""

# Fitted on the tune part of benchmarks/codes.py: a multinomial logit over the readings.
WEIGHTS = (0.156, -0.457, 0.124, 2.509, -0.167, -0.719, 6.0, 0.5)
"""For each of `features`, in their order."""
SHAPE_WEIGHT = 0.3
"""For a reading shaped like an earlier case number of the same company; set, not fitted."""
ALSO_WEIGHT = 0.5
"""For a reading that an earlier pass gave too; set like that of the other engine's agreement."""
# Fitted there too: how far ahead of the second the first reading must be to be right.
MARGIN_WEIGHT = 3.9
MARGIN_BIAS = -1.0
_WIDEST_MARGIN = 1.6
_OTHERS_SHARE = 0.8
"""Of what the first reading leaves: the rest of it is for readings not on the list."""

_DIGITS = {"zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4",
           "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9"}  # fmt: skip
_DIGIT_NAMES = {digit: name for name, digit in _DIGITS.items() if name != "oh"}
_REPEATS = {"double": 2, "triple": 3}
_SEPARATORS = {"dash": "-", "slash": "/"}
_LINKS = (("as", "in"), ("for",), ("four",))
"""Between a letter and its word; a "for" may be heard as a "four"."""
_LETTERS = tuple("abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True, slots=True)
class Alternative:
    """One reading of a code and the probability, 0 to 1, that it is what was said."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reading with its evidence, before it is weighed."""

    text: str
    words: str
    """As spoken."""
    log_likelihood: float
    """Below the best candidate's; the grammar's own share is taken out."""


class CodeReader:
    """Reads codes from audio with a `vosk.Model`.

    The model's lattice beam should be wide (`wide_lattice`): the right reading is often the
    second or third.
    """

    def __init__(self, model: Any) -> None:
        self._model = model

    def read(
        self,
        pcm: bytes,
        kind: Kind = "code",
        *,
        heard: str = "",
        also: str = "",
        length: int | None = None,
        known: Sequence[str] = (),
    ) -> tuple[Alternative, ...]:
        """The likeliest readings of a span that holds a code and nothing else, best first.

        `heard` is another engine's text of the same span; `also` a code that was read there
        before; `length` the number of symbols where the user said it (separators not counted);
        `known` are earlier codes of the same company.
        Probabilities sum to less than 1: the rest is for readings not among them. Empty where
        no symbol was heard.
        """
        found = self.candidates(pcm, kind)
        if length is not None:
            found = [each for each in found if symbols_in(each.text) == length] or found
        return weigh(found, heard, known, also)

    def candidates(self, pcm: bytes, kind: Kind = "code") -> list[Candidate]:
        """Every reading the grammars give, in no order, each once."""
        best: dict[str, Candidate] = {}
        for phrases in _grammars(kind):
            for words, log_likelihood in self._decode(pcm, self.known(phrases)):
                text = text_of(words.split())
                if text is None or (kind == "letters" and not text.isalpha()):
                    continue
                if text not in best or best[text].log_likelihood < log_likelihood:
                    best[text] = Candidate(text, words, log_likelihood)
        top = max((each.log_likelihood for each in best.values()), default=0.0)
        return [
            Candidate(each.text, each.words, each.log_likelihood - top) for each in best.values()
        ]

    def known(self, phrases: Iterable[str]) -> list[str]:
        """Those of `phrases` whose words the model knows: Vosk drops others with a log line."""
        find = self._model.vosk_model_find_word
        return [each for each in phrases if all(find(word) >= 0 for word in each.split())]

    def _decode(self, pcm: bytes, phrases: Sequence[str]) -> list[tuple[str, float]]:
        from vosk import KaldiRecognizer

        recogniser = KaldiRecognizer(self._model, SAMPLE_RATE_HZ, json.dumps(phrases))
        recogniser.SetMaxAlternatives(BEST)
        recogniser.AcceptWaveform(pcm)
        share = math.log(len(phrases))
        return [
            (found["text"], found["confidence"] + share * len(found["text"].split()))
            for found in json.loads(recogniser.FinalResult()).get("alternatives", [])
        ]


def weigh(
    candidates: Sequence[Candidate], heard: str = "", known: Sequence[str] = (), also: str = ""
) -> tuple[Alternative, ...]:
    """Rank `candidates` by their evidence; `heard` is another engine's text, or "".

    The first one's probability comes from its lead over the second, calibrated; the others share
    what it leaves by their scores.
    """
    shapes = {shape(code) for code in known}
    scores = {
        each.text: _score(each, heard, shapes) + ALSO_WEIGHT * (each.text == also)
        for each in candidates
    }
    ranked = sorted(scores, key=lambda text: (-scores[text], text))[:KEPT]
    if not ranked:
        return ()
    lead = scores[ranked[0]] - scores[ranked[1]] if len(ranked) > 1 else _WIDEST_MARGIN
    first = 1.0 / (1.0 + math.exp(-MARGIN_WEIGHT * min(lead, _WIDEST_MARGIN) - MARGIN_BIAS))
    rest = [math.exp(scores[text] - scores[ranked[0]]) for text in ranked[1:]]
    share = _OTHERS_SHARE * (1.0 - first) / sum(rest) if rest else 0.0
    probabilities = [first, *(min(first, share * each) for each in rest)]
    return tuple(map(Alternative, ranked, probabilities))


def _score(candidate: Candidate, heard: str, shapes: set[str]) -> float:
    evidence = zip(WEIGHTS, features(candidate, heard), strict=True)
    score = sum(weight * value for weight, value in evidence)
    return score + SHAPE_WEIGHT * (shape(candidate.text) in shapes)


def features(candidate: Candidate, heard: str) -> tuple[float, ...]:
    """What `WEIGHTS` apply to; the last two are 0.0 without another engine's text."""
    text = candidate.text
    plain = re.sub(r"[^A-Z0-9]", "", text)
    digits = sum(char.isdigit() for char in plain)
    return (
        candidate.log_likelihood,
        float(len(plain)),
        float(digits),
        float(plain.isdigit()),
        float(plain.isalpha()),
        float(candidate.words.split().count("a")),
        fuzz.ratio(spoken_letters(candidate.words), spoken_letters(heard)) / 100.0,
        float(text == written_code(heard)),
    )


def written_code(heard: str) -> str:
    """The code that a free-text engine's words are, all of them; "" where they are not one."""
    # Moonshine writes letters as initials: "M. A. 7".
    tokens = tokenise(re.sub(r"\b([A-Za-z])\.(?=\s)", r"\1", heard))
    code = read_code(tokens, 0) if tokens else None
    return code.value if code is not None and code.end == len(tokens) else ""


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


def shape(code: str) -> str:
    """What kinds of symbols stand where: "AB-12" gives "AA-99"."""
    return re.sub(r"[A-Z]", "A", re.sub(r"\d", "9", code.upper()))


def symbols_in(code: str) -> int:
    """Letters and digits in `code`; separators do not count."""
    return sum(char.isalnum() for char in code)


def spoken_letters(text: str) -> str:
    """Letters only, with digits as the words they are spoken as, to compare two readings."""
    spoken = re.sub(r"\d", lambda digit: _DIGIT_NAMES[digit[0]], text.lower())
    return re.sub(r"[^a-z]", "", spoken)
