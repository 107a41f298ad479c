"""``kill -9`` in the middle of a recap: what was told as noted is on disk, and becomes a case."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.cases.journal import Journal
from assistant.cases.store import CaseStore
from assistant.cli import main

pytestmark = [pytest.mark.slow, pytest.mark.needs_model]
SAMPLE = Path(__file__).parents[1] / "samples" / "support_call.ogg"
RATE_HZ = 16_000
DICTATION_S = (133, 149)
"""Where the sample call's recap is dictated."""
TIMES = 2
"""How often it is dictated in a row: enough utterances to be killed among."""
KILLS = 20
SEED = 20261122

DIES_BETWEEN_CASE_AND_JOURNAL = """
import os, signal, sys
from assistant.cases.journal import Journal
from assistant.cli import main

Journal.finish = lambda self, path: os.kill(os.getpid(), signal.SIGKILL)
main(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def dictation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dictated recap as a sound file."""
    first, last = (seconds * RATE_HZ for seconds in DICTATION_S)
    samples, _ = soundfile.read(SAMPLE, dtype="int16", start=first, stop=last)
    path = tmp_path_factory.mktemp("dictation") / "recap.wav"
    soundfile.write(path, np.tile(samples, TIMES), RATE_HZ)
    return path


class Folders:
    """A data folder, a folder of cases, and what is left in them."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.store = CaseStore(folder / "cases")

    def start(self, dictation: Path, *python: str) -> subprocess.Popen[str]:
        """Begin a recap of `dictation` in a process of its own."""
        return subprocess.Popen(
            [sys.executable, *(python or ("-m", "assistant")), "recap", str(dictation),
             "--cases", str(self.store.folder)],
            env={**os.environ, "CALLCOACH_DATA": str(self.data), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip

    def in_journal(self) -> list[str]:
        """Utterances of the unfinished recap; empty when there is none."""
        left = Journal.unfinished(self.data / "journal")
        assert len(left) <= 1
        return [said.text for recap in left for said in recap.utterances]

    def in_case(self) -> list[str]:
        """Utterances of the one case file; empty when there is none."""
        cases = self.store.list()
        assert len(cases) <= 1, cases
        return [said.text for case in cases for said in self.store.load(case.case_id).recap_spoken]

    def recover(self) -> None:
        """What the user would do next."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CALLCOACH_DATA", str(self.data))
            assert main(["cases", "recover", "--finish", "--cases", str(self.store.folder)]) == 0


def told(output: str) -> list[str]:
    """The utterances that `output` shows as noted; a line cut short by the kill shows none."""
    lines = [line for line in output.splitlines(keepends=True) if line.endswith("\n")]
    return [line.partition("notes   ")[2].strip() for line in lines if "notes   " in line]


def kill_after(process: subprocess.Popen[str], seconds: float) -> str:
    """SIGKILL `process` after so long, unless it ended before; all that it printed."""
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    output, _ = process.communicate()
    timer.cancel()
    return output


def test_a_kill_loses_nothing_but_the_utterance_in_flight(
    vosk_model_path: Path, dictation: Path, tmp_path: Path
) -> None:
    whole = Folders(tmp_path / "whole")
    began_s = time.monotonic()
    everything = told(kill_after(whole.start(dictation), 120.0))
    length_s = time.monotonic() - began_s
    assert len(everything) >= 3 * TIMES
    assert whole.in_case() == everything

    chance = random.Random(SEED)
    kept_counts = []
    for number in range(KILLS):
        folders = Folders(tmp_path / str(number))
        share = (number + chance.random()) / KILLS  # one in every twentieth of the run
        noted = told(kill_after(folders.start(dictation), share * length_s))
        saved, left = folders.in_case(), folders.in_journal()
        kept = left or saved
        # The one in flight may have reached the disk without being told.
        assert kept[: len(noted)] == noted, (number, share)
        assert len(kept) <= len(noted) + 1
        folders.recover()
        assert folders.in_case() == kept
        assert folders.in_journal() == []
        kept_counts.append(len(kept))
    assert len(set(kept_counts)) > TIMES, "the kills were not spread over the dictation"


def test_a_kill_between_case_and_journal_makes_no_second_case(
    vosk_model_path: Path, dictation: Path, tmp_path: Path
) -> None:
    folders = Folders(tmp_path)
    process = folders.start(dictation, "-c", DIES_BETWEEN_CASE_AND_JOURNAL)
    noted = told(kill_after(process, 120.0))
    assert process.returncode == -9
    assert folders.in_journal() == folders.in_case() == noted
    folders.recover()
    assert folders.in_case() == noted
    assert folders.in_journal() == []
