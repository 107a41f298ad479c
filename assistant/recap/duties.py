"""What somebody has to do or will do: "i need to", "they'll", "the form has to be in"."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.recap.arrivals import thing_before
from assistant.recap.lexicon import lists
from assistant.recap.reading import Reading
from assistant.recap.stepwords import (
    DATE_REACH,
    Owner,
    Trigger,
    date_after,
    inflects,
    is_verb,
    modal_at,
    participles,
    sets_of,
)
from assistant.recap.tokens import Token, phrase_at, word_at, words_of

_SUBJECT_WORDS = 4
_SPOKEN_OF = 12
"""Within so many words before a "will" without a subject, the one who does it is named."""
_THINGS = ("it", "that", "this", "which", "what", "there", "i", "you", "we")
_THERE = ("out", "here", "there", "round", "over", "back")


def skip_adverbs(tokens: Sequence[Token], at: int) -> int:
    """Where the adverbs from token `at` on end."""
    while step := phrase_at(tokens, at, sets_of("adverbs")):
        at += step
    return at


def find_duty(reading: Reading, at: int) -> Trigger | None:
    """As in "I need to call", "they'll send", "my job is to clear", "asked me to sign"."""
    tokens = reading.tokens
    mine, theirs = modal_at(tokens, at, "me"), modal_at(tokens, at, "them")
    length = max(mine, theirs)
    before = word_at(tokens, at - 1)
    if not length or _is_request(tokens, at) or before in ("if", "unless", "whether"):
        return None
    phrase = words_of(tokens[at : at + length])
    got = _given(tokens, at, phrase)
    if got is not None:
        return got
    own = phrase[0] in sets_of("my_subjects") | sets_of("their_subjects") | sets_of("short_forms")
    if before in sets_of("past_modal") | {"you"}:
        return None
    if before in ("not", "don't", "didn't") and not own:
        return None  # but "if they don't i'm to ring"
    if phrase == ["should"] and not date_after(reading, at + 1, DATE_REACH):
        return None
    if mine >= theirs:
        verb = skip_adverbs(tokens, at + length)
        if word_at(tokens, verb + 1) in ("is", "was", "are"):
            return None  # "the number i should keep is …"
        return _with_verb(tokens, at, verb, "me", at)
    return _theirs(reading, at, phrase)


def _is_request(tokens: Sequence[Token], at: int) -> bool:
    """Whether the caller asked the company to do something: no promise yet."""
    endings = (words_of(tokens[max(0, at + 1 - size) : at + 3]) for size in (2, 3, 4))
    asked = any(" ".join(words) in sets_of("request") for words in endings)
    return asked and word_at(tokens, at + 2) == "to"


def _theirs(reading: Reading, at: int, phrase: Sequence[str]) -> Trigger | None:
    """What the company has to do, or a thing of which it is said."""
    tokens = reading.tokens
    start = at
    verb = skip_adverbs(tokens, at + len(phrase))
    shows = word_at(tokens, verb) in sets_of("showing")
    if phrase[0] in ("will", "would", "is", "are", "should", "has", "needs"):
        start = subject_start(tokens, at)
        subject = words_of(tokens[start:at])
        if phrase == ["will"] and _is_clause(subject):
            return _without_subject(tokens, at, verb)
        if start == at and not (shows and phrase[0] == "should"):
            return None
        if subject[:1] == ["my"] and subject[-1] in lists("people").sets["own_people"]:
            return None  # "my doctor has to send a form": neither the caller nor the company
        if subject and subject[0] in _THINGS:
            return _thing_done(tokens, start, at + len(phrase))
    if phrase[0] in ("has", "needs", "must") and start < at:
        owed = _owed(tokens, start, at, verb)
        if owed is not None:
            return owed
    if shows:
        thing = thing_before(reading, at)
        near = date_after(reading, verb, DATE_REACH)
        return Trigger(start, verb + 1, "them", thing, 0.65) if thing and near else None
    return _with_verb(tokens, start, verb, "them", at)


def _is_clause(words: Sequence[str]) -> bool:
    """Whether the words before a "will" are no noun: "got disconnected twice", or none at all."""
    return not words or words[-1].endswith("ed") or words[-1] in sets_of("no_subjects")


def _without_subject(tokens: Sequence[Token], at: int, verb: int) -> Trigger | None:
    """As in "nothing happened will try again tomorrow": who was spoken of last, or the caller."""
    if not is_verb(word_at(tokens, verb)) or word_at(tokens, at - 1) in sets_of("dependent"):
        return None
    near = [word.split("'")[0] for word in words_of(tokens[max(0, at - _SPOKEN_OF) : at])]
    doers = [word for word in near if word in ("i", "we", "they", "she", "he")]
    if at == 0 and not doers:
        return None
    owner: Owner = "them" if doers and doers[-1] in ("they", "she", "he") else "me"
    if word_at(tokens, verb + 1) in ("them", "him", "her"):  # "they were closed will call them"
        owner = "me"
    return Trigger(at, verb, owner, "", 0.65)


def _owed(tokens: Sequence[Token], start: int, modal: int, verb: int) -> Trigger | None:
    """As in "mine has to go back", "the form has to be in by friday": the caller's."""
    subject = [word for word in words_of(tokens[start:modal]) if word not in sets_of("determiners")]
    people = sets_of("visitors") | lists("people").sets["titles"] | {"someone", "somebody"}
    if not subject or subject[-1] in people:
        return None
    thing = " ".join(subject)
    if words_of(tokens[verb : verb + 2]) == ["go", "back"]:
        return Trigger(start, verb + 2, "me", f"send {thing} back", 0.65)
    base = participles().get(word_at(tokens, verb + 1)) if word_at(tokens, verb) == "be" else None
    if base is not None:
        return Trigger(start, verb + 2, "me", f"{base} {thing}", 0.6)
    if words_of(tokens[verb : verb + 2]) == ["be", "in"]:
        return Trigger(start, verb + 2, "me", f"send {thing} in", 0.6)
    return None


def _given(tokens: Sequence[Token], at: int, phrase: Sequence[str]) -> Trigger | None:
    """As in "i'll get refunded", "i will be credited": the company does it."""
    verb = at + len(phrase) + (word_at(tokens, at + len(phrase)) in ("get", "be"))
    base = participles().get(word_at(tokens, verb))
    if verb == at + len(phrase) or base is None or phrase[0][:1] not in ("i", "w"):
        return None
    return Trigger(at, verb + 1, "them", f"{base} me", 0.75)


def find_bare_duty(tokens: Sequence[Token], at: int) -> Trigger | None:
    """As in "need to ring my bank", with nobody named: the caller."""
    length = phrase_at(tokens, at, sets_of("bare_modals"))
    opens = at == 0 or tokens[at].after_pause or tokens[at - 1].word in sets_of("openers")
    if not length or not opens:
        return None
    return _with_verb(tokens, at, skip_adverbs(tokens, at + length), "me", at)


def _with_verb(
    tokens: Sequence[Token], start: int, verb: int, owner: Owner, modal: int
) -> Trigger | None:
    """The trigger if a verb of doing stands at token `verb`."""
    word = word_at(tokens, verb)
    if not word or tokens[verb].kind != "word" or word in sets_of("not_done"):
        return None
    if tokens[verb].starts_sentence and not is_verb(word):
        return None
    if word == "be":
        return _being(tokens, start, verb, owner, modal)
    if owner == "me" and word in ("get", "receive", "have", "hear", "see"):
        opener = " ".join(words_of(tokens[modal:verb]))
        if opener in ("i'll", "i will", "we'll", "we will", "i should", "we should"):
            return Trigger(start, verb + 1, "them", "send me", 0.7)
    if _is_idle(word, word_at(tokens, verb + 1)):
        return None
    if owner == "them" and word in ("turn", "show") and word_at(tokens, verb + 1) == "up":
        return Trigger(start, verb + 2, "them", _sent(tokens, start, modal), 0.75)
    if owner == "them" and word in ("come", "arrive", "land", "appear", "follow"):
        if word_at(tokens, verb + 1) in ("off", "down", "up", "through"):
            return None
        return Trigger(start, verb + 1, "them", _sent(tokens, start, modal), 0.85)
    visitor = start < modal and word_at(tokens, modal - 1) in sets_of("visitors")
    if owner == "them" and visitor and is_verb(word):
        return Trigger(start, verb, "them", f"{_sent(tokens, start, modal)} to", 0.8)
    if is_verb(word) or word in sets_of("weak_verbs"):
        return Trigger(start, verb, owner, "", 0.9)
    return _unknown_verb(tokens, start, verb, owner)


def _is_idle(word: str, following: str) -> bool:
    """Whether a verb is no chore: "i'll need", "they'll have to"."""
    if word in sets_of("no_verbs") and word not in sets_of("weak_verbs"):
        return True
    if word in ("hear", "see", "receive", "need", "stay", "like", "speak", "consider"):
        return True
    return word in ("have", "get") and following in ("to", "been")


def _being(
    tokens: Sequence[Token], start: int, be: int, owner: Owner, modal: int
) -> Trigger | None:
    """As in "i have to be in", "someone has to be home", "she'll be out", "it will be sent"."""
    what = word_at(tokens, be + 1)
    if " ".join(words_of(tokens[be : be + 3])) in ("be in touch", "be in contact"):
        return Trigger(start, be, owner, "", 0.7)
    if what in sets_of("being") and (owner == "me" or tokens[start].word in sets_of("someone")):
        return Trigger(start, be, "me", "", 0.8)
    if owner == "them" and start == modal and what in _THERE:
        return Trigger(start, be + 1, "them", "come", 0.75)
    return _passive(tokens, start, be, modal) if owner == "them" else None


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
    if opener == "to" or opener.endswith("'ll") or opener == "will" or inflects(word):
        return Trigger(start, verb, owner, "", 0.6)
    return None


def _passive(tokens: Sequence[Token], start: int, be: int, modal: int) -> Trigger | None:
    """As in "The refund will be issued": somebody there does it."""
    base = participles().get(word_at(tokens, be + 1))
    if base is None:
        return None
    subject = [word for word in words_of(tokens[start:modal]) if word not in sets_of("determiners")]
    return Trigger(start, be + 2, "them", " ".join([base, *subject]), 0.7)


def _thing_done(tokens: Sequence[Token], start: int, verb: int) -> Trigger | None:
    """As in "It'll be in my account", "that will be sent out"."""
    if word_at(tokens, verb) != "be":
        return None
    base = participles().get(word_at(tokens, verb + 1))
    if base is not None:
        return Trigger(start, verb + 2, "them", f"{base} it", 0.6)
    return None


def subject_start(tokens: Sequence[Token], at: int) -> int:
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
    called = start > 1 and tokens[start - 1].word in ("named", "called")
    if called and tokens[start - 2].word in sets_of("visitors"):
        return start - 3 if word_at(tokens, start - 3) in sets_of("determiners") else start - 2
    return start
