"""Where the files that ship with callcoach are: inside a wheel, or beside a checkout's code."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def checkout_root() -> Path | None:
    """The root of the source checkout this code runs from, or None in an installed wheel."""
    root = _PACKAGE.parent
    return root if (root / "pyproject.toml").is_file() and (root / "prompts").is_dir() else None


def shipped(relative: str) -> Path:
    """Path of a shipped file or folder, such as ``prompts/en`` or ``models/manifest.toml``."""
    root = checkout_root() or _PACKAGE / "_shipped"
    return root / relative
