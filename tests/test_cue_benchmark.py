"""The arithmetic of ``benchmarks/cues.py``: bounds, noise at a stated level, honest halves."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.recognition.verifier import Evidence, Span
from assistant.speech.voice import HUSH_S

BENCHMARKS = str(Path(__file__).parents[1] / "benchmarks")
sys.path.insert(0, BENCHMARKS)
import cue_data  # noqa: E402  (the benchmarks are scripts, not a package)
import cues  # noqa: E402
import proposals  # noqa: E402
import render_cues  # noqa: E402
import self_trigger  # noqa: E402
import wake_words  # noqa: E402

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


def test_silence_on_suspicion_counts_from_where_it_was_unbroken() -> None:
    hushes = self_trigger.Hushes()
    assert hushes.silent_from(1.0) == 1.0, "nothing was suspected"
    for at_s in (2.0, 2.3, 4.0):
        hushes.begin(at_s)
    assert hushes.count == 2
    assert hushes.silent_from(4.2) == 4.0
    assert hushes.silent_from(4.1 + HUSH_S) == 4.1 + HUSH_S, "the sound had come back"


def test_alarms_close_together_are_one() -> None:
    stream = wake_words.Stream(1.0, [(1.0, 0.6), (1.2, 0.9), (9.0, 0.8)], 0.0)
    assert [stream.alarms(threshold) for threshold in (0.5, 0.7, 0.85, 0.9)] == [2, 2, 1, 0]


def test_no_voice_is_in_both_halves() -> None:
    assert not set(render_cues.VOICES["tune"]) & set(render_cues.VOICES["report"])


def test_both_halves_are_used() -> None:
    halves = [cue_data.half_of(f"{number:04d}.ogg") for number in range(200)]
    assert 70 < halves.count("tune") < 130


def test_a_text_file_of_phrases_is_one_cue_a_line_and_may_be_taken_in_parts(
    tmp_path: Path,
) -> None:
    file = tmp_path / "phrases.txt"
    file.write_text("# a note\ncount to ten\nsit up\n\ncheer up\n", encoding="utf-8")
    assert cues.open_cues(file, None).phrases == ("count to ten", "sit up", "cheer up")
    assert cues.open_cues(file, "1/2").phrases == ("sit up",)
    assert len({cue.id for cue in cues.open_cues(file, "0/2").cues}) == 2


def proposal(phrase: str, said: bool, look: int = 0) -> proposals.Proposal:
    span = Span(phrase, phrase.encode(), 0.3, 0.8, before=b"before " + phrase.encode())
    return proposals.Proposal(said, f"{phrase}.ogg", look, span)


def test_proposals_are_read_as_they_were_kept(tmp_path: Path) -> None:
    kept = [proposal("sit up", False), proposal("cheer up", True, look=1)]
    proposals.save(kept, 1.5, 80, tmp_path / "a.jsonl")
    assert proposals.read(tmp_path / "a.jsonl") == ({"hours": 1.5, "phrases": 80}, kept)


def test_a_collector_believes_nothing_and_keeps_what_it_was_asked() -> None:
    collector = proposals.Collector()
    span = proposal("sit up", True).span
    believed = collector.probability(collector.evidence(span))
    assert believed < collector.threshold("high")
    assert collector.span == span


class Echo:
    """A verifier whose second engine hears, alone and in its sentence, what it is given."""

    def __init__(self, alone: float, sentence: str) -> None:
        self._figures = {"same_words": alone, "context_text": sentence}

    def evidence(self, _span: Span) -> Evidence:
        return Evidence(*[1.0] * 9, **self._figures)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("alone", "sentence", "kept"),
    [(0.0, "Set it up.", 2), (1.0, "Set it up.", 1), (0.0, "You sit up now.", 1)],
)
def test_what_nobody_knows_to_be_false_is_left_out(alone: float, sentence: str, kept: int) -> None:
    both = [proposal("sit up", False), proposal("sit up", True)]
    rows = list(proposals.judge_all(Echo(alone, sentence), both))  # type: ignore[arg-type]
    assert [row["said"] for row in rows] == [True, False][:kept]


def test_of_what_was_said_only_some_may_be_judged() -> None:
    many = [proposal(str(number), number != 4) for number in range(5)]
    rows = list(proposals.judge_all(Echo(0.0, ""), many, every=3))  # type: ignore[arg-type]
    assert [row["phrase"] for row in rows] == ["0", "3", "4"]
