"""Where in a recap somebody takes something on: "I need to", "they'll", "he says use"."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.recap.arrivals import event_action, find_arrival, find_obligation, find_placing
from assistant.recap.duties import find_bare_duty, find_duty, skip_adverbs, subject_start
from assistant.recap.lexicon import lists
from assistant.recap.orders import find_bare_order, find_heading, find_instruction, find_order
from assistant.recap.reading import Reading
from assistant.recap.stepwords import (
    DATE_REACH,
    Owner,
    Trigger,
    after_if,
    base_of_gerund,
    date_after,
    inflects,
    is_past,
    is_verb,
    participles,
    sets_of,
    third_person,
)
from assistant.recap.tokens import Token, phrase_at, word_at, words_of


def find_triggers(reading: Reading, names: frozenset[str], taken: set[int]) -> list[Trigger]:
    """All triggers in order, none inside another's opening words.

    `names` are the lower-case names of people and of the company; `taken` are tokens that belong
    to names, codes and the like.
    """
    tokens = reading.tokens
    found: list[Trigger] = []
    at = 0
    while at < len(tokens):
        trigger = None if at in taken and tokens[at].word not in names else _at(reading, at, names)
        if trigger is not None and (not found or trigger.verb > found[-1].verb):
            found.append(trigger)
            at = max(at + 1, trigger.verb)
        else:
            at += 1
    return found


def _at(reading: Reading, at: int, names: frozenset[str]) -> Trigger | None:
    tokens = reading.tokens
    return (
        find_obligation(reading, at)
        or find_placing(reading, at)
        or _progressive(reading, at, names)
        or _allowance(reading, at)
        or _wanted(reading, at)
        or _promised(tokens, at)
        or _infinitive(reading, at)
        or find_duty(reading, at)
        or find_bare_duty(tokens, at)
        or find_heading(tokens, at)
        or find_instruction(tokens, at)
        or _present(reading, at, names)
        or find_bare_order(tokens, at)
        or find_order(reading, at)
        or find_arrival(reading, at)
    )


def _progressive(reading: Reading, at: int, names: frozenset[str]) -> Trigger | None:
    """As in "They're crediting my account", "I'm calling back on monday"."""
    tokens = reading.tokens
    theirs = phrase_at(tokens, at, sets_of("going"))
    if not theirs and word_at(tokens, at) in names and word_at(tokens, at + 1) == "is":
        theirs = 2
    if not theirs and word_at(tokens, at) in ("is", "are", "get", "gets"):
        return _underway(reading, at, names)
    mine = phrase_at(tokens, at, sets_of("i_going"))
    verb = at + max(theirs, mine)
    base = base_of_gerund(word_at(tokens, verb)) if theirs or mine else None
    if base is None or base in (
        "offer",
        "go",
        "look",
        "try",
        "keep",
        "get",
        "ask",
        "tell",
        "charge",
        "claim",
    ):
        return None
    sends = base in sets_of("handing_on")
    if mine and not sends and not date_after(reading, verb, DATE_REACH):
        return None
    return Trigger(at, verb + 1, "me" if mine else "them", base, 0.75)


def _underway(reading: Reading, at: int, names: frozenset[str]) -> Trigger | None:
    """As in "the courier is picking it up on friday", "a new card is being sent"."""
    tokens = reading.tokens
    if words_of(tokens[at - 1 : at + 1]) == ["and", "is"]:  # "… and is mailing a new one"
        base = base_of_gerund(word_at(tokens, at + 1))
        named = any(one in names for one in words_of(tokens[max(0, at - 12) : at]))
        return Trigger(at, at + 2, "them", base, 0.65) if base and named else None
    placed = _placed_person(tokens, at, names)
    if placed is not None:
        return placed
    start = subject_start(tokens, at)
    subject = [one for one in words_of(tokens[start:at]) if one not in sets_of("determiners")]
    if not subject or subject[0] in ("it", "that", "this", "what", "which", "there"):
        return None
    verb = skip_adverbs(tokens, at + 1)
    if word_at(tokens, at) in ("get", "gets"):
        base = participles().get(word_at(tokens, verb))
        known = base is not None and date_after(reading, verb, DATE_REACH)
        personal = subject[0] in ("i", "we", "they", "you", "he", "she")
        if not known or personal:
            return None
        return Trigger(start, verb + 1, "them", f"{base} {' '.join(subject)}", 0.65)
    if word_at(tokens, verb) == "being":
        base = participles().get(word_at(tokens, verb + 1))
        if base not in sets_of("sending") and not date_after(reading, verb, DATE_REACH):
            return None  # "the system is being upgraded": how things are
        return (
            Trigger(start, verb + 2, "them", f"{base} {' '.join(subject)}", 0.7) if base else None
        )
    base = base_of_gerund(word_at(tokens, verb))
    if base is None or subject[-1] not in sets_of("visitors") or not date_after(reading, verb, 8):
        return None
    return Trigger(start, verb + 1, "them", f"send {' '.join(subject)} to {base}", 0.7)


def _placed_person(tokens: Sequence[Token], at: int, names: frozenset[str]) -> Trigger | None:
    """As in "beatrix in disputes is sending a letter"."""
    verb = skip_adverbs(tokens, at + 1)
    base = base_of_gerund(word_at(tokens, verb))
    for place in range(at - 1, max(-1, at - 5), -1):
        if tokens[place].word in names:
            placed = word_at(tokens, place + 1) in lists("people").sets["place_words"]
            single = word_at(tokens, at) == "is"
            return (
                Trigger(place, verb + 1, "them", base, 0.7) if base and placed and single else None
            )
    return None


def _allowance(reading: Reading, at: int) -> Trigger | None:
    """As in "they have until friday to reply", "I've got ten days to return it"."""
    tokens = reading.tokens
    length = phrase_at(tokens, at, sets_of("allowances"))
    if not length:
        return None
    for when in reading.dates:
        if at + length <= when.start <= at + length + 2 and word_at(tokens, when.end) == "to":
            before = words_of(tokens[max(0, at - 8) : at])
            dated = not any(word in ("once", "when", "after") for word in before)
            owner: Owner = "me" if tokens[at].word[0] in "iw" else "them"
            return Trigger(when.end if dated else at, when.end + 1, owner, "", 0.8)
    return None


def _wanted(reading: Reading, at: int) -> Trigger | None:
    """As in "they want the serial number by wednesday": the caller sends it."""
    tokens = reading.tokens
    length = phrase_at(tokens, at, sets_of("wanting"))
    if not length:
        return None
    here = at + length
    papers = bool(sets_of("papers") & set(words_of(tokens[here : here + 4])))
    if word_at(tokens, here) not in sets_of("determiners") | sets_of("papers") | {"two", "both"}:
        return None
    if not date_after(reading, here, 14) and not papers:
        return None
    return Trigger(at, here, "me", "send", 0.6)


def _promised(tokens: Sequence[Token], at: int) -> Trigger | None:
    """As in "she promised me a call back", "they owe me a refund"."""
    length = phrase_at(tokens, at, sets_of("promising"))
    here = at + length
    here += word_at(tokens, here) in ("a", "an", "the", "another")
    if not length or here == at + length:
        return None
    for reach in range(3):
        noun = phrase_at(tokens, here + reach, sets_of("events"), 2)
        if noun:
            end = here + reach + noun
            words = words_of(tokens[here:end])
            return Trigger(at, end, "them", event_action(words), 0.7)
    return None


def _infinitive(reading: Reading, at: int) -> Trigger | None:
    """As in "supervisor to call me tomorrow": a note's short form of a promise."""
    tokens = reading.tokens
    who = word_at(tokens, at)
    verb = at + 2
    if who not in lists("people").sets["titles"] | sets_of("visitors"):
        return None
    if word_at(tokens, at + 1) != "to" or not is_verb(word_at(tokens, verb)):
        return None
    before = words_of(tokens[max(0, at - 5) : at])
    if any(word in sets_of("begging") for word in before) or not date_after(reading, verb, 10):
        return None
    return Trigger(at, verb, "them", "", 0.65)


def _present(reading: Reading, at: int, names: frozenset[str]) -> Trigger | None:
    """As in "I print it", "they resubmit", "percy ships": the present tense of a promise."""
    tokens = reading.tokens
    word = word_at(tokens, at)
    verb = at + 1 + phrase_at(tokens, at + 1, frozenset(("then", "also", "just", "now")))
    agreed = word_at(tokens, at - 1) == "that" and word_at(tokens, at - 2) in sets_of("asking")
    if word_at(tokens, at - 1) in sets_of("dependent") and not agreed:
        return None
    if word in ("i", "we"):
        return _present_of_caller(reading, at, verb)
    if word == "they":
        return _present_of_company(reading, at, verb)
    base = third_person().get(word_at(tokens, verb))
    if base is None:
        return None
    follows = word_at(tokens, verb + 1) in sets_of("determiners") | sets_of("objects")
    if word == "and" and follows and date_after(reading, verb, 2 * DATE_REACH):
        return Trigger(at, verb + 1, "them", base, 0.6)  # "… and refunds the difference friday"
    if word in sets_of("visitors"):
        near = date_after(reading, verb, DATE_REACH)
        return Trigger(at, verb + 1, "them", f"send {word} to {base}", 0.65) if near else None
    if word in ("he", "she", "someone", "somebody") or word in names:
        paid = any(verb < amount.start <= verb + 3 for amount in reading.amounts)
        titled = word_at(tokens, verb + 1) in lists("people").sets["titles"]
        if not titled and (paid or base not in sets_of("states")):
            return Trigger(at, verb + 1, "them", base, 0.7)
    return None


def _present_of_caller(reading: Reading, at: int, verb: int) -> Trigger | None:
    """As in "i print it", and "i get refunded", where the company does it."""
    tokens = reading.tokens
    action = word_at(tokens, verb)
    if action == "get" and any(amount.start == verb + 1 for amount in reading.amounts):
        return Trigger(at, verb + 1, "them", "give me", 0.65)
    given = participles().get(word_at(tokens, verb + 1))
    if action == "get" and given is not None:
        return Trigger(at, verb + 2, "them", f"{given} me", 0.7)
    if action in ("get", "receive", "have", "hear", "see") or is_past(action):
        return None
    near = date_after(reading, verb, DATE_REACH)
    if action in sets_of("i_states") and not near and not after_if(tokens, at):
        return None
    idle = action in sets_of("no_verbs") | sets_of("not_present")
    supposed = inflects(action) and not idle and (near or after_if(tokens, at))
    return Trigger(at, verb, "me", "", 0.7) if is_verb(action) or supposed else None


def _present_of_company(reading: Reading, at: int, verb: int) -> Trigger | None:
    """As in "they resubmit", "they suspend collection through december"."""
    action = word_at(reading.tokens, verb)
    if is_verb(action) and action not in sets_of("states") and not is_past(action):
        return Trigger(at, verb, "them", "", 0.7)
    dated = inflects(action) and date_after(reading, verb, DATE_REACH)
    if action == "pay" or (dated and action not in sets_of("idle")):
        return Trigger(at, verb, "them", "", 0.6)
    return None
