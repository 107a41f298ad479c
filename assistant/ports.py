"""What the core needs from the outside, as Protocols; adapters and fakes both keep to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from assistant.events import (
    Clip,
    CueMatch,
    DeviceChanged,
    EndOfAudio,
    Expects,
    Final,
    Frame,
    PlaybackFinished,
)

Deliver = Callable[[Frame | EndOfAudio | DeviceChanged | PlaybackFinished], None]
"""Puts one item into the runner's inbox; may be called from any thread, never blocks."""


class AudioSource(Protocol):
    """Where frames come from: a microphone or a sound file."""

    def open(self, deliver: Deliver) -> None:
        """Begin; live sources call `deliver` from their own thread from now on.

        Raises `AudioError` when there is nothing to open.
        """

    def pump(self) -> None:
        """Called by the runner before each wait: a file delivers its next frame here."""

    def close(self) -> None:
        """End; harmless when not open."""


class Player(Protocol):
    """Plays one clip at a time."""

    def open(self, deliver: Deliver) -> None:
        """Make ready. `deliver` takes a `PlaybackFinished` for every clip played."""

    def play(self, clip_id: int, clip: Clip, volume: float) -> None:
        """Start `clip` now, in place of whatever plays; `volume` is a factor, 0 to 1."""

    def stop(self) -> None:
        """Silence at once (a fade of a few milliseconds); reports `completed=False`."""

    def mute(self, muted: bool) -> None:
        """Make what plays unheard, or heard again, by the same fade.

        It runs on and finishes in its time. `play` and `stop` end it; harmless when silent.
        """

    def advance(self, t_s: float) -> None:
        """The session clock stands at `t_s`; players bound to that clock move on."""

    def close(self) -> None:
        """End; harmless when not open."""


class Synthesiser(Protocol):
    """Turns text into sound."""

    def render(self, text: str) -> Clip:
        """Speak `text` into a clip, at the current rate. Empty text gives an empty clip.

        Raises `SpeechError` when no voice can be used.
        """

    def set_rate(self, words_per_minute: int) -> None:
        """Change how fast the following clips are spoken."""

    def close(self) -> None:
        """Let go of the voice."""


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word; times count from the audio handed to the engine."""

    text: str
    start_s: float
    end_s: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """What an engine heard in a stretch of audio; `words` is empty where it gives no times."""

    text: str
    confidence: float | None = None
    words: tuple[Word, ...] = ()
    second: str | None = None
    """What another engine heard, where the two disagree badly."""


class Transcriber(Protocol):
    """Free-text speech recognition of a finished stretch of audio."""

    name: str

    def load(self) -> None:
        """Load the model now rather than at the first use; harmless when loaded.

        Raises `ModelError`.
        """

    def transcribe(self, pcm: bytes) -> Transcript:
        """Text of `pcm` (int16 mono 16 kHz), cased and punctuated where the engine can."""


class CueSpotter(Protocol):
    """Hears cues in a stream of frames."""

    def listen_for(self, contexts: frozenset[str]) -> None:
        """From now on the live cues are those of these phases and contexts; cheap if unchanged."""

    def accept(self, frame: Frame, own_speech: str) -> tuple[CueMatch, ...]:
        """Take the next frame; `own_speech` is what we are saying now, or "".

        Times in the matches count from the first frame ever accepted, lost samples included.
        """


class Dictation(Protocol):
    """Turns the user's dictation into final utterances."""

    def start(self, t_s: float, expects: Expects = Expects.TEXT) -> None:
        """Begin to take dictation; audio from before `t_s` is not part of it.

        `expects` says what will most likely be said: how long pauses may be, and whether codes
        are read from the sound.
        """

    def accept(self, frame: Frame) -> tuple[Final, ...]:
        """Take the next frame, also while not started (it keeps the pre-roll and the clock)."""

    def cut(self, start_s: float, end_s: float) -> tuple[Final, ...]:
        """A cue was spoken from `start_s` to `end_s`: finish what came before, drop the cue."""

    def stop(self) -> tuple[Final, ...]:
        """Finish what is in flight and take no more."""
