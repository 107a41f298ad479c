"""Which clauses are promises or duties, whose they are, and with which words the act begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.recap.nameddays import When
from assistant.recap.reading import Reading
from assistant.recap.steps.predicates import words_in
from assistant.recap.steps.subjects import Clause
from assistant.recap.steps.surroundings import VAGUE, Pledge, Surroundings, is_refusal, pledge_set
from assistant.recap.steps.things import Things, sent
from assistant.recap.steps.verbs import base_of, is_doing
from assistant.recap.tokens import word_at, words_of

_MOST_INSIDE = 4
"""So many clauses back at most is the one that a joined verb goes on with."""


def find_pledges(reading: Reading, clauses: Sequence[Clause]) -> list[Pledge | None]:
    """For each clause its pledge, or None."""
    return _Judge(Surroundings(reading, clauses)).judge()


class _Judge:
    """Tells pledges from other clauses, looking at the clauses around."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._tokens = around.tokens
        self._things = Things(around)

    def _day(self, place: int) -> When | None:
        return self._around.day(place)

    def judge(self) -> list[Pledge | None]:
        """For each clause its pledge, or None."""
        for place, clause in enumerate(self._around.clauses):
            self._around.pledges.append(self._pledge(place, clause))
            if place and is_refusal(self._tokens, clause):
                self._around.pledges[place - 1] = None
        return self._around.pledges

    def _pledge(self, place: int, clause: Clause) -> Pledge | None:
        predicate, kind = clause.predicate, clause.subject.kind
        if predicate.negated or kind in ("nobody", "own") or clause.is_condition:
            return None
        if clause.link in words_in("reasons") or clause.link in words_in("inner"):
            return None
        if clause.joined and not self._stands_alone(place, clause):
            return self._joined(place, clause)
        if clause.asked:
            return self._asked(place, clause)
        if clause.is_order:
            return self._order(place, clause)
        if kind == "me":
            return self._mine(place, clause)
        if kind == "them":
            return self._theirs(place, clause)
        if kind == "none":
            return self._of_unnamed(place, clause)
        thing = self._things.of_thing(place, clause)
        vague = clause.subject.noun[:1] and clause.subject.noun[0] in VAGUE
        return replace(thing, is_result=True) if thing and vague else thing

    def _head(self, place: int) -> int:
        """The clause that a joined one goes on with, clauses inside that passed over."""
        mood = self._around.clauses[place].predicate.mood
        for at in range(place - 1, max(-1, place - _MOST_INSIDE), -1):
            clause = self._around.clauses[at]
            inside = clause.is_condition or clause.link in words_in("inner")
            if clause.predicate.mood == mood and not inside:
                return at
        return max(0, place - 1)

    def _stands_alone(self, place: int, clause: Clause) -> bool:
        """Whether a joined clause is judged by itself: it has its own tense, or a firm one."""
        head, mood = self._head(place), clause.predicate.mood
        before = self._around.clauses[head]
        if before.predicate.mood != mood:
            return not (before.is_condition or before.link in words_in("inner"))
        idle = (
            place > 0
            and self._around.pledges[place - 1] is None
            and before.predicate.base in pledge_set("idle")
        )
        return idle and mood in ("will", "would", "must", "should")

    def _joined(self, place: int, clause: Clause) -> Pledge | None:
        """An act joined to the one before, which shares what that is."""
        head = self._around.pledges[self._head(place)] if place else None
        base = clause.predicate.base
        if head is None:
            dated = clause.predicate.mood == "present" and self._day(place) is not None
            dated = dated and clause.subject.kind == "them" and is_doing(base)
            return self._around.plain(clause, "them", 0.6) if dated else None
        if base in pledge_set("idle") and not self._around.is_act(clause):
            return None
        if clause.predicate.passive:
            words = f"{base} {self._around.noun(clause)}".strip()
            return Pledge(head.owner, words, clause.predicate.verb + 1, head.confidence)
        return self._around.plain(clause, head.owner, head.confidence)

    def _asked(self, place: int, clause: Clause) -> Pledge | None:
        if clause.predicate.base in pledge_set("idle") | {"be"} or self._around.is_wait(clause):
            return None
        if clause.subject.kind == "me":
            requested = word_at(self._tokens, clause.subject.start - 1) in ("want", "wanted")
            own = self._around.before(place).subject.kind == "me" and place > 0 and requested
            lead = word_at(self._tokens, clause.subject.start - 2)
            return (
                None
                if own or lead in ("nothing", "anything", "no")
                else self._around.plain(clause, "me", 0.85)
            )
        before = word_at(self._tokens, clause.subject.start - 1)
        return self._around.plain(clause, "them", 0.7) if before in ("on", "to", "for") else None

    def _order(self, place: int, clause: Clause) -> Pledge | None:
        base = clause.predicate.base
        if self._around.is_wait(clause) or base == "allow":
            waiting = self._things.lasting(place, clause)
            return replace(waiting, is_result=True) if waiting else None
        if base in pledge_set("idle") or base == "let":
            return None
        return self._around.plain(clause, "me", 0.6)

    def _mine(self, place: int, clause: Clause) -> Pledge | None:
        """What the caller does, and "i'll get a refund", which the company does."""
        predicate = clause.predicate
        base, mood = predicate.base, predicate.mood
        if mood == "would" and not (predicate.passive or self._around.is_reported(place)):
            return None
        day = self._day(place)
        if base == "get" and day is not None and day.start == predicate.verb + 1:
            return None  # "i get ten days to reply"
        if predicate.passive or self._receives(place, clause):
            return self._for_me(clause)
        if word_at(self._tokens, predicate.verb + 1) in ("is", "was", "are"):
            return None  # "the number i should keep is …"
        if base == "be":
            what = word_at(self._tokens, predicate.verb)
            chore = mood in ("must", "should", "will") and what in pledge_set("being")
            return Pledge("me", "be", predicate.verb, 0.8) if chore else None
        act = self._around.is_act(clause) and not self._around.is_wait(clause)
        if not act or base in ("hear", "receive"):
            return None
        if mood in ("will", "would", "must"):
            return self._around.plain(clause, "me", 0.9 if predicate.listed else 0.6)
        if mood == "should":
            return self._around.plain(clause, "me", 0.8)
        return self._around.plain(clause, "me", 0.7) if self._intends(place, clause) else None

    def _for_me(self, clause: Clause) -> Pledge | None:
        """As in "i'll be refunded", "i should have the letter by friday"."""
        predicate = clause.predicate
        base, mood = predicate.base, predicate.mood
        what = word_at(self._tokens, predicate.verb + 1)
        if predicate.passive:
            gets = word_at(self._tokens, predicate.verb - 1) == "get"
            given = mood in ("will", "should", "would") or (mood == "present" and gets)
            given = given and is_doing(base)
            return Pledge("them", f"{base} me", predicate.verb + 1, 0.75) if given else None
        if base == "hear":
            return Pledge("them", "answer me", predicate.verb + 1, 0.7)
        again = clause.link == "which" or what in ("it", "them", "that", "this")
        return Pledge("them", "send me", predicate.verb + 1, 0.7, again)

    def _intends(self, place: int, clause: Clause) -> bool:
        """Whether "i'm sending it", "i print it" is a plan: by its day or what stands before."""
        predicate, day = clause.predicate, self._day(place)
        base, mood = predicate.base, predicate.mood
        planned = self._around.is_planned(place, clause)
        if mood == "progressive":
            leaves = base == "go" and word_at(self._tokens, predicate.verb + 1) == "to"
            idle = base in pledge_set("not_underway") and day is None
            sends = base in pledge_set("handing_on") or day is not None
            return (leaves and planned) or (sends and not idle)
        state = base in ("have", "get", "see", "let", "find", "do") and not planned
        past = base_of(word_at(self._tokens, predicate.verb), "past") == base and day is None
        if mood != "present" or state or past:
            return False
        today = day is not None and day.kind == "relative" and day.day == self._around.reading.today
        if day is not None and today:
            today = self._tokens[day.start].word not in ("tonight", "later", "by")
        follows = place > 0 and self._around.pledges[place - 1] is not None
        return planned or follows or (day is not None and not today)

    def _receives(self, place: int, clause: Clause) -> bool:
        """Whether the caller is to get something: the company's promise."""
        base, mood = clause.predicate.base, clause.predicate.mood
        at = clause.predicate.verb + 1
        paid = any(amount.start in (at, at + 1) for amount in self._around.reading.amounts)
        known = mood in ("will", "would", "should", "present")
        if not known or (mood == "present" and base not in ("get", "receive", "hear")):
            return False
        near = words_of(self._tokens[at : at + 4])
        given = any(word in pledge_set("received") for word in near) and "from" not in near
        given = given or near[:1] in (["it"], ["them"])
        if mood == "present" and self._day(place) is None:
            return paid or (given and self._around.is_planned(place, clause))
        if clause.link == "which" and base in ("get", "have", "receive", "see"):
            return True
        if base in ("hear", "receive"):
            return True
        return base in ("get", "have", "see") and (given or paid)

    def _theirs(self, place: int, clause: Clause) -> Pledge | None:
        predicate = clause.predicate
        base, mood = predicate.base, predicate.mood
        if mood in ("past", "perfect") or (predicate.passive and mood == "present"):
            return self._arranged(place, clause)
        if predicate.passive and base != "be":
            return self._things.passive(place, clause)
        if base in ("come", "arrive", "visit", "turn", "show", "be", "land", "follow"):
            return self._coming(place, clause)
        if not self._around.is_act(clause) or (base == "have" and self._is_idle_have(clause)):
            return None
        habit = any(
            word in pledge_set("habits")
            for word in words_of(self._tokens[clause.subject.end : predicate.verb])
        )
        anyone = clause.subject.noun[:1] in (("someone",), ("somebody",)) and mood == "must"
        if anyone and base in ("let", "open", "sign", "stay"):
            return self._around.plain(clause, "me", 0.8)
        if mood in ("will", "must", "should"):
            return self._of_person(clause, 0.9)
        if mood == "would" and not habit:
            return self._of_person(clause, 0.8)
        can = word_at(self._tokens, clause.subject.end) == "can"
        person = clause.subject.noun[:1] in (("he",), ("she",), ("they",))
        if mood == "may" and can and person and self._day(place) is not None:
            return self._of_person(clause, 0.65)
        if mood == "progressive":
            into = word_at(self._tokens, predicate.verb + 1) in ("into", "after")
            idle = base in pledge_set("not_underway") and self._day(place) is None and not into
            idle = idle or (base in ("offer", "ask", "charge", "claim", "keep", "tell"))
            return None if idle else self._of_person(clause, 0.75)
        then = clause.link in ("then", "and then", "after that")
        state = base in pledge_set("states") and not (then and is_doing(base))
        if mood != "present" or habit or state or base in words_in("reporting"):
            return None
        past = base_of(word_at(self._tokens, predicate.verb), "past") == base
        if (past and self._day(place) is None) or clause.link in (
            "otherwise",
            "or else",
            "or",
        ):
            return None
        dated = self._day(place) is not None or self._around.is_planned(place, clause)
        dated = dated or base in pledge_set("sending")
        return self._of_person(clause, 0.7 if predicate.listed else 0.6) if dated else None

    def _is_idle_have(self, clause: Clause) -> bool:
        following = word_at(self._tokens, clause.predicate.verb + 1)
        return following in ("no", "to", "been", "nothing") or clause.predicate.mood == "present"

    def _of_person(self, clause: Clause, confidence: float) -> Pledge:
        """As in "a driver will bring it": the company sends the driver."""
        near = words_of(self._tokens[clause.predicate.verb + 1 : clause.predicate.verb + 5])
        if clause.predicate.base in ("have", "get") and words_in("visitors") & set(near):
            return Pledge("them", "send", clause.predicate.verb + 1, confidence)
        if clause.subject.is_visitor and clause.subject.noun[-1] not in ("someone", "somebody"):
            noun = " ".join(clause.subject.noun)
            prefix = f"send {noun} to {clause.predicate.base}"
            return Pledge("them", prefix, clause.predicate.verb + 1, confidence)
        return self._around.plain(clause, "them", confidence)

    def _coming(self, place: int, clause: Clause) -> Pledge | None:
        """As in "someone will come out", "she'll be in touch", "they're coming friday"."""
        predicate, subject = clause.predicate, clause.subject
        what = word_at(self._tokens, predicate.verb)
        firm = predicate.mood in ("will", "would", "must", "should")
        if predicate.base == "be":
            someone = subject.noun[:1] in (("someone",), ("somebody",))
            if someone and predicate.mood in ("must", "should") and what in pledge_set("being"):
                return Pledge("me", "be", predicate.verb, 0.8)
            if words_of(self._tokens[predicate.verb : predicate.verb + 2]) == [
                "in",
                "touch",
            ]:
                return Pledge("them", "be", predicate.verb, 0.75) if firm else None
            if what not in pledge_set("there") or not (firm or self._day(place)):
                return None
        elif (
            what.startswith(("show", "turn")) and word_at(self._tokens, predicate.verb + 1) != "up"
        ):
            return (
                self._around.plain(clause, "them", 0.8)
                if firm and is_doing(predicate.base)
                else None
            )
        elif not firm and self._day(place) is None and predicate.mood != "progressive":
            return None
        noun = [word for word in subject.noun if word not in words_in("them")]
        thing = self._around.thing_before(subject.start) if subject.noun[:1] == ("they",) else ""
        prefix = f"send {' '.join(noun)}" if noun else thing if predicate.base == "be" else ""
        at = predicate.verb + (predicate.base != "be")
        if not prefix and subject.noun[:1] in (("someone",), ("somebody",)):
            prefix = "send someone"
        return Pledge("them", prefix or "come", at, 0.8)

    def _arranged(self, place: int, clause: Clause) -> Pledge | None:
        """As in "he's booked the fitter for thursday", "put us down for a week today"."""
        if clause.predicate.base not in pledge_set("arranging") or self._day(place) is None:
            return None
        verb = clause.predicate.verb
        if clause.predicate.passive:
            return Pledge("them", sent(self._around.noun(clause) or "someone"), verb + 1, 0.65)
        if clause.predicate.base == "put" and not {"in", "down"} & set(
            words_of(self._tokens[verb + 1 : verb + 4])
        ):
            return None
        near = words_of(self._tokens[verb + 1 : verb + 6])
        nouns = [word for word in near if word in pledge_set("events") | words_in("visitors")]
        thing = f"send {nouns[0]}" if nouns else self._around.thing_before(verb)
        return Pledge("them", thing, self._around.whens(place)[0].start, 0.65) if thing else None

    def _of_unnamed(self, place: int, clause: Clause) -> Pledge | None:
        """As in "will try again tomorrow", "need to ring", "should be here thursday"."""
        predicate = clause.predicate
        following = words_of(self._tokens[predicate.verb + 1 : predicate.verb + 4])
        if predicate.mood == "should" or predicate.base == "be" or predicate.passive:
            thing = self._things.of_thing(place, clause)
            return replace(thing, is_result=True) if thing else None
        if not self._around.is_act(clause):
            return None
        if predicate.mood == "will" and self._receives(place, clause):
            return Pledge("them", "send me", predicate.verb + 1, 0.65)
        if predicate.mood in ("will", "would") and {"me", "us"} & set(following):
            return self._around.plain(clause, "them", 0.65)
        return (
            self._around.plain(clause, "me", 0.65) if predicate.mood in ("will", "must") else None
        )
