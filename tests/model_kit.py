"""A tiny model that looks like one to the model store, its archives, and a server that has them."""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from assistant.recognition.model_manifest import ListedFile, Manifest, Model, Source
from assistant.recognition.model_store import NEEDED_FILES

FILES = {name: name.encode() * 3000 for name in (*NEEDED_FILES, "ivector/final.ie")}
DICTATES = "vosk-model-tiny"
CUES_ONLY = "vosk-model-tiny-cues"
CUES_ONLY_FILES = FILES | {"graph/Gr.fst": b"another language model"}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def zip_of(files: Mapping[str, bytes], top: str = "") -> bytes:
    """A zip with `files` under the folder `top`, given with its slash."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(top + name, data)
    return buffer.getvalue()


def npm_package(member: str, data: bytes) -> bytes:
    """A tarball as `npm pack` leaves it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        info = tarfile.TarInfo(f"package/{member}")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def write_model(folder: Path, files: Mapping[str, bytes] = FILES) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def model(name: str = DICTATES, *sources: Source, limit_bytes: int = 10_000_000) -> Model:
    """A manifest entry: DICTATES lists only the files both models share, as in real life."""
    whole = name == CUES_ONLY
    listed = CUES_ONLY_FILES if whole else {k: v for k, v in FILES.items() if "Gr" not in k}
    return Model(
        name=name,
        role="recogniser",
        purpose="Tests.",
        licence="Apache-2.0",
        fit_for=("cues",) if whole else ("cues", "dictation"),
        download_bytes=1,
        unpacked_limit_bytes=limit_bytes,
        files_complete=whole,
        source=sources,
        file=tuple(ListedFile(path=k, size_bytes=len(v), sha256=sha256(v))
                   for k, v in listed.items()),
    )  # fmt: skip


MANIFEST = Manifest(model=(model(DICTATES), model(CUES_ONLY)))


def stub_npm(folder: Path, package: Path | str) -> None:
    """Put a program called npm in `folder`; it packs `package`, or fails with that error code."""
    script = folder / "npm"
    fails = f"echo npm error code {package} >&2; exit 1"
    body = f"cp '{package}' ." if isinstance(package, Path) else fails
    script.write_text(f"#!/bin/sh\n{body}\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)


@dataclass
class Site:
    """A web server on this machine; `cuts` says after how many bytes to hang up, per answer."""

    url: str
    files: dict[str, bytes] = field(default_factory=dict)
    cuts: list[int] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)
    """The Range header of every request; "" where there was none."""


@contextmanager
def serving() -> Iterator[Site]:
    """Run a `Site` for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

        def do_GET(self) -> None:
            data = site.files.get(self.path)
            wanted = self.headers.get("Range", "")
            site.ranges.append(wanted)
            if data is None:
                self.send_error(404)
                return
            match = re.fullmatch(r"bytes=(\d+)-", wanted)
            start = int(match[1]) if match else 0
            if match and start >= len(data):
                self.send_error(416)
                return
            self.send_response(206 if match else 200)
            self.send_header("Content-Length", str(len(data) - start))
            self.end_headers()
            end = start + site.cuts.pop(0) if site.cuts else len(data)
            self.wfile.write(data[start:end])

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = Site(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


def everything_under(folder: Path) -> list[str]:
    """Paths of all files below `folder`, hidden ones too."""
    return sorted(
        os.path.relpath(os.path.join(root, name), folder)  # noqa: PTH118
        for root, _, names in os.walk(folder)
        for name in names
    )
