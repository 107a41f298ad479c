"""Codes from audio: spelling, weighing, finding them in a sentence, and reading real recordings."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import soundfile
from case_samples import harbor_gas
from hypothesis import given
from hypothesis import strategies as st

from assistant.cases.store import CaseStore
from assistant.composition import codes_of_company
from assistant.recognition.code_evidence import (
    Candidate,
    heard_symbols,
    shape,
    sound_distance,
    weigh,
    written_code,
)
from assistant.recognition.code_reader import CodeReader, at_speed, symbols_in, text_of
from assistant.recognition.model_twin import LATTICE_BEAM, twin_of
from assistant.recognition.transcribers import load_vosk_model


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

    def test_an_article_is_no_vote_for_an_a(self) -> None:
        equals = [
            Candidate("B41A4", "b four one a four", (0.0,)),
            Candidate("B4184", "b four one eight four", (0.0,)),
        ]
        assert weigh(equals, heard="B 4-1 A 4.")[0].text == "B41A4"
        assert weigh(equals, heard="B 4-1-a-4.")[0].text == "B4184"

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


class TestSounds:
    @pytest.mark.parametrize(
        ("heard", "symbols"),
        [
            ("Seven, four two B.", "742B"),
            ("B as in boy, M. for mother 4", "BM4"),
            ("bravo for to", "B42"),
            ("PK7 tattoo", "PK7?"),
            ("D for boy", "B"),
            ("five a four A", "5?4A"),
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
