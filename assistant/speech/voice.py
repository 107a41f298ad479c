"""Our voice: what is being said, what waits, and what of it was really heard."""

from __future__ import annotations

from collections.abc import Callable

from assistant.coaching.breathing import find_pattern
from assistant.events import Clip, Earcon, Mark, PlaybackFinished, Priority, SpeechEnded
from assistant.notices import EarconNotice, Notice, SayNotice
from assistant.ports import Deliver, Player, Synthesiser
from assistant.settings import BreathingSettings
from assistant.speech.breathing_audio import introduced, render_breathing
from assistant.speech.earcons import earcon_clip
from assistant.speech.queue import SpeakerQueue, SpeechItem

BREATHING = "breathing"
TAIL_S = 0.5
"""How long after its end a clip may still echo in the room and reach the microphone."""
HUSH_S = 0.5
"""How long we are silent on a mere suspicion; to believe a stop takes up to 0.3 s, so that no sound
comes back in between (tune half)."""
SOFTEST, FASTEST_WPM, SLOWEST_WPM = 0.1, 300, 90
"""Bounds of "quieter", "faster" and "slower": beyond them nothing is understood any more."""


class Voice:
    """Owns the queue and the player; everything we say goes through here."""

    def __init__(
        self,
        synthesiser: Synthesiser,
        player: Player,
        breathing: BreathingSettings,
        notify: Callable[[Notice], None],
        *,
        on_breathing: Callable[[], object],
        rate_wpm: int,
        volume: float,
    ) -> None:
        self._synthesiser = synthesiser
        self._player = player
        self._breathing = breathing
        self._notify = notify
        self._on_breathing = on_breathing
        self._rate_wpm = rate_wpm
        self._volume = volume
        self._queue = SpeakerQueue()
        self._next_id = 1
        self._started_s = 0.0
        self._pieces: list[Mark] = []
        self._introduction = ""
        self._cut_short: dict[int, SpeechItem] = {}
        self._spoken = ""
        self._spoken_end_s = -TAIL_S
        self._hushed_until_s: float | None = None
        self._now_s = 0.0

    def open(self, deliver: Deliver) -> None:
        """Make the player ready. Raises `AudioError`."""
        self._player.open(deliver)

    def close(self) -> None:
        """Let go of player and voice."""
        self._player.close()
        self._synthesiser.close()

    # --- state ------------------------------------------------------------------------------

    @property
    def idle(self) -> bool:
        """Whether nothing is being said and nothing waits."""
        return self._queue.current is None

    @property
    def speaking(self) -> bool:
        """Whether words of ours are being said now; an earcon is no word."""
        return bool(self._words)

    @property
    def saying(self) -> str:
        """The piece being said, such as one breathing count; "" when nothing is."""
        return self._pieces[0].text if self.speaking and self._pieces else self._words

    @property
    def own_speech(self) -> str:
        """All words that may reach the microphone now: what is said, or was a moment ago."""
        if self.speaking:
            return self._words
        return self._spoken if self._now_s - self._spoken_end_s <= TAIL_S else ""

    @property
    def _words(self) -> str:
        current = self._queue.current
        return current.clip.text if current is not None else ""

    # --- what to say ------------------------------------------------------------------------

    def speak(self, text: str, reason: str, priority: Priority) -> None:
        """Say `text` when its turn comes; nothing for "". Raises `SpeechError`."""
        if text:
            self._push(self._synthesiser.render(text), priority, reason)

    def breathe(self, introduction: str) -> None:
        """Guide through the exercise of the settings. Raises `SpeechError`, `ConfigError`."""
        settings = self._breathing
        exercise = render_breathing(
            find_pattern(settings.pattern),
            settings.cycles,
            settings.style,
            self._synthesiser,
            self._rate_wpm,
        )
        self._introduction = introduction
        if introduction:
            exercise = introduced(self._synthesiser.render(introduction), exercise)
        self._push(exercise, Priority.BREATHING, BREATHING)
        self._on_breathing()

    def sound(self, earcon: Earcon) -> None:
        """Play an earcon."""
        self._push(earcon_clip(earcon), Priority.REMINDER, earcon.value, is_earcon=True)

    def silence(self) -> None:
        """Stop at once and forget what waits."""
        stopped = self._queue.stop()
        if stopped is not None:
            self._cut(stopped)
            self._player.stop()

    def hush(self) -> None:
        """Be silent for `HUSH_S`, without stopping: perhaps we are being told to stop.

        What is said runs on unheard, so breathing stays on its beat; a new clip is heard.
        """
        if not self.idle:
            self._hushed_until_s = self._now_s + HUSH_S
            self._player.mute(True)

    def change_volume(self, factor: float) -> None:
        """Speak louder or softer from the next clip on."""
        self._volume = min(max(self._volume * factor, SOFTEST), 1.0)

    def change_rate(self, factor: float) -> None:
        """Speak faster or slower from the next clip on."""
        rate_wpm = round(self._rate_wpm * factor)
        self._rate_wpm = min(max(rate_wpm, SLOWEST_WPM), FASTEST_WPM)
        self._synthesiser.set_rate(self._rate_wpm)

    # --- what becomes of it -----------------------------------------------------------------

    def advance(self, now_s: float) -> None:
        """The session's clock stands at `now_s`: tell which pieces are over."""
        self._now_s = now_s
        if self._hushed_until_s is not None and now_s >= self._hushed_until_s:
            self._hushed_until_s = None
            self._player.mute(False)
        while self._pieces and self._started_s + self._pieces[0].end_s <= now_s:
            self._tell(self._pieces.pop(0), self._queue.current)
        self._player.advance(now_s)

    def finished(self, event: PlaybackFinished) -> SpeechEnded | None:
        """The player is done with a clip: play the next.

        None for an earcon, and for a clip this voice no longer knows.
        """
        current = self._queue.current
        if event.clip_id in self._cut_short:
            item = self._cut_short.pop(event.clip_id)
        elif current is not None and current.id == event.clip_id:
            item = current
            self._tell_rest(item)
            following = self._queue.finished(item.id)
            if following is not None:
                self._play(following)
        else:
            return None
        return None if item.is_earcon else SpeechEnded(item.reason, event.completed, self._now_s)

    def _push(
        self, clip: Clip, priority: Priority, reason: str, *, is_earcon: bool = False
    ) -> None:
        item = SpeechItem(self._next_id, clip, priority, reason, is_earcon)
        self._next_id += 1
        interrupted = self._queue.current
        now = self._queue.push(item)
        if now is not None:
            if interrupted is not None:
                self._cut(interrupted)
            self._play(now)

    def _play(self, item: SpeechItem) -> None:
        self._started_s = self._now_s
        clip = item.clip
        self._pieces = list(clip.marks or (Mark(clip.text, 0.0, clip.seconds),) * bool(clip.text))
        if item.is_earcon:
            self._notify(EarconNotice(t=self._now_s, earcon=item.reason))
        self._player.play(item.id, clip, self._volume)

    def _cut(self, item: SpeechItem) -> None:
        """`item` is silenced before its end; the player will report it later."""
        self._cut_short[item.id] = item
        self._tell_rest(item)

    def _tell_rest(self, item: SpeechItem) -> None:
        """Tell of the pieces of `item` that had begun, ended or not; the others were never said."""
        for piece in self._pieces:
            if self._started_s + piece.start_s < self._now_s:
                self._tell(piece, item)
        self._pieces = []
        self._spoken, self._spoken_end_s = item.clip.text, self._now_s

    def _tell(self, piece: Mark, item: SpeechItem | None) -> None:
        if item is None:
            return
        is_introduction = item.reason == BREATHING and piece.text == self._introduction
        self._notify(
            SayNotice(
                t=self._now_s,
                text=piece.text,
                start_s=self._started_s + piece.start_s,
                end_s=min(self._started_s + piece.end_s, self._now_s),
                reason="breathing-introduction" if is_introduction else item.reason,
            )
        )
