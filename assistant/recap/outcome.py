"""When the call was, whether it went higher up, and whether the matter is solved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.recap.dates import When, find_dates
from assistant.recap.lexicon import lists
from assistant.recap.people import PersonSpan
from assistant.recap.reading import Reading
from assistant.recap.tokens import Token, phrase_at, words_of

_CALL_REACH = 4
"""How many words a day may stand from the word for the call."""
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
        length = phrase_at(tokens, at, just)
        if length:
            found.append(CalledSpan(reading.today, at, at + length, 0.9))
    return max(found, key=lambda span: (span.day, span.confidence), default=None)


def _call_day(tokens: Sequence[Token], when: When, company_end: int | None) -> float:
    """How sure it is that a past day is the call's; 0.0 when it is not."""
    sets = lists("outcome").sets
    words = words_of(tokens)
    phrase = " ".join(words[when.start : when.end])
    bare = any(phrase == day or phrase.startswith(day) for day in sets["bare_days"])
    before = words[max(0, when.start - _CALL_REACH) : when.start]
    after = words[when.end : when.end + 3]
    called = any(word in sets["call_words"] for word in before)
    called = called or any(word in sets["call_words"] for word in after[:2])
    if when.kind == "day":
        from_before = bool(before) and before[-1] in sets["not_call_before"] - {"from", "for", "of"}
        heading = company_end in (when.start, when.start - 1)
        possessive = tokens[when.end - 1].word.endswith("'s")
        if possessive or from_before:
            return 0.0
        return 0.9 if called else 0.7 if heading else 0.0
    if when.kind != "relative" or not bare:
        return 0.0
    if called:
        return 0.95
    if phrase.endswith("'s"):
        return 0.0
    if company_end in (when.start, when.start - 1):
        return 0.85
    near_company = company_end is not None and abs(when.start - company_end) <= 3
    if phrase.startswith(("yesterday", "last", "the day", "day")) and not (
        near_company or when.start <= _HEADING
    ):
        return 0.0
    if any(word in sets["future_words"] for word in words[max(0, when.start - 8) : when.start]):
        return 0.0
    return 0.0 if before[-1:] and before[-1] in sets["not_call_before"] - {"of"} else 0.8


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
    acts = any(
        after.startswith(phrase) or (later.startswith(phrase) and not after.startswith("but"))
        for phrase in sets["senior_acts"]
    )
    if any(f" {phrase} " in f" {tail} " for phrase in sets["asked_for"]) and not reached:
        return False
    return reached or acts


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
        if length and not _conditional(tokens, at):
            verdict = False
            continue
        length = phrase_at(tokens, at, sets["resolved"])
        if not length or verdict is False:
            continue
        if _negated(tokens, at, sets["not_yet"]):
            negation = words_of(tokens[max(0, at - 3) : at])
            if any(
                word in ("not", "isn't", "wasn't", "never", "hasn't", "nothing")
                for word in negation
            ):
                verdict = False
        elif phrase_at(tokens, at + length, sets["question"]):
            verdict = False
        else:
            verdict = True
    return verdict


def _conditional(tokens: Sequence[Token], at: int) -> bool:
    before = words_of(tokens[max(0, at - 4) : at])
    return any(word in ("if", "unless", "until", "when", "whether", "in") for word in before)
