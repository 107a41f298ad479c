"""What unseen recaps taught: steps without a subject, reached departments, mere talk."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.recap.fields import extract_fields

TUESDAY = date(2026, 9, 15)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("if they don't i'm to ring again on friday", [("me", "2026-09-18")]),
        ("they said somebody would be in touch", [("them", None)]),
        ("i rang and nothing happened will try again tomorrow", [("me", "2026-09-16")]),
        ("they were closed will call them on friday", [("me", "2026-09-18")]),
        ("he's sending someone from maintenance out tomorrow at nine", [("them", "2026-09-16")]),
        ("the delivery's pushed back two weeks to september thirtieth", [("them", "2026-09-30")]),
        ("my appointment is moved to the twenty fifth", []),
        ("a technician named ray will come out on friday", [("them", "2026-09-18")]),
        ("the bag should turn up tomorrow", [("them", "2026-09-16")]),
        ("i've until friday to say yes or no", [("me", "2026-09-18")]),
        ("if it isn't there by friday i dispute it", [("me", "2026-09-18")]),
        ("the call back line is five five five oh one four four", []),
        ("she found the payment sixty pounds on the ninth of april", []),
        ("spoke to beatrix and beatrix in disputes is sending a letter", [("them", None)]),
        ("they moved us and refunds the difference within seven days", [("them", "2026-09-22")]),
        ("they asked me to hold", []),
        ("i should probably write this down later", []),
    ],
)
def test_promises_without_a_plain_subject(text: str, steps: list[tuple[str, str | None]]) -> None:
    found = extract_fields(text, TUESDAY).next_steps
    assert [(one.owner, one.due.isoformat() if one.due else None) for one in found] == steps


def test_what_is_done_before_a_meeting_or_a_promise_falls_on_its_day() -> None:
    text = "the board meeting on the twenty first i have to drop the letter off before the meeting"
    dues = [one.due for one in extract_fields(text, TUESDAY).next_steps if one.owner == "me"]
    assert dues == [date(2026, 9, 21)]
    text = "he'll call me thursday i have to email it to claims at swiftholm dot net before that"
    dues = [one.due for one in extract_fields(text, TUESDAY).next_steps]
    assert dues == [date(2026, 9, 17), date(2026, 9, 17)]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("veldra bank fraud line spoke to samir", [("Samir", "fraud line")]),
        ("ended up in retentions with a man named lorcan", [("Lorcan", "retentions")]),
        ("spoke to payroll it was a chap named iwan", [("Iwan", "payroll")]),
        ("spoke to grace at the vets she's the practice nurse", [("Grace", "practice nurse")]),
        ("spoke to a technician named ray", [("Ray", "technician")]),
        ("a technician named ray will come out on friday", []),
        ("i get a letter from my accountant prudence", []),
        ("their installations manager gwyn picked up", [("Gwyn", "installations manager")]),
    ],
)
def test_roles_from_what_the_call_had_reached(
    text: str, people: list[tuple[str, str | None]]
) -> None:
    found = extract_fields(text, TUESDAY).people
    assert [(one.name, one.role) for one in found] == people


@pytest.mark.parametrize(
    "text",
    [
        "blah blah blah testing one two three",
        "hey siri what's the weather",
        "alexa stop",
        "oh that's marcus at the door one second",
        "oh and um rosie says hello from the kitchen",
        "emily can you hear me no i'm on the other line",
        "so i called and it just rang and rang",
        "i'm going to have a bath and forget about it",
        "they asked me to hold and i held and then nothing",
        "called twice no answer",
        "the lady said the system is being upgraded",
        "robbie was crying so i couldn't hear half of what she told me",
        "she said christmas is a bad time to call",
        "mum is that you no i'm on the phone yeah put the kettle on",
    ],
)
def test_mere_talk_gives_an_empty_case_file(text: str) -> None:
    found = extract_fields(text, TUESDAY)
    assert (found.company, found.called_on) == (None, None)
    lists = (found.people, found.next_steps, found.case_numbers, found.contacts, found.amounts)
    assert not any(lists)


def test_a_manager_who_answers_directly_is_no_escalation() -> None:
    assert not extract_fields("the site manager beau said nobody went near it", TUESDAY).escalated
    passed_on = "spoke to an agent then the site manager beau said nobody went near it"
    assert extract_fields(passed_on, TUESDAY).escalated
