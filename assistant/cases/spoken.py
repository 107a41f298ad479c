"""What is said of a case: the short read-back, and the questions of the interview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assistant.cases.case import Case
from assistant.coaching.prompts import Prompts
from assistant.events import Ask
from assistant.recap.codes import spell_for_speech
from assistant.recap.interview.questions import MOST_READ_BACK, Question, read_back
from assistant.recap.lexicon import lists
from assistant.recap.model import Amount, CaseNumber, NextStep, RecapFields

MOST_ACTION_WORDS = 6
"""Of a promise that is read back; more is not listened to."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A case file on disk."""

    path: Path
    case_id: str
    readback: str
    """What to say of it."""
    ask: Ask | None = None
    """The first question of the interview; None where none is wanted."""
    doubts: int = 0
    """How many things in it are to be reviewed."""


def readback(case: Case, prompts: Prompts) -> str:
    """The company, its numbers spelled out, the first promise."""
    fields = case.fields
    steps = fields.next_steps[:1]
    return prompts.say(
        "recap-saved",
        company=case.company,
        case_numbers=_numbers(fields.case_numbers[:MOST_READ_BACK]),
        next_step="".join(_promise(step, case.started_at.date(), prompts) for step in steps),
    )


def ask(
    question: Question | None,
    fields: RecapFields,
    today: date,
    prompts: Prompts,
    *,
    is_first: bool = False,
) -> Ask | None:
    """`question` about `fields` as it is spoken; None for none.

    `today` is the day of the call. The first question of an interview says how to get out of it,
    unless it is the last one too: the read-back.
    """
    if question is None:
        return None
    text = prompts.say(question.key, **_slots(question, fields, today, prompts))
    if is_first and question.key != "read-back":
        text = prompts.say("interview-hint") + " " + text
    return Ask(
        text,
        question.key,
        question.expects,
        again=question.again,
        waits=question.waits,
    )


def _slots(
    question: Question, fields: RecapFields, today: date, prompts: Prompts
) -> Mapping[str, str]:
    about = question.about
    step = next((one for one in fields.next_steps if one.action == about), None)
    match question.key:
        case "read-back":
            read = read_back(fields)
            return {
                "case_numbers": _numbers(read.case_numbers),
                "people": " and ".join(person.name for person in read.people),
                "next_steps": ". ".join(_promise(one, today, prompts) for one in read.next_steps),
            }
        case "read-change":
            return {"change": _change(about, fields)}
        case "check-step" if step is not None:
            return {"next_step": _promise(step, today, prompts)}
        case "check-due" if step is not None and step.due is not None:
            return {"due": spoken_day(step.due, today)}
        case _:
            code = spell_for_speech(about)
            return {"name": about, "action": _shortened(about), "code": code}


def _numbers(numbers: Sequence[CaseNumber]) -> str:
    return " and ".join(spell_for_speech(number.value) for number in numbers)


def _promise(step: NextStep, today: date, prompts: Prompts) -> str:
    key = "step-mine" if step.owner == "me" else "step-theirs"
    due = spoken_day(step.due, today) if step.due else ""
    return prompts.say(key, action=_shortened(step.action), due=due)


def _sum(amount: Amount) -> str:
    symbol = lists("numbers").maps["currency_symbol"].get(amount.currency)
    return f"{symbol}{amount.value}" if symbol else f"{amount.value} {amount.currency}"


def spoken_day(day: date, today: date) -> str:
    """The weekday, and from a week on, or in the past, what day of which month."""
    return f"{day:%A}" if 0 <= (day - today).days < 7 else f"{day:%A %B} {day.day}"


def _shortened(action: str) -> str:
    """The first words of `action`, enough to know it by; the case file has the rest."""
    words = action.split()
    if len(words) <= MOST_ACTION_WORDS:
        return action
    kept = words[:MOST_ACTION_WORDS]
    while len(kept) > 1 and kept[-1].lower() in lists("interview").sets["no_end"]:
        kept.pop()
    return " ".join(kept).rstrip(",;:")


def _change(field: str, fields: RecapFields) -> str:
    """What a changed field is now; "" for one that is empty now or has no short form."""
    if field == "amounts":
        return _sum(fields.amounts[0]) if fields.amounts else ""
    if field in ("phone", "extension", "contacts"):
        found = [one.value for one in fields.contacts if field in (one.kind, "contacts")]
        return spell_for_speech(found[0]) if found else ""
    return ""
