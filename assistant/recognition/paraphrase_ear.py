"""Hearing a cue in other words: a short utterance that stands by itself, in free text."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.coaching.cues import Cue
from assistant.coaching.paraphrases import LONGEST_S, Paraphrase, Paraphrases
from assistant.ports import Transcriber


class ParaphraseEar:
    """Asks the second engine what an utterance was, where there is a hint that it matters.

    The hint is a word of some paraphrase in what the cue grammar made of the utterance. Without it
    the second engine is not asked: free text costs as much as all else in the spotter.
    """

    def __init__(self, transcriber: Transcriber | None, common: Iterable[str]) -> None:
        """Without a `transcriber` nothing is ever heard; `common` words are no hint."""
        self._transcriber = transcriber
        self._common = frozenset(common)
        self._paraphrases = Paraphrases(())

    def listen_for(self, cues: Iterable[Cue]) -> None:
        """From now on the live cues are these."""
        self._paraphrases = Paraphrases(cues)

    def hear(self, heard: str, pcm: bytes, seconds: float) -> Paraphrase | None:
        """The paraphrase spoken in `pcm`, if any.

        `heard` is what the cue grammar made of it, and `seconds` its length to the voice's end.
        """
        if self._transcriber is None or seconds > LONGEST_S:
            return None
        if not self._paraphrases.hints(frozenset(heard.split()) - self._common):
            return None
        return self._paraphrases.match(self._transcriber.transcribe(pcm).text)
