"""``callcoach devices``: which microphones and speakers there are, and whether they work."""

from __future__ import annotations

import argparse
import math
import queue
from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from assistant.audio.devices import Device, SoundSystem
    from assistant.events import Clip, DeviceChanged, EndOfAudio, Frame, PlaybackFinished

    Inbox = queue.SimpleQueue[Frame | EndOfAudio | DeviceChanged | PlaybackFinished]

_METER_S = 5.0
_METER_FLOOR_DBFS = -60.0
_METER_WIDTH = 40
_ANSWER_S = 5.0
"""How long a device may keep us waiting before it counts as dead."""
_TONE_HZ = 440.0
_TONE_S = 1.0


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("devices", help="list and test microphones and speakers")
    parser.add_argument("--input", metavar="NAME", help="(part of) the name of the microphone")
    parser.add_argument("--output", metavar="NAME", help="(part of) the name of the speaker")
    parser.add_argument(
        "--test", action="store_true", help="show the microphone's level and play a tone"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """List the devices, mark those that would be used, and test them on request.

    Raises `AudioError` where there is no sound system, no microphone or no speaker.
    """
    from rich.console import Console

    from assistant.audio.devices import SoundSystem
    from assistant.settings import load_settings

    settings = load_settings().audio
    input_name = settings.input if args.input is None else args.input
    output_name = settings.output if args.output is None else args.output
    system = SoundSystem()
    console = Console()
    _list(console, system, input_name, output_name)
    microphone = system.choose("input", input_name)
    speaker = system.choose("output", output_name)
    for wanted, device in ((input_name, microphone), (output_name, speaker)):
        if wanted.casefold().strip() not in device.name.casefold():
            console.print(f'No device is called "{wanted}"; "{device.name}" stands in.')
    if args.test:
        _test_microphone(console, system, input_name)
        _test_speaker(console, system, output_name)
    return 0


def _list(console: Console, system: SoundSystem, input_name: str, output_name: str) -> None:
    """Print one line for each device; nothing where there are none."""
    from rich.table import Table

    from assistant.audio.devices import choose_device

    devices = system.devices()
    if not devices:
        return
    chosen_input = choose_device(devices, "input", input_name)
    chosen_output = choose_device(devices, "output", output_name)
    table = Table(title="Sound devices")
    for heading in ("Device", "Through", "In", "Out", "Rate", "Default for", "Used for"):
        table.add_column(heading, justify="right" if heading in ("In", "Out", "Rate") else "left")
    for device in devices:
        table.add_row(
            device.name,
            device.host_api,
            str(device.input_channels),
            str(device.output_channels),
            f"{device.rate_hz} Hz",
            _uses(device.default_input, device.default_output),
            _uses(device == chosen_input, device == chosen_output),
        )
    console.print(table)


def _uses(listening: bool, speaking: bool) -> str:
    uses = ("listening", listening), ("speaking", speaking)
    return ", ".join(name for name, is_used in uses if is_used)


def _test_microphone(console: Console, system: SoundSystem, name: str) -> None:
    """Show a meter for a few seconds and judge the loudest moment."""
    from rich.live import Live

    from assistant.audio.microphone import Microphone
    from assistant.audio.voice_activity import SILENCE_DBFS, VoiceActivity
    from assistant.events import SAMPLE_RATE_HZ, Frame

    inbox: Inbox = queue.SimpleQueue()
    microphone = Microphone(system, name)
    activity = VoiceActivity()
    heard_s, loudest_dbfs, voice = 0.0, SILENCE_DBFS, False
    microphone.open(inbox.put)
    try:
        console.print(f'Speak now: listening to "{_name_of(microphone.device)}".')
        with Live(console=console, transient=True) as live:
            while heard_s < _METER_S:
                event = _next(inbox, "input")
                if isinstance(event, Frame):
                    state = activity.accept(event.pcm)
                    heard_s += event.samples / SAMPLE_RATE_HZ
                    loudest_dbfs = max(loudest_dbfs, state.level_dbfs)
                    voice = voice or state.voice
                    live.update(_meter(state.level_dbfs))
    finally:
        microphone.close()
    verdict = "a voice was heard" if voice else "no voice was heard"
    console.print(f"Microphone: {verdict}, loudest {loudest_dbfs:.0f} dBFS.")


def _meter(level_dbfs: float) -> str:
    share = (level_dbfs - _METER_FLOOR_DBFS) / -_METER_FLOOR_DBFS
    bars = round(min(max(share, 0.0), 1.0) * _METER_WIDTH)
    return f"{'█' * bars}{'·' * (_METER_WIDTH - bars)} {level_dbfs:5.0f} dBFS"


def _test_speaker(console: Console, system: SoundSystem, name: str) -> None:
    """Play a tone and wait until it has been heard."""
    from assistant.audio.speaker import SpeakerPlayer
    from assistant.events import PlaybackFinished

    inbox: Inbox = queue.SimpleQueue()
    speaker = SpeakerPlayer(system, name)
    speaker.open(inbox.put)
    try:
        console.print(f'A tone should sound now from "{_name_of(speaker.device)}".')
        speaker.play(0, _tone(), 0.5)
        while not isinstance(_next(inbox, "output"), PlaybackFinished):
            pass
    finally:
        speaker.close()


def _tone() -> Clip:
    """One second of a plain tone that swells and fades, so that it does not click."""
    from assistant.events import SAMPLE_RATE_HZ, Clip

    count = round(_TONE_S * SAMPLE_RATE_HZ)
    samples = array("h", bytes(2 * count))
    for place in range(count):
        swell = math.sin(math.pi * place / count)
        samples[place] = round(
            16_000 * swell * math.sin(2 * math.pi * _TONE_HZ * place / SAMPLE_RATE_HZ)
        )
    return Clip(samples.tobytes())


def _name_of(device: Device | None) -> str:
    return device.name if device else "?"


def _next(inbox: Inbox, direction: str) -> Frame | EndOfAudio | DeviceChanged | PlaybackFinished:
    """The next event. Raises `AudioError` (``input-device-silent``, ``output-...``) if none."""
    from assistant.errors import AudioError
    from assistant.events import DeviceChanged

    try:
        event = inbox.get(timeout=_ANSWER_S)
    except queue.Empty:
        event = None
    if event is None or (isinstance(event, DeviceChanged) and not event.available):
        raise AudioError(
            f"{direction}-device-silent",
            "The device was opened but does not answer.",
            "Unplug it and plug it in again, or choose another.",
        )
    return event
