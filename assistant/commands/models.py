"""``callcoach models``: list, fetch, verify and choose speech models."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import ModelError, UsageError

if TYPE_CHECKING:
    from assistant.recognition.model_download import Progress
    from assistant.recognition.model_manifest import Manifest, Model


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of this group."""
    parser = subparsers.add_parser("models", help="list, fetch, verify and choose speech models")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="what there is, and what is installed")
    listing.set_defaults(run=_list)
    fetch = actions.add_parser("fetch", help="download and install a model")
    fetch.add_argument("name", nargs="?", metavar="NAME", help="default: the best to be had")
    fetch.add_argument(
        "--from", dest="source", type=Path, metavar="PATH", help="a folder or zip you already have"
    )
    fetch.set_defaults(run=_fetch)
    verify = actions.add_parser("verify", help="check every file of the installed models")
    verify.set_defaults(run=_verify)
    use = actions.add_parser("use", help="choose the model to listen with")
    use.add_argument(
        "model", metavar="NAME|PATH|auto", help="auto: the best one installed, the default"
    )
    use.set_defaults(run=_use)
    path = actions.add_parser("path", help="print the folder of the model in use")
    path.set_defaults(run=_path)


def _list(arguments: argparse.Namespace) -> int:  # noqa: ARG001 - every command takes them
    from rich.console import Console
    from rich.table import Table

    from assistant.recognition.model_manifest import load_manifest
    from assistant.recognition.model_store import (
        chosen_path,
        find_model,
        installed_models,
        model_folders,
    )

    manifest = load_manifest()
    installed = {found.name for found in installed_models(manifest, model_folders())}
    table = Table("model", "for", "download", "licence", "installed", box=None)
    table.columns[0].no_wrap = True
    for model in manifest.model:
        size = f"{model.download_bytes / 1e6:.0f} MB"
        there = "yes" if model.name in installed else "no"
        table.add_row(model.name, ", ".join(model.fit_for), size, model.licence, there)
    console = Console()
    console.print(table)
    if installed or chosen_path() is not None:
        console.print(f"In use: {find_model().path}", soft_wrap=True)
    return 0


def _fetch(arguments: argparse.Namespace) -> int:
    from assistant.recognition.model_install import fetch_best, install_from
    from assistant.recognition.model_manifest import load_manifest
    from assistant.recognition.model_store import choose, model_folders

    manifest = load_manifest()
    models = [_known(manifest, arguments.name)] if arguments.name else manifest.model
    folder = model_folders()[0]
    if arguments.source is not None:
        model = install_from(arguments.source, folder, manifest, arguments.name)
        if model.name not in {known.name for known in manifest.model}:
            choose(model.path)
    else:
        with progress_bar() as progress:
            model = fetch_best(models, folder, progress)
    print(f"Installed {model.name} in {model.path}")
    if not model.fit_for_dictation:
        print("It hears cues; it is not fit for dictation.")
    return 0


def _verify(arguments: argparse.Namespace) -> int:  # noqa: ARG001 - every command takes them
    from assistant.recognition.model_manifest import load_manifest
    from assistant.recognition.model_store import (
        chosen_path,
        find_model,
        installed_models,
        model_folders,
        verify_model,
    )

    manifest = load_manifest()
    paths = [model.path for model in installed_models(manifest, model_folders())]
    if chosen_path() is not None or not paths:
        paths = list(dict.fromkeys([*paths, find_model().path]))
    wrong = {path: verify_model(path, manifest) for path in paths}
    for path, problems in wrong.items():
        print(f"{path}: {'; '.join(problems) if problems else 'every file is as it should be'}")
    return 1 if any(wrong.values()) else 0


def _use(arguments: argparse.Namespace) -> int:
    from assistant.recognition.model_manifest import load_manifest
    from assistant.recognition.model_store import (
        choose,
        find_model,
        installed_models,
        model_folders,
    )

    manifest = load_manifest()
    if arguments.model == "auto":
        choose(None)
    elif arguments.model in {model.name for model in manifest.model}:
        found = installed_models(manifest, model_folders())
        places = [model.path for model in found if model.name == arguments.model]
        if not places:
            raise ModelError(
                "model-missing",
                f"{arguments.model} is not installed.",
                f"Run: callcoach models fetch {arguments.model}",
            )
        choose(places[0])
    else:
        choose(Path(arguments.model).expanduser())
    print(f"In use: {find_model().path}")
    return 0


def _path(arguments: argparse.Namespace) -> int:  # noqa: ARG001 - every command takes them
    from assistant.recognition.model_store import find_model

    print(find_model().path)
    return 0


def _known(manifest: Manifest, name: str) -> Model:
    for model in manifest.model:
        if model.name == name:
            return model
    names = ", ".join(model.name for model in manifest.model)
    raise UsageError("model-unknown", f"There is no model called {name}.", f"There are: {names}")


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar for each download, on standard error; callable as `Progress`."""
    from rich import progress as bars
    from rich.console import Console

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.DownloadColumn(),
        bars.TransferSpeedColumn(),
    )
    with bars.Progress(*columns, console=Console(stderr=True)) as shown:
        tasks: dict[str, bars.TaskID] = {}

        def update(label: str, done_bytes: int, total_bytes: int | None) -> None:
            if label not in tasks:
                tasks[label] = shown.add_task(label, total=total_bytes)
            shown.update(tasks[label], completed=done_bytes, total=total_bytes)

        yield update
