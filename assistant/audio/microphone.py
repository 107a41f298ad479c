"""The microphone as a source of frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import soxr

from assistant.audio.devices import Device, SoundSystem
from assistant.audio.echo_tap import EchoTap
from assistant.audio.kept_stream import KeptStream
from assistant.events import BYTES_PER_SAMPLE, FRAME_SAMPLES, SAMPLE_RATE_HZ, DeviceChanged, Frame
from assistant.ports import Deliver

_FRAME_BYTES = FRAME_SAMPLES * BYTES_PER_SAMPLE
_BLOCK_S = FRAME_SAMPLES / SAMPLE_RATE_HZ
_LONGEST_GAP_S = 10.0
"""A gap the driver's clock claims beyond this is not believed."""


class Microphone:
    """Delivers what a microphone hears, 30 ms at a time; implements `AudioSource`.

    The device runs at its own rate. Resampling to 16 kHz happens in PortAudio's callback,
    because a 30 ms block takes under 0.02 ms; nothing else is done there. When the
    device is lost a `DeviceChanged` says so, and another when it is back; the time between is
    counted as lost samples of the first frame that follows.
    """

    def __init__(
        self,
        system: SoundSystem,
        device_name: str = "",
        taps: Sequence[EchoTap] = (),
        only_named: bool = False,
    ) -> None:
        """`taps` bring what loudspeakers play: each frame carries it as its references.

        With `only_named` no other device stands in for the one of that name.
        """
        self._kept = KeptStream(
            system, "input", device_name, self._start, self._report, self._while_away, only_named
        )
        self._taps = tuple(taps)
        self._deliver: Deliver | None = None
        self._resampler: soxr.ResampleStream | None = None
        self._rate_hz = SAMPLE_RATE_HZ
        self._waiting = b""
        self._lost_s = 0.0
        self._due_s = 0.0

    @property
    def device(self) -> Device | None:
        """The device in use, or the last one that was; None before `open`."""
        return self._kept.device

    def open(self, deliver: Deliver) -> None:
        """Begin to listen.

        Raises `AudioError` (``no-sound-system``, ``no-input-device``, ``input-device-busy``).
        """
        self._deliver = deliver
        self._kept.open()

    def pump(self) -> None:
        """Nothing to do: frames come from PortAudio's thread."""

    def close(self) -> None:
        """Stop listening; harmless when not open."""
        self._kept.close()
        self._deliver = None

    def _start(self, sd: Any, device: Device) -> Any:
        """Open and start the stream: mono if the device can, else two channels to be mixed."""
        self._rate_hz = device.rate_hz
        self._resampler = (
            None
            if device.rate_hz == SAMPLE_RATE_HZ
            else soxr.ResampleStream(device.rate_hz, SAMPLE_RATE_HZ, 1, dtype="int16")
        )
        self._waiting = b""
        self._due_s = 0.0
        try:
            return self._open_with(sd, device, 1)
        except sd.PortAudioError:
            if device.input_channels < 2:
                raise
            return self._open_with(sd, device, 2)

    def _open_with(self, sd: Any, device: Device, channels: int) -> Any:
        def callback(data: Any, count: int, times: Any, status: Any) -> None:
            self._kept.beat()
            self._count_gap(count, times.inputBufferAdcTime, bool(status.input_overflow))
            block = np.frombuffer(data, dtype="<i2")
            if channels > 1:
                block = block.reshape(-1, channels).mean(axis=1).astype(np.int16)
            self._take(block)

        stream = sd.RawInputStream(
            samplerate=device.rate_hz,
            blocksize=round(device.rate_hz * _BLOCK_S),
            device=device.index,
            channels=channels,
            dtype="int16",
            latency="low",
            callback=callback,
        )
        stream.start()
        return stream

    def _count_gap(self, count: int, adc_s: float, overflow: bool) -> None:
        """After an overflow the driver's clock says how much is missing, at least one block."""
        block_s = count / self._rate_hz
        if overflow:
            gap_s = adc_s - self._due_s if adc_s and self._due_s else 0.0
            self._lost_s += gap_s if block_s < gap_s <= _LONGEST_GAP_S else block_s
        self._due_s = adc_s + block_s

    def _take(self, block: npt.NDArray[np.int16]) -> None:
        """Resample a block and deliver the whole frames there are now."""
        if self._resampler is not None:
            block = self._resampler.resample_chunk(block)
        pcm = self._waiting + block.tobytes()
        whole = len(pcm) - len(pcm) % _FRAME_BYTES
        self._waiting = pcm[whole:]
        deliver = self._deliver
        if deliver is None:
            return
        for start in range(0, whole, _FRAME_BYTES):
            lost_samples = round(self._lost_s * SAMPLE_RATE_HZ)
            self._lost_s = 0.0
            frame_pcm = pcm[start : start + _FRAME_BYTES]
            deliver(Frame(frame_pcm, lost_samples, self._references(lost_samples)))

    def _references(self, lost_samples: int) -> tuple[bytes, ...]:
        """What was played during the next frame; what was during the lost samples is dropped."""
        for tap in self._taps if lost_samples else ():
            tap.take(lost_samples)
        return tuple(tap.take(FRAME_SAMPLES) for tap in self._taps)

    def _report(self, change: DeviceChanged) -> None:
        if self._deliver is not None:
            self._deliver(change)

    def _while_away(self, seconds: float) -> None:
        self._lost_s += seconds
