"""A simulated caller: dictates a recap, then answers the questions about it truthfully, aloud.

Every answer (`recap_truth.py`) is spoken in the voice of the recap and heard by the product like
any other sound.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
from recap_truth import Truth
from recap_voices import END, HISS, recording

from assistant.cases.store import CaseStore
from assistant.events import FRAME_SAMPLES, SAMPLE_RATE_HZ, EndOfAudio, Frame
from assistant.notices import CaseSavedNotice, FinalNotice, Notice, PhaseNotice, SayNotice, Status
from assistant.ports import Deliver
from assistant.recap.model import RecapFields

GIVE_UP_S = 400.0
"""Longest silence and talk after the recap before the recording ends."""
UNHEARD_S = 6.0
"""After so much silence "end recap" is said again."""


class Caller:
    """A source of frames and an observer at once: hears the questions, and answers them aloud."""

    def __init__(
        self, voice: str, sentences: Sequence[str], truth: Truth, cases: Path, cache: Path
    ) -> None:
        """`cache` keeps what the voice said."""
        self._voice = voice
        self._truth = truth
        self._store = CaseStore(cases)
        self._cache = cache
        self._waiting: deque[bytes] = deque()
        self._deliver: Deliver | None = None
        self._is_over = False
        self._samples_left = 0
        self._silent_frames = 0
        self.finals: list[str] = []
        """What was written down of the recap."""
        self.talk: list[str] = []
        """Questions and answers, as asked, said and heard."""
        self.before: RecapFields | None = None
        """The case as first saved; None where it never was."""
        self.case_id = ""
        self.saved_s = 0.0
        self.over_s = 0.0
        """When the last question was answered."""
        noise = np.random.default_rng(3).normal(0.0, HISS * 32768, FRAME_SAMPLES)
        self._silence = noise.astype("<i2").tobytes()
        self._say([*sentences, END])
        self.ends_s = len(self._waiting) * FRAME_SAMPLES / SAMPLE_RATE_HZ
        """When the recap was dictated, in seconds of audio."""

    @property
    def after(self) -> RecapFields:
        """The case as it is in the file now."""
        return self._store.load(self.case_id).fields if self.case_id else RecapFields()

    def open(self, deliver: Deliver) -> None:
        """Begin."""
        self._deliver = deliver
        self._samples_left = round((self.ends_s + GIVE_UP_S) * SAMPLE_RATE_HZ)

    def pump(self) -> None:
        """Deliver the next frame: of what is to be said, or of silence."""
        if self._deliver is None:
            return
        self._samples_left -= FRAME_SAMPLES
        self._silent_frames = 0 if self._waiting else self._silent_frames + 1
        if not self.case_id and self._silent_frames * FRAME_SAMPLES > UNHEARD_S * SAMPLE_RATE_HZ:
            self._say([END])
        if self._is_over or self._samples_left < 0:
            self._deliver(EndOfAudio())
            self._deliver = None
        else:
            self._deliver(Frame(self._waiting.popleft() if self._waiting else self._silence))

    def close(self) -> None:
        """End."""
        self._deliver = None

    def notice(self, notice: Notice) -> None:
        """Take part: answer what was asked, remember what was written."""
        match notice:
            case FinalNotice() if self.case_id:
                self.talk.append(f"heard: {notice.text}")
            case FinalNotice():
                self.finals.append(notice.text)
            case CaseSavedNotice():
                self.case_id, self.saved_s = notice.case_id, notice.t
                self.before = self.after
            case SayNotice() if notice.reason.startswith(("ask-", "check-", "read-")):
                answer = self._truth.reply(notice.reason, notice.text)
                self.talk += [f"asked: {notice.text}", f"said:  {answer}"]
                self._say([answer])
            case PhaseNotice(phase="closed"):
                self.over_s = notice.t
                self._is_over = True

    def status(self, status: Status) -> None:
        """Nothing."""

    def _say(self, sentences: Sequence[str]) -> None:
        path = recording(self._voice, sentences, self._cache, tail_s=0.0)
        pcm = soundfile.read(path, dtype="int16")[0].astype("<i2").tobytes()
        size = len(self._silence)
        frames = [pcm[at : at + size] for at in range(0, len(pcm) - size + 1, size)]
        self._waiting.extend(frames)
