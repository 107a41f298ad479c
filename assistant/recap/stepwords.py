"""The words that steps are made of, and the place where one begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from assistant.recap.lexicon import lists
from assistant.recap.reading import Reading
from assistant.recap.tokens import Token

Owner = Literal["me", "them"]
DATE_REACH = 8
"""How many words after "the technician comes" its day may stand."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A place where a step begins."""

    start: int
    verb: int
    """Where the words of the action begin."""
    owner: Owner
    prefix: str = ""
    """What to put before those words: "send the technician"."""
    confidence: float = 0.9
    weak: bool = False
    """Whether it gives way to a step that is still going on where it starts."""


def sets_of(name: str) -> frozenset[str]:
    """One of the word sets of ``steps.toml``."""
    return lists("steps").sets[name]


def is_verb(word: str) -> bool:
    """Whether `word` is the base form of a verb of doing."""
    return word in sets_of("verbs")


@lru_cache(maxsize=1)
def third_person() -> dict[str, str]:
    """As in "ships" → "ship" for every verb of doing."""
    table: dict[str, str] = {}
    for verb in sets_of("verbs"):
        if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
            table[verb + "es"] = verb
        elif verb.endswith("y") and verb[-2] not in "aeiou":
            table[verb[:-1] + "ies"] = verb
        else:
            table[verb + "s"] = verb
    return table


@lru_cache(maxsize=1)
def participles() -> dict[str, str]:
    """As in "issued" → "issue" for every verb of doing."""
    table: dict[str, str] = {}
    for verb in sets_of("verbs"):
        if verb.endswith("e"):
            table[verb + "d"] = verb
        elif verb.endswith("y") and verb[-2] not in "aeiou":
            table[verb[:-1] + "ied"] = verb
        else:
            table[verb + "ed"] = verb
            table[verb + verb[-1] + "ed"] = verb
    return table | lists("steps").maps["irregular"]


@lru_cache(maxsize=1)
def gerunds() -> dict[str, str]:
    """As in "crediting" → "credit" for every verb of doing."""
    table: dict[str, str] = {}
    for verb in sets_of("verbs"):
        table[verb.removesuffix("e") + "ing" if verb.endswith("e") else verb + "ing"] = verb
        table[verb + verb[-1] + "ing"] = verb
    return table


def word_at(tokens: Sequence[Token], at: int) -> str:
    """The lower-case word at token `at`, or "" outside the text."""
    return tokens[at].word if 0 <= at < len(tokens) else ""


def date_after(reading: Reading, at: int, reach: int) -> bool:
    """Whether a day or period starts within `reach` words from token `at`, in the same sentence."""
    for when in reading.dates:
        if when.kind != "time" and at <= when.start < at + reach:
            between = reading.tokens[at + 1 : when.start + 1]
            stops = sets_of("clause_starts") - {"it's", "that's", "no"}
            if not any(one.starts_sentence or one.word in stops for one in between):
                return True
    return False
