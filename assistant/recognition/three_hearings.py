"""One free-text engine asked three times; where its answers differ, votes and Vosk decide."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rapidfuzz.distance import Levenshtein

from assistant.events import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ
from assistant.ports import Transcriber, Transcript
from assistant.recognition.second_pass import UNKNOWN, hear
from assistant.recognition.transcribers import MAX_SPAN_S, joined, spans

LEAD_S, TAIL_S = 0.2, 0.3
"""Silence put before the second hearing of a span, and behind the third."""
PER_VOTE = 5.0
"""Log likelihood that weighs as much as one vote; docs/dictation.md has the choice."""
SPAN_S = MAX_SPAN_S - max(LEAD_S, TAIL_S)
"""Longest span heard at once."""
REMEMBERED = 2
"""Spans whose text is kept: as many as an utterance may have behind it while it goes on."""
FIRST_VOTE = 1.5
"""Votes of the first hearing, the one nothing was done to."""

Tokens = tuple[str, ...]
Likelihood = Callable[[str], float]
"""How well another engine can hear these words in the span, as a log likelihood."""


class ThreeHearings:
    """A `Transcriber` for dictation: more than twice the computing, a tenth fewer wrong words.

    Each span is heard as it is, then with silence before it, and, where those two differ, with
    silence behind it. `model` is a `vosk.Model`.
    """

    def __init__(self, engine: Transcriber, model: Any) -> None:
        self._engine = engine
        self._model = model
        self.name = engine.name
        self._hear = lru_cache(maxsize=REMEMBERED)(self._hear_thrice)

    def load(self) -> None:
        """Load the engine. Raises `ModelError`."""
        self._engine.load()

    def transcribe(self, pcm: bytes) -> Transcript:
        """Text of `pcm`, cased and punctuated; empty for silence. No word times, no confidence."""
        cuts = list(spans(pcm, SPAN_S))
        texts = [self._hear(_cut(pcm, start, end)) for start, end in cuts]
        return Transcript(joined(pcm, [start for start, _ in cuts], texts))

    def hear_ahead(self, pcm: bytes) -> None:
        """Hear the whole spans at the beginning of a sound that goes on, for `transcribe` later."""
        for start, end in list(spans(pcm, SPAN_S))[:-1]:
            self._hear(_cut(pcm, start, end))

    def _hear_thrice(self, pcm: bytes) -> str:
        first = self._engine.transcribe(pcm).text
        if not first:
            return ""
        second = self._engine.transcribe(_silence(LEAD_S) + pcm).text
        if _keys(first.split()) == _keys(second.split()):
            return first
        third = self._engine.transcribe(pcm + _silence(TAIL_S)).text
        return settle((first, second, third), lambda words: self._likelihood(pcm, words))

    def _likelihood(self, pcm: bytes, words: str) -> float:
        if not words:
            return -math.inf
        find = self._model.vosk_model_find_word
        known = (word if find(word) >= 0 else UNKNOWN for word in words.split())
        hearing = hear(self._model, pcm, [" ".join(known)])
        return hearing.score if hearing.words else -math.inf


@dataclass(frozen=True, slots=True)
class _Region:
    """A stretch of the first hearing's tokens, and what every hearing has there."""

    start: int
    end: int
    heard: tuple[Tokens, ...]

    def votes(self, tokens: Tokens) -> float:
        """How many hearings have `tokens` here, the first one counting for more."""
        same = [_keys(each) == _keys(tokens) for each in self.heard]
        return FIRST_VOTE * same[0] + sum(same[1:])


def settle(hearings: Sequence[str], likelihood: Likelihood) -> str:
    """The text that most of `hearings` and `likelihood` are for, place by place.

    Each word of it stands in a hearing, and what all have in common stays. Numbers written with
    digits have no likelihood: how they were said is not known.
    """
    tokens = [text.split() for text in hearings]
    regions = list(_regions(tokens))
    chosen = [max(each.heard, key=each.votes) for each in regions]
    for at, region in enumerate(regions):
        if any(char.isdigit() for each in region.heard for char in "".join(each)):
            continue

        def score(each: Tokens, at: int = at, region: _Region = region) -> float:
            words = spoken(_put_in(tokens[0], regions, [*chosen[:at], each, *chosen[at + 1 :]]))
            return region.votes(each) + likelihood(words) / PER_VOTE

        chosen[at] = max(dict.fromkeys(region.heard), key=score)
    text = " ".join(_put_in(tokens[0], regions, chosen))
    return text[:1].upper() + text[1:] if hearings[0][:1].isupper() else text


def spoken(tokens: Sequence[str]) -> str:
    """`tokens` as bare lower-case words; one with a digit is some word or other."""
    text = " ".join(UNKNOWN if re.search(r"\d", token) else token for token in tokens)
    return " ".join(re.findall(r"\[unk\]|[a-z]+(?:'[a-z]+)*", text.lower().replace("’", "'")))


def _put_in(
    first: Sequence[str], regions: Sequence[_Region], chosen: Sequence[Sequence[str]]
) -> list[str]:
    """`first` with what was chosen in place of its `regions`."""
    text: list[str] = []
    at = 0
    for region, tokens in zip(regions, chosen, strict=True):
        text += [*first[at : region.start], *tokens]
        at = region.end
    return [*text, *first[at:]]


def _regions(hearings: Sequence[Sequence[str]]) -> Iterator[_Region]:
    """Where the hearings differ, in order, each with the word before it, for its punctuation."""
    keys = [_keys(tokens) for tokens in hearings]
    edits = [
        [edit for edit in Levenshtein.opcodes(keys[0], each) if edit.tag != "equal"]
        for each in keys
    ]
    places: list[tuple[int, int]] = []
    for place in sorted((edit.src_start, edit.src_end) for each in edits for edit in each):
        if places and place[0] <= places[-1][1]:
            last = places.pop()
            places.append((last[0], max(last[1], place[1])))
        else:
            places.append(place)
    for at, end in places:
        start = max(0, at - 1)
        heard = []
        for tokens, each in zip(hearings, edits, strict=True):
            inside = [edit for edit in each if at <= edit.src_start and edit.src_end <= end]
            before = [edit for edit in each if edit.src_end <= at and edit not in inside]
            moved = _growth(before)
            heard.append(tuple(tokens[start + moved : end + moved + _growth(inside)]))
        yield _Region(start, end, tuple(heard))


def _growth(edits: Sequence[Any]) -> int:
    return sum(edit.dest_end - edit.dest_start - edit.src_end + edit.src_start for edit in edits)


def _keys(tokens: Sequence[str]) -> list[str]:
    """What of `tokens` counts when they are compared."""
    return [re.sub(r"[^a-z0-9']", "", token.lower().replace("’", "'")) for token in tokens]


def _cut(pcm: bytes, start: int, end: int) -> bytes:
    """Samples `start` to `end` of `pcm`."""
    return pcm[start * BYTES_PER_SAMPLE : end * BYTES_PER_SAMPLE]


def _silence(seconds: float) -> bytes:
    return bytes(round(seconds * SAMPLE_RATE_HZ) * BYTES_PER_SAMPLE)
