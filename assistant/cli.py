"""The ``callcoach`` command: parse, dispatch, and turn every error into a plain sentence."""

from __future__ import annotations

import argparse
import importlib
import io
import os
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
    """Run one command; 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl-C."""
    _mend_standard_streams()
    try:
        arguments = build_parser().parse_args(argv)
        run: Run = arguments.run
        code = run(arguments)
        sys.stdout.flush()
    except CallcoachError as error:
        return _tell(error)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _flush_or_drop_output()
        return 1
    except OSError as error:
        _flush_or_drop_output()
        what = f"{error.filename}: " if error.filename else ""
        hint = "Check that there is room, and that you may read and write there."
        return _tell(CallcoachError("system-error", f"{what}{error.strerror or error}.", hint))
    return code


def _tell(error: CallcoachError) -> int:
    """Show an error to the user; returns the exit code."""
    print(f"callcoach: {error} [{error.code}]", file=sys.stderr)
    return 2 if isinstance(error, UsageError) else 1


def _mend_standard_streams() -> None:
    """Give every command streams that can be written to.

    Where one is closed it leads nowhere from now on; otherwise the next file opened would take
    its number, and what a library writes to standard error would end up in a case file. What the
    terminal cannot show becomes a question mark.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        continue
    os.close(descriptor)
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", closefd=False)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _flush_or_drop_output() -> None:
    """Where standard output is what failed, let it lead nowhere: Python flushes it at the end."""
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)
