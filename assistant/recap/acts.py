"""The acts that follow a trigger: "print it and hand the box in by saturday" is two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.recap.lexicon import lists
from assistant.recap.nameddays import When
from assistant.recap.reading import Reading
from assistant.recap.stepwords import Owner, Trigger, base_of_gerund, is_verb, sets_of
from assistant.recap.tokens import Token, phrase_at, word_at, words_of

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
    act = Act(trigger.owner, trigger.start, trigger.prefix.split(), confidence=trigger.confidence)
    act.end = trigger.verb if trigger.prefix else 0
    acts = [act]
    at = trigger.verb
    subordinate = False
    while at < limit and len(act.words) < _MOST_WORDS:
        begun = at > trigger.verb
        end, when = _day_or_address(reading, act, at, limit, begun)
        if end > at:
            act.end = end
            at = end + phrase_at(tokens, end, sets_of("at_latest"))
            later = when is None and phrase_at(tokens, at, sets_of("then_words")) > 0
            if later or _goes_on(reading, at, limit):
                continue
            follow = _next_act(tokens, at, limit, after_day=True)
            if follow is None:
                break
            if tokens[follow].word in sets_of("saying") and _is_same_act(tokens, act, follow):
                act.words.extend(("and", tokens[follow].word))
                at = follow + 1
                continue
            act = _after_day(tokens, trigger, follow, when, at)
            acts.append(act)
            at = follow
            continue
        follow = _next_act(tokens, at, limit, after_day=False) if begun else None
        if follow is not None and _is_same_act(tokens, act, follow):
            act.words.extend(words_of(tokens[at : follow + 1]))
            act.end = at = follow + 1
            continue
        if follow is not None:
            act = _beside(tokens, trigger, act, at, follow)
            acts.append(act)
            at = follow
        elif (begun or trigger.prefix) and _stops(reading, at, limit, subordinate):
            break
        subordinate = subordinate or tokens[at].word in ("if", "when", "before", "until", "till")
        act.end = at = at + append_at(reading, act, at)
    return acts


def _day_or_address(
    reading: Reading, act: Act, at: int, limit: int, begun: bool
) -> tuple[int, When | None]:
    """Where a day ("by then" included) or address at token `at` ends, and the day; `at` if none.

    The day is added to the act.
    """
    tokens = reading.tokens
    when = next((one for one in reading.dates if one.start == at), None)
    address = next((one.end for one in reading.contacts if one.start == at), at)
    then = phrase_at(tokens, at, sets_of("then_words")) if begun else 0
    if begun and tokens[at].word == "then" and _closes(tokens, at):
        then = 1
    if then and not _day_follows(reading, at + then, limit):
        earlier = [one for one in reading.dates if one.start < at and one.day is not None]
        act.whens.extend(earlier[-1:])
    if when is not None:
        _drop_preposition(act.words)
        act.whens.append(when)
        return when.end, when
    if address > at or then:
        _drop_preposition(act.words)
    return max(address, at + then), None


def _after_day(
    tokens: Sequence[Token], trigger: Trigger, verb: int, when: When | None, at: int
) -> Act:
    """The act that follows a day or an address which ends at token `at`."""
    act = Act(trigger.owner, verb, joined=when is None, confidence=trigger.confidence)
    if when is not None and _same_day(tokens, when, at):
        act.same_day = when
    return act


def _beside(tokens: Sequence[Token], trigger: Trigger, act: Act, at: int, verb: int) -> Act:
    """The act joined to `act` at token `at`, with its verb at `verb`."""
    asyndetic = verb == at and "," not in tokens[at].gap
    if asyndetic and trigger.owner == "them":  # "… bring the old ones": said to the caller
        return Act("me", verb, confidence=_IMPERATIVE)
    return Act(act.owner, verb, joined=True, confidence=trigger.confidence)


def _is_same_act(tokens: Sequence[Token], act: Act, verb: int) -> bool:
    """Whether the verb at `verb` goes on with one act: "sign and return it", "call and ask for"."""
    word, opened = tokens[verb].word, act.words[0] if act.words else ""
    if len(act.words) == 1 and act.start < verb - 1:
        return opened in sets_of("preparing") | sets_of("calling")
    if word in sets_of("saying"):
        return opened in sets_of("calling")
    handed_on = words_of(tokens[verb + 1 : verb + 3])
    same_thing = any(one in ("it", "them", "that", "back") for one in handed_on)
    return opened in sets_of("preparing") and word in sets_of("handing_on") and same_thing


def _closes(tokens: Sequence[Token], at: int) -> bool:
    """Whether token `at` is the last of its sentence: "they call me then"."""
    return at + 1 >= len(tokens) or tokens[at + 1].starts_sentence


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
    if phrase_at(tokens, at, sets_of("then_words") | sets_of("turns")):
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
    if word == "so" and words_of(tokens[at + 1 : at + 3])[-1:] == ["can"]:
        return True
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


def _opens_statement(tokens: Sequence[Token], at: int) -> bool:
    """Whether the "if" at token `at` leads to a clause of its own: "if i lose it's ninety five"."""
    for place in range(at + 3, min(at + _CONDITION_REACH, len(tokens))):
        if tokens[place].after_pause:
            return False
        if tokens[place].word in (
            "it's",
            "that's",
            "there's",
            "it'll",
            "they'll",
            "i'll",
            "i",
            "they",
        ):
            return tokens[place - 1].word not in sets_of("subordinators") | {"and", "or"}
    return False


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
    ahead = tokens[verb + 1].word if verb + 1 < len(tokens) else "or"
    if after_day and word in sets_of("sure_verbs") and ahead not in ("or", "and", "is", "was"):
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
    if token.starts_sentence or token.word == "then":
        return True
    if any(phrase_at(tokens, at, sets_of(name)) for name in ("turns", "results")):
        return True
    if token.word in ("if", "unless") and (
        _opens_next(tokens, at, limit) or _opens_statement(tokens, at)
    ):
        return True
    if token.after_pause and token.word not in ("if", "unless", "by", "on", "before", "within"):
        return True
    if _belongs(tokens, at):
        return False
    linked = before in sets_of("subordinators") or (subordinate and before in ("before", "when"))
    loosely = before in sets_of("noun_links") and token.word in ("it's", "that's", "there's")
    if token.word in sets_of("clause_starts") and (loosely or not linked):
        return not (subordinate and token.word in ("nobody", "somebody", "someone", "not", "me"))
    return token.word == "will" or _is_label(reading, at) or _new_subject(tokens, at, subordinate)


def _belongs(tokens: Sequence[Token], at: int) -> bool:
    """Whether the word at token `at` goes on with the act though it may open a clause."""
    word, before = tokens[at].word, tokens[at - 1].word
    purpose = word == "so" and "can" in words_of(tokens[at + 2 : at + 5])
    purpose = purpose or (before == "so" and "can" in words_of(tokens[at + 1 : at + 4]))
    if word == "no" and words_of(tokens[at + 1 : at + 2]) == ["later"]:
        return True
    if (before, word) in (("say", "yes"), ("yes", "or"), ("or", "no"), ("say", "no")):
        return True
    if word in ("what", "where", "how", "whether", "who") and is_verb(before):
        return True
    things = sets_of("someone") | {"these", "those"}
    return purpose or (word in things and (is_verb(before) or base_of_gerund(before) is not None))


def _new_subject(tokens: Sequence[Token], at: int, subordinate: bool) -> bool:
    """Whether a noun with its own verb starts at token `at`: "and the refund is …"."""
    word, before = tokens[at].word, tokens[at - 1].word
    following = word_at(tokens, at + 1)
    if word == "and" and following in sets_of("clause_starts") | {"the", "for", "if"}:
        return following != "the" or _copula_near(tokens, at + 1)
    if word in ("the", "my", "her", "his", "their", "our", "a") and not subordinate:
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
