"""Small stand-ins for a microphone and a speaker; tests/contracts keeps them honest."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from assistant.audio.devices import SoundSystem
from assistant.events import Clip, DeviceChanged, EndOfAudio, Frame, PlaybackFinished
from assistant.ports import Deliver


class FakeSource:
    """Delivers the given frames (and device changes), one each `pump`, then the end."""

    def __init__(self, items: Iterable[Frame | DeviceChanged]) -> None:
        self._items = iter(items)
        self._deliver: Deliver | None = None

    def open(self, deliver: Deliver) -> None:
        self._deliver = deliver

    def pump(self) -> None:
        if self._deliver is None:
            return
        item = next(self._items, None)
        self._deliver(EndOfAudio() if item is None else item)
        if item is None:
            self._deliver = None

    def close(self) -> None:
        self._deliver = None


class FakePlayer:
    """Plays in session time and keeps a record of what it was asked to do."""

    def __init__(self) -> None:
        self.played: list[tuple[float, Clip, float]] = []
        """When (session time), which clip, how loud."""
        self.stopped_at_s: list[float] = []
        self.muted_s: list[list[float]] = []
        """From when to when what played was unheard; without an end while it still is."""
        self._deliver: Deliver | None = None
        self._now_s = 0.0
        self._playing: tuple[int, float] | None = None  # clip id, end

    def open(self, deliver: Deliver) -> None:
        self._deliver = deliver

    def play(self, clip_id: int, clip: Clip, volume: float) -> None:
        self.mute(False)
        self._end(completed=False, t_s=self._now_s)
        self.played.append((self._now_s, clip, volume))
        self._playing = clip_id, self._now_s + clip.seconds

    def stop(self) -> None:
        self.mute(False)
        self.stopped_at_s.append(self._now_s)
        self._end(completed=False, t_s=self._now_s)

    def mute(self, muted: bool) -> None:
        is_muted = bool(self.muted_s) and len(self.muted_s[-1]) == 1
        if muted and not is_muted:
            self.muted_s.append([self._now_s])
        elif is_muted and not muted:
            self.muted_s[-1].append(self._now_s)

    def advance(self, t_s: float) -> None:
        self._now_s = t_s
        if self._playing is not None and self._playing[1] <= t_s:
            self._end(completed=True, t_s=self._playing[1])

    def close(self) -> None:
        self._deliver = None

    def _end(self, completed: bool, t_s: float) -> None:
        playing, self._playing = self._playing, None
        if playing is not None and self._deliver is not None:
            self._deliver(PlaybackFinished(playing[0], completed, t_s))


class FakePortAudioError(Exception):
    """Stands for `sounddevice.PortAudioError`."""


class FakeStream:
    """A stream that runs until told otherwise; tests call `callback` as PortAudio would."""

    def __init__(self, owner: FakePortAudio, options: dict[str, Any]) -> None:
        if options["channels"] in owner.refused_channels:
            raise FakePortAudioError("Invalid number of channels")
        self.options = options
        self.callback = options["callback"]
        self.latency = 0.0
        self.active = False
        owner.streams.append(self)

    def start(self) -> None:
        self.active = True

    def abort(self, ignore_errors: bool) -> None:
        self.active = False

    def close(self, ignore_errors: bool) -> None:
        self.active = False


class FakePortAudio:
    """The part of the `sounddevice` module that callcoach uses."""

    PortAudioError = FakePortAudioError

    def __init__(self, devices: list[dict[str, Any]], default: tuple[int, int]) -> None:
        self._devices = devices
        self._default = default
        self.streams: list[FakeStream] = []
        self.refused_channels: set[int] = set()
        self.started_anew = 0

    @property
    def default(self) -> Any:
        return SimpleNamespace(device=self._default)

    def query_hostapis(self) -> tuple[dict[str, str], ...]:
        return ({"name": "First"}, {"name": "Second"})

    def query_devices(self) -> list[dict[str, Any]]:
        return self._devices

    def RawInputStream(self, **options: Any) -> FakeStream:  # noqa: N802
        return FakeStream(self, options)

    RawOutputStream = RawInputStream

    def _terminate(self) -> None:
        for stream in self.streams:
            assert not stream.active, "PortAudio was ended under an open stream"

    def _initialize(self) -> None:
        self.started_anew += 1


class FakeSoundSystem(SoundSystem):
    """A sound system without a machine."""

    def __init__(self, fake: FakePortAudio) -> None:
        super().__init__()
        self._fake = fake

    def portaudio(self) -> FakePortAudio:
        return self._fake


def fake_device(name: str, host_api: int = 0, inputs: int = 0, outputs: int = 0) -> dict[str, Any]:
    """A device as `sounddevice.query_devices` describes it, at 16 kHz."""
    return {
        "name": name,
        "hostapi": host_api,
        "max_input_channels": inputs,
        "max_output_channels": outputs,
        "default_samplerate": 16_000.0,
    }
