"""The company called: where its name starts and ends, weighed from the words around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.recap.lexicon import lists, ordinary_words
from assistant.recap.people import evidence_of_person
from assistant.recap.tokens import Token, phrase_at, words_of

_LONGEST_NAME = 5
_LAST_START = 60
"""A company first named later than this many words into a recap is not looked for."""
_ENOUGH = 3.8
"""Score below which no company is named: a good cue alone, or a good name alone, is too little."""
_LAST_TOPIC = 25
"""Among so many first words, a made-up word that is no person's name is likely the company's."""
_TOPIC_REACH = 12
"""Among so many first words, a name may follow what the call was about."""

_KIND_CUE = 2.7
"""What a word for a kind of firm before a name is worth."""
_CERTAIN_CUE = 3.0
"""What "called" or "customer service at" is worth: a company follows, never a person."""
_CUES = (("strong_cues", _CERTAIN_CUE), ("either_cues", 2.2), ("person_cues", 1.2))
"""Sets of ``company.toml`` and what one of their phrases right before a name is worth."""


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
            score = _score(tokens, start, end, taken, domains, cased)
            if score > best_score:
                name = _cased_name(tokens, start, end, cased)
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
    if end - 1 > start and (last.after_pause or tokens[end - 2].word.endswith("'s")):
        return False
    if "'" in last.word and not last.word.endswith("'s") and not last.word.startswith(("o'", "d'")):
        return False
    titles = lists("people").sets["titles"] | lists("people").sets["plain_people"]
    if last.word in titles - sets["heads"] or _serves(tokens, start, end - 1):
        return False
    if last.word in sets["inner"]:
        return end - 1 > start and end < len(tokens)
    return last.word.removesuffix("'s") not in sets["stops"]


def _serves(tokens: Sequence[Token], start: int, at: int) -> bool:
    """Whether token `at` belongs to "tech support", "customer care" and the like, not to a name."""
    sets = lists("company").sets
    services = sets["services"]
    following = tokens[at + 1].word if at + 1 < len(tokens) else ""
    kind = tokens[at].word in sets["topics"] | sets["generic"] | lists("people").sets["departments"]
    if kind and at > start and following in sets["desks"]:
        return True  # "ridgeback tools warranty desk"
    return any(
        first + phrase_at(tokens, first, services) > at
        for first in range(max(start, at - 2), at + 1)
    )


def _score(
    tokens: Sequence[Token],
    start: int,
    end: int,
    taken: set[int],
    domains: Sequence[str],
    cased: bool,
) -> float:
    sets = lists("company").sets
    words = [word.removesuffix("'s") for word in words_of(tokens[start:end])]
    if words[-1] in sets["inner"] or not _is_shaped(words):
        return 0.0
    follows = tokens[end] if end < len(tokens) else None
    closed = _is_closed(tokens, end)
    unknown = [_is_unknown(word) for word in words]
    head = _head(words, closed, unknown)
    cue = _before(tokens, start, taken, bool(head), any(unknown))
    score = cue - 0.02 * start + head - 0.4 * max(0, len(words) - 3)
    score += 1.2 if any(unknown) else 0.0
    score += 0.3 * sum(word in sets["heads"] for word in words[1:])
    score += 1.0 if closed else 0.0
    score += 2.5 if phrase_at(tokens, end, sets["after_cues"]) else 0.0
    score += 0.8 if "and" in words[1:-1] and cue >= _CERTAIN_CUE else 0.0
    if not head and not any(unknown):
        opens = cue >= _KIND_CUE or all(one.word in sets["openers"] for one in tokens[:start])
        plain = opens and not any(word.endswith(("ed", "ing", "ly")) for word in words)
        telling = len(words) > 1 and closed and plain
        score += 1.0 if telling else 0.0 if cue >= _CERTAIN_CUE else -0.5
    if not head and any(unknown) and not unknown[-1] and words[-2:-1] != ["and"]:
        score -= 0.4 if closed else 1.2
    if not head and cue < _CERTAIN_CUE and not tokens[end - 1].word.endswith("'s"):
        kind = tokens[start - 1].word in sets["kinds"] if start else False
        score -= (0.4 if kind else 4.8 - cue) * evidence_of_person(tokens, start, end)
    if follows is not None and not follows.after_pause:
        joined = follows.word == "and" and _goes_on(tokens, end + 1)
        score -= 0.8 if follows.word in sets["heads"] | sets["weak_heads"] or joined else 0.0
    sure_kind = any(unknown) or cue >= _KIND_CUE
    if sure_kind and follows is not None and follows.word in sets["they"]:
        score += 1.0
    if start > 1 and tokens[start - 1].word == "and" and _is_unknown(tokens[start - 2].word):
        score -= 1.5
    next_word = follows.word if follows is not None else ""
    headed = any(word in sets["heads"] for word in words[1:-1])
    if words[-1] in sets["attributes"] and (headed or next_word in sets["topics"]):
        score -= 2.0  # "crescent city parking ticket appeal"
    if start and tokens[start - 1].word in sets["generic"] and words[0] in sets["heads"]:
        score -= 0.0 if any(unknown) else 2.0  # "the school district transportation office"
    score += _domain_score(words, domains)
    return score + (_case_score(tokens[start:end], follows) if cased else 0.0)


def _is_shaped(words: Sequence[str]) -> bool:
    """Whether `words` are built like a name: something distinctive, then the kind of firm."""
    sets = lists("company").sets
    opening = " ".join(words[:2])
    prefixed = words[0] in sets["prefixes"] or opening in sets["prefixes"]
    if prefixed:
        rest = words[2:] if opening in sets["prefixes"] else words[1:]
        return 0 < len(rest) <= 2 and all(_is_distinctive(word) for word in rest)
    if words[0] in sets["leading"] and len(words) > 2 and words[-1] in sets["heads"]:
        return _is_shaped(words[1:])  # "first meridian bank"
    adverb = words[0].endswith("ly") and not _is_unknown(words[0])
    if adverb or not _is_distinctive(words[0]):
        return False
    headed = False
    for word in words[1:]:
        kind = word in sets["heads"] | sets["weak_heads"] | sets["inner"]
        if headed and (not kind or word in sets["topics"] - sets["generic"]):
            return False  # "riverton electric outage": the name is over
        inside = words[-1] in sets["heads"] and word != words[-1]  # "copper kettle catering"
        if not kind and not inside and not _is_distinctive(word):
            return False
        headed = headed or word in sets["heads"]
    return True


def _is_distinctive(word: str) -> bool:
    """Whether `word` speaks neither of a kind of firm nor of what one calls a firm about."""
    sets = lists("company").sets
    plain = sets["generic"] | sets["topics"] | sets["inner"] | sets["openers"]
    return word not in plain | lists("people").sets["departments"]


def _is_closed(tokens: Sequence[Token], end: int) -> bool:
    """Whether a name that ends at token `end` is followed by something that is none."""
    if end >= len(tokens) or tokens[end].after_pause or tokens[end - 1].word.endswith("'s"):
        return True
    sets = lists("company").sets
    people = lists("people").sets
    own = people["departments"] | people["titles"] | people["role_modifiers"]
    if phrase_at(tokens, end, sets["services"]) or tokens[end].word in own - sets["heads"]:
        return True
    return tokens[end].word in sets["after"] | (sets["stops"] - sets["inner"])


def _is_unknown(word: str) -> bool:
    """Whether `word` is none of the language: a made-up name."""
    plain = lists("people").sets["not_names"]
    return word not in ordinary_words() and len(word) > 2 and word not in plain


def _head(words: Sequence[str], closed: bool, unknown: Sequence[bool]) -> float:
    """What a last word like "insurance" is worth as the end of a name."""
    sets = lists("company").sets
    if len(words) < 2:
        return 0.0
    if words[0] in sets["prefixes"] or " ".join(words[:2]) in sets["prefixes"]:
        return 2.5 if any(unknown) else 1.0
    if words[-1] in sets["heads"] or (closed and words[-1] in sets["weak_heads"]):
        return 2.5
    return 1.0 if words[-1] in sets["weak_heads"] and unknown[-2] else 0.0


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


def _before(
    tokens: Sequence[Token], start: int, taken: set[int], has_head: bool, has_unknown: bool
) -> float:
    """How much the words before token `start` announce a company."""
    sets = lists("company").sets
    phrases = [" ".join(words_of(tokens[max(0, start - size) : start])) for size in (4, 3, 2, 1)]
    last, two = phrases[-1], phrases[-2]
    if last in lists("people").sets["bystanders"]:
        return -3.0
    if two in sets["company_named"]:
        return _CERTAIN_CUE
    if _is_called_so(tokens, start):
        return -2.5
    for name, worth in _CUES:
        if any(phrase in sets[name] for phrase in phrases):
            return worth
    if last in ("the", "a", "my", "an", "their", "his", "her", "our"):
        return -0.5 if has_head and has_unknown and last in ("the", "my", "our") else -2.0
    heading = enumerate(tokens[:start])
    if all(at in taken or token.word in sets["openers"] for at, token in heading):
        return 2.8 if has_unknown else 1.8
    if any(phrase in sets["kinds"] | sets["services"] for phrase in phrases):
        return _KIND_CUE  # "the parcel people swift otter", "my insurer paxton mutual"
    about = start > 1 and tokens[start - 2].word in sets["topics"] | sets["generic"]
    if about and last in ("with", "from", "at", "by", "to"):
        return _KIND_CUE  # "my laptop repair with corebyte"
    if any(phrase in sets["cues"] for phrase in phrases):
        return 1.8
    return _loosely_before(tokens, start, has_head, has_unknown)


def _loosely_before(
    tokens: Sequence[Token], start: int, has_head: bool, has_unknown: bool
) -> float:
    """The same where no cue stands before: by the place in the recap, and what it is about."""
    sets = lists("company").sets
    last = tokens[start - 1].word
    if last in (sets["generic"] | sets["topics"]) - sets["stops"] and start <= _TOPIC_REACH:
        return 1.8  # "travel refund again skylark coaches"
    if tokens[start].after_pause:
        return 1.0
    if last == "of":
        counter = start > 1 and tokens[start - 2].word in lists("people").sets["departments"]
        return 2.2 if counter else 0.8 if has_head and has_unknown else -2.0
    if start <= _LAST_TOPIC and last not in sets["attached"] and (has_unknown or has_head):
        return 1.2 if has_unknown else 0.9
    return -0.5 if last in sets["stops"] else -2.5


def _is_called_so(tokens: Sequence[Token], start: int) -> bool:
    """Whether a person is named at token `start`: "named", "a lady called"."""
    last = tokens[start - 1].word if start else ""
    people = lists("people").sets
    persons = people["titles"] | people["plain_people"] | people["departments"]
    who = tokens[start - 2].word if start > 1 else ""
    called = last == "called" and who in persons | lists("company").sets["not_called"]
    return called or last in ("named", "name")


def _domain_score(words: Sequence[str], domains: Sequence[str]) -> float:
    """Whether a domain name repeats the words: "pinnaclefiber" for "pinnacle fiber"."""
    joined = "".join(words)
    for domain in domains:
        for label in domain.replace("-", "").split("."):
            if len(label) < 4:
                continue
            if label in (joined, words[-1]):
                return 2.5
            if joined.startswith(label):
                return 2.0
            if label in words:
                return 0.5
    return 0.0


def _case_score(span: Sequence[Token], follows: Token | None) -> float:
    inner = lists("company").sets["inner"]
    capitals = [token.is_capital for token in span if token.word not in inner]
    if not all(capitals):
        return -3.0
    runs_on = follows is not None and follows.is_capital and not follows.after_pause
    return 1.5 - (1.5 if runs_on and follows is not None and follows.word != "i" else 0.0)


def _cased_name(tokens: Sequence[Token], start: int, end: int, cased: bool) -> str:
    """The name as it is written, or capitalised where the text has no capitals.

    A genitive is dropped where something of the company's follows: "eastbrook's complaints line".
    """
    span = tokens[start:end]
    text = span[0].text
    for token in span[1:]:
        text += (token.gap if token.gap.strip() in ("-", "&", ".") else " ") + token.text
    owns = end < len(tokens) and not tokens[end].after_pause
    if owns and _is_owned(tokens[end].word):
        text = text.removesuffix("'s").removesuffix("’s")
    if cased:
        return text
    inner = lists("company").sets["inner"]
    return " ".join(
        word if word in inner and place else _capital(word)
        for place, word in enumerate(text.split(" "))
    )


def _is_owned(word: str) -> bool:
    """Whether a company has a `word`: a department, a person of its, a line to call."""
    people = lists("people").sets
    owned = people["departments"] | people["titles"] | people["role_modifiers"]
    return word in owned | lists("company").sets["generic"]


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]
