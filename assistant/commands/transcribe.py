"""``callcoach transcribe``: what is said in sound files, as text or as one code, number or date."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.events import Final, Frame
    from assistant.ports import Dictation
    from assistant.recognition.code_reader import CodeReader
    from assistant.recognition.model_store import InstalledModel

MOSTLY_LETTERS = 0.6
"""Share of code-like words from which a name was spelled."""
Load = Callable[[], "tuple[InstalledModel, Any]"]
"""Gives the installed model and its `vosk.Model`. Raises `ModelError`."""
KINDS = ("text", "code", "phone", "email", "name", "date")


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of this command."""
    parser = subparsers.add_parser("transcribe", help="write down what is said in sound files")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--engine", choices=("moonshine", "vosk"), help="default: the best there is"
    )
    parser.add_argument(
        "--as",
        dest="kind",
        choices=KINDS,
        default="text",
        help="what the file holds; default: text",
    )
    parser.add_argument("--today", metavar="DATE", help="the day that dates count from")
    parser.add_argument("--json", action="store_true", help="one JSON object for each file")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from assistant.audio.files import FileSource
    from assistant.recognition.transcribers import open_transcriber

    today = _day(arguments.today)
    for path in arguments.files:
        # All files are looked at first: a wrong name should not show after an hour's work.
        source = FileSource(path)
        source.open(lambda _: None)
        source.close()
    transcriber = open_transcriber(arguments.engine)
    read = _reader_of(arguments.kind, transcriber, today)
    for path in arguments.files:
        row = {"file": str(path), "engine": transcriber.name, "as": arguments.kind, **read(path)}
        if row.get("problem"):
            print(f"callcoach: {row['problem']}", file=sys.stderr, flush=True)
        if arguments.json:
            print(json.dumps(row, ensure_ascii=False), flush=True)
        else:
            name = f"{path}: " if len(arguments.files) > 1 else ""
            print(f"{name}{row['text']}", flush=True)
    return 0


def _day(text: str | None) -> date:
    if text is None:
        return date.today()  # noqa: DTZ011 - the user's own calendar day
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError("date-invalid", f"{text} is not a date.", "Write 2026-11-22.") from error


def _reader_of(kind: str, transcriber: Any, today: date) -> Callable[[Path], dict[str, Any]]:
    """What makes of one file the fields of its row."""
    load = cache(_installed)
    if kind in ("code", "phone", "name"):
        return _symbol_reader(kind, transcriber, today, load)

    def read(path: Path) -> dict[str, Any]:
        frames, problem = _frames(path)
        finals = _dictated(frames, _dictation(transcriber, load), path.name)
        text = " ".join(final.text for final in finals)
        row: dict[str, Any] = {
            "seconds": _seconds(frames),
            "problem": problem,
            "text": text,
            "utterances": _rows(finals),
        }
        if kind != "text":
            found = _VALUES[kind](text, today)
            row |= {"text": found[0] if found else "", "spoken": text, "alternatives": found}
        return row

    return read


def _dictated(frames: list[Frame], dictation: Dictation, name: str) -> list[Final]:
    """The utterances of a file, with progress on stderr."""
    from rich.console import Console
    from rich.progress import Progress

    from assistant.events import Final as FinalEvent

    dictation.start(0.0)
    finals: list[Final] = []
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        for frame in progress.track(frames, description=name):
            finals += [each for each in dictation.accept(frame) if isinstance(each, FinalEvent)]
        finals += dictation.stop()
    return finals


def _installed() -> tuple[InstalledModel, Any]:
    """The installed model and its `vosk.Model`. Raises `ModelError`."""
    from assistant.recognition.model_store import find_model
    from assistant.recognition.model_twin import twin_of
    from assistant.recognition.transcribers import load_vosk_model

    installed = find_model()
    return installed, load_vosk_model(twin_of(installed.path))


def _dictation(transcriber: Any, load: Load) -> Dictation:
    """What writes a recap down, where a model is installed; else the engine alone."""
    from assistant.composition import open_dictation
    from assistant.errors import ModelError
    from assistant.recognition.dictation import UtteranceDictation

    try:
        installed, model = load()
    except ModelError:
        return UtteranceDictation(transcriber)
    return open_dictation(installed, model, transcriber)


def _frames(path: Path) -> tuple[list[Frame], str]:
    """All frames of the file, and what of it could not be read ("" for nothing).

    Raises `AudioError`.
    """
    from assistant.audio.files import FileSource
    from assistant.events import EndOfAudio
    from assistant.events import Frame as AudioFrame

    items: list[Any] = []
    source = FileSource(path)
    source.open(items.append)
    while not (items and isinstance(items[-1], EndOfAudio)):
        source.pump()
    source.close()
    return [item for item in items if isinstance(item, AudioFrame)], items[-1].problem


def _seconds(frames: list[Frame]) -> float:
    from assistant.events import SAMPLE_RATE_HZ

    return sum(frame.samples for frame in frames) / SAMPLE_RATE_HZ


def _rows(finals: list[Final]) -> list[dict[str, Any]]:
    return [
        {
            "text": final.text,
            "start_s": round(final.start_s, 2),
            "end_s": round(final.end_s, 2),
            "confidence": final.confidence,
        }
        for final in finals
    ]


def _symbol_reader(
    kind: str, transcriber: Any, today: date, load: Load
) -> Callable[[Path], dict[str, Any]]:
    """Reads codes and phone numbers by grammar; names too, where they are spelled."""
    from assistant.recognition.code_reader import QUIET, CodeReader

    def reader() -> CodeReader:
        return CodeReader(load()[1])

    def read(path: Path) -> dict[str, Any]:
        frames, problem = _frames(path)
        # A file cut close to its first and last sound is heard worse.
        pcm = QUIET + b"".join(frame.pcm for frame in frames) + QUIET
        heard = transcriber.transcribe(pcm).text
        row = {"seconds": _seconds(frames), "problem": problem, "spoken": heard}
        if kind == "name":
            found = _spelled(reader, pcm, heard)
            names = [_alternative(text.capitalize(), sure) for text, sure in found]
            texts = [each["text"] for each in names] or _names(heard, today)
            return {**row, "text": texts[0] if texts else "", "alternatives": names or texts}
        readings = reader().read(pcm, "digits" if kind == "phone" else "code", heard=heard)
        codes = [_alternative(each.text, each.probability) for each in readings]
        return {**row, "text": codes[0]["text"] if codes else "", "alternatives": codes}

    return read


def _spelled(
    reader: Callable[[], CodeReader], pcm: bytes, heard: str
) -> tuple[tuple[str, float], ...]:
    """The names that letters in `pcm` spell; empty where none do, or without a model."""
    from assistant.errors import ModelError
    from assistant.recognition.code_places import like_code
    from assistant.recognition.code_refiner import CodeRefiner
    from assistant.recognition.spelled_names import read_letters

    try:
        letters = reader()
    except ModelError:
        return ()
    # Free-text engines often make words of letters, so a grammar is asked as well.
    words = [word.text for word in CodeRefiner(letters.model, letters).words(pcm)]
    if max(like_code(heard.split()), like_code(words)) < MOSTLY_LETTERS:
        return ()
    return read_letters(letters, pcm, heard)


def _alternative(text: str, probability: float) -> dict[str, Any]:
    return {"text": text, "confidence": round(probability, 3)}


def _emails(text: str, today: date) -> list[str]:  # noqa: ARG001 - as its neighbours
    from assistant.recap.contacts import find_addresses
    from assistant.recap.tokens import tokenise

    return [span.value for span in find_addresses(tokenise(text)) if span.kind == "email"]


def _names(text: str, today: date) -> list[str]:  # noqa: ARG001 - as its neighbours
    from assistant.recognition.code_evidence import written_code

    spelled = written_code(text)
    if spelled.isalpha() and len(spelled) > 1:
        return [spelled.capitalize()]
    words = [word.strip('.,!?"') for word in text.split()]
    name = " ".join(f"{word[:1].upper()}{word[1:]}" for word in words if word)
    return [name] if name else []


def _dates(text: str, today: date) -> list[str]:
    from assistant.recap.dates import find_dates
    from assistant.recap.tokens import tokenise

    found = find_dates(tokenise(text), today, "future")
    return [when.day.isoformat() for when in found if when.day is not None]


_VALUES: dict[str, Callable[[str, date], list[str]]] = {
    "email": _emails,
    "name": _names,
    "date": _dates,
}
