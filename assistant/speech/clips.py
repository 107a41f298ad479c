"""Rendered speech kept in memory, so that what is said again costs nothing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from assistant.events import Clip
from assistant.ports import Synthesiser

MAX_BYTES = 32_000_000
"""Default bound: 1000 s of speech, several times all prompts."""


class ClipCache:
    """A synthesiser in front of another, remembering clips by text and rate, least used out first.

    In memory only: a sentence renders in 0.02 s, and what is said holds the user's own facts,
    which have no business on a disk.
    """

    def __init__(
        self, synthesiser: Synthesiser, rate_wpm: int = 165, max_bytes: int = MAX_BYTES
    ) -> None:
        self._synthesiser = synthesiser
        self._rate_wpm = rate_wpm
        self._max_bytes = max_bytes
        self._clips: OrderedDict[tuple[str, int], Clip] = OrderedDict()
        self._bytes = 0
        synthesiser.set_rate(rate_wpm)

    @property
    def rate_wpm(self) -> int:
        """Words per minute of the clips rendered next."""
        return self._rate_wpm

    def render(self, text: str) -> Clip:
        """Give the clip of `text` at the current rate, rendering it only the first time."""
        key = (text, self._rate_wpm)
        clip = self._clips.get(key)
        if clip is None:
            clip = self._synthesiser.render(text)
            self._clips[key] = clip
            self._bytes += len(clip.pcm)
            while self._bytes > self._max_bytes:
                _, dropped = self._clips.popitem(last=False)
                self._bytes -= len(dropped.pcm)
        else:
            self._clips.move_to_end(key)
        return clip

    def set_rate(self, words_per_minute: int) -> None:
        """Change how fast the following clips are spoken; clips at other rates are kept."""
        self._rate_wpm = words_per_minute
        self._synthesiser.set_rate(words_per_minute)

    def warm(self, texts: Iterable[str]) -> None:
        """Render `texts` ahead of need."""
        for text in texts:
            self.render(text)

    def close(self) -> None:
        """Forget all clips and let go of the voice."""
        self._clips.clear()
        self._bytes = 0
        self._synthesiser.close()
