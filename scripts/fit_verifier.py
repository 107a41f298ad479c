"""Fit the verifier's weights to judged proposals and write ``prompts/en/verifier.toml``.

    python benchmarks/cues.py ... --half tune --evidence FILE.jsonl   (once per set of data)
    python scripts/fit_verifier.py FILE.jsonl [FILE.jsonl...]

Each line of the input holds ``said`` (whether the phrase was really said), ``source`` (the
recording, which keeps what belongs together in one fold) and ``evidence``. Thresholds are read
off probabilities that come from folds the recording had no part in.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ALONE = (
    "strength_on_words",
    "strength_on_unknown",
    "tempo",
    "haste",
    "sounds",
    "contrast_before",
    "contrast_after",
)
FUSED = (*ALONE, "same_words", "gain_on_second")
LEAST_GAIN = 0.035
"""Below what 99 of 100 real cues of the tune half gain."""
SURE = 0.8
"""From here on the tune half holds no false proposal that the second engine would have stopped."""
FOLDS = 5
RIDGE = 1e-3
MISSED = {"high": 0.01, "normal": 0.055, "low": 0.12}
"""Share of the cues that were said and proposed which each sensitivity may lose."""


def fit(figures: Floats, said: Floats) -> Floats:
    """Weights, the bias last, of a ridge logistic regression in which both classes weigh the same.

    Newton's method on standardised figures; a constant figure gets weight 0.0.
    """
    mean, spread = figures.mean(axis=0), figures.std(axis=0) + 1e-9
    x = np.column_stack([(figures - mean) / spread, np.ones(len(figures))])
    share = said.mean()
    importance = np.where(said == 1, 0.5 / share, 0.5 / (1 - share))
    penalty = RIDGE * len(x) * np.append(np.ones(x.shape[1] - 1), 0.0)
    weights = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (importance * (p - said)) + penalty * weights
        bend = (x.T * (importance * p * (1 - p))) @ x + np.diag(penalty + 1e-9)
        weights -= np.linalg.solve(bend, slope)
    plain = weights[:-1] / spread
    return np.append(plain, weights[-1] - plain @ mean)


def out_of_fold(figures: Floats, said: Floats, folds: NDArray[np.int64]) -> Floats:
    """Probabilities, each from weights fitted without its own fold."""
    total = np.zeros(len(said))
    for fold in range(FOLDS):
        weights = fit(figures[folds != fold], said[folds != fold])
        total[folds == fold] = figures[folds == fold] @ weights[:-1] + weights[-1]
    return 1 / (1 + np.exp(-total))


def section(name: str, columns: tuple[str, ...], rows: list[dict[str, Any]]) -> str:
    """One fitted model as TOML, with how well it does in a comment."""
    figures = np.array([[row["evidence"][column] for column in columns] for row in rows])
    said = np.array([float(row["said"]) for row in rows])
    folds = np.array(
        [int(hashlib.md5(row["source"].encode()).hexdigest(), 16) % FOLDS for row in rows]
    )
    weights = fit(figures, said)
    probability = out_of_fold(figures, said, folds)
    lines = [f"[{name}]", f"bias = {weights[-1]:.4f}", f"[{name}.evidence]"]
    lines += [f"{c} = {w:.4f}" for c, w in zip(columns, weights[:-1], strict=True)]
    lines.append(f"[{name}.thresholds]")
    for sensitivity, missed in MISSED.items():
        threshold = float(np.quantile(probability[said == 1], missed))
        false = int((probability[said == 0] >= threshold).sum())
        lines.append(
            f"{sensitivity} = {threshold:.4f}  # out of fold: {100 * missed:g} % lost, "
            f"{false} of {int((said == 0).sum())} false proposals kept"
        )
    return "\n".join(lines) + "\n"


def main() -> int:
    """Read, fit, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("judged", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=Path("prompts/en/verifier.toml"))
    options = parser.parse_args()
    rows = [json.loads(line) for path in options.judged for line in path.open(encoding="utf-8")]
    rows = [
        row
        for row in rows
        if min(row["evidence"]["gain_on_words"], row["evidence"]["gain_on_unknown"]) >= LEAST_GAIN
    ]
    asked = [row for row in rows if row["evidence"]["second_text"] is not None]
    head = (
        "# Written by scripts/fit_verifier.py; docs/cue-figures.md says from what and how good.\n"
        f"least_gain = {LEAST_GAIN}\nsure = {SURE}\n\n"
    )
    options.out.write_text(
        head + section("alone", ALONE, rows) + "\n" + section("fused", FUSED, asked),
        encoding="utf-8",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
