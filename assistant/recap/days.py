"""Arithmetic on days: weekdays, business days, months, the nearest day of a name."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Literal

Direction = Literal["past", "future"]


def add_business_days(day: date, count: int) -> date:
    """`day` plus `count` days that are Monday to Friday; holidays are ignored."""
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def add_months(day: date, count: int) -> date:
    """`day` plus `count` months, keeping the day number or else the month's last day."""
    years, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    if not date.min.year <= years <= date.max.year:
        return day
    return date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


def day_of(year: int, month: int, day: int) -> date | None:
    """That day, or None where the calendar has none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def shift(today: date, days: int) -> date | None:
    """`today` plus `days`, or None beyond the calendar."""
    try:
        return today + timedelta(days=days)
    except OverflowError:
        return None


def friday_of(today: date, weeks: int) -> date | None:
    """The Friday of the calendar week `weeks` after the one of `today`."""
    return shift(today, 4 - today.weekday() + 7 * weeks)


def month_end(day: date) -> date:
    """The last day of the month of `day`."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def next_weekday(today: date, weekday: int, direction: Direction) -> date | None:
    """The nearest `weekday` (0 is Monday) strictly after or before `today`."""
    if direction == "past":
        return shift(today, -((today.weekday() - weekday - 1) % 7 + 1))
    return shift(today, (weekday - today.weekday() - 1) % 7 + 1)


def nearest(month: int | None, day: int, today: date, direction: Direction) -> date | None:
    """The nearest such day in `direction`, today included; None for a 31 June."""
    step = 1 if direction == "future" else -1
    start = today.replace(day=1)
    for months in range(13 if month is None else 49):
        first = add_months(start, step * months)
        if month is not None and first.month != month:
            continue
        found = day_of(first.year, first.month, day)
        if found is not None and (found - today).days * step >= 0:
            return found
    return None
