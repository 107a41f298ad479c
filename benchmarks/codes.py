"""Codes from audio: ``python benchmarks/codes.py MANIFEST… [--part report] --json``.

A manifest row holds ``audio`` and either ``text``, a code spelled out and nothing else, or
``text``, ``code`` and ``said``: a dictated sentence with a code in it ("" for none), as
`render_codes.py` makes them. Rows are split by the hash of their file name; ``--part all`` takes
the rows of a folder whose voices are a part of their own. The repair is one sentence of a
truthful user: the first wrong symbol, or the number of symbols where that is what is wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import soundfile
from rapidfuzz.distance import Levenshtein

from assistant.events import SAMPLE_RATE_HZ
from assistant.ports import Transcriber
from assistant.recap.casenumbers import find_codes
from assistant.recap.repair import Change, Length, Repair, apply_repair, with_length
from assistant.recap.tokens import tokenise
from assistant.recognition.code_reader import CodeReader, symbols_in, text_of, written_code
from assistant.recognition.code_refiner import CodeRefiner
from assistant.recognition.model_store import find_model
from assistant.recognition.transcribers import load_vosk_model, open_transcriber
from assistant.recognition.wide_lattice import wide_lattice

QUIET = bytes(round(0.3 * SAMPLE_RATE_HZ) * 2)
"""Put around bare codes: they are cut without any silence."""
BANDS = (0.0, 0.5, 0.7, 0.85, 0.95, 1.01)


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
    """The one thing a user would say to mend `found` into `code`."""
    if symbols_in(code) != symbols_in(found):
        return Length(symbols_in(code))
    pairs = zip(filter(str.isalnum, code), filter(str.isalnum, found), strict=True)
    wrong = [place for place, (right, heard) in enumerate(pairs, 1) if right != heard]
    if not wrong:
        return None
    return Change(wrong[0], [char for char in code if char.isalnum()][wrong[0] - 1])


def codes_in(text: str) -> list[str]:
    """The codes that the recap's own reader finds in a sentence."""
    return [labelled.code.value for labelled in find_codes(tokenise(text), set())]


def spelled(row: dict[str, Any], pcm: bytes, reader: CodeReader, engine: Transcriber) -> Outcome:
    """A row that is a code and nothing else."""
    code = text_of(row["text"].lower().split()) or ""
    pcm = QUIET + pcm + QUIET
    heard = engine.transcribe(pcm).text
    readings = {each.text: each.probability for each in reader.read(pcm, heard=heard)}
    ranked = list(readings)
    found = ranked[0] if ranked else ""
    repaired = found
    if (repair := truthful_repair(code, found)) is not None:
        fit = with_length(readings, repair.symbols) if isinstance(repair, Length) else {}
        repaired = next(iter(fit), found) if fit else apply_repair(found, repair)
    return Outcome(
        speaker=row.get("speaker", ""),
        code=code,
        found=found,
        repaired=repaired,
        probability=readings.get(found, 0.0),
        in_first_5=code in ranked[:5],
        text_alone=written_code(heard) == code,
    )


def dictated(row: dict[str, Any], pcm: bytes, refine: CodeRefiner, engine: Transcriber) -> Outcome:
    """A sentence, with a code in it or without."""
    text = engine.transcribe(pcm).text
    reading = refine(text, pcm)
    before, after = codes_in(text), codes_in(reading.text)
    if not row["code"]:
        # Nothing may change in a sentence without a code.
        found = "" if reading.text == text else reading.text
        return Outcome(row.get("speaker", ""), "", found, "", 1.0, True, True)
    code = row["code"]
    found = code if code in after else next(iter(after), "")
    repair = truthful_repair(code, found)
    repaired = apply_repair(found, repair) if repair is not None else found
    if reading.second == code:
        repaired = code
    return Outcome(
        speaker=row.get("speaker", ""),
        code=code,
        found=found,
        repaired=repaired,
        # A sentence carries no probability: what is not marked claims to be right.
        probability=0.5 if reading.second else 1.0,
        in_first_5=code in (found, reading.second),
        text_alone=code in before,
    )


def summary(outcomes: list[Outcome]) -> dict[str, Any]:
    """The figures of a list that is not empty."""
    count = len(outcomes)
    symbols = sum(len(each.code) for each in outcomes) or 1
    errors = sum(Levenshtein.distance(each.code, each.found) for each in outcomes)
    return {
        "files": count,
        "exact": round(sum(each.found == each.code for each in outcomes) / count, 3),
        "in_first_5": round(sum(each.in_first_5 for each in outcomes) / count, 3),
        "after_one_repair": round(sum(each.repaired == each.code for each in outcomes) / count, 3),
        "symbol_errors": round(errors / symbols, 4),
        "text_engine_alone": round(sum(each.text_alone for each in outcomes) / count, 3),
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
    model = load_vosk_model(wide_lattice(find_model().path))
    engine = open_transcriber()
    reader = CodeReader(model)
    refine = CodeRefiner(model, reader)
    for manifest in arguments.manifests:
        outcomes: list[Outcome] = []
        seconds = 0.0
        began_s = time.process_time()
        for line in manifest.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if arguments.part != "all" and part_of(row["audio"]) != arguments.part:
                continue
            if arguments.plain:
                row["code"] = ""
            samples, _ = soundfile.read(manifest.parent / row["audio"], dtype="int16")
            seconds += samples.size / SAMPLE_RATE_HZ
            pcm = samples.tobytes()
            if "code" in row:
                outcomes.append(dictated(row, pcm, refine, engine))
            else:
                outcomes.append(spelled(row, pcm, reader, engine))
        if arguments.errors:
            for each in outcomes:
                if each.found != each.code:
                    print(each)
        coded = [each for each in outcomes if each.code]
        plain = [each for each in outcomes if not each.code]
        speakers = sorted({each.speaker for each in coded})
        result = {
            "manifest": manifest.parent.name,
            "part": arguments.part,
            **(summary(coded) if coded else {}),
            "plain_sentences": len(plain),
            "plain_rewritten": sum(each.found != "" for each in plain),
            "cpu_per_s": round((time.process_time() - began_s) / seconds, 3),
            "calibration": calibration(coded),
            "by_speaker": {
                name: summary([each for each in coded if each.speaker == name]) for name in speakers
            },
        }
        print(json.dumps(result) if arguments.json else result)


if __name__ == "__main__":
    main()
