"""Cues: what the caller may say, when each is live, and what it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import msgspec

from assistant.errors import ConfigError
from assistant.resources import shipped
from assistant.settings import config_folder
from assistant.toml_files import if_there, load_toml, wrong_value

Sensitivity: TypeAlias = Literal["low", "normal", "high"]
LivePlace: TypeAlias = Literal[
    "ready", "live", "hold", "recap", "closed", "breathing", "speaking", "asking", "interview"
]
"""Values of `events.Phase` and `events.Context`; a test keeps them equal."""

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PHRASE = re.compile(r"[a-z']+(?: [a-z']+)*")


class CueAction(StrEnum):
    """What a cue asks of the session."""

    BREATHE = "breathe"
    BREATHE_AGAIN = "breathe-again"
    TIP = "tip"
    WHAT_NOW = "what-now"
    REPEAT = "repeat"
    QUIETER = "quieter"
    LOUDER = "louder"
    SLOWER = "slower"
    FASTER = "faster"
    BE_QUIET = "be-quiet"
    TALK_TO_ME = "talk-to-me"
    STOP = "stop"
    START_CALL = "start-call"
    HOLD = "hold"
    BACK = "back"
    START_RECAP = "start-recap"
    END_RECAP = "end-recap"
    SCRATCH_THAT = "scratch-that"
    PAUSE = "pause"
    RESUME = "resume"
    SKIP = "skip"
    TIP_DONE = "tip-done"
    FACTS = "facts"
    TIME_CHECK = "time-check"
    END_CALL = "end-call"
    YES = "yes"
    NO = "no"
    SAY = "say"
    NONE = "none"


class Cue(msgspec.Struct, frozen=True, kw_only=True):
    """One cue, complete: defaults filled in, phrases normalised."""

    id: str
    phrases: tuple[str, ...]
    """Lower case, words parted by one blank; never empty."""
    phases: tuple[LivePlace, ...] = ("ready", "live", "hold")
    """Phases and contexts in which it is live."""
    action: CueAction = CueAction.NONE
    reply: str = ""
    """Spoken when the cue is heard; may hold the slots of the user's facts."""
    tip: int | None = None
    """Tip it reminds of, or ticks, 1 to 9."""
    refractory_s: float = 1.5
    """How long after a match the same cue is not believed, in seconds of audio."""
    sensitivity: Sensitivity | None = None
    """In place of ``hearing.sensitivity`` for this cue."""
    alone: bool = False
    """Believed only where next to nothing is said right before and after it."""
    quick: bool = False
    """Judged without the second engine: for what must act at once and does no harm by mistake."""
    paraphrases: tuple[str, ...] = ()
    """Other ways to ask for it, taken for it only where they are all that is said."""
    threshold_shift: float = 0.0
    """From the user's calibration: added to the threshold of the sensitivity."""

    @property
    def effect(self) -> tuple[object, ...]:
        """What saying it leads to; two cues of equal effect cannot be confused to any harm."""
        named = self.id if self.action in (CueAction.SAY, CueAction.NONE) else ""
        return (self.action, self.tip, self.reply, named)


class CueEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ``[[cue]]`` table as written; None means the key is absent."""

    id: str
    phrases: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)] | None = None
    phases: Annotated[tuple[LivePlace, ...], msgspec.Meta(min_length=1)] | None = None
    action: CueAction | None = None
    reply: str | None = None
    tip: Annotated[int, msgspec.Meta(ge=1, le=9)] | None = None
    refractory_s: Annotated[float, msgspec.Meta(ge=0.0, le=60.0)] | None = None
    sensitivity: Sensitivity | None = None
    alone: bool | None = None
    quick: bool | None = None
    paraphrases: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(f"id {self.id!r} should be lower-case words joined by hyphens")
        if self.action is CueAction.TIP and self.tip is None:
            raise ValueError(
                f'cue "{self.id}" reminds of a tip but does not say which: add tip = 1'
            )
        for phrase in (*(self.phrases or ()), *(self.paraphrases or ())):
            normalise(phrase)

    def over(self, earlier: Cue | None) -> Cue:
        """Build the cue described; absent keys come from `earlier`, else from the defaults."""
        given = {
            name: value
            for name in self.__struct_fields__
            if (value := getattr(self, name)) is not None
        }
        given["phrases"] = tuple(normalise(phrase) for phrase in self.phrases or ())
        if self.paraphrases is not None:
            given["paraphrases"] = tuple(normalise(phrase) for phrase in self.paraphrases)
        if earlier is not None:
            if self.phrases is None:
                del given["phrases"]
            return msgspec.structs.replace(earlier, **given)
        if self.action is None and self.reply:
            given["action"] = CueAction.SAY
        return Cue(**given)


class CueFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole cue file; an empty one is valid."""

    cue: tuple[CueEntry, ...] = ()


class CueBook(msgspec.Struct, frozen=True):
    """All cues of a session, in the order of the files."""

    cues: tuple[Cue, ...] = ()

    @property
    def phrases(self) -> tuple[str, ...]:
        """Every phrase of every cue, each once, in order."""
        return tuple(dict.fromkeys(phrase for cue in self.cues for phrase in cue.phrases))

    def live_in(self, contexts: Iterable[str]) -> tuple[Cue, ...]:
        """Pick the cues live in any of these phases and contexts."""
        wanted = frozenset(contexts)
        return tuple(cue for cue in self.cues if wanted.intersection(cue.phases))

    def without_words(self, words: Set[str]) -> CueBook:
        """Leave out the phrases that hold one of `words`, and cues that have no phrase then."""
        fewer = (
            msgspec.structs.replace(
                cue, phrases=tuple(one for one in cue.phrases if words.isdisjoint(one.split()))
            )
            for cue in self.cues
        )
        return CueBook(tuple(cue for cue in fewer if cue.phrases))

    def by_id(self, cue_id: str) -> Cue:
        """Find the cue of that id; KeyError where there is none."""
        for cue in self.cues:
            if cue.id == cue_id:
                return cue
        raise KeyError(cue_id)


def normalise(phrase: str) -> str:
    """Put `phrase` in lower case with single blanks and straight apostrophes.

    ValueError when it holds anything but letters, apostrophes and blanks, or is empty.
    """
    plain = " ".join(phrase.lower().replace("\u2019", "'").split())
    if not _PHRASE.fullmatch(plain):
        raise ValueError(
            f'phrase "{phrase}" may hold only letters, apostrophes and blanks: '
            "write numbers as words and leave out punctuation"
        )
    return plain


def load_cues(*paths: Path) -> CueBook:
    """Read cue files in order; a later file's cue changes the earlier cue of the same id.

    Keys the later cue leaves out keep their earlier values. Raises `ConfigError` naming file
    and line, also for one id twice in a file and for a new cue without phrases.
    """
    cues: dict[str, Cue] = {}
    for path in paths:
        seen: set[str] = set()
        for number, entry in enumerate(load_toml(path, CueFile).cue):
            if entry.id in seen:
                raise _invalid(path, number, f'the id "{entry.id}" is used twice')
            seen.add(entry.id)
            earlier = cues.get(entry.id)
            if earlier is None and entry.phrases is None:
                raise _invalid(path, number, f'cue "{entry.id}" has no phrases')
            cues[entry.id] = entry.over(earlier)
    return CueBook(tuple(cues.values()))


def cue_files() -> tuple[Path, ...]:
    """List the shipped cue file and, where it exists, the user's own."""
    return (shipped("prompts/en/cues.toml"), *if_there(config_folder() / "cues.toml"))


def load_all_cues() -> CueBook:
    """Load the shipped cues with the user's own on top; raises like `load_cues`."""
    return load_cues(*cue_files())


def _invalid(path: Path, number: int, sentence: str) -> ConfigError:
    """Make a `ConfigError` about the `number`-th (0-based) cue of a file."""
    hint = "docs/cues.md shows the form."
    return wrong_value(path, ("cue", number), sentence, hint)
