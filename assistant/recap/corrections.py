"""Self-corrections: what a caller takes back is dropped before anything is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from assistant.recap.amounts import read_amount
from assistant.recap.codes import read_code
from assistant.recap.dates import read_when
from assistant.recap.lexicon import lists, ordinary_words
from assistant.recap.numbers import read_cardinal
from assistant.recap.tokens import Token, phrase_at, words_of

_REACH = 7
"""How many words before a strong correction the corrected thing may end."""
_CLAUSE_REACH = 12
_MOST_GLUE = 6
_End = Callable[[Sequence[Token], int], int | None]
"""Where a thing of one kind that starts at a token ends, or None."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Tokens without what was taken back, and the stretches that were."""

    tokens: tuple[Token, ...]
    retracted: tuple[tuple[Token, ...], ...]
    """What was taken back, with the words of the correction."""


def settle(tokens: Sequence[Token], today: date) -> Settled:
    """Drop everything a later "no sorry", "I mean", "make that" or "scratch that" takes back."""
    kept = list(tokens)
    retracted: list[tuple[Token, ...]] = []
    at = 1
    while at < len(kept):
        span = _retracted(kept, at, today)
        if span is None:
            at += 1
            continue
        start, end = span
        retracted.append(tuple(kept[start:end]))
        del kept[start:end]
        at = max(1, start)
    return Settled(tuple(kept), tuple(retracted))


def _retracted(tokens: Sequence[Token], at: int, today: date) -> tuple[int, int] | None:
    """The stretch to drop for a correction that starts at token `at`, or None."""
    sets = lists("corrections").sets
    strong = phrase_at(tokens, at, sets["strong"])
    length = strong or phrase_at(tokens, at, sets["weak"])
    if not length:
        return None
    for end in _after_glue(tokens, at + length):
        start = _same_kind(tokens, at, end, today, _REACH if strong else 0)
        if start is None and tokens[end].word in lists("codes").maps["separators"]:
            start = _tail_after_mark(tokens, at, end)  # "dash six one, nope, dash six seven one"
        if start is not None:
            return start, end
    if strong:
        again = _said_again(tokens, at, at + length)
        if again is not None:
            return again, at + length
    return None


def _tail_after_mark(tokens: Sequence[Token], at: int, right: int) -> int | None:
    """Where the last part of a code starts that the same mark opens as the right one."""
    if right + 1 >= len(tokens) or _code_end(tokens, right + 1) is None:
        return None
    for start in range(at - 1, max(0, at - _CLAUSE_REACH), -1):
        opens = tokens[start].word == tokens[right].word
        if opens and tokens[start + 1].word == tokens[right + 1].word:
            whole = next((one for one in range(start) if _code_end(tokens[:at], one) == at), None)
            return start if whole is not None else None
    return None


def _after_glue(tokens: Sequence[Token], at: int) -> list[int]:
    """Where the right thing may start: after the correction, and after each word of glue."""
    sets = lists("corrections").sets
    places = [at]
    while len(places) <= _MOST_GLUE:
        step = phrase_at(tokens, places[-1], sets["strong"] | sets["glue"])
        if not step:
            break
        places.append(places[-1] + step)
    return [place for place in places if place < len(tokens)]


def _same_kind(tokens: Sequence[Token], at: int, right: int, today: date, reach: int) -> int | None:
    """Where the wrong thing starts that the thing at `right` puts right; None for neither."""
    kinds: tuple[_End, ...] = (
        _amount_end,
        partial(_date_end, today=today),
        _code_end,
        _name_end,
        _number_end,
    )
    for kind in kinds:
        if kind(tokens, right) is None:
            continue
        for end in range(at, max(0, at - reach - 1), -1):
            for start in range(max(0, end - 14), end):
                if kind(tokens[:at], start) == end and _free(tokens, start):
                    if kind is _code_end:
                        return _code_start(tokens, start, end, right)
                    return start
    return None


def _free(tokens: Sequence[Token], start: int) -> bool:
    """Whether nothing of the same number stands before `start` ("twenty" of "twenty three")."""
    tens = lists("numbers").numbers["tens"]
    return start == 0 or tokens[start - 1].word not in tens


def _amount_end(tokens: Sequence[Token], at: int) -> int | None:
    amount = read_amount(tokens, at)
    return amount.end if amount else None


def _date_end(tokens: Sequence[Token], at: int, today: date) -> int | None:
    when = read_when(tokens, at, today, "future")
    return when.end if when else None


def _code_end(tokens: Sequence[Token], at: int) -> int | None:
    if tokens[at].word in ("a", "i"):
        return None
    code = read_code(tokens, at)
    if code is None or code.start != at:
        return None
    following = tokens[code.end].word if code.end < len(tokens) else ""
    if following in lists("codes").sets["units"]:
        return None
    return code.end


def _number_end(tokens: Sequence[Token], at: int) -> int | None:
    number = read_cardinal(tokens, at)
    return number.end if number else None


def _name_end(tokens: Sequence[Token], at: int) -> int | None:
    word = tokens[at].word
    if word in ordinary_words() or not word.isalpha() or len(word) < 3:
        return None
    return None if word in lists("people").sets["not_names"] else at + 1


def _code_start(tokens: Sequence[Token], start: int, end: int, right: int) -> int:
    """Where the wrong part of a code starts.

    A correction as long as the code, or longer, or beginning alike, replaces it whole; a shorter
    one replaces its tail ("seven four two bravo, sorry, charlie").
    """
    wrong, mended = read_code(tokens[:end], start), read_code(tokens, right)
    if wrong is None or mended is None or mended.items >= wrong.items:
        return start
    if wrong.value[:1] == mended.value[:1]:
        return start
    for place in range(start, end):
        tail = read_code(tokens[:end], place)
        if tail is not None and tail.end == end and tail.items == mended.items:
            return place
    return start


def _said_again(tokens: Sequence[Token], at: int, right: int) -> int | None:
    """Where the words before the correction begin like the words after it."""
    opening = words_of(tokens[right : right + 1])
    if not opening or opening[0] in ("the", "a", "and", "it"):
        return None
    for start in range(at - 1, max(-1, at - _CLAUSE_REACH), -1):
        if tokens[start].word == opening[0]:
            return start
    return None
