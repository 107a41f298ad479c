"""The interview after a dictation: asks for what is missing or unsure, then reads back.

Pure and replayable: an `Interview` is made by `begin` from the fields of a recap, and each `hear`
gives the next one. The same fields and the same answers give the same end, so a journal of
answers is enough to take an interrupted interview up again. docs/recap.md has the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import msgspec

from assistant.recap import amend
from assistant.recap.answers import (
    Command,
    Extract,
    code_in,
    command_in,
    company_in,
    day_in,
    outcome_in,
    person_in,
    steps_in,
)
from assistant.recap.changes import change_fields
from assistant.recap.model import Answer, CaseNumber, Contact, RecapFields
from assistant.recap.questions import CODES, Question, wanted
from assistant.recap.repair import (
    Again,
    Confirm,
    Length,
    StartAgain,
    likely_others,
    mend,
    read_repair,
    said_again,
    with_length,
)

MOST_QUESTIONS = 4
"""More would take longer than a scribble; repairs and the read-back do not count."""
MOST_ANSWERS = 30
"""An interview ends here whatever is said."""
MOST_REFUSALS = 3
"""After so many codes that were wrong it is better written down by hand: on to the next thing."""
MOST_SILENCES = 2
"""So many in a row, and nobody is there or nobody wants to be asked."""


@dataclass(frozen=True, slots=True)
class Interview:
    """Where an interview stands; `question` is None once it is over."""

    fields: RecapFields
    extract: Extract
    today: date
    question: Question | None = None
    asked: frozenset[tuple[str, str]] = frozenset()
    """Keys and subjects of the questions asked of our own accord."""
    answers: tuple[Answer, ...] = ()
    readings: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """What else each code may be, by its present value."""
    symbols: int | None = None
    """How many letters and digits a code has, where the user said so."""
    silences: int = 0
    """In a row, so far."""
    was_read_back: bool = False
    refused: frozenset[str] = frozenset()
    """Codes to which the user said no."""

    def hear(self, answer: Answer) -> Interview:
        """The interview after `answer`, whose `question` and `about` say what it replies to.

        An answer to a question that is none of ours changes nothing.
        """
        asked = Question(answer.question, answer.about)
        state = replace(self, question=asked, answers=(*self.answers, answer))
        after = _hear(state, asked, answer)
        return replace(after, question=None) if after._is_over else after

    def answer(self, text: str, codes: tuple[tuple[str, float], ...] = ()) -> Interview:
        """The interview after `text` in reply to the present question; "" is silence.

        `codes` are readings of a code in the answer's audio, best first. Nothing changes where
        there is no question.
        """
        if self.question is None:
            return self
        key, about = self.question.key, self.question.about
        return self.hear(Answer(question=key, about=about, text=text, codes=codes))

    def reopened(self) -> Interview:
        """The interview taken up after more was dictated: what was asked is not asked again."""
        fresh = replace(self, asked=frozenset(), was_read_back=False, silences=0)
        return replace(fresh, question=None) if self._is_over else _onward(fresh)

    @property
    def _is_over(self) -> bool:
        return len(self.answers) >= MOST_ANSWERS

    @property
    def was_told_company(self) -> bool:
        """Whether the company's name comes from an answer."""
        company = self.fields.company
        said = {one.text for one in self.answers}
        return company is not None and bool(company.words) and company.words in said


def begin(
    fields: RecapFields,
    extract: Extract,
    today: date,
    readings: Mapping[str, Mapping[str, float]] | None = None,
) -> Interview:
    """An interview about `fields`, standing at its first question.

    `extract` reads fields from the text of an answer; `today` is the day of the dictation;
    `readings` say what else a code may be, by its value, with probabilities.
    """
    return _onward(Interview(fields, extract, today, readings=readings or {}))


def _onward(state: Interview) -> Interview:
    """The next question, after the last one the read-back of what there is, or the end."""
    if not state.was_read_back and len(state.asked) < MOST_QUESTIONS:
        done = state.asked | {(one.question, one.about) for one in state.answers}
        for question in wanted(state.fields):
            subject = (question.key, question.about)
            if subject not in done:
                return replace(state, question=question, asked=state.asked | {subject})
    if not state.was_read_back and any(getattr(state.fields, name) for name in _READ_BACK):
        return replace(state, question=Question("read-back"), was_read_back=True)
    return replace(state, question=None)


def _hear(state: Interview, question: Question, answer: Answer) -> Interview:
    if question.key not in _HANDLERS:
        return replace(state, question=None)
    command = command_in(answer.text)
    if not answer.text.strip() and not answer.codes:
        state = replace(state, silences=state.silences + 1)
        ended = state.silences >= MOST_SILENCES
        return replace(state, question=None) if ended else _onward(state)
    state = replace(state, silences=0)
    if command is Command.UNSURE:  # about something heard, that is no reason to drop it
        command = Command.SKIP if question.about else Command.NONE
    match command:
        case Command.ENOUGH:
            return replace(state, question=None)
        case Command.SKIP:
            return _onward(state)
        case Command.REPEAT:
            return state
        case Command.WAIT:
            return replace(state, question=replace(question, waits=True))
    return _HANDLERS[question.key](state, question, answer, command)


def _not_understood(state: Interview, question: Question) -> Interview:
    """Ask once more, then go on."""
    tries = 0
    for before in reversed(state.answers):
        if (before.question, before.about) != (question.key, question.about):
            break
        tries += command_in(before.text) not in (Command.WAIT, Command.REPEAT)
    return _onward(state) if tries > 1 else replace(state, question=replace(question, again=True))


def _ask_code(
    state: Interview, question: Question, answer: Answer, command: Command | None
) -> Interview:
    """The code, or that there is none; `question.about` is a code it takes the place of."""
    name, check = CODES[question.key]
    old = _coded(state.fields, name, question.about)
    if command in (Command.NONE, Command.NO):
        if old is not None:
            return _onward(state)
        return _onward(_with(state, amend.note_none(state.fields, name, answer.text)))
    said = {} if command is Command.YES else code_in(answer.text, answer.codes)
    first = state.readings.get(question.about, {})
    readings = said_again(first, said, state.refused)
    if state.symbols is not None:
        readings = with_length(readings, state.symbols) or readings
    return _with_code(state, question, check, old, readings, answer.text)


def _with_code(
    state: Interview,
    question: Question,
    check: str,
    old: CaseNumber | Contact | None,
    readings: Mapping[str, float],
    words: str,
) -> Interview:
    """The best of `readings` in the place of `old`, to be confirmed next."""
    if not readings:
        return _not_understood(state, question)
    name, _ = CODES[question.key]
    value, sure = next(iter(readings.items()))
    words = words or value
    new: CaseNumber | Contact
    if old is not None:
        new = msgspec.structs.replace(old, value=value, words=words, confidence=sure)
    elif name == "contacts":
        new = Contact(kind="phone", value=value, words=words, confidence=sure)
    else:
        new = CaseNumber(value=value, words=words, confidence=sure)
    fields = amend.put(state.fields, name, old, new)
    known = {**state.readings, value: dict(readings)}
    return replace(state, fields=fields, readings=known, question=Question(check, value))


def _ask_promise(
    state: Interview, _: Question, answer: Answer, command: Command | None
) -> Interview:
    if command in (Command.NONE, Command.NO):
        return _onward(_with(state, amend.note_none(state.fields, "next_steps", answer.text)))
    steps = steps_in(answer.text, state.extract, state.today)
    if not steps or command is Command.YES:
        return _not_understood(state, Question("ask-promise"))
    fields = state.fields
    for step in steps:
        fields = amend.put(fields, "next_steps", None, step)
    for amount in state.extract(answer.text).amounts:
        fields = amend.put(fields, "amounts", None, amount)
    return _onward(_with(state, fields))


def _ask_due(
    state: Interview, question: Question, answer: Answer, command: Command | None
) -> Interview:
    if command in (Command.NONE, Command.NO):
        return _onward(state)
    steps = state.fields.next_steps
    step = next((one for one in steps if one.action == question.about), None)
    day = day_in(answer.text, state.today)
    if step is None or day is None:
        return _not_understood(state, question)
    # The words of the promise stay its source; those of the day are kept with the answers.
    dated = msgspec.structs.replace(step, due=day)
    return _onward(_with(state, amend.put(state.fields, "next_steps", step, dated)))


def _ask_person(
    state: Interview, question: Question, answer: Answer, command: Command | None
) -> Interview:
    old = next((one for one in state.fields.people if one.name == question.about), None)
    if command in (Command.NONE, Command.NO):
        return _onward(_with(state, amend.note_none(state.fields, "people", answer.text)))
    person = None if command else person_in(answer.text, state.extract, answer.codes)
    if person is None:
        return _not_understood(state, question)
    if old is not None and person.role is None:
        person = msgspec.structs.replace(person, role=old.role)
    return _onward(_with(state, amend.put(state.fields, "people", old, person)))


def _ask_company(
    state: Interview, question: Question, answer: Answer, command: Command | None
) -> Interview:
    if command in (Command.NONE, Command.NO):
        return _onward(_with(state, amend.note_none(state.fields, "company", answer.text)))
    company = None if command else company_in(answer.text, state.extract)
    if company is None:
        return _not_understood(state, question)
    return _onward(_with(state, amend.put(state.fields, "company", None, company)))


def _ask_settled(
    state: Interview, question: Question, answer: Answer, command: Command | None
) -> Interview:
    settled = outcome_in(answer.text, command)
    if settled is None and command is not Command.NONE:
        return _not_understood(state, question)
    return _onward(_with(state, msgspec.structs.replace(state.fields, resolved=settled)))


def _check_person(
    state: Interview, question: Question, answer: Answer, command: Command | None
) -> Interview:
    person = next((one for one in state.fields.people if one.name == question.about), None)
    if command is Command.NO:
        return replace(state, question=Question("ask-person", question.about))
    if command is Command.YES and person is not None:
        return _onward(_with(state, amend.confirm(state.fields, "people", person)))
    if command is not None:
        return _onward(state)
    return _ask_person(state, question, answer, command)


def _check_code(
    state: Interview, question: Question, answer: Answer, command: Command | None
) -> Interview:
    """A code that was read back: right, mended, said again, or none at all."""
    name, ask = CODES[question.key]
    code = _coded(state.fields, name, question.about)
    if code is None:
        return _onward(state)
    repair = read_repair(answer.text)
    if command is Command.YES or isinstance(repair, Confirm):
        return _onward(_with(state, amend.confirm(state.fields, name, code)))
    if command is Command.NONE:
        return _onward(_with(state, amend.drop(state.fields, name, code, answer.text)))
    first = state.readings.get(code.value, {code.value: code.confidence})
    if isinstance(repair, StartAgain):
        forgotten = {**state.readings, code.value: {}}
        return replace(state, readings=forgotten, question=Question(ask, question.about))
    if command is Command.NO:
        return _refused(state, question, code, first)
    if isinstance(repair, Length):
        state = replace(state, symbols=repair.symbols)
    second = said_again({}, code_in(answer.text, answer.codes), state.refused)
    readings = mend(code.value, first, repair, second)
    if readings is None:
        return replace(state, question=Question(ask, question.about))
    return _with_code(state, question, question.key, code, readings, answer.text)


def _refused(
    state: Interview, question: Question, code: CaseNumber | Contact, first: Mapping[str, float]
) -> Interview:
    """After a "no": offer what else it may well have been, or have the code said again."""
    name, ask = CODES[question.key]
    state = replace(state, refused=state.refused | {code.value})
    others = likely_others(first, state.refused)
    if others:
        return _with_code(state, question, question.key, code, others, code.words)
    wrong = msgspec.structs.replace(code, confidence=0.0)
    state = _with(state, amend.put(state.fields, name, code, wrong))
    if len(state.refused) >= MOST_REFUSALS:
        return _onward(state)
    return replace(state, question=Question(ask, question.about))


def _coded(fields: RecapFields, name: str, value: str) -> CaseNumber | Contact | None:
    items: tuple[CaseNumber | Contact, ...] = getattr(fields, name)
    return next((one for one in items if one.value == value), None) if value else None


def _read_back(
    state: Interview, question: Question, answer: Answer, command: Command | None
) -> Interview:
    """What was read back: right, or to be changed field by field."""
    if command is Command.NO and question.key != "ask-change":
        return replace(state, question=Question("ask-change"))
    if command is Command.YES and question.key != "ask-change":
        read = _READ_BACK if question.key == "read-back" else (question.about,)
        return _onward(_with(state, amend.confirm_all(state.fields, read)))
    if command is not None:
        return _onward(state)
    number = state.fields.case_numbers[0] if state.fields.case_numbers else None
    repair = read_repair(answer.text)
    if number is not None and repair is not None and not isinstance(repair, Confirm | Again):
        check = Question("check-case-number", number.value)
        plain = msgspec.structs.replace(answer, codes=())
        return _check_code(state, check, plain, command)
    change = change_fields(state.fields, answer, state.extract, state.today)
    if change is None:
        return _not_understood(state, Question("ask-change"))
    state = _with(state, change.fields)
    if change.field == "case_numbers":
        if number is not None and not change.is_said:
            check = Question("check-case-number", number.value)
            return _check_code(state, check, answer, Command.NO)
        key = "check-case-number" if change.is_said else "ask-case-number"
        return replace(state, question=Question(key, change.value))
    if not change.is_said:
        return replace(state, question=Question("ask-change", change.field))
    return replace(state, question=Question("read-change", change.field))


def _with(state: Interview, fields: RecapFields) -> Interview:
    return replace(state, fields=fields)


_READ_BACK = ("company", "case_numbers", "people", "next_steps")
"""What the read-back names, the promise only where it is the first."""

_Handler = Callable[[Interview, Question, Answer, Command | None], Interview]
_HANDLERS: Mapping[str, _Handler] = {
    "ask-case-number": _ask_code,
    "ask-phone": _ask_code,
    "ask-promise": _ask_promise,
    "ask-due": _ask_due,
    "ask-person": _ask_person,
    "ask-company": _ask_company,
    "ask-settled": _ask_settled,
    "check-case-number": _check_code,
    "check-phone": _check_code,
    "check-person": _check_person,
    "read-back": _read_back,
    "read-change": _read_back,
    "ask-change": _read_back,
}
