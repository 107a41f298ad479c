"""The inbox: order, the bound on audio, and the clock kept right over what was dropped."""

from __future__ import annotations

import threading

from assistant.events import FRAME_SAMPLES, EndOfAudio, Frame, KeyPressed
from assistant.inbox import Inbox, Item

FRAME = Frame(bytes(2 * FRAME_SAMPLES))
FRAME_S = FRAME_SAMPLES / 16_000


def test_items_come_out_in_order_and_then_nothing() -> None:
    inbox = Inbox()
    items: list[Item] = [FRAME, KeyPressed("stop", 0.0), EndOfAudio()]
    for item in items:
        inbox.put(item)
    assert [inbox.get(0.0) for _ in range(4)] == [*items, None]


def test_frames_beyond_the_bound_are_counted_on_the_next_that_fits() -> None:
    inbox = Inbox(max_waiting_s=2 * FRAME_S)
    for _ in range(5):
        inbox.put(FRAME)
    assert inbox.waiting_frames == 2
    inbox.get(0.0)
    inbox.put(FRAME)
    assert inbox.get(0.0) == FRAME
    late = inbox.get(0.0)
    assert isinstance(late, Frame)
    assert late.lost_samples == 3 * FRAME_SAMPLES


def test_events_are_never_dropped() -> None:
    inbox = Inbox(max_waiting_s=FRAME_S)
    inbox.put(FRAME)
    inbox.put(FRAME)
    inbox.put(KeyPressed("quit", 0.0))
    assert isinstance(inbox.get(0.0), Frame)
    assert inbox.get(0.0) == KeyPressed("quit", 0.0)


def test_an_item_from_another_thread_wakes_the_loop() -> None:
    inbox = Inbox()
    thread = threading.Thread(target=inbox.put, args=(KeyPressed("stop", 0.0),))
    thread.start()
    assert inbox.get(10.0) == KeyPressed("stop", 0.0)
    thread.join()
