"""When the call was, whether it went higher up, and whether the matter is solved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.recap.dates import When, find_dates
from assistant.recap.lexicon import lists
from assistant.recap.names.people import PersonSpan
from assistant.recap.reading import Reading
from assistant.recap.tokens import Token, phrase_at, word_at, words_of

_CALL_REACH = 4
"""How many words a day may stand from the word for the call."""
_PLAN_REACH = 9
"""How many words before a day a promise may stand that it belongs to."""
_HEADING = 12
"""A day among the first words of a recap is the call's, where nothing speaks against it."""


@dataclass(frozen=True, slots=True)
class CalledSpan:
    """The day of the call and the tokens it was read from."""

    day: date
    start: int
    end: int
    confidence: float


def find_called_on(reading: Reading, company_end: int | None) -> CalledSpan | None:
    """The day of the (latest) call, or None when it is not said.

    `company_end` is where the company's name ends: a day right behind it is the call's.
    """
    tokens = reading.tokens
    found: list[CalledSpan] = []
    for when in find_dates(tokens, reading.today, "past"):
        if when.day is None or when.day > reading.today:
            continue
        sure = _call_day(tokens, when, company_end)
        if sure:
            found.append(CalledSpan(when.day, when.start, when.end, sure))
    just = lists("outcome").sets["just_called"]
    for at in range(len(tokens)):
        weekday = _weekday_of_call(tokens, at, reading.today)
        if weekday is not None:
            found.append(CalledSpan(weekday, at, at + 1, 0.9))
        length = phrase_at(tokens, at, just)
        rang_out = at > 0 and tokens[at - 1].word in lists("outcome").sets["ringing"]
        if length and not rang_out:
            found.append(CalledSpan(reading.today, at, at + length, 0.9))
    return max(found, key=lambda span: (span.day, span.confidence), default=None)


def _weekday_of_call(tokens: Sequence[Token], at: int, today: date) -> date | None:
    """The day of "friday's call": the last such weekday before `today`; None for anything else."""
    weekday = lists("dates").numbers["weekdays"].get(tokens[at].word.removesuffix("'s"))
    owns = weekday is not None and tokens[at].word.endswith("'s")
    if weekday is None or not owns or word_at(tokens, at + 1) not in lists("outcome").sets["calls"]:
        return None
    return today - timedelta(days=(today.weekday() - weekday) % 7 or 7)


def places_before(reading: Reading, called: CalledSpan | None) -> list[int]:
    """Where days before that of the latest call are named; none where its day is not said."""
    if called is None:
        return []
    days = find_dates(reading.tokens, reading.today, "past")
    future = {when.start for when in reading.dates if when.day and when.day > reading.today}
    return [
        when.start
        for when in days
        if when.day is not None
        and when.day < called.day
        and (when.kind == "relative" or reading.tokens[when.start].word == "last")
        and (when.start not in future or reading.tokens[when.start].word == "last")
    ]


def _call_day(tokens: Sequence[Token], when: When, company_end: int | None) -> float:
    """How sure it is that a past day is the call's; 0.0 when it is not."""
    sets = lists("outcome").sets
    words = words_of(tokens)
    phrase = " ".join(words[when.start : when.end])
    bare = any(phrase == day or phrase.startswith(day) for day in sets["bare_days"])
    before = words[max(0, when.start - _CALL_REACH) : when.start]
    called = _speaks_of_call(tokens, when)
    planned = _is_planned(tokens, when.start)
    beside_company = company_end in (when.start, when.start - 1)
    if when.kind == "day":
        from_before = bool(before) and before[-1] in sets["not_call_before"] - {"from", "for", "of"}
        told = any(word in sets["call_words"] for word in words[: when.start])
        if before[-1:] == ["dated"] and told and when.start <= _HEADING:
            return 0.8  # "call summary with zentrix computers dated …"
        if tokens[when.end - 1].word.endswith("'s") or from_before or planned:
            return 0.0
        return 0.9 if called else 0.7 if beside_company else 0.0
    if when.kind != "relative" or not bare or planned:
        return 0.0
    if called:
        return 0.95
    if phrase.endswith("'s"):
        return 0.0
    if beside_company:
        return 0.85
    opens = when.start <= _HEADING or (
        company_end is not None and abs(when.start - company_end) <= 3
    )
    talked = any(
        word in sets["call_verbs"] for word in words[max(0, when.start - 8) : when.end + 3]
    )
    if not opens and not talked and phrase.startswith(("yesterday", "last", "the day", "day")):
        return 0.0
    return 0.0 if before[-1:] and before[-1] in sets["not_call_before"] - {"of"} else 0.8


def _speaks_of_call(tokens: Sequence[Token], when: When) -> bool:
    """Whether a word for the call stands near `when`: "called on", "… was the call"."""
    sets = lists("outcome").sets
    for at in range(max(0, when.start - _CALL_REACH), min(when.end + 2, len(tokens))):
        if when.start <= at < when.end or not phrase_at(tokens, at, sets["call_words"], 3):
            continue
        again = tokens[at + 1].word if at + 1 < len(tokens) else ""
        past = tokens[at].word in sets["call_verbs"]
        plan = not past and at > 0 and tokens[at - 1].word in sets["planning"]
        if again not in sets["no_call_behind"] and not plan:
            return True
        if again in ("them", "me") and past:
            return True
    return False


def _is_planned(tokens: Sequence[Token], at: int) -> bool:
    """Whether a promise leads up to the day at token `at`: "i need to ring them today"."""
    sets = lists("outcome").sets
    words = words_of(tokens[max(0, at - _PLAN_REACH) : at])
    for place in range(len(words) - 1, -1, -1):
        if words[place] in sets["call_verbs"]:
            return False
        if (
            words[place] in sets["future_words"]
            or " ".join(words[place : place + 2]) in sets["future_words"]
        ):
            return True
    return False


def was_escalated(tokens: Sequence[Token], people: Sequence[PersonSpan]) -> bool:
    """Whether, in this call, the matter reached a supervisor, manager, lead or higher team."""
    sets = lists("outcome").sets
    # Somebody senior who came first simply answered: nobody passed the matter up.
    if any(_is_senior(person.role) for person in people[1:]):
        return True
    for at in range(len(tokens)):
        length = phrase_at(tokens, at, sets["escalating"])
        if length and not _negated(tokens, at, sets["refused"]):
            return True
        if tokens[at].word in sets["senior"] and _reached(tokens, at):
            return True
    return False


def _is_senior(role: str | None) -> bool:
    senior = lists("outcome").sets["senior"]
    words = role.split() if role else []
    return any(word in senior for word in words) and "account" not in words[:1]


def _reached(tokens: Sequence[Token], at: int) -> bool:
    """Whether the supervisor named at token `at` was got hold of."""
    sets = lists("outcome").sets
    before = words_of(tokens[max(0, at - 6) : at])
    tail = " ".join(before)
    after = " ".join(words_of(tokens[at + 1 : at + 8]))
    if any(after.startswith(phrase) for phrase in sets["refused_after"]):
        return False
    if any(word in sets["refused"] for word in before[-4:]):
        return False
    articles = (
        "",
        " a",
        " the",
        " his",
        " her",
        " their",
        " my",
        " a senior",
        " the team",
        " the shift",
        " the duty",
        " a team",
        " a shift",
        " the floor",
        " her team",
        " his team",
    )
    reached = any(
        tail.endswith(f"{phrase}{article}")
        for phrase in sets["senior_reached"]
        for article in articles
    )
    later = after.partition(" ")[2]
    answered = any(
        after.startswith(phrase) or later.startswith(phrase) for phrase in sets["senior_answers"]
    )
    if answered and not reached and not _somebody_before(tokens, at):
        return False
    acts = any(
        after.startswith(phrase) or (later.startswith(phrase) and not after.startswith("but"))
        for phrase in sets["senior_acts"]
    )
    if any(f" {phrase} " in f" {tail} " for phrase in sets["asked_for"]) and not reached:
        return False
    return reached or acts


def _somebody_before(tokens: Sequence[Token], at: int) -> bool:
    """Whether somebody else was spoken to before token `at`: then a manager did not just answer."""
    sets = lists("people").sets
    others = sets["titles"] | sets["plain_people"] | {"she", "he", "then", "transferred"}
    others -= lists("outcome").sets["senior"]
    return any(token.word in others for token in tokens[max(0, at - 30) : at])


def _negated(
    tokens: Sequence[Token], start: int, negations: frozenset[str], reach: int = 3
) -> bool:
    before = words_of(tokens[max(0, start - reach) : start])
    for place in range(len(before) - 1, 0, -1):
        if tokens[start - len(before) + place].starts_sentence:
            before = before[place:]
            break
    return any(
        " ".join(before[at : at + size]) in negations
        for at in range(len(before))
        for size in (1, 2)
    )


def was_resolved(tokens: Sequence[Token]) -> bool | None:
    """True if said to be solved, False if said not to be, None when it is not said."""
    sets = lists("outcome").sets
    verdict: bool | None = None
    for at in range(len(tokens)):
        length = phrase_at(tokens, at, sets["unresolved"])
        if length and not _conditional(tokens, at) and not _called_again(tokens, at):
            verdict = False
            continue
        length = phrase_at(tokens, at, sets["resolved"])
        if not length or verdict is False:
            continue
        if _negated(tokens, at, sets["not_yet"]):
            negation = words_of(tokens[max(0, at - 3) : at])
            if any(word in lists("outcome").sets["negations"] for word in negation):
                verdict = False
        elif phrase_at(tokens, at + length, sets["question"]):
            verdict = False
        else:
            verdict = True
    return verdict


def _called_again(tokens: Sequence[Token], at: int) -> bool:
    """Whether a call broke off at token `at`, and somebody was reached afterwards."""
    sets = lists("outcome").sets
    length = phrase_at(tokens, at, sets["broken_off"])
    later = range(at + length, len(tokens))
    return length > 0 and any(phrase_at(tokens, one, sets["reached_later"]) for one in later)


def _conditional(tokens: Sequence[Token], at: int) -> bool:
    before = words_of(tokens[max(0, at - 4) : at])
    return any(word in lists("outcome").sets["open_conditions"] for word in before)
