"""Who took part in the call, and as what: names by the words around them, never by a guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.recap.lexicon import lists, ordinary_words
from assistant.recap.roles import (
    department_reached,
    is_title,
    role_after,
    role_apart,
    role_before,
    words_after_name,
)
from assistant.recap.tokens import Token, phrase_at, words_of

_CUE_WORDS = 5
_SHORTEST_INFLECTED = 7
"""Shorter words in "-ed" may well be names: "jared"."""
FAINT = 0.7
"""Confidence in a name that only an everyday word beside it gives away."""
_PRONOUN_REACH = 8
"""Within so many words after a name, "she" speaks for a person and "they" for a company."""
_PRONOUNS = frozenset(
    ("he", "she", "he's", "she's", "he'll", "she'll", "they", "they're", "they've", "they'll")
)
_NEXT_PERSON = frozenset(("spoke", "talked", "got", "had", "with", "named", "called"))
"""Beyond these, a pronoun may speak for somebody else."""


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
    list: believed without any cue, and written as listed. `earlier` are the places where a day
    before the latest call is named: who stands beside one took part in an earlier call.
    """
    known = {name.lower(): name for name in known_names}
    found: dict[str, PersonSpan] = {}
    for start, end in _candidates(tokens, taken, known):
        span = _judge(tokens, start, end, taken, known)
        if span is None or any(start - _CUE_WORDS - 1 <= day <= end for day in earlier):
            continue
        key = span.name.lower()
        same = found.get(key) or _by_first_name(found, key)
        if same is None:
            found[key] = span
        elif same.role is None and span.role is not None:
            found[same.name.lower()] = PersonSpan(
                same.name, span.role, same.start, same.end, same.confidence
            )
    places = {at for span in found.values() for at in range(span.start, span.end)}
    return [
        span if span.role is not None else _with_role(tokens, span, places, taken)
        for span in found.values()
    ]


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


def evidence_of_person(tokens: Sequence[Token], start: int, end: int) -> float:
    """How surely tokens `start` to `end`, taken for a name, are a person's: 0.0 to 1.0."""
    span = _judge(tokens, start, end, set(), {})
    words = words_of(tokens[end : end + _PRONOUN_REACH])
    pronoun = next((word for word in words if word in _PRONOUNS | _NEXT_PERSON), "")
    if pronoun in ("they", "they're", "they've", "they'll"):
        return 0.0 if span is None or span.role is None else 0.5
    single = end - start == 1
    said = 0.5 if pronoun in _PRONOUNS and single else 0.0
    if span is None:
        return said
    aside = end < len(tokens) and tokens[end].word in lists("people").sets["departments"]
    if span.role is not None:
        return 0.2 if aside and not _cued(tokens, start, "strong_name_cues") else 1.0
    strong = span.confidence > FAINT
    return max(said, 0.7 if strong and single else 0.15 if single else 0.0)


def _by_first_name(found: dict[str, PersonSpan], key: str) -> PersonSpan | None:
    for other, span in found.items():
        if other.split()[0] == key:
            return span
    return None


def _candidates(
    tokens: Sequence[Token], taken: set[int], known: dict[str, str]
) -> list[tuple[int, int]]:
    """Stretches of one or two tokens that may be a name."""
    spans: list[tuple[int, int]] = []
    at = 0
    while at < len(tokens):
        if at in taken or not _may_be_name(tokens, at, known):
            at += 1
            continue
        end = at + 1
        alone = end < len(tokens) and _stands_alone(tokens, end, taken)
        if end < len(tokens) and end not in taken and not alone and _may_be_surname(tokens, end):
            end += 1
        spans.append((at, end))
        at = end
    return spans


def _may_be_name(tokens: Sequence[Token], at: int, known: dict[str, str]) -> bool:
    word = _bare(tokens[at].word)
    if word in known:
        return True
    sets = lists("people").sets
    if not word.isalpha() or len(word) < 2 or word in sets["not_names"] or _is_plain_term(word):
        return False
    if word in sets["plain_people"] or word in sets["honorifics"] or _is_inflected(word):
        return False
    if word in sets["also_words"]:
        return True
    if word in ordinary_words() and (_placed(tokens, at) or _is_named(tokens, at)):
        return True
    if word in ordinary_words():
        mid_sentence = at > 0 and not tokens[at].starts_sentence
        return tokens[at].is_capital and mid_sentence and not tokens[at].text.isupper()
    return "'" not in tokens[at].word or tokens[at].word.startswith(("o'", "d'"))


def _is_inflected(word: str) -> bool:
    """Whether `word` is an everyday verb's form that a dictionary lacks: "deactivated"."""
    for ending in ("ing", "ed"):
        stem = word.removesuffix(ending)
        if stem == word or len(word) < _SHORTEST_INFLECTED:
            continue
        for prefix in ("", "re", "de", "un", "over", "under", "pre", "mis", "out"):
            rest = stem.removeprefix(prefix) if stem.startswith(prefix) else ""
            if {rest, rest + "e", rest[:-1]} & ordinary_words():
                return True
    return False


def _is_built(word: str) -> bool:
    """Whether `word` is made of two everyday words ("backpay", "cutoff"), so hardly a name."""
    words = ordinary_words()
    return any(word[:cut] in words and word[cut:] in words for cut in range(3, len(word) - 1))


def _is_named(tokens: Sequence[Token], at: int) -> bool:
    """As in "her name's bex", "the adviser was called fen": whatever follows is a name."""
    sets = lists("people").sets
    before = words_of(tokens[max(0, at - 4) : at])
    if tokens[at].word in lists("codes").sets["function_words"] | sets["nobody"]:
        return False
    if " ".join(before[-2:]) in sets["naming"] or " ".join(before[-1:]) in sets["naming"]:
        return True
    who = [word for word in before[:-1] if word not in ("was", "is", "he", "she", "a")]
    called = before[-1:] == ["called"] and bool(who)
    return called and who[-1] in sets["titles"] | sets["plain_people"]


def _placed(tokens: Sequence[Token], at: int) -> bool:
    """As in "spoke with temperance in disputes": an everyday word only a name can stand for."""
    sets = lists("people").sets
    before = " ".join(words_of(tokens[max(0, at - 2) : at]))
    after = words_of(tokens[at + 1 : at + 5])
    word = tokens[at].word
    if before not in sets["talking"] or word in sets["nobody"] or word.endswith("s"):
        return False
    return after[:1] in (["in"], ["from"]) and any(one in sets["departments"] for one in after[1:])


def _stands_alone(tokens: Sequence[Token], at: int, taken: set[int]) -> bool:
    """Whether the word at `at` is also said without the word before it: no surname of that one."""
    word, before = tokens[at].word, tokens[at - 1].word
    return any(
        token.word == word and place not in taken | {at} and tokens[place - 1].word != before
        for place, token in enumerate(tokens)
    )


def _bare(word: str) -> str:
    for prefix in ("o'", "d'"):
        if word.startswith(prefix):
            return prefix[0] + word[2:]
    return word


def _is_plain_term(word: str) -> bool:
    """Days, months, numbers, titles and other words with a part of their own."""
    dates, numbers = lists("dates").numbers, lists("numbers").numbers
    if word in lists("people").sets["also_words"]:
        return False
    return (
        word in dates["weekdays"]
        or word in dates["months"]
        or any(word in table for table in numbers.values())
        or is_title(word)
        or word in lists("people").sets["departments"]
        or word in lists("company").sets["stops"]
    )


def _may_be_surname(tokens: Sequence[Token], at: int) -> bool:
    token = tokens[at]
    if token.after_pause or token.kind != "word" or not _bare(token.word).isalpha():
        return False
    if token.word in lists("people").sets["not_names"] or _is_plain_term(token.word):
        return False
    if _is_inflected(token.word):
        return False
    if token.text[:1].isupper() and any(not one.is_capital for one in tokens[max(0, at - 6) : at]):
        return len(token.word) > 1 and not token.text.isupper()
    following = tokens[at + 1].word if at + 1 < len(tokens) else ""
    sets = lists("people").sets
    if token.word in sets["also_words"] - sets["verb_names"] and tokens[at - 1].word not in (
        ordinary_words()
    ):
        return True
    if token.word in sets["also_words"]:
        return following in sets["said_verbs"] | sets["place_words"]
    return token.word not in ordinary_words() and len(token.word) > 2


def _judge(
    tokens: Sequence[Token], start: int, end: int, taken: set[int], known: dict[str, str]
) -> PersonSpan | None:
    """The person named by tokens `start` to `end`, or None for somebody only mentioned."""
    sets = lists("people").sets
    words = words_of(tokens[start:end])
    in_list = words[0] in known
    doubtful = words[0] in sets["also_words"] and not (
        tokens[start].is_capital and not _opens_sentence(tokens, start)
    )
    before_word = tokens[start - 1].word if start else ""
    if before_word in sets["determiners"] and not tokens[start].is_capital and not in_list:
        return None
    if _took_no_part(tokens, start, end):
        return None
    before, role = role_before(tokens, start, taken)
    owner = tokens[start - 2].word if start > 1 and before_word == "name" else ""
    after_role = role_after(tokens, end)
    strong = _cued(tokens, start, "strong_name_cues") or role is not None or owner.endswith("'s")
    faint = _cued(tokens, start, "name_cues")
    weak = after_role is not None or before or (faint and not _only_faint(tokens, start, end))
    spoke = end < len(tokens) and tokens[end].word in sets["said_verbs"]
    acts = end < len(tokens) and tokens[end].word in sets["person_verbs"]
    if _is_built(words[0]) and not (strong or spoke or before or after_role or in_list):
        return None  # "asked about backpay and", "the ship was oversold"
    if doubtful and words[0] in sets["verb_names"]:
        strong = _cued(tokens, start, "strong_name_cues")
        placed = end < len(tokens) and tokens[end].word in sets["place_words"]
        after_role = after_role if strong or spoke or placed else None
    if doubtful and not (strong or spoke or after_role or in_list):
        return None
    if not (strong or weak or spoke or acts or in_list):
        return None
    sure = 0.95 if strong else 0.85 if spoke or after_role else FAINT
    if acts and tokens[end].word not in sets["faint_person_verbs"]:
        sure = max(sure, 0.8)
    name = " ".join(_cased(token, known) for token in tokens[start:end])
    return PersonSpan(name, role or after_role, start, end, sure)


def _opens_sentence(tokens: Sequence[Token], at: int) -> bool:
    return at == 0 or tokens[at].starts_sentence


def _cased(token: Token, known: dict[str, str]) -> str:
    if token.word in known:
        return known[token.word]
    if token.is_capital:
        return token.text
    if token.word.startswith(("o'", "d'")):
        return token.word[:2].upper() + token.word[2:].capitalize()
    return token.word.capitalize()


def _cued(tokens: Sequence[Token], at: int, name: str) -> bool:
    cues = lists("people").sets[name]
    return any(
        " ".join(words_of(tokens[max(0, at - size) : at])) in cues for size in range(1, _CUE_WORDS)
    )


def _only_faint(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether only a word like "and" or "is" stands before a name that runs on in the sentence."""
    before = " ".join(words_of(tokens[max(0, start - 1) : start]))
    longer = _cued(tokens, start, "strong_name_cues") or any(
        " ".join(words_of(tokens[max(0, start - size) : start]))
        in lists("people").sets["name_cues"]
        for size in (2, 3, 4)
    )
    if longer or before not in lists("people").sets["faint_name_cues"]:
        return False
    follows = tokens[end] if end < len(tokens) else None
    return not (follows is None or follows.after_pause or follows.word in words_after_name())


def _took_no_part(tokens: Sequence[Token], start: int, end: int) -> bool:
    sets = lists("people").sets
    before = words_of(tokens[max(0, start - 6) : start])
    if before and before[-1] in sets["bystanders"]:
        owner = before[-2] if len(before) > 1 else ""
        return not (owner in ("her", "his", "their", "the") or owner.endswith("'s"))
    if before[-2:-1] == ["my"] and before[-1] in sets["own_people"]:
        return True
    for size in range(1, 6):
        if " ".join(before[-size:]) in sets["absent_before"] and size <= len(before):
            return not _cued(tokens, start, "strong_name_cues")
    if phrase_at(tokens, end, sets["absent_after"]):
        return True
    nearby = " ".join(before)
    return any(
        nearby.endswith(f"{phrase} {last}".strip())
        for phrase in sets["earlier_call"]
        for last in ("", "i spoke to", "i talked to", "with", "i spoke with")
    )
