"""Hearing cues in a stream of frames: a fast pass proposes, the verifier decides."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from assistant.audio.voice_activity import Lulls, VoiceActivity
from assistant.coaching.cues import Cue, CueBook, Sensitivity
from assistant.events import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ, CueMatch, Frame
from assistant.ports import Transcriber
from assistant.recognition.own_speech import OwnSpeech
from assistant.recognition.paraphrase_ear import ParaphraseEar
from assistant.recognition.proposer import BRIEF_S, Proposer, Stall, Utterance
from assistant.recognition.recent_sound import RecentSound
from assistant.recognition.second_pass import UNKNOWN, find
from assistant.recognition.suspicion import Suspicion
from assistant.recognition.verifier import (
    ALONE_CONTRAST,
    BEFORE_S,
    CONTEXT_S,
    Evidence,
    Judge,
    Span,
    Verifier,
    contrasts,
    load_decoys,
    load_weights,
)
from assistant.settings import HearingSettings

PRE_ROLL_S = 0.6
"""Audio heard again from before the voice, so that no first sound is lost."""
HANGOVER_S = 0.6
"""Silence after which an utterance is over; the gate itself adds 0.3 s."""
REPEATED_S = 2.5
"""When an utterance is ended in the middle of speech, this much is heard again."""
LONG_S, LATER_LONG_S, LONGEST_S = 4.0, 2.5, 6.0
"""Unbroken voice is cut here, at the first where no word of a cue is under way, and at the second
where the utterance is itself what followed such a cut: the wide lattice makes noise dear."""
OVERLAP_S = 0.8
"""What is heard again after such a cut: no word was under way, so it has only just begun."""
END_POINT_S = 0.4
"""Vosk ends an utterance this long after its last word, or else in the middle of speech."""
SETTLED_S = 0.05
"""How long a phrase must have been over, in the second look's own times, to be judged."""
WAIT_S = 0.25
"""The same for one that must stand alone, and one that a longer phrase begins with."""
SAME_PLACE_S = 0.3
"""A phrase found again so near is the same one."""
LEAD_S, LETTER_S = 0.8, 0.08
"""The second look begins this long, and so much for each letter, before the proposal."""
LOOK_EVERY_S = 0.1
"""How often an unfinished phrase is looked at again."""
SEARCHES, SEARCH_EVERY_S = 3, 0.2
"""How often, and how far apart, a second look may fail to find the phrase: decoding is dear."""
GIVE_UP_S = 2.0
"""A phrase that was proposed this long ago and still is not over was none."""
LOOKS = 2
"""How often a phrase is judged: at once, and if that fails with the sound that follows it."""
EARLY_BAR = 0.15
"""How much surer the first judgement must be, which hears nothing of what follows."""

Watch = Callable[["Candidate", Evidence, float], None]


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

    @property
    def bar(self) -> float:
        """How much surer than its threshold it must be now."""
        return EARLY_BAR if self.looks_left and not self.cue.quick else 0.0

    def search_later(self, now_s: float) -> None:
        """Count a search that found nothing, or that is left out."""
        self.searches_left -= 1
        self.look_s = now_s + SEARCH_EVERY_S


class CueSpotter:
    """Hears the live cues of a `CueBook`; one instance per stream."""

    def __init__(
        self,
        model: Any,
        cue_book: CueBook,
        hearing: HearingSettings,
        transcriber: Transcriber | None = None,
        watch: Watch | None = None,
        suspect: Callable[[], object] = lambda: None,
        judge: Judge | None = None,
    ) -> None:
        """`model` is a `vosk.Model`; without a `transcriber` there is no second opinion.

        `watch` is told of every candidate judged, its evidence and its probability; `suspect` of
        every quick cue that may be being said, before it takes the time to judge it; `judge` judges
        in place of the shipped `Verifier`, but for quick cues.
        """
        self._model = model
        self._cue_book = cue_book
        self._hearing = hearing
        self._watch = watch
        self._suspicion = Suspicion(model, suspect)
        decoys, weights = load_decoys(), load_weights()
        second = transcriber if hearing.second_opinion else None
        self._verifier = judge or Verifier(model, cue_book.phrases, decoys, second, weights)
        quick = [phrase for cue in cue_book.cues if cue.quick for phrase in cue.phrases]
        self._quick_verifier = Verifier(model, quick, decoys, None, weights)
        self._other_words = ParaphraseEar(second, decoys)
        self._voice = VoiceActivity()
        self._lulls = Lulls()
        self._sound = RecentSound()
        self._contexts: frozenset[str] = frozenset()
        self._live: dict[str, Cue] = {}
        self._quick: list[str] = []
        self._proposer = Proposer(())
        self._grammar = ""
        self._utterance: Utterance | None = None
        self._is_whole = True
        """Whether the utterance began with the voice, not in the middle of it."""
        self._voice_start_s = 0.0
        """When that voice began, however often it was cut since."""
        self._candidates: dict[tuple[str, int], Candidate] = {}
        """By phrase and how many came before it in the text; negative where not in the text."""
        self._stall = Stall()
        self._silent_s = 0.0
        self._heard_until_s = 0.0
        self._refractory_until_s: dict[str, float] = {}
        self._own_speech = OwnSpeech()

    @property
    def thresholds(self) -> dict[str, float]:
        """Probability a cue needs at each sensitivity."""
        return {each: self._verifier.threshold(each) for each in get_args(Sensitivity)}

    def listen_for(self, contexts: frozenset[str]) -> None:
        """From now on the live cues are those of these phases and contexts."""
        if contexts == self._contexts:
            return
        self._contexts = contexts
        live = self._cue_book.live_in(contexts)
        self._live = {phrase: cue for cue in live for phrase in cue.phrases}
        self._other_words.listen_for(live)
        self._grammar = json.dumps([*self._live, UNKNOWN])
        self._quick = [phrase for phrase, cue in self._live.items() if cue.quick]
        self._proposer = Proposer(self._live)
        if self._utterance is not None:
            self._open(REPEATED_S)

    def accept(self, frame: Frame, own_speech: str) -> tuple[CueMatch, ...]:
        """Take the next frame and give the cues decided on at its end."""
        matches = self._close() if frame.lost_samples else []
        state = self._voice.accept(frame.pcm)
        lull = self._lulls.accept(state.level_dbfs)
        self._sound.append(frame)
        self._own_speech.accept(own_speech, self._sound.now_s)
        self._silent_s = 0.0 if state.voice else self._silent_s + frame.samples / SAMPLE_RATE_HZ
        if self._utterance is None:
            if state.voice and self._live:
                self._open(PRE_ROLL_S)
            return tuple(matches)
        text = self._utterance.accept(frame.pcm)
        matches += self._consider(text, final=self._utterance.ended)
        matches = matches or self._look_closer(text)
        if lull and self._quick:
            # What must act at once is not kept waiting until the fast pass proposes it.
            matches += self._look([], final=False, also=self._quick)
        if self._silent_s >= HANGOVER_S:
            matches += self._close()
        elif self._utterance.ended:
            self._candidates.clear()
            if self._sound.now_s - self._utterance.last_word_s < END_POINT_S:
                self._open(REPEATED_S)
        else:
            self._limit()
        return tuple(matches)

    def _limit(self) -> None:
        """Begin anew in unbroken voice, at a moment without words of a cue where there is one."""
        assert self._utterance is not None
        now_s, long_s = self._sound.now_s, LONG_S if self._is_whole else LATER_LONG_S
        lasts_s = now_s - self._utterance.start_s
        if self._silent_s:
            return  # it is about to end by itself
        if lasts_s > long_s and self._stall.idle(now_s):
            self._open(OVERLAP_S)
        elif lasts_s > LONGEST_S:
            self._open(REPEATED_S)

    def _open(self, back_s: float) -> None:
        """Begin an utterance with the last `back_s`, but nothing a cue was found in already."""
        self._is_whole = self._utterance is None
        start_s, pcm = self._sound.since(max(self._sound.now_s - back_s, self._heard_until_s))
        self._utterance = Utterance(self._model, self._grammar, start_s)
        self._voice_start_s = start_s if self._is_whole else self._voice_start_s
        self._candidates.clear()
        self._utterance.accept(pcm)

    def _close(self) -> list[CueMatch]:
        """End the utterance, if there is one, and decide on what is left of it."""
        if self._utterance is None:
            return []
        heard = self._utterance.finish()
        matches = self._consider(heard, final=True) or self._look_closer(heard, at_once=True)
        matches = matches or self._in_other_words(heard)
        self._candidates.clear()
        self._utterance = None
        return matches

    def _consider(self, text: str, final: bool) -> list[CueMatch]:
        """Look at the live phrases in `text` and give those that are believed."""
        now_s = self._sound.now_s
        due = []
        unproposed = [key for key in self._candidates if key[1] < 0]
        for key in (*self._proposer.phrases_in(text), *unproposed):
            is_new = key not in self._candidates
            candidate = self._candidate(*key)
            if is_new and key[0] not in text:
                candidate.search_later(now_s)  # merely like the words: mostly still under way
            if now_s - candidate.proposed_s > GIVE_UP_S:
                candidate.looks_left = 0
            if not candidate.done and (now_s >= candidate.look_s or final):
                due.append(candidate)
        return self._look(due, final) if due else []

    def _candidate(self, phrase: str, nth: int, proposed_s: float | None = None) -> Candidate:
        now_s = self._sound.now_s if proposed_s is None else proposed_s
        new = Candidate(self._live[phrase], phrase, now_s, now_s)
        return self._candidates.setdefault((phrase, nth), new)

    def _look(self, due: list[Candidate], final: bool, also: Sequence[str] = ()) -> list[CueMatch]:
        """Hear the last seconds again: find out which phrases are over and which were said.

        One look serves all that is due, so that of phrases that overlap the longest is found;
        `also` are phrases that nothing has proposed.
        """
        now_s = self._sound.now_s
        assert self._utterance is not None
        since_s = [one.proposed_s - LEAD_S - LETTER_S * len(one.phrase) for one in due]
        since_s += [now_s - LEAD_S - LETTER_S * len(phrase) for phrase in also]
        phrases = list(dict.fromkeys([*(candidate.phrase for candidate in due), *also]))
        for phrase in tuple(phrases):
            phrases += self._rivals(phrase, phrases)
        from_s, pcm = self._sound.since(max(min(since_s), self._utterance.start_s))
        found = find(self._model, pcm, phrases)
        matches = []
        for candidate in [*due, *self._unproposed(found, due, from_s)]:
            place = found.get(candidate.phrase)
            if place is None:
                candidate.search_later(now_s)
                continue
            candidate.start_s = from_s + place[0]
            candidate.end_s = min(from_s + place[1], now_s)
            if candidate.cue.quick and not self._own_speech.holds(candidate.phrase, now_s):
                self._suspicion.weigh(self._span(candidate), candidate.start_s)
            settled_s = candidate.end_s + self._settling_s(candidate)
            if now_s < settled_s and not final:
                every_s = SETTLED_S if candidate.cue.quick else LOOK_EVERY_S
                candidate.look_s = max(now_s + every_s, settled_s)
                continue
            candidate.looks_left = 1 if final else candidate.looks_left  # none follows: no bar
            matches += self._decide(candidate)
        return matches

    def _look_closer(self, text: str, at_once: bool = False) -> list[CueMatch]:
        """Once `text` stalls: hear it with all live phrases, and what is less likely counts too."""
        now_s, one = self._sound.now_s, self._utterance
        stalled, at_s = self._stall.accept(text, now_s, at_once), self._stall.since_s
        brief = self._is_whole and one is not None and now_s - one.start_s <= BRIEF_S
        if one is None or not (stalled and brief):
            return []
        pcm = self._sound.since(max(one.start_s, self._heard_until_s))[1]
        found = self._proposer.hear_closely(self._model, pcm)
        due = [new for each in found if (new := self._candidate(each, 0, at_s)).looks_left]
        return self._look(due, final=True) if due else []

    def _rivals(self, phrase: str, known: list[str]) -> list[str]:
        """Phrases of other cues that may have been said in place of `phrase`."""
        return [
            other
            for other in self._proposer.like(phrase)
            if other not in known and self._live[other].id != self._live[phrase].id
        ]

    def _unproposed(
        self, found: Mapping[str, tuple[float, float]], due: list[Candidate], from_s: float
    ) -> list[Candidate]:
        """Candidates for phrases that only the second look found, one for each place."""
        new = []
        known = {candidate.phrase for candidate in due}
        for phrase in [phrase for phrase in found if phrase not in known]:
            start_s = from_s + found[phrase][0]
            same = (
                one
                for one in self._candidates.values()
                if one.phrase == phrase and abs(one.start_s - start_s) < SAME_PLACE_S
            )
            candidate = next(same, None) or self._candidate(phrase, -1 - len(self._candidates))
            if not candidate.done:
                new.append(candidate)
        return new

    def _settling_s(self, candidate: Candidate) -> float:
        """How long the phrase must be over to be judged."""
        longer = self._proposer.going_on(candidate.phrase)
        waits = any(self._live[phrase].id != candidate.cue.id for phrase in longer)
        return WAIT_S if waits or candidate.cue.alone else SETTLED_S

    def _decide(self, candidate: Candidate) -> list[CueMatch]:
        """Judge a candidate that is over, unless its cue or its sound had its turn already."""
        candidate.looks_left -= 1
        candidate.look_s = candidate.end_s + CONTEXT_S + LOOK_EVERY_S
        rests_until_s = self._refractory_until_s.get(candidate.cue.id, 0.0)
        if candidate.start_s < max(rests_until_s, self._heard_until_s):
            return []
        return self._judge(candidate)

    def _judge(self, candidate: Candidate) -> list[CueMatch]:
        """The match, where the verifier believes the candidate."""
        span = self._span(candidate)
        if candidate.cue.alone and min(contrasts(span)) < ALONE_CONTRAST:
            return []
        verifier = self._quick_verifier if candidate.cue.quick else self._verifier
        evidence = verifier.evidence(span)
        probability = verifier.probability(evidence)
        if self._watch is not None:
            self._watch(candidate, evidence, probability)
        if probability < self._threshold(candidate, verifier) + candidate.bar:
            return []
        candidate.looks_left = 0
        times_s = candidate.start_s, candidate.end_s
        return [self._match(candidate.cue, candidate.phrase, probability, *times_s)]

    def _span(self, candidate: Candidate) -> Span:
        """The candidate in its surroundings."""
        from_s, pcm = self._sound.since(candidate.start_s - CONTEXT_S)
        before = self._sound.between(max(from_s - BEFORE_S, self._voice_start_s), from_s)
        start_s, end_s = candidate.start_s - from_s, candidate.end_s - from_s
        pcm = pcm[: round((end_s + CONTEXT_S) * SAMPLE_RATE_HZ) * BYTES_PER_SAMPLE]
        return Span(candidate.phrase, pcm, start_s, end_s, before)

    def _match(
        self, cue: Cue, phrase: str, confidence: float, start_s: float, end_s: float
    ) -> CueMatch:
        """Make the match, after which the cue and its sound have had their turn."""
        self._heard_until_s = end_s
        self._refractory_until_s[cue.id] = end_s + cue.refractory_s
        times_s = (start_s, end_s, self._sound.now_s)
        return CueMatch(cue.id, phrase, round(confidence, 3), *(round(t_s, 3) for t_s in times_s))

    def _in_other_words(self, heard: str) -> list[CueMatch]:
        """The match, where the whole utterance that just ended is a paraphrase of a cue."""
        assert self._utterance is not None
        start_s, pcm = self._sound.since(self._utterance.start_s)
        end_s = self._sound.now_s - self._silent_s
        if not self._is_whole or start_s < max(self._heard_until_s, self._own_speech.until_s):
            return []
        found = self._other_words.hear(heard, pcm, end_s - start_s)
        if found is None or start_s < self._refractory_until_s.get(found.cue.id, 0.0):
            return []
        return [self._match(found.cue, found.phrase, found.likeness, start_s, end_s)]

    def _threshold(self, candidate: Candidate, verifier: Judge) -> float:
        """Probability a phrase needs; above 1 for what we are saying ourselves."""
        cue = candidate.cue
        threshold = verifier.threshold(cue.sensitivity or self._hearing.sensitivity)
        threshold += cue.threshold_shift
        threshold = min(max(threshold, verifier.threshold("high")), verifier.threshold("low"))
        now_s = self._sound.now_s
        if now_s > self._own_speech.until_s:
            return threshold
        if self._own_speech.holds(candidate.phrase, now_s):
            return 2.0
        # What is there to interrupt us must get through.
        meant = "speaking" in candidate.cue.phases
        return threshold if meant else (1.0 + threshold) / 2.0
