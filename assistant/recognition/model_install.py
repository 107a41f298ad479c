"""Installing a model: fetch, unpack beside its place, check, and only then move it there."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from assistant.errors import ModelError
from assistant.recognition.model_archive import unpack_model
from assistant.recognition.model_download import Progress, describe, fetch_archive, maven_url
from assistant.recognition.model_manifest import Manifest, Model
from assistant.recognition.model_store import (
    InstalledModel,
    identify,
    problem_with,
    write_record,
    wrong_files,
)

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_ARCHIVE_GROWTH = 10
"""An archive the user names may unpack to this many times its size; Vosk models double."""


def fetch_best(
    models: Sequence[Model],
    folder: Path,
    progress: Progress,
    find_url: Callable[[str], str] = maven_url,
) -> InstalledModel:
    """Install into `folder` the first of `models` that any of its sources gives.

    Raises `ModelError`: ``model-unavailable``, which tells what was wrong with each source, or
    ``disk-full`` and ``model-store-unwritable``, where no other source would help.
    """
    failures = []
    downloads = folder / ".downloads"
    for model in models:
        for source in model.source:
            try:
                with _staging(folder, model.name) as staging:
                    limit_bytes = model.unpacked_limit_bytes
                    downloads.mkdir(mode=0o700, exist_ok=True)
                    archive = fetch_archive(source, downloads, limit_bytes, progress, find_url)
                    try:
                        unpack_model(archive, staging, limit_bytes)
                        return _settle(staging, folder, model, describe(source))
                    finally:
                        archive.unlink()
            except ModelError as error:
                if error.code in {"disk-full", "model-store-unwritable"}:
                    raise
                failures.append(f"  - {model.name} from {describe(source)}: {error.message}")
    raise ModelError(
        "model-unavailable",
        "\n".join(["No source gave a usable speech model.", *failures]) + "\n",
        "With a model from elsewhere: callcoach models fetch --from FOLDER_OR_ZIP",
    )


def install_from(
    path: Path, folder: Path, manifest: Manifest, name: str | None = None
) -> InstalledModel:
    """Install into `folder` the model in the folder or zip archive `path`.

    With a `name` it must be that model of the manifest; without one it is recognised by its
    files, and an unknown model keeps the name of its folder. Raises `ModelError`.
    """
    if not path.exists():
        raise ModelError("model-missing", f"There is no {path}.", "Check the path.")
    wanted = next((model for model in manifest.model if model.name == name), None)
    with _staging(folder, name or path.stem) as staging:
        if path.is_dir():
            if problem := problem_with(path):
                raise _not_a_model(path, problem)
            shutil.copytree(path, staging)
            called = path.resolve().name
        else:
            limit_bytes = (
                wanted.unpacked_limit_bytes if wanted else _ARCHIVE_GROWTH * path.stat().st_size
            )
            called = unpack_model(path, staging, limit_bytes) or path.stem
        # Under its own name, for the name is part of what tells models apart.
        named = staging.with_name(called)
        staging.rename(named)
        model = wanted or identify(named, manifest) or called
        return _settle(named, folder, model, str(path))


def _settle(staging: Path, folder: Path, model: Model | str, source: str) -> InstalledModel:
    """Check the unpacked model and move it to its place; what was there goes only then."""
    name = model if isinstance(model, str) else model.name
    if problem := problem_with(staging):
        raise _not_a_model(Path(source), problem)
    if isinstance(model, Model):
        wrong = wrong_files(staging, {file.path: file.sha256 for file in model.file})
        if wrong:
            raise ModelError(
                "checksum-wrong", f"This is not {name} as published: {'; '.join(wrong)}."
            )
    write_record(staging, name, source)
    target = folder / name
    if target.exists():
        target.rename(staging.with_name("replaced"))
    staging.rename(target)
    return InstalledModel(target, name, isinstance(model, str) or "dictation" in model.fit_for)


@contextmanager
def _staging(folder: Path, name: str) -> Iterator[Path]:
    """A path, not yet there, on the same file system as `folder`, and gone afterwards.

    What the file system refuses becomes a `ModelError`.
    """
    around = folder / f".incoming-{name}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.rmtree(around, ignore_errors=True)  # left behind by one that was killed
        around.mkdir(mode=0o700)
        yield around / "model"
    except OSError as error:
        if error.errno in _FULL:
            raise ModelError(
                "disk-full",
                f"There is no room for the model in {folder}.",
                "Free about 150 MB, or set CALLCOACH_MODELS to a folder with more room.",
            ) from error
        raise ModelError(
            "model-store-unwritable",
            f"{error.filename or folder} cannot be used: {error.strerror or error}.",
            "Check that you may write there, or set CALLCOACH_MODELS to another folder.",
        ) from error
    finally:
        shutil.rmtree(around, ignore_errors=True)


def _not_a_model(path: Path, problem: str) -> ModelError:
    return ModelError(
        "model-invalid",
        f"{path} is not a Vosk model that callcoach can use: {problem}.",
        "It needs a small model with a dynamic graph, such as vosk-model-small-en-us-0.15.",
    )
