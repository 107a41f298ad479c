"""Word error rate and cost of free dictation: ``python benchmarks/dictation.py MANIFEST… --json``.

Each manifest is a ``manifest.jsonl`` whose rows hold ``audio`` and ``text``. Both texts are
normalised alike before they are compared: lower case, digits to words one by one, hyphens to
spaces, all other punctuation but apostrophes removed. ``--way`` says who writes: ``ours`` is what a
session writes down, every span heard up to three times and codes read again; ``endpointed`` is the
engine alone given one utterance after the other, ``alone`` the engine given the whole file.
``--split`` takes the half of the files whose name has an odd (report) or even (tune) MD5.
``--recaps`` counts ordinary words that a correction step wrote anew: in the utterances of the
manifests, and where the ``written`` text of these recaps is written out.
"""

from __future__ import annotations

import argparse
import functools
import json
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import jiwer
from cue_data import half_of

from assistant.audio.files import FileSource
from assistant.events import SAMPLE_RATE_HZ, EndOfAudio, Final, Frame
from assistant.ports import Transcriber
from assistant.recap.lexicon import lists
from assistant.recap.written import write_out
from assistant.recognition.code_places import may_go_on
from assistant.recognition.code_reader import CodeReader
from assistant.recognition.code_refiner import CodeRefiner
from assistant.recognition.dictation import Reading, Refine, UtteranceDictation
from assistant.recognition.model_store import find_model
from assistant.recognition.model_twin import twin_of
from assistant.recognition.three_hearings import ThreeHearings
from assistant.recognition.transcribers import (
    VoskTranscriber,
    load_vosk_model,
    open_transcriber,
)

_NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def normalise(text: str) -> str:
    """The one normalisation that references and hypotheses go through."""
    text = re.sub(r"\[[^]]*\]", " ", text.lower().replace("’", "'"))
    text = re.sub(r"\d", lambda digit: f" {_NAMES[int(digit[0])]} ", text)
    return " ".join(re.sub(r"[^a-z' ]", " ", text).split())


def frames_of(path: Path) -> list[Frame]:
    """All frames of a sound file."""
    items: list[Any] = []
    source = FileSource(path)
    source.open(items.append)
    while not items or not isinstance(items[-1], EndOfAudio):
        source.pump()
    return [item for item in items if isinstance(item, Frame)]


class Watched:
    """A `Refine` that remembers what went in and what came out."""

    def __init__(self, refine: Refine) -> None:
        self._refine = refine
        self.pairs: list[tuple[str, str]] = []

    def __call__(self, text: str, pcm: bytes) -> Reading:
        """The reading of the refiner behind it."""
        reading = self._refine(text, pcm)
        self.pairs.append((text, reading.text))
        return reading


def dictate(transcriber: Transcriber, frames: list[Frame], refine: Refine | None) -> str:
    """What a session would write down of `frames`."""
    goes_on = may_go_on if refine else None
    dictation = UtteranceDictation(transcriber, refine=refine, goes_on=goes_on)
    dictation.start(0.0)
    heard = [event for frame in frames for event in dictation.accept(frame)]
    finals = [*heard, *dictation.stop()]
    return " ".join(final.text for final in finals if isinstance(final, Final))


def rewritten(before: str, after: str) -> list[str]:
    """Ordinary words of `before` that `after` lacks; words of numbers and codes are none."""
    gone = Counter(ordinary(before)) - Counter(ordinary(after))
    return list(gone.elements())


def ordinary(text: str) -> list[str]:
    """The words of `text` that stand for nothing but themselves."""
    words = re.findall(r"(?<![\w@./-])[a-z']+(?![\w@/-]|\.\w)", text.lower().replace("’", "'"))
    return [word for word in words if len(word) > 1 and word not in _symbol_words()]


@functools.cache
def _symbol_words() -> frozenset[str]:
    numbers, codes = lists("numbers"), lists("codes")
    found = {word for group in numbers.numbers.values() for word in group}
    found |= {word for group in numbers.maps.values() for word in group}
    found |= {word for group in codes.maps.values() for word in group}
    found |= numbers.sets["fillers"]  # left out on purpose
    return frozenset(found | {"percent", "hundred", "thousand", "and", "at", "dot", "point"})


@dataclass(slots=True)
class Score:
    """References and hypotheses, and what hearing them cost."""

    references: list[str] = field(default_factory=list)
    hypotheses: list[str] = field(default_factory=list)
    seconds: float = 0.0
    cpu_s: float = 0.0

    def add(self, other: Score) -> None:
        """Take in another score."""
        self.references += other.references
        self.hypotheses += other.hypotheses
        self.seconds += other.seconds
        self.cpu_s += other.cpu_s

    def figures(self) -> dict[str, Any]:
        """Word error rate and its parts, and CPU per second of audio."""
        words = jiwer.process_words(self.references, self.hypotheses)
        return {
            "files": len(self.references),
            "seconds": round(self.seconds, 1),
            "wer": round(words.wer, 4),
            "deletions": words.deletions,
            "insertions": words.insertions,
            "substitutions": words.substitutions,
            "cpu_per_s": round(self.cpu_s / self.seconds, 4),
        }


def measure(
    manifest: Path, transcriber: Transcriber, refine: Refine | None, arguments: argparse.Namespace
) -> Score:
    """One manifest, written down in the way asked for."""
    score = Score()
    rows = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if arguments.split in ("all", half_of(row["audio"]))]
    for row in rows[: arguments.limit]:
        reference = normalise(row.get("text", ""))
        if not reference:
            continue
        frames = frames_of(manifest.parent / row["audio"])
        began_s = time.process_time()
        if arguments.way == "alone":
            text = transcriber.transcribe(b"".join(frame.pcm for frame in frames)).text
        else:
            text = dictate(transcriber, frames, refine)
        score.cpu_s += time.process_time() - began_s
        score.seconds += sum(frame.samples for frame in frames) / SAMPLE_RATE_HZ
        score.references.append(reference)
        score.hypotheses.append(normalise(text))
    return score


def words_rewritten(paths: Sequence[Path], heard: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Ordinary words written anew: where codes were read again, and where recaps are written out.

    Utterances are written out as well, after their codes were read again.
    """
    today = date(2026, 11, 22)
    pairs = [(text, write_out(refined, today)) for text, refined in heard]
    in_utterances = [word for before, after in pairs for word in rewritten(before, after)]
    rows = [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]
    in_recaps = [
        word
        for row in rows
        for word in rewritten(
            row["written"], write_out(row["written"], date.fromisoformat(row["today"]))
        )
    ]
    return {
        "utterances": len(pairs),
        "rewritten_in_utterances": len(in_utterances),
        "recaps": len(rows),
        "rewritten_in_recaps": len(in_recaps),
    }


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("manifests", nargs="+", type=Path, metavar="MANIFEST")
    parser.add_argument("--engine", choices=("moonshine", "vosk"))
    parser.add_argument(
        "--model", type=Path, metavar="DIR", help="a Vosk model to write with, fit for it or not"
    )
    parser.add_argument("--way", choices=("ours", "endpointed", "alone"), default="ours")
    parser.add_argument("--split", choices=("tune", "report", "all"), default="all")
    parser.add_argument("--limit", type=int, metavar="FILES", help="of each manifest")
    parser.add_argument("--recaps", type=Path, nargs="*", metavar="RECAPS.jsonl")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def main() -> None:
    """Print one line, or one JSON object, for each manifest and for all of them together."""
    arguments = parse()
    transcriber: Transcriber
    if arguments.model:
        transcriber = VoskTranscriber(arguments.model)
    else:
        transcriber = open_transcriber(arguments.engine)
    transcriber.transcribe(bytes(SAMPLE_RATE_HZ))
    refine = None
    if arguments.way == "ours":
        model = load_vosk_model(twin_of(find_model().path))
        refine = Watched(CodeRefiner(model, CodeReader(model)))
        transcriber = ThreeHearings(transcriber, model)
    union = Score()
    scores = {}
    for manifest in arguments.manifests:
        scores[manifest.parent.name] = score = measure(manifest, transcriber, refine, arguments)
        union.add(score)
    if len(scores) > 1:
        scores["union"] = union
    shared = {"engine": transcriber.name, "way": arguments.way, "split": arguments.split}
    results = [{"set": name, **shared, **score.figures()} for name, score in scores.items()]
    if arguments.recaps is not None:
        results.append(words_rewritten(arguments.recaps, refine.pairs if refine else ()))
    for result in results:
        print(json.dumps(result) if arguments.json else result)


if __name__ == "__main__":
    main()
