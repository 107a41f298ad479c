"""Mending a code by voice after it was read back: "no, the fourth is delta", "start again"."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TypeAlias

from assistant.recap.codes import read_code
from assistant.recap.lexicon import lists
from assistant.recap.numbers import read_cardinal, read_ordinal
from assistant.recap.tokens import Token, phrase_at, tokenise

WORTH_OFFERING = 0.5
"""A reading at least as likely as not is offered after a "no"; else the code is said again."""
UNHEARD = 0.001
"""Probability of a reading that one of two votes does not list: small, but it can still win."""
_ARTICLES = ("a", "an", "the")
ASSUMED = 0.002
"""The same for the code with just the repair made, where no reading says so."""


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
class Drop:
    """One symbol is too many."""

    place: int
    """Counts letters and digits from 1."""


@dataclass(frozen=True, slots=True)
class Insert:
    """One symbol is missing."""

    after: int
    """The place it follows, from 1; 0 for the start, −1 for the end."""
    symbol: str


@dataclass(frozen=True, slots=True)
class Length:
    """How many letters and digits the code has."""

    symbols: int


@dataclass(frozen=True, slots=True)
class Again:
    """The whole code, said a second time."""

    code: str


Repair: TypeAlias = Confirm | StartAgain | Change | Delete | Drop | Insert | Length | Again


def read_repair(text: str) -> Repair | None:
    """What the user wants done to the code just read back; None where it is nothing of the kind."""
    tokens = tokenise(text)
    for at in range(len(tokens)):
        if phrase_at(tokens, at, lists("repair").sets["start_again"]):
            return StartAgain()
    for read in (_insert, _delete, _length, _change):
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
        case Drop(place):
            places = [at for at, char in enumerate(code) if char.isalnum()]
            if not 0 < place <= len(places):
                return code
            return (code[: places[place - 1]] + code[places[place - 1] + 1 :]).strip("-/._")
        case Insert(after, symbol):
            places = [0, *(at + 1 for at, char in enumerate(code) if char.isalnum())]
            if after >= len(places):
                return code
            return code[: places[after]] + symbol + code[places[after] :]
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


def mend(
    code: str, readings: Mapping[str, float], repair: Repair | None, second: Mapping[str, float]
) -> dict[str, float] | None:
    """What a code that was read back may be after `repair`, best first; None to say it anew.

    `readings` are those of the code so far, itself among them; `second` those of a second
    reading, which counts where `repair` is `Again` or None. {} where nothing was understood.
    """
    match repair:
        case Length(symbols):
            return with_length(readings, symbols) or None
        case Change() | Delete() | Drop() | Insert():
            return _fitting(code, readings, repair) or None
        case _:
            return _voted(code, readings, second)


def _fitting(
    code: str, readings: Mapping[str, float], repair: Change | Delete | Drop | Insert
) -> dict[str, float]:
    """The readings that a repair leaves, best first; {} where it leaves no symbol.

    Who mends one place says that those before it are right, but not that those behind it are:
    a reading with the same start may win over the code with just that place mended.
    """
    mended = apply_repair(code, repair)
    if not mended:
        return {}
    if isinstance(repair, Change) and mended == code:
        return _otherwise(code, readings, repair.place)
    sure = {mended: max(readings.get(mended, 0.0), ASSUMED)}
    start = _known_start(mended, repair)
    sure |= {
        text: probability
        for text, probability in readings.items()
        if start and text not in (code, mended) and _plain(text).startswith(start)
    }
    return dict(sorted(sure.items(), key=lambda item: (-item[1], item[0] != mended)))


def _otherwise(code: str, readings: Mapping[str, float], place: int) -> dict[str, float]:
    """The readings in which something else stands at `place`, best first, the start being right.

    "The second is …" was heard as what stands there already: it sounds like it, and is another.
    """
    at = place - 1 if place > 0 else len(_plain(code)) + place
    start, symbol = _plain(code)[:at], _plain(code)[at : at + 1]
    other = {
        text: probability
        for text, probability in readings.items()
        if _plain(text).startswith(start) and _plain(text)[at : at + 1] not in (symbol, "")
    }
    return dict(sorted(other.items(), key=lambda item: -item[1]))


def _known_start(mended: str, repair: Change | Delete | Drop | Insert) -> str:
    """The symbols up to the mended place; "" where the user counted from the end."""
    plain = _plain(mended)
    match repair:
        case Change(place, _) if place > 0:
            return plain[:place]
        case Drop(place):
            return plain[: place - 1]
        case Insert(after, _) if after >= 0:
            return plain[: after + 1]
        case _:
            return ""


def _plain(code: str) -> str:
    return "".join(filter(str.isalnum, code))


def said_again(
    first: Mapping[str, float], second: Mapping[str, float], refused: Set[str]
) -> dict[str, float]:
    """A code said anew after a "no", weighed with the readings of before; none of the `refused`."""
    first, second = (
        {text: sure for text, sure in readings.items() if text not in refused}
        for readings in (first, second)
    )
    return vote(first, second) if first and second else dict(second)


def likely_others(readings: Mapping[str, float], refused: Set[str]) -> dict[str, float]:
    """What a code may be instead of those `refused`, best first; {} where none stands out.

    Each reading's share of the probability that the refused ones leave.
    """
    left = 1.0 - sum(sure for text, sure in readings.items() if text in refused)
    others = {
        text: sure / left for text, sure in readings.items() if text not in refused and left > 0
    }
    ranked = dict(sorted(others.items(), key=lambda pair: -pair[1]))
    return ranked if ranked and next(iter(ranked.values())) >= WORTH_OFFERING else {}


def _voted(code: str, first: Mapping[str, float], second: Mapping[str, float]) -> dict[str, float]:
    """A second reading weighed with the first.

    Who says another code refuses the first one; who says the same does not.
    """
    if code != next(iter(second), ""):
        first = {text: sure for text, sure in first.items() if text != code}
    return vote(first, second) if first and second else dict(second)


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


def _insert(tokens: Sequence[Token], at: int) -> Insert | None:
    """As in "there is a five after the third", "add delta at the end", or just "five after …"."""
    sets = lists("repair").sets
    at += (length := phrase_at(tokens, at, sets["insert"]))
    # "add a nine": the article; "add a": the letter.
    at += at + 1 < len(tokens) and tokens[at].word in _ARTICLES and _symbol(tokens, at + 1) != ""
    symbol = read_code(tokens, at)
    # "There is no five": nothing to insert; "no, five after the third": the other one.
    denied = not length and at > 1 and tokens[at - 1].word == "no"
    if symbol is None or len(symbol.value) != 1 or denied:
        return None
    at = symbol.end
    for name, place in (("at_start", 0), ("at_end", -1)):
        if phrase_at(tokens, at, sets[name]):
            return Insert(place, symbol.value)
    after = phrase_at(tokens, at, sets["after"])
    ordinal = read_ordinal(tokens, at + after) if after else None
    return Insert(ordinal.value, symbol.value) if ordinal is not None else None


def _symbol(tokens: Sequence[Token], at: int) -> str:
    """The one symbol that starts at token `at`; "" for none."""
    code = read_code(tokens, at)
    return code.value if code is not None and len(code.value) == 1 else ""


def _delete(tokens: Sequence[Token], at: int) -> Delete | Drop | None:
    """As in "delete the last two", "remove the last one", "delete the fourth"."""
    sets = lists("repair").sets
    at += (length := phrase_at(tokens, at, sets["delete"]))
    if not length:
        return None
    at += at < len(tokens) and tokens[at].word == "the"
    if at >= len(tokens):
        return None
    if tokens[at].word not in sets["last"]:
        ordinal = read_ordinal(tokens, at)
        return Drop(ordinal.value) if ordinal is not None else None
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
