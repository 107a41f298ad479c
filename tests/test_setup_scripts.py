"""The shell scripts behind `make`, run with stand-ins for the programs that change a system."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / "scripts"
SUCCEEDS = "exit 0"


@dataclass
class Machine:
    """A PATH that holds only what is put there; every stand-in notes how it was called."""

    bin: Path
    log: Path

    def has(self, name: str, body: str = SUCCEEDS) -> None:
        script = self.bin / name
        script.write_text(f'#!/bin/bash\necho "{name} $*" >>"{self.log}"\n{body}\n')
        script.chmod(0o700)

    def run(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(SCRIPTS / script), *arguments],
            env={"PATH": str(self.bin)},
            capture_output=True,
            text=True,
            check=False,
        )

    def called(self, *names: str) -> list[str]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line for line in lines if line.split()[0] in names]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path / "bin", tmp_path / "log")
    made.bin.mkdir()
    for name in ("bash", "env", "dirname"):
        real = shutil.which(name)
        assert real
        (made.bin / name).symlink_to(real)
    return made


def debian(machine: Machine, installed: str = "", user: int = 0) -> None:
    machine.has("apt-get")
    machine.has("dpkg-query", f'[[ " {installed} " == *" ${{@: -1}} "* ]] && echo -n installed')
    machine.has("id", f"echo {user}")


def test_only_what_is_missing_is_installed(machine: Machine) -> None:
    debian(machine, installed="espeak-ng libportaudio2")
    assert machine.run("system_packages.sh", "run").returncode == 0
    update, install = machine.called("apt-get")
    assert update.startswith("apt-get update")
    assert install.split()[-1] == "libespeak-ng1"
    assert "espeak-ng" not in install.split()


def test_nothing_is_done_where_nothing_is_missing(machine: Machine) -> None:
    debian(machine, installed="espeak-ng libespeak-ng1 libportaudio2")
    done = machine.run("system_packages.sh", "run")
    assert (done.returncode, done.stdout, machine.called("apt-get")) == (0, "", [])


def test_without_apt_the_check_is_left_to_callcoach_setup(machine: Machine) -> None:
    assert machine.run("system_packages.sh", "run").returncode == 0


def test_sudo_is_used_by_others_than_root(machine: Machine) -> None:
    debian(machine, user=1000)
    machine.has("sudo", 'exec "$@"')
    assert machine.run("system_packages.sh", "npm").returncode == 0
    assert len(machine.called("sudo")) == 2
    assert len(machine.called("apt-get")) == 2


def test_without_sudo_the_command_is_told(machine: Machine) -> None:
    debian(machine, user=1000)
    done = machine.run("system_packages.sh", "run")
    assert done.returncode == 1
    assert "apt-get install espeak-ng libespeak-ng1 libportaudio2" in done.stderr
    assert machine.called("apt-get") == []


def test_an_apt_that_fails_is_told(machine: Machine) -> None:
    debian(machine)
    machine.has("apt-get", "exit 100")
    done = machine.run("system_packages.sh", "run")
    assert done.returncode == 1
    assert "could not install: espeak-ng" in done.stderr


def test_an_old_python_is_told(machine: Machine, tmp_path: Path) -> None:
    machine.has("python3", "exit 1")
    done = machine.run("create_venv.sh", str(tmp_path / "venv"))
    assert done.returncode == 1
    assert "callcoach needs Python 3.11 or newer" in done.stderr


def test_the_newest_python_makes_the_environment(machine: Machine, tmp_path: Path) -> None:
    machine.has("python3.13", "exit 127")  # a shim for a version that is not installed
    machine.has("python3.12")
    machine.has("python3")
    assert machine.run("create_venv.sh", str(tmp_path / "venv")).returncode == 0
    assert machine.called("python3.12", "python3")[-1] == (
        f"python3.12 -m venv --clear {tmp_path / 'venv'}"
    )


def test_a_model_that_is_there_is_not_fetched(machine: Machine) -> None:
    machine.has("callcoach")
    assert machine.run("fetch_model.sh", "callcoach").returncode == 0
    assert machine.called("callcoach") == ["callcoach models path"]


@pytest.mark.parametrize("has_npm", [False, True])
def test_npm_is_the_last_resort(machine: Machine, has_npm: bool) -> None:
    debian(machine)
    machine.has("callcoach", "exit 1")
    if has_npm:
        machine.has("npm")
    assert machine.run("fetch_model.sh", "callcoach").returncode == 1
    fetches = ["callcoach models fetch"] * (1 if has_npm else 2)
    assert machine.called("callcoach") == ["callcoach models path", *fetches]
    assert any("install" in call for call in machine.called("apt-get")) is not has_npm
