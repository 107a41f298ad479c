"""The sound heard last: what is kept of it, and what a hole leaves."""

from __future__ import annotations

import pytest

from assistant.events import FRAME_SAMPLES, SAMPLE_RATE_HZ, Frame
from assistant.recognition.recent_sound import KEPT_S, RecentSound

FRAME_S = FRAME_SAMPLES / SAMPLE_RATE_HZ


def numbered(number: int) -> bytes:
    return number.to_bytes(2, "little") * FRAME_SAMPLES


def sound_of(count: int) -> RecentSound:
    sound = RecentSound()
    for number in range(count):
        sound.append(Frame(numbered(number)))
    return sound


def test_a_part_begins_where_it_is_asked_for_to_the_sample() -> None:
    start_s = 1.5 * FRAME_S
    assert sound_of(3).since(start_s) == (start_s, numbered(1)[FRAME_SAMPLES:] + numbered(2))


def test_what_is_still_to_come_is_empty_and_what_was_before_begins_at_the_beginning() -> None:
    assert sound_of(2).since(1.0) == (1.0, b"")
    assert sound_of(2).since(-1.0) == (0.0, numbered(0) + numbered(1))
    assert RecentSound().since(0.0) == (0.0, b"")


def test_only_the_last_seconds_are_kept() -> None:
    sound = sound_of(1_000)
    start_s, pcm = sound.since(0.0)
    assert sound.now_s == pytest.approx(30.0)
    assert KEPT_S - FRAME_S < sound.now_s - start_s <= KEPT_S
    assert len(pcm) == round((sound.now_s - start_s) * SAMPLE_RATE_HZ) * 2
    assert pcm.endswith(numbered(999))


def test_after_a_hole_nothing_from_before_it_is_given() -> None:
    sound = sound_of(5)
    sound.append(Frame(numbered(7), lost_samples=SAMPLE_RATE_HZ))
    start_s, pcm = sound.since(0.0)
    assert start_s == pytest.approx(5 * FRAME_S + 1.0)
    assert pcm == numbered(7)


def test_a_part_between_two_times_ends_before_the_second() -> None:
    sound = sound_of(3)
    assert sound.between(0.5 * FRAME_S, 2 * FRAME_S) == numbered(0)[FRAME_SAMPLES:] + numbered(1)
    assert sound.between(2 * FRAME_S, FRAME_S) == b""
    assert sound.between(2 * FRAME_S, 9 * FRAME_S) == numbered(2)
