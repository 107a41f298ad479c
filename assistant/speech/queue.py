"""Who speaks next. Pure: the runner starts and stops what this decides.

Rules: stop beats everything and empties the queue. A higher priority interrupts what plays, and
what was interrupted is gone: half a reminder said late helps nobody. So breathing is interrupted
by nothing but stop, and reminders wait until it ends. While waiting there is one place per
priority: a newer item replaces the older one, since the newest is what fits the moment. An earcon
interrupts nothing and, being so short, is interrupted by nothing: it plays at once in silence,
else before whatever comes next. During breathing it is dropped: half a minute late it would lie.
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.events import Clip, Priority

_EARCON = 0
_RANK = {Priority.BREATHING: 1, Priority.REMINDER: 2, Priority.CHATTER: 3}


@dataclass(frozen=True, slots=True)
class SpeechItem:
    """Something to play."""

    id: int
    """What `PlaybackFinished.clip_id` will say."""
    clip: Clip
    priority: Priority
    reason: str
    """Why it is said, for the log: a cue, a tip, a timer."""
    is_earcon: bool = False
    """An earcon, whatever its priority."""

    @property
    def rank(self) -> int:
        """Its place in the order of who goes first, 0 the first."""
        return _EARCON if self.is_earcon else _RANK[self.priority]


class SpeakerQueue:
    """What plays now, and what waits."""

    def __init__(self) -> None:
        self._current: SpeechItem | None = None
        self._waiting: dict[int, SpeechItem] = {}

    @property
    def current(self) -> SpeechItem | None:
        """What plays now; None in silence."""
        return self._current

    @property
    def waiting(self) -> tuple[SpeechItem, ...]:
        """What waits, the next one first."""
        return tuple(self._waiting[rank] for rank in sorted(self._waiting))

    def push(self, item: SpeechItem) -> SpeechItem | None:
        """Take `item`; give it back where it shall play now, in place of what plays, else None."""
        playing = self._current
        if playing is None or (item.rank < playing.rank and not item.is_earcon):
            self._current = item
            return item
        if not (item.is_earcon and playing.rank == _RANK[Priority.BREATHING]):
            self._waiting[item.rank] = item
        return None

    def finished(self, item_id: int) -> SpeechItem | None:
        """`item_id` ended: give what plays next, or None.

        An id that is not the current one changes nothing: it was interrupted or stopped before.
        """
        if self._current is None or self._current.id != item_id:
            return None
        self._current = next(iter(self.waiting), None)
        if self._current is not None:
            del self._waiting[self._current.rank]
        return self._current

    def stop(self) -> SpeechItem | None:
        """Forget everything; give what was playing, which the player must silence."""
        stopped, self._current = self._current, None
        self._waiting.clear()
        return stopped
