"""The clip cache and the earcons."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from fakes_speech import FakeSynthesiser

from assistant.events import Earcon
from assistant.speech.clips import ClipCache
from assistant.speech.earcons import MAX_EARCON_S, earcon_clip
from assistant.speech.samples import from_pcm


def test_what_was_said_is_not_rendered_again() -> None:
    voice = FakeSynthesiser()
    cache = ClipCache(voice)
    cache.warm(["one", "two"])
    assert cache.render("one") is cache.render("one")
    assert voice.rendered == ["one", "two"]


def test_another_rate_is_another_clip_and_the_first_is_kept() -> None:
    voice = FakeSynthesiser()
    cache = ClipCache(voice, rate_wpm=150)
    slow = cache.render("one")
    cache.set_rate(300)
    assert cache.render("one").seconds < slow.seconds
    cache.set_rate(150)
    assert cache.render("one") is slow
    assert len(voice.rendered) == 2


def test_the_least_used_clip_goes_first_when_it_is_full() -> None:
    voice = FakeSynthesiser()
    size = len(FakeSynthesiser().render("a").pcm)
    cache = ClipCache(voice, max_bytes=2 * size)
    for text in ("a", "b", "a", "c", "a", "b"):
        cache.render(text)
    assert voice.rendered == ["a", "b", "c", "b"]


def test_a_clip_larger_than_the_cache_is_still_given() -> None:
    cache = ClipCache(FakeSynthesiser(), max_bytes=10)
    assert cache.render("a").seconds > 0


def test_close_closes_the_voice() -> None:
    voice = FakeSynthesiser()
    ClipCache(voice).close()
    assert voice.closed


@pytest.mark.parametrize("earcon", Earcon)
def test_earcons_are_short_soft_and_wordless(earcon: Earcon) -> None:
    clip = earcon_clip(earcon)
    samples = from_pcm(clip.pcm)
    assert 0.1 < clip.seconds <= MAX_EARCON_S
    assert clip.text == ""
    assert 0.3 < np.abs(samples).max() < 0.5
    assert np.abs(samples[:16]).max() < 0.06  # the first millisecond
    assert np.abs(samples[-16:]).max() < 0.02


def _features(earcon: Earcon) -> tuple[int, float, float]:
    """Notes; octaves from first to last quarter; mean pitch in octaves over 100 Hz."""
    samples = from_pcm(earcon_clip(earcon).pcm).astype(np.float64)
    envelope = np.convolve(np.abs(samples), np.full(80, 1 / 80), mode="same")
    loud = envelope > 0.15 * envelope.max()
    notes = int(np.count_nonzero(np.diff(loud.astype(int)) == 1)) + int(loud[0])

    def pitch(part: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        spectrum = np.abs(np.fft.rfft(part, 16000))
        return float(np.log2(np.argmax(spectrum) / 100))

    quarter = len(samples) // 4
    return notes, pitch(samples[-2 * quarter :]) - pitch(samples[:quarter]), pitch(samples)


def test_each_earcon_is_told_from_each_other_by_two_features_or_by_a_lot() -> None:
    for one, other in itertools.combinations(Earcon, 2):
        (n1, rise1, pitch1), (n2, rise2, pitch2) = _features(one), _features(other)
        different = (n1 != n2) + (abs(rise1 - rise2) > 0.25) + (abs(pitch1 - pitch2) > 0.25)
        assert different >= 2, (one, other, _features(one), _features(other))
