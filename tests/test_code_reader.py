"""Codes from audio: spelling, weighing, finding them in a sentence, and reading real recordings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
import soundfile
from case_samples import harbor_gas
from hypothesis import given
from hypothesis import strategies as st

from assistant.cases.store import CaseStore
from assistant.composition import codes_of_company
from assistant.ports import Word
from assistant.recognition.code_evidence import (
    Alternative,
    Candidate,
    heard_symbols,
    shape,
    sound_distance,
    weigh,
    written_code,
)
from assistant.recognition.code_reader import CodeReader, at_speed, symbols_in, text_of
from assistant.recognition.code_refiner import (
    MARGIN_S,
    CodeRefiner,
    Span,
    find_span,
    like_code,
    longest_run,
    may_hold_code,
    place_in,
)
from assistant.recognition.model_twin import LATTICE_BEAM, twin_of
from assistant.recognition.transcribers import load_vosk_model


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
        found = weigh([Candidate("742B", "", (0.0,)), Candidate("742D", "", (-9.0,))])
        assert [each.text for each in found] == ["742B", "742D"]
        assert 0.5 < sum(each.probability for each in found) < 1.0
        assert found[0].probability > found[1].probability

    def test_the_other_engine_decides_between_equals(self) -> None:
        equals = [
            Candidate("742B", "seven four two b", (0.0,)),
            Candidate("742D", "seven four two d", (0.0,)),
        ]
        assert weigh(equals, heard="Seven, four, two D.")[0].text == "742D"

    def test_a_known_shape_decides_between_equals(self) -> None:
        equals = [Candidate("74A2", "", (0.0,)), Candidate("AB12", "", (0.0,))]
        assert weigh(equals, known=["XY99"])[0].text == "AB12"

    def test_nothing_heard_gives_nothing(self) -> None:
        assert weigh([]) == ()

    @given(
        st.dictionaries(st.text("AB12-", min_size=1, max_size=6), st.floats(-99.0, 0.0), min_size=1)
    )
    def test_probabilities_are_ordered(self, likelihoods: dict[str, float]) -> None:
        found = weigh([Candidate(text, "", (value,)) for text, value in likelihoods.items()])
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
        # From the "is" on: a first symbol may be hidden in it.
        assert (span.start_s, span.end_s) == pytest.approx((0.9, 2.1))

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

    def test_a_run_ends_at_the_words_around_codes(self) -> None:
        span = find_span(words("ticket seven four two nothing else four me two"))
        assert span is not None
        assert span.tail[0] == "nothing"

    def test_a_last_word_alone_is_read_along(self) -> None:
        span = find_span(words("ticket seven four two home"))
        assert span is not None
        assert (span.tail, span.code) == ((), "")
        assert span.end_s == pytest.approx(1.5 + MARGIN_S)

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


class TestSounds:
    @pytest.mark.parametrize(
        ("heard", "symbols"),
        [
            ("Seven, four two B.", "742B"),
            ("B as in boy, M. for mother 4", "BM4"),
            ("bravo for to", "B42"),
            ("PK7 tattoo", "PK7?"),
            ("D for boy", "B"),
            ("", ""),
        ],
    )
    def test_what_the_other_engines_words_stand_for(self, heard: str, symbols: str) -> None:
        assert heard_symbols(heard) == symbols

    def test_alike_sounds_are_nearer_than_others(self) -> None:
        assert sound_distance("742B", "742B") == 0.0
        assert sound_distance("742B", "742D") < sound_distance("742B", "742M")
        assert sound_distance("742B", "742?") < sound_distance("742B", "742M")
        assert sound_distance("742B", "742") > sound_distance("742B", "742D")
        assert sound_distance("", "") == 0.0

    @given(st.text("AB12?", max_size=6), st.text("AB12?", max_size=6))
    def test_a_distance_is_never_more_than_saying_all_anew(self, code: str, heard: str) -> None:
        assert 0.0 <= sound_distance(code, heard) <= 0.8 * (len(code) + len(heard)) + 1e-9

    def test_letters_that_may_all_be_digits_are_never_sure(self) -> None:
        found = weigh([Candidate("BA149", "", (0.0,)), Candidate("38149", "", (-99.0,))])
        assert (found[0].text, found[0].probability) == ("BA149", 0.9)

    def test_another_speed_keeps_the_voice_and_changes_the_length(self) -> None:
        assert len(at_speed(bytes(32000), 1.25)) == pytest.approx(25600, abs=4)
        assert at_speed(b"", 1.25) == b""


class TestEarlierCases:
    def test_all_numbers_of_the_company_are_known(self, tmp_path: Path) -> None:
        store = CaseStore(tmp_path)
        numbers = [one.value for one in harbor_gas().fields.case_numbers]
        assert codes_of_company(store, "Harbor Gas", None) == ()
        store.save(harbor_gas())
        assert codes_of_company(store, " harbor gas ", None) == tuple(numbers)
        assert codes_of_company(store, "Harbor Gas", harbor_gas()) == tuple(numbers)
        assert codes_of_company(store, "Other", None) == ()
        assert codes_of_company(store, "", None) == ()
        assert numbers

    def test_a_known_start_decides_between_equals(self) -> None:
        equals = [Candidate("SR74", "", (0.0,)), Candidate("FR74", "", (0.0,))]
        assert weigh(equals, known=["SR991"])[0].text == "SR74"


class FakeReader(CodeReader):
    """Gives fixed readings of any audio."""

    def __init__(self, *readings: Alternative) -> None:
        self._fixed = readings

    def read(self, pcm: bytes, kind: Any = "code", **_: Any) -> tuple[Alternative, ...]:
        return self._fixed


class ScriptedRefiner(CodeRefiner):
    """Hears fixed words."""

    def __init__(self, heard: str, *readings: Alternative) -> None:
        super().__init__(None, FakeReader(*readings))
        self._heard = words(heard)

    def words(self, pcm: bytes, also: Collection[str] = ()) -> tuple[Word, ...]:
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

    def test_an_unsure_code_without_any_rival_is_marked_with_the_words_heard(self) -> None:
        refine = ScriptedRefiner("ticket seven four two b", Alternative("742B", 0.9))
        reading = refine("Ticket 742 B.", b"")
        assert (reading.text, reading.second) == ("Ticket 742B.", "ticket seven four two b")

    @pytest.mark.parametrize(
        ("heard", "second"),
        [("ticket her four you", "ticket her four you"), ("", "nothing")],
    )
    def test_a_code_that_its_sound_does_not_bear_out_is_marked(
        self, heard: str, second: str
    ) -> None:
        reading = ScriptedRefiner(heard)("Ticket 7421.", b"")
        assert (reading.text, reading.second) == ("Ticket 7421.", second)

    def test_a_sentence_without_a_case_number_is_not_marked(self) -> None:
        reading = ScriptedRefiner("the ticket was closed")("The ticket was closed.", b"")
        assert reading.second is None

    def test_two_codes_in_a_sentence_are_marked(self) -> None:
        heard = "case number eight eight one three nine then ticket seven four two b"
        refine = ScriptedRefiner(heard, Alternative("88139", 0.99))
        reading = refine("Case number 88139, then ticket 7 4 2 B.", b"")
        assert reading.text == "Case number 88139, then ticket 7 4 2 B."
        assert reading.second is not None

    def test_ordinary_words_are_never_replaced(self) -> None:
        refine = ScriptedRefiner("ticket four you said two be", Alternative("4U2B", 0.99))
        text = "Ticket for you to be happy about."
        assert refine(text, b"").text == text

    @pytest.mark.parametrize(
        ("probability", "text"),
        [(0.8, "The number is 0288."), (0.6, "The number is also a tattoo.")],
    )
    def test_words_behind_number_is_are_replaced_when_it_is_likely(
        self, probability: float, text: str
    ) -> None:
        refine = ScriptedRefiner(
            "the number is l two eight eight", Alternative("0288", probability)
        )
        reading = refine("The number is also a tattoo.", b"")
        assert reading.text.removesuffix(".") == text.removesuffix(".")
        assert reading.second
        assert reading.codes == (("0288", probability),)

    def test_a_lost_label_is_put_before_the_code(self) -> None:
        refine = ScriptedRefiner("ticket nine four seven eight", Alternative("9478", 0.99))
        assert refine("Took at 9-4-7-8.", b"").text == "Took at ticket 9478."

    def test_a_sentence_without_label_and_symbols_is_left_alone(self) -> None:
        refine = ScriptedRefiner("ticket nine four seven eight", Alternative("9478", 0.99))
        assert refine("She was rude to me.", b"").text == "She was rude to me."


class TestWideLattice:
    def test_the_twin_differs_in_our_options_and_is_made_once(self, tmp_path: Path) -> None:
        model = tmp_path / "model"
        (model / "conf").mkdir(parents=True)
        (model / "am").mkdir()
        (model / "am" / "final.mdl").write_bytes(b"weights")
        (model / "conf" / "mfcc.conf").write_text("--x=1\n")
        (model / "conf" / "model.conf").write_text("--beam=10.0\n--lattice-beam=2.0\n--y=3\n")
        twin = twin_of(model)
        assert twin != model
        assert (twin / "am" / "final.mdl").read_bytes() == b"weights"
        assert (twin / "conf" / "mfcc.conf").read_text() == "--x=1\n"
        conf = (twin / "conf" / "model.conf").read_text()
        assert conf.startswith(f"--beam=10.0\n--lattice-beam={LATTICE_BEAM}\n--y=3\n--endpoint.")
        assert "--endpoint.rule5.min-utterance-length=20\n" in conf
        assert twin_of(model) == twin
        assert twin_of(twin) == twin

    def test_a_folder_that_is_no_model_is_given_back(self, tmp_path: Path) -> None:
        assert twin_of(tmp_path) == tmp_path


@pytest.mark.needs_model
@pytest.mark.shared_data
@pytest.mark.slow
def test_spoken_digits_are_read(vosk_model_path: Path, shared_data: Path) -> None:
    """A floor well below the figure in docs/dictation.md, on the tune part."""
    reader = CodeReader(load_vosk_model(twin_of(vosk_model_path)))
    folder = shared_data / "speech" / "spoken_numbers"
    rows = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
    tune = [
        row
        for row in rows
        if int(hashlib.sha256(row["audio"].encode()).hexdigest(), 16) % 2 == 0
        and row["speaker"] in ("jackson", "lucas")
    ][:4]
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
