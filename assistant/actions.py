"""What the session asks of the runner: values again, performed in one ``match``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from assistant.events import Earcon, Expects, Final, Phase, Priority


@dataclass(frozen=True, slots=True)
class Speak:
    """Say `text`; `reason` names the cue, message or tip behind it."""

    text: str
    reason: str
    priority: Priority = Priority.REMINDER


@dataclass(frozen=True, slots=True)
class Sound:
    """Play an earcon."""

    earcon: Earcon


@dataclass(frozen=True, slots=True)
class Breathe:
    """Guide through the breathing exercise, after saying `introduction`."""

    introduction: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Stop speaking at once and forget what was waiting."""


@dataclass(frozen=True, slots=True)
class ChangeVolume:
    """Multiply the volume of our voice."""

    factor: float


@dataclass(frozen=True, slots=True)
class ChangeRate:
    """Multiply the speed of our voice."""

    factor: float


@dataclass(frozen=True, slots=True)
class EnterPhase:
    """The session is in `phase` from now on."""

    phase: Phase


@dataclass(frozen=True, slots=True)
class StartDictation:
    """Take dictation into a journal, from `from_s` on: the end of the cue that began it."""

    from_s: float


@dataclass(frozen=True, slots=True)
class StopDictation:
    """Finish the utterance in flight; answered with `DictationEnded`."""


@dataclass(frozen=True, slots=True)
class KeepUtterance:
    """Write an utterance of the recap to the journal, now."""

    final: Final


@dataclass(frozen=True, slots=True)
class KeepScratch:
    """Write to the journal that the last sentence is taken back, or all of them."""

    everything: bool = False


@dataclass(frozen=True, slots=True)
class KeepTip:
    """Write to the journal that a tip is done."""

    number: int


@dataclass(frozen=True, slots=True)
class SaveCase:
    """Turn the recap into a case file; answered with `CaseSaved` or `CaseNotSaved`."""

    interview: bool = False
    """Whether the user is to be asked for what is missing: `CaseSaved` brings a question then."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Take down an answer, from `from_s` on: the end of the question."""

    from_s: float
    expects: Expects


@dataclass(frozen=True, slots=True)
class StopListening:
    """Take down no more."""

    keeps: bool = False
    """Whether what is in flight is an answer still; else it is dropped."""


@dataclass(frozen=True, slots=True)
class KeepAnswer:
    """Write an answer to the journal, and what it changes to the case file.

    An empty text is silence. Answered with `AnswerTaken`.
    """

    final: Final


@dataclass(frozen=True, slots=True)
class EndInterview:
    """The case file has everything: let the journal go."""


@dataclass(frozen=True, slots=True)
class RecoverRecap:
    """Finish the recap that an earlier call left unfinished."""


@dataclass(frozen=True, slots=True)
class Warn:
    """Tell the user in writing."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Close:
    """The session is over once everything said has been heard."""


Action: TypeAlias = (
    Speak
    | Sound
    | Breathe
    | Silence
    | ChangeVolume
    | ChangeRate
    | EnterPhase
    | StartDictation
    | StopDictation
    | KeepUtterance
    | KeepScratch
    | KeepTip
    | SaveCase
    | Listen
    | StopListening
    | KeepAnswer
    | EndInterview
    | RecoverRecap
    | Warn
    | Close
)
