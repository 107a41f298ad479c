"""The machine's microphones and speakers, by name: what there is, and which one to use."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from assistant.errors import AudioError

Direction = Literal["input", "output"]


@dataclass(frozen=True, slots=True)
class Device:
    """One device as PortAudio sees it."""

    index: int
    """PortAudio's number: good until the next `SoundSystem.rescan`, so never kept."""
    name: str
    host_api: str
    input_channels: int
    output_channels: int
    rate_hz: int
    """The device's own rate."""
    default_input: bool
    default_output: bool

    def channels(self, direction: Direction) -> int:
        """Channels in that direction; 0 where the device has none."""
        return self.input_channels if direction == "input" else self.output_channels

    def is_default(self, direction: Direction) -> bool:
        """Whether the system would choose it."""
        return self.default_input if direction == "input" else self.default_output


class StreamUser(Protocol):
    """Someone with a stream open, who can let go of it while PortAudio looks again."""

    def suspend(self) -> None:
        """Close the stream for a moment."""

    def resume(self) -> None:
        """Open it again; never raises."""


class SoundSystem:
    """PortAudio, of which a process has but one: share one of these among all its streams.

    PortAudio reads the device list once and notices a replug only when started anew, which
    ends every open stream. So the streams are entered here, and `rescan` has each let go first.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        """Held around every opening and closing of a stream."""
        self._users: list[StreamUser] = []

    def portaudio(self) -> Any:
        """The `sounddevice` module, started. Raises `AudioError` (``no-sound-system``)."""
        with self.lock, quiet_stderr():
            try:
                import sounddevice
            except Exception as error:  # OSError without the library, PortAudioError at its start
                raise AudioError(
                    "no-sound-system",
                    "This machine has no sound system that can be used.",
                    "Install PortAudio (Debian, Ubuntu: libportaudio2; Fedora: portaudio).",
                ) from error
        return sounddevice

    def devices(self) -> tuple[Device, ...]:
        """All devices, those of the default host API first; empty where there are none."""
        sd = self.portaudio()
        with self.lock:
            apis = sd.query_hostapis()
            default_input, default_output = sd.default.device
            found = [
                Device(
                    index=index,
                    name=str(entry["name"]),
                    host_api=str(apis[entry["hostapi"]]["name"]),
                    input_channels=int(entry["max_input_channels"]),
                    output_channels=int(entry["max_output_channels"]),
                    rate_hz=round(entry["default_samplerate"]),
                    default_input=index == default_input,
                    default_output=index == default_output,
                )
                for index, entry in enumerate(sd.query_devices())
            ]
        main_apis = {each.host_api for each in found if each.default_input or each.default_output}
        return tuple(sorted(found, key=lambda each: each.host_api not in main_apis))

    def choose(self, direction: Direction, name: str = "", only_named: bool = False) -> Device:
        """The device to use; see `choose_device`. Raises `AudioError` where there is none."""
        device = choose_device(self.devices(), direction, name, only_named)
        if device is None and only_named:
            raise AudioError(
                f"no-{direction}-device",
                f'No {direction} device is called "{name}".',
                "`callcoach devices` lists those there are.",
            )
        if device is None:
            what = "microphone" if direction == "input" else "speaker"
            raise AudioError(
                f"no-{direction}-device",
                f"No {what} was found.",
                "Plug one in, or allow access to it in the system's settings.",
            )
        return device

    def add(self, user: StreamUser) -> None:
        """From now on `user` is asked to let go before a rescan."""
        with self.lock:
            if user not in self._users:
                self._users.append(user)

    def remove(self, user: StreamUser) -> None:
        """`user` is done; harmless when it was never added."""
        with self.lock:
            if user in self._users:
                self._users.remove(user)

    def rescan(self) -> None:
        """Look for devices anew; every open stream pauses for a moment (0.1 s or so)."""
        sd = self.portaudio()
        with self.lock:
            for user in self._users:
                user.suspend()
            with quiet_stderr(), contextlib.suppress(sd.PortAudioError):
                # sounddevice has no public name for these (python-sounddevice issue 125).
                sd._terminate()
                sd._initialize()
            for user in self._users:
                user.resume()


def choose_device(
    devices: tuple[Device, ...], direction: Direction, name: str = "", only_named: bool = False
) -> Device | None:
    """The device called `name`, else one whose name begins with it, else one that holds it.

    Case does not matter. Falls back, unless `only_named`, to the system's default, then to the
    first that can do it; None where no device can.
    """
    able = [device for device in devices if device.channels(direction) > 0]
    wanted = name.casefold().strip()
    if wanted:
        for matches in (str.__eq__, str.startswith, str.__contains__):
            for device in able:
                if matches(device.name.casefold(), wanted):
                    return device
    if only_named:
        return None
    default = (device for device in able if device.is_default(direction))
    return next(default, able[0] if able else None)


@contextlib.contextmanager
def quiet_stderr() -> Iterator[None]:
    """Keep ALSA and JACK from writing to the terminal: file descriptor 2 leads nowhere within."""
    try:
        kept = os.dup(2)
    except OSError:  # no standard error at all: nothing to keep quiet
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)
