"""``callcoach recap``: dictate a recap on its own, or take it from a sound file."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

NOT_A_FILE = ("speaker", "none")
"""Values of --output that name no file; a file is worked through in silence."""


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    from assistant.live import add_options

    parser = subparsers.add_parser("recap", help="dictate a recap into a case file")
    parser.add_argument("input", nargs="?", default="mic", metavar="FILE", help="a sound file")
    add_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Take one recap; 0 when its case file is saved or nothing was said."""
    from assistant.audio.devices import SoundSystem
    from assistant.events import Phase
    from assistant.live import run_live
    from assistant.session import Ending

    if arguments.input != "mic":
        return _from_file(arguments)
    return run_live(arguments, SoundSystem(), phase=Phase.RECAP, ending=Ending.RECAP_SAVED)


def _from_file(arguments: argparse.Namespace) -> int:
    """Work through the file at full speed."""
    from rich.console import Console

    from assistant.audio.files import FileSource
    from assistant.audio.timeline import TimelinePlayer
    from assistant.composition import Plan, assemble, unfinished_recap
    from assistant.events import Phase
    from assistant.inbox import Inbox
    from assistant.live import leave_on_signal
    from assistant.runner import Runner
    from assistant.settings import load_settings
    from assistant.ui.console import PlainLines

    console = Console(soft_wrap=True)
    unfinished = unfinished_recap()
    if unfinished is not None:
        console.print(
            f"A recap of {unfinished.started_at:%Y-%m-%d %H:%M} was never finished: "
            "callcoach cases recover",
            highlight=False,
        )
    inbox = Inbox()
    plan = Plan(
        source=FileSource(Path(arguments.input)),
        player=TimelinePlayer(None if arguments.output in NOT_A_FILE else Path(arguments.output)),
        observer=PlainLines(console),
        started_at=datetime.now().astimezone(),
        phase=Phase.RECAP,
        company=arguments.company,
        case=arguments.case,
        cases=arguments.cases,
        live=False,
        interview=False,
    )
    runner = Runner(assemble(load_settings(), plan, inbox))
    with leave_on_signal(inbox) as signals:
        runner.run()
    if signals:  # what was heard so far is saved, but that is not all of the file
        return 128 + signals[0]
    return 1 if runner.failed else 0
