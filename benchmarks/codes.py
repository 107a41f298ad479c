"""Codes from audio: ``python benchmarks/codes.py MANIFEST… [--part report] --json``.

A manifest row holds ``audio`` and either ``text``, a code spelled out and nothing else, or
``text``, ``code`` and ``said``: a dictated sentence with a code in it ("" for none), as
`render_codes.py` makes them. Rows are split by the hash of their file name; ``--part all`` takes
the rows of a folder whose voices are a part of their own. The repair is one sentence of a
truthful user as text: the first symbol that is wrong, missing or too many, and no more.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import soundfile
from rapidfuzz.distance import Editop, Levenshtein

from assistant.events import BYTES_PER_SAMPLE, FRAME_SAMPLES, SAMPLE_RATE_HZ, Final, Frame
from assistant.ports import Transcriber
from assistant.recap.casenumbers import find_codes
from assistant.recap.interview.repair import Change, Drop, Insert, Repair, mend
from assistant.recap.tokens import tokenise
from assistant.recognition.code_evidence import written_code
from assistant.recognition.code_places import may_go_on, plain
from assistant.recognition.code_reader import QUIET, CodeReader, text_of
from assistant.recognition.code_refiner import CodeRefiner
from assistant.recognition.dictation import Reading, UtteranceDictation
from assistant.recognition.model_store import find_model
from assistant.recognition.model_twin import twin_of
from assistant.recognition.three_hearings import ThreeHearings
from assistant.recognition.transcribers import load_vosk_model, open_transcriber

BANDS = (0.0, 0.5, 0.7, 0.85, 0.95, 1.01)
SURE = 0.95
"""Stated probability from which a code counts as sure; a dictated one that is not marked has 1."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row."""

    speaker: str
    code: str
    found: str
    repaired: str
    probability: float
    in_first_5: bool
    text_alone: bool
    """Whether the free-text engine alone had it right."""


def part_of(name: str) -> str:
    """The split: ``tune`` or ``report``, by the hash of the file's name."""
    return "report" if int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2 else "tune"


def truthful_repair(code: str, found: str) -> Repair | None:
    """The one thing a user would say to mend `found` into `code`: what is wrong first."""
    right, heard = plain(code), plain(found)
    if not heard:
        return None
    edits = Levenshtein.editops(heard, right)
    if not edits:
        return None
    edit = edits[0]
    assert isinstance(edit, Editop)
    if edit.tag == "replace":
        return Change(edit.src_pos + 1, right[edit.dest_pos])
    if edit.tag == "insert":
        return Insert(edit.src_pos, right[edit.dest_pos])
    return Drop(edit.src_pos + 1)


def codes_in(text: str) -> list[str]:
    """The codes that the recap's own reader finds in a sentence."""
    return [labelled.code.value for labelled in find_codes(tokenise(text), set())]


def after_repair(code: str, found: str, readings: Mapping[str, float]) -> str:
    """What `found` becomes by one repair of a user who knows that it is `code`."""
    repair = truthful_repair(code, found)
    if repair is None:
        return found
    return next(iter(mend(found, readings, repair, {}) or {}), found)


def spelled(row: dict[str, Any], pcm: bytes, reader: CodeReader, engine: Transcriber) -> Outcome:
    """A row that is a code and nothing else."""
    code = text_of(row["text"].lower().split()) or ""
    pcm = QUIET + pcm + QUIET
    heard = engine.transcribe(pcm).text
    readings = {each.text: each.probability for each in reader.read(pcm, heard=heard)}
    ranked = list(readings)
    found = ranked[0] if ranked else ""
    return Outcome(
        speaker=row.get("speaker", ""),
        code=code,
        found=found,
        repaired=after_repair(code, found, readings),
        probability=readings.get(found, 0.0),
        in_first_5=code in ranked[:5],
        text_alone=written_code(heard) == code,
    )


class Dictating:
    """What a session writes down of a sentence."""

    def __init__(self, refine: CodeRefiner, writer: Transcriber) -> None:
        self._refine = refine
        self._writer = writer
        self.rewritten = ""
        """The last text that was changed after it was heard."""

    def finals(self, pcm: bytes) -> list[Final]:
        """The utterances in `pcm`."""
        self.rewritten = ""
        dictation = UtteranceDictation(self._writer, refine=self._look, goes_on=may_go_on)
        dictation.start(0.0)
        size = FRAME_SAMPLES * BYTES_PER_SAMPLE
        frames = [Frame(pcm[at : at + size]) for at in range(0, len(pcm), size)]
        return [final for frame in frames for final in dictation.accept(frame)] + list(
            dictation.stop()
        )

    def _look(self, text: str, pcm: bytes) -> Reading:
        reading = self._refine(text, pcm)
        if reading.text != text:
            self.rewritten = reading.text
        return reading


def dictated(row: dict[str, Any], pcm: bytes, dictating: Dictating, engine: Transcriber) -> Outcome:
    """A sentence, with a code in it or without; `engine` is the free-text engine alone."""
    finals = dictating.finals(pcm)
    if not row["code"]:
        # Nothing may change in a sentence without a code.
        return Outcome(row.get("speaker", ""), "", dictating.rewritten, "", 1.0, True, True)
    before = codes_in(engine.transcribe(pcm).text)
    after = codes_in(" ".join(final.text for final in finals))
    code = row["code"]
    found = code if code in after else next(iter(after), "")
    readings = next((dict(final.codes) for final in finals if final.codes), {found: 1.0})
    marked = any(final.second for final in finals)
    return Outcome(
        speaker=row.get("speaker", ""),
        code=code,
        found=found,
        repaired=after_repair(code, found, readings),
        # What is not marked claims to be right; where no code was found, nothing is claimed.
        probability=(0.5 if marked else 1.0) if found else 0.0,
        in_first_5=code in (found, *list(readings)[:5]),
        text_alone=code in before,
    )


def summary(outcomes: list[Outcome]) -> dict[str, Any]:
    """The figures of a list that is not empty."""
    count = len(outcomes)
    symbols = sum(len(each.code) for each in outcomes) or 1
    errors = sum(Levenshtein.distance(each.code, each.found) for each in outcomes)
    sure = [each.found == each.code for each in outcomes if each.found and each.probability >= SURE]
    unsure = [
        each.found == each.code for each in outcomes if each.found and each.probability < SURE
    ]
    return {
        "files": count,
        "exact": round(sum(each.found == each.code for each in outcomes) / count, 3),
        "in_first_5": round(sum(each.in_first_5 for each in outcomes) / count, 3),
        "after_one_repair": round(sum(each.repaired == each.code for each in outcomes) / count, 3),
        "symbol_errors": round(errors / symbols, 4),
        "text_engine_alone": round(sum(each.text_alone for each in outcomes) / count, 3),
        "sure_right_all": [sum(sure), len(sure)],
        "unsure_right_all": [sum(unsure), len(unsure)],
        "not_found": count - len(sure) - len(unsure),
    }


def calibration(outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    """How often a reading was right, by its stated probability."""
    bands: dict[float, list[bool]] = defaultdict(list)
    for each in outcomes:
        low = max(band for band in BANDS if band <= each.probability)
        bands[low].append(each.found == each.code)
    return [
        {"from": low, "files": len(right), "right": round(sum(right) / len(right), 3)}
        for low, right in sorted(bands.items())
    ]


def main() -> None:
    """Print one line, or one JSON object, for each manifest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("manifests", nargs="+", type=Path, metavar="MANIFEST")
    parser.add_argument("--part", choices=("tune", "report", "all"), default="report")
    parser.add_argument("--plain", action="store_true", help="rows are sentences without any code")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--errors", action="store_true", help="also print every wrong row")
    arguments = parser.parse_args()
    model = load_vosk_model(twin_of(find_model().path))
    engine = open_transcriber()
    reader = CodeReader(model)
    dictating = Dictating(CodeRefiner(model, reader), ThreeHearings(engine, model))

    def judge(row: dict[str, Any], pcm: bytes) -> Outcome:
        if arguments.plain:
            row = {**row, "code": ""}
        if "code" in row:
            return dictated(row, pcm, dictating, engine)
        return spelled(row, pcm, reader, engine)

    for manifest in arguments.manifests:
        result = measured(manifest, arguments.part, judge, arguments.errors)
        print(json.dumps(result) if arguments.json else result)


def measured(
    manifest: Path, part: str, judge: Callable[[dict[str, Any], bytes], Outcome], errors: bool
) -> dict[str, Any]:
    """The figures of the rows of `manifest` that are in `part`; prints wrong rows for `errors`."""
    outcomes: list[Outcome] = []
    seconds = 0.0
    began_s = time.process_time()
    for line in manifest.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if part == "all" or part_of(row["audio"]) == part:
            samples, _ = soundfile.read(manifest.parent / row["audio"], dtype="int16")
            seconds += samples.size / SAMPLE_RATE_HZ
            outcomes.append(judge(row, samples.tobytes()))
            if errors and outcomes[-1].found != outcomes[-1].code:
                print(outcomes[-1], flush=True)
    coded = [each for each in outcomes if each.code]
    plain_rows = [each for each in outcomes if not each.code]
    speakers = sorted({each.speaker for each in coded})
    return {
        "manifest": manifest.parent.name,
        "part": part,
        **(summary(coded) if coded else {}),
        "plain_sentences": len(plain_rows),
        "plain_rewritten": sum(each.found != "" for each in plain_rows),
        "cpu_per_s": round((time.process_time() - began_s) / seconds, 3),
        "calibration": calibration(coded),
        "by_speaker": {
            name: summary([each for each in coded if each.speaker == name]) for name in speakers
        },
    }


if __name__ == "__main__":
    main()
