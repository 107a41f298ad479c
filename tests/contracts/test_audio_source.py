"""What every source of audio keeps to: files, the microphone, and the fake that stands for them."""

from __future__ import annotations

import queue
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from fakes_audio import FakeSource

from assistant.audio.devices import SoundSystem
from assistant.audio.echo_tap import CallBeside, EchoTap
from assistant.audio.files import FileSource
from assistant.audio.microphone import Microphone
from assistant.events import FRAME_SAMPLES, DeviceChanged, EndOfAudio, Frame, PlaybackFinished
from assistant.ports import AudioSource

Inbox = queue.SimpleQueue[Frame | EndOfAudio | DeviceChanged | PlaybackFinished]
Make = Callable[[], AudioSource]
SAMPLES = 5 * FRAME_SAMPLES + 100
_PATIENCE_S = 10.0


def _wav(folder: Path) -> Path:
    path = folder / "sound.wav"
    soundfile.write(path, np.arange(SAMPLES, dtype=np.int16), 16_000)
    return path


def _fake() -> AudioSource:
    pcm = np.arange(SAMPLES, dtype=np.int16).tobytes()
    step = 2 * FRAME_SAMPLES
    return FakeSource(Frame(pcm[at : at + step]) for at in range(0, len(pcm), step))


@pytest.fixture(params=["file", "two files", "paced file", "beside a call", "fake"])
def finite(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    makers: dict[str, Make] = {
        "file": lambda: FileSource(_wav(tmp_path)),
        "two files": lambda: FileSource([_wav(tmp_path), _wav(tmp_path)]),
        "paced file": lambda: FileSource(_wav(tmp_path), paced=True),
        "beside a call": lambda: CallBeside(FileSource(_wav(tmp_path)), FakeSource([]), EchoTap()),
        "fake": _fake,
    }
    return makers[request.param]


@pytest.fixture(
    params=[
        "finite",
        pytest.param("microphone", marks=pytest.mark.sound_card),
    ]
)
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    if request.param == "finite":
        return lambda: FileSource(_wav(tmp_path))
    request.getfixturevalue("virtual_card")
    return lambda: Microphone(SoundSystem())


def _take(source: AudioSource, inbox: Inbox) -> object:
    source.pump()
    return inbox.get(timeout=_PATIENCE_S)


def test_frames_are_whole(make: Make) -> None:
    inbox: Inbox = queue.SimpleQueue()
    source = make()
    source.open(inbox.put)
    try:
        for _ in range(5):
            frame = _take(source, inbox)
            assert isinstance(frame, Frame)
            assert frame.samples == FRAME_SAMPLES
            assert len(frame.pcm) == 2 * FRAME_SAMPLES
            assert frame.lost_samples >= 0
    finally:
        source.close()


def test_close_is_harmless(make: Make) -> None:
    source = make()
    source.close()
    source.open(lambda _: None)
    source.close()
    source.close()
    source.pump()


def test_nothing_comes_after_close(make: Make) -> None:
    inbox: Inbox = queue.SimpleQueue()
    source = make()
    source.open(inbox.put)
    _take(source, inbox)
    source.close()
    while not inbox.empty():
        inbox.get()
    source.pump()
    assert inbox.empty()


def test_a_finite_source_ends_once(finite: Make) -> None:
    inbox: Inbox = queue.SimpleQueue()
    source = finite()
    source.open(inbox.put)
    frames: list[Frame] = []
    while not isinstance(item := _take(source, inbox), EndOfAudio):
        assert isinstance(item, Frame)
        frames.append(item)
    source.pump()
    source.pump()
    source.close()
    assert inbox.empty()
    assert all(frame.samples == FRAME_SAMPLES for frame in frames[:-1])
    assert sum(frame.samples for frame in frames) % SAMPLES == 0
    assert frames[0].pcm == np.arange(FRAME_SAMPLES, dtype="<i2").tobytes()
