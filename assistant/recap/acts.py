"""The acts that follow a trigger: "print it and hand the box in by saturday" is two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.recap.dates import When
from assistant.recap.lexicon import lists
from assistant.recap.reading import Reading
from assistant.recap.stepwords import Owner, Trigger, is_verb, sets_of
from assistant.recap.tokens import Token, phrase_at, words_of

_MOST_WORDS = 18
_IMPERATIVE = 0.55
"""Confidence in an order that stands after another's promise."""
_CONDITION_REACH = 10
"""An "if" so many words before a step's opening is that step's condition."""


@dataclass(slots=True)
class Act:
    """One act while it is being read."""

    owner: Owner
    start: int
    words: list[str] = field(default_factory=list)
    whens: list[When] = field(default_factory=list)
    end: int = 0
    joined: bool = False
    """Whether "and" joins it to the act before, with no day in between."""
    confidence: float = 0.9
    at_visit: bool = False
    """Whether it is to be done for a visit: "before he comes"."""
    same_day: When | None = None
    """The day of the act before, where this one follows right on: "tonight … and then …"."""


def read_acts(reading: Reading, trigger: Trigger, limit: int) -> list[Act]:
    """The acts from a trigger's verb on: "print it and hand the box in by saturday"."""
    tokens = reading.tokens
    whens = {when.start: when for when in reading.dates}
    addresses = {contact.start: contact.end for contact in reading.contacts}
    act = Act(trigger.owner, trigger.start, trigger.prefix.split(), confidence=trigger.confidence)
    acts = [act]
    at = trigger.verb
    subordinate = False
    while at < limit and len(act.words) < _MOST_WORDS:
        when = whens.get(at)
        then = phrase_at(tokens, at, sets_of("then_words")) if at > trigger.verb else 0
        if then:
            earlier = [one for one in reading.dates if one.start < at and one.day is not None]
            if not _day_follows(reading, at + then, limit):
                act.whens.extend(earlier[-1:])
        if when is not None or at in addresses or then:
            _drop_preposition(act.words)
            if when is not None:
                act.whens.append(when)
            act.end = at = when.end if when is not None else addresses.get(at, at + then)
            at += phrase_at(tokens, at, sets_of("at_latest"))
            if _goes_on(reading, at, limit):
                continue
            follow = _next_act(tokens, at, limit, after_day=True)
            if follow is None:
                break
            joined = when is None
            same_day = when is not None and _same_day(tokens, when, at)
            act = Act(trigger.owner, follow, joined=joined, confidence=trigger.confidence)
            act.same_day = when if same_day else None
            acts.append(act)
            at = follow
            continue
        follow = _next_act(tokens, at, limit, after_day=False) if at > trigger.verb else None
        if follow is not None:
            asyndetic = follow == at and "," not in tokens[at].gap
            if asyndetic and trigger.owner == "them":  # "… bring the old ones": said to the caller
                act = Act("me", follow, confidence=_IMPERATIVE)
            else:
                act = Act(act.owner, follow, joined=True, confidence=trigger.confidence)
            acts.append(act)
            at = follow
        elif (at > trigger.verb or trigger.prefix) and _stops(reading, at, limit, subordinate):
            break
        subordinate = subordinate or tokens[at].word in ("if", "when", "before", "until", "till")
        step = append_at(reading, act, at)
        act.end = at = at + step
    return acts


def _drop_preposition(words: list[str]) -> None:
    """Drop what leads to a day from the end of an act's words: "hand it in by", "sometime on"."""
    prepositions = 0
    while words and words[-1] in sets_of("date_edges"):
        prepositions += words[-1] not in sets_of("loose_edges")
        if prepositions > 1:
            return
        words.pop()


def _same_day(tokens: Sequence[Token], when: When, at: int) -> bool:
    """Whether the act after a day is done on it, too: "at nine tonight and then run the test"."""
    if when.kind not in ("relative", "day") or tokens[when.start - 1].word in ("by", "before"):
        return False
    return "then" in words_of(tokens[at : at + 2])


def append_at(reading: Reading, act: Act, at: int) -> int:
    """Add the word, sum or address at token `at` to the act; how many tokens that took."""
    for amount in reading.amounts:
        if amount.start == at:
            symbol = lists("numbers").maps["currency_symbol"].get(amount.currency, "")
            value = f"{amount.value:.2f}".removesuffix(".00")
            act.words.append(f"{symbol}{value}" if symbol else f"{value} {amount.currency}")
            return amount.end - at
    for code in reading.codes:
        if code.code.start == at:
            act.words.append(code.code.value.lower())
            return code.code.end - at
    act.words.append(reading.tokens[at].word)
    return 1


def _goes_on(reading: Reading, at: int, limit: int) -> bool:
    """Whether the act goes on after a day: another day, "to the depot", "if nobody shows"."""
    tokens = reading.tokens
    if at >= limit or tokens[at].starts_sentence:
        return False
    if _day_follows(reading, at, limit):
        return True
    if phrase_at(tokens, at, sets_of("then_words")):
        return False
    word = tokens[at].word
    following = tokens[at + 1] if at + 1 < limit else None
    if word in ("that", "so", "or", "which") and following is not None:
        return (
            any(at < when.start <= at + 3 for when in reading.dates)
            and not is_verb(following.word)
            and following.word
            in {"is", "the", "by", "at", "means"} | set(lists("dates").numbers["weekdays"])
        )
    if word in ("if", "unless"):
        return not _opens_next(tokens, at, limit)
    return word in sets_of("keep_going")


def _day_follows(reading: Reading, at: int, limit: int) -> bool:
    """Whether a day is said at token `at`, or after a preposition or two there."""
    days = {when.start for when in reading.dates}
    for near in range(at, min(limit, at + 4)):
        if near in days:
            return True
        if reading.tokens[near].word not in sets_of("date_edges"):
            return False
    return False


def _opens_next(tokens: Sequence[Token], at: int, limit: int) -> bool:
    """Whether the "if" at token `at` belongs to the step that starts at `limit`."""
    between = tokens[at + 1 : limit + 1]
    follows = limit < len(tokens) and 3 <= limit - at <= _CONDITION_REACH
    return follows and not any(token.starts_sentence for token in between)


def _next_act(tokens: Sequence[Token], at: int, limit: int, after_day: bool) -> int | None:
    """Where the next act's verb stands, if "and" or a comma (or a day before) leads to one."""
    if at >= limit:
        return None
    if tokens[at].starts_sentence and after_day:
        return None
    join = phrase_at(tokens, at, sets_of("joins"))
    verb = at + join
    while join and verb < limit and tokens[verb].word in ("also", "please", "just", "then", "to"):
        verb += 1
    if verb >= limit or tokens[verb].starts_sentence:
        return None
    word = tokens[verb].word
    listed = join or "," in tokens[at].gap
    if listed and (is_verb(word) or word in sets_of("coordinated")):
        nounish = verb + 1 >= len(tokens) or tokens[verb + 1].word in (
            "of",
            "and",
            "by",
            "is",
            "on",
        )
        return None if nounish and word not in sets_of("sure_verbs") else verb
    if after_day and word in sets_of("sure_verbs"):
        return verb
    asyndetic = tokens[at - 1].word not in (
        sets_of("edge_words") | sets_of("determiners") | sets_of("clause_starts")
    )
    following = tokens[verb + 1].word if verb + 1 < limit else ""
    if not join and asyndetic and word in sets_of("sure_verbs") and verb == at:
        return verb if following in sets_of("determiners") | {"it", "them"} else None
    return None


def _stops(reading: Reading, at: int, limit: int, subordinate: bool) -> bool:
    """Whether the act ends before token `at`."""
    tokens = reading.tokens
    token = tokens[at]
    before = tokens[at - 1].word
    if token.starts_sentence:
        return True
    if any(phrase_at(tokens, at, sets_of(name)) for name in ("turns", "results")):
        return True
    if token.word in ("if", "unless") and _opens_next(tokens, at, limit):
        return True
    if token.after_pause and token.word not in ("if", "unless", "by", "on", "before", "within"):
        return True
    linked = before in sets_of("subordinators") or (subordinate and before in ("before", "when"))
    if token.word in sets_of("someone") and is_verb(before):
        return False
    if token.word in sets_of("clause_starts") and not linked:
        return not (subordinate and token.word in ("nobody", "somebody", "someone", "not", "me"))
    if _is_label(reading, at):
        return True
    if token.word == "and" and at + 1 < len(tokens):
        following = tokens[at + 1].word
        if following in sets_of("clause_starts") | {"the", "for", "if"}:
            return following != "the" or _copula_near(tokens, at + 1)
    if token.word in ("the", "my", "her", "his", "their", "our", "a") and not subordinate:
        return _copula_near(tokens, at) and before not in sets_of("edge_words")
    return False


def _is_label(reading: Reading, at: int) -> bool:
    """Whether "the ticket number is …" starts at token `at`, its article included."""
    sets = lists("codes").sets
    here = at + (reading.tokens[at].word in sets_of("determiners"))
    length = phrase_at(reading.tokens, here, sets["case_labels"] | sets["other_labels"])
    near = range(here + length, here + length + 4)
    return length > 0 and any(code.label and code.code.start in near for code in reading.codes)


def _copula_near(tokens: Sequence[Token], at: int) -> bool:
    """Whether a new sentence starts here: "the request id was …"."""
    for place in range(at + 1, min(at + 5, len(tokens))):
        if tokens[place].after_pause or tokens[place].word in ("that", "which", "and", "who"):
            return False
        if tokens[place].word in ("is", "was", "are", "were", "isn't", "wasn't"):
            return True
    return False
