"""Keep what the spotter asks its verifier, and have it judged anew without hearing all again.

    python benchmarks/cues.py ... --proposals FILE.jsonl
    python benchmarks/proposals.py FILE.jsonl [FILE...] --out judged.jsonl [--every N] [--model P]

While proposals are kept nothing is believed, so that each phrase is asked about as often as may be.
Beside FILE.jsonl lies their sound, FILE.pcm. What the second command writes is for
``scripts/fit_verifier.py``; with --every only each Nth of the phrases that were said. A phrase that
both engines hear, alone or in its sentence, and that does not stand in the text is left out: nobody
knows, for dialogue has no text and near misses only the name of their folder.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from assistant.recognition.verifier import (
    Evidence,
    Span,
    Verifier,
    holds,
    load_decoys,
    load_weights,
)

UNJUDGED = Evidence(0, 0, 0, 0, 0, 0, 0, 0, 0)
NEVER = 2.0
"""A threshold that no probability reaches."""


class Collector:
    """A `Judge` that believes nothing and keeps the span it was asked about last."""

    def __init__(self) -> None:
        self.span = Span("", b"", 0.0, 0.0)

    def evidence(self, span: Span) -> Evidence:
        """Keep `span`."""
        self.span = span
        return UNJUDGED

    def probability(self, _evidence: Evidence) -> float:
        """None."""
        return 0.0

    def threshold(self, _sensitivity: str) -> float:
        """Out of reach."""
        return NEVER


@dataclass(frozen=True, slots=True)
class Proposal:
    """One question the spotter asked."""

    said: bool
    """Whether the phrase was said there, as far as the text of the recording tells."""
    source: str
    """File name of the recording."""
    look: int
    """0 for the first question about a phrase, 1 for the second, with the sound that follows."""
    span: Span


def save(proposals: list[Proposal], hours: float, phrases: int, path: Path) -> None:
    """Write proposals of `phrases` live in `hours` of negatives, and their sound beside them."""
    with path.open("w", encoding="utf-8") as rows, path.with_suffix(".pcm").open("wb") as sounds:
        rows.write(json.dumps({"hours": hours, "phrases": phrases}) + "\n")
        for one in proposals:
            sounds.write(one.span.pcm)
            row = {"said": one.said, "source": one.source, "look": one.look}
            sounds.write(one.span.before)
            lengths = {"pcm": len(one.span.pcm), "before": len(one.span.before)}
            span = {**asdict(one.span), **lengths}
            rows.write(json.dumps({**row, "span": span}) + "\n")


def read(path: Path) -> tuple[dict[str, float], list[Proposal]]:
    """How much was heard (``hours`` of negatives, ``phrases`` live), and what was proposed."""
    lines = path.read_text(encoding="utf-8").splitlines()
    proposals = []
    with path.with_suffix(".pcm").open("rb") as sounds:
        for row in map(json.loads, lines[1:]):
            sound = {name: sounds.read(row["span"][name]) for name in ("pcm", "before")}
            span = Span(**{**row["span"], **sound})
            proposals.append(Proposal(row["said"], row["source"], row["look"], span))
    return json.loads(lines[0]), proposals


def judge_all(
    verifier: Verifier, proposals: list[Proposal], every: int = 1
) -> Iterator[dict[str, Any]]:
    """The evidence on each, but for those of which nobody knows whether they were said.

    Of those that were said only each `every`-th.
    """
    said = [one for one in proposals if one.said]
    for one in [*said[::every], *(one for one in proposals if not one.said)]:
        evidence = verifier.evidence(one.span)
        unsure = evidence.same_words or holds(evidence.context_text, one.span.phrase)
        if one.said or not unsure:
            row = {"said": one.said, "source": one.source, "phrase": one.span.phrase}
            yield {**row, "look": one.look, "evidence": asdict(evidence)}


def always_asking(weights: Any) -> Any:
    """`weights` with which the second engine is asked about all that is not hopeless."""
    return replace(weights, sure=NEVER)


def main(argv: list[str] | None = None) -> int:
    """Judge and write."""
    from cues import open_model, open_second_engine

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("proposals", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--model", type=Path, help="a Vosk model folder; else the installed one")
    options = parser.parse_args(argv)
    model, engine = open_model(options.model), open_second_engine()
    with options.out.open("w", encoding="utf-8") as file:
        for path in options.proposals:
            heard, proposals = read(path)
            phrases = sorted({one.span.phrase for one in proposals})
            weights = always_asking(load_weights())
            verifier = Verifier(model, phrases, load_decoys(), engine, weights)
            file.write(json.dumps(heard) + "\n")
            for row in judge_all(verifier, proposals, options.every):
                file.write(json.dumps(row) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
