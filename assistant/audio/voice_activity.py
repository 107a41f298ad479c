"""The gate in front of the recognisers: whether a frame holds a voice, and how loud it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import webrtcvad

from assistant.events import BYTES_PER_SAMPLE, FRAME_SAMPLES, SAMPLE_RATE_HZ

SILENCE_DBFS = -96.0
"""Level given for digital silence: one step of 16 bits is 90 dB below full scale."""
FLOOR_DBFS = -60.0
"""Quieter frames never hold a voice: the hiss and hum of an idle microphone."""
AGGRESSIVENESS = 2
"""WebRTC's mode, 0 (lets most through) to 3; docs/audio.md has the measurement behind it."""
HANGOVER_FRAMES = 10
"""Frames still called voice after the last one that was: 0.3 s, longer than a stop consonant."""
LULL_FRAMES, LULL_DB = 2, 15.0
"""A lull is so many frames so much quieter than the loudest shortly before."""
FADING_DB = 0.5
"""How much the loudest frame is forgotten with each that follows: 17 dB a second."""

_FRAME_BYTES = FRAME_SAMPLES * BYTES_PER_SAMPLE
_FULL_SCALE_SQUARED = 32768.0**2


@dataclass(frozen=True, slots=True)
class VoiceState:
    """What one frame holds."""

    voice: bool
    level_dbfs: float
    """Root mean square in decibels below full scale; `SILENCE_DBFS` at the least."""


class VoiceActivity:
    """WebRTC's voice activity detector with an energy floor in front and a hangover behind.

    The same frames always give the same answers; one instance per stream.
    """

    def __init__(
        self, aggressiveness: int = AGGRESSIVENESS, hangover_frames: int = HANGOVER_FRAMES
    ) -> None:
        self._detector = webrtcvad.Vad(aggressiveness)
        self._hangover_frames = hangover_frames
        self._hangover_left = 0

    def accept(self, pcm: bytes) -> VoiceState:
        """Judge the next frame: int16 mono 16 kHz, `FRAME_SAMPLES` or fewer (padded with zeros).

        An empty frame is silence. Raises `ValueError` for a longer frame.
        """
        if len(pcm) > _FRAME_BYTES:
            raise ValueError(f"a frame holds at most {FRAME_SAMPLES} samples")
        level = level_dbfs(pcm)
        padded = pcm.ljust(_FRAME_BYTES, b"\0")
        # The detector follows the noise, so it hears every frame, also those below the floor.
        heard = bool(self._detector.is_speech(padded, SAMPLE_RATE_HZ)) and level > FLOOR_DBFS
        if heard:
            self._hangover_left = self._hangover_frames
        elif self._hangover_left:
            self._hangover_left -= 1
            heard = True
        return VoiceState(heard, level)


class Lulls:
    """Notices at once when a loud sound is over; in steady noise it never does."""

    def __init__(self) -> None:
        self._loudest_dbfs = SILENCE_DBFS
        self._quiet_frames = LULL_FRAMES

    def accept(self, level_dbfs: float) -> bool:
        """Whether the frame of this level is the one that makes a lull of what came before."""
        self._loudest_dbfs = max(level_dbfs, self._loudest_dbfs - FADING_DB)
        quiet = level_dbfs < max(self._loudest_dbfs - LULL_DB, FLOOR_DBFS)
        self._quiet_frames = self._quiet_frames + 1 if quiet else 0
        return self._quiet_frames == LULL_FRAMES


def level_dbfs(pcm: bytes) -> float:
    """Root mean square of int16 samples in decibels below full scale; silence for none."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32)
    if not samples.size:
        return SILENCE_DBFS
    mean_square = float(np.dot(samples, samples)) / samples.size
    if mean_square <= 0.0:
        return SILENCE_DBFS
    return max(10.0 * math.log10(mean_square / _FULL_SCALE_SQUARED), SILENCE_DBFS)
