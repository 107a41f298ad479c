"""Our own voice in the microphone: what it sets off, and whether "stop" gets through it.

    python benchmarks/self_trigger.py [--voices V [V...]] [--room M] [--phases P [P...]]

Every shipped text is spoken in each voice and fed to the spotter at four levels against normal
speech, dry and through a room's impulse response, while the spotter knows what is being said.
Then "stop" is said over it by other voices, as loud as our own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from cue_data import Samples, active_rms, frames_of, load, read_manifest, to_int16
from cues import open_model, open_second_engine

from assistant.coaching.cues import CueBook, load_all_cues
from assistant.coaching.prompts import Prompts, fill, load_prompts
from assistant.events import SAMPLE_RATE_HZ, CueMatch
from assistant.recognition.cue_spotter import CueSpotter
from assistant.settings import HearingSettings
from assistant.speech.synthesiser import Pyttsx3Synthesiser

NORMAL_SPEECH_DBFS = -26.0
"""Active level of a caller's speech in a headset microphone, against which ours is set."""
LEVELS_DB = (-12, -6, 0, 6)
VOICES = ("en-us", "en-us+f3", "en-gb+m3")
STOP_VOICES = ("slt", "rms", "awb", "kal16")
"""Voices of flite for "stop": none of them speaks for the product."""
SILENT_WITHIN_S = 0.3
FACTS = {
    "name": "Maria Lopez", "company": "Northern Power", "customer_since": "six years ago",
    "plan": "the family plan", "case_numbers": "four seven one two", "title": "Take a breath",
    "next_step": "They call back on Friday", "when": "this morning", "minutes": "Twelve",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """How a text reaches the microphone."""

    voice: str
    level_db: int
    room: bool


def texts_of(prompts: Prompts, book: CueBook) -> list[str]:
    """Every text the product can say, slots filled; the breathing counts are one of them."""
    wordings = [text for tip in prompts.tips.values() for text in tip.wordings]
    replies = [cue.reply for cue in book.cues if cue.reply]
    said = [fill(text, FACTS) for text in (*prompts.messages.values(), *wordings, *replies)]
    return [*said, "In, two, three. Hold, two, three, four, five. Out, two, three."]


def at_level(samples: Samples, level_db: float) -> Samples:
    """`samples` with an active level `level_db` above normal speech."""
    wanted = 32768 * 10 ** ((NORMAL_SPEECH_DBFS + level_db) / 20)
    return to_int16(samples.astype(np.float64) * wanted / active_rms(samples))


def in_room(samples: Samples, response: Samples) -> Samples:
    """`samples` through a room's impulse response."""
    size = samples.size + response.size
    spectrum = np.fft.rfft(samples, size) * np.fft.rfft(response, size)
    wet = np.fft.irfft(spectrum, size)
    return to_int16(wet * 10000 / max(float(np.abs(wet).max()), 1.0))


def listen(
    spotter: CueSpotter, samples: Samples, contexts: frozenset[str], own: str
) -> list[CueMatch]:
    """What the spotter finds in `samples` while we say `own`, and in a second of silence after."""
    spotter.listen_for(contexts)
    matches = [match for frame in frames_of(samples) for match in spotter.accept(frame, own)]
    silence = np.zeros(SAMPLE_RATE_HZ, dtype=np.int16)
    return [*matches, *(m for frame in frames_of(silence) for m in spotter.accept(frame, ""))]


def say_stop(voice: str) -> Samples:
    """The word "stop" by a voice of flite."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stop.wav"
        subprocess.run(["flite", "-voice", voice, "-t", "stop", "-o", str(path)], check=True)
        return load(path)


class Trial:
    """The measurement over all settings."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._model = open_model(options.model)
        self._second = open_second_engine()
        self._book = load_all_cues()
        self._texts = texts_of(load_prompts(), self._book)
        self._room = (
            next(
                (load(row.path) for row in read_manifest(options.room) if "rir" in row.path.name),
                None,
            )
            if options.room
            else None
        )
        self._phases: Sequence[str] = options.phases
        self._spoken = {
            voice: [(text, speak(voice, text)) for text in self._texts] for voice in options.voices
        }

    def spotter(self) -> CueSpotter:
        """A fresh spotter with the shipped cues."""
        return CueSpotter(self._model, self._book, HearingSettings(), self._second)

    def settings(self) -> list[Setting]:
        """All ways our voice reaches the microphone."""
        rooms = (False, True) if self._room is not None else (False,)
        return [Setting(v, db, room) for v in self._spoken for db in LEVELS_DB for room in rooms]

    def heard(self, samples: Samples, setting: Setting) -> Samples:
        """`samples` as the microphone gets them."""
        if setting.room and self._room is not None:
            samples = in_room(samples, self._room)
        return at_level(samples, setting.level_db)

    def self_triggers(self) -> dict[str, Any]:
        """Every text in every setting: what fires."""
        fired = []
        plays = 0
        for setting in self.settings():
            for phase in self._phases:
                spotter = self.spotter()
                contexts = frozenset({phase, "speaking"})
                for text, samples in self._spoken[setting.voice]:
                    plays += 1
                    matches = listen(spotter, self.heard(samples, setting), contexts, text)
                    fired += [
                        {"text": text, "heard": m.heard, **_as_dict(setting)} for m in matches
                    ]
        return {"plays": plays, "self_triggers": len(fired), "fired": fired}

    def stops(self) -> dict[str, Any]:
        """Say "stop" at normal level over our own voice just as loud: how often and how soon."""
        words = [at_level(say_stop(voice), 0.0) for voice in STOP_VOICES]
        delays = []
        trials = 0
        for setting in self.settings():
            if setting.level_db != 0:
                continue
            long = [entry for entry in self._spoken[setting.voice] if entry[1].size > 32000]
            for index, (text, samples) in enumerate(long):
                trials += 1
                word = words[index % len(words)]
                mixed = self.heard(samples, setting).astype(np.float64)
                at = 12000 + 1600 * (index % 5)
                mixed = np.pad(mixed, (0, max(0, at + word.size - mixed.size)))
                mixed[at : at + word.size] += word
                found = listen(
                    self.spotter(), to_int16(mixed), frozenset({"live", "speaking"}), text
                )
                stopped = [m.t_s for m in found if m.cue == "stop"]
                if stopped:
                    delays.append(stopped[0] - (at + word.size) / SAMPLE_RATE_HZ)
        return {
            "trials": trials,
            "found": len(delays) / trials if trials else None,
            "within_300_ms": sum(d <= SILENT_WITHIN_S for d in delays) / trials if trials else None,
            "median_delay_s": float(np.median(delays)) if delays else None,
        }


def speak(voice: str, text: str) -> Samples:
    """`text` in one of the product's voices."""
    synthesiser = Pyttsx3Synthesiser(voice)
    try:
        return np.frombuffer(synthesiser.render(text).pcm, dtype="<i2")
    finally:
        synthesiser.close()


def _as_dict(setting: Setting) -> dict[str, Any]:
    return {"voice": setting.voice, "level_db": setting.level_db, "room": setting.room}


def main(argv: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--voices", nargs="+", default=VOICES)
    parser.add_argument("--room", type=Path, help="manifest that holds a room impulse response")
    parser.add_argument("--phases", nargs="+", default=("live",))
    parser.add_argument("--model", type=Path)
    trial = Trial(parser.parse_args(argv))
    figures = {"own_voice": trial.self_triggers(), "stop": trial.stops()}
    print(json.dumps(figures, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
