"""Days as spoken, counted from the day of the dictation: absolute, relative, deadlines, periods.

The rules are those of the recap guide (docs/recap.md): "friday" is the next one after today,
"next friday" that of the following calendar week, a range gives its later end, business days are
Monday to Friday, and what cannot be dated ("a month or so", "ten days from the scan") has no day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from assistant.recap.days import Direction, add_business_days, add_months, next_weekday, shift
from assistant.recap.lexicon import lists
from assistant.recap.nameddays import (
    When,
    date_table,
    read_day_number,
    read_end_of,
    read_month_day,
    read_relative,
    read_week_on,
    read_weekday,
    read_written,
)
from assistant.recap.numbers import Number, read_cardinal
from assistant.recap.tokens import Token, phrase_at, word_at

__all__ = ["When", "find_dates", "read_when"]

_STEM = 4
"""Two words that begin alike for so many letters speak of the same event: "fitter", "fitting"."""
_PLAIN_STEMS = frozenset(("they", "when", "then", "from", "that", "this", "afte", "your", "thei"))
_EVENT_REACH = 5


def find_dates(tokens: Sequence[Token], today: date, direction: Direction) -> list[When]:
    """All stretches of `tokens` that say when, in order; "friday" is looked for in `direction`."""
    found: list[When] = []
    at = 0
    while at < len(tokens):
        when = _beside(tokens, at, found) or read_when(tokens, at, today, direction)
        if when is not None:
            if when.kind == "period" and when.day is None:
                when = _from_event(tokens, when, found)
            found.append(when)
        at = when.end if when is not None else at + 1
    return found


def _beside(tokens: Sequence[Token], at: int, found: Sequence[When]) -> When | None:
    """As in "the night before": a day counted from the day said last."""
    table = date_table("beside")
    length = phrase_at(tokens, at, frozenset(table))
    days = [
        when.day
        for when in found
        if when.day is not None and tokens[when.start - 1].word not in ("not", "than")
    ]
    if days and not length:
        return _counted_back(tokens, at, days[-1]) or _following_weekday(tokens, at, days[-1])
    if not length or not days:
        return None
    phrase = " ".join(token.word for token in tokens[at : at + length])
    return When(shift(days[-1], table[phrase]), at, at + length, "deadline")


def _counted_back(tokens: Sequence[Token], at: int, last: date) -> When | None:
    """As in "two days before", "a week beforehand": counted back from the day said last."""
    number = _count(tokens, at)
    unit = date_table("unit_days").get(word_at(tokens, number.end)) if number else None
    if number is None or not unit:
        return None
    end = number.end + 1
    if word_at(tokens, end) not in ("before", "beforehand"):
        return None
    following = {token.word for token in tokens[end + 1 : end + 3]}
    closes = end + 1 >= len(tokens) or tokens[end + 1].starts_sentence
    known = closes or bool(following & (_occasions() | {"that"}))
    if not (known or word_at(tokens, end) == "beforehand"):
        return None
    return When(shift(last, -unit * min(number.value, 500)), at, end + 1, "deadline")


def _following_weekday(tokens: Sequence[Token], at: int, last: date) -> When | None:
    """As in "the following friday": the first one after the day said last."""
    here = at + (word_at(tokens, at) == "the")
    weekday = date_table("weekdays").get(word_at(tokens, here + 1))
    if word_at(tokens, here) != "following" or weekday is None:
        return None
    return When(next_weekday(last, weekday, "future"), at, here + 2, "day")


def _from_event(tokens: Sequence[Token], when: When, found: Sequence[When]) -> When:
    """`when`, counted from the day of an event named before: "within ten days of the fitting"."""
    said = [one.day for one in found if one.day is not None]
    linked = word_at(tokens, when.end) in ("of", "after", "from", "following")
    following = [token.word for token in tokens[when.end + 1 : when.end + 3]]
    if linked and said and (following[:1] == ["that"] or set(following) & _occasions()):
        days = [one.day for one in found if one.day is not None and one.kind == "day"]
        base = said[-1] if following[:1] == ["that"] or not days else days[-1]
        return _period(tokens, when.start, base, anchored=False) or when
    nouns = [token.word[:_STEM] for token in tokens[when.end : when.end + 4]]
    nouns = [noun for noun in nouns if len(noun) == _STEM and noun not in _PLAIN_STEMS]
    for earlier in reversed(found):
        if earlier.day is None:
            continue
        near = tokens[max(0, earlier.start - _EVENT_REACH) : earlier.start]
        if any(token.word.startswith(noun) for token in near for noun in nouns):
            return _period(tokens, when.start, earlier.day, anchored=False) or when
    return when


def _occasions() -> frozenset[str]:
    return lists("dates").sets["occasions"]


def read_when(tokens: Sequence[Token], at: int, today: date, direction: Direction) -> When | None:
    """What is said about the day from token `at` on, or None."""
    hour = phrase_at(tokens, at, lists("dates").sets["day_ends"])
    if hour and at + hour < len(tokens) and not tokens[at + hour].starts_sentence:
        when = read_when(tokens, at + hour + (word_at(tokens, at + hour) == "on"), today, direction)
        if when is not None and when.kind in ("day", "relative"):
            return replace(when, start=at)
    return (
        read_written(tokens, at)
        or read_relative(tokens, at, today)
        or read_end_of(tokens, at, today, direction)
        or read_week_on(tokens, at, today)
        or read_month_day(tokens, at, today, direction)
        or read_weekday(tokens, at, today, direction)
        or _period(tokens, at, today)
        or _time(tokens, at)
        or read_day_number(tokens, at, today, direction)
    )


def _count(tokens: Sequence[Token], at: int) -> Number | None:
    number = read_cardinal(tokens, at)
    if number is not None:
        return number
    loose = date_table("loose_numbers")
    length = phrase_at(tokens, at, frozenset(loose))
    if not length:
        return None
    phrase = " ".join(token.word for token in tokens[at : at + length])
    better = read_cardinal(tokens, at + length)
    return better or Number(loose[phrase], at + length)


def _period(tokens: Sequence[Token], at: int, today: date, anchored: bool = True) -> When | None:
    """As in "within five to seven business days", "in two weeks", "three days from monday".

    Counted from `today` where it is not `anchored` by its own words.
    """
    sets = lists("dates").sets
    here = at + phrase_at(tokens, at, sets["period_start"])
    number = _count(tokens, here)
    if number is None or (here == at and word_at(tokens, at) in ("a", "an")):
        return None  # "thirty five dollars a day" is a rate
    if word_at(tokens, number.end) in sets["range"]:
        later = read_cardinal(tokens, number.end + 1)
        number = later or number
    elif number.end < len(tokens) and tokens[number.end].gap in ("-", "–"):
        number = read_cardinal(tokens, number.end) or number
    here = number.end
    business = word_at(tokens, here) in sets["business"] and word_at(tokens, here + 1) in (
        "day",
        "days",
    )
    unit = word_at(tokens, here + business)
    if unit == "hours" and here > at and word_at(tokens, at - 1) == "between":
        return When(None, at, here + 1, "time")  # "between twelve and sixteen hours"
    end = here + business + 1
    if unit not in date_table("unit_days") and unit not in date_table("unit_months"):
        return None
    if word_at(tokens, end) in sets["lengths"]:
        return None
    if word_at(tokens, end) == "ago":
        ago = _back(today, min(number.value, 5000), unit)
        return When(ago, at, end + 1, "day")
    vague = phrase_at(tokens, end, sets["vague"])
    if not anchored:
        base: date | None = today
    else:
        base, end = (None, end + vague) if vague else _anchor(tokens, end, today)
    if base is None:
        return When(None, at, end, "period")
    return When(_later(base, min(number.value, 5000), unit, business), at, end, "period")


def _anchor(tokens: Sequence[Token], at: int, today: date) -> tuple[date | None, int]:
    """The day a period counts from, and where its words end; None for an undated event."""
    sets = lists("dates").sets
    now = phrase_at(tokens, at, sets["from_now"] | sets["time_after"])
    if now:
        return today, at + now
    linked = phrase_at(tokens, at, sets["count_from"])
    if not linked or (at < len(tokens) and tokens[at].starts_sentence):
        return today, at
    here = at + linked
    if here >= len(tokens):
        return None, at
    someone = lists("people").sets["titles"]
    if tokens[at].word == "from" and any(
        token.word in someone for token in tokens[here : here + 3]
    ):
        return today, at  # "a call within two hours from a team leader"
    when = (
        read_written(tokens, here)
        or read_relative(tokens, here, today)
        or read_month_day(tokens, here, today, "future")
        or read_weekday(tokens, here, today, "future")
        or read_day_number(tokens, here, today, "future")
    )
    return (when.day, when.end) if when is not None else (None, at)


def _back(today: date, count: int, unit: str) -> date | None:
    """The day so many units ago."""
    if unit in date_table("unit_months"):
        return add_months(today, -count * date_table("unit_months")[unit])
    return shift(today, -count * date_table("unit_days")[unit])


def _later(base: date, count: int, unit: str, business: bool) -> date | None:
    if unit in date_table("unit_months"):
        return add_months(base, count * date_table("unit_months")[unit])
    if business:
        return add_business_days(base, count)
    if unit in ("hour", "hours"):
        return shift(base, count // 24)
    return shift(base, count * date_table("unit_days")[unit])


def _time(tokens: Sequence[Token], at: int) -> When | None:
    """A time of day: "at nine", "half past two", "3:30 pm", "noon"."""
    sets = lists("dates").sets
    here = at + (word_at(tokens, at) == "at")
    for phrase in (("half", "past"), ("quarter", "past"), ("quarter", "to")):
        if (word_at(tokens, here), word_at(tokens, here + 1)) == phrase:
            hour = read_cardinal(tokens, here + 2)
            return When(None, at, hour.end, "time") if hour else None
    if here < len(tokens) and tokens[here].kind == "time":
        return When(None, at, here + 1 + phrase_at(tokens, here + 1, sets["hour_ends"]), "time")
    if word_at(tokens, here) in ("noon", "midday", "midnight"):
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
        or end > hour.end
        or word_at(tokens, end) in sets["after_day_number"]
        or (phrase_at(tokens, end, frozenset(date_table("days_from_today"))) > 0)
    )
    return When(None, at, end, "time") if here > at and known else None
