"""The company called: its name as it is written, and where else its words stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.recap.lexicon import lists
from assistant.recap.names.competition import likeliest_company, likelihood
from assistant.recap.names.nameclues import as_text
from assistant.recap.names.wordkinds import is_unknown
from assistant.recap.tokens import Token

_MOST_SURE = 0.98


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
    text = as_text(tokens, taken, domains)
    named = likeliest_company(text)
    if named is None:
        return None
    name = _cased_name(tokens, named.start, named.end, text.is_cased)
    sure = min(_MOST_SURE, likelihood(named.score))
    return CompanySpan(name, named.start, named.end, sure)


def places_of_company(tokens: Sequence[Token], company: CompanySpan) -> set[int]:
    """The places of the name, and of its made-up words wherever they are said again."""
    span = range(company.start, company.end)
    own = {_bare(tokens[at]) for at in span if is_unknown(_bare(tokens[at]))}
    return set(span) | {at for at, token in enumerate(tokens) if _bare(token) in own}


def _bare(token: Token) -> str:
    return token.word.removesuffix("'s")


def _cased_name(tokens: Sequence[Token], start: int, end: int, cased: bool) -> str:
    """The name as it is written, or capitalised where the text has no capitals.

    A genitive is dropped where something of the company's follows: "eastbrook's complaints line".
    """
    span = tokens[start:end]
    text = span[0].text
    for token in span[1:]:
        text += (token.gap if token.gap.strip() in ("-", "&", ".") else " ") + token.text
    if end < len(tokens) and not tokens[end].after_pause:
        text = text.removesuffix("'s").removesuffix("’s")
    if cased:
        return text
    inner = lists("company").sets["inner"]
    words = text.split(" ")
    return " ".join(
        word if word in inner and place else word[:1].upper() + word[1:]
        for place, word in enumerate(words)
    )
