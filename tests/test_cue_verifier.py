"""The verifier: its parts, what it asks the second engine, what it believes."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile
from fakes_recognition import FakeTranscriber
from hypothesis import given
from hypothesis import strategies as st

from assistant.events import SAMPLE_RATE_HZ
from assistant.ports import Word
from assistant.recognition.model_twin import twin_of
from assistant.recognition.proposer import Proposer, Stall
from assistant.recognition.second_pass import find, places
from assistant.recognition.transcribers import load_vosk_model
from assistant.recognition.verifier import (
    CONTRADICTED,
    Evidence,
    Span,
    Verifier,
    Weights,
    WeightsFile,
    contrasts,
    holds,
    load_decoys,
    load_weights,
    weigh,
)
from assistant.resources import shipped

LINE = (-1.0, -0.5, 0.0, 0.5)
"""Tempos before, at and after the edges of a model with two steps."""
PHRASES = ("calm me down", "calm you down", "stop", "next steps", "deep breath")


def test_an_exact_phrase_is_proposed_as_often_as_it_stands_there() -> None:
    found = Proposer(PHRASES).phrases_in("stop now stop")
    assert found == (("stop", 0), ("stop", 1))


def test_a_phrase_with_one_word_misheard_is_proposed() -> None:
    assert ("calm me down", 0) in Proposer(PHRASES).phrases_in("oh calm me now")


def test_a_single_word_is_only_proposed_when_it_stands_there() -> None:
    assert Proposer(PHRASES).phrases_in("shop") == ()
    assert Proposer(PHRASES).phrases_in("") == ()
    assert Proposer(()).phrases_in("stop") == ()


def test_a_text_stalls_once_and_only_if_it_holds_words() -> None:
    stall = Stall()
    assert not stall.accept("[unk]", 0.0)
    assert not stall.accept("[unk]", 9.0)
    assert not stall.accept("stay", 10.0)
    assert stall.since_s == 10.0
    assert not stall.accept("stay", 10.4)
    assert stall.accept("stay", 10.5)
    assert not stall.accept("stay", 11.0)
    assert stall.accept("stay now", 11.1, at_once=True)
    assert not stall.accept("stay now", 12.0)


def test_phrases_alike_are_each_others_rivals() -> None:
    assert Proposer(PHRASES).like("calm me down") == ("calm you down",)


def test_a_longer_phrase_that_holds_another_is_its_rival() -> None:
    proposer = Proposer(("again", "say that again", "against them"))
    assert proposer.like("again") == ("say that again",)


def test_only_a_phrase_that_goes_on_is_worth_waiting_for() -> None:
    proposer = Proposer(("repeat that", "please repeat that", "repeat that tip", "repeat"))
    assert proposer.going_on("repeat that") == ("repeat that tip",)
    assert proposer.going_on("please repeat that") == ()


def spoken(text: str) -> list[Word]:
    return [Word(word, float(at), at + 0.5, 1.0) for at, word in enumerate(text.split())]


def test_a_phrase_has_its_last_place() -> None:
    found = places(spoken("stop [unk] next steps stop"), ["stop", "next steps", "deep breath"])
    assert found == {"stop": (4.0, 4.5), "next steps": (2.0, 3.5)}


def test_of_phrases_that_overlap_the_longest_has_a_place() -> None:
    assert list(places(spoken("please repeat that tip"), ["repeat that tip", "repeat that"])) == [
        "repeat that tip"
    ]
    assert list(places(spoken("repeat that"), ["repeat that tip", "repeat that"])) == [
        "repeat that"
    ]
    assert places([], ["stop"]) == {}


@given(
    st.lists(
        st.sampled_from(["stop", "next", "steps", "deep", "breath", "calm", "me", "down", "oh"])
    )
)
def test_what_is_proposed_is_live(words: list[str]) -> None:
    for phrase, nth in Proposer(PHRASES).phrases_in(" ".join(words)):
        assert phrase in PHRASES
        assert nth >= 0


def strong(**changes: float) -> Evidence:
    figures = {
        "gain_on_words": 0.3, "gain_on_unknown": 0.3, "strength_on_words": 3.0,
        "strength_on_unknown": 3.0, "tempo": 0.0, "haste": 0.0, "sounds": 0.7,
        "contrast_before": 1.0, "contrast_after": 1.0, "same_words": 1.0, "gain_on_second": 0.0,
    }  # fmt: skip
    return Evidence(**(figures | changes))  # type: ignore[arg-type]


def verifier() -> Verifier:
    return Verifier(None, ("deep breath",), (), None, load_weights())


def test_better_evidence_is_never_believed_less() -> None:
    judge = verifier()
    best = judge.probability(strong())
    assert best > judge.threshold("low")
    assert judge.probability(strong(strength_on_words=1.0)) < best
    assert judge.probability(strong(strength_on_unknown=1.0)) < best


def test_a_phrase_that_gains_nothing_on_other_words_is_not_believed() -> None:
    assert verifier().probability(strong(gain_on_words=0.0)) == 0.0


def test_sensitivities_ask_for_less_and_less() -> None:
    for weights in (load_weights().alone, load_weights().fused):
        limits = weights.thresholds
        assert 0.0 < limits["high"] < limits["normal"] < limits["low"] < 1.0


def test_the_second_opinion_counts_for_the_phrase() -> None:
    steps = load_weights().fused.steps
    assert all(jump > 0 for name in ("same_words", "gain_on_second") for _, jump in steps[name])
    assert steps["same_words"]
    assert steps["gain_on_second"]


def test_weights_name_figures_of_the_evidence() -> None:
    names = set(Evidence.__dataclass_fields__)
    for weights in (load_weights().alone, load_weights().fused):
        assert set(weights.evidence) | set(weights.steps) <= names


def test_what_needs_no_second_engine_counts_as_certain_where_there_is_one() -> None:
    asking = Verifier(None, ("deep breath",), (), FakeTranscriber(), load_weights())
    assert asking.probability(strong()) == 1.0
    assert 0.8 <= verifier().probability(strong()) < 1.0
    assert asking.probability(strong(gain_on_words=0.0)) == 0.0


def test_what_is_unsure_is_weighed_with_the_second_opinion() -> None:
    weights = load_weights()
    asking = Verifier(None, ("deep breath",), (), FakeTranscriber(), weights)
    evidence = replace(strong(strength_on_words=-1.0), second_text="Deep breath.")
    assert asking.probability(evidence) == weigh(weights.fused, evidence) < 1.0


def test_what_is_sure_stays_so_unless_the_second_engine_contradicts() -> None:
    weights = load_weights()
    asking = Verifier(None, ("deep breath",), (), FakeTranscriber(), weights)
    assert asking.probability(strong(gain_on_second=CONTRADICTED, same_words=0.0)) == 1.0
    contradicted = strong(gain_on_second=CONTRADICTED - 0.01, same_words=0.0)
    assert asking.probability(contradicted) == weigh(weights.fused, contradicted) < 1.0


@pytest.mark.needs_model
@pytest.mark.parametrize(
    ("phrase", "late_s", "asked"),
    [("call", 0.25, 0), ("start the call", 0.0, 0), ("start the call", 0.25, 2)],
)
def test_of_what_is_sure_several_words_in_a_sentence_are_asked_about(
    vosk_model_path: Path, phrase: str, late_s: float, asked: int
) -> None:
    """`late_s`: how far into its own sound the phrase is said to begin, as if words led up to it.

    What is asked about is the span, and the sentence so far.
    """
    model = load_vosk_model(twin_of(vosk_model_path))
    samples, _ = soundfile.read(shipped("samples/support_call.ogg"), dtype="int16")
    pcm = samples[: 3 * SAMPLE_RATE_HZ].tobytes()
    engine = FakeTranscriber()
    weights = msgspec.structs.replace(load_weights(), sure=0.0)
    judge = Verifier(model, [phrase], load_decoys(), engine, weights)
    start_s, end_s = find(model, pcm, [phrase])[phrase]
    judge.evidence(Span(phrase, pcm, start_s + late_s, end_s, before=pcm))
    assert len(engine.spans) == asked


@pytest.mark.parametrize(
    ("heard", "held"),
    [("Now, take a deep breath!", True), ("Deep breathing", False), ("DEEP breath", True)],
)
def test_a_phrase_is_held_by_whole_words_however_they_are_written(heard: str, held: bool) -> None:
    assert holds(heard, "deep breath") is held


def test_a_step_counts_from_its_edge_on() -> None:
    weights = Weights(0.5, {"normal": 0.5}, steps={"tempo": ((-0.5, 1.0), (0.5, -2.0))})
    file = WeightsFile(least_gain=0.0, sure=1.0, alone=weights, fused=weights)
    judge = Verifier(None, ("deep breath",), (), None, file)
    odds = [math.log(p / (1 - p)) for p in (judge.probability(strong(tempo=t)) for t in LINE)]
    assert odds == pytest.approx([0.5, 1.5, 1.5, -0.5])


def test_contrast_is_in_tens_of_decibels() -> None:
    quiet = np.full(SAMPLE_RATE_HZ // 2, 100, dtype="<i2")
    loud = np.full(SAMPLE_RATE_HZ // 2, 1000, dtype="<i2")
    pcm = np.concatenate([quiet, loud, loud]).tobytes()
    before, after = contrasts(Span("x", pcm, 0.5, 1.0))
    assert before == pytest.approx(1.5)
    assert after == pytest.approx(0.0, abs=0.01)


def test_decoys_are_plain_words() -> None:
    decoys = load_decoys()
    assert len(decoys) == len(set(decoys)) > 200
    assert all(word.replace("'", "").isalpha() and word.islower() for word in decoys)
