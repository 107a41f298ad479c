"""The verb of a clause with what stands before it: tense, duty, passive, negation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.recap.lexicon import lists
from assistant.recap.steps.verbs import base_of, could_be_verb, gerund_of
from assistant.recap.tokens import Token, phrase_at, word_at

Mood = Literal[
    "will", "would", "must", "should", "may", "order", "progressive", "present", "past", "perfect"
]


@dataclass(frozen=True, slots=True)
class Predicate:
    """What a clause says of its subject."""

    mood: Mood
    verb: int
    """The token of the verb; behind "be" that of the complement."""
    base: str
    """The verb; "be" where no other follows."""
    passive: bool = False
    negated: bool = False
    listed: bool = True
    """Whether the verb is in the lists."""


def words_in(name: str) -> frozenset[str]:
    """One of the word sets of ``clauses.toml``."""
    return lists("clauses").sets[name]


def split_short_form(word: str) -> tuple[str, str]:
    """As in "i'll" → "i", "will"; the second is "" for a whole word, "s" for "is" or "has"."""
    stem, mark, tail = word.rpartition("'")
    short = lists("clauses").maps["short_forms"].get(tail) if mark else None
    return (stem, short) if short else (word, "")


def skip_adverbs(tokens: Sequence[Token], at: int) -> int:
    """Where the adverbs from token `at` on end."""
    while step := phrase_at(tokens, at, words_in("adverbs")):
        at += step
    return at


def read_predicate(tokens: Sequence[Token], at: int, auxiliary: str = "") -> Predicate | None:
    """The finite verb from token `at` on, where `auxiliary` was the short form before; or None."""
    return _Reader(tokens, at).finite(auxiliary)


def read_bare(tokens: Sequence[Token], at: int, mood: Mood) -> Predicate | None:
    """The verb without a tense at token `at`, as it follows "to", "i'll" or an "and"; or None."""
    return _Reader(tokens, at).bare(mood)


class _Reader:
    """Reads one predicate, word for word."""

    def __init__(self, tokens: Sequence[Token], at: int) -> None:
        self._tokens = tokens
        self._at = at
        self._negated = False

    def finite(self, auxiliary: str) -> Predicate | None:
        """From the first word behind the subject."""
        self._skip()
        if not auxiliary:
            length = phrase_at(self._tokens, self._at, words_in("must"))
            if length:
                self._at += length
                return self.bare("must")
            word = self._word()
            auxiliary = lists("clauses").maps["auxiliaries"].get(word, "")
            if not auxiliary:
                return self._verb()
            self._negated = self._negated or word.endswith(("n't", "cannot"))
            self._at += 1
        return self._behind(auxiliary)

    def _behind(self, auxiliary: str) -> Predicate | None:
        self._skip()
        if auxiliary == "s":
            participle = base_of(self._word(), "participle")
            had = bool(participle) and not self._behind_is_passive()
            had = had or self._word() in ("been", "got") or self._phrase("must_behind_have") > 0
            auxiliary = "have" if had and self._word() != "to" else "be"
        if auxiliary == "be":
            return self._be("present")
        if auxiliary == "was":
            return self._be("past")
        if auxiliary in ("have", "had"):
            return self._have("perfect" if auxiliary == "have" else "past")
        if auxiliary == "would":
            if self._word() == "better":
                self._at += 1
                return self.bare("must")
            if base_of(self._word(), "participle") and not base_of(self._word(), "base"):
                return self._found("past", base_of(self._word(), "participle"))
            return self.bare("would")
        if auxiliary in ("do", "did"):
            mood: Mood = "present" if auxiliary == "do" else "past"
            alone = Predicate(mood, self._at - 1, "do", False, True)  # "if they don't"
            return self.bare(mood) or (alone if self._negated else None)
        if auxiliary == "going":
            return self.bare("will")
        moods: dict[str, Mood] = {"will": "will", "should": "should", "must": "must"}
        return self.bare(moods.get(auxiliary, "may"))

    def _behind_is_passive(self) -> bool:
        """Whether "it's booked for friday" is meant, not "he's booked it"."""
        following = word_at(self._tokens, self._at + 1)
        objects = words_in("determiners") | words_in("objects")
        return following not in objects and following not in ("me", "us")

    def bare(self, mood: Mood) -> Predicate | None:
        """From where the base form of a verb has to stand."""
        self._skip()
        word = self._word()
        if word == "be":
            self._at += 1
            return self._be(mood)
        following = word_at(self._tokens, self._at + 1)
        if word == "have" and base_of(following, "participle") and mood != "must":
            self._at += 1
            return self._found("perfect", base_of(following, "participle"))
        length = phrase_at(self._tokens, self._at, words_in("must"))
        if length > 1:
            self._at += length
            return self.bare("must" if mood not in ("past", "may") else mood)
        if word == "get" and self._participle(self._at + 1):
            self._at += 1
            return self._found(mood, self._participle(self._at), passive=True)
        base = base_of(word, "base")
        if base in words_in("committing") and following == "to":
            self._at += 2
            return self.bare(mood)
        if base:
            return self._found(mood, base)
        closed = words_in("determiners") | words_in("prepositions") | words_in("edges")
        plain = self._at < len(self._tokens) and self._tokens[self._at].kind == "word"
        likely = mood == "will" or could_be_verb(word)  # "they'll whatsapp me"
        if plain and word not in closed and likely:
            return replace(self._found(mood, word), listed=False)
        return None

    def _be(self, mood: Mood) -> Predicate | None:
        self._skip()
        moods: dict[str, Mood] = {"will": "will", "must": "must", "may": "may"}
        for name, meant in moods.items():
            length = self._phrase(f"{name}_behind_be")
            if not length or self._after(length) in words_in("determiners"):
                continue
            self._at += length
            return self.bare(mood if mood in ("past", "may") else meant)
        if self._word() == "gonna":
            self._at += 1
            return self.bare("will" if mood != "past" else mood)
        if self._word() == "being" and self._participle(self._at + 1):
            self._at += 1
            progressive: Mood = "progressive" if mood == "present" else mood
            return self._found(progressive, self._participle(self._at), passive=True)
        if self._word() == "getting" and self._participle(self._at + 1):
            self._at += 1
            progressive = "progressive" if mood == "present" else mood
            return self._found(progressive, self._participle(self._at), passive=True)
        gerund = gerund_of(self._word())
        if gerund:
            return self._found("progressive" if mood == "present" else mood, gerund)
        participle = self._participle(self._at)
        if participle:
            return self._found(mood, participle, passive=True)
        return self._found(mood, "be")

    def _have(self, mood: Mood) -> Predicate | None:
        self._skip()
        length = self._phrase("must_behind_have")
        if length:
            self._at += length
            return self.bare("must" if mood == "perfect" else "past")
        if self._word() == "been":
            self._at += 1
            self._skip()
            base = gerund_of(self._word())
            participle = self._participle(self._at)
            return self._found(mood, base or participle or "be", passive=bool(participle))
        base = base_of(self._word(), "participle") or base_of(self._word(), "past")
        if not base:
            return self._found("present" if mood == "perfect" else mood, "have")
        if base in words_in("committing") and self._after(1) == "to":
            self._at += 2
            return self.bare("will")
        return self._found(mood, base)

    def _verb(self) -> Predicate | None:
        """A verb that carries the tense itself."""
        word = self._word()
        present = base_of(word, "third") or base_of(word, "base")
        past = base_of(word, "past")
        if (past or present) in words_in("committing") and self._after(1) == "to":
            self._at += 2
            return self.bare("will")
        if present == "get" and self._participle(self._at + 1):
            self._at += 1
            return self._found("present", self._participle(self._at), passive=True)
        if present:
            return self._found("present", present)
        if past:
            return self._found("past", past)
        return None

    def _found(self, mood: Mood, base: str, passive: bool = False) -> Predicate:
        return Predicate(mood, self._at, base, passive, self._negated)

    def _participle(self, at: int) -> str:
        return base_of(word_at(self._tokens, at), "participle")

    def _phrase(self, name: str) -> int:
        return phrase_at(self._tokens, self._at, words_in(name))

    def _word(self) -> str:
        return word_at(self._tokens, self._at)

    def _after(self, count: int) -> str:
        return word_at(self._tokens, self._at + count)

    def _skip(self) -> None:
        while self._at < len(self._tokens):
            negation = self._phrase("negations")
            step = negation or self._phrase("adverbs")
            if not step:
                return
            self._negated = self._negated or negation > 0
            self._at += step
