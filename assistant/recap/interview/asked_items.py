"""Questions about promises, days, people, the company and the outcome, and their answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from assistant.recap.interview import amend
from assistant.recap.interview.answers import (
    ANSWERED,
    Command,
    company_in,
    days_in,
    outcome_in,
    person_in,
    steps_in,
)
from assistant.recap.interview.asked_codes import MOST_REFUSALS, offer_spelling
from assistant.recap.interview.questions import (
    UNSURE_BELOW,
    Question,
    doubtful_spelling,
    not_understood,
    onward,
)
from assistant.recap.interview.repair import likely_others
from assistant.recap.lexicon import lists
from assistant.recap.model import Answer, NextStep
from assistant.recap.tokens import phrase_at, tokenise

if TYPE_CHECKING:
    from assistant.recap.interview.interview import Interview

NOTHING = (Command.NONE, Command.NO, Command.DROP)
"""What says that there is none of what was asked for."""


def ask_promise(
    state: Interview, question: Question, answer: Answer, command: Command | None
) -> Interview:
    """What was promised; added to what is there."""
    if command in NOTHING:
        noted = amend.note_none(state.fields, "next_steps", answer.text)
        return onward(replace(state, fields=noted))
    added = () if command else _with_steps(state, None, answer)
    if not added:
        return not_understood(state, question)
    new = [one for one in added[0].fields.next_steps if one not in state.fields.next_steps]
    if state.was_read_back:  # nothing else will tell what was understood
        checks = tuple(Question("check-step", one.action) for one in new)
        return onward(replace(added[0], queue=(*checks, *state.queue)))
    return onward(added[0])


def _with_steps(state: Interview, old: NextStep | None, answer: Answer) -> tuple[Interview, ...]:
    """The state with the promises of an answer, the first in the place of `old`; () for none."""
    steps = steps_in(answer.text, state.extract, state.today)
    if not steps:
        return ()
    fields = state.fields
    for step in steps:
        fields, old = amend.put(fields, "next_steps", old, step), None
    for amount in state.extract(answer.text).amounts:
        fields = amend.put(fields, "amounts", None, amount)
    return (replace(state, fields=fields),)


def ask_due(
    state: Interview, question: Question, answer: Answer, command: Command | None
) -> Interview:
    """The day of the promise `question.about`."""
    step = step_about(state, question.about)
    if step is None or command in (Command.NONE, Command.NO):
        return onward(state)
    return _due(state, question, answer, command, step, is_checked=False)


def ask_step(
    state: Interview, question: Question, answer: Answer, command: Command | None
) -> Interview:
    """What a promise, or its day, should be; or that there is no such promise, or no day."""
    step = step_about(state, question.about)
    if step is None or command is Command.NO:
        return onward(state)
    if _says_undated(answer.text):
        undated = msgspec.structs.replace(step, due=None)
        fields = amend.confirm(
            amend.put(state.fields, "next_steps", step, undated), "next_steps", undated
        )
        return onward(replace(state, fields=fields))
    if command is Command.NONE:
        command = Command.DROP
    return _due(state, question, answer, command, step, is_checked=True)


def _says_undated(text: str) -> bool:
    tokens = tokenise(text)
    phrases = lists("interview").sets["undated"]
    return any(phrase_at(tokens, at, phrases) for at in range(len(tokens)))


def _due(
    state: Interview,
    question: Question,
    answer: Answer,
    command: Command | None,
    step: NextStep,
    *,
    is_checked: bool,
) -> Interview:
    """The day in an answer put into `step`; `is_checked`: it is read back in any case."""
    if command is Command.DROP:
        return onward(
            replace(state, fields=amend.drop(state.fields, "next_steps", step, answer.text))
        )
    days = {} if command else days_in(answer.text, answer.codes, state.today)
    found = state.extract(answer.text).next_steps if not command and not answer.codes else ()
    if found:  # the promise said anew, with its day
        changed = _with_steps(state, step, answer)[0]
        return replace(changed, question=Question("check-step", _newest(changed, found[0])))
    if not days:
        return not_understood(state, question)
    return with_day(state, step, days, is_checked=is_checked)


def _newest(state: Interview, step: NextStep) -> str:
    present = [one.action for one in state.fields.next_steps]
    return step.action if step.action in present else present[-1]


def with_day(
    state: Interview, step: NextStep, days: dict[str, float], *, is_checked: bool
) -> Interview:
    """`step` with the likeliest of `days`; read back where that is unsure, or to be checked."""
    day, sure = next(iter(days.items()))
    # The words of the promise stay its source; those of the day are kept with the answers.
    likely = step.confidence or ANSWERED
    dated = msgspec.structs.replace(step, due=date.fromisoformat(day), confidence=likely)
    state = replace(
        state,
        fields=amend.put(state.fields, "next_steps", step, dated),
        readings={**state.readings, step.action: days},
    )
    if is_checked or sure < UNSURE_BELOW:
        return replace(state, question=Question("check-due", step.action))
    return onward(state)


def check_due(
    state: Interview, question: Question, answer: Answer, command: Command | None
) -> Interview:
    """A day that was read back: right, another one, or to be said again."""
    step = step_about(state, question.about)
    if step is None:
        return onward(state)
    if command is Command.YES:
        fields = amend.confirm(state.fields, "next_steps", step)
        return onward(replace(state, fields=fields, refused=frozenset()))
    if command is not Command.NO:
        return ask_step(state, replace(question, key="ask-step"), answer, command)
    refused = state.refused | {step.due.isoformat() if step.due else ""}
    others = likely_others(state.readings.get(step.action, {}), refused)
    if others:
        return with_day(replace(state, refused=refused), step, others, is_checked=True)
    fields = amend.refuse(state.fields, "next_steps", step)
    if len(refused) >= MOST_REFUSALS:
        return onward(replace(state, fields=fields, refused=frozenset()))
    return replace(
        state, fields=fields, refused=refused, question=Question("ask-step", step.action)
    )


def check_step(
    state: Interview, question: Question, answer: Answer, command: Command | None
) -> Interview:
    """A promise that was read back: right, wrong, or what it should be."""
    step = step_about(state, question.about)
    if step is None:
        return onward(state)
    if command is Command.YES:
        return onward(replace(state, fields=amend.confirm(state.fields, "next_steps", step)))
    if command is Command.NO:
        wrong = amend.refuse(state.fields, "next_steps", step)
        return replace(state, fields=wrong, question=Question("ask-step", question.about))
    return ask_step(state, replace(question, key="ask-step"), answer, command)


def step_about(state: Interview, action: str) -> NextStep | None:
    """The promise to do `action`; None where it is gone."""
    return next((one for one in state.fields.next_steps if one.action == action), None)


def ask_person(state: Interview, _: Question, answer: Answer, command: Command | None) -> Interview:
    """Who helped; a name that may well be misspelled is spelled next."""
    if command in NOTHING:
        noted = amend.note_none(state.fields, "people", answer.text)
        return onward(replace(state, fields=noted))
    person = None if command else person_in(answer.text, state.extract, answer.codes)
    if person is None:  # a name that makes no sense is not heard better the second time
        return replace(state, question=Question("ask-spelling"))
    state = replace(state, fields=amend.put(state.fields, "people", None, person))
    if answer.codes:
        return offer_spelling(state, person.name, dict(answer.codes), answer.text)
    if state.was_read_back:  # nothing else will tell what was understood
        return replace(state, question=name_check(state, person.name))
    return onward(state)


def name_check(state: Interview, name: str) -> Question:
    """The question that makes sure of `name`: how it is spelled, or just whether it is right."""
    doubtful = doubtful_spelling(name, state.known_names)
    return Question("ask-spelling", doubtful) if doubtful else Question("check-person", name)


def check_person(
    state: Interview, question: Question, answer: Answer, command: Command | None
) -> Interview:
    """A name that was read back: right, nobody's, or another one."""
    person = next((one for one in state.fields.people if one.name == question.about), None)
    if person is None:
        return onward(state)
    match command:
        case Command.YES:
            return onward(replace(state, fields=amend.confirm(state.fields, "people", person)))
        case Command.NO:
            wrong = amend.refuse(state.fields, "people", person)
            return replace(state, fields=wrong, question=Question("ask-spelling", person.name))
        case Command.NONE | Command.DROP:
            fields = amend.drop(state.fields, "people", person, answer.text)
            return onward(replace(state, fields=fields))
    other = person_in(answer.text, state.extract, answer.codes)
    if other is None:
        return not_understood(state, question)
    renamed = msgspec.structs.replace(other, role=other.role or person.role)
    state = replace(state, fields=amend.put(state.fields, "people", person, renamed))
    if answer.codes:
        return offer_spelling(state, renamed.name, dict(answer.codes), answer.text)
    return replace(state, question=Question("check-person", renamed.name))


def ask_company(
    state: Interview, question: Question, answer: Answer, command: Command | None
) -> Interview:
    """Which company it was; in the place of the one there is."""
    if command in NOTHING:
        noted = amend.note_none(state.fields, "company", answer.text)
        return onward(replace(state, fields=noted))
    company = None if command else company_in(answer.text, state.extract, answer.codes)
    if company is None:
        return not_understood(state, question)
    fields = amend.put(state.fields, "company", state.fields.company, company)
    return onward(replace(state, fields=fields))


def check_company(
    state: Interview, question: Question, answer: Answer, command: Command | None
) -> Interview:
    """A company that was read back: right, wrong, or another one."""
    company = state.fields.company
    if company is None:
        return onward(state)
    match command:
        case Command.YES:
            return onward(replace(state, fields=amend.confirm(state.fields, "company", company)))
        case Command.NO:
            wrong = amend.refuse(state.fields, "company", company)
            return replace(state, fields=wrong, question=Question("ask-company"))
        case Command.DROP | Command.NONE:
            fields = amend.drop(state.fields, "company", company, answer.text)
            return onward(replace(state, fields=fields))
    return ask_company(state, question, answer, command)


def ask_settled(
    state: Interview, question: Question, answer: Answer, command: Command | None
) -> Interview:
    """Whether the matter is settled."""
    settled = outcome_in(answer.text, command)
    if settled is None and command is not Command.NONE:
        return not_understood(state, question)
    return onward(replace(state, fields=msgspec.structs.replace(state.fields, resolved=settled)))
