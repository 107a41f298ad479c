"""Fit the verifier to judged proposals and write ``prompts/en/verifier.toml``.

    python scripts/fit_verifier.py FILE.jsonl [FILE.jsonl...] [--light FILE...] [--earlier FILE...]
        [--alone]

The files come from ``benchmarks/proposals.py``: a line with ``hours`` of negatives heard and how
many ``phrases`` were live in them, then what was proposed: ``said`` (whether the phrase was really
said), ``source`` (the recording, which keeps what belongs together in one fold), ``look`` and
``evidence``. Files after ``--light`` weigh an eighth: sentences made up to sound like cues: no call
has as many. Neither they nor files after ``--earlier``, judged before the second engine heard the
sentence, count for the thresholds. Section ``fused`` is fitted to what section ``alone`` is not
sure of. With --alone that one is fitted instead: what "stop" is judged by must then be measured
with ``benchmarks/self_trigger.py``. Thresholds are read off probabilities from folds the recording
had no part in, and off alarms, not off misses.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.recognition.cue_spotter import EARLY_BAR
from assistant.recognition.verifier import Evidence, WeightsFile, weigh
from assistant.toml_files import load_toml

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
    "gain_in_context": 1,
}
"""What is weighed, and whether more of it may only speak for (1) or against (-1) a phrase."""
SECOND = ("same_words", "gain_on_second", "gain_in_context")
"""What only the second engine can tell."""
LEAST_GAIN = 0.035
"""Below what 99 of 100 real cues of the tune half gain."""
FOLDS = 5
ROUNDS, RATE, CAUTION = 150, 0.12, 3.0
"""Steps of boosting, the share of each that is taken, and what keeps steps on few cases small."""
EDGES = 14
LIGHT = 1 / 8
ALARMS_PER_HOUR = {"high": 4.0, "normal": 1.25, "low": 0.25}
"""What each sensitivity may let pass with `PHRASES` live, of recordings many of which are chosen to
be near misses: docs/cue-figures.md says what stricter ones would cost."""
PHRASES = 90
TAIL = 0.2
"""Share of the false proposals, the surest, from which the number of still surer ones is foretold:
no amount of recordings at hand shows one alarm in fifty hours."""


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


def surest(rows: list[dict[str, Any]], probability: Floats) -> Floats:
    """Log odds of the threshold each false proposal would pass, the surest first.

    Of one phrase in one recording only the surest look counts.
    """
    best: dict[tuple[str, str], float] = {}
    for row, p in zip(rows, probability, strict=True):
        if not row["said"] and row["counts"]:
            place = (row["source"], row["phrase"])
            passes = float(p) - (EARLY_BAR if row["look"] == 0 else 0.0)
            best[place] = max(best.get(place, 0.0), passes)
    passed = np.clip(np.array(sorted(best.values(), reverse=True)), 1e-4, 1 - 1e-4)
    return np.asarray(np.log(passed / (1 - passed)))


def threshold_at(false: Floats, hours: float, alarms_per_hour: float) -> float:
    """Probability that false proposals, as log odds, of `hours` pass `alarms_per_hour` times.

    The surest `TAIL` of them are taken to fall off exponentially (Pickands 1975, shape zero).
    """
    tail = false[: max(2, round(TAIL * false.size))]
    scale = float((tail - tail[-1]).mean())
    odds = tail[-1] + scale * np.log(tail.size / (alarms_per_hour * hours))
    return float(1 / (1 + np.exp(-odds)))


def section(name: str, columns: list[str], rows: list[dict[str, Any]], hours: float) -> str:
    """One fitted model as TOML, with how well it does in comments."""
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
    false = surest(rows, probability)
    last = np.array([row["look"] == 1 for row in rows]) & (said == 1)
    for sensitivity, alarms in ALARMS_PER_HOUR.items():
        # What is certain must pass at the first look too.
        threshold = min(1 - EARLY_BAR, threshold_at(false, hours, alarms))
        passed = int((1 / (1 + np.exp(-false)) >= threshold).sum())
        missed = 100 * float((probability[last] < threshold).mean())
        lines.append(
            f"{sensitivity} = {threshold:.4f}  # out of fold: {passed} of {false.size} false "
            f"proposals in {hours:.1f} h pass, {missed:.1f} % of what was said does not"
        )
    return "\n".join(lines) + "\n"


def read(path: Path, weight: float, counts: bool) -> tuple[float, list[dict[str, Any]]]:
    """Hours of negatives, as if `PHRASES` were live, and what was proposed and is not hopeless."""
    heard, *rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    kept = [
        {**row, "weight": weight, "counts": counts}
        for row in rows
        if min(row["evidence"]["gain_on_words"], row["evidence"]["gain_on_unknown"]) >= LEAST_GAIN
    ]
    return counts * heard["hours"] * heard["phrases"] / PHRASES, kept


def main() -> int:
    """Read, fit, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("judged", nargs="+", type=Path)
    parser.add_argument("--light", nargs="+", type=Path, default=[])
    parser.add_argument("--earlier", nargs="+", type=Path, default=[])
    parser.add_argument("--alone", action="store_true", help="fit that section too")
    parser.add_argument("--out", type=Path, default=Path("prompts/en/verifier.toml"))
    options = parser.parse_args()
    kinds = (
        (options.judged, 1.0, True),
        (options.earlier, 1.0, False),
        (options.light, LIGHT, False),
    )
    files = [read(path, weight, counts) for paths, weight, counts in kinds for path in paths]
    hours = sum(heard for heard, _ in files)
    rows = [row for _, found in files for row in found]
    text = options.out.read_text(encoding="utf-8")
    head, alone, fused = re.split(r"^(?=\[(?:alone|fused)\])", text, flags=re.MULTILINE)
    if options.alone:
        columns = [column for column in SIGNS if column not in SECOND]
        alone = section("alone", columns, rows, hours) + "\n"
    else:
        weights = load_toml(options.out, WeightsFile)
        asked = [
            row for row in rows if weigh(weights.alone, Evidence(**row["evidence"])) < weights.sure
        ]
        fused = section("fused", list(SIGNS), asked, hours)
    options.out.write_text(head + alone + fused, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
