"""Sums of money, spoken ("twenty three pounds fifty") or written ("£23.50")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.recap.lexicon import lists
from assistant.recap.numbers import Number, read_cardinal, read_digit_item
from assistant.recap.tokens import Token, phrase_at, words_of

_CURRENCY_OF = {
    "GB": "GBP",
    "IE": "EUR",
    "DE": "EUR",
    "FR": "EUR",
    "CA": "CAD",
    "AU": "AUD",
    "IN": "INR",
}

_SMALLEST_BARE = 10
"""A number below this is never a sum without its currency."""
_MONEY_REACH = 8
"""How many words before a bare number a word of money may stand."""


@dataclass(frozen=True, slots=True)
class AmountSpan:
    """A sum and the tokens it was read from."""

    value: Decimal
    currency: str
    start: int
    end: int
    confidence: float = 1.0


def find_amounts(tokens: Sequence[Token], taken: set[int], country: str = "US") -> list[AmountSpan]:
    """All sums in order, also repeated ones; tokens in `taken` were read as something else."""
    found: list[AmountSpan] = []
    at = 0
    while at < len(tokens):
        span = None if at in taken else read_amount(tokens, at)
        if span is not None and _word(tokens, span.start - 1) != "not":
            found.extend([*_lower_end(tokens, span, found), span])
        at = span.end if span is not None else at + 1
    used = taken.union(*(range(span.start, span.end) for span in found))
    found.extend(_bare(tokens, used, _usual_currency(found, country), bool(found)))
    return sorted(found, key=lambda span: span.start)


def read_amount(tokens: Sequence[Token], at: int) -> AmountSpan | None:
    """The sum named from token `at` on, with its currency; None where there is none."""
    token = tokens[at]
    if token.kind == "money":
        value = Decimal(token.text[1:].strip().replace(",", ""))
        end = at + 1
        canadian = end < len(tokens) and tokens[end].word in _prefixes()
        currency = lists("numbers").maps["symbol"][token.text[0]]
        before = tokens[at - 1].word if at else ""
        if canadian or (before in ("ca", "c") and not token.gap):
            currency = _prefixes()[tokens[end].word] if canadian else "CAD"
        return AmountSpan(value, currency, at, end + canadian)
    whole = _decimal(tokens, at)
    if whole is None:
        return None
    value, end = whole
    minor = lists("numbers").maps["minor"].get(_word(tokens, end))
    spelled = _word(tokens, end) == "p" and len(_word(tokens, end + 1)) == 1  # "two p m"
    if minor is not None and value < 100 and not spelled:
        return AmountSpan(value / 100, minor, at, end + 1)
    unit = _currency(tokens, end)
    if unit is None:
        return None
    currency, end = unit
    cents = _cents(tokens, end)
    if cents is not None and cents.value != value:  # "twenty five quid twenty five": said twice
        return AmountSpan(value + Decimal(cents.value) / 100, currency, at, cents.end)
    if _word(tokens, end) in _prefixes():
        return AmountSpan(value, _prefixes()[_word(tokens, end)], at, end + 1)
    return AmountSpan(value, currency, at, end)


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].word if 0 <= at < len(tokens) else ""


def _prefixes() -> dict[str, str]:
    return lists("numbers").maps["currency_prefix"]


def _decimal(tokens: Sequence[Token], at: int) -> tuple[Decimal, int] | None:
    """A number that may have a fraction: "forty nine point five", "49.50", "one twenty five"."""
    if tokens[at].kind == "number":
        return Decimal(tokens[at].word.replace(",", "")), at + 1
    whole = read_cardinal(tokens, at)
    if whole is None:
        if _word(tokens, at) in ("a", "one") and _word(tokens, at + 1) in (
            "dollar",
            "pound",
            "buck",
        ):
            return Decimal(1), at + 1
        return None
    value, end = Decimal(whole.value), whole.end
    if _word(tokens, end) == "point":
        digits = ""
        end += 1
        while (digit := lists("numbers").numbers["digits"].get(_word(tokens, end))) is not None:
            digits, end = digits + str(digit), end + 1
        return (Decimal(f"{whole.value}.{digits}"), end) if digits else None
    pair = _pair(tokens, whole)
    if pair is not None and _currency(tokens, pair[1]) is not None:
        return pair
    return value, end


def _pair(tokens: Sequence[Token], whole: Number) -> tuple[Decimal, int] | None:
    """Two numbers said for one sum: "one twenty five" is 125, "forty nine ninety nine" 49.99."""
    rest = read_cardinal(tokens, whole.end)
    if rest is None or not 10 <= rest.value <= 99 or whole.value > 999:
        return None
    if whole.value < 10:
        return Decimal(whole.value * 100 + rest.value), rest.end
    return whole.value + Decimal(rest.value) / 100, rest.end


def _currency(tokens: Sequence[Token], at: int) -> tuple[str, int] | None:
    """As in "Dollars", "canadian dollars", "quid": the currency and where its words end."""
    names = lists("numbers").maps["currency"]
    word = _word(tokens, at)
    if word in _prefixes() and _word(tokens, at + 1) in names:
        return _prefixes()[word], at + 2
    if word in ("grand", "k"):
        return None
    if word in names:
        heavy = _word(tokens, at + 1) in lists("numbers").sets["not_pounds_of_money"]
        return None if heavy else (names[word], at + 1)
    return None


def _cents(tokens: Sequence[Token], at: int) -> Number | None:
    """The cents after "dollars": "and seventy five cents", "fifty", "oh five"."""
    here = at + (_word(tokens, at) == "and")
    if here >= len(tokens) or tokens[here].after_pause:
        return None
    zero = _word(tokens, here) in ("oh", "zero", "o")
    rest = read_cardinal(tokens, here + zero)
    if rest is None or rest.value > 99:
        return None
    if _word(tokens, rest.end) in lists("numbers").maps["minor"]:
        return Number(rest.value, rest.end + 1)
    counted = _word(tokens, rest.end) in lists("codes").sets["units"]
    if here == at and not counted and (rest.value >= 10 or zero):
        return rest
    return None


def _lower_end(
    tokens: Sequence[Token], span: AmountSpan, found: Sequence[AmountSpan]
) -> list[AmountSpan]:
    """The other end of "from eighteen to twenty three pounds", where it has no currency itself."""
    floor = found[-1].end if found else 0
    if _word(tokens, span.start - 1) not in ("to", "and", "or"):
        return []
    for start in range(max(floor, span.start - 8), span.start - 1):
        number = read_cardinal(tokens, start)
        introduced = _word(tokens, start - 1) in ("from", "between", "either")
        if number is not None and number.end == span.start - 1 and introduced:
            return [AmountSpan(Decimal(number.value), span.currency, start, number.end, 0.8)]
    return []


def _usual_currency(found: Sequence[AmountSpan], country: str) -> str:
    seen = Counter(span.currency for span in found)
    return seen.most_common(1)[0][0] if seen else _CURRENCY_OF.get(country, "USD")


def _looks_paid(tokens: Sequence[Token], at: int) -> bool:
    """Whether "49.99" at token `at` is a sum: two decimals, and a word such as "refund" before."""
    context = lists("numbers").sets["money_context"]
    before = words_of(tokens[max(0, at - 3) : at])
    return tokens[at].word[-3:-2] == "." and any(word in context for word in before)


def _bare(
    tokens: Sequence[Token], used: set[int], currency: str, has_sums: bool
) -> list[AmountSpan]:
    """As in "charged me forty nine ninety nine", "down to six forty": sums by the words around."""
    found: list[AmountSpan] = []
    for at in range(len(tokens)):
        if at in used or (found and at < found[-1].end):
            continue
        if tokens[at].kind == "number":
            if _looks_paid(tokens, at):
                value = Decimal(tokens[at].word.replace(",", ""))
                found.append(AmountSpan(value, currency, at, at + 1, 0.6))
            continue
        whole = read_cardinal(tokens, at) if tokens[at].kind == "word" else None
        if whole is None:
            continue
        pair = _pair(tokens, whole)
        value, end = pair if pair is not None else (Decimal(whole.value), whole.end)
        if any(place in used for place in range(at, end)) or _in_a_code(tokens, at, end):
            continue
        sure = _paid_by_words(tokens, at, end, has_sums, pair is not None)
        if sure and value >= _SMALLEST_BARE:
            found.append(AmountSpan(value, currency, at, end, sure))
    return found


def _in_a_code(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether digits or letters stand around tokens `start` to `end`: no sum, but a code."""
    sets, maps = lists("codes").sets, lists("codes").maps
    if any(tokens[place].gap in ("-", "/") for place in (start, end) if 0 < place < len(tokens)):
        return True  # "17-CG-420"
    for place in (start - 1, end):
        word = _word(tokens, place)
        symbol = len(word) == 1 and word not in ("a", "i")
        if symbol or word in maps["nato"] or word in maps["separators"]:
            return True
        if 0 <= place < len(tokens) and read_digit_item(tokens, place) is not None:
            return True
    labels = words_of(tokens[max(0, start - 3) : start])
    return any(word in sets["case_labels"] | sets["other_labels"] for word in labels)


def _paid_by_words(
    tokens: Sequence[Token], at: int, end: int, has_sums: bool, is_pair: bool
) -> float:
    """How sure the words around a number without a currency make it a sum; 0.0 for not at all."""
    sets = lists("numbers").sets
    if _word(tokens, end) in lists("codes").sets["units"] | sets["counted"]:
        return 0.0
    before = words_of(tokens[max(0, at - _MONEY_REACH) : at])
    paid = any(word in sets["money_context"] for word in before[-3:])
    near = any(word in sets["money_context"] for word in before)
    leads = " ".join(before[-2:]) in sets["sum_leads"]
    links = bool(before) and before[-1] in sets["sum_links"]
    near = near or any(word in lists("numbers").maps["currency"] for word in before)
    rate = phrase_at(tokens, end, sets["rates"]) > 0
    near = near or (rate and bool(sets["money_context"] & set(words_of(tokens[end + 1 : end + 4]))))
    if paid and (is_pair or leads or links or rate):
        return 0.6
    if ((leads or rate) and (has_sums or near)) or (links and near):
        return 0.55
    return 0.0
