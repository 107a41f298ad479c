"""Clauses without a subject of their own: "send it", "told me to send it"."""

from __future__ import annotations

from dataclasses import replace

from assistant.recap.steps.ground import Ground
from assistant.recap.steps.predicates import Mood, Predicate, read_bare, skip_adverbs, words_in
from assistant.recap.steps.subjects import Clause, Subject
from assistant.recap.steps.verbs import base_of, is_doing
from assistant.recap.tokens import word_at, words_of


class Orders:
    """Finds them behind the clauses `found` so far."""

    def __init__(self, ground: Ground, found: list[Clause]) -> None:
        self._tokens = ground.tokens
        self._ground = ground
        self._found = found

    def asked(self, at: int) -> Clause | None:
        """As in "told me to send it", "it's on me to send it", "i was told to", "says to"."""
        tokens = self._tokens
        word, before = tokens[at].word, word_at(tokens, at - 1)
        if word in ("me", "us", "them", "him", "her") or word in self._ground.names:
            return self._asked_of(at)
        if word != "to" or at == 0:
            return None
        lead = word_at(tokens, at - 2)
        said = before in ("said", "says", "saying") and lead not in ("i", "we")
        recalled = before in words_in("recalling")
        told = before in ("told", "asked", "instructed", "advised") and lead in words_in("been")
        if not (said or recalled or told):
            return None
        predicate = self._bare_after(at + 1, "order")
        subject = Subject("me", at - 1 if recalled else at, at)
        return self._ground.made(subject, predicate, asked=True) if predicate else None

    def _asked_of(self, at: int) -> Clause | None:
        tokens = self._tokens
        before = word_at(tokens, at - 1)
        base = base_of(before, "past") or base_of(before, "third") or base_of(before, "base")
        base = base or base_of(before, "gerund")
        asks = base in words_in("asking") or before in ("for", "on", "to", "leaves", "by")
        asks = asks or (tokens[at].word == "me" and self._ground.opens(at))
        here = at + 1 + (word_at(tokens, at + 1) in ("both", "just", "please", "kindly", "not"))
        if not asks or word_at(tokens, here) != "to":
            return None
        predicate = self._bare_after(here + 1, "order")
        if predicate is None:
            return None
        negated = "not" in words_of(tokens[at + 1 : here])
        mine = tokens[at].word in ("me", "us")
        subject = Subject("me" if mine else "them", at, at + 1)
        return self._ground.made(subject, replace(predicate, negated=negated), asked=True)

    def order(self, at: int) -> Clause | None:
        """As in "so ring them then", "she said use the form", "if it's red unplug it"."""
        tokens = self._tokens
        word = tokens[at].word
        if not (is_doing(word) or word == "allow") or (
            word in ("let", "hang", "wait", "hold") and at == 0
        ):
            return None
        before = word_at(tokens, at - 1)
        conditional = self._ends_condition(at)
        leads = before in words_in("ordering") or at in self._ground.ends or tokens[at].after_pause
        leads = leads or at == 0 or conditional or self._follows_noun(at) or word == "allow"
        leads = leads or self._follows_order(at)
        if not leads or (self._ground.is_noun(at) and not conditional):
            return None
        if before == "me" and not self._ground.opens(at - 1):
            return None
        sure = before in ("please", "said", "says", "just", "then", "kindly", "so") and at > 0
        if not self._ground.has_object(at, conditional) and not (
            sure and self._ground.continues(at)
        ):
            return None
        if before in ("and", "or", "but") and self._is_tail(at):
            return None
        predicate = Predicate("order", at, word)
        start = at - (before == "me")
        joined = self._follows_order(at) and before not in words_in("ordering")
        return self._ground.made(Subject("none", start, at), predicate, joined=joined)

    def _is_tail(self, at: int) -> bool:
        """Whether "and" rather joins two nouns: "the form and return label"."""
        return word_at(self._tokens, at) in words_in("nouns_too") and word_at(
            self._tokens, at + 1
        ) not in words_in("determiners") | {"it", "them", "me", "him", "her", "back"}

    def _follows_order(self, at: int) -> bool:
        """As in "fill it in *get the vet* to stamp it": one order right behind another."""
        last = self._found[-1] if self._found else None
        if (
            last is None
            or last.predicate.mood not in ("order", "must")
            or last.subject.kind == "them"
        ):
            return False
        before, following = word_at(self._tokens, at - 1), word_at(self._tokens, at + 1)
        bound = words_in("determiners") | words_in("prepositions") - words_in("particles")
        near = 1 < at - last.predicate.verb <= 7
        plain = before not in bound | words_in("edges") - words_in("particles")
        opens = following in words_in("determiners") - {"no"}
        noun = word_at(self._tokens, at) in words_in("nouns_too")
        return near and plain and (opens or (following in ("it", "them") and not noun))

    def _follows_noun(self, at: int) -> bool:
        """As in "… insurance *ring them* back": only a verb has "them" behind it."""
        word, before = word_at(self._tokens, at), word_at(self._tokens, at - 1)
        pronoun = word_at(self._tokens, at + 1) in ("it", "them", "him", "her")
        noun = self._ground.noun_before(at)
        past = base_of(word, "past") == word
        plain = (
            noun is not None
            and noun.kind in ("thing", "them")
            and not before.endswith(("s", "ed", "ing"))
        )
        return pronoun and plain and not past and before not in ("let", "help", "make", "go")

    def _ends_condition(self, at: int) -> bool:
        """Whether a condition stands right before: "if it's still red unplug it"."""
        last = self._found[-1] if self._found else None
        if last is None or not last.is_condition or at - last.predicate.verb > 8:
            return False
        between = words_of(self._tokens[last.predicate.verb + 1 : at])
        before = word_at(self._tokens, at - 1)
        broken = {"and", "or", "but", "so"} & set(between)
        noun = word_at(self._tokens, at + 1) in ("number", "is", "was", "of", "and")
        return (
            not broken
            and not noun
            and before
            not in words_in("determiners")
            | {
                "to",
                "i",
                "they",
                "not",
                "the",
            }
        )

    def _bare_after(self, at: int, mood: Mood) -> Predicate | None:
        word = word_at(self._tokens, skip_adverbs(self._tokens, at))
        return read_bare(self._tokens, at, mood) if word else None
