"""What an answer to a question says: a command, a code, a name, a day, a promise. Pure text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from enum import Enum
from typing import TypeVar

import msgspec

from assistant.recap.codes import read_code
from assistant.recap.corrections import settle
from assistant.recap.dates import find_dates
from assistant.recap.lexicon import lists
from assistant.recap.model import Amount, Company, Contact, Item, NextStep, Person, RecapFields
from assistant.recap.names.roles import role_after
from assistant.recap.tokens import Token, phrase_at, source_text, tokenise, words_of

Extract = Callable[[str], RecapFields]
"""Fields of a text, with the day of the call and the user's own names known to it."""

ANSWERED = 0.9
"""Confidence of what was said in answer to the very question; no less than what the rules give."""
CODE_FROM_TEXT = 0.8
"""Confidence of a code nobody read from its audio: it is to be confirmed or reviewed."""

_LONGEST_NONE = 3
"""Words that may follow "I don't have": "… a case number", "… her last name"."""
_LONGEST_NAME = 2
_LONGEST_COMPANY = 4
_LONGEST_PHRASE = 7
_FEWEST_LETTERS = 2
"""A name has at least so many, and one that is spelled has more."""


ItemT = TypeVar("ItemT", bound=Item)


class Command(Enum):
    """What may be said instead of an answer."""

    SKIP = "skip"
    REPEAT = "repeat"
    ENOUGH = "enough"
    WAIT = "wait"
    YES = "yes"
    NO = "no"
    NONE = "none"
    UNSURE = "unsure"
    DROP = "drop"


def command_in(text: str) -> Command | None:
    """The command that `text` is, as a whole; None for an answer, and for an empty text."""
    sets = lists("interview").sets
    tokens = tokenise(text)
    kept = [token.word for token in tokens if token.word not in sets["fillers"]]
    said = {" ".join(kept), " ".join(words_of(tokens))}
    for command in (Command.WAIT, Command.ENOUGH, Command.SKIP, Command.REPEAT, Command.DROP):
        if said & sets[command.value]:
            return command
    for command in (Command.YES, Command.NO):
        phrases = sets[command.value]
        if said & phrases or (kept[:1] and kept[0] in phrases and " ".join(kept[1:]) in phrases):
            return command
    if said & sets["unsure"] or _begins(tokens, sets["unsure"]):
        return Command.UNSURE
    return Command.NONE if _says_none(tokens) else None


def _says_none(tokens: Sequence[Token]) -> bool:
    if _begins(tokens, lists("interview").sets["none"]):
        return True
    corrections = lists("corrections").sets
    missing = corrections["no_number"] | corrections["no_name"]
    return any(phrase_at(tokens, at, missing, _LONGEST_PHRASE) for at in range(min(2, len(tokens))))


def _begins(tokens: Sequence[Token], phrases: frozenset[str]) -> bool:
    """Whether one of `phrases` comes first, but for fillers, and little behind it."""
    at = _after_fillers(tokens)
    # "no case number" begins with one of the words just passed over.
    for start in (at, at - 1):
        length = phrase_at(tokens, start, phrases, _LONGEST_PHRASE) if start >= 0 else 0
        if length and len(tokens) - start - length <= _LONGEST_NONE:
            return True
    return False


def _after_fillers(tokens: Sequence[Token]) -> int:
    passed_over = lists("interview").sets["fillers"] | {"no"}
    return next((at for at, one in enumerate(tokens) if one.word not in passed_over), len(tokens))


def code_in(text: str, codes: Sequence[tuple[str, float]]) -> dict[str, float]:
    """Readings of the code in an answer with their probabilities, best first; {} for none.

    `codes` are the readings of the answer's audio; without them the text is read.
    """
    if codes:
        return dict(codes)
    read = spoken_code(text)
    return {read: CODE_FROM_TEXT} if sum(map(str.isalnum, read)) >= 2 else {}


def spoken_code(text: str) -> str:
    """The longest code in `text`, its groups joined over pauses; "" without one."""
    # Engines end groups, and initials, with marks that end no sentence here: "M. A. 7, 4."
    tokens = tokenise(re.sub(r"[.,;:!?]+(?=\s|$)", "", text))
    between = lists("interview").sets["code_fillers"]
    best = run = ""
    at, run_end = 0, 0
    while at < len(tokens):
        code = read_code(tokens, at)
        if code is None:
            at += 1
            continue
        goes_on = all(token.word in between for token in tokens[run_end:at])
        run = run + code.value if run and goes_on else code.value
        at = run_end = code.end
        best = max(best, run, key=len)
    return best


def spelled_in(text: str) -> str:
    """A name spelled letter by letter in `text`, capitalised; "" where none is."""
    tokens = tokenise(re.sub(r"[.,;:!?]+(?=\s|$)|(?<=\b\w)-(?=\w\b)", " ", text))
    for at in range(len(tokens)):
        code = read_code(tokens, at)
        if code is not None and code.value.isalpha() and code.items > _FEWEST_LETTERS:
            return code.value.capitalize()
    return ""


def person_in(
    text: str, extract: Extract, codes: Sequence[tuple[str, float]] = ()
) -> Person | None:
    """The person named in `text`; `codes` are readings of letters from its audio."""
    letters = next((code for code, _ in codes if code.isalpha()), "").capitalize()
    spelled = letters or spelled_in(text)
    found = extract(text).people or extract(f"I spoke with {bare(text)}").people
    if spelled:
        role = found[0].role if found else None
        return Person(name=spelled, role=role, words=text, confidence=ANSWERED)
    tokens = _after_leads(text)
    said = _words_until(tokens, "name_ends", _LONGEST_NAME)
    if found and len(said) == len(tokens) > 1 and all(one.is_capital for one in tokens):
        return _answered(msgspec.structs.replace(found[0], name=_title(said)), text)
    if found:
        return _answered(found[0], text)
    if len("".join(token.word for token in said)) < _FEWEST_LETTERS:
        return None
    steering = lists("interview").sets["change"] | lists("interview").sets["remove"]
    if any(token.word in steering or not token.word.replace("'", "").isalpha() for token in said):
        return None
    role = role_after(tokens, len(said))
    return Person(name=_title(said), role=role, words=text, confidence=ANSWERED)


def company_in(
    text: str, extract: Extract, codes: Sequence[tuple[str, float]] = ()
) -> Company | None:
    """The company named in `text`; `codes` are readings of letters from its audio."""
    letters = next((code for code, _ in codes if code.isalpha()), "").capitalize()
    if spelled := letters or spelled_in(text):
        return Company(name=spelled, words=text, confidence=ANSWERED)
    found = extract(text).company or extract(f"I called {bare(text)}").company
    if found is not None:
        return _answered(found, text)
    tokens = _after_leads(text)
    first = [] if len(tokens) < 2 else tokens[:1]  # "In Quell" may well be Inkwell
    name = _words_until(tokens, "name_ends", _LONGEST_COMPANY) or [
        *first,
        *_words_until(tokens[1:], "name_ends", _LONGEST_COMPANY),
    ]
    return Company(name=_title(name), words=text, confidence=ANSWERED) if name else None


def day_in(text: str, today: date) -> date | None:
    """The day `text` speaks of, the last one where it corrects itself; None for none."""
    tokens = settle(tokenise(text), today).tokens
    cut = words_of(tokens).index("not") if "not" in words_of(tokens)[1:] else len(tokens)
    days = [when.day for when in find_dates(tokens[:cut], today, "future") if when.day]
    return days[0] if days else None


def days_in(text: str, codes: Sequence[tuple[str, float]], today: date) -> dict[str, float]:
    """The days an answer may name, as ISO dates with probabilities, best first; {} for none.

    `codes` are the wordings its sound may have had; without them the text is read.
    """
    days: dict[str, float] = {}
    for said, sure in codes or ((text, ANSWERED),):
        day = day_in(said, today)
        if day is not None:
            days[day.isoformat()] = days.get(day.isoformat(), 0.0) + sure
    return dict(sorted(days.items(), key=lambda pair: -pair[1]))


def steps_in(text: str, extract: Extract, today: date) -> tuple[NextStep, ...]:
    """The promises in an answer to what was promised; as theirs where it does not say whose."""
    found = extract(text).next_steps or extract(f"they will {bare(text)}").next_steps
    if found:
        return tuple(_answered(step, text) for step in found)
    tokens = _after_leads(text)
    dated = {
        at for when in find_dates(tokens, today, "future") for at in range(when.start, when.end)
    }
    end = next((at for at in range(len(tokens)) if at in dated), len(tokens))
    if end and tokens[end - 1].word in ("by", "on", "until", "before"):
        end -= 1
    if end < 2:
        return ()
    action = source_text(text, tokens[:end])
    day = day_in(text, today)
    return (NextStep(owner="them", action=action, due=day, words=text, confidence=ANSWERED),)


def amount_in(text: str, extract: Extract) -> Amount | None:
    """The sum named in `text`."""
    found = extract(text).amounts or extract(f"they charged me {bare(text)}").amounts
    return _answered(found[0], text) if found else None


def contact_in(
    text: str, kind: str, extract: Extract, codes: Sequence[tuple[str, float]] = ()
) -> Contact | None:
    """The phone number or extension in `text`, or in the readings `codes` of its audio."""
    said = codes[0][0] if codes else bare(text)
    prefix = "the phone number is" if kind == "phone" else "the extension is"
    found = extract(f"{prefix} {said}").contacts
    contact = next((one for one in found if one.kind == kind), None)
    return _answered(contact, text) if contact is not None else None


def outcome_in(text: str, command: Command | None) -> bool | None:
    """Whether the matter is settled, as answered; None where the answer does not say."""
    if command in (Command.YES, Command.NO):
        return command is Command.YES
    tokens = tokenise(text)
    for name, settled in (("unsettled", False), ("settled", True)):
        phrases = lists("interview").sets[name]
        if any(phrase_at(tokens, at, phrases) for at in range(len(tokens))):
            return settled
    return None


def _answered(item: ItemT, text: str) -> ItemT:
    """`item` as the answer `text` gave it."""
    sure = max(item.confidence, ANSWERED)
    return msgspec.structs.replace(item, words=text, confidence=sure)


def bare(text: str) -> str:
    """`text` behind what leads up to the answer proper: "it was Maria" gives "Maria"; "" for ""."""
    tokens = _after_leads(text)
    return text[tokens[0].start :] if tokens else ""


def _after_leads(text: str) -> list[Token]:
    tokens = tokenise(text)
    sets = lists("interview").sets
    leads = sets["leads"] | sets["fillers"]
    at = 0
    while at < len(tokens):
        length = phrase_at(tokens, at, leads)
        if not length or at + length >= len(tokens):
            break
        at += length
    return tokens[at:]


def _words_until(tokens: Sequence[Token], ends: str, most: int) -> list[Token]:
    stops = lists("interview").sets[ends]
    kept: list[Token] = []
    for token in tokens[:most]:
        if token.word in stops or token.kind != "word" or (kept and token.after_pause):
            break
        kept.append(token)
    return kept


def _title(tokens: Sequence[Token]) -> str:
    """As names are written; capitals inside a word stay."""
    return " ".join(token.text if token.is_capital else token.text.capitalize() for token in tokens)
