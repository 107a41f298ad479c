"""What is said of a case: the short read-back, and the questions of the interview."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from assistant.cases.case import Case
from assistant.coaching.prompts import Prompts
from assistant.events import Ask
from assistant.recap.amend import MOST_READ_BACK, SURE
from assistant.recap.codes import spell_for_speech
from assistant.recap.lexicon import lists
from assistant.recap.model import Amount, CaseNumber, NextStep
from assistant.recap.questions import Question

MOST_ACTION_WORDS = 8
"""Of a promise that is read back; more is not listened to."""


def readback(case: Case, prompts: Prompts) -> str:
    """The company, its numbers spelled out, the first promise."""
    slots = {key: value for key, value in _slots(case, prompts).items() if key != "people"}
    return prompts.say("recap-saved", **slots)


def ask(question: Question | None, case: Case, prompts: Prompts) -> Ask | None:
    """`question` about `case` as it is spoken; None for none."""
    if question is None:
        return None
    match question.key:
        case "read-back":
            slots = _slots(case, prompts, of_numbers=lambda number: number.confidence < SURE)
        case "read-change":
            slots = {"change": _change(question.about, case, prompts)}
        case "check-person" | "ask-due":
            slots = {"name": question.about, "action": _shortened(question.about)}
        case _:
            slots = {"code": spell_for_speech(question.about)}
    return Ask(
        prompts.say(question.key, **slots),
        question.key,
        question.expects,
        again=question.again,
        waits=question.waits,
    )


def _slots(
    case: Case, prompts: Prompts, of_numbers: Callable[[CaseNumber], bool] = lambda _: True
) -> Mapping[str, str]:
    """What can be said of a case; case numbers only those `of_numbers`, the others are known."""
    fields = case.fields
    wanted = filter(of_numbers, fields.case_numbers[:MOST_READ_BACK])
    numbers = [spell_for_speech(number.value) for number in wanted]
    return {
        "company": case.company,
        "case_numbers": " and ".join(numbers),
        "people": " and ".join(person.name for person in fields.people[:MOST_READ_BACK]),
        "next_step": _promise(fields.next_steps[0], case, prompts) if fields.next_steps else "",
    }


def _promise(step: NextStep, case: Case, prompts: Prompts) -> str:
    key = "step-mine" if step.owner == "me" else "step-theirs"
    due = _spoken_day(step.due, case.started_at.date()) if step.due else ""
    return prompts.say(key, action=_shortened(step.action), due=due)


def _sum(amount: Amount) -> str:
    symbol = lists("numbers").maps["currency_symbol"].get(amount.currency)
    return f"{symbol}{amount.value}" if symbol else f"{amount.value} {amount.currency}"


def _spoken_day(day: date, today: date) -> str:
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


def _change(field: str, case: Case, prompts: Prompts) -> str:
    """What a changed field is now; "" for one that is empty now or has no short form."""
    fields = case.fields
    slots = _slots(case, prompts)
    match field:
        case "company" | "people":
            return slots[field]
        case "due" | "next_steps":
            dated = [step for step in fields.next_steps if step.due] or list(fields.next_steps)
            return _promise(dated[0], case, prompts) if dated else ""
        case "phone" | "extension" | "contacts":
            found = [one.value for one in fields.contacts if field in (one.kind, "contacts")]
            return spell_for_speech(found[0]) if found else ""
        case "amounts":
            return _sum(fields.amounts[0]) if fields.amounts else ""
        case _:
            return ""
