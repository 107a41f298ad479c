"""Codes inside a dictated sentence: found, read again from their own audio, and put in place."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rapidfuzz import fuzz

from assistant.events import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ
from assistant.ports import Word
from assistant.recap.casenumbers import find_codes
from assistant.recap.lexicon import lists
from assistant.recap.tokens import tokenise
from assistant.recognition.code_evidence import written_code
from assistant.recognition.code_reader import (
    CodeReader,
    code_phrases,
    spoken_letters,
    symbols_in,
    text_of,
)
from assistant.recognition.dictation import Reading
from assistant.recognition.verifier import load_decoys

MIN_SYMBOLS = 3
"""Shorter codes are left as heard: in a sentence, one or two symbols are mostly words."""
SURE = 0.92
"""Probability from which a reading that both engines, or two passes, agree on is left unmarked;
docs/dictation.md has how often those are right."""
LIKELY = 0.7
"""Probability from which a reading replaces text that looks like no code, behind "number is"."""
LIKE_CODE = 0.5
"""Share of code-like words a stretch of text must hold before it may be replaced, unless two
passes gave the same code: the free-text engine garbles codes into words."""
LABEL_LIKENESS = 75.0
"""How alike, 0 to 100, a misheard word must be to a label ("casa number") to look closer."""
MOST_STRAY = 2
"""Words in a row inside a code that the first pass may have misheard."""
LEAD_IN = ("is", "was", "it's", "number", "as")
"""Read along with the code, since its first symbol may be hidden in them: "is s j" or "as j"."""
NOTHING = "nothing"
"""What stands beside a code where its sound gave no words at all."""
MARGIN_S = 0.12
"""Audio taken along on both sides of a code."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where a code was said: the words around it and its place in the audio."""

    head: tuple[str, ...]
    tail: tuple[str, ...]
    start_s: float
    end_s: float
    label: tuple[str, ...] = ()
    """The label as heard here; put into a text that lost it."""
    code: str = ""
    """As heard on the way; "" where other words came between."""


class CodeRefiner:
    """A `Refine` for dictation: reads the code behind "case number", "reference", … again.

    Only words that stand for a code are ever replaced; the rest of the text stays as it was. A
    label that the text engine lost ("took at" for "ticket") is put in front of the code.
    """

    def __init__(self, model: Any, reader: CodeReader, known: Sequence[str] = ()) -> None:
        self._model = model
        self._reader = reader
        self._known = tuple(known)

    def __call__(self, text: str, pcm: bytes) -> Reading:
        """`text` with its code as read from `pcm`; `second` holds what else it may be."""
        if not may_hold_code(text):
            return Reading(text)
        words = self.words(pcm)
        span = find_span(words) or (longest_run(words) if has_label(words_in(text)) else None)
        if span is None:
            return _unread(text, words)
        tokens = text.split()
        first, last = place_in(tokens, span)
        heard = " ".join(tokens[first:last])
        start = round(span.start_s * SAMPLE_RATE_HZ)
        end = round(span.end_s * SAMPLE_RATE_HZ)
        audio = pcm[start * BYTES_PER_SAMPLE : end * BYTES_PER_SAMPLE]
        found = self._reader.read(
            audio, heard=heard, also=span.code, known=self._known, around=LEAD_IN
        )
        if not found or symbols_in(found[0].text) < MIN_SYMBOLS:
            return _unread(text, words)
        best = found[0]
        codes = tuple((each.text, round(each.probability, 4)) for each in found)
        twice = best.text == span.code and symbols_in(best.text) > MIN_SYMBOLS
        likely = best.probability >= LIKELY and _leads_in(tokens[:first])
        if like_code(tokens[first:last]) < LIKE_CODE and not (twice or likely):
            return Reading(text, best.text, codes)
        label = () if has_label(words_in(" ".join(tokens[:first]))) else span.label
        closing = re.search(r"[.,;:!?]*$", heard)
        code = best.text + (closing.group() if closing else "")
        refined = " ".join([*tokens[:first], *label, code, *tokens[last:]])
        other = written_code(heard)
        agreed = other == best.text or (not other and twice)
        if agreed and best.probability >= SURE and _case_codes(refined) == [best.text]:
            return Reading(refined, None, codes)
        doubts = (other, *(each.text for each in found[1:2]), heard)
        rivals = (each for each in doubts if each and best.text not in (each, written_code(each)))
        return Reading(refined, next(rivals, _said(words)), codes)

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


def _unread(text: str, words: Sequence[Word]) -> Reading:
    """`text` as it is; a code in it that no reading of its sound bears out is marked."""
    return Reading(text, _said(words) if _case_codes(text) else None)


def _said(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words) or NOTHING


def _case_codes(text: str) -> list[str]:
    """The case numbers that will be read from `text`."""
    return [one.code.value for one in find_codes(tokenise(text), set()) if one.is_case]


def may_hold_code(text: str) -> bool:
    """Whether `text` names a label ("ticket"), or something like it, or holds several symbols."""
    labels = [label for label in lists("codes").sets["case_labels"] if len(label) > 3]
    words = [word for word in re.findall(r"[a-z]+", text.lower()) if len(word) > 3]
    symbols = [sum(map(str.isdigit, part)) or _is_code_like(part) for part in _parts(text.split())]
    if sum(symbols) >= MIN_SYMBOLS:
        return True
    return any(
        fuzz.ratio(word, label) >= LABEL_LIKENESS for word in words for label in (*labels, "number")
    )


def words_in(text: str) -> list[str]:
    """The lower-case words of `text`."""
    return re.findall(r"[a-z']+", text.lower())


def find_span(words: Sequence[Word]) -> Span | None:
    """Where the code behind the first label stands; None where no label has one behind it."""
    texts = [word.text for word in words]
    for at in range(len(texts)):
        length = _label_length(texts, at)
        if not length:
            continue
        start = at + length
        while start < len(texts) and texts[start] in lists("spelling").sets["connectors"]:
            start += 1
        end = _run_end(words, start)
        if sum(_is_symbol(words, place) for place in range(start, end)) >= MIN_SYMBOLS:
            span = replace(_span(words, start, end), label=tuple(texts[at : at + length]))
            span = replace(span, start_s=_lead_in_s(words, start, span.start_s))
            return _with_last_word(words, end, span)
    return None


def _lead_in_s(words: Sequence[Word], start: int, start_s: float) -> float:
    """Where to begin to read the code at word `start`: with the short word before it."""
    before = words[start - 1] if start else None
    return before.start_s if before is not None and before.text in LEAD_IN else start_s


def _with_last_word(words: Sequence[Word], end: int, span: Span) -> Span:
    """`span`, up to the end where a single word follows it: a last symbol, misheard ("home")."""
    around = lists("spelling").sets["around_codes"]
    if end != len(words) - 1 or words[end].text in around:
        return span
    return replace(span, tail=(), end_s=words[end].end_s + MARGIN_S, code="")


def _leads_in(tokens: Sequence[str]) -> bool:
    """Whether `tokens` end as words before a code do: "number", "is"."""
    last = tokens[-1].lower().strip(",:") if tokens else ""
    return last in lists("spelling").sets["connectors"]


def longest_run(words: Sequence[Word]) -> Span | None:
    """Where the most symbols in a row stand, for a label that only the other engine heard."""
    runs = [(at, _run_end(words, at, 1)) for at in range(len(words)) if _is_symbol(words, at)]
    start, end = max(runs, key=lambda run: (run[1] - run[0], -run[0]), default=(0, 0))
    return _span(words, start, end) if end - start > MIN_SYMBOLS else None


def _span(words: Sequence[Word], start: int, end: int) -> Span:
    """The code from word `start` to `end` (exclusive), with a margin where no word stands."""
    before_s = words[start - 1].end_s if start else 0.0
    after_s = words[end].start_s if end < len(words) else words[end - 1].end_s + MARGIN_S
    texts = [word.text for word in words]
    return Span(
        head=tuple(texts[:start]),
        tail=tuple(texts[end:]),
        code=text_of(texts[start:end]) or "",
        start_s=max(before_s, words[start].start_s - MARGIN_S),
        end_s=min(after_s, words[end - 1].end_s + MARGIN_S),
    )


def has_label(texts: Sequence[str]) -> bool:
    """Whether the words `texts` name a kind of number: "ticket", "case number"."""
    return any(_label_length(texts, at) for at in range(len(texts)))


def _label_length(texts: Sequence[str], at: int) -> int:
    """How many words from `at` are a label; 0 for none, and for "in case"."""
    sets = lists("codes").sets
    if at and " ".join(texts[at - 1 : at + 1]) in sets["not_labels"]:
        return 0
    for length in (2, 1):
        if " ".join(texts[at : at + length]) in (*sets["case_labels"], "number"):
            return length
    return 0


def _run_end(words: Sequence[Word], start: int, most_stray: int = MOST_STRAY) -> int:
    """The end (exclusive) of the symbols from `start` on; a few misheard words are bridged."""
    end = at = start
    around = lists("spelling").sets["around_codes"]
    while at < len(words) and at - end <= most_stray and words[at].text not in around:
        at += 1
        if _is_symbol(words, at - 1):
            end = at
    # "… nine, I should wait": before more words, these two are words.
    if start < end < len(words) and words[end - 1].text in ("i", "a"):
        end -= 1
    return end


def _is_symbol(words: Sequence[Word], at: int) -> bool:
    text = words[at].text
    if text_of([text]) is not None or text in ("dash", "slash", "double", "triple"):
        return True
    before = [word.text for word in words[max(0, at - 2) : at]]
    if text in lists("spelling").maps["substitutes"]:
        return before == ["as", "in"] or before[-1:] in (["four"], ["for"])
    if text == "for":
        return bool(before) and len(before[-1]) == 1
    if text in ("as", "in"):
        return bool(before) and (len(before[-1]) == 1 or before[-1] == "as")
    return text == "ray" and before[-1:] == ["x"]


def place_in(tokens: Sequence[str], span: Span) -> tuple[int, int]:
    """The stretch of `tokens`, as (first, end), that stands for the span's code.

    The words before and after it, which both engines heard, are laid over each other.
    """
    head = spoken_letters(" ".join(span.head))
    tail = spoken_letters(" ".join(span.tail))
    texts = [spoken_letters(token) for token in tokens]
    firsts = [fuzz.ratio("".join(texts[:at]), head) for at in range(len(texts) + 1)]
    first = max(range(len(firsts)), key=lambda at: (firsts[at], -at))
    connectors = lists("spelling").sets["connectors"]
    while first < len(tokens) and tokens[first].lower().strip(",:") in connectors:
        first += 1
    if not tail:
        return first, len(tokens)
    lasts = {at: fuzz.ratio("".join(texts[at:]), tail) for at in range(first, len(texts) + 1)}
    return first, max(lasts, key=lambda at: (lasts[at], at))


def like_code(tokens: Sequence[str]) -> float:
    """The share of `tokens` that look like part of a code; 0.0 for none."""
    parts = _parts(tokens)
    return sum(map(_is_code_like, parts)) / len(parts) if parts else 0.0


def _parts(tokens: Sequence[str]) -> list[str]:
    return [part for token in tokens for part in token.split("-") if part]


def _is_code_like(part: str) -> bool:
    plain = re.sub(r"[^a-z0-9]", "", part.lower())
    if len(plain) == 1 or any(char.isdigit() for char in plain):
        return True
    if len(plain) > 1 and re.sub(r"[^A-Za-z]", "", part).isupper():
        return True
    maps = lists("codes").maps
    named = plain in maps["nato"] or plain in maps["letter_names"]
    return named or plain in lists("spelling").sets["links"] or text_of([plain]) is not None
