"""What kind of word a word is: as the lists, the dictionaries and its ending say."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from assistant.recap.lexicon import first_names, lists, ordinary_words, rarer_words

_FROM_PEOPLE = ("titles", "plain_people", "departments", "said_verbs", "honorifics")
_FROM_COMPANY = ("heads", "weak_heads", "generic", "topics", "inner", "kinds")
_GIVEN_LISTS = ("common_given", "surely_given")
_ENDINGS = ("ed", "ing", "ly", "s")


@lru_cache(maxsize=8192)
def kinds_of(word: str) -> tuple[str, ...]:
    """The kinds of word that `word` is; "plain" for an everyday word of no other kind."""
    bare = word.removesuffix("'s")
    sets = lists("names").sets
    kinds = [name for name, words in sets.items() if word in words and name not in _GIVEN_LISTS]
    people, company = lists("people").sets, lists("company").sets
    kinds += [name for name in _FROM_PEOPLE if bare in people[name]]
    firms = () if bare in people["titles"] else _FROM_COMPANY  # an "agent" is nobody's kind of firm
    kinds += [name for name in firms if bare in company[name]]
    if word in lists("dates").numbers["weekdays"] or word in lists("dates").numbers["months"]:
        kinds.append("day")
    if any(word in table for table in lists("numbers").numbers.values()) or word[:1].isdigit():
        kinds.append("number")
    return (*kinds, *_shape(bare, bool(kinds)))


def _shape(word: str, listed: bool) -> Iterator[str]:
    """What the dictionaries, the list of first names and the ending say of `word`."""
    plain = word in ordinary_words() or word in lists("people").sets["not_names"]
    if word in lists("names").sets["common_given"]:
        yield "given_or_common"
    elif word in lists("people").sets["also_words"] | first_names():
        sure = not plain or word in lists("names").sets["surely_given"]
        yield "given" if sure else "given_or_word"
    elif listed:
        yield "listed"
    elif is_unknown(word):
        yield "rare" if word in rarer_words() else "compound" if _is_built(word) else "coined"
    else:
        endings = (one for one in _ENDINGS if word.endswith(one) and len(word) > len(one) + 2)
        yield next(endings, "plain")


def _is_built(word: str) -> bool:
    """Whether `word` is made of two everyday words ("backpay", "northgate"): hardly a person."""
    words = ordinary_words()
    return any(word[:cut] in words and word[cut:] in words for cut in range(2, len(word) - 2))


def is_unknown(word: str) -> bool:
    """Whether `word` is none of the language: a made-up or a foreign name."""
    plain = lists("people").sets["not_names"]
    if word in plain or word in ordinary_words() or len(word) < 3 or not word.isalpha():
        return False
    return not _is_inflected(word)


def _is_inflected(word: str) -> bool:
    """Whether `word` is an everyday word's form that a dictionary lacks: "deactivated"."""
    for ending in ("ing", "ed", "s", "able", "ly", "ness"):
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < 3:
            continue
        for prefix in ("", "re", "de", "un", "over", "under", "pre", "mis", "out"):
            rest = stem.removeprefix(prefix) if stem.startswith(prefix) else ""
            if len(rest) > 2 and {rest, rest + "e", rest[:-1]} & ordinary_words():
                return True
    return False
