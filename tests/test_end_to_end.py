"""The whole companion as its user has it: a process, a microphone, a speaker, a case file."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from virtual_card import VirtualCard, wait_until

from assistant.cases.store import CaseStore
from assistant.coaching.breathing import find_pattern
from assistant.recognition.transcribers import open_transcriber
from assistant.speech.breathing_audio import render_breathing
from assistant.speech.samples import Samples, from_pcm
from assistant.speech.synthesiser import Pyttsx3Synthesiser

SAMPLE = Path(__file__).parents[1] / "samples" / "support_call.ogg"
RATE_HZ = 16_000
RATE_WPM = 165
LONGEST_PAUSE_S = 17.0
"""Room for one breath with its introduction; the sample leaves room for three."""
DEEP_BREATH_S = (5.6, 7.2)
"""Where the sample says "Take a deep breath."."""
DICTATION_S = (133, 149)
"""Where its recap is dictated."""
RECAP_S = (133, 152)
"""The same with the words that end it."""


def read(path: Path, first_s: float = 0.0, last_s: float | None = None) -> Samples:
    """A stretch of a sound file at 16 kHz."""
    stop = None if last_s is None else round(last_s * RATE_HZ)
    samples, rate_hz = soundfile.read(
        path, dtype="float32", start=int(first_s * RATE_HZ), stop=stop
    )
    assert rate_hz == RATE_HZ
    found: Samples = samples
    return found


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE_HZ), dtype=np.float32)


def spoken(text: str, rate_wpm: int = RATE_WPM) -> Samples:
    """`text` in the computer's voice."""
    synthesiser = Pyttsx3Synthesiser("", rate_wpm)
    try:
        pcm = synthesiser.render(text).pcm
    finally:
        synthesiser.close()
    return from_pcm(pcm)


def loud_s(samples: Samples, threshold: float = 0.01) -> npt.NDArray[np.float64]:
    """When `samples` are louder than `threshold`, in seconds, ascending."""
    return np.flatnonzero(np.abs(samples) > threshold) / RATE_HZ


def likeness(heard: Samples, played: Samples) -> float:
    """The greatest correlation of the loudness of `played` with any stretch of `heard`, 0 to 1.

    Of the loudness, per 10 ms, because espeak says nothing twice with the same samples.
    """
    whole, part = (
        np.sqrt((samples[: len(samples) // 160 * 160].reshape(-1, 160) ** 2).mean(axis=1))
        for samples in (heard, played)
    )
    stretches = np.lib.stride_tricks.sliding_window_view(whole, len(part))
    stretches = stretches - stretches.mean(axis=1, keepdims=True)
    part = part - part.mean()
    size = np.linalg.norm(stretches, axis=1) * np.linalg.norm(part)
    return float((stretches @ part / np.maximum(size, 1e-3)).max())


def without_long_pauses(samples: Samples) -> Samples:
    """`samples` with every pause cut to `LONGEST_PAUSE_S`."""
    blocks = samples[: len(samples) // 160 * 160].reshape(-1, 160)
    quiet = np.sqrt((blocks**2).mean(axis=1)) < 10 ** (-55 / 20)
    run, keep = 0, []
    for is_quiet in quiet:
        run = run + 1 if is_quiet else 0
        keep.append(run <= LONGEST_PAUSE_S * 100)
    kept: Samples = blocks[np.array(keep)].ravel()
    return kept


class Companion:
    """A running companion with folders of its own."""

    def __init__(self, card: VirtualCard, folder: Path) -> None:
        self._card = card
        self._folder = folder
        self._output = folder / "output.txt"
        self.config = folder / "config"
        self.config.mkdir()
        self.data = folder / "data"
        self.store = CaseStore(folder / "cases")

    @property
    def shown(self) -> str:
        """What it has printed so far."""
        return self._output.read_text()

    @property
    def cues(self) -> list[str]:
        """Identifiers of the cues it says it has heard."""
        return re.findall(r"heard   “[^”]*” \(([a-z-]+),", self.shown)

    @property
    def notes(self) -> list[str]:
        """Utterances it says it has noted."""
        return re.findall(r"notes   (.*)", self.shown)

    @contextlib.contextmanager
    def running(self, command: str, until_shown: str) -> Iterator[subprocess.Popen[bytes]]:
        """Start `command`, wait until it listens; afterwards end it as Ctrl-C does."""
        with self._output.open("w") as lines:
            process = subprocess.Popen(
                [sys.executable, "-m", "assistant", command, "--cases", str(self.store.folder)],
                env={
                    **os.environ,
                    **self._card.env,
                    "CALLCOACH_CONFIG": str(self.config),
                    "CALLCOACH_DATA": str(self.data),
                    "PYTHONUNBUFFERED": "1",
                },
                stdin=subprocess.DEVNULL,
                stdout=lines,
                stderr=subprocess.STDOUT,
            )
        try:
            wait_until(lambda: until_shown in self.shown)
            yield process
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == 0, self.shown
        finally:
            process.kill()
            process.wait()

    def hear(self, samples: Samples) -> None:
        """Play `samples` into its microphone, to the end."""
        path = self._folder / "caller.wav"
        soundfile.write(path, samples, RATE_HZ)
        assert self._card.play_into_mic(path).wait() == 0


@pytest.fixture
def companion(virtual_card: VirtualCard, vosk_model_path: Path, tmp_path: Path) -> Companion:
    """A companion that is not running yet."""
    return Companion(virtual_card, tmp_path)


@pytest.mark.slow
@pytest.mark.needs_model
@pytest.mark.sound_card
@pytest.mark.timeout(400)
def test_a_call_through_the_sound_card(
    virtual_card: VirtualCard, companion: Companion, tmp_path: Path
) -> None:
    (companion.config / "settings.toml").write_text("[breathing]\ncycles = 1\n")
    with (
        virtual_card.record_both(tmp_path / "both.wav"),
        companion.running("call", until_shown="ready"),
    ):
        companion.hear(without_long_pauses(read(SAMPLE)))
        wait_until(lambda: "saved" in companion.shown)
    shown = companion.shown
    expected = {"start-call", "breathe", "escalate", "start-recap", "end-recap"}
    assert expected <= set(companion.cues), shown
    heard = read(tmp_path / "both.wav")[:, 1]
    synthesiser = Pyttsx3Synthesiser("", RATE_WPM)
    breath = render_breathing(find_pattern("3-5-3"), 1, "counts", synthesiser, RATE_WPM)
    synthesiser.close()
    alike = likeness(heard, from_pcm(breath.pcm))
    assert alike > 0.8, f"the counts fell on their beats, but only {alike:.2f} alike"
    pcm = (heard * 32767).astype("<i2").tobytes()
    assert "what happened" in open_transcriber().transcribe(pcm).text.lower()
    (summary,) = companion.store.list()
    assert summary.case_numbers == ("74291",), shown


@pytest.mark.slow
@pytest.mark.needs_model
@pytest.mark.sound_card
def test_stop_ends_the_breathing(
    virtual_card: VirtualCard, companion: Companion, tmp_path: Path
) -> None:
    """Counts of half a second leave no pause in which a late stop could hide."""
    (companion.config / "breathing.toml").write_text(
        '[[pattern]]\nname = "quick"\ntitle = "Quick"\nin = 9\nout = 9\ncount_s = 0.5\n'
    )
    (companion.config / "settings.toml").write_text(
        '[breathing]\npattern = "quick"\nstyle = "both"\n'
    )
    companion.data.mkdir()
    (companion.data / "breathed-before").touch()
    breath = np.append(read(SAMPLE, *DEEP_BREATH_S), silence(5.0))
    rounds = [
        np.concatenate((breath, spoken("stop", rate), silence(3.0))) for rate in (140, 165, 165)
    ]
    with (
        virtual_card.record_both(tmp_path / "both.wav"),
        companion.running("call", until_shown="begins"),
    ):
        companion.hear(np.concatenate(rounds))
    assert companion.cues == ["breathe", "stop"] * len(rounds), companion.shown
    both = read(tmp_path / "both.wav")
    asked, given = loud_s(both[:, 0]), loud_s(both[:, 1])
    ends = asked[np.diff(asked, append=np.inf) > 2.0]  # of each breath and each stop in turn
    # The exercise would go on for half a minute; benchmarks/footprint.py measures how soon it ends.
    for end in ends[1::2]:
        assert not np.any((given > end + 2.0) & (given < end + 3.0)), given


@pytest.mark.slow
@pytest.mark.needs_model
@pytest.mark.sound_card
def test_a_sound_card_that_goes_and_comes_back_costs_nothing_noted(
    virtual_card: VirtualCard, companion: Companion
) -> None:
    dictation = np.append(read(SAMPLE, *DICTATION_S), silence(1.5))
    with companion.running("recap", until_shown="recap"):
        companion.hear(dictation)
        wait_until(lambda: len(companion.notes) >= 3)
        virtual_card.stop()
        wait_until(lambda: "[input-lost]" in companion.shown)
        virtual_card.start()
        wait_until(lambda: "[input-back]" in companion.shown)
        companion.hear(dictation)
        wait_until(lambda: len(companion.notes) >= 6)
    (summary,) = companion.store.list()
    case = companion.store.load(summary.case_id)
    assert [said.text for said in case.recap_spoken] == companion.notes
    assert summary.case_numbers == ("74291",)


@pytest.mark.slow
@pytest.mark.needs_model
@pytest.mark.sound_card
def test_questions_are_asked_and_answered_through_the_sound_card(companion: Companion) -> None:
    with companion.running("recap", until_shown="recap") as process:
        companion.hear(read(SAMPLE, *RECAP_S))
        wait_until(lambda: "Is that right" in companion.shown)
        (summary,) = companion.store.list()
        assert summary.case_numbers == ("74291",), "saved before the first question"
        companion.hear(np.append(spoken("Yes.", 140), silence(1.0)))
        wait_until(lambda: "All saved." in companion.shown)
        assert process.wait(timeout=60) == 0, companion.shown
    case = companion.store.load(summary.case_id)
    assert case.fields.case_numbers[0].confidence == 1.0, companion.shown
    assert case.needs_review == ()


@pytest.mark.needs_model
def test_no_device_is_told_in_a_sentence(vosk_model_path: Path, tmp_path: Path) -> None:
    """Without a sound server there is no device: no traceback, exit code 1, a code to look up."""
    configuration = tmp_path / "asound.conf"
    configuration.write_text("pcm.default { type pulse }\nctl.default { type pulse }\n")
    run = subprocess.run(
        [sys.executable, "-m", "assistant", "call", "--cases", str(tmp_path / "cases")],
        env={
            **os.environ,
            "ALSA_CONFIG_PATH": str(configuration),
            "PULSE_SERVER": f"unix:{tmp_path}/none",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert re.search(r"\[no-(in|out)put-device\]", run.stderr), run.stderr
    assert "Traceback" not in run.stderr
