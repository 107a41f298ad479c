"""What share of speech and of everything else passes the voice activity gate, and its cost.

Needs the development recordings beside the checkout. A frame of the speech folders counts as
speech when it is within 20 dB of the file's loud frames (95th percentile), as pause when more
than 45 dB below. The files are halved by the SHA-256 of their names: choose on `tune`, report
`report`. Run: python benchmarks/voice_activity.py [AGGRESSIVENESS] [HANGOVER_FRAMES]
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from assistant.audio.files import FileSource
from assistant.audio.voice_activity import AGGRESSIVENESS, HANGOVER_FRAMES, VoiceActivity
from assistant.events import FRAME_SAMPLES, SAMPLE_RATE_HZ, EndOfAudio, Frame

SPEECH = Path(__file__).parents[1].parent / "shared" / "speech"
KINDS = {"read_speech": "speech", "orders": "speech", "noise": "noise", "hold_music": "music"}


def frames_of(path: Path) -> list[bytes]:
    """The file's frames."""
    items: list[object] = []
    source = FileSource(path)
    source.open(items.append)
    while not items or not isinstance(items[-1], EndOfAudio):
        source.pump()
    return [item.pcm for item in items if isinstance(item, Frame)]


def main() -> None:
    """Print one line per half and kind, then the cost."""
    mode = int(sys.argv[1]) if len(sys.argv) > 1 else AGGRESSIVENESS
    hangover = int(sys.argv[2]) if len(sys.argv) > 2 else HANGOVER_FRAMES
    passed: dict[tuple[str, str], list[bool]] = defaultdict(list)
    cpu_s = frames_heard = 0.0
    for folder, kind in KINDS.items():
        for path in sorted((SPEECH / folder).glob("*.ogg")):
            if "rir" in path.name:  # an impulse response, no recording
                continue
            digest = int(hashlib.sha256(path.name.encode()).hexdigest(), 16)
            half = "tune" if digest % 2 == 0 else "report"
            frames = frames_of(path)
            activity = VoiceActivity(mode, hangover)
            start_s = time.process_time()
            states = [activity.accept(frame) for frame in frames]
            cpu_s += time.process_time() - start_s
            frames_heard += len(frames)
            loud_dbfs = np.percentile([state.level_dbfs for state in states], 95)
            for state in states:
                if kind != "speech":
                    passed[half, kind].append(state.voice)
                elif state.level_dbfs > loud_dbfs - 20:
                    passed[half, f"speech in {folder}"].append(state.voice)
                elif state.level_dbfs < loud_dbfs - 45:
                    passed[half, f"pause in {folder}"].append(state.voice)
    for (half, kind), voices in sorted(passed.items()):
        print(f"{half:6} {kind:22} {np.mean(voices):6.1%} of {len(voices)} frames pass")
    seconds = frames_heard * FRAME_SAMPLES / SAMPLE_RATE_HZ
    print(f"{cpu_s / seconds:.6f} s CPU per second of audio")


if __name__ == "__main__":
    main()
