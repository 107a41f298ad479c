"""What a person at the company is: the title or department said before or after the name."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from assistant.recap.lexicon import lists, ordinary_words
from assistant.recap.tokens import Token, phrase_at, word_at, words_of

_LONGEST_ROLE = 4
_APART = 12
"""How many words from a name its role may still be said, where no other name stands between."""
_REACHED = 20
"""So many words before a name the department that the call had reached may be said."""
_TITLE_ENDINGS = ("ician", "ologist", "therapist", "keeper", "smith", "wright", "ographer")
_WITH_OF = frozenset(("head", "director", "chief", "manager", "vice"))
"""Titles that may go on with "of": "head of sales"."""


def words_after_name() -> frozenset[str]:
    """Words that show that a name or department ended before them."""
    return lists("company").sets["after"] | lists("dates").sets["after_day_number"]


def role_after(tokens: Sequence[Token], end: int, told: bool = False) -> str | None:
    """The role said after a name that ends at token `end`, or None; `told` after "she is".

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
    if (
        length
        and not linked
        and not placed
        and not told
        and _is_anothers(tokens, here, here + length)
    ):
        return None
    while length > 1 and word_at(tokens, here + length) in lists("codes").sets["case_labels"]:
        if _title_length(words[: length - 1]) != length - 1:
            break
        length -= 1  # "in lease services, service ticket …"
    if not length:
        return _unlisted_department(tokens, here, words) if placed else None
    firm = words[length - 1] in lists("company").sets["heads"] or is_title(words[length - 1])
    if firm and "at" in words_of(tokens[max(end, here - 2) : here]):
        return None  # "grace at the vets", "at the garden centre": a place
    tier = _tier(tokens, here + length)
    return _as_role([*words[:length], tier] if tier and placed else words[:length])


def _is_anothers(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether the title at `start` belongs to what follows it, or to a firm's own name.

    "globepath desk officer is mrs ferreira", "clearwater dental lab".
    """
    firm = tokens[end - 1].word in lists("company").sets["heads"]
    if firm and not is_title(tokens[end - 1].word):
        return True
    if end >= len(tokens) or tokens[end].after_pause:
        return False
    following = tokens[end].word
    named = following in ("is", "was", "named", "called") or following.endswith("'s")
    return named or (_is_name(following) and start > 0 and not tokens[start].after_pause)


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
        if is_title(last) or last in sets["departments"]:
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
    spoken = tokens[start - 1].word if start else ""
    if spoken.endswith("'s") and is_title(spoken.removesuffix("'s")):  # "handler's lorcan"
        words = _modified([*_words_back(tokens, start - 1, taken), spoken.removesuffix("'s")])
        return True, _as_role(words)
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
        known = before in sets["plain_people"] | sets["titles"]
        if known and words and words[-1] in sets["departments"]:
            return True, before if before not in sets["plain_people"] else _as_role(words)
    at_place = leading in sets["place_words"] - {"with"}
    desk = leading in sets["determiners"] and placed and words[-1:] and not is_title(words[-1])
    site = at - 2 - (leading in sets["determiners"])
    if (at_place or desk) and site >= 0 and is_title(tokens[at - 2 - bool(desk)].word):
        return True, tokens[at - 2 - bool(desk)].word  # "the technician on the line ola"
    if at_place or desk:
        return False, None  # "… at the general desk, Vikram": the desk is another's
    after_company = at - 1 in taken
    about = at > 1 and tokens[at - 2].word in sets["about_words"]
    if about or (leading not in sets["determiners"] and not after_company):
        while len(words) > 1 and words[0] not in sets["role_modifiers"]:
            words.pop(0)
    if not words:
        return False, None
    titled = words[-1] in sets["titles"] | sets["plain_people"]
    person = any(token.word in sets["plain_people"] for token in tokens[end:start])
    linked = person or tokens[end].word in ("is", "was", "that's")
    titled = titled or (linked and words[-1] in sets["departments"] | sets["answering"])
    answered = any(token.word in ("answered", "person") for token in tokens[end:start])
    titled = titled or (answered and words[-1] in sets["answering"])
    if not titled and "of" not in words:
        return False, None
    tier = _tier(tokens, at - 2) if at > 1 else None
    return True, f"{tier} {' '.join(words)}" if tier else _as_role(words)


def role_apart(tokens: Sequence[Token], start: int, end: int, people: set[int]) -> str | None:
    """The role of the person named by tokens `start` to `end`, said a little before or after.

    Before: "the agent he is called sunil", "lass on the waste line name of shabnam". After:
    "ewan … no he's the depot lead". `people` are the places of all names: none may stand between.
    """
    sets = lists("people").sets
    if tokens[start - 1].word in sets["naming_words"] | sets["honorifics"]:
        for at in range(start - 1, max(-1, start - _APART), -1):
            if at in people or tokens[at].starts_sentence:
                break
            word = tokens[at].word.removesuffix("'s")
            tier = _tier(tokens, at)
            if tier is not None:
                return tier
            placed = word in sets["departments"] and _is_place_of_person(tokens, at)
            if word in sets["titles"] - sets["plain_people"] or placed:
                words = [*_words_back(tokens, at, people), word]
                leading = tokens[at - len(words)].word if at >= len(words) else ""
                return _as_role(words if leading in sets["determiners"] else _modified(words))
    for at in range(end, min(end + _APART, len(tokens))):
        if at in people or tokens[at].starts_sentence:
            return None
        linked = phrase_at(tokens, at, sets["is_a"])
        role = role_after(tokens, at + linked, told=True) if linked else None
        if role is not None:
            return role
    return None


def department_reached(
    tokens: Sequence[Token], start: int, people: set[int], taken: set[int]
) -> str | None:
    """The department the call had reached when the name at token `start` was said, or None.

    "veldra bank fraud line spoke to …", "ended up in retentions with a man named …". `people`
    are the places of all names, `taken` those of the company and the like.
    """
    sets = lists("people").sets
    for at in range(start - 1, max(0, start - _REACHED), -1):
        if at in people or tokens[at].starts_sentence:
            return None
        before = [" ".join(words_of(tokens[max(0, at - size) : at])) for size in (1, 2, 3)]
        led = any(phrase in sets["reached"] for phrase in before)
        if not led and not (at - 1 in taken and tokens[at - 1].word not in sets["place_words"]):
            continue
        here = at + (tokens[at].word in sets["determiners"])
        words = _role_words(tokens, here, _LONGEST_ROLE)
        while words and words[-1] not in sets["departments"]:
            words.pop()
        words = _modified(words) if words else []
        counter = led or words[-1:] == ["line"] or words[-1:] == ["support"]
        if counter and words and not any(is_title(word) for word in words):
            return _as_role(words)
    return None


def _modified(words: list[str]) -> list[str]:
    """`words` from the first on that may open a title: "senior claims handler"."""
    modifiers = lists("people").sets["role_modifiers"]
    while len(words) > 1 and words[0] not in modifiers | lists("people").sets["departments"]:
        words = words[1:]
    return words


def _is_place_of_person(tokens: Sequence[Token], at: int) -> bool:
    """Whether somebody is said to be there: "lass on the waste line"."""
    sets = lists("people").sets
    before = words_of(tokens[max(0, at - 4) : at])
    return any(
        word in sets["place_words"] and who in sets["plain_people"]
        for who, word in pairwise(before)
    )


def _before_link(tokens: Sequence[Token], start: int) -> int:
    """Where the words before "named", "said her name is" and the like end."""
    sets = lists("people").sets
    skipped = sets["before_title"] | sets["honorifics"]
    if start and tokens[start - 1].word in {"named", "called"} | sets["plain_people"]:
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
    stops |= {"their", "our"}
    words: list[str] = []
    here = end
    while here > 0 and len(words) < _LONGEST_ROLE:
        token = tokens[here - 1]
        head_of = token.word == "of" and here > 1 and tokens[here - 2].word in _WITH_OF
        if here - 1 in taken or token.kind != "word" or "'" in token.word:
            break
        if (token.word in stops and not head_of) or _is_name(token.word):
            break
        if token.word in lists("codes").sets["units"] or _is_number(token.word):
            break
        words.insert(0, token.word)
        here -= 1
        if token.after_pause:
            break
    return words


def tiered(words: Sequence[str]) -> bool:
    """Whether `words` name a line of support: "tier two"."""
    return any(word in lists("people").sets["tiers"] for word in words)


def _is_number(word: str) -> bool:
    numbers = lists("numbers").numbers
    return any(word in numbers[name] for name in ("digits", "teens", "tens", "scales"))


def _role_words(tokens: Sequence[Token], at: int, longest: int) -> list[str]:
    """The words from token `at` on that may belong to a title or department."""
    stops = lists("codes").sets["function_words"] | lists("people").sets["person_verbs"]
    stops -= lists("people").sets["departments"] | lists("people").sets["titles"]
    words: list[str] = []
    while at + len(words) < len(tokens) and len(words) < longest:
        token = tokens[at + len(words)]
        stop = token.word in lists("people").sets["role_stops"] or _is_name(token.word)
        after = words_of(tokens[at + len(words) + 1 : at + len(words) + 2])
        desk = bool(after) and after[0] in lists("people").sets["departments"]
        if stop or (_is_progressive(token.word) and not desk):
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
    return word not in known and word not in ordinary_words() and len(word) > 2


def _is_progressive(word: str) -> bool:
    """As in "the bill is coming": a verb, unless departments are named so ("billing")."""
    sets = lists("people").sets
    return word.endswith("ing") and word not in sets["departments"] | sets["role_modifiers"]


def is_title(word: str) -> bool:
    """Whether `word` is a title, by the list or by its ending: "optician", "cardiologist"."""
    titles = lists("people").sets["titles"]
    plural = word.endswith("s") and word[:-1] in titles
    return word in titles or plural or word.endswith(_TITLE_ENDINGS)


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
    plain_words = lists("people").sets["no_role_words"]
    for place in range(len(words) - 1, -1, -1):
        numbered = words[place + 1 : place + 2] and words[place + 1] in ("line", "level", "tier")
        if words[place] in plain_words and not numbered:
            words = words[place + 1 :]
            break
    if not words:
        return None
    if all(word in lists("numbers").numbers["ordinals"] for word in words):
        return None
    sets = lists("people").sets
    if words[-1].endswith("s") and words[-1][:-1] in sets["titles"]:
        words = [*words[:-1], words[-1][:-1]]  # "one of their schedulers"
    known = is_title(words[-1]) or words[-1] in sets["departments"] | sets["role_modifiers"]
    return (
        " ".join(words) if known or "of" in words or words[-1].isdigit() or tiered(words) else None
    )
