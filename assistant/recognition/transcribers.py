"""Free-text engines behind one Protocol: Moonshine tiny first, Vosk where its model can dictate."""

from __future__ import annotations

import ctypes
import importlib.util
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from assistant.audio.voice_activity import VoiceActivity
from assistant.errors import ModelError
from assistant.events import BYTES_PER_SAMPLE, FRAME_SAMPLES, SAMPLE_RATE_HZ
from assistant.ports import Transcriber, Transcript, Word
from assistant.recap.lexicon import lists, ordinary_words
from assistant.recognition.second_pass import feed

Engine = Literal["moonshine", "vosk"]
ENGINES: tuple[Engine, ...] = ("moonshine", "vosk")
"""Free-text engines, the better one first; docs/dictation.md has the comparison."""

MAX_SPAN_S = 7.0
"""Longest span Moonshine decodes at once: 7 MB more for 7 s, 40 for 9 s, 500 for 60 s."""
MIN_SPAN_S = 0.1
"""Shorter spans hold no word and make the encoder fail."""
GHOSTS = frozenset({"you", "the", "oh", "bye", "thank you", "thanks", "thanks for watching"})
"""What Moonshine makes of breaths, clicks and hiss; believed only where a voice was heard."""
GHOST_VOICE_S = 0.25
"""Voice (hangover not counted) below which a ghost word is taken for one."""

_OLD_SPELLING = re.compile(r"(?<!day )(?<!night )\b([Tt])o[- ](day|night|morrow)\b")
"""Moonshine learnt from old books: "to-morrow" would be two words, the second one a name. "Day to
day" stays."""
_FRAME_BYTES = FRAME_SAMPLES * BYTES_PER_SAMPLE
_PAUSE_S = 0.2
_MADV_DONTNEED = 4


def open_transcriber(prefer: Engine | None = None) -> Transcriber:
    """The best free-text engine at hand, or `prefer`; models load on first use.

    Raises `ModelError`: ``no-dictation-engine`` when there is none at all, or what kept the
    preferred one from being used.
    """
    if prefer == "moonshine":
        return MoonshineTranscriber()
    if prefer == "vosk":
        return _installed_vosk()
    if importlib.util.find_spec("moonshine_voice") is not None:
        return MoonshineTranscriber()
    try:
        return _installed_vosk()
    except ModelError as error:
        raise ModelError(
            "no-dictation-engine",
            "There is no engine that can take free dictation.",
            "Run: pip install 'callcoach[accurate]'  or fetch a full model: callcoach setup",
        ) from error


def _installed_vosk() -> VoskTranscriber:
    """Vosk with the installed model; refuses a model whose language model only knows cues."""
    from assistant.recognition.model_store import find_model

    model = find_model()
    if not model.fit_for_dictation:
        raise ModelError(
            "model-not-for-dictation",
            f"The installed model in {model.path} hears cues but cannot take free dictation.",
            "Run: pip install 'callcoach[accurate]'  or fetch a full model: callcoach setup",
        )
    return VoskTranscriber(model.path)


class MoonshineTranscriber:
    """Moonshine tiny English from the moonshine-voice wheel; never reaches the network.

    Loaded on the first span. Raises `ModelError` (``engine-missing``, ``model-damaged``).
    """

    name = "moonshine"

    def __init__(self) -> None:
        self._engine: Any = None

    def load(self) -> None:
        """Load now rather than on the first span: 0.3 s. Do it before Vosk: a lower peak."""
        if self._engine is None:
            self._engine = _load_moonshine()

    def transcribe(self, pcm: bytes) -> Transcript:
        """Text of `pcm`, cased and punctuated; empty for silence and for ghost words.

        Spans longer than `MAX_SPAN_S` are cut at their pauses. No word times, no confidence.
        """
        cuts = list(spans(pcm, MAX_SPAN_S))
        texts = [self._decode(pcm[a * BYTES_PER_SAMPLE : b * BYTES_PER_SAMPLE]) for a, b in cuts]
        return Transcript(joined(pcm, [start for start, _ in cuts], texts))

    def _decode(self, pcm: bytes) -> str:
        if len(pcm) < MIN_SPAN_S * SAMPLE_RATE_HZ * BYTES_PER_SAMPLE:
            return ""
        voice_s = _voice_s(pcm)
        if voice_s == 0.0:
            return ""
        self.load()
        samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32) / 32768.0
        result = self._engine.transcribe_without_streaming(samples.tolist(), SAMPLE_RATE_HZ)
        text = " ".join(line.text.strip() for line in result.lines).strip()
        if voice_s < GHOST_VOICE_S and _bare(text) in GHOSTS:
            return ""
        return _OLD_SPELLING.sub(r"\1o\2", text)


def _load_moonshine() -> Any:
    """The engine on the model inside the wheel: given by path, so nothing is ever fetched."""
    try:
        import moonshine_voice
        from moonshine_voice.transcriber import Transcriber as Engine
    except (ImportError, OSError) as error:
        raise ModelError(
            "engine-missing",
            "The accurate dictation engine (moonshine-voice) is not installed or cannot load.",
            "Run: pip install 'callcoach[accurate]'",
        ) from error
    path = Path(moonshine_voice.__file__).parent / "assets" / "tiny-en"
    # We cut at pauses ourselves: the engine's own gate clips first words and repeats at seams.
    options = {
        "return_audio_data": "false",
        "vad_threshold": "0.0",
        "vad_max_segment_duration": str(2 * MAX_SPAN_S),
    }
    try:
        engine = Engine(path, moonshine_voice.ModelArch.TINY, options=options)
    except Exception as error:
        raise ModelError(
            "model-damaged",
            f"The dictation model in {path} cannot be loaded.",
            "Install it again: pip install --force-reinstall moonshine-voice==0.1.0",
        ) from error
    _give_back_memory(path)
    return engine


def _give_back_memory(folder: Path) -> None:
    """Drop what loading the model files of `folder` left behind: about 55 MB; Linux only.

    The engine keeps its own packed copy of the weights, so the mapped files are not read
    again; were they, the system would page them in anew.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    libc.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
        if str(folder) in line:
            start, end = (int(address, 16) for address in line.split()[0].split("-"))
            libc.madvise(start, end - start, _MADV_DONTNEED)
    if hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)


class VoskTranscriber:
    """Vosk without a grammar; needs a model with a general language model.

    `model_path` is an unpacked model folder, loaded on the first span unless `model`, a
    `vosk.Model`, is at hand. Raises `ModelError` (``engine-missing``, ``model-damaged``).
    """

    name = "vosk"

    def __init__(self, model_path: Path, model: Any = None) -> None:
        self._model_path = model_path
        self._model: Any = model

    def load(self) -> None:
        """Load now rather than on the first span: 0.2 to 0.5 s."""
        if self._model is None:
            self._model = load_vosk_model(self._model_path)

    def transcribe(self, pcm: bytes) -> Transcript:
        """Text of `pcm` with a capital and a full stop, word times and mean confidence."""
        self.load()
        import vosk

        recogniser = vosk.KaldiRecognizer(self._model, SAMPLE_RATE_HZ)
        recogniser.SetWords(True)
        found: list[dict[str, Any]] = []
        for start in range(0, len(pcm), _FRAME_BYTES * 8):
            if feed(recogniser, pcm[start : start + _FRAME_BYTES * 8]):
                found += json.loads(recogniser.Result()).get("result", [])
        found += json.loads(recogniser.FinalResult()).get("result", [])
        words = tuple(Word(w["word"], w["start"], w["end"], w["conf"]) for w in found)
        if not words:
            return Transcript("")
        confidence = sum(word.confidence for word in words) / len(words)
        return Transcript(_sentence(" ".join(w.text for w in words)), confidence, words)


def load_vosk_model(path: Path) -> Any:
    """The `vosk.Model` in the folder `path`, quietly. Raises `ModelError`."""
    try:
        import vosk
    except (ImportError, OSError) as error:
        raise ModelError(
            "engine-missing", "The recogniser (vosk) is not installed or cannot load.",
            "Run: pip install vosk",
        ) from error  # fmt: skip
    vosk.SetLogLevel(-1)
    try:
        return vosk.Model(str(path))
    except Exception as error:
        raise ModelError(
            "model-damaged",
            f"The model in {path} cannot be loaded.",
            "Run: callcoach models verify",
        ) from error


# --- spans and text ------------------------------------------------------------------------


def spans(pcm: bytes, max_s: float) -> Iterator[tuple[int, int]]:
    """Cut `pcm` into (start, end) samples of at most `max_s`, each cut in the best pause.

    Nothing is left out and nothing is in two spans. Empty audio gives no span.
    """
    samples = np.frombuffer(pcm, dtype="<i2", count=len(pcm) // BYTES_PER_SAMPLE)
    longest = int(max_s * SAMPLE_RATE_HZ)
    start = 0
    while samples.size - start > longest:
        earliest = start + longest // 3
        cut = best_pause(samples, earliest, start + longest)
        yield start, cut
        start = cut
    if samples.size > start:
        yield start, int(samples.size)


def best_pause(samples: np.ndarray[Any, np.dtype[np.int16]], earliest: int, latest: int) -> int:
    """Sample in the middle of the quietest 0.2 s between `earliest` and `latest`."""
    step = FRAME_SAMPLES
    piece = samples[earliest:latest].astype(np.float64)
    frames = piece[: piece.size // step * step].reshape(-1, step)
    energy = (frames**2).mean(axis=1)
    width = max(1, int(_PAUSE_S * SAMPLE_RATE_HZ) // step)
    if energy.size < width:
        return latest
    loudness = np.convolve(energy, np.ones(width), mode="valid")
    # Of equally quiet places the last: longer spans are heard better.
    quietest = int(loudness.size - 1 - np.argmin(loudness[::-1]))
    return earliest + quietest * step + width * step // 2


def joined(pcm: bytes, starts: Sequence[int], texts: Sequence[str]) -> str:
    """The `texts` of spans of `pcm` that begin at these samples, as one text."""
    kept: list[str] = []
    for start, text in zip(starts, texts, strict=True):
        if kept and _in_speech(pcm, start):
            kept[-1] = kept[-1].removesuffix(".")  # the engine's, not the speaker's
        goes_on = bool(kept) and kept[-1][-1:].isalnum()
        if text:
            kept.append(_in_mid_sentence(text) if goes_on else text)
    return " ".join(kept)


def _in_speech(pcm: bytes, at: int) -> bool:
    """Whether there is a voice in the 0.2 s around sample `at`: a cut, but no pause."""
    reach = int(_PAUSE_S * SAMPLE_RATE_HZ)
    return _voice_s(pcm[(at - reach // 2) * BYTES_PER_SAMPLE :][: reach * BYTES_PER_SAMPLE]) > 0.0


def _voice_s(pcm: bytes) -> float:
    """Seconds of `pcm` in frames that hold a voice, hangover not counted."""
    activity = VoiceActivity(hangover_frames=0)
    frames = range(0, len(pcm), _FRAME_BYTES)
    voiced = sum(activity.accept(pcm[at : at + _FRAME_BYTES]).voice for at in frames)
    return voiced * FRAME_SAMPLES / SAMPLE_RATE_HZ


def _in_mid_sentence(text: str) -> str:
    """`text` without the capital of its first word, where that is an everyday word and no name."""
    first = re.split(r"[^A-Za-z]", text, maxsplit=1)[0].lower()
    is_plain = first in ordinary_words() - lists("people").sets["also_words"] and first != "i"
    return text[:1].lower() + text[1:] if is_plain else text


def _bare(text: str) -> str:
    return re.sub(r"[^a-z ]", "", text.lower()).strip()


def _sentence(words: str) -> str:
    """Vosk's bare words with the least dress: a capital, "I", a full stop."""
    text = re.sub(r"\bi\b", "I", words)
    return f"{text[:1].upper()}{text[1:]}."
