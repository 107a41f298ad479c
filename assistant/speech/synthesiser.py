"""Speech from pyttsx3: a process of its own renders, we trim, level and resample."""

from __future__ import annotations

import io
import json
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, BinaryIO

from assistant.errors import SpeechError
from assistant.events import SAMPLE_RATE_HZ, Clip
from assistant.speech.samples import fade, level, to_pcm, trim

START_TIMEOUT_S = 20.0
"""How long the first answer may take: a cold start loads Python, pyttsx3 and the engine."""
RENDER_TIMEOUT_S = 5.0
"""How long a later answer may take; one sentence takes 0.01 s with espeak-ng."""
TIMEOUT_PER_CHARACTER_S = 0.01
"""What a long text may take on top."""

_INSTALL_HINT = (
    "On Debian and Ubuntu: apt install espeak-ng. On Fedora: dnf install espeak-ng. "
    "macOS and Windows bring their own voices."
)


class Pyttsx3Synthesiser:
    """Renders text with a pyttsx3 voice; a hung engine is replaced.

    `voice` is a name or id, or a part of it, of a pyttsx3 voice, with espeak variants such as
    "en-us+f3"; empty means the engine's English one. Starting is put off until the first text.
    """

    def __init__(self, voice: str = "", rate_wpm: int = 165) -> None:
        self._voice = voice
        self._rate_wpm = rate_wpm
        self._process: _VoiceProcess | None = None

    def render(self, text: str) -> Clip:
        """Speak `text` into a clip, trimmed and levelled. Nothing to say gives an empty clip.

        Raises `SpeechError`: ``voice-engine-missing``, ``voice-unknown``, ``voice-stuck`` (the
        next call starts afresh) or ``voice-failed``.
        """
        spoken = speakable(text)
        if not spoken:
            return Clip(b"", text)
        return Clip(_decode(self._ask(spoken)), text)

    def set_rate(self, words_per_minute: int) -> None:
        """Change how fast the following clips are spoken."""
        self._rate_wpm = words_per_minute

    def close(self) -> None:
        """Let go of the voice; a later `render` starts it again."""
        if self._process is not None:
            self._process.close()
            self._process = None

    def _ask(self, text: str) -> bytes:
        timeout_s = RENDER_TIMEOUT_S + len(text) * TIMEOUT_PER_CHARACTER_S
        if self._process is None:
            self._process = _VoiceProcess()
            timeout_s += START_TIMEOUT_S
        request = {"text": text, "voice": self._voice, "rate_wpm": self._rate_wpm}
        try:
            answer, sound = self._process.ask(request, timeout_s)
        except (OSError, queue.Empty) as error:
            self.close()
            raise SpeechError(
                "voice-stuck",
                "The text-to-speech voice stopped answering.",
                "It is started again for the next sentence; if this repeats, try another voice.",
            ) from error
        if "code" in answer:
            raise _error(str(answer["code"]), str(answer["message"]), self._voice)
        return sound


class _VoiceProcess:
    """The running `voice_process.py`, its private folder, and a thread that reads its answers."""

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="callcoach-voice-")
        script = Path(__file__).with_name("voice_process.py")
        # -P: a folder that happens to be called like a module must not be imported from.
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(script), self._folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the companion to handle
        )
        self._answers: queue.Queue[tuple[dict[str, Any], bytes] | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, name="voice answers", daemon=True)
        self._reader.start()

    def ask(self, request: dict[str, Any], timeout_s: float) -> tuple[dict[str, Any], bytes]:
        """Send one request and wait; `OSError` when the process died, `queue.Empty` when late."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        answer = self._answers.get(timeout=timeout_s)
        if answer is None:
            raise BrokenPipeError("the voice process ended")
        return answer

    def close(self) -> None:
        """End the process, hung or not, and remove its folder."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            try:
                pipe.close()
            except BrokenPipeError:
                continue  # a request that was never read
        shutil.rmtree(self._folder, ignore_errors=True)

    def _read(self) -> None:
        assert self._process.stdout is not None
        source: BinaryIO = self._process.stdout  # type: ignore[assignment]
        for line in source:
            answer = json.loads(line)
            self._answers.put((answer, source.read(answer["bytes"])))
        self._answers.put(None)


def speakable(text: str) -> str:
    """Make `text` safe for every engine, losing nothing that is spoken.

    SAPI takes a leading "<" for XML, macOS takes "[[" for a command, and espeak-ng stops at a NUL.
    """
    for mark in "<>[]":
        text = text.replace(mark, " ")
    text = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _decode(sound: bytes) -> bytes:
    """Turn a WAV or AIFF file into a clip's PCM; b"" where it holds no sound."""
    if not sound:
        return b""
    import soundfile
    import soxr

    try:
        samples, rate_hz = soundfile.read(io.BytesIO(sound), dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise _error("voice-failed", "it wrote no readable sound", "") from error
    mono = samples.mean(axis=1)
    resampled = soxr.resample(mono, rate_hz, SAMPLE_RATE_HZ) if len(mono) else mono
    return to_pcm(fade(level(trim(resampled)), in_s=0.002, out_s=0.01))


def _error(code: str, detail: str, voice: str) -> SpeechError:
    if code == "voice-engine-missing":
        return SpeechError(code, f"No text-to-speech voice is installed ({detail}).", _INSTALL_HINT)
    if code == "voice-unknown":
        hint = f"Voices that speak English: {detail}." if detail else _INSTALL_HINT
        return SpeechError(code, f'There is no voice called "{voice}".', hint)
    return SpeechError(
        "voice-failed", f"The text-to-speech voice failed: {detail}.", "Try another voice."
    )
