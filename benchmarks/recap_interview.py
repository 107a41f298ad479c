"""Interviews by ear, about recaps that were heard before: faster than ``recap_audio.py``.

``python benchmarks/recap_interview.py SHOWN.txt RECAPS.jsonl… --cache DIR [--voice V] [--show]``

``SHOWN.txt`` is what ``recap_audio.py --part tune --show`` wrote; the text it heard of each recap
is taken as the dictation, without other readings of its codes. The answers of the truthful caller
(``recap_truth.py``) are spoken, and heard by the product's own reader of answers, but not through
its loop. Tune part only.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import soundfile
from recap_audio import ASPECTS, right, rows_of
from recap_truth import Truth
from recap_voices import recording

from assistant.cases.building import CallInfo, Reading, begin_interview
from assistant.cases.case import Utterance
from assistant.cases.spoken import ask
from assistant.coaching.prompts import load_prompts
from assistant.events import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ, Ask
from assistant.recap.fields import extract_fields
from assistant.recap.model import RecapFields
from assistant.recap.written import write_out
from assistant.recognition import dictation
from assistant.recognition.answer_reader import AnswerReader
from assistant.recognition.code_reader import CodeReader
from assistant.recognition.code_refiner import CodeRefiner
from assistant.recognition.model_store import find_model
from assistant.recognition.model_twin import twin_of
from assistant.recognition.transcribers import load_vosk_model, open_transcriber
from assistant.speech.synthesiser import Pyttsx3Synthesiser

TAIL = bytes(round(dictation.POST_ROLL_S * SAMPLE_RATE_HZ) * BYTES_PER_SAMPLE)
RATE_WPM = 175

Hear = Callable[[bytes, Ask], dictation.Reading]


def heard_before(path: Path) -> dict[str, str]:
    """The text heard of each recap, by its identifier."""
    texts: dict[str, str] = {}
    row = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("---"):
            row = line.split()[1]
        elif line.startswith("  heard "):
            texts.setdefault(row, line.removeprefix("  heard ").strip())
    return texts


def ear() -> Hear:
    """What hears answers in the product."""
    transcriber = open_transcriber()
    transcriber.load()
    model = load_vosk_model(twin_of(find_model().path))
    reader = CodeReader(model)
    read = AnswerReader(CodeRefiner(model, reader), reader)
    return lambda pcm, asked: read(transcriber.transcribe(pcm).text, pcm, asked.expects)


class Sitting:
    """One interview after another."""

    def __init__(self, voice: str, cache: Path) -> None:
        self._voice, self._cache = voice, cache
        self._hear = ear()
        self._speaker = Pyttsx3Synthesiser("", RATE_WPM)
        self._prompts = load_prompts()
        self.read_back_s: list[float] = []
        """How long each read-back took to say."""

    def hold(
        self, row: dict[str, Any], text: str
    ) -> tuple[RecapFields, RecapFields, list[str], float]:
        """The fields before and after an interview, what was said in it, and its seconds."""
        today = date.fromisoformat(row["today"])
        call = CallInfo(datetime.fromisoformat(f"{row['today']}T10:00").astimezone())
        reading = Reading(lambda t, day, name: extract_fields(t, day, company=name), write_out)
        said = (Utterance(text=text, start_s=0.0, end_s=1.0),)
        interview = begin_interview(call, said, (), reading)
        before, truth = interview.fields, Truth(row["fields"], today)
        talk: list[str] = []
        length_s = 0.0
        while True:
            put = ask(interview.question, interview.fields, today, self._prompts, is_first=not talk)
            if put is None:
                return before, interview.fields, talk, length_s
            answer = truth.reply(put.reason, put.text)
            pcm = self._spoken(answer)
            heard = self._hear(pcm, put)
            question_s = len(self._speaker.render(put.text).pcm) / BYTES_PER_SAMPLE / SAMPLE_RATE_HZ
            if put.reason == "read-back":
                self.read_back_s.append(question_s)
            silence_s = dictation.ANSWER_END_SILENCE_S.get(put.expects, dictation.END_SILENCE_S)
            length_s += question_s + len(pcm) / BYTES_PER_SAMPLE / SAMPLE_RATE_HZ + silence_s
            talk.append(f"{put.text} [{put.reason}] -> {answer} -> {heard.text}")
            interview = interview.answer(heard.text, heard.codes)

    def _spoken(self, answer: str) -> bytes:
        path = recording(self._voice, [answer], self._cache, tail_s=0.0)
        return bytes(soundfile.read(path, dtype="int16")[0].astype("<i2").tobytes()) + TAIL


def main() -> None:
    """Hold them, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("shown", type=Path, metavar="SHOWN.txt")
    parser.add_argument("recaps", nargs="+", type=Path, metavar="RECAPS.jsonl")
    parser.add_argument("--voice", default="piper:joe")
    parser.add_argument("--cache", type=Path, required=True, metavar="DIR")
    parser.add_argument("--show", action="store_true", help="the interviews that failed")
    arguments = parser.parse_args()
    rows = {row["id"]: row for row in rows_of(arguments.recaps, "tune")}
    sitting = Sitting(arguments.voice, arguments.cache)
    counts: dict[str, Counter[str]] = {"before": Counter(), "after": Counter()}
    turns: list[int] = []
    lengths_s: list[float] = []
    for name, text in heard_before(arguments.shown).items():
        if name not in rows:
            continue
        wanted = rows[name]["fields"]
        before, after, talk, length_s = sitting.hold(rows[name], text)
        for stage, fields in (("before", before), ("after", after)):
            counts[stage].update(key for key, good in right(fields, wanted).items() if good)
        turns.append(len(talk))
        lengths_s.append(length_s)
        if arguments.show and not right(after, wanted)["all_three"]:
            print(f"--- {name}", *talk, sep="\n  ")
    shares = {stage: {key: found[key] for key in ASPECTS} for stage, found in counts.items()}
    figures = {
        "recaps": len(turns),
        **shares,
        "turns_median": statistics.median(turns),
        "interview_s_median": round(statistics.median(lengths_s), 1),
        "read_back_s_median": round(statistics.median(sitting.read_back_s or [0.0]), 1),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
