"""Days as spoken, counted from the day of the dictation: absolute, relative, deadlines, periods.

The rules are those of the recap guide (docs/recap.md): "friday" is the next one after today,
"next friday" that of the following calendar week, a range gives its later end, business days are
Monday to Friday, and what cannot be dated ("a month or so", "ten days from the scan") has no day.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from assistant.recap.days import (
    Direction,
    add_business_days,
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
from assistant.recap.tokens import Token, phrase_at


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


def find_dates(tokens: Sequence[Token], today: date, direction: Direction) -> list[When]:
    """All stretches of `tokens` that say when, in order; "friday" is looked for in `direction`."""
    found: list[When] = []
    at = 0
    while at < len(tokens):
        when = read_when(tokens, at, today, direction)
        if when is not None:
            found.append(when)
        at = when.end if when is not None else at + 1
    return found


def read_when(tokens: Sequence[Token], at: int, today: date, direction: Direction) -> When | None:
    """What is said about the day from token `at` on, or None."""
    return (
        _written(tokens, at)
        or _relative(tokens, at, today)
        or _end_of(tokens, at, today, direction)
        or _week_on(tokens, at, today)
        or _month_day(tokens, at, today, direction)
        or _weekday(tokens, at, today, direction)
        or _period(tokens, at, today)
        or _time(tokens, at)
        or _day_number(tokens, at, today, direction)
    )


def _table(name: str) -> dict[str, int]:
    return lists("dates").numbers[name]


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].word if 0 <= at < len(tokens) else ""


def _written(tokens: Sequence[Token], at: int) -> When | None:
    if tokens[at].kind != "date" or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", tokens[at].word):
        return None
    year, month, day = (int(part) for part in tokens[at].word.split("-"))
    found = day_of(year, month, day)
    return When(found, at, at + 1, "day") if found else None


def _relative(tokens: Sequence[Token], at: int, today: date) -> When | None:
    table = _table("days_from_today")
    length = phrase_at(tokens, at, frozenset(table))
    if not length:
        return None
    phrase = " ".join(token.word for token in tokens[at : at + length])
    end = at + length
    if _word(tokens, end) in lists("dates").sets["parts_of_day"]:
        end += 1
    return When(shift(today, table[phrase]), at, end, "relative")


def _end_of(tokens: Sequence[Token], at: int, today: date, direction: Direction) -> When | None:
    """As in "End of next week", "the end of the month", "over the weekend", "this week"."""
    start = at
    if _word(tokens, at) == "the" and _word(tokens, at + 1) in ("end", "last"):
        at += 1
    end_of = _word(tokens, at) == "end" and _word(tokens, at + 1) == "of"
    last_day = _word(tokens, at) == "last" and _word(tokens, at + 1) == "day"
    here = at + 2 if end_of else at + 3 if last_day else at
    which = _word(tokens, here)
    unit = _word(tokens, here + 1) if which in ("the", "this", "next", "that") else which
    here += 2 if which in ("the", "this", "next", "that") else 1
    later = int(which == "next")
    if unit == "weekend" and here > at + 1:
        friday = friday_of(today, later)
        return When(shift(friday, 2) if friday else None, start, here, "deadline")
    if unit == "week" and (end_of or which in ("this", "next")):
        return When(friday_of(today, later), start, here, "deadline")
    if not (end_of or last_day):
        return None
    if unit == "month":
        return When(month_end(add_months(today.replace(day=1), later)), start, here, "deadline")
    if unit == "year":
        return When(day_of(today.year + later, 12, 31), start, here, "deadline")
    month = _table("months").get(unit)
    if month is None:
        return None
    first = nearest(month, 1, today.replace(day=1), direction)
    return When(month_end(first) if first else None, start, here, "deadline")


def _weekday_number(word: str) -> int | None:
    return _table("weekdays").get(word)


def _week_on(tokens: Sequence[Token], at: int, today: date) -> When | None:
    """As in "A week on wednesday", "two weeks from friday", "friday week"."""
    count = read_cardinal(tokens, at) or (
        Number(1, at + 1) if _word(tokens, at) in ("a", "one") else None
    )
    if (
        count
        and _word(tokens, count.end) in ("week", "weeks")
        and _word(tokens, count.end + 1) in ("on", "from", "after")
    ):
        weekday = _weekday_number(_word(tokens, count.end + 2))
        if weekday is not None:
            base = next_weekday(today, weekday, "future")
            day = shift(base, 7 * min(count.value, 520)) if base else None
            return When(day, at, count.end + 3, "day")
    weekday = _weekday_number(_word(tokens, at))
    if weekday is None:
        return None
    ahead = _word(tokens, at + 1) == "week" and _word(tokens, at + 2) not in ("of", "after")
    after_next = _word(tokens, at + 1) == "after" and _word(tokens, at + 2) == "next"
    if not (ahead or after_next):
        return None
    base = next_weekday(today, weekday, "future")
    return When(shift(base, 7) if base else None, at, at + (2 if ahead else 3), "day")


def _weekday(tokens: Sequence[Token], at: int, today: date, direction: Direction) -> When | None:
    which = _word(tokens, at) if _word(tokens, at) in ("this", "next", "last", "coming") else ""
    here = at + bool(which)
    weekday = _weekday_number(_word(tokens, here))
    if weekday is None:
        return None
    end = here + 1
    exact = _exact_after_weekday(tokens, end, today, direction)
    if exact is not None:
        return replace(exact, start=at)
    if which == "next":
        day = shift(today, 7 - today.weekday() + weekday)
    else:
        way: Direction = "past" if which == "last" else "future" if which else direction
        day = next_weekday(today, weekday, way)
    if _word(tokens, end) in lists("dates").sets["parts_of_day"]:
        end += 1
    if _word(tokens, end) in lists("dates").sets["range"]:
        later = _weekday_number(_word(tokens, end + 1))
        if later is not None and day is not None and _word(tokens, end) != "and":
            return When(shift(day, (later - weekday) % 7), at, end + 2, "day")
    return When(day, at, end, "day")


def _exact_after_weekday(
    tokens: Sequence[Token], at: int, today: date, direction: Direction
) -> When | None:
    """The date named after a weekday: "monday the third", "friday june second"."""
    here = at + (_word(tokens, at) == "the")
    if here >= len(tokens) or tokens[here].starts_sentence:
        return None
    exact = _month_day(tokens, here, today, direction)
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


def _month_day(tokens: Sequence[Token], at: int, today: date, direction: Direction) -> When | None:
    """As in "August third", "the third of august", "3 August", each with or without a year."""
    months = _table("months")
    start = at
    month = months.get(_word(tokens, at))
    if month is not None:
        here = at + 1 + (_word(tokens, at + 1) == "the")
        number = read_ordinal(tokens, here) or read_cardinal(tokens, here)
    else:
        at += _word(tokens, at) == "the"
        number = read_ordinal(tokens, at) or _small(tokens, at)
        if number is None:
            return None
        here = number.end + (_word(tokens, number.end) == "of")
        month = months.get(_word(tokens, here))
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
    if _word(tokens, at) not in ("or", "to", "through", "and"):
        return None
    here = at + 1 + (_word(tokens, at + 1) == "the")
    ordinal = read_ordinal(tokens, here)
    if ordinal is None or _word(tokens, ordinal.end) in ("time", "one", "call", "of", "person"):
        return None
    return ordinal


def _day_number(tokens: Sequence[Token], at: int, today: date, direction: Direction) -> When | None:
    """As in "The twenty first", where the words around it speak of a day."""
    sets = lists("dates").sets
    if _word(tokens, at) != "the" and tokens[at].kind != "ordinal":
        return None
    here = at + (_word(tokens, at) == "the")
    ordinal = read_ordinal(tokens, here)
    if ordinal is None or not 1 <= ordinal.value <= 31:
        return None
    if _word(tokens, at - 1) not in sets["before_day_number"]:
        return None
    end = ordinal.end
    ended = end >= len(tokens) or tokens[end].after_pause
    named = _word(tokens, at - 1) in ("is", "that's") and _word(tokens, at - 2) in ("that", "which")
    if not ended and not named and _word(tokens, end) not in sets["after_day_number"]:
        return None
    later = _range_end(tokens, end)
    value = ordinal.value
    if later is not None and later.value > value:
        value, end = later.value, later.end
    return When(nearest(None, value, today, direction), at, end, "day")


def _count(tokens: Sequence[Token], at: int) -> Number | None:
    number = read_cardinal(tokens, at)
    if number is not None:
        return number
    loose = _table("loose_numbers")
    length = phrase_at(tokens, at, frozenset(loose))
    if not length:
        return None
    phrase = " ".join(token.word for token in tokens[at : at + length])
    better = read_cardinal(tokens, at + length)
    return better or Number(loose[phrase], at + length)


def _period(tokens: Sequence[Token], at: int, today: date) -> When | None:
    """As in "within five to seven business days", "in two weeks", "three days from monday"."""
    sets = lists("dates").sets
    here = at + phrase_at(tokens, at, sets["period_start"])
    number = _count(tokens, here)
    if number is None or (here == at and _word(tokens, at) in ("a", "an")):
        return None  # "thirty five dollars a day" is a rate
    if _word(tokens, number.end) in sets["range"]:
        later = read_cardinal(tokens, number.end + 1)
        number = later or number
    elif number.end < len(tokens) and tokens[number.end].gap in ("-", "–"):
        number = read_cardinal(tokens, number.end) or number
    here = number.end
    business = _word(tokens, here) in sets["business"] and _word(tokens, here + 1) in (
        "day",
        "days",
    )
    unit = _word(tokens, here + business)
    end = here + business + 1
    if unit not in _table("unit_days") and unit not in _table("unit_months"):
        return None
    if _word(tokens, end) in sets["lengths"]:
        return None
    if _word(tokens, end) == "ago":
        ago = _back(today, min(number.value, 5000), unit)
        return When(ago, at, end + 1, "day")
    vague = phrase_at(tokens, end, sets["vague"])
    base, end = (None, end + vague) if vague else _anchor(tokens, end, today)
    if base is None:
        return When(None, at, end, "period")
    return When(_later(base, min(number.value, 5000), unit, business), at, end, "period")


def _anchor(tokens: Sequence[Token], at: int, today: date) -> tuple[date | None, int]:
    """The day a period counts from, and where its words end; None for an undated event."""
    sets = lists("dates").sets
    now = phrase_at(tokens, at, sets["from_now"])
    if now:
        return today, at + now
    linked = phrase_at(tokens, at, sets["count_from"])
    if not linked or (at < len(tokens) and tokens[at].starts_sentence):
        return today, at
    here = at + linked
    if here >= len(tokens):
        return None, at
    when = (
        _written(tokens, here)
        or _relative(tokens, here, today)
        or _month_day(tokens, here, today, "future")
        or _weekday(tokens, here, today, "future")
        or _day_number(tokens, here, today, "future")
    )
    return (when.day, when.end) if when is not None else (None, at)


def _back(today: date, count: int, unit: str) -> date | None:
    """The day so many units ago."""
    if unit in _table("unit_months"):
        return add_months(today, -count * _table("unit_months")[unit])
    return shift(today, -count * _table("unit_days")[unit])


def _later(base: date, count: int, unit: str, business: bool) -> date | None:
    if unit in _table("unit_months"):
        return add_months(base, count * _table("unit_months")[unit])
    if business:
        return add_business_days(base, count)
    if unit in ("hour", "hours"):
        return shift(base, count // 24)
    return shift(base, count * _table("unit_days")[unit])


def _time(tokens: Sequence[Token], at: int) -> When | None:
    """A time of day: "at nine", "half past two", "3:30 pm", "noon"."""
    sets = lists("dates").sets
    here = at + (_word(tokens, at) == "at")
    for phrase in (("half", "past"), ("quarter", "past"), ("quarter", "to")):
        if (_word(tokens, here), _word(tokens, here + 1)) == phrase:
            hour = read_cardinal(tokens, here + 2)
            return When(None, at, hour.end, "time") if hour else None
    if here < len(tokens) and tokens[here].kind == "time":
        return When(None, at, here + 1 + phrase_at(tokens, here + 1, sets["hour_ends"]), "time")
    if _word(tokens, here) in ("noon", "midday", "midnight"):
        return When(None, at, here + 1, "time")
    hour = read_cardinal(tokens, here) if here < len(tokens) else None
    if hour is None or not 1 <= hour.value <= 23:
        return None
    minutes = read_cardinal(tokens, hour.end)
    end = minutes.end if minutes is not None and 10 <= minutes.value <= 59 else hour.end
    suffix = phrase_at(tokens, end, sets["hour_ends"])
    if suffix:
        return When(None, at, end + suffix, "time")
    closes = end >= len(tokens) or tokens[end].after_pause
    known = (
        closes
        or _word(tokens, end) in sets["after_day_number"]
        or (phrase_at(tokens, end, frozenset(_table("days_from_today"))) > 0)
    )
    return When(None, at, end, "time") if here > at and known else None
