"""What a hostile user, a full disk or a broken file can do: a plain sentence, and nothing lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import IO

import numpy as np
import pytest
import soundfile
from fakes_audio import FakePlayer
from test_runner import House, Recorder

from assistant.audio.files import FileSource
from assistant.cases.journal import Journal
from assistant.cases.store import CaseStore
from assistant.cli import main
from assistant.commands.replay import parse_start
from assistant.errors import AudioError, UsageError
from assistant.events import EndOfAudio, Frame, Phase
from assistant.notices import CaseSavedNotice, ErrorNotice, Notice, Status
from assistant.runner import Runner

SAMPLE = Path(__file__).parents[1] / "samples" / "support_call.ogg"
RATE_HZ = 16_000


def callcoach(
    *words: str, stdout: IO[str] | int = subprocess.PIPE, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "assistant", *words],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
        check=False,
    )


# --- sound files ------------------------------------------------------------------------------


def tone(seconds: float) -> np.ndarray:
    return 0.3 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)


def delivered(*paths: Path) -> tuple[int, EndOfAudio]:
    """Samples that a replay of the files would hear, and what ends it."""
    items: list[object] = []
    source = FileSource(paths)
    source.open(items.append)
    while not (items and isinstance(items[-1], EndOfAudio)):
        source.pump()
    end = items[-1]
    assert isinstance(end, EndOfAudio)
    return sum(item.samples for item in items if isinstance(item, Frame)), end


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_or_folder_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    for path in (tmp_path / "pipe.wav", tmp_path):
        with pytest.raises(AudioError, match="a folder or a device") as caught:
            FileSource(path).open(lambda _: None)
        assert caught.value.code == "audio-unreadable"


def test_a_damaged_file_is_used_as_far_as_it_goes_and_that_is_told(tmp_path: Path) -> None:
    path, whole = tmp_path / "cut.flac", tmp_path / "whole.wav"
    rng = np.random.default_rng(1)
    soundfile.write(path, 0.1 * rng.standard_normal(10 * RATE_HZ), RATE_HZ)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    soundfile.write(whole, tone(2.0), RATE_HZ)
    samples, end = delivered(path, whole)
    assert "cut.flac is damaged: it can be read only up to" in end.problem
    assert 2 * RATE_HZ < samples < 8 * RATE_HZ, "the file behind it is heard too"
    assert delivered(whole) == (2 * RATE_HZ, EndOfAudio())


def test_a_file_that_vanishes_before_its_turn_ends_nothing_else(tmp_path: Path) -> None:
    first, second = tmp_path / "1.wav", tmp_path / "2.wav"
    soundfile.write(first, tone(1.0), RATE_HZ)
    soundfile.write(second, tone(1.0), RATE_HZ)
    items: list[object] = []
    source = FileSource([first, second])
    source.open(items.append)
    second.unlink()
    while not (items and isinstance(items[-1], EndOfAudio)):
        source.pump()
    assert isinstance(items[-1], EndOfAudio)
    assert "There is no file" in items[-1].problem


def test_a_long_file_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    with soundfile.SoundFile(path, "w", 8_000, 1) as file:
        for _ in range(30):
            file.write(np.zeros(20 * 8_000, dtype=np.int16))
    source = FileSource(path)
    ended: list[object] = []
    source.open(lambda item: ended.append(item) if isinstance(item, EndOfAudio) else None)
    tracemalloc.start()
    while not ended:
        source.pump()
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 2_000_000, "ten minutes at 8 kHz are 9.6 MB"


@pytest.mark.parametrize("text", ["yesterday", "2026-13-45", "0001-01-01", "9999-12-31T23:59:59"])
def test_a_start_that_nothing_can_be_dated_by_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_start(text)
    assert caught.value.code == "bad-time"


# --- disks ------------------------------------------------------------------------------------


def codes(house: House) -> list[str]:
    return [n.code for n in house.recorder.notices if isinstance(n, ErrorNotice)]


def test_words_that_no_disk_takes_are_shown(tmp_path: Path) -> None:
    for name in ("cases", "journal"):
        (tmp_path / name).write_text("a file where the folder should be")
    house = House(tmp_path, {2.0: "start-recap", 9.0: "end-recap"}, {4.0: "One.", 6.0: "Two."})
    house.run()
    assert codes(house)[-2:] == ["case-not-saved", "recap-not-kept"]
    last = house.recorder.of(ErrorNotice)[-1]
    assert isinstance(last, ErrorNotice)
    assert "One. Two." in last.message
    said = " ".join(getattr(n, "text", "") for n in house.recorder.notices)
    assert "safe in the journal" not in said


def test_a_journal_that_comes_back_gets_all_words(tmp_path: Path) -> None:
    (tmp_path / "cases").write_text("a file where the folder should be")
    (tmp_path / "journal").write_text("a file where the folder should be")
    house = House(tmp_path, {2.0: "start-recap", 9.0: "end-recap"}, {4.0: "One.", 6.0: "Two."})
    mended = house.recorder.notice

    def mend_then_note(notice: Notice) -> None:
        if getattr(notice, "text", "") == "Two.":
            (tmp_path / "journal").unlink()
        mended(notice)

    house.recorder.notice = mend_then_note  # type: ignore[method-assign]
    house.run()
    assert "recap-not-kept" not in codes(house)
    (left,) = Journal.unfinished(house.journals)
    assert left.text == "One. Two."


def test_a_recap_without_a_word_leaves_no_journal(tmp_path: Path) -> None:
    house = House(tmp_path, {1.0: "introduction", 8.0: "start-recap", 12.0: "end-recap"}).run()
    assert codes(house) == []
    assert list(house.journals.iterdir()) == []


def test_a_case_folder_deleted_in_mid_call_is_made_again(tmp_path: Path) -> None:
    house = House(tmp_path, {2.0: "start-recap", 9.0: "end-recap"}, {4.0: "One."})
    house.store.folder.mkdir()
    house.store.folder.rmdir()
    house.run()
    (saved,) = house.recorder.of(CaseSavedNotice)
    assert isinstance(saved, CaseSavedNotice)
    assert Path(saved.path).is_file()
    assert house.store.folder.stat().st_mode & 0o777 == 0o700


class FullDisk(FakePlayer):
    """A player whose sound file cannot be written any more from 5 s on."""

    def advance(self, t_s: float) -> None:
        super().advance(t_s)
        if 5.0 < t_s < 5.2:
            raise AudioError("audio-unwritable", "out.wav cannot be written.", "Make room.")


def test_speech_that_cannot_be_written_costs_no_recap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("test_runner.FakePlayer", FullDisk)
    house = House(tmp_path, {2.0: "start-recap", 9.0: "end-recap"}, {4.0: "One.", 7.0: "Two."})
    house.run()
    assert "audio-unwritable" in codes(house)
    (saved,) = house.recorder.of(CaseSavedNotice)
    assert isinstance(saved, CaseSavedNotice)
    assert house.store.load(saved.case_id).recap == "One. Two."


@pytest.mark.parametrize("texts", [{}, {4.0: "One."}])
def test_a_recap_on_its_own_ends_however_its_save_went(
    texts: dict[float, str], tmp_path: Path
) -> None:
    (tmp_path / "cases").write_text("a file where the folder should be")
    house = House(tmp_path, {9.0: "end-recap"}, texts, seconds=12.0, phase=Phase.RECAP).run()
    assert codes(house) == (["case-not-saved"] if texts else [])


def test_nobody_is_asked_in_a_recording(tmp_path: Path) -> None:
    house = House(tmp_path, {}, {2.0: "One.", 40.0: "Two."}, seconds=45.0, phase=Phase.RECAP).run()
    (saved,) = house.recorder.of(CaseSavedNotice)
    assert isinstance(saved, CaseSavedNotice)
    assert house.store.load(saved.case_id).recap == "One. Two."


# --- screens, pipes and streams ------------------------------------------------------------------


class TornScreen(Recorder):
    """An observer whose terminal is closed after five seconds."""

    def status(self, status: Status) -> None:
        if status.t_s > 5.0:
            raise BrokenPipeError
        super().status(status)


def test_a_screen_that_goes_away_saves_and_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("test_runner.Recorder", TornScreen)
    house = House(tmp_path, {2.0: "start-recap"}, {4.0: "One.", 9.0: "Two."})
    with pytest.raises(BrokenPipeError):
        Runner(house.parts).run()
    (path,) = house.store.folder.glob("*.md")
    assert house.store.load(path.stem).recap == "One."


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_output_is_a_sentence() -> None:
    for words in (["cues", "list"], ["breathe", "--list"], ["cases", "path"]):
        with Path("/dev/full").open("w") as full:
            run = callcoach(*words, stdout=full)
        assert run.returncode == 1
        assert run.stderr.startswith("callcoach: ")
        assert run.stderr.endswith("[system-error]\n")


def test_closed_streams_are_no_crash_and_no_file_takes_their_place() -> None:
    code = (
        "import os, sys\n"
        "for fd in (0, 1, 2): os.close(fd)\n"
        "sys.stdin = sys.stdout = sys.stderr = None\n"
        "from assistant.cli import main\n"
        "done = main(['cues', 'list'])\n"
        "sys.exit(done or os.open(os.devnull, os.O_RDONLY) < 3)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_terminal_without_unicode_gets_question_marks() -> None:
    environment = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    run = callcoach("cases", "show", "é", environment=environment)
    assert (run.returncode, run.stderr.count("?") > 0) == (1, True)
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nonsense"],
        ["replay"],
        ["replay", "x.wav", "--phase", "wrong"],
        ["replay", "x.wav", "--start", "x"],
        ["breathe", "--cycles", "0"],
        ["breathe", "--cycles", "x"],
        ["say", "hi", "--rate", "3"],
        ["models", "fetch", "nope"],
        ["cases", "export", "x", "--to", "zip"],
        ["cues", "list", "--phase", "x"],
    ],
)
def test_wrong_usage_is_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code = main(words)
    except SystemExit as left:  # argparse's own way
        code = int(str(left.code))
    assert code == 2
    assert capsys.readouterr().err


def test_an_unknown_case_is_told_before_anything_is_heard(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cases", "show", "nope", "--cases", str(tmp_path)]) == 1
    assert "[case-not-found]" in capsys.readouterr().err


# --- signals ------------------------------------------------------------------------------------


def stopped(words: list[str], wait_for: str, number: signal.Signals) -> tuple[int, str, str]:
    """Start a command, send it a signal once a line holds `wait_for`; code, rest and errors."""
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        # Whoever runs the tests in the background has Ctrl-C ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  (no threads)
    )
    assert process.stdout is not None
    for line in process.stdout:
        if wait_for in line:
            break
    process.send_signal(number)
    rest, errors = process.communicate()
    return process.returncode, rest, errors


@pytest.mark.needs_model
@pytest.mark.slow
def test_ctrl_c_ends_a_replay_without_a_traceback(vosk_model_path: Path, tmp_path: Path) -> None:
    words = ["replay", str(SAMPLE), "--json", "--cases", str(tmp_path)]
    code, rest, errors = stopped(words, '"phase"', signal.SIGINT)
    assert (code, errors) == (130, "")
    assert all(json.loads(line)["event"] for line in rest.splitlines()), "no torn line"


@pytest.mark.needs_model
@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_in_a_recap_of_a_file_saves(
    number: signal.Signals, code: int, vosk_model_path: Path, tmp_path: Path
) -> None:
    words = ["recap", str(SAMPLE), "--cases", str(tmp_path)]
    ended, _, errors = stopped(words, "notes", number)
    assert (ended, errors) == (code, "")
    (path,) = tmp_path.glob("*.md")
    assert CaseStore(tmp_path).load(path.stem).recap


@pytest.mark.needs_model
@pytest.mark.slow
def test_words_unknown_to_the_model_are_told_and_the_rest_is_heard(
    vosk_model_path: Path, tmp_path: Path
) -> None:
    (tmp_path / "cues.toml").write_text('[[cue]]\nid = "odd"\nphrases = ["xyzzy plugh"]\n')
    samples, _ = soundfile.read(SAMPLE, stop=4 * RATE_HZ)
    soundfile.write(tmp_path / "in.wav", samples, RATE_HZ)
    run = callcoach(
        "replay",
        str(tmp_path / "in.wav"),
        "--json",
        "--cases",
        str(tmp_path),
        environment={"CALLCOACH_CONFIG": str(tmp_path)},
    )
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert (run.returncode, run.stderr) == (0, "")
    assert [one["code"] for one in lines if one["event"] == "warning"] == ["cue-words-unknown"]
    assert "start-call" in [one.get("cue") for one in lines]
