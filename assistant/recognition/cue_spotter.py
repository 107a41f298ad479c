"""Hearing cues in a stream of frames: a fast pass proposes, the verifier decides."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from assistant.audio.voice_activity import VoiceActivity
from assistant.coaching.cues import Cue, CueBook
from assistant.events import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ, CueMatch, Frame
from assistant.ports import Transcriber
from assistant.recognition.proposer import Proposer
from assistant.recognition.second_pass import UNKNOWN, feed
from assistant.recognition.verifier import (
    CONTEXT_S,
    Evidence,
    Span,
    Verifier,
    load_decoys,
    load_weights,
)
from assistant.settings import HearingSettings

PRE_ROLL_S = 0.6
"""Audio heard again from before the voice, so that no first sound is lost."""
HANGOVER_S = 0.6
"""Silence after which an utterance is over; the gate itself adds 0.3 s."""
REPEATED_S = 2.5
"""When the recogniser ends an utterance in the middle of speech, this much is heard again."""
END_POINT_S = 0.4
"""Vosk ends an utterance this long after its last word, or else in the middle of speech."""
KEPT_S = 8.0
"""Audio kept: more than the longest phrase and its surroundings."""
SETTLED_S = 0.05
"""How long a phrase must have been over, in the second look's own times, to be judged."""
LOOK_EVERY_S = 0.1
"""How often an unfinished phrase is looked at again."""
SEARCHES, SEARCH_EVERY_S = 4, 0.2
"""How often, and how far apart, a second look may fail to find the phrase: decoding is dear."""
GIVE_UP_S = 2.0
"""A phrase that was proposed this long ago and still is not over was none."""
LOOKS = 2
"""How often a phrase is judged: at once, and if that fails with the sound that follows it."""
EARLY_BAR = 0.15
"""How much surer the first judgement must be, which hears nothing of what follows."""
OWN_TAIL_S = 0.7
"""Our own words still count as being said this long after the sound ended: echo and decoding."""

OWN_WORDS = 80.0
"""Likeness in per cent, by letters, from which a phrase counts as part of what we say."""

Watch = Callable[["Candidate", Evidence, float], None]


class _Utterance:
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


@dataclass(slots=True)
class Candidate:
    """A live phrase that stands in the running hypothesis; times are seconds of the session."""

    cue: Cue
    phrase: str
    proposed_s: float
    look_s: float
    """When to look next."""
    start_s: float = 0.0
    end_s: float = 0.0
    looks_left: int = LOOKS
    searches_left: int = SEARCHES

    @property
    def done(self) -> bool:
        """Whether there is nothing more to find out."""
        return not (self.looks_left and self.searches_left)


class _Sound:
    """The last `KEPT_S` seconds of the stream."""

    def __init__(self) -> None:
        self._frames: deque[bytes] = deque()
        self._samples = 0
        self.end_samples = 0

    def append(self, frame: Frame) -> None:
        """Add a frame; lost samples make a fresh start."""
        if frame.lost_samples:
            self._frames.clear()
            self._samples = 0
            self.end_samples += frame.lost_samples
        self._frames.append(frame.pcm)
        self._samples += frame.samples
        self.end_samples += frame.samples
        while self._samples > KEPT_S * SAMPLE_RATE_HZ:
            self._samples -= len(self._frames.popleft()) // BYTES_PER_SAMPLE

    @property
    def now_s(self) -> float:
        """Length of the stream so far, lost samples included."""
        return self.end_samples / SAMPLE_RATE_HZ

    def since(self, start_s: float) -> tuple[float, bytes]:
        """The sound from `start_s`, or from where it is still kept, and the time it begins at."""
        first = max(round(start_s * SAMPLE_RATE_HZ), self.end_samples - self._samples)
        size = max(0, self.end_samples - first) * BYTES_PER_SAMPLE
        kept: list[bytes] = []
        missing = size
        for pcm in reversed(self._frames):
            if missing <= 0:
                break
            kept.append(pcm)
            missing -= len(pcm)
        pcm = b"".join(reversed(kept))
        return first / SAMPLE_RATE_HZ, pcm[len(pcm) - size :]


class CueSpotter:
    """Hears the live cues of a `CueBook`; one instance per stream."""

    def __init__(
        self,
        model: Any,
        cue_book: CueBook,
        hearing: HearingSettings,
        transcriber: Transcriber | None = None,
        watch: Watch | None = None,
    ) -> None:
        """`model` is a `vosk.Model`; without a `transcriber` there is no second opinion.

        `watch` is told of every candidate judged, its evidence and its probability.
        """
        self._model = model
        self._cue_book = cue_book
        self._hearing = hearing
        self._watch = watch
        self._verifier = Verifier(
            model,
            cue_book.phrases,
            load_decoys(),
            transcriber if hearing.second_opinion else None,
            load_weights(),
        )
        self._voice = VoiceActivity()
        self._sound = _Sound()
        self._contexts: frozenset[str] = frozenset()
        self._live: dict[str, Cue] = {}
        self._proposer = Proposer(())
        self._grammar = ""
        self._utterance: _Utterance | None = None
        self._candidates: dict[tuple[str, int], Candidate] = {}
        self._silent_s = 0.0
        self._heard_until_s = 0.0
        self._refractory_until_s: dict[str, float] = {}
        self._own_speech = ""
        self._own_until_s = -1.0

    def listen_for(self, contexts: frozenset[str]) -> None:
        """From now on the live cues are those of these phases and contexts."""
        if contexts == self._contexts:
            return
        self._contexts = contexts
        self._live = {
            phrase: cue for cue in self._cue_book.live_in(contexts) for phrase in cue.phrases
        }
        self._grammar = json.dumps([*self._live, UNKNOWN])
        self._proposer = Proposer(self._live)
        if self._utterance is not None:
            self._open(REPEATED_S)

    def accept(self, frame: Frame, own_speech: str) -> tuple[CueMatch, ...]:
        """Take the next frame and give the cues decided on at its end."""
        matches = self._close() if frame.lost_samples else []
        voice = self._voice.accept(frame.pcm).voice
        self._sound.append(frame)
        if own_speech:
            self._own_speech = own_speech.lower()
            self._own_until_s = self._sound.now_s + OWN_TAIL_S
        self._silent_s = 0.0 if voice else self._silent_s + frame.samples / SAMPLE_RATE_HZ
        if self._utterance is None:
            if voice and self._live:
                self._open(PRE_ROLL_S)
            return tuple(matches)
        text = self._utterance.accept(frame.pcm)
        matches += self._consider(text, final=self._utterance.ended)
        if self._silent_s >= HANGOVER_S:
            matches += self._close()
        elif self._utterance.ended:
            self._candidates.clear()
            if self._sound.now_s - self._utterance.last_word_s < END_POINT_S:
                self._open(REPEATED_S)
        return tuple(matches)

    def _open(self, back_s: float) -> None:
        """Begin an utterance with the last `back_s`, but nothing a cue was found in already."""
        start_s, pcm = self._sound.since(max(self._sound.now_s - back_s, self._heard_until_s))
        self._utterance = _Utterance(self._model, self._grammar, start_s)
        self._candidates.clear()
        self._utterance.accept(pcm)

    def _close(self) -> list[CueMatch]:
        """End the utterance, if there is one, and decide on what is left of it."""
        if self._utterance is None:
            return []
        matches = self._consider(self._utterance.finish(), final=True)
        self._candidates.clear()
        self._utterance = None
        return matches

    def _consider(self, text: str, final: bool) -> list[CueMatch]:
        """Look at the live phrases in `text` and give those that are believed."""
        matches = []
        now_s = self._sound.now_s
        for phrase, nth in self._proposer.phrases_in(text):
            candidate = self._candidates.setdefault(
                (phrase, nth), Candidate(self._live[phrase], phrase, now_s, now_s)
            )
            if candidate.done or (now_s < candidate.look_s and not final):
                continue
            match = self._look(candidate, final)
            if match is not None:
                matches.append(match)
        return matches

    def _look(self, candidate: Candidate, final: bool) -> CueMatch | None:
        """Find out whether a candidate is over, and if so whether it was said."""
        now_s = self._sound.now_s
        assert self._utterance is not None
        if now_s - candidate.proposed_s > GIVE_UP_S:
            candidate.looks_left = 0
            return None
        candidate.look_s = now_s + LOOK_EVERY_S
        back_s = 0.8 + 0.08 * len(candidate.phrase)
        from_s, pcm = self._sound.since(max(candidate.proposed_s - back_s, self._utterance.start_s))
        rivals = [
            other
            for other in self._proposer.like(candidate.phrase)
            if self._live[other].id != candidate.cue.id
        ]
        located = self._verifier.locate(candidate.phrase, rivals, pcm)
        if located is None:
            candidate.searches_left -= 1
            candidate.look_s = now_s + SEARCH_EVERY_S
            return None
        if located[1] + from_s > now_s - SETTLED_S and not final:
            return None
        candidate.start_s = from_s + located[0]
        candidate.end_s = min(from_s + located[1], now_s)
        candidate.looks_left -= 1
        candidate.look_s = candidate.end_s + CONTEXT_S + LOOK_EVERY_S
        if candidate.start_s < self._refractory_until_s.get(candidate.cue.id, 0.0):
            return None
        return self._judge(candidate)

    def _judge(self, candidate: Candidate) -> CueMatch | None:
        """The match, where the verifier believes the candidate."""
        from_s, pcm = self._sound.since(candidate.start_s - CONTEXT_S)
        size = round((candidate.end_s + CONTEXT_S - from_s) * SAMPLE_RATE_HZ) * BYTES_PER_SAMPLE
        start_s, end_s = candidate.start_s - from_s, candidate.end_s - from_s
        span = Span(candidate.phrase, pcm[:size], start_s, end_s)
        evidence = self._verifier.evidence(span)
        probability = self._verifier.probability(evidence)
        if self._watch is not None:
            self._watch(candidate, evidence, probability)
        bar = self._threshold(candidate) + (EARLY_BAR if candidate.looks_left else 0.0)
        if probability < bar:
            return None
        candidate.looks_left = 0
        self._heard_until_s = candidate.end_s
        self._refractory_until_s[candidate.cue.id] = candidate.end_s + candidate.cue.refractory_s
        return CueMatch(
            candidate.cue.id,
            candidate.phrase,
            round(probability, 3),
            round(candidate.start_s, 3),
            round(candidate.end_s, 3),
            round(self._sound.now_s, 3),
        )

    def _threshold(self, candidate: Candidate) -> float:
        """Probability a phrase needs; above 1 for what we are saying ourselves."""
        threshold = self._verifier.threshold(candidate.cue.sensitivity or self._hearing.sensitivity)
        if self._sound.now_s > self._own_until_s:
            return threshold
        if fuzz.partial_ratio(candidate.phrase, self._own_speech) >= OWN_WORDS:
            return 2.0
        # What is there to interrupt us must get through.
        meant = "speaking" in candidate.cue.phases
        return threshold if meant else (1.0 + threshold) / 2.0
