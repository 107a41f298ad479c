"""The arithmetic of ``benchmarks/cues.py``: bounds, noise at a stated level, honest halves."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

BENCHMARKS = str(Path(__file__).parents[1] / "benchmarks")
sys.path.insert(0, BENCHMARKS)
import cue_data  # noqa: E402  (the benchmarks are scripts, not a package)
import render_cues  # noqa: E402

sys.path.remove(BENCHMARKS)

RATE_HZ = 16_000


def tone(seconds: float, amplitude: float) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    at_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (amplitude * np.sin(2 * np.pi * 440 * at_s)).astype(np.int16)


def test_bounds_are_those_of_the_textbook() -> None:
    assert cue_data.rate_upper95(0, 100) == pytest.approx(1 - 0.05 ** (1 / 100))
    assert cue_data.rate_upper95(5, 5) == 1.0
    assert cue_data.events_upper95(0) == pytest.approx(2.996, abs=0.001)
    assert cue_data.events_upper95(3) == pytest.approx(7.754, abs=0.001)


def test_noise_is_mixed_in_at_the_ratio_asked_for(tmp_path: Path) -> None:
    hiss = np.random.default_rng(1).normal(0, 300, RATE_HZ * 6).astype(np.int16)
    soundfile.write(tmp_path / "noise.wav", hiss, RATE_HZ)
    noise = cue_data.Noise([cue_data.Row(tmp_path / "noise.wav", 6.0, None, None)])
    speech = tone(1.0, 8000)
    added = noise.mix(speech, "clip", 10.0).astype(np.float64) - speech
    ratio_db = 20 * np.log10(cue_data.active_rms(speech) / np.sqrt((added**2).mean()))
    assert ratio_db == pytest.approx(10.0, abs=0.1)


def test_short_noises_are_left_out(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "ring.wav", tone(1.0, 8000), RATE_HZ)
    assert not cue_data.Noise([cue_data.Row(tmp_path / "ring.wav", 1.0, None, None)]).recordings


def test_the_end_of_a_phrase_is_where_its_sound_ends() -> None:
    clip = np.concatenate([tone(1.0, 8000), np.zeros(RATE_HZ, dtype=np.int16)])
    assert cue_data.sound_end_s(clip) == pytest.approx(1.0, abs=0.03)


def test_a_manifest_counts_from_its_own_folder(tmp_path: Path) -> None:
    line = json.dumps({"audio": "a.wav", "seconds": 1.5, "text": "deep breath"})
    (tmp_path / "manifest.jsonl").write_text(line + "\n", encoding="utf-8")
    (row,) = cue_data.read_manifest(tmp_path / "manifest.jsonl")
    assert (row.path, row.seconds, row.end_s) == (tmp_path / "a.wav", 1.5, None)


def test_no_voice_is_in_both_halves() -> None:
    assert not set(render_cues.VOICES["tune"]) & set(render_cues.VOICES["report"])


def test_both_halves_are_used() -> None:
    halves = [cue_data.half_of(f"{number:04d}.ogg") for number in range(200)]
    assert 70 < halves.count("tune") < 130
