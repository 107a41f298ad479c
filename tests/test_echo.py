"""The echo canceller: what it takes out, what it must leave alone, and what brings it news."""

from __future__ import annotations

import queue
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from fakes_audio import FakePortAudio, FakeSoundSystem, FakeSource, FakeStream, fake_device
from test_runner import House

from assistant.audio.echo import MEMORY_SAMPLES, EchoCanceller
from assistant.audio.echo_tap import CallBeside, EchoTap
from assistant.audio.files import FileSource
from assistant.audio.microphone import Microphone
from assistant.audio.speaker import SpeakerPlayer
from assistant.errors import AudioError
from assistant.events import FRAME_SAMPLES, Clip, DeviceChanged, EndOfAudio, Frame
from assistant.live import microphone_of
from assistant.settings import AudioSettings

Samples = npt.NDArray[np.float64]
RATE_HZ = 16_000


def speech_like(seconds: float, seed: int) -> Samples:
    """Noise with the long-term spectrum of speech, in syllables of 0.2 s."""
    random = np.random.default_rng(seed)
    size = round(seconds * RATE_HZ)
    spectrum = np.fft.rfft(random.normal(size=size))
    spectrum /= 1.0 + np.fft.rfftfreq(size, 1 / RATE_HZ) / 500
    loudness = np.repeat(random.uniform(0.1, 1.0, size // 3_200 + 1), 3_200)[:size]
    sound = np.fft.irfft(spectrum, size) * loudness
    return np.asarray(sound * 2_000 / sound.std())


def room(delay_s: float, seed: int = 0) -> Samples:
    """An impulse response of 50 ms behind a delay."""
    decay = np.exp(-np.arange(800) / 150) * np.random.default_rng(seed).normal(size=800)
    return np.concatenate([np.zeros(round(delay_s * RATE_HZ)), decay / np.abs(decay).sum() * 3])


def echo_of(played: Samples, response: Samples) -> Samples:
    return np.asarray(np.convolve(played, response)[: played.size])


def frames(heard: Samples, *played: Samples) -> Iterable[Frame]:
    for first in range(0, heard.size, FRAME_SAMPLES):
        pcm, *references = (
            np.rint(sound[first : first + FRAME_SAMPLES]).astype("<i2").tobytes()
            for sound in (heard, *played)
        )
        yield Frame(pcm, references=tuple(r if any(r) else b"" for r in references))


def cleaned(canceller: EchoCanceller, stream: Iterable[Frame]) -> Samples:
    pcm = b"".join(canceller.clean(frame).pcm for frame in stream)
    return np.frombuffer(pcm, dtype="<i2").astype(np.float64)


def loss_db(before: Samples, after: Samples) -> float:
    return float(10 * np.log10((before**2).mean() / ((after**2).mean() + 1e-3)))


@pytest.mark.parametrize("delay_s", [0.0, 0.1, 0.3, 0.45])
def test_an_echo_is_taken_out_whatever_its_delay(delay_s: float) -> None:
    played = speech_like(6.0, seed=1)
    heard = echo_of(played, room(delay_s))
    rest = cleaned(EchoCanceller(), frames(heard, played))
    assert loss_db(heard[-RATE_HZ:], rest[-RATE_HZ:]) > 20


def test_what_is_said_over_the_echo_stays() -> None:
    played = speech_like(6.0, seed=1)
    user = np.zeros(played.size)
    user[-RATE_HZ:] = speech_like(1.0, seed=2)
    heard = echo_of(played, room(0.1)) + user
    rest = cleaned(EchoCanceller(), frames(heard, played))
    last = slice(-RATE_HZ, None)
    assert loss_db(user[last], rest[last] - user[last]) > 12


def test_without_an_echo_the_user_is_left_alone() -> None:
    played, user = speech_like(6.0, seed=1), speech_like(6.0, seed=2)
    heard = np.concatenate([np.zeros(RATE_HZ), user[RATE_HZ:]])
    rest = cleaned(EchoCanceller(), frames(heard, played))
    assert loss_db(heard, rest - np.rint(heard)) > 30


def test_a_frame_without_reference_passes_as_it_is() -> None:
    canceller = EchoCanceller()
    for frame in (Frame(b"\1\0" * FRAME_SAMPLES), Frame(b"\1\0" * 480, references=(b"", b""))):
        assert canceller.clean(frame) is frame


def test_references_that_are_no_more_leave_nothing_to_clean() -> None:
    canceller = EchoCanceller()
    canceller.clean(Frame(b"\1\0" * 480, references=(b"\5\0" * 480,)))
    plain = Frame(b"\1\0" * 480)
    assert canceller.clean(plain) is plain


def test_the_tail_of_an_echo_is_cleaned_too_and_then_no_more() -> None:
    canceller = EchoCanceller()
    played = speech_like(4.0, seed=1)
    response = room(0.3)
    heard = echo_of(np.concatenate([played, np.zeros(RATE_HZ)]), response)
    silent = np.concatenate([played, np.zeros(RATE_HZ)])
    rest = cleaned(canceller, frames(heard, silent))
    tail = slice(4 * RATE_HZ, 4 * RATE_HZ + 3_000)
    assert loss_db(heard[tail], rest[tail]) > 15
    after = 4 * RATE_HZ + MEMORY_SAMPLES + 2 * FRAME_SAMPLES
    assert np.array_equal(rest[after:], np.rint(heard[after:]))


def test_another_delay_is_learned_after_a_while() -> None:
    played = speech_like(10.0, seed=1)
    heard = np.concatenate(
        [echo_of(played, room(0.1))[: 5 * RATE_HZ], echo_of(played, room(0.15))[5 * RATE_HZ :]]
    )
    rest = cleaned(EchoCanceller(), frames(heard, played))
    assert loss_db(heard[-RATE_HZ:], rest[-RATE_HZ:]) > 15


def test_lost_samples_begin_anew() -> None:
    played = speech_like(4.0, seed=1)
    heard = echo_of(played, room(0.1))
    canceller = EchoCanceller()
    cleaned(canceller, frames(heard, played))
    first = next(iter(frames(heard, played)))
    lost = Frame(first.pcm, 1_000, first.references)
    assert canceller.clean(lost) == EchoCanceller().clean(lost)
    rest = cleaned(canceller, frames(heard, played))
    assert loss_db(heard[-RATE_HZ:], rest[-RATE_HZ:]) > 20


def test_two_references_are_both_taken_out() -> None:
    ours, call = speech_like(8.0, seed=1), speech_like(8.0, seed=2)
    heard = echo_of(ours, room(0.1)) + echo_of(call, room(0.2, seed=3))
    rest = cleaned(EchoCanceller(), frames(heard, ours, call))
    assert loss_db(heard[-RATE_HZ:], rest[-RATE_HZ:]) > 15


def test_a_short_last_frame_keeps_its_length() -> None:
    canceller = EchoCanceller()
    pcm = b"\1\0" * 100
    assert len(canceller.clean(Frame(pcm, references=(b"\5\0" * 100,))).pcm) == len(pcm)


def test_the_loop_hears_cleaned_frames_only(tmp_path: Path) -> None:
    played = speech_like(4.0, seed=1)
    items: list[Frame | DeviceChanged] = [*frames(echo_of(played, room(0.1)), played)]
    house = House(tmp_path, {}, items=items).run()
    assert house.recorder.last is not None
    assert house.recorder.last.level_dbfs < -45.0, "the echo itself has -30 dBFS"


# --- the tap ------------------------------------------------------------------------------------


def test_the_tap_gives_back_in_order_and_fills_with_silence() -> None:
    tap = EchoTap()
    tap.put(b"\1\0" * 100)
    assert tap.take(60) == b"\1\0" * 60
    assert tap.take(60) == b"\1\0" * 40 + bytes(40)
    assert tap.take(60) == b""


def test_the_tap_holds_a_sixth_of_a_second_at_most() -> None:
    tap = EchoTap()
    tap.put(bytes(2 * RATE_HZ) + b"\1\0" * 100)
    assert tap.take(2_560 - 100) == b""
    assert tap.take(100) == b"\1\0" * 100


def test_spare_silence_is_dropped_so_that_the_reference_stays_ahead() -> None:
    tap = EchoTap()
    tap.put(bytes(2 * 2_000))
    for _ in range(101):
        tap.put(bytes(2 * FRAME_SAMPLES))
        tap.take(FRAME_SAMPLES)
    tap.put(b"\1\0" * FRAME_SAMPLES)
    assert tap.take(FRAME_SAMPLES) + tap.take(FRAME_SAMPLES) != b"", "it waits 25 ms, not 125"


def sound_card() -> FakePortAudio:
    return FakePortAudio([fake_device("Card", inputs=1, outputs=1)], default=(0, 0))


def play_block(stream: FakeStream, count: int) -> npt.NDArray[np.int16]:
    data = bytearray(2 * count)
    stream.callback(memoryview(data), count, None, None)
    return np.frombuffer(bytes(data), dtype="<i2")


def test_the_speaker_feeds_the_tap_with_what_it_plays() -> None:
    tap, sound = EchoTap(), sound_card()
    speaker = SpeakerPlayer(FakeSoundSystem(sound), tap=tap)
    speaker.open(lambda _: None)
    clip = np.arange(1, 1_001, dtype="<i2")
    speaker.play(1, Clip(clip.tobytes()), 0.5)
    heard = play_block(sound.streams[0], 640)
    assert tap.take(640) == heard.tobytes()
    speaker.mute(True)
    heard = play_block(sound.streams[0], 160)
    assert tap.take(160) == heard.tobytes(), "what is heard, not what runs on"
    assert heard[0] > 0
    assert heard[80:].max() == 0
    speaker.mute(False)
    assert play_block(sound.streams[0], 100)[-1] == clip[899] // 2
    tap.take(100)
    speaker.stop()
    heard = play_block(sound.streams[0], 640)
    assert tap.take(640) == heard.tobytes(), "the fade too"
    assert heard[80:].max() == 0
    speaker.close()


def test_the_reference_keeps_pace_with_a_device_of_another_rate() -> None:
    tap, sound = EchoTap(), sound_card()
    sound.query_devices()[0]["default_samplerate"] = 44_100.0
    speaker = SpeakerPlayer(FakeSoundSystem(sound), tap=tap)
    speaker.open(lambda _: None)
    speaker.play(1, Clip(b"\7\7" * RATE_HZ), 1.0)
    samples = 0
    for _ in range(10):
        play_block(sound.streams[0], 1_000)
        samples += len(tap.take(2_000).rstrip(b"\0")) // 2
    speaker.close()
    assert samples == 10_000 * RATE_HZ // 44_100


def test_the_microphones_frames_carry_what_was_played() -> None:
    tap, sound, inbox = EchoTap(), sound_card(), queue.SimpleQueue[Any]()
    microphone = Microphone(FakeSoundSystem(sound), taps=[tap])
    microphone.open(inbox.put)
    block = bytes(2 * FRAME_SAMPLES)
    times = SimpleNamespace(inputBufferAdcTime=0.0)
    tap.put(b"\7\0" * 3 * FRAME_SAMPLES)
    for overflow in (False, True):
        status = SimpleNamespace(input_overflow=overflow)
        sound.streams[0].callback(block, FRAME_SAMPLES, times, status)
    microphone.close()
    whole = (b"\7\0" * FRAME_SAMPLES,)
    assert inbox.get() == Frame(block, 0, whole)
    assert inbox.get() == Frame(block, FRAME_SAMPLES, whole)
    assert tap.take(FRAME_SAMPLES) == b"", "what was played during the lost samples is gone"


# --- the other side -----------------------------------------------------------------------------


def test_the_call_is_put_beside_the_microphone_and_heard_by_nobody() -> None:
    tap, items = EchoTap(), list[Any]()
    gone = DeviceChanged("input", False, "gone")
    call = FakeSource([Frame(b"\7\0" * FRAME_SAMPLES), gone])
    both = CallBeside(FakeSource([Frame(bytes(2 * FRAME_SAMPLES))]), call, tap)
    both.open(items.append)
    for _ in range(3):
        call.pump()
    assert items == [DeviceChanged("call", False, "gone")], "not the microphone"
    assert tap.take(FRAME_SAMPLES) == b"\7\0" * FRAME_SAMPLES
    both.pump()
    both.pump()
    assert items[1:] == [Frame(bytes(2 * FRAME_SAMPLES)), EndOfAudio()]
    both.close()


def test_no_other_device_stands_in_for_the_calls() -> None:
    """The default would be the microphone: the user's own voice would be taken out."""
    call = Microphone(FakeSoundSystem(sound_card()), "Monitor", only_named=True)
    with pytest.raises(AudioError, match='"Monitor"') as caught:
        call.open(lambda _: None)
    assert caught.value.code == "no-input-device"


def test_the_calls_device_is_never_the_microphone_itself() -> None:
    """A part of a name may well fit both: the user would be taken out."""
    devices = [fake_device("USB Audio", inputs=1), fake_device("Monitor of USB Audio", inputs=1)]
    system = FakeSoundSystem(FakePortAudio(devices, default=(0, -1)))
    with pytest.raises(AudioError, match='"USB Audio"') as caught:
        microphone_of(AudioSettings(call_device="usb"), system, EchoTap())
    assert caught.value.code == "call-device-own"
    with pytest.raises(AudioError, match='"Line"') as caught:
        microphone_of(AudioSettings(call_device="Line"), system, EchoTap())
    assert caught.value.code == "no-input-device"
    beside = microphone_of(AudioSettings(call_device="Monitor"), system, EchoTap())
    assert isinstance(beside, CallBeside)
    assert isinstance(microphone_of(AudioSettings(), system, EchoTap()), Microphone)


def test_the_right_channel_of_a_file_can_be_the_call(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    left, right = speech_like(0.5, seed=1) / 32_768, np.zeros(RATE_HZ // 2)
    right[-800:] = 0.25
    soundfile.write(path, np.stack([left, right], axis=1), RATE_HZ)
    items = list[Any]()
    source = FileSource(path, call_on_right=True)
    source.open(items.append)
    while not items or not isinstance(items[-1], EndOfAudio):
        source.pump()
    heard = b"".join(item.pcm for item in items[:-1])
    assert np.abs(np.frombuffer(heard, "<i2") - np.rint(left * 32_768)).max() <= 1
    assert items[0].references == (b"",)
    assert items[-2].references[0][-2:] == (8_192).to_bytes(2, "little")


def test_a_file_without_a_second_channel_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mono.wav"
    soundfile.write(path, np.zeros(1_000), RATE_HZ)
    with pytest.raises(AudioError) as caught:
        FileSource(path, call_on_right=True).open(lambda _: None)
    assert caught.value.code == "audio-one-channel"
