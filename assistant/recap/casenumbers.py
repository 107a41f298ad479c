"""Which codes are case numbers: by the noun before them, and by what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.recap.codes import Code, read_code
from assistant.recap.lexicon import lists, ordinary_words
from assistant.recap.tokens import Token, phrase_at, word_at, words_of

_LABEL_REACH = 9
"""How many words before a code its noun may stand."""
_STATUS_REACH = 9
"""How many words after a code may still say that it is closed."""
_FEWEST_SYMBOLS = 3
_MOST_BETWEEN = 2
"""How many words that link nothing may stand between a label and its code."""


@dataclass(frozen=True, slots=True)
class LabelledCode:
    """A code with what kind of number it is."""

    code: Code
    label: str
    """The noun before it, or "" for none."""
    is_case: bool
    is_dead: bool
    """Whether it is said to be closed, cancelled or lapsed."""
    confidence: float


def find_codes(tokens: Sequence[Token], taken: set[int]) -> list[LabelledCode]:
    """All codes of the recap in order, case numbers and others alike.

    `taken` are tokens already read as addresses, dates or sums.
    """
    found: list[LabelledCode] = []
    at = 0
    while at < len(tokens):
        code = None if at in taken or _is_pronoun(tokens, at) else read_code(tokens, at)
        if code is None or any(place in taken for place in range(code.start, code.end)):
            at += 1
            continue
        code = _tidied(tokens, code)
        labelled = _label(tokens, code, found[-1] if found else None)
        if labelled is not None:
            found.append(labelled)
            at = code.end
        else:
            at = max(at + 1, code.end if code.is_digits else at + 1)
    return [_with_status(tokens, found, place) for place in range(len(found))]


def _tidied(tokens: Sequence[Token], code: Code) -> Code:
    """`code` without the start of a name behind it, or of the same code begun before."""
    last = tokens[code.end - 1].word
    following = tokens[code.end].word if code.end < len(tokens) else ""
    plain = lists("people").sets["not_names"]
    named = following and following not in ordinary_words() | plain and "'" not in following
    nato = lists("codes").maps["nato"].get(last, "") == code.value[-1:]
    if named and nato and code.value[:-1].isdigit() and len(code.value) > _FEWEST_SYMBOLS:
        return replace(code, value=code.value[:-1], end=code.end - 1, items=code.items - 1)
    for place in range(code.start + 1, code.end):
        again = read_code(tokens[: code.end], place)
        begun = code.value.removesuffix(again.value) if again is not None else ""
        if again is None or len(begun) < _FEWEST_SYMBOLS or not again.value[:1].isalpha():
            continue
        if again.value.endswith(begun) and again.value != begun:
            return again  # "five five two zero, l l dash five five two zero"
    return code


def _is_pronoun(tokens: Sequence[Token], at: int) -> bool:
    """As in "a new one five oh nine", "the morning's one c l four": no digit."""
    which = word_at(tokens, at - 1)
    listed = which in lists("codes").sets["which_one"] or which.endswith("'s")
    return tokens[at].word == "one" and listed


def _label(tokens: Sequence[Token], code: Code, before: LabelledCode | None) -> LabelledCode | None:
    """`code` with its noun, or None when it is no code at all."""
    floor = before.code.end if before is not None else 0
    label, is_case, distance = _label_before(tokens, code.start, floor)
    if not is_case:
        after = _label_after(tokens, code.end)
        label, is_case, distance = after if after[0] else (label, is_case, distance)
    symbols = sum(char.isalnum() for char in code.value)
    if label:
        letters_only = code.value.isalpha()
        short = symbols < _FEWEST_SYMBOLS and not (symbols == 2 and distance <= 2)
        if short or (letters_only and (symbols < 4 or distance > 4)):
            return None
        sure = 0.97 if distance <= 4 and symbols >= 4 else 0.85
        return LabelledCode(code, label, is_case, False, sure)
    pointed = _pointed_at(tokens, code.start)
    inherits = before is not None and before.is_case and code.start - before.code.end <= 8
    if code.is_mixed and (code.items >= _FEWEST_SYMBOLS or symbols > _FEWEST_SYMBOLS):
        other = before is not None and not before.is_case and code.start - before.code.end <= 3
        return LabelledCode(code, "", not other, False, 0.8 if pointed or inherits else 0.65)
    if code.is_digits and pointed and 3 <= symbols <= 14 and code.items >= 3:
        return LabelledCode(code, "", inherits or symbols not in (10, 11), False, 0.6)
    return None


def _label_before(tokens: Sequence[Token], at: int, floor: int) -> tuple[str, bool, int]:
    """The nearest number noun before token `at`: itself, whether a case's, and how far off."""
    sets = lists("codes").sets
    for start in range(at - 1, max(floor, at - _LABEL_REACH) - 1, -1):
        if start + 1 < at and tokens[start + 1].gap.strip(" ")[:1] in (".", "!", "?", ";"):
            return "", False, 0
        for length in (3, 2, 1):
            begin = start - length + 1
            if begin < 0:
                continue
            phrase = " ".join(words_of(tokens[begin : start + 1]))
            if phrase in sets["not_labels"] or _too_far(tokens, start, at):
                return "", False, 0
            if phrase in sets["logged_as"]:
                return phrase, True, at - start
            if phrase in sets["other_labels"] and phrase not in sets["case_labels"]:
                return phrase, False, at - start
            owner = tokens[begin - 1].word if begin else ""
            others = sets["other_labels"] - sets["case_labels"]
            if phrase in sets["of_anything"] and owner in others:
                return phrase, False, at - start
            if phrase in sets["case_labels"]:
                context = " ".join(words_of(tokens[max(0, begin - 2) : start + 1]))
                if any(context.endswith(wrong) for wrong in sets["not_labels"]):
                    continue
                return phrase, True, at - start
    return "", False, 0


def _too_far(tokens: Sequence[Token], label: int, at: int) -> bool:
    """Whether too much else stands between a label and a code: "return the deposit in full …"."""
    between = words_of(tokens[label + 1 : at])
    others = [word for word in between if word not in lists("codes").sets["label_links"]]
    return len(others) > _MOST_BETWEEN


def _label_after(tokens: Sequence[Token], end: int) -> tuple[str, bool, int]:
    """A noun after the code: "seven four two is the case number", "… that's my account"."""
    sets = lists("codes").sets
    denied = phrase_at(tokens, end, sets["label_after_not"])
    here = end + (denied or phrase_at(tokens, end, sets["label_after"]))
    if here == end:
        return "", False, 0
    if word_at(tokens, here) in sets["determiners"]:
        here += 1
    for step in range(2):
        length = phrase_at(tokens, here + step, sets["case_labels"] | sets["other_labels"])
        if length:
            phrase = " ".join(words_of(tokens[here + step : here + step + length]))
            return phrase, phrase in sets["case_labels"] and not denied, 3
    return "", False, 0


def _pointed_at(tokens: Sequence[Token], at: int) -> bool:
    sets = lists("codes").sets
    if phrase_at(tokens, at, sets["hash"]) or (at < len(tokens) and "#" in tokens[at].gap):
        return True
    while at > 0 and tokens[at - 1].word in sets["pointer_reach"]:
        at -= 1
    ends = range(at, min(at + 3, len(tokens)) + 1)
    return any(
        " ".join(words_of(tokens[max(0, end - size) : end])) in sets["pointers"]
        for end in ends
        for size in (1, 2, 3)
    )


def _with_status(
    tokens: Sequence[Token], found: Sequence[LabelledCode], place: int
) -> LabelledCode:
    item = found[place]
    floor = found[place - 1].code.end if place else 0
    ceiling = found[place + 1].code.start if place + 1 < len(found) else len(tokens)
    dead = _dead_after(tokens, item.code.end, ceiling) or _dead_before(
        tokens, item.code.start, floor
    )
    return LabelledCode(item.code, item.label, item.is_case, dead, item.confidence)


def _dead_after(tokens: Sequence[Token], end: int, ceiling: int) -> bool:
    sets = lists("codes").sets
    for at in range(end, min(ceiling, end + _STATUS_REACH)):
        if at > end and tokens[at].gap.strip(" ")[:1] in ("!", "?", ";"):
            return False
        other = read_code(tokens, at)
        if other is not None and other.is_digits and other.items >= _FEWEST_SYMBOLS:
            return False  # "… the one before it, two oh five, they cancelled"
        if not phrase_at(tokens, at, sets["dead"]):
            continue
        before = words_of(tokens[max(end, at - 4) : at])
        linked = any(word in sets["dead_links"] for word in before[-3:]) or at == end
        if linked and not any(word in sets["alive"] for word in before):
            return True
    return False


def _dead_before(tokens: Sequence[Token], start: int, floor: int) -> bool:
    """As in "the old ticket was …": an adjective before the noun, not "it is closed, the new …"."""
    sets = lists("codes").sets
    begin = max(floor, start - 5)
    for place in range(start - 1, begin, -1):
        if tokens[place].after_pause:
            begin = place
            break
    for place in range(begin, start):
        if tokens[place].word not in sets["dead_before"]:
            continue
        predicate = word_at(tokens, place - 1) in sets["dead_links"] | sets["degrees"]
        revived = any(word in sets["reviving"] for word in words_of(tokens[place + 1 : start]))
        if not predicate and not revived:
            return True
    return False
