"""The real voice: long runs, odd texts, unknown voices, hangs and crashes."""

from __future__ import annotations

import os
import signal
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import SpeechError
from assistant.speech import synthesiser as module
from assistant.speech.samples import from_pcm, level, loudness_db, trim
from assistant.speech.synthesiser import Pyttsx3Synthesiser, speakable


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def voice(folder: Path) -> Iterator[Pyttsx3Synthesiser]:
    made = Pyttsx3Synthesiser()
    yield made
    made.close()


def _process(voice: Pyttsx3Synthesiser) -> int:
    assert voice._process is not None
    return voice._process._process.pid


def test_two_hundred_sentences_in_a_row_all_sound(voice: Pyttsx3Synthesiser) -> None:
    silent = []
    for number in range(200):
        voice.set_rate(165 + number % 3 * 20)  # a change under way once silenced the next text
        if voice.render(f"number {number}").seconds < 0.4:
            silent.append(number)
    assert silent == []


def test_the_same_requests_give_the_same_samples(folder: Path) -> None:
    runs = []
    for _ in range(2):
        voice = Pyttsx3Synthesiser("en-us")
        runs.append([voice.render(text).pcm for text in ("hold", "two", "hold")])
        voice.close()
    assert runs[0] == runs[1]


@pytest.mark.parametrize(
    "text",
    ['She said "no" & left', "<speak>a<break/>b</speak>", "café for 5 €", "[[slnc 9000]] hi",
     "a\0b", "\ud800 half a pair", "fine 👍", "--help", "first\nsecond"],
)  # fmt: skip
def test_odd_texts_are_spoken(voice: Pyttsx3Synthesiser, text: str) -> None:
    assert 0.1 < voice.render(text).seconds < 6.0


def test_a_nul_does_not_cut_the_rest(voice: Pyttsx3Synthesiser) -> None:
    assert voice.render("one\0two three four").seconds > voice.render("one").seconds * 1.5


def test_marks_that_engines_take_for_commands_are_gone() -> None:
    assert speakable(' <b>[[rate 9]]\x00 "x" ') == 'b rate 9 "x"'


@pytest.mark.parametrize("name", ["en-us", "English (America)", "america", "en-us+f3"])
def test_voices_are_found_by_name_id_or_part(folder: Path, name: str) -> None:
    voice = Pyttsx3Synthesiser(name)
    assert voice.render("hello").seconds > 0.2
    voice.close()


def test_an_unknown_voice_is_named_with_those_there_are(folder: Path) -> None:
    voice = Pyttsx3Synthesiser("Zarvox")
    with pytest.raises(SpeechError) as caught:
        voice.render("hello")
    voice.close()
    assert caught.value.code == "voice-unknown"
    assert "Zarvox" in caught.value.message
    assert "English (America)" in caught.value.hint


def test_a_missing_engine_names_the_package(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = folder / "pyttsx3"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise ImportError('libespeak-ng.so.1: cannot open')")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    voice = Pyttsx3Synthesiser()
    with pytest.raises(SpeechError) as caught:
        voice.render("hello")
    voice.close()
    assert caught.value.code == "voice-engine-missing"
    assert "espeak-ng" in caught.value.hint


def test_a_hung_engine_is_reported_and_replaced(
    voice: Pyttsx3Synthesiser, monkeypatch: pytest.MonkeyPatch
) -> None:
    voice.render("hello")
    hung = _process(voice)
    os.kill(hung, signal.SIGSTOP)
    monkeypatch.setattr(module, "RENDER_TIMEOUT_S", 0.0)
    with pytest.raises(SpeechError) as caught:
        voice.render("are you there")
    assert caught.value.code == "voice-stuck"
    monkeypatch.undo()
    assert voice.render("hello again").seconds > 0.3
    assert _process(voice) != hung


def test_a_crashed_engine_is_reported_and_replaced(voice: Pyttsx3Synthesiser) -> None:
    voice.render("hello")
    assert voice._process is not None
    voice._process._process.kill()
    voice._process._process.wait()
    with pytest.raises(SpeechError, match="stopped answering"):
        voice.render("are you there")
    assert voice.render("hello again").seconds > 0.3


def test_its_folder_is_private_and_goes_with_it(voice: Pyttsx3Synthesiser, folder: Path) -> None:
    voice.render("a secret")
    (own,) = folder.iterdir()
    assert stat.S_IMODE(own.stat().st_mode) == 0o700
    assert list(own.iterdir()) == []
    voice.close()
    assert list(folder.iterdir()) == []


def test_the_process_ends_and_cleans_up_when_we_vanish(
    voice: Pyttsx3Synthesiser, folder: Path
) -> None:
    voice.render("hello")
    assert voice._process is not None
    process = voice._process._process
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(timeout=20) == 0
    assert list(folder.iterdir()) == []


def test_clips_are_trimmed_and_brought_to_one_level(voice: Pyttsx3Synthesiser) -> None:
    samples = from_pcm(voice.render("Say your name first.").pcm)
    heard = samples[np.repeat(loudness_db(samples) > -30.0, 80)[: len(samples)]]
    assert 20 * np.log10(np.sqrt(np.mean(heard**2))) == pytest.approx(-20.0, abs=0.5)
    assert loudness_db(samples)[:3].max() > -45.0
    assert np.abs(samples).max() <= 0.9


def test_silence_stays_silence() -> None:
    nothing = np.zeros(1000, dtype=np.float32)
    assert len(trim(nothing)) == 0
    assert not level(nothing).any()
