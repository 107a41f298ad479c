"""The parts of the verifier that need no model."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.events import SAMPLE_RATE_HZ
from assistant.recognition.proposer import Proposer
from assistant.recognition.verifier import (
    Evidence,
    Span,
    Verifier,
    contrasts,
    load_decoys,
    load_weights,
)

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


def test_phrases_alike_are_each_others_rivals() -> None:
    assert Proposer(PHRASES).like("calm me down") == ("calm you down",)


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
    assert judge.probability(strong(haste=0.5, tempo=-0.5)) < best


def test_a_phrase_that_gains_nothing_on_other_words_is_not_believed() -> None:
    assert verifier().probability(strong(gain_on_words=0.0)) == 0.0


def test_sensitivities_ask_for_less_and_less() -> None:
    for weights in (load_weights().alone, load_weights().fused):
        limits = weights.thresholds
        assert 0.0 < limits["high"] < limits["normal"] < limits["low"] < 1.0


def test_the_second_opinion_counts_for_the_phrase() -> None:
    weights = load_weights().fused.evidence
    assert weights["same_words"] > 0
    assert weights["gain_on_second"] > 0


def test_weights_name_figures_of_the_evidence() -> None:
    names = set(Evidence.__dataclass_fields__)
    for weights in (load_weights().alone, load_weights().fused):
        assert set(weights.evidence) <= names


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
