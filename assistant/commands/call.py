"""``callcoach call``: the companion itself, live on a call."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    from assistant.live import add_options

    parser = subparsers.add_parser("call", help="be with me on a call")
    add_options(parser)
    parser.add_argument(
        "--input", default="mic", metavar="mic|FILE", help="what to listen to (default: mic)"
    )
    parser.add_argument(
        "--sample-without-microphone",
        action="store_true",
        help="where there is no microphone, replay the sample call instead",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run one call; 0 when it ended as the caller wished."""
    from assistant.audio.devices import SoundSystem
    from assistant.errors import AudioError
    from assistant.events import Phase
    from assistant.live import run_live
    from assistant.session import Ending

    system = SoundSystem()
    if arguments.sample_without_microphone and arguments.input == "mic":
        try:
            system.choose("input")
        except AudioError as error:
            return play_sample(arguments.cases, error.message)
    return run_live(arguments, system, phase=Phase.READY, ending=Ending.LINGER)


def play_sample(cases: Path | None, problem: str) -> int:
    """Replay the sample call with all it hears and says, and end with its case file."""
    from rich.console import Console
    from rich.markdown import Markdown

    from assistant.cli import main
    from assistant.resources import shipped

    console = Console()
    console.print(f"{problem} So here is the sample call instead.\n", highlight=False)
    folder = cases or Path(tempfile.mkdtemp(prefix="callcoach-sample-"))
    sample = str(shipped("samples/support_call.ogg"))
    code = main(["replay", sample, "--cases", str(folder)])
    for path in sorted(folder.glob("*.md"))[-1:]:
        console.print(f"\n{path}\n", highlight=False, markup=False, soft_wrap=True)
        front, _, body = path.read_text(encoding="utf-8").partition("\n---\n")
        console.print(f"{front}\n---", highlight=False, markup=False)
        console.print(Markdown(body))
    return code
