"""Keys of the console: each does what a cue does, for hands that are free."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator

from assistant.events import KeyPressed

KEYS: dict[str, tuple[str, str]] = {
    "b": ("breathe", "breathe"),
    "a": ("breathe-again", "again"),
    "w": ("what-now", "what now"),
    "1": ("tip:1", ""),
    "2": ("tip:2", ""),
    "3": ("tip:3", ""),
    "4": ("tip:4", ""),
    "5": ("tip:5", ""),
    "6": ("tip:6", ""),
    "7": ("tip:7", ""),
    "8": ("tip:8", ""),
    "9": ("tip:9", "1–9 tips"),
    "d": ("tip-done", "tick"),
    "r": ("repeat", "repeat"),
    " ": ("stop", "space stop"),
    "c": ("start-call", "call begins"),
    "h": ("hold", "hold"),
    "k": ("back", "back"),
    "n": ("start-recap", "notes"),
    "e": ("end-recap", "end notes"),
    "x": ("scratch-that", "scratch"),
    "p": ("pause", "pause notes"),
    "g": ("resume", "go on"),
    "s": ("skip", "skip question"),
    "q": ("be-quiet", "quiet"),
    "t": ("talk-to-me", "talk"),
    "-": ("quieter", "quieter"),
    "+": ("louder", "louder"),
    "<": ("slower", "slower"),
    ">": ("faster", "faster"),
    "f": ("facts", "facts"),
    "m": ("time-check", "time"),
    "y": ("yes", "yes"),
    "o": ("no", "no"),
    "z": ("end-call", "hang up"),
}
"""Key: the action it stands for, and its word in the help line ("" leaves it out)."""


def help_entries() -> tuple[str, ...]:
    """Each key with its word, for the help under the panel."""
    shown = ((key, word) for key, (_, word) in KEYS.items() if word)
    words = [word if key in " 9" else f"{key} {word}" for key, word in shown]
    return (*words, "Ctrl-C save and leave")


class KeyReader:
    """Reads single keys from the terminal in a thread and delivers them as `KeyPressed`."""

    def __init__(self, deliver: Callable[[KeyPressed], None]) -> None:
        self._deliver = deliver
        self._stopping = threading.Event()
        self._restore = contextlib.ExitStack()

    def __enter__(self) -> KeyReader:
        """Begin to read; does nothing where standard input is no terminal."""
        if sys.stdin is not None and sys.stdin.isatty():
            self._restore.enter_context(_single_keys())
            threading.Thread(target=self._read, name="keys", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and give the terminal back as it was."""
        self._stopping.set()
        self._restore.close()

    def _read(self) -> None:
        while not self._stopping.is_set():
            key = _next_key()
            if key is None:
                return
            if key in KEYS:
                self._deliver(KeyPressed(KEYS[key][0], 0.0))


if os.name == "nt":  # pragma: no cover - not tried here

    @contextlib.contextmanager
    def _single_keys() -> Iterator[None]:
        yield

    def _next_key() -> str | None:
        import msvcrt

        return str(msvcrt.getwch())  # type: ignore[attr-defined,unused-ignore]

else:

    @contextlib.contextmanager
    def _single_keys() -> Iterator[None]:
        import termios
        import tty

        descriptor = sys.stdin.fileno()
        before = termios.tcgetattr(descriptor)
        tty.setcbreak(descriptor)
        try:
            yield
        finally:
            with contextlib.suppress(termios.error):  # the terminal may be gone
                termios.tcsetattr(descriptor, termios.TCSADRAIN, before)

    def _next_key() -> str | None:
        try:
            data = os.read(sys.stdin.fileno(), 1)
        except OSError:
            return None
        return data.decode("ascii", "ignore") if data else None
