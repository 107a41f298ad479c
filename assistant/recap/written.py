"""The readable form of a recap: sums, days, numbers and codes written as one writes them.

Ordinary words are never changed: only what was read as a number, a day, a sum, a code or an
address is written anew, fillers and retracted words are left out, and raw recogniser text gets its
capitals.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assistant.recap.amounts import AmountSpan
from assistant.recap.corrections import settle
from assistant.recap.dates import When
from assistant.recap.lexicon import lists
from assistant.recap.names.company import find_company
from assistant.recap.names.people import find_people
from assistant.recap.numbers import read_cardinal, read_ordinal
from assistant.recap.reading import Reading, domains_of, read
from assistant.recap.tokens import Token, tokenise

_SMALLEST_DIGITS = 10
"""Counts below this stay words."""
_I_FORMS = frozenset(("i", "i'm", "i've", "i'll", "i'd"))


def write_out(spoken: str, today: date) -> str:
    """`spoken` as one would write it; text that is already written keeps its words and capitals.

    Empty text gives "".
    """
    text = spoken.strip()
    if any(char.isupper() for char in text):
        return _rewritten(text, tokenise(text), today, raw=False)
    return _rewritten(text, settle(tokenise(text), today).tokens, today, raw=True)


def _rewritten(text: str, tokens: Sequence[Token], today: date, raw: bool) -> str:
    if not tokens:
        return text if not raw else ""
    reading = read(tokens, today)
    pieces = _pieces(reading)
    capitals = _capitals(reading) if raw else set()
    out = "" if raw else tokens[0].gap.lstrip(" ,.;:!?")  # of a filler that is left out
    at = 0
    while at < len(tokens):
        end, written = pieces.get(at, (at + 1, tokens[at].text))
        if not raw and (written == tokens[at].text or not _is_spoken(tokens[at:end])):
            end, written = at + 1, tokens[at].text
        if at in capitals and end == at + 1:
            written = written[:1].upper() + written[1:]
        gap = tokens[at].gap
        out += (gap if not raw or gap.strip() else " ") if at else ""
        out += written
        at = end
    tail = text[tokens[-1].end :]
    if not raw:
        return (out[:1].upper() + out[1:] if text[:1].isupper() else out) + tail
    out = out[:1].upper() + out[1:]
    return out + (tail if tail.strip() else ".")


def _is_spoken(tokens: Sequence[Token]) -> bool:
    """Whether a stretch of written text still has number or spelling words to convert."""
    words = [*lists("numbers").numbers["digits"], *lists("numbers").numbers["tens"]]
    words += [*lists("numbers").numbers["teens"], *lists("codes").maps["nato"], "dot", "slash"]
    return len(tokens) > 1 and any(token.word in words for token in tokens)


def _pieces(reading: Reading) -> dict[int, tuple[int, str]]:
    """Where each stretch to write anew starts, where it ends, and its written form."""
    pieces: dict[int, tuple[int, str]] = {}
    taken = reading.taken
    for at in range(len(reading.tokens)):
        if at not in taken:
            counted = _count(reading.tokens, at, taken)
            if counted is not None:
                pieces[at] = counted
                taken.update(range(at, counted[0]))
    for when in reading.dates:
        pieces.update(_when(reading.tokens, when))
    for amount in reading.amounts:
        pieces[amount.start] = (amount.end, _amount(amount))
    for labelled in reading.codes:
        code = labelled.code
        pieces[code.start] = (code.end, code.value)
    for contact in reading.contacts:
        written = contact.value
        if contact.kind == "extension":
            written = f"{reading.tokens[contact.start].text} {contact.value}"
        pieces[contact.start] = (contact.end, written)
    return pieces


def _count(tokens: Sequence[Token], at: int, taken: set[int]) -> tuple[int, str] | None:
    """A number of ten or more, with "percent" where that follows."""
    number = read_cardinal(tokens, at)
    if number is None or any(place in taken for place in range(at, number.end)):
        return None
    percent = number.end < len(tokens) and tokens[number.end].word in ("percent", "per cent")
    if percent:
        return number.end + 1, f"{number.value}%"
    if tokens[at].kind != "word" or tokens[at].word.isdigit() or number.value < _SMALLEST_DIGITS:
        return None
    return number.end, f"{number.value:,}"


def _amount(amount: AmountSpan) -> str:
    symbol = lists("numbers").maps["currency_symbol"].get(amount.currency, "")
    whole = amount.value == amount.value.to_integral_value()
    value = f"{amount.value:,.0f}" if whole else f"{amount.value:,.2f}"
    return f"{symbol}{value}" if symbol else f"{value} {amount.currency}"


def _when(tokens: Sequence[Token], when: When) -> dict[int, tuple[int, str]]:
    """The numbers inside a day or period; its other words stay, day and month names capitalised."""
    pieces: dict[int, tuple[int, str]] = {}
    dates = lists("dates").numbers
    at = when.start
    while at < when.end:
        word = tokens[at].word
        if word in dates["weekdays"] or (word in dates["months"] and when.kind != "period"):
            pieces[at] = (at + 1, tokens[at].text[:1].upper() + tokens[at].text[1:])
            at += 1
            continue
        ordinal = read_ordinal(tokens, at)
        number = read_cardinal(tokens, at)
        if ordinal is not None and when.kind in ("day", "period"):
            pieces[at] = (ordinal.end, _ordinal(ordinal.value))
            at = ordinal.end
        elif number is not None and number.end <= when.end:
            bare = when.kind == "period" and number.value < _SMALLEST_DIGITS
            clock = when.kind == "time" and tokens[at - 1].word == "past"
            if not bare and not clock and tokens[at].kind == "word":
                pieces[at] = (number.end, str(number.value))
            at = number.end
        else:
            at += 1
    return pieces


def _ordinal(value: int) -> str:
    ending = "th" if 10 < value % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


def _capitals(reading: Reading) -> set[int]:
    """Places of words with a capital: "I", the company, people."""
    tokens = reading.tokens
    places = {at for at, token in enumerate(tokens) if token.word in _I_FORMS}
    company = find_company(tokens, reading.taken, domains_of(reading))
    inner = lists("company").sets["inner"]
    taken = reading.taken
    if company is not None:
        span = range(company.start, company.end)
        taken |= set(span)
        places.update(at for at in span if tokens[at].word not in inner)
    for person in find_people(tokens, taken):
        places.update(range(person.start, person.end))
    names = {tokens[at].word for at in places} - set(inner)
    plain = lists("company").sets["heads"] | lists("company").sets["generic"]
    places.update(
        at for at, token in enumerate(tokens) if token.word in names - plain and at not in taken
    )
    return places
