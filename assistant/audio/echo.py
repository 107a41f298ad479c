"""Takes out of the microphone what loudspeakers put into it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from assistant.audio.echo_filter import BLOCK_SAMPLES, PARTITIONS, EchoFilter, Floats
from assistant.events import Frame

MEMORY_SAMPLES = BLOCK_SAMPLES * PARTITIONS
"""A reference may be heard as long after it was played."""
_LEAK = 0.985
"""What is left after a block of what the levels were: they speak of the last second or so."""
_FULL_SCALE = 32768.0


class EchoCanceller:
    """Cleans frames by their references; one instance per stream.

    Frames without a reference, or with silent ones only, pass as they are, at no cost. They also
    do where taking the predicted echo away does not lessen the sound, that is with a headset
    and in the first half second: then there is no echo, or it is not known yet.
    """

    def __init__(self) -> None:
        self._filter: EchoFilter | None = None
        self._references = 0
        self._samples_left = 0
        self._heard_power = 0.0
        self._rest_power = 0.0

    def clean(self, frame: Frame) -> Frame:
        """The frame without the echo of its references; after lost samples all is learned anew."""
        if frame.lost_samples or len(frame.references) != self._references:
            self._filter = None
            self._references = len(frame.references)
            self._samples_left = 0
        if any(frame.references):
            self._samples_left = MEMORY_SAMPLES + frame.samples
        elif self._samples_left <= 0:
            return frame
        self._samples_left -= frame.samples
        if self._filter is None:
            self._filter = EchoFilter(self._references)
            self._heard_power = self._rest_power = 0.0
        cleaned = self._take_out(self._filter, frame)
        if self._samples_left <= 0:
            self._filter.forget_sound()
        return cleaned

    def _take_out(self, echo: EchoFilter, frame: Frame) -> Frame:
        """The frame block by block; a short one at the end of a file is filled with silence."""
        blocks = -(-frame.samples // BLOCK_SAMPLES)
        heard = _floats(frame.pcm, blocks)
        played = np.stack([_floats(pcm, blocks) for pcm in frame.references])
        rest = np.empty_like(heard)
        for first in range(0, heard.size, BLOCK_SAMPLES):
            part = slice(first, first + BLOCK_SAMPLES)
            predicted, rest[part] = echo.clean(heard[part], played[:, part])
            self._heard_power = _LEAK * self._heard_power + float(heard[part] @ heard[part])
            self._rest_power = _LEAK * self._rest_power + float(predicted @ predicted)
            if self._rest_power >= self._heard_power:
                rest[part] = heard[part]
        whole = np.clip(np.rint(rest[: frame.samples] * _FULL_SCALE), -32768, 32767)
        return replace(frame, pcm=whole.astype("<i2").tobytes())


def _floats(pcm: bytes, blocks: int) -> Floats:
    """`pcm` at full scale 1.0, as long as `blocks` blocks; silence for what is missing."""
    samples = np.zeros(blocks * BLOCK_SAMPLES)
    values = np.frombuffer(pcm, dtype="<i2")[: samples.size]
    samples[: values.size] = values / _FULL_SCALE
    return samples
