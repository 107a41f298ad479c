"""Replies people give in their own words: half a yes, a doubt, a correction of one of two names."""

from __future__ import annotations

import msgspec
import pytest
from interviews import FULL, NO_CASE, TODAY, about, extract, interview, key, numbers

from assistant.recap.interview.interview import Interview, begin
from assistant.recap.model import Person, RecapFields

TWO = FULL.replace("with Maria.", "with Maria. I was passed on to Tamika.")


@pytest.mark.parametrize(
    "doubt",
    ["I'm not sure.", "I don't know.", "No idea.", "I'm not sure it's right.", "I guess so"],
)
def test_a_doubt_drops_no_number_that_was_heard(doubt: str) -> None:
    state = interview(NO_CASE, "A B 7 4 2", doubt)
    assert numbers(state) == ["AB742"]
    assert state.fields.case_numbers[0].confidence < 1.0, "it stays to be reviewed"
    assert key(state) == "read-back"
    assert numbers(interview(NO_CASE, doubt)) == []


def test_a_code_that_is_wrong_again_and_again_is_left_to_be_reviewed() -> None:
    tries = ("A B 7 4 2", "no", "A B 7 4 3", "no", "A B 7 4 4", "no")
    state = interview(NO_CASE, *tries)
    assert key(state) == "read-back"
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
    state = interview(TWO, "no", said)
    assert [person.name for person in state.fields.people] == names


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("the company is wrong", ("ask-company", "")),
        ("the name is wrong", ("ask-spelling", "Maria")),
        ("the number", ("ask-case-number", "AB742")),
        ("the date is wrong", ("ask-step", "refund me $50")),
        ("change the amount", ("ask-change", "amounts")),
        ("a name is missing", ("ask-person", "")),
        ("there's another promise", ("ask-promise", "")),
        ("a number is missing", ("ask-case-number", "")),
        ("no", ("check-case-number", "AB742")),
        ("everything", ("check-case-number", "AB742")),
    ],
)
def test_after_a_no_one_says_what_is_wrong_in_a_word(said: str, asked: tuple[str, str]) -> None:
    state = interview(FULL, "no", said)
    assert (key(state), about(state)) == asked


def test_a_field_that_was_only_named_takes_the_next_answer() -> None:
    state = interview(FULL, "no", "the company is wrong", "Blue Heron")
    assert state.fields.company is not None
    assert state.fields.company.name == "Blue Heron"
    assert key(state) == "ask-else"
    state = state.answer("change the amount").answer("sixty dollars")
    assert [str(one.value) for one in state.fields.amounts] == ["60"]


@pytest.mark.parametrize("said", ["change the amount", "the company is wrong", "remove it"])
def test_a_wish_to_change_something_is_no_name(said: str) -> None:
    state = interview("The case number is AB742. They will pay me $5 by Friday.", said)
    assert state.fields.people == ()


def test_a_read_back_is_not_said_twice() -> None:
    state = interview(FULL, "I suppose it may be about so")
    assert key(state) == "ask-which", "shorter, and it tells how to answer"
    state = state.answer("I suppose so perhaps it may").answer("the dog ate it")
    assert key(state) == "check-case-number", "then one thing after the other"


THREE = (
    "I called Harbor Gas and spoke with Maria, then with Derek. The case number is AB742 and the "
    "other case number is KX911. They will refund me $50 by Friday. They will send a letter by "
    "Monday. I will send the form by Tuesday. It's resolved."
)


def three(*said: str) -> Interview:
    """The interview about `THREE`, heard so surely that it begins with the read-back."""
    fields = extract(THREE)
    for name in ("case_numbers", "people", "next_steps"):
        items = tuple(msgspec.structs.replace(one, confidence=0.9) for one in getattr(fields, name))
        fields = msgspec.structs.replace(fields, **{name: items})
    state = begin(fields, extract, TODAY)
    for each in said:
        state = state.answer(each)
    return state


def dues(state: Interview) -> list[str]:
    return [str(step.due)[5:] for step in state.fields.next_steps]


@pytest.mark.parametrize(
    ("said", "now"),
    [
        ("the second name is Martin", ["Maria", "Martin"]),
        ("the other name is Martin", ["Maria", "Martin"]),
        ("the first name is Martin", ["Martin", "Derek"]),
        ("the third name is Martin", ["Maria", "Derek", "Martin"]),
        ("delete the second name", ["Maria"]),
        ("delete the name", ["Derek"]),
    ],
)
def test_every_name_can_be_reached(said: str, now: list[str]) -> None:
    assert [one.name for one in three(said).fields.people] == now


@pytest.mark.parametrize(
    ("said", "now"),
    [
        ("the second case number is K X 9 9 9", ["AB742", "KX999"]),
        ("the case number is K X 9 9 9", ["AB742", "KX999"]),
        ("the first case number is K X 9 9 9", ["KX999", "KX911"]),
        ("delete the second case number", ["AB742"]),
        ("the third case number is 4 4 4 4", ["AB742", "KX911", "4444"]),
    ],
)
def test_every_number_can_be_reached(said: str, now: list[str]) -> None:
    assert numbers(three(said)) == now


@pytest.mark.parametrize(
    ("said", "now"),
    [
        ("the date of the letter is Wednesday", ["11-27", "11-25", "11-24"]),
        ("the date of the form should be Wednesday", ["11-27", "11-30", "11-25"]),
        ("the second date is Wednesday", ["11-27", "11-25", "11-24"]),
        ("the date is Wednesday", ["11-25", "11-30", "11-24"]),
        ("change the third date to Wednesday", ["11-27", "11-30", "11-25"]),
        ("delete the second promise", ["11-27", "11-24"]),
        ("delete the second date", ["11-27", "", "11-24"]),
        ("the second promise is they will call me by Wednesday", ["11-27", "11-25", "11-24"]),
    ],
)
def test_every_promise_and_day_can_be_reached(said: str, now: list[str]) -> None:
    assert dues(three(said)) == now


def test_one_by_one_each_item_is_a_yes_or_a_no() -> None:
    state, asked = three("no", "no"), []
    while key(state) != "ask-else":
        asked.append((key(state), about(state)))
        state = state.answer("yes")
    assert asked == [
        ("check-case-number", "AB742"),
        ("check-case-number", "KX911"),
        ("check-person", "Maria"),
        ("check-person", "Derek"),
        ("check-step", "refund me $50"),
        ("check-step", "send a letter"),
        ("check-step", "send the form"),
    ]
    fields = state.fields
    for item in (*fields.case_numbers, *fields.people, *fields.next_steps):
        assert item.confidence == 1.0
    assert state.answer("nothing").question is None


def test_a_promise_is_put_right_by_its_day_by_a_sentence_or_dropped() -> None:
    at = three("no", "a promise", "yes", "no")
    assert (key(at), about(at)) == ("ask-step", "send a letter")
    day = at.answer("on Wednesday")
    assert (key(day), dues(day)[1]) == ("check-due", "11-25")
    assert (key(day.answer("yes")), about(day.answer("yes"))) == ("check-step", "send the form")
    assert key(day.answer("no")) == "ask-step", "said again"
    anew = at.answer("they will call me by Wednesday")
    assert [one.action for one in anew.fields.next_steps][1] == "call me"
    assert (key(anew), about(anew)) == ("check-step", "call me")
    gone = at.answer("delete it")
    assert dues(gone) == ["11-27", "11-24"]
    assert dues(at.answer("there is no date")) == ["11-27", "", "11-24"]
    assert dues(at.answer("skip")) == ["11-27", "11-30", "11-24"]


def test_a_day_heard_in_two_ways_is_read_back_and_the_other_is_offered() -> None:
    recap = "I called Harbor Gas and spoke with Maria. Case number AB742. They will refund me $50."
    heard = (("by the fourth", 0.55), ("by the fifth", 0.45))
    state = interview(recap, ("by the fourth", heard))
    assert (key(state), dues(state)) == ("check-due", ["12-04"])
    state = state.answer("no")
    assert (key(state), dues(state)) == ("check-due", ["12-05"])
    assert state.answer("yes").fields.next_steps[0].confidence == 1.0
    sure = interview(recap, ("by the fourth", (("by the fourth", 0.97),)))
    assert key(sure) == "read-back"


UNUSUAL = FULL.replace("Maria", "Oddelis")


def test_an_unusual_name_is_spelled_and_read_back_in_letters() -> None:
    state = interview(UNUSUAL)
    assert (key(state), about(state)) == ("ask-spelling", "Oddelis")
    letters = (("ODALIS", 0.5), ("ODALYS", 0.4))
    state = state.answer("O D A L Y S", letters)
    assert (key(state), about(state)) == ("check-spelling", "Odalis")
    assert key(state.answer("yes")) == "read-back"
    assert state.answer("yes").fields.people[0].confidence == 1.0
    state = state.answer("no")
    assert (key(state), about(state)) == ("check-spelling", "Odalys"), "the next likely one"
    assert [one.name for one in state.answer("yes").fields.people] == ["Odalys"]


def test_one_letter_of_a_name_is_mended() -> None:
    state = interview(UNUSUAL, ("o", (("ODALIS", 0.6),)), "no, the fifth letter is yankee")
    assert (key(state), about(state)) == ("check-spelling", "Odalys")
    state = interview(UNUSUAL, ("o", (("ODALS", 0.6),)), "there is a yankee after the fourth")
    assert about(state) == "Odalys"


def test_a_name_spelled_as_it_was_heard_needs_no_read_back() -> None:
    state = interview(FULL.replace("Maria", "Odalys"))
    assert key(state) == "read-back", "a name that many have is not asked for"
    state = interview("The case number is AB742. They pay me $5 by Friday. It's resolved.")
    state = state.answer("Oddelis, spelled", (("ODDELIS", 0.6),))
    assert key(state) == "ask-company"
    assert state.fields.people[0].confidence == 0.95


def test_letters_that_are_sure_are_not_read_back_but_once() -> None:
    sure = (("TAMIKA", 0.95),)
    state = interview(UNUSUAL, ("t", sure))
    assert key(state) == "read-back"
    assert [one.name for one in state.fields.people] == ["Tamika"]
    late = interview(FULL, "no", "the name is wrong", ("t", sure))
    assert (key(late), about(late)) == ("check-spelling", "Tamika"), "no read-back is to come"


@pytest.mark.parametrize("said", ["there is no such person", "delete it"])
def test_a_name_that_is_none_goes(said: str) -> None:
    assert interview(UNUSUAL, said).fields.people == ()


def test_of_a_full_name_only_the_unusual_word_is_spelled() -> None:
    state = interview(FULL.replace("Maria", "Maria Oddelis"))
    assert (key(state), about(state)) == ("ask-spelling", "Oddelis")
    state = state.answer("", (("ODALYS", 0.95),))
    assert [one.name for one in state.fields.people] == ["Maria Odalys"]
    assert key(state) == "read-back"


def test_a_symbol_heard_as_what_stands_there_is_another_that_sounds_like_it() -> None:
    heard = ("a code", (("PBA119", 0.6), ("PVA119", 0.1), ("PBA115", 0.2)))
    state = interview(NO_CASE, heard, "no, the second is B")
    assert numbers(state) == ["PVA119"]
    few = ("a code", (("PBA119", 0.6), ("BPA119", 0.1)))
    state = interview(NO_CASE, few, "no, the second is B")
    assert key(state) == "ask-case-number", "nothing else sounds like it: say it again"
    again = state.answer("a code", (("PBA119", 0.6), ("PVA119", 0.2)))
    assert numbers(again) == ["PVA119"], "what was mended was wrong"


def test_a_number_that_is_none_goes() -> None:
    two = FULL.replace("AB742.", "AB742. The other case number is KX911.")
    state = interview(two, "no", "the number is wrong", "yes", "delete it")
    assert numbers(state) == ["AB742"]
    state = interview(two, "no", "the number is wrong", "no", "I don't have one")
    assert numbers(state) == ["KX911"]


def test_what_is_missing_is_asked_for_and_read_back() -> None:
    state = interview(FULL, "no", "a promise is missing", "they will call me by Monday")
    assert (key(state), about(state)) == ("check-step", "call me")
    assert dues(state) == ["11-27", "11-30"]
    state = state.answer("yes").answer("a name is missing").answer("Derek")
    assert (key(state), about(state)) == ("check-person", "Derek")
    assert [one.name for one in state.fields.people] == ["Maria", "Derek"]
    assert key(state.answer("yes")) == "ask-else"


def test_nothing_is_promised_where_all_is_resolved() -> None:
    done = "I called Harbor Gas and spoke with Maria. Case number AB742. It's resolved."
    assert key(interview(done)) == "read-back"
    assert key(interview(done.replace("It's", "It's not"))) == "ask-promise"


def test_a_name_of_the_users_own_list_needs_no_spelling() -> None:
    state = begin(extract(UNUSUAL), extract, TODAY, known_names=["Oddelis"])
    assert key(state) == "read-back"


def test_gin_carlo_spelled_is_giancarlo() -> None:
    people = (Person(name="Gin Carlo", confidence=0.9),)
    state = begin(RecapFields(people=people, resolved=True), extract, TODAY).answer("skip")
    assert (key(state), about(state)) == ("ask-spelling", "Gin")
    state = state.answer("g", (("GIANCARLO", 0.9),))
    assert [one.name for one in state.fields.people] == ["Giancarlo"]


@pytest.mark.parametrize("said", ["I don't know", "no", "I'm not sure"])
def test_who_cannot_say_what_is_wrong_is_asked_one_by_one(said: str) -> None:
    assert key(interview(FULL, "no", said)) == "check-case-number"
    assert interview(FULL, "no", "nothing").question is None


@pytest.mark.parametrize(
    ("which", "field"), [("promise", "next_steps"), ("name", "people"), ("company", "company")]
)
def test_what_was_said_to_be_wrong_and_not_put_right_is_to_be_reviewed(
    which: str, field: str
) -> None:
    state = interview(FULL, "no", f"the {which} is wrong", "skip")
    value = getattr(state.fields, field)
    item = value[0] if isinstance(value, tuple) else value
    assert item.confidence == 0.0
    assert key(state) == "ask-else"


def test_a_day_that_is_wrong_again_and_again_is_left_to_be_reviewed() -> None:
    state = interview(FULL, "no", "the promise is wrong")
    for day in ("Monday", "Tuesday", "Wednesday"):
        assert key(state) == "ask-step"
        state = state.answer(f"on {day}").answer("no")
    assert key(state) == "ask-else"
    assert state.fields.next_steps[0].confidence == 0.0
    mended = interview(FULL, "no", "the promise is wrong", "on Monday")
    assert mended.fields.next_steps[0].confidence == 0.9


def test_a_name_that_makes_no_sense_is_spelled() -> None:
    recap = "The case number is AB742. They will pay me $5 by Friday."
    state = interview(recap, "change the amount")
    assert (key(state), about(state)) == ("ask-spelling", "")
    state = state.answer("v", (("VIKRAM", 0.6),))
    assert (key(state), about(state)) == ("check-spelling", "Vikram")
    assert [one.name for one in state.answer("yes").fields.people] == ["Vikram"]
