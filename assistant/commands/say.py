"""``callcoach say``: speak a text, or write it to a sound file."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("say", help="speak a text with the chosen voice")
    parser.add_argument("text", nargs="+", metavar="TEXT", help="what to say")
    parser.add_argument("--out", type=Path, metavar="FILE.wav", help="write it instead of playing")
    parser.add_argument("--voice", metavar="NAME", help="(part of) a voice's name, as en-us+f3")
    parser.add_argument("--rate", type=int, metavar="N", help="words per minute, 80 to 400")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Say it. Raises `UsageError`, `SpeechError`, `AudioError` or `ConfigError`."""
    from assistant.audio.devices import SoundSystem
    from assistant.audio.speaker import SpeakerPlayer
    from assistant.errors import UsageError
    from assistant.settings import load_settings
    from assistant.speech.output import play, save_wav
    from assistant.speech.synthesiser import Pyttsx3Synthesiser

    settings = load_settings()
    rate_wpm = settings.voice.rate_wpm if args.rate is None else args.rate
    if not 80 <= rate_wpm <= 400:
        raise UsageError(
            "rate-range", f"{rate_wpm} words per minute cannot be spoken.", "Give --rate 80 to 400."
        )
    voice = settings.voice.voice if args.voice is None else args.voice
    synthesiser = Pyttsx3Synthesiser(voice, rate_wpm)
    try:
        clip = synthesiser.render(" ".join(args.text))
    finally:
        synthesiser.close()
    if not clip.pcm:
        raise UsageError("nothing-to-say", "There is nothing in that to say.", "Give some words.")
    if args.out is not None:
        save_wav(clip, args.out)
    else:
        play(clip, SpeakerPlayer(SoundSystem(), settings.audio.output), settings.voice.volume)
    return 0
