"""Answers about codes and names: what is read from their sound, and what is left alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from assistant.events import Expects
from assistant.recap.interview.repair import Change, Drop, Insert, Repair, read_repair
from assistant.recap.lexicon import lists
from assistant.recognition.answer_reader import (
    AnswerReader,
    day_phrases,
    letter_repair_phrases,
    repair_phrases,
)
from assistant.recognition.code_reader import CodeReader
from assistant.recognition.code_refiner import CodeRefiner
from assistant.recognition.dictation import Reading
from assistant.recognition.model_twin import twin_of
from assistant.recognition.transcribers import load_vosk_model
from assistant.speech.synthesiser import Pyttsx3Synthesiser

RATE_HZ = 16_000


@pytest.fixture(scope="module")
def read(vosk_model_path: Path) -> AnswerReader:
    model = load_vosk_model(twin_of(vosk_model_path))
    reader = CodeReader(model)
    return AnswerReader(CodeRefiner(model, reader), reader)


@pytest.fixture(scope="module")
def voice() -> Iterator[Pyttsx3Synthesiser]:
    synthesiser = Pyttsx3Synthesiser("", 140)
    yield synthesiser
    synthesiser.close()


pytestmark = pytest.mark.needs_model


@pytest.mark.parametrize("expects", [Expects.CODE, Expects.REPAIR, Expects.PHONE])
@pytest.mark.parametrize("text", ["Yes.", "I don't have one.", "Skip.", "One moment."])
def test_commands_are_left_alone(read: AnswerReader, expects: Expects, text: str) -> None:
    assert read(text, b"", expects) == Reading(text)


def test_a_code_is_read_from_its_sound_whatever_the_text_says(
    read: AnswerReader, voice: Pyttsx3Synthesiser
) -> None:
    pcm = voice.render("seven four two nine one").pcm
    reading = read("A meeting for two nine won.", pcm, Expects.CODE)
    assert reading.codes[0][0] == "74291"
    assert 0.0 < sum(probability for _, probability in reading.codes) <= 1.0


@pytest.mark.parametrize(
    ("said", "misheard", "meant"),
    [
        ("No, the fourth is delta.", "No, the fourth is shelter.", Change(4, "D")),
        ("Delete the fifth.", "Delete her fifth.", Drop(5)),
        ("No, remove the second one.", "No, removed a second one.", Drop(2)),
        ("There is a five after the third.", "There is a fine art of the third.", Insert(3, "5")),
    ],
)
def test_a_repair_is_heard_by_a_grammar_of_repairs(
    read: AnswerReader, voice: Pyttsx3Synthesiser, said: str, misheard: str, meant: Repair
) -> None:
    quiet = bytes(RATE_HZ)  # half a second, as dictation leaves around an utterance
    pcm = quiet + voice.render(said).pcm + quiet
    reading = read(misheard, pcm, Expects.REPAIR)
    assert read_repair(reading.text) == meant
    assert reading.codes == ()


@pytest.mark.parametrize("expects", [Expects.CHANGE, Expects.REPAIR])
@pytest.mark.parametrize(
    ("said", "misheard", "meant"),
    [("yes", "Worse.", "yes"), ("no", "Now.", "no"), ("Friday", "Friday.", "Friday.")],
)
def test_a_short_reply_is_compared_with_a_yes_and_a_no(
    read: AnswerReader,
    voice: Pyttsx3Synthesiser,
    expects: Expects,
    said: str,
    misheard: str,
    meant: str,
) -> None:
    quiet = bytes(RATE_HZ)
    pcm = quiet + voice.render(said).pcm + quiet
    assert read(misheard, pcm, expects).text == meant


def test_a_letter_of_a_name_is_mended_by_ear(read: AnswerReader, voice: Pyttsx3Synthesiser) -> None:
    quiet = bytes(RATE_HZ)
    pcm = quiet + voice.render("No, the second letter is november.").pcm + quiet
    reading = read("No, the second ladder is a number.", pcm, Expects.LETTERS)
    assert read_repair(reading.text) == Change(2, "N")


def test_a_spelled_name_is_read_letter_by_letter(
    read: AnswerReader, voice: Pyttsx3Synthesiser
) -> None:
    pcm = voice.render("mike, alpha, romeo, india, juliet, alpha").pcm
    reading = read("My alpha Romeo, in the, Juliet Alpha.", pcm, Expects.LETTERS)
    assert reading.codes[0][0] == "MARIJA"


@pytest.mark.parametrize(
    ("said", "misheard", "heard", "sure"),
    [
        ("by Wednesday", "My words, dear.", "wednesday", (0.9,)),
        ("December tenth", "This Amber tent.", "december ten", (0.9,)),
        ("by Friday", "By Friday.", "Friday", (0.97,)),
        ("by Friday", "By Monday.", "friday", (0.55, 0.45)),
    ],
)
def test_a_day_is_heard_by_a_grammar_of_days(
    read: AnswerReader,
    voice: Pyttsx3Synthesiser,
    said: str,
    misheard: str,
    heard: str,
    sure: tuple[float, ...],
) -> None:
    quiet = bytes(RATE_HZ)
    reading = read(misheard, quiet + voice.render(said).pcm + quiet, Expects.DAY)
    assert heard in reading.text
    assert tuple(one for _, one in reading.codes) == pytest.approx(sure)
    assert reading.codes[0][0] == reading.text


def test_a_whole_sentence_about_a_day_is_left_to_the_text_engine(
    read: AnswerReader, voice: Pyttsx3Synthesiser
) -> None:
    text = "They will send the label to my office by Friday."
    assert read(text, voice.render(text).pcm, Expects.DAY) == Reading(text)


def test_what_is_wrong_may_be_said_in_a_few_words(
    read: AnswerReader, voice: Pyttsx3Synthesiser
) -> None:
    quiet = bytes(RATE_HZ)
    pcm = quiet + voice.render("the name is wrong").pcm + quiet
    assert read("The name is raw.", pcm, Expects.CHANGE).text == "the name is wrong"


def test_other_words_are_no_repair(read: AnswerReader, voice: Pyttsx3Synthesiser) -> None:
    text = "They told me to wait until tomorrow morning."
    assert read(text, voice.render(text).pcm, Expects.REPAIR) == Reading(text)


def test_an_answer_in_any_words_is_refined_like_dictation(
    read: AnswerReader, voice: Pyttsx3Synthesiser
) -> None:
    text = "They will call me on Friday."
    assert read(text, voice.render(text).pcm, Expects.ANSWER).text == text


@pytest.mark.parametrize(
    "phrases",
    [repair_phrases(), letter_repair_phrases(), day_phrases(), lists("interview").sets["heard"]],
)
def test_every_phrase_that_is_listened_for_is_known_to_the_model(
    vosk_model_path: Path, phrases: Collection[str]
) -> None:
    model = load_vosk_model(twin_of(vosk_model_path))
    unknown = set(phrases) - set(CodeReader(model).known(phrases))
    assert not {phrase for phrase in unknown if " " in phrase}
