"""Days called by a name: "tomorrow", "next friday", "the end of the month", "june second"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from assistant.recap.days import (
    Direction,
    add_months,
    day_of,
    friday_of,
    month_end,
    nearest,
    next_weekday,
    shift,
)
from assistant.recap.lexicon import lists
from assistant.recap.numbers import Number, read_cardinal, read_ordinal
from assistant.recap.tokens import Token, phrase_at, word_at, words_of

_SELDOM_COUNTED = 6
"""From "the sixth" on, an ordinal is rather a day than one of several things."""


@dataclass(frozen=True, slots=True)
class When:
    """A stretch of tokens that says when."""

    day: date | None
    """None when it cannot be dated."""
    start: int
    end: int
    """Exclusive."""
    kind: Literal["day", "relative", "deadline", "period", "time"]
    """`relative` is today, tomorrow and the like; `time` a time of day without a day."""


def date_table(name: str) -> dict[str, int]:
    """One of the tables of ``dates.toml``."""
    return lists("dates").numbers[name]


def read_written(tokens: Sequence[Token], at: int) -> When | None:
    """As in "2026-09-15"."""
    if tokens[at].kind != "date" or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", tokens[at].word):
        return None
    year, month, day = (int(part) for part in tokens[at].word.split("-"))
    found = day_of(year, month, day)
    return When(found, at, at + 1, "day") if found else None


def read_relative(tokens: Sequence[Token], at: int, today: date) -> When | None:
    """As in "today", "tomorrow morning"."""
    table = date_table("days_from_today")
    length = phrase_at(tokens, at, frozenset(table))
    if not length:
        return None
    phrase = " ".join(token.word for token in tokens[at : at + length])
    end = at + length
    if word_at(tokens, end) in lists("dates").sets["parts_of_day"]:
        end += 1
    return When(shift(today, table[phrase]), at, end, "relative")


def read_end_of(tokens: Sequence[Token], at: int, today: date, direction: Direction) -> When | None:
    """As in "End of next week", "the end of the month", "over the weekend", "this week"."""
    start = at
    over = phrase_at(tokens, at, lists("dates").sets["week_over"])
    if over:
        return When(friday_of(today, 0), at, at + over, "deadline")
    if word_at(tokens, at) == "the" and word_at(tokens, at + 1) in ("end", "last"):
        at += 1
    unit_end = at + (word_at(tokens, at) == "the")
    if word_at(tokens, unit_end) == "month" and word_at(tokens, unit_end + 1) == "end":
        return When(month_end(today.replace(day=1)), start, unit_end + 2, "deadline")
    end_of = word_at(tokens, at) == "end" and word_at(tokens, at + 1) == "of"
    last_day = word_at(tokens, at) == "last" and word_at(tokens, at + 1) == "day"
    here = at + 2 if end_of else at + 3 if last_day else at
    which = word_at(tokens, here)
    unit = word_at(tokens, here + 1) if which in ("the", "this", "next", "that") else which
    here += 2 if which in ("the", "this", "next", "that") else 1
    later = int(which == "next")
    before = word_at(tokens, start - 1) == "before"
    if unit == "weekend" and (here > at + 1 or before or word_at(tokens, start - 1) == "by"):
        friday = friday_of(today, later)
        day = shift(friday, 0 if before else 2) if friday else None
        return When(day, start, here, "deadline")
    if unit == "week" and (end_of or which in ("this", "next")):
        return When(friday_of(today, later), start, here, "deadline")
    sometime = which == "this" and word_at(tokens, start - 1) in ("sometime", "later")
    if not (end_of or last_day or (sometime and unit == "month")):
        return None
    if unit == "month":
        return When(month_end(add_months(today.replace(day=1), later)), start, here, "deadline")
    if unit == "year":
        return When(day_of(today.year + later, 12, 31), start, here, "deadline")
    month = date_table("months").get(unit)
    if month is None:
        return None
    first = nearest(month, 1, today.replace(day=1), direction)
    return When(month_end(first) if first else None, start, here, "deadline")


def _weekday_number(word: str) -> int | None:
    return date_table("weekdays").get(word)


def read_week_on(tokens: Sequence[Token], at: int, today: date) -> When | None:
    """As in "A week on wednesday", "two weeks from friday", "friday week"."""
    count = read_cardinal(tokens, at) or (
        Number(1, at + 1) if word_at(tokens, at) in ("a", "one") else None
    )
    if count and word_at(tokens, count.end) in ("week", "weeks"):
        table = {"today": 0, "tomorrow": 1}
        relative = table.get(word_at(tokens, count.end + 1))
        if relative is not None:
            day = shift(today, relative + 7 * min(count.value, 520))
            return When(day, at, count.end + 2, "day")
    if (
        count
        and word_at(tokens, count.end) in ("week", "weeks")
        and word_at(tokens, count.end + 1) in ("on", "from", "after")
    ):
        weekday = _weekday_number(word_at(tokens, count.end + 2))
        if weekday is not None:
            base = next_weekday(today, weekday, "future")
            day = shift(base, 7 * min(count.value, 520)) if base else None
            return When(day, at, count.end + 3, "day")
    weekday = _weekday_number(word_at(tokens, at))
    if weekday is None:
        return None
    ahead = word_at(tokens, at + 1) == "week" and word_at(tokens, at + 2) not in ("of", "after")
    after_next = word_at(tokens, at + 1) == "after" and word_at(tokens, at + 2) == "next"
    if not (ahead or after_next):
        return None
    base = next_weekday(today, weekday, "future")
    return When(shift(base, 7) if base else None, at, at + (2 if ahead else 3), "day")


def read_weekday(
    tokens: Sequence[Token], at: int, today: date, direction: Direction
) -> When | None:
    """As in "friday", "next friday", "wednesday or thursday"."""
    which = word_at(tokens, at) if word_at(tokens, at) in ("this", "next", "last", "coming") else ""
    if which == "coming" and word_at(tokens, at - 1) not in ("this", "the", "next"):
        return None  # "an engineer is coming wednesday": found at the next token
    here = at + bool(which)
    weekday = _weekday_number(word_at(tokens, here))
    if weekday is None:
        return None
    end = here + 1
    exact = _exact_after_weekday(tokens, end, today, direction)
    if exact is not None:
        return replace(exact, start=at)
    if not which and words_of(tokens[end : end + 3]) == ["of", "next", "week"]:
        return When(shift(today, 7 - today.weekday() + weekday), at, end + 3, "day")
    if which == "next":
        day = shift(today, 7 - today.weekday() + weekday)
    else:
        way: Direction = "past" if which == "last" else "future" if which else direction
        day = next_weekday(today, weekday, way)
    if word_at(tokens, end) in lists("dates").sets["parts_of_day"]:
        end += 1
    if word_at(tokens, end) in lists("dates").sets["range"]:
        later = _weekday_number(word_at(tokens, end + 1))
        if later is not None and day is not None and word_at(tokens, end) != "and":
            return When(shift(day, (later - weekday) % 7), at, end + 2, "day")
    return When(day, at, end, "day")


def _exact_after_weekday(
    tokens: Sequence[Token], at: int, today: date, direction: Direction
) -> When | None:
    """The date named after a weekday: "monday the third", "friday june second"."""
    here = at + (word_at(tokens, at) == "the")
    if here >= len(tokens) or tokens[here].starts_sentence:
        return None
    exact = read_month_day(tokens, here, today, direction)
    if exact is not None:
        return exact
    ordinal = read_ordinal(tokens, here) if here > at else None
    if ordinal is None:
        return None
    return When(nearest(None, ordinal.value, today, direction), at, ordinal.end, "day")


def _year(tokens: Sequence[Token], at: int) -> Number | None:
    """As in "2026", "twenty twenty six", "two thousand and twenty six"."""
    if at < len(tokens) and tokens[at].starts_sentence:
        return None
    whole = read_cardinal(tokens, at)
    if whole is None:
        return None
    if 2000 <= whole.value <= 2099:
        return whole
    rest = read_cardinal(tokens, whole.end) if whole.value == 20 else None
    if rest is not None and 10 <= rest.value <= 99:
        return Number(2000 + rest.value, rest.end)
    return None


def read_month_day(
    tokens: Sequence[Token], at: int, today: date, direction: Direction
) -> When | None:
    """As in "August third", "the third of august", "3 August", each with or without a year."""
    months = date_table("months")
    start = at
    month = months.get(word_at(tokens, at))
    if month is not None:
        here = at + 1 + (word_at(tokens, at + 1) == "the")
        number = read_ordinal(tokens, here) or read_cardinal(tokens, here)
    else:
        at += word_at(tokens, at) == "the"
        number = read_ordinal(tokens, at) or _small(tokens, at)
        if number is None:
            return None
        here = number.end + (word_at(tokens, number.end) == "of")
        month = months.get(word_at(tokens, here))
        number = Number(number.value, here + 1)
    if month is None or number is None or not 1 <= number.value <= 31:
        return None
    end, value = number.end, number.value
    later = _range_end(tokens, end)
    if later is not None and value < later.value <= 31:
        end, value = later.end, later.value
    year = _year(tokens, end)
    if year is not None:
        return When(day_of(year.value, month, value), start, year.end, "day")
    return When(nearest(month, value, today, direction), start, end, "day")


def _small(tokens: Sequence[Token], at: int) -> Number | None:
    number = read_cardinal(tokens, at)
    return number if number is not None and number.end - at <= 2 else None


def _range_end(tokens: Sequence[Token], at: int) -> Number | None:
    """The later end of "june second or third"."""
    if word_at(tokens, at) not in ("or", "to", "through", "and"):
        return None
    here = at + 1 + (word_at(tokens, at + 1) == "the")
    ordinal = read_ordinal(tokens, here)
    if ordinal is None or word_at(tokens, ordinal.end) in ("time", "one", "call", "of", "person"):
        return None
    return ordinal


def read_day_number(
    tokens: Sequence[Token], at: int, today: date, direction: Direction
) -> When | None:
    """As in "The twenty first", where the words around it speak of a day."""
    sets = lists("dates").sets
    deadline = word_at(tokens, at - 1) in ("by", "before", "until", "till")
    if word_at(tokens, at) != "the" and tokens[at].kind != "ordinal" and not deadline:
        return None
    here = at + (word_at(tokens, at) == "the")
    ordinal = read_ordinal(tokens, here)
    if ordinal is None or not 1 <= ordinal.value <= 31:
        return None
    if word_at(tokens, at - 1) not in sets["before_day_number"]:
        return None
    end = ordinal.end
    ended = end >= len(tokens) or tokens[end].after_pause
    named = word_at(tokens, at - 1) in ("is", "that's") and word_at(tokens, at - 2) in (
        "that",
        "which",
    )
    deadline = deadline and word_at(tokens, end) not in sets["counted_things"]
    plain = ordinal.value >= _SELDOM_COUNTED and word_at(tokens, end) not in sets["counted_things"]
    known = ended or named or deadline or plain or word_at(tokens, end) in sets["after_day_number"]
    if not known:
        return None
    later = _range_end(tokens, end)
    value = ordinal.value
    if later is not None and later.value > value:
        value, end = later.value, later.end
    return When(nearest(None, value, today, direction), at, end, "day")
