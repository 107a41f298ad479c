"""Clauses that share a subject: "they'll check it *and call me*"."""

from __future__ import annotations

from dataclasses import replace

from assistant.recap.steps.ground import Ground
from assistant.recap.steps.predicates import Predicate, read_bare, skip_adverbs, words_in
from assistant.recap.steps.subjects import Clause, Subject
from assistant.recap.steps.verbs import base_of, gerund_of
from assistant.recap.tokens import phrase_at, word_at, words_of

_MOST_INSIDE = 3
"""So many clauses may stand inside another before its next verb."""


class Joining:
    """Finds them behind the clauses `found` so far."""

    def __init__(self, ground: Ground, found: list[Clause]) -> None:
        self._tokens = ground.tokens
        self._ground = ground
        self._found = found

    def joined(self, at: int) -> Clause | None:
        """As in "they'll check it *and call me*": the next verb of the same subject."""
        tokens = self._tokens
        if not self._found:
            return None
        join = phrase_at(
            tokens, at, frozenset(("and", "and then", "then", "or", "and also", "plus"))
        )
        comma = not join and at > 0 and "," in tokens[at].gap
        if not (join or comma) or tokens[at].starts_sentence:
            return None
        verb = skip_adverbs(tokens, at + join)
        verb += word_at(tokens, verb) == "to" and self._found[-1].predicate.mood != "past"
        if verb >= len(tokens) or tokens[verb].starts_sentence or verb in self._ground.taken:
            return None
        if word_at(tokens, at + join) in ("both", "all", "each"):
            return None
        for head in self._heads():
            predicate = self._same_form(verb, head.predicate)
            if predicate is None:
                continue
            subject = replace(self._subject_of(head), start=verb, end=verb)
            link = " ".join(words_of(tokens[at : at + join])) or ","
            negated = head.predicate.negated and predicate.mood == head.predicate.mood
            predicate = replace(predicate, negated=predicate.negated or negated)
            return Clause(at, link, subject, predicate, joined=True, asked=head.asked)
        third = base_of(word_at(tokens, verb), "third")
        if third and join and word_at(tokens, verb + 1) in words_in("determiners"):
            subject = replace(self._subject_of(self._found[-1]), start=verb, end=verb)
            return Clause(at, "and", subject, Predicate("present", verb, third))
        return None

    def _heads(self) -> list[Clause]:
        """The clauses that a joined verb may belong to: the last, and those it may be part of."""
        heads: list[Clause] = []
        for clause in reversed(self._found[-_MOST_INSIDE:]):
            if clause.link not in words_in("inner"):
                heads.append(clause)
            dependent = clause.is_condition or clause.link in words_in("inner") or clause.joined
            firm = clause.predicate.mood in ("will", "would", "must", "order")
            if firm and not dependent:
                break
        return heads

    def _subject_of(self, clause: Clause) -> Subject:
        named = clause.subject.kind != "none" or not clause.is_order
        return clause.subject if named else replace(clause.subject, kind="me")

    def inherited(self, at: int) -> Subject | None:
        """The subject of the clause before, as that of one that starts at token `at`."""
        if not self._found or self._tokens[at].starts_sentence:
            return None
        return replace(self._subject_of(self._found[-1]), start=at, end=at)

    def _same_form(self, verb: int, last: Predicate) -> Predicate | None:
        """The verb at token `verb`, where it has the form of the one it is joined to."""
        word = word_at(self._tokens, verb)
        first = word_at(self._tokens, last.verb)
        if last.mood == "progressive" and not last.passive:
            base = gerund_of(word)
            return replace(last, verb=verb, base=base) if base else None
        if last.passive or last.mood in ("past", "perfect"):
            form = base_of(word, "participle") or base_of(word, "past")
            return replace(last, verb=verb, base=form) if form else None
        third = last.mood == "present" and base_of(first, "third") and not base_of(first, "base")
        if third:
            base = base_of(word, "third")
            nominal = self._ground.is_noun(verb)
            return replace(last, verb=verb, base=base) if base and not nominal else None
        if base_of(first, "gerund"):
            return None
        base = base_of(word, "base")
        if not base or self._ground.is_noun(verb):
            return None
        if base in words_in("committing") and word_at(self._tokens, verb + 1) == "to":
            return read_bare(self._tokens, verb + 2, "will")
        return replace(last, verb=verb, base=base, listed=True)
