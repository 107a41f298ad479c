"""The parts of a clause: who or what it is about, and how it is joined to the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.recap.steps.predicates import Predicate, words_in

Kind = Literal["me", "them", "thing", "own", "nobody", "none"]


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject of a clause."""

    kind: Kind
    start: int
    end: int
    noun: tuple[str, ...] = ()
    """Its words without the article."""

    @property
    def is_visitor(self) -> bool:
        """Whether it is somebody who is sent: a technician, a courier."""
        return bool(self.noun) and self.noun[-1] in words_in("visitors")


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause, from the word that joins it to the next one's."""

    opening: int
    """Where it begins: at the word that joins it, or at its subject."""
    link: str
    """What joins it to what stands before: "and", "if", "which"; "" for nothing."""
    subject: Subject
    predicate: Predicate
    joined: bool = False
    """Whether it shares the subject of the clause before: "print it *and sign it*"."""
    asked: bool = False
    """Whether somebody is asked or told to do it: "told me to send it"."""

    @property
    def is_condition(self) -> bool:
        """Whether it only says when or on what condition something else happens."""
        phrases = words_in("conditions")
        return self.link in phrases or self.link.rpartition(" ")[0] in phrases

    @property
    def is_order(self) -> bool:
        """Whether it is a bare verb: "send it", "she said use the form"."""
        return self.predicate.mood == "order"
