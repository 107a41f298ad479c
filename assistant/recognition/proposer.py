"""Which live phrases a hypothesis of the fast pass may stand for."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz

ALIKE = 76.0
"""Least likeness in per cent, by letters, of words taken for a phrase; a lower figure proposes
more and finds hardly more, since the second look then does not find the phrase."""
RIVALS_ALIKE = 60.0
"""Likeness from which two phrases are weighed against each other."""
MOST_ALIKE = 2
"""Phrases proposed at once for words that are merely like them, the likest first."""
LAST_WINDOWS = 3
"""How far back words that are merely like a phrase are looked for."""


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

    def like(self, phrase: str) -> tuple[str, ...]:
        """Other phrases that look like `phrase`."""
        return tuple(
            other
            for other in self._phrases
            if other != phrase and fuzz.ratio(phrase, other) >= RIVALS_ALIKE
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
