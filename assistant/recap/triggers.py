"""Where in a recap somebody takes something on: "I need to", "they'll", "he says use"."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.recap.arrivals import find_arrival, find_obligation, find_placing
from assistant.recap.lexicon import lists
from assistant.recap.reading import Reading
from assistant.recap.stepwords import (
    DATE_REACH,
    Owner,
    Trigger,
    date_after,
    gerunds,
    is_verb,
    participles,
    sets_of,
    third_person,
    word_at,
)
from assistant.recap.tokens import Token, phrase_at, words_of

_LONGEST_PHRASE = 7
_SUBJECT_WORDS = 4


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
        or _modal(tokens, at)
        or _bare_modal(tokens, at)
        or _headed(tokens, at)
        or _instruction(tokens, at)
        or _present(tokens, at, names)
        or _bare_imperative(tokens, at)
        or _conditional_imperative(tokens, at)
        or find_arrival(reading, at)
    )


def _skip_adverbs(tokens: Sequence[Token], at: int) -> int:
    while step := phrase_at(tokens, at, sets_of("adverbs")):
        at += step
    return at


def _modal(tokens: Sequence[Token], at: int) -> Trigger | None:
    """As in "I need to call", "they'll send", "my job is to clear", "asked me to sign"."""
    if (
        any(
            " ".join(words_of(tokens[max(0, at + 3 - n - 2) : at + 3])) in sets_of("request")
            for n in (2, 3, 4)
        )
        and word_at(tokens, at + 2) == "to"
    ):
        return None
    mine = phrase_at(tokens, at, sets_of("me"), _LONGEST_PHRASE)
    theirs = phrase_at(tokens, at, sets_of("them"), _LONGEST_PHRASE)
    length = max(mine, theirs)
    if not length:
        return None
    phrase = words_of(tokens[at : at + length])
    if word_at(tokens, at - 1) in ("if", "unless", "whether"):
        return None
    if phrase[:2] in (["i", "can"], ["we", "can"]) and "if" not in words_of(
        tokens[max(0, at - 12) : at]
    ):
        return None
    if word_at(tokens, at - 1) in sets_of("past_modal") | {"you", "not", "don't", "didn't"}:
        return None
    owner: Owner = "me" if mine >= theirs else "them"
    start = at
    if owner == "them" and phrase[0] in ("will", "would", "is", "are"):
        start = _subject_start(tokens, at)
        if start == at:
            return None
        subject = words_of(tokens[start:at])
        if subject[0] in ("it", "that", "this", "which", "what", "there", "i", "you", "we"):
            return _thingfind_placing(tokens, start, at + length)
    verb = _skip_adverbs(tokens, at + length)
    return _with_verb(tokens, start, verb, owner, at)


def _progressive(reading: Reading, at: int, names: frozenset[str]) -> Trigger | None:
    """As in "They're crediting my account", "I'm calling back on monday"."""
    tokens = reading.tokens
    theirs = phrase_at(tokens, at, sets_of("going"))
    if not theirs and word_at(tokens, at) in names and word_at(tokens, at + 1) == "is":
        theirs = 2
    mine = phrase_at(tokens, at, sets_of("i_going"))
    verb = at + max(theirs, mine)
    base = gerunds().get(word_at(tokens, verb)) if theirs or mine else None
    if base is None or base in (
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
    if mine and not date_after(reading, verb, DATE_REACH):
        return None
    return Trigger(at, verb + 1, "me" if mine else "them", base, 0.75)


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
    wants = word_at(tokens, at + 1) in ("want", "need", "wants", "needs", "require", "requires")
    if word_at(tokens, at) not in ("they", "she", "he") or not wants:
        return None
    thing = word_at(tokens, at + 2)
    if thing not in sets_of("determiners") | {"proof", "copies", "photos", "pictures", "two"}:
        return None
    return Trigger(at, at + 2, "me", "send", 0.6) if date_after(reading, at + 2, 14) else None


def _headed(tokens: Sequence[Token], at: int) -> Trigger | None:
    """As in "for them: decide by friday": a written heading for somebody's steps."""
    mine = phrase_at(tokens, at, sets_of("my_heading"))
    verb = at + max(mine, phrase_at(tokens, at, sets_of("their_heading")))
    if verb == at or verb >= len(tokens) or ":" not in tokens[verb].gap:
        return None
    return Trigger(at, verb, "me" if mine else "them") if is_verb(tokens[verb].word) else None


def _bare_modal(tokens: Sequence[Token], at: int) -> Trigger | None:
    """As in "need to ring my bank", with nobody named: the caller."""
    length = phrase_at(tokens, at, sets_of("bare_modals"))
    opens = at == 0 or tokens[at].after_pause or tokens[at - 1].word in sets_of("openers")
    if not length or not opens:
        return None
    return _with_verb(tokens, at, _skip_adverbs(tokens, at + length), "me", at)


def _conditional_imperative(tokens: Sequence[Token], at: int) -> Trigger | None:
    """As in "if it's still red tomorrow unplug it"."""
    if word_at(tokens, at) not in sets_of("sure_verbs") or at < 4:
        return None
    following = word_at(tokens, at + 1)
    if following not in sets_of("determiners") | {"it", "them", "back", "me", "again", "off"}:
        return None
    blocked = sets_of("clause_starts") | sets_of("determiners") | sets_of("edge_words")
    before = word_at(tokens, at - 1)
    if before in blocked | sets_of("subordinators") | {"not", "don't", "will", "can", "would"}:
        return None
    for place in range(at - 2, max(-1, at - 11), -1):
        if tokens[place + 1].starts_sentence:
            return None
        if tokens[place].word in ("if", "unless"):
            return Trigger(at, at, "me", "", 0.6)
    return None


def _with_verb(
    tokens: Sequence[Token], start: int, verb: int, owner: Owner, modal: int
) -> Trigger | None:
    """The trigger if a verb of doing stands at token `verb`."""
    word = word_at(tokens, verb)
    if not word or tokens[verb].kind != "word" or word in sets_of("not_done"):
        return None
    if tokens[verb].starts_sentence and not is_verb(word):
        return None
    if word == "be" and owner == "them":
        passive = _passive(tokens, start, verb, modal)
        if passive is not None:
            return passive
    if owner == "me" and word in ("get", "receive", "have", "hear", "see"):
        opener = " ".join(words_of(tokens[modal:verb]))
        if opener in ("i'll", "i will", "we'll", "we will", "i should", "we should"):
            return Trigger(start, verb + 1, "them", "send me", 0.7)
    if word in sets_of("no_verbs") and word not in sets_of("weak_verbs"):
        return None
    if word == "be" and owner == "me" and word_at(tokens, verb + 1) in sets_of("being"):
        return Trigger(start, verb, owner, "", 0.8)
    if word in ("be", "hear", "see", "receive", "need", "stay", "like", "speak", "consider"):
        return None
    if word in ("have", "get") and word_at(tokens, verb + 1) in ("to", "been", "back"):
        return None
    if owner == "them" and word in ("come", "arrive", "land", "appear", "follow"):
        return Trigger(start, verb + 1, "them", _sent(tokens, start, modal), 0.85)
    known = is_verb(word) or word in sets_of("weak_verbs")
    return (
        Trigger(start, verb, owner, "", 0.9 if known else 0.6)
        if known
        else _unknown_verb(tokens, start, verb, owner)
    )


def _sent(tokens: Sequence[Token], start: int, modal: int) -> str:
    """As in "A technician will come" as what the company does: send a technician."""
    subject = [word for word in words_of(tokens[start:modal]) if word not in sets_of("determiners")]
    return " ".join(["send", *(subject or ["someone"])])


def _unknown_verb(tokens: Sequence[Token], start: int, verb: int, owner: Owner) -> Trigger | None:
    """After "I need to" any word is a verb, if it is no number, name or article."""
    word = tokens[verb].word
    opener = tokens[verb - 1].word
    numbers = lists("numbers").numbers
    if not word.isalpha() or len(word) < 3 or any(word in table for table in numbers.values()):
        return None
    if opener == "to" or opener.endswith("'ll") or opener == "will":
        return Trigger(start, verb, owner, "", 0.6)
    return None


def _passive(tokens: Sequence[Token], start: int, be: int, modal: int) -> Trigger | None:
    """As in "The refund will be issued": somebody there does it."""
    base = participles().get(word_at(tokens, be + 1))
    if base is None:
        return None
    subject = [word for word in words_of(tokens[start:modal]) if word not in sets_of("determiners")]
    return Trigger(start, be + 2, "them", " ".join([base, *subject]), 0.7)


def _thingfind_placing(tokens: Sequence[Token], start: int, verb: int) -> Trigger | None:
    """As in "It'll be in my account", "that will be sent out"."""
    if word_at(tokens, verb) != "be":
        return None
    base = participles().get(word_at(tokens, verb + 1))
    if base is not None:
        return Trigger(start, verb + 2, "them", f"{base} it", 0.6)
    return None


def _subject_start(tokens: Sequence[Token], at: int) -> int:
    """Where the noun before a modal at token `at` begins; `at` itself for none."""
    start = at
    while start > 0 and at - start < _SUBJECT_WORDS:
        word = tokens[start - 1].word
        if word in lists("dates").numbers["weekdays"] or word in ("today", "tomorrow", "tonight"):
            break
        if word in sets_of("noun_stops") or tokens[start - 1].kind != "word":
            if start == at and word in ("it", "they", "she", "he"):
                return start - 1
            break
        start -= 1
        if word in sets_of("determiners") or tokens[start].after_pause:
            break
    return start


def _instruction(tokens: Sequence[Token], at: int) -> Trigger | None:
    """As in "He says delete the old install": an order to the caller."""
    word = word_at(tokens, at)
    if word not in ("says", "said", "me", "them", "us") or at + 1 >= len(tokens):
        return None
    verb = at + 1 + phrase_at(tokens, at + 1, frozenset(("to", "just", "please", "just to")))
    action = word_at(tokens, verb)
    if not is_verb(action) or action in ("quote", "back", "post", "text", "email", "mail", "note"):
        return None
    if action in ("give", "allow") and word_at(tokens, verb + 1) in ("it", "them"):
        return None  # "give it three days": waiting
    if word in ("me", "them", "us"):
        before = word_at(tokens, at - 1)
        opens = at == 0 or tokens[at].after_pause or _after_time(before)
        return Trigger(at, verb, "them" if word == "them" else "me") if opens else None
    if verb > at + 1 and tokens[verb].after_pause:
        return None
    return Trigger(at, verb, "me", "", 0.75)


def _after_time(word: str) -> bool:
    numbers = lists("dates").numbers
    return word in numbers["weekdays"] or word in ("latest", "week", "month", "today", "tomorrow")


def _present(tokens: Sequence[Token], at: int, names: frozenset[str]) -> Trigger | None:
    """As in "I print it", "they resubmit", "percy ships": the present tense of a promise."""
    word = word_at(tokens, at)
    verb = at + 1 + phrase_at(tokens, at + 1, frozenset(("then", "also", "just", "now")))
    action = word_at(tokens, verb)
    before = word_at(tokens, at - 1)
    if before == "that" and word_at(tokens, at - 2) in ("agreed", "agree", "said", "says"):
        before = ""
    if before in sets_of("dependent"):
        return None
    if word in ("i", "we"):
        if is_verb(action) and action not in sets_of("i_states") and not _is_past(action):
            return Trigger(at, verb, "me", "", 0.7)
        return None
    if word == "they":
        if is_verb(action) and action not in sets_of("states") and not _is_past(action):
            return Trigger(at, verb, "them", "", 0.7)
        if action == "pay":
            return Trigger(at, verb, "them", "", 0.6)
        return None
    if word in ("he", "she", "someone", "somebody") or word in names:
        base = third_person().get(action)
        if word_at(tokens, verb + 1) in lists("people").sets["titles"]:
            return None
        if base is not None and base not in sets_of("states"):
            return Trigger(at, verb + 1, "them", base, 0.7)
    return None


def _is_past(verb: str) -> bool:
    return verb in sets_of("past_same")


def _bare_imperative(tokens: Sequence[Token], at: int) -> Trigger | None:
    """A written sentence that opens with a verb of doing: "Upload the form by Friday."."""
    word = word_at(tokens, at)
    opens = at > 0 and tokens[at].starts_sentence
    if not opens or word not in sets_of("sure_verbs") or word in ("have", "find", "go", "call"):
        return None
    following = word_at(tokens, at + 1)
    if following in sets_of("determiners") or following in ("it", "them", "back", "off", "up"):
        return Trigger(at, at, "me", "", 0.6)
    return None
