"""How exactly spoken counts fall on the beat: onset errors over voices and rates.

The detector here shares nothing with the code that aligns: beat times follow from the pattern's
numbers alone, and an onset is where the energy of 4 ms of the rendered audio first passes a
threshold relative to that beat's own maximum. Several thresholds are reported, since a dull
detector hears a soft consonant late.

    python benchmarks/breathing.py [--rates 100 165 240 300] [--pattern 3-5-3]
"""

from __future__ import annotations

import argparse
import sys

import numpy as np
import numpy.typing as npt

from assistant.coaching.breathing import BreathingPattern, find_pattern
from assistant.speech.breathing_audio import render_breathing
from assistant.speech.synthesiser import Pyttsx3Synthesiser

VOICES = (
    "en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-029", "en-us-nyc", "en-us+f3", "en-us+m3",
    "en-us+croak", "en-us+whisper", "en-gb+f5",
)  # fmt: skip
THRESHOLDS_DB = (-40.0, -30.0, -20.0)


def onset_errors_ms(
    samples: npt.NDArray[np.float64], pattern: BreathingPattern, cycles: int, threshold_db: float
) -> list[float]:
    """Onset minus beat, for each beat, in milliseconds; `nan` where nothing is heard."""
    energy = np.cumsum(np.concatenate([[0.0], samples**2]))
    width = 64
    smooth = np.concatenate([energy[width:] - energy[:-width], np.zeros(width - 1)])
    counts = (pattern.in_ + pattern.hold + pattern.out + pattern.rest) * cycles
    errors = []
    for beat in range(counts):
        centre = round(beat * pattern.count_s * 16000)
        half = round(pattern.count_s * 8000)
        start = max(0, centre - 480)
        window = smooth[start : centre + half]
        loud = np.flatnonzero(window > window.max() * 10 ** (threshold_db / 10))
        # The first loud stretch of 4 ms ends just behind the onset.
        errors.append((start + loud[0] + width - 1 - centre) / 16 if len(loud) else float("nan"))
    return errors


def main() -> int:
    """Measure and print; 1 when an error at the middle threshold exceeds 10 ms."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rates", type=int, nargs="+", default=[100, 165, 240, 300])
    parser.add_argument("--pattern", default="3-5-3")
    parser.add_argument("--voices", nargs="+", default=VOICES)
    arguments = parser.parse_args()
    pattern = find_pattern(arguments.pattern)
    every: dict[float, list[float]] = {threshold: [] for threshold in THRESHOLDS_DB}
    for voice in arguments.voices:
        synthesiser = Pyttsx3Synthesiser(voice)
        worst = dict.fromkeys(THRESHOLDS_DB, 0.0)
        for rate_wpm in arguments.rates:
            clip = render_breathing(pattern, 2, "counts", synthesiser, rate_wpm)
            samples = np.frombuffer(clip.pcm, dtype="<i2").astype(np.float64)
            for threshold in THRESHOLDS_DB:
                errors = [abs(e) for e in onset_errors_ms(samples, pattern, 2, threshold)]
                every[threshold].extend(errors)
                worst[threshold] = float(np.max([worst[threshold], *errors]))
        synthesiser.close()
        print(f"{voice:18}", *(f"{t:.0f} dB: max {worst[t]:5.1f} ms" for t in THRESHOLDS_DB))
    for threshold, found in every.items():
        print(
            f"all, {threshold:.0f} dB: {len(found)} onsets, "
            f"p95 {np.percentile(found, 95):.1f} ms, max {np.max(found):.1f} ms"
        )
    return 0 if np.max(every[-30.0]) <= 10.0 else 1


if __name__ == "__main__":
    sys.exit(main())
