"""Ways to reach the company: phone numbers, extensions, e-mail addresses, web pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

import phonenumbers

from assistant.recap.lexicon import lists
from assistant.recap.numbers import Digits, read_digit_item, read_digits
from assistant.recap.tokens import Found, Token, phrase_at, words_of

_PHONE_DIGITS = range(7, 16)
"""A phone number has 7 to 15 digits (ITU-T E.164 allows at most 15)."""
_LOCAL_REACH = 3
_LABEL_WORDS = 3
_CUE_REACH = 6
"""How many words before a number are looked at for what it is."""


@dataclass(frozen=True, slots=True)
class ContactSpan:
    """A contact and the tokens it was read from."""

    kind: Literal["phone", "extension", "email", "url"]
    value: str
    start: int
    end: int
    confidence: float = 1.0


def find_addresses(tokens: Sequence[Token]) -> list[ContactSpan]:
    """All e-mail addresses (lower case) and web pages (without scheme), spoken or written."""
    found = [span for at in range(len(tokens)) if (span := _email(tokens, at)) is not None]
    found = [span for span in found if not _is_own(tokens, span.start)]
    # "Reach him at j dot kerr at …": the last "at" is the address's.
    found = [
        one for one, later in zip_longest(found, found[1:]) if not later or later.start >= one.end
    ]
    taken = {at for span in found for at in range(span.start, span.end)}
    at = 0
    while at < len(tokens):
        span = None if at in taken else _url(tokens, at)
        if span is not None and taken.isdisjoint(range(span.start, span.end)):
            found.append(span)
            at = span.end
        else:
            at += 1
    return sorted(found, key=lambda span: span.start)


def _is_own(tokens: Sequence[Token], at: int) -> bool:
    """Whether an address is the caller's: "my email is", "to me at"."""
    context = " ".join(words_of(tokens[max(0, at - 5) : at]))
    return any(own in f"{context} " for own in lists("contacts").sets["own_email"])


def _email(tokens: Sequence[Token], at: int) -> ContactSpan | None:
    """The address written at token `at`, or spoken around the "at" there."""
    token = tokens[at]
    if token.kind == "email":
        return ContactSpan("email", token.word.rstrip("."), at, at + 1)
    if token.word != "at" or at + 1 >= len(tokens):
        return None
    domain = _domain(tokens, at + 1)
    if tokens[at + 1].kind == "url" and "/" not in tokens[at + 1].word:
        domain = Found(tokens[at + 1].word, at + 2)
    if domain is None or _word(tokens, domain.end) == "slash" or _is_page(tokens, at):
        return None
    local = _local(tokens, at)
    if local is None:
        return None
    value = f"{local.value}@{domain.value}"
    return ContactSpan("email", value, local.end, domain.end, _sureness(tokens, at + 1))


def _url(tokens: Sequence[Token], at: int) -> ContactSpan | None:
    """The web page written or spoken from token `at` on: "gulfstar dot example dot com"."""
    token = tokens[at]
    if token.kind == "url":
        return ContactSpan("url", re.sub(r"^https?://", "", token.word), at, at + 1)
    domain = _domain(tokens, at)
    if domain is None:
        return None
    path = _path(tokens, domain.end)
    return ContactSpan("url", domain.value + path.value, at, path.end, _sureness(tokens, at))


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].word if 0 <= at < len(tokens) else ""


def _sureness(tokens: Sequence[Token], at: int) -> float:
    """Spelled or many-worded domains are less certain than one plain word."""
    return 0.9 if tokens[at].kind == "url" or _word(tokens, at + 1) == "dot" else 0.7


def _domain(tokens: Sequence[Token], at: int) -> Found | None:
    """As in "Summit ridge dot example" from `at`: at most three words before the first dot."""
    stops = lists("contacts").sets["domain_stops"]
    words: list[str] = []
    here = at
    while here < len(tokens) and len(words) < 8 and tokens[here].word != "dot":
        word = tokens[here].word
        item = read_digit_item(tokens, here) if words else None
        if tokens[here].kind != "word" or (here > at and tokens[here].after_pause):
            return None
        if word in stops and not (len(word) == 1 and words) and _word(tokens, here + 1) != "dot":
            return None
        words.append("-" if word in ("dash", "hyphen") else item.text if item else word)
        here = item.end if item else here + 1
    plain = sum(len(word) > 1 for word in words)
    introduced = at == 0 or tokens[at - 1].word in lists("contacts").sets["before_page"]
    if not words or plain > (3 if introduced else 1):
        return None
    value = "".join(words)
    labels = 1
    while here + 1 < len(tokens) and tokens[here].word == "dot" and labels < 6:
        parts = _label_words(tokens, here + 1)
        label = "".join(parts)
        if not label.isalnum():
            break
        value, here, labels = f"{value}.{label}", here + 1 + len(parts), labels + 1
    top = value.rsplit(".", 1)[-1]
    if (
        labels == 1
        or not top.isalpha()
        or len(top) < 2
        or top in lists("numbers").numbers["digits"]
        or top in lists("codes").maps["nato"]
    ):
        return None
    sets = lists("codes").sets
    if any(word in sets["case_labels"] for word in words_of(tokens[at : at + len(words)])):
        return None  # "reference n g l dot two six"
    return Found(value, here)


def _label_words(tokens: Sequence[Token], at: int) -> list[str]:
    """One word of a domain name, or several where another dot follows them: "swift parcel dot"."""
    stops = lists("contacts").sets["domain_stops"]
    words = words_of(tokens[at : at + _LABEL_WORDS + 1])
    plain = words[: words.index("dot")] if "dot" in words else []
    joined = plain and all(word.isalpha() and word not in stops for word in plain)
    return plain if joined else words[:1]


def _path(tokens: Sequence[Token], at: int) -> Found:
    """As in "Slash docs slash two", or an empty path."""
    joiners = lists("contacts").maps["url_joiners"]
    value = ""
    while at + 1 < len(tokens) and tokens[at].word == "slash":
        item = read_digit_item(tokens, at + 1)
        value += "/" + (item.text if item else tokens[at + 1].word)
        at = item.end if item else at + 2
        while at + 1 < len(tokens) and tokens[at].word in joiners:
            value, at = value + joiners[tokens[at].word] + tokens[at + 1].word, at + 2
    return Found(value, at)


def _is_page(tokens: Sequence[Token], at: int) -> bool:
    """Whether the "at" at token `at` means a place: "the form at", "upload at"."""
    before = words_of(tokens[max(0, at - 3) : at])
    pages = lists("contacts").sets["page_words"]
    if not before or before[-1] not in pages:
        return not before
    return not any(word in lists("contacts").sets["email_words"] for word in before[:-1])


def _local(tokens: Sequence[Token], at: int) -> Found | None:
    """What stands before the "at" at token `at`: its text, and the token it starts at."""
    joiners = lists("contacts").maps["email_joiners"]
    digits = lists("numbers").numbers["digits"]
    text = ""
    here = at
    while here > 0 and tokens[here - 1].kind == "word":
        word = tokens[here - 1].word
        symbol = str(digits[word]) if word in digits else word
        text, here = symbol + text, here - 1
        before = tokens[here - 1].word if here else ""
        if before in joiners and here > 1:
            text, here = joiners[before] + text, here - 1
        elif (
            not ((len(symbol) == 1 and len(before) == 1) or (symbol.isdigit() and before))
            or (before in ("a", "i") and not _spells(tokens, here - 1))
            or tokens[here].after_pause
            or before in lists("contacts").sets["no_mailbox"]
        ):
            break
    words = words_of(tokens[max(0, here - _LOCAL_REACH) : here])
    plain = lists("contacts").sets["local_words"]
    # "Write to glass claims at …": plain words between "to" and the "at" belong together.
    for count, word in enumerate(reversed(words)):
        if word in lists("contacts").sets["before_mailbox"]:
            if text.isalpha() and len(text) > 1:
                text = "".join(words[len(words) - count :]) + text
                here -= count
            break
        if word not in plain or tokens[here - count].after_pause:
            break
    return Found(text.replace("'", ""), here) if text else None


def _spells(tokens: Sequence[Token], at: int) -> bool:
    """Whether the "a" or "i" at token `at` is spelled: "email is a b k at"."""
    before = _word(tokens, at - 1)
    return len(before) == 1 or before in lists("contacts").sets["before_spelled"]


def find_numbers(tokens: Sequence[Token], taken: set[int], country: str) -> list[ContactSpan]:
    """Extensions and phone numbers of the company; the caller's own and menu options left out.

    `taken` are tokens already read as something else (codes, dates, sums); `country` says which
    plan a number must fit to be believed without any word like "call" or "line" before it.
    """
    found: list[ContactSpan] = []
    at = 0
    while at < len(tokens):
        span = None
        if at not in taken:
            span = _extension(tokens, at) or _phone(tokens, at, taken, country)
        if span is not None:
            found.append(span)
        at = span.end if span is not None else at + 1
    return found


def _extension(tokens: Sequence[Token], at: int) -> ContactSpan | None:
    sets = lists("contacts").sets
    length = phrase_at(tokens, at, sets["extension"])
    if tokens[at].word == "x" and at and len(tokens[at - 1].word) == 1:
        return None  # "v w x four oh one"
    if not length or words_of(tokens[max(0, at - 1) : at]) == ["my"]:
        return None
    here = at + length
    here += phrase_at(tokens, here, sets["number_links"])
    digits = read_digits(tokens, here)
    if digits is None or len(digits.text) > 7:
        return None
    return ContactSpan("extension", digits.text, at, digits.end)


def _phone(tokens: Sequence[Token], at: int, taken: set[int], country: str) -> ContactSpan | None:
    digits = _without_hours(tokens, at, read_digits(tokens, at), country)
    if digits is None or len(digits.text) not in _PHONE_DIGITS:
        return None
    if any(place in taken for place in range(at, digits.end)):
        return None
    before = words_of(tokens[max(0, at - _CUE_REACH) : at])
    context = f" {' '.join(before)} "
    sets = lists("contacts").sets
    if any(f" {own} " in context for own in sets["own_number"]) or any(
        word in sets["menu"] for word in before[-2:]
    ):
        return None
    cued = any(word in sets["phone_cues"] for word in before)
    valid = _is_valid(digits.text, country)
    if not cued and not (valid and len(digits.text) >= 10):
        return None
    return ContactSpan("phone", digits.text, at, digits.end, 0.95 if valid and cued else 0.7)


def _without_hours(
    tokens: Sequence[Token], at: int, digits: Digits | None, country: str
) -> Digits | None:
    """`digits` without the first of the opening hours behind them: "… nine to five"."""
    following = _word(tokens, digits.end) if digits is not None else ""
    hours = following in lists("contacts").sets["hours"]
    if digits is None or not hours or _is_valid(digits.text, country):
        return digits
    for end in range(digits.end - 1, at, -1):
        shorter = read_digits(tokens[:end], at)
        if shorter is not None and _is_valid(shorter.text, country):
            return shorter
    return digits


def _is_valid(digits: str, country: str) -> bool:
    """Whether `digits` fit the numbering plan of `country`, of the US or Britain, or are abroad."""
    regions = dict.fromkeys((country, "US", "GB"))
    for text, region in (*((digits, one) for one in regions), (f"+{digits}", None)):
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            return True
    return False
