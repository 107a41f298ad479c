"""Where speech models are, which one to use, and whether its files are what they should be."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from assistant.errors import ModelError
from assistant.recognition.model_manifest import Manifest, Model, load_manifest
from assistant.resources import checkout_root
from assistant.settings import data_folder

RECORD = "callcoach-model.json"
"""Written into a model's folder at install: its name and the sha256 of every file."""

NEEDED_FILES = ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf", "graph/HCLr.fst",
                "graph/Gr.fst")  # fmt: skip
"""What Vosk must find; a static ``HCLG.fst`` will not do, for it takes no cue grammar."""


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model on this machine that Vosk can open."""

    path: Path
    name: str
    fit_for_dictation: bool
    """False for a model whose language model is of use only under a grammar."""


class Record(msgspec.Struct, frozen=True):
    """The contents of `RECORD`."""

    name: str
    source: str
    """Where it came from, for people."""
    files: dict[str, str]
    """sha256 by path, with forward slashes."""


def model_folders() -> tuple[Path, ...]:
    """Folders that hold models, the one to install into first."""
    folders = []
    if override := os.environ.get("CALLCOACH_MODELS"):
        folders.append(Path(override).expanduser().absolute())
    if root := checkout_root():
        folders.append(root / "models")
    folders.append(data_folder() / "models")
    return tuple(folders)


def find_model(folders: Sequence[Path] | None = None) -> InstalledModel:
    """The recogniser's model: the user's choice, else the best one installed in `folders`.

    `folders` defaults to `model_folders()`. Raises `ModelError` (``model-missing``,
    ``model-invalid`` for a chosen folder that is no longer a model).
    """
    if (chosen := chosen_path()) is not None:
        if not chosen.is_dir():
            raise ModelError(
                "model-missing",
                f"The model you chose, {chosen}, is not there any more.",
                "Run: callcoach models use auto",
            )
        return inspect_model(chosen)
    found = installed_models(load_manifest(), model_folders() if folders is None else folders)
    if not found:
        raise ModelError("model-missing", "No speech model is installed.", "Run: callcoach setup")
    return found[0]


def installed_models(manifest: Manifest, folders: Sequence[Path]) -> tuple[InstalledModel, ...]:
    """Every model of the manifest that is installed, in the manifest's order; may be empty."""
    places = [folder / model.name for model in manifest.model for folder in folders]
    return tuple(inspect_model(place, manifest) for place in places if not problem_with(place))


def inspect_model(path: Path, manifest: Manifest | None = None) -> InstalledModel:
    """What the folder `path` holds, without reading its large files.

    A model that the manifest does not know goes by its folder's name and may dictate. Raises
    `ModelError` (``model-invalid``) when Vosk could not open it.
    """
    if problem := problem_with(path):
        raise ModelError(
            "model-invalid",
            f"{path} is not a Vosk model that callcoach can use: {problem}.",
            "It needs a small model with a dynamic graph, such as vosk-model-small-en-us-0.15.",
        )
    known = identify(path, manifest or load_manifest())
    if known is None:
        return InstalledModel(path, path.name, fit_for_dictation=True)
    return InstalledModel(path, known.name, fit_for_dictation="dictation" in known.fit_for)


def problem_with(path: Path) -> str:
    """Why the folder `path` is not a usable model, or "" when it is one."""
    try:
        if not path.is_dir():
            return "it is not a folder"
    except OSError as error:
        return f"it cannot be read ({error.strerror})"
    missing = [name for name in NEEDED_FILES if not _size(path / name)]
    return f"{', '.join(missing)} missing or empty" if missing else ""


def identify(path: Path, manifest: Manifest) -> Model | None:
    """The manifest's model that the folder `path` holds, by record or file sizes, or None."""
    candidates = [
        model
        for model in manifest.model
        if all(_size(path / file.path) == file.size_bytes for file in model.file)
    ]
    record = read_record(path)
    names = {path.name, record.name if record else path.name}
    # A whole listing is proof; a partial one also fits relatives with the same acoustic model.
    proven = [model for model in candidates if model.files_complete]
    named = [model for model in candidates if model.name in names]
    return next(iter(proven + named), None)


def verify_model(path: Path, manifest: Manifest) -> tuple[str, ...]:
    """Read every file of the model at `path`; one sentence for each that is not as it should be.

    Compared with the manifest and with the record made at install; without either there is
    nothing to compare with, and the one sentence says so.
    """
    model = identify(path, manifest)
    record = read_record(path)
    expected = dict(record.files) if record else {}
    if model:
        expected |= {file.path: file.sha256 for file in model.file}
    if not expected:
        return ("nothing is known of this model, so its files cannot be checked",)
    return wrong_files(path, expected)


def wrong_files(path: Path, expected: Mapping[str, str]) -> tuple[str, ...]:
    """One sentence for each file under `path` whose sha256 is not the `expected` one."""
    problems = []
    for name, sha256 in sorted(expected.items()):
        file = path / name
        if not file.is_file():
            problems.append(f"{name} is missing")
        elif file_sha256(file) != sha256:
            problems.append(f"{name} is damaged")
    return tuple(problems)


def file_sha256(path: Path) -> str:
    """The sha256 of a file, in hexadecimal; raises `OSError`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_record(path: Path) -> Record | None:
    """The record that an install left in the folder `path`, or None."""
    try:
        return msgspec.json.decode((path / RECORD).read_bytes(), type=Record)
    except (OSError, msgspec.DecodeError):
        return None


def write_record(path: Path, name: str, source: str) -> None:
    """Leave a record of every file in the folder `path`; raises `OSError`."""
    files = sorted(file for file in path.rglob("*") if file.is_file() and file.name != RECORD)
    hashes = {file.relative_to(path).as_posix(): file_sha256(file) for file in files}
    _write_private(path / RECORD, msgspec.json.encode(Record(name, source, hashes)))


def chosen_path() -> Path | None:
    """The folder the user chose with ``callcoach models use``, or None."""
    try:
        text = _choice_file().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return Path(text) if text else None


def choose(path: Path | None) -> None:
    """Remember `path` as the model to use; None goes back to the best one installed.

    Raises `ModelError` (``model-invalid``, ``model-store-unwritable``).
    """
    if path is not None:
        inspect_model(path)
    try:
        if path is None:
            _choice_file().unlink(missing_ok=True)
        else:
            _choice_file().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write_private(_choice_file(), f"{path.absolute()}\n".encode())
    except OSError as error:
        raise ModelError(
            "model-store-unwritable",
            f"{_choice_file()} cannot be written: {error.strerror or error}.",
            "Check that you may write there.",
        ) from error


def _choice_file() -> Path:
    return data_folder() / "chosen-model.txt"


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _size(path: Path) -> int:
    """Size of a file in bytes; 0 when there is none."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0
