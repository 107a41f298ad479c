"""Silence on a mere suspicion of "stop": when it comes, and what does not bring it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from assistant.coaching.cues import load_cues
from assistant.events import FRAME_SAMPLES, SAMPLE_RATE_HZ, CueMatch, Frame
from assistant.recognition.cue_spotter import CueSpotter
from assistant.recognition.model_twin import twin_of
from assistant.recognition.transcribers import load_vosk_model
from assistant.resources import shipped
from assistant.settings import HearingSettings
from assistant.speech.samples import Samples, from_pcm
from assistant.speech.synthesiser import Pyttsx3Synthesiser

pytestmark = pytest.mark.needs_model
QUICK_PATTERN = '[[pattern]]\nname = "quick"\ntitle = "Quick"\nin = 9\nout = 9\ncount_s = 0.5\n'
DEEP_BREATH_S = (5.6, 7.2)
"""Where the sample says "Take a deep breath."."""


@pytest.fixture(scope="module")
def model(vosk_model_path: Path) -> Any:
    return load_vosk_model(twin_of(vosk_model_path))


def spoken(text: str) -> bytes:
    """`text` by the computer's voice, with a second of silence around it."""
    synthesiser = Pyttsx3Synthesiser("", 150)
    try:
        pcm = synthesiser.render(text).pcm
    finally:
        synthesiser.close()
    return bytes(2 * SAMPLE_RATE_HZ) + pcm + bytes(2 * SAMPLE_RATE_HZ)


def told(model: Any, pcm: bytes, own_speech: str) -> list[str]:
    """What the spotter tells of while we speak, in order: suspicions, and cues by their names."""
    events: list[str] = []
    suspect: Callable[[], None] = lambda: events.append("suspicion")  # noqa: E731
    book = load_cues(shipped("prompts/en/cues.toml"))
    spotter = CueSpotter(model, book, HearingSettings(), suspect=suspect)
    spotter.listen_for(frozenset({"live", "speaking"}))
    size = 2 * FRAME_SAMPLES
    for first in range(0, len(pcm), size):
        matches: tuple[CueMatch, ...] = spotter.accept(Frame(pcm[first : first + size]), own_speech)
        events += [match.cue for match in matches]
    return events


@pytest.mark.parametrize("phrase", ["stop", "stop talking", "that's enough"])
def test_a_stop_is_suspected_before_it_is_believed(model: Any, phrase: str) -> None:
    events = told(model, spoken(phrase), "Ask their name.")
    assert events[0] == "suspicion"
    assert events.count("suspicion") <= len(phrase.split()), "once for each phrase there"
    assert events.count("stop") == 1


def test_what_we_say_ourselves_is_not_suspected(model: Any) -> None:
    assert told(model, spoken("stop talking"), "Stop talking, and let them answer.") == []


@pytest.mark.parametrize("text", ["could you send me the bill please", "take a deep breath"])
def test_other_words_are_not_suspected(model: Any, text: str) -> None:
    assert "suspicion" not in told(model, spoken(text), "Ask their name.")


def test_the_breathing_is_silent_before_the_stop_is_believed(
    vosk_model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decision falls in the middle of a count, so that a late silence cannot hide."""
    first, last = (round(at_s * SAMPLE_RATE_HZ) for at_s in DEEP_BREATH_S)
    sample = shipped("samples/support_call.ogg")
    breath, _ = soundfile.read(sample, dtype="float32", start=first, stop=last)
    stop, pause = from_pcm(spoken("stop")), np.zeros(round(5.75 * SAMPLE_RATE_HZ), dtype=np.float32)
    soundfile.write(tmp_path / "in.wav", np.concatenate([breath, pause, stop]), SAMPLE_RATE_HZ)
    (tmp_path / "breathing.toml").write_text(QUICK_PATTERN)
    settings = '[breathing]\npattern = "quick"\nstyle = "both"\n'
    (tmp_path / "settings.toml").write_text(settings)
    monkeypatch.setenv("CALLCOACH_CONFIG", str(tmp_path))
    lines, speech = replay(tmp_path)
    (stopped,) = [line for line in lines if line["event"] == "cue" and line["cue"] == "stop"]
    sounding_s = np.flatnonzero(np.abs(speech) > 0.01) / SAMPLE_RATE_HZ
    (cut,) = [line for line in lines if line["event"] == "say" and line["end_s"] == stopped["t"]]
    assert cut["start_s"] < sounding_s[-1] < stopped["t"] - 0.02


def replay(folder: Path) -> tuple[list[dict[str, Any]], Samples]:
    """Run the command on ``in.wav``: its lines, and what it said."""
    run = subprocess.run(
        [sys.executable, "-m", "assistant", "replay", str(folder / "in.wav"), "--json",
         "--phase", "live", "--cases", str(folder / "cases"), "--speech", str(folder / "out.wav")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    speech, _ = soundfile.read(folder / "out.wav", dtype="float32")
    return [json.loads(line) for line in run.stdout.splitlines()], speech
