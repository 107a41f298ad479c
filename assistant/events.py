"""The values that flow through the companion: frozen, comparable, standard library only.

Every time is in seconds of audio since the session began (``t_s``), counted from
samples: there is no other clock. Audio is 16 kHz mono signed 16-bit throughout.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

SAMPLE_RATE_HZ = 16_000
"""Rate of all audio inside the companion; the recognisers were trained at it."""
FRAME_SAMPLES = 480
"""Samples in one frame: 30 ms, the longest slice WebRTC's voice activity detector takes."""
BYTES_PER_SAMPLE = 2


class Phase(StrEnum):
    """The one mode of a session, in the order a call goes through them."""

    READY = "ready"
    LIVE = "live"
    HOLD = "hold"
    RECAP = "recap"
    CLOSED = "closed"


class Context(StrEnum):
    """Short-lived conditions in which further cues are live, on top of the phase's own."""

    BREATHING = "breathing"
    SPEAKING = "speaking"
    ASKING = "asking"
    INTERVIEW = "interview"


class Expects(StrEnum):
    """What will most likely be said, so that it is listened to accordingly."""

    TEXT = "text"
    """A dictation, in any words."""
    ANSWER = "answer"
    """An answer in any words."""
    NAME = "name"
    """An answer in which something may be spelled."""
    CODE = "code"
    """A code, and nothing else."""
    CHANGE = "change"
    """A yes or a no, or what to change."""
    REPAIR = "repair"
    """What to mend in a code, or the code once more."""
    PHONE = "phone"
    """Digits, and nothing else."""
    LETTERS = "letters"
    """A name letter by letter, or what to mend in one."""
    DAY = "day"
    """A day, or that there is none."""


# --- what comes in -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Frame:
    """One slice of microphone audio."""

    pcm: bytes
    """Little-endian int16 samples, at most `FRAME_SAMPLES`; the last of a file may be shorter."""
    lost_samples: int = 0
    """Samples that were dropped just before this frame; the clock advances over them."""
    references: tuple[bytes, ...] = ()
    """What each loudspeaker nearby played at that time, as long as `pcm`; b"" is silence."""

    @property
    def samples(self) -> int:
        """Number of samples held (without the lost ones)."""
        return len(self.pcm) // BYTES_PER_SAMPLE


@dataclass(frozen=True, slots=True)
class EndOfAudio:
    """The source has no more audio: the end of a file."""

    problem: str = ""
    """What of it could not be read, as a sentence; "" when all of it was."""


@dataclass(frozen=True, slots=True)
class CueMatch:
    """A cue the user said, already verified."""

    cue: str
    """Identifier from the cue file."""
    heard: str
    """The phrase as heard."""
    confidence: float
    """Probability, 0 to 1, that the phrase was really said."""
    start_s: float
    end_s: float
    t_s: float
    """When the decision fell; never before `end_s`."""


@dataclass(frozen=True, slots=True)
class Final:
    """A finished utterance of dictation."""

    text: str
    start_s: float
    end_s: float
    t_s: float
    confidence: float | None = None
    """0 to 1 where the engine says; None where it does not."""
    second: str | None = None
    """What another engine heard, where the two disagree badly."""
    codes: tuple[tuple[str, float], ...] = ()
    """Readings of a code in it with their probabilities, best first, where one was expected."""


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A key of the console; `action` is the same name a cue would carry."""

    action: str
    t_s: float


@dataclass(frozen=True, slots=True)
class PlaybackFinished:
    """The player reached the end of a clip, or was stopped inside it."""

    clip_id: int
    completed: bool
    t_s: float


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """Something we said is over; `completed` is False when it was stopped."""

    reason: str
    completed: bool
    t_s: float


@dataclass(frozen=True, slots=True)
class DictationEnded:
    """Every utterance of the dictation has been handed over."""

    t_s: float


@dataclass(frozen=True, slots=True)
class Ask:
    """What to ask the user next about their recap."""

    text: str
    """The question as it is spoken."""
    reason: str
    """Its key in messages.toml."""
    expects: Expects = Expects.ANSWER
    again: bool = False
    """Asked before, but the answer could not be understood."""
    waits: bool = False
    """The user wants a moment: listen on, for longer, without saying anything."""


@dataclass(frozen=True, slots=True)
class CaseSaved:
    """The case file is on disk."""

    readback: str
    """What to say of it: the short read-back."""
    t_s: float
    ask: Ask | None = None
    """The first question about it; None for none, then nothing more is asked."""


@dataclass(frozen=True, slots=True)
class AnswerTaken:
    """An answer is in the journal and in the case file, where these could be written."""

    ask: Ask | None
    """The next question; None when the interview is over."""
    t_s: float
    saved: bool = True
    """Whether the case file has it."""
    kept: bool = True
    """Whether it is on disk at all, be it only in the journal."""


@dataclass(frozen=True, slots=True)
class CaseNotSaved:
    """The case file could not be written."""

    code: str
    message: str
    t_s: float
    kept: bool = True
    """Whether the words are on disk all the same, in the journal."""


@dataclass(frozen=True, slots=True)
class DeviceChanged:
    """A device went away (`available=False`) or came back."""

    device: str
    """``input``, ``output``, or ``call`` for the one that carries the call's own sound."""
    available: bool
    message: str
    t_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Tick:
    """The clock moved; sent once per frame after everything else in it."""

    t_s: float
    voice: bool = False
    """Whether the frame holds a voice."""
    level_dbfs: float = -96.0
    """Loudness of the frame, decibels below full scale."""


SessionEvent: TypeAlias = (
    CueMatch
    | Final
    | KeyPressed
    | SpeechEnded
    | DictationEnded
    | CaseSaved
    | AnswerTaken
    | CaseNotSaved
    | DeviceChanged
    | Tick
    | EndOfAudio
)


# --- what goes out -------------------------------------------------------------------------


class Priority(StrEnum):
    """Who may speak first: a breathing count outranks a reminder, a reminder outranks chatter."""

    BREATHING = "breathing"
    REMINDER = "reminder"
    CHATTER = "chatter"


class Earcon(StrEnum):
    """The four short sounds, each tellable from the others."""

    LISTENING = "listening"
    UNDERSTOOD = "understood"
    NOT_UNDERSTOOD = "not_understood"
    SAVED = "saved"


@dataclass(frozen=True, slots=True)
class Mark:
    """A spoken piece inside a longer clip, such as one breathing count."""

    text: str
    start_s: float
    """From the start of the clip."""
    end_s: float


@dataclass(frozen=True, slots=True)
class Clip:
    """Rendered sound, ready to play."""

    pcm: bytes
    """Little-endian int16 mono at `SAMPLE_RATE_HZ`."""
    text: str = ""
    """All that is said in it; empty for an earcon. Used to tell our own voice from the user's."""
    marks: tuple[Mark, ...] = field(default=())
    """Its spoken pieces in order; empty means the clip is one piece of `text`."""

    @property
    def seconds(self) -> float:
        """Length in seconds; 0.0 for an empty clip."""
        return len(self.pcm) / (BYTES_PER_SAMPLE * SAMPLE_RATE_HZ)
