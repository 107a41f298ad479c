"""A recap as tokens: words, and what a transcriber writes in one piece ($49.99, 3rd, a URL)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from assistant.recap.lexicon import lists

_PIECES = re.compile(
    r"""
      (?P<email>[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)
    | (?P<url>(?:https?://)?(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}\b(?:/[\w/.~%-]*[\w/])?)
    | (?P<money>[$£€]\s?\d[\d,]*(?:\.\d+)?(?![\d-]))
    | (?P<date>\b\d{4}-\d{2}-\d{2}\b)
    | (?P<time>\b\d{1,2}:\d{2}\b)
    | (?P<ordinal>\b\d{1,2}(?:st|nd|rd|th)\b)
    | (?P<number>\b\d{1,3}(?:,\d{3})+(?:\.\d+)?\b(?!-)|\b\d+\.\d+\b)
    | (?P<word>[^\W_]+(?:['’][^\W_]+)*)
    """,
    re.VERBOSE,
)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of the text."""

    text: str
    """As it stands there."""
    word: str
    """Lower case, with straight apostrophes."""
    kind: str
    """``word``, or what the writing gives away: email, url, money, date, time, ordinal, number."""
    gap: str
    """What stands between it and the token before."""
    start: int
    end: int
    after_abbreviation: bool = False
    """Whether the full stop before it belongs to the word before: "Dr. Hale"."""

    @property
    def starts_sentence(self) -> bool:
        """Whether the writing ends a sentence just before it (never in unpunctuated text)."""
        if self.after_abbreviation and self.gap.strip() == ".":
            return False
        return any(mark in self.gap for mark in ".!?;:\n")

    @property
    def after_pause(self) -> bool:
        """Whether any punctuation stands just before it."""
        return self.starts_sentence or "," in self.gap or "(" in self.gap or "—" in self.gap

    @property
    def is_capital(self) -> bool:
        """Whether it is written with a capital first letter."""
        return self.text[:1].isupper()


@dataclass(frozen=True, slots=True)
class Found:
    """Something read from tokens: its value as text, and where it ends (exclusive)."""

    value: str
    end: int


def tokenise(text: str) -> list[Token]:
    """The tokens of `text` in order, fillers ("um", "er") left out; empty text gives none."""
    fillers = lists("numbers").sets["fillers"]
    abbreviations = lists("numbers").sets["abbreviations"]
    tokens: list[Token] = []
    at = 0
    carried = ""
    for found in _PIECES.finditer(text):
        word = found.group().lower().replace("’", "'")
        gap = carried + text[at : found.start()]
        at = found.end()
        spelled = found.group().isupper() and text[found.end() : found.end() + 1] in ("/", "-")
        if word in fillers and not spelled:  # "HM/W/08" is a code
            carried = gap
            continue
        carried = ""
        kind = found.lastgroup or "word"
        abbreviated = bool(tokens) and tokens[-1].word in abbreviations
        place = (found.start(), found.end())
        tokens.append(Token(found.group(), word, kind, gap, *place, abbreviated))
    return tokens


def words_of(tokens: Sequence[Token]) -> list[str]:
    """The lower-case words of `tokens`."""
    return [token.word for token in tokens]


def word_at(tokens: Sequence[Token], at: int) -> str:
    """The lower-case word at token `at`, or "" outside the text."""
    return tokens[at].word if 0 <= at < len(tokens) else ""


def phrase_at(tokens: Sequence[Token], at: int, phrases: frozenset[str], longest: int = 5) -> int:
    """How many tokens from `at` form one of `phrases` (the longest such); 0 for none."""
    for length in range(min(longest, len(tokens) - at), 0, -1):
        if " ".join(token.word for token in tokens[at : at + length]) in phrases:
            return length
    return 0


def source_text(text: str, tokens: Sequence[Token]) -> str:
    """The stretch of `text` that `tokens` came from; "" for none."""
    if not tokens:
        return ""
    return text[tokens[0].start : tokens[-1].end]
