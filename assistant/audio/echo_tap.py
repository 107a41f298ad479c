"""Brings what a loudspeaker plays to the microphone that may hear it, frame by frame."""

from __future__ import annotations

import threading
from dataclasses import replace

from assistant.events import (
    BYTES_PER_SAMPLE,
    SAMPLE_RATE_HZ,
    DeviceChanged,
    EndOfAudio,
    Frame,
    PlaybackFinished,
)
from assistant.ports import AudioSource, Deliver

_MOST_S = 0.16
"""Sound that may wait: four blocks of the speaker."""
_SPARE_S = 0.05
"""Sound that may be left over at every one of `_LOOK_TAKES`. Were it more, the reference would
fall behind, and in the end the echo be heard before it; were it less, a late callback of the
speaker would shift the delay in the middle of a word."""
_LOOK_TAKES = 100


class EchoTap:
    """A short queue from the thread that plays to the thread that listens.

    Both run at one pace, so what waits settles at the unevenness of their callbacks, and the
    delay from here to the echo stays the same. Where one of the two stands still, or their
    clocks drift apart, silence is put in or, while all is silent, spare silence dropped.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting = bytearray()
        self._least = _bytes(_MOST_S)
        self._takes = 0

    def put(self, pcm: bytes) -> None:
        """Add what is played now: int16 mono at `SAMPLE_RATE_HZ`."""
        with self._lock:
            self._waiting += pcm
            del self._waiting[: max(0, len(self._waiting) - _bytes(_MOST_S))]

    def take(self, samples: int) -> bytes:
        """The next `samples`, filled up with silence; b"" where all of it is silent."""
        size = samples * BYTES_PER_SAMPLE
        with self._lock:
            pcm = bytes(self._waiting[:size])
            del self._waiting[:size]
            self._least = min(self._least, len(self._waiting))
            self._takes += 1
            silent = not any(pcm)
            if self._takes >= _LOOK_TAKES and silent and not any(self._waiting):
                if self._least > _bytes(_SPARE_S):
                    del self._waiting[: self._least - _bytes(_SPARE_S / 2)]
                self._least, self._takes = _bytes(_MOST_S), 0
        return b"" if silent else pcm.ljust(size, b"\0")


def _bytes(seconds: float) -> int:
    """Size of so much sound, in whole samples."""
    return round(seconds * SAMPLE_RATE_HZ) * BYTES_PER_SAMPLE


class CallBeside:
    """A source with the call's own sound beside it, as another device gives it.

    Implements `AudioSource`. What `call` delivers goes into `tap` and is heard by nobody else;
    of its troubles the runner is told as those of the device ``call``.
    """

    def __init__(self, source: AudioSource, call: AudioSource, tap: EchoTap) -> None:
        self._source = source
        self._call = call
        self._tap = tap

    def open(self, deliver: Deliver) -> None:
        """Begin with both. Raises `AudioError` when either cannot be opened."""

        def take(item: Frame | EndOfAudio | DeviceChanged | PlaybackFinished) -> None:
            if isinstance(item, Frame):
                self._tap.put(item.pcm)
            elif isinstance(item, DeviceChanged):
                deliver(replace(item, device="call"))

        self._call.open(take)
        try:
            self._source.open(deliver)
        except BaseException:
            self._call.close()
            raise

    def pump(self) -> None:
        """Move the source on; the call moves by itself."""
        self._source.pump()

    def close(self) -> None:
        """End both."""
        self._source.close()
        self._call.close()
