"""The microphone and the speaker through PortAudio and a real sound server."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from virtual_card import VirtualCard, wait_until

from assistant.audio.devices import SoundSystem
from assistant.audio.echo import EchoCanceller
from assistant.audio.echo_tap import EchoTap
from assistant.audio.microphone import Microphone
from assistant.audio.speaker import SpeakerPlayer
from assistant.events import Clip, DeviceChanged, EndOfAudio, Frame, PlaybackFinished
from assistant.ports import AudioSource, Player

pytestmark = pytest.mark.sound_card

Inbox = queue.SimpleQueue[Frame | EndOfAudio | DeviceChanged | PlaybackFinished]
Samples = npt.NDArray[np.float64]
_PATIENCE_S = 15.0
RATE_HZ = 16_000


def _chirps(seconds: float = 1.5) -> npt.NDArray[np.int16]:
    """A sweep from 200 to 3,000 Hz: unlike itself at every shift, so that matches are exact."""
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    phase = 2 * np.pi * (200 * t + (3_000 - 200) / (2 * seconds) * t**2)
    return (8_000 * np.sin(phase)).astype(np.int16)


def _tone(seconds: float) -> Clip:
    tone = 8_000 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)
    return Clip(tone.astype("<i2").tobytes())


def _likeness(heard: Samples, played: Samples) -> float:
    """The greatest normalised cross-correlation of `played` with any stretch of `heard`."""
    products = np.correlate(heard, played, mode="valid")
    power = np.convolve(heard**2, np.ones(len(played)), mode="valid")
    return float((products / np.sqrt(np.maximum(power, 1.0) * np.sum(played**2))).max())


def _next(inbox: Inbox, kind: type) -> object:
    while not isinstance(item := inbox.get(timeout=_PATIENCE_S), kind):
        pass
    return item


def test_the_microphone_hears_what_is_played(virtual_card: VirtualCard, tmp_path: Path) -> None:
    played = _chirps()
    soundfile.write(tmp_path / "chirps.wav", played, RATE_HZ)
    inbox: Inbox = queue.SimpleQueue()
    microphone = Microphone(SoundSystem())
    assert SoundSystem().choose("input").input_channels
    microphone.open(inbox.put)
    try:
        _next(inbox, Frame)
        process = virtual_card.play_into_mic(tmp_path / "chirps.wav")
        pcm = b""
        while len(pcm) < 2 * RATE_HZ * 3:
            frame = _next(inbox, Frame)
            assert isinstance(frame, Frame)
            assert frame.lost_samples == 0
            pcm += frame.pcm
        assert process.wait(_PATIENCE_S) == 0
    finally:
        microphone.close()
    heard = np.frombuffer(pcm, dtype="<i2").astype(float)
    assert _likeness(heard, played.astype(float)) > 0.95


def test_the_speaker_plays_a_clip(virtual_card: VirtualCard, tmp_path: Path) -> None:
    clip = _chirps()
    recording = tmp_path / "speaker.wav"
    inbox: Inbox = queue.SimpleQueue()
    player = SpeakerPlayer(SoundSystem())
    player.open(inbox.put)
    try:
        with virtual_card.record_speaker(recording):
            player.play(7, Clip(clip.tobytes()), 0.5)
            finished = _next(inbox, PlaybackFinished)
            _wait_for_recording(recording, 0.3)
    finally:
        player.close()
    assert finished == PlaybackFinished(7, completed=True, t_s=0.0)
    heard, _ = soundfile.read(recording)
    assert _likeness(heard, clip / 32768) > 0.95
    assert np.abs(heard).max() == pytest.approx(0.5 * clip.max() / 32768, rel=0.05)


def test_stop_is_silent_within_a_quarter_of_a_second(
    virtual_card: VirtualCard, tmp_path: Path
) -> None:
    """Counted in samples of the recording, from what it held when `stop` was called."""
    recording = tmp_path / "speaker.wav"
    inbox: Inbox = queue.SimpleQueue()
    with _sounding(virtual_card, recording, inbox, 10.0) as player:
        so_far = recording.stat().st_size // 2
        player.stop()
        finished = _next(inbox, PlaybackFinished)
        _wait_for_recording(recording, 1.0)
    assert finished == PlaybackFinished(1, completed=False, t_s=0.0)
    heard, _ = soundfile.read(recording, dtype="int16")
    loud = np.flatnonzero(np.abs(heard) > 100)
    assert so_far - 0.1 * RATE_HZ < loud[-1] < so_far + 0.25 * RATE_HZ


def test_what_is_muted_is_unheard_and_comes_back(virtual_card: VirtualCard, tmp_path: Path) -> None:
    """Counted in samples of the recording."""
    recording = tmp_path / "speaker.wav"
    inbox: Inbox = queue.SimpleQueue()
    with _sounding(virtual_card, recording, inbox, 3.0) as player:
        muted_at = recording.stat().st_size // 2
        player.mute(True)
        _wait_for_recording(recording, 0.8)
        back_at = recording.stat().st_size // 2
        player.mute(False)
        finished = _next(inbox, PlaybackFinished)
        _wait_for_recording(recording, 0.3)
    assert finished == PlaybackFinished(1, completed=True, t_s=0.0)
    heard, _ = soundfile.read(recording, dtype="int16")
    loud = np.flatnonzero(np.abs(heard) > 100)
    (gap,) = np.flatnonzero(np.diff(loud) > 0.2 * RATE_HZ)
    assert muted_at - 0.1 * RATE_HZ < loud[gap] < muted_at + 0.25 * RATE_HZ
    assert back_at - 0.1 * RATE_HZ < loud[gap + 1] < back_at + 0.25 * RATE_HZ
    assert loud[-1] - loud[0] == pytest.approx(3 * RATE_HZ, rel=0.02), "it ran on meanwhile"


@contextmanager
def _sounding(
    card: VirtualCard, recording: Path, inbox: Inbox, seconds: float
) -> Iterator[SpeakerPlayer]:
    """A player that plays a tone as clip 1, one second of which is in `recording` already."""
    player = SpeakerPlayer(SoundSystem())
    player.open(inbox.put)
    try:
        with card.record_speaker(recording):
            player.play(1, _tone(seconds), 1.0)
            _wait_for_recording(recording, 1.0)
            yield player
    finally:
        player.close()


def _wait_for_recording(path: Path, seconds: float) -> None:
    """Return when the recording has grown by so much."""
    until = path.stat().st_size + 2 * RATE_HZ * seconds
    wait_until(lambda: path.stat().st_size >= until)


@pytest.mark.slow
def test_devices_that_vanish_come_back(virtual_card: VirtualCard) -> None:
    system = SoundSystem()
    heard: Inbox = queue.SimpleQueue()
    played: Inbox = queue.SimpleQueue()
    microphone: AudioSource = Microphone(system)
    player: Player = SpeakerPlayer(system)
    lost_samples: queue.SimpleQueue[int] = queue.SimpleQueue()

    def hear(item: Frame | EndOfAudio | DeviceChanged | PlaybackFinished) -> None:
        heard.put(item)
        if isinstance(item, Frame) and item.lost_samples:
            lost_samples.put(item.lost_samples)

    microphone.open(hear)
    player.open(played.put)
    try:
        _next(heard, Frame)
        virtual_card.stop()
        for inbox, device in ((heard, "input"), (played, "output")):
            lost = _next(inbox, DeviceChanged)
            assert isinstance(lost, DeviceChanged)
            assert (lost.device, lost.available) == (device, False)
            assert lost.message
        player.play(1, Clip(bytes(RATE_HZ)), 1.0)
        assert _next(played, PlaybackFinished) == PlaybackFinished(1, completed=True, t_s=0.0)
        virtual_card.start()
        for inbox, device in ((heard, "input"), (played, "output")):
            back = _next(inbox, DeviceChanged)
            assert isinstance(back, DeviceChanged)
            assert (back.device, back.available) == (device, True)
        assert lost_samples.get(timeout=_PATIENCE_S) > RATE_HZ // 2
        player.play(2, Clip(bytes(RATE_HZ)), 1.0)
        assert _next(played, PlaybackFinished) == PlaybackFinished(2, completed=True, t_s=0.0)
    finally:
        microphone.close()
        player.close()


def test_a_rescan_pauses_open_streams(virtual_card: VirtualCard) -> None:
    system = SoundSystem()
    inbox: Inbox = queue.SimpleQueue()
    microphone = Microphone(system)
    microphone.open(inbox.put)
    try:
        _next(inbox, Frame)
        system.rescan()
        while not inbox.empty():
            inbox.get()
        assert isinstance(_next(inbox, Frame), Frame)
    finally:
        microphone.close()


def test_our_own_sound_is_taken_out_of_the_microphone(virtual_card: VirtualCard) -> None:
    """With the delay of real streams, which nobody states.

    Where the machine stalls the delay jumps, and the path is learned anew: so the clip is played
    until one time passed without, and the first time does not count.
    """
    random = np.random.default_rng(1)
    clip = Clip((2_000 * random.normal(size=3 * RATE_HZ)).astype("<i2").tobytes())
    inbox: Inbox = queue.SimpleQueue()
    system, tap = SoundSystem(), EchoTap()
    speaker, microphone = SpeakerPlayer(system, tap=tap), Microphone(system, taps=[tap])
    canceller = EchoCanceller()

    def play_once(clip_id: int) -> tuple[float, float]:
        """Loudness of what the microphone hears, and of what the canceller leaves of it."""
        heard, rest = b"", b""
        speaker.play(clip_id, clip, 1.0)
        while not isinstance(item := inbox.get(timeout=_PATIENCE_S), PlaybackFinished):
            assert isinstance(item, Frame)
            heard += item.pcm
            rest += canceller.clean(item).pcm
        return _loudness(heard), _loudness(rest)

    with virtual_card.echoing():
        speaker.open(inbox.put)
        microphone.open(inbox.put)
        try:
            play_once(0)
            for clip_id in range(1, 8):
                before, after = play_once(clip_id)
                if after < before / 4:
                    break
        finally:
            microphone.close()
            speaker.close()
    assert before > 300, "the microphone hears the speaker"
    assert after < before / 4


def _loudness(pcm: bytes) -> float:
    """Root mean square of all after the first second."""
    return float(np.frombuffer(pcm, "<i2")[RATE_HZ:].astype(np.float64).std())
