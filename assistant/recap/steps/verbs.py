"""Verbs and their forms: "send, sends, sent, sending", by rule and a table of the irregular."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from assistant.recap.lexicon import lists, ordinary_words

Form = Literal["base", "third", "past", "participle", "gerund"]
_SHORTEST = 3


@lru_cache(maxsize=1)
def _forms() -> dict[str, dict[Form, str]]:
    """Every form of every verb listed, with what forms it is of which verb."""
    table: dict[str, dict[Form, str]] = {}
    sets, maps = lists("verbs").sets, lists("verbs").maps
    irregular = set(maps["past"].values())
    for verb in sets["other"] | sets["doing"] | irregular:
        soft = verb.endswith("y") and verb[-2] not in "aeiou"
        stem = verb[:-1] if verb.endswith("e") and not verb.endswith("ee") else verb
        doubled = stem + stem[-1] if stem == verb and verb[-1] not in "wxy" else stem
        hiss = verb.endswith(("s", "sh", "ch", "x", "z", "o"))
        third = verb + "es" if hiss else verb[:-1] + "ies" if soft else verb + "s"
        pasts = {verb[:-1] + "ied"} if soft else {stem + "ed", doubled + "ed"}
        pasts = {verb + "d"} if verb.endswith("e") else pasts
        for word in () if verb in irregular else pasts:
            table.setdefault(word, {})["past"] = verb
            table[word]["participle"] = verb
        for word in (stem + "ing", doubled + "ing"):
            table.setdefault(word, {})["gerund"] = verb
        table.setdefault(third, {})["third"] = verb
        table.setdefault(verb, {})["base"] = verb
    for word, verb in maps["past"].items():
        table.setdefault(word, {})["past"] = verb
    for word, verb in maps["participle"].items():
        table.setdefault(word, {})["participle"] = verb
    return table


def base_of(word: str, form: Form) -> str:
    """The verb that `word` is that form of, "re-" before it included; or ""."""
    listed = _forms().get(word, {}).get(form, "")
    again = word.removeprefix("re").removeprefix("-")
    if listed or again == word or len(again) < _SHORTEST:
        return listed
    base = _forms().get(again, {}).get(form, "")
    return f"re{base}" if base and is_doing(base) and word not in ordinary_words() else ""


def is_doing(base: str) -> bool:
    """Whether `base` is something one does for somebody, not what one says, feels or is."""
    doing = lists("verbs").sets["doing"]
    return base in doing or (base.startswith("re") and base[2:] in doing)


@lru_cache(maxsize=4096)
def could_be_verb(word: str) -> bool:
    """Whether an unlisted `word` could be the base form of a verb: it is found with "-ing"."""
    if not word.isalpha() or len(word) < _SHORTEST or word.endswith(("ing", "ed")):
        return False
    stem = word.removesuffix("e")
    return bool({stem + "ing", word + "ing", word + word[-1] + "ing"} & ordinary_words())


@lru_cache(maxsize=1024)
def gerund_of(word: str) -> str:
    """The verb of a word in "-ing", listed or else by the language's words; or ""."""
    listed = base_of(word, "gerund")
    if listed or not word.endswith("ing") or len(word) < _SHORTEST + 4:
        return listed
    if word in lists("verbs").sets["no_gerunds"]:
        return ""
    stem = word.removesuffix("ing")
    bases = (stem, stem + "e", stem[:-1] if stem[-1] == stem[-2] else stem)
    return next((base for base in bases if base in ordinary_words()), "")
