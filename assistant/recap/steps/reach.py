"""How far an act reaches: which clauses are a part of it, and to which a condition belongs."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.recap.reading import Reading
from assistant.recap.steps.predicates import words_in
from assistant.recap.steps.subjects import Clause
from assistant.recap.steps.surroundings import Pledge
from assistant.recap.tokens import word_at, words_of

CONDITION_REACH = 12
"""So many words may lie between a condition and what follows from it."""


class Reach:
    """The clauses of a text with their pledges; those inside another's act lose theirs."""

    def __init__(
        self, reading: Reading, clauses: Sequence[Clause], pledges: Sequence[Pledge | None]
    ) -> None:
        self._reading = reading
        self._tokens = reading.tokens
        self._clauses = clauses
        self.pledges = list(pledges)

    def last_inside(self, place: int) -> int:
        """The last clause that belongs to the pledge at `place`; `place` itself for none."""
        last = place
        for at in range(place + 1, len(self._clauses)):
            if not self._is_inside(at, place, last):
                break
            self.pledges[at] = None
            last = at
        return last

    def end(self, place: int) -> int:
        """Where the pledge at `place` ends, with all that is inside it."""
        last = self.last_inside(place)
        following = last + 1
        return (
            self._clauses[following].opening
            if following < len(self._clauses)
            else len(self._tokens)
        )

    def _is_inside(self, at: int, place: int, last: int) -> bool:
        """Whether clause `at` is part of the pledge at `place`: "make sure *it's off*"."""
        clause, head = self._clauses[at], self._clauses[place]
        if any(
            t.starts_sentence for t in self._tokens[head.predicate.verb + 1 : clause.opening + 1]
        ):
            return False
        if clause.is_condition:
            return not self.leads(at)
        if clause.joined and last > place and self.pledges[at] is None:
            return self._clauses[at - 1].is_condition
        predicate = clause.predicate
        purpose = clause.link in ("so", "so that") and predicate.mood == "may"
        if clause.link in words_in("inner") or purpose:
            return True
        if clause.subject.noun[:1] in (("which",), ("who",)):
            return self.pledges[at] is None and predicate.mood == "present"
        near = clause.opening - head.predicate.verb
        told = head.predicate.base in words_in("content") or "sure" in words_of(
            self._tokens[head.predicate.verb : clause.opening]
        )
        if clause.link in ("", "that") and told and near <= 4:
            return True
        if clause.asked and near <= 4 and not clause.joined:
            return True
        return clause.link == "" and self._is_relative(clause)

    def _is_relative(self, clause: Clause) -> bool:
        """As in "the form *he sent me*": a pronoun right behind a noun, and no object."""
        start, predicate = clause.subject.start, clause.predicate
        noun = word_at(self._tokens, start - 2) in words_in("determiners") or word_at(
            self._tokens, start - 3
        ) in words_in("determiners")
        tells = predicate.mood in ("past", "perfect", "should", "present")
        dated = any(
            when.start <= predicate.verb + 6 and when.start > predicate.verb
            for when in self._reading.dates
        )
        if predicate.mood == "present" and dated:
            return False
        if (
            not noun
            or not tells
            or clause.subject.noun[:1] not in (("he",), ("she",), ("they",), ("i",))
        ):
            return False
        following = word_at(self._tokens, predicate.verb + 1)
        objects = words_in("determiners") | words_in("objects") - {"me", "us"}
        told = predicate.base in words_in("reporting") or predicate.base == "have"
        return following not in objects and not told

    def leads(self, at: int) -> bool:
        """Whether the condition at `at` belongs to the clause after it, not before."""
        if at + 1 >= len(self._clauses):
            return False
        clause, following = self._clauses[at], self._clauses[at + 1]
        if following.link not in ("", "then", "so", "please") or following.is_condition:
            return False
        opens = clause.opening == 0 or self._tokens[clause.opening].starts_sentence
        before = word_at(self._tokens, clause.opening - 1)
        opens = opens or before in words_in("joiners") or self._ends_day(clause.opening)
        near = following.opening - clause.opening <= CONDITION_REACH
        if self._tokens[following.opening].starts_sentence:
            return False
        if clause.link in words_in("ifs"):
            return near
        return near and opens

    def _ends_day(self, at: int) -> bool:
        return any(when.end == at for when in self._reading.dates)
