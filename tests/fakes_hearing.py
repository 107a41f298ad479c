"""Ears that hear a script instead of sound; tests/contracts keeps them to the ports."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.events import SAMPLE_RATE_HZ, CueMatch, Expects, Final, Frame


class _Timeline:
    """Counts the samples it is given, as every real ear does."""

    def __init__(self) -> None:
        self._samples = 0

    def _advance(self, frame: Frame) -> tuple[float, float]:
        before_s = self._samples / SAMPLE_RATE_HZ
        self._samples += frame.samples + frame.lost_samples
        return before_s, self._samples / SAMPLE_RATE_HZ


class ScriptedSpotter(_Timeline):
    """Hears cue `id` at each given second; remembers what it was told."""

    def __init__(self, cues: Mapping[float, str]) -> None:
        super().__init__()
        self._cues = cues
        self.contexts: list[frozenset[str]] = []
        self.own_speech: list[str] = []

    def listen_for(self, contexts: frozenset[str]) -> None:
        if not self.contexts or self.contexts[-1] != contexts:
            self.contexts.append(contexts)

    def accept(self, frame: Frame, own_speech: str) -> tuple[CueMatch, ...]:
        self.own_speech.append(own_speech)
        before_s, now_s = self._advance(frame)
        return tuple(
            CueMatch(cue, cue.replace("-", " "), 0.99, max(0.0, at_s - 0.8), at_s - 0.2, now_s)
            for at_s, cue in self._cues.items()
            if before_s < at_s <= now_s
        )


class ScriptedDictation(_Timeline):
    """Gives each given text as a final at its second, while started; `cut` gives `in_flight`."""

    def __init__(self, texts: Mapping[float, str], in_flight: str = "") -> None:
        super().__init__()
        self._texts = texts
        self._in_flight = in_flight
        self._now_s = 0.0
        self._started = False
        self.started_at_s: list[float] = []
        self.cuts: list[tuple[float, float]] = []

    def start(self, t_s: float, expects: Expects = Expects.TEXT) -> None:
        self._started = True
        self.started_at_s.append(t_s)

    def accept(self, frame: Frame) -> tuple[Final, ...]:
        before_s, self._now_s = self._advance(frame)
        if not self._started:
            return ()
        return tuple(
            self._final(text)
            for at_s, text in self._texts.items()
            if before_s < at_s <= self._now_s
        )

    def cut(self, start_s: float, end_s: float) -> tuple[Final, ...]:
        if not self._started:
            return ()
        self.cuts.append((start_s, end_s))
        return self._finish()

    def stop(self) -> tuple[Final, ...]:
        finals = self._finish() if self._started else ()
        self._started = False
        return finals

    def _finish(self) -> tuple[Final, ...]:
        text, self._in_flight = self._in_flight, ""
        return (self._final(text),) if text else ()

    def _final(self, text: str) -> Final:
        return Final(text, max(0.0, self._now_s - 1.0), self._now_s, self._now_s)
