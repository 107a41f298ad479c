"""Sound files of every kind, good and bad, become frames or a plain error."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.audio.files import FileSource
from assistant.errors import AudioError
from assistant.events import (
    FRAME_SAMPLES,
    DeviceChanged,
    EndOfAudio,
    Frame,
    PlaybackFinished,
)

Item = Frame | EndOfAudio | DeviceChanged | PlaybackFinished


def heard(*paths: Path) -> npt.NDArray[np.int16]:
    """All samples that come out of `paths`."""
    items: list[Item] = []
    source = FileSource(paths)
    source.open(items.append)
    while not items or not isinstance(items[-1], EndOfAudio):
        source.pump()
    source.close()
    return np.frombuffer(b"".join(i.pcm for i in items if isinstance(i, Frame)), dtype="<i2")


def tone(rate_hz: int, seconds: float = 1.0) -> npt.NDArray[np.float64]:
    return 0.25 * np.sin(2 * np.pi * 440 * np.arange(round(rate_hz * seconds)) / rate_hz)


def code_of(path: Path) -> str:
    with pytest.raises(AudioError) as caught:
        FileSource(path).open(lambda _: None)
    assert str(path) in caught.value.message
    return caught.value.code


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_any_rate_becomes_16_khz_mono(rate_hz: int, channels: int, tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    soundfile.write(path, np.stack([tone(rate_hz)] * channels, axis=1), rate_hz)
    got = heard(path)
    assert abs(len(got) - 16_000) <= 2
    want = tone(16_000)[1_000:15_000] * 32_768
    assert np.abs(got[1_000:15_000] - want).max() < 150  # half a percent of full scale


@pytest.mark.parametrize(
    ("ending", "subtype"),
    [
        ("wav", "PCM_U8"),
        ("wav", "PCM_24"),
        ("wav", "FLOAT"),
        ("wav", "ULAW"),
        ("flac", "PCM_16"),
        ("ogg", "VORBIS"),
        ("mp3", "MPEG_LAYER_III"),
        ("aiff", "PCM_16"),
    ],
)
def test_any_format_is_read(ending: str, subtype: str, tmp_path: Path) -> None:
    path = tmp_path / f"tone.{ending}"
    soundfile.write(path, tone(16_000), 16_000, subtype=subtype)
    got = heard(path)
    assert len(got) == pytest.approx(16_000, abs=2_500)
    assert np.abs(got).max() == pytest.approx(8_192, rel=0.1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(samples=st.lists(st.integers(-32_768, 32_767), min_size=1, max_size=3 * FRAME_SAMPLES))
def test_16_khz_int16_comes_through_unchanged(samples: list[int], tmp_path: Path) -> None:
    path = tmp_path / "exact.wav"
    soundfile.write(path, np.array(samples, dtype=np.int16), 16_000)
    assert heard(path).tolist() == samples


def test_several_files_join_without_a_gap(tmp_path: Path) -> None:
    one, two = tmp_path / "one.wav", tmp_path / "two.wav"
    soundfile.write(one, np.full(700, 1, dtype=np.int16), 16_000)
    soundfile.write(two, np.full(900, 2, dtype=np.int16), 16_000)
    assert heard(one, two).tolist() == [1] * 700 + [2] * 900


def test_floats_beyond_all_bounds_are_held(tmp_path: Path) -> None:
    path = tmp_path / "wild.wav"
    wild = np.array([np.nan, np.inf, -np.inf, 7.0, -7.0, 0.5], dtype=np.float32)
    soundfile.write(path, wild, 16_000, subtype="FLOAT")
    assert heard(path).tolist() == [0, 32_767, -32_768, 32_767, -32_768, 16_384]


@pytest.mark.parametrize("odd", [1, 3, 1_001])
def test_a_file_that_breaks_off_ends_there(odd: int, tmp_path: Path) -> None:
    path = tmp_path / "cut.wav"
    soundfile.write(path, tone(16_000), 16_000)
    path.write_bytes(path.read_bytes()[:-odd])
    assert 15_000 < len(heard(path)) < 16_000


def test_a_compressed_file_that_breaks_off_ends_there(tmp_path: Path) -> None:
    for ending in ("flac", "ogg"):
        path = tmp_path / f"cut.{ending}"
        soundfile.write(path, tone(16_000, 20.0), 16_000)
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        assert 0 < len(heard(path)) < 20 * 16_000


def test_missing_and_useless_files_say_so(tmp_path: Path) -> None:
    assert code_of(tmp_path / "nowhere.wav") == "audio-missing"
    empty = tmp_path / "empty.wav"
    empty.touch()
    assert code_of(empty) == "audio-empty"
    no_samples = tmp_path / "no_samples.wav"
    soundfile.write(no_samples, np.empty(0, dtype=np.int16), 16_000)
    assert code_of(no_samples) == "audio-empty"
    text = tmp_path / "notes.wav"
    text.write_text("not a sound\n" * 100)
    assert code_of(text) == "audio-unreadable"
    headerless = tmp_path / "samples.raw"
    headerless.write_bytes(bytes(1_000))
    assert code_of(headerless) == "audio-unreadable"
    assert code_of(tmp_path) == "audio-unreadable"
    with pytest.raises(AudioError, match="No sound file"):
        FileSource([]).open(lambda _: None)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_read_permission_says_so(tmp_path: Path) -> None:
    path = tmp_path / "locked.wav"
    soundfile.write(path, tone(16_000), 16_000)
    path.chmod(0)
    assert code_of(path) == "audio-unreadable"
