"""What the cue benchmarks share: manifests, noise at a stated level, and honest bounds."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from assistant.events import FRAME_SAMPLES, SAMPLE_RATE_HZ, Frame

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Row:
    """One recording of a manifest."""

    path: Path
    seconds: float
    text: str | None
    end_s: float | None
    """When the phrase is over, where the manifest says so."""


def read_manifest(path: Path) -> list[Row]:
    """The rows of a JSON Lines manifest; audio paths count from its folder."""
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            row = json.loads(line)
            audio = path.parent / row["audio"]
            rows.append(Row(audio, float(row["seconds"]), row.get("text"), row.get("end_s")))
    return rows


def read_manifests(paths: Sequence[Path]) -> list[Row]:
    """The rows of several manifests, in order."""
    return [row for path in paths for row in read_manifest(path)]


def half_of(name: str) -> str:
    """``tune`` or ``report``: the half of the data a file name belongs to, by its MD5."""
    return "report" if int(hashlib.md5(name.encode()).hexdigest(), 16) % 2 else "tune"


def load(path: Path) -> Samples:
    """A recording as int16 mono 16 kHz."""
    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    mono = samples.mean(axis=1)
    if rate_hz != SAMPLE_RATE_HZ:
        mono = soxr.resample(mono, rate_hz, SAMPLE_RATE_HZ)
    return to_int16(mono * 32768.0)


def to_int16(samples: NDArray[np.floating]) -> Samples:
    """Float samples on the int16 scale, turned down as a whole where they would clip."""
    peak = float(np.abs(samples).max(initial=0.0))
    return (samples * min(1.0, 32000.0 / max(peak, 1.0))).astype(np.int16)


def active_rms(samples: Samples) -> float:
    """Root mean square of the 20 ms slices within 20 dB of the loudest; 1.0 for no sound."""
    slices = samples[: samples.size // 320 * 320].astype(np.float64).reshape(-1, 320)
    power = (slices**2).mean(axis=1)
    loud = power[power > power.max(initial=0.0) * 0.01]
    return float(np.sqrt(loud.mean())) if loud.size else 1.0


def sound_end_s(samples: Samples) -> float:
    """When the last 20 ms slice within 30 dB of the loudest is over, in seconds."""
    slices = samples[: samples.size // 320 * 320].astype(np.float64).reshape(-1, 320)
    power = (slices**2).mean(axis=1)
    loud = np.flatnonzero(power > power.max(initial=0.0) * 0.001)
    return float(loud[-1] + 1) * 0.02 if loud.size else samples.size / SAMPLE_RATE_HZ


LEAST_NOISE_S = 5.0
"""Shorter noise recordings are tones and rings, or would repeat within a clip."""


class Noise:
    """Noise recordings, mixed in at a stated ratio; which piece is decided by the clip's name."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.recordings = [load(row.path) for row in rows if row.seconds >= LEAST_NOISE_S]

    def mix(self, samples: Samples, name: str, snr_db: float) -> Samples:
        """`samples` with noise; the ratio is active speech RMS over noise RMS."""
        seed = int(hashlib.md5(name.encode()).hexdigest()[:8], 16)
        random = np.random.default_rng(seed)
        recording = self.recordings[int(random.integers(len(self.recordings)))]
        first = int(random.integers(max(1, recording.size - samples.size)))
        piece = np.resize(recording[first : first + samples.size], samples.size).astype(np.float64)
        rms = float(np.sqrt((piece**2).mean())) or 1.0
        gain = active_rms(samples) / rms / 10 ** (snr_db / 20)
        return to_int16(samples + gain * piece)


def frames_of(samples: Samples) -> Iterator[Frame]:
    """`samples` as the frames a microphone would deliver."""
    for first in range(0, samples.size, FRAME_SAMPLES):
        yield Frame(samples[first : first + FRAME_SAMPLES].tobytes())


def rate_upper95(misses: int, trials: int) -> float:
    """One-sided 95 % upper bound of a proportion (Clopper and Pearson 1934); 1.0 for no trials."""
    if misses >= trials:
        return 1.0

    def at_most(rate: float) -> float:
        return sum(
            math.comb(trials, k) * rate**k * (1 - rate) ** (trials - k) for k in range(misses + 1)
        )

    return _where_it_falls_to(at_most, 0.05, 0.0, 1.0)


def events_upper95(events: int) -> float:
    """One-sided 95 % upper bound of a Poisson mean (Garwood 1936)."""

    def at_most(mean: float) -> float:
        return sum(
            math.exp(-mean + k * math.log(mean) - math.lgamma(k + 1)) for k in range(events + 1)
        )

    return _where_it_falls_to(at_most, 0.05, 1e-9, 10.0 * (events + 3))


def _where_it_falls_to(
    falling: Callable[[float], float], level: float, low: float, high: float
) -> float:
    for _ in range(100):
        middle = (low + high) / 2
        if falling(middle) > level:
            low = middle
        else:
            high = middle
    return high
