"""What can go wrong, as one small tree: a stable code, a plain sentence, what to do next."""

from __future__ import annotations


class CallcoachError(Exception):
    """An error for the user's eyes.

    `code` is stable and lower-case with hyphens ("model-missing"), `message` one plain
    sentence, `hint` what to do next (may be empty). Codes are listed in ``docs/errors.md``.
    """

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """The sentence, and the hint behind it where there is one."""
        return f"{self.message} {self.hint}".strip()


class UsageError(CallcoachError):
    """The command was called wrongly; exit code 2."""


class ConfigError(CallcoachError):
    """A settings, cue or prompt file is wrong; the message names file, line and key."""


class AudioError(CallcoachError):
    """A device or a sound file cannot be used."""


class ModelError(CallcoachError):
    """A speech model is missing, damaged or cannot be fetched."""


class SpeechError(CallcoachError):
    """The text-to-speech voice cannot be used."""


class CaseError(CallcoachError):
    """A case file or journal cannot be read or written."""
