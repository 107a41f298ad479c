"""Fit the verifier to judged proposals and write ``prompts/en/verifier.toml``.

    python benchmarks/cues.py ... --half tune --evidence FILE.jsonl   (once per set of data)
    python scripts/fit_verifier.py FILE.jsonl [FILE.jsonl...] [--light FILE.jsonl...]

Section ``alone`` is kept as it is unless ``--alone`` is given: what "stop" is judged by must be
measured with ``benchmarks/self_trigger.py`` when it changes. Files after ``--light`` weigh an
eighth: sentences made up to sound like cues, of which no call has as many. Each line of the input
holds ``said`` (whether the phrase was really said), ``source`` (the recording, which keeps what
belongs together in one fold) and ``evidence``. Thresholds are read off probabilities that come
from folds the recording had no part in.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SIGNS = {
    "strength_on_words": 1,
    "strength_on_unknown": 1,
    "tempo": 0,
    "sounds": 0,
    "contrast_before": 1,
    "contrast_after": 1,
    "same_words": 1,
    "gain_on_second": 1,
}
"""What is weighed, and whether more of it may only speak for (1) or against (-1) a phrase."""
SECOND = ("same_words", "gain_on_second")
"""What only the second engine can tell."""
LEAST_GAIN = 0.035
"""Below what 99 of 100 real cues of the tune half gain."""
SURE = 0.8
"""From here on the second engine is not asked: it takes long."""
FOLDS = 5
ROUNDS, RATE, CAUTION = 150, 0.12, 3.0
"""Steps of boosting, the share of each that is taken, and what keeps steps on few cases small."""
EDGES = 14
HEAD = f"""\
# Written by scripts/fit_verifier.py; docs/cue-figures.md says from what and how good.
# A step [edge, value] adds its value where the figure reaches the edge.
least_gain = {LEAST_GAIN}
sure = {SURE}

"""
LIGHT = 1 / 8
MISSED = {"high": 0.02, "normal": 0.06, "low": 0.12}
"""Share of the cues that were said and proposed which each sensitivity may lose at one look."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A sum of steps: `jumps[column]` holds what is added from each edge on."""

    bias: float
    jumps: dict[int, dict[float, float]]

    def total(self, figures: Floats) -> Floats:
        """Log odds that the phrase was said."""
        total = np.full(len(figures), self.bias)
        for column, steps in self.jumps.items():
            for edge, jump in steps.items():
                total += jump * (figures[:, column] >= edge)
        return total


def fit(figures: Floats, said: Floats, weight: Floats, signs: list[int]) -> Fit:
    """Boosted steps (Friedman 2001, Newton's step as in Chen and Guestrin 2016), one figure each.

    Both classes weigh the same in all. A step against a figure's sign is never taken, so that
    better evidence is never believed less.
    """
    share = float((weight * said).sum() / weight.sum())
    importance = weight * np.where(said == 1, 0.5 / share, 0.5 / (1 - share))
    steps = [
        (column, float(edge), figures[:, column] >= edge)
        for column in range(figures.shape[1])
        for edge in np.unique(np.quantile(figures[:, column], np.linspace(0.04, 0.96, EDGES)))
    ]
    above = np.array([step[2] for step in steps], dtype=np.float64)
    wanted = np.array([signs[step[0]] for step in steps])
    total = np.zeros(len(said))
    bias, jumps = 0.0, {column: dict[float, float]() for column in range(figures.shape[1])}
    for _ in range(ROUNDS):
        p = 1 / (1 + np.exp(-total))
        slope, bend = importance * (said - p), importance * p * (1 - p)
        up, up_bend = above @ slope, above @ bend
        down, down_bend = slope.sum() - up, bend.sum() - up_bend
        high, low = up / (up_bend + CAUTION), down / (down_bend + CAUTION)
        gain = np.where((high - low) * wanted < 0, -1.0, up * high + down * low)
        best = int(gain.argmax())
        column, edge, _ = steps[best]
        bias += RATE * low[best]
        jumps[column][edge] = jumps[column].get(edge, 0.0) + RATE * (high[best] - low[best])
        total += RATE * np.where(above[best] > 0, high[best], low[best])
    return Fit(bias, jumps)


def out_of_fold(
    figures: Floats, said: Floats, weight: Floats, signs: list[int], folds: NDArray[np.int64]
) -> Floats:
    """Probabilities, each from a fit without its own fold."""
    total = np.zeros(len(said))
    for fold in range(FOLDS):
        own = folds == fold
        fitted = fit(figures[~own], said[~own], weight[~own], signs)
        total[own] = fitted.total(figures[own])
    return 1 / (1 + np.exp(-total))


def section(name: str, columns: list[str], rows: list[dict[str, Any]]) -> str:
    """One fitted model as TOML, with how well it does in a comment."""
    figures = np.array([[row["evidence"][column] for column in columns] for row in rows])
    said = np.array([float(row["said"]) for row in rows])
    weight = np.array([row["weight"] for row in rows])
    folds = np.array(
        [int(hashlib.md5(row["source"].encode()).hexdigest(), 16) % FOLDS for row in rows]
    )
    signs = [SIGNS[column] for column in columns]
    fitted = fit(figures, said, weight, signs)
    probability = out_of_fold(figures, said, weight, signs, folds)
    lines = [f"[{name}]", f"bias = {fitted.bias:.3f}", f"[{name}.steps]"]
    for index, column in enumerate(columns):
        steps = (f"[{edge:.4g}, {jump:.3f}]" for edge, jump in sorted(fitted.jumps[index].items()))
        lines.append(f"{column} = [{', '.join(steps)}]")
    lines.append(f"[{name}.thresholds]")
    for sensitivity, missed in MISSED.items():
        threshold = float(np.quantile(probability[said == 1], missed))
        false = (said == 0) & (weight == 1.0)
        kept = int((probability[false] >= threshold).sum())
        lines.append(
            f"{sensitivity} = {threshold:.4f}  # out of fold: {100 * missed:g} % lost, "
            f"{kept} of {int(false.sum())} false proposals kept"
        )
    return "\n".join(lines) + "\n"


def main() -> int:
    """Read, fit, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("judged", nargs="+", type=Path)
    parser.add_argument("--light", nargs="+", type=Path, default=[])
    parser.add_argument("--alone", action="store_true", help="fit that section too")
    parser.add_argument("--out", type=Path, default=Path("prompts/en/verifier.toml"))
    options = parser.parse_args()
    rows = [
        {**json.loads(line), "weight": weight}
        for paths, weight in ((options.judged, 1.0), (options.light, LIGHT))
        for path in paths
        for line in path.open(encoding="utf-8")
    ]
    rows = [
        row
        for row in rows
        if min(row["evidence"]["gain_on_words"], row["evidence"]["gain_on_unknown"]) >= LEAST_GAIN
    ]
    asked = [row for row in rows if row["evidence"]["second_text"] is not None]
    before = options.out.read_text(encoding="utf-8").split("[fused]", maxsplit=1)[0]
    if options.alone:
        alone = [column for column in SIGNS if column not in SECOND]
        before = HEAD + section("alone", alone, rows) + "\n"
    options.out.write_text(before + section("fused", list(SIGNS), asked), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
