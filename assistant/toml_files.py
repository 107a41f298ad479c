"""Reading TOML into frozen structs, with every mistake named by file, line and key."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from assistant.errors import ConfigError

T = TypeVar("T")
KeyPath = tuple[str | int, ...]
"""Keys and 0-based places in arrays that lead to a value: ``("cue", 2, "phrases")``."""

_HINT = "docs/settings.md lists the keys and what they take."
_PATH_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_UNKNOWN = re.compile(r"Object contains unknown field `([^`]+)`")
_MISSING = re.compile(r"Object missing required field `([^`]+)`")
_TYPE = re.compile(r"`([^`]+)`")
_PLAIN_TYPES = {
    "object": "a table",
    "array": "an array",
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
}


def load_toml(path: Path, into: type[T], strict: bool = True) -> T:
    """Read `path` and convert it to the msgspec struct `into`.

    An empty file gives `into` with its defaults, where it has them all. Raises `ConfigError`
    (codes ``config-unreadable``, ``config-syntax``, ``config-invalid``).
    """
    return parse_toml(read_toml_text(path), into, str(path), strict)


def read_toml_text(path: Path) -> str:
    """The text of `path`, without the byte order mark that some editors put first.

    Raises `ConfigError` (``config-unreadable``, ``config-syntax``).
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise _unreadable(path, error) from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            "config-syntax", f"{path} is not UTF-8 text.", "Save it again as UTF-8."
        ) from error


def if_there(path: Path) -> tuple[Path, ...]:
    """`path`, or nothing where there is no such file.

    Raises `ConfigError` (``config-unreadable``) where that cannot be told: a folder that must
    not be entered may well hold settings.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise _unreadable(path, error) from error
    return (path,)


def parse_toml(text: str, into: type[T], name: str, strict: bool = True) -> T:
    """Convert TOML `text` to the struct `into`; `name` stands for the file in messages."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(
            "config-syntax", f"{name} is not valid TOML: {error}.", "Mend that line."
        ) from error
    try:
        return msgspec.convert(data, into, strict=strict)
    except msgspec.ValidationError as error:
        keys, sentence = _understood(str(error))
        dotted = ".".join(str(key) for key in keys if isinstance(key, str))
        raise _invalid(
            text, name, keys, f"{dotted + ': ' if dotted else ''}{sentence}", _HINT
        ) from error


def wrong_value(path: Path, keys: KeyPath, sentence: str, hint: str) -> ConfigError:
    """A ``config-invalid`` about the value at `keys` in the valid TOML file `path`."""
    return _invalid(read_toml_text(path), str(path), keys, sentence, hint)


def _invalid(text: str, name: str, keys: KeyPath, sentence: str, hint: str) -> ConfigError:
    line = line_of(text, keys)
    where = f"{name}, line {line}" if line else name
    return ConfigError("config-invalid", f"{where}: {sentence}.", hint)


def line_of(text: str, keys: KeyPath) -> int:
    """1-based line on which the value at `keys` begins in valid TOML `text`; 0 when there is none.

    Wherever a statement ends, the file so far is TOML itself, and so can be asked whether the
    value is in it.
    """
    lines = text.split("\n")
    low, high = 0, len(lines)  # the value begins behind line `low`, and not behind line `high`
    if not keys or not _holds(lines, high, keys):
        return 0
    while low + 1 < high:
        middle = (low + high) // 2
        end = next(n for n in range(middle, len(lines) + 1) if _parsed(lines, n) is not None)
        if _holds(lines, end, keys):
            high = middle
        else:
            low = end
    return high


def _holds(lines: list[str], count: int, keys: KeyPath) -> bool:
    """Whether the first `count` lines are TOML and have a value at `keys`."""
    value = _parsed(lines, count)
    for key in keys:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _parsed(lines: list[str], count: int) -> Any:
    """The first `count` lines as TOML, or None where they are not."""
    try:
        return tomllib.loads("\n".join(lines[:count]))
    except tomllib.TOMLDecodeError:
        return None


def _understood(message: str) -> tuple[KeyPath, str]:
    """Where a msgspec message points to, and what it says in plain words."""
    said, _, path = message.partition(" - at `$")
    keys: list[str | int] = [
        key or int(index) for key, index in _PATH_STEP.findall(path.rstrip("`"))
    ]
    if unknown := _UNKNOWN.fullmatch(said):
        return (*keys, unknown[1]), "there is no such key"
    if missing := _MISSING.fullmatch(said):
        return tuple(keys), f'the key "{missing[1]}" is missing'
    return tuple(keys), _TYPE.sub(lambda match: _plain_type(match[1]), said)


def _plain_type(name: str) -> str:
    """What people call a msgspec type: ``array | null`` is "an array"; TOML has no null."""
    names = [one for one in name.split(" | ") if one != "null"]
    return " or ".join(_PLAIN_TYPES.get(one, one) for one in names)


def _unreadable(path: Path, error: OSError) -> ConfigError:
    return ConfigError(
        "config-unreadable",
        f"{path} cannot be read: {error.strerror or error}.",
        "Check that it is there and that you may read it.",
    )
