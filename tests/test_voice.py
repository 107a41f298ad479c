"""Our voice: who speaks when, what is told of it, and what counts as our own words."""

from __future__ import annotations

import pytest
from fakes_audio import FakePlayer
from fakes_speech import FakeSynthesiser

from assistant.events import (
    Clip,
    DeviceChanged,
    Earcon,
    EndOfAudio,
    Frame,
    PlaybackFinished,
    Priority,
    SpeechEnded,
)
from assistant.notices import EarconNotice, Notice, SayNotice
from assistant.settings import BreathingSettings
from assistant.speech.voice import FASTEST_WPM, HUSH_S, SLOWEST_WPM, SOFTEST, TAIL_S, Voice

STEP_S = 0.03


class Stage:
    """A voice over fakes, and the clock it lives by."""

    def __init__(self) -> None:
        self.player = FakePlayer()
        self.synthesiser = FakeSynthesiser()
        self.notices: list[Notice] = []
        self.ended: list[SpeechEnded] = []
        self.exercises = 0
        self.now_s = 0.0
        self._inbox: list[PlaybackFinished] = []
        self.voice = Voice(
            self.synthesiser,
            self.player,
            BreathingSettings(cycles=1),
            self.notices.append,
            on_breathing=self._count,
            rate_wpm=165,
            volume=0.8,
        )
        self.voice.open(self._deliver)

    def _count(self) -> None:
        self.exercises += 1

    def _deliver(self, item: Frame | EndOfAudio | DeviceChanged | PlaybackFinished) -> None:
        assert isinstance(item, PlaybackFinished)
        self._inbox.append(item)

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP_S)):
            self.now_s += STEP_S
            self.voice.advance(self.now_s)
            while self._inbox:
                ended = self.voice.finished(self._inbox.pop(0))
                if ended is not None:
                    self.ended.append(ended)

    @property
    def said(self) -> list[tuple[str, str]]:
        return [(n.text, n.reason) for n in self.notices if isinstance(n, SayNotice)]


def test_what_is_said_is_told_with_its_true_times() -> None:
    stage = Stage()
    stage.voice.speak("one two", "tip-1", Priority.REMINDER)
    assert stage.voice.saying == "one two"
    stage.wait(3.0)
    assert stage.voice.idle
    (notice,) = [n for n in stage.notices if isinstance(n, SayNotice)]
    assert notice.start_s == 0.0
    length_s = stage.player.played[0][1].seconds
    assert abs(notice.end_s - length_s) <= STEP_S
    assert [(e.reason, e.completed) for e in stage.ended] == [("tip-1", True)]


def test_nothing_to_say_plays_nothing() -> None:
    stage = Stage()
    stage.voice.speak("", "tip-1", Priority.REMINDER)
    assert stage.player.played == []
    assert stage.voice.idle


def test_silence_cuts_what_is_said_and_forgets_what_waits() -> None:
    stage = Stage()
    stage.voice.speak("one two three four five", "tip-1", Priority.REMINDER)
    stage.voice.speak("later", "tip-2", Priority.REMINDER)
    stage.wait(0.6)
    stage.voice.silence()
    assert stage.voice.idle
    stage.wait(3.0)
    assert [text for text, _ in stage.said] == ["one two three four five"]
    (notice,) = [n for n in stage.notices if isinstance(n, SayNotice)]
    assert abs(notice.end_s - 0.6) <= 2 * STEP_S
    assert [(e.reason, e.completed) for e in stage.ended] == [("tip-1", False)]


def test_a_hush_is_short_and_moves_nothing() -> None:
    stage = Stage()
    stage.voice.speak("one two three four five", "tip-1", Priority.REMINDER)
    length_s = stage.player.played[0][1].seconds
    stage.wait(0.3)
    stage.voice.hush()
    stage.wait(3.0)
    ((from_s, until_s),) = stage.player.muted_s
    assert from_s == pytest.approx(0.3)
    assert until_s == pytest.approx(0.3 + HUSH_S, abs=STEP_S)
    (notice,) = [n for n in stage.notices if isinstance(n, SayNotice)]
    assert abs(notice.end_s - length_s) <= STEP_S
    assert [e.completed for e in stage.ended] == [True]


def test_a_hush_renewed_lasts_from_then_on() -> None:
    stage = Stage()
    stage.voice.speak("one two three four five", "tip-1", Priority.REMINDER)
    for _ in range(3):
        stage.voice.hush()
        stage.wait(0.3)
    stage.wait(3.0)
    ((from_s, until_s),) = stage.player.muted_s
    assert until_s - from_s == pytest.approx(0.6 + HUSH_S, abs=2 * STEP_S)


def test_what_follows_a_hush_is_heard() -> None:
    stage = Stage()
    stage.voice.hush()
    assert stage.player.muted_s == [], "nothing to silence"
    stage.voice.speak("one two", "tip-1", Priority.REMINDER)
    stage.wait(0.3)
    stage.voice.hush()
    stage.voice.silence()
    stage.voice.speak("three four", "tip-2", Priority.REMINDER)
    ((from_s, until_s),) = stage.player.muted_s
    assert from_s == until_s
    stage.wait(3.0)
    assert len(stage.player.muted_s) == 1


def test_breathing_takes_over_and_each_count_is_told_as_it_passes() -> None:
    stage = Stage()
    stage.voice.speak("one two three four five", "tip-1", Priority.REMINDER)
    stage.wait(0.3)
    stage.voice.breathe("hush now")
    assert stage.exercises == 1
    stage.wait(6.0)
    assert len(stage.voice.saying.split()) <= 2, "one count at a time is shown"
    assert len(stage.voice.own_speech.split()) > 10, "all of them may come back as an echo"
    told = len(stage.said)
    assert told >= 4, "counts are told while the exercise runs"
    stage.wait(20.0)
    texts = [text for text, reason in stage.said if reason == "breathing"]
    assert len(texts) == 3 + 5 + 3
    assert ("hush now", "breathing-introduction") in stage.said
    assert [(e.reason, e.completed) for e in stage.ended] == [("tip-1", False), ("breathing", True)]


def test_stopped_breathing_tells_only_the_counts_that_began() -> None:
    stage = Stage()
    stage.voice.breathe("")
    stage.wait(2.5)
    stage.voice.silence()
    stage.wait(12.0)
    assert len([1 for _, reason in stage.said if reason == "breathing"]) == 3


def test_earcons_are_told_but_are_no_speech() -> None:
    stage = Stage()
    stage.voice.sound(Earcon.SAVED)
    assert stage.voice.saying == ""
    assert not stage.voice.idle
    stage.wait(1.0)
    assert [n.earcon for n in stage.notices if isinstance(n, EarconNotice)] == ["saved"]
    assert stage.ended == []


def test_our_own_words_count_for_a_moment_after_their_end() -> None:
    stage = Stage()
    stage.voice.speak("one two", "tip-1", Priority.REMINDER)
    length_s = stage.player.played[0][1].seconds
    assert stage.voice.own_speech == "one two"
    stage.wait(length_s + TAIL_S / 2)
    assert stage.voice.own_speech == "one two"
    stage.wait(TAIL_S)
    assert stage.voice.own_speech == ""


def test_volume_and_rate_stay_within_reason() -> None:
    stage = Stage()
    for _ in range(50):
        stage.voice.change_volume(0.5)
        stage.voice.change_rate(0.5)
    stage.voice.speak("one", "a", Priority.REMINDER)
    assert stage.player.played[-1][2] == SOFTEST
    assert stage.synthesiser.rate_wpm == SLOWEST_WPM
    for _ in range(50):
        stage.voice.change_volume(2.0)
        stage.voice.change_rate(2.0)
    stage.wait(5.0)
    stage.voice.speak("two", "b", Priority.REMINDER)
    assert stage.player.played[-1][2] == 1.0
    assert stage.synthesiser.rate_wpm == FASTEST_WPM


def test_a_report_about_an_unknown_clip_changes_nothing() -> None:
    stage = Stage()
    stage.voice.speak("one two", "tip-1", Priority.REMINDER)
    assert stage.voice.finished(PlaybackFinished(999, True, 0.0)) is None
    assert stage.voice.saying == "one two"
    assert isinstance(stage.player.played[0][1], Clip)
