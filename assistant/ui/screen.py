"""What a session shows: a live panel with keys on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from assistant.coaching.prompts import load_prompts
from assistant.events import KeyPressed
from assistant.notices import Observer
from assistant.ui.console import LivePanel, PlainLines
from assistant.ui.keys import KeyReader


@contextmanager
def screen(deliver: Callable[[KeyPressed], None], *, verbose: bool) -> Iterator[Observer]:
    """The observer for this terminal; keys go to `deliver`. Raises `ConfigError`."""
    console = Console()
    with KeyReader(deliver):
        if not console.is_terminal or console.is_dumb_terminal:
            yield PlainLines(Console(soft_wrap=True))  # a path must stay one word
            return
        titles = {number: tip.title for number, tip in load_prompts().tips.items()}
        with LivePanel(console, titles, verbose=verbose) as panel:
            yield panel
