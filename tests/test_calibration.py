"""Calibration: what is asked, what is made of the answers, and the file it leaves."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from assistant.cli import main
from assistant.coaching.calibration import (
    AFTER_S,
    ASK_S,
    Ask,
    Calibration,
    CueRecord,
    asks_for,
    calibrated,
    calibration_path,
    calibration_text,
    kept_shifts,
    shift_for,
    updated_shifts,
)
from assistant.coaching.cues import Cue, CueBook
from assistant.errors import ConfigError

THRESHOLDS = {"low": 0.6, "normal": 0.4, "high": 0.1}
ASKS = (Ask("stay", "stay calm"), Ask("breathe", "deep breath"))


@pytest.fixture(autouse=True)
def own_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLCOACH_CONFIG", str(tmp_path))


def asked(calibration: Calibration) -> Ask | None:
    return calibration.asking


def test_each_phrase_is_asked_for_then_some_talk() -> None:
    calibration = Calibration(ASKS, talk_s=60.0)
    assert asked(calibration) == ASKS[0]
    calibration.judged("stay", 0.9, end_s=1.0)
    assert not calibration.advance(1.0)
    assert calibration.advance(1.0 + AFTER_S)
    assert asked(calibration) == ASKS[1]
    assert calibration.advance(1.0 + AFTER_S + ASK_S)
    assert (asked(calibration), calibration.done) == (None, False)
    calibration.judged("other", 0.3, end_s=20.0)
    assert calibration.advance(1.0 + AFTER_S + ASK_S + 60.0)
    assert calibration.done
    assert calibration.records == {
        "stay": CueRecord([0.9]),
        "breathe": CueRecord([0.0]),
        "other": CueRecord([], 0.3),
    }


def test_the_best_judgement_counts_and_another_cue_does_not() -> None:
    calibration = Calibration(ASKS[:1], talk_s=0.0)
    for cue, level in (("stay", 0.2), ("stay", 0.7), ("stay", 0.3), ("breathe", 0.99)):
        calibration.judged(cue, level, end_s=1.0)
    calibration.advance(9.0)
    assert calibration.records == {"stay": CueRecord([0.7])}


def test_what_was_said_before_the_question_is_no_answer() -> None:
    calibration = Calibration(ASKS, talk_s=0.0)
    calibration.advance(ASK_S)
    calibration.judged("breathe", 0.9, end_s=ASK_S - 0.1)
    calibration.advance(3 * ASK_S)
    assert calibration.records["breathe"].said == [0.0]


@pytest.mark.parametrize(
    ("record", "threshold"),
    [
        (CueRecord([0.8, 0.9]), 0.4),  # all is well: nothing moves
        (CueRecord([0.3, 0.9]), 0.15),  # missed once, no alarm: half way down to silence
        (CueRecord([0.05, 0.9]), 0.1),  # no lower than "high"
        (CueRecord([0.8, 0.9], talk=0.5), 0.6),  # an alarm: between it and what was meant
        (CueRecord([0.9], talk=0.59), 0.6),  # no higher than "low"
        (CueRecord([0.9], talk=0.8), 0.4),  # really said in the talk: nothing would help
        (CueRecord([0.3], talk=0.35), 0.4),  # talk is surer than what was meant
        (CueRecord([0.0, 0.0]), 0.4),  # never made out: no threshold would help
    ],
)
def test_thresholds_follow_the_user(record: CueRecord, threshold: float) -> None:
    assert THRESHOLDS["normal"] + shift_for(record, THRESHOLDS) == pytest.approx(threshold)


@given(st.lists(st.floats(0.0, 1.0)), st.floats(0.0, 1.0))
def test_no_threshold_leaves_the_measured_curve(said: list[float], talk: float) -> None:
    threshold = THRESHOLDS["normal"] + shift_for(CueRecord(said, talk), THRESHOLDS)
    assert THRESHOLDS["high"] - 0.001 <= threshold <= THRESHOLDS["low"] + 0.001


def test_the_file_comes_back_and_leaves_other_cues_alone() -> None:
    book = CueBook((Cue(id="stay-calm", phrases=("stay calm",)), Cue(id="b", phrases=("b",))))
    calibration_path().write_text(calibration_text({"stay-calm": -0.125, "b": 0.0, "gone": 0.2}))
    assert [cue.threshold_shift for cue in calibrated(book).cues] == [-0.125, 0.0]


def test_without_a_file_nothing_changes_and_a_wrong_one_is_named() -> None:
    book = CueBook((Cue(id="a", phrases=("a",)),))
    assert calibrated(book) == book
    for wrong in ('"much"', "nan", "1.5"):
        calibration_path().write_text(f"[threshold_shift]\na = {wrong}\n")
        with pytest.raises(ConfigError, match=r"calibration\.toml"):
            calibrated(book)


def test_cues_not_asked_for_this_time_keep_their_shifts() -> None:
    earlier = {"stay": 0.2, "breathe": -0.1, "quiet": -0.2}
    records = {
        "stay": CueRecord([0.9]),  # asked for, and well as shipped
        "quiet": CueRecord([], talk=0.1),  # neither asked for nor fired
        "breathe": CueRecord([], talk=0.5),  # fired
    }
    shifts = updated_shifts(earlier, records, THRESHOLDS)
    assert shifts == {"stay": 0.0, "breathe": pytest.approx(0.15), "quiet": -0.2}
    calibration_path().write_text(calibration_text(shifts))
    assert kept_shifts() == {"breathe": pytest.approx(0.15), "quiet": -0.2}


@pytest.mark.needs_model
def test_the_command_asks_listens_and_keeps(
    vosk_model_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From a recording that says the phrase, and from a silent one."""
    sample = Path(__file__).parents[1] / "samples" / "support_call.ogg"
    samples, rate_hz = soundfile.read(sample, dtype="int16", start=6 * 16_000, frames=8 * 16_000)
    for name, sound in (("said", samples), ("silent", 0 * samples)):
        soundfile.write(tmp_path / f"{name}.wav", sound, rate_hz)
    calibration_path().write_text(calibration_text({"quiet": -0.2}))
    words = ["cues", "calibrate", "--cue", "breathe", "--times", "1", "--talk", "2", "--input"]
    assert main([*words, str(tmp_path / "said.wav")]) == 0
    told = capsys.readouterr().out
    assert 'Say: "deep breath"' in told
    assert "0 of 1 missed, 0 cues fired" in told
    assert kept_shifts() == {"quiet": -0.2}
    assert calibration_path().stat().st_mode & 0o077 == 0
    assert main([*words, str(tmp_path / "silent.wav")]) == 1
    assert main(["cues", "calibrate", "--cue", "none"]) == 2
    assert main(["cues", "calibrate", "--talk", "nan"]) == 2


def test_cues_of_the_phase_are_asked_for_in_rounds() -> None:
    book = CueBook(
        (
            Cue(id="a", phrases=("one a", "two a"), phases=("live",)),
            Cue(id="b", phrases=("one b",), phases=("live", "hold")),
            Cue(id="c", phrases=("one c",), phases=("hold",)),
        )
    )
    both = (Ask("a", "one a"), Ask("b", "one b"))
    assert asks_for(book, "live", (), 2) == both + both
    assert asks_for(book, "live", ("b",), 1) == both[1:]
