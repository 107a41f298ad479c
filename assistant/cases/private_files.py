"""Files for the owner's eyes only, written so that a crash leaves the old file or the new one."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


def make_private_folder(folder: Path) -> None:
    """Create `folder` and its missing parents for the owner only; existing ones stay as they are.

    Raises `OSError`.
    """
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        with contextlib.suppress(FileExistsError):
            one.mkdir(mode=PRIVATE_FOLDER)
            one.chmod(PRIVATE_FOLDER)  # the umask may have taken the owner's own rights


def create_private(path: Path) -> int:
    """Create `path`, which must not exist, and return its descriptor, open to read and write."""
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, PRIVATE_FILE)
    path.chmod(PRIVATE_FILE)
    return descriptor


def replace_private(path: Path, data: bytes) -> None:
    """Put `data` in the place of `path`, whole or not at all. Raises `OSError`."""
    temporary = _write_temporary(path, data)
    try:
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def publish_private(path: Path, data: bytes) -> None:
    """Create `path` holding `data`, whole or not at all.

    Raises `FileExistsError` and touches nothing when `path` exists; `OSError` otherwise.
    """
    temporary = _write_temporary(path, data)
    try:
        try:
            os.link(temporary, path)  # unlike a rename, it never replaces
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links, such as FAT: claim the name first
            os.close(create_private(path))
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def _write_temporary(path: Path, data: bytes) -> Path:
    """Write `data` safely to disk beside `path`, under a hidden name, and return that name."""
    make_private_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with os.fdopen(create_private(temporary), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def sync_folder(folder: Path) -> None:
    """Make new names in `folder` survive a power cut, where the platform allows it."""
    with contextlib.suppress(OSError):  # Windows cannot open a folder
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
