"""Codes and numbers in the interview: read back, mended, voted on, and not made up."""

from __future__ import annotations

import msgspec
import pytest
from interviews import FULL, NO_CASE, TODAY, about, extract, interview, key, numbers

from assistant.recap.interview.amend import NONE_GIVEN
from assistant.recap.interview.interview import begin
from assistant.recap.model import Unclear


def test_a_code_heard_unsurely_is_read_back_and_confirmed() -> None:
    fields = extract(FULL)
    number = msgspec.structs.replace(fields.case_numbers[0], confidence=0.6)
    fields = msgspec.structs.replace(fields, case_numbers=(number,))
    state = begin(fields, extract, TODAY)
    assert (key(state), about(state)) == ("check-case-number", "AB742")
    assert state.answer("Yes.").fields.case_numbers[0].confidence == 1.0
    assert state.answer("").fields.case_numbers[0].confidence == 0.6, "silence is no proof"


def test_what_two_engines_heard_differently_is_asked_and_settled() -> None:
    doubt = Unclear(field="case_numbers", reason="may be AV742", words="The case number is AB742.")
    fields = extract(FULL)
    fields = msgspec.structs.replace(fields, unclear=(doubt,))
    fields = msgspec.structs.replace(
        fields, case_numbers=(msgspec.structs.replace(fields.case_numbers[0], words="AB742"),)
    )
    state = begin(fields, extract, TODAY)
    assert key(state) == "check-case-number"
    assert state.answer("yes").fields.unclear == ()


@pytest.mark.parametrize(
    ("repairs", "code"),
    [
        (["no, the fourth is delta"], "AB7D2"),
        (["The last one is nine."], "AB749"),
        (["delete the last two"], "AB7"),
        (["it's A B 7 4 2 9"], "AB7429"),
        (["the first is charlie", "the second is delta"], "CD742"),
        (["start again", "K 9 9 1"], "K991"),
        (["no", "K 9 9 1"], "K991"),
    ],
)
def test_a_code_is_mended_by_voice(repairs: list[str], code: str) -> None:
    state = interview(NO_CASE, "A B 7 4 2", *repairs)
    assert (key(state), about(state)) == ("check-case-number", code)
    assert numbers(state) == [code]
    assert numbers(state.answer("yes")) == [code]


def test_its_length_chooses_among_the_readings() -> None:
    heard = ("a code", (("AB742", 0.6), ("AP742", 0.2), ("AB7422", 0.2)))
    state = interview(NO_CASE, heard, "it has six characters")
    assert numbers(state) == ["AB7422"]
    state = interview(NO_CASE, heard, "it has nine characters")
    assert key(state) == "ask-case-number", "none of the readings is so long: say it again"


def test_a_second_reading_is_voted_with_the_first() -> None:
    first = ("a code", (("AB742", 0.5), ("AP742", 0.4), ("AD742", 0.1)))
    second = ("the code", (("AD742", 0.5), ("AP742", 0.45)))
    assert numbers(interview(NO_CASE, first, second)) == ["AP742"]
    same = ("the code", (("AB742", 0.5), ("AP742", 0.45)))
    assert numbers(interview(NO_CASE, first, same)) == ["AB742"], "said again is no refusal"


def test_a_bare_no_brings_the_likeliest_other_reading() -> None:
    heard = ("a code", (("AB742", 0.6), ("AP742", 0.3), ("AD742", 0.05)))
    state = interview(NO_CASE, heard, "no")
    assert (key(state), about(state)) == ("check-case-number", "AP742")
    assert numbers(state.answer("yes")) == ["AP742"]
    state = state.answer("no")
    assert key(state) == "ask-case-number", "nothing likely is left: it is said again"
    assert state.fields.case_numbers[0].confidence == 0.0, "and wrong until then"
    again = state.answer("a code", (("AB742", 0.7), ("AD742", 0.2)))
    assert about(again) == "AD742", "what was refused does not come back"


def test_what_the_other_engine_heard_is_offered_after_a_no() -> None:
    fields = extract(FULL)
    state = begin(fields, extract, TODAY, {"AB742": {"AB742": 0.97, "AV742": 0.03}})
    state = state.answer("no").answer("the case number is wrong")
    assert (key(state), about(state)) == ("check-case-number", "AV742")
    doubted = msgspec.structs.replace(fields.case_numbers[0], confidence=0.6)
    fields = msgspec.structs.replace(fields, case_numbers=(doubted,))
    state = begin(fields, extract, TODAY, {"AB742": {"AB742": 0.6, "AV742": 0.4}}).answer("no")
    assert (key(state), about(state)) == ("check-case-number", "AV742")


def test_to_start_again_keeps_the_number_until_another_is_said() -> None:
    state = interview(NO_CASE, "A B 7 4 2", "start again")
    assert numbers(state) == ["AB742"]
    assert numbers(state.answer("skip")) == ["AB742"]


@pytest.mark.parametrize(
    "answer", ["I don't have one.", "no", "They didn't give me a number.", "no case number"]
)
def test_to_have_none_leaves_the_field_empty_and_says_so(answer: str) -> None:
    state = interview(NO_CASE, answer)
    assert numbers(state) == []
    (note,) = state.fields.unclear
    assert (note.field, note.reason, note.words) == ("case_numbers", NONE_GIVEN, answer)
    assert key(state.reopened()) != "ask-case-number", "it is not asked again"
