"""Wake word engines trained for "alexa", at every threshold, on the recordings of ``cues.py``.

    python benchmarks/wake_words.py --positives M [M...] --negatives M [M...] [--noise M]
        [--snr-db clean|DB [DB...]] [--half tune|report]

Manifests and halves are those of ``cues.py``; of the positives only clips of "alexa" are heard,
one by one, the negatives as one stream. The engines are pyopen-wakeword and pymicro-wakeword, whose
wheels carry the models; one that is not installed is left out, by name. Their other models ("hey
jarvis") are for phrases no clip holds, and openwakeword itself comes without a model.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from cue_data import Noise, Samples, events_upper95, load, rate_upper95
from cue_rivals import BLOCK_SAMPLES, REFRACTORY_S
from cues import padded, rows_of

from assistant.events import SAMPLE_RATE_HZ
from assistant.recognition.verifier import plain

PHRASE = "alexa"
CLEAN = "clean"
THRESHOLDS = (0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.99)
"""Those that are shown; openWakeWord's own is 0.5, microWakeWord's for this model 0.9."""
MOST_ALARMS = 8
"""How few clips are missed is told for each number of false alarms up to this one."""
LEAST_SCORE = 0.02
LEAD_S = 1.0
"""Silence before each clip: the engines need a second of sound before they answer at all."""


class Engine(Protocol):
    """A spotter of one word."""

    name: str

    def score(self, block: bytes) -> float:
        """The highest probability, 0 to 1, that the word ended in this block."""


class OpenWakeWord:
    """openWakeWord's model, as pyopen-wakeword carries it."""

    name = "openWakeWord"

    def __init__(self) -> None:
        from pyopen_wakeword import Model, OpenWakeWordFeatures
        from pyopen_wakeword import OpenWakeWord as Spotter

        self._spotter = Spotter.from_builtin(Model.ALEXA)
        self._features = OpenWakeWordFeatures.from_builtin()

    def score(self, block: bytes) -> float:
        """See `Engine`."""
        found = (
            probability
            for features in self._features.process_streaming(block)
            for probability in self._spotter.process_streaming(features)
        )
        return max(found, default=0.0)


class MicroWakeWord:
    """microWakeWord's model, as pymicro-wakeword carries it."""

    name = "microWakeWord"

    def __init__(self) -> None:
        from pymicro_wakeword import MicroWakeWord as Spotter
        from pymicro_wakeword import MicroWakeWordFeatures, Model

        self._spotter = Spotter.from_builtin(Model.ALEXA)
        self._features = MicroWakeWordFeatures()

    def score(self, block: bytes) -> float:
        """See `Engine`."""
        found = (
            self._spotter.process_streaming_prob(features) or 0.0
            for features in self._features.process_streaming(block)
        )
        return max(found, default=0.0)


def scores(engine: Engine, samples: Samples) -> list[float]:
    """The score of each block of `samples`."""
    blocks = range(0, samples.size, BLOCK_SAMPLES)
    return [engine.score(samples[first : first + BLOCK_SAMPLES].tobytes()) for first in blocks]


@dataclass(frozen=True, slots=True)
class Stream:
    """What an engine made of all negatives."""

    hours: float
    scored: list[tuple[float, float]]
    """Seconds and score of each block that might be a false alarm, in order."""
    cpu_per_s: float

    def alarms(self, threshold: float) -> int:
        """Alarms at a threshold; one within `REFRACTORY_S` of another is none."""
        count, last_s = 0, -REFRACTORY_S
        for at_s, score in self.scored:
            if score > threshold and at_s - last_s >= REFRACTORY_S:
                count, last_s = count + 1, at_s
        return count


def hear_negatives(engine: Engine, paths: Sequence[Path], half: str | None) -> Stream:
    """All rows as one stream; a row whose text holds the word raises no false alarm."""
    at_s, scored = 0.0, []
    started_s = time.process_time()
    for row in rows_of(list(paths), half):
        samples = load(row.path)
        said = f" {PHRASE} " in f" {plain(row.text or '')} "
        for number, score in enumerate(scores(engine, samples)):
            if score > LEAST_SCORE and not said:
                scored.append((at_s + number * BLOCK_SAMPLES / SAMPLE_RATE_HZ, score))
        at_s += samples.size / SAMPLE_RATE_HZ
    return Stream(at_s / 3600, scored, (time.process_time() - started_s) / max(at_s, 1.0))


def peaks(
    maker: Callable[[], Engine], options: argparse.Namespace, snr_db: float | None
) -> list[float]:
    """The highest score in each clip of the word."""
    noise = Noise(rows_of([options.noise], options.half)) if snr_db is not None else None
    lead = np.zeros(round(LEAD_S * SAMPLE_RATE_HZ), dtype=np.int16)
    found = []
    for row in rows_of(options.positives, options.half):
        if plain(row.text or "") != PHRASE:
            continue
        samples = load(row.path)
        if noise is not None and snr_db is not None:
            samples = noise.mix(samples, row.path.name, snr_db)
        found.append(max(scores(maker(), np.concatenate([lead, padded(samples)]))))
    return found


def miss_rate(best: list[float], threshold: float) -> float:
    """Share of clips never above `threshold`."""
    return round(sum(score <= threshold for score in best) / max(1, len(best)), 4)


def measure(maker: Callable[[], Engine], options: argparse.Namespace) -> dict[str, Any]:
    """Figures of one engine: at stated thresholds, and for each number of false alarms."""
    engine = maker()
    stream = hear_negatives(engine, options.negatives, options.half)
    best = {
        noise: peaks(maker, options, None if noise == CLEAN else float(noise))
        for noise in options.snr_db
    }

    def at(threshold: float) -> dict[str, Any]:
        alarms = stream.alarms(threshold)
        return {
            "threshold": round(threshold, 4),
            "missed": {noise: miss_rate(peak, threshold) for noise, peak in best.items()},
            "false_alarms": alarms,
            "per_hour": round(alarms / stream.hours, 2),
            "per_hour_upper95": round(events_upper95(alarms) / stream.hours, 2),
        }

    steps = sorted({LEAST_SCORE, *(score for _, score in stream.scored)})
    fewest = {
        most: next(t for t in steps if stream.alarms(t) <= most) for most in range(MOST_ALARMS)
    }
    clips = len(next(iter(best.values())))
    return {
        "name": engine.name,
        "clips": clips,
        "least_upper95": round(rate_upper95(0, clips), 4),
        "negative_hours": round(stream.hours, 3),
        "cpu_per_audio_second": round(stream.cpu_per_s, 4),
        "at_threshold": [at(threshold) for threshold in THRESHOLDS],
        "at_most_so_many_alarms": {most: at(threshold) for most, threshold in fewest.items()},
    }


def main(argv: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--positives", type=Path, nargs="+", required=True)
    parser.add_argument("--negatives", type=Path, nargs="+", required=True)
    parser.add_argument("--noise", type=Path)
    parser.add_argument("--snr-db", nargs="+", default=[CLEAN])
    parser.add_argument("--half", choices=("tune", "report"))
    options = parser.parse_args(argv)
    figures = []
    for maker in (OpenWakeWord, MicroWakeWord):
        try:
            figures.append(measure(maker, options))
        except ImportError as error:
            print(f"left out: {error.name} is not installed", file=sys.stderr)
    print(json.dumps(figures, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
