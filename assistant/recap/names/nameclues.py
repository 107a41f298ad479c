"""What speaks for a stretch of words being a name: the kinds of words in it and around it.

A clue is a short text such as ``before:talk`` or ``last:heads``; `names.py` weighs them. Clues are
kinds of words, hardly ever single ones, so that they hold for wording nobody has seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.recap.lexicon import lists
from assistant.recap.names.roles import role_after, role_before
from assistant.recap.names.wordkinds import is_unknown, kinds_of
from assistant.recap.tokens import Token, phrase_at, words_of

LONGEST_COMPANY = 5
LONGEST_PERSON = 2
_EARLY = (6, 15, 40)
"""Places that separate a recap's opening, its first sentence, its story and the rest."""
_LINKS = frozenset(
    ("with", "at", "from", "to", "by", "in", "of", "for", "about", "the", "a", "my", "their")
)
"""Kinds of words that say little without the one on their other side."""
_PAIRED = _LINKS | {"be", "naming", "and"}
_STOP_KINDS = (_LINKS - {"of"}) | {
    *("be", "have", "they", "she", "speaker", "it", "not", "clause", "naming", "day")
}
"""Kinds of words that are never part of a name, unless they are first names too."""
_GIVEN = frozenset(("given", "given_or_word", "given_or_common"))
_PARTS = (
    "inner",
    "coined",
    "compound",
    "rare",
    "given",
    "heads",
    "weak_heads",
    "generic",
    "topics",
)
"""What the build of a company's name is told by, the most telling first."""
_TELLING = frozenset(("coined", "compound", "rare", "given"))
"""Kinds of words one of which most companies' names have."""
_COMPANY_CUES = ("company_named", "strong_cues", "either_cues", "person_cues", "kinds", "cues")
_SHORTEST_DOMAIN = 4
_I = frozenset(("i", "i'm", "i've", "i'll", "i'd"))


@dataclass(frozen=True, slots=True)
class Text:
    """A text, and what all spans of it share."""

    tokens: Sequence[Token]
    taken: frozenset[int]
    domains: tuple[str, ...]
    is_cased: bool
    counts: Counter[str]


def as_text(tokens: Sequence[Token], taken: set[int], domains: Sequence[str] = ()) -> Text:
    """`tokens` with what is looked up for every span of them."""
    cased = any(token.is_capital and token.word not in _I for token in tokens)
    labels = tuple(part for one in domains for part in one.replace("-", "").split("."))
    counts = Counter(token.word.removesuffix("'s") for token in tokens)
    return Text(tokens, frozenset(taken), labels, cased, counts)


def company_spans(text: Text) -> Iterator[tuple[int, int]]:
    """Every stretch that could be a company's name, as (start, end exclusive)."""
    for start in range(len(text.tokens)):
        for end in range(start + 1, min(start + LONGEST_COMPANY, len(text.tokens)) + 1):
            if not _goes_on(text, start, end - 1) or _stops(text, end - 1):
                break
            if _may_bound(text, start) and _may_bound(text, end - 1):
                yield start, end


def person_spans(text: Text, start: int) -> Iterator[tuple[int, int]]:
    """The stretches from token `start` on that could be a person's name."""
    for end in range(start + 1, min(start + LONGEST_PERSON, len(text.tokens)) + 1):
        word = text.tokens[end - 1].word
        if not _goes_on(text, start, end - 1) or not _may_bound(text, end - 1):
            return
        if "'" in word and not word.startswith(("o'", "d'")):
            return
        if "honorifics" in kinds_of(word) or len(word) < 2:
            return
        yield start, end


def _goes_on(text: Text, start: int, at: int) -> bool:
    """Whether token `at` may belong to a name that began at token `start`."""
    token = text.tokens[at]
    if at in text.taken or token.kind != "word" or any(char.isdigit() for char in token.word):
        return False
    before = text.tokens[at - 1].word if at > start else ""
    if before and (token.after_pause or before == token.word):
        return False
    kinds = set(kinds_of(token.word))
    if before.endswith("'s") and not kinds & {"heads", "weak_heads"}:
        return False
    return not kinds & _STOP_KINDS or bool(kinds & _GIVEN) or "inner" in kinds


def _stops(text: Text, at: int) -> bool:
    """Whether token `at` can be part of a person's name only."""
    word = text.tokens[at].word.removesuffix("'s")
    sets = lists("company").sets
    return (word in sets["stops"] and word not in sets["leading"]) or "kin" in kinds_of(word)


def _may_bound(text: Text, at: int) -> bool:
    """Whether a name may begin or end with token `at`."""
    return "inner" not in kinds_of(text.tokens[at].word)


def company_clues(text: Text, start: int, end: int) -> Iterator[str]:
    """What speaks for and against tokens `start` to `end` naming the company called."""
    tokens = text.tokens
    words = [word.removesuffix("'s") for word in words_of(tokens[start:end])]
    built = _build(words)
    yield f"built:{built}"
    yield from _around(text, start, end)
    sets = lists("company").sets
    cue = next((name for name in _COMPANY_CUES if _ends_with(tokens, start, sets[name])), "no")
    yield f"cue:{cue}"
    telling = any(_TELLING & set(kinds_of(word)) for word in words)
    if not telling and not (text.is_cased and tokens[start].is_capital):
        yield f"everyday:{cue}"
        yield f"everyday:{'headed' if 'heads' in kinds_of(words[-1]) else 'not headed'}"
    if phrase_at(tokens, end, sets["after_cues"]):
        yield "cue:after_cues"
    bounds = list(_bounds(text, start, end))
    yield from bounds
    yield f"built:{built} closed" if "closed" in bounds else f"built:{built} open"
    opening = " ".join(words[:2])
    if words[0] in sets["prefixes"] or opening in sets["prefixes"]:
        yield "prefixed"
    if any(token.word.endswith("'s") for token in tokens[start : end - 1]):
        yield "inner:owner"
    yield from _within(words)
    if tokens[end - 1].word.endswith("'s"):
        yield "owner"
    if _desk_at(tokens, end):
        yield "after:desk"
    if any(_desk_at(tokens, at) >= end for at in range(start + 1, end)):
        yield "inner:desk"
    if words[0] in sets["leading"] and words[-1] in sets["heads"]:
        yield "leading"
    joined = "".join(words)
    for label in text.domains:
        if len(label) >= _SHORTEST_DOMAIN and label in joined:
            yield "domain:whole" if label == joined else "domain:part"
            break


def _desk_at(tokens: Sequence[Token], at: int) -> int:
    """Where "tech support", "claims line" or "housing officer" from token `at` ends; 0 for none."""
    sets, people = lists("company").sets, lists("people").sets
    length = phrase_at(tokens, at, sets["services"])
    if length or at + 1 >= len(tokens) or tokens[at + 1].after_pause:
        return at + length if length else 0
    subject = tokens[at].word in sets["topics"] | sets["generic"] | people["departments"]
    return at + 2 if subject and tokens[at + 1].word in sets["desks"] | people["titles"] else 0


def person_clues(text: Text, start: int, end: int) -> Iterator[str]:
    """What speaks for and against tokens `start` to `end` naming somebody who took part."""
    sets = lists("people").sets
    yield from _around(text, start, end)
    yield from _within(words_of(text.tokens[start:end]))
    surely_given = "given" in kinds_of(text.tokens[start].word)
    for name in ("strong_name_cues", "naming", "name_cues"):
        if _ends_with(text.tokens, start, sets[name]):
            yield f"cue:{name}"
            if not surely_given and name == "strong_name_cues":
                yield "cue:strong for an everyday word"
            break
    titled, before_role = role_before(text.tokens, start, set(text.taken))
    after_role = role_after(text.tokens, end)
    if before_role or titled:
        yield "role:before" if before_role else "role:title"
    if after_role:
        yield "role:after"
    if end < len(text.tokens) and text.tokens[end].word in sets["person_verbs"]:
        yield "after:acts"
    if phrase_at(text.tokens, end, lists("evidence").sets["addressing"]):
        yield "after:addressing"
    if took_no_part(text.tokens, start, end):
        yield "absent"


def took_no_part(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether the words around a name say that its bearer was not in the call: "ask for tom"."""
    sets = lists("people").sets
    before = words_of(tokens[max(0, start - 6) : start])
    if before and before[-1] in sets["bystanders"]:
        owner = before[-2] if len(before) > 1 else ""
        return not (owner in ("her", "his", "their", "the") or owner.endswith("'s"))
    if before[-2:-1] == ["my"] and before[-1] in sets["own_people"]:
        return True
    if _ends_with(tokens, start, sets["absent_before"]):
        return not _ends_with(tokens, start, sets["strong_name_cues"])
    if phrase_at(tokens, end, sets["absent_after"]):
        return True
    nearby = " ".join(before)
    return any(
        nearby.endswith(f"{phrase} {last}".strip())
        for phrase in sets["earlier_call"]
        for last in (
            "",
            "i spoke to",
            "i talked to",
            "with",
            "i spoke with",
            "to",
            "was",
            "was with",
        )
    )


def _ends_with(tokens: Sequence[Token], at: int, phrases: frozenset[str]) -> bool:
    """Whether the words before token `at` end in one of `phrases`."""
    return any(
        " ".join(words_of(tokens[at - size : at])) in phrases for size in range(1, min(5, at) + 1)
    )


def _bounds(text: Text, start: int, end: int) -> Iterator[str]:
    """Whether more words, before or behind, could belong to the name: then it is cut short."""
    tokens = text.tokens
    if start and not tokens[start].after_pause and _goes_on(text, start - 1, start - 1):
        kinds = kinds_of(tokens[start - 1].word)
        yield "more:before coined" if {"coined", "given"} & set(kinds) else "more:before"
    if end < len(tokens) and _goes_on(text, start, end):
        kinds = kinds_of(tokens[end].word)
        for kind in ("coined", "heads", "weak_heads", "topics", "departments"):
            if kind in kinds:
                yield f"more:{kind}"
                break
        else:
            yield "more:after"
    else:
        yield "closed"


def _within(words: Sequence[str]) -> Iterator[str]:
    yield f"length:{len(words)}"
    if len(words) == 1:
        for kind in kinds_of(words[0]):
            yield f"only:{kind}"
        return
    for kind in kinds_of(words[0]):
        yield f"first:{kind}"
    for kind in kinds_of(words[-1]):
        yield f"last:{kind}"
    for kind in {kind for word in words[1:-1] for kind in kinds_of(word)}:
        yield f"inner:{kind}"


def _build(words: Sequence[str]) -> str:
    """What a name is built of, in order: "coined heads" for "brightwave broadband"."""
    parts: list[str] = []
    for word in words:
        kinds = kinds_of(word)
        part = next((one for one in _PARTS if one in kinds), "word")
        if parts[-1:] != [part]:
            parts.append(part)
    return " ".join(parts)


def _around(text: Text, start: int, end: int) -> Iterator[str]:
    """The kinds of the two words before and behind, the place, and the capitals."""
    tokens = text.tokens
    before = _kinds_at(text, start - 1, paused=start < len(tokens) and tokens[start].after_pause)
    further = _kinds_at(text, start - 2, paused=False)
    behind = _kinds_at(text, end, paused=end < len(tokens) and tokens[end].after_pause)
    beyond = _kinds_at(text, end + 1, paused=False)
    for name, kinds in (("before", before), ("before2", further), ("after", behind)):
        for kind in kinds:
            yield f"{name}:{kind}"
    link = next((kind for kind in before if kind in _PAIRED), "")
    if link:
        yield from (f"pair:{kind} {link}" for kind in further)
    link = next((kind for kind in behind if kind in _PAIRED), "")
    if link:
        yield from (f"follow:{link} {kind}" for kind in beyond)
    opening = all(at in text.taken or _opens(tokens[at].word) for at in range(start))
    yield "place:opening" if opening else f"place:{sum(start >= place for place in _EARLY)}"
    if any(
        text.counts[word.removesuffix("'s")] > 1
        for word in words_of(tokens[start:end])
        if is_unknown(word.removesuffix("'s"))
    ):
        yield "again"
    if text.is_cased:
        yield from _capitals(tokens, start, end)


def _opens(word: str) -> bool:
    return word in lists("company").sets["openers"]


def _kinds_at(text: Text, at: int, paused: bool) -> tuple[str, ...]:
    if not 0 <= at < len(text.tokens):
        return ("edge",)
    if at in text.taken:
        return ("read",)
    kinds = kinds_of(text.tokens[at].word)
    return ("pause", *kinds) if paused else kinds


def _capitals(tokens: Sequence[Token], start: int, end: int) -> Iterator[str]:
    inner = lists("company").sets["inner"]
    capitals = [token.is_capital for token in tokens[start:end] if token.word not in inner]
    if not all(capitals):
        yield "case:small"
    elif start == 0 or tokens[start].starts_sentence:
        yield "case:sentence"
    else:
        yield "case:capital"
    for name, at in (("case:before", start - 1), ("case:after", end)):
        here = at if name == "case:after" else start
        joined = 0 <= at < len(tokens) and here < len(tokens) and not tokens[here].after_pause
        if joined and tokens[at].is_capital and tokens[at].word not in _I:
            yield name
