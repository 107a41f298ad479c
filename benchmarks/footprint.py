"""What the companion costs: start, CPU per second of audio, memory, and how soon it answers.

``python benchmarks/footprint.py [--speech FILE…] [--without-card] [--json]`` runs the command as a
user would, in processes of its own. CPU is user plus system time of all its processes; a long run
less a short one, divided by the difference in audio, so that start-up does not count.

Through the sound card: ``scripts/virtual_card.sh`` gives a microphone and a speaker that are two
channels of one sink, so one recording holds the caller and the companion on one timeline.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "samples" / "support_call.ogg"
CARD = ROOT / "scripts" / "virtual_card.sh"
RATE_HZ = 16_000
SILENCE_S = (5, 305)
SPEECH_S = (5, 125)
CARD_SILENCE_S = 20.0
WELCOME_S = 6.0
"""Room for the welcome, which nobody should interrupt."""
DEEP_BREATH_S = (5.6, 7.2)
"""Where the sample call says "Take a deep breath."."""
STOP_RATES_WPM = (140, 150, 165, 180)
"""How fast "stop" is spoken, by the computer's voice."""
ROUNDS = 3
"""How often each figure is taken; the median is reported."""
SOUND = 0.01
"""Louder than this is sound; the virtual card adds no noise."""
ANSWER_S = 1.5
"""An answer that begins later than this after a cue is none to it."""

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Run:
    """One run of the command."""

    lines: list[dict[str, object]]
    first_line_s: float
    """Wall time until the first line, that is until it listens."""
    cpu_s: float
    """Of the main process and the voice's."""
    peak_mb: float
    """Largest sum of the resident sizes of both processes."""


def children(pid: int) -> list[int]:
    """Processes that `pid` has started."""
    with contextlib.suppress(OSError):
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        return [int(child) for child in text.split()]
    return []


def peak_mb(pids: Sequence[int]) -> float:
    """Sum of the largest resident sizes of `pids` so far."""
    total_kb = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
                if line.startswith("VmHWM:"):
                    total_kb += int(line.split()[1])
    return total_kb / 1024


class Watch:
    """Keeps looking at the memory of a process and its children until it ends."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.peak_mb = 0.0

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.05):
            self.peak_mb = max(self.peak_mb, peak_mb([self._pid, *children(self._pid)]))


def replay(path: Path, phase: str, folder: Path) -> Run:
    """Run ``callcoach replay`` on `path` from `phase` on."""
    command = [sys.executable, "-m", "assistant", "replay", str(path), "--json"]
    began = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--phase", phase, "--cases", str(folder / "cases")],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with Watch(process.pid) as watch:
        first = process.stdout.readline()
        first_line_s = time.perf_counter() - began
        rest = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"replay of {path.name} failed with {status}")
    lines = [json.loads(line) for line in (first + rest).splitlines()]
    return Run(lines, first_line_s, usage.ru_utime + usage.ru_stime, watch.peak_mb)


def per_audio_second(samples: Samples, lengths_s: tuple[int, int], folder: Path) -> float:
    """CPU seconds per second of `samples` in the live phase, without the cost of starting."""
    cpu_s = []
    for seconds in lengths_s:
        path = folder / f"{seconds}.wav"
        soundfile.write(path, np.resize(samples, seconds * RATE_HZ), RATE_HZ)
        cpu_s.append(statistics.median(replay(path, "live", folder).cpu_s for _ in range(ROUNDS)))
    return (cpu_s[1] - cpu_s[0]) / (lengths_s[1] - lengths_s[0])


def continuous_speech(paths: Sequence[Path]) -> Samples:
    """The files one after the other, without their long pauses."""
    pieces = []
    for path in paths:
        samples, rate_hz = soundfile.read(path, dtype="float32")
        if rate_hz != RATE_HZ or samples.ndim > 1:
            raise SystemExit(f"{path} is not 16 kHz mono")
        blocks = samples[: len(samples) // 480 * 480].reshape(-1, 480)
        loud = np.sqrt((blocks**2).mean(axis=1)) > 10 ** (-45 / 20)
        keep = np.convolve(loud, np.ones(21), mode="same") > 0  # and 0.3 s around it
        pieces.append(blocks[keep].ravel())
    return np.concatenate(pieces)


def answer_delays_ms(run: Run) -> list[float]:
    """Milliseconds of audio from the end of each cue to the start of what it makes us say."""
    spoken = [float(str(n["start_s"])) for n in run.lines if n["event"] == "say"]
    delays = []
    for notice in run.lines:
        if notice["event"] == "cue":
            end_s, t_s = float(str(notice["end_s"])), float(str(notice["t"]))
            starts = [s for s in spoken if t_s - 0.001 <= s < t_s + 1.0]
            delays += [1000 * (min(starts) - end_s)] if starts else []
    return delays


# --- through the virtual sound card --------------------------------------------------------


@contextlib.contextmanager
def virtual_card(folder: Path) -> Iterator[dict[str, str]]:
    """A running virtual card; the environment in which programs use it."""
    started = subprocess.run(
        [CARD, "start", folder], check=True, text=True, stdout=subprocess.PIPE
    ).stdout
    try:
        yield {**os.environ, **dict(line.split("=", 1) for line in started.splitlines())}
    finally:
        subprocess.run([CARD, "stop", folder], check=True)


@contextlib.contextmanager
def listening(environment: dict[str, str], folder: Path) -> Iterator[tuple[int, float]]:
    """``callcoach call`` with a microphone and a speaker: its process, and its time to listen."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", "call", "--cases", str(folder / "cases")],
        env={**environment, "PYTHONUNBUFFERED": "1", "CALLCOACH_DATA": str(folder / "data")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid, time.perf_counter() - began
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()


def cpu_so_far_s(pid: int) -> float:
    """User and system time of `pid` and its children, alive and ended."""
    ticks = 0
    for each in (pid, *children(pid)):
        fields = Path(f"/proc/{each}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def both_sides(environment: dict[str, str], caller: Path, folder: Path) -> Samples:
    """Play `caller` to a companion; the recording, the caller on the left and it on the right."""
    recording = folder / "both.wav"
    with listening(environment, folder):
        recorder = subprocess.Popen(
            ["parec", "--device=virtual_card.monitor", f"--rate={RATE_HZ}", "--channels=2",
             "--format=s16le", "--latency-msec=10", "--file-format=wav", str(recording)],
            env=environment,
        )  # fmt: skip
        time.sleep(WELCOME_S)
        play = ["paplay", "--device=virtual_mic_sink", "--latency-msec=20", str(caller)]
        subprocess.run(play, env=environment, check=True)
        recorder.terminate()
        recorder.wait()
    both, _ = soundfile.read(recording, dtype="float32")
    return np.asarray(both, dtype=np.float32)


def stop_delays_ms(environment: dict[str, str], folder: Path) -> list[float]:
    """Milliseconds from the end of a spoken "stop" to the last sound of the breathing.

    Counts of half a second leave no pause in which a late stop could hide.
    """
    from assistant.speech.samples import from_pcm
    from assistant.speech.synthesiser import Pyttsx3Synthesiser

    config = folder / "config"
    config.mkdir()
    pattern = '[[pattern]]\nname = "quick"\ntitle = "Quick"\nin = 9\nout = 9\ncount_s = 0.5\n'
    (config / "breathing.toml").write_text(pattern)
    breathing = '[breathing]\npattern = "quick"\nstyle = "both"\n'
    (config / "settings.toml").write_text(breathing)
    (folder / "data" / "breathed-before").touch()
    first, last = (round(seconds * RATE_HZ) for seconds in DEEP_BREATH_S)
    breath, _ = soundfile.read(SAMPLE, dtype="float32", start=first, stop=last)
    pieces = []
    for rate_wpm in STOP_RATES_WPM:
        synthesiser = Pyttsx3Synthesiser("", rate_wpm)
        stop = from_pcm(synthesiser.render("stop").pcm)
        synthesiser.close()
        pieces += [breath, np.zeros(5 * RATE_HZ), stop, np.zeros(3 * RATE_HZ)]
    soundfile.write(folder / "stop.wav", np.concatenate(pieces), RATE_HZ)
    both = both_sides({**environment, "CALLCOACH_CONFIG": str(config)}, folder / "stop.wav", folder)
    said, answered = (np.flatnonzero(np.abs(both[:, c]) > SOUND) / RATE_HZ for c in (0, 1))
    ends = said[np.diff(said, append=np.inf) > 2.0][1::2]  # of breath and stop in turn
    return [1000 * float(answered[answered < end + 2.5][-1] - end) for end in ends]


def card_delays_ms(both: Samples, run: Run) -> list[float]:
    """Milliseconds from the last sample of each cue to the first of the answer, in the recording.

    The replay tells which stretches of the sample call were cues, and which of them we answer.
    """
    said = np.flatnonzero(np.abs(both[:, 0]) > SOUND) / RATE_HZ
    answered = np.flatnonzero(np.abs(both[:, 1]) > SOUND) / RATE_HZ
    onsets = answered[np.diff(answered, prepend=-1.0) > 0.3]
    sample, _ = soundfile.read(SAMPLE, dtype="float32")
    shift_s = said[0] - np.flatnonzero(np.abs(sample) > SOUND)[0] / RATE_HZ
    delays = []
    for notice in run.lines:
        if notice["event"] == "cue":
            end_s = float(str(notice["end_s"])) + shift_s
            last_s = said[said < end_s + 0.25][-1]
            following = onsets[(onsets > last_s) & (onsets < last_s + ANSWER_S)]
            delays += [1000 * float(following[0] - last_s)] if following.size else []
    return delays


def through_the_card(run: Run, folder: Path) -> dict[str, float]:
    """All figures that need a microphone and a speaker."""
    starts_s, idle = [], []
    with virtual_card(folder / "card") as environment:
        for _ in range(ROUNDS):
            with listening(environment, folder) as (pid, start_s):
                starts_s.append(start_s)
                time.sleep(WELCOME_S)
                before_s, began = cpu_so_far_s(pid), time.perf_counter()
                time.sleep(CARD_SILENCE_S)
                idle.append((cpu_so_far_s(pid) - before_s) / (time.perf_counter() - began))
        delays = card_delays_ms(both_sides(environment, SAMPLE, folder), run)
        stops = stop_delays_ms(environment, folder)
    return {
        "card_start_to_listening_s": round(statistics.median(starts_s), 2),
        "card_cpu_per_second_of_silence": round(statistics.median(idle), 4),
        "card_answers": len(delays),
        "card_cue_end_to_sound_ms_median": round(statistics.median(delays)),
        "card_cue_end_to_sound_ms_max": round(max(delays)),
        "card_stop_end_to_silence_ms_median": round(statistics.median(stops)),
        "card_stop_end_to_silence_ms_max": round(max(stops)),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speech", type=Path, nargs="*", default=[SAMPLE])
    parser.add_argument("--without-card", action="store_true")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runs = [replay(SAMPLE, "ready", folder) for _ in range(ROUNDS)]
        delays = answer_delays_ms(runs[0])
        audio_s = soundfile.info(SAMPLE).duration
        silence = np.zeros(RATE_HZ, dtype=np.float32)
        figures: dict[str, float] = {
            "start_to_listening_s": round(statistics.median(r.first_line_s for r in runs), 2),
            "cpu_per_second_of_silence": round(per_audio_second(silence, SILENCE_S, folder), 4),
            "cpu_per_second_of_speech": round(
                per_audio_second(continuous_speech(arguments.speech), SPEECH_S, folder), 4
            ),
            "cpu_per_second_of_sample_call": round(
                statistics.median(run.cpu_s for run in runs) / audio_s, 4
            ),
            "peak_memory_mb": round(max(run.peak_mb for run in runs)),
            "cue_end_to_speech_ms_median": round(statistics.median(delays)),
            "cue_end_to_speech_ms_max": round(max(delays)),
        }
        if not arguments.without_card:
            figures |= through_the_card(runs[0], folder)
    if arguments.json:
        print(json.dumps(figures))
        return
    for key, value in figures.items():
        print(f"{key:34} {value}")


if __name__ == "__main__":
    main()
