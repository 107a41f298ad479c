"""The speaker of a replay: clips laid on the session's own timeline, and on disk if wanted."""

from __future__ import annotations

import contextlib
import os
import wave
from pathlib import Path

from assistant.audio.track import Samples, Track, with_volume
from assistant.errors import AudioError
from assistant.events import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ, Clip, PlaybackFinished
from assistant.ports import Deliver

_BLOCK_SAMPLES = SAMPLE_RATE_HZ


class TimelinePlayer:
    """Plays in session time; implements `Player`. Nothing sounds and nothing waits.

    With `out_path` every sample up to the clock is written there at once (16 kHz mono int16
    WAV, readable by the owner only), so memory stays bounded however long the session is. The
    file is as long as the larger of the session and the last sound; `close` completes it.
    """

    def __init__(self, out_path: Path | None = None) -> None:
        self._out_path = out_path
        self._wav: wave.Wave_write | None = None
        self._deliver: Deliver | None = None
        self._track = Track(SAMPLE_RATE_HZ)
        self._now_samples = 0
        self._clip_id = 0

    def open(self, deliver: Deliver) -> None:
        """Make ready, and create the file. Raises `AudioError` (``audio-unwritable``)."""
        self._deliver = deliver
        if self._out_path is not None:
            self._wav = _create(self._out_path)

    def play(self, clip_id: int, clip: Clip, volume: float) -> None:
        """Start `clip` where the clock stands, in place of whatever plays."""
        self.stop()
        self._clip_id = clip_id
        self._track.left = with_volume(clip.pcm, volume)

    def stop(self) -> None:
        """Silence from the clock's position on, after a fade of a few milliseconds."""
        if self._track.cut():
            self._report(False, self._now_samples)

    def mute(self, muted: bool) -> None:
        """Make what plays unheard from the clock's position on, or heard again."""
        self._track.muted = muted

    def advance(self, t_s: float) -> None:
        """Move the clock to `t_s` seconds; a clip that ends on the way is reported.

        A time in the past changes nothing. Raises `AudioError` (``audio-unwritable``).
        """
        self._render(round(t_s * SAMPLE_RATE_HZ) - self._now_samples)

    def close(self) -> None:
        """Write what still sounds and complete the file; harmless when not open."""
        self._deliver = None
        self._render(self._track.rest())
        wav, self._wav = self._wav, None
        if wav is not None:
            try:
                wav.close()
            except OSError as error:
                raise _unwritable(self._out_path, error) from error

    def _render(self, count: int) -> None:
        while count > 0:
            block, ended_at = self._track.render(min(count, _BLOCK_SAMPLES))
            self._write(block)
            if ended_at is not None:
                self._report(True, self._now_samples + ended_at)
            self._now_samples += len(block)
            count -= len(block)

    def _report(self, completed: bool, at_samples: int) -> None:
        if self._deliver is not None:
            t_s = at_samples / SAMPLE_RATE_HZ
            self._deliver(PlaybackFinished(self._clip_id, completed, t_s))

    def _write(self, samples: Samples) -> None:
        if self._wav is None:
            return
        try:
            self._wav.writeframesraw(samples.tobytes())
        except OSError as error:
            wav, self._wav = self._wav, None
            with contextlib.suppress(OSError):
                wav.close()
            raise _unwritable(self._out_path, error) from error


def _create(path: Path) -> wave.Wave_write:
    """A new WAV file at `path` that only its owner may read."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        if path.is_file():  # there already, and no device such as /dev/null
            path.chmod(0o600)
        wav = wave.open(str(path), "wb")  # noqa: SIM115  (open as long as the session)
    except OSError as error:
        raise _unwritable(path, error) from error
    wav.setnchannels(1)
    wav.setsampwidth(BYTES_PER_SAMPLE)
    wav.setframerate(SAMPLE_RATE_HZ)
    return wav


def _unwritable(path: Path | None, error: OSError) -> AudioError:
    return AudioError(
        "audio-unwritable",
        f"{path} cannot be written: {error.strerror or error}.",
        "Name another file, or make room on the disk.",
    )
