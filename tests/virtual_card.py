"""The virtual sound card as a fixture: a microphone to speak into, a speaker to listen to."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.audio.devices import SoundSystem

SCRIPT = Path(__file__).parents[1] / "scripts" / "virtual_card.sh"
_PATIENCE_S = 10.0
_LOOK_S = 0.02


class VirtualCard:
    """A running virtual card; `env` is what a program needs to use it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env: dict[str, str] = {}

    def start(self) -> None:
        """Start the sound server, also after `stop`."""
        run = subprocess.run(
            [str(SCRIPT), "start", str(self.folder)], capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stderr
        self.env = dict(line.split("=", 1) for line in run.stdout.splitlines())

    def stop(self) -> None:
        """Take the whole sound server away, as if every device were unplugged."""
        subprocess.run([str(SCRIPT), "stop", str(self.folder)], check=True)

    def play_into_mic(self, path: Path) -> subprocess.Popen[bytes]:
        """Begin to play the sound file `path` into the microphone."""
        return subprocess.Popen(
            ["paplay", "--device=virtual_mic_sink", "--latency-msec=20", str(path)],
            env={**os.environ, **self.env},
        )

    def record_speaker(self, path: Path) -> contextlib.AbstractContextManager[None]:
        """Record what the speaker plays, as a 16 kHz mono WAV, for as long as the block runs."""
        return self._record("virtual_speaker.monitor", 1, path)

    def record_both(self, path: Path) -> contextlib.AbstractContextManager[None]:
        """Record microphone (left) and speaker (right) on one timeline, sample by sample."""
        return self._record("virtual_card.monitor", 2, path)

    @contextlib.contextmanager
    def echoing(self) -> Iterator[None]:
        """For as long as the block runs, the default microphone hears the speaker too."""
        module = self._pactl(
            "load-module", "module-remap-source", "source_name=echoing_mic",
            "master=virtual_card.monitor", "channels=1", "channel_map=mono", "remix=yes",
        )  # fmt: skip
        self._pactl("set-default-source", "echoing_mic")
        try:
            yield
        finally:
            self._pactl("set-default-source", "virtual_mic")
            self._pactl("unload-module", module)

    def _pactl(self, *words: str) -> str:
        run = subprocess.run(
            ["pactl", *words],
            env={**os.environ, **self.env},
            capture_output=True,
            text=True,
            check=True,
        )
        return run.stdout.strip()

    @contextlib.contextmanager
    def _record(self, source: str, channels: int, path: Path) -> Iterator[None]:
        recorder = subprocess.Popen(
            ["parec", f"--device={source}", "--rate=16000", f"--channels={channels}",
             "--format=s16le", "--latency-msec=10", "--file-format=wav", str(path)],
            env={**os.environ, **self.env},
        )  # fmt: skip
        try:
            wait_until(lambda: path.exists() and path.stat().st_size > 4096)
            yield
        finally:
            recorder.terminate()
            recorder.wait()


def wait_until(condition: object) -> None:
    """Wait for something another program does; fails after `_PATIENCE_S`."""
    assert callable(condition)
    pause = threading.Event()
    for _ in range(round(_PATIENCE_S / _LOOK_S)):
        if condition():
            return
        pause.wait(_LOOK_S)
    pytest.fail("nothing happened")


@pytest.fixture(scope="session")
def virtual_card(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualCard]:
    """A virtual card that this process's PortAudio sees as its only devices.

    Skips without PulseAudio, unless CALLCOACH_REQUIRE_SOUND_CARD is set: then it fails.
    """
    missing = [
        name for name in ("pulseaudio", "pactl", "paplay", "parec") if not shutil.which(name)
    ]
    if missing:
        reason = f"not installed: {', '.join(missing)}"
        if os.environ.get("CALLCOACH_REQUIRE_SOUND_CARD"):
            pytest.fail(reason)
        pytest.skip(reason)
    card = VirtualCard(tmp_path_factory.mktemp("card"))
    card.start()
    system = SoundSystem()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in card.env.items():
            patch.setenv(name, value)
        system.rescan()  # PortAudio read the environment when it started
        yield card
        card.stop()
    system.rescan()
