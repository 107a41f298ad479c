"""Devices are chosen by name, watched while in use, and their troubles told in plain words."""

from __future__ import annotations

import argparse
import queue
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from fakes_audio import FakePortAudio, FakeSoundSystem, FakeStream, fake_device

from assistant.audio import kept_stream
from assistant.audio.devices import Direction, choose_device
from assistant.audio.microphone import Microphone
from assistant.audio.speaker import SpeakerPlayer
from assistant.commands import devices as devices_command
from assistant.errors import AudioError
from assistant.events import (
    FRAME_SAMPLES,
    Clip,
    DeviceChanged,
    EndOfAudio,
    Frame,
    PlaybackFinished,
)

Inbox = queue.SimpleQueue[Frame | EndOfAudio | DeviceChanged | PlaybackFinished]
_PATIENCE_S = 10.0


def laptop() -> FakePortAudio:
    return FakePortAudio(
        [
            fake_device("Headset Pro", host_api=1, inputs=1, outputs=2),
            fake_device("HDMI", outputs=8),
            fake_device("Built-in", inputs=2, outputs=2),
            fake_device("Headset", inputs=1, outputs=2),
        ],
        default=(2, 2),
    )


@pytest.mark.parametrize(
    ("direction", "name", "chosen"),
    [
        ("input", "", "Built-in"),
        ("output", "hdmi", "HDMI"),
        ("input", "HDMI", "Built-in"),  # it has no microphone
        ("input", "headset", "Headset"),  # the whole name comes before the beginning of one
        ("input", "pro", "Headset Pro"),
        ("input", "  head", "Headset"),  # the default host API comes first
        ("output", "unplugged", "Built-in"),
    ],
)
def test_devices_are_chosen_by_name(direction: Direction, name: str, chosen: str) -> None:
    device = choose_device(FakeSoundSystem(laptop()).devices(), direction, name)
    assert device is not None
    assert device.name == chosen


def test_without_devices_the_error_is_plain() -> None:
    system = FakeSoundSystem(FakePortAudio([], default=(-1, -1)))
    for direction, code in (("input", "no-input-device"), ("output", "no-output-device")):
        with pytest.raises(AudioError) as caught:
            system.choose(direction)  # type: ignore[arg-type]
        assert caught.value.code == code
    assert system.devices() == ()


def test_a_busy_device_is_a_plain_error() -> None:
    sound = laptop()
    sound.refused_channels = {1, 2}
    with pytest.raises(AudioError, match="Built-in") as caught:
        Microphone(FakeSoundSystem(sound)).open(lambda _: None)
    assert caught.value.code == "input-device-busy"
    with pytest.raises(AudioError) as caught:
        SpeakerPlayer(FakeSoundSystem(sound)).open(lambda _: None)
    assert caught.value.code == "output-device-busy"


def say(stream: FakeStream, samples: np.ndarray[Any, Any], adc_s: float, overflow: bool) -> None:
    """Call the stream's callback as PortAudio would."""
    times = SimpleNamespace(inputBufferAdcTime=adc_s)
    count = len(samples) // stream.options["channels"]
    stream.callback(samples.tobytes(), count, times, SimpleNamespace(input_overflow=overflow))


def test_an_overflow_is_counted_by_the_drivers_clock() -> None:
    sound, inbox = laptop(), queue.SimpleQueue[Any]()
    microphone = Microphone(FakeSoundSystem(sound))
    microphone.open(inbox.put)
    block = np.zeros(FRAME_SAMPLES, dtype=np.int16)
    for adc_s, overflow in ((1.0, False), (1.03, True), (1.56, True), (1.59, False)):
        say(sound.streams[0], block, adc_s, overflow)
    microphone.close()
    lost = [inbox.get().lost_samples for _ in range(4)]
    # An overflow the clock does not show counts as one block; then 0.5 s went missing.
    assert lost == [0, FRAME_SAMPLES, 8_000, 0]


def test_a_microphone_that_is_only_stereo_is_mixed() -> None:
    sound, inbox = laptop(), queue.SimpleQueue[Any]()
    sound.refused_channels = {1}
    microphone = Microphone(FakeSoundSystem(sound))
    microphone.open(inbox.put)
    say(sound.streams[0], np.resize(np.array([100, 300], np.int16), 2 * FRAME_SAMPLES), 0, False)
    microphone.close()
    assert inbox.get().pcm == np.full(FRAME_SAMPLES, 200, dtype="<i2").tobytes()


def test_a_stalled_device_is_reported_and_reopened(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stream stays active but its callback never comes."""
    monkeypatch.setattr(kept_stream, "WATCH_S", 0.001)
    monkeypatch.setattr(kept_stream, "STALL_S", 0.05)
    monkeypatch.setattr(kept_stream, "RETRY_S", 0.01)
    inbox: Inbox = queue.SimpleQueue()
    microphone = Microphone(FakeSoundSystem(laptop()))
    microphone.open(inbox.put)
    lost, back = inbox.get(timeout=_PATIENCE_S), inbox.get(timeout=_PATIENCE_S)
    microphone.close()
    assert isinstance(lost, DeviceChanged)
    assert isinstance(back, DeviceChanged)
    assert (lost.available, back.available) == (False, True)
    assert "Built-in" in lost.message


def test_a_lost_speaker_lets_clips_finish_and_looks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_stream, "WATCH_S", 0.001)
    monkeypatch.setattr(kept_stream, "RETRY_S", 0.01)
    sound = laptop()
    inbox: Inbox = queue.SimpleQueue()
    speaker = SpeakerPlayer(FakeSoundSystem(sound))
    speaker.open(inbox.put)
    sound.refused_channels = {1, 2}
    sound.streams[0].active = False
    lost = inbox.get(timeout=_PATIENCE_S)
    assert isinstance(lost, DeviceChanged)
    assert (lost.device, lost.available) == ("output", False)
    for clip_id in range(5):
        speaker.play(clip_id, Clip(bytes(3_200)), 1.0)
        finished = inbox.get(timeout=_PATIENCE_S)
        assert finished == PlaybackFinished(clip_id, completed=True, t_s=0.0)
    sound.refused_channels = set()
    back = inbox.get(timeout=_PATIENCE_S)
    assert isinstance(back, DeviceChanged)
    assert back.available
    speaker.close()
    assert sound.started_anew > 0


def run_devices(*words: str) -> int:
    parser = argparse.ArgumentParser()
    devices_command.add_to(parser.add_subparsers())
    arguments = parser.parse_args(["devices", *words])
    code: int = arguments.run(arguments)
    return code


def test_the_command_says_plainly_that_there_is_nothing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    nothing = FakePortAudio([], default=(-1, -1))
    monkeypatch.setattr("assistant.audio.devices.SoundSystem", lambda: FakeSoundSystem(nothing))
    with pytest.raises(AudioError, match="No microphone was found"):
        run_devices()
    assert capfd.readouterr().err == ""


def test_the_command_lists_and_marks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("assistant.audio.devices.SoundSystem", lambda: FakeSoundSystem(laptop()))
    monkeypatch.setenv("COLUMNS", "120")
    assert run_devices("--input", "headset", "--output", "gramophone") == 0
    out = capsys.readouterr().out
    assert 'No device is called "gramophone"; "Built-in" stands in.' in out
    marked = {line.split("│")[1].strip(): line for line in out.splitlines() if "Hz" in line}
    assert marked["Headset"].split("│")[-2].strip() == "listening"
    assert marked["Built-in"].split("│")[-2].strip() == "speaking"
    assert set(marked) == {"Headset Pro", "HDMI", "Built-in", "Headset"}
