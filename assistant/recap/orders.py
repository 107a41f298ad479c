"""Orders to the caller: "unplug it", "he says use the form", "for me: print it"."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.recap.lexicon import lists, ordinary_words
from assistant.recap.reading import Reading
from assistant.recap.stepwords import Trigger, after_if, is_past, is_verb, sets_of
from assistant.recap.tokens import Token, phrase_at, word_at


def find_heading(tokens: Sequence[Token], at: int) -> Trigger | None:
    """As in "for them: decide by friday": a written heading for somebody's steps."""
    mine = phrase_at(tokens, at, sets_of("my_heading"))
    verb = at + max(mine, phrase_at(tokens, at, sets_of("their_heading")))
    if verb == at or verb >= len(tokens) or ":" not in tokens[verb].gap:
        return None
    return Trigger(at, verb, "me" if mine else "them") if is_verb(tokens[verb].word) else None


def find_order(reading: Reading, at: int) -> Trigger | None:
    """As in "if it's still red unplug it", "so ring them then", "please send the form"."""
    tokens = reading.tokens
    word = word_at(tokens, at)
    if not is_verb(word) or at == 0 or tokens[at].after_pause or word in ("give", "allow", "cut"):
        return None
    object_words = sets_of("determiners") | sets_of("objects")
    follows = word_at(tokens, at + 1) in object_words
    follows = follows or any(contact.start == at + 1 for contact in reading.contacts)
    if {"is", "was"} & {word_at(tokens, at + step) for step in (1, 2, 3)}:
        return None  # "call back line is …"
    conditional = after_if(tokens, at)
    before = word_at(tokens, at - 1)
    if before in sets_of("ordering") and word_at(tokens, at - 2) not in sets_of("not_ordering"):
        sure = word in sets_of("sure_verbs") and follows
        return Trigger(at, at, "me", "", 0.7 if sure else 0.6) if follows or sure else None
    certain = word in sets_of("sure_verbs") or conditional
    if not certain or not follows or is_past(word):
        return None
    blocked = sets_of("clause_starts") | sets_of("determiners") | sets_of("edge_words")
    blocked |= sets_of("subordinators") | sets_of("not_ordering") | sets_of("adverbs")
    if before in blocked or before.endswith(("n't", "'ll", "ly")):
        return None
    plural = before.endswith("s") and not before.endswith("ss") and before in ordinary_words()
    if plural and not conditional:
        return None
    return Trigger(at, at, "me", "", 0.6 if conditional else 0.55, weak=not conditional)


def find_instruction(tokens: Sequence[Token], at: int) -> Trigger | None:
    """As in "He says delete the old install": an order to the caller."""
    word = word_at(tokens, at)
    if word not in ("says", "said", "me", "them", "us") or at + 1 >= len(tokens):
        return None
    verb = at + 1 + phrase_at(tokens, at + 1, frozenset(("to", "just", "please", "just to")))
    action = word_at(tokens, verb)
    if word_at(tokens, verb + 1) in ("is", "was", "are", "were", "will", "number"):
        return None
    if not is_verb(action) or action in ("quote", "back", "post", "text", "email", "mail", "note"):
        return None
    if action in ("give", "allow") and word_at(tokens, verb + 1) in ("it", "them"):
        return None  # "give it three days": waiting
    if word in ("me", "them", "us"):
        before = word_at(tokens, at - 1)
        opens = at == 0 or tokens[at].after_pause or _after_time(before)
        opens = opens or (verb > at + 1 and before not in sets_of("begging") and word != "us")
        return Trigger(at, verb, "them" if word == "them" else "me") if opens else None
    if verb > at + 1 and tokens[verb].after_pause:
        return None
    return Trigger(at, verb, "me", "", 0.75)


def _after_time(word: str) -> bool:
    numbers = lists("dates").numbers
    return word in numbers["weekdays"] or word in ("latest", "week", "month", "today", "tomorrow")


def find_bare_order(tokens: Sequence[Token], at: int) -> Trigger | None:
    """A written sentence that opens with a verb of doing: "Upload the form by Friday."."""
    word = word_at(tokens, at)
    opens = at > 0 and tokens[at].starts_sentence
    if not opens or word not in sets_of("sure_verbs") or word in ("have", "find", "go", "call"):
        return None
    following = word_at(tokens, at + 1)
    if following in sets_of("determiners") or following in ("it", "them", "back", "off", "up"):
        return Trigger(at, at, "me", "", 0.6)
    return None
