"""A recap as clauses: who (subject), how (tense, duty), what (verb), joined by which word."""

from __future__ import annotations

from dataclasses import replace

from assistant.recap.lexicon import lists
from assistant.recap.reading import Reading
from assistant.recap.steps.ground import Ground
from assistant.recap.steps.joining import Joining
from assistant.recap.steps.orders import Orders
from assistant.recap.steps.predicates import (
    Predicate,
    read_bare,
    read_predicate,
    skip_adverbs,
    split_short_form,
    words_in,
)
from assistant.recap.steps.subjects import Clause, Kind, Subject
from assistant.recap.steps.verbs import base_of, could_be_verb, is_doing
from assistant.recap.tokens import phrase_at, word_at


def find_clauses(reading: Reading, names: frozenset[str], taken: set[int]) -> list[Clause]:
    """All clauses of a text in order; `names` and `taken` as for `find_steps`."""
    return _Finder(Ground.of(reading, names, taken)).find()


class _Finder:
    """Goes through the tokens once."""

    def __init__(self, ground: Ground) -> None:
        self._tokens = ground.tokens
        self._ground = ground
        self._found: list[Clause] = []
        self._orders = Orders(ground, self._found)
        self._joining = Joining(ground, self._found)

    def find(self) -> list[Clause]:
        """The clauses in order."""
        at = 0
        while at < len(self._tokens):
            word = self._tokens[at].word
            free = at not in self._ground.inside_days
            free = free and (at not in self._ground.taken or word in self._ground.names)
            clause = self._clause(at) if free else None
            if clause is not None and self._is_later(clause):
                self._found.append(clause)
                verb = clause.predicate.verb
                named = self._tokens[verb].word if verb < len(self._tokens) else ""
                stands_before = clause.predicate.base in ("be", "have") and named != "have"
                at = max(at, verb - stands_before)
            at += 1
        return self._found

    def _is_later(self, clause: Clause) -> bool:
        return not self._found or clause.predicate.verb > self._found[-1].predicate.verb

    def _clause(self, at: int) -> Clause | None:
        return (
            self._orders.asked(at)
            or self._pronoun(at)
            or self._short_form(at)
            or self._auxiliary(at)
            or self._joining.joined(at)
            or self._infinitive(at)
            or self._tensed(at)
            or self._orders.order(at)
        )

    def _pronoun(self, at: int) -> Clause | None:
        """As in "they'll", "it has to", "nobody came", "mine's in the post"."""
        tokens = self._tokens
        stem, auxiliary = split_short_form(tokens[at].word)
        mine, them = stem in words_in("me"), stem in words_in("them")
        thing, nobody = stem in words_in("things"), stem in words_in("nobody")
        if not (mine or them or thing or nobody):
            return None
        if at + 1 < len(tokens) and tokens[at + 1].starts_sentence and not auxiliary:
            return None
        predicate = read_predicate(tokens, at + 1, auxiliary)
        if predicate is None and stem in ("i", "we", "they") and not auxiliary:
            predicate = self._unlisted(at + 1)
        if predicate is None and stem in ("he", "she", "it") and not auxiliary:
            predicate = self._unlisted_third(at + 1)
        if predicate is None or not self._agrees(at, stem, auxiliary, predicate):
            return None
        predicate = self._in_past(at, stem, predicate)
        kind: Kind = "me" if mine else "them" if them else "nobody" if nobody else "thing"
        subject = Subject(kind, at, at + 1, (stem,))
        return self._ground.made(subject, predicate)

    def _in_past(self, at: int, stem: str, predicate: Predicate) -> Predicate:
        """As in "she put me on hold": no "puts", so it is past."""
        word = word_at(self._tokens, predicate.verb)
        same = base_of(word, "past") == base_of(word, "base") == predicate.base
        whole = skip_adverbs(self._tokens, at + 1) == predicate.verb
        if same and whole and predicate.mood == "present" and stem not in ("i", "we", "they"):
            return replace(predicate, mood="past")
        return predicate

    def _unlisted_third(self, at: int) -> Predicate | None:
        """As in "if it flashes": any word in "-s" that may be a verb."""
        at = skip_adverbs(self._tokens, at)
        word = word_at(self._tokens, at)
        if not word.endswith("s"):
            return None
        hissing = word.endswith(("shes", "ches", "sses", "xes", "zes"))
        base = word[:-2] if hissing else word[:-1]
        return Predicate("present", at, base, listed=False) if could_be_verb(base) else None

    def _unlisted(self, at: int) -> Predicate | None:
        """As in "they tanker it over": any word that may be a verb, where an object follows."""
        at = skip_adverbs(self._tokens, at)
        follows = word_at(self._tokens, at + 1)
        if follows not in words_in("determiners") | {"it", "them", "him", "her", "me", "us"}:
            return None
        return read_bare(self._tokens, at, "present")

    def _agrees(self, at: int, stem: str, auxiliary: str, predicate: Predicate) -> bool:
        """Whether verb and subject fit: no "it send", no "i sends"."""
        tokens = self._tokens
        whole = not auxiliary and predicate.mood in ("present", "past") and not predicate.passive
        word = word_at(tokens, predicate.verb)
        before = word_at(tokens, at - 1)
        bare = whole and word == predicate.base and skip_adverbs(tokens, at + 1) == predicate.verb
        if stem in ("i", "we", "they"):
            return not (whole and base_of(word, "third") and not base_of(word, "base"))
        if stem == "you":
            return predicate.mood in ("must", "should", "will") and before not in ("thank", "see")
        if stem in ("he", "she") or stem in words_in("nobody"):
            return not bare or base_of(word, "past") == word
        if bare and stem not in ("these", "those", "both", "who", "which", "someone", "anyone"):
            return False
        if stem in ("it", "that", "this", "what", "these", "those", "both") and not auxiliary:
            plural = stem in ("these", "those", "both")
            return plural or self._is_subject(at, predicate)
        return True

    def _is_subject(self, at: int, predicate: Predicate) -> bool:
        """Whether "it" or "that" is no object of the words before: "send it", "on that"."""
        before = word_at(self._tokens, at - 1)
        finite = word_at(self._tokens, skip_adverbs(self._tokens, at + 1))
        known = finite in lists("clauses").maps["auxiliaries"] or not predicate.listed
        known = known or bool(base_of(finite, "third"))
        known = known or phrase_at(self._tokens, at + 1, words_in("must")) > 0
        if before in words_in("prepositions") - words_in("conditions") - words_in("reasons"):
            return False
        return known or (predicate.mood == "past" and not base_of(before, "base"))

    def _short_form(self, at: int) -> Clause | None:
        """As in "the engineer's coming", "somebody'll be round", "the refund's approved"."""
        tokens = self._tokens
        stem, auxiliary = split_short_form(tokens[at].word)
        if not auxiliary or stem in words_in("things") | words_in("me") | words_in("them"):
            return None
        predicate = read_predicate(tokens, at + 1, auxiliary)
        subject = self._ground.noun_before(at + 1)
        if predicate is None or subject is None:
            return None
        following = word_at(tokens, skip_adverbs(tokens, at + 1))
        if auxiliary == "s" and predicate.base in ("be", "have"):
            known = following in words_in("prepositions") | words_in("particles") | {"due", "not"}
            known = known or following in words_in("determiners") | {"not", "still", "coming"}
            if not (known or at + 1 in self._ground.taken or following == "been"):
                return None
        return self._ground.made(subject, predicate)

    def _auxiliary(self, at: int) -> Clause | None:
        """As in "the part should arrive", "will try again tomorrow", "need to ring them"."""
        tokens = self._tokens
        duty = phrase_at(tokens, at, words_in("must"))
        word = tokens[at].word
        if not duty and word not in lists("clauses").maps["auxiliaries"]:
            return None
        if duty == 1 and word == "better":
            return None
        predicate = read_predicate(tokens, at)
        if predicate is None:
            return None
        subject = self._ground.noun_before(at)
        if subject is not None and not self._is_lead(subject, predicate):
            return self._ground.made(subject, predicate)
        if word in ("don't", "do") and predicate.mood == "present":
            return self._ground.made(Subject("none", at, at), replace(predicate, mood="order"))
        opens = duty or word in ("will", "should", "would", "gonna", "won't")
        opens = opens or word_at(tokens, at - 1) in ("and", "but", "also", "then")
        return self._without_subject(at, predicate) if opens else None

    def _is_lead(self, subject: Subject, predicate: Predicate) -> bool:
        """Whether what stands before is no subject: "first thing", "in the post"."""
        if " ".join(subject.noun) in ("first thing", "nothing", "last", "first"):
            return True
        lead = word_at(self._tokens, subject.start - 1)
        placed = subject.kind == "thing" and lead in ("in", "at", "on")
        return placed and predicate.mood != "must"  # "it's in the post should be here"

    def _without_subject(self, at: int, predicate: Predicate) -> Clause | None:
        """As in "… and will call me", "nothing happened will try again"."""
        tokens = self._tokens
        before = word_at(tokens, at - 1)
        dependent = before in words_in("prepositions") | {"i", "they", "he", "she", "to", "what"}
        if (dependent and at not in self._ground.ends) or before in words_in("determiners"):
            return None
        subject = (
            self._joining.inherited(at) if before in ("and", "but", "then", "or", "also") else None
        )
        return self._ground.made(
            subject or Subject("none", at, at), predicate, joined=subject is not None
        )

    def _infinitive(self, at: int) -> Clause | None:
        """As in "supervisor to call me tomorrow", "photos to go to claims", "my job is to"."""
        tokens = self._tokens
        if tokens[at].word != "to" or at == 0:
            return None
        before = word_at(tokens, at - 1)
        if before in ("is", "was") or before.endswith("'s"):
            return None
        subject = self._ground.noun_before(at)
        predicate = read_bare(tokens, at + 1, "must")
        if subject is None or predicate is None or not is_doing(predicate.base):
            return None
        last = self._found[-1] if self._found else None
        reaches = last is not None and subject.start - last.predicate.verb <= 1
        lead = word_at(tokens, subject.start - 1)
        led = base_of(lead, "base") or base_of(lead, "past") or base_of(lead, "third")
        if led in words_in("asking") or base_of(lead, "gerund") in words_in("asking"):
            return None
        counted = lead == "for" and subject.start - 1 in self._ground.ends
        if lead in words_in("prepositions") and not (counted or predicate.passive):
            return None
        if reaches or subject.kind not in ("them", "thing"):
            return None
        moves = predicate.base in ("go", "come", "follow") or predicate.passive
        if subject.kind == "thing" and not moves:
            return None
        return self._ground.made(subject, predicate)

    def _tensed(self, at: int) -> Clause | None:
        """As in "the courier picks it up", "a driver brought it", "replacement ships monday"."""
        tokens = self._tokens
        word = tokens[at].word
        third, past = base_of(word, "third"), base_of(word, "past")
        plural = base_of(word, "base") in ("come", "arrive", "go", "ship", "land", "get", "start")
        if not (third or past or plural):
            return None
        subject = self._ground.noun_before(at)
        soon = any(at < when <= at + 3 for when in self._ground.days)
        if subject is None and third in ("arrive", "take", "land") and soon:
            return self._ground.made(Subject("none", at, at), Predicate("present", at, third))
        if subject is None or word_at(tokens, at - 1) in words_in("determiners") - {"one", "both"}:
            return None
        if past and not third:
            known = subject.kind in ("them", "own", "nobody")
            known = known and past not in ("name", "call", "base") and past != word
            predicate = read_predicate(tokens, at)
            return self._ground.made(subject, predicate) if known and predicate else None
        if not third and not (subject.noun and subject.noun[-1].endswith("s")):
            return None
        if self._ground.is_noun(at) or not self._ground.continues(at):
            return None
        if (
            word_at(tokens, subject.start - 1) in words_in("prepositions")
            and subject.kind != "them"
        ):
            if len(subject.noun) < 3:
                return None  # else as in "on the card | provisional credit lands"
            subject = replace(subject, start=at - 2, noun=subject.noun[-2:])
        predicate = read_predicate(tokens, at)
        return self._ground.made(subject, predicate) if predicate else None
