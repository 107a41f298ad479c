"""The word lists of ``prompts/en/recap``: read once, editable without Python."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from assistant.errors import ConfigError
from assistant.resources import shipped
from assistant.toml_files import load_toml

_FOLDER = "prompts/en/recap"


class WordLists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of word lists; a phrase of several words is written with single spaces."""

    sets: dict[str, frozenset[str]] = {}
    """Words or phrases that play the same part."""
    numbers: dict[str, dict[str, int]] = {}
    """Words with a number each."""
    maps: dict[str, dict[str, str]] = {}
    """Words with a text each."""


@lru_cache(maxsize=32)
def lists(name: str) -> WordLists:
    """The lists of ``prompts/en/recap/NAME.toml``; raises `ConfigError` when damaged."""
    return load_toml(shipped(f"{_FOLDER}/{name}.toml"), WordLists)


@lru_cache(maxsize=1)
def ordinary_words() -> frozenset[str]:
    """English words that are not names, lower case; see the file for source and licence."""
    return _words("ordinary_words.txt")


@lru_cache(maxsize=1)
def rarer_words() -> frozenset[str]:
    """English words that are rarer than the ordinary ones, lower case; see the file."""
    return _words("rarer_words.txt")


@lru_cache(maxsize=1)
def first_names() -> frozenset[str]:
    """First names, lower case; see the file for their source."""
    return _words("first_names.txt")


def _words(name: str) -> frozenset[str]:
    path = shipped(f"{_FOLDER}/{name}")
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ConfigError("config-unreadable", f"{path} cannot be read.", "Reinstall.") from error
    return frozenset(line for line in lines if line and not line.startswith("#"))
