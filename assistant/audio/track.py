"""One clip at a time as a stream of samples: what every player does, whatever it plays on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FADE_S = 0.005
"""Length of the fade at a cut: long enough not to click, too short to hear."""

Samples = npt.NDArray[np.int16]


class Track:
    """Holds the clip that plays, and the fading end of the one before it."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.left: Samples | None = None
        """What is still to come of the playing clip; None when none plays."""
        self.muted = False
        """Whether the playing clip runs on unheard; `cut` ends that too."""
        self._gain = 1.0
        self._fading: Samples = np.empty(0, dtype=np.int16)

    def cut(self) -> bool:
        """Fade out what plays; False where nothing does."""
        gain, self._gain, self.muted = self._gain, 1.0, False
        if self.left is None:
            return False
        head = self.left[: round(FADE_S * self.rate_hz)]
        self._fading = np.rint(head * np.linspace(gain, 0.0, len(head))).astype(np.int16)
        self.left = None
        return True

    def render(self, count: int) -> tuple[Samples, int | None]:
        """The next `count` samples, and at which of them the clip ended (None: it did not)."""
        if self.left is None and not len(
            self._fading
        ):  # nearly always so, and it must cost nothing
            return np.zeros(count, dtype="<i2"), None
        mixed = np.zeros(count, dtype=np.int32)
        fading, self._fading = self._fading[:count], self._fading[count:]
        mixed[: len(fading)] = fading
        ended_at = None
        if self.left is not None:
            block, self.left = self.left[:count], self.left[count:]
            mixed[: len(block)] += self._faded(block)
            if not len(self.left):
                ended_at, self.left = len(block), None
        return np.clip(mixed, -32768, 32767).astype("<i2"), ended_at

    def _faded(self, block: Samples) -> Samples:
        """`block` on its way into or out of `muted`."""
        wanted = 0.0 if self.muted else 1.0
        if self._gain == wanted:
            return block if wanted else np.zeros_like(block)
        steps = np.arange(1, len(block) + 1) / round(FADE_S * self.rate_hz)
        gains = np.clip(self._gain + (steps if wanted else -steps), 0.0, 1.0)
        self._gain = float(gains[-1]) if len(gains) else self._gain
        return np.rint(block * gains).astype(np.int16)

    def rest(self) -> int:
        """Samples until there is only silence."""
        return max(len(self._fading), 0 if self.left is None else len(self.left))


def with_volume(pcm: bytes, volume: float) -> Samples:
    """`pcm` as samples times `volume` (a factor, held to 0 to 1); empty gives empty."""
    samples = np.frombuffer(pcm, dtype="<i2")
    factor = min(max(volume, 0.0), 1.0)
    return samples if factor == 1.0 else np.rint(samples * factor).astype(np.int16)
