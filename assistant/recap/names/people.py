"""Who took part in the call, and as what: names by the words around them, never by a guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.recap.names.competition import Named, likelihood, likely_people
from assistant.recap.names.nameclues import as_text, took_no_part
from assistant.recap.names.roles import department_reached, role_after, role_apart, role_before
from assistant.recap.tokens import Token

_EARLIER_REACH = 6
"""Somebody named so few words behind an earlier day took part in an earlier call."""
_MOST_SURE = 0.97


@dataclass(frozen=True, slots=True)
class PersonSpan:
    """A person and the tokens the name was read from."""

    name: str
    role: str | None
    start: int
    end: int
    confidence: float


def find_people(
    tokens: Sequence[Token],
    taken: set[int],
    known_names: Sequence[str] = (),
    earlier: Sequence[int] = (),
) -> list[PersonSpan]:
    """People who took part, in order of first mention, each once.

    `taken` are tokens of the company, codes, dates and the like. `known_names` are the user's own
    list: believed without any clue, and written as listed. `earlier` are the places where a day
    before the latest call is named: who stands beside one took part in an earlier call.
    """
    known = {name.lower(): name for name in known_names}
    found: dict[str, PersonSpan] = {}
    for named in _mentions(tokens, taken, known):
        if any(named.start - _EARLIER_REACH <= day <= named.end for day in earlier):
            continue
        span = _as_person(tokens, named, taken, known)
        key = span.name.lower()
        same = found.get(key) or _by_first_name(found, key)
        if same is None:
            found[key] = span
        else:
            sure = max(same.confidence, span.confidence)
            found[same.name.lower()] = replace(same, role=same.role or span.role, confidence=sure)
    places = {at for span in found.values() for at in range(span.start, span.end)}
    return [
        span if span.role is not None else _with_role(tokens, span, places, taken)
        for span in found.values()
    ]


def _mentions(tokens: Sequence[Token], taken: set[int], known: dict[str, str]) -> list[Named]:
    """Where somebody who took part is named: likely names, and names of the user's own list."""
    found = likely_people(as_text(tokens, taken))
    for at, token in enumerate(tokens):
        listed = token.word in known and at not in taken and not took_no_part(tokens, at, at + 1)
        if listed and not any(one.start <= at < one.end for one in found):
            found.append(Named(at, at + 1, 1.0))
    return sorted(found, key=lambda named: named.start)


def _as_person(
    tokens: Sequence[Token], named: Named, taken: set[int], known: dict[str, str]
) -> PersonSpan:
    _, before = role_before(tokens, named.start, taken)
    name = " ".join(_cased(token, known) for token in tokens[named.start : named.end])
    role = before or role_after(tokens, named.end)
    sure = min(_MOST_SURE, likelihood(named.score))
    return PersonSpan(name, role, named.start, named.end, sure)


def _by_first_name(found: dict[str, PersonSpan], key: str) -> PersonSpan | None:
    return next((span for other, span in found.items() if other.split()[0] == key), None)


def _with_role(
    tokens: Sequence[Token], span: PersonSpan, places: set[int], taken: set[int]
) -> PersonSpan:
    """`span` with the role that is said apart from the name: "the agent he is called sunil"."""
    role = role_apart(tokens, span.start, span.end, places)
    for at, token in enumerate(tokens):
        if role is None and token.word == f"{tokens[span.end - 1].word}'s":
            role = role_after(tokens, at + 1)
        if role is None and token.word == tokens[span.end - 1].word and at >= span.end:
            role = role_after(tokens, at + 1)
    return replace(span, role=role or department_reached(tokens, span.start, places, taken))


def _cased(token: Token, known: dict[str, str]) -> str:
    if token.word in known:
        return known[token.word]
    if token.is_capital:
        return token.text
    if token.word.startswith(("o'", "d'")):
        return token.word[:2].upper() + token.word[2:].capitalize()
    return token.word.capitalize()
