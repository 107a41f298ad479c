"""What is made of a run of ``benchmarks/cues.py``: figures, alarms, the curve."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from cue_data import Row, events_upper95, rate_upper95

from assistant.events import CueMatch
from assistant.recognition.verifier import Evidence, Span, plain


@dataclass(frozen=True, slots=True)
class Judged:
    """One judged candidate: what the curve is drawn from."""

    cue: str
    phrase: str
    surplus: float
    """Probability over what was asked of it at that moment besides the threshold."""
    start_s: float
    evidence: Evidence
    look: int = 0
    """0 when it was judged first, 1 with the sound that follows it."""
    span: Span | None = None
    """What was judged, where it is kept."""


@dataclass(slots=True)
class Outcome:
    """What came of one stretch of audio."""

    matches: list[tuple[CueMatch, float]] = field(default_factory=list)
    """Each with the seconds of computing its last frame took."""
    judged: list[Judged] = field(default_factory=list)
    cpu_s: float = 0.0
    audio_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Positive:
    """One clip of a phrase and what came of it."""

    row: Row
    cue: str
    outcome: Outcome
    end_s: float
    """When the phrase was over."""

    def found(self) -> tuple[CueMatch, float] | None:
        """The first match of the right cue, with its computing time."""
        return next((m for m in self.outcome.matches if m[0].cue == self.cue), None)

    def best(self) -> float:
        """The highest threshold at which the right cue would have been believed."""
        return max((j.surplus for j in self.outcome.judged if j.cue == self.cue), default=0.0)


@dataclass(frozen=True, slots=True)
class Negatives:
    """The stream of negatives: what came of it, and where in it each row begins."""

    outcome: Outcome
    starts: list[tuple[float, Row]]

    def row_at(self, t_s: float) -> tuple[float, Row]:
        """The row that plays at `t_s` of the stream, and where it begins."""
        return max((s for s in self.starts if s[0] <= t_s + 0.3), key=lambda start: start[0])

    def is_false(self, phrase: str, t_s: float) -> bool:
        """Whether `phrase`, heard at `t_s`, does not stand in that row's text."""
        return f" {phrase} " not in f" {plain(self.row_at(t_s)[1].text or '')} "


def report(positives: list[Positive], negatives: Negatives) -> dict[str, Any]:
    """All figures, as the JSON output has them."""
    hits = sum(positive.found() is not None for positive in positives)
    hours = negatives.outcome.audio_s / 3600
    alarms = list_alarms(negatives)
    delays = [
        1000 * (found[0].t_s - positive.end_s + found[1])
        for positive in positives
        if (found := positive.found()) is not None
    ]
    audio_s = negatives.outcome.audio_s + sum(p.outcome.audio_s for p in positives)
    cpu_s = negatives.outcome.cpu_s + sum(p.outcome.cpu_s for p in positives)
    missed = len(positives) - hits
    return {
        "positives": len(positives),
        "hits": hits,
        "miss_rate": missed / len(positives) if positives else None,
        "miss_rate_upper95": rate_upper95(missed, len(positives)),
        "negative_hours": hours,
        "false_alarms": len(alarms),
        "false_alarms_per_hour": len(alarms) / hours if hours else None,
        "upper95": events_upper95(len(alarms)) / hours if hours else None,
        "latency_ms": {
            "median": float(np.median(delays)) if delays else None,
            "p95": float(np.percentile(delays, 95)) if delays else None,
        },
        "cpu_per_audio_second": cpu_s / audio_s if audio_s else None,
        "per_cue": per_cue(positives, alarms),
        "alarms": alarms,
    }


def list_alarms(negatives: Negatives) -> list[dict[str, Any]]:
    """Every false alarm, with what a person needs to judge it."""
    alarms = []
    for match, _ in negatives.outcome.matches:
        if not negatives.is_false(match.heard, match.start_s):
            continue
        start_s, row = negatives.row_at(match.start_s)
        judged = [j for j in negatives.outcome.judged if j.phrase == match.heard]
        closest = min(judged, key=lambda j: abs(j.start_s - match.start_s))
        alarms.append(
            {
                "cue": match.cue,
                "heard": match.heard,
                "confidence": match.confidence,
                "file": row.path.name,
                "at_s": round(match.start_s - start_s, 2),
                "text": row.text,
                "vosk": closest.evidence.heard_as,
                "second": closest.evidence.second_text,
            }
        )
    return alarms


def per_cue(positives: list[Positive], alarms: list[dict[str, Any]]) -> dict[str, Any]:
    """Positives, hits and false alarms of each cue that has any."""
    table: dict[str, dict[str, int]] = {}
    for positive in positives:
        entry = table.setdefault(positive.cue, {"positives": 0, "hits": 0, "false_alarms": 0})
        entry["positives"] += 1
        entry["hits"] += positive.found() is not None
    for alarm in alarms:
        entry = table.setdefault(alarm["cue"], {"positives": 0, "hits": 0, "false_alarms": 0})
        entry["false_alarms"] += 1
    return table


def curve_points(
    positives: list[Positive], negatives: Negatives
) -> list[tuple[float, float, float]]:
    """Threshold, false alarms per hour and miss rate, over all thresholds that differ."""
    best = np.array([positive.best() for positive in positives])
    alarms: dict[tuple[str, int], float] = {}
    for judged in negatives.outcome.judged:
        if negatives.is_false(judged.phrase, judged.start_s):
            place = (judged.cue, round(judged.start_s))
            alarms[place] = max(judged.surplus, alarms.get(place, 0.0))
    false = np.array(list(alarms.values()))
    hours = negatives.outcome.audio_s / 3600
    thresholds = sorted({0.0, *best.tolist(), *false.tolist()})
    return [(t, float((false >= t).sum()) / hours, float((best < t).mean())) for t in thresholds]


def draw_curve(points: list[tuple[float, float, float]], path: Path) -> None:
    """Miss rate against false alarms per hour as a picture."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 4))
    axes.step([p[1] for p in points], [100 * p[2] for p in points], where="post")
    axes.set(xlabel="false alarms per hour", ylabel="missed, %", xlim=(0, 5), ylim=(0, 30))
    axes.grid(visible=True, alpha=0.3)
    figure.savefig(path, dpi=120, bbox_inches="tight")


def show(figures: dict[str, Any]) -> None:
    """The figures for people."""
    for key, value in figures.items():
        if key in ("per_cue", "alarms", "rivals"):
            continue
        print(f"{key:24} {value:.4g}" if isinstance(value, float) else f"{key:24} {value}")
    for cue, entry in figures["per_cue"].items():
        print(f"  {cue:22} {entry['hits']}/{entry['positives']}  alarms {entry['false_alarms']}")
    for rival in figures.get("rivals", ()):
        print(f"  RIVAL {rival}")
    for alarm in figures["alarms"]:
        print(f"  ALARM {alarm}")
