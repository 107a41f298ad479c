"""Dictation: cut the stream into utterances at its pauses, and have each one written down."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from assistant.audio.voice_activity import VoiceActivity, VoiceState
from assistant.events import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ, Expects, Final, Frame
from assistant.ports import Transcriber, Transcript
from assistant.recognition.transcribers import best_pause

END_SILENCE_S = 0.9
"""Silence that ends an utterance; docs/dictation.md has the trade-off behind it."""
ANSWER_END_SILENCE_S = {
    Expects.ANSWER: 0.9,
    Expects.NAME: 0.9,
    Expects.CHANGE: 0.9,
    Expects.REPAIR: 1.0,
    Expects.CODE: 1.6,
    Expects.PHONE: 1.6,
    Expects.LETTERS: 1.6,
}
"""The same for answers: who reads a code aloud looks for the next group meanwhile."""
CODE_END_SILENCE_S = 2.0
"""The same for an utterance that ends in a code, or before one: its next group may follow."""
PRE_ROLL_S = 0.5
"""Audio kept from before the first voice, so that no soft first sound is lost."""
POST_ROLL_S = 0.3
"""Audio kept from behind the last voice, so that no soft last sound is lost."""
MAX_UTTERANCE_S = 12.0
"""Longer utterances are split at their best pause, so that the journal never lags far behind."""
AHEAD_S = 7.0
"""Once an utterance has lasted so long its first span is heard, while it goes on."""
RING_S = 3.0
"""Audio kept while not taking dictation: a cue to begin is understood only after its end."""
MAX_GAP_S = 1.0
"""Longest hole of lost samples bridged by silence; a longer one ends the utterance."""
MIN_VOICE_S = 0.06
"""Less voice than this in an utterance is a click, not a word."""
SCRAP_S = 0.3
"""So soon after a cue, and so short, what is heard belongs to the cue."""
SEAM_S = 0.15
"""How far from a cue's stated edges its quietest, that is true, edge is looked for."""


class VoiceGate(Protocol):
    """What tells voice from silence, frame by frame; without a hangover of its own."""

    def accept(self, pcm: bytes) -> VoiceState:
        """Judge the next frame."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What becomes of an utterance's text after a closer look at its audio."""

    text: str
    second: str | None = None
    """Another hearing of it, where the two disagree badly."""
    codes: tuple[tuple[str, float], ...] = ()
    """Readings of a code in it with their probabilities, best first, where one was expected."""


Refine = Callable[[str, bytes], Reading]
"""Looks again at a finished text with its audio: where codes are read symbol by symbol."""
HearAhead = Callable[[bytes], None]
"""Hears what is sure to be a whole span of an utterance that still goes on."""
GoesOn = Callable[[str], bool]
"""Whether a text ends where more of a code may follow."""
ReadAnswer = Callable[[str, bytes, Expects], Reading]
"""The same for the answer to a question, which says what to expect."""


@dataclass(frozen=True, slots=True)
class _Slice:
    """One frame in its place in the stream."""

    start: int
    pcm: bytes
    voice: bool
    level_dbfs: float

    @property
    def end(self) -> int:
        return self.start + len(self.pcm) // BYTES_PER_SAMPLE


class UtteranceDictation:
    """Implements `Dictation` with any `Transcriber`; the same frames give the same finals.

    Every sample between `start` and `stop` that lies within reach of a voice goes to the
    transcriber exactly once; samples of a cue never do, nor does a scrap of its last sound.
    """

    def __init__(
        self,
        transcriber: Transcriber,
        voice_activity: VoiceGate | None = None,
        refine: Refine | None = None,
        end_silence_s: float = END_SILENCE_S,
        read_answer: ReadAnswer | None = None,
        goes_on: GoesOn | None = None,
        hear_ahead: HearAhead | None = None,
    ) -> None:
        self._transcriber = transcriber
        self._gate = voice_activity or VoiceActivity(hangover_frames=0)
        self._refine = refine
        self._read_answer = read_answer
        self._goes_on = goes_on
        self._hear_ahead = hear_ahead
        self._end_silence_s = end_silence_s
        self._end_silence = _samples(end_silence_s)
        self._expects = Expects.TEXT
        self._now = 0
        self._started = False
        self._ring: deque[_Slice] = deque()
        self._edge: int | None = None
        """Where the last cue ended, until something was said after it."""
        self._utterance = _Utterance()
        self._heard: tuple[tuple[int, int], Transcript] | None = None
        """What was heard last, and in which samples."""

    def start(self, t_s: float, expects: Expects = Expects.TEXT) -> None:
        """Begin to take dictation; of the audio before now, what came after `t_s` counts.

        The edge moves to the quietest place within `SEAM_S`, so that no scrap of a cue is left.
        Harmless when already started.
        """
        if self._started:
            return
        self._started = True
        self._utterance = _Utterance()
        heard = list(self._ring)
        edge = _quiet_after(heard, _samples(t_s))
        self._expects = expects
        self._end_silence = _samples(ANSWER_END_SILENCE_S.get(expects, self._end_silence_s))
        # A recap on its own begins with no cue, nor does an answer: a short "no" is no scrap.
        self._edge = edge if t_s > 0.0 and expects is Expects.TEXT else None
        self._ring = deque(_after(heard, edge))

    def accept(self, frame: Frame) -> tuple[Final, ...]:
        """Take the next frame; gives the utterances that ended with it, mostly none."""
        self._now += frame.lost_samples
        state = self._gate.accept(frame.pcm)
        self._ring.append(_Slice(self._now, frame.pcm, state.voice, state.level_dbfs))
        self._now += frame.samples
        if self._started:
            return self._drain()
        while self._ring and self._ring[0].end < self._now - _samples(RING_S):
            self._ring.popleft()
        return ()

    def cut(self, start_s: float, end_s: float) -> tuple[Final, ...]:
        """A cue was spoken from `start_s` to `end_s`: finish what came before, drop the cue.

        The edges move to the quietest place within `SEAM_S`. A cue that lies in utterances
        already finished changes nothing; nor does one while not started.
        """
        if not self._started:
            return ()
        finals = list(self._drain())
        slices = self._utterance.slices
        before = _before(slices, _quiet_before(slices, _samples(start_s)))
        finals += self._finish(before)
        self._edge = _quiet_after(slices, _samples(end_s))
        after = _after(slices, self._edge)
        self._utterance = _Utterance()
        self._ring.extend(after)
        return (*finals, *self._drain())

    def stop(self) -> tuple[Final, ...]:
        """Finish what is in flight and take no more; harmless when not started."""
        if not self._started:
            return ()
        drained = self._drain()
        slices = self._utterance.slices
        if self._utterance.voice_end is not None:
            spoken = _before(slices, self._utterance.voice_end + _samples(POST_ROLL_S))
            if self._heard is not None and _span(spoken) == self._heard[0]:
                slices = spoken  # it was waited whether more would come; nothing did
        finals = (*drained, *self._finish(slices))
        self._started = False
        self._utterance = _Utterance()
        return finals

    def _drain(self) -> tuple[Final, ...]:
        finals: list[Final] = []
        while self._ring:
            finals += self._take(self._ring.popleft())
        return tuple(finals)

    def _take(self, piece: _Slice) -> list[Final]:
        """Put one slice behind the utterance, and end that where it is time to."""
        utterance = self._utterance
        finals: list[Final] = []
        if utterance.slices and piece.start - utterance.slices[-1].end > _samples(MAX_GAP_S):
            finals += self._finish(utterance.slices)
            self._utterance = utterance = _Utterance()
        utterance.add(piece)
        if utterance.voice_end is None:
            utterance.trim(piece.end - _samples(PRE_ROLL_S))
        elif (silence := piece.end - utterance.voice_end) >= self._end_silence:
            end = utterance.voice_end + _samples(POST_ROLL_S)
            if silence >= _samples(CODE_END_SILENCE_S) or not self._may_go_on(end):
                finals += self._finish_until(end)
        elif utterance.lasts(MAX_UTTERANCE_S):
            finals += self._finish_until(utterance.best_pause())
        elif self._hear_ahead and not utterance.heard_ahead and utterance.lasts(AHEAD_S):
            # Else all of it would be heard only after "end recap", and somebody waits for that.
            utterance.heard_ahead = True
            self._hear_ahead(_join(utterance.slices))
        return finals

    def _may_go_on(self, end: int) -> bool:
        """Whether the utterance up to sample `end` breaks off in a code or before one."""
        if self._goes_on is None or self._expects is not Expects.TEXT:
            return False
        slices = _before(self._utterance.slices, end)
        return _voice_s(slices) >= MIN_VOICE_S and self._goes_on(self._hear(slices).text)

    def _hear(self, slices: list[_Slice]) -> Transcript:
        """What the engine hears in `slices`; asked twice for the same, it hears them once."""
        if self._heard is None or self._heard[0] != _span(slices):
            self._heard = (_span(slices), self._transcriber.transcribe(_join(slices)))
        return self._heard[1]

    def _finish_until(self, end: int) -> list[Final]:
        """Finish the utterance up to sample `end`; the rest begins the next one."""
        slices = self._utterance.slices
        finals = self._finish(_before(slices, end))
        self._utterance = _Utterance()
        for piece in _after(slices, end):
            self._utterance.add(piece)
        return finals

    def _finish(self, slices: list[_Slice]) -> list[Final]:
        """Have `slices` written down: one final, or none where nothing was said."""
        if _voice_s(slices) < MIN_VOICE_S:
            return []
        voiced = [piece for piece in slices if piece.voice]
        edge, self._edge = self._edge, None
        if edge is not None and _is_scrap(voiced, edge):
            return []
        transcript = self._hear(slices)
        if not transcript.text:
            return []
        reading = self._look_closer(transcript.text, _join(slices))
        return [
            Final(
                text=reading.text,
                start_s=voiced[0].start / SAMPLE_RATE_HZ,
                end_s=voiced[-1].end / SAMPLE_RATE_HZ,
                t_s=self._now / SAMPLE_RATE_HZ,
                confidence=transcript.confidence,
                second=reading.second or transcript.second,
                codes=reading.codes,
            )
        ]

    def _look_closer(self, text: str, pcm: bytes) -> Reading:
        if self._expects is not Expects.TEXT and self._read_answer is not None:
            return self._read_answer(text, pcm, self._expects)
        return self._refine(text, pcm) if self._refine else Reading(text)


class _Utterance:
    """The slices since the last final, and where voice was last heard in them."""

    def __init__(self) -> None:
        self.slices: list[_Slice] = []
        self.voice_end: int | None = None
        self.heard_ahead = False

    def lasts(self, seconds: float) -> bool:
        """Whether it has lasted so long."""
        return self.slices[-1].end - self.slices[0].start >= _samples(seconds)

    def add(self, piece: _Slice) -> None:
        self.slices.append(piece)
        if piece.voice:
            self.voice_end = piece.end

    def trim(self, start: int) -> None:
        """Forget the slices that end before sample `start`."""
        keep = next((i for i, piece in enumerate(self.slices) if piece.end > start), None)
        self.slices = [] if keep is None else self.slices[keep:]

    def best_pause(self) -> int:
        """The sample to split a long utterance at: its quietest place but for the first third."""
        first = self.slices[0].start
        samples = np.frombuffer(_join(self.slices), dtype="<i2")
        return first + best_pause(samples, samples.size // 3, samples.size)


def _samples(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE_HZ)


def _span(slices: list[_Slice]) -> tuple[int, int]:
    return slices[0].start, slices[-1].end


def _voice_s(slices: list[_Slice]) -> float:
    return sum(piece.end - piece.start for piece in slices if piece.voice) / SAMPLE_RATE_HZ


def _before(slices: list[_Slice], end: int) -> list[_Slice]:
    """The slices whose middle lies before sample `end`."""
    return [piece for piece in slices if piece.start + piece.end < 2 * end]


def _after(slices: list[_Slice], start: int) -> list[_Slice]:
    """The slices whose middle lies at or behind sample `start`."""
    return [piece for piece in slices if piece.start + piece.end >= 2 * start]


def _is_scrap(voiced: list[_Slice], edge: int) -> bool:
    """Whether all that was said is the rest of a cue's last sound, such as the "p" of "recap"."""
    near = voiced[0].start - edge < _samples(SCRAP_S)
    return near and voiced[-1].end - voiced[0].start < _samples(SCRAP_S)


def _quiet_before(slices: list[_Slice], at: int) -> int:
    """The start of the quietest slice in the `SEAM_S` before sample `at`; `at` without any."""
    return _quietest([piece for piece in slices if 0 <= at - piece.start <= _samples(SEAM_S)], at)


def _quiet_after(slices: list[_Slice], at: int) -> int:
    """The start of the quietest slice in the `SEAM_S` from sample `at` on; `at` without any.

    Never before `at`: the hush before a last "p" is quiet too, and its burst would be left over.
    """
    return _quietest([piece for piece in slices if 0 <= piece.start - at <= _samples(SEAM_S)], at)


def _quietest(near: list[_Slice], at: int) -> int:
    return min(near, key=lambda piece: piece.level_dbfs).start if near else at


def _join(slices: list[_Slice]) -> bytes:
    """The audio of `slices` as one, with silence where samples were lost."""
    audio = bytearray()
    for piece in slices:
        hole = (piece.start - slices[0].start) * BYTES_PER_SAMPLE - len(audio)
        audio += bytes(hole) + piece.pcm
    return bytes(audio)
