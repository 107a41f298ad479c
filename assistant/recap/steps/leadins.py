"""What stands before an act: its condition, and the day that leads to it."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.recap.nameddays import When
from assistant.recap.numbers import read_cardinal
from assistant.recap.reading import Reading
from assistant.recap.steps.act import Act, sets_of
from assistant.recap.steps.predicates import words_in
from assistant.recap.steps.reach import CONDITION_REACH, Reach
from assistant.recap.steps.subjects import Clause
from assistant.recap.steps.surroundings import pledge_set
from assistant.recap.tokens import phrase_at, word_at, words_of

_CONDITION_WORDS = 8
"""A condition of more words than this is left out of the act it leads."""
_ELLIPSIS_WORDS = 5
"""As in "if they don't show": on the day they should have."""


class LeadIns:
    """Gives acts what stands before them."""

    def __init__(self, reading: Reading, clauses: Sequence[Clause], reach: Reach) -> None:
        self._reading = reading
        self._tokens = reading.tokens
        self._clauses = clauses
        self._reach = reach

    def give(self, act: Act, place: int) -> None:
        """Give the act of the clause at `place` its condition, or else its day."""
        start = self._clauses[place].opening
        if place and self._clauses[place - 1].is_condition and self._reach.leads(place - 1):
            act.start = self._clauses[place - 1].opening
            self._add_condition(act, act.start, start)
        elif not act.joined:
            verbless = self._verbless_condition(place)
            if verbless is not None:
                self._add_condition(act, verbless, start)
            self._take_lead(act, place)

    def _add_condition(self, act: Act, start: int, end: int) -> None:
        """Give an act the condition and its days that stand before it."""
        inside = [one for one in self._reading.dates if start <= one.start < end]
        days = {at for one in inside for at in range(one.start, one.end)}
        if not inside and any(
            phrase_at(self._tokens, at, sets_of("then_words")) for at in range(start, end)
        ):
            inside = self.said_before(start)
        words = [
            self._tokens[at].word
            for at in range(start, end)
            if at not in days and self._tokens[at].word not in ("then", "by", "so", "please")
        ]
        denied = any(word.endswith(("n't", "not")) for word in words)
        shown = words[-1:] and words[-1] in sets_of("turning_up")
        if (
            not inside
            and denied
            and 1 < len(words) <= _ELLIPSIS_WORDS
            and (shown or words[-1][-3:] in ("n't", "not"))
        ):
            inside = self.said_before(start)
        if len(words) <= _CONDITION_WORDS:
            act.condition = words
        act.led = bool(inside) and not act.whens
        act.whens = [one for one in inside if one.kind != "time"] + act.whens

    def said_before(self, at: int) -> list[When]:
        """The day said last before token `at`, alone; empty for none."""
        return [one for one in self._reading.dates if one.end <= at and one.day][-1:]

    def _take_lead(self, act: Act, place: int) -> None:
        """Give an act the day that stands right before its clause: "on friday they'll call"."""
        clause = self._clauses[place]
        for when in self._reading.dates:
            gap = words_of(self._tokens[when.end : clause.subject.start])
            if when.kind == "time" or when.end > clause.subject.start or len(gap) > 2:
                continue
            if any(word not in words_in("joiners") | {"for"} for word in gap):
                continue
            if any(t.starts_sentence for t in self._tokens[when.end : clause.subject.start + 1]):
                continue
            today = when.kind == "relative" and when.day == self._reading.today
            if today and self._tokens[when.start].word != "tonight":
                continue
            if self._is_free(when, place) and not act.whens:
                act.whens.append(when)
                act.led = True
        starts = (
            max(0, start - size)
            for start in {clause.opening, clause.subject.start}
            for size in (1, 2, 3)
        )
        then = sets_of("then_words")
        leads = any(
            at + phrase_at(self._tokens, at, then) in (clause.opening, clause.subject.start)
            and phrase_at(self._tokens, at, then)
            and self._tokens[at].word not in ("until", "till")
            for at in starts
        )
        if leads and not act.whens:
            act.whens, act.led = self.said_before(clause.opening), True

    def _is_free(self, when: When, place: int) -> bool:
        """Whether a day that stands before the clause at `place` belongs to no clause before."""
        start = when.start
        times = {one.end: one.start for one in self._reading.dates if one.kind == "time"}
        while start > 0 and (
            start in times
            or read_cardinal(self._tokens, start - 1)
            or word_at(self._tokens, start - 1) in sets_of("date_edges") - {"and"}
        ):
            start = times.get(start, start - 1)
        if start == 0 or self._tokens[start].starts_sentence:
            return True
        if word_at(self._tokens, start - 1) in words_in("joiners"):
            return True
        before = self._clauses[place - 1] if place else None
        if before is None or word_at(self._tokens, when.end) == "for":
            return True
        if self._reach.pledges[place - 1] is not None:
            return False
        past = before.predicate.mood in ("past", "perfect")
        thing = word_at(self._tokens, start - 1) in pledge_set("events")
        return not thing and (not past or when.kind != "day")

    def _verbless_condition(self, place: int) -> int | None:
        """Where "if not by friday" starts, right before the clause at `place`; or None."""
        start = self._clauses[place].opening
        floor = self._clauses[place - 1].predicate.verb + 1 if place else 0
        for at in range(start - 1, max(floor, start - CONDITION_REACH) - 1, -1):
            if self._tokens[at + 1].starts_sentence:
                return None
            if self._tokens[at].word in words_in("ifs") and start - at > 1:
                return at
        return None
