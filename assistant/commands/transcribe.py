"""``callcoach transcribe``: what is said in sound files, as text or as one code, number or date."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.events import Final, Frame
    from assistant.recognition.code_reader import Alternative

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
    if kind in ("code", "phone"):
        return _symbol_reader(kind, transcriber)

    def read(path: Path) -> dict[str, Any]:
        finals, seconds = _dictated(path, transcriber)
        text = " ".join(final.text for final in finals)
        row: dict[str, Any] = {"seconds": seconds, "text": text, "utterances": _rows(finals)}
        if kind != "text":
            found = _VALUES[kind](text, today)
            row |= {"text": found[0] if found else "", "spoken": text, "alternatives": found}
        return row

    return read


def _dictated(path: Path, transcriber: Any) -> tuple[list[Final], float]:
    """The utterances of a file, with progress on stderr, and its length."""
    from rich.console import Console
    from rich.progress import Progress

    from assistant.events import SAMPLE_RATE_HZ
    from assistant.events import Final as FinalEvent
    from assistant.recognition.dictation import UtteranceDictation

    frames = _frames(path)
    dictation = UtteranceDictation(transcriber)
    dictation.start(0.0)
    finals: list[Final] = []
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        for frame in progress.track(frames, description=path.name):
            finals += [each for each in dictation.accept(frame) if isinstance(each, FinalEvent)]
        finals += dictation.stop()
    return finals, sum(frame.samples for frame in frames) / SAMPLE_RATE_HZ


def _frames(path: Path) -> list[Frame]:
    """All frames of the file. Raises `AudioError`."""
    from assistant.audio.files import FileSource
    from assistant.events import EndOfAudio
    from assistant.events import Frame as AudioFrame

    items: list[Any] = []
    source = FileSource(path)
    source.open(items.append)
    while not (items and isinstance(items[-1], EndOfAudio)):
        source.pump()
    source.close()
    return [item for item in items if isinstance(item, AudioFrame)]


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


def _symbol_reader(kind: str, transcriber: Any) -> Callable[[Path], dict[str, Any]]:
    from assistant.events import SAMPLE_RATE_HZ
    from assistant.recognition.code_reader import CodeReader
    from assistant.recognition.model_store import find_model
    from assistant.recognition.transcribers import load_vosk_model
    from assistant.recognition.wide_lattice import wide_lattice

    reader = CodeReader(load_vosk_model(wide_lattice(find_model().path)))

    def read(path: Path) -> dict[str, Any]:
        frames = _frames(path)
        pcm = b"".join(frame.pcm for frame in frames)
        heard = transcriber.transcribe(pcm).text
        found = reader.read(pcm, "digits" if kind == "phone" else "code", heard=heard)
        seconds = sum(frame.samples for frame in frames) / SAMPLE_RATE_HZ
        return {
            "seconds": seconds,
            "text": found[0].text if found else "",
            "alternatives": _alternatives(found),
        }

    return read


def _alternatives(found: tuple[Alternative, ...]) -> list[dict[str, Any]]:
    return [{"text": each.text, "confidence": round(each.probability, 3)} for each in found]


def _emails(text: str, today: date) -> list[str]:  # noqa: ARG001 - as its neighbours
    from assistant.recap.contacts import find_addresses
    from assistant.recap.tokens import tokenise

    return [span.value for span in find_addresses(tokenise(text)) if span.kind == "email"]


def _names(text: str, today: date) -> list[str]:  # noqa: ARG001 - as its neighbours
    from assistant.recognition.code_reader import written_code

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
