"""The replay's speaker: every clip at its exact place on the session's timeline."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from assistant.audio.timeline import TimelinePlayer
from assistant.audio.track import FADE_S, Track, with_volume
from assistant.errors import AudioError
from assistant.events import Clip, DeviceChanged, EndOfAudio, Frame, PlaybackFinished

Item = Frame | EndOfAudio | DeviceChanged | PlaybackFinished
SECOND = Clip(np.full(16_000, 10_000, dtype="<i2").tobytes())


def written(path: Path) -> npt.NDArray[np.int16]:
    samples, rate_hz = soundfile.read(path, dtype="int16")
    assert rate_hz == 16_000
    return np.asarray(samples)


def test_clips_stand_where_the_clock_stood(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    reports: list[Item] = []
    player = TimelinePlayer(path)
    player.open(reports.append)
    player.advance(0.5)
    player.play(1, SECOND, 0.5)
    player.advance(4.0)
    player.close()
    got = written(path)
    assert len(got) == 4 * 16_000
    assert np.flatnonzero(got).tolist() == list(range(8_000, 24_000))
    assert set(got[8_000:24_000]) == {5_000}
    assert reports == [PlaybackFinished(1, completed=True, t_s=1.5)]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_sound_longer_than_the_session_is_kept_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    player = TimelinePlayer(path)
    player.open(lambda _: None)
    player.advance(0.25)
    player.play(1, SECOND, 1.0)
    player.close()
    assert np.flatnonzero(written(path)).tolist() == list(range(4_000, 20_000))


def test_stop_fades_and_is_silent(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    reports: list[Item] = []
    player = TimelinePlayer(path)
    player.open(reports.append)
    player.play(1, SECOND, 1.0)
    player.advance(0.5)
    player.stop()
    player.advance(1.0)
    player.close()
    got = written(path)
    assert reports == [PlaybackFinished(1, completed=False, t_s=0.5)]
    fade = round(FADE_S * 16_000)
    assert not got[8_000 + fade :].any()
    assert (np.diff(got[8_000 : 8_000 + fade]) < 0).all()


def test_what_is_muted_runs_on_unheard(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    reports: list[Item] = []
    player = TimelinePlayer(path)
    player.open(reports.append)
    player.play(1, SECOND, 1.0)
    player.advance(0.25)
    player.mute(True)
    player.advance(0.5)
    player.mute(False)
    player.advance(2.0)
    player.close()
    got = written(path)
    fade = round(FADE_S * 16_000)
    assert reports == [PlaybackFinished(1, completed=True, t_s=1.0)]
    assert set(got[:4_000]) == set(got[8_000 + fade : 16_000]) == {10_000}
    assert (np.diff(got[3_999 : 4_000 + fade]) < 0).all()
    assert not got[4_000 + fade : 8_000].any()
    assert (np.diff(got[7_999 : 8_000 + fade]) > 0).all()


def test_a_new_clip_is_heard_after_a_muted_one(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    player = TimelinePlayer(path)
    player.open(lambda _: None)
    player.play(1, SECOND, 1.0)
    player.advance(0.25)
    player.mute(True)
    player.advance(0.5)
    player.play(2, SECOND, 1.0)
    player.close()
    got = written(path)
    assert not got[4_100:8_000].any()
    assert set(got[8_000:24_000]) == {10_000}


def test_the_fade_sounds_under_the_next_clip() -> None:
    track = Track(16_000)
    track.left = np.full(1_000, 10_000, dtype=np.int16)
    track.render(100)
    assert track.cut()
    track.left = np.full(200, 30_000, dtype=np.int16)
    samples, ended_at = track.render(300)
    assert ended_at == 200
    assert samples[0] == 32_767  # the sum is held, not wrapped
    assert samples[199] == 30_000
    assert not samples[200:].any()
    assert not track.cut()


@given(st.lists(st.integers(1, 700), min_size=1, max_size=20))
def test_a_track_is_the_same_in_any_blocks(blocks: list[int]) -> None:
    track = Track(16_000)
    clip = np.arange(2_000, dtype=np.int16)
    track.left = clip
    got = np.concatenate([track.render(count)[0] for count in blocks])
    want = np.pad(clip, (0, max(0, len(got) - len(clip))))[: len(got)]
    assert got.tolist() == want.tolist()


@given(st.lists(st.integers(1, 90), min_size=2, max_size=20))
def test_a_fade_is_the_same_in_any_blocks(blocks: list[int]) -> None:
    whole, parts = Track(16_000), Track(16_000)
    for track in (whole, parts):
        track.left = np.full(2_000, 10_000, dtype=np.int16)
        track.muted = True
    got = np.concatenate([parts.render(count)[0] for count in blocks])
    assert got.tolist() == whole.render(len(got))[0].tolist()


def test_volume_is_a_factor_held_to_one() -> None:
    pcm = np.array([1_000, -1_000], dtype="<i2").tobytes()
    assert with_volume(pcm, 0.5).tolist() == [500, -500]
    assert with_volume(pcm, 3.0).tolist() == [1_000, -1_000]
    assert with_volume(pcm, -1.0).tolist() == [0, 0]


def test_a_folder_that_is_not_there_is_a_plain_error(tmp_path: Path) -> None:
    with pytest.raises(AudioError) as caught:
        TimelinePlayer(tmp_path / "nowhere" / "out.wav").open(lambda _: None)
    assert caught.value.code == "audio-unwritable"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full to stand for a full disk")
def test_a_full_disk_is_a_plain_error(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    path.symlink_to("/dev/full")
    player = TimelinePlayer(path)
    player.open(lambda _: None)
    with pytest.raises(AudioError) as caught:
        player.advance(60.0)
    assert caught.value.code == "audio-unwritable"
    player.close()
