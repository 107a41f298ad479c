"""The answer to a question about a code or a name: read from its sound, symbol by symbol."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache

from assistant.events import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ, Expects
from assistant.recap.answers import bare, command_in, spelled_in
from assistant.recap.lexicon import lists
from assistant.recap.repair import Again, read_repair
from assistant.recognition.code_reader import CodeReader, Kind, symbols_in
from assistant.recognition.code_refiner import (
    MIN_SYMBOLS,
    CodeRefiner,
    find_span,
    has_label,
    like_code,
    longest_run,
    may_hold_code,
    place_in,
    words_in,
)
from assistant.recognition.dictation import Reading
from assistant.recognition.spelled_names import read_letters, spelling_begins_s
from assistant.recognition.verifier import load_decoys

MOSTLY_CODE = 0.6
"""Share of code-like words from which an answer is a code and nothing else."""
LONGEST_REPLY_WORDS = 2
"""Answers of more words are long enough for the free-text engine."""


class AnswerReader:
    """A `ReadAnswer` for dictation."""

    def __init__(self, refiner: CodeRefiner, reader: CodeReader, known: Sequence[str] = ()) -> None:
        """`known` are earlier case numbers of the same company."""
        self._refiner = refiner
        self._reader = reader
        self._known = tuple(known)

    def __call__(self, text: str, pcm: bytes, expects: Expects) -> Reading:
        """`text`, with the readings of its code where one was expected and none was declined."""
        if expects in (Expects.CHANGE, Expects.REPAIR) and command_in(text) is None:
            text = self._short_reply(text, pcm) or text
        match expects:
            case Expects.CODE | Expects.PHONE | Expects.REPAIR:
                if command_in(text) is not None:
                    return Reading(text)
                if expects is Expects.REPAIR:
                    text = text if _mends(text) else self._repair(pcm) or text
                    if _mends(text) or not may_hold_code(text):
                        return Reading(text)
                kind: Kind = "digits" if expects is Expects.PHONE else "code"
                return Reading(text, codes=self._codes(text, pcm, kind, MIN_SYMBOLS))
            case Expects.CHANGE if command_in(text) is not None:
                return Reading(text)
            case Expects.NAME | Expects.CHANGE:
                words = self._refiner.words(pcm, lists("spelling").sets["spelled"])
                if spelled_in(text) or spelling_begins_s(words) is not None:
                    return Reading(text, codes=read_letters(self._reader, pcm, text, words))
                return self._refiner(text, pcm)
            case _:
                return self._refiner(text, pcm)

    def _short_reply(self, text: str, pcm: bytes) -> str:
        """The yes, no or skip that a word or two may really have been; "" for none.

        Free-text engines make "worse" of a "yes" that has no sentence around it.
        """
        if len(text.split()) > LONGEST_REPLY_WORDS:
            return ""
        replies = lists("interview").sets["heard"]
        heard = self._hear(pcm, sorted({*replies, *load_decoys()}))
        return heard if heard in replies else ""

    def _hear(self, pcm: bytes, phrases: Sequence[str]) -> str:
        """What Vosk hears in `pcm` with a grammar of `phrases`; "[unk]" is anything else."""
        from vosk import KaldiRecognizer

        grammar = json.dumps([*self._reader.known(phrases), "[unk]"])
        recogniser = KaldiRecognizer(self._reader.model, SAMPLE_RATE_HZ, grammar)
        recogniser.AcceptWaveform(pcm)
        return str(json.loads(recogniser.FinalResult()).get("text", ""))

    def _repair(self, pcm: bytes) -> str:
        """What `pcm` says to mend in a code, heard by a grammar of repairs; "" for no repair.

        Free-text engines make "shelter" of "delta"; a grammar cannot.
        """
        heard = self._hear(pcm, repair_phrases())
        return heard if "[unk]" not in heard and _mends(heard) else ""

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
    heads = [
        head.replace("{place}", place)
        for head in sorted(lists("repair").sets["heard"])
        for place in (lists("numbers").numbers["ordinals"] if "{place}" in head else ("",))
    ]
    return tuple(dict.fromkeys((*heads, *symbols)))


def _leads_up(text: str) -> bool:
    """Whether more than the code was said: "it's …", "the case number is …"."""
    return bare(text) != text or has_label(words_in(text))


def _mends(text: str) -> bool:
    """As in "the fourth is delta": what to change in a code, not a code."""
    repair = read_repair(text)
    return repair is not None and not isinstance(repair, Again)
