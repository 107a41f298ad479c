"""The interview after a dictation: asks for what is missing or unsure, then reads back.

Pure and replayable: an `Interview` is made by `begin` from the fields of a recap, and each `hear`
gives the next one. The same fields and the same answers give the same end, so a journal of
answers is enough to take an interrupted interview up again. docs/recap.md has the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import msgspec

from assistant.recap.interview import amend
from assistant.recap.interview.answers import Command, Extract, command_in
from assistant.recap.interview.asked_codes import ask_code, check_code, coded
from assistant.recap.interview.asked_items import (
    ask_company,
    ask_due,
    ask_person,
    ask_promise,
    ask_settled,
    ask_step,
    check_company,
    check_due,
    check_person,
    check_step,
    name_check,
)
from assistant.recap.interview.changes import Change, change_fields, fields_named, read_correction
from assistant.recap.interview.questions import (
    CHECKS,
    Question,
    checks_of,
    not_understood,
    onward,
    read_back,
)
from assistant.recap.interview.repair import Again, Confirm, read_repair
from assistant.recap.model import Answer, RecapFields
from assistant.recap.tokens import tokenise

MOST_ANSWERS = 40
"""An interview ends here whatever is said."""
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
    known_names: frozenset[str] = frozenset()
    """The user's own list, in lower case: nobody needs to spell these."""
    spelled: frozenset[str] = frozenset()
    """Words of names that were spelled: they are not asked about again."""
    queue: tuple[Question, ...] = ()
    """Put off until the present one is answered."""
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
        fresh = replace(self, asked=frozenset(), queue=(), was_read_back=False, silences=0)
        return replace(fresh, question=None) if self._is_over else onward(fresh)

    @property
    def _is_over(self) -> bool:
        return len(self.answers) >= MOST_ANSWERS

    @property
    def is_blank(self) -> bool:
        """Whether nothing is known that could be read back or added to."""
        fields = self.fields
        known = (fields.company, fields.case_numbers, fields.people, fields.next_steps)
        return not any(known)

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
    known_names: Sequence[str] = (),
) -> Interview:
    """An interview about `fields`, standing at its first question.

    `extract` reads fields from the text of an answer; `today` is the day of the dictation;
    `readings` say what else a code may be, by its value, with probabilities; `known_names` are the
    user's own list.
    """
    known = frozenset(name.lower() for name in known_names)
    return onward(Interview(fields, extract, today, readings=readings or {}, known_names=known))


def _hear(state: Interview, question: Question, answer: Answer) -> Interview:
    if question.key not in _HANDLERS:
        return replace(state, question=None)
    command = command_in(answer.text)
    if not answer.text.strip() and not answer.codes:
        state = replace(state, silences=state.silences + 1)
        ended = state.silences >= MOST_SILENCES
        return replace(state, question=None) if ended else onward(state)
    state = replace(state, silences=0)
    if (
        command is Command.UNSURE and question.key != "ask-which"
    ):  # about something heard, that is no reason to drop it
        command = Command.SKIP if question.about else Command.NONE
    match command:
        case Command.ENOUGH:
            return replace(state, question=None)
        case Command.SKIP:
            return onward(state)
        case Command.REPEAT:
            return state
        case Command.WAIT:
            return replace(state, question=replace(question, waits=True))
    return _HANDLERS[question.key](state, question, answer, command)


def _read_back(
    state: Interview, question: Question, answer: Answer, command: Command | None
) -> Interview:
    """What was read back: right, or something in it is wrong or missing."""
    if command is Command.NO:
        return replace(state, question=Question("ask-which"))
    if command is Command.YES and question.key == "read-back":
        fields = amend.confirm_all(state.fields, read_back(state.fields))
        return onward(replace(state, fields=fields))
    if command is not None:
        return onward(state)
    return _put_right(state, answer, Question("ask-which"))


def _ask_else(state: Interview, _: Question, answer: Answer, command: Command | None) -> Interview:
    """Whether there is anything else to be put right."""
    if command is Command.YES:
        return replace(state, question=Question("ask-which"))
    return onward(state) if command is not None else _put_right(state, answer, Question("ask-else"))


def _ask_which(
    state: Interview, question: Question, answer: Answer, command: Command | None
) -> Interview:
    """What is wrong or missing; who cannot tell is asked about one thing after the other."""
    if command in (Command.YES, Command.NONE, Command.DROP):
        return onward(state)
    if command in (Command.NO, Command.UNSURE):
        return _one_by_one(state)
    return _put_right(state, answer, replace(question, again=False))


def _one_by_one(state: Interview) -> Interview:
    return _queued(state, checks_of(state.fields, ("case_numbers", "people", "next_steps")))


def _queued(state: Interview, questions: tuple[Question, ...]) -> Interview:
    """Ask `questions`, then whether there is anything else."""
    after = [one for one in state.queue if one.key != "ask-else"]
    return onward(replace(state, queue=(*questions, *after, Question("ask-else"))))


def _put_right(state: Interview, answer: Answer, question: Question) -> Interview:
    """Carry out a correction, or ask about what was only named; else ask `question` again."""
    named = fields_named(answer.text)
    if named.names:
        return _offer(state, answer, named.names, is_missing=named.is_missing)
    if named.is_missing:
        return replace(state, question=Question("ask-which", again=True))
    number = state.fields.case_numbers[0] if state.fields.case_numbers else None
    names_field = read_correction(answer.text, tokenise(answer.text)) is not None
    repair = None if names_field else read_repair(answer.text)
    if number is not None and repair is not None and not isinstance(repair, Confirm | Again):
        check = Question("check-case-number", number.value)
        plain = msgspec.structs.replace(answer, codes=())
        return check_code(_with_else(state), check, plain, None)
    change = change_fields(state.fields, answer, state.extract, state.today)
    if change is None:
        again = any(one.question == question.key for one in state.answers[-2:-1])
        return _one_by_one(state) if again else not_understood(state, question)
    if not change.is_said:
        if change.field in CHECKS or change.field == "due":
            name = "next_steps" if change.field == "due" else change.field
            return _offer(state, answer, (name,), is_missing=False)
        return replace(_with_else(state), question=Question("ask-change", change.field))
    return _read_change(replace(state, fields=change.fields), change, answer)


def _with_else(state: Interview) -> Interview:
    """`state` in which it is asked, in the end, whether there is anything else."""
    left = tuple(one for one in state.queue if one.key != "ask-else")
    return replace(state, queue=(*left, Question("ask-else")))


def _offer(
    state: Interview, answer: Answer, names: tuple[str, ...], *, is_missing: bool
) -> Interview:
    """Ask for what is missing in the fields `names`, or which item of them is wrong.

    Where a field has just one, that is wrong.
    """
    known = tuple(name for name in names if name in CHECKS)
    if not known:
        return replace(_with_else(state), question=Question("ask-change", names[0]))
    if is_missing:
        return _queued(state, tuple(Question(CHECKS[name][1]) for name in known))
    questions = checks_of(state.fields, known)
    if len(questions) == 1 and questions[0].about:
        return _HANDLERS[questions[0].key](_with_else(state), questions[0], answer, Command.NO)
    return _queued(state, questions)


def _read_change(state: Interview, change: Change, answer: Answer) -> Interview:
    """Read back what was changed, each item by itself."""
    state = _with_else(state)
    name = "next_steps" if change.field == "due" else change.field
    check = "check-due" if change.field == "due" else CHECKS.get(name, ("", ""))[0]
    if not check or not change.abouts or change.abouts == ("",):
        return replace(state, question=Question("read-change", change.field))
    if check == "check-person":
        questions = tuple(_check_name(state, about, answer) for about in change.abouts)
    else:
        questions = tuple(Question(check, about) for about in change.abouts)
    return onward(replace(state, queue=(*questions, *state.queue)))


def _check_name(state: Interview, name: str, answer: Answer) -> Question:
    """A name that was spelled is read back letter by letter."""
    if answer.codes and coded(state.fields, "people", name):
        return Question("check-spelling", name)
    return name_check(state, name)


def _read_changed(
    state: Interview, question: Question, answer: Answer, command: Command | None
) -> Interview:
    """A change that was read back, or what a field that was only named should be."""
    if command is Command.NO and question.key == "read-change":
        return replace(state, question=Question("ask-which"))
    if command is not None:
        return onward(state)
    return _put_right(state, answer, replace(question, key="ask-change"))


_Handler = Callable[[Interview, Question, Answer, Command | None], Interview]
_HANDLERS: Mapping[str, _Handler] = {
    "ask-case-number": ask_code,
    "check-case-number": check_code,
    "ask-phone": ask_code,
    "check-phone": check_code,
    "ask-spelling": ask_code,
    "ask-respelling": ask_code,
    "check-spelling": check_code,
    "ask-promise": ask_promise,
    "ask-due": ask_due,
    "check-due": check_due,
    "ask-step": ask_step,
    "check-step": check_step,
    "ask-person": ask_person,
    "check-person": check_person,
    "ask-company": ask_company,
    "check-company": check_company,
    "ask-settled": ask_settled,
    "read-back": _read_back,
    "ask-which": _ask_which,
    "ask-else": _ask_else,
    "read-change": _read_changed,
    "ask-change": _read_changed,
}
