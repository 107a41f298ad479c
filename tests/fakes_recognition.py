"""Small stand-ins for the free-text engines; the tests beside them keep them honest."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.audio.voice_activity import VoiceState, level_dbfs
from assistant.events import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ, Expects, Final, Frame
from assistant.ports import Transcript

VOICE_DBFS = -50.0
"""The fakes take any sound louder than this for a voice."""


class FakeTranscriber:
    """Gives the next of `texts` for every span that is not silent, and keeps the spans."""

    name = "fake"

    def __init__(self, texts: Sequence[str] = ()) -> None:
        self.spans: list[bytes] = []
        self._texts = list(texts)
        self.loaded = False

    def load(self) -> None:
        self.loaded = True

    def transcribe(self, pcm: bytes) -> Transcript:
        self.spans.append(pcm)
        if level_dbfs(pcm[: len(pcm) // BYTES_PER_SAMPLE * BYTES_PER_SAMPLE]) <= VOICE_DBFS:
            return Transcript("")
        return Transcript(self._texts.pop(0) if self._texts else f"Span {len(self.spans)}.")


class LevelGate:
    """Voice is whatever is loud: exact where the real detector has opinions."""

    def accept(self, pcm: bytes) -> VoiceState:
        level = level_dbfs(pcm)
        return VoiceState(level > VOICE_DBFS, level)


class FakeDictation:
    """Every frame that is not silent is an utterance of one word."""

    def __init__(self) -> None:
        self.cuts: list[tuple[float, float]] = []
        self._now = 0
        self._started = False

    def start(self, t_s: float, expects: Expects = Expects.TEXT) -> None:
        self._started = True

    def accept(self, frame: Frame) -> tuple[Final, ...]:
        start = self._now + frame.lost_samples
        self._now = start + frame.samples
        if not self._started or level_dbfs(frame.pcm) <= VOICE_DBFS:
            return ()
        end_s = self._now / SAMPLE_RATE_HZ
        return (Final("Word.", start / SAMPLE_RATE_HZ, end_s, end_s),)

    def cut(self, start_s: float, end_s: float) -> tuple[Final, ...]:
        self.cuts.append((start_s, end_s))
        return ()

    def stop(self) -> tuple[Final, ...]:
        self._started = False
        return ()
