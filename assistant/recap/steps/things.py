"""Pledges told of a thing: "the part should arrive friday", "the form has to be in"."""

from __future__ import annotations

from assistant.recap.nameddays import When
from assistant.recap.steps.predicates import words_in
from assistant.recap.steps.subjects import Clause
from assistant.recap.steps.surroundings import VAGUE, Owner, Pledge, Surroundings, pledge_set
from assistant.recap.steps.verbs import is_doing
from assistant.recap.tokens import word_at, words_of

_DAY_REACH = 8
"""So many words behind "it's in …" its day may stand."""


class Things:
    """Tells pledges from other clauses about things."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._tokens = around.tokens

    def _day(self, place: int) -> When | None:
        return self._around.day(place)

    def of_thing(self, place: int, clause: Clause) -> Pledge | None:
        """The pledge that a clause about a thing makes, or None."""
        predicate = clause.predicate
        base, mood = predicate.base, predicate.mood
        dated = self._day(place) is not None
        if clause.subject.noun[:1] == ("which",) and mood == "present":
            return self._day_of_last(place, clause)
        if mood == "must":
            return self._allotted(clause) or self._owed(place, clause)
        if mood in ("past", "perfect") or (
            predicate.passive and mood in ("present", "progressive")
        ):
            return self._underway(place, clause)
        if predicate.passive:
            return self.passive(place, clause) if mood != "may" else None
        if base == "take" or (base == "run" and dated):
            return self.lasting(place, clause)
        if base == "be":
            return self._being(place, clause)
        return self._arriving(place, clause) if base in pledge_set("arriving") else None

    def _day_of_last(self, place: int, clause: Clause) -> Pledge | None:
        """As in "which is due on friday": the day of the pledge right before."""
        last = self._around.pledges[place - 1] if place else None
        day = self._day(place)
        if last is None or day is None or day.start - clause.predicate.verb > 3:
            return None
        return Pledge(last.owner, "be", day.start, 0.6, is_result=True)

    def _arriving(self, place: int, clause: Clause) -> Pledge | None:
        """As in "the part comes friday", "the replacement ships once they have the old one"."""
        predicate = clause.predicate
        base, mood = predicate.base, predicate.mood
        noun = self._around.noun(clause)
        if base == "come" and word_at(self._tokens, predicate.verb + 1) in ("off", "from"):
            return Pledge("them", f"take {noun}", predicate.verb + 1, 0.65) if noun else None
        after = self._around.clauses[place + 1] if place + 1 < len(self._around.clauses) else None
        waits = after is not None and after.is_condition and self._around.is_event(clause)
        if waits and noun and base in ("arrive", "ship", "come", "follow") and mood != "may":
            return Pledge("them", sent(noun), predicate.verb + 1, 0.65)
        sure = (
            base in ("arrive", "ship", "land", "come")
            or word_at(self._tokens, predicate.verb + 1) == "out"
        )
        firm = mood in ("will", "would", "should") and base in ("arrive", "follow")
        dated = firm or self._day(place) is not None
        if mood == "may" or not (noun and dated) or not (sure or self._around.is_event(clause)):
            return None
        at = predicate.verb + 1
        if base in pledge_set("completing"):
            return Pledge("them", f"{base} {noun}", at, 0.7)
        return Pledge("them", sent(noun), at, 0.75)

    def _allotted(self, clause: Clause) -> Pledge | None:
        """As in "my job is to clear it", "theirs is to send a letter"."""
        noun = clause.subject.noun
        if clause.predicate.passive or not noun or noun[-1] not in pledge_set("shares"):
            return None
        near = words_of(self._tokens[max(0, clause.subject.start - 2) : clause.subject.end])
        theirs = {"their", "his", "her", "theirs", "hers"}.intersection(near)
        return self._around.plain(clause, "them" if theirs else "me", 0.85)

    def _underway(self, place: int, clause: Clause) -> Pledge | None:
        """As in "a card is being sent", "the visit is booked for friday"."""
        base, mood = clause.predicate.base, clause.predicate.mood
        dated = self._day(place) is not None
        noun = self._around.noun(clause)
        if not noun or self._around.is_own(clause):
            return None
        if mood == "progressive":
            known = base in pledge_set("sending") or (dated and is_doing(base))
            return (
                Pledge("them", f"{base} {noun}", clause.predicate.verb + 1, 0.7) if known else None
            )
        gets = word_at(self._tokens, clause.predicate.verb - 1) in ("get", "gets", "getting")
        if dated and gets and is_doing(base):
            return Pledge("them", f"{base} {noun}", clause.predicate.verb + 1, 0.7)
        moved = pledge_set("moved") if mood == "past" else pledge_set("arranging") | {"send"}
        if not (dated and clause.predicate.passive and base in moved):
            return None
        if base in pledge_set("moved") and not self._around.is_event(clause):
            return None
        return Pledge("them", sent(noun), clause.predicate.verb + 1, 0.65)

    def _starts(self, place: int) -> int:
        """Where the first day of a clause starts; 0 for none."""
        day = self._day(place)
        return day.start if day is not None else 0

    def _being(self, place: int, clause: Clause) -> Pledge | None:
        """As in "it'll be in my account by friday", "the survey's on the nineteenth"."""
        what = word_at(self._tokens, clause.predicate.verb)
        noun = self._around.noun(clause)
        noun = noun or ("it" if what == "back" else "")
        words = words_of(self._tokens[clause.predicate.verb : clause.predicate.verb + 3])
        leaves = " ".join(words) in pledge_set("on_the_way") and not self._around.is_own(clause)
        if leaves and noun:
            return Pledge("them", sent(noun), clause.predicate.verb + 3, 0.65)
        day = self._day(place)
        if day is None or day.day is None or not noun or self._around.is_own(clause):
            return None
        firm = clause.predicate.mood in ("will", "would", "should")
        between = words_of(self._tokens[clause.predicate.verb : self._starts(place)])
        if {"but", "and", "so"} & set(between) or len(between) > _DAY_REACH:
            return None
        placed = what in words_in("prepositions") | words_in("particles") | pledge_set("placed")
        placed = placed or any(
            one.start == clause.predicate.verb for one in self._around.reading.dates
        )
        if not placed or not (firm or self._around.is_event(clause)):
            return None
        if what == "due" and set(pledge_set("payments")) & set(clause.subject.noun):
            return None
        return Pledge("them", sent(noun), clause.predicate.verb, 0.65)

    def lasting(self, place: int, clause: Clause) -> Pledge | None:
        """As in "the refund takes ten days"; the thing meant may stand a little before."""
        days = [when for when in self._around.whens(place) if when.kind == "period"]
        noun = self._around.noun(clause)
        if not days or not noun:
            return None
        return Pledge("them", sent(noun), days[0].start, 0.6)

    def _owed(self, place: int, clause: Clause) -> Pledge | None:
        """As in "the form has to be in by friday", "it needs to go back": the caller's."""
        predicate = clause.predicate
        vague = not clause.subject.noun or clause.subject.noun[0] in VAGUE
        thing = "it" if vague else " ".join(clause.subject.noun)
        if vague and self._day(place) is None:
            return None
        if predicate.passive and is_doing(predicate.base):
            noted = words_of(self._tokens[clause.subject.end : clause.subject.end + 2]) == [
                "to",
                "be",
            ]
            # "certificate to be emailed within …", but "contract to be signed"
            owner: Owner = "them" if noted and predicate.base not in pledge_set("callers") else "me"
            return Pledge(owner, f"{predicate.base} {thing}", predicate.verb + 1, 0.6)
        if words_of(self._tokens[predicate.verb - 1 : predicate.verb + 1]) == [
            "to",
            "follow",
        ]:
            return Pledge("them", sent(thing), predicate.verb + 1, 0.65)
        if predicate.base in pledge_set("returning") and self._day(place) is not None:
            at = predicate.verb + (predicate.base != "be")
            return Pledge("me", f"send {thing}", at, 0.55)
        return None

    def passive(self, place: int, clause: Clause) -> Pledge | None:
        """As in "they'll be posted", "the engineer is being sent"."""
        noun = self._around.noun(clause)
        dated = self._day(place) is not None
        firm = clause.predicate.mood in ("will", "would", "should")
        if not (firm or dated) or not is_doing(clause.predicate.base):
            return None
        return Pledge(
            "them", f"{clause.predicate.base} {noun}".strip(), clause.predicate.verb + 1, 0.7
        )


def sent(noun: str) -> str:
    """What the company does for "replacement", "call back", "engineer visit"."""
    words = noun.split()
    if words[-1] == "delivery":
        return "deliver it"
    if words[-1] in ("refund", "reimbursement", "repair"):
        return words[-1]
    if words[-1] == "callback" or words[-2:] in (["call", "back"], ["phone", "call"]):
        return "call me back"
    if words[-1] in ("visit", "appointment") and len(words) > 1:
        words = words[:-1]
    return "send " + " ".join(words)
