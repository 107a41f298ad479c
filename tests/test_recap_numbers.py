from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.recap.amounts import find_amounts
from assistant.recap.codes import read_code, spell_for_speech
from assistant.recap.contacts import find_addresses, find_numbers
from assistant.recap.corrections import settle
from assistant.recap.dates import find_dates
from assistant.recap.days import add_business_days, add_months
from assistant.recap.numbers import read_cardinal, read_digits, read_ordinal, say_cardinal
from assistant.recap.tokens import tokenise

TUESDAY = date(2026, 9, 15)


@given(st.integers(min_value=0, max_value=999_999_999))
def test_cardinals_come_back_from_words(value: int) -> None:
    words = say_cardinal(value)
    number = read_cardinal(tokenise(words), 0)
    assert number is not None
    assert (number.value, number.end) == (value, len(words.split()))


@given(st.text(alphabet="0123456789", min_size=1, max_size=12))
def test_digits_read_one_by_one_stay_a_string(digits: str) -> None:
    read = read_digits(tokenise(" ".join(say_cardinal(int(digit)) for digit in digits)), 0)
    assert read is not None
    assert read.text == digits


@pytest.mark.parametrize(
    ("spoken", "digits"),
    [
        ("oh two oh seven", "0207"),
        ("double three nine", "339"),
        ("triple nine one", "9991"),
        ("7, 4, 2", "742"),
        ("one eight hundred five five five", "1800555"),
        ("forty two fourteen", "4214"),
    ],
)
def test_digit_strings(spoken: str, digits: str) -> None:
    read = read_digits(tokenise(spoken), 0)
    assert read is not None
    assert read.text == digits


@pytest.mark.parametrize(("spoken", "value"), [("twenty first", 21), ("31st", 31), ("third", 3)])
def test_ordinals(spoken: str, value: int) -> None:
    read = read_ordinal(tokenise(spoken), 0)
    assert read is not None
    assert read.value == value


@pytest.mark.parametrize(
    ("spoken", "code"),
    [
        ("one seven dash charlie charlie dash four oh two theirs", "17-CC-402"),
        ("g zero seven t as in tom x then", "G07TX"),
        ("m for mother capital b two", "MB2"),
        ("double eight dash zulu dash one three i think", "88-Z-13"),
        ("hash one seven two slash bin they'll", "172/BIN"),
        ("seven four two two weeks", "742"),
        ("7, 4, 2 Bravo.", "742B"),
        ("17-CC-402", "17-CC-402"),
        ("b bravo four", "B4"),
        ("seven seven one slash a cancelled", "771/A"),
        ("four hundred and twelve", "412"),
    ],
)
def test_codes(spoken: str, code: str) -> None:
    read = read_code(tokenise(spoken), 0)
    assert read is not None
    assert read.value == code


def test_an_ordinary_word_is_no_code() -> None:
    assert read_code(tokenise("because they said so"), 0) is None


@pytest.mark.parametrize(
    ("code", "spoken"), [("742B", "7 4 2, B"), ("17-C", "1 7, dash, C"), ("", "")]
)
def test_codes_are_read_back_in_threes(code: str, spoken: str) -> None:
    assert spell_for_speech(code) == spoken


@given(st.text(alphabet="ABCDEFGH0123456789-/", max_size=12))
def test_read_back_keeps_every_symbol(code: str) -> None:
    spoken = spell_for_speech(code)
    assert [char for char in spoken if char.isdigit() or char.isupper()] == [
        char for char in code if char.isalnum()
    ]


@pytest.mark.parametrize(
    ("spoken", "sums"),
    [
        ("twenty three pounds fifty unless", [("23.5", "GBP")]),
        ("$49.99 and £3,540", [("49.99", "USD"), ("3540", "GBP")]),
        ("ninety two dollars and seventy five cents copay", [("92.75", "USD")]),
        ("twenty bucks off", [("20", "USD")]),
        ("they charged me forty nine ninety nine again", [("49.99", "USD")]),
        ("from eighteen to twenty three pounds", [("18", "GBP"), ("23", "GBP")]),
        ("one twenty five dollars", [("125", "USD")]),
        ("thirty canadian dollars", [("30", "CAD")]),
        ("five dollars five days ago", [("5", "USD")]),
        ("the bill on mine is 17-CC-402 theirs is 17-CG-420 i paid $3,540", [("3540", "USD")]),
        ("not nineteen hundred dollars", []),
        ("nine lives and ten toes", []),
    ],
)
def test_sums(spoken: str, sums: list[tuple[str, str]]) -> None:
    found = find_amounts(tokenise(spoken), set())
    assert [(one.value, one.currency) for one in found] == [
        (Decimal(value), currency) for value, currency in sums
    ]


@pytest.mark.parametrize(
    ("spoken", "day"),
    [
        ("friday", date(2026, 9, 18)),
        ("tuesday", date(2026, 9, 22)),
        ("next friday", date(2026, 9, 25)),
        ("by end of next week", date(2026, 9, 25)),
        ("over the weekend", date(2026, 9, 20)),
        ("by the end of the month", date(2026, 9, 30)),
        ("within six business days", date(2026, 9, 23)),
        ("in five to seven working days", date(2026, 9, 24)),
        ("within forty eight hours", date(2026, 9, 17)),
        ("in two weeks", date(2026, 9, 29)),
        ("a week on wednesday", date(2026, 9, 23)),
        ("friday week", date(2026, 9, 25)),
        ("on wednesday or thursday", date(2026, 9, 17)),
        ("october third", date(2026, 10, 3)),
        ("the 3rd of October", date(2026, 10, 3)),
        ("by the twenty first and", date(2026, 9, 21)),
        ("tomorrow morning", date(2026, 9, 16)),
        ("three days from friday", date(2026, 9, 21)),
        ("in a month or so", None),
        ("ten days from when they scan it", None),
        ("2026-12-04", date(2026, 12, 4)),
    ],
)
def test_days_ahead(spoken: str, day: date | None) -> None:
    assert [when.day for when in find_dates(tokenise(spoken), TUESDAY, "future")] == [day]


@pytest.mark.parametrize(
    "spoken", ["the second call", "thirty five dollars a day", "they may be late", "first of all"]
)
def test_no_day_where_none_is_said(spoken: str) -> None:
    assert find_dates(tokenise(spoken), TUESDAY, "future") == []


def test_past_days_go_back() -> None:
    assert find_dates(tokenise("called on the sixteenth and"), TUESDAY, "past")[0].day == date(
        2026, 8, 16
    )


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 60))
def test_business_days_never_end_on_a_weekend(day: date, count: int) -> None:
    assert add_business_days(day, count).weekday() < 5


def test_a_month_after_the_thirty_first() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("spoken", "value"),
    [
        ("send it to care at gulfstar dot example dot com by", "care@gulfstar.example.com"),
        ("her email f dot dunmore at example dot net in case", "f.dunmore@example.net"),
        ("claims dash dept at harbor dot example dot org", "claims-dept@harbor.example.org"),
        ("the form at netherby dot example slash bins instead", "netherby.example/bins"),
        ("See https://a.example/help.", "a.example/help"),
    ],
)
def test_addresses(spoken: str, value: str) -> None:
    assert [one.value for one in find_addresses(tokenise(spoken))] == [value]


@pytest.mark.parametrize(
    ("spoken", "values"),
    [
        ("ring back on oh two oh seven nine four six oh one oh seven", ["02079460107"]),
        ("extension eight one four the old", ["814"]),
        ("call me back on five five five oh one four two", []),
        ("press two for billing", []),
        ("The number is (800) 555-0142 ext. 12.", ["8005550142", "12"]),
    ],
)
def test_numbers_to_call(spoken: str, values: list[str]) -> None:
    assert [one.value for one in find_numbers(tokenise(spoken), set(), "US")] == values


@pytest.mark.parametrize(
    ("spoken", "kept"),
    [
        ("forty six pounds make that fifty six pounds", "fifty six pounds"),
        ("ticket seven no eight bravo", "ticket eight bravo"),
        ("her name is linda sorry lynette", "her name is lynette"),
        ("seven four two bravo sorry charlie", "seven four two charlie"),
        ("by friday no wait monday", "by monday"),
        ("they'll call scratch that they'll email", "they'll email"),
        ("they said no sorry about that", "they said no sorry about that"),
        ("no compensation she laughed", "no compensation she laughed"),
    ],
)
def test_corrections_win(spoken: str, kept: str) -> None:
    assert " ".join(token.word for token in settle(tokenise(spoken), TUESDAY).tokens) == kept
