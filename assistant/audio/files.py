"""Sound files as a source of frames: any format, rate and number of channels libsndfile reads."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from assistant.audio.devices import quiet_stderr
from assistant.errors import AudioError
from assistant.events import (
    FRAME_SAMPLES,
    SAMPLE_RATE_HZ,
    EndOfAudio,
    Frame,
)
from assistant.ports import Deliver

_BLOCK_S = 1.0
_FRAME_S = FRAME_SAMPLES / SAMPLE_RATE_HZ


class FileSource:
    """Plays one sound file, or several in a row, into the inbox; implements `AudioSource`.

    Unpaced, each `pump` delivers one frame, as fast as the runner asks. With `paced=True` a
    thread of its own delivers in real time instead, as a microphone would. A file that breaks
    off, or turns to rubbish half-way, ends where it can no longer be read; `EndOfAudio` tells.
    """

    def __init__(
        self,
        path: str | Path | Sequence[str | Path],
        paced: bool = False,
        call_on_right: bool = False,
    ) -> None:
        """With `call_on_right` the second channel is the call's own sound: a reference."""
        paths = [path] if isinstance(path, str | Path) else path
        self._paths = [Path(each) for each in paths]
        self._paced = paced
        self._channels = 2 if call_on_right else 1
        self._frames: Iterator[Frame] | None = None
        self._problems: list[str] = []
        self._deliver: Deliver | None = None
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def open(self, deliver: Deliver) -> None:
        """Check every file and begin with the first.

        Raises `AudioError` (``audio-missing``, ``audio-unreadable``, ``audio-empty``,
        ``audio-one-channel``).
        """
        if not self._paths:
            raise AudioError("audio-missing", "No sound file was named.")
        for path in self._paths:
            _check(path, self._channels)
        self._problems = []
        self._frames = _frames(self._paths, self._channels, self._problems)
        self._deliver = deliver
        self._closing.clear()
        if self._paced:
            self._thread = threading.Thread(target=self._run, name="file source", daemon=True)
            self._thread.start()

    def pump(self) -> None:
        """Deliver the next frame, or `EndOfAudio` once; nothing when paced or not open."""
        if not self._paced:
            self._next()

    def close(self) -> None:
        """End; harmless when not open."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._frames = self._deliver = None

    def _next(self) -> None:
        if self._frames is None or self._deliver is None:
            return
        frame = next(self._frames, None)
        if frame is None:
            self._frames = None
            self._deliver(EndOfAudio(" ".join(self._problems)))
        else:
            self._deliver(frame)

    def _run(self) -> None:
        """Deliver each frame when its last sample would have been spoken."""
        due_s = time.monotonic()
        while self._frames is not None:
            due_s += _FRAME_S
            if self._closing.wait(max(0.0, due_s - time.monotonic())):
                return
            self._next()


def _to_int16(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.int16]:
    """Float samples (full scale 1.0) as int16; resampling may overshoot, so they are clipped."""
    scaled = np.clip(np.rint(samples * 32768.0), -32768.0, 32767.0)
    int16: npt.NDArray[np.int16] = scaled.astype("<i2")
    return int16


def _check(path: Path, channels: int) -> None:
    """Raise `AudioError` unless `path` holds a sample of sound, on as many channels as wanted."""
    with _opened(path) as sound:
        if len(_read(sound, 1, 1)) == 0:
            raise AudioError(
                "audio-empty", f"{path} holds no sound.", "Record it again, or name another file."
            )
        if sound.channels < channels:
            raise AudioError(
                "audio-one-channel",
                f"{path} has one channel only.",
                "The caller must be on the left channel and the call on the right.",
            )


def _opened(path: Path) -> soundfile.SoundFile:
    """`path` opened for reading; raises `AudioError` where it is no sound file."""
    hint = "WAV, FLAC, Ogg, MP3 and AIFF files can be used."
    try:
        path.stat()
        if not path.is_file():  # opening a pipe would wait for its writer
            raise AudioError("audio-unreadable", f"{path} is a folder or a device.", hint)
        if path.stat().st_size == 0:
            raise AudioError("audio-empty", f"{path} is empty.", hint)
        with path.open("rb"):
            pass  # for the system's own words on a lack of rights
        with quiet_stderr():  # libmpg123 has its own opinions
            return soundfile.SoundFile(path)
    except FileNotFoundError as error:
        raise AudioError(
            "audio-missing", f"There is no file {path}.", "Check the name and the folder."
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise AudioError(
            "audio-unreadable", f"{path} cannot be read: {reason}.", "Check its permissions."
        ) from error
    except (soundfile.LibsndfileError, TypeError, ValueError) as error:
        # TypeError: libsndfile takes the ending .raw to mean sound without a header.
        raise AudioError("audio-unreadable", f"{path} is not a sound file.", hint) from error


def _read(sound: soundfile.SoundFile, count: int, channels: int) -> npt.NDArray[np.float32]:
    """At most `count` samples, a row for each; empty at the end or where the file is damaged.

    One channel is the mean of all there are, two are the first two.

    Float files may hold anything: not-a-number becomes silence, the rest is clipped.
    """
    try:
        block = sound.read(count, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError:
        return np.empty((0, channels), dtype=np.float32)
    finite = np.clip(np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0)
    mixed: npt.NDArray[np.float32] = (
        finite[:, :2] if channels == 2 else finite.mean(axis=1, dtype=np.float32, keepdims=True)
    )
    return mixed


def _samples(path: Path, channels: int) -> Iterator[npt.NDArray[np.float32]]:
    """The file's samples at 16 kHz, block by block, a row for each.

    Raises `AudioError` behind the last that can be read, where that is not the end.
    """
    with _opened(path) as sound:
        rate_hz = sound.samplerate
        resampler = soxr.ResampleStream(rate_hz, SAMPLE_RATE_HZ, channels, dtype="float32")
        while len(block := _read(sound, max(1, round(rate_hz * _BLOCK_S)), channels)):
            yield block if rate_hz == SAMPLE_RATE_HZ else resampler.resample_chunk(block)
        if rate_hz != SAMPLE_RATE_HZ:
            yield resampler.resample_chunk(np.empty((0, channels), np.float32), last=True)
        if (read := sound.tell()) < sound.frames:
            message = f"{path} is damaged: it can be read only up to {read / rate_hz:.0f} s."
            raise AudioError("audio-cut-short", message)


def _frames(paths: Sequence[Path], channels: int, problems: list[str]) -> Iterator[Frame]:
    """All files as frames; only the very last may be shorter. What goes wrong joins `problems`."""
    waiting = np.empty((0, channels), dtype="<i2")
    for path in paths:
        try:
            for block in _samples(path, channels):
                waiting = np.concatenate([waiting, _to_int16(block)])
                whole = len(waiting) - len(waiting) % FRAME_SAMPLES
                for start in range(0, whole, FRAME_SAMPLES):
                    yield _frame(waiting[start : start + FRAME_SAMPLES])
                waiting = waiting[whole:]
        except AudioError as error:
            problems.append(error.message)
    if len(waiting):
        yield _frame(waiting)


def _frame(samples: npt.NDArray[np.int16]) -> Frame:
    """The first channel as sound, the others as what loudspeakers play."""
    first, *others = (samples[:, channel].tobytes() for channel in range(samples.shape[1]))
    return Frame(first, references=tuple(pcm if any(pcm) else b"" for pcm in others))
