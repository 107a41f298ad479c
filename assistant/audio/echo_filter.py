"""An adaptive filter that learns how a room turns what is played into what is heard."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BLOCK_SAMPLES = 240
"""Samples worked on at once: 15 ms, half a frame."""
PARTITIONS = 36
"""Blocks of the past that are looked back on: 0.54 s, for the delay of the devices and the room."""
_STAYS = 0.996
"""How much of the path is believed to stay from block to block. With 0.9995 the echo is 10 dB
louder where the clocks of microphone and loudspeaker drift apart by 50 ppm."""
_SMOOTHING = 0.2
"""Share of the last block in the estimate of all that is no echo."""
_FIRST_DOUBT = 0.1
"""Variance of each weight before anything is known."""
_LEAST_NOISE = 1e-8

Floats = npt.NDArray[np.float64]
Spectra = npt.NDArray[np.complex128]


class EchoFilter:
    """Predicts the echo of one or more references and takes it away.

    A partitioned-block frequency-domain Kalman filter (Enzner and Vary, Signal Processing 86,
    2006; in partitions: Kuech, Mabande and Enzner, ICASSP 2014). Its step follows from how sure
    each weight is and how loud all else is, so somebody who talks over the echo does not spoil
    it, and nothing has to detect them. The delay is part of what is learned.
    """

    def __init__(self, references: int) -> None:
        bins = BLOCK_SAMPLES + 1
        rows = references * PARTITIONS
        self._weights: Spectra = np.zeros((rows, bins), dtype=complex)
        self._doubt: Floats = np.full((rows, bins), _FIRST_DOUBT)
        self._noise: Floats = np.full(bins, 1e-4)
        self._last: Floats = np.zeros((references, BLOCK_SAMPLES))
        self._spectra: Spectra = np.zeros((references, PARTITIONS, bins), dtype=complex)

    def forget_sound(self) -> None:
        """Take it that nothing was played for as long as the filter looks back."""
        self._last = np.zeros_like(self._last)
        self._spectra[:] = 0.0

    def clean(self, heard: Floats, played: Floats) -> tuple[Floats, Floats]:
        """`heard` without the echo of `played`: as predicted, and as known now.

        `heard` has `BLOCK_SAMPLES` samples of full scale 1.0, `played` a row of as many for each
        reference. The first result shows honestly what the filter is worth; the second, after
        learning from the block, holds less echo.
        """
        spectra = self._push(played)
        predicted = heard - self._echo(spectra)
        self._learn(spectra, predicted)
        return predicted, heard - self._echo(spectra)

    def _learn(self, spectra: Spectra, rest: Floats) -> None:
        """Correct the weights by what they left of the last block."""
        error = np.fft.rfft(np.concatenate([np.zeros(BLOCK_SAMPLES), rest]))
        loudness = np.maximum(error.real**2 + error.imag**2, _LEAST_NOISE)
        self._noise += _SMOOTHING * (loudness - self._noise)
        power = spectra.real**2 + spectra.imag**2
        expected = 0.5 * (power * self._doubt).sum(axis=0)
        step = self._doubt / (expected + self._noise)
        change = np.fft.irfft(step * spectra.conj() * error, axis=1)
        change[:, BLOCK_SAMPLES:] = 0.0  # a partition is no longer than a block
        self._weights = _STAYS * (self._weights + np.fft.rfft(change, axis=1))
        # What the path loses it regains anywhere: at its old place, or at another after a jump.
        path = self._weights.real**2 + self._weights.imag**2
        self._doubt *= _STAYS**2 * np.maximum(1.0 - 0.5 * step * power, 0.0)
        self._doubt += (1.0 - _STAYS**2) * (path + path.mean(axis=0))

    def _push(self, played: Floats) -> Spectra:
        """Take the next block of each reference; the spectra of all, a row for each partition."""
        self._spectra[:, 1:] = self._spectra[:, :-1].copy()
        self._spectra[:, 0] = np.fft.rfft(np.concatenate([self._last, played], axis=1), axis=1)
        self._last = played
        return self._spectra.reshape(self._weights.shape)

    def _echo(self, spectra: Spectra) -> Floats:
        echo: Floats = np.fft.irfft((self._weights * spectra).sum(axis=0))[BLOCK_SAMPLES:]
        return echo
