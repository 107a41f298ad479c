"""The reminders of the nine tips, as read from ``reminders.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from assistant.coaching.checklist import TIPS
from assistant.errors import ConfigError
from assistant.toml_files import load_toml, wrong_value


class Tip(msgspec.Struct, frozen=True, kw_only=True):
    """One habit of a good call and the reminders of it."""

    number: int
    id: str
    title: str
    """A few words for lists on the screen."""
    text: str
    more: tuple[str, ...] = ()
    """Other wordings, used in turn when it is asked for again."""

    @property
    def wordings(self) -> tuple[str, ...]:
        """All wordings, the main one first."""
        return (self.text, *self.more)


class TipEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ``[[tip]]`` table as written; None means the key is absent."""

    number: Annotated[int, msgspec.Meta(ge=1, le=9)]
    id: str | None = None
    title: str | None = None
    text: str | None = None
    more: tuple[str, ...] | None = None


class TipFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole reminders file; an empty one is valid on top of another."""

    tip: tuple[TipEntry, ...] = ()


def load_tips(*paths: Path) -> Mapping[int, Tip]:
    """Read reminder files in order; later ones change the keys they give.

    A later file's `text` without `more` also drops the earlier other wordings. Raises
    `ConfigError` when a file is wrong or one of the nine is missing or lacks a key.
    """
    given: dict[int, dict[str, object]] = {}
    for path in paths:
        entries = load_toml(path, TipFile).tip
        for place, entry in enumerate(entries):
            if entry.number in {earlier.number for earlier in entries[:place]}:
                raise wrong_value(
                    path,
                    ("tip", place, "number"),
                    f"tip {entry.number} is there twice",
                    "Put all of it in one table; other wordings go into more = [...].",
                )
            new = {
                key: value
                for key in entry.__struct_fields__
                if (value := getattr(entry, key)) is not None
            }
            if "text" in new:
                new.setdefault("more", ())
            given.setdefault(entry.number, {}).update(new)
    for number in TIPS:
        absent = {"number", "id", "title", "text"} - given.get(number, {}).keys()
        if absent:
            raise ConfigError(
                "config-invalid",
                f"{paths[-1] if paths else 'reminders.toml'}: tip {number} lacks "
                f"{', '.join(sorted(absent))}.",
                "Each tip from 1 to 9 needs number, id, title and text.",
            )
    return {number: msgspec.convert(given[number], Tip) for number in TIPS}
