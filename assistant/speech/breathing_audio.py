"""Breathing exercises as sound: every count and every tone begins exactly on its beat."""

from __future__ import annotations

from typing import Literal

import numpy as np

from assistant.coaching.breathing import (
    Beat,
    BreathingPattern,
    BreathingWords,
    BreathPhase,
    schedule,
)
from assistant.events import SAMPLE_RATE_HZ, Clip, Mark
from assistant.ports import Synthesiser
from assistant.speech.earcons import tone
from assistant.speech.samples import (
    PEAK,
    WINDOW_SAMPLES,
    Samples,
    fade,
    from_pcm,
    loudness_db,
    to_pcm,
)

Style = Literal["counts", "tones", "both"]

CALM_PACE = 0.85
"""Counts are spoken slower than sentences by this factor: calmer, and understood better."""
PACES = (CALM_PACE, 1.0, 1.25, 1.6, 2.0)
"""Factors on the rate, tried in order until a word fits its beat."""
MAX_RATE_WPM = 400
GAP_S = 0.06
"""Silence left between a word and the next beat."""
ONSET_DB = -35.0
"""A word begins where its envelope first comes this near to its loudest 5 ms."""
STRONG_DB = -16.0
"""Where a word is this near to its loudest, anyone hears it."""
MAX_LIFT_DB = 18.0
"""How much a soft first consonant is raised at most."""
TONE_PEAK = {"tones": 0.3, "both": 0.12}
"""Largest sample of a tone, alone and under a voice."""
TONE_HZ = {BreathPhase.IN: 262.0, BreathPhase.HOLD: 392.0, BreathPhase.OUT: 392.0,
           BreathPhase.REST: 196.0}  # fmt: skip
"""Pitch of the first tone of each part: C4, G4, G4, G3."""
TONE_STEPS = {BreathPhase.IN: 1, BreathPhase.HOLD: 0, BreathPhase.OUT: -1, BreathPhase.REST: 0}
"""Whole tones from count to count: breathing in rises, out falls, holding stays."""


def render_breathing(
    pattern: BreathingPattern,
    cycles: int,
    style: Style,
    synthesiser: Synthesiser,
    rate_wpm: int,
    words: BreathingWords | None = None,
) -> Clip:
    """Render `cycles` breaths of `pattern` as one clip, as long as they take.

    Each spoken count is a mark; tones alone have neither text nor marks. `synthesiser` is left
    at `rate_wpm`. Raises `SpeechError` where a word is needed and no voice can be used.
    """
    beats = schedule(pattern, cycles, words)
    rendered = _Beats(pattern.count_s, style, synthesiser, rate_wpm)
    track = np.zeros(round(cycles * pattern.cycle_s * SAMPLE_RATE_HZ), dtype="<i2")
    marks: list[Mark] = []
    try:
        for beat in beats:
            sound, spoken_s = rendered.of(beat)
            start = round(beat.at_s * SAMPLE_RATE_HZ)
            piece = np.frombuffer(sound, dtype="<i2")[: len(track) - start]
            track[start : start + len(piece)] = piece
            if spoken_s:
                marks.append(Mark(beat.text, beat.at_s, beat.at_s + spoken_s))
    finally:
        synthesiser.set_rate(rate_wpm)
    return Clip(track.tobytes(), " ".join(mark.text for mark in marks), tuple(marks))


def introduced(introduction: Clip, exercise: Clip, pause_s: float = 0.8) -> Clip:
    """Join an introduction, a pause to get ready, and an exercise, with all marks in place."""
    before = introduction.pcm + bytes(2 * round(pause_s * SAMPLE_RATE_HZ))
    shift_s = len(before) / (2 * SAMPLE_RATE_HZ)
    marks = introduction.marks or (Mark(introduction.text, 0.0, introduction.seconds),)
    later = (Mark(m.text, m.start_s + shift_s, m.end_s + shift_s) for m in exercise.marks)
    text = f"{introduction.text} {exercise.text}".strip()
    return Clip(before + exercise.pcm, text, (*marks, *later))


class _Beats:
    """The sound of each different beat, made once."""

    def __init__(
        self, count_s: float, style: Style, synthesiser: Synthesiser, rate_wpm: int
    ) -> None:
        self._count_s = count_s
        self._style = style
        self._synthesiser = synthesiser
        self._rate_wpm = rate_wpm
        self._made: dict[tuple[str, BreathPhase, int], tuple[bytes, float]] = {}

    def of(self, beat: Beat) -> tuple[bytes, float]:
        """PCM of `beat`, beginning on it, and how long its word is (0.0 without one)."""
        key = (beat.text, beat.phase, beat.count)
        if key not in self._made:
            self._made[key] = self._make(beat)
        return self._made[key]

    def _make(self, beat: Beat) -> tuple[bytes, float]:
        word = np.zeros(0, dtype=np.float32)
        if self._style != "tones":
            word = self._word(beat.text)
        sound = np.zeros(round(self._count_s * SAMPLE_RATE_HZ), dtype=np.float32)
        sound[: len(word)] = word
        if self._style != "counts":
            soft = _tone(beat, self._count_s) * np.float32(TONE_PEAK[self._style])
            sound[: len(soft)] += soft
        return to_pcm(sound), len(word) / SAMPLE_RATE_HZ

    def _word(self, text: str) -> Samples:
        """Speak `text` from its onset, as slowly as fits; cut softly where nothing fits."""
        room = round((self._count_s - GAP_S) * SAMPLE_RATE_HZ)
        word = np.zeros(0, dtype=np.float32)
        for pace in PACES:
            self._synthesiser.set_rate(min(round(self._rate_wpm * pace), MAX_RATE_WPM))
            word = from_onset(from_pcm(self._synthesiser.render(text).pcm))
            if len(word) <= room:
                break
        return fade(word[:room], in_s=0.001, out_s=0.02)


def from_onset(word: Samples) -> Samples:
    """Cut `word` to where it begins, and raise a soft first consonant; silence becomes empty.

    "three" and "four" begin with 0.08 s of hiss some 28 dB below their vowel. Raised, the beat is
    heard where it falls, whatever the threshold of whoever listens or measures.
    """
    envelope = np.convolve(np.abs(word), np.full(16, 1 / 16), mode="same")
    loudest = float(np.abs(word).max(initial=0.0))
    if not loudest:
        return word[:0]
    windows = loudness_db(word)
    rms = np.sqrt(np.mean(word[_window(int(windows.argmax()))].astype(np.float64) ** 2))
    begun = np.flatnonzero(envelope >= rms * 10 ** (ONSET_DB / 20))
    cut = word[int(begun[0]) :].copy()
    windows = loudness_db(cut)
    strong = int(np.flatnonzero(windows >= STRONG_DB)[0])
    if strong:
        gains_db = np.append(np.clip(STRONG_DB - windows[:strong], 0.0, MAX_LIFT_DB), 0.0)
        at = (np.arange(strong + 1) + 0.5) * WINDOW_SAMPLES
        gains = 10 ** (np.interp(np.arange(len(cut)), at, gains_db) / 20)
        cut *= gains.astype(np.float32)
    return np.clip(cut, -PEAK, PEAK)


def _window(index: int) -> slice:
    return slice(index * WINDOW_SAMPLES, (index + 1) * WINDOW_SAMPLES)


def _tone(beat: Beat, count_s: float) -> Samples:
    """Make the tone of `beat`; the first of a part is the loudest and longest."""
    first = beat.count == 1
    seconds = min(0.6 if first else 0.35, 0.7 * count_s)
    steps = TONE_STEPS[beat.phase] * min(beat.count - 1, 6)
    pitch_hz = TONE_HZ[beat.phase] * 2 ** (2 * steps / 12)
    return tone(seconds, pitch_hz, pitch_hz) * np.float32(1.0 if first else 0.6)
