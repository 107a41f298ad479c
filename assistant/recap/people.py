"""Who took part in the call, and as what: names by the words around them, never by a guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.recap.lexicon import lists, ordinary_words
from assistant.recap.roles import role_after, role_before, words_after_name
from assistant.recap.tokens import Token, phrase_at, words_of

_CUE_WORDS = 5


@dataclass(frozen=True, slots=True)
class PersonSpan:
    """A person and the tokens the name was read from."""

    name: str
    role: str | None
    start: int
    end: int
    confidence: float


def find_people(
    tokens: Sequence[Token], taken: set[int], known_names: Sequence[str] = ()
) -> list[PersonSpan]:
    """People who took part, in order of first mention, each once.

    `taken` are tokens of the company, codes, dates and the like. `known_names` are the user's own
    list: believed without any cue, and written as listed.
    """
    known = {name.lower(): name for name in known_names}
    found: dict[str, PersonSpan] = {}
    for start, end in _candidates(tokens, taken, known):
        span = _judge(tokens, start, end, taken, known)
        if span is None:
            continue
        key = span.name.lower()
        same = found.get(key) or _by_first_name(found, key)
        if same is None:
            found[key] = span
        elif same.role is None and span.role is not None:
            found[same.name.lower()] = PersonSpan(
                same.name, span.role, same.start, same.end, same.confidence
            )
    return list(found.values())


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
        alone = end < len(tokens) and _stands_alone(tokens, end)
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
    if word in sets["plain_people"] or word in sets["honorifics"]:
        return False
    if word in sets["also_words"]:
        return True
    if word in ordinary_words() and _placed(tokens, at):
        return True
    if word in ordinary_words():
        mid_sentence = at > 0 and not tokens[at].starts_sentence
        return tokens[at].is_capital and mid_sentence and not tokens[at].text.isupper()
    return "'" not in tokens[at].word or tokens[at].word.startswith(("o'", "d'"))


def _placed(tokens: Sequence[Token], at: int) -> bool:
    """As in "spoke with temperance in disputes": an everyday word only a name can stand for."""
    sets = lists("people").sets
    before = " ".join(words_of(tokens[max(0, at - 2) : at]))
    after = words_of(tokens[at + 1 : at + 5])
    word = tokens[at].word
    if before not in sets["talking"] or word in sets["nobody"] or word.endswith("s"):
        return False
    return after[:1] in (["in"], ["from"]) and any(one in sets["departments"] for one in after[1:])


def _stands_alone(tokens: Sequence[Token], at: int) -> bool:
    """Whether the word at `at` is also said without the word before it: no surname of that one."""
    word, before = tokens[at].word, tokens[at - 1].word
    return any(
        token.word == word and place != at and tokens[place - 1].word != before
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
        or word in lists("people").sets["titles"]
        or word in lists("people").sets["departments"]
        or word in lists("company").sets["stops"]
    )


def _may_be_surname(tokens: Sequence[Token], at: int) -> bool:
    token = tokens[at]
    if token.after_pause or token.kind != "word" or not _bare(token.word).isalpha():
        return False
    if token.word in lists("people").sets["not_names"] or _is_plain_term(token.word):
        return False
    if token.text[:1].isupper() and any(not one.is_capital for one in tokens[max(0, at - 6) : at]):
        return len(token.word) > 1 and not token.text.isupper()
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
    after_role = role_after(tokens, end)
    strong = _cued(tokens, start, "strong_name_cues") or role is not None
    faint = _cued(tokens, start, "name_cues")
    weak = after_role is not None or before or (faint and not _only_faint(tokens, start, end))
    spoke = end < len(tokens) and tokens[end].word in sets["said_verbs"]
    acts = end < len(tokens) and tokens[end].word in sets["person_verbs"]
    if doubtful and words[0] in sets["verb_names"]:
        strong = _cued(tokens, start, "strong_name_cues")
        placed = end < len(tokens) and tokens[end].word in sets["place_words"]
        after_role = after_role if strong or spoke or placed else None
    if doubtful and not (strong or spoke or after_role or in_list):
        return None
    if not (strong or weak or spoke or acts or in_list):
        return None
    sure = 0.95 if strong else 0.85 if spoke or after_role else 0.7
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
        return not (len(before) > 1 and before[-2] in ("her", "his", "their", "the"))
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
