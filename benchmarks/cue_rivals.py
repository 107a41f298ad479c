"""Other ways to spot a cue, on the same recordings: ``python benchmarks/cues.py --rivals``.

For engines trained for a single word see ``wake_words.py``.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Protocol

from cue_data import Samples

from assistant.events import SAMPLE_RATE_HZ

BLOCK_SAMPLES = 1600
REFRACTORY_S = 1.5
"""One phrase heard again within this time counts once, for every spotter alike."""
POCKETSPHINX_THRESHOLDS = (1e-40, 1e-20, 1e-10)
"""From one that misses little to one that is seldom wrong."""


class Rival(Protocol):
    """A spotter that hears blocks of sound."""

    name: str

    def accept(self, block: bytes) -> Sequence[str]:
        """Phrases found at the end of this block."""

    def finish(self) -> Sequence[str]:
        """Phrases found only now that the sound is over."""


class VoskGrammar:
    """The common recipe: a grammar of the phrases and ``[unk]``."""

    def __init__(
        self, model: Any, phrases: Sequence[str], confidence: float, partials: bool
    ) -> None:
        from vosk import KaldiRecognizer

        self._phrases = phrases
        self._confidence = confidence
        self._partials = partials
        grammar = json.dumps([*phrases, "[unk]"])
        self._recogniser = KaldiRecognizer(model, SAMPLE_RATE_HZ, grammar)
        self._recogniser.SetWords(True)
        self._before = ""
        how = "partial results" if partials else "final results"
        self.name = f"Vosk grammar, {how}"
        if confidence:
            self.name += f", confidence ≥ {confidence}"

    def accept(self, block: bytes) -> Sequence[str]:
        """See `Rival`."""
        if self._recogniser.AcceptWaveform(block):
            return self._end(self._recogniser.Result())
        if not self._partials:
            return ()
        return self._new(json.loads(self._recogniser.PartialResult())["partial"])

    def finish(self) -> Sequence[str]:
        """See `Rival`."""
        return self._end(self._recogniser.FinalResult())

    def _end(self, result: str) -> Sequence[str]:
        words = [
            word["word"] if word["conf"] >= self._confidence else "[unk]"
            for word in json.loads(result).get("result", [])
        ]
        found = self._new(" ".join(words))
        self._before = ""
        return found

    def _new(self, text: str) -> Sequence[str]:
        found = [
            phrase
            for phrase in self._phrases
            if f" {text} ".count(f" {phrase} ") > f" {self._before} ".count(f" {phrase} ")
        ]
        self._before = text
        return found


class PocketSphinx:
    """PocketSphinx keyword spotting with its own model, at one threshold for every phrase."""

    def __init__(self, phrases: Sequence[str], threshold: float) -> None:
        from pocketsphinx import Decoder

        self.name = f"PocketSphinx, threshold {threshold:.0e}"
        self._phrases = phrases
        self._decoder = Decoder(lm=None, loglevel="FATAL")
        known = [p for p in phrases if all(self._decoder.lookup_word(w) for w in p.split())]
        lines = "".join(f"{phrase}/{threshold:.0e}/\n" for phrase in known)
        self._decoder.add_kws("cues", _written(lines))
        self._decoder.activate_search("cues")
        self._decoder.start_utt()

    def accept(self, block: bytes) -> Sequence[str]:
        """See `Rival`."""
        self._decoder.process_raw(block, no_search=False, full_utt=False)
        hypothesis = self._decoder.hyp()
        if hypothesis is None:
            return ()
        self._decoder.end_utt()
        self._decoder.start_utt()
        text = " ".join(re.findall(r"[a-z' ]+", hypothesis.hypstr))
        return [phrase for phrase in self._phrases if phrase in text]

    def finish(self) -> Sequence[str]:
        """See `Rival`."""
        self._decoder.end_utt()
        return ()


def rivals(model: Any, phrases: Sequence[str]) -> list[Callable[[], Rival]]:
    """Makers of all rivals that are installed and can hear any of `phrases`."""
    makers: list[Callable[[], Rival]] = [
        lambda: VoskGrammar(model, phrases, 0.0, partials=True),
        lambda: VoskGrammar(model, phrases, 0.0, partials=False),
        lambda: VoskGrammar(model, phrases, 0.9, partials=False),
    ]
    makers += [partial(PocketSphinx, phrases, each) for each in POCKETSPHINX_THRESHOLDS]
    usable = []
    for maker in makers:
        try:
            maker()
        except ImportError as error:
            print(f"left out: {error.name} is not installed", file=sys.stderr)
        else:
            usable.append(maker)
    return usable


def found_in(rival: Rival, samples: Samples, before: dict[str, float], at_s: float) -> list[str]:
    """Phrases found in `samples`, which begin at `at_s` of the stream.

    `before` holds when each phrase was last found, and is kept up.
    """
    hits = []
    for first in range(0, samples.size, BLOCK_SAMPLES):
        block = samples[first : first + BLOCK_SAMPLES]
        now_s = at_s + first / SAMPLE_RATE_HZ
        for phrase in rival.accept(block.tobytes()):
            if now_s - before.get(phrase, -REFRACTORY_S) >= REFRACTORY_S:
                before[phrase] = now_s
                hits.append(phrase)
    return hits


def measure(
    maker: Callable[[], Rival],
    positives: Iterable[tuple[frozenset[str], Samples]],
    negatives: Iterable[tuple[str, Samples]],
) -> dict[str, Any]:
    """Figures of one rival; positives with the phrases that count, negatives with their text."""
    trials = hits = alarms = 0
    started_s = time.process_time()
    audio_s = negative_s = 0.0
    name = ""
    for right, samples in positives:
        rival = maker()
        name = rival.name
        trials += 1
        audio_s += samples.size / SAMPLE_RATE_HZ
        hits += bool(right.intersection([*found_in(rival, samples, {}, 0.0), *rival.finish()]))
    stream = maker()
    before: dict[str, float] = {}
    for text, samples in negatives:
        found = found_in(stream, samples, before, negative_s)
        alarms += sum(f" {phrase} " not in f" {text} " for phrase in found)
        negative_s += samples.size / SAMPLE_RATE_HZ
    hours = negative_s / 3600
    return {
        "name": name,
        "positives": trials,
        "miss_rate": 1 - hits / trials if trials else None,
        "false_alarms": alarms,
        "false_alarms_per_hour": alarms / hours if hours else None,
        "cpu_per_audio_second": (time.process_time() - started_s) / max(audio_s + negative_s, 1e-9),
    }


def _written(text: str) -> str:
    """Path of a temporary file that holds `text`; it lives as long as the process."""
    import atexit
    import tempfile
    from pathlib import Path

    with tempfile.NamedTemporaryFile("w", suffix=".kws", delete=False) as file:
        file.write(text)
    atexit.register(Path(file.name).unlink, missing_ok=True)
    return file.name
