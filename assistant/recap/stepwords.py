"""The words that steps are made of, and the place where one begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from assistant.recap.lexicon import lists, ordinary_words
from assistant.recap.reading import Reading
from assistant.recap.tokens import Token

Owner = Literal["me", "them"]
_LONGEST_MODAL = 7
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


@lru_cache(maxsize=4096)
def inflects(word: str) -> bool:
    """Whether `word` could be the base form of a verb: the language has it with "-ing"."""
    if not word.isalpha() or len(word) < 3 or word.endswith(("ing", "ed")):
        return False
    stem = word.removesuffix("e")
    return bool({stem + "ing", word + "ing", word + word[-1] + "ing"} & ordinary_words())


@lru_cache(maxsize=2)
def modals(owner: Owner) -> frozenset[str]:
    """As in "i've got to", "they're supposed to": every subject with every verb of duty."""
    sets = lists("steps").sets
    subjects = sets["my_subjects"] if owner == "me" else sets["their_subjects"]
    phrases = set(sets["me"] if owner == "me" else sets["them"])
    for subject in subjects:
        for short, name in (
            ("'ve", "have"),
            ("'m", "be"),
            ("'re", "be"),
            ("'s", "be"),
            ("'d", "d"),
        ):
            if subject + short in sets["short_forms"]:
                phrases |= {f"{subject}{short} {tail}" for tail in sets[f"duty_{name}"]}
        phrases |= {f"{subject} {tail}" for tail in sets["duty"]}
        phrases |= {f"{subject}'ll", f"{subject}'ll have to", f"{subject}'ll need to"}
        for be in ("am", "are", "is"):
            phrases |= {f"{subject} {be} {tail}" for tail in sets["duty_be"]}
        if owner == "them":
            phrases |= {f"{subject} would", f"{subject}'d"}
    return frozenset(phrases)


def modal_at(tokens: Sequence[Token], at: int, owner: Owner) -> int:
    """How many tokens from `at` name `owner` and a duty, adverbs between them included; or 0."""
    words: list[str] = []
    best = here = 0
    while at + here < len(tokens) and len(words) < _LONGEST_MODAL:
        if words and tokens[at + here].starts_sentence:
            break
        word = tokens[at + here].word
        here += 1
        if words and word in sets_of("between"):
            continue
        words.append(word)
        if " ".join(words) in modals(owner):
            best = here
    return best


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


@lru_cache(maxsize=1024)
def base_of_gerund(word: str) -> str | None:
    """As in "remaking" → "remake", by the list of verbs or else by the language's words."""
    if word in gerunds():
        return gerunds()[word]
    if not word.endswith("ing") or len(word) < 6 or word in sets_of("no_gerunds"):
        return None
    stem = word.removesuffix("ing")
    bases = (stem, stem + "e", stem[:-1] if stem[-1] == stem[-2] else stem)
    return next((base for base in bases if base in ordinary_words() and inflects(base)), None)


def date_after(reading: Reading, at: int, reach: int) -> bool:
    """Whether a day or period starts within `reach` words from token `at`, in the same sentence."""
    for when in reading.dates:
        if when.kind != "time" and at <= when.start < at + reach:
            between = reading.tokens[at + 1 : when.start + 1]
            stops = sets_of("clause_starts") - {"it's", "that's", "no"}
            if not any(one.starts_sentence or one.word in stops for one in between):
                return True
    return False


def is_past(verb: str) -> bool:
    """Whether a base form could as well be the past: "put", "read"."""
    return verb in sets_of("past_same")


def after_if(tokens: Sequence[Token], at: int) -> bool:
    """Whether a condition opens shortly before token `at`, in the same sentence."""
    for place in range(at - 2, max(-1, at - 14), -1):
        if tokens[place + 1].starts_sentence:
            return False
        if tokens[place].word in ("if", "unless"):
            return True
    return False
