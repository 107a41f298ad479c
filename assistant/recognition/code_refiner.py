"""Codes inside a dictated sentence: found, read again from their own audio, and put in place."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from typing import Any

from assistant.events import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ
from assistant.ports import Word
from assistant.recap.casenumbers import find_codes
from assistant.recap.lexicon import lists
from assistant.recap.tokens import tokenise
from assistant.recognition.code_evidence import (
    Alternative,
    certain_code,
    lacks_some_of,
    written_code,
)
from assistant.recognition.code_places import (
    LEAD_IN,
    MIN_SYMBOLS,
    Span,
    find_span,
    has_label,
    leading_up,
    longest_run,
    may_hold_code,
    place_in,
    plain,
    replaceable,
    words_in,
)
from assistant.recognition.code_reader import CodeReader, code_phrases, symbols_in
from assistant.recognition.dictation import Reading
from assistant.recognition.verifier import load_decoys

SURE = 0.95
"""Probability from which a reading that both engines, or two passes, agree on is left unmarked;
docs/dictation.md has how often those are right."""
LIKELY = 0.6
"""Probability from which a reading replaces text that looks like no code, behind "number is"."""
NOTHING = "nothing"
"""What stands beside a code where its sound gave no words at all."""


class CodeRefiner:
    """A `Refine` for dictation: reads the code behind "case number", "reference", … again.

    Only what stands for symbols is replaced, and behind "number is" also words the engine made of
    them; all other text stays as it was. A label that the text engine lost ("took at" for
    "ticket") is put in front of the code.
    """

    def __init__(self, model: Any, reader: CodeReader, known: Sequence[str] = ()) -> None:
        self._model = model
        self._reader = reader
        self._known = tuple(known)

    def __call__(self, text: str, pcm: bytes) -> Reading:
        """`text` with its code as read from `pcm`; `second` holds what else it may be."""
        if not may_hold_code(text):
            return Reading(text)
        labelled = has_label(words_in(text))
        # Without a label in the text, "conference" must be able to win against "reference".
        words = self.words(pcm, () if labelled else words_in(text))
        span = find_span(words) or (longest_run(words) if labelled else None)
        if span is None:
            return _unread(text, words)
        tokens = text.split()
        first, last = place_in(tokens, span)
        start = round(span.start_s * SAMPLE_RATE_HZ) * BYTES_PER_SAMPLE
        end = round(span.end_s * SAMPLE_RATE_HZ) * BYTES_PER_SAMPLE
        found = self._reader.read(
            pcm[start:end],
            heard=" ".join(tokens[first:last]),
            also=span.code,
            known=self._known,
            around=LEAD_IN,
        )
        if not found or symbols_in(found[0].text) < MIN_SYMBOLS:
            return _unread(text, words)
        return _placed(tokens, (first, last), span, words, found)

    def words(self, pcm: bytes, also: Collection[str] = ()) -> tuple[Word, ...]:
        """The utterance in labels, symbols, common words and those of `also`, with their times."""
        from vosk import KaldiRecognizer

        labels = {word for label in lists("codes").sets["case_labels"] for word in label.split()}
        around = lists("spelling").sets["around_codes"] | lists("spelling").sets["tens"]
        homophones = lists("spelling").sets["homophones"]
        symbols = {phrase for phrase in code_phrases() if " for " not in phrase}
        phrases = ((set(load_decoys()) | labels | around | set(also)) - homophones) | symbols
        grammar = json.dumps(self._reader.known(sorted(phrases)))
        recogniser = KaldiRecognizer(self._model, SAMPLE_RATE_HZ, grammar)
        recogniser.SetWords(True)
        recogniser.AcceptWaveform(pcm)
        found = json.loads(recogniser.FinalResult()).get("result", [])
        return tuple(Word(w["word"], w["start"], w["end"], w["conf"]) for w in found)


def _placed(
    tokens: Sequence[str],
    place: tuple[int, int],
    span: Span,
    words: Sequence[Word],
    found: Sequence[Alternative],
) -> Reading:
    """`tokens` with the best reading in `place`, or beside them where words are in the way."""
    first, last = place
    best = found[0]
    codes = tuple((each.text, round(each.probability, 4)) for each in found)
    twice = best.text == span.code and symbols_in(best.text) > MIN_SYMBOLS
    said = {word.text for word in words if span.start_s <= word.start_s < span.end_s}
    if not replaceable(tokens, place, span, said, twice or best.probability >= LIKELY):
        text = " ".join(tokens)
        if leading_up(tokens[:first], span) or _case_codes(text):
            return Reading(text, best.text, codes)
        return Reading(text)
    heard = " ".join(tokens[first:last])
    other = certain_code(heard)
    if lacks_some_of(plain(best.text), plain(other)):
        # The grammar lost the beginning or end of the code; what was cut out is no whole code.
        whole = other if said & {"dash", "slash"} else plain(other)
        refined = _with_code(tokens, place, span, whole)
        return Reading(refined, best.text, ((whole, codes[0][1]), *codes[1:]))
    refined = _with_code(tokens, place, span, best.text)
    agreed = other == best.text or (twice and not written_code(heard))
    if agreed and best.probability >= SURE and _case_codes(refined) == [best.text]:
        return Reading(refined, None, codes)
    doubts = (other, *(each.text for each in found[1:2]), heard)
    rivals = (each for each in doubts if each and best.text not in (each, certain_code(each)))
    return Reading(refined, next(rivals, _said(words)), codes)


def _with_code(tokens: Sequence[str], place: tuple[int, int], span: Span, code: str) -> str:
    """`tokens` with `code` in `place`, its punctuation kept, and a label where they have none."""
    first, last = place
    label = () if has_label(words_in(" ".join(tokens[:first]))) else span.label
    closing = re.search(r"[.,;:!?]*$", " ".join(tokens[first:last]))
    mark = closing.group() if closing else ""
    return " ".join([*tokens[:first], *label, code + mark, *tokens[last:]])


def _unread(text: str, words: Sequence[Word]) -> Reading:
    """`text` as it is; a code in it that no reading of its sound bears out is marked."""
    return Reading(text, _said(words) if _case_codes(text) else None)


def _said(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words) or NOTHING


def _case_codes(text: str) -> list[str]:
    """The case numbers that will be read from `text`."""
    return [one.code.value for one in find_codes(tokenise(text), set()) if one.is_case]
