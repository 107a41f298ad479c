"""Dictation: utterances end at pauses, and no sample between start and stop is lost or doubled."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from fakes_recognition import FakeDictation, FakeTranscriber, LevelGate
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.events import FRAME_SAMPLES, SAMPLE_RATE_HZ, Expects, Final, Frame
from assistant.ports import Dictation
from assistant.recognition.code_places import may_go_on
from assistant.recognition.dictation import (
    AHEAD_S,
    CODE_END_SILENCE_S,
    END_SILENCE_S,
    MAX_UTTERANCE_S,
    POST_ROLL_S,
    PRE_ROLL_S,
    Reading,
    UtteranceDictation,
)
from assistant.recognition.two_hearings import TwoHearings

FRAME_S = FRAME_SAMPLES / SAMPLE_RATE_HZ


def speech(seconds: float, first: int = 0) -> np.ndarray:
    """Loud samples, each different from its neighbours, so that spans can be recognised."""
    count = round(seconds * SAMPLE_RATE_HZ)
    return (8000 + (first + np.arange(count)) % 8000).astype("<i2")


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * SAMPLE_RATE_HZ), dtype="<i2")


def frames(*pieces: np.ndarray) -> list[Frame]:
    pcm = np.concatenate(pieces).astype("<i2").tobytes()
    size = FRAME_SAMPLES * 2
    return [Frame(pcm[at : at + size]) for at in range(0, len(pcm), size)]


def feed(dictation: Dictation, audio: list[Frame]) -> list[Final]:
    return [final for frame in audio for final in dictation.accept(frame)]


def taking() -> tuple[UtteranceDictation, FakeTranscriber]:
    transcriber = FakeTranscriber()
    dictation = UtteranceDictation(transcriber, LevelGate())
    dictation.start(0.0)
    return dictation, transcriber


def loud(span: bytes) -> int:
    return int(np.count_nonzero(np.frombuffer(span, dtype="<i2")))


def test_an_utterance_ends_after_the_silence_and_carries_its_times() -> None:
    dictation, _ = taking()
    finals = feed(dictation, frames(silence(1.2), speech(0.9), silence(2.1)))
    assert [final.text for final in finals] == ["Span 1."]
    assert finals[0].start_s == pytest.approx(1.2)
    assert finals[0].end_s == pytest.approx(2.1)
    assert finals[0].t_s == pytest.approx(2.1 + END_SILENCE_S, abs=FRAME_S)


def test_pauses_shorter_than_the_silence_do_not_end_it() -> None:
    dictation, transcriber = taking()
    finals = feed(dictation, frames(speech(0.6), silence(0.75), speech(0.6), silence(1.5)))
    assert len(finals) == 1
    assert loud(transcriber.spans[0]) == 2 * round(0.6 * SAMPLE_RATE_HZ)


def test_what_lies_just_before_and_behind_the_voice_is_taken_along() -> None:
    dictation, transcriber = taking()
    feed(dictation, frames(silence(3), speech(0.9), silence(3)))
    samples = np.frombuffer(transcriber.spans[0], dtype="<i2")
    voiced = np.flatnonzero(samples)
    assert voiced[0] / SAMPLE_RATE_HZ == pytest.approx(PRE_ROLL_S, abs=FRAME_S)
    after_s = (samples.size - 1 - voiced[-1]) / SAMPLE_RATE_HZ
    assert after_s == pytest.approx(POST_ROLL_S, abs=FRAME_S)


def test_nothing_is_heard_before_start_but_the_audio_since_its_time_counts() -> None:
    transcriber = FakeTranscriber()
    dictation = UtteranceDictation(transcriber, LevelGate())
    assert feed(dictation, frames(speech(0.9), silence(0.3), speech(0.6))) == []
    dictation.start(1.2)
    assert transcriber.spans == []
    finals = feed(dictation, frames(silence(1.5)))
    assert finals[0].start_s == pytest.approx(1.2)
    assert loud(transcriber.spans[0]) == round(0.6 * SAMPLE_RATE_HZ)


def test_stop_finishes_what_is_in_flight_and_ends() -> None:
    dictation, transcriber = taking()
    assert feed(dictation, frames(speech(0.3))) == []
    assert [final.text for final in dictation.stop()] == ["Span 1."]
    assert feed(dictation, frames(speech(0.9), silence(2))) == []
    assert dictation.stop() == ()
    assert len(transcriber.spans) == 1


def test_silence_and_clicks_are_not_sent_to_the_engine() -> None:
    dictation, transcriber = taking()
    feed(dictation, frames(silence(3), speech(FRAME_S), silence(3)))
    assert dictation.stop() == ()
    assert transcriber.spans == []


def test_an_empty_transcript_gives_no_final() -> None:
    dictation = UtteranceDictation(FakeTranscriber([""]), LevelGate())
    dictation.start(0.0)
    assert feed(dictation, frames(speech(0.9), silence(2))) == []


def test_a_long_utterance_is_split_in_its_pause_and_no_sample_is_lost_or_doubled() -> None:
    dictation, transcriber = taking()
    talk = frames(speech(9.0), silence(0.3), speech(9.0, first=9 * SAMPLE_RATE_HZ))
    finals = feed(dictation, talk) + list(dictation.stop())
    assert len(finals) == 2
    assert finals[0].t_s <= MAX_UTTERANCE_S + FRAME_S
    assert [loud(span) for span in transcriber.spans] == [9 * SAMPLE_RATE_HZ, 9 * SAMPLE_RATE_HZ]


def test_a_cue_is_cut_out_and_what_came_before_and_after_is_kept() -> None:
    dictation, transcriber = taking()
    feed(dictation, frames(speech(0.9), silence(0.3), speech(0.6), silence(0.3), speech(0.3)))
    finals = dictation.cut(1.2, 1.8)
    assert [(final.start_s, round(final.end_s, 2)) for final in finals] == [(0.0, 0.9)]
    rest = feed(dictation, frames(speech(0.3), silence(2)))
    assert [round(final.start_s, 2) for final in rest] == [2.1]
    assert [loud(span) for span in transcriber.spans] == [
        round(0.9 * SAMPLE_RATE_HZ),
        round(0.6 * SAMPLE_RATE_HZ),
    ]


def test_a_scrap_of_the_cue_that_began_it_is_no_utterance() -> None:
    transcriber = FakeTranscriber()
    dictation = UtteranceDictation(transcriber)
    feed(dictation, frames(speech(1.0)))
    dictation.start(0.9)  # the recogniser thought the cue over a little early
    feed(dictation, frames(speech(0.09), silence(2.0)))
    assert transcriber.spans == []
    assert len(feed(dictation, frames(speech(0.2), silence(2.0)))) == 1, "short words count later"


def test_a_cue_longer_ago_than_the_utterance_changes_nothing() -> None:
    dictation, transcriber = taking()
    feed(dictation, frames(speech(0.9), silence(1.5), speech(0.9)))
    assert dictation.cut(0.0, 0.9) == ()
    assert len(dictation.stop()) == 1
    assert [loud(span) for span in transcriber.spans] == [round(0.9 * SAMPLE_RATE_HZ)] * 2


def test_a_cue_that_ends_after_the_last_frame_is_dropped_whole() -> None:
    dictation, transcriber = taking()
    feed(dictation, frames(speech(0.9), silence(0.3), speech(0.6)))
    assert len(dictation.cut(1.2, 1.95)) == 1
    assert dictation.stop() == ()
    assert len(transcriber.spans) == 1


def test_lost_samples_move_the_clock_and_are_bridged_by_silence() -> None:
    dictation, transcriber = taking()
    lost = round(0.3 * SAMPLE_RATE_HZ)
    audio = frames(speech(0.6))
    audio += [
        Frame(frame.pcm, lost if not at else 0) for at, frame in enumerate(frames(speech(0.6)))
    ]
    finals = feed(dictation, [*audio, *frames(silence(1.5))])
    assert finals[0].end_s == pytest.approx(1.5)
    assert len(transcriber.spans[0]) / 2 / SAMPLE_RATE_HZ == pytest.approx(
        1.5 + POST_ROLL_S, abs=FRAME_S
    )


def test_a_long_hole_ends_the_utterance() -> None:
    dictation, transcriber = taking()
    hole = Frame(frames(speech(FRAME_S))[0].pcm, lost_samples=5 * SAMPLE_RATE_HZ)
    finals = feed(dictation, [*frames(speech(0.6)), hole, *frames(speech(0.6), silence(1.5))])
    assert [round(final.start_s, 2) for final in finals] == [0.0, 5.6]
    assert max(len(span) for span in transcriber.spans) < 5 * SAMPLE_RATE_HZ


def test_refine_sees_text_and_audio_and_decides_what_is_final() -> None:
    seen: list[tuple[str, int]] = []

    def refine(text: str, pcm: bytes) -> Reading:
        seen.append((text, loud(pcm)))
        return Reading("Ticket 742.", "Ticket 7420.")

    dictation = UtteranceDictation(FakeTranscriber(["Ticket."]), LevelGate(), refine)
    dictation.start(0.0)
    finals = feed(dictation, frames(speech(0.9), silence(2)))
    assert seen == [("Ticket.", round(0.9 * SAMPLE_RATE_HZ))]
    assert (finals[0].text, finals[0].second) == ("Ticket 742.", "Ticket 7420.")


@pytest.mark.parametrize(("seconds", "lengths_s"), [(AHEAD_S - 0.5, []), (AHEAD_S + 2, [AHEAD_S])])
def test_of_a_long_utterance_the_beginning_is_heard_once_while_it_goes_on(
    seconds: float, lengths_s: list[float]
) -> None:
    ahead: list[bytes] = []
    transcriber = FakeTranscriber(["All of it."])
    dictation = UtteranceDictation(transcriber, LevelGate(), hear_ahead=ahead.append)
    dictation.start(0.0)
    assert feed(dictation, frames(speech(seconds))) == []
    assert [len(pcm) / 2 / SAMPLE_RATE_HZ for pcm in ahead] == pytest.approx(lengths_s, abs=FRAME_S)
    assert [final.text for final in dictation.stop()] == ["All of it."]
    assert all(transcriber.spans[0].startswith(pcm) for pcm in ahead)


def breaking_off(*texts: str) -> tuple[UtteranceDictation, FakeTranscriber]:
    transcriber = FakeTranscriber(texts)
    dictation = UtteranceDictation(transcriber, LevelGate(), goes_on=may_go_on)
    return dictation, transcriber


class TestGoingOn:
    PAUSE_S = CODE_END_SILENCE_S - 0.3

    def test_a_pause_inside_a_code_does_not_end_the_utterance(self) -> None:
        dictation, transcriber = breaking_off("The case number is.", "The case number is 742.")
        dictation.start(0.0)
        talk = frames(speech(0.9), silence(self.PAUSE_S), speech(0.9), silence(3))
        finals = feed(dictation, talk)
        assert [(final.text, final.start_s) for final in finals] == [
            ("The case number is 742.", 0.0)
        ]
        assert finals[0].t_s == pytest.approx(
            1.8 + self.PAUSE_S + CODE_END_SILENCE_S, abs=2 * FRAME_S
        )
        assert [loud(span) for span in transcriber.spans] == [14_400, 28_800]

    def test_what_does_not_go_on_ends_as_ever_and_is_heard_once(self) -> None:
        dictation, transcriber = breaking_off("She was kind.", "She was 7.")
        dictation.start(0.0)
        talk = frames(speech(0.9), silence(self.PAUSE_S), speech(0.9), silence(3))
        finals = feed(dictation, talk)
        assert finals[0].t_s == pytest.approx(0.9 + END_SILENCE_S, abs=FRAME_S)
        assert len(finals) == len(transcriber.spans) == 2

    def test_where_no_more_comes_it_ends_later_and_is_heard_once(self) -> None:
        dictation, transcriber = breaking_off("Ticket 742.")
        dictation.start(0.0)
        finals = feed(dictation, frames(speech(0.9), silence(3)))
        assert finals[0].t_s == pytest.approx(0.9 + CODE_END_SILENCE_S, abs=FRAME_S)
        assert len(transcriber.spans) == 1

    def test_the_end_of_dictation_neither_waits_nor_hears_it_again(self) -> None:
        dictation, transcriber = breaking_off("Ticket 742.")
        dictation.start(0.0)
        assert feed(dictation, frames(speech(0.9), silence(1.2))) == []
        assert [final.text for final in dictation.stop()] == ["Ticket 742."]
        assert len(transcriber.spans) == 1

    def test_answers_keep_their_own_silence_and_clicks_are_not_heard(self) -> None:
        dictation, transcriber = breaking_off("Ticket 742.")
        dictation.start(0.0, Expects.ANSWER)
        finals = feed(dictation, frames(speech(0.9), silence(1.2)))
        assert finals[0].t_s == pytest.approx(0.9 + END_SILENCE_S, abs=FRAME_S)
        dictation.stop()
        dictation.start(3.0)
        feed(dictation, frames(silence(3), speech(FRAME_S), silence(3)))
        assert len(transcriber.spans) == 1


talks = st.lists(
    st.tuples(st.integers(3, 40), st.integers(1, 50)), min_size=1, max_size=8
)  # frames of speech, frames of silence behind them


@settings(max_examples=60, deadline=None)
@given(talks)
def test_every_loud_sample_reaches_the_engine_once_and_finals_are_in_order(
    talk: list[tuple[int, int]],
) -> None:
    dictation, transcriber = taking()
    pieces = [
        piece
        for loud_, quiet in talk
        for piece in (speech(loud_ * FRAME_S), silence(quiet * FRAME_S))
    ]
    finals = feed(dictation, frames(*pieces)) + list(dictation.stop())
    assert sum(map(loud, transcriber.spans)) == sum(loud_ for loud_, _ in talk) * FRAME_SAMPLES
    assert all(a.end_s <= b.start_s for a, b in pairwise(finals))
    assert all(final.start_s < final.end_s <= final.t_s for final in finals)


@pytest.mark.parametrize(
    ("best", "other", "text", "second"),
    [
        ("They'll call on Friday.", "they will call on friday", "They'll call on Friday.", None),
        ("Tickets are fine.", "the ticket is nine", "Tickets are fine.", None),
        ("Thank you.", "i spoke to percy about it", "Thank you.", "i spoke to percy about it"),
        ("", "i spoke to percy", "i spoke to percy", None),
        ("I spoke to Percy.", "", "I spoke to Percy.", None),
    ],
)
def test_what_a_second_engine_hears_is_kept_where_the_two_disagree_badly(
    best: str, other: str, text: str, second: str | None
) -> None:
    engines = TwoHearings(FakeTranscriber([best]), FakeTranscriber([other]))
    dictation = UtteranceDictation(engines, LevelGate())
    dictation.start(0.0)
    [final] = feed(dictation, frames(speech(0.9), silence(2)))
    assert (final.text, final.second) == (text, second)


def test_a_single_word_only_the_second_engine_hears_is_a_breath() -> None:
    dictation = UtteranceDictation(
        TwoHearings(FakeTranscriber([""]), FakeTranscriber(["the"])), LevelGate()
    )
    dictation.start(0.0)
    assert feed(dictation, frames(speech(0.9), silence(2))) == []


@pytest.mark.parametrize("make", [lambda: taking()[0], FakeDictation], ids=["real", "fake"])
class TestContract:
    """What every `Dictation` does."""

    def test_hears_nothing_until_started(self, make: type[FakeDictation]) -> None:
        fresh = UtteranceDictation(FakeTranscriber(), LevelGate())
        dictation = fresh if make is not FakeDictation else make()
        assert feed(dictation, frames(speech(0.9), silence(2))) == []

    def test_gives_finals_within_the_stream_and_none_after_stop(
        self, make: type[FakeDictation]
    ) -> None:
        dictation = make()
        dictation.start(0.0)
        finals = feed(dictation, frames(silence(0.6), speech(0.9), silence(2)))
        assert finals
        assert all(0.59 <= final.start_s < final.end_s <= 1.51 for final in finals)
        dictation.stop()
        assert feed(dictation, frames(speech(0.9), silence(2))) == []

    def test_a_cue_while_silent_is_harmless(self, make: type[FakeDictation]) -> None:
        dictation = make()
        dictation.start(0.0)
        feed(dictation, frames(silence(1)))
        assert dictation.cut(0.2, 0.7) == ()
        assert dictation.stop() == ()
