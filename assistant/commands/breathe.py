"""``callcoach breathe``: a breathing exercise on its own."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.coaching.breathing import Beat, BreathingPattern
    from assistant.events import Clip
    from assistant.settings import Settings
    from assistant.speech.breathing_audio import Style

_READY_S = 1.0
"""Silence before the first breath."""


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("breathe", help="a guided breathing exercise")
    parser.add_argument("pattern", nargs="?", metavar="PATTERN", help="its name; see --list")
    parser.add_argument("--cycles", type=int, metavar="N", help="how many breaths")
    parser.add_argument("--style", choices=("counts", "tones", "both"), help="what to hear")
    parser.add_argument("--out", type=Path, metavar="FILE.wav", help="write it instead of playing")
    parser.add_argument("--list", action="store_true", help="show the patterns there are")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Guide through an exercise, or list the patterns; 130 when stopped by Ctrl-C.

    Raises `UsageError`, `ConfigError`, `SpeechError` or `AudioError`.
    """
    from assistant.coaching.breathing import is_first_time, remember_first_time, schedule
    from assistant.settings import load_settings
    from assistant.speech.output import save_wav

    if args.list:
        return _list()
    settings = load_settings()
    pattern = _pattern(args.pattern, settings)
    cycles = settings.breathing.cycles if args.cycles is None else args.cycles
    beats = schedule(pattern, cycles)
    first_time = args.out is None and pattern.hold > 0 and is_first_time()
    clip = _render(pattern, cycles, args.style or settings.breathing.style, settings, first_time)
    if args.out is not None:
        save_wav(clip, args.out)
        return 0
    lead_s = clip.seconds - cycles * pattern.cycle_s
    code = 0
    try:
        _guide(clip, beats, pattern, lead_s, settings)
    except KeyboardInterrupt:
        code = 130
    if first_time:
        remember_first_time()
    return code


def _pattern(name: str | None, settings: Settings) -> BreathingPattern:
    """The pattern asked for, or else the one in the settings."""
    from assistant.coaching.breathing import find_pattern
    from assistant.errors import ConfigError, UsageError

    if name is None:
        return find_pattern(settings.breathing.pattern)
    try:
        return find_pattern(name)
    except ConfigError as error:
        raise UsageError(error.code, error.message, error.hint) from error


def _list() -> int:
    from rich.console import Console
    from rich.table import Table

    from assistant.coaching.breathing import load_patterns

    table = Table("name", "what it is", "one breath", box=None)
    for pattern in load_patterns().values():
        table.add_row(pattern.name, pattern.title, f"{pattern.cycle_s:g} s")
    Console().print(table)
    return 0


def _render(
    pattern: BreathingPattern, cycles: int, style: Style, settings: Settings, first_time: bool
) -> Clip:
    """Render the exercise; behind a spoken advice the first time, for whatever style."""
    from assistant.coaching.prompts import load_prompts
    from assistant.speech.breathing_audio import introduced, render_breathing
    from assistant.speech.synthesiser import Pyttsx3Synthesiser

    voice = settings.voice
    synthesiser = Pyttsx3Synthesiser(voice.voice, voice.rate_wpm)
    try:
        exercise = render_breathing(pattern, cycles, style, synthesiser, voice.rate_wpm)
        if not first_time:
            return exercise
        advice = synthesiser.render(load_prompts().say("breath-first-use"))
        return introduced(advice, exercise, _READY_S)
    finally:
        synthesiser.close()


def _guide(
    clip: Clip,
    beats: tuple[Beat, ...],
    pattern: BreathingPattern,
    lead_s: float,
    settings: Settings,
) -> None:
    """Play `clip` and show the part, the count and how far it is."""
    from rich.progress import BarColumn, Progress, TextColumn

    from assistant.audio.devices import SoundSystem
    from assistant.audio.speaker import SpeakerPlayer
    from assistant.speech.output import play

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[breath]}"))
    breaths = round((clip.seconds - lead_s) / pattern.cycle_s)
    player = SpeakerPlayer(SoundSystem(), settings.audio.output)
    with Progress(*columns) as progress:
        task = progress.add_task("get ready  ", total=clip.seconds - lead_s, breath="")

        def show(played_s: float) -> None:
            at_s = played_s - lead_s
            if at_s < 0.0:
                return
            beat = beats[min(int(at_s / pattern.count_s), len(beats) - 1)]
            breath = min(int(at_s / pattern.cycle_s) + 1, breaths)
            progress.update(
                task,
                completed=at_s,
                description=f"{beat.phase.value:<5}{beat.count:>3}   ",
                breath=f"breath {breath} of {breaths}",
            )

        play(clip, player, settings.voice.volume, show)
