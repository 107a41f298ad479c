"""A synthesiser without a voice: tone bursts sized by the text, kept honest by a contract suite."""

from __future__ import annotations

import numpy as np

from assistant.events import SAMPLE_RATE_HZ, Clip
from assistant.speech.samples import to_pcm


class FakeSynthesiser:
    """Renders each word as a burst of 200 Hz; records every text it was asked for."""

    def __init__(self, rate_wpm: int = 165) -> None:
        self.rate_wpm = rate_wpm
        self.rendered: list[str] = []
        self.closed = False

    def render(self, text: str) -> Clip:
        self.rendered.append(text)
        word_s = 60.0 / self.rate_wpm
        times_s = np.arange(round(word_s * 0.8 * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
        burst = to_pcm((0.1 * np.sin(2 * np.pi * 200.0 * times_s)).astype(np.float32))
        gap = bytes(2 * round(word_s * 0.2 * SAMPLE_RATE_HZ))
        words = [word for word in text.split() if any(c.isalnum() for c in word)]
        return Clip(gap.join([burst] * len(words)), text)

    def set_rate(self, words_per_minute: int) -> None:
        self.rate_wpm = words_per_minute

    def close(self) -> None:
        self.closed = True
