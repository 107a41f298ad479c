"""Other ways to ask for a cue: a whole utterance is compared, and never rewritten."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass

from rapidfuzz import fuzz

from assistant.coaching.cues import Cue

ALIKE = 85.0
"""Least likeness in per cent, by words: one word more or less in four passes, another does not."""
LIGHT_LETTERS = 3
"""Only words of so many letters may be more or less: "a", "to", "now"."""
LONGEST_S = 4.0
"""What lasts longer, 0.9 s of silence around it included, is talk: nobody asks in so many words."""
FILLERS = frozenset({"ah", "er", "hmm", "okay", "oh", "please", "right", "so", "uh", "um", "well"})
"""Said around a request without changing it."""


@dataclass(frozen=True, slots=True)
class Paraphrase:
    """What an utterance was taken for."""

    cue: Cue
    phrase: str
    likeness: float
    """0 to 1, by words."""


class Paraphrases:
    """Matches whole utterances with the paraphrases of some cues."""

    def __init__(self, cues: Iterable[Cue]) -> None:
        """Cues without paraphrases are passed over; with none at all nothing ever matches."""
        self._known = [
            (phrase, words, cue)
            for cue in cues
            for phrase in cue.paraphrases
            if (words := _without_fillers(phrase))
        ]

    def hints(self, words: Set[str]) -> frozenset[str]:
        """Which of `words` speak for a paraphrase at all: those that some paraphrase holds."""
        return frozenset(words) & {word for _, known, _ in self._known for word in known}

    def match(self, utterance: str) -> Paraphrase | None:
        """The paraphrase that `utterance` is, if any; the likest where several are.

        Fillers around it do not count; anything else said with it does.
        """
        said = _without_fillers(utterance)
        best: Paraphrase | None = None
        for phrase, words, cue in self._known:
            if any(len(word) > LIGHT_LETTERS for word in {*said} ^ {*words}):
                continue
            likeness = fuzz.ratio(said, words, score_cutoff=ALIKE) / 100.0
            if likeness > (best.likeness if best else 0.0):
                best = Paraphrase(cue, phrase, likeness)
        return best


def _without_fillers(text: str) -> list[str]:
    """The words of `text` but for `FILLERS`; numbers and marks are no words."""
    plain = text.lower().replace("\u2019", "'")
    return [word for word in re.findall(r"[a-z']+", plain) if word not in FILLERS]
