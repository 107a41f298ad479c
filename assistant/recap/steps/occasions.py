"""Steps without a verb of their own: "engineer visit friday", "first payment due may third"."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.recap.nameddays import When
from assistant.recap.numbers import read_cardinal
from assistant.recap.reading import Reading
from assistant.recap.steps.act import Act, add_words, sets_of
from assistant.recap.steps.predicates import words_in
from assistant.recap.steps.subjects import Clause
from assistant.recap.steps.surroundings import is_refusal, pledge_set
from assistant.recap.steps.verbs import base_of
from assistant.recap.tokens import phrase_at, word_at, words_of

_OWED_REACH = 10
"""So many words before "… is due friday" the thing to pay may stand."""
_LINKS = 6
"""So many words may stand between a thing and its day."""


def find_occasions(reading: Reading, clauses: Sequence[Clause], acts: Sequence[Act]) -> list[Act]:
    """`acts` with those that no verb tells, in order."""
    finder = _Finder(reading, clauses, acts)
    found = [*acts, *finder.payments()]
    for at in range(len(reading.tokens)):
        act = finder.at(at)
        free = act is not None and not any(one.start <= act.start < one.end for one in found)
        if act is not None and free and not finder.is_void(act):
            found.append(act)
    return sorted(found, key=lambda act: act.start)


class _Finder:
    def __init__(self, reading: Reading, clauses: Sequence[Clause], acts: Sequence[Act]) -> None:
        self._reading = reading
        self._tokens = reading.tokens
        self._clauses = clauses
        self._acts = acts
        self._covered = {at for act in acts for at in range(act.start, act.end)}

    def at(self, at: int) -> Act | None:
        """What is promised at token `at` without a verb, or None."""
        if at in self._covered:
            return None
        return (
            self._from_me(at)
            or self._promised(at)
            or self._allowed(at)
            or self._wanted(at)
            or self._done(at)
            or self._event(at)
        )

    def is_void(self, act: Act) -> bool:
        """Whether what follows says that nothing came of it: "… which never came"."""
        near = [one for one in self._clauses if act.start < one.opening <= act.end + 1]
        return any(is_refusal(self._tokens, clause) for clause in near)

    def payments(self) -> list[Act]:
        """As in "First one due august third": the caller pays."""
        found: list[Act] = []
        for when in self._reading.dates:
            before = words_of(self._tokens[max(0, when.start - 4) : when.start])
            owed = words_of(self._tokens[max(0, when.start - _OWED_REACH) : when.start])
            free = when.kind != "time" and when.start not in self._covered
            sums = any(0 <= when.start - one.end <= 3 for one in self._reading.amounts)
            paid = sums or set(owed) & (
                pledge_set("payments") | {"one", "amount", "invoice", "it", "total"}
            )
            if not free or "due" not in before or not paid:
                continue
            act = Act("me", when.start - 2, when.end, ["pay"], [when], confidence=0.55)
            earlier = [one for one in self._reading.amounts if one.start < when.start]
            if earlier:
                add_words(self._reading, act, earlier[-1].start)
            later = [one for one in self._acts if 0 <= one.start - when.end <= 6]
            if later and later[0].words[:2] == ["pay", "it"] and not later[0].whens:
                later[0].whens = [when]
                continue
            found.append(act)
        return found

    def _from_me(self, at: int) -> Act | None:
        """As in "the balance from me three weeks before, so by the thirtieth"."""
        when = (
            self._day_after(at, 12)
            if words_of(self._tokens[at : at + 2]) == ["from", "me"]
            else None
        )
        noun = self._noun(at - 1, 1) if when and at else []
        if when is None or noun[-1] in words_in("edges") | words_in("determiners"):
            return None
        return Act("me", at - len(noun), when.end, ["send", *noun], [when], confidence=0.55)

    def _promised(self, at: int) -> Act | None:
        """As in "she promised me a call back by friday", "i should expect a letter within"."""
        length = phrase_at(self._tokens, at, sets_of("promising"))
        expected = 0 if length else phrase_at(self._tokens, at, sets_of("expecting"))
        here = at + length + expected
        if here == at or word_at(self._tokens, here) not in words_in("determiners") - {"that"}:
            return None
        when = self._day_after(here, 8)
        if when is None and expected:
            return None
        for place in range(here + 1, here + 4):
            noun = words_of(self._tokens[here + 1 : place + 1])
            called = noun[-1:] == ["callback"] or noun[-2:] == ["call", "back"]
            if (called or (noun[-1:] and noun[-1] in pledge_set("events"))) and len(noun) <= 3:
                words = ["call", "me", "back"] if called else ["send", *noun]
                whens = [when] if when else []
                return Act(
                    "them", at, when.end if when else place + 1, words, whens, confidence=0.7
                )
        return None

    def _allowed(self, at: int) -> Act | None:
        """As in "i've got until friday to reply", "they have ten days to decide"."""
        length = phrase_at(self._tokens, at, sets_of("allowances"))
        for when in self._reading.dates if length else ():
            near = at + length <= when.start <= at + length + 2
            if near and word_at(self._tokens, when.end) == "to":
                mine = self._tokens[at].word[0] in "iw"
                act = Act("me" if mine else "them", at, when.end, [], [when], confidence=0.8)
                end = next(
                    (one.opening for one in self._clauses if one.opening > when.end + 1),
                    len(self._tokens),
                )
                for place in range(when.end + 1, min(end, when.end + 9)):
                    if self._tokens[place].starts_sentence:
                        break
                    act.words.append(self._tokens[place].word)
                    act.end = place + 1
                return act
        return None

    def _wanted(self, at: int) -> Act | None:
        """As in "they want the serial number by wednesday": the caller sends it."""
        length = phrase_at(self._tokens, at, sets_of("wanting"))
        here = at + length
        when = self._day_after(here, 14) if length else None
        opens = word_at(self._tokens, here) in words_in("determiners") | sets_of("papers")
        papers = sets_of("papers") & set(words_of(self._tokens[here : here + 4]))
        signed = base_of(word_at(self._tokens, here), "participle") and papers
        if not length or not (when or papers) or not (opens or signed):
            return None
        words = ["send", *words_of(self._tokens[here : when.start if when else here + 4])]
        while words[-1] in sets_of("date_edges"):
            words.pop()
        end = when.end if when else here + 4
        return Act("me", at, end, words, [when] if when else [], confidence=0.6)

    def _done(self, at: int) -> Act | None:
        """As in "hire car delivered tomorrow": a thing with what will be done by its day."""
        base = base_of(word_at(self._tokens, at), "participle")
        if base not in pledge_set("done_with") or at in self._reading.taken:
            return None
        days = [when for when in self._reading.dates if at < when.start <= at + 3]
        noun = self._noun(at - 1, 1) if days and at else []
        stops = words_in("edges") | words_in("determiners") | words_in("prepositions")
        if not noun or noun[-1] in stops or base_of(noun[-1], "past"):
            return None
        links = words_of(self._tokens[at + 1 : days[0].start])
        ahead = days[0].day is None or days[0].day > self._reading.today
        firm = days[0].kind != "day" or set(links) & {"for", "by", "within"}
        if not (ahead and firm) or any(word not in sets_of("date_edges") for word in links):
            return None
        return Act("them", at - len(noun), days[0].end, [base, *noun], days[:1], confidence=0.55)

    def _day_after(self, at: int, reach: int) -> When | None:
        """The day within so many words from token `at`, with no clause in between."""
        stop = next((one.subject.start for one in self._clauses if one.subject.start > at), None)
        near = [one for one in self._reading.dates if at <= one.start < at + reach]
        for when in sorted(near, key=lambda one: one.day is None):
            if when.kind == "time":
                continue
            between = self._tokens[at + 1 : when.start + 1]
            cut = stop is not None and stop < when.start
            if not cut and not any(token.starts_sentence for token in between):
                return when
        return None

    def _event(self, at: int) -> Act | None:
        """As in "engineer visit, it's this friday", "callback tomorrow": a thing with its day."""
        length = phrase_at(self._tokens, at, pledge_set("events") | words_in("visitors"), 2)
        when = self._linked_day(at + length) if length else None
        if when is None or self._is_told(at):
            return None
        noun = self._noun(at, length)
        start = at + length - len(noun)
        before = word_at(self._tokens, start - 1)
        lead = word_at(self._tokens, start - 2)
        if before in sets_of("no_event_before"):
            return None
        if before in words_in("determiners") and lead in words_in("prepositions"):
            return None
        words = _action_of(noun)
        if "me" in words_of(self._tokens[at + length : when.start]):
            return Act("me", start, when.end, ["send", *noun], [when], confidence=0.55)
        return Act("them", start, when.end, words, [when], confidence=0.55)

    def _linked_day(self, at: int) -> When | None:
        """The day that only links stand before, from token `at` on."""
        days = {when.start: when for when in self._reading.dates if when.kind != "time"}
        sums = {amount.start: amount.end for amount in self._reading.amounts}
        steps = 0
        while at < len(self._tokens) and at not in days and steps < _LINKS:
            if at in sums:
                at = sums[at]
                continue
            clock = read_cardinal(self._tokens, at) is not None or self._tokens[at].word == "noon"
            linked = self._tokens[at].word in sets_of("event_links") or clock
            if self._tokens[at].starts_sentence or not linked:
                return None
            at, steps = at + 1, steps + 1
        when = days.get(at)
        if when is None or (when.day is not None and when.day < self._reading.today):
            return None
        today = when.kind == "relative" and when.day == self._reading.today
        return None if today and self._tokens[at].word != "tonight" else when

    def _is_told(self, at: int) -> bool:
        """Whether the noun at token `at` is what a verb is about: "he found the payment"."""
        for clause in self._clauses:
            verb = clause.predicate.verb
            told = clause.predicate.base in words_in("reporting") or clause.predicate.base == "be"
            if clause.opening <= at and verb < at <= verb + 4 and not told:
                return True
            if clause.subject.start <= at < clause.subject.end:
                return True
        return False

    def _noun(self, at: int, length: int) -> list[str]:
        """The thing whose last words stand at token `at`, at most three words."""
        words = words_of(self._tokens[at : at + length])
        stops = words_in("edges") | words_in("determiners") | words_in("prepositions")
        while at > 0 and len(words) < 3 and not self._tokens[at].after_pause:
            at -= 1
            token = self._tokens[at]
            if token.word in stops or token.kind != "word" or at in self._reading.taken:
                break
            words.insert(0, token.word)
        return words


def _action_of(noun: list[str]) -> list[str]:
    """What the company does for "a replacement", "a call back", "an engineer visit"."""
    if noun[-1] in ("refund", "reimbursement"):
        return ["refund"]
    if " ".join(noun[-2:]) in ("call back", "phone call") or noun[-1] == "callback":
        return ["call", "me", "back"]
    if noun[-1] in ("visit", "appointment") and len(noun) > 1:
        noun = noun[:-1]
    return ["send", *noun]
