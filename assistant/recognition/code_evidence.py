"""Which reading of a code is right: every recogniser pass and the other engine weighed as one.

A multinomial logit over the readings; its weights come from docs/dictation.md.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.recap.codes import read_code
from assistant.recap.lexicon import lists
from assistant.recap.tokens import tokenise

KEPT = 20
"""Readings given back: a length or a symbol said later may choose a late one."""
WEIGHED = 80
"""Readings weighed, the likeliest ones: among more, the right one was never first."""

# Fitted on the tune part of benchmarks/codes.py.
WEIGHTS = (0.348, -0.228, 0.083, 3.226, -2.504, -1.304, 2.833, 1.18)
"""For each of `features`, in their order."""
SHAPE_WEIGHT = 1.2
"""For a reading shaped like an earlier case number of the same company; set, not fitted."""
STEM_WEIGHT = 0.4
"""For each symbol, up to three, that it begins with like one of them; set, not fitted."""
ALSO_WEIGHT = 1.0
"""For a reading that an earlier pass gave too; set, not fitted."""
LISTED = 0.995
"""Most that all readings together may claim: the right one may be none of them."""
RIVALLED = 0.9
"""Most that a mixed code may claim where digits alone sound the same: "b a one" is "three eight
one" from some speakers, and no engine can tell."""

_ALIKE, _UNKNOWN, _OTHER, _GAP = 0.4, 0.6, 1.0, 0.8
"""Costs of taking one symbol for another that sounds alike, for a word that is none, for any
other, and of a symbol too few or too many; set, not fitted."""
_UNKNOWN_GAP = 0.56
_ROUNDING = 1e-9
_REACH = 3


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
    likelihoods: tuple[float, ...]
    """Logarithms below those of the best reading, one for each pass over the audio."""

    @property
    def mean(self) -> float:
        """The mean of its log likelihoods."""
        return sum(self.likelihoods) / len(self.likelihoods)


def weigh(
    candidates: Sequence[Candidate], heard: str = "", known: Sequence[str] = (), also: str = ""
) -> tuple[Alternative, ...]:
    """Rank `candidates` by their evidence; `heard` is another engine's text, or "".

    `known` are earlier codes of the same company, `also` is a reading an earlier pass gave.
    Probabilities sum to less than 1. Empty without candidates.
    """
    likely = sorted(candidates, key=lambda each: (-each.mean, each.text))[:WEIGHED]
    symbols, code = heard_symbols(heard), certain_code(heard)
    scores = {
        each.text: sum(
            weight * value
            for weight, value in zip(WEIGHTS, features(each, symbols, code), strict=True)
        )
        + ALSO_WEIGHT * (each.text == also)
        + _familiar(each.text, known)
        for each in likely
    }
    if not scores:
        return ()
    ranked = sorted(scores, key=lambda text: (-scores[text], text))
    shares = [math.exp(scores[text] - scores[ranked[0]]) for text in ranked]
    most = RIVALLED if _has_digit_rival(ranked[0], ranked) else LISTED
    first = min(most, LISTED * shares[0] / sum(shares))
    return tuple(
        Alternative(text, min(first, LISTED * share / sum(shares)))
        for text, share in zip(ranked[:KEPT], shares, strict=False)
    )


def features(candidate: Candidate, symbols: str, code: str) -> tuple[float, ...]:
    """What `WEIGHTS` apply to; `symbols` and `code` are what the other engine heard, or ""."""
    plain = re.sub(r"[^A-Z0-9]", "", candidate.text)
    return (
        candidate.mean,
        float(len(plain)),
        float(sum(char.isdigit() for char in plain)),
        float(plain.isdigit()),
        float(plain.isalpha()),
        float(candidate.words.split().count("a")),
        float(candidate.text == code),
        -sound_distance(plain, symbols) if symbols else 0.0,
    )


def _familiar(text: str, known: Sequence[str]) -> float:
    """How much `text` looks like an earlier code of the same company."""
    if not known:
        return 0.0
    stem = max(_common_start(text, code.upper()) for code in known)
    alike = shape(text) in {shape(code) for code in known}
    return SHAPE_WEIGHT * alike + STEM_WEIGHT * min(stem, _REACH)


def _common_start(one: str, other: str) -> int:
    pairs = list(zip(one, other, strict=False))
    return next((at for at, (a, b) in enumerate(pairs) if a != b), len(pairs))


def _has_digit_rival(text: str, readings: Sequence[str]) -> bool:
    """Whether digits alone, among `readings`, sound the same as the mixed code `text`."""
    if text.isdigit() or not any(char.isdigit() for char in text):
        return False
    return any(
        rival.isdigit()
        and len(rival) == len(text)
        and all(a == b or _sound_alike(a, b) for a, b in zip(text, rival, strict=True))
        for rival in readings
    )


def written_code(heard: str) -> str:
    """The code that a free-text engine's words are, all of them; "" where they are not one."""
    # Moonshine writes letters as initials: "M. A. 7".
    tokens = tokenise(re.sub(r"\b([A-Za-z])\.(?=\s)", r"\1", heard))
    code = read_code(tokens, 0) if tokens else None
    return code.value if code is not None and code.end == len(tokens) else ""


def certain_code(heard: str) -> str:
    """The same, but "" where an "a" is in it: engines write so for "eight", as an article."""
    return "" if re.search(r"\ba\b", heard) else written_code(heard)


def heard_symbols(heard: str) -> str:
    """What a free-text engine's words stand for, symbol by symbol; "?" for a word that is none.

    A small "a" is an article to the engine and may be a letter or "eight".
    """
    sets, maps = lists("codes").sets, lists("codes").maps
    substitutes = lists("spelling").maps["substitutes"]
    names = {**maps["nato"], **maps["letter_names"], **maps["digit_names"]}
    symbols = ""
    for token in re.findall(r"[A-Za-z']+|\d", heard):
        word = token.lower()
        if word in names:
            symbols += names[word]
        elif word == "a" and token.islower():
            symbols += "?"
        elif len(token) == 1 or (token.isupper() and len(token) <= _REACH + 2):
            symbols += token.upper()
        elif word in maps["doubtful_letter_names"]:
            symbols += maps["doubtful_letter_names"][word]
        elif word in substitutes:
            # "B for boy": one symbol, and the word decides which.
            symbols = symbols.removesuffix("4")[:-1] + substitutes[word]
        elif word not in sets["silent"]:
            symbols += "?"
    return symbols


def sound_distance(code: str, symbols: str) -> float:
    """The cheapest way from `code` to `symbols`, alike sounds costing less; 0.0 for equals."""
    costs = [_GAP * at for at in range(len(symbols) + 1)]
    for at, said in enumerate(code, 1):
        before, costs = costs, [_GAP * at]
        for place, heard in enumerate(symbols, 1):
            gap = _UNKNOWN_GAP if heard == "?" else _GAP
            swap = before[place - 1] + _swap_cost(said, heard)
            costs.append(min(before[place] + gap, costs[place - 1] + gap, swap))
    return costs[-1]


def lacks_some_of(code: str, longer: str) -> bool:
    """Whether `code` is `longer` without some symbols, all but one of the others the same."""
    missing = len(longer) - len(code)
    return missing > 0 and sound_distance(code, longer) <= _GAP * missing + _ALIKE + _ROUNDING


def _swap_cost(said: str, heard: str) -> float:
    if said == heard:
        return 0.0
    if heard == "?":
        return _UNKNOWN
    return _ALIKE if _sound_alike(said, heard) else _OTHER


@lru_cache(maxsize=2048)
def _sound_alike(one: str, other: str) -> bool:
    return any(one in alike and other in alike for alike in lists("codes").sets["sound_alike"])


def shape(code: str) -> str:
    """What kinds of symbols stand where: "AB-12" gives "AA-99"."""
    return re.sub(r"[A-Z]", "A", re.sub(r"\d", "9", code.upper()))
