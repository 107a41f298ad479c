"""Answers about codes and names: what is read from their sound, and what is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.events import Expects
from assistant.recap.repair import Change, Drop, Repair, read_repair
from assistant.recognition.answer_reader import AnswerReader, repair_phrases
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


def test_other_words_are_no_repair(read: AnswerReader, voice: Pyttsx3Synthesiser) -> None:
    text = "They told me to wait until tomorrow morning."
    assert read(text, voice.render(text).pcm, Expects.REPAIR) == Reading(text)


def test_an_answer_in_any_words_is_refined_like_dictation(
    read: AnswerReader, voice: Pyttsx3Synthesiser
) -> None:
    text = "They will call me on Friday."
    assert read(text, voice.render(text).pcm, Expects.ANSWER).text == text


def test_every_phrase_of_repairs_is_known_to_the_model(vosk_model_path: Path) -> None:
    model = load_vosk_model(twin_of(vosk_model_path))
    unknown = set(repair_phrases()) - set(CodeReader(model).known(repair_phrases()))
    assert not {phrase for phrase in unknown if " " in phrase}
