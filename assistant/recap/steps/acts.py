"""Pledges as acts: which words and days belong to each, and which are one act."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.recap.lexicon import lists
from assistant.recap.nameddays import When
from assistant.recap.reading import Reading
from assistant.recap.steps.act import Act, add_words, drop_preposition, sets_of
from assistant.recap.steps.leadins import LeadIns
from assistant.recap.steps.predicates import words_in
from assistant.recap.steps.reach import Reach
from assistant.recap.steps.subjects import Clause
from assistant.recap.steps.surroundings import Pledge, pledge_set
from assistant.recap.tokens import phrase_at, word_at, words_of

_MOST_WORDS = 18


def read_acts(
    reading: Reading, clauses: Sequence[Clause], pledges: Sequence[Pledge | None]
) -> list[Act]:
    """The acts of a text in order, one for each pledge but for those inside another's act."""
    return _Acts(reading, clauses, Reach(reading, clauses, pledges)).read()


class _Acts:
    """Cuts a text into acts."""

    def __init__(self, reading: Reading, clauses: Sequence[Clause], reach: Reach) -> None:
        self._reading = reading
        self._tokens = reading.tokens
        self._clauses = clauses
        self._reach = reach
        self._leadins = LeadIns(reading, clauses, reach)

    def read(self) -> list[Act]:
        """The acts in order."""
        acts: list[Act] = []
        last = -1
        for place, clause in enumerate(self._clauses):
            pledge = self._reach.pledges[place]
            if pledge is None:
                continue
            follows = last == place - 1 and bool(acts)
            if follows and clause.joined and self._is_same(acts[-1], clause):
                self._lengthen(acts[-1], place)
            else:
                before = acts[-1] if clause.joined and follows else None
                acts.append(self._act(place, pledge, before))
            last = self._reach.last_inside(place)
        return acts

    def _act(self, place: int, pledge: Pledge, last: Act | None) -> Act:
        joined = last is not None
        clause = self._clauses[place]
        start = clause.opening
        act = Act(pledge.owner, start, pledge.at, pledge.prefix.split(), joined=joined)
        act.confidence = pledge.confidence
        act.is_result = pledge.is_result
        act.link = clause.link
        self._fill(act, pledge.at, self._reach.end(place))
        self._leadins.give(act, place)
        if last is not None and not act.whens and "then" in clause.link.split():
            act.whens = [one for one in last.whens[-1:] if self._is_on(one)]
        return act

    def _is_on(self, when: When) -> bool:
        """Whether something is done on that very day, not by it."""
        by = word_at(self._tokens, when.start - 1) in ("by", "before", "within", "until")
        return when.kind in ("relative", "day") and not by

    def _lengthen(self, act: Act, place: int) -> None:
        """Go on with one act: "call and ask for him"."""
        clause = self._clauses[place]
        verb = clause.predicate.verb
        act.words.extend(("and", word_at(self._tokens, verb)))
        self._fill(act, verb + 1, self._reach.end(place))

    def _is_same(self, act: Act, clause: Clause) -> bool:
        """Whether a joined verb goes on with one act: "sign and return it", "call and ask"."""
        opened = act.words[0] if act.words else ""
        verb = clause.predicate.verb
        if clause.link == "or":
            return True
        if clause.predicate.base in sets_of("saying") and opened in sets_of("calling"):
            return True
        if act.whens and act.whens[-1].end <= clause.opening and clause.opening - act.end <= 0:
            return False
        if len(act.words) == 1:
            return opened in sets_of("preparing") | sets_of("calling")
        handed = words_of(self._tokens[verb + 1 : verb + 3])
        same = any(one in ("it", "them", "that", "back") for one in handed)
        sends = clause.predicate.base in sets_of("handing_on")
        return opened in sets_of("preparing") and sends and same

    def _fill(self, act: Act, at: int, limit: int) -> None:
        """Add the words and days from token `at` on to an act, up to `limit` at most."""
        began = at
        while at < limit and len(act.words) < _MOST_WORDS:
            end = self._day_or_address(act, at, began)
            if end > at:
                act.end = at = end + phrase_at(self._tokens, end, sets_of("at_latest"))
                following = self._next_day(at, limit)
                if following is None and not self._goes_on(at, limit):
                    return
                at = following or at
                continue
            if at > began and self._stops(act, at):
                return
            if at == began and self._tokens[at].starts_sentence:
                return
            act.end = at = at + add_words(self._reading, act, at)

    def _day_or_address(self, act: Act, at: int, began: int) -> int:
        """Where a day ("by then" included) or an address at token `at` ends; `at` for none."""
        then = phrase_at(self._tokens, at, sets_of("then_words"))
        closes = at + 1 >= len(self._tokens) or self._tokens[at + 1].starts_sentence
        if self._tokens[at].word == "then" and closes:
            then = 1
        if then and not self._day_at(at + then):
            act.whens.extend(self._leadins.said_before(at))
            act.led = True
        when = self._day_at(at)
        if when is not None:
            drop_preposition(act.words)
            act.whens.append(when)
            return when.end
        address = next((one.end for one in self._reading.contacts if one.start == at), at)
        if address > at or then:
            drop_preposition(act.words)
        return max(address, at + then)

    def _day_at(self, at: int) -> When | None:
        return next((one for one in self._reading.dates if one.start == at), None)

    def _goes_on(self, at: int, limit: int) -> bool:
        """Whether an act goes on behind a day: another day, "to the depot", a condition."""
        if at >= limit or self._tokens[at].starts_sentence:
            return False
        word = self._tokens[at].word
        if any(clause.opening == at for clause in self._clauses):
            return True  # a clause inside this one
        if phrase_at(self._tokens, at, sets_of("then_words")):
            return True
        return word in sets_of("keep_going")

    def _next_day(self, at: int, limit: int) -> int | None:
        """Where another day starts that only small words lead to: "so by friday", "or latest"."""
        links = sets_of("date_edges") - {"and"} | {"that", "so", "or", "is", "itself", "latest"}
        for near in range(at, min(limit, at + 5)):
            if self._tokens[near].starts_sentence:
                return None
            if self._day_at(near):
                return near
            if self._tokens[near].word not in links:
                return None
        return None

    def _stops(self, act: Act, at: int) -> bool:
        """Whether an act ends before token `at`, though its clause goes on."""
        token = self._tokens[at]
        if token.starts_sentence:
            return True
        opens = any(clause.opening == at for clause in self._clauses)
        if token.after_pause and not opens and token.word not in sets_of("date_edges"):
            return True
        if any(phrase_at(self._tokens, at, sets_of(name)) for name in ("turns", "results")):
            return True
        whole = act.words[-1:] in (["it"], ["them"]) and act.words[0] not in sets_of("giving")
        new = token.word in pledge_set("events") | {"the", "my", "a"}
        if whole and new:
            return True
        if token.word == "no" and word_at(self._tokens, at + 1).endswith("ing"):
            return True
        ends = {"but", "so", "then", "otherwise", "because", "meanwhile", "okay", "anyway", "plus"}
        return (token.word in ends and not opens) or self._is_label(at)

    def _is_label(self, at: int) -> bool:
        """Whether "ticket number …" starts at token `at`, its article included."""
        sets = lists("codes").sets
        here = at + (self._tokens[at].word in words_in("determiners"))
        length = phrase_at(self._tokens, here, sets["case_labels"] | sets["other_labels"])
        near = range(here + length, here + length + 4)
        return length > 0 and any(
            code.label and code.code.start in near for code in self._reading.codes
        )
