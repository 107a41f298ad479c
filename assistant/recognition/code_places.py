"""Where a code stands: among the words that a grammar heard, and in a free-text engine's text."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rapidfuzz import fuzz

from assistant.ports import Word
from assistant.recap.lexicon import lists
from assistant.recognition.code_reader import spoken_letters, text_of

MIN_SYMBOLS = 3
"""Shorter codes are left as heard: in a sentence, one or two symbols are mostly words."""
LIKE_CODE = 0.5
"""Share of code-like words a stretch of text must hold before it may be replaced, unless two
passes gave the same code: the free-text engine garbles codes into words."""
LABEL_LIKENESS = 75.0
"""How alike, 0 to 100, a misheard word must be to a label ("casa number") to look closer."""
MOST_STRAY = 2
"""Words in a row inside a code that the first pass may have misheard."""
LABEL_REACH = 12
"""How many words before a broken-off code its label may stand."""
LEAD_IN = ("is", "was", "it's", "number", "as")
"""Read along with the code, since its first symbol may be hidden in them: "is s j" or "as j"."""
MANY_SYMBOLS = 5
"""Symbols that a grammar hears in a row behind a label only where a code is."""
_NEAR_WORDS = 3
MARGIN_S = 0.12
"""Audio taken along on both sides of a code."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where a code was said: the words around it and its place in the audio."""

    head: tuple[str, ...]
    tail: tuple[str, ...]
    start_s: float
    end_s: float
    label: tuple[str, ...] = ()
    """The label as heard here; put into a text that lost it."""
    code: str = ""
    """As heard on the way; "" where other words came between."""


def may_hold_code(text: str) -> bool:
    """Whether `text` names a label ("ticket"), or something like it, or holds several symbols."""
    labels = [label for label in lists("codes").sets["case_labels"] if len(label) > 3]
    words = [word for word in re.findall(r"[a-z]+", text.lower()) if len(word) > 3]
    symbols = [sum(map(str.isdigit, part)) or _is_code_like(part) for part in _parts(text.split())]
    if sum(symbols) >= MIN_SYMBOLS:
        return True
    return any(
        fuzz.ratio(word, label) >= LABEL_LIKENESS for word in words for label in (*labels, "number")
    )


def words_in(text: str) -> list[str]:
    """The lower-case words of `text`."""
    return re.findall(r"[a-z']+", text.lower())


def find_span(words: Sequence[Word]) -> Span | None:
    """Where the code behind the first label stands; None where no label has one behind it."""
    texts = [word.text for word in words]
    for at in range(len(texts)):
        length = _label_length(texts, at)
        if not length:
            continue
        start = at + length
        while start < len(texts) and texts[start] in lists("spelling").sets["connectors"]:
            start += 1
        end = _run_end(words, start)
        if sum(_is_symbol(words, place) for place in range(start, end)) >= MIN_SYMBOLS:
            span = replace(_span(words, start, end), label=tuple(texts[at : at + length]))
            span = replace(span, start_s=_lead_in_s(words, start, span.start_s))
            return _with_last_word(words, end, span)
    return None


def _lead_in_s(words: Sequence[Word], start: int, start_s: float) -> float:
    """Where to begin to read the code at word `start`: with the short word before it."""
    before = words[start - 1] if start else None
    return before.start_s if before is not None and before.text in LEAD_IN else start_s


def _with_last_word(words: Sequence[Word], end: int, span: Span) -> Span:
    """`span`, up to the end where a single word follows it: a last symbol, misheard ("home")."""
    around = lists("spelling").sets["around_codes"]
    if end != len(words) - 1 or words[end].text in around:
        return span
    return replace(span, tail=(), end_s=words[end].end_s + MARGIN_S, code="")


def led_in(tokens: Sequence[str]) -> bool:
    """Whether `tokens` end in a label, or in a label and what links it: "case number is"."""
    words = [bare(token) for token in tokens]
    while words:
        ends = range(max(0, len(words) - 2), len(words))
        if any(_label_length(words, at) >= len(words) - at for at in ends):
            return True
        if words.pop() not in lists("spelling").sets["connectors"]:
            return False
    return False


def may_go_on(text: str) -> bool:
    """Whether `text` breaks off in a code, or before one: "the case number is", "ticket 742".

    Behind "number is" it may do so for a few words more, whatever they are: engines make words of
    symbols.
    """
    tokens = text.split()
    start = len(tokens)
    while start and like_code(tokens[start - 1 :]) == 1.0:
        start -= 1
    head = tokens[:start]
    symbols = sum(map(sure_symbols, _parts(tokens[start:])))
    near = range(max(1, len(tokens) - LABEL_REACH), len(tokens) + 1)
    connectors = lists("spelling").sets["connectors"]
    linked = any(bare(tokens[at - 1]) in connectors and led_in(tokens[:at]) for at in near)
    labelled = has_label(words_in(" ".join(head[-LABEL_REACH:])))
    return symbols >= MIN_SYMBOLS or led_in(head) or linked or (labelled and symbols > 0)


def longest_run(words: Sequence[Word]) -> Span | None:
    """Where the most symbols in a row stand, for a label that only the other engine heard."""
    runs = [(at, _run_end(words, at, 1)) for at in range(len(words)) if _is_symbol(words, at)]
    start, end = max(runs, key=lambda run: (run[1] - run[0], -run[0]), default=(0, 0))
    return _span(words, start, end) if end - start > MIN_SYMBOLS else None


def _span(words: Sequence[Word], start: int, end: int) -> Span:
    """The code from word `start` to `end` (exclusive), with a margin where no word stands."""
    before_s = words[start - 1].end_s if start else 0.0
    after_s = words[end].start_s if end < len(words) else words[end - 1].end_s + MARGIN_S
    texts = [word.text for word in words]
    return Span(
        head=tuple(texts[:start]),
        tail=tuple(texts[end:]),
        code=text_of(texts[start:end]) or "",
        start_s=max(before_s, words[start].start_s - MARGIN_S),
        end_s=min(after_s, words[end - 1].end_s + MARGIN_S),
    )


def has_label(texts: Sequence[str]) -> bool:
    """Whether the words `texts` name a kind of number: "ticket", "case number"."""
    return any(_label_length(texts, at) for at in range(len(texts)))


def _label_length(texts: Sequence[str], at: int) -> int:
    """How many words from `at` are a label; 0 for none, and for "in case"."""
    sets = lists("codes").sets
    if at and " ".join(texts[at - 1 : at + 1]) in sets["not_labels"]:
        return 0
    for length in (2, 1):
        if " ".join(texts[at : at + length]) in (*sets["case_labels"], "number"):
            return length
    return 0


def _run_end(words: Sequence[Word], start: int, most_stray: int = MOST_STRAY) -> int:
    """The end (exclusive) of the symbols from `start` on; a few misheard words are bridged."""
    end = at = start
    around = lists("spelling").sets["around_codes"]
    # Before the first symbol, "we" and "me" may be misheard ones; behind it they go on otherwise.
    while at < len(words) and at - end <= most_stray:
        if words[at].text in around and end > start:
            break
        at += 1
        if _is_symbol(words, at - 1):
            end = at
    # "… nine, I should wait": before more words, these two are words.
    if start < end < len(words) and words[end - 1].text in ("i", "a"):
        end -= 1
    return end


def _is_symbol(words: Sequence[Word], at: int) -> bool:
    text = words[at].text
    if text_of([text]) is not None or text in ("dash", "slash", "double", "triple"):
        return True
    before = [word.text for word in words[max(0, at - 2) : at]]
    if text in lists("spelling").maps["substitutes"]:
        return before == ["as", "in"] or before[-1:] in (["four"], ["for"])
    if text == "for":
        return bool(before) and len(before[-1]) == 1
    if text in ("as", "in"):
        return bool(before) and (len(before[-1]) == 1 or before[-1] == "as")
    return text == "ray" and before[-1:] == ["x"]


def place_in(tokens: Sequence[str], span: Span) -> tuple[int, int]:
    """The stretch of `tokens`, as (first, end), that stands for the span's code.

    The words before and after it, which both engines heard, are laid over each other.
    """
    head = spoken_letters(" ".join(span.head))
    tail = spoken_letters(" ".join(span.tail))
    texts = [spoken_letters(token) for token in tokens]
    firsts = [fuzz.ratio("".join(texts[:at]), head) for at in range(len(texts) + 1)]
    first = max(range(len(firsts)), key=lambda at: (firsts[at], -at))
    connectors = lists("spelling").sets["connectors"]
    while first < len(tokens) and bare(tokens[first]) in connectors:
        first += 1
    last = len(tokens)
    if tail:
        lasts = {at: fuzz.ratio("".join(texts[at:]), tail) for at in range(first, len(texts) + 1)}
        last = max(lasts, key=lambda at: (lasts[at], at))
    function_words = lists("codes").sets["function_words"]
    while last > first and bare(tokens[last - 1]) in function_words:
        if _may_be_symbol(tokens[last - 1]):
            break
        last -= 1
    return first, last


def like_code(tokens: Sequence[str]) -> float:
    """The share of `tokens` that look like part of a code; 0.0 for none."""
    parts = _parts(tokens)
    return sum(map(_is_code_like, parts)) / len(parts) if parts else 0.0


def _parts(tokens: Sequence[str]) -> list[str]:
    return [part for token in tokens for part in token.split("-") if part]


def plain(code: str) -> str:
    """The symbols of `code`, without separators."""
    return "".join(filter(str.isalnum, code))


def bare(token: str) -> str:
    """`token` in lower case, without punctuation around it."""
    return token.lower().strip(".,;:!?\"'()")


def _is_code_like(part: str) -> bool:
    word = re.sub(r"[^a-z0-9]", "", part.lower())
    if len(word) == 1 or any(char.isdigit() for char in word):
        return True
    if len(word) > 1 and re.sub(r"[^A-Za-z]", "", part).isupper():
        return True
    maps = lists("codes").maps
    named = word in maps["nato"] or word in maps["letter_names"]
    return named or word in lists("spelling").sets["links"] or text_of([word]) is not None


def _may_be_symbol(part: str) -> bool:
    """Whether `part` is code-like, or sounds like a symbol or explains one: "to", "be", "boy"."""
    maps = lists("codes").maps
    substitutes = lists("spelling").maps["substitutes"]
    names = {**maps["digit_names"], **maps["doubtful_letter_names"], **substitutes}
    return _is_code_like(part) or bare(part) in names


def sure_symbols(part: str) -> int:
    """How many symbols `part` is for sure: neither words that link them nor "I" and "a" count."""
    word = bare(part)
    if not _is_code_like(part) or word in lists("spelling").sets["links"] | {"a", "i"}:
        return 0
    return max(1, sum(map(str.isdigit, word)))


def replaceable(
    tokens: Sequence[str], place: tuple[int, int], span: Span, said: Collection[str], likely: bool
) -> bool:
    """Whether the code of `span` may take this place in `tokens`; `said` is what was heard there.

    Symbols always give way to it. Words do only behind a label: where "number is" leads up to it,
    and half of what stands there are symbols or the code is `likely`; or where enough symbols for
    a code stand there themselves, or a grammar heard many. Nothing does where a word that it
    heard as well comes first: "is closed for …".
    """
    first, last = place
    parts = _parts(tokens[first:last])
    strangers = [bare(part) for part in parts if not _may_be_symbol(part)]
    symbols = sum(map(sure_symbols, parts))
    if not strangers and symbols >= MIN_SYMBOLS:
        return True
    lead = leading_up(tokens[:first], span)
    opening = bare(parts[0]) if parts else ""
    if lead == "" or (opening in strangers and opening in said):
        return False
    alike = like_code(tokens[first:last]) >= LIKE_CODE
    if lead == "link":
        return alike or likely
    enough = alike and symbols >= MIN_SYMBOLS - (not strangers)
    return enough or (likely and len(span.code) >= MANY_SYMBOLS)


def leading_up(tokens: Sequence[str], span: Span) -> Literal["", "label", "link"]:
    """Whether a label stands at the end of `tokens`, and whether "number" or "is" follows it.

    What follows may have been heard by the grammar only: "case member is" for "case number is".
    """
    connectors = lists("spelling").sets["connectors"]
    words = [part for token in tokens for part in bare(token).split("-")]
    heard_link = bool(span.label) and span.head[-1] in connectors
    if not led_in(words) and not (heard_link and has_label(words[-_NEAR_WORDS:])):
        return ""
    return "link" if heard_link or words[-1] in connectors else "label"
