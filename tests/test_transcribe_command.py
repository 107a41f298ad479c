"""The transcribe command: what it prints for each kind, and what it refuses."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from fakes_recognition import FakeDictation, FakeTranscriber

from assistant.commands import transcribe
from assistant.errors import AudioError, ModelError, UsageError
from assistant.events import SAMPLE_RATE_HZ


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    transcribe.add_to(parser.add_subparsers())
    parsed = parser.parse_args(["transcribe", *arguments])
    code: int = parsed.run(parsed)
    return code


@pytest.fixture
def recording(tmp_path: Path) -> str:
    """A file whose level the real detector takes for a voice: noise in syllables."""
    rng = np.random.default_rng(1)
    seconds = np.arange(2 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    buzz = sum(np.sin(2 * np.pi * 140 * part * seconds) / part for part in range(1, 20))
    sound = 0.1 * buzz * (1 + np.sin(2 * np.pi * 4 * seconds)) + rng.normal(0, 0.002, seconds.size)
    path = tmp_path / "one.wav"
    soundfile.write(path, sound, SAMPLE_RATE_HZ)
    return str(path)


def says(monkeypatch: pytest.MonkeyPatch, text: str, *, model: bool = False) -> None:
    """Any engine hears `text`; there is another `model` or none."""

    def no_model() -> None:
        raise ModelError("model-missing", "There is no model.", "Run: callcoach setup")

    if not model:
        monkeypatch.setattr("assistant.recognition.model_store.find_model", no_model)
    monkeypatch.setattr(
        "assistant.recognition.transcribers.open_transcriber", lambda _: FakeTranscriber([text])
    )


def test_text_is_printed(
    recording: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    says(monkeypatch, "I called Harbour Gas.")
    assert run(recording) == 0
    assert capsys.readouterr().out == "I called Harbour Gas.\n"


def test_json_holds_the_utterances_with_their_times(
    recording: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    says(monkeypatch, "Hello.")
    run(recording, "--json")
    row = json.loads(capsys.readouterr().out)
    assert (row["file"], row["engine"], row["as"], row["text"]) == (
        recording,
        "fake",
        "text",
        "Hello.",
    )
    assert row["seconds"] == 2.0
    assert 0.0 <= row["utterances"][0]["start_s"] < row["utterances"][0]["end_s"] <= 2.0


@pytest.mark.parametrize(
    ("kind", "heard", "expected"),
    [
        ("date", "Next Friday.", "2026-11-27"),
        ("email", "It's help at harbour dot example.", "help@harbour.example"),
        ("name", "maria Lopez.", "Maria Lopez"),
        ("name", "M A R I A.", "Maria"),
        ("date", "No idea.", ""),
    ],
)
def test_values_are_read_from_the_text(
    recording: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kind: str,
    heard: str,
    expected: str,
) -> None:
    says(monkeypatch, heard)
    run(recording, "--as", kind, "--today", "2026-11-22", "--json")
    row = json.loads(capsys.readouterr().out)
    assert (row["text"], row["spoken"]) == (expected, heard)


def test_a_wrong_file_is_found_before_any_work(
    recording: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(AudioError) as error:
        run(recording, str(tmp_path / "missing.wav"))
    assert error.value.code == "audio-missing"
    assert capsys.readouterr().out == ""


def test_a_file_cut_short_is_told_and_what_is_there_written_down(
    recording: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    samples, rate_hz = soundfile.read(recording)
    cut = tmp_path / "cut.flac"
    soundfile.write(cut, np.tile(samples, 5), rate_hz)
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    says(monkeypatch, "Hello.")
    assert run(str(cut), "--json") == 0
    printed = capsys.readouterr()
    row = json.loads(printed.out)
    assert (row["text"], row["seconds"] < 10.0) == ("Hello.", True)
    assert "cut.flac" in row["problem"]
    assert printed.err == f"callcoach: {row['problem']}\n"


def test_a_wrong_day_is_a_usage_error(recording: str) -> None:
    with pytest.raises(UsageError) as error:
        run(recording, "--today", "tomorrow")
    assert error.value.code == "date-invalid"


@pytest.mark.needs_model
def test_text_is_written_down_by_what_takes_dictation(
    recording: str,
    vosk_model_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made: list[object] = []

    def fake(*parts: object) -> FakeDictation:
        made.append(parts)
        return FakeDictation()

    says(monkeypatch, "Unused.", model=True)
    monkeypatch.setattr("assistant.composition.open_dictation", fake)
    run(recording, recording)
    assert "Word. Word." in capsys.readouterr().out
    assert len(made) == 2
    assert made[0] == made[1]


@pytest.mark.needs_model
def test_codes_come_with_alternatives(
    recording: str,
    vosk_model_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    says(monkeypatch, "Nine.", model=True)
    run(recording, "--as", "code", "--json")
    row = json.loads(capsys.readouterr().out)
    assert row["as"] == "code"
    assert all(0.0 <= each["confidence"] <= 1.0 for each in row["alternatives"])
    assert row["text"] == (row["alternatives"][0]["text"] if row["alternatives"] else "")
