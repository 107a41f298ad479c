"""The real sample through the real engines, as ``callcoach replay`` runs it."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from assistant.cases.store import CaseStore
from assistant.cli import main
from assistant.recognition.transcribers import open_transcriber

pytestmark = pytest.mark.needs_model
SAMPLE = Path(__file__).parents[1] / "samples" / "support_call.ogg"
START = "2026-11-22T09:30:00+01:00"
RATE_HZ = 16_000


def replay(folder: Path, *options: str, file: Path = SAMPLE) -> list[dict[str, Any]]:
    """Run the command in a process of its own; its lines."""
    run = subprocess.run(
        [sys.executable, "-m", "assistant", "replay", str(file), "--json", "--start", START,
         "--cases", str(folder), *options],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


@pytest.fixture(scope="module")
def told(vosk_model_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The sample replayed once: its lines, and the folder with speech and case."""
    folder = tmp_path_factory.mktemp("replay")
    return replay(folder / "cases", "--speech", str(folder / "out.wav")), folder


def test_the_cues_of_the_sample_are_heard_and_no_other(told: Any) -> None:
    lines, _ = told
    cues = [line["cue"] for line in lines if line["event"] == "cue"]
    assert cues == ["start-call", "breathe", "introduction", "what-now", "escalate",
                    "next-steps", "start-recap", "end-recap"]  # fmt: skip


def test_every_decision_falls_after_its_cue(told: Any) -> None:
    lines, _ = told
    for line in lines:
        if line["event"] == "cue":
            assert line["start_s"] < line["end_s"] <= line["t"]


def test_the_breathing_counts_three_five_three_and_can_be_understood(told: Any) -> None:
    lines, folder = told
    counts = [line for line in lines if line.get("reason") == "breathing"]
    assert len(counts) == 3 * (3 + 5 + 3)
    gaps = np.diff([line["start_s"] for line in counts])
    assert np.all(np.abs(gaps - 1.0) < 0.002)
    speech, _ = soundfile.read(folder / "out.wav", dtype="int16")
    first, last = counts[0]["start_s"], counts[10]["end_s"]
    breath = speech[int((first - 0.2) * RATE_HZ) : int((last + 0.5) * RATE_HZ)]
    heard = open_transcriber().transcribe(breath.tobytes()).text.lower()
    for word in ("two", "three", "four", "five", "out"):
        assert word in heard, heard


def test_the_spoken_side_is_as_long_as_the_call(told: Any) -> None:
    _, folder = told
    length_s = soundfile.info(folder / "out.wav").duration
    assert abs(length_s - soundfile.info(SAMPLE).duration) < 0.1


def test_the_case_file_holds_what_was_dictated(told: Any) -> None:
    lines, folder = told
    (saved,) = [line for line in lines if line["event"] == "case_saved"]
    path = Path(saved["path"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    case = CaseStore(folder / "cases").load(saved["case_id"])
    assert case.company
    assert [number.value for number in case.fields.case_numbers] == ["74291"]
    assert "Maria" in [person.name for person in case.fields.people]
    assert case.fields.next_steps
    assert case.tips_done == (1, 2, 6, 8)


def test_two_runs_tell_the_same(told: Any, tmp_path: Path) -> None:
    lines, folder = told
    again = replay(tmp_path)

    def plain(told_lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**line, "path": ""} if "path" in line else line for line in told_lines]

    assert plain(again) == plain(lines)
    (first,) = (folder / "cases").glob("*.md")
    (second,) = tmp_path.glob("*.md")
    assert first.read_text() == second.read_text()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.wav", b"", "audio-"),
        ("words.wav", b"this is not a sound file", "audio-"),
    ],
)
def test_what_is_no_sound_is_refused_in_a_sentence(
    name: str, content: bytes, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    assert main(["replay", str(tmp_path / name), "--cases", str(tmp_path)]) == 1
    assert f"[{code}" in capsys.readouterr().err


def test_a_time_that_is_none_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(SAMPLE), "--start", "yesterday"]) == 2
    assert "[bad-time]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rate_hz", "channels", "subtype"),
    [(8_000, 1, "PCM_16"), (48_000, 2, "PCM_24"), (44_100, 1, "FLOAT")],
)
def test_a_cue_is_heard_from_any_format(
    rate_hz: int, channels: int, subtype: str, vosk_model_path: Path, tmp_path: Path
) -> None:
    import soxr

    samples, _ = soundfile.read(SAMPLE, dtype="float32", stop=9 * RATE_HZ)
    other = soxr.resample(samples, RATE_HZ, rate_hz)
    soundfile.write(
        tmp_path / "in.wav", np.repeat(other[:, None], channels, axis=1), rate_hz, subtype=subtype
    )
    lines = replay(tmp_path, file=tmp_path / "in.wav")
    assert "start-call" in [line.get("cue") for line in lines]


def test_silence_brings_nothing(vosk_model_path: Path, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "in.wav", np.zeros(20 * RATE_HZ), RATE_HZ)
    lines = replay(tmp_path, "--phase", "live", file=tmp_path / "in.wav")
    assert {line["event"] for line in lines} == {"phase", "earcon"}


def test_a_recap_that_is_never_ended_is_saved_at_the_end(
    vosk_model_path: Path, tmp_path: Path
) -> None:
    samples, _ = soundfile.read(SAMPLE, dtype="float32")
    dictated = samples[133 * RATE_HZ : 149 * RATE_HZ]
    soundfile.write(tmp_path / "in.wav", dictated, RATE_HZ)
    lines = replay(tmp_path, "--phase", "recap", file=tmp_path / "in.wav")
    assert [line["event"] for line in lines if line["event"] == "case_saved"]


def test_an_interview_is_held_only_where_the_file_has_the_answers(
    vosk_model_path: Path, tmp_path: Path
) -> None:
    samples, _ = soundfile.read(SAMPLE, dtype="float32")
    dictated = samples[133 * RATE_HZ :]
    silence = np.zeros(60 * RATE_HZ, dtype=np.float32)
    soundfile.write(tmp_path / "in.wav", np.concatenate((dictated, silence)), RATE_HZ)
    for options in ((), ("--interview",)):
        lines = replay(
            tmp_path / str(len(options)), "--phase", "recap", *options, file=tmp_path / "in.wav"
        )
        asked = [line for line in lines if line.get("reason", "").startswith(("ask-", "read-"))]
        assert bool(asked) == bool(options)
        events = [line["event"] for line in lines]
        assert events.count("case_saved") == 1
        assert ("case_updated" in events) == bool(options)
