"""Number words: cardinals, ordinals, and digits read one by one (which stay strings)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.recap.lexicon import lists
from assistant.recap.tokens import Token

_MOST_DIGITS = 48
"""Nothing longer is a number read out; keeps nonsense from taking time."""
_ZEROS = {"hundred": "00", "thousand": "000"}
"""What these add to digits read one by one: "eight hundred" is 800."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number read from tokens, and where it ends (exclusive)."""

    value: int
    end: int


@dataclass(frozen=True, slots=True)
class Digits:
    """Digits in the order read, and where they end (exclusive)."""

    text: str
    end: int
    items: int
    """How many readings it took: "five five" is two, "fifty five" one."""


def _table(name: str) -> Mapping[str, int]:
    return lists("numbers").numbers[name]


def _below_hundred(tokens: Sequence[Token], at: int) -> Number | None:
    """As in "seven", "seventeen", "seventy", "seventy seven", "77"."""
    if at >= len(tokens):
        return None
    word = tokens[at].word
    if word.isascii() and word.isdigit() and tokens[at].kind == "word" and len(word) < 10:
        return Number(int(word), at + 1)
    if tokens[at].kind == "number" and "." not in word:
        return Number(int(word.replace(",", "")), at + 1)
    if word in _table("tens"):
        unit = _table("digits").get(tokens[at + 1].word, 0) if at + 1 < len(tokens) else 0
        joined = unit and not tokens[at + 1].after_pause
        return Number(_table("tens")[word] + (unit if joined else 0), at + (2 if joined else 1))
    for name in ("digits", "teens"):
        if word in _table(name) and word != "oh":
            return Number(_table(name)[word], at + 1)
    return None


def _below_thousand(tokens: Sequence[Token], at: int) -> Number | None:
    """A number below a hundred, or so many hundreds ("nineteen hundred") and a rest."""
    start = _below_hundred(tokens, at)
    if start is None and at + 1 < len(tokens) and tokens[at].word == "a":
        start = Number(1, at + 1) if tokens[at + 1].word in ("hundred", "thousand") else None
    if start is None or start.end >= len(tokens) or tokens[start.end].word != "hundred":
        return start
    rest = _rest(tokens, start.end + 1)
    if rest is not None and rest.value < 100:
        return Number(start.value * 100 + rest.value, rest.end)
    return Number(start.value * 100, start.end + 1)


def _rest(tokens: Sequence[Token], at: int) -> Number | None:
    """The smaller part after "hundred" or "thousand", with or without "and"."""
    skipped = at + 1 if at < len(tokens) and tokens[at].word == "and" else at
    if skipped < len(tokens) and tokens[skipped].starts_sentence:
        return None
    return _below_thousand(tokens, skipped)


def read_cardinal(tokens: Sequence[Token], at: int) -> Number | None:
    """The whole number said from `at` on ("three thousand four hundred and fifty"), or None."""
    part = _below_thousand(tokens, at)
    if part is None:
        return None
    total = 0
    while part.end < len(tokens) and tokens[part.end].word in _table("scales"):
        total += part.value * _table("scales")[tokens[part.end].word]
        end = part.end + 1
        rest = _rest(tokens, end)
        if rest is None or rest.value >= 1000:
            return Number(total, end)
        part = rest
    return Number(total + part.value, part.end)


def read_ordinal(tokens: Sequence[Token], at: int) -> Number | None:
    """The ordinal said from `at` on ("twenty first", "31st"), or None."""
    if at >= len(tokens):
        return None
    token = tokens[at]
    if token.kind == "ordinal":
        return Number(int(token.word[:-2]), at + 1)
    ordinals = _table("ordinals")
    if token.word in ordinals:
        return Number(ordinals[token.word], at + 1)
    if token.word in _table("tens") and at + 1 < len(tokens):
        unit = ordinals.get(tokens[at + 1].word, 10)
        if unit < 10:
            return Number(_table("tens")[token.word] + unit, at + 2)
    return None


def read_digit_item(tokens: Sequence[Token], at: int) -> Digits | None:
    """One reading of digits: "four", "oh", "forty two", "fourteen", "double four", "742"."""
    if at >= len(tokens):
        return None
    token = tokens[at]
    word = token.word
    digits = _table("digits")
    if word.isascii() and word.isdigit():
        return Digits(word, at + 1, 1)
    if token.kind == "number" and "." not in word:
        return Digits(word.replace(",", ""), at + 1, 1)
    if word in digits or (word == "o" and token.kind == "word"):
        return Digits(str(digits.get(word, 0)), at + 1, 1)
    repeats = _table("repeats").get(word)
    if repeats:
        item = read_digit_item(tokens, at + 1)
        if item is not None and len(item.text) == 1:
            return Digits(item.text * repeats, item.end, repeats)
        return None
    if word in _table("teens") or word in _table("tens"):
        pair = _below_hundred(tokens, at)
        return Digits(str(pair.value), pair.end, 1) if pair else None
    return None


def read_digits(tokens: Sequence[Token], at: int) -> Digits | None:
    """All digits read one after the other from `at` on, as a string; None where there are none.

    A sentence end stops it, a comma, space or hyphen does not ("7, 4, 2").
    """
    text = ""
    items = 0
    end = at
    while end < len(tokens) and items < _MOST_DIGITS:
        if end > at and tokens[end].starts_sentence:
            break
        word = tokens[end].word
        if word in _ZEROS and text and text[-1] != "0":
            text, end = text + _ZEROS[word], end + 1
            continue
        item = read_digit_item(tokens, end)
        if item is None:
            break
        text, items, end = text + item.text, items + item.items, item.end
    return Digits(text, end, items) if text else None


def say_cardinal(value: int) -> str:
    """`value` (0 to 999,999,999) in words: 133 gives "one hundred thirty three"."""
    units = {number: word for word, number in _table("teens").items()}
    tens: dict[int, str] = {}
    for word, number in _table("digits").items():
        units.setdefault(number, word)
    for word, number in _table("tens").items():
        tens.setdefault(number, word)
    if value < 20:
        return units[value]
    if value < 100:
        rest = value % 10
        return tens[value - rest] + (f" {units[rest]}" if rest else "")
    for scale, name in ((1_000_000, "million"), (1000, "thousand"), (100, "hundred")):
        if value >= scale:
            rest = value % scale
            tail = f" {say_cardinal(rest)}" if rest else ""
            return f"{say_cardinal(value // scale)} {name}{tail}"
    raise AssertionError(value)
