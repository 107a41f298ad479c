"""A PortAudio stream that outlives its device: watched, reported lost, and opened again."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

from assistant.audio.devices import Device, Direction, SoundSystem, quiet_stderr
from assistant.errors import AudioError
from assistant.events import DeviceChanged

WATCH_S = 0.1
"""How often the watch looks."""
STALL_S = 2.0
"""A stream whose callback has not come for so long counts as lost."""
RETRY_S = 1.0
"""Time between two tries to open a lost device."""
RESCAN_EVERY = 5
"""Every so many tries PortAudio is started anew, for the others' streams pause at that."""

Starter = Callable[[Any, Device], Any]
"""Opens a stream on a device: takes the `sounddevice` module, returns a started stream."""


class KeptStream:
    """Keeps one stream running on the device of a given name.

    `start` opens it; its callback must call `beat`. `report` takes a `DeviceChanged` when the
    device is lost and when it is back; `away` is called with the seconds passed, every
    `WATCH_S`, for as long as the stream does not run. Both come from the watching thread.
    """

    def __init__(
        self,
        system: SoundSystem,
        direction: Direction,
        name: str,
        start: Starter,
        report: Callable[[DeviceChanged], None],
        away: Callable[[float], None],
        only_named: bool = False,
    ) -> None:
        """With `only_named` no other device stands in."""
        self._system = system
        self._direction: Direction = direction
        self._name = name
        self._only_named = only_named
        self._start = start
        self._report = report
        self._away = away
        self._stream: Any = None
        self._beats = 0
        self._counted_s = 0.0
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self.device: Device | None = None
        """The device in use, or the last one that was; None before `open`."""

    def open(self) -> None:
        """Open the stream and begin to watch it.

        Raises `AudioError` (``no-input-device``, ``input-device-busy``; the same with ``output``).
        """
        self._open_stream()
        self._system.add(self)
        self._closing.clear()
        self._thread = threading.Thread(
            target=self._watch, name=f"{self._direction} watch", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop watching and close the stream; harmless when not open."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._system.remove(self)
        self.suspend()

    def beat(self) -> None:
        """The callback came: call this from it."""
        self._beats += 1

    def suspend(self) -> None:
        """Close the stream at once; what the device has not played yet is dropped."""
        with self._system.lock:
            stream, self._stream = self._stream, None
            if stream is not None:
                # A thread at the edge may read a clock: without a stream there are no samples.
                self._counted_s = time.monotonic()
                with quiet_stderr():
                    stream.abort(ignore_errors=True)
                    stream.close(ignore_errors=True)

    def resume(self) -> None:
        """Open the stream again; where that fails the watch goes on trying."""
        with self._system.lock, contextlib.suppress(AudioError):
            if self._stream is None and not self._closing.is_set():
                self._count_away()
                self._open_stream()

    def _open_stream(self) -> None:
        with self._system.lock:
            sd = self._system.portaudio()
            device = self._system.choose(self._direction, self._name, self._only_named)
            try:
                with quiet_stderr():
                    self._stream = self._start(sd, device)
            except (sd.PortAudioError, ValueError) as error:
                raise AudioError(
                    f"{self._direction}-device-busy",
                    f'The {self._what} "{device.name}" cannot be opened.',
                    "Another program may be using it; `callcoach devices` lists the others.",
                ) from error
            self.device = device

    @property
    def _what(self) -> str:
        return "microphone" if self._direction == "input" else "speaker"

    def _watch(self) -> None:
        while not self._closing.is_set():
            self._until_lost()
            if self._closing.is_set():
                return
            self.suspend()
            name = self.device.name if self.device else ""
            message = f'The {self._what} "{name}" is gone; trying again every second.'
            self._report(DeviceChanged(self._direction, False, message))
            self._until_back()
            if self._closing.is_set():
                return
            name = self.device.name if self.device else ""
            message = f'The {self._what} is back: "{name}".'
            self._report(DeviceChanged(self._direction, True, message))

    def _until_lost(self) -> None:
        """Return when the stream has ended or stalled, or at `close`."""
        seen, quiet_s = self._beats, 0.0
        while not self._closing.wait(WATCH_S):
            quiet_s = 0.0 if self._beats != seen else quiet_s + WATCH_S
            seen = self._beats
            with self._system.lock:
                running = self._stream is not None and self._stream.active
            if not running or quiet_s >= STALL_S:
                return

    def _until_back(self) -> None:
        """Return when the stream runs again, or at `close`."""
        waited_s, tries = 0.0, 0
        while self._stream is None and not self._closing.wait(WATCH_S):
            with self._system.lock:
                if self._stream is None:
                    waited_s += self._count_away()
            if waited_s < RETRY_S:
                continue
            waited_s, tries = 0.0, tries + 1
            if tries % RESCAN_EVERY == 0:
                self._system.rescan()
            self.resume()

    def _count_away(self) -> float:
        """Tell `away` of the seconds without a stream since the last time; returns them."""
        now_s = time.monotonic()
        seconds, self._counted_s = now_s - self._counted_s, now_s
        self._away(seconds)
        return seconds
