"""Names spelled aloud: where the letters begin, and which of their readings comes first."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from assistant.events import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ
from assistant.ports import Word
from assistant.recap.interview.answers import person_in
from assistant.recap.model import RecapFields
from assistant.recognition.code_evidence import Alternative
from assistant.recognition.code_reader import Kind
from assistant.recognition.spelled_names import LISTED, UNLISTED, read_letters, spelling_begins_s


class FakeReader:
    """Gives the same readings of any letters; keeps what it was given."""

    def __init__(self, readings: dict[str, float], vocabulary: Iterable[str] = ()) -> None:
        self._readings = readings
        self._vocabulary = set(vocabulary)
        self.seconds = 0.0
        self.heard = ""

    def read(self, pcm: bytes, kind: Kind, *, heard: str) -> tuple[Alternative, ...]:
        assert kind == "letters"
        self.seconds = len(pcm) / BYTES_PER_SAMPLE / SAMPLE_RATE_HZ
        self.heard = heard
        return tuple(Alternative(text, sure) for text, sure in self._readings.items())

    def known(self, phrases: Iterable[str]) -> list[str]:
        return [each for each in phrases if each in self._vocabulary]


AUDIO = bytes(4 * SAMPLE_RATE_HZ * BYTES_PER_SAMPLE)
WORDS = (
    Word("name", 0.2, 0.5, 1.0),
    Word("spelled", 0.9, 1.5, 1.0),
    Word("d", 1.6, 1.8, 1.0),
)


def test_a_name_of_the_vocabulary_comes_before_a_likelier_one() -> None:
    reader = FakeReader({"DBLPHINE": 0.9, "DELPHINE": 0.05, "DPLPHINE": 0.01}, ["delphine"])
    found = read_letters(reader, AUDIO, "d b l")
    assert [name for name, _ in found] == ["DELPHINE", "DBLPHINE", "DPLPHINE"]
    assert found[0][1] == max(sure for _, sure in found)


def test_without_a_known_name_the_likeliest_is_first() -> None:
    reader = FakeReader({"ODALYS": 0.6, "ODELYS": 0.3})
    assert read_letters(reader, AUDIO, "")[0] == ("ODALYS", 0.6)


@pytest.mark.parametrize("readings", [{}, {"AB": 0.9}])
def test_nothing_or_two_letters_spell_no_name(readings: dict[str, float]) -> None:
    assert read_letters(FakeReader(readings, ["ab"]), AUDIO, "a b") == ()


def test_only_what_follows_spelled_is_read() -> None:
    reader = FakeReader({"DELPHINE": 0.9})
    read_letters(reader, AUDIO, "Duffin spell D, E, L.", WORDS)
    assert reader.seconds == pytest.approx(2.5)
    assert reader.heard.strip() == "D, E, L."
    read_letters(reader, AUDIO, "D, E, L.", ())
    assert reader.seconds == pytest.approx(4.0)


def test_where_the_letters_begin() -> None:
    assert spelling_begins_s(WORDS) == 1.5
    assert spelling_begins_s(WORDS[:1]) is None


def test_letters_from_the_sound_name_the_person_whatever_the_text_says() -> None:
    def extract(text: str) -> RecapFields:
        return RecapFields()

    person = person_in("Roadry spelled our age, oh", extract, (("RHODRI", 0.4),))
    assert person is not None
    assert person.name == "Rhodri"


BARE = {"OSRAC": -10.0, "OSRIC": -12.0, "OSRNC": -11.0, "OS": -1.0}


def test_letters_by_themselves_are_read_as_in_first_names() -> None:
    reader = FakeReader({"XXX": 0.9})
    found = read_letters(reader, AUDIO, "o s r", (), lambda _: BARE)
    assert [name for name, _ in found] == ["OSRIC", "OSRAC", "OSRNC"]
    assert found[0][1] == LISTED, "a first name"
    assert sum(sure for _, sure in found) == pytest.approx(1.0, abs=0.001)
    unlisted = read_letters(reader, AUDIO, "o s r", (), lambda _: {"OSRAC": -1.0, "OSRIC": -6.0})
    assert unlisted[0] == ("OSRAC", UNLISTED)


def test_letters_said_as_words_are_read_like_a_code() -> None:
    words = tuple(Word(text, at, at + 0.5, 1.0) for at, text in enumerate(("oscar", "sierra")))
    reader = FakeReader({"ODALYS": 0.6})
    assert read_letters(reader, AUDIO, "", words, lambda _: BARE)[0] == ("ODALYS", 0.6)
    assert read_letters(reader, AUDIO, "", words[:1], lambda _: BARE)[0][0] == "OSRIC"
    assert read_letters(reader, AUDIO, "", (), lambda _: {})[0] == ("ODALYS", 0.6)
