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
        self._fading: Samples = np.empty(0, dtype=np.int16)

    def cut(self) -> bool:
        """Fade out what plays; False where nothing does."""
        if self.left is None:
            return False
        head = self.left[: round(FADE_S * self.rate_hz)]
        self._fading = np.rint(head * np.linspace(1.0, 0.0, len(head))).astype(np.int16)
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
            mixed[: len(block)] += block
            if not len(self.left):
                ended_at, self.left = len(block), None
        return np.clip(mixed, -32768, 32767).astype("<i2"), ended_at

    def rest(self) -> int:
        """Samples until there is only silence."""
        return max(len(self._fading), 0 if self.left is None else len(self.left))


def with_volume(pcm: bytes, volume: float) -> Samples:
    """`pcm` as samples times `volume` (a factor, held to 0 to 1); empty gives empty."""
    samples = np.frombuffer(pcm, dtype="<i2")
    factor = min(max(volume, 0.0), 1.0)
    return samples if factor == 1.0 else np.rint(samples * factor).astype(np.int16)
