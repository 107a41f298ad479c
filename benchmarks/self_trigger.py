"""Our own voice in the microphone: what it sets off, and whether "stop" gets through it.

    python benchmarks/self_trigger.py [--half tune|report] [--voices V [V...]] [--room M]
        [--levels DB [DB...]] [--stop-levels DB [DB...]] [--texts N] [--call M [M...]]
        [--canceller with without] [--cold] [--skip-triggers] [--skip-stops]

Every shipped text is spoken in each voice and heard at each level against normal speech, dry and
through a room's impulse response, by the shipped echo canceller and spotter, and by the spotter
alone. Then the phrases of the stop cue are said over it by other voices, also with a headset,
where nothing of ours is heard. `--call` plays recordings as the other side, through the room.
Voices of the two halves: `benchmarks/render_cues.py`. Voices that cannot speak here are named.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from cue_data import Samples, events_upper95, load, rate_upper95, read_manifests, to_int16
from cues import open_model, open_second_engine
from echo_paths import EchoPath, Floats, Interruption, Piece, Recording, trimmed
from render_cues import VOICES, Voice, speak, usable

from assistant.coaching.cues import CueBook, load_all_cues
from assistant.coaching.prompts import Prompts, fill, load_prompts
from assistant.events import SAMPLE_RATE_HZ, CueMatch
from assistant.recognition.cue_spotter import CueSpotter
from assistant.settings import HearingSettings
from assistant.speech.synthesiser import Pyttsx3Synthesiser

LEVELS_DB = (-12.0, -6.0, 0.0, 6.0)
OWN_VOICES = {
    "tune": ("espeak:en-us+m1", "espeak:en-gb+m3", "flite:rms"),
    "report": ("espeak:en-us", "espeak:en-gb-x-rp", "flite:slt", "piper:joe"),
}
LOSS_TEXTS = 8
LATE_S = 0.6
"""A phrase counts as found if the cue fires so long after its end."""
SILENT_WITHIN_S = 0.3
DEVICE_S = 0.12
"""From a stop to silence at the device, at most: docs/audio.md."""
STOP_TEXTS_S = 2.5
"""Only texts at least so long are interrupted."""
FACTS = {
    "name": "Maria Lopez", "company": "Northern Power", "customer_since": "six years ago",
    "plan": "the family plan", "case_numbers": "four seven one two", "title": "Take a breath",
    "next_step": "They call back on Friday", "when": "this morning", "minutes": "Twelve",
}  # fmt: skip


def texts_of(prompts: Prompts, book: CueBook) -> list[str]:
    """Every text the product can say, slots filled; the breathing counts are one of them."""
    wordings = [text for tip in prompts.tips.values() for text in tip.wordings]
    replies = [cue.reply for cue in book.cues if cue.reply]
    said = [fill(text, FACTS) for text in (*prompts.messages.values(), *wordings, *replies)]
    counts = "In, two, three. Hold, two, three, four, five. Out, two, three."
    return [text for text in (*said, counts) if text.strip()]


def voice_named(name: str) -> Voice:
    """The voice of a name such as ``flite:slt``; without an engine it is espeak-ng's."""
    engine, _, rest = name.rpartition(":")
    return Voice(engine or "espeak", rest)


def own_clip(voice: Voice, text: str) -> Samples:
    """`text` as the product would say it, or by another engine where it has no such voice."""
    if voice.engine != "espeak":
        return trimmed(to_int16(speak(voice, text, random.Random(text)) * 32768))
    synthesiser = Pyttsx3Synthesiser(voice.name)
    try:
        return np.frombuffer(synthesiser.render(text).pcm, dtype="<i2")
    finally:
        synthesiser.close()


def stop_clips(book: CueBook, voices: tuple[Voice, ...]) -> list[tuple[Voice, str, Samples]]:
    """Every phrase of the stop cue in every voice, in an order of chance that stays the same."""
    phrases = next(cue.phrases for cue in book.cues if cue.id == "stop")
    clips = [
        (voice, phrase, trimmed(to_int16(speak(voice, phrase, random.Random(phrase)) * 32768)))
        for voice in voices
        for phrase in phrases
    ]
    random.Random(0).shuffle(clips)
    return clips


class Trial:
    """The measurement."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._model = open_model(options.model)
        self._second = open_second_engine()
        self._book = load_all_cues()
        names = options.voices or OWN_VOICES[options.half]
        self._voices = usable(tuple(voice_named(name) for name in names))
        self._texts = texts_of(load_prompts(), self._book)[: options.texts]
        self._clips = {v: [(t, own_clip(v, t)) for t in self._texts] for v in self._voices}
        rows = read_manifests([options.room]) if options.room else []
        responses = [load(row.path) for row in rows if "rir" in row.path.name]
        self._rooms: list[Samples | None] = [None, *responses[:1]]

    def run(self) -> dict[str, Any]:
        """All figures."""
        figures: dict[str, Any] = {
            "half": self._options.half,
            "voices": [f"{v.engine}:{v.name}" for v in self._voices],
            "texts": len(self._texts),
            "echo_loss": self.echo_loss(),
        }
        for name in self._options.canceller:
            cancel = name == "with"
            figures[name] = {} if self._options.skip_triggers else self.self_triggers(cancel)
            if not self._options.skip_stops:
                figures[name]["stop"] = self.stops(cancel)
            if self._options.call:
                figures[name]["other_side"] = self.other_side(cancel)
        return figures

    def echo_loss(self) -> dict[str, Any]:
        """How much quieter the canceller makes our voice alone, text by text, and what it costs."""
        figures = {}
        clips = next(iter(self._clips.values()))[:LOSS_TEXTS]
        for way in (EchoPath(0.0, room) for room in self._rooms):
            recording = Recording([(text, clip, None) for text, clip in clips], way)
            heard = b"".join(frame.pcm for frame, _, _ in recording.frames(cancel=False))
            started_s = time.process_time()
            rest = b"".join(frame.pcm for frame, _, _ in recording.frames(cancel=True))
            cpu_s = time.process_time() - started_s
            before, after = (np.frombuffer(pcm, "<i2").astype(float) for pcm in (heard, rest))
            figures[way.name] = {
                "db": [_loss_db(before, after, piece) for piece in recording.pieces],
                "cpu_per_s": round(cpu_s / (before.size / SAMPLE_RATE_HZ), 4),
            }
        return figures

    def _listen(
        self, recording: Recording, cancel: bool, *, own: bool = True
    ) -> Iterator[tuple[CueMatch, Piece | None, float]]:
        """What a fresh spotter finds, the text being said then, and the time it computed."""
        spotter = CueSpotter(self._model, self._book, HearingSettings(), self._second)
        quiet, talking = frozenset({"live"}), frozenset({"live", "speaking"})
        for frame, piece, speaking in recording.frames(cancel, self._options.cold):
            spotter.listen_for(talking if own and speaking else quiet)
            started_s = time.process_time()
            for match in spotter.accept(frame, piece.text if own and piece else ""):
                yield match, piece, time.process_time() - started_s

    def self_triggers(self, cancel: bool) -> dict[str, Any]:
        """Every text in every voice, level and room: what fires."""
        fired: list[dict[str, Any]] = []
        plays = 0
        for voice, clips in self._clips.items():
            for way in (EchoPath(db, r) for r in self._rooms for db in self._options.levels):
                recording = Recording([(text, clip, None) for text, clip in clips], way)
                plays += len(clips)
                fired += [
                    {
                        "voice": f"{voice.engine}:{voice.name}",
                        "way": way.name,
                        "text": piece.text if piece else "",
                        "heard": match.heard,
                    }
                    for match, piece, _ in self._listen(recording, cancel)
                ]
        upper = rate_upper95(len(fired), plays) if plays else None
        return {"plays": plays, "self_triggers": len(fired), "upper95": upper, "fired": fired}

    def stops(self, cancel: bool) -> dict[str, Any]:
        """The stop phrases over each voice of ours: how many are found, and how soon."""
        spoken = stop_clips(self._book, usable(VOICES[self._options.half]))
        ways = [EchoPath(db, room) for room in self._rooms for db in self._options.stop_levels]
        return {
            way.name: self._stops_on(way, spoken, cancel) for way in (*ways, EchoPath(None, None))
        }

    def _stops_on(
        self, way: EchoPath, spoken: list[tuple[Voice, str, Samples]], cancel: bool
    ) -> dict[str, Any]:
        delays: list[float] = []
        trials = turn = 0
        others: list[str] = []
        missed: dict[str, int] = {}
        for voice, clips in self._clips.items():
            choice = random.Random(str(voice))
            users = [clip for clip in spoken if clip[0] != voice]
            # The first text is heard in peace: it is what the canceller learns from.
            said: list[tuple[str, Samples, Interruption | None]] = [(*clips[0], None)]
            by: list[str] = [""]
            for text, clip in clips[1:]:
                if clip.size < STOP_TEXTS_S * SAMPLE_RATE_HZ:
                    continue
                user, phrase, samples = users[turn % len(users)]
                turn += 1
                said.append((text, clip, Interruption(phrase, samples, choice.random())))
                by.append("espeak" if user.engine == "espeak" else "recorded units")
            recording = Recording(said, way)
            found, wrong = self._found(recording, cancel)
            others += wrong
            for index, piece in enumerate(recording.pieces):
                if piece.phrase and index not in found:
                    missed[by[index]] = missed.get(by[index], 0) + 1
            trials += len(said) - 1
            delays += found.values()
        return {
            "trials": trials,
            "found": round(len(delays) / trials, 3) if trials else None,
            "missed_by_voice_kind": missed,
            "others_fired": others,
            "decision_s": _spread(delays),
            "decided_within_300_ms": round(
                sum(d <= SILENT_WITHIN_S for d in delays) / max(1, len(delays)), 3
            ),
            "silent_within_300_ms": round(
                sum(d + DEVICE_S <= SILENT_WITHIN_S for d in delays) / max(1, len(delays)), 3
            ),
        }

    def _found(self, recording: Recording, cancel: bool) -> tuple[dict[int, float], list[str]]:
        """Delay of the decision for each piece whose phrase was found; what else was heard."""
        found: dict[int, float] = {}
        wrong: list[str] = []
        for match, said, computed_s in self._listen(recording, cancel):
            for index, piece in enumerate(recording.pieces):
                delay_s = match.t_s - piece.phrase_end_s
                is_near = piece.phrase and -0.8 <= delay_s <= LATE_S
                if match.cue == "stop" and is_near and index not in found:
                    found[index] = delay_s + computed_s
                    break
            else:
                phrase = said.phrase if said else ""
                wrong.append(f"{match.heard} (said: {phrase})")
        return found, wrong

    def other_side(self, cancel: bool) -> dict[str, Any]:
        """Recordings of others, heard from a loudspeaker while we are silent."""
        rows = read_manifests(self._options.call)
        said: list[tuple[str, Samples, Interruption | None]] = [
            (row.text or "", load(row.path), None) for row in rows if row.seconds >= 0.5
        ]
        figures = {}
        for level_db in (-6.0, 0.0):
            recording = Recording(said, EchoPath(level_db, self._rooms[-1]))
            fired = [match.heard for match, _, _ in self._listen(recording, cancel, own=False)]
            hours = (
                sum(piece.last - piece.first for piece in recording.pieces) / SAMPLE_RATE_HZ / 3600
            )
            figures[f"{level_db:+.0f} dB"] = {
                "hours": round(hours, 3),
                "alarms": len(fired),
                "per_hour": round(len(fired) / hours, 2),
                "per_hour_upper95": round(events_upper95(len(fired)) / hours, 2),
                "heard": fired,
            }
        return figures


def _loss_db(before: Floats, after: Floats, piece: Piece) -> float:
    """How much quieter `piece` is in `after`, in decibels."""
    part = slice(piece.first, piece.last)
    return round(float(20 * np.log10(before[part].std() / after[part].std())), 1)


def _spread(delays: list[float]) -> dict[str, float] | None:
    if not delays:
        return None
    return {f"p{p}": round(float(np.percentile(delays, p)), 3) for p in (50, 95)}


def main(argv: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--half", choices=("tune", "report"), default="report")
    parser.add_argument("--voices", nargs="+", help="our voices, such as flite:slt")
    parser.add_argument("--room", type=Path, help="manifest that holds a room impulse response")
    parser.add_argument("--levels", nargs="+", type=float, default=LEVELS_DB)
    parser.add_argument("--stop-levels", nargs="+", type=float, default=(0.0,))
    parser.add_argument("--texts", type=int, help="only the first so many texts")
    parser.add_argument(
        "--canceller", nargs="+", choices=("with", "without"), default=("with", "without")
    )
    parser.add_argument(
        "--cold", action="store_true", help="the canceller learns from no text before"
    )
    parser.add_argument("--skip-triggers", action="store_true")
    parser.add_argument("--skip-stops", action="store_true")
    parser.add_argument("--call", type=Path, nargs="+", help="manifests of the other side")
    parser.add_argument("--model", type=Path)
    print(json.dumps(Trial(parser.parse_args(argv)).run(), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
