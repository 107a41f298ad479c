"""The speaker: plays one clip at a time, stops at once, and reports when a clip was heard."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
import soxr

from assistant.audio.devices import Device, SoundSystem
from assistant.audio.echo_tap import EchoTap
from assistant.audio.kept_stream import KeptStream
from assistant.audio.track import Samples, Track, with_volume
from assistant.events import SAMPLE_RATE_HZ, Clip, DeviceChanged, PlaybackFinished
from assistant.ports import Deliver

_BLOCK_S = 0.04
"""One callback. An idle stream costs 0.006 s CPU per second so, 0.03 with blocks of 10 ms."""
_BUFFER_S = 0.08
"""Asked of the device: far below the 0.3 s that a stop may take."""


@dataclass(slots=True)
class _Ending:
    """A clip that has left the callback but not yet the device."""

    clip_id: int
    completed: bool
    samples_left: int


class SpeakerPlayer:
    """Plays clips on a device through one lasting stream; implements `Player`.

    A clip counts as finished when its last sample has left the callback and the output latency
    has passed. While the device is gone clips run on unheard and finish in their time, so that
    nobody waits for ever.
    """

    def __init__(
        self, system: SoundSystem, device_name: str = "", tap: EchoTap | None = None
    ) -> None:
        """`tap` is given all that is played, as the reference of an echo."""
        self._kept = KeptStream(
            system, "output", device_name, self._start, self._report, self._while_away
        )
        self._deliver: Deliver | None = None
        self._lock = threading.Lock()  # guards all below; held for microseconds
        self._track = Track(SAMPLE_RATE_HZ)
        self._tap = tap
        self._reference = Track(SAMPLE_RATE_HZ)
        self._reference_due = 0.0
        self._latency_samples = 0
        self._clip_id = 0
        self._endings: list[_Ending] = []
        self._t_s = 0.0

    @property
    def device(self) -> Device | None:
        """The device in use, or the last one that was; None before `open`."""
        return self._kept.device

    def open(self, deliver: Deliver) -> None:
        """Start the stream.

        Raises `AudioError` (``no-sound-system``, ``no-output-device``, ``output-device-busy``).
        """
        self._deliver = deliver
        self._kept.open()

    def play(self, clip_id: int, clip: Clip, volume: float) -> None:
        """Start `clip` now, in place of whatever plays; `volume` is a factor, 0 to 1."""
        samples = with_volume(clip.pcm, volume)
        with self._lock:
            self._cut()
            self._clip_id = clip_id
            self._track.left = _resampled(samples, SAMPLE_RATE_HZ, self._track.rate_hz)
            self._reference.left = samples

    def stop(self) -> None:
        """Silence at once, after a fade of a few milliseconds."""
        with self._lock:
            self._cut()

    def mute(self, muted: bool) -> None:
        """Make what plays unheard, or heard again, after a fade; it runs on meanwhile."""
        with self._lock:
            self._track.muted = self._reference.muted = muted

    def advance(self, t_s: float) -> None:
        """Note the session clock, to date what is reported."""
        self._t_s = t_s

    def close(self) -> None:
        """End; harmless when not open."""
        self._kept.close()
        self._deliver = None

    def _cut(self) -> None:
        """End the playing clip; the lock is held."""
        self._reference.cut()
        if self._track.cut():
            self._endings.append(_Ending(self._clip_id, False, self._latency_samples))

    def _start(self, sd: Any, device: Device) -> Any:
        """Open and start the stream: mono if the device can, else the same on two channels."""
        try:
            stream = self._open_with(sd, device, 1)
        except sd.PortAudioError:
            if device.output_channels < 2:
                raise
            stream = self._open_with(sd, device, 2)
        with self._lock:
            left = self._track.left
            if left is not None:
                self._track.left = _resampled(left, self._track.rate_hz, device.rate_hz)
            self._track.rate_hz = device.rate_hz
            self._latency_samples = round(stream.latency * device.rate_hz)
        stream.start()
        return stream

    def _open_with(self, sd: Any, device: Device, channels: int) -> Any:
        def callback(data: Any, count: int, _times: Any, _status: Any) -> None:
            self._kept.beat()
            samples = self._render(count)
            data[:] = (samples if channels == 1 else np.repeat(samples, channels)).tobytes()

        return sd.RawOutputStream(
            samplerate=device.rate_hz,
            blocksize=round(device.rate_hz * _BLOCK_S),
            device=device.index,
            channels=channels,
            dtype="int16",
            latency=_BUFFER_S,
            callback=callback,
        )

    def _render(self, count: int) -> Samples:
        """The next `count` samples to be heard; reports the clips that have been by then."""
        with self._lock:
            samples, ended_at = self._track.render(count)
            self._feed_tap(count)
            if ended_at is not None:
                left = ended_at + self._latency_samples
                self._endings.append(_Ending(self._clip_id, True, left))
            for ending in self._endings:
                ending.samples_left -= count
            heard = [ending for ending in self._endings if ending.samples_left <= 0]
            self._endings = [ending for ending in self._endings if ending.samples_left > 0]
        deliver = self._deliver
        for ending in heard:
            if deliver is not None:
                deliver(PlaybackFinished(ending.clip_id, ending.completed, self._t_s))
        return samples

    def _feed_tap(self, count: int) -> None:
        """Give the tap the same stretch as the device gets; the lock is held."""
        if self._tap is None:
            return
        self._reference_due += count * SAMPLE_RATE_HZ / self._track.rate_hz
        due = int(self._reference_due)
        self._reference_due -= due
        self._tap.put(self._reference.render(due)[0].tobytes())

    def _report(self, change: DeviceChanged) -> None:
        if self._deliver is not None:
            self._deliver(change)

    def _while_away(self, seconds: float) -> None:
        self._render(round(seconds * self._track.rate_hz))


def _resampled(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """`samples` at another rate; 30 s take about 10 ms, so this is done at once."""
    if from_hz == to_hz or not len(samples):
        return samples
    return np.asarray(soxr.resample(samples, from_hz, to_hz), dtype=np.int16)
