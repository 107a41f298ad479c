"""The four earcons: short sounds told apart by how many notes they have and where these go.

Rising means we listen, a short high pair means understood, low and falling means not
understood, three notes up a chord mean saved: direction, register and number of notes all
differ, so that none depends on a good ear for pitch (Brewster, Wright and Edwards, "Guidelines
for the creation of earcons", 1995: rhythm and register tell more than pitch alone).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from assistant.events import SAMPLE_RATE_HZ, Clip, Earcon
from assistant.speech.samples import Samples, to_pcm

MAX_EARCON_S = 0.3
"""No earcon is longer."""
PEAK = 0.35
"""Largest sample: below speech, 9 dB under full scale."""


@dataclass(frozen=True, slots=True)
class Note:
    """One tone of an earcon, gliding from one pitch to another."""

    seconds: float
    from_hz: float
    to_hz: float
    rest_s: float = 0.0
    """Silence after it."""


NOTES: dict[Earcon, tuple[Note, ...]] = {
    Earcon.LISTENING: (Note(0.18, 392.0, 784.0),),
    Earcon.UNDERSTOOD: (Note(0.05, 1047.0, 1047.0, rest_s=0.03), Note(0.08, 1047.0, 1047.0)),
    Earcon.NOT_UNDERSTOOD: (Note(0.12, 311.0, 311.0, rest_s=0.01), Note(0.15, 220.0, 208.0)),
    Earcon.SAVED: (
        Note(0.07, 523.0, 523.0, rest_s=0.01),
        Note(0.07, 659.0, 659.0, rest_s=0.01),
        Note(0.12, 784.0, 784.0),
    ),
}


@cache
def earcon_clip(earcon: Earcon) -> Clip:
    """Give the sound of `earcon`: at most `MAX_EARCON_S`, with a soft attack; its text is ""."""
    pieces = []
    for note in NOTES[earcon]:
        pieces.append(tone(note.seconds, note.from_hz, note.to_hz))
        pieces.append(np.zeros(round(note.rest_s * SAMPLE_RATE_HZ), dtype=np.float32))
    return Clip(to_pcm(np.concatenate(pieces) * np.float32(PEAK)))


def tone(seconds: float, from_hz: float, to_hz: float, attack_s: float = 0.008) -> Samples:
    """Make a mellow tone, peak 1.0: a sine with some octave, cosine attack, decaying to zero."""
    count = round(seconds * SAMPLE_RATE_HZ)
    pitch_hz = np.geomspace(from_hz, to_hz, count)
    turns = np.cumsum(pitch_hz) / SAMPLE_RATE_HZ
    wave = np.sin(2 * np.pi * turns) + 0.25 * np.sin(4 * np.pi * turns)
    attack = min(round(attack_s * SAMPLE_RATE_HZ), count)
    envelope = np.cos(np.linspace(0.0, np.pi / 2, count)) ** 2
    envelope[:attack] *= 0.5 - 0.5 * np.cos(np.linspace(0.0, np.pi, attack))
    shaped: Samples = (wave * envelope / np.abs(wave * envelope).max()).astype(np.float32)
    return shaped
