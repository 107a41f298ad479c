"""How alike two phrases sound, by their phonemes."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping

import msgspec
from rapidfuzz.distance import Levenshtein

_MARKS = str.maketrans("", "", "ˈˌː\u200d")
_SAME = {"ɾ": "t", "ᵻ": "ɪ", "ɐ": "ə", "ɚ": "ə", "ɜ": "ə", "ɡ": "g"}
# Sounds that listeners and recognisers confuse first: voiced and voiceless consonants of one
# place, nasals, neighbouring vowels.
_CLASSES = ("pb", "td", "kg", "fv", "sz", "θð", "ʃʒ", "mnŋ", "iɪ", "eɛæ", "ʌə", "ɑɔɒ", "uʊo")
_FOLD = {sound: group[0] for group in _CLASSES for sound in group} | {"dʒ": "tʃ"}

_LETTERS = (  # spelling to rough sound, for machines without espeak-ng
    (r"'", ""), (r"ph", "f"), (r"gh", ""), (r"ck|q|c(?![eiyh])", "k"), (r"c(?=[eiy])", "s"),
    (r"x", "ks"), (r"wh", "w"), (r"^kn", "n"), (r"^wr", "r"), (r"(.)\1", r"\1"), (r"e$", ""),
    (r"([aeiou])[aeiou]+", r"\1"), (r"y", "i"),
)  # fmt: skip


class Sounds(msgspec.Struct, frozen=True):
    """Pronunciations of the words at hand."""

    words: Mapping[str, tuple[str, ...]]
    exact: bool
    """True for real phonemes, False for a guess from the spelling."""

    def of(self, phrase: str) -> tuple[str, ...]:
        """Sounds of `phrase`, word after word; unknown words by their spelling."""
        parts = (self.words.get(word) or _by_letters(word) for word in phrase.split())
        return tuple(sound for part in parts for sound in part)


def similarity(a: tuple[str, ...], b: tuple[str, ...], least: float = 0.0) -> float:
    """How alike two rows of sounds are: 0.0 nothing shared, 1.0 equal.

    One minus the normalised edit distance, where exchanging two easily confused sounds counts
    half: the mean over the sounds as they are and with confusable ones made equal. What cannot
    reach `least` is given as 0.0, which is quicker.
    """
    longer = max(len(a), len(b), 1)
    if 1 - abs(len(a) - len(b)) / longer < least:
        return 0.0
    folded = Levenshtein.normalized_similarity(_folded(a), _folded(b))
    both = (Levenshtein.normalized_similarity(a, b) + folded) / 2
    return both if both >= least else 0.0


def pronounce(words: Iterable[str]) -> Sounds:
    """Ask espeak-ng for American pronunciations; guess from the spelling where it is missing."""
    wanted = sorted(set(words))
    try:
        done = subprocess.run(
            ["espeak-ng", "-q", "--ipa", "--sep=_", "-v", "en-us"],
            input="".join(f"{word}\n" for word in wanted),
            capture_output=True, encoding="utf-8", check=True, timeout=60,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return Sounds({word: _by_letters(word) for word in wanted}, exact=False)
    lines = done.stdout.splitlines()
    if len(lines) != len(wanted):
        return Sounds({word: _by_letters(word) for word in wanted}, exact=False)
    return Sounds({w: _plain(line) for w, line in zip(wanted, lines, strict=True)}, exact=True)


def _plain(ipa: str) -> tuple[str, ...]:
    """Split a line of espeak-ng's output into sounds without stress and length."""
    sounds = (sound.translate(_MARKS) for sound in re.split(r"[_\s]+", ipa))
    return tuple(_SAME.get(sound, sound) for sound in sounds if sound)


def _by_letters(word: str) -> tuple[str, ...]:
    """Guess the sounds of `word` from its letters."""
    for pattern, sound in _LETTERS:
        word = re.sub(pattern, sound, word)
    return tuple(word)


def _folded(sounds: tuple[str, ...]) -> tuple[str, ...]:
    """Make easily confused sounds equal; of a diphthong only the first half counts."""
    return tuple(_FOLD.get(sound) or _FOLD.get(sound[0]) or sound for sound in sounds)
