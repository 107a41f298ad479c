"""Free-text engines: one contract for the fake and the real ones, and how the best is chosen."""

from __future__ import annotations

import importlib.util
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
from fakes_recognition import FakeTranscriber
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import ModelError
from assistant.events import SAMPLE_RATE_HZ
from assistant.ports import Transcriber
from assistant.recognition.model_store import InstalledModel
from assistant.recognition.transcribers import (
    MoonshineTranscriber,
    VoskTranscriber,
    best_pause,
    open_transcriber,
    spans,
)

needs_moonshine = pytest.mark.skipif(
    importlib.util.find_spec("moonshine_voice") is None, reason="moonshine-voice is not installed"
)


@pytest.fixture(scope="session")
def moonshine() -> MoonshineTranscriber:
    return MoonshineTranscriber()


@pytest.fixture(
    params=[
        "fake",
        pytest.param("moonshine", marks=needs_moonshine),
        pytest.param("vosk", marks=pytest.mark.needs_model),
    ]
)
def transcriber(request: pytest.FixtureRequest) -> Transcriber:
    if request.param == "fake":
        return FakeTranscriber()
    if request.param == "moonshine":
        engine: MoonshineTranscriber = request.getfixturevalue("moonshine")
        return engine
    return VoskTranscriber(request.getfixturevalue("vosk_model_path"))


class TestContract:
    """What every `Transcriber` does."""

    def test_has_a_name(self, transcriber: Transcriber) -> None:
        assert transcriber.name

    @pytest.mark.parametrize("pcm", [b"", b"\0", bytes(2), bytes(3 * 2 * SAMPLE_RATE_HZ)])
    def test_silence_and_scraps_give_no_text(self, transcriber: Transcriber, pcm: bytes) -> None:
        assert transcriber.transcribe(pcm).text == ""

    def test_words_lie_within_the_audio(self, transcriber: Transcriber) -> None:
        tone = 3000 * np.sin(np.arange(SAMPLE_RATE_HZ) / 5.0)
        found = transcriber.transcribe(tone.astype("<i2").tobytes())
        assert all(0.0 <= word.start_s <= word.end_s <= 1.1 for word in found.words)
        assert found.confidence is None or 0.0 <= found.confidence <= 1.0


@needs_moonshine
class TestMoonshine:
    def test_hiss_gives_no_ghost_words(self, moonshine: MoonshineTranscriber) -> None:
        hiss = np.random.default_rng(0).normal(0.0, 100.0, 3 * SAMPLE_RATE_HZ)
        assert moonshine.transcribe(hiss.astype("<i2").tobytes()).text == ""

    @pytest.mark.shared_data
    def test_read_speech_is_cased_and_punctuated(
        self, moonshine: MoonshineTranscriber, shared_data: Path
    ) -> None:
        path = shared_data / "speech" / "read_speech" / "0001_realtimestt_LJ001-0006.ogg"
        samples, _ = soundfile.read(path, dtype="int16")
        text = moonshine.transcribe(samples.tobytes()).text
        assert text == "And it is worth mention in passing that as an example of fine typography."

    @pytest.mark.shared_data
    def test_a_long_span_keeps_its_first_and_last_words(
        self, moonshine: MoonshineTranscriber, shared_data: Path
    ) -> None:
        path = shared_data / "speech" / "read_speech" / "0001_realtimestt_LJ001-0006.ogg"
        samples, _ = soundfile.read(path, dtype="int16")
        text = moonshine.transcribe(np.tile(samples, 3).tobytes()).text
        assert text.startswith("And it is worth")
        assert text.endswith("fine typography.")
        assert text.count("worth") == 3


class TestChoice:
    def test_moonshine_comes_first(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
        assert open_transcriber().name == "moonshine"

    def test_without_it_a_model_fit_for_dictation_is_taken(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        install(monkeypatch, fit=True)
        assert open_transcriber().name == "vosk"

    def test_a_cues_only_model_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        install(monkeypatch, fit=False)
        with pytest.raises(ModelError) as refused:
            open_transcriber("vosk")
        assert refused.value.code == "model-not-for-dictation"
        with pytest.raises(ModelError) as none_left:
            open_transcriber()
        assert none_left.value.code == "no-dictation-engine"
        assert "pip install" in none_left.value.hint

    def test_a_folder_that_is_no_model_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match=str(tmp_path)) as error:
            VoskTranscriber(tmp_path).load()
        assert error.value.code == "model-damaged"


def install(monkeypatch: pytest.MonkeyPatch, *, fit: bool) -> None:
    """No moonshine, and a Vosk model that is fit for dictation or not."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    model = InstalledModel(Path("models/some"), "some", fit_for_dictation=fit)
    monkeypatch.setattr("assistant.recognition.model_store.find_model", lambda: model)


class TestSpans:
    def test_short_audio_is_one_span_and_none_is_none(self) -> None:
        assert list(spans(bytes(20), 1.0)) == [(0, 10)]
        assert list(spans(b"", 1.0)) == []

    def test_the_cut_falls_into_the_pause(self) -> None:
        samples = np.full(3 * SAMPLE_RATE_HZ, 5000, dtype="<i2")
        samples[30_000:34_000] = 0
        cut = best_pause(samples, 16_000, 48_000)
        assert 30_000 < cut < 34_000

    @settings(max_examples=30, deadline=None)
    @given(st.integers(0, 200_000), st.floats(0.5, 5.0))
    def test_spans_cover_everything_once_and_are_short_enough(
        self, count: int, max_s: float
    ) -> None:
        pcm = np.random.default_rng(count).integers(-999, 999, count).astype("<i2").tobytes()
        found = list(spans(pcm, max_s))
        assert sum(end - start for start, end in found) == count
        assert all(a[1] == b[0] for a, b in pairwise(found))
        assert all(0 < end - start <= max_s * SAMPLE_RATE_HZ for start, end in found)


class ScriptedEngine:
    """Stands for the library's engine: one text for each span it is given."""

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts

    def transcribe_without_streaming(self, samples: list[float], rate_hz: int) -> SimpleNamespace:
        return SimpleNamespace(lines=[SimpleNamespace(text=self._texts.pop(0))])


def written(monkeypatch: pytest.MonkeyPatch, *texts: str) -> str:
    """What becomes of `texts`, heard in as many spans of speech without a pause."""
    monkeypatch.setattr(
        "assistant.recognition.transcribers._load_moonshine", lambda: ScriptedEngine(list(texts))
    )
    monkeypatch.setattr("assistant.recognition.transcribers._voice_s", lambda _: 1.0)
    second = SAMPLE_RATE_HZ
    monkeypatch.setattr(
        "assistant.recognition.transcribers.spans",
        lambda *_: [(place * second, (place + 1) * second) for place in range(len(texts))],
    )
    return MoonshineTranscriber().transcribe(bytes(2 * second * len(texts))).text


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("They call to-morrow, not To-day.",), "They call tomorrow, not Today."),
        (("A week to day, not day to day.",), "A week today, not day to day."),
        (("I go to-and-fro.",), "I go to-and-fro."),
        (("At nine to nine.", "And then run it."), "At nine to nine and then run it."),
        (("I spoke to.", "Mark in billing."), "I spoke to Mark in billing."),
        (("I spoke to.", "Delphine today."), "I spoke to Delphine today."),
        (("Is it done?", "And when?"), "Is it done? And when?"),
        (("So that.", "I know."), "So that I know."),
    ],
)
def test_what_the_engine_cannot_know_of_a_longer_sentence_is_mended(
    monkeypatch: pytest.MonkeyPatch, texts: tuple[str, ...], expected: str
) -> None:
    assert written(monkeypatch, *texts) == expected
