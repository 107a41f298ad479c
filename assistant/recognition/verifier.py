"""The verifier decides whether a proposed phrase was really said."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import msgspec
import numpy as np

from assistant.coaching.phonemes import pronounce
from assistant.events import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ
from assistant.ports import Transcriber
from assistant.recognition.second_pass import SILENCE, UNKNOWN, Hearing, hear, hear_all
from assistant.resources import shipped
from assistant.toml_files import load_toml

CONTEXT_S = 0.3
"""Sound before and after a phrase that is judged with it."""
USUAL_SECONDS_PER_SOUND = 0.085
USUAL_EXTRA_SECONDS = 0.1
"""A phrase lasts about so long for each phoneme, and so much in all: measured on the tune half
of the real keywords, pauses at its ends included."""
BEFORE_S = 1.7
"""Sound before that, which the second engine hears too: in mid-sentence it needs the sentence."""
_LEAST_BEFORE_BYTES = round(0.3 * SAMPLE_RATE_HZ) * BYTES_PER_SAMPLE
"""With less sound before it a phrase stands at the beginning, and there is nothing to compare."""
_MOST_GAIN = 0.5
"""Gains on the second engine's words are limited to this: a ratio of whole other sentences."""
ALONE_CONTRAST = 0.4
"""How much louder a phrase that stands alone is than what is around it, in tens of decibels. Of
real keywords said alone 100 % are (clean) and 93 % (noise 10 dB below), of words in sentences none
(tune half)."""
CONTRADICTED = -0.06
"""Gain on the second engine's words below which they contradict a phrase that Vosk is sure of; of
388 looks at said ones 7, of 6 at others in recordings 2 (tune half)."""
_LEAST_EDGE_SAMPLES = SAMPLE_RATE_HZ // 20
"""Less sound than this beside a phrase says nothing about it."""


@dataclass(frozen=True, slots=True)
class Span:
    """A phrase in its surroundings; times are seconds from the beginning of `pcm`."""

    phrase: str
    pcm: bytes
    start_s: float
    end_s: float
    before: bytes = b""
    """What was said before `pcm` in one breath with it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known about one proposal; every figure is independent of the phrase."""

    gain_on_words: float
    """Log likelihood ratio of the phrase and other words, per 10 ms of the phrase."""
    gain_on_unknown: float
    """The same against unknown words."""
    strength_on_words: float
    """Logarithm of the ratio over the whole span."""
    strength_on_unknown: float
    tempo: float
    """Logarithm of the phrase's duration over what it should last."""
    haste: float
    """How far it is too short on that scale; 0.0 when it is not."""
    sounds: float
    """Length of the phrase in phonemes, in tens."""
    contrast_before: float
    """How much louder the phrase is than what precedes it, in tens of decibels."""
    contrast_after: float
    same_words: float = 0.0
    """1.0 when the second engine heard exactly the phrase."""
    gain_on_second: float = 0.0
    """Log likelihood ratio of the phrase and what the second engine heard, per 10 ms."""
    gain_in_context: float = 0.0
    """The same with what was said before: the phrase among the words of the sentence that the
    second engine heard, and that sentence. 0.0 where it heard the phrase or there is no more."""
    heard_as: str = ""
    """What the decoys made of the sound."""
    second_text: str | None = None
    """What the second engine heard; None when it was not asked."""
    context_text: str = ""
    """What it heard with what was said before."""


class Judge(Protocol):
    """Who decides on a proposal: `Verifier`, or whatever only records what it is asked."""

    def evidence(self, span: Span) -> Evidence:
        """What speaks for and against `span.phrase` being said there."""

    def probability(self, evidence: Evidence) -> float:
        """Probability, 0 to 1, that the phrase was said."""

    def threshold(self, sensitivity: str) -> float:
        """Probability a cue needs at `sensitivity`: low, normal or high."""


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An additive model over the figures of `Evidence`, and the thresholds on its outcome."""

    bias: float
    thresholds: dict[str, float]
    """Probability a cue needs, by sensitivity."""
    evidence: dict[str, float] = {}
    """By figure: so much is added to the log odds for each unit."""
    steps: dict[str, tuple[tuple[float, float], ...]] = {}
    """By figure: from each edge on, so much is added to the log odds."""


class WeightsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What ``scripts/fit_verifier.py`` writes."""

    least_gain: float
    """Proposals that gain less on other or on unknown words are dropped."""
    sure: float
    """Probability without the second engine from which a phrase is believed: without asking it,
    for it takes long, or, where words before it go over into it, unless it contradicts."""
    alone: Weights
    """Without a second engine."""
    fused: Weights


class Verifier:
    """Weighs the evidence for a proposal; deterministic, keeps nothing between proposals."""

    def __init__(
        self,
        model: Any,
        phrases: Sequence[str],
        decoys: Sequence[str],
        transcriber: Transcriber | None,
        weights: WeightsFile,
    ) -> None:
        """`phrases` are all that may ever be asked for."""
        self._model = model
        self._decoys = tuple(decoys)
        self._transcriber = transcriber
        self._weights = weights
        self._sounds = pronounce(word for phrase in phrases for word in phrase.split())

    def evidence(self, span: Span) -> Evidence:
        """What speaks for and against `span.phrase` being said there."""
        own = set(span.phrase.split())
        rivals = [word for word in self._decoys if word not in own]
        cue = self._best_with(span)
        unknown = hear(self._model, span.pcm, [UNKNOWN])
        seconds = max(span.end_s - span.start_s, 0.1)
        steps = 100.0 * max(seconds, 0.2)
        # Other words are not worth hearing where the phrase does not even gain on unknown ones.
        worth = cue.score - unknown.score >= self._weights.least_gain * steps
        other = hear(self._model, span.pcm, [*rivals, UNKNOWN]) if worth else unknown
        count = len(self._sounds.of(span.phrase))
        usual = USUAL_SECONDS_PER_SOUND * count + USUAL_EXTRA_SECONDS
        tempo = math.log(seconds / usual)
        before, after = contrasts(span)
        evidence = Evidence(
            gain_on_words=(cue.score - other.score) / steps,
            gain_on_unknown=(cue.score - unknown.score) / steps,
            strength_on_words=_log(cue.score - other.score),
            strength_on_unknown=_log(cue.score - unknown.score),
            tempo=tempo,
            haste=max(0.0, -tempo),
            sounds=count / 10,
            contrast_before=before,
            contrast_after=after,
            heard_as=other.text,
        )
        if self._transcriber is None or self._hopeless(evidence):
            return evidence
        # What is like a phrase but for a word stands in a sentence: then it is asked about.
        apart = " " not in span.phrase or before >= ALONE_CONTRAST
        if apart and weigh(self._weights.alone, evidence) >= self._weights.sure:
            return evidence
        return self._with_second_opinion(evidence, span, cue.score, steps)

    def _best_with(self, span: Span) -> Hearing:
        """The best path that holds the phrase; where none of them does, the last of them."""
        paths = hear_all(self._model, span.pcm, [span.phrase, UNKNOWN])
        holding = (path for path in paths if f" {span.phrase} " in f" {path.text} ")
        return next(holding, paths[-1] if paths else SILENCE)

    def _with_second_opinion(
        self, evidence: Evidence, span: Span, cue_score: float, steps: float
    ) -> Evidence:
        """`evidence` and what the second engine makes of the span."""
        assert self._transcriber is not None
        heard = self._transcriber.transcribe(span.pcm).text
        figures = asdict(evidence) | {"second_text": heard} | self._in_context(span, steps)
        if holds(heard, span.phrase):
            return Evidence(**(figures | {"same_words": 1.0}))
        known = self._known_words(heard)
        if known:
            # Vosk's own judgement of the second engine's words: letters do not come into it.
            rival = hear(self._model, span.pcm, [" ".join(known), UNKNOWN]).score
            figures["gain_on_second"] = _limited((cue_score - rival) / steps)
        else:
            figures["gain_on_second"] = _limited(evidence.gain_on_unknown)
        return Evidence(**figures)

    def _in_context(self, span: Span, steps: float) -> dict[str, Any]:
        """What the second engine makes of the sentence the phrase would stand in."""
        assert self._transcriber is not None
        if len(span.before) < _LEAST_BEFORE_BYTES:
            return {}
        pcm = span.before + span.pcm
        heard = self._transcriber.transcribe(pcm).text
        if holds(heard, span.phrase):
            return {"context_text": heard}
        known = self._known_words(heard)
        others = [word for word in dict.fromkeys(known) if word not in span.phrase.split()]
        sentence = hear(self._model, pcm, [*([" ".join(known)] if known else []), UNKNOWN])
        paths = hear_all(self._model, pcm, [span.phrase, *others, UNKNOWN])
        scores = [path.score for path in paths if f" {span.phrase} " in f" {path.text} "]
        gain = (scores[0] - sentence.score) / steps if scores else -_MOST_GAIN
        return {"context_text": heard, "gain_in_context": _limited(gain)}

    def _known_words(self, heard: str) -> list[str]:
        return [
            word for word in plain(heard).split() if self._model.vosk_model_find_word(word) >= 0
        ]

    def _hopeless(self, evidence: Evidence) -> bool:
        return min(evidence.gain_on_words, evidence.gain_on_unknown) < self._weights.least_gain

    def probability(self, evidence: Evidence) -> float:
        """Probability, 0 to 1, that the phrase was said.

        1.0 where there is a second engine but no need of it.
        """
        if self._hopeless(evidence):
            return 0.0
        alone = weigh(self._weights.alone, evidence)
        if self._transcriber is None:
            return alone
        sure = alone >= self._weights.sure and evidence.gain_on_second >= CONTRADICTED
        return 1.0 if sure else weigh(self._weights.fused, evidence)

    def threshold(self, sensitivity: str) -> float:
        """Probability a cue needs at `sensitivity`: low, normal or high."""
        weights = self._weights.alone if self._transcriber is None else self._weights.fused
        return weights.thresholds[sensitivity]


def weigh(weights: Weights, evidence: Evidence) -> float:
    """Probability, 0 to 1, by an additive model of the log odds."""
    total = weights.bias + sum(
        weight * getattr(evidence, name) for name, weight in weights.evidence.items()
    )
    total += sum(
        jump
        for name, steps in weights.steps.items()
        for edge, jump in steps
        if getattr(evidence, name) >= edge
    )
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def contrasts(span: Span) -> tuple[float, float]:
    """How much louder the phrase is than the sound before and after it, in tens of decibels.

    From -0.5 to 1.5; where there is too little sound to tell, what most cues have.
    """
    samples = np.frombuffer(span.pcm, dtype="<i2").astype(np.float64)
    first, last = round(span.start_s * SAMPLE_RATE_HZ), round(span.end_s * SAMPLE_RATE_HZ)
    phrase_db = _level_db(samples[first:last])

    def over(edge: np.ndarray[Any, np.dtype[np.float64]], usual: float) -> float:
        if edge.size < _LEAST_EDGE_SAMPLES:
            return usual
        return min(1.5, max(-0.5, (phrase_db - _level_db(edge)) / 10))

    return over(samples[:first], 0.8), over(samples[last:], 0.5)


def load_weights() -> WeightsFile:
    """The fitted model that ships with callcoach."""
    return load_toml(shipped("prompts/en/verifier.toml"), WeightsFile)


def load_decoys() -> tuple[str, ...]:
    """The decoy words that ship with callcoach."""
    lines = shipped("prompts/en/decoys.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def plain(text: str) -> str:
    """`text` as words of small letters."""
    return " ".join(re.findall(r"[a-z']+", text.lower()))


def holds(heard: str, phrase: str) -> bool:
    """Whether the words of `phrase` stand in `heard`."""
    return f" {phrase} " in f" {plain(heard)} "


def _limited(gain: float) -> float:
    return min(_MOST_GAIN, max(-_MOST_GAIN, gain))


def _log(ratio: float) -> float:
    """Logarithm of a log likelihood ratio; what is no gain at all counts as 0.3."""
    return math.log(max(0.3, ratio))


def _level_db(samples: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    return 10 * math.log10(float((samples**2).mean()) + 1.0) if samples.size else 0.0
