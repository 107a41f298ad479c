"""Codes from audio: spelling, weighing, finding them in a sentence, and reading real recordings."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from assistant.ports import Word
from assistant.recognition.code_reader import (
    Alternative,
    Candidate,
    CodeReader,
    shape,
    symbols_in,
    text_of,
    weigh,
    written_code,
)
from assistant.recognition.code_refiner import (
    CodeRefiner,
    Span,
    find_span,
    like_code,
    longest_run,
    may_hold_code,
    place_in,
)
from assistant.recognition.transcribers import load_vosk_model
from assistant.recognition.wide_lattice import LATTICE_BEAM, wide_lattice


def words(text: str) -> tuple[Word, ...]:
    """Words of 0.3 s each, without pauses."""
    texts = text.split()
    return tuple(Word(each, 0.3 * at, 0.3 * at + 0.3, 1.0) for at, each in enumerate(texts))


@pytest.mark.parametrize(
    ("spoken", "code"),
    [
        ("seven four two two bravo", "7422B"),
        ("oh zero o", "00O"),
        ("double three triple a", "33AAA"),
        ("b as in boy m for mother", "BM"),
        ("d as in boy", "B"),
        ("b four boy four", "B4"),
        ("eight eight dash z dash one three", "88-Z-13"),
        ("x ray x", "XX"),
        ("dash one", None),
        ("one dash", None),
        ("one double", None),
        ("double double one", None),
        ("one hello", None),
        ("larry", None),
        ("", None),
    ],
)
def test_words_become_a_code(spoken: str, code: str | None) -> None:
    assert text_of(spoken.split()) == code


@given(st.lists(st.sampled_from(["one", "b", "bravo", "double", "dash", "as", "in", "boy", "ray"])))
def test_any_words_give_symbols_only_or_nothing(spoken: list[str]) -> None:
    code = text_of(spoken)
    assert code is None or set(code) <= set("1BX-")


class TestWeighing:
    def test_the_likelier_reading_comes_first_and_sums_stay_below_one(self) -> None:
        found = weigh([Candidate("742B", "", 0.0), Candidate("742D", "", -9.0)])
        assert [each.text for each in found] == ["742B", "742D"]
        assert 0.5 < sum(each.probability for each in found) < 1.0
        assert found[0].probability > found[1].probability

    def test_the_other_engine_decides_between_equals(self) -> None:
        equals = [
            Candidate("742B", "seven four two b", 0.0),
            Candidate("742D", "seven four two d", 0.0),
        ]
        assert weigh(equals, heard="Seven, four, two D.")[0].text == "742D"

    def test_a_known_shape_decides_between_equals(self) -> None:
        equals = [Candidate("74A2", "", 0.0), Candidate("AB12", "", 0.0)]
        assert weigh(equals, known=["XY99"])[0].text == "AB12"

    def test_nothing_heard_gives_nothing(self) -> None:
        assert weigh([]) == ()

    @given(
        st.dictionaries(st.text("AB12-", min_size=1, max_size=6), st.floats(-99.0, 0.0), min_size=1)
    )
    def test_probabilities_are_ordered(self, likelihoods: dict[str, float]) -> None:
        found = weigh([Candidate(text, "", value) for text, value in likelihoods.items()])
        values = [each.probability for each in found]
        assert values == sorted(values, reverse=True)
        assert all(0.0 <= value < 1.0 for value in values)
        assert sum(values) < 1.0 + 1e-9


def test_small_questions() -> None:
    assert shape("ab-12") == "AA-99"
    assert symbols_in("88-Z-13") == 5
    assert written_code("Seven, four, two B.") == "742B"
    assert written_code("She said seven.") == ""
    assert written_code("") == ""
    assert like_code(["7429-B", "nine"]) == 1.0
    assert like_code(["nothing", "else"]) == 0.0
    assert like_code([]) == 0.0
    assert may_hold_code("The casa number is icy for jail.")
    assert not may_hold_code("She was rude to me.")


class TestFinding:
    def test_the_code_behind_a_label(self) -> None:
        span = find_span(words("the case number is seven four bravo and she left"))
        assert span is not None
        assert (span.label, span.code) == (("case",), "74B")
        assert span.tail == ("and", "she", "left")
        assert (span.start_s, span.end_s) == pytest.approx((1.2, 2.1))

    @pytest.mark.parametrize(
        "text",
        [
            "in case four five six seven",
            "the case was closed by nine people",
            "ticket two of four",
            "ticket one three",
            "",
        ],
    )
    def test_no_label_or_too_few_symbols(self, text: str) -> None:
        assert find_span(words(text)) is None

    def test_a_stray_word_among_symbols_is_bridged_and_spoils_the_text(self) -> None:
        span = find_span(words("ticket seven said four two then she left"))
        assert span is not None
        assert span.code == ""
        assert span.tail == ("then", "she", "left")

    def test_i_before_more_words_is_a_word(self) -> None:
        span = find_span(words("ticket seven four two i should wait"))
        assert span is not None
        assert (span.code, span.tail[0]) == ("742", "i")

    def test_an_explained_letter_is_one_symbol(self) -> None:
        span = find_span(words("reference b as in boy four m four mother two"))
        assert span is not None
        assert span.code == "B4M2"

    def test_the_longest_run_where_the_label_was_lost(self) -> None:
        span = longest_run(words("two could him seven four two nine me"))
        assert span is not None
        assert span.code == "7429"
        assert longest_run(words("seven four two me")) is None
        assert longest_run(()) is None

    def test_the_place_in_the_other_text(self) -> None:
        text = "They said reference number Mumbo 742 be, and I left them."
        span = Span(("reference", "number"), ("and", "i", "left", "them"), 0.0, 1.0)
        head = Span(("they", "said", *span.head), span.tail, 0.0, 1.0)
        first, end = place_in(text.split(), head)
        assert text.split()[first:end] == ["Mumbo", "742", "be,"]
        assert place_in([], span) == (0, 0)


class FakeReader(CodeReader):
    """Gives fixed readings of any audio."""

    def __init__(self, *readings: Alternative) -> None:
        self._readings = readings

    def read(self, pcm: bytes, kind: Any = "code", **_: Any) -> tuple[Alternative, ...]:
        return self._readings


class ScriptedRefiner(CodeRefiner):
    """Hears fixed words."""

    def __init__(self, heard: str, *readings: Alternative) -> None:
        super().__init__(None, FakeReader(*readings))
        self._heard = words(heard)

    def words(self, pcm: bytes) -> tuple[Word, ...]:
        return self._heard


class TestRefining:
    def test_a_sure_code_takes_its_place_and_keeps_the_stop(self) -> None:
        refine = ScriptedRefiner(
            "the case number is seven four two bravo", Alternative("742B", 0.97)
        )
        reading = refine("The case number is 74 to Bravo.", b"")
        assert (reading.text, reading.second) == ("The case number is 742B.", None)

    def test_an_unsure_code_keeps_the_runner_up_beside_it(self) -> None:
        refine = ScriptedRefiner(
            "ticket seven four two b", Alternative("742B", 0.6), Alternative("742D", 0.3)
        )
        reading = refine("Ticket 74 to be.", b"")
        assert (reading.text, reading.second) == ("Ticket 742B.", "742D")

    def test_a_code_that_only_one_pass_gave_is_marked(self) -> None:
        refine = ScriptedRefiner("ticket seven said four two b", Alternative("742B", 0.99))
        reading = refine("Ticket 74 and 2 B.", b"")
        assert (reading.text, reading.second) == ("Ticket 742B.", "74 and 2 B.")

    def test_what_the_engines_disagree_on_is_marked(self) -> None:
        refine = ScriptedRefiner("ticket seven four two b", Alternative("742B", 0.99))
        reading = refine("Ticket 7 4 2 D.", b"")
        assert (reading.text, reading.second) == ("Ticket 742B.", "742D")

    def test_ordinary_words_are_never_replaced(self) -> None:
        refine = ScriptedRefiner("ticket four you said two be", Alternative("4U2B", 0.99))
        text = "Ticket for you to be happy about."
        assert refine(text, b"").text == text

    def test_a_lost_label_is_put_before_the_code(self) -> None:
        refine = ScriptedRefiner("ticket nine four seven eight", Alternative("9478", 0.99))
        assert refine("Took at 9-4-7-8.", b"").text == "Took at ticket 9478."

    def test_a_sentence_without_label_and_symbols_is_left_alone(self) -> None:
        refine = ScriptedRefiner("ticket nine four seven eight", Alternative("9478", 0.99))
        assert refine("She was rude to me.", b"").text == "She was rude to me."


class TestWideLattice:
    def test_the_twin_differs_in_one_line_and_is_made_once(self, tmp_path: Path) -> None:
        model = tmp_path / "model"
        (model / "conf").mkdir(parents=True)
        (model / "am").mkdir()
        (model / "am" / "final.mdl").write_bytes(b"weights")
        (model / "conf" / "mfcc.conf").write_text("--x=1\n")
        (model / "conf" / "model.conf").write_text("--beam=10.0\n--lattice-beam=2.0\n--y=3\n")
        twin = wide_lattice(model)
        assert twin != model
        assert (twin / "am" / "final.mdl").read_bytes() == b"weights"
        assert (twin / "conf" / "mfcc.conf").read_text() == "--x=1\n"
        conf = (twin / "conf" / "model.conf").read_text()
        assert conf == f"--beam=10.0\n--lattice-beam={LATTICE_BEAM}\n--y=3\n"
        assert wide_lattice(model) == twin
        assert wide_lattice(twin) == twin

    def test_a_folder_that_is_no_model_is_given_back(self, tmp_path: Path) -> None:
        assert wide_lattice(tmp_path) == tmp_path


@pytest.mark.needs_model
@pytest.mark.shared_data
@pytest.mark.slow
def test_spoken_digits_are_read(vosk_model_path: Path, shared_data: Path) -> None:
    """A floor well below the figure in docs/dictation.md, on the tune part."""
    reader = CodeReader(load_vosk_model(wide_lattice(vosk_model_path)))
    folder = shared_data / "speech" / "spoken_numbers"
    rows = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
    tune = [
        row
        for row in rows
        if int(hashlib.sha256(row["audio"].encode()).hexdigest(), 16) % 2 == 0
        and row["speaker"] in ("jackson", "lucas")
    ][:8]
    right = 0
    for row in tune:
        samples, _ = soundfile.read(folder / row["audio"], dtype="int16")
        quiet = bytes(9600)
        found = reader.read(quiet + samples.tobytes() + quiet)
        right += found[0].text == text_of(row["text"].split())
        digits = reader.read(
            quiet + samples.tobytes() + quiet, "digits", length=len(row["text"].split())
        )
        assert digits[0].text.isdigit()
    assert right >= len(tune) - 1
    assert reader.read(bytes(32000)) == () or reader.read(bytes(32000))[0].probability < 0.99
