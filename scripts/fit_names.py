"""Fit the weights by which names are read and write ``prompts/en/recap/name_weights.toml``.

    python scripts/fit_names.py FILE... [--half FILE] [--cross-validate] [--dry-run]

A FILE is one author's: recaps as JSON lines (``spoken`` and ``written`` both count), or text with
marked names, a sentence a line: "[c:halden water] sent [p:tracy]". Of ``--half`` only the recaps of
the tune split count. ``scripts/name_priors.toml`` says by hand what clues should be worth; the data
moves them as far as they speak for it (Gaussian prior of variance 1 / STIFFNESS, by gradient
ascent). ``--cross-validate`` prints how each author's names are found with the others' weights.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.recap.corrections import settle
from assistant.recap.lexicon import first_names
from assistant.recap.names.company import CompanySpan, places_of_company
from assistant.recap.names.competition import NameWeights, likeliest_company, likely_people
from assistant.recap.names.nameclues import (
    Text,
    as_text,
    company_clues,
    company_spans,
    person_clues,
    person_spans,
)
from assistant.recap.reading import Reading, domains_of, read
from assistant.recap.tokens import tokenise, words_of

Floats = NDArray[np.float64]

STIFFNESS = {"company": 4.0, "person": 5.0}
COPIES = 2
"""How many times each recap is learnt from with other names in it."""
RAREST = 3
"""A clue that fewer spans have is not weighed, unless it has a prior."""
STEPS = 400
_RATE = 0.05
_SMALLEST = 0.02
"""Weights nearer to nothing are left out."""
_MARKED = re.compile(r"\[([cp]):([^|\]]+)(?:\|[^\]]*)?\]")
_MARKED_DAY = date(2026, 9, 15)
_HERE = Path(__file__).resolve().parent
_NAMES = _HERE.parent / "benchmarks" / "recaps"
_TARGET = _HERE.parent / "prompts" / "en" / "recap" / "name_weights.toml"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text with the names that it holds, lower case; "" for no company."""

    reading: Reading
    company: str
    people: frozenset[str]
    marks: tuple[str, ...] = ("company", "person")
    """What is marked."""


@dataclass(slots=True)
class Choice:
    """Spans of which at most one is a name: their clues, and whether each is one."""

    clues: list[list[str]] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)


def _plain(name: str) -> str:
    return " ".join(re.findall(r"[^\W_]+(?:'[^\W_]+)*", name.lower().replace("’", "'")))


def _labelled(text: str, today: date, company: str, people: Iterable[str]) -> Labelled:
    reading = read(settle(tokenise(text), today).tokens, today)
    return Labelled(reading, _plain(company), frozenset(map(_plain, people)))


def load(path: Path, half: bool = False, copies: int = COPIES) -> list[Labelled]:
    """The labelled texts of `path`; of a `half` only those of its tune split."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    found: list[Labelled] = []
    if path.suffix != ".jsonl":
        return [_marked(line) for line in lines if not line.startswith("#")]
    for recap in map(json.loads, lines):
        if half and hashlib.sha256(recap["id"].encode()).digest()[0] % 4 == 1:
            continue
        fields = recap["fields"]
        names = [one["name"] for one in fields["people"]]
        for source in ("spoken", "written"):
            if recap.get(source):
                today = date.fromisoformat(recap["today"])
                found.append(_labelled(recap[source], today, fields["company"] or "", names))
                chance = random.Random(recap["id"] + source)
                renamed = [
                    _renamed(recap[source], fields["company"] or "", names, chance)
                    for _ in range(copies)
                ]
                found.extend(renamed)
    return found


def _renamed(text: str, company: str, people: Sequence[str], chance: random.Random) -> Labelled:
    """The same text about another company and other people, so that no name is learnt."""
    pool = tomllib.loads((_NAMES / "other_names.toml").read_text(encoding="utf-8"))
    swaps = {company: chance.choice(pool["companies"])} if company else {}
    for name in people:
        kind = chance.choices(("usual", "people", "everyday"), (6, 2, 2))[0]
        given = sorted(first_names()) if kind == "usual" else pool[kind]
        swaps[name] = chance.choice(given)
    cased = text != text.lower()
    for old, new in swaps.items():
        shown = new.title().replace("'S", "'s") if cased else new
        text = re.sub(rf"\b{re.escape(old)}\b", shown, text, flags=re.IGNORECASE)
    return _labelled(text, _MARKED_DAY, swaps.get(company, ""), [swaps[name] for name in people])


def _marked(line: str) -> Labelled:
    only = {"company: ": ("company",), "people: ": ("person",)}
    opening = next((one for one in only if line.startswith(one)), "")
    line = line.removeprefix(opening)
    names = _MARKED.findall(line)
    company = next((name for kind, name in names if kind == "c"), "")
    people = [name for kind, name in names if kind == "p"]
    labelled = _labelled(_MARKED.sub(r"\2", line), _MARKED_DAY, company, people)
    return replace(labelled, marks=only.get(opening, labelled.marks))


def _words(text: Text, start: int, end: int) -> str:
    return " ".join(words_of(text.tokens[start:end]))


def company_choice(one: Labelled) -> Iterator[Choice]:
    """All spans of a text that might name the company: one choice."""
    text = as_text(one.reading.tokens, one.reading.taken, domains_of(one.reading))
    choice = Choice()
    for start, end in company_spans(text):
        name = _words(text, start, end)
        choice.clues.append(list(company_clues(text, start, end)))
        named = (name, name.removesuffix("'s"), f"the {name}")
        choice.right.append(bool(one.company) and one.company in named)
    yield choice


def person_choices(one: Labelled) -> Iterator[Choice]:
    """A choice for each word that a person's name may begin with; company known, and not."""
    tokens = one.reading.tokens
    taken = one.reading.taken
    raw = as_text(tokens, taken)
    known = set(taken)
    for start, end in company_spans(raw):
        if one.company and _words(raw, start, end).removesuffix("'s") == one.company:
            known |= places_of_company(tokens, CompanySpan("", start, end, 1.0))
    for text in (raw, as_text(tokens, known)):
        for first in range(len(tokens)):
            choice = Choice()
            for start, end in person_spans(text, first):
                choice.clues.append(list(person_clues(text, start, end)))
                choice.right.append(_words(text, start, end) in one.people)
            if choice.clues:
                yield choice


class Fit:
    """Conditional logistic regression over choices, "none of these" being worth 0."""

    def __init__(self, choices: Sequence[Choice], prior: dict[str, float]) -> None:
        counts = Counter(clue for choice in choices for clues in choice.clues for clue in clues)
        names = sorted(({c for c, n in counts.items() if n >= RAREST} | set(prior)) - {"bias"})
        self.place = {name: at for at, name in enumerate(names)}
        rows = [(at, clues) for at, choice in enumerate(choices) for clues in choice.clues]
        flat = [[self.place[clue] for clue in clues if clue in self.place] for _, clues in rows]
        self.column = np.array([at for row in flat for at in row], dtype=np.intp)
        self.row = np.repeat(np.arange(len(rows)), [len(row) for row in flat])
        self.choice = np.array([at for at, _ in rows], dtype=np.intp)
        self.right = np.array([right for choice in choices for right in choice.right], dtype=float)
        self.choices = len(choices)
        self.prior = np.array([prior.get(name, 0.0) for name in names])
        self.bias = prior["bias"]

    def weights(self, stiffness: float) -> dict[str, float]:
        """The most likely weights, by Adam (Kingma and Ba 2015)."""
        size = len(self.place)
        start = np.append(self.prior, self.bias)
        at, mean, square = start.copy(), np.zeros(size + 1), np.zeros(size + 1)
        for step in range(1, STEPS + 1):
            slope = self._slope(at) - stiffness * (at - start)
            mean = 0.9 * mean + 0.1 * slope
            square = 0.99 * square + 0.01 * slope * slope
            rate = _RATE * (1.0 if step < 0.6 * STEPS else 0.3)
            at += rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
        fitted = {name: float(at[place]) for name, place in self.place.items()}
        kept = {name: worth for name, worth in fitted.items() if abs(worth) >= _SMALLEST}
        return {"bias": float(at[-1]), **kept}

    def _slope(self, at: Floats) -> Floats:
        """Gradient of the log-likelihood; where several spans are right, any of them will do."""
        rows = len(self.choice)
        scores = np.bincount(self.row, weights=at[self.column], minlength=rows) + at[-1]
        likely = np.exp(np.clip(scores, -30, 30))
        total = 1 + np.bincount(self.choice, weights=likely, minlength=self.choices)
        right = np.bincount(self.choice, weights=likely * self.right, minlength=self.choices)
        share = likely * self.right / np.maximum(right, 1e-12)[self.choice]
        gain = share - likely / total[self.choice]
        slope = np.bincount(self.column, weights=gain[self.row], minlength=len(self.place))
        return np.append(slope, gain.sum())


def fit(texts: Sequence[Labelled]) -> dict[str, dict[str, float]]:
    """Weights of the clues of companies and of people."""
    priors = tomllib.loads((_HERE / "name_priors.toml").read_text(encoding="utf-8"))
    makers = {"company": company_choice, "person": person_choices}
    return {
        kind: Fit(
            [choice for one in texts if kind in one.marks for choice in maker(one)], priors[kind]
        ).weights(STIFFNESS[kind])
        for kind, maker in makers.items()
    }


def score(weights: dict[str, dict[str, float]], texts: Sequence[Labelled]) -> str:
    """How well the names of `texts` are found: F1 of companies and of people."""
    given = NameWeights(company=weights["company"], person=weights["person"])
    counts = {"company": [0, 0, 0], "person": [0, 0, 0]}
    for one in texts:
        tokens, taken = one.reading.tokens, set(one.reading.taken)
        found = likeliest_company(as_text(tokens, taken, domains_of(one.reading)), given)
        company: set[str] = set()
        if found is not None:
            company = {" ".join(words_of(tokens[found.start : found.end])).removesuffix("'s")}
            taken |= places_of_company(tokens, CompanySpan("", found.start, found.end, 1.0))
        text = as_text(tokens, taken)
        people = {_words(text, who.start, who.end) for who in likely_people(text, given)}
        people -= {name for name in people if any(f"{name} " in other for other in people)}
        wanted = {one.company.removesuffix("'s").removeprefix("the ")} - {""}
        for name, got, want in (("company", company, wanted), ("person", people, one.people)):
            if name not in one.marks:
                continue
            count = counts[name]
            counts[name] = [count[0] + len(got & want), count[1] + len(got), count[2] + len(want)]
    return "  ".join(
        f"{name} {2 * right / max(1, got + want):.3f} ({right} of {want}, {got - right} wrong)"
        for name, (right, got, want) in counts.items()
    )


def as_toml(weights: dict[str, dict[str, float]]) -> str:
    """The weights as a file."""
    lines = ["# What each clue speaks for a name, in log-odds. Written by scripts/fit_names.py."]
    for kind, table in weights.items():
        lines += ["", f"[{kind}]"]
        lines += [f'"{clue}" = {worth:.2f}' for clue, worth in table.items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Fit, and write or cross-validate."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--half", type=Path, action="append", default=[])
    parser.add_argument("--cross-validate", action="store_true")
    parser.add_argument("--dry-run", action="store_true")
    arguments = parser.parse_args()
    paths = {path.name: (path, False) for path in arguments.files}
    paths |= {path.name: (path, True) for path in arguments.half}
    authors = {name: load(path, half) for name, (path, half) in paths.items()}
    if arguments.cross_validate:
        for held_out in authors:
            others = [one for name, some in authors.items() if name != held_out for one in some]
            weights = fit(others)
            path, half = paths[held_out]
            print(held_out, score(weights, load(path, half, 0)), flush=True)
        return
    text = as_toml(fit([one for texts in authors.values() for one in texts]))
    if arguments.dry_run:
        print(text)
    else:
        _TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
