"""The sound heard last, kept so that any part of it can be heard again."""

from __future__ import annotations

from collections import deque

from assistant.events import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ, Frame

KEPT_S = 8.0
"""Audio kept: more than the longest phrase and its surroundings."""


class RecentSound:
    """The last `KEPT_S` seconds of a stream; times are seconds from its beginning."""

    def __init__(self) -> None:
        self._frames: deque[bytes] = deque()
        self._samples = 0
        self._end_samples = 0

    def append(self, frame: Frame) -> None:
        """Add a frame; after lost samples nothing from before them is kept."""
        if frame.lost_samples:
            self._frames.clear()
            self._samples = 0
            self._end_samples += frame.lost_samples
        self._frames.append(frame.pcm)
        self._samples += frame.samples
        self._end_samples += frame.samples
        while self._samples > KEPT_S * SAMPLE_RATE_HZ:
            self._samples -= len(self._frames.popleft()) // BYTES_PER_SAMPLE

    @property
    def now_s(self) -> float:
        """Length of the stream so far, lost samples included."""
        return self._end_samples / SAMPLE_RATE_HZ

    def since(self, start_s: float) -> tuple[float, bytes]:
        """When the sound from `start_s` on, or what is still kept of it, begins; and that sound.

        It is int16 at `SAMPLE_RATE_HZ`; empty for a `start_s` still to come.
        """
        first = max(round(start_s * SAMPLE_RATE_HZ), self._end_samples - self._samples)
        size = max(0, self._end_samples - first) * BYTES_PER_SAMPLE
        kept: list[bytes] = []
        missing = size
        for pcm in reversed(self._frames):
            if missing <= 0:
                break
            kept.append(pcm)
            missing -= len(pcm)
        pcm = b"".join(reversed(kept))
        return first / SAMPLE_RATE_HZ, pcm[len(pcm) - size :]

    def between(self, start_s: float, end_s: float) -> bytes:
        """The sound from `start_s` to `end_s`, or what is still kept of it."""
        from_s, pcm = self.since(start_s)
        return pcm[: max(0, round((end_s - from_s) * SAMPLE_RATE_HZ)) * BYTES_PER_SAMPLE]
