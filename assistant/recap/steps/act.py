"""One act while it is being read, and how words and sums are added to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.recap.lexicon import lists
from assistant.recap.nameddays import When
from assistant.recap.reading import Reading
from assistant.recap.steps.surroundings import Owner


@dataclass(slots=True)
class Act:
    """One act while its days are being found."""

    owner: Owner
    start: int
    end: int
    words: list[str] = field(default_factory=list)
    whens: list[When] = field(default_factory=list)
    condition: list[str] = field(default_factory=list)
    """What stands before it as "if …" or "when …"."""
    link: str = ""
    """What joins its clause to what stands before."""
    joined: bool = False
    """Whether it shares its subject with the act before: "print it *and sign it*"."""
    led: bool = False
    """Whether its days stand before it: "by friday i need to …"."""
    own_day: bool = False
    """Whether its day is its own, even where it is the last of joined acts: "that takes a week"."""
    is_result: bool = False
    """Whether it only says that what was promised comes: "so i get it tomorrow"."""
    confidence: float = 0.9


def sets_of(name: str) -> frozenset[str]:
    """One of the word sets of ``steps.toml``."""
    return lists("steps").sets[name]


def add_words(reading: Reading, act: Act, at: int) -> int:
    """Add the word, sum or code at token `at` to an act; how many tokens that took."""
    for amount in reading.amounts:
        if amount.start == at:
            symbol = lists("numbers").maps["currency_symbol"].get(amount.currency, "")
            value = f"{amount.value:.2f}".removesuffix(".00")
            act.words.append(f"{symbol}{value}" if symbol else f"{value} {amount.currency}")
            return amount.end - at
    for code in reading.codes:
        if code.code.start == at:
            act.words.append(code.code.value.lower())
            return code.code.end - at
    act.words.append(reading.tokens[at].word)
    return 1


def drop_preposition(words: list[str]) -> None:
    """Drop what leads to a day from the end of an act's words: "hand it in by", "sometime on"."""
    prepositions = 0
    while len(words) > 1 and words[-1] in sets_of("date_edges"):
        prepositions += words[-1] not in sets_of("loose_edges")
        if prepositions > 1 or (words[-1] in sets_of("particles") and len(words) == 2):
            return
        words.pop()
