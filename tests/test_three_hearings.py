"""Three hearings of a span: what votes settle, what Vosk settles, and that nothing is invented."""

from __future__ import annotations

import math
import re
from pathlib import Path
from random import Random

import numpy as np
import pytest
from fakes_recognition import FakeTranscriber
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.events import SAMPLE_RATE_HZ
from assistant.ports import Transcript
from assistant.recognition.three_hearings import (
    FIRST_VOTE,
    LEAD_S,
    PER_VOTE,
    TAIL_S,
    ThreeHearings,
    settle,
    spoken,
)
from assistant.recognition.transcribers import MAX_SPAN_S, load_vosk_model


def indifferent(words: str) -> float:
    return -100.0


@pytest.mark.parametrize(
    ("hearings", "text"),
    [
        (("Hold the line.", "Hold the line.", "Fold the line."), "Hold the line."),
        (("The whole time.", "The hold time", "the hold time!"), "The hold time."),
        (("The whole time.", "The hold time.", "The old time."), "The whole time."),
        (("I just think so.", "Just think so.", "Just think so."), "Just think so."),
        (("She left.", "She left me.", "She left me."), "She left me."),
        (("She did not.", "She did.", "She did."), "She did."),
        (("One.", "", ""), ""),
    ],
)
def test_two_hearings_outvote_one(hearings: tuple[str, str, str], text: str) -> None:
    assert settle(hearings, indifferent) == text


def test_the_likelihood_decides_where_each_hears_another_word() -> None:
    def likelihood(words: str) -> float:
        return 2 * PER_VOTE if words == "the old time" else 0.0

    assert settle(("The whole time.", "The hold time.", "The old time."), likelihood) == (
        "The old time."
    )


@pytest.mark.parametrize(("gain", "text"), [(0.9, "The whole time."), (1.1, "The hold time.")])
def test_so_much_likelihood_is_worth_a_vote(gain: float, text: str) -> None:
    lead = (FIRST_VOTE + 1 - 1) * PER_VOTE

    def likelihood(words: str) -> float:
        return lead * gain if words == "the hold time" else 0.0

    assert settle(("The whole time.", "The whole time.", "The hold time."), likelihood) == text


def test_each_place_is_settled_for_itself() -> None:
    hearings = ("A cat then sat here.", "A cat then sad here.", "A bat then sat here.")
    assert settle(hearings, indifferent) == "A cat then sat here."
    liked = {"a bat then sad here": 90.0, "a bat then sat here": 50.0}
    assert settle(hearings, lambda words: liked.get(words, 0.0)) == "A bat then sad here."


def test_numbers_in_digits_are_left_to_the_votes() -> None:
    asked: list[str] = []

    def likelihood(words: str) -> float:
        asked.append(words)
        return 0.0

    assert settle(("For 49.", "For 49.", "For forty nine."), likelihood) == "For 49."
    assert asked == []
    settle(("Four 49.", "For 49.", "Fore 49."), likelihood)
    assert asked == ["four [unk]", "for [unk]", "fore [unk]"]


def test_words_as_vosk_writes_them() -> None:
    assert spoken(["Don’t", "rock'n'roll", "up-to-date,", "(Hm)", "$49.50"]) == (
        "don't rock'n'roll up to date hm [unk]"
    )
    assert spoken([]) == ""


words = st.lists(st.sampled_from(["a", "B", "c.", "d", "4"]), max_size=7).map(" ".join)


@settings(deadline=None)
@given(words, words, words, st.randoms())
def test_every_word_is_one_of_a_hearing(
    first: str, second: str, third: str, chance: Random
) -> None:
    scores: dict[str, float] = {}
    text = settle(
        (first, second, third),
        lambda words: scores.setdefault(words, chance.uniform(0.0, 40.0)),
    )
    assert set(bare(text)) <= {*bare(first), *bare(second), *bare(third)}


@settings(deadline=None)
@given(words, words)
def test_what_two_hearings_say_alike_is_the_text_where_vosk_does_not_mind(
    first: str, second: str
) -> None:
    assert bare(settle((first, second, second), indifferent)) == bare(second)
    assert settle((second, first, second), indifferent) == second


def bare(text: str) -> list[str]:
    return re.sub(r"[.]", "", text.lower()).split()


class NoModel:
    """A model that must not be asked."""


def tone(seconds: float) -> bytes:
    return np.full(round(seconds * SAMPLE_RATE_HZ), 5000, dtype="<i2").tobytes()


class TestAsking:
    def test_a_third_hearing_only_where_two_differ(self) -> None:
        engine = FakeTranscriber(["Hold on.", "hold on"])
        assert ThreeHearings(engine, NoModel()).transcribe(tone(1.0)) == Transcript("Hold on.")
        assert len(engine.spans) == 2

    def test_silence_lies_before_the_second_and_behind_the_third(self) -> None:
        engine = FakeTranscriber(["For 2.", "For 3.", "For 3."])
        text = ThreeHearings(engine, NoModel()).transcribe(tone(1.0)).text
        assert text == "For 3."
        lead, tail = bytes(2 * round(LEAD_S * 16000)), bytes(2 * round(TAIL_S * 16000))
        assert engine.spans == [tone(1.0), lead + tone(1.0), tone(1.0) + tail]

    def test_silence_is_heard_once(self) -> None:
        engine = FakeTranscriber()
        assert ThreeHearings(engine, NoModel()).transcribe(bytes(32000)).text == ""
        assert len(engine.spans) == 1
        assert ThreeHearings(engine, NoModel()).transcribe(b"").text == ""

    def test_a_long_stretch_is_heard_in_spans_the_engine_takes_whole(self) -> None:
        engine = FakeTranscriber(["One.", "One.", "two", "two"])
        hearings = ThreeHearings(engine, NoModel())
        assert hearings.transcribe(tone(MAX_SPAN_S + 1.0)).text == "One two"
        assert max(map(len, engine.spans)) <= 2 * MAX_SPAN_S * SAMPLE_RATE_HZ
        assert hearings.name == engine.name
        hearings.load()
        assert engine.loaded

    def test_what_is_heard_ahead_is_not_heard_again(self) -> None:
        engine = FakeTranscriber(["One.", "One.", "two", "two"])
        hearings = ThreeHearings(engine, NoModel())
        hearings.hear_ahead(tone(MAX_SPAN_S))
        assert len(engine.spans) == 2
        assert hearings.transcribe(tone(MAX_SPAN_S + 1.0)).text == "One two"
        assert len(engine.spans) == 4

    def test_a_span_that_may_grow_is_not_heard_ahead(self) -> None:
        engine = FakeTranscriber()
        ThreeHearings(engine, NoModel()).hear_ahead(tone(MAX_SPAN_S - 1.0))
        assert engine.spans == []


@pytest.mark.needs_model
@pytest.mark.shared_data
def test_vosk_tells_a_misheard_sentence_from_the_right_one(
    vosk_model_path: Path, shared_data: Path
) -> None:
    import soundfile

    path = shared_data / "speech" / "read_speech" / "0001_realtimestt_LJ001-0006.ogg"
    samples, _ = soundfile.read(path, dtype="int16")
    right = "And it is worth mention in passing that as an example of fine typography."
    wrong = right.replace("fine", "wine").replace("passing", "basting")
    engine = FakeTranscriber([wrong, right, wrong])
    hearings = ThreeHearings(engine, load_vosk_model(vosk_model_path))
    assert hearings.transcribe(samples.tobytes()).text == right
    unknown = FakeTranscriber(["Zzqx it is.", "And it is.", "Zzqx it is."])
    assert ThreeHearings(unknown, load_vosk_model(vosk_model_path)).transcribe(tone(1.0)).text
    assert (
        ThreeHearings(engine, load_vosk_model(vosk_model_path))._likelihood(b"", "a") == -math.inf
    )
