"""What every player keeps to: the replay's, the speaker, and the fake that stands for them."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from fakes_audio import FakePlayer

from assistant.audio.devices import SoundSystem
from assistant.audio.speaker import SpeakerPlayer
from assistant.audio.timeline import TimelinePlayer
from assistant.events import Clip, DeviceChanged, EndOfAudio, Frame, PlaybackFinished
from assistant.ports import Player

Inbox = queue.SimpleQueue[Frame | EndOfAudio | DeviceChanged | PlaybackFinished]
CLIP = Clip(np.full(4_000, 1_000, dtype="<i2").tobytes())  # a quarter of a second
_PATIENCE_S = 10.0


class Stage:
    """A player with its inbox; knows how to let time pass for it."""

    def __init__(self, player: Player, live: bool) -> None:
        self.player = player
        self._live = live
        self._now_s = 0.0
        self._inbox: Inbox = queue.SimpleQueue()
        player.open(self._inbox.put)

    def finished(self, count: int) -> list[tuple[int, bool]]:
        """Let time pass until `count` clips have finished; clip ids and whether completed."""
        got: list[tuple[int, bool]] = []
        while len(got) < count:
            if not self._live:
                self._now_s += 0.03
                self.player.advance(self._now_s)
                assert self._now_s < _PATIENCE_S
            got += self._reports()
        return got

    def _reports(self) -> Iterator[tuple[int, bool]]:
        if self._live or not self._inbox.empty():
            item = self._inbox.get(timeout=_PATIENCE_S)
            assert isinstance(item, PlaybackFinished)
            yield item.clip_id, item.completed


@pytest.fixture(
    params=[
        "timeline",
        "timeline to file",
        "fake",
        pytest.param("speaker", marks=pytest.mark.sound_card),
    ]
)
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    makers: dict[str, Callable[[], Player]] = {
        "timeline": TimelinePlayer,
        "timeline to file": lambda: TimelinePlayer(tmp_path / "out.wav"),
        "fake": FakePlayer,
        "speaker": lambda: SpeakerPlayer(SoundSystem()),
    }
    live = request.param == "speaker"
    if live:
        request.getfixturevalue("virtual_card")
    stage = Stage(makers[request.param](), live)
    yield stage
    stage.player.close()


def test_every_clip_finishes(stage: Stage) -> None:
    stage.player.play(1, CLIP, 1.0)
    assert stage.finished(1) == [(1, True)]
    stage.player.play(2, CLIP, 0.5)
    assert stage.finished(1) == [(2, True)]


def test_an_empty_clip_finishes(stage: Stage) -> None:
    stage.player.play(1, Clip(b""), 1.0)
    assert stage.finished(1) == [(1, True)]


def test_play_replaces_what_plays(stage: Stage) -> None:
    stage.player.play(1, CLIP, 1.0)
    stage.player.play(2, CLIP, 1.0)
    assert stage.finished(2) == [(1, False), (2, True)]


def test_stop_reports_an_unfinished_clip_once(stage: Stage) -> None:
    stage.player.play(1, CLIP, 1.0)
    stage.player.stop()
    stage.player.stop()
    stage.player.play(2, CLIP, 1.0)
    assert stage.finished(2) == [(1, False), (2, True)]


def test_stop_is_harmless_when_silent(stage: Stage) -> None:
    stage.player.stop()
    stage.player.play(1, CLIP, 1.0)
    assert stage.finished(1) == [(1, True)]


def test_a_muted_clip_finishes_all_the_same(stage: Stage) -> None:
    stage.player.play(1, CLIP, 1.0)
    stage.player.mute(True)
    assert stage.finished(1) == [(1, True)]
    stage.player.mute(False)
    stage.player.play(2, CLIP, 1.0)
    stage.player.mute(True)
    stage.player.mute(True)
    stage.player.stop()
    assert stage.finished(1) == [(2, False)]


def test_mute_is_harmless_when_silent(stage: Stage) -> None:
    stage.player.mute(True)
    stage.player.play(1, CLIP, 1.0)
    stage.player.mute(False)
    assert stage.finished(1) == [(1, True)]


def test_close_is_harmless(stage: Stage) -> None:
    stage.player.close()
    stage.player.close()
