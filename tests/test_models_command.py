from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import pytest
from model_kit import FILES, everything_under, write_model, zip_of

from assistant.commands import models, setup
from assistant.commands.setup import Check, check_library, check_packages, this_system
from assistant.errors import ModelError, UsageError

DICTATES = "vosk-model-small-en-us-0.15"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder with models, and an own folder for the choice."""
    folder = tmp_path / "models"
    monkeypatch.setenv("CALLCOACH_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CALLCOACH_MODELS", str(folder))
    monkeypatch.setattr("assistant.recognition.model_store.checkout_root", lambda: None)
    return folder


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    subparsers = parser.add_subparsers()
    for command in (models, setup):
        command.add_to(subparsers)
    arguments = parser.parse_args(words)
    code = arguments.run(arguments)
    assert isinstance(code, int)
    return code


def test_fetch_from_a_zip_then_verify_use_and_path(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = tmp_path / "mine.zip"
    archive.write_bytes(zip_of(FILES, "vosk-model-mine/"))
    assert run("models", "fetch", "--from", str(archive)) == 0
    installed = folder / "vosk-model-mine"
    assert str(installed) in capsys.readouterr().out
    # A model that is in no list can only have been fetched to be used.
    assert run("models", "path") == 0
    assert capsys.readouterr().out == f"{installed}\n"
    assert run("models", "verify") == 0
    (installed / "conf/mfcc.conf").write_bytes(b"changed")
    assert run("models", "verify") == 1
    assert "conf/mfcc.conf is damaged" in capsys.readouterr().out
    assert run("models", "list") == 0
    assert f"In use: {installed}" in capsys.readouterr().out


def test_use(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = write_model(tmp_path / "own")
    assert run("models", "use", str(own)) == 0
    assert f"In use: {own}" in capsys.readouterr().out
    with pytest.raises(ModelError) as caught:
        run("models", "use", "auto")
    assert caught.value.code == "model-missing"
    with pytest.raises(ModelError, match="is not installed") as caught:
        run("models", "use", DICTATES)
    assert caught.value.hint == f"Run: callcoach models fetch {DICTATES}"
    with pytest.raises(ModelError) as caught:
        run("models", "use", str(tmp_path / "nowhere"))
    assert caught.value.code == "model-invalid"


def test_list_without_any_model(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("models", "list") == 0
    shown = capsys.readouterr().out
    assert DICTATES in shown
    assert "In use" not in shown


def test_an_unknown_name_is_wrong_usage(folder: Path) -> None:
    with pytest.raises(UsageError, match="no model called nonsense"):
        run("models", "fetch", "nonsense")


def test_verify_without_any_model(folder: Path) -> None:
    with pytest.raises(ModelError) as caught:
        run("models", "verify")
    assert caught.value.code == "model-missing"


@pytest.mark.needs_model
def test_setup_on_this_machine(
    vosk_model_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLCOACH_MODELS", str(vosk_model_path.parent))
    assert run("setup") == 0
    shown = capsys.readouterr().out
    assert "Ready." in shown
    assert "MISSING" not in shown


def test_setup_fails_when_something_needed_is_missing(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Check("Voice", True, False, "no voice", "sudo apt-get install espeak-ng")
    monkeypatch.setattr(setup, "check_library", lambda what, code, remedy: broken)
    write_model(folder / DICTATES)
    assert run("setup") == 1
    shown = capsys.readouterr().out
    assert "MISSING" in shown
    assert "sudo apt-get install espeak-ng" in shown
    assert "Ready." not in shown
    assert everything_under(folder / DICTATES) == sorted(FILES), (
        "what is there is not fetched again"
    )


def test_setup_without_network_says_what_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def unreachable(*arguments: object) -> None:
        raise ModelError("model-unavailable", "No source: needs npm, which is not installed.", "-")

    monkeypatch.setattr("assistant.recognition.model_install.fetch_best", unreachable)
    (check,) = setup.check_model("fedora")
    assert not check.fine
    assert check.remedy == "sudo dnf install nodejs-npm, then: callcoach setup"


def test_packages_are_found() -> None:
    assert check_packages().fine


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ["numpy>=1", "no-such-package-here>=2", 'other; extra == "accurate"']
    monkeypatch.setattr("importlib.metadata.requires", lambda name: wanted)
    check = check_packages()
    assert not check.fine
    assert check.detail == "missing: no-such-package-here"


def test_a_library_that_does_not_load_or_kills_its_process() -> None:
    assert check_library("x", "pass", "remedy").fine
    broken = check_library("x", "raise OSError('PortAudio library not found')", "remedy")
    assert (broken.fine, broken.detail) == (False, "OSError: PortAudio library not found")
    dead = check_library("x", "import os; os._exit(3)", "remedy")
    assert (dead.fine, dead.detail) == (False, "ended with code 3")


@pytest.mark.parametrize(
    ("release", "system"),
    [
        ({"ID": "debian"}, "debian"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "debian"),
        ({"ID": "fedora"}, "fedora"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "fedora"),
        ({"ID": "arch"}, "other"),
    ],
)
def test_systems(release: dict[str, str], system: str) -> None:
    assert this_system(lambda: release) == system


def test_parsing_the_commands_loads_nothing_heavy() -> None:
    code = (
        "import argparse, sys; from assistant.commands import models, setup;"
        "s = argparse.ArgumentParser().add_subparsers(); models.add_to(s); setup.add_to(s);"
        "sys.exit(', '.join({'rich', 'requests', 'msgspec', 'vosk', 'lxml'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""
