"""Working on rendered speech as float samples at 16 kHz: levels, edges, a clip's PCM."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from assistant.events import SAMPLE_RATE_HZ

Samples: TypeAlias = npt.NDArray[np.float32]
"""Mono samples at `SAMPLE_RATE_HZ`, full scale at ±1."""

TARGET_DBFS = -20.0
"""Level that spoken clips are brought to: RMS of their active part, below full scale."""
PEAK = 0.89
"""Largest sample allowed, 1 dB below full scale."""
SILENCE_DB = -45.0
"""Quieter than this, relative to the loudest window, counts as silence."""
WINDOW_SAMPLES = SAMPLE_RATE_HZ // 200
"""Length of the windows in which loudness is measured: 5 ms."""


def from_pcm(pcm: bytes) -> Samples:
    """Convert little-endian int16 to floats."""
    return np.frombuffer(pcm, dtype="<i2").astype(np.float32) / 32768.0


def to_pcm(samples: Samples) -> bytes:
    """Convert floats to little-endian int16, clipping at full scale."""
    return np.clip(np.round(samples * 32767.0), -32768, 32767).astype("<i2").tobytes()


def loudness_db(samples: Samples) -> npt.NDArray[np.float64]:
    """Measure RMS per `WINDOW_SAMPLES` in decibels relative to the loudest; empty in, empty out."""
    windows = -(-len(samples) // WINDOW_SAMPLES)
    padded = np.zeros(windows * WINDOW_SAMPLES, dtype=np.float64)
    padded[: len(samples)] = samples
    rms: npt.NDArray[np.float64] = np.sqrt(
        np.mean(padded.reshape(windows, WINDOW_SAMPLES) ** 2, axis=1)
    )
    loudest = max(float(rms.max(initial=0.0)), 1e-9)
    decibels: npt.NDArray[np.float64] = 20.0 * np.log10(np.maximum(rms / loudest, 1e-6))
    return decibels


def trim(samples: Samples, before_s: float = 0.005, after_s: float = 0.03) -> Samples:
    """Cut silence off both ends, keeping a little; silence alone becomes empty."""
    active = np.flatnonzero(loudness_db(samples) > SILENCE_DB)
    if not len(active):
        return samples[:0]
    start = int(active[0]) * WINDOW_SAMPLES - round(before_s * SAMPLE_RATE_HZ)
    end = (int(active[-1]) + 1) * WINDOW_SAMPLES + round(after_s * SAMPLE_RATE_HZ)
    return samples[max(0, start) : end]


def level(samples: Samples) -> Samples:
    """Bring the active part to `TARGET_DBFS`, unless its peaks would pass `PEAK`."""
    heard = np.repeat(loudness_db(samples) > -30.0, WINDOW_SAMPLES)[: len(samples)]
    if not heard.any():
        return samples
    rms = float(np.sqrt(np.mean(samples[heard].astype(np.float64) ** 2)))
    gain = min(10 ** (TARGET_DBFS / 20) / rms, PEAK / float(np.abs(samples).max()))
    return samples * np.float32(gain)


def fade(samples: Samples, in_s: float, out_s: float) -> Samples:
    """Ramp both ends from and to zero, linearly, so that cutting does not click."""
    faded = samples.copy()
    rise = min(round(in_s * SAMPLE_RATE_HZ), len(faded))
    fall = min(round(out_s * SAMPLE_RATE_HZ), len(faded))
    faded[:rise] *= np.linspace(0.0, 1.0, rise, dtype=np.float32)
    faded[len(faded) - fall :] *= np.linspace(1.0, 0.0, fall, dtype=np.float32)
    return faded
