"""Mending a code by voice after it was read back: "no, the fourth is delta", "start again"."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from assistant.recap.codes import read_code
from assistant.recap.lexicon import lists
from assistant.recap.numbers import read_cardinal, read_ordinal
from assistant.recap.tokens import Token, phrase_at, tokenise

UNHEARD = 0.001
"""Probability of a reading that one of two votes does not list: small, but it can still win."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """The code is right."""


@dataclass(frozen=True, slots=True)
class StartAgain:
    """Forget the code; it will be said anew."""


@dataclass(frozen=True, slots=True)
class Change:
    """One symbol is another."""

    place: int
    """Counts letters and digits from 1; −1 is the last."""
    symbol: str


@dataclass(frozen=True, slots=True)
class Delete:
    """The last symbols are too many."""

    count: int


@dataclass(frozen=True, slots=True)
class Length:
    """How many letters and digits the code has."""

    symbols: int


@dataclass(frozen=True, slots=True)
class Again:
    """The whole code, said a second time."""

    code: str


Repair: TypeAlias = Confirm | StartAgain | Change | Delete | Length | Again


def read_repair(text: str) -> Repair | None:
    """What the user wants done to the code just read back; None where it is nothing of the kind."""
    tokens = tokenise(text)
    for at in range(len(tokens)):
        if phrase_at(tokens, at, lists("repair").sets["start_again"]):
            return StartAgain()
    for read in (_delete, _length, _change):
        for at in range(len(tokens)):
            repair = read(tokens, at)
            if repair is not None:
                return repair
    said = phrase_at(tokens, 0, lists("repair").sets["confirm"])
    if said and said == len(tokens):
        return Confirm()
    for at in range(len(tokens)):
        code = read_code(tokens, at)
        if code is not None and code.end == len(tokens) and len(code.value) > 2:
            return Again(code.value)
    return None


def apply_repair(code: str, repair: Repair) -> str:
    """`code` as the user wants it; separators stay, and do not count as places.

    A place the code does not have changes nothing; `StartAgain` gives "". `Length` changes
    nothing here: it chooses among readings.
    """
    match repair:
        case Change(place, symbol):
            places = [at for at, char in enumerate(code) if char.isalnum()]
            if abs(place) > len(places) or not place:
                return code
            at = places[place - 1] if place > 0 else places[place]
            return code[:at] + symbol + code[at + 1 :]
        case Delete(count):
            places = [at for at, char in enumerate(code) if char.isalnum()]
            keep = len(places) - count
            return code[: places[keep]].rstrip("-/._") if 0 < keep < len(places) else ""
        case StartAgain():
            return ""
        case Again(again):
            return again
        case Confirm() | Length():
            return code


def vote(first: Mapping[str, float], second: Mapping[str, float]) -> dict[str, float]:
    """Two readings of the same code as one: probabilities multiplied, best first, summing to 1.

    Both map readings to probabilities; a reading that one does not list counts `UNHEARD` there.
    Two empty readings give none.
    """
    texts = set(first) | set(second)
    logs = {
        text: math.log(max(first.get(text, 0.0), UNHEARD))
        + math.log(max(second.get(text, 0.0), UNHEARD))
        for text in texts
    }
    total = sum(math.exp(value) for value in logs.values())
    ranked = sorted(logs, key=lambda text: (-logs[text], text))
    return {text: math.exp(logs[text]) / total for text in ranked}


def with_length(readings: Mapping[str, float], symbols: int) -> dict[str, float]:
    """The readings with that many letters and digits, summing to 1; none where there is none."""
    fit = {
        text: probability
        for text, probability in readings.items()
        if sum(char.isalnum() for char in text) == symbols
    }
    total = sum(fit.values())
    return {text: probability / total for text, probability in fit.items()} if total else {}


def _delete(tokens: Sequence[Token], at: int) -> Delete | None:
    """As in "delete the last two", "remove the last one"."""
    sets = lists("repair").sets
    at += (length := phrase_at(tokens, at, sets["delete"]))
    if not length:
        return None
    at += at < len(tokens) and tokens[at].word == "the"
    if at >= len(tokens) or tokens[at].word not in sets["last"]:
        return None
    count = read_cardinal(tokens, at + 1)
    return Delete(count.value if count is not None else 1)


def _length(tokens: Sequence[Token], at: int) -> Length | None:
    """As in "it has nine characters", "it should have nine digits"."""
    sets = lists("repair").sets
    length = phrase_at(tokens, at, sets["length_verbs"])
    if not length:
        return None
    count = read_cardinal(tokens, at + length)
    if count is None or not phrase_at(tokens, count.end, sets["length_nouns"]):
        return None
    return Length(count.value)


def _change(tokens: Sequence[Token], at: int) -> Change | None:
    """As in "the fourth is delta", "change the fourth to delta", "the last one should be five"."""
    sets = lists("repair").sets
    ordinal = read_ordinal(tokens, at)
    if ordinal is not None:
        place, at = ordinal.value, ordinal.end
        if at < len(tokens) and tokens[at].word in sets["last"]:
            place, at = -place, at + 1
    elif tokens[at].word in sets["last"]:
        place, at = -1, at + 1
    else:
        return None
    at += phrase_at(tokens, at, sets["place_nouns"])
    length = phrase_at(tokens, at, sets["becomes"])
    if not length:
        return None
    at += length
    # "is a nine": the article; "is a": the letter.
    at += at + 1 < len(tokens) and tokens[at].word in ("a", "an")
    symbol = read_code(tokens, at)
    if symbol is None or len(symbol.value) != 1:
        return None
    return Change(place, symbol.value)
