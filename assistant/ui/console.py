"""The live panel: phase, timer, level, last heard, last said, tips ticked. For a glance only."""

from __future__ import annotations

from types import TracebackType

from rich.columns import Columns
from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from assistant.notices import (
    CaseSavedNotice,
    CaseUpdatedNotice,
    CueNotice,
    ErrorNotice,
    FinalNotice,
    Notice,
    PhaseNotice,
    SayNotice,
    Status,
    WarningNotice,
)
from assistant.ui.keys import help_entries

REFRESH_S = 0.2
"""Seconds of audio between two drawings: quick for an eye, cheap for one core."""
QUIET_DBFS, LOUD_DBFS = -60.0, -10.0
"""Ends of the level meter: the floor of the voice gate, and near clipping."""

_COLOURS = {
    "ready": "cyan",
    "live": "green",
    "hold": "yellow",
    "recap": "magenta",
    "closed": "white",
}


class LivePanel:
    """An `Observer` that keeps one panel up to date; a context manager."""

    def __init__(self, console: Console, tip_titles: dict[int, str], *, verbose: bool) -> None:
        self._console = console
        self._titles = tip_titles
        self._verbose = verbose
        self._live = Live(console=console, auto_refresh=False, transient=False)
        self._status = Status(
            t_s=0.0,
            phase="ready",
            level_dbfs=QUIET_DBFS,
            saying="",
            tips_done=(),
            lost_s=0.0,
            waiting_s=0.0,
        )
        self._heard = self._said = self._note = ""
        self._drawn_at_s = -REFRESH_S

    def __enter__(self) -> LivePanel:
        """Begin to draw."""
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the last drawing on the screen."""
        self._draw()
        self._live.stop()

    def notice(self, notice: Notice) -> None:
        """Remember what to show; cases, warnings and errors also stay above the panel."""
        match notice:
            case CueNotice():
                self._heard = f"“{notice.heard}”"
                if self._verbose:
                    late_ms = 1000 * (notice.t - notice.end_s)
                    self._heard += f"  ({notice.cue}, {notice.confidence:.2f}, {late_ms:.0f} ms)"
            case FinalNotice():
                self._heard = notice.text
            case SayNotice() if notice.reason != "breathing":
                self._said = notice.text
            case CaseSavedNotice():
                self._console.print(f"Saved: {notice.path}", highlight=False, markup=False)
            case WarningNotice() | ErrorNotice():
                self._note = f"{notice.message} [{notice.code}]"
                self._console.print(self._note, style="yellow", markup=False)
            case PhaseNotice():
                self._draw()

    def status(self, status: Status) -> None:
        """Redraw now and then."""
        self._status = status
        if status.t_s - self._drawn_at_s >= REFRESH_S:
            self._draw()

    def _draw(self) -> None:
        self._drawn_at_s = self._status.t_s
        self._live.update(self.panel(), refresh=True)

    def panel(self) -> Panel:
        """The panel as it stands."""
        status = self._status
        grid = Table.grid(padding=(0, 2))
        grid.add_column(style="dim", justify="right")
        grid.add_column(ratio=1)
        grid.add_row("level", _meter(status.level_dbfs))
        grid.add_row("heard", Text(self._heard or "–"))
        grid.add_row("said", Text(status.saying or self._said or "–"))
        grid.add_row("tips", self._tips())
        if self._verbose:
            grid.add_row("behind", f"{1000 * status.waiting_s:.0f} ms")
        if status.lost_s:
            grid.add_row("lost", f"{status.lost_s:.1f} s of audio")
        minutes, seconds = divmod(int(status.t_s), 60)
        title = f"callcoach · {status.phase} · {minutes}:{seconds:02d}"
        keys = Columns((Text(entry, style="dim") for entry in help_entries()), padding=(0, 2))
        return Panel(
            Group(grid, Text(), keys), title=title, border_style=_COLOURS.get(status.phase, "")
        )

    def _tips(self) -> Columns:
        """The nine tips, the done ones ticked."""
        done = self._status.tips_done
        return Columns(
            Text(f"{'✓' if number in done else number} {title}",
                 style="green" if number in done else "dim")
            for number, title in self._titles.items()
        )  # fmt: skip


def _meter(level_dbfs: float) -> ProgressBar:
    """The level as a bar between `QUIET_DBFS` and `LOUD_DBFS`."""
    share = (level_dbfs - QUIET_DBFS) / (LOUD_DBFS - QUIET_DBFS)
    return ProgressBar(total=1.0, completed=min(max(share, 0.0), 1.0), width=40)


class PlainLines:
    """An `Observer` that writes a line for what matters, where no panel can be drawn."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def notice(self, notice: Notice) -> None:
        """One line, with the minute and second."""
        line = describe(notice)
        if line:
            minutes, seconds = divmod(int(notice.t), 60)
            self._console.print(
                f"{minutes:3d}:{seconds:02d}  {line}", markup=False, highlight=False
            )

    def status(self, status: Status) -> None:
        """Nothing: lines tell of events only."""


def describe(notice: Notice) -> str:
    """`notice` as a person would put it; "" for what is not worth a line."""
    match notice:
        case PhaseNotice():
            return f"── {notice.phase} ──"
        case CueNotice():
            return f"heard   “{notice.heard}” ({notice.cue}, {notice.confidence:.2f})"
        case SayNotice():
            return f"says    {notice.text}"
        case FinalNotice():
            return f"notes   {notice.text}"
        case CaseSavedNotice():
            return f"saved   {notice.path}"
        case CaseUpdatedNotice():
            doubts = f"{notice.needs_review} to review" if notice.needs_review else "no doubts"
            return f"updated {notice.case_id}, {doubts}"
        case WarningNotice() | ErrorNotice():
            return f"{notice.message} [{notice.code}]"
        case _:
            return ""
