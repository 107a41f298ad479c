"""The one inbox: everything that reaches the main loop comes through here, from any thread."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import replace
from typing import TypeAlias

from assistant.events import (
    FRAME_SAMPLES,
    SAMPLE_RATE_HZ,
    DeviceChanged,
    EndOfAudio,
    Frame,
    KeyPressed,
    PlaybackFinished,
)

Item: TypeAlias = Frame | EndOfAudio | DeviceChanged | PlaybackFinished | KeyPressed

MAX_WAITING_S = 30.0
"""Audio that may wait while the loop is busy: several times the slowest single decision."""


class Inbox:
    """A bounded queue of frames and events.

    Frames beyond the bound are dropped and counted; the next frame that fits carries their
    number in `lost_samples`, so the clock stays right. Events are never dropped.
    """

    def __init__(self, max_waiting_s: float = MAX_WAITING_S) -> None:
        self._room = int(max_waiting_s * SAMPLE_RATE_HZ / FRAME_SAMPLES)
        self._items: deque[Item] = deque()
        self._frames = 0
        self._lost_samples = 0
        self._changed = threading.Condition()

    def put(self, item: Item) -> None:
        """Add one item; never blocks for long, so an audio callback may call it."""
        with self._changed:
            if isinstance(item, Frame):
                if self._frames >= self._room:
                    self._lost_samples += item.samples + item.lost_samples
                    return
                if self._lost_samples:
                    item = replace(item, lost_samples=item.lost_samples + self._lost_samples)
                    self._lost_samples = 0
                self._frames += 1
            self._items.append(item)
            self._changed.notify()

    @property
    def waiting_frames(self) -> int:
        """Frames not yet taken."""
        return self._frames

    def __len__(self) -> int:
        return len(self._items)

    def get(self, timeout_s: float) -> Item | None:
        """The oldest item; None when nothing came within `timeout_s`."""
        with self._changed:
            if not self._items:
                self._changed.wait(timeout_s)
            if not self._items:
                return None
            item = self._items.popleft()
            if isinstance(item, Frame):
                self._frames -= 1
            return item
