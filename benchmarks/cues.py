"""How well cues are heard: misses, false alarms, delay and cost, for any cue file.

    python benchmarks/cues.py --cues CUES.toml --positives M [M...] --negatives M [M...]
        [--noise M --snr-db X] [--phase P] [--sensitivity S] [--half tune|report]
        [--no-second-opinion] [--rivals] [--curve out.png] [--proposals out.jsonl] [--json]

CUES may also be a text file of phrases, one a line; with --part 0/2 every second of them counts.
With --proposals nothing is believed and all that is proposed is kept (``proposals.py``).
With --half the noise, too, is only that half's. A manifest M is JSON Lines beside its audio:
``audio``, ``seconds`` and, for positives, ``text``, the phrase said. Positives are heard one by
one, with noise where asked; negatives as one stream.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from cue_data import (
    Noise,
    Row,
    Samples,
    frames_of,
    half_of,
    load,
    read_manifests,
    sound_end_s,
)
from cue_report import (
    Judged,
    Negatives,
    Outcome,
    Positive,
    curve_points,
    draw_curve,
    report,
    show,
)
from msgspec import structs
from proposals import Collector, Proposal, save

from assistant.coaching.cues import Cue, CueBook, load_cues
from assistant.events import Context, Frame, Phase
from assistant.recognition.cue_spotter import LOOKS, Candidate, CueSpotter
from assistant.recognition.verifier import Evidence, plain
from assistant.settings import HearingSettings

TAIL_S = 0.6
"""A positive counts only if its cue fires within the clip and this long after."""


class Bench:
    """Runs the product's own spotter over recordings."""

    def __init__(self, model: Any, book: CueBook, options: argparse.Namespace) -> None:
        self._model = model
        self._book = book
        self._hearing = HearingSettings(sensitivity=options.sensitivity)
        self._contexts = (
            frozenset({options.phase})
            if options.phase
            else frozenset(str(place) for place in (*Phase, *Context))
        )
        collects = options.proposals is not None
        self._collector = Collector() if collects else None
        self._transcriber = None if options.no_second_opinion or collects else open_second_engine()

    def live_cues(self) -> tuple[Cue, ...]:
        """The cues under test."""
        return self._book.live_in(self._contexts)

    def spotter(self, outcome: Outcome) -> CueSpotter:
        """A fresh spotter that reports what it judges into `outcome`."""

        def watch(candidate: Candidate, evidence: Evidence, probability: float) -> None:
            outcome.judged.append(
                Judged(
                    candidate.cue.id,
                    candidate.phrase,
                    probability - candidate.bar,
                    candidate.start_s,
                    evidence,
                    LOOKS - 1 - candidate.looks_left,
                    self._collector.span if self._collector else None,
                )
            )

        spotter = CueSpotter(
            self._model,
            self._book,
            self._hearing,
            self._transcriber,
            watch,
            judge=self._collector,
        )
        spotter.listen_for(self._contexts)
        return spotter

    def hear(self, spotter: CueSpotter, frames: list[Frame], outcome: Outcome) -> None:
        """Feed `frames`, adding to `outcome`."""
        started_s = time.process_time()
        for frame in frames:
            before_s = time.process_time()
            for match in spotter.accept(frame, ""):
                outcome.matches.append((match, time.process_time() - before_s))
            outcome.audio_s += frame.samples / 16_000
        outcome.cpu_s += time.process_time() - started_s


def open_second_engine() -> Any:
    """The second engine, or None with a note where it is not installed."""
    from assistant.errors import CallcoachError
    from assistant.recognition.transcribers import open_transcriber

    try:
        return open_transcriber("moonshine")
    except CallcoachError as error:
        print(f"no second opinion: {error}", file=sys.stderr)
        return None


def padded(samples: Samples) -> Samples:
    """`samples` with the silence in which a late decision still counts."""
    return np.concatenate([samples, np.zeros(int(TAIL_S * 16_000), dtype=np.int16)])


def sounds_of(
    rows: list[Row], noise: Noise | None, snr_db: float
) -> Iterator[tuple[Row, Samples, float]]:
    """Each row with its sound, noise mixed in, and when its phrase is over."""
    for row in rows:
        samples = load(row.path)
        end_s = row.end_s if row.end_s is not None else sound_end_s(samples)
        if noise is not None:
            samples = noise.mix(samples, row.path.name, snr_db)
        yield row, padded(samples), end_s


def run_positives(
    bench: Bench, rows: list[Row], cue_of: dict[str, str], noise: Noise | None, snr_db: float
) -> list[Positive]:
    """Hear each clip by itself."""
    results = []
    for row, samples, end_s in sounds_of(rows, noise, snr_db):
        outcome = Outcome()
        bench.hear(bench.spotter(outcome), list(frames_of(samples)), outcome)
        results.append(Positive(row, cue_of[plain(row.text or "")], outcome, end_s))
    return results


def run_negatives(bench: Bench, rows: list[Row]) -> Negatives:
    """Hear all rows as one stream."""
    outcome = Outcome()
    starts: list[tuple[float, Row]] = []
    spotter = bench.spotter(outcome)
    for row in rows:
        starts.append((outcome.audio_s, row))
        bench.hear(spotter, list(frames_of(load(row.path))), outcome)
    return Negatives(outcome, starts)


def proposals_of(positives: list[Positive]) -> Iterator[Proposal]:
    """What was proposed in the clips of phrases."""
    for one in positives:
        for judged in one.outcome.judged:
            if judged.span is not None:
                said = judged.cue == one.cue
                yield Proposal(said, one.row.path.name, judged.look, judged.span)


def proposals_in(negatives: Negatives) -> Iterator[Proposal]:
    """What was proposed in the stream of negatives."""
    for judged in negatives.outcome.judged:
        if judged.span is not None:
            said = not negatives.is_false(judged.phrase, judged.start_s)
            source = negatives.row_at(judged.start_s)[1].path.name
            yield Proposal(said, source, judged.look, judged.span)


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cues", type=Path, required=True)
    parser.add_argument("--positives", type=Path, nargs="+", default=[])
    parser.add_argument("--negatives", type=Path, nargs="+", default=[])
    parser.add_argument("--noise", type=Path)
    parser.add_argument("--snr-db", type=float, default=10.0)
    parser.add_argument("--phase", choices=[str(place) for place in (*Phase, *Context)])
    parser.add_argument("--sensitivity", choices=("low", "normal", "high"), default="normal")
    parser.add_argument("--half", choices=("tune", "report"), help="only these files, by hash")
    parser.add_argument("--no-second-opinion", action="store_true")
    parser.add_argument("--rivals", action="store_true", help="also measure other spotters")
    parser.add_argument("--model", type=Path, help="a Vosk model folder; else the installed one")
    parser.add_argument("--curve", type=Path)
    parser.add_argument("--part", help="of the lines of a text file: 0/2 is every second one")
    parser.add_argument("--proposals", type=Path, help="keep what proposals.py judges")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(argv)


def rows_of(paths: list[Path], half: str | None) -> list[Row]:
    """Rows of the manifests, of one half where asked."""
    return [row for row in read_manifests(paths) if half in (None, half_of(row.path.name))]


def open_cues(path: Path, part: str | None) -> CueBook:
    """The cues of a cue file, or one cue for each line of a text file; `part` is ``first/step``."""
    if path.suffix != ".txt":
        return load_cues(path)
    first, step = map(int, (part or "0/1").split("/"))
    lines = path.read_text(encoding="utf-8").splitlines()
    phrases = [line for line in lines if line and not line.startswith("#")][first::step]
    return CueBook(tuple(Cue(id=re.sub("[^a-z]", "-", one), phrases=(one,)) for one in phrases))


def known_book(model: Any, book: CueBook) -> CueBook:
    """The cues without the phrases that hold words the model does not know; those are named."""
    cues = []
    for cue in book.cues:
        phrases = tuple(p for p in cue.phrases if not unknown_words(model, p))
        for phrase in set(cue.phrases) - set(phrases):
            words = ", ".join(unknown_words(model, phrase))
            print(f'skipped "{phrase}": the model does not know {words}', file=sys.stderr)
        if phrases:
            cues.append(structs.replace(cue, phrases=phrases))
    return CueBook(tuple(cues))


def unknown_words(model: Any, phrase: str) -> list[str]:
    """Words of `phrase` outside the model's vocabulary."""
    return [word for word in phrase.split() if model.vosk_model_find_word(word) < 0]


def open_model(path: Path | None) -> Any:
    """The Vosk model at `path`, or the installed one, set as a session sets it."""
    from assistant.recognition.model_store import find_model
    from assistant.recognition.model_twin import twin_of
    from assistant.recognition.transcribers import load_vosk_model

    return load_vosk_model(twin_of(path or find_model().path))


def compare(
    model: Any,
    cue_of: dict[str, str],
    said: list[Row],
    noise: Noise | None,
    options: argparse.Namespace,
) -> list[dict[str, Any]]:
    """Every rival on the same recordings."""
    from cue_rivals import measure, rivals

    phrases_of: dict[str, set[str]] = {}
    for phrase, cue in cue_of.items():
        phrases_of.setdefault(cue, set()).add(phrase)
    figures = []
    for maker in rivals(model, list(cue_of)):
        positives = (
            (frozenset(phrases_of[cue_of[plain(row.text or "")]]), samples)
            for row, samples, _ in sounds_of(said, noise, options.snr_db)
        )
        negatives = (
            (plain(row.text or ""), load(row.path))
            for row in rows_of(options.negatives, options.half)
        )
        figures.append(measure(maker, positives, negatives))
    return figures


def main(argv: list[str] | None = None) -> int:
    """Measure and print."""
    options = parse(argv)
    model = open_model(options.model)
    book = known_book(model, open_cues(options.cues, options.part))
    bench = Bench(model, book, options)
    cue_of = {phrase: cue.id for cue in bench.live_cues() for phrase in cue.phrases}
    rows = rows_of(options.positives, options.half)
    said = [row for row in rows if plain(row.text or "") in cue_of]
    if len(said) < len(rows):
        print(f"skipped {len(rows) - len(said)} positives of no live cue", file=sys.stderr)
    noise = Noise(rows_of([options.noise], options.half)) if options.noise else None
    positives = run_positives(bench, said, cue_of, noise, options.snr_db)
    negatives = run_negatives(bench, rows_of(options.negatives, options.half))
    figures = report(positives, negatives)
    if options.rivals:
        figures["rivals"] = compare(model, cue_of, said, noise, options)
    if options.proposals:
        kept = [*proposals_of(positives), *proposals_in(negatives)]
        save(kept, negatives.outcome.audio_s / 3600, len(cue_of), options.proposals)
        return 0
    if options.curve:
        draw_curve(curve_points(positives, negatives), options.curve)
    if options.json:
        print(json.dumps(figures, indent=1))
    else:
        show(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
