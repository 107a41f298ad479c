"""Paraphrases: a whole utterance stands for a cue, or does not."""

from __future__ import annotations

import pytest
from fakes_recognition import FakeTranscriber

from assistant.coaching.cues import Cue
from assistant.coaching.paraphrases import Paraphrases
from assistant.recognition.paraphrase_ear import ParaphraseEar

BREATHE = Cue(
    id="breathe",
    phrases=("deep breath",),
    paraphrases=("let me take a breath", "i need a moment to breathe"),
)
KNOWN = Paraphrases((BREATHE, Cue(id="other", phrases=("other",))))


@pytest.mark.parametrize(
    "said",
    [
        "Let me take a breath.",
        "Okay, um, let me take a breath, please.",
        "I need a moment to breathe",
        "i need moment to breathe",
    ],
)
def test_the_whole_utterance_is_the_request(said: str) -> None:
    found = KNOWN.match(said)
    assert found is not None
    assert found.cue is BREATHE
    assert 0.9 <= found.likeness <= 1.0


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Let me take a break.",
        "let me take a breath before i tell you what they did",
        "I need a moment.",
        "I need a moment to read it.",
        "my dog could hardly breathe",
    ],
)
def test_anything_else_is_not(said: str) -> None:
    assert KNOWN.match(said) is None


def test_hints_are_the_words_that_paraphrases_hold() -> None:
    assert KNOWN.hints({"breath", "deep", "breathe"}) == {"breath", "breathe"}
    assert Paraphrases(()).hints({"breath"}) == frozenset()


def test_fillers_do_not_count_in_a_paraphrase_either() -> None:
    polite = Cue(id="breathe", phrases=("x",), paraphrases=("please let me breathe", "okay"))
    known = Paraphrases((polite,))
    for said in ("Let me breathe.", "Okay, let me breathe, please"):
        found = known.match(said)
        assert found is not None
        assert found.phrase == "please let me breathe"
    assert known.match("Okay.") is None
    assert known.hints({"please", "okay", "breathe"}) == {"breathe"}


def test_the_engines_typographic_apostrophe_is_one() -> None:
    cue = Cue(id="a", phrases=("x",), paraphrases=("i'm losing patience",))
    assert Paraphrases((cue,)).match("I\u2019m losing patience.") is not None


VOICE = b"\x00\x40" * 160


@pytest.mark.parametrize(
    ("heard", "seconds", "asked"),
    [
        ("i been over breathe", 2.0, 1),
        ("i been over breathe", 4.1, 0),  # too long to be a request
        ("let me take a", 2.0, 0),  # only words of any conversation
        ("[unk]", 2.0, 0),
    ],
)
def test_the_second_engine_is_asked_only_on_a_hint(heard: str, seconds: float, asked: int) -> None:
    engine = FakeTranscriber(["Let me take a breath."])
    ear = ParaphraseEar(engine, ["let", "me", "take", "a", "i"])
    ear.listen_for([BREATHE])
    assert (ear.hear(heard, VOICE, seconds) is not None) == bool(asked)
    assert len(engine.spans) == asked


def test_without_a_second_engine_there_are_no_paraphrases() -> None:
    ear = ParaphraseEar(None, ())
    ear.listen_for([BREATHE])
    assert ear.hear("breathe", VOICE, 1.0) is None
