"""The interview after a recap, by scripted text: what is asked, and what answers change."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from interviews import FULL, NO_CASE, TODAY, about, extract, interview, key, numbers

from assistant.events import Expects
from assistant.recap.interview.interview import MOST_ANSWERS, begin
from assistant.recap.interview.questions import MOST_QUESTIONS
from assistant.recap.model import Answer, CaseNumber, NextStep, RecapFields


def test_a_full_recap_is_only_read_back() -> None:
    state = interview(FULL)
    assert key(state) == "read-back"
    assert state.answer("Yes.").question is None
    assert state.answer("").question is None, "silence accepts"
    assert state.answer("").fields == extract(FULL)
    sure = state.answer("Yes.").fields
    for item in (*sure.case_numbers, *sure.people, *sure.next_steps):
        assert item.confidence == 1.0, "what was read back and confirmed needs no review"


def test_what_is_missing_is_asked_in_order_of_worth() -> None:
    state, asked = interview("Hello."), []
    while state.question is not None:
        asked.append(state.question.key)
        state = state.answer("skip")
    assert asked == [
        "ask-case-number", "ask-promise", "ask-person", "ask-company", "ask-settled"
    ]  # fmt: skip


def test_no_more_is_asked_than_one_has_patience_for() -> None:
    steps = tuple(
        NextStep(owner="them", action=f"send letter {n}", confidence=0.9) for n in range(12)
    )
    state, asked = begin(RecapFields(next_steps=steps), extract, TODAY), []
    while state.question is not None and state.question.key != "read-back":
        asked.append(state.question)
        state = state.answer("skip")
    assert len(asked) == MOST_QUESTIONS
    assert len(set(asked)) == MOST_QUESTIONS, "and nothing twice"


def test_answers_fill_the_fields() -> None:
    state = interview(
        "The bill was wrong.",
        "A B 7 4 2",
        "yes",
        "They'll refund me fifty dollars by Friday.",
        "It was Maria from billing.",
        "Harbor Gas.",
    )
    fields = state.fields
    assert numbers(state) == ["AB742"]
    assert [(person.name, person.role) for person in fields.people] == [("Maria", "billing")]
    assert fields.company is not None
    assert fields.company.name == "Harbor Gas"
    (step,) = fields.next_steps
    assert (step.owner, step.action, step.due) == ("them", "refund me $50", date(2026, 11, 27))
    assert [str(amount.value) for amount in fields.amounts] == ["50"]
    assert fields.unclear == ()


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("maria", "Maria"),
        ("Her name was Sandeep.", "Sandeep"),
        ("grace", "Grace"),
        ("S. A. N. D. E. E. P.", "Sandeep"),
        ("Maria, M-A-R-I-J-A.", "Marija"),
        ("somebody called derek from the warehouse", "Derek"),
        ("Tom Baker", "Tom Baker"),
    ],
)
def test_a_name_in_many_forms(answer: str, name: str) -> None:
    state = interview("The case number is AB742. They will pay me $5 by Friday.", answer)
    assert [person.name for person in state.fields.people] == [name]


def test_letters_heard_in_the_sound_spell_a_name_better_than_the_text() -> None:
    recap = "The case number is AB742. They will pay me $5 by Friday."
    state = interview(recap, ("Spelled m a r i g a", (("MARIJA", 0.9), ("MARIGA", 0.1))))
    assert [person.name for person in state.fields.people] == ["Marija"]


def test_nothing_was_promised() -> None:
    state = interview("I called Harbor Gas and spoke with Maria. Case number AB742.", "Nothing.")
    assert key(state) == "ask-settled"
    assert [one.field for one in state.fields.unclear] == ["next_steps"]


def test_a_promise_without_a_day_is_asked_for_it() -> None:
    recap = "I called Harbor Gas and spoke with Maria. Case number AB742. They will refund me $50."
    state = interview(recap)
    assert (key(state), about(state)) == ("ask-due", "refund me $50")
    assert state.answer("by Friday").fields.next_steps[0].due == date(2026, 11, 27)
    assert state.answer("they didn't say").fields.next_steps[0].due is None


def test_what_the_recap_says_is_missing_is_not_asked() -> None:
    state = interview("I called Harbor Gas. She didn't give me a case number. It's resolved.")
    assert key(state) != "ask-case-number"


def test_commands_steer_the_interview() -> None:
    start = interview(NO_CASE)
    assert start.answer("repeat").question == start.question
    waiting = start.answer("One moment.").question
    assert waiting is not None
    assert (waiting.key, waiting.waits) == ("ask-case-number", True)
    assert start.answer("That's all.").question is None
    assert key(start.answer("Skip.")) == "read-back"
    assert start.answer("Skip.").fields == start.fields


def test_two_silences_in_a_row_end_it() -> None:
    state = interview("Hello.")
    assert state.answer("").question is not None
    assert state.answer("").answer("").question is None
    assert state.answer("").answer("skip").answer("").question is not None


def test_what_is_not_understood_is_asked_once_more() -> None:
    state = interview(NO_CASE, "well let us see now")
    assert state.question is not None
    assert (state.question.key, state.question.again) == ("ask-case-number", True)
    assert key(state.answer("the dog ate my homework")) == "read-back"


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        ("change the date to Thursday", {"due": date(2026, 11, 26)}),
        ("No, the date is December third.", {"due": date(2026, 12, 3)}),
        ("by Wednesday", {"due": date(2026, 11, 25)}),
        ("the name is spelled M A R I J A", {"person": "Marija"}),
        ("her name is Marta", {"person": "Marta"}),
        ("It was Marta, not Maria.", {"person": "Marta"}),
        ("Change Maria to Marta.", {"person": "Marta"}),
        ("change the company Harbor Gas to Blue Heron", {"company": "Blue Heron"}),
        ("the company is Blue Heron", {"company": "Blue Heron"}),
        ("the case number is A B 9 9 1", {"code": "AB991"}),
        ("the third is delta", {"code": "ABD42"}),
        ("the amount should be sixty dollars", {"amount": "60"}),
        ("it's not resolved", {"resolved": False}),
        ("delete the case number", {"code": None}),
    ],
)
def test_the_read_back_is_corrected_field_by_field(said: str, changed: dict[str, object]) -> None:
    state = interview(FULL, said)
    assert state.question is not None, "it is read back again"
    fields = state.fields
    now = {
        "due": fields.next_steps[0].due,
        "person": fields.people[0].name,
        "company": fields.company and fields.company.name,
        "code": fields.case_numbers[0].value if fields.case_numbers else None,
        "amount": str(fields.amounts[0].value),
        "resolved": fields.resolved,
    }
    was = {
        "due": date(2026, 11, 27),
        "person": "Maria",
        "company": "Harbor Gas",
        "code": "AB742",
        "amount": "50",
        "resolved": True,
    }
    assert now == was | changed


def test_a_correction_may_come_in_two_steps() -> None:
    state = interview(FULL, "no")
    assert key(state) == "ask-which"
    state = state.answer("the date should be Thursday")
    assert (key(state), about(state)) == ("check-due", "refund me $50")
    state = state.answer("yes")
    assert key(state) == "ask-else"
    assert state.answer("no").question is None


def test_a_promise_added_in_the_read_back_moves_no_date() -> None:
    state = interview(FULL, "They will also call me on Monday.")
    assert [str(step.due) for step in state.fields.next_steps] == ["2026-11-27", "2026-11-30"]


def test_codes_and_names_are_listened_to_as_such() -> None:
    expects = {
        "ask-case-number": Expects.CODE,
        "check-case-number": Expects.REPAIR,
        "ask-person": Expects.NAME,
        "ask-promise": Expects.ANSWER,
    }
    state, seen = interview("Hello.", "A B 7 4 2"), {}
    while state.question is not None:
        seen[state.question.key] = state.question.expects
        state = state.answer("skip")
    state = interview("Hello.")
    assert state.question is not None
    seen[state.question.key] = state.question.expects
    assert {name: seen[name] for name in expects} == expects


ANSWERS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["", "yes", "no", "skip", "repeat", "one moment", "I don't have one", "start again"]
    ),
    st.lists(
        st.sampled_from(
            re.findall(
                r"\S+",
                "maria friday delta change the date name case number is to not A B 7 fifty dollars "
                "delete last two they will call spelled by harbor gas it has nine characters",
            )
        ),
        max_size=9,
    ).map(" ".join),
)
RECAPS = st.sampled_from(["", "Hello.", FULL, NO_CASE, "I called Harbor Gas about case AB742."])


@settings(max_examples=100, deadline=None)
@given(RECAPS, st.lists(ANSWERS, max_size=40))
def test_no_answer_breaks_it_and_it_always_ends(recap: str, answers: list[str]) -> None:
    state = begin(extract(recap), extract, TODAY)
    for answer in answers:
        state = state.answer(answer)
    assert len(state.answers) <= MOST_ANSWERS
    again = begin(extract(recap), extract, TODAY)
    for each in state.answers:
        again = again.hear(each)
    assert again.fields == state.fields, "the answers alone give the same fields again"
    for _ in range(MOST_ANSWERS):
        state = state.answer("hm")
    assert state.question is None


def words_in(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{2,}", text.casefold()))


@settings(max_examples=100, deadline=None)
@given(RECAPS, st.lists(ANSWERS, max_size=8))
def test_no_name_and_no_company_is_made_up(recap: str, answers: list[str]) -> None:
    state = begin(extract(recap), extract, TODAY)
    for answer in answers:
        state = state.answer(answer)
    said = " ".join([recap, *answers])
    letters = re.sub(r"[^a-z]", "", said.casefold())
    fields = state.fields
    for name in [
        *(person.name for person in fields.people),
        fields.company.name if fields.company else "",
    ]:
        spelled = re.sub(r"[^a-z]", "", name.casefold())
        assert words_in(name) <= words_in(said) or spelled in letters, (name, said)
    for item in (*fields.people, *fields.case_numbers, *fields.contacts, *fields.amounts):
        assert words_in(item.words) <= words_in(said)


def test_an_answer_to_a_question_that_is_none_of_ours_changes_nothing() -> None:
    before = interview(FULL)
    after = before.hear(Answer(question="ask-the-weather", text="rain"))
    assert (after.fields, after.question) == (before.fields, None)


def test_a_case_number_is_not_doubled() -> None:
    state = interview(FULL, "the case number is AB742")
    assert state.fields.case_numbers == (
        CaseNumber(value="AB742", words="the case number is AB742", confidence=0.8),
    )
