"""``callcoach say`` and ``callcoach breathe`` without a device, and playing one clip."""

from __future__ import annotations

import argparse
import stat
from pathlib import Path

import pytest
import soundfile

from assistant.commands import breathe, say
from assistant.errors import AudioError, CallcoachError, ConfigError, UsageError
from assistant.events import Clip, DeviceChanged, PlaybackFinished
from assistant.ports import Deliver
from assistant.speech.output import play


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLCOACH_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("CALLCOACH_DATA", str(tmp_path / "data"))


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    subparsers = parser.add_subparsers()
    say.add_to(subparsers)
    breathe.add_to(subparsers)
    arguments = parser.parse_args(words)
    return int(arguments.run(arguments))


def test_say_writes_a_private_sound_file(tmp_path: Path) -> None:
    out = tmp_path / "hello.wav"
    assert run("say", "hello", "there", "--out", str(out)) == 0
    info = soundfile.info(out)
    assert (info.samplerate, info.channels, info.subtype) == (16000, 1, "PCM_16")
    assert 0.4 < info.duration < 1.5
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_breathe_writes_exactly_its_breaths_and_keeps_the_advice_for_later(tmp_path: Path) -> None:
    out = tmp_path / "box.wav"
    assert run("breathe", "box", "--cycles", "2", "--out", str(out)) == 0
    assert soundfile.info(out).duration == 32.0
    assert not (tmp_path / "data").exists()


def test_breathe_lists_the_patterns(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("breathe", "--list") == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in ("3-5-3", "4-0-6", "box", "4-7-8"))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("say", "..."), "nothing-to-say"),
        (("say", "hi", "--rate", "79"), "rate-range"),
        (("breathe", "nope"), "breathing-unknown"),
        (("breathe", "--cycles", "0"), "breathing-length"),
        (("say", "hi", "--out", "/dev/null/x.wav"), "sound-not-written"),
    ],
)
def test_mistakes_have_their_codes(words: tuple[str, ...], code: str) -> None:
    with pytest.raises(CallcoachError) as caught:
        run(*words)
    assert caught.value.code == code


def test_a_pattern_nobody_knows_is_wrong_usage_in_the_command_and_a_fault_in_the_settings(
    tmp_path: Path,
) -> None:
    with pytest.raises(UsageError):
        run("breathe", "nope")
    settings = tmp_path / "config" / "settings.toml"
    settings.parent.mkdir()
    settings.write_text('[breathing]\npattern = "nope"\n', encoding="utf-8")
    with pytest.raises(ConfigError):
        run("breathe")


class ScriptedPlayer:
    """A player that answers `play` with one event at once; records what was asked of it."""

    def __init__(self, answer: PlaybackFinished | DeviceChanged) -> None:
        self.answer = answer
        self.calls: list[str] = []

    def open(self, deliver: Deliver) -> None:
        self.calls.append("open")
        self._deliver = deliver

    def play(self, clip_id: int, clip: Clip, volume: float) -> None:
        self.calls.append("play")
        self._deliver(self.answer)

    def stop(self) -> None:
        self.calls.append("stop")

    def mute(self, muted: bool) -> None:
        raise AssertionError("nobody listens meanwhile here")

    def advance(self, t_s: float) -> None:
        raise AssertionError("nobody keeps a session clock here")

    def close(self) -> None:
        self.calls.append("close")


def test_playing_ends_with_the_clip_and_leaves_silence() -> None:
    player = ScriptedPlayer(PlaybackFinished(1, True, 0.0))
    play(Clip(bytes(32000)), player, 0.8)
    assert player.calls == ["open", "play", "stop", "close"]


def test_a_lost_device_ends_it_with_an_error() -> None:
    player = ScriptedPlayer(DeviceChanged("output", False, "The speaker went away."))
    with pytest.raises(AudioError, match="went away"):
        play(Clip(bytes(32000)), player, 0.8)
    assert player.calls == ["open", "play", "stop", "close"]


def test_ctrl_c_leaves_silence() -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    player = ScriptedPlayer(PlaybackFinished(1, True, 0.0))
    with pytest.raises(KeyboardInterrupt):
        play(Clip(bytes(32000)), player, 0.8, interrupted)
    assert player.calls == ["open", "play", "stop", "close"]
