"""A live session from the command line: devices, screen, signals, and the sample in their stead."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from assistant.audio.devices import SoundSystem, quiet_stderr
from assistant.audio.echo_tap import CallBeside, EchoTap
from assistant.composition import Plan, assemble, unfinished_recap
from assistant.errors import AudioError
from assistant.events import KeyPressed, Phase
from assistant.inbox import Inbox
from assistant.ports import AudioSource, Player
from assistant.runner import Runner
from assistant.session import Ending
from assistant.settings import AudioSettings, Settings, load_settings
from assistant.ui.screen import screen


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options that every live session has."""
    parser.add_argument("--company", default="", metavar="NAME", help="the company called")
    parser.add_argument(
        "--case", default="", metavar="ID", help="earlier case that this call carries on"
    )
    parser.add_argument(
        "--output",
        default="speaker",
        metavar="speaker|FILE|none",
        help="where to speak (default: speaker)",
    )
    parser.add_argument("--cases", type=Path, metavar="DIR", help="folder for the case file")
    parser.add_argument("--verbose", action="store_true", help="show latencies")


def run_live(
    arguments: argparse.Namespace, system: SoundSystem, *, phase: Phase, ending: Ending
) -> int:
    """Run a live session to its end; returns the exit code. Raises `CallcoachError`."""
    settings = load_settings()
    inbox = Inbox()
    tap = EchoTap()
    with ExitStack() as stack:
        observer = stack.enter_context(screen(inbox.put, verbose=arguments.verbose))
        plan = Plan(
            source=_source(arguments.input, settings, system, tap),
            player=_player(arguments.output, settings, system, tap),
            observer=observer,
            started_at=datetime.now().astimezone(),
            phase=phase,
            ending=ending,
            company=arguments.company,
            case=arguments.case,
            cases=arguments.cases,
            unfinished=unfinished_recap(),
        )
        runner = Runner(assemble(settings, plan, inbox))
        stack.enter_context(leave_on_signal(inbox))
        stack.enter_context(quiet_stderr())  # ALSA and PortAudio complain there, of all they mend
        runner.run()
    return 1 if runner.failed else 0


@contextmanager
def leave_on_signal(inbox: Inbox) -> Iterator[list[int]]:
    """Let Ctrl-C, or a polite kill, save and leave; a second one leaves at once.

    Yields a list that gets the numbers of the signals.
    """
    came: list[int] = []

    def leave(number: int, _frame: object) -> None:
        came.append(number)
        inbox.put(KeyPressed("quit", 0.0))
        signal.signal(number, before[number])

    names = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows lacks the last
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, leave) for number in numbers}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _source(name: str, settings: Settings, system: SoundSystem, own: EchoTap) -> AudioSource:
    from assistant.audio.files import FileSource

    if name != "mic":
        return FileSource(Path(name), paced=True)
    return microphone_of(settings.audio, system, own)


def microphone_of(audio: AudioSettings, system: SoundSystem, own: EchoTap) -> AudioSource:
    """The microphone, told what we play ourselves and, with `call_device`, what the call does.

    Raises `AudioError` (``no-input-device``, ``call-device-own``).
    """
    from assistant.audio.microphone import Microphone

    if not audio.call_device:
        return Microphone(system, audio.input, [own])
    device = system.choose("input", audio.call_device, only_named=True)
    if device == system.choose("input", audio.input):
        raise AudioError(
            "call-device-own",
            f'The device of the call, "{device.name}", is the microphone itself.',
            "Name the loudspeaker's monitor or a loopback device: docs/audio.md.",
        )
    tap = EchoTap()
    call = Microphone(system, audio.call_device, only_named=True)
    return CallBeside(Microphone(system, audio.input, [own, tap]), call, tap)


def _player(name: str, settings: Settings, system: SoundSystem, tap: EchoTap) -> Player:
    from assistant.audio.speaker import SpeakerPlayer
    from assistant.audio.timeline import TimelinePlayer

    if name == "speaker":
        return SpeakerPlayer(system, settings.audio.output, tap)
    return TimelinePlayer(None if name == "none" else Path(name))
