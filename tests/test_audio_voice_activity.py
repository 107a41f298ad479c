"""The gate lets voices through and keeps silence and hum out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from assistant.audio.voice_activity import (
    FLOOR_DBFS,
    LULL_FRAMES,
    SILENCE_DBFS,
    Lulls,
    VoiceActivity,
    VoiceState,
    level_dbfs,
)
from assistant.events import FRAME_SAMPLES


def states(samples: npt.NDArray[np.int16], activity: VoiceActivity) -> list[VoiceState]:
    return [
        activity.accept(samples[at : at + FRAME_SAMPLES].tobytes())
        for at in range(0, len(samples), FRAME_SAMPLES)
    ]


def hum(hz: float, dbfs: float, seconds: float = 3.0) -> npt.NDArray[np.int16]:
    t = np.arange(round(seconds * 16_000)) / 16_000
    peak = 32_767 * 10 ** (dbfs / 20) * np.sqrt(2)
    samples: npt.NDArray[np.int16] = (peak * np.sin(2 * np.pi * hz * t)).astype(np.int16)
    return samples


def test_silence_is_no_voice() -> None:
    for state in states(np.zeros(16_000, dtype=np.int16), VoiceActivity()):
        assert state == VoiceState(False, SILENCE_DBFS)


@pytest.mark.parametrize("hz", [50.0, 60.0, 100.0, 120.0])
def test_quiet_hum_is_no_voice(hz: float) -> None:
    below_floor = hum(hz, FLOOR_DBFS - 1)
    assert not any(state.voice for state in states(below_floor, VoiceActivity()))


def test_level_is_the_root_mean_square() -> None:
    assert level_dbfs(hum(400, -20.0).tobytes()) == pytest.approx(-20.0, abs=0.1)
    assert level_dbfs(np.full(480, -32_768, dtype="<i2").tobytes()) == pytest.approx(0.0)
    assert level_dbfs(b"") == SILENCE_DBFS


def test_short_and_empty_frames_are_padded() -> None:
    activity = VoiceActivity()
    assert activity.accept(b"") == VoiceState(False, SILENCE_DBFS)
    assert activity.accept(hum(400, -10.0)[:100].tobytes()).level_dbfs > -11.0
    with pytest.raises(ValueError, match="at most"):
        activity.accept(bytes(2 * FRAME_SAMPLES + 2))


@pytest.mark.shared_data
def test_speech_passes_and_the_pause_after_it_does_not(shared_data: Path) -> None:
    path = next((shared_data / "speech" / "read_speech").glob("*librispeech*.ogg"))
    speech, _ = soundfile.read(path, dtype="int16")
    pause = np.zeros(16_000, dtype=np.int16)
    whole = np.concatenate([speech[: len(speech) // 480 * 480], pause])
    got = states(whole, VoiceActivity(hangover_frames=10))
    loudest = max(state.level_dbfs for state in got)
    loud = [state.voice for state in got if state.level_dbfs > loudest - 15]
    assert sum(loud) > 0.95 * len(loud)
    assert not any(state.voice for state in got[-20:])
    assert states(whole, VoiceActivity(hangover_frames=10)) == got


@pytest.mark.shared_data
def test_hangover_only_adds(shared_data: Path) -> None:
    path = next((shared_data / "speech" / "read_speech").glob("*librispeech*.ogg"))
    speech, _ = soundfile.read(path, dtype="int16")
    without = [state.voice for state in states(speech, VoiceActivity(hangover_frames=0))]
    with_it = [state.voice for state in states(speech, VoiceActivity(hangover_frames=10))]
    for at, voice in enumerate(with_it):
        assert voice == any(without[max(0, at - 10) : at + 1])


def test_a_lull_is_noticed_once_after_each_loud_sound() -> None:
    lulls = Lulls()
    quiet, loud = [-70.0] * 20, [-20.0] * 10
    noticed = [lulls.accept(level) for level in (*quiet, *loud, *quiet, *loud, *quiet)]
    wanted = [20 + 10 + LULL_FRAMES - 1, 50 + 10 + LULL_FRAMES - 1]
    assert [at for at, lull in enumerate(noticed) if lull] == wanted


def test_steady_noise_and_a_short_dip_are_no_lull() -> None:
    lulls = Lulls()
    levels = [-30.0, -28.0, -33.0] * 50 + [-20.0] * 10 + [-60.0] * (LULL_FRAMES - 1) + [-20.0] * 10
    assert not any(lulls.accept(level) for level in levels)
