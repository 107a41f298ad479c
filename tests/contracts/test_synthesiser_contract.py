"""What every synthesiser keeps to: the real one and the fake that tests use in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fakes_speech import FakeSynthesiser

from assistant.ports import Synthesiser
from assistant.speech.clips import ClipCache
from assistant.speech.synthesiser import Pyttsx3Synthesiser

MAKERS: dict[str, Callable[[], Synthesiser]] = {
    "pyttsx3": Pyttsx3Synthesiser,
    "fake": FakeSynthesiser,
    "cached": lambda: ClipCache(FakeSynthesiser()),
}


@pytest.fixture(params=MAKERS)
def synthesiser(request: pytest.FixtureRequest) -> Iterator[Synthesiser]:
    made = MAKERS[request.param]()
    yield made
    made.close()


def test_a_sentence_becomes_sound_that_carries_its_text(synthesiser: Synthesiser) -> None:
    clip = synthesiser.render("Ask for the name.")
    assert clip.text == "Ask for the name."
    assert 0.5 < clip.seconds < 3.0
    assert len(clip.pcm) % 2 == 0
    assert any(clip.pcm)


@pytest.mark.parametrize("text", ["", "   ", "...", "\n"])
def test_nothing_to_say_is_an_empty_clip(synthesiser: Synthesiser, text: str) -> None:
    assert synthesiser.render(text).seconds == 0.0


def test_a_longer_text_takes_longer(synthesiser: Synthesiser) -> None:
    short, long = (synthesiser.render("four " * count).seconds for count in (2, 10))
    assert long > 2 * short


def test_a_changed_rate_changes_the_next_clip_and_can_be_changed_back(
    synthesiser: Synthesiser,
) -> None:
    synthesiser.set_rate(150)
    slow = synthesiser.render("one two three four").seconds
    synthesiser.set_rate(300)
    fast = synthesiser.render("one two three four").seconds
    synthesiser.set_rate(150)
    again = synthesiser.render("one two three four").seconds
    assert fast < 0.7 * slow
    assert again == pytest.approx(slow, abs=0.02)


def test_close_is_harmless_twice(synthesiser: Synthesiser) -> None:
    synthesiser.close()
    synthesiser.close()
