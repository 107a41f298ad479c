"""What stands around a clause: its days, the thing it speaks of, what leads to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.recap.lexicon import lists
from assistant.recap.nameddays import When
from assistant.recap.reading import Reading
from assistant.recap.steps.predicates import words_in
from assistant.recap.steps.subjects import Clause
from assistant.recap.steps.verbs import is_doing
from assistant.recap.tokens import Token, phrase_at, word_at, words_of

Owner = Literal["me", "them"]
_THING_REACH = 20
"""So many words before "it'll be here friday" the thing meant may stand."""
VAGUE = ("it", "that", "this", "which", "they", "these", "those", "mine", "there", "what", "both")
_HABITS = ("of each", "of every")
_FROM_A_PLAN = ("then", "so", "and then", "so then", "otherwise", "or else", "after that", "next")


@dataclass(frozen=True, slots=True)
class Pledge:
    """A clause as something that somebody has to do."""

    owner: Owner
    prefix: str
    """The first words of the act: "send the technician"."""
    at: int
    """The token from which on the words of the clause go on with it."""
    confidence: float = 0.9
    is_result: bool = False
    """Whether it only says that what was promised comes: "so i get it tomorrow"."""


def pledge_set(name: str) -> frozenset[str]:
    """One of the word sets of ``pledges.toml``."""
    return lists("pledges").sets[name]


def is_refusal(tokens: Sequence[Token], clause: Clause) -> bool:
    """Whether a clause says that what was promised before it came to nothing: "but i said no"."""
    predicate, subject = clause.predicate, clause.subject
    if predicate.mood != "past" or clause.is_condition:
        return False
    said_no = word_at(tokens, predicate.verb + 1) in ("no", "not")
    if predicate.base in ("say", "tell") and said_no:
        return True
    vague = bool(subject.noun) and subject.noun[0] in VAGUE
    never = predicate.negated and (vague or predicate.base == "do")
    nobody = subject.kind == "nobody" and is_doing(predicate.base)
    return never or nobody or predicate.base in ("refuse", "decline", "reject")


class Surroundings:
    """The clauses of a text, with the pledges found so far."""

    def __init__(self, reading: Reading, clauses: Sequence[Clause]) -> None:
        self.reading = reading
        self.tokens = reading.tokens
        self.clauses = clauses
        self.pledges: list[Pledge | None] = []

    def before(self, place: int) -> Clause:
        """The clause before that at `place`; the first one for itself."""
        return self.clauses[max(0, place - 1)]

    def is_wait(self, clause: Clause) -> bool:
        """As in "give it three days"."""
        following = word_at(self.tokens, clause.predicate.verb + 1)
        return clause.predicate.base in ("give", "allow") and following in ("it", "them", "up")

    def is_act(self, clause: Clause) -> bool:
        """Whether the verb is something one does for the matter."""
        base = clause.predicate.base
        following = words_of(self.tokens[clause.predicate.verb + 1 : clause.predicate.verb + 3])
        if base in pledge_set("idle"):
            held = base == "hold" and clause.subject.kind == "them"
            held = held and bool({*following[:1]} & (words_in("determiners") | {"it", "them"}))
            return held or (base == "hang" and following == ["on", "to"])
        if base in ("run", "go", "dash") and not following:
            return False
        return is_doing(base) or base in pledge_set("also_doing") or not clause.predicate.listed

    def noun(self, clause: Clause) -> str:
        """The thing that a clause is about; for "it" the one named before, without the article."""
        for amount in self.reading.amounts:
            if amount.end == clause.subject.end > amount.start:
                return " ".join(words_of(self.tokens[amount.start : amount.end]))
        noun = clause.subject.noun
        if noun and noun[0] not in VAGUE:
            return " ".join(noun)
        for before in reversed(self.clauses):
            if before.opening < clause.opening and before.subject.kind == "thing":
                near = clause.subject.start - before.subject.start <= _THING_REACH
                named = before.subject.noun[:1] and before.subject.noun[0] not in VAGUE
                if near and named and self.is_event(before):
                    return " ".join(before.subject.noun)
                break
        return self.thing_before(clause.subject.start).removeprefix("send ")

    def thing_before(self, at: int) -> str:
        """As in "send engineer": what was named last before token `at`; or ""."""
        for place in range(at - 1, max(-1, at - _THING_REACH), -1):
            word = self.tokens[place].word
            known = word in pledge_set("events") | (
                words_in("visitors") - words_in("someone")
            ) and word not in (
                "call",
                "someone",
            )
            if known and not (word == "order" and word_at(self.tokens, place - 1) == "on"):
                return f"send {word}"
        return ""

    def is_event(self, clause: Clause) -> bool:
        """Whether a clause is about a thing that comes, or an "it" that may be one."""
        noun = clause.subject.noun
        if not noun or noun[0] in VAGUE or noun[-1] in ("one", "ones", "rest"):
            return True
        return any(word in pledge_set("events") | words_in("visitors") for word in noun)

    def is_own(self, clause: Clause) -> bool:
        """Whether a clause is about the caller's own dates: "my appointment is"."""
        mine = word_at(self.tokens, clause.subject.start) in ("my", "our")
        return mine and any(word in pledge_set("own_dates") for word in clause.subject.noun)

    def is_reported(self, place: int) -> bool:
        """Whether the clause before says that somebody said it."""
        return place > 0 and self.before(place).predicate.base in words_in("reporting")

    def is_planned(self, place: int, clause: Clause) -> bool:
        """Whether the clause follows from a condition or from what is to come first."""
        before = self.before(place)
        then = range(clause.predicate.verb + 1, self.end(place))
        if any(phrase_at(self.tokens, at, lists("steps").sets["then_words"]) for at in then):
            return True
        after_if = place > 0 and before.is_condition and clause.link in ("", "then", "so")
        after_if = after_if and clause.opening - before.predicate.verb <= 10
        after = self.clauses[place + 1] if place + 1 < len(self.clauses) else None
        until = after is not None and after.is_condition and after.link not in words_in("ifs")
        return (
            after_if
            or (until and clause.subject.kind == "me")
            or clause.link in _FROM_A_PLAN
            or clause.link == "agreed"
        )

    def end(self, place: int) -> int:
        """Where the clause ends, conditions and the like behind it included."""
        mood = self.clauses[place].predicate.mood
        for later in self.clauses[place + 1 :]:
            shares = later.joined and later.predicate.mood == mood
            if not (shares or later.is_condition or later.link in words_in("inner")):
                return later.opening
        return len(self.tokens)

    def whens(self, place: int) -> list[When]:
        """The days from today on that are said in the clause."""
        clause, today = self.clauses[place], self.reading.today
        found = []
        for when in self.reading.dates:
            inside = clause.opening <= when.start < self.end(place)
            ahead = when.kind != "time" and (when.day is None or when.day >= today)
            between = self.tokens[clause.predicate.verb + 1 : when.start + 1]
            habit = " ".join(words_of(self.tokens[when.end : when.end + 2])) in _HABITS
            ahead = ahead and not (habit and clause.predicate.mood == "present")
            if inside and ahead and not any(token.starts_sentence for token in between):
                found.append(when)
        return found

    def day(self, place: int) -> When | None:
        """The first day of a clause from today on, or None."""
        return next(iter(self.whens(place)), None)

    def plain(self, clause: Clause, owner: Owner, confidence: float = 0.9) -> Pledge:
        """The act as the clause has it: its verb, then the words behind it."""
        predicate = clause.predicate
        return Pledge(owner, predicate.base, predicate.verb + 1, confidence)
