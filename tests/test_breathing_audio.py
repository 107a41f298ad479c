"""Breathing as sound: on the beat, as long as it should be, and understood when heard back."""

from __future__ import annotations

import json
import runpy
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fakes_speech import FakeSynthesiser

from assistant.coaching.breathing import BreathingPattern, find_pattern, schedule
from assistant.events import SAMPLE_RATE_HZ, Clip
from assistant.speech.breathing_audio import Style, from_onset, introduced, render_breathing
from assistant.speech.samples import from_pcm
from assistant.speech.synthesiser import Pyttsx3Synthesiser

BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "breathing.py"
onset_errors_ms = runpy.run_path(str(BENCHMARK))["onset_errors_ms"]
FAST = BreathingPattern(name="fast", title="Fast", in_=7, hold=2, out=7, count_s=0.5)


@pytest.fixture(autouse=True)
def no_own_patterns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLCOACH_CONFIG", str(tmp_path))


@pytest.fixture(scope="module")
def voice() -> Iterator[Pyttsx3Synthesiser]:
    made = Pyttsx3Synthesiser()
    yield made
    made.close()


def worst_ms(clip: Clip, pattern: BreathingPattern, cycles: int) -> float:
    samples = np.frombuffer(clip.pcm, dtype="<i2").astype(np.float64)
    errors: list[float] = [
        abs(error)
        for threshold_db in (-40.0, -20.0)
        for error in onset_errors_ms(samples, pattern, cycles, threshold_db)
    ]
    return max(errors)


@pytest.mark.parametrize("name", ["en-us", "en-gb-scotland", "en-us+f3", "en-us+whisper"])
@pytest.mark.parametrize("rate_wpm", [100, 165, 300])
def test_every_count_begins_within_10_ms_of_its_beat(name: str, rate_wpm: int) -> None:
    voice = Pyttsx3Synthesiser(name)
    clip = render_breathing(find_pattern("4-7-8"), 1, "counts", voice, rate_wpm)
    voice.close()
    assert worst_ms(clip, find_pattern("4-7-8"), 1) < 10.0


@pytest.mark.parametrize("style", ["counts", "tones", "both"])
def test_every_style_is_on_the_beat_even_at_half_a_second(
    voice: Pyttsx3Synthesiser, style: Style
) -> None:
    assert worst_ms(render_breathing(FAST, 2, style, voice, 165), FAST, 2) < 10.0


def test_the_measure_notices_a_late_count(voice: Pyttsx3Synthesiser) -> None:
    clip = render_breathing(find_pattern("3-5-3"), 1, "counts", voice, 165)
    late = Clip(bytes(2 * round(0.015 * SAMPLE_RATE_HZ)) + clip.pcm)
    assert worst_ms(late, find_pattern("3-5-3"), 1) > 10.0


@pytest.mark.parametrize("style", ["counts", "tones", "both"])
def test_an_exercise_lasts_as_long_as_its_breaths(style: Style) -> None:
    clip = render_breathing(find_pattern("box"), 3, style, FakeSynthesiser(), 165)
    assert clip.seconds == 48.0


def test_marks_and_text_are_the_schedule() -> None:
    pattern = find_pattern("3-5-3")
    clip = render_breathing(pattern, 2, "counts", FakeSynthesiser(), 165)
    beats = schedule(pattern, 2)
    assert [(mark.text, mark.start_s) for mark in clip.marks] == [
        (beat.text, beat.at_s) for beat in beats
    ]
    assert all(mark.start_s < mark.end_s < mark.start_s + 1.0 for mark in clip.marks)
    assert clip.text == " ".join(beat.text for beat in beats)


def test_tones_alone_need_no_voice_and_say_nothing() -> None:
    voice = FakeSynthesiser()
    clip = render_breathing(find_pattern("4-0-6"), 1, "tones", voice, 165)
    assert (clip.text, clip.marks, voice.rendered) == ("", (), [])
    assert any(clip.pcm)


def test_a_word_too_long_for_its_beat_is_spoken_faster_then_cut_and_the_rate_is_put_back() -> None:
    voice = FakeSynthesiser(rate_wpm=60)
    clip = render_breathing(FAST, 1, "counts", voice, 60)
    assert voice.rate_wpm == 60
    assert max(mark.end_s - mark.start_s for mark in clip.marks) <= 0.44 + 1e-9
    samples = from_pcm(clip.pcm)
    gap = samples[round(0.445 * SAMPLE_RATE_HZ) : round(0.495 * SAMPLE_RATE_HZ)]
    assert not gap.any()


def test_each_different_word_is_rendered_only_as_often_as_needed() -> None:
    voice = FakeSynthesiser()
    render_breathing(find_pattern("3-5-3"), 50, "counts", voice, 165)
    assert len(voice.rendered) <= 22


def test_a_soft_first_consonant_is_raised_and_silence_before_it_cut() -> None:
    times_s = np.arange(3200) / SAMPLE_RATE_HZ
    vowel = 0.3 * np.sin(2 * np.pi * 150 * times_s)
    hiss = 0.3 * 10 ** (-28 / 20) * np.sin(2 * np.pi * 4000 * times_s[:1280])
    word = np.concatenate([np.zeros(500), hiss, vowel]).astype(np.float32)
    cut = from_onset(word)
    assert len(cut) == pytest.approx(len(hiss) + len(vowel), abs=48)
    assert np.abs(cut[80:800]).max() > 3 * np.abs(hiss).max()
    assert np.abs(cut[-800:]).max() == pytest.approx(0.3, abs=0.01)
    assert len(from_onset(np.zeros(100, dtype=np.float32))) == 0


def test_an_introduction_comes_first_and_moves_the_marks() -> None:
    voice = FakeSynthesiser()
    exercise = render_breathing(find_pattern("3-5-3"), 1, "counts", voice, 165)
    advice = voice.render("Skip the hold if you like.")
    clip = introduced(advice, exercise, pause_s=1.0)
    assert clip.marks[0].text == "Skip the hold if you like."
    assert clip.marks[1].start_s == pytest.approx(advice.seconds + 1.0)
    assert clip.seconds == pytest.approx(advice.seconds + 1.0 + 11.0)
    assert clip.text.startswith("Skip the hold if you like. breathe in two")


@pytest.mark.needs_model
def test_the_counts_are_heard_back(voice: Pyttsx3Synthesiser, vosk_model_path: Path) -> None:
    import vosk

    vosk.SetLogLevel(-1)
    words = ["breathe in", "breathe out", "two", "three", "four", "five", "six", "[unk]"]
    recogniser = vosk.KaldiRecognizer(
        vosk.Model(str(vosk_model_path)), SAMPLE_RATE_HZ, json.dumps(words)
    )
    clip = render_breathing(find_pattern("3-5-3"), 2, "counts", voice, 165)
    heard = []
    for start in range(0, len(clip.pcm), 8000):
        if recogniser.AcceptWaveform(clip.pcm[start : start + 8000]):
            heard += json.loads(recogniser.Result())["text"].split()
    heard += json.loads(recogniser.FinalResult())["text"].split()
    counts = [word for word in heard if word in {"two", "three", "four", "five", "six"}]
    assert counts == ["two", "three", "two", "three", "four", "five", "two", "three"] * 2
    assert heard.count("out") == 2
