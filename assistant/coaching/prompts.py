"""What the companion says: messages by key, reminders by number, with slots filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from assistant.coaching.tips import Tip, load_tips
from assistant.errors import ConfigError
from assistant.resources import shipped
from assistant.settings import config_folder
from assistant.toml_files import if_there, load_toml, wrong_value

FACT_SLOTS = frozenset({"name", "company", "customer_since", "plan", "case_numbers"})
"""Slots of the user's facts; reminders and the replies of cues may hold them."""

MESSAGE_SLOTS: Mapping[str, frozenset[str]] = {
    "welcome": frozenset(),
    "call-started": frozenset({"company"}),
    "hold-started": frozenset(),
    "hold-ended": frozenset(),
    "breath-mute": frozenset(),
    "breath-first-use": frozenset(),
    "breath-done": frozenset(),
    "quiet-off": frozenset(),
    "quieter": frozenset(),
    "louder": frozenset(),
    "slower": frozenset(),
    "faster": frozenset(),
    "recap-silence-question": frozenset(),
    "recap-saved": frozenset({"company", "case_numbers", "next_step"}),
    "step-mine": frozenset({"action", "due"}),
    "step-theirs": frozenset({"action", "due"}),
    "recap-empty": frozenset(),
    "recap-unfinished": frozenset({"when"}),
    "recap-paused": frozenset(),
    "recap-drop-question": frozenset(),
    "recap-recovered": frozenset(),
    "dictation-unfit": frozenset(),
    "interview-hint": frozenset(),
    "ask-case-number": frozenset(),
    "ask-promise": frozenset(),
    "ask-due": frozenset({"action"}),
    "ask-person": frozenset(),
    "ask-spelling": frozenset({"name"}),
    "ask-respelling": frozenset(),
    "ask-company": frozenset(),
    "ask-phone": frozenset(),
    "ask-settled": frozenset(),
    "ask-step": frozenset(),
    "ask-which": frozenset(),
    "ask-else": frozenset(),
    "ask-change": frozenset(),
    "check-case-number": frozenset({"code"}),
    "check-phone": frozenset({"code"}),
    "check-spelling": frozenset({"code"}),
    "check-person": frozenset({"name"}),
    "check-company": frozenset({"name"}),
    "check-step": frozenset({"next_step"}),
    "check-due": frozenset({"due"}),
    "read-back": frozenset({"case_numbers", "people", "next_steps"}),
    "read-change": frozenset({"change"}),
    "interview-done": frozenset(),
    "tip-ticked": frozenset({"title"}),
    "all-tips-done": frozenset(),
    "nothing-to-repeat": frozenset(),
    "facts": FACT_SLOTS,
    "no-facts": frozenset(),
    "time": frozenset({"minutes"}),
    "time-short": frozenset(),
    "input-lost": frozenset(),
    "input-back": frozenset(),
    "output-back": frozenset(),
    "save-failed": frozenset(),
    "save-failed-unkept": frozenset(),
    "goodbye": frozenset(),
}
"""Every message the companion may say, with the slots its text may hold."""

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{([^{}]*)\}")
_BEFORE_STOP = re.compile(r"\s+([,.;:?!])")


class Prompts(msgspec.Struct, frozen=True):
    """All texts of a session, checked at load."""

    messages: Mapping[str, str]
    tips: Mapping[int, Tip]

    def say(self, key: str, **slots: str) -> str:
        """Fill the message `key`; KeyError for a key not in `MESSAGE_SLOTS`."""
        return fill(self.messages[key], slots)

    def tip(self, number: int, facts: Mapping[str, str], turn: int = 0) -> str:
        """Fill the reminder of tip `number`; `turn` (times said before) picks the wording."""
        wordings = self.tips[number].wordings
        return fill(wordings[turn % len(wordings)], facts)


def fill(text: str, slots: Mapping[str, str]) -> str:
    """Replace every ``{slot}`` in `text`.

    A segment in square brackets is dropped when a slot in it is unset or empty; outside
    brackets such a slot leaves nothing behind. Empty text gives "".
    """

    def segment(match: re.Match[str]) -> str:
        complete = all(slots.get(name, "").strip() for name in slots_in(match[1]))
        return match[1] if complete else ""

    kept = _OPTIONAL.sub(segment, text)
    filled = _SLOT.sub(lambda match: slots.get(match[1], ""), kept)
    return _BEFORE_STOP.sub(r"\1", " ".join(filled.split()))


def slots_in(text: str) -> tuple[str, ...]:
    """Names of the slots in `text`, in order."""
    return tuple(_SLOT.findall(text))


def load_prompts() -> Prompts:
    """Load the shipped texts with the user's own on top; raises `ConfigError`."""
    return Prompts(
        load_messages(*prompt_files("messages.toml")), load_tips(*prompt_files("reminders.toml"))
    )


def prompt_files(name: str) -> tuple[Path, ...]:
    """List the shipped file of that name and, where it exists, the user's own."""
    return (shipped("prompts/en") / name, *if_there(config_folder() / name))


def load_messages(*paths: Path) -> Mapping[str, str]:
    """Read message files in order, later ones on top.

    Raises `ConfigError` for a key or a slot that is not in `MESSAGE_SLOTS`, and when a key is
    missing from all of them.
    """
    messages: dict[str, str] = {}
    for path in paths:
        for key, text in load_toml(path, dict[str, object]).items():
            messages[key] = _checked(path, key, text)
    missing = [key for key in MESSAGE_SLOTS if key not in messages]
    if missing:
        raise ConfigError(
            "config-invalid",
            f"{paths[-1] if paths else 'messages.toml'} lacks the message {missing[0]!r}.",
            "Add it, or take the shipped file.",
        )
    return messages


def _checked(path: Path, key: str, text: object) -> str:
    """Return `text`; `ConfigError` when it is none, or `key` or a slot in it is not known."""
    if key not in MESSAGE_SLOTS:
        sentence = f'there is no message "{key}"'
        hint = "docs/settings.md lists the messages."
    elif not isinstance(text, str):
        sentence = f'message "{key}" is not a text'
        hint = 'Write it in quotes: key = "text".'
    elif unknown := [slot for slot in slots_in(text) if slot not in MESSAGE_SLOTS[key]]:
        known = ", ".join(sorted(MESSAGE_SLOTS[key])) or "none"
        sentence = f'message "{key}" has the unknown slot {{{unknown[0]}}}'
        hint = f"Its slots: {known}."
    else:
        return text
    raise wrong_value(path, (key,), sentence, hint)
