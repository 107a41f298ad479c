"""What to look at again: unsure items, corrections, and what was said to be missing."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.recap.corrections import Settled
from assistant.recap.lexicon import lists
from assistant.recap.model import Item, RecapFields, Unclear
from assistant.recap.tokens import phrase_at, source_text

REVIEW_BELOW = 0.7
"""Items with a lower confidence are listed; the figures behind it are in docs/recap.md."""


def find_unclear(text: str, fields: RecapFields, settled: Settled) -> tuple[Unclear, ...]:
    """Everything in `fields` worth a second look, in the order of the fields; () for nothing."""
    found = [
        Unclear(field=name, reason="heard, but not surely this", words=item.words)
        for name, item in _items(fields)
        if item.confidence < REVIEW_BELOW
    ]
    for stretch in settled.retracted:
        words = source_text(text, stretch)
        found.append(Unclear(field="recap", reason="corrected while dictating", words=words))
    found.extend(_missing(text, fields, settled))
    return tuple(found)


def _items(fields: RecapFields) -> Iterator[tuple[str, Item]]:
    for name in ("company", "called_on"):
        item = getattr(fields, name)
        if item is not None:
            yield name, item
    for name in ("case_numbers", "people", "contacts", "next_steps", "amounts"):
        for item in getattr(fields, name):
            yield name, item


def _missing(text: str, fields: RecapFields, settled: Settled) -> Iterator[Unclear]:
    """Fields the caller says they could not get: "she didn't give me a number"."""
    sets = lists("corrections").sets
    tokens = settled.tokens
    for name, phrases, reason in (
        ("case_numbers", sets["no_number"], "said that no number was given"),
        ("people", sets["no_name"], "said that a name was not given"),
    ):
        for at in range(len(tokens)):
            length = phrase_at(tokens, at, phrases, 7)
            if length and not (name == "case_numbers" and fields.case_numbers):
                words = source_text(text, tokens[at : at + length])
                yield Unclear(field=name, reason=reason, words=words)
                break
