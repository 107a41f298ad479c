"""Steps without a "will": things that arrive, happen on a day, or take their time."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.recap.numbers import read_cardinal
from assistant.recap.reading import Reading
from assistant.recap.stepwords import DATE_REACH, Trigger, date_after, participles, sets_of
from assistant.recap.tokens import Token, phrase_at, word_at, words_of

_THING_REACH = 12
"""So many words before "it'll be in my account" the thing meant may stand."""


def find_arrival(reading: Reading, at: int) -> Trigger | None:
    """What arrives, happens or is owed from token `at` on, or None."""
    return (
        _takes_time(reading, at)
        or _rescheduled(reading, at)
        or _arrival(reading, at)
        or _receiving(reading, at)
        or _event(reading, at)
    )


def find_obligation(reading: Reading, at: int) -> Trigger | None:
    """As in "it has to go back by the twenty first": the caller's, where a day follows.

    None where there is no day: nobody's promise.
    """
    length = phrase_at(reading.tokens, at, sets_of("obligations"))
    if not length or not date_after(reading, at + length, DATE_REACH):
        return None
    verb = at + length
    base = participles().get(word_at(reading.tokens, verb + 1))
    if word_at(reading.tokens, verb) == "be":
        return Trigger(at, verb + 2, "me", f"{base} it", 0.5) if base else None
    return Trigger(at, verb, "me", "", 0.5)


def thing_before(reading: Reading, at: int) -> str:
    """What the company does, from what was said before "it should show up by friday"; or ""."""
    tokens = reading.tokens
    for place in range(at - 1, max(-1, at - _THING_REACH), -1):
        word = tokens[place].word
        if word in sets_of("events"):
            return event_action([word])
        if word in participles() and participles()[word] in sets_of("sending"):
            return participles()[word]
    return ""


def find_placing(reading: Reading, at: int) -> Trigger | None:
    """As in "It'll be in my account by friday": the company puts it there."""
    tokens = reading.tokens
    length = phrase_at(tokens, at, sets_of("will_be"))
    place = at + length
    if not length or word_at(tokens, place) not in sets_of("places"):
        return None
    if not date_after(reading, place + 1, DATE_REACH):
        return None
    if word_at(tokens, at) in ("it'll", "it", "that'll", "that", "they", "they'll"):
        near = words_of(tokens[max(0, at - _THING_REACH) : at])
        thing = [word for word in near if word in sets_of("events")]
        verb = "send" if word_at(tokens, place) in ("here", "there") else "put"
        return Trigger(
            at, place, "them", f"{verb} the {thing[-1]}" if thing else f"{verb} it", 0.65
        )
    noun = _noun_before(reading, at)
    if not noun or not _is_event(noun):
        return None
    return Trigger(at - len(noun), place, "them", event_action(noun), 0.65)


def _arrival(reading: Reading, at: int) -> Trigger | None:
    """As in "the technician comes out monday", "should arrive june second"."""
    tokens = reading.tokens
    possessive = word_at(tokens, at).endswith("'s") and len(word_at(tokens, at)) > 3
    here = at + 1 if possessive else at
    while possessive and word_at(tokens, here) in sets_of("between"):
        here += 1
    length = phrase_at(tokens, here, sets_of("arrivals"))
    if not length or (not possessive and tokens[here].after_pause):
        return None
    promised = word_at(tokens, here) in ("should", "will")
    if not promised and not date_after(reading, here + length, DATE_REACH):
        return None
    noun = _noun_before(reading, at + possessive)
    near = words_of(tokens[max(0, at - 6) : at])
    if "due" in words_of(tokens[here : here + length]) and sets_of("payments").intersection(near):
        return None
    subject = word_at(tokens, at).removesuffix("'s") if possessive else word_at(tokens, at - 1)
    if subject in ("he", "she", "they") and tokens[here].word.startswith(("com", "visit")):
        start = at if possessive else at - 1
        return Trigger(start, here + length, "them", "come", 0.7, weak=True)
    if not noun or noun[-1] in ("it", "they", "she", "he", "i"):
        return None
    start = _past_attribute(tokens, at + possessive) - len(noun)
    verb = tokens[here].word
    noun[-1] = noun[-1].removesuffix("'s")
    if noun[-1] in sets_of("visitors"):
        noun = noun[-1:]
    if verb in ("runs", "takes", "will", "can", "should") and not _is_event(noun):
        return None
    if noun[-1] in ("refund", "replacement", "repair"):
        prefix = noun[-1] if noun[-1] != "replacement" else "send the replacement"
    elif verb == "goes" and tokens[here + 1].word == "in":
        prefix = f"put {' '.join(noun)} in"
    else:
        prefix = "send " + " ".join(noun)
    return Trigger(start, here + length, "them", prefix, 0.75, weak=True)


def _rescheduled(reading: Reading, at: int) -> Trigger | None:
    """As in "the delivery's pushed back to march eighteenth"; the caller's own visits are none."""
    tokens = reading.tokens
    possessive = word_at(tokens, at).endswith("'s")
    length = phrase_at(tokens, at + possessive, sets_of("rescheduled"))
    verb = at + possessive + length
    if not length or not date_after(reading, verb, DATE_REACH):
        return None
    noun = _noun_before(reading, at + possessive)
    noun = [*noun[:-1], noun[-1].removesuffix("'s")] if noun else noun
    if not noun or not _is_event(noun):
        return None
    start = at + possessive - len(noun)
    if word_at(tokens, start - 1) == "my" and noun[-1] in sets_of("meetings"):
        return None
    return Trigger(start, verb, "them", event_action(noun), 0.65, weak=True)


def _takes_time(reading: Reading, at: int) -> Trigger | None:
    """As in "A refund of … it'll take ten days": the thing promised stands a little before."""
    tokens = reading.tokens
    length = phrase_at(tokens, at, sets_of("takes_time"))
    if not length or not date_after(reading, at + length, 3):
        return None
    for place in range(at - 1, max(-1, at - 12), -1):
        if tokens[place].word not in sets_of("events"):
            continue
        action = event_action([tokens[place].word])
        for amount in reading.amounts:
            if place < amount.start < at and action == "refund":
                action += f" {tokens[amount.start].text}" if amount.end == amount.start + 1 else ""
        return Trigger(at, at + length, "them", action, 0.6, weak=True)
    return None


def _is_event(noun: Sequence[str]) -> bool:
    return noun[-1] in sets_of("events")


def _noun_before(reading: Reading, at: int) -> list[str]:
    """The noun phrase that ends before token `at`, without its article; at most three words."""
    tokens = reading.tokens
    taken = reading.taken
    words: list[str] = []
    here = _past_attribute(tokens, at) - 1
    for amount in reading.amounts:
        if amount.end == here + 1 and word_at(tokens, amount.start - 1) in sets_of("events"):
            here = amount.start - 1  # "the money nine hundred pounds will be back …"
    for amount in reading.amounts:
        if amount.end == here + 1 and word_at(tokens, amount.start - 1) == "of":
            here = amount.start - 2  # "the payment of … goes out"
    while here >= 0 and len(words) < 3:
        word = tokens[here].word
        if tokens[here].kind != "word" or here in taken:
            break
        if word in sets_of("noun_stops") | sets_of("determiners"):
            break
        if words and ("'" in word or tokens[here + 1].after_pause):
            break
        words.insert(0, word)
        here -= 1
    return words


def _past_attribute(tokens: Sequence[Token], at: int) -> int:
    """`at`, or the end of the noun before "named on the ticket" where that stands before `at`."""
    for place in range(at - 2, max(0, at - 6), -1):
        if tokens[place].word in ("for", "of", "from") and word_at(tokens, place - 1) in sets_of(
            "events"
        ):
            return place  # "the estimate for the full job lands …"
        if tokens[place].word in sets_of("noun_stops") - {"for", "of", "from", "in", "on"}:
            break
    words = words_of(tokens[max(0, at - 4) : at])
    if len(words) == 4 and words[1] in ("on", "from", "with", "in") and words[2] in ("the", "my"):
        return at - 4 if words[0].endswith("ed") else at
    return at


def _receiving(reading: Reading, at: int) -> Trigger | None:
    """As in "I should get the label by friday", "expect a letter within ten days"."""
    tokens = reading.tokens
    length = phrase_at(tokens, at, sets_of("expecting"))
    if not length or not date_after(reading, at + length, DATE_REACH):
        return None
    if word_at(tokens, at + length) in ("it", "to", "that", "this", "them"):
        return None
    return Trigger(at, at + length, "them", "send me", 0.65, weak=True)


def _event(reading: Reading, at: int) -> Trigger | None:
    """As in "Engineer visit, it's this friday", "callback tomorrow": a noun with its day."""
    tokens = reading.tokens
    length = phrase_at(tokens, at, sets_of("events"), 2)
    if not length:
        return None
    here = at + length
    steps = 0
    days = {when.start for when in reading.dates if when.kind != "time"}
    links = {when.start: when for when in reading.dates}
    verb = len(tokens)
    sums = {amount.start: amount.end for amount in reading.amounts}
    while here < len(tokens) and here not in days and steps < 6:
        if here in sums:
            verb, here = min(verb, here), sums[here]
            continue
        clock = read_cardinal(tokens, here) is not None or tokens[here].word == "noon"
        linked = tokens[here].word in sets_of("event_links") or clock
        if tokens[here].starts_sentence or not linked:
            return None
        here, steps = here + 1, steps + 1
    if here not in days:
        return None
    if "due" in words_of(tokens[at:here]) and tokens[at].word in ("payment", "bill", "fee"):
        return None
    when = links[here]
    if when.kind == "relative" and when.day == reading.today and tokens[here].word != "tonight":
        return None
    if when.day is not None and when.day < reading.today:
        return None
    noun = _noun_before(reading, at + length)
    before = word_at(tokens, at + length - len(noun) - 1)
    if before in sets_of("no_event_before"):
        return None
    lead = word_at(tokens, at + length - len(noun) - 2)
    places = frozenset(("on", "in", "to", "at", "with", "from"))
    if before in sets_of("determiners") and lead in places | sets_of("found_verbs"):
        return None  # "watch for it on the card by thursday", "she found the payment on the ninth"
    if before in ("the", "of") and steps == 0:
        return None
    start = at + length - len(noun)
    return Trigger(start, min(verb, here), "them", event_action(noun), 0.55, weak=True)


def event_action(noun: list[str]) -> str:
    """What the company does for "a replacement", "a call back", "an engineer visit"."""
    if noun[-1] in ("refund", "reimbursement"):
        return "refund"
    if " ".join(noun[-2:]) in ("call back", "phone call") or noun[-1] == "callback":
        return "call me back"
    if noun[-1] in ("visit", "appointment") and len(noun) > 1:
        return "send " + " ".join(noun[:-1])
    return "send " + " ".join(noun)
