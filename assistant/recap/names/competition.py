"""Which words name the company and the people: one competition between the readings of a span.

Every stretch of words that might be a name is weighed as a company, as somebody who took part, and
as neither. The weights are log-odds, fitted by ``scripts/fit_names.py``; "neither" is 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from assistant.recap.names.nameclues import (
    Text,
    company_clues,
    company_spans,
    person_clues,
    person_spans,
)
from assistant.resources import shipped
from assistant.toml_files import load_toml

_BIAS = "bias"
_ENOUGH = 0.4
"""Log-odds above which a name is believed: an invented one is worse than one to be asked for."""


class NameWeights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What each clue is worth, in log-odds; a clue without a weight is worth nothing."""

    company: dict[str, float]
    person: dict[str, float]


@dataclass(frozen=True, slots=True)
class Named:
    """A span read as a name, and how much more likely that is than no name, in log-odds."""

    start: int
    end: int
    score: float

    def overlaps(self, other: Named) -> bool:
        """Whether the two share a word."""
        return self.start < other.end and other.start < self.end


@lru_cache(maxsize=1)
def name_weights() -> NameWeights:
    """The weights of ``prompts/en/recap/name_weights.toml``; `ConfigError` when damaged."""
    return load_toml(shipped("prompts/en/recap/name_weights.toml"), NameWeights)


def likelihood(score: float) -> float:
    """Log-odds as a probability."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))


def likely_people(text: Text, weights: NameWeights | None = None) -> list[Named]:
    """Spans that likely enough name somebody who took part; none overlap.

    `weights` are those shipped unless others are given.
    """
    worth = (weights or name_weights()).person
    found: list[Named] = []
    for start in range(len(text.tokens)):
        found.extend(
            Named(start, end, _weigh(person_clues(text, start, end), worth))
            for start, end in person_spans(text, start)
        )
    chosen: list[Named] = []
    for one in sorted(found, key=lambda named: -named.score):
        if one.score > _ENOUGH and not any(one.overlaps(other) for other in chosen):
            chosen.append(one)
    return sorted(chosen, key=lambda named: named.start)


def likeliest_company(text: Text, weights: NameWeights | None = None) -> Named | None:
    """The span that best names the company, or None where no span does so likely enough.

    What its words are worth as people's names counts against it. The score is that of its
    likelihood among all spans. `weights` are those shipped unless others are given.
    """
    worth = (weights or name_weights()).company
    people = likely_people(text, weights)
    found: list[Named] = []
    for start, end in company_spans(text):
        span = Named(start, end, _weigh(company_clues(text, start, end), worth))
        rivals = sum(one.score for one in people if one.overlaps(span))
        found.append(Named(start, end, span.score - rivals))
    best = max(found, key=lambda named: named.score, default=None)
    if best is None or best.score <= _ENOUGH:
        return None
    others = sum(math.exp(one.score) for one in found if one is not best)
    return Named(best.start, best.end, best.score - math.log1p(others))


def _weigh(clues: Iterable[str], weights: dict[str, float]) -> float:
    return weights[_BIAS] + sum(weights.get(clue, 0.0) for clue in clues)
