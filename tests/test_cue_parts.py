"""Small parts of the cue spotter that need no model."""

from __future__ import annotations

from assistant.recognition.own_speech import TAIL_S, OwnSpeech
from assistant.recognition.proposer import STILL_S, Stall


def test_while_words_of_a_phrase_come_nothing_is_idle() -> None:
    stall = Stall()
    stall.accept("take a", 1.0)
    stall.accept("take a deep", 1.0 + STILL_S)
    assert not stall.idle(1.1 + STILL_S)
    assert stall.idle(1.1 + 2 * STILL_S)


def test_unknown_words_and_none_are_idle_at_once() -> None:
    stall = Stall()
    assert stall.idle(0.0)
    stall.accept("take [unk]", 1.0)
    assert stall.idle(1.0)


def test_what_we_say_is_ours_until_its_echo_is_over() -> None:
    ours = OwnSpeech()
    assert not ours.holds("deep breath", 0.0)
    ours.accept("Take a deep breath.", 1.0)
    ours.accept("", 1.1)
    assert ours.holds("deep breath", 1.0 + TAIL_S)
    assert not ours.holds("time check", 1.1)
    assert not ours.holds("deep breath", 1.1 + TAIL_S)
