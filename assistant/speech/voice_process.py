"""The process that owns pyttsx3: reads requests on standard input, answers on standard output.

Run as a script with the folder for its sound files. A process of its own, not a thread, because
pyttsx3 may hang for good inside native code, where a thread cannot be ended; because its macOS
driver wants the main thread; and because it prints to standard output. A request is one line of
JSON; an answer is one line of JSON, followed by ``bytes`` bytes of sound file.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO


class _VoiceError(Exception):
    """Something to report: a stable code and what the engine said."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class _Voice:
    """A pyttsx3 engine that renders one text at a time into a file."""

    def __init__(self, folder: Path) -> None:
        try:
            import pyttsx3

            self._engine = pyttsx3.init()
            self._engine.proxy.setBusy(False)  # else the first settings wait for the first text
            self._default = str(self._engine.getProperty("voice") or "")
        except Exception as error:
            raise _VoiceError("voice-engine-missing", str(error)) from error
        self._path = folder / "speech.wav"
        self._set_to: dict[str, str | int] = {}
        self._errors: list[str] = []
        self._finished = threading.Event()
        self._engine.connect("error", self._on_error)
        self._engine.connect("finished-utterance", lambda **_: self._finished.set())

    def render(self, text: str, voice: str, rate_wpm: int) -> bytes:
        """Return the sound file of `text`: WAV, or AIFF on macOS; b"" where nothing is audible."""
        self._path.unlink(missing_ok=True)
        self._errors.clear()
        self._finished.clear()
        self._set("voice", voice)
        self._set("rate", rate_wpm)
        self._settle()
        self._engine.save_to_file(text, str(self._path))
        self._engine.runAndWait()  # one text per run: more than one hangs or stays silent
        if self._engine.driver_name == "espeak" and not self._errors:
            self._finished.wait()  # there, runAndWait returns while the file is being written
        if self._errors:
            self._set_to.clear()
            raise _VoiceError("voice-failed", self._errors[0])
        if not self._path.exists():
            return b""
        sound = self._path.read_bytes()
        self._path.unlink()
        return sound

    def _set(self, name: str, value: str | int) -> None:
        """Set a property where it changed."""
        if self._set_to.get(name) != value:
            wanted = self._find(value) if isinstance(value, str) else value
            self._engine.setProperty(name, wanted)
            self._set_to[name] = value

    def _settle(self) -> None:
        """Wait until espeak is idle and its commands are done; other engines need no waiting.

        pyttsx3's espeak driver cancels the text it was just given when an earlier command, such
        as a new rate, is still under way in espeak's own thread: a silent file.
        """
        if self._engine.driver_name != "espeak":
            return
        from pyttsx3.drivers import _espeak

        while self._engine.isBusy() or _espeak.IsPlaying():
            time.sleep(0.001)

    def _on_error(self, exception: Exception, **_: Any) -> None:
        self._errors.append(str(exception))

    def _find(self, wanted: str) -> str:
        """Resolve a name, id or part of one, with an espeak variant ("+f3") if any, to an id."""
        voices = list(self._engine.getProperty("voices"))
        part, plus, variant = wanted.casefold().partition("+")
        if not part:
            return _english(self._default, voices) + plus + variant
        exact = [v for v in voices if part in {*_names(v), v.id.casefold().rpartition("/")[2]}]
        partly = [v for v in voices if any(part in name for name in _names(v))]
        found = exact or sorted(partly, key=lambda v: not _is_english(v))
        if not found:
            raise _VoiceError("voice-unknown", ", ".join(v.name for v in voices if _is_english(v)))
        return str(found[0].id) + plus + variant


def _names(voice: Any) -> tuple[str, str]:
    return voice.id.casefold(), voice.name.casefold()


def _is_english(voice: Any) -> bool:
    return "english" in voice.name.casefold() or any(
        str(language).casefold().startswith("en") for language in voice.languages or ()
    )


def _english(default: str, voices: list[Any]) -> str:
    """Choose the engine's own voice if it speaks English, else its first English one."""
    english = [str(voice.id) for voice in voices if _is_english(voice)]
    return default if default in english or not english else english[0]


def serve(source: BinaryIO, sink: BinaryIO, folder: Path) -> None:
    """Answer requests until `source` ends, that is, until whoever asks is gone."""
    voice: _Voice | None = None
    for line in source:
        request = json.loads(line)
        sound = b""
        try:
            voice = voice or _Voice(folder)
            sound = voice.render(request["text"], request["voice"], request["rate_wpm"])
            answer: dict[str, Any] = {"bytes": len(sound)}
        except _VoiceError as failure:
            answer = {"bytes": 0, "code": failure.code, "message": str(failure)}
        except Exception as error:  # noqa: BLE001 - whatever an engine raises is reported
            answer = {"bytes": 0, "code": "voice-failed", "message": str(error)}
        sink.write(json.dumps(answer).encode() + b"\n" + sound)
        sink.flush()


def main() -> None:
    """Serve on the standard streams; what pyttsx3 prints goes nowhere."""
    sink = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    folder = Path(sys.argv[1])
    try:
        with contextlib.suppress(BrokenPipeError):
            serve(sys.stdin.buffer, sink, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
