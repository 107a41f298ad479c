"""Replies people give in their own words: half a yes, a doubt, a correction of one of two names."""

from __future__ import annotations

import pytest
from test_interview import FULL, NO_CASE, about, interview, key, numbers

TWO = FULL.replace("with Maria.", "with Maria. I was passed on to Tamika.")


@pytest.mark.parametrize(
    "doubt",
    ["I'm not sure.", "I don't know.", "No idea.", "I'm not sure it's right.", "I guess so"],
)
def test_a_doubt_drops_no_number_that_was_heard(doubt: str) -> None:
    state = interview(NO_CASE, "A B 7 4 2", doubt)
    assert numbers(state) == ["AB742"]
    assert state.fields.case_numbers[0].confidence < 1.0, "it stays to be reviewed"
    assert key(state) == "ask-settled"
    assert numbers(interview(NO_CASE, doubt)) == []


def test_a_code_that_is_wrong_again_and_again_is_left_to_be_reviewed() -> None:
    tries = ("A B 7 4 2", "no", "A B 7 4 3", "no", "A B 7 4 4", "no")
    state = interview(NO_CASE, *tries)
    assert key(state) == "ask-settled"
    assert state.fields.case_numbers[0].confidence == 0.0


@pytest.mark.parametrize(
    "yes",
    ["Yes, that's the one.", "Yeah, that's fine, thanks.", "Yes, yes.", "Nothing wrong."],
)
def test_a_yes_in_more_words_is_a_yes(yes: str) -> None:
    state = interview(NO_CASE, "A B 7 4 2", yes)
    assert state.fields.case_numbers[0].confidence == 1.0


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("change Tamika to Tamara", ["Maria", "Tamara"]),
        ("change the name Tamika to Tamara", ["Maria", "Tamara"]),
        ("it was Tamara, not Tamika", ["Maria", "Tamara"]),
        ("the name is spelled T A M E E K A", ["Maria", "Tameeka"]),
        ("the name is spelled M A R I J A", ["Marija", "Tamika"]),
    ],
)
def test_of_two_people_the_one_that_is_meant_is_renamed(said: str, names: list[str]) -> None:
    state = interview(TWO, "yes", "no", said)
    assert [person.name for person in state.fields.people] == names


def test_a_field_that_was_only_named_takes_the_next_answer() -> None:
    state = interview(FULL, "no", "the company is wrong")
    assert (key(state), about(state)) == ("ask-change", "company")
    state = state.answer("Blue Heron")
    assert state.fields.company is not None
    assert state.fields.company.name == "Blue Heron"
    assert key(state) == "read-change"


@pytest.mark.parametrize("said", ["change the amount", "the company is wrong", "remove it"])
def test_a_wish_to_change_something_is_no_name(said: str) -> None:
    state = interview("The case number is AB742. They will pay me $5 by Friday.", said)
    assert state.fields.people == ()


def test_a_read_back_is_not_said_twice() -> None:
    state = interview(FULL, "I suppose it may be about so")
    assert key(state) == "ask-change", "shorter, and it tells how to answer"
    assert key(state.answer("hm").answer("hm")) == ""
