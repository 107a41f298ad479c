"""What a person at the company is: the title or department said before or after the name."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.recap.lexicon import lists, ordinary_words
from assistant.recap.tokens import Token, phrase_at, words_of

_LONGEST_ROLE = 4
_TITLE_ENDINGS = ("ician", "ologist", "therapist", "keeper", "smith", "wright", "ographer")
_WITH_OF = frozenset(("head", "director", "chief", "manager", "vice"))
"""Titles that may go on with "of": "head of sales"."""


def words_after_name() -> frozenset[str]:
    """Words that show that a name or department ended before them."""
    return lists("company").sets["after"] | lists("dates").sets["after_day_number"]


def role_after(tokens: Sequence[Token], end: int) -> str | None:
    """The role said after a name that ends at token `end`, or None.

    It may be "in refunds", "the repairs manager", "from tier one" or "head of sales".
    """
    here, placed, linked = _linked(tokens, end)
    if here >= len(tokens) or (tokens[here].starts_sentence and here > end):
        return None
    tier = _tier(tokens, here)
    if tier:
        return tier
    words = _role_words(tokens, here, _LONGEST_ROLE + 1)
    if not linked and not tokens[here].after_pause:
        words = words[:3]
    length = _title_length(words)
    if not length:
        return _unlisted_department(tokens, here, words) if placed else None
    tier = _tier(tokens, here + length)
    return _as_role([*words[:length], tier] if tier and placed else words[:length])


def _linked(tokens: Sequence[Token], end: int) -> tuple[int, bool, bool]:
    """Past "in the", "she's a": where the role starts, whether at a place, whether linked."""
    sets = lists("people").sets
    here = end + phrase_at(tokens, end, sets["first_acts"])
    placed = linked = False
    while here < len(tokens) and here - end < 4 and not tokens[here].starts_sentence:
        word = tokens[here].word
        if word not in sets["place_words"] | sets["linkers"] or word == "one":
            break
        placed = placed or word in sets["place_words"]
        linked = True
        here += 1
    return here, placed, linked


def _title_length(words: Sequence[str]) -> int:
    """How many of `words` form a title or department; 0 for none."""
    sets = lists("people").sets
    best = 0
    for length, last in enumerate(words, 1):
        if _is_title(last) or last in sets["departments"]:
            if "of" in words[:length] and words[0] not in _WITH_OF:
                break
            best = length
        elif best and last not in ("of", "the") and length - best > 1:
            break
    if best and words[best - 1] in ("head", "director") and list(words[best : best + 1]) == ["of"]:
        best = min(len(words), best + 2)
    return best


def role_before(tokens: Sequence[Token], start: int, taken: set[int]) -> tuple[bool, str | None]:
    """What stands before a name: "the unit manager", "support person", "rep said her name is".

    Returns whether a title-like word stands there at all, and the role. `taken` are tokens that
    belong to dates, codes and the like.
    """
    sets = lists("people").sets
    end = _before_link(tokens, start)
    if end > 1 and end - 1 in taken and tokens[end - 2].word in sets["place_words"]:
        end -= 2  # "the agent at dentons was …"
    if end == 0 or tokens[start].starts_sentence:
        return False, None
    words = _words_back(tokens, end, taken)
    at = end - len(words)
    leading = tokens[at - 1].word if at else ""
    placed = at > 1 and tokens[at - 2].word in sets["place_words"]
    if leading in sets["place_words"] and end < start and at > 1:
        before = tokens[at - 2].word  # "a woman in customer retention called …"
        if (
            before in sets["plain_people"] | sets["titles"]
            and words[-1:]
            and (words[-1] in sets["departments"])
        ):
            return True, before if before not in sets["plain_people"] else _as_role(words)
    at_place = leading in sets["place_words"] - {"with"}
    if at_place or (leading in sets["determiners"] and placed):
        return False, None  # "… at the general desk, Vikram": the desk is another's
    after_company = at - 1 in taken and leading not in lists("codes").sets["units"]
    if leading not in sets["determiners"] and not after_company:
        while len(words) > 1 and words[0] not in sets["role_modifiers"]:
            words.pop(0)
    if not words:
        return False, None
    titled = words[-1] in sets["titles"] | sets["plain_people"] | sets["answering"]
    person = any(token.word in sets["plain_people"] for token in tokens[end:start])
    linked = person or tokens[end].word in ("is", "was")
    titled = titled or (linked and words[-1] in sets["departments"])
    if not titled and "of" not in words:
        return False, None
    return True, _as_role(words)


def _before_link(tokens: Sequence[Token], start: int) -> int:
    """Where the words before "named", "said her name is" and the like end."""
    sets = lists("people").sets
    skipped = sets["before_title"] | sets["honorifics"]
    if start and tokens[start - 1].word in ("named", "called"):
        skipped = skipped | sets["plain_people"] | {"a"}
    here = start
    while here > 0 and start - here < 5 and tokens[here - 1].word in skipped:
        here -= 1
    broken = any(tokens[at].starts_sentence for at in range(here + 1, start))
    return 0 if broken else here


def _words_back(tokens: Sequence[Token], end: int, taken: set[int]) -> list[str]:
    """The words before token `end` that may belong to a title, "head of" included."""
    sets = lists("people").sets
    stops = lists("codes").sets["function_words"] | sets["person_verbs"] | sets["said_verbs"]
    stops = (stops - sets["departments"] - sets["titles"]) | {"us", "me", "them", "him"}
    words: list[str] = []
    here = end
    while here > 0 and len(words) < _LONGEST_ROLE:
        token = tokens[here - 1]
        head_of = token.word == "of" and here > 1 and tokens[here - 2].word in _WITH_OF
        if here - 1 in taken or token.kind != "word" or "'" in token.word:
            break
        if (token.word in stops and not head_of) or _is_name(token.word):
            break
        words.insert(0, token.word)
        here -= 1
        if token.after_pause:
            break
    return words


def _role_words(tokens: Sequence[Token], at: int, longest: int) -> list[str]:
    """The words from token `at` on that may belong to a title or department."""
    stops = lists("codes").sets["function_words"] | lists("people").sets["person_verbs"]
    stops -= lists("people").sets["departments"] | lists("people").sets["titles"]
    words: list[str] = []
    while at + len(words) < len(tokens) and len(words) < longest:
        token = tokens[at + len(words)]
        stop = token.word in lists("people").sets["role_stops"] or _is_name(token.word)
        if stop or _is_progressive(token.word):
            break
        of_the = token.word == "the" and words[-1:] == ["of"]
        if (token.word in stops - {"of", "one"} and not of_the) or (words and token.after_pause):
            break
        if token.kind != "word" or "'" in token.word:
            break
        words.append(token.word)
    return words


def _is_name(word: str) -> bool:
    """Whether `word` is none of the language and no title: somebody else's name."""
    sets = lists("people").sets
    known = sets["titles"] | sets["departments"] | sets["role_modifiers"] | sets["not_names"]
    return word not in ordinary_words() | known and len(word) > 2


def _is_progressive(word: str) -> bool:
    """As in "the bill is coming": a verb, unless departments are named so ("billing")."""
    sets = lists("people").sets
    return word.endswith("ing") and word not in sets["departments"] | sets["role_modifiers"]


def _is_title(word: str) -> bool:
    """A title by the list, or by its ending: "optician", "cardiologist"."""
    return word in lists("people").sets["titles"] or word.endswith(_TITLE_ENDINGS)


def _unlisted_department(tokens: Sequence[Token], at: int, words: list[str]) -> str | None:
    """As in "In lost property": one or two everyday words after "in" or "from" that end there."""
    sets = lists("people").sets
    before = words_of(tokens[max(0, at - 2) : at])
    if not {"in", "from"} & set(before) or not 1 <= len(words) <= 2:
        return None
    end = at + len(words)
    ended = end >= len(tokens) or tokens[end].after_pause or tokens[end].word in words_after_name()
    plain = all(word in ordinary_words() and word not in sets["no_department"] for word in words)
    return " ".join(words) if ended and plain else None


def _tier(tokens: Sequence[Token], at: int) -> str | None:
    sets = lists("people").sets
    numbers = lists("numbers").numbers["digits"]
    words = words_of(tokens[at : at + 2])
    if (
        len(words) == 2
        and words[0] in sets["tiers"]
        and (words[1] in numbers or words[1].isdigit())
    ):
        digit = next((w for w, n in numbers.items() if str(n) == words[1] and w != "oh"), words[1])
        return f"{words[0]} {digit}"
    if len(words) == 2 and words[0] in ("second", "first", "third") and words[1] == "line":
        return " ".join(words)
    return None


def _as_role(words: list[str]) -> str | None:
    plain = lists("people").sets["plain_people"]
    while words and words[-1] in plain:
        words = words[:-1]
    if all(word in lists("numbers").numbers["ordinals"] for word in words):
        return None
    return " ".join(words)
