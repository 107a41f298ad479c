"""Word error rate and cost of free dictation: ``python benchmarks/dictation.py MANIFEST… --json``.

Each manifest is a ``manifest.jsonl`` whose rows hold ``audio`` and ``text``. Both texts are
normalised alike before they are compared: lower case, digits to words one by one, hyphens to
spaces, all other punctuation but apostrophes removed.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from pathlib import Path
from typing import Any

import jiwer

from assistant.audio.files import FileSource
from assistant.events import SAMPLE_RATE_HZ, EndOfAudio, Final, Frame
from assistant.ports import Transcriber
from assistant.recognition.dictation import UtteranceDictation
from assistant.recognition.transcribers import open_transcriber

_NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def normalise(text: str) -> str:
    """The one normalisation that references and hypotheses go through."""
    text = re.sub(r"\[[^]]*\]", " ", text.lower().replace("’", "'"))
    text = re.sub(r"\d", lambda digit: f" {_NAMES[int(digit[0])]} ", text)
    return " ".join(re.sub(r"[^a-z' ]", " ", text).split())


def frames_of(path: Path) -> list[Frame]:
    """All frames of a sound file."""
    items: list[Any] = []
    source = FileSource(path)
    source.open(items.append)
    while not items or not isinstance(items[-1], EndOfAudio):
        source.pump()
    return [item for item in items if isinstance(item, Frame)]


def dictate(transcriber: Transcriber, frames: list[Frame], end_silence_s: float) -> str:
    """What a session would write down of `frames`."""
    dictation = UtteranceDictation(transcriber, end_silence_s=end_silence_s)
    dictation.start(0.0)
    heard = [event for frame in frames for event in dictation.accept(frame)]
    finals = [*heard, *dictation.stop()]
    return " ".join(final.text for final in finals if isinstance(final, Final))


def measure(manifest: Path, transcriber: Transcriber, arguments: argparse.Namespace) -> Any:
    """One manifest's figures."""
    references: list[str] = []
    hypotheses: list[str] = []
    seconds = cpu_s = 0.0
    rows = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]
    for row in rows[: arguments.limit]:
        reference = normalise(row.get("text", ""))
        if not reference:
            continue
        frames = frames_of(manifest.parent / row["audio"])
        began_s = time.process_time()
        if arguments.whole:
            text = transcriber.transcribe(b"".join(frame.pcm for frame in frames)).text
        else:
            text = dictate(transcriber, frames, arguments.end_silence)
        cpu_s += time.process_time() - began_s
        seconds += sum(frame.samples for frame in frames) / SAMPLE_RATE_HZ
        references.append(reference)
        hypotheses.append(normalise(text))
    words = jiwer.process_words(references, hypotheses)
    return {
        "manifest": manifest.parent.name,
        "engine": transcriber.name,
        "files": len(references),
        "seconds": round(seconds, 1),
        "wer": round(words.wer, 4),
        "deletions": words.deletions,
        "insertions": words.insertions,
        "substitutions": words.substitutions,
        "cpu_per_s": round(cpu_s / seconds, 4),
    }


def main() -> None:
    """Print one line, or one JSON object, for each manifest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("manifests", nargs="+", type=Path, metavar="MANIFEST")
    parser.add_argument("--engine", choices=("moonshine", "vosk"))
    parser.add_argument(
        "--whole", action="store_true", help="the engine alone, without endpointing"
    )
    parser.add_argument("--end-silence", type=float, default=0.9, metavar="SECONDS")
    parser.add_argument("--limit", type=int, metavar="FILES")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    transcriber = open_transcriber(arguments.engine)
    transcriber.transcribe(bytes(SAMPLE_RATE_HZ))
    for manifest in arguments.manifests:
        result = measure(manifest, transcriber, arguments)
        print(json.dumps(result) if arguments.json else result)


if __name__ == "__main__":
    main()
