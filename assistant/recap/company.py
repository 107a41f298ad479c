"""The company called: where its name starts and ends, weighed from the words around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.recap.lexicon import lists, ordinary_words
from assistant.recap.tokens import Token, words_of

_LONGEST_NAME = 5
_LAST_START = 60
"""A company first named later than this many words into a recap is not looked for."""
_ENOUGH = 3.8
"""Score below which no company is named: a good cue alone, or a good name alone, is too little."""

_CERTAIN_CUE = 3.0
"""What "called" or "customer service at" is worth: a company follows, never a person."""


@dataclass(frozen=True, slots=True)
class CompanySpan:
    """A company's name and the tokens it was read from."""

    name: str
    start: int
    end: int
    confidence: float


def find_company(
    tokens: Sequence[Token], taken: set[int], domains: Sequence[str]
) -> CompanySpan | None:
    """The company named in the recap, or None.

    `taken` are tokens already read as codes, dates or addresses; `domains` are the domain names
    of those addresses, which often repeat the company's name.
    """
    best: CompanySpan | None = None
    best_score = 0.0
    cased = any(token.is_capital for token in tokens)
    for start in range(min(len(tokens), _LAST_START)):
        for end in range(start + 1, min(start + _LONGEST_NAME, len(tokens)) + 1):
            if not _may_be(tokens, start, end, taken):
                break
            score = _score(tokens, start, end, domains, cased)
            if score > best_score:
                name = _cased_name(tokens[start:end], cased)
                best_score = score
                best = CompanySpan(name, start, end, min(0.98, 0.3 + score / 12))
    return best if best_score >= _ENOUGH else None


def places_of_company(tokens: Sequence[Token], company: CompanySpan) -> set[int]:
    """The places of the name, and of its made-up words wherever they are said again."""
    span = range(company.start, company.end)
    own = {tokens[at].word for at in span if _is_unknown(tokens[at].word)}
    return set(span) | {at for at, token in enumerate(tokens) if token.word in own}


def _may_be(tokens: Sequence[Token], start: int, end: int, taken: set[int]) -> bool:
    """Whether tokens `start` to `end` could all belong to one name."""
    last = tokens[end - 1]
    sets = lists("company").sets
    if end - 1 in taken or last.kind != "word" or any(char.isdigit() for char in last.word):
        return False
    if end - 1 > start and last.after_pause:
        return False
    if "'" in last.word and not last.word.endswith("'s") and not last.word.startswith(("o'", "d'")):
        return False
    titles = lists("people").sets["titles"] | lists("people").sets["plain_people"]
    if last.word in titles - sets["heads"]:
        return False
    if last.word in sets["inner"]:
        return end - 1 > start and end < len(tokens)
    return last.word not in sets["stops"]


def _score(
    tokens: Sequence[Token], start: int, end: int, domains: Sequence[str], cased: bool
) -> float:
    sets = lists("company").sets
    words = words_of(tokens[start:end])
    if words[-1] in sets["inner"] or all(
        word.removesuffix("'s") in sets["generic"] | sets["heads"] | sets["inner"] for word in words
    ):
        return 0.0
    follows = tokens[end] if end < len(tokens) else None
    closed = follows is None or follows.after_pause or follows.word in sets["after"]
    unknown = [_is_unknown(word) for word in words]
    head = _head(words, closed, unknown)
    cue = _before(tokens, start, bool(head), any(unknown))
    score = cue - 0.02 * start + head - 0.4 * max(0, len(words) - 3)
    score += 1.2 if any(unknown) else 0.0
    score += 0.3 * sum(word in sets["heads"] for word in words[1:])
    score += 1.0 if closed else 0.0
    score += 0.8 if "and" in words[1:-1] and cue >= _CERTAIN_CUE else 0.0
    if not head and any(unknown) and not unknown[-1] and words[-2:-1] != ["and"]:
        score -= 1.2
    if not head and unknown[-1] and cue < _CERTAIN_CUE and _like_a_person(tokens, end):
        score -= 2.0
    if words[0] in sets["generic"] and any(unknown[1:]):
        score -= 2.0
    if not head and len(words) == 1 and not unknown[0]:
        score -= 1.5
    if follows is not None and not follows.after_pause:
        joined = follows.word == "and" and _goes_on(tokens, end + 1)
        score -= 0.8 if follows.word in sets["heads"] or joined else 0.0
    score += _domain_score(words, domains)
    return score + (_case_score(tokens[start:end], follows) if cased else 0.0)


def _is_unknown(word: str) -> bool:
    """Whether `word` is none of the language: a made-up name."""
    plain = lists("people").sets["not_names"]
    return word not in ordinary_words() and len(word) > 2 and word not in plain


def _head(words: Sequence[str], closed: bool, unknown: Sequence[bool]) -> float:
    """What a last word like "insurance" is worth as the end of a name."""
    sets = lists("company").sets
    if len(words) < 2:
        return 0.0
    if words[-1] in sets["heads"] or (closed and words[-1] in sets["weak_heads"]):
        return 2.5
    return 1.0 if words[-1] in sets["weak_heads"] and unknown[-2] else 0.0


def _like_a_person(tokens: Sequence[Token], end: int) -> bool:
    """Whether what follows one word fits a person: "… in billing", "… said", "… called me"."""
    people = lists("people").sets
    words = [*words_of(tokens[end : end + 5]), "", ""]
    if words[0] == "i" and words[1] in ("spoke", "talked", "got", "had"):
        return True
    if words[0] in people["place_words"]:
        return any(
            word in people["departments"] | people["titles"] | people["tiers"]
            for word in words_of(tokens[end + 1 : end + 5])
        )
    return words[0] in people["said_verbs"] | {"called", "rang", "phoned", "who", "she", "he"} or (
        words[0] in people["linkers"] and any(word in people["titles"] for word in words[1:])
    )


def _goes_on(tokens: Sequence[Token], at: int) -> bool:
    """Whether "… and" is followed by more of a name: "marlowe and finch"."""
    if at >= len(tokens) or tokens[at].after_pause:
        return False
    following = tokens[at + 1].word if at + 1 < len(tokens) else ""
    sets = lists("company").sets
    if tokens[at].word in sets["stops"]:
        return False
    return (
        _is_unknown(tokens[at].word) or following in sets["heads"] | sets["after"] or not following
    )


def _before(tokens: Sequence[Token], start: int, has_head: bool, has_unknown: bool) -> float:
    """How much the words before token `start` announce a company."""
    sets = lists("company").sets
    phrases = [" ".join(words_of(tokens[max(0, start - size) : start])) for size in (4, 3, 2, 1)]
    if any(phrase in sets["strong_cues"] for phrase in phrases[:3]):
        return _CERTAIN_CUE
    persons = sets["not_called"] | lists("people").sets["titles"]
    persons |= lists("people").sets["departments"]
    named = phrases[-1] == "called" and start > 1 and tokens[start - 2].word in persons
    if named or phrases[-1] in ("named", "name"):
        return -2.5
    if phrases[-1] in sets["strong_cues"]:
        return _CERTAIN_CUE
    if any(phrase in sets["either_cues"] for phrase in phrases):
        return 2.2
    if any(phrase in sets["person_cues"] for phrase in phrases):
        return 1.2
    if all(token.word in sets["openers"] for token in tokens[:start]):
        return 2.8 if has_unknown else 1.8
    if any(phrase in sets["cues"] for phrase in phrases):
        return 1.8
    if phrases[-1] in sets["generic"] - sets["stops"]:
        return 1.8  # "my insurer paxton mutual"
    if tokens[start].after_pause:
        return 1.0
    if phrases[-1] == "of":
        return 0.8 if has_head and has_unknown else -2.0
    if phrases[-1] in ("the", "a", "my", "an", "their", "his", "her", "our"):
        return 0.5 if has_head and has_unknown and phrases[-1] == "the" else -2.0
    return -0.5 if phrases[-1] in sets["stops"] else -2.5


def _domain_score(words: Sequence[str], domains: Sequence[str]) -> float:
    """Whether a domain name repeats the words: "pinnaclefiber" for "pinnacle fiber"."""
    joined = "".join(words)
    for domain in domains:
        for label in domain.replace("-", "").split("."):
            if len(label) < 4:
                continue
            if label in (joined, words[-1]):
                return 2.5
            if joined.startswith(label) or label in words:
                return 0.5
    return 0.0


def _case_score(span: Sequence[Token], follows: Token | None) -> float:
    inner = lists("company").sets["inner"]
    capitals = [token.is_capital for token in span if token.word not in inner]
    if not all(capitals):
        return -3.0
    runs_on = follows is not None and follows.is_capital and not follows.after_pause
    return 1.5 - (1.5 if runs_on and follows is not None and follows.word != "i" else 0.0)


def _cased_name(span: Sequence[Token], cased: bool) -> str:
    """The name as it is written, or capitalised where the text has no capitals."""
    if cased:
        text = span[0].text
        for token in span[1:]:
            text += (token.gap if token.gap.strip() in ("-", "&", ".") else " ") + token.text
        return text
    inner = lists("company").sets["inner"]
    return " ".join(
        token.word if token.word in inner and place else _capital(token.word)
        for place, token in enumerate(span)
    )


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]
