"""The answer to a question about a code or a name: read from its sound, symbol by symbol."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache, partial

from assistant.events import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ, Expects
from assistant.ports import Word
from assistant.recap.interview.answers import bare, command_in, day_in, spelled_in
from assistant.recap.interview.repair import Again, read_repair
from assistant.recap.lexicon import lists
from assistant.recognition.code_places import (
    MIN_SYMBOLS,
    find_span,
    has_label,
    like_code,
    longest_run,
    may_hold_code,
    place_in,
    words_in,
)
from assistant.recognition.code_reader import CodeReader, Kind, code_phrases, symbols_in
from assistant.recognition.code_refiner import CodeRefiner
from assistant.recognition.dictation import Reading
from assistant.recognition.spelled_names import bare_letters, read_letters, spelling_begins_s
from assistant.recognition.verifier import load_decoys

MOSTLY_CODE = 0.6
"""Share of code-like words from which an answer is a code and nothing else."""
LONGEST_REPLY_WORDS = 5
"""Answers of more words are long enough for the free-text engine."""
LONGEST_DAY_WORDS = 8
"""Longer answers to a question about a day are sentences that hold more than that."""
DAY_AGREED, DAY_ALONE, DAY_DISPUTED = 0.97, 0.9, 0.55
"""How sure the grammar's day is: the text engine hears the same, none, or another one. Of 160 days
in four synthetic voices 125 of 125, 24 of 25 and 3 of 6 were right."""
_SOME_DAYS = (date(2026, 3, 4), date(2027, 10, 30))
"""Days that mean the same from both of these are the same."""


class AnswerReader:
    """A `ReadAnswer` for dictation."""

    def __init__(self, refiner: CodeRefiner, reader: CodeReader, known: Sequence[str] = ()) -> None:
        """`known` are earlier case numbers of the same company."""
        self._refiner = refiner
        self._reader = reader
        self._known = tuple(known)

    def __call__(self, text: str, pcm: bytes, expects: Expects) -> Reading:
        """`text`, with the readings of its code where one was expected and none was declined."""
        if expects not in (Expects.ANSWER, Expects.NAME) and command_in(text) is None:
            text = self._short_reply(text, pcm) or text
        if expects is not Expects.ANSWER and command_in(text) is not None:
            return Reading(text)
        match expects:
            case Expects.CODE | Expects.PHONE:
                return self._code(text, pcm, expects)
            case Expects.REPAIR:
                text = self._repaired(text, pcm, repair_phrases())
                if _mends(text) or not may_hold_code(text):
                    return Reading(text)
                return self._code(text, pcm, expects)
            case Expects.LETTERS:
                text = self._repaired(text, pcm, letter_repair_phrases())
                if _mends(text):
                    return Reading(text)
                words = self._refiner.words(pcm, lists("spelling").sets["spelled"])
                return self._letters(text, pcm, words)
            case Expects.DAY if len(text.split()) <= LONGEST_DAY_WORDS:
                return self._day(text, pcm)
            case Expects.NAME | Expects.CHANGE:
                words = self._refiner.words(pcm, lists("spelling").sets["spelled"])
                if spelled_in(text) or spelling_begins_s(words) is not None:
                    return self._letters(text, pcm, words)
                return self._refiner(text, pcm)
            case _:
                return self._refiner(text, pcm)

    def _short_reply(self, text: str, pcm: bytes) -> str:
        """The yes, no or skip that a few words may really have been; "" for none.

        Free-text engines make "worse" of a "yes" that has no sentence around it.
        """
        if len(text.split()) > LONGEST_REPLY_WORDS or any(map(str.isdigit, text)):
            return ""
        replies = lists("interview").sets["heard"]
        heard = self._hear(pcm, sorted({*replies, *load_decoys()}))
        heard = lists("interview").maps["heard_as"].get(heard, heard)
        return heard if heard in replies else ""

    def _day(self, text: str, pcm: bytes) -> Reading:
        """The answer to a question about a day, with the wordings it may have had as `codes`.

        A grammar of days hears "the fourth" where free text is "the force".
        """
        heard = self._hear(pcm, day_phrases()).replace("[unk]", "").strip()
        if command_in(heard) is not None and not _days_of(text):
            return Reading(heard)
        said = _days_of(text)
        if not _days_of(heard):
            return Reading(text, codes=((text, DAY_DISPUTED),) if said else ())
        if _days_of(heard) == said:
            return Reading(text, codes=((text, DAY_AGREED),))
        if not said:
            return Reading(heard, codes=((heard, DAY_ALONE),))
        return Reading(heard, codes=((heard, DAY_DISPUTED), (text, 1.0 - DAY_DISPUTED)))

    def _letters(self, text: str, pcm: bytes, words: Sequence[Word]) -> Reading:
        bare = partial(bare_letters, self._reader.model)
        return Reading(text, codes=read_letters(self._reader, pcm, text, words, bare))

    def _code(self, text: str, pcm: bytes, expects: Expects) -> Reading:
        kind: Kind = "digits" if expects is Expects.PHONE else "code"
        return Reading(text, codes=self._codes(text, pcm, kind, MIN_SYMBOLS))

    def _hear(self, pcm: bytes, phrases: Sequence[str]) -> str:
        """What Vosk hears in `pcm` with a grammar of `phrases`; "[unk]" is anything else."""
        from vosk import KaldiRecognizer

        grammar = json.dumps([*self._reader.known(phrases), "[unk]"])
        recogniser = KaldiRecognizer(self._reader.model, SAMPLE_RATE_HZ, grammar)
        recogniser.AcceptWaveform(pcm)
        return str(json.loads(recogniser.FinalResult()).get("text", ""))

    def _repaired(self, text: str, pcm: bytes, phrases: Sequence[str]) -> str:
        """What `pcm` says to mend, heard by a grammar of `phrases` where `text` is no repair.

        Free-text engines make "shelter" of "delta"; a grammar cannot.
        """
        if _mends(text):
            return text
        heard = self._hear(pcm, phrases)
        return heard if "[unk]" not in heard and _mends(heard) else text

    def _codes(
        self, text: str, pcm: bytes, kind: Kind, fewest: int
    ) -> tuple[tuple[str, float], ...]:
        """Readings of the code in an answer; empty where it has too few symbols to be one.

        Engines hear words in letters ("a meeting for two one"): they are no reason to look for
        the code in a part of the answer only.
        """
        tokens = text.split()
        heard, audio = text, pcm
        if like_code(tokens) < MOSTLY_CODE and _leads_up(text):
            words = self._refiner.words(pcm)
            span = find_span(words) or longest_run(words)
            if span is not None:
                first, last = place_in(tokens, span)
                heard = " ".join(tokens[first:last])
                start = round(span.start_s * SAMPLE_RATE_HZ) * BYTES_PER_SAMPLE
                audio = pcm[start : round(span.end_s * SAMPLE_RATE_HZ) * BYTES_PER_SAMPLE]
        found = self._reader.read(audio, kind, heard=heard, known=self._known)
        if not found or symbols_in(found[0].text) < fewest:
            return ()
        return tuple((each.text, round(each.probability, 4)) for each in found)


@lru_cache(maxsize=1)
def repair_phrases() -> tuple[str, ...]:
    """Every phrase that can be part of a repair, letters by their code words only.

    A bare letter would be heard in half of all digits, and "is D" is what other engines do hear.
    """
    symbols = [*lists("codes").maps["nato"], *lists("numbers").numbers["digits"]]
    return tuple(dict.fromkeys((*_repair_heads(), *symbols)))


@lru_cache(maxsize=1)
def letter_repair_phrases() -> tuple[str, ...]:
    """The same for a spelled name: letters by themselves and explained, but no digits."""
    digits = {*lists("numbers").numbers["digits"], "dash", "slash", "triple"}
    letters = [phrase for phrase in code_phrases() if phrase not in digits]
    return tuple(dict.fromkeys((*_repair_heads(), *letters)))


def _repair_heads() -> tuple[str, ...]:
    return tuple(
        head.replace("{place}", place)
        for head in sorted(lists("repair").sets["heard"])
        for place in (lists("numbers").numbers["ordinals"] if "{place}" in head else ("",))
    )


@lru_cache(maxsize=1)
def day_phrases() -> tuple[str, ...]:
    """Every phrase that can be part of a day, and the replies that may come instead of one."""
    names = [*lists("dates").numbers["weekdays"], *lists("dates").numbers["months"]]
    whole = [one for one in names if sum(other.startswith(one) for other in names) == 1]
    numbers = lists("numbers").numbers
    counted = (word for table in ("digits", "teens", "ordinals") for word in numbers[table])
    sets = lists("interview").sets
    said = (*sorted(sets["day_words"]), *sorted(sets["day_replies"]))
    return tuple(dict.fromkeys((*whole, *counted, "twenty", "thirty", *said)))


def _days_of(text: str) -> tuple[date | None, ...]:
    """The day `text` names as seen from two days far apart; () where it names none."""
    days = tuple(day_in(text, today) for today in _SOME_DAYS)
    return days if any(days) else ()


def _leads_up(text: str) -> bool:
    """Whether more than the code was said: "it's …", "the case number is …"."""
    return bare(text) != text or has_label(words_in(text))


def _mends(text: str) -> bool:
    """As in "the fourth is delta": what to change in a code, not a code."""
    repair = read_repair(text)
    return repair is not None and not isinstance(repair, Again)
