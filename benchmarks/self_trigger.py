"""Our own voice in the microphone: what it sets off, and whether "stop" gets through it.

    python benchmarks/self_trigger.py [--half tune|report] [--voices V [V...]] [--room M]
        [--levels DB [DB...]] [--stop-levels DB|headset [...]] [--texts N] [--talk M [M...]]
        [--call M [M...]] [--canceller with without] [--cold] [--skip-triggers] [--skip-stops]

Every shipped text is spoken in each voice and heard at each level against normal speech, dry and
through a room's impulse response, by the shipped echo canceller and spotter, and by the spotter
alone. Then the phrases of the stop cue are said over it by other voices, also with a headset,
where nothing of ours is heard. `--talk` lays recordings of other speech over ours in their place.
`--call` plays recordings as the other side, through the room. Wherever we speak it is counted how
often we fall silent on a mere suspicion.
Voices of the two halves: `benchmarks/render_cues.py`. Voices that cannot speak here are named.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from cue_data import (
    Samples,
    events_upper95,
    half_of,
    load,
    rate_upper95,
    read_manifests,
)
from cues import open_model, open_second_engine
from echo_paths import DELAY_S, EchoPath, Floats, Interruption, Piece, Recording
from own_clips import OWN_VOICES, own_clip, stop_clips, texts_of, voice_named
from render_cues import VOICES, Voice, usable

from assistant.coaching.cues import load_all_cues
from assistant.coaching.prompts import load_prompts
from assistant.events import SAMPLE_RATE_HZ, CueMatch
from assistant.recognition.cue_spotter import CueSpotter
from assistant.settings import HearingSettings
from assistant.speech.voice import HUSH_S

LEVELS_DB = (-12.0, -6.0, 0.0, 6.0)
LOSS_TEXTS = 8
LATE_S = 0.6
"""A phrase counts as found if the cue fires so long after its end."""
SILENT_WITHIN_S = 0.3
DEVICE_S = 0.12
"""From a stop to silence at the device, at most: docs/audio.md."""
TALK_S = 60
"""Of a longer recording only so much is laid over our speech."""
LEAST_TALK = 300
"""Greatest sample of a stretch that holds speech, not just the noise between."""
STOP_TEXTS_S = 2.5
"""Only texts at least so long are interrupted."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A cue that was believed, or the suspicion that one might be."""

    match: CueMatch | None
    """None for a suspicion."""
    piece: Piece | None
    """What is being said then."""
    t_s: float
    """When it falls, computing included."""


class Hushes:
    """When we are silent on suspicion: `Voice.hush`, on the times of a recording."""

    def __init__(self) -> None:
        self.count = 0
        self._from_s = self._until_s = 0.0

    def begin(self, t_s: float) -> None:
        """A suspicion falls at `t_s`."""
        if not self.count or t_s > self._until_s:
            self.count += 1
            self._from_s = t_s
        self._until_s = t_s + HUSH_S

    def silent_from(self, t_s: float) -> float:
        """Since when we have been silent if we stop at `t_s`."""
        return self._from_s if self.count and self._from_s <= t_s <= self._until_s else t_s


class Trial:
    """The measurement."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._half: str = options.half
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
            if self._options.talk:
                figures[name]["talk"] = self.talk(cancel)
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

    def _listen(self, recording: Recording, cancel: bool, *, own: bool = True) -> Iterator[Heard]:
        """What a fresh spotter finds, and suspects while we speak, in order."""
        told_s: list[float] = []
        spotter = CueSpotter(
            self._model,
            self._book,
            HearingSettings(),
            self._second,
            suspect=lambda: told_s.append(time.process_time()),
        )
        quiet, talking = frozenset({"live"}), frozenset({"live", "speaking"})
        now_s = 0.0
        for frame, piece, speaking in recording.frames(cancel, self._options.cold):
            now_s += frame.samples / SAMPLE_RATE_HZ
            spotter.listen_for(talking if own and speaking else quiet)
            told_s.clear()
            started_s = time.process_time()
            matches = spotter.accept(frame, piece.text if own and piece else "")
            took_s = time.process_time() - started_s
            if own and speaking:
                yield from (Heard(None, piece, now_s + each_s - started_s) for each_s in told_s)
            yield from (Heard(match, piece, now_s + took_s) for match in matches)

    def self_triggers(self, cancel: bool) -> dict[str, Any]:
        """Every text in every voice, level and room: what fires."""
        fired: list[dict[str, Any]] = []
        plays = hushes = 0
        for voice, clips in self._clips.items():
            for way in (EchoPath(db, r) for r in self._rooms for db in self._options.levels):
                recording = Recording([(text, clip, None) for text, clip in clips], way)
                plays += len(clips)
                matches, hushed = self._fired(recording, cancel)
                hushes += hushed
                fired += [
                    {
                        "voice": f"{voice.engine}:{voice.name}",
                        "way": way.name,
                        "text": piece.text if piece else "",
                        "heard": match.heard,
                    }
                    for match, piece in matches
                ]
        upper = rate_upper95(len(fired), plays) if plays else None
        return {
            "plays": plays,
            "self_triggers": len(fired),
            "upper95": upper,
            "hushes": hushes,
            "fired": fired,
        }

    def _fired(
        self, recording: Recording, cancel: bool
    ) -> tuple[list[tuple[CueMatch, Piece | None]], int]:
        """Every cue believed and what was being said then; how often we fell silent."""
        fired: list[tuple[CueMatch, Piece | None]] = []
        hushes = Hushes()
        for heard in self._listen(recording, cancel):
            if heard.match is None:
                hushes.begin(heard.t_s)
            else:
                fired.append((heard.match, heard.piece))
        return fired, hushes.count

    def talk(self, cancel: bool) -> dict[str, Any]:
        """Other speech over each voice of ours: how often it silences us for nothing."""
        rows = [r for r in read_manifests(self._options.talk) if half_of(r.path.name) == self._half]
        random.Random(0).shuffle(rows)
        recorded = np.concatenate([load(row.path)[: TALK_S * SAMPLE_RATE_HZ] for row in rows])
        size = sum(clip.size for clips in self._clips.values() for _, clip in clips)
        speech = np.resize(recorded, size)  # again from the beginning where there is too little
        figures = {}
        for way in (EchoPath(0.0, room) for room in self._rooms):
            at = hushes = samples = 0
            fired: list[str] = []
            for clips in self._clips.values():
                said: list[tuple[str, Samples, Interruption | None]] = [(*clips[0], None)]
                for text, clip in clips[1:]:
                    first = round((0.5 + DELAY_S) * SAMPLE_RATE_HZ)
                    over = speech[at : at + max(clip.size - first, 0)]
                    if over.size and np.abs(over).max() > LEAST_TALK:
                        said.append((text, clip, Interruption("", over, 0.0)))
                        samples += over.size
                    at += over.size
                matches, hushed = self._fired(Recording(said, way), cancel)
                hushes += hushed
                fired += [match.heard for match, _ in matches]
            minutes = samples / SAMPLE_RATE_HZ / 60
            figures[way.name] = {
                "minutes": round(minutes, 2),
                "hushes": hushes,
                "per_minute": round(hushes / minutes, 2),
                "per_minute_upper95": round(events_upper95(hushes) / minutes, 2),
                "fired": fired,
            }
        return figures

    def stops(self, cancel: bool) -> dict[str, Any]:
        """The stop phrases over each voice of ours: how many are found, and how soon."""
        spoken = stop_clips(self._book, usable(VOICES[self._options.half]))
        levels_db = self._options.stop_levels
        ways = [EchoPath(db, room) for room in self._rooms for db in levels_db if db is not None]
        if None in levels_db:
            ways.append(EchoPath(None, None))
        return {way.name: self._stops_on(way, spoken, cancel) for way in ways}

    def _stops_on(
        self, way: EchoPath, spoken: list[tuple[Voice, str, Samples]], cancel: bool
    ) -> dict[str, Any]:
        delays: list[tuple[float, float]] = []
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
            "decision_s": _spread([decided for decided, _ in delays]),
            "silence_s": _spread([silent + DEVICE_S for _, silent in delays]),
            "silent_within_300_ms": _share([silent for _, silent in delays]),
            "silent_within_300_ms_without_hush": _share([decided for decided, _ in delays]),
        }

    def _found(
        self, recording: Recording, cancel: bool
    ) -> tuple[dict[int, tuple[float, float]], list[str]]:
        """From the end of each phrase found to the decision, and to silence; what else was heard.

        Silence on suspicion counts only where it lasts until the decision.
        """
        found: dict[int, tuple[float, float]] = {}
        wrong: list[str] = []
        hushes = Hushes()
        for heard in self._listen(recording, cancel):
            match = heard.match
            if match is None:
                hushes.begin(heard.t_s)
                continue
            for index, piece in enumerate(recording.pieces):
                is_near = piece.phrase and -0.8 <= match.t_s - piece.phrase_end_s <= LATE_S
                if match.cue == "stop" and is_near and index not in found:
                    silent_s = hushes.silent_from(heard.t_s)
                    found[index] = (heard.t_s - piece.phrase_end_s, silent_s - piece.phrase_end_s)
                    break
            else:
                phrase = heard.piece.phrase if heard.piece else ""
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
            fired = [
                heard.match.heard
                for heard in self._listen(recording, cancel, own=False)
                if heard.match is not None
            ]
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


def _share(delays: list[float]) -> float:
    """Share of `delays` that leave the device time enough to be silent."""
    in_time = sum(delay + DEVICE_S <= SILENT_WITHIN_S for delay in delays)
    return round(in_time / max(1, len(delays)), 3)


def _level(text: str) -> float | None:
    return None if text == "headset" else float(text)


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
    parser.add_argument("--stop-levels", nargs="+", type=_level, default=(-6.0, 0.0, 6.0, None))
    parser.add_argument("--texts", type=int, help="only the first so many texts")
    parser.add_argument(
        "--canceller", nargs="+", choices=("with", "without"), default=("with", "without")
    )
    parser.add_argument(
        "--cold", action="store_true", help="the canceller learns from no text before"
    )
    parser.add_argument("--talk", type=Path, nargs="+", help="manifests of ordinary speech")
    parser.add_argument("--skip-triggers", action="store_true")
    parser.add_argument("--skip-stops", action="store_true")
    parser.add_argument("--call", type=Path, nargs="+", help="manifests of the other side")
    parser.add_argument("--model", type=Path)
    print(json.dumps(Trial(parser.parse_args(argv)).run(), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
