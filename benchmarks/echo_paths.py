"""How our own voice gets into the microphone: level, delay, room; and who speaks over it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from cue_data import Samples, active_rms, sound_end_s, to_int16
from numpy.typing import NDArray

from assistant.audio.echo import EchoCanceller
from assistant.events import FRAME_SAMPLES, SAMPLE_RATE_HZ, Frame

NORMAL_SPEECH_DBFS = -26.0
"""Active level of a caller's speech in a headset microphone, against which ours is set."""
DELAY_S = 0.12
"""From the reference to its echo in the microphone; 0.08 to 0.12 on the virtual sound card."""
HISS_RMS = 6.0
"""What a quiet microphone adds, in steps of 16 bits."""
PAUSE_S = 1.0
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class EchoPath:
    """How our voice reaches the microphone."""

    level_db: float | None
    """Active level against normal speech; None where there is no echo, as with a headset."""
    room: Samples | None = None
    """Impulse response; None is the bare sound."""

    @property
    def name(self) -> str:
        """Such as ``room +6 dB``."""
        if self.level_db is None:
            return "headset"
        return f"{'dry' if self.room is None else 'room'} {self.level_db:+.0f} dB"


@dataclass(frozen=True, slots=True)
class Interruption:
    """Words of the user's, laid over what we say."""

    phrase: str
    samples: Samples
    """At normal level, without silence before it."""
    at: float
    """Where it begins, 0 to 1 of the room there is from half a second into our speech."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One of our texts as it is heard; samples count from the beginning of the recording."""

    text: str
    first: int
    last: int
    phrase: str = ""
    phrase_end_s: float = 0.0


def at_level(samples: Samples | Floats, level_db: float) -> Floats:
    """`samples` with an active level `level_db` above normal speech."""
    floats = samples.astype(np.float64)
    floats *= 10_000 / max(float(np.abs(floats).max(initial=0.0)), 1.0)
    wanted = 32768 * 10 ** ((NORMAL_SPEECH_DBFS + level_db) / 20)
    return floats * wanted / active_rms(to_int16(floats))


def trimmed(samples: Samples) -> Samples:
    """`samples` from 20 ms before the first sound within 40 dB of the loudest."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > np.abs(samples).max() * 0.01)
    return samples[max(0, int(loud[0]) - 320) :] if loud.size else samples


class Recording:
    """A stretch of a session: what we say one after another, and what the microphone hears."""

    def __init__(
        self,
        said: Sequence[tuple[str, Samples, Interruption | None]],
        path: EchoPath,
        seed: int = 0,
    ) -> None:
        self.pieces: list[Piece] = []
        pause = round(PAUSE_S * SAMPLE_RATE_HZ)
        clips = [at_level(samples, 0.0) for _, samples, _ in said]
        size = sum(clip.size + pause for clip in clips)
        self._played = np.zeros(size)
        user = np.zeros(size)
        first = 0
        for (text, _, over), clip in zip(said, clips, strict=True):
            last = first + clip.size
            self._played[first:last] = clip
            self.pieces.append(self._piece(text, first, last, over, user))
            first = last + pause
        hiss = np.random.default_rng(seed).normal(0.0, HISS_RMS, size)
        self._heard = to_int16(self._echo(path) + user + hiss)

    def _echo(self, path: EchoPath) -> Floats:
        """What the microphone hears of what was played."""
        if path.level_db is None:
            return np.zeros_like(self._played)
        echo = self._played
        if path.room is not None:
            size = echo.size + path.room.size
            echo = np.fft.irfft(np.fft.rfft(echo, size) * np.fft.rfft(path.room, size), size)
        delayed = np.concatenate([np.zeros(round(DELAY_S * SAMPLE_RATE_HZ)), echo])
        return at_level(delayed[: self._played.size], path.level_db)

    @staticmethod
    def _piece(text: str, first: int, last: int, over: Interruption | None, user: Floats) -> Piece:
        if over is None:
            return Piece(text, first, last)
        earliest = first + round((0.5 + DELAY_S) * SAMPLE_RATE_HZ)
        latest = max(earliest, last - over.samples.size)
        start = earliest + round(over.at * (latest - earliest))
        words = at_level(over.samples, 0.0)[: user.size - start]
        user[start : start + words.size] += words
        end_s = start / SAMPLE_RATE_HZ + sound_end_s(over.samples)
        return Piece(text, first, last, over.phrase, end_s)

    def frames(
        self, cancel: bool, cold: bool = False
    ) -> Iterator[tuple[Frame, Piece | None, bool]]:
        """The frames as the spotter gets them, the text being said, and whether it still is.

        With `cancel` the shipped echo canceller has cleaned them, with what it learned from the
        texts before; `cold` makes it forget that at the beginning of each text.
        """
        canceller = EchoCanceller()
        begins = {piece.first // FRAME_SAMPLES for piece in self.pieces if cold}
        played = np.clip(np.rint(self._played), -32768, 32767).astype("<i2")
        for first in range(0, self._heard.size, FRAME_SAMPLES):
            if first // FRAME_SAMPLES in begins:
                canceller = EchoCanceller()
            part = slice(first, first + FRAME_SAMPLES)
            reference = played[part].tobytes() if played[part].any() else b""
            frame = Frame(self._heard[part].astype("<i2").tobytes(), references=(reference,))
            piece = next((p for p in self.pieces if p.first <= first < p.last + 8000), None)
            speaking = piece is not None and first < piece.last
            yield canceller.clean(frame) if cancel else frame, piece, speaking
