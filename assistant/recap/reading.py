"""One reading of a recap's tokens: addresses, days, sums, codes and numbers, none overlapping."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from assistant.recap.amounts import AmountSpan, find_amounts
from assistant.recap.casenumbers import LabelledCode, find_codes
from assistant.recap.codes import Code, read_code
from assistant.recap.contacts import ContactSpan, find_addresses, find_numbers
from assistant.recap.dates import When, find_dates
from assistant.recap.lexicon import lists
from assistant.recap.tokens import Token


class Span(Protocol):
    """Anything read from a stretch of tokens."""

    @property
    def start(self) -> int:
        """First token."""

    @property
    def end(self) -> int:
        """Last token, exclusive."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the tokens of a recap hold, apart from names and promises."""

    tokens: tuple[Token, ...]
    today: date
    contacts: tuple[ContactSpan, ...]
    dates: tuple[When, ...]
    amounts: tuple[AmountSpan, ...]
    codes: tuple[LabelledCode, ...]

    @property
    def taken(self) -> set[int]:
        """The places of all tokens that are part of something read."""
        spans: list[Span] = [*self.contacts, *self.dates, *self.amounts]
        spans.extend(code.code for code in self.codes)
        return _places(spans)


def _places(spans: Iterable[Span]) -> set[int]:
    return {at for span in spans for at in range(span.start, span.end)}


def read(tokens: Sequence[Token], today: date, country: str = "US") -> Reading:
    """Read `tokens`; days without a year or week go to the future."""
    addresses = find_addresses(tokens)
    taken = _places(addresses)
    dates = [
        when
        for when in find_dates(tokens, today, "future")
        if taken.isdisjoint(range(when.start, when.end)) and not _is_code(tokens, when)
    ]
    amounts = find_amounts(tokens, taken | _places(dates), country)
    taken |= _places(amounts) | _places(dates)
    codes = find_codes(tokens, taken)
    phones = lists("contacts").sets["phone_labels"]
    settled = [
        one.code
        for one in codes
        if one.label and one.label not in phones and not _is_dialled(tokens, one.code)
    ]
    numbers = find_numbers(tokens, taken | _places(settled), country)
    dialled = _places(numbers)
    codes = [one for one in codes if dialled.isdisjoint(range(one.code.start, one.code.end))]
    contacts = sorted([*addresses, *numbers], key=lambda span: span.start)
    return Reading(
        tuple(tokens), today, tuple(contacts), tuple(dates), tuple(amounts), tuple(codes)
    )


def domains_of(reading: Reading) -> list[str]:
    """The domain names of all addresses read; a company's name is often among them."""
    return [
        contact.value.split("@")[-1].split("/")[0]
        for contact in reading.contacts
        if contact.kind in ("email", "url")
    ]


def _is_dialled(tokens: Sequence[Token], code: Code) -> bool:
    """As in "the serial number, by text on oh seven …": digits right behind a word for calling."""
    before = tokens[code.start - 1].word if code.start else ""
    return code.is_digits and len(code.value) >= 10 and before in lists("contacts").sets["dialling"]


def _is_code(tokens: Sequence[Token], when: When) -> bool:
    """Whether "november nine four two" is a spelled code, not a day."""
    maps = lists("codes").maps
    digits = lists("numbers").numbers["digits"]
    last = tokens[when.end - 1].word
    if last in maps["nato"] and tokens[when.start].word in digits:  # "… four two november"
        return when.start > 0 and tokens[when.start - 1].word in digits
    if tokens[when.start].word not in maps["nato"]:
        return False
    code = read_code(tokens, when.start)
    before = tokens[when.start - 1].word if when.start else ""
    symbol = before in maps["nato"] or before in maps["separators"] or len(before) == 1
    symbol = symbol or before in digits
    return symbol or (code is not None and code.end > when.end)
