"""What we say, and the phrases that stop us, as sound in many voices."""

from __future__ import annotations

import random

import numpy as np
from cue_data import Samples, to_int16
from echo_paths import trimmed
from render_cues import Voice, speak

from assistant.coaching.cues import CueBook
from assistant.coaching.prompts import Prompts, fill
from assistant.speech.synthesiser import Pyttsx3Synthesiser

OWN_VOICES = {
    "tune": ("espeak:en-us+m1", "espeak:en-gb+m3", "flite:rms"),
    "report": ("espeak:en-us", "espeak:en-gb-x-rp", "flite:slt", "piper:joe"),
}
FACTS = {
    "name": "Maria Lopez", "company": "Northern Power", "customer_since": "six years ago",
    "plan": "the family plan", "case_numbers": "four seven one two", "title": "Take a breath",
    "next_step": "They call back on Friday", "when": "this morning", "minutes": "Twelve",
}  # fmt: skip


def texts_of(prompts: Prompts, book: CueBook) -> list[str]:
    """Every text the product can say, slots filled; the breathing counts are one of them."""
    wordings = [text for tip in prompts.tips.values() for text in tip.wordings]
    replies = [cue.reply for cue in book.cues if cue.reply]
    said = [fill(text, FACTS) for text in (*prompts.messages.values(), *wordings, *replies)]
    counts = "In, two, three. Hold, two, three, four, five. Out, two, three."
    return [text for text in (*said, counts) if text.strip()]


def voice_named(name: str) -> Voice:
    """The voice of a name such as ``flite:slt``; without an engine it is espeak-ng's."""
    engine, _, rest = name.rpartition(":")
    return Voice(engine or "espeak", rest)


def own_clip(voice: Voice, text: str) -> Samples:
    """`text` as the product would say it, or by another engine where it has no such voice."""
    if voice.engine != "espeak":
        return trimmed(to_int16(speak(voice, text, random.Random(text)) * 32768))
    synthesiser = Pyttsx3Synthesiser(voice.name)
    try:
        return np.frombuffer(synthesiser.render(text).pcm, dtype="<i2")
    finally:
        synthesiser.close()


def stop_clips(book: CueBook, voices: tuple[Voice, ...]) -> list[tuple[Voice, str, Samples]]:
    """Every phrase of the stop cue in every voice, in an order of chance that stays the same."""
    phrases = next(cue.phrases for cue in book.cues if cue.id == "stop")
    clips = [
        (voice, phrase, trimmed(to_int16(speak(voice, phrase, random.Random(phrase)) * 32768)))
        for voice in voices
        for phrase in phrases
    ]
    random.Random(0).shuffle(clips)
    return clips
