"""``callcoach replay``: the same loop as a call, fed from sound files, faster than real time."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from assistant.errors import UsageError
from assistant.events import Phase
from assistant.notices import Notice, Status, to_json


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "replay", help="run a recorded call through the companion, faster than real time"
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="sound files, in order")
    parser.add_argument("--cases", type=Path, metavar="DIR", help="folder for the case file")
    parser.add_argument(
        "--speech", type=Path, metavar="OUT.wav", help="write what would have been spoken"
    )
    parser.add_argument(
        "--phase",
        choices=[phase.value for phase in Phase if phase is not Phase.CLOSED],
        default=Phase.READY.value,
        help="phase to start in (default: ready)",
    )
    parser.add_argument("--company", default="", metavar="NAME", help="the company called")
    parser.add_argument(
        "--case", default="", metavar="ID", help="earlier case this call carries on"
    )
    parser.add_argument(
        "--start", default="", metavar="TIME", help="when the call began, such as 2026-11-22T09:30"
    )
    parser.add_argument(
        "--channels",
        choices=("mixed", "caller,call"),
        default="mixed",
        help="what the channels hold: caller,call takes the call (right) out of the caller (left)",
    )
    parser.add_argument(
        "--json", action="store_true", help="one JSON object a line: docs/events.md"
    )
    parser.add_argument(
        "--interview",
        action="store_true",
        help="after the recap, ask for what is missing; the file has to hold the answers",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Replay the files; 0 when they were worked through to the end."""
    from rich.console import Console

    from assistant.audio.files import FileSource
    from assistant.audio.timeline import TimelinePlayer
    from assistant.composition import Plan, assemble
    from assistant.inbox import Inbox
    from assistant.runner import Runner
    from assistant.settings import load_settings
    from assistant.ui.console import PlainLines

    observer = JsonLines() if arguments.json else PlainLines(Console(soft_wrap=True))
    plan = Plan(
        source=FileSource(arguments.files, call_on_right=arguments.channels == "caller,call"),
        player=TimelinePlayer(arguments.speech),
        observer=observer,
        started_at=parse_start(arguments.start),
        phase=Phase(arguments.phase),
        company=arguments.company,
        case=arguments.case,
        cases=arguments.cases,
        live=False,
        interview=arguments.interview,
    )
    runner = Runner(assemble(load_settings(), plan, Inbox()))
    runner.run()
    return 1 if runner.failed else 0


def parse_start(text: str) -> datetime:
    """The moment `text` names in ISO 8601, in the local zone where it names none; "" is now.

    Raises `UsageError` (``bad-time``).
    """
    if not text:
        return datetime.now().astimezone()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            "bad-time", f"{text!r} is not a time.", "Write it like 2026-11-22T09:30."
        ) from error
    if not 1970 <= moment.year <= 9000:  # what a file system can date, and time zones can shift
        raise UsageError("bad-time", f"The year {moment.year} is out of range.", "Give a real one.")
    return moment if moment.tzinfo else moment.astimezone()


class JsonLines:
    """An `Observer` that prints every notice as one line of JSON."""

    def notice(self, notice: Notice) -> None:
        """Print it, in UTF-8 whatever the locale: JSON is."""
        sys.stdout.flush()
        sys.stdout.buffer.write(to_json(notice).encode() + b"\n")
        sys.stdout.buffer.flush()

    def status(self, status: Status) -> None:
        """Nothing: lines tell of events only."""
