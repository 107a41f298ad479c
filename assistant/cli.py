"""The ``callcoach`` command: parse, dispatch, and turn every error into a plain sentence."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence

from assistant import __version__
from assistant.errors import CallcoachError, UsageError

COMMANDS = (
    "call",
    "replay",
    "recap",
    "breathe",
    "say",
    "cues",
    "cases",
    "devices",
    "models",
    "setup",
    "transcribe",
    "extract",
)
"""Modules of `assistant.commands`, in the order the help shows them."""

Run = Callable[[argparse.Namespace], int]
"""What a command's ``set_defaults(run=…)`` holds; returns the exit code."""


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="callcoach",
        description="An offline, hands-free companion for the caller's side of a support call.",
    )
    parser.add_argument("--version", action="version", version=f"callcoach {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in COMMANDS:
        importlib.import_module(f"assistant.commands.{name}").add_to(subparsers)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 failed, 2 wrong usage."""
    arguments = build_parser().parse_args(argv)
    run: Run = arguments.run
    try:
        return run(arguments)
    except CallcoachError as error:
        print(f"callcoach: {error} [{error.code}]", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1
