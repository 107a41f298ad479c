"""The fast pass: which live phrases the running sound may hold."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from rapidfuzz import fuzz

from assistant.events import SAMPLE_RATE_HZ
from assistant.recognition.second_pass import UNKNOWN, feed, hear_all

ALIKE = 76.0
"""Least likeness in per cent, by letters, of words taken for a phrase; a lower figure proposes
more and finds hardly more, since the second look then does not find the phrase."""
RIVALS_ALIKE = 60.0
"""Likeness from which two phrases are weighed against each other."""
MOST_ALIKE = 2
"""Phrases proposed at once for words that are merely like them, the likest first."""
STALLED_S = 0.5
"""Words of live phrases after which nothing more came for so long are heard more closely."""
STILL_S = 1.0
"""No word of a phrase is under way where the words have not changed for so long."""
BRIEF_S = 5.0
"""A longer utterance is not: a cue is mostly said by itself, and to hear again costs computing."""
LAST_WINDOWS = 3
"""How far back words that are merely like a phrase are looked for."""


class Utterance:
    """One stretch of voice and the recogniser that hears it."""

    def __init__(self, model: Any, grammar: str, start_s: float) -> None:
        from vosk import KaldiRecognizer

        self._recogniser = KaldiRecognizer(model, SAMPLE_RATE_HZ, grammar)
        self._recogniser.SetWords(True)
        self.start_s = start_s
        self.ended = False
        self.last_word_s = start_s
        """When the last word of an ended utterance was over."""

    def accept(self, pcm: bytes) -> str:
        """Words heard so far; sets `ended` at Vosk's own end point."""
        self.ended = feed(self._recogniser, pcm)
        if not self.ended:
            return str(json.loads(self._recogniser.PartialResult())["partial"])
        result = json.loads(self._recogniser.Result())
        if result.get("result"):
            self.last_word_s = self.start_s + float(result["result"][-1]["end"])
        return str(result["text"])

    def finish(self) -> str:
        """Words of the whole utterance, now that it is over."""
        return str(json.loads(self._recogniser.FinalResult())["text"])


class Stall:
    """Notices that a running hypothesis has words and that no more of them come."""

    def __init__(self) -> None:
        self._text = ""
        self._noted = True
        self.since_s = 0.0
        """When the text last changed."""

    def accept(self, text: str, now_s: float, at_once: bool = False) -> bool:
        """Whether this is when to take `text` for all that was said.

        True once for each text that holds more than unknown words: `STALLED_S` after it last
        changed, or `at_once`.
        """
        if text != self._text:
            self._text, self.since_s = text, now_s
            self._noted = not set(text.split()) - {UNKNOWN}
        if self._noted or not (at_once or now_s - self.since_s >= STALLED_S):
            return False
        self._noted = True
        return True

    def idle(self, now_s: float) -> bool:
        """Whether no word of a phrase is under way: none stands last, or it is long over."""
        stands_last = bool(self._text) and not self._text.endswith(UNKNOWN)
        return not stands_last or now_s - self.since_s > STILL_S


class Proposer:
    """Finds phrases in running text, also where the fast pass has a word or two wrong.

    The grammar of the fast pass lets the words of different phrases follow each other, so
    "calm me down" now and then comes out as "calm me now".
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases = tuple(phrases)
        self._text = ""
        self._found: tuple[tuple[str, int], ...] = ()

    def phrases_in(self, text: str) -> tuple[tuple[str, int], ...]:
        """Phrases that `text` may hold, each with the number of earlier ones of its kind."""
        if text != self._text:
            self._text = text
            self._found = tuple(self._search(text.split()))
        return self._found

    def hear_closely(self, model: Any, pcm: bytes) -> tuple[str, ...]:
        """Phrases that stand on any of the likeliest paths through all of them and unknown words.

        `pcm` is int16 mono 16 kHz, `model` a `vosk.Model`.
        """
        paths = hear_all(model, pcm, [*self._phrases, UNKNOWN])
        padded = [f" {path.text} " for path in paths]
        return tuple(p for p in self._phrases if any(f" {p} " in text for text in padded))

    def like(self, phrase: str) -> tuple[str, ...]:
        """Other phrases that look like `phrase`, and longer ones that hold it."""
        return tuple(
            other
            for other in self._phrases
            if other != phrase
            and (fuzz.ratio(phrase, other) >= RIVALS_ALIKE or holds(other, phrase))
        )

    def going_on(self, phrase: str) -> tuple[str, ...]:
        """Longer phrases that hold `phrase` and go on after it."""
        return tuple(
            other
            for other in self._phrases
            if holds(other, phrase) and not other.endswith(f" {phrase}")
        )

    def _search(self, words: list[str]) -> list[tuple[str, int]]:
        """Phrases that stand in `words`, and those that the last of them are like."""
        exact: list[tuple[str, int]] = []
        alike: list[tuple[float, str]] = []
        for phrase in self._phrases:
            size = phrase.count(" ") + 1
            windows = [" ".join(words[i : i + size]) for i in range(max(1, len(words) - size + 1))]
            times = windows.count(phrase)
            exact += [(phrase, nth) for nth in range(times)]
            if not times and size > 1:
                likeness = max(fuzz.ratio(phrase, window) for window in windows[-LAST_WINDOWS:])
                if likeness >= ALIKE:
                    alike.append((likeness, phrase))
        exact.sort(key=lambda entry: -len(entry[0]))
        alike.sort(key=lambda entry: (-entry[0], entry[1]))
        return [*exact, *((phrase, 0) for _, phrase in alike[:MOST_ALIKE])]


def holds(longer: str, phrase: str) -> bool:
    """Whether the words of `phrase` stand in `longer`, which has more."""
    return longer != phrase and f" {phrase} " in f" {longer} "
