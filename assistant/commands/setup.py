"""``callcoach setup``: what is there, what is missing, how to get it; fetches the speech model."""

from __future__ import annotations

import argparse
import importlib.metadata
import platform
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from assistant.commands.models import progress_bar
from assistant.errors import ModelError

System = Literal["debian", "fedora", "macos", "windows", "other"]

_PROBE_TIMEOUT_S = 60.0
_ACCURATE = 'pip install "callcoach[accurate]"'
_REINSTALL = "pip install --force-reinstall {}"
_VOICE = {
    "debian": "sudo apt-get install espeak-ng libespeak-ng1",
    "fedora": "sudo dnf install espeak-ng",
    "macos": "The voice is part of macOS: " + _REINSTALL.format("pyttsx3"),
    "windows": "The voice is part of Windows: " + _REINSTALL.format("pyttsx3"),
    "other": "Install espeak-ng and its library with your system's package manager",
}
_SOUND = {
    "debian": "sudo apt-get install libportaudio2",
    "fedora": "sudo dnf install portaudio",
    "macos": _REINSTALL.format("sounddevice"),
    "windows": _REINSTALL.format("sounddevice"),
    "other": "Install the PortAudio library with your system's package manager",
}
_NODE = {
    "debian": "sudo apt-get install npm",
    "fedora": "sudo dnf install nodejs-npm",
    "macos": "brew install node",
    "windows": "winget install OpenJS.NodeJS",
    "other": "Install Node.js with your system's package manager",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report."""

    what: str
    needed: bool
    fine: bool
    detail: str
    """One line; further lines are shown below the table where it is not fine."""
    remedy: str
    """What to type where it is not fine."""


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of this command."""
    parser = subparsers.add_parser("setup", help="check this machine and fetch the speech model")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:  # noqa: ARG001 - every command takes them
    system = this_system()
    checks = [
        check_packages(),
        check_library("Voice", "import pyttsx3; pyttsx3.init()", _VOICE[system]),
        check_library("Sound (PortAudio)", "import sounddevice", _SOUND[system]),
        *check_model(system),
        check_second_engine(),
    ]
    _show(checks)
    return 1 if any(check.needed and not check.fine for check in checks) else 0


def this_system(os_release: Callable[[], dict[str, str]] | None = None) -> System:
    """The family of systems this one belongs to, for its package manager's sake.

    `os_release` stands in for ``/etc/os-release`` (and makes it a Linux).
    """
    if os_release is None:
        if sys.platform == "darwin":
            return "macos"
        if sys.platform == "win32":
            return "windows"
        os_release = platform.freedesktop_os_release
    try:
        release = os_release()
    except OSError:
        return "other"
    names = {release.get("ID", ""), *release.get("ID_LIKE", "").split()}
    if names & {"debian", "ubuntu"}:
        return "debian"
    return "fedora" if names & {"fedora", "rhel"} else "other"


def check_packages() -> Check:
    """Whether every Python package that callcoach requires is installed."""
    missing = []
    for requirement in importlib.metadata.requires("callcoach") or ():
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        if "extra ==" in requirement:
            continue
        try:
            importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    detail = f"missing: {', '.join(missing)}" if missing else "all installed"
    return Check("Python packages", True, not missing, detail, "pip install --upgrade callcoach")


def check_library(what: str, code: str, remedy: str) -> Check:
    """Whether `code` runs in a Python of its own: a broken system library cannot hurt us there."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True,
            timeout=_PROBE_TIMEOUT_S, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Check(what, True, False, "does not answer", remedy)
    lines = done.stderr.strip().splitlines() or [f"ended with code {done.returncode}"]
    if done.returncode:
        return Check(what, True, False, lines[-1], remedy)
    return Check(what, True, True, "works", remedy)


def check_model(system: System) -> tuple[Check, ...]:
    """The speech model, fetched where there is none."""
    from assistant.recognition.model_install import fetch_best
    from assistant.recognition.model_manifest import load_manifest
    from assistant.recognition.model_store import find_model, model_folders

    what = "Speech model"
    try:
        try:
            model = find_model()
        except ModelError as error:
            if error.code != "model-missing":
                raise
            with progress_bar() as progress:
                model = fetch_best(load_manifest().model, model_folders()[0], progress)
    except ModelError as error:
        remedy = error.hint
        if "npm, which is not installed" in error.message:
            remedy = f"{_NODE[system]}, then: callcoach setup"
        return (Check(what, True, False, error.message, remedy),)
    if model.fit_for_dictation:
        return (Check(what, True, True, model.name, ""),)
    return (
        Check(what, True, True, f"{model.name}, for cues", ""),
        _dictation_check(),
    )


def check_second_engine() -> Check:
    """Whether the engine for accurate dictation and second opinions is installed."""
    try:
        version = importlib.metadata.version("moonshine-voice")
    except importlib.metadata.PackageNotFoundError:
        return Check("Second engine", False, False, "moonshine-voice is not installed", _ACCURATE)
    return Check("Second engine", False, True, f"moonshine-voice {version}", _ACCURATE)


def _dictation_check() -> Check:
    """Who dictates where the model cannot."""
    second = check_second_engine()
    detail = "by the second engine" if second.fine else "the model cannot, and there is no other"
    better = "callcoach models fetch vosk-model-small-en-us-0.15"
    return Check("Dictation", False, second.fine, detail, f"{_ACCURATE}, or: {better}")


def _show(checks: list[Check]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for check in checks:
        mark = "fine" if check.fine else "MISSING" if check.needed else "optional"
        table.add_row(mark, check.what, Text(check.detail.partition("\n")[0]))
    console.print(table)
    for check in checks:
        if not check.fine:
            # Text, not markup, and never folded: this is there to be copied.
            more = check.detail.partition("\n")[2]
            lines = [f"\n{check.what}:", *more.splitlines(), f"  {check.remedy}"]
            console.print(Text("\n".join(lines)), soft_wrap=True)
    if all(check.fine or not check.needed for check in checks):
        console.print("\nReady. Try: callcoach breathe")
