"""A live session from the command line: devices, screen, signals, and the sample in their stead."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from assistant.audio.devices import SoundSystem, quiet_stderr
from assistant.composition import Plan, assemble, unfinished_recap
from assistant.events import KeyPressed, Phase
from assistant.inbox import Inbox
from assistant.ports import AudioSource, Player
from assistant.runner import Runner
from assistant.session import Ending
from assistant.settings import Settings, load_settings
from assistant.ui.screen import screen


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options that every live session has."""
    parser.add_argument("--company", default="", metavar="NAME", help="the company called")
    parser.add_argument(
        "--case", default="", metavar="ID", help="earlier case that this call carries on"
    )
    parser.add_argument(
        "--output",
        default="speaker",
        metavar="speaker|FILE|none",
        help="where to speak (default: speaker)",
    )
    parser.add_argument("--cases", type=Path, metavar="DIR", help="folder for the case file")
    parser.add_argument("--verbose", action="store_true", help="show latencies")


def run_live(
    arguments: argparse.Namespace, system: SoundSystem, *, phase: Phase, ending: Ending
) -> int:
    """Run a live session to its end; returns the exit code. Raises `CallcoachError`."""
    settings = load_settings()
    inbox = Inbox()
    with ExitStack() as stack:
        observer = stack.enter_context(screen(inbox.put, verbose=arguments.verbose))
        plan = Plan(
            source=_source(arguments.input, settings, system),
            player=_player(arguments.output, settings, system),
            observer=observer,
            started_at=datetime.now().astimezone(),
            phase=phase,
            ending=ending,
            company=arguments.company,
            case=arguments.case,
            cases=arguments.cases,
            unfinished=unfinished_recap(),
        )
        runner = Runner(assemble(settings, plan, inbox))
        stack.enter_context(leave_on_signal(inbox))
        if sys.stderr.isatty():  # PortAudio complains there, across the panel, of a lost device
            stack.enter_context(quiet_stderr())
        runner.run()
    return 1 if runner.failed else 0


@contextmanager
def leave_on_signal(inbox: Inbox) -> Iterator[list[int]]:
    """Let Ctrl-C, or a polite kill, save and leave; a second one leaves at once.

    Yields a list that gets the numbers of the signals.
    """
    came: list[int] = []

    def leave(number: int, _frame: object) -> None:
        came.append(number)
        inbox.put(KeyPressed("quit", 0.0))
        signal.signal(number, before[number])

    names = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows lacks the last
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, leave) for number in numbers}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _source(name: str, settings: Settings, system: SoundSystem) -> AudioSource:
    from assistant.audio.files import FileSource
    from assistant.audio.microphone import Microphone

    if name == "mic":
        return Microphone(system, settings.audio.input)
    return FileSource(Path(name), paced=True)


def _player(name: str, settings: Settings, system: SoundSystem) -> Player:
    from assistant.audio.speaker import SpeakerPlayer
    from assistant.audio.timeline import TimelinePlayer

    if name == "speaker":
        return SpeakerPlayer(system, settings.audio.output)
    return TimelinePlayer(None if name == "none" else Path(name))
