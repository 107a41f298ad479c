"""The nine tips of one call: which are done and which comes next."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.events import Phase

TIPS = (1, 2, 3, 4, 5, 6, 7, 8, 9)
"""Their numbers; prompts/en/reminders.toml names them."""

_ORDER: dict[Phase, tuple[int, ...]] = {
    Phase.READY: TIPS,
    Phase.LIVE: TIPS,
    # On hold nobody listens: settle first, then plan what to ask for when they return.
    Phase.HOLD: (1, 4, 5, 7, 6, 8, 9, 2, 3),
    # While recapping only the loose ends can still be mended.
    Phase.RECAP: (8, 9),
    Phase.CLOSED: (),
}


@dataclass(frozen=True, slots=True)
class Checklist:
    """The tips done so far; ticking gives a new list."""

    done: frozenset[int] = frozenset()

    def tick(self, number: int) -> Checklist:
        """Mark tip `number` done; the same again when it already was. ValueError outside 1 to 9."""
        if number not in TIPS:
            raise ValueError(f"there is no tip {number}")
        return replace(self, done=self.done | {number})

    def next_for(self, phase: Phase) -> int | None:
        """Find the next tip not yet done that fits `phase`; None when nothing is left."""
        return next((number for number in _ORDER[phase] if number not in self.done), None)

    @property
    def complete(self) -> bool:
        """Whether all nine are done."""
        return len(self.done) == len(TIPS)
