"""The user's settings: frozen, read once from ``settings.toml``, validated, and passed in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import platformdirs

from assistant.toml_files import if_there, load_toml

APP = "callcoach"


class Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all configuration: frozen, and strict about unknown keys."""


class AudioSettings(Struct, frozen=True):
    """Which devices to use."""

    input: str = ""
    """Name, or a part of it, of the microphone; empty means the system's default."""
    output: str = ""
    """Name, or a part of it, of the speaker; empty means the system's default."""
    call_device: str = ""
    """Name, or a part of it, of a recording device that carries the call's own sound; empty: none.

    What a loudspeaker puts of it into the microphone is taken out.
    """


class VoiceSettings(Struct, frozen=True):
    """How the companion speaks."""

    voice: str = ""
    """Name or id, or a part of it, of a pyttsx3 voice.

    Empty means the engine's own voice if that is English, else its first English one.
    """
    rate_wpm: Annotated[int, msgspec.Meta(ge=80, le=400)] = 165
    """Words per minute."""
    volume: Annotated[float, msgspec.Meta(ge=0.0, le=1.0)] = 0.8
    """Factor on the samples; 1.0 is full scale."""


class HearingSettings(Struct, frozen=True):
    """How willingly a cue is believed."""

    sensitivity: Literal["low", "normal", "high"] = "normal"
    """Moves along the measured curve of misses against false alarms; see docs/cues.md."""
    second_opinion: bool = True
    """Let another engine confirm a cue before it acts."""


class BreathingSettings(Struct, frozen=True):
    """The breathing exercise that "deep breath" starts."""

    pattern: str = "3-5-3"
    """Name of a pattern in prompts/en/breathing.toml, or in your own breathing.toml."""
    cycles: Annotated[int, msgspec.Meta(ge=1, le=60)] = 3
    """How often the pattern repeats."""
    style: Literal["counts", "tones", "both"] = "counts"
    """Spoken counts, soft tones, or both."""


class UserFacts(Struct, frozen=True):
    """What the reminders may say of the caller, so that nothing needs remembering mid-call."""

    name: str = ""
    customer_since: str = ""
    """As it should be spoken: "two thousand and nineteen", "six years ago"."""
    plan: str = ""
    """As it should be spoken: "the family plan"."""


class RecapSettings(Struct, frozen=True):
    """How a recap is read."""

    names: tuple[str, ...] = ()
    """Names as you spell them; only these may change how a word of the recap is written."""
    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")] = "US"
    """ISO country code by which phone numbers are read."""
    interview: bool = True
    """Ask, after a recap, for what is missing or unsure."""


class CaseSettings(Struct, frozen=True):
    """Where case files go."""

    folder: str = ""
    """Folder for case files; empty means ``callcoach`` in the documents folder."""


class Settings(Struct, frozen=True):
    """All settings; every one has a default, so an empty or absent file is valid."""

    audio: AudioSettings = AudioSettings()
    voice: VoiceSettings = VoiceSettings()
    hearing: HearingSettings = HearingSettings()
    breathing: BreathingSettings = BreathingSettings()
    me: UserFacts = UserFacts()
    recap: RecapSettings = RecapSettings()
    cases: CaseSettings = CaseSettings()


def config_folder() -> Path:
    """The user's configuration folder: settings.toml and their own cue and prompt files."""
    override = os.environ.get("CALLCOACH_CONFIG")
    return Path(override) if override else platformdirs.user_config_path(APP)


def data_folder() -> Path:
    """Where models, the clip cache and unfinished journals live."""
    override = os.environ.get("CALLCOACH_DATA")
    return Path(override) if override else platformdirs.user_data_path(APP)


def cases_folder(settings: Settings) -> Path:
    """Where case files go unless a command says otherwise."""
    if settings.cases.folder:
        return Path(settings.cases.folder).expanduser()
    return platformdirs.user_documents_path() / APP


def load_settings(path: Path | None = None) -> Settings:
    """Read `path`, or ``settings.toml`` in the config folder; defaults where that is absent.

    Raises `ConfigError` naming file, line and key.
    """
    if path is None:
        own = if_there(config_folder() / "settings.toml")
        return load_toml(own[0], Settings) if own else Settings()
    return load_toml(path, Settings)
