"""The tokens that clauses are looked for in, and what can be told from the words around one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.recap.lexicon import lists, ordinary_words
from assistant.recap.reading import Reading
from assistant.recap.steps.predicates import Predicate, split_short_form, words_in
from assistant.recap.steps.subjects import Clause, Kind, Subject
from assistant.recap.steps.verbs import Form, base_of
from assistant.recap.tokens import Token, word_at, words_of

_MOST_WORDS = 5
_LINK_WORDS = 4
_ATTRIBUTES = frozenset(("of", "from", "for", "in", "at", "on", "named", "called", "with"))
_COUNTS = ("two", "three", "four", "five", "six", "one")
_MINE_TO_DO = ("do", "homework", "action", "actions", "so", "and", "then", "step", "steps", "now")


@lru_cache(maxsize=1)
def _links() -> frozenset[str]:
    """All words that join a clause to what stands before."""
    names = ("conditions", "inner", "reasons", "joiners")
    return frozenset(("that", "which")).union(*(words_in(name) for name in names))


@dataclass(frozen=True, slots=True)
class Ground:
    """The tokens of a recap with what was read in them."""

    tokens: Sequence[Token]
    names: frozenset[str]
    """Lower-case names of people and of the company."""
    taken: frozenset[int]
    """The places of days, sums, codes, addresses and names."""
    sums: Mapping[int, int]
    """Where each sum of money starts, by the token behind it."""
    ends: frozenset[int]
    """The tokens right behind a day, an address or a code."""
    days: frozenset[int]
    """Where days start."""
    inside_days: frozenset[int]
    """The tokens of days but for their first."""
    addresses: frozenset[int]
    """The tokens right behind an address."""

    @classmethod
    def of(cls, reading: Reading, names: frozenset[str], taken: set[int]) -> Ground:
        """The ground of one reading."""
        ends = {when.end for when in reading.dates} | {one.end for one in reading.contacts}
        return cls(
            reading.tokens,
            names,
            frozenset(taken),
            {amount.end: amount.start for amount in reading.amounts},
            frozenset(ends | {one.code.end for one in reading.codes}),
            frozenset(when.start for when in reading.dates if when.kind != "time"),
            frozenset(at for one in reading.dates for at in range(one.start + 1, one.end)),
            frozenset(one.end for one in reading.contacts),
        )

    def noun_before(self, at: int) -> Subject | None:
        """The noun that ends right before token `at`, "from maintenance" and the like included."""
        if at in self.sums:
            sum_words = words_of(self.tokens[self.sums[at] : at])
            return Subject("thing", self.sums[at], at, tuple(sum_words))
        if words_of(self.tokens[max(0, at - 2) : at]) in (["of", "them"], ["of", "us"]) and at > 2:
            return Subject("me" if self.tokens[at - 1].word == "us" else "them", at - 3, at)
        far = word_at(self.tokens, at - 1) in ("there", "here", "elsewhere")
        if far and word_at(self.tokens, at - 2) in ("from", "in", "over", "down"):
            return self.noun_before(at - 2)  # "someone from there will call"
        start = self._phrase_start(at)
        if start == at:
            return None
        outer = self._owner_of(start)
        words = self._words(outer if outer is not None else start, at)
        head = words_of(self.tokens[outer : start - 1]) if outer is not None else words
        first = start if outer is None else outer
        named = [place for place, word in enumerate(words[:-1]) if word in self.names]
        if named and not self._named(words) and outer is None:
            words = head = words[named[-1] + 1 :]  # "marguerite property manager contractor"
        return Subject(self._kind(first, words, head), first, at, tuple(words))

    def _words(self, start: int, end: int) -> list[str]:
        words = [split_short_form(word)[0] for word in words_of(self.tokens[start:end])]
        last = len(words) - 1
        keep = ("one", "some", "any", "both")
        return [
            word
            for at, word in enumerate(words)
            if word not in words_in("determiners") or (at == last > 0 and word in keep)
        ]

    def _phrase_start(self, at: int) -> int:
        start = at
        while start > 0 and at - start < _MOST_WORDS:
            token = self.tokens[start - 1]
            if token.kind != "word" or not self._is_nominal(start - 1, start == at):
                break
            named = (
                start < at and self._tokens_named(start) and not self._goes_with_name(token.word)
            )
            if named:
                break
            start -= 1
            article = token.word in words_in("determiners") and start + 1 < at
            if article or token.after_pause:
                break
        while start < at - 1 and self.tokens[start].word in words_in("ordering"):
            start += 1
        only = words_of(self.tokens[start:at])
        return at if all(word in words_in("determiners") for word in only) else start

    def _tokens_named(self, at: int) -> bool:
        return split_short_form(self.tokens[at].word)[0] in self.names

    def _goes_with_name(self, word: str) -> bool:
        """Whether a word before a name is part of it: a title, another name, an article."""
        return word in self.names or word in lists("people").sets["titles"]

    def _is_nominal(self, at: int, head: bool) -> bool:
        """Whether the word at token `at` can be part of a noun (its head)."""
        word = self.tokens[at].word
        if word in self.names:
            return True
        if at in self.taken:
            return False
        if word in words_in("edges") | words_in("prepositions") | words_in("adverbs"):
            return False
        if word in lists("clauses").maps["auxiliaries"] or word in words_in("must"):
            return False
        if split_short_form(word)[1] not in ("", "s") and not head:
            return False
        if word in words_in("determiners"):
            return not head or (word == "one" and self._is_nominal(at - 1, False))
        told = base_of(word, "past") or base_of(word, "third")
        if told in words_in("reporting") or (told and base_of(word, "past") == told and head):
            return False
        if base_of(word, "gerund") and head and word_at(self.tokens, at - 1) in ("is", "are"):
            return False
        irregular = base_of(word, "past") and not word.endswith("ed")
        return not irregular or word in ("cut", "set", "read", "lead", "left", "split")

    def _owner_of(self, start: int) -> int | None:
        """Where "someone" begins in "someone from maintenance will", or None."""
        link = word_at(self.tokens, start - 1)
        if start < 2 or link not in _ATTRIBUTES or self.tokens[start].after_pause:
            return None
        outer = self._phrase_start(start - 1)
        if outer == start - 1:
            return None
        words = words_of(self.tokens[outer : start - 1])
        if len(words) > 1 and words[-1] in ("named", "called", "assigned", "booked"):
            words.pop()
        person = words[-1] in self.names or words[-1] in words_in("someone") | words_in("visitors")
        person = person or words[-1] in lists("people").sets["titles"]
        led = words[0] in words_in("determiners")
        return outer if person or link == "of" or (led and link == "for") else None

    def _kind(self, start: int, words: Sequence[str], head: Sequence[str]) -> Kind:
        if word_at(self.tokens, start) == "no":
            return "nobody"
        if not words or not head:
            return "thing"
        if head[0] in words_in("nobody"):
            return "nobody"
        mine = word_at(self.tokens, start) in ("my", "our")
        if mine and any(word in words_in("own_people") for word in head):
            return "own"
        people = words_in("someone") | words_in("visitors") | lists("people").sets["titles"]
        if self._named(head) or head[-1] in people or head[0] in ("someone", "somebody"):
            return "them"
        if len(head) > 1 and head[-2] in people and head[-1] not in ordinary_words():
            return "them"  # "her colleague bruno"
        if " ".join(head) in lists("people").sets["departments"]:
            return "them"
        return "thing"

    def _named(self, words: Sequence[str]) -> bool:
        return words[-1] in self.names

    def is_noun(self, at: int) -> bool:
        """Whether a word that may be a verb is a noun here, by what follows it."""
        word, following = word_at(self.tokens, at), word_at(self.tokens, at + 1)
        if following in ("is", "was", "are", "were", "of", "number", "will", "should", "has"):
            return True
        base = base_of(word, "base") or base_of(word, "third")
        if base not in words_in("nouns_too"):
            return False
        objects = words_in("determiners") | words_in("objects") | words_in("particles")
        if following in objects or (at + 1) in self.taken:
            return False
        if following in words_in("conditions"):
            return False
        if base_of(word, "third"):
            return True
        return following not in self.names and following not in ("to", "for", "my", "from")

    def continues(self, at: int) -> bool:
        """Whether what follows token `at` can follow a verb: an object, a preposition, a day."""
        following = word_at(self.tokens, at + 1)
        if at + 1 >= len(self.tokens) or self.tokens[at + 1].after_pause:
            return True
        if at + 1 in self.taken or following in self.names:
            return True
        if word_at(self.tokens, at) in ("get", "gets") and base_of(following, "participle"):
            return True
        if following in words_in("me") | words_in("them"):
            return base_of(word_at(self.tokens, at), "third") not in words_in("nouns_too")
        names = ("determiners", "objects", "particles", "prepositions", "adverbs")
        return any(following in words_in(name) for name in names) or following in ("here", "there")

    def has_object(self, at: int, conditional: bool) -> bool:
        """Whether an object follows the verb at token `at`, so that it is no noun."""
        word, following = word_at(self.tokens, at), word_at(self.tokens, at + 1)
        if following in _COUNTS and word in words_in("nouns_too"):
            return False
        if following in words_in("determiners") | words_in("objects"):
            return True
        if at == 0:
            return False
        if following in words_in("particles"):
            beyond = word_at(self.tokens, at + 2)
            names = ("determiners", "objects", "prepositions", "particles")
            goes_on = any(beyond in words_in(name) for name in names) or beyond in ("and", "")
            goes_on = goes_on or at + 2 in self.taken
            return goes_on and (conditional or word not in words_in("nouns_too"))
        if conditional and any(at < end - 1 <= at + 12 for end in self.addresses):
            return True
        if word in words_in("nouns_too") or at == 0:
            return False
        if at in self.ends:  # behind a day there is a verb, or else a new noun
            closed = words_in("edges") | words_in("prepositions") - {"by", "in", "with", "to"}
            return following not in closed and not self.is_noun(at)
        return at + 1 in self.taken or following in self.names | {"to", "with"}

    def opens(self, at: int) -> bool:
        """Whether token `at` is not the object of what stands before: "let *me*", "to *me*"."""
        before = word_at(self.tokens, at - 1)
        forms: tuple[Form, ...] = ("base", "past", "third", "gerund")
        bound = any(base_of(before, form) for form in forms)
        bound = bound or before in words_in("prepositions")
        if before == "for" and word_at(self.tokens, at - 2) in _MINE_TO_DO:
            return True
        return at == 0 or self.tokens[at].after_pause or at in self.ends or not bound

    def link_before(self, at: int) -> str:
        """The words before token `at` that join a clause; days between are passed over."""
        if at and self.tokens[at - 1].word in ("still", "ever", "only", "even", "just", "maybe"):
            before = self.link_before(at - 1)
            if before in words_in("conditions"):
                return f"{before} {self.tokens[at - 1].word}"
        if at - 1 in self.inside_days:
            return ""  # a day: "the night before", "by the second"
        for length in range(min(_LINK_WORDS, at), 0, -1):
            words = " ".join(words_of(self.tokens[at - length : at]))
            ended = words == "then" and word_at(self.tokens, at - 2) in ("till", "until", "by")
            if words in _links() and not ended and not self.tokens[at].starts_sentence:
                return words
        return ""

    def made(self, subject: Subject, predicate: Predicate, **more: bool) -> Clause:
        """The clause of `subject` and `predicate`, with what joins it to the words before."""
        link = self.link_before(subject.start)
        return Clause(subject.start - len(link.split()), link, subject, predicate, **more)
