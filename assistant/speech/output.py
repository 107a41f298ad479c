"""Playing or saving one clip, for commands that speak outside of a session."""

from __future__ import annotations

import io
import queue
import time
import wave
from collections.abc import Callable
from pathlib import Path

from assistant.cases.private_files import replace_private
from assistant.errors import AudioError
from assistant.events import BYTES_PER_SAMPLE, SAMPLE_RATE_HZ, Clip, DeviceChanged, PlaybackFinished
from assistant.ports import Player

_GRACE_S = 5.0
"""How long after its time a clip may be reported as finished before the device counts as dead."""
_REFRESH_S = 0.05


def play(
    clip: Clip, player: Player, volume: float, on_position: Callable[[float], None] | None = None
) -> None:
    """Play `clip` to its end, telling `on_position` the seconds played about 20 times a second.

    However this ends, by Ctrl-C too, the player is silent and closed afterwards. Raises
    `AudioError` where there is no device, or it goes away (``output-device-lost``).
    """
    inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
    player.open(inbox.put)
    try:
        player.play(1, clip, volume)
        started_s = time.monotonic()
        while (played_s := time.monotonic() - started_s) < clip.seconds + _GRACE_S:
            if on_position is not None:
                on_position(min(played_s, clip.seconds))
            try:
                item = inbox.get(timeout=_REFRESH_S)
            except queue.Empty:
                continue
            if isinstance(item, PlaybackFinished):
                return
            if isinstance(item, DeviceChanged) and not item.available:
                raise _lost(item.message)
        raise _lost("The speaker does not play.")
    finally:
        player.stop()
        player.close()


def save_wav(clip: Clip, path: Path) -> None:
    """Write `clip` to `path`, readable by the owner only, whole or not at all.

    Raises `AudioError` ``sound-not-written``.
    """
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(BYTES_PER_SAMPLE)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes(clip.pcm)
    try:
        replace_private(path, sound.getvalue())
    except OSError as error:
        raise AudioError(
            "sound-not-written",
            f"{path} cannot be written: {error.strerror or error}.",
            "Choose another place.",
        ) from error


def _lost(message: str) -> AudioError:
    return AudioError("output-device-lost", message, "Check the device; --out FILE needs none.")
