"""Draw docs/panel.svg: the live panel in the middle of the sample call.

Run it after a change of ``assistant/ui/console.py``: ``python scripts/make_picture.py``.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from assistant.audio.files import FileSource
from assistant.audio.timeline import TimelinePlayer
from assistant.coaching.prompts import load_prompts
from assistant.composition import Plan, assemble
from assistant.inbox import Inbox
from assistant.notices import Notice, Status
from assistant.runner import Runner
from assistant.settings import Settings
from assistant.ui.console import LivePanel

ROOT = Path(__file__).resolve().parents[1]
AT_S = 118.3
"""Into the sample call: a cue is being heard."""


class Photographer:
    """Passes everything to the panel, and keeps the drawing of one moment."""

    def __init__(self, panel: LivePanel, canvas: Console) -> None:
        self._panel = panel
        self._canvas = canvas
        self._taken = False

    def notice(self, notice: Notice) -> None:
        """Pass it on."""
        self._panel.notice(notice)

    def status(self, status: Status) -> None:
        """Pass it on; at the moment wanted, take the picture."""
        self._panel.status(status)
        if status.t_s >= AT_S and not self._taken:
            self._taken = True
            self._canvas.print(self._panel.panel())


def main() -> None:
    """Replay the sample and write the picture."""
    titles = {number: tip.title for number, tip in load_prompts().tips.items()}
    canvas = Console(record=True, width=92, file=io.StringIO(), force_terminal=True)
    panel = LivePanel(Console(file=io.StringIO()), titles, verbose=False)
    with TemporaryDirectory() as cases:
        plan = Plan(
            source=FileSource(ROOT / "samples" / "support_call.ogg"),
            player=TimelinePlayer(None),
            observer=Photographer(panel, canvas),
            started_at=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
            cases=Path(cases),
            live=False,
        )
        Runner(assemble(Settings(), plan, Inbox())).run()
    drawing = canvas.export_svg(title="callcoach call")
    drawing = re.sub(r"@font-face \{.*?\}", "", drawing, flags=re.DOTALL)  # no font from a network
    (ROOT / "docs" / "panel.svg").write_text(drawing, encoding="utf-8")


if __name__ == "__main__":
    main()
