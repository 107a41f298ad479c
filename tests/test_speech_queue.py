"""The speaker queue: examples of each rule, and what holds for every sequence."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.events import Clip, Priority
from assistant.speech.queue import SpeakerQueue, SpeechItem

ORDER = [Priority.BREATHING, Priority.REMINDER, Priority.CHATTER]


def item(number: int, priority: Priority, *, earcon: bool = False) -> SpeechItem:
    return SpeechItem(number, Clip(b"\0\0", str(number)), priority, "test", is_earcon=earcon)


def earcon(number: int) -> SpeechItem:
    return item(number, Priority.REMINDER, earcon=True)


def test_in_silence_anything_plays_at_once() -> None:
    for one in (item(1, Priority.CHATTER), earcon(2)):
        queue = SpeakerQueue()
        assert queue.push(one) is one
        assert queue.current is one


def test_a_newer_reminder_replaces_the_waiting_one_not_the_playing_one() -> None:
    queue = SpeakerQueue()
    for number in (1, 2, 3):
        queue.push(item(number, Priority.REMINDER))
    assert queue.current == item(1, Priority.REMINDER)
    assert queue.finished(1) == item(3, Priority.REMINDER)
    assert queue.finished(3) is None


def test_breathing_interrupts_a_reminder_which_does_not_come_back() -> None:
    queue = SpeakerQueue()
    queue.push(item(1, Priority.REMINDER))
    breathing = item(2, Priority.BREATHING)
    assert queue.push(breathing) is breathing
    assert queue.finished(1) is None
    assert queue.current is breathing
    assert queue.finished(2) is None


def test_a_reminder_waits_until_breathing_ends_and_goes_before_chatter() -> None:
    queue = SpeakerQueue()
    queue.push(item(1, Priority.BREATHING))
    assert queue.push(item(2, Priority.CHATTER)) is None
    assert queue.push(item(3, Priority.REMINDER)) is None
    assert queue.finished(1) == item(3, Priority.REMINDER)
    assert queue.finished(3) == item(2, Priority.CHATTER)


def test_an_earcon_is_heard_out_and_goes_before_what_waits() -> None:
    queue = SpeakerQueue()
    queue.push(item(1, Priority.CHATTER))
    queue.push(item(2, Priority.CHATTER))
    assert queue.push(earcon(3)) is None
    assert queue.finished(1) == earcon(3)
    assert queue.push(item(4, Priority.BREATHING)) is None
    assert queue.finished(3) == item(4, Priority.BREATHING)


def test_an_earcon_during_breathing_is_dropped() -> None:
    queue = SpeakerQueue()
    queue.push(item(1, Priority.BREATHING))
    assert queue.push(earcon(2)) is None
    assert queue.waiting == ()


def test_stop_empties_everything() -> None:
    queue = SpeakerQueue()
    queue.push(item(1, Priority.BREATHING))
    queue.push(item(2, Priority.REMINDER))
    assert queue.stop() == item(1, Priority.BREATHING)
    assert (queue.current, queue.waiting, queue.stop()) == (None, (), None)
    assert queue.finished(1) is None


moves = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(ORDER), st.booleans()), st.sampled_from(["finished", "stop"])
    ),
    max_size=60,
)


@given(moves)
def test_whatever_happens_the_rules_hold(sequence: list[tuple[Priority, bool] | str]) -> None:
    queue = SpeakerQueue()
    played: list[int] = []
    for number, move in enumerate(sequence):
        before = queue.current
        if move == "stop":
            assert queue.stop() is before
        elif isinstance(move, str):
            started = queue.finished(before.id if before else -1)
            played += [started.id] if started else []
            assert started is queue.current
        else:
            pushed = item(number, move[0], earcon=move[1])
            started = queue.push(pushed)
            assert started in (None, pushed)
            played += [number] if started else []
            assert queue.current is not None
            if before is not None and queue.current is not before:
                assert queue.current.rank < before.rank
                assert not before.is_earcon
        assert len({one.rank for one in queue.waiting}) == len(queue.waiting)
        assert [one.rank for one in queue.waiting] == sorted(one.rank for one in queue.waiting)
        assert queue.current is not None or not queue.waiting
    assert len(played) == len(set(played))
