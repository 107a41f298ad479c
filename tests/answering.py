"""A caller who dictates, then answers what they are asked, as a microphone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from assistant.events import BYTES_PER_SAMPLE, FRAME_SAMPLES, SAMPLE_RATE_HZ, EndOfAudio, Frame
from assistant.notices import Notice, SayNotice, Status
from assistant.ports import Deliver

THINKS_S = 0.6
"""Between a question and its answer."""
WAITS_S = 30.0
"""Silence after which the call is over."""


class AnsweringSource:
    """An `AudioSource` and `Observer`: says `recap`, then the next answer to each question."""

    def __init__(
        self, speak: Callable[[str], bytes], recap: Sequence[str], answers: Mapping[str, list[str]]
    ) -> None:
        """`speak` gives int16 mono at 16 kHz; `answers` are by the key of the question."""
        self._speak = speak
        self._answers = {key: list(texts) for key, texts in answers.items()}
        self._deliver: Deliver | None = None
        self._audio = bytearray()
        self._quiet_samples = 0
        self.notices: list[Notice] = []
        self.asked: list[str] = []
        """Every question as it was spoken."""
        for utterance in recap:
            self._say(utterance)
        self._pause(1.5)

    def open(self, deliver: Deliver) -> None:
        self._deliver = deliver

    def pump(self) -> None:
        if self._deliver is None:
            return
        size = FRAME_SAMPLES * BYTES_PER_SAMPLE
        if len(self._audio) < size:
            self._quiet_samples += FRAME_SAMPLES
            self._audio += bytes(size)
        if self._quiet_samples > WAITS_S * SAMPLE_RATE_HZ:
            self._deliver(EndOfAudio())
            self._deliver = None
            return
        pcm = bytes(self._audio[:size])
        del self._audio[:size]
        self._deliver(Frame(pcm))

    def close(self) -> None:
        self._deliver = None

    def notice(self, notice: Notice) -> None:
        self.notices.append(notice)
        if isinstance(notice, SayNotice) and notice.reason.startswith(("ask-", "check-", "read-")):
            self.asked.append(notice.text)
            left = self._answers.get(notice.reason)
            if left:
                self._quiet_samples = 0
                self._say(left.pop(0))

    def status(self, status: Status) -> None:
        pass

    def _say(self, text: str) -> None:
        self._pause(THINKS_S)
        self._audio += self._speak(text)
        self._pause(1.2)

    def _pause(self, seconds: float) -> None:
        self._audio += bytes(round(seconds * SAMPLE_RATE_HZ) * BYTES_PER_SAMPLE)
