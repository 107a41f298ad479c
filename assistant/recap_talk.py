"""The conversation about a recap: its dictation with spoken commands, and the questions after it.

Both are parts of the session's state, and as pure as that: events go in, actions come out.
"""

from __future__ import annotations

from dataclasses import replace

from assistant import actions as do
from assistant.coaching.coach import Actions, Coach
from assistant.coaching.cues import CueAction, CueBook
from assistant.events import Ask, Context, Earcon, Final, SpeechEnded, Tick
from assistant.recap.commands import detect_command

RECAP_SILENCE_S = 12.0
"""Silence in a recap before we ask whether that is all: twice the longest pause for thought we
would expect from somebody reading their own scribbles."""
PAUSE_REMINDER_S = 30.0
"""How long a pause lasts before we say, once, that nothing is written down."""
ANSWER_SILENCE_S = 8.0
"""Silence after a question that counts as no answer."""
PATIENCE_S = 30.0
"""The same for somebody who said "one moment": long enough to find a letter with the number."""
QUESTION_ECHO_S = 0.1
"""How long a question may still sound in the room: shorter than anybody takes to answer."""
LONGEST_QUESTION_S = 15.0
"""When a question should have been heard; later we listen without knowing, as with no voice."""

SKIP, REPEAT, ENOUGH, YES, NO = "skip", "repeat", "that's all", "yes", "no"
"""What keys answer to a question: words of interview.toml."""


class DictationTalk:
    """One recap as it is dictated: what is kept, taken back, paused, and when it ends."""

    def __init__(self, coach: Coach, cues: CueBook, *, recording: bool) -> None:
        """`recording`: nobody is there to be asked whether that is all; the file's end tells."""
        self._coach = coach
        self._cues = cues
        self._is_recording = recording
        self._asking = ""
        self._asked_at_s = 0.0
        self._paused_at_s: float | None = None
        self._was_reminded = False
        self.ending = False
        """The dictation is being finished; what is still in flight belongs to it."""
        self.has_words = False
        """Whether anything dictated is left to save."""

    @property
    def is_asking(self) -> bool:
        """Whether a yes or no is awaited."""
        return bool(self._asking)

    @property
    def is_paused(self) -> bool:
        """Whether what is said is not written down."""
        return self._paused_at_s is not None

    def open(self, from_s: float, now_s: float) -> Actions:
        """Begin to take dictation at `from_s`."""
        self.ending = False
        self._asking = ""
        self._asked_at_s = now_s
        self._paused_at_s = None
        return (do.StartDictation(from_s), do.Sound(Earcon.LISTENING))

    def end(self) -> Actions:
        """Finish; harmless when ending already."""
        if self.ending:
            return ()
        self.ending = True
        self._asking = ""
        return (do.StopDictation(),)

    def final(self, final: Final) -> Actions:
        """Take an utterance: an answer to our question, a command, words to keep, or all three."""
        if self._asking:
            answered = self._answer_in_words(final.text)
            if answered is not None:
                return answered
        text, command = detect_command(final.text)
        if self.is_paused:
            return self._while_paused(command, final.t_s)
        kept: Actions = ()
        if text:
            self.has_words = True
            kept = (do.KeepUtterance(replace(final, text=text)),)
        return (*kept, *self._command(command, final.t_s))

    def _command(self, command: str | None, now_s: float) -> Actions:
        match command:
            case "scratch_that":
                return self.scratch()
            case "scratch_all" if self.has_words:
                return self._ask("drop-all", "recap-drop-question", now_s)
            case "pause":
                return self.pause(now_s)
            case "end_recap":
                return self.end()
            case _:
                return ()

    def scratch(self) -> Actions:
        """Take back the last sentence."""
        if not self.has_words:
            return (do.Sound(Earcon.NOT_UNDERSTOOD),)
        return (do.KeepScratch(), do.Sound(Earcon.UNDERSTOOD))

    def pause(self, now_s: float) -> Actions:
        """Write nothing down until `resume`; harmless when paused already."""
        if not self.is_paused:
            self._paused_at_s = now_s
            self._was_reminded = False
        return (do.Sound(Earcon.UNDERSTOOD),)

    def resume(self, now_s: float) -> Actions:
        """Write down again; nothing where nothing was paused."""
        if not self.is_paused:
            return ()
        self._paused_at_s = None
        self._asked_at_s = now_s
        return (do.Sound(Earcon.LISTENING),)

    def _while_paused(self, command: str | None, now_s: float) -> Actions:
        if command == "resume":
            return self.resume(now_s)
        return self.end() if command == "end_recap" else ()

    def answer(self, *, yes: bool) -> Actions:
        """A yes or no to what we asked; nothing where nothing was asked."""
        question, self._asking = self._asking, ""
        if question == "recap-end":
            return self.end() if yes else (do.Sound(Earcon.LISTENING),)
        if question == "drop-all" and yes:
            self.has_words = False
            return (do.KeepScratch(everything=True), do.Sound(Earcon.UNDERSTOOD))
        return (do.Sound(Earcon.LISTENING),) if question else ()

    def _answer_in_words(self, text: str) -> Actions | None:
        """A reply the cue spotter let through: the whole utterance is a yes or a no."""
        said = " ".join("".join(c for c in text.lower() if c.isalpha() or c in " '").split())
        for cue in self._cues.live_in(frozenset({Context.ASKING.value})):
            if said in cue.phrases and cue.action in (CueAction.YES, CueAction.NO):
                return self.answer(yes=cue.action is CueAction.YES)
        self._asking = ""  # they went on talking: that is an answer too
        return None

    def tick(self, now_s: float, last_voice_s: float) -> Actions:
        """Time moves on; `last_voice_s` is when a voice was last heard."""
        if self.ending:
            return ()
        if self._paused_at_s is not None:
            return self._remind_of_pause(now_s)
        if self._is_recording or now_s - max(last_voice_s, self._asked_at_s) < RECAP_SILENCE_S:
            return ()
        if self._asking == "recap-end":
            return self.end()
        return self._ask("recap-end", "recap-silence-question", now_s)

    def _remind_of_pause(self, now_s: float) -> Actions:
        since_s = now_s if self._paused_at_s is None else self._paused_at_s
        if self._was_reminded or now_s - since_s < PAUSE_REMINDER_S:
            return ()
        self._was_reminded = True
        return (self._coach.message("recap-paused"),)

    def _ask(self, question: str, message: str, now_s: float) -> Actions:
        self._asking = question
        self._asked_at_s = now_s
        return (self._coach.message(message),)


class InterviewTalk:
    """One question at a time: said, listened for, answered, until there is none."""

    def __init__(self, coach: Coach) -> None:
        self._coach = coach
        self._ask: Ask | None = None
        self._asked_at_s = 0.0
        self._is_listening = False
        self.is_open = False
        """Whether an interview runs."""

    def ask(self, ask: Ask, now_s: float) -> Actions:
        """Put a question; its answer is listened for once it was heard."""
        self.is_open = True
        self._ask = ask
        self._asked_at_s = now_s
        self._is_listening = False
        if ask.waits:
            return self._listen(now_s)
        puzzled = (do.Sound(Earcon.NOT_UNDERSTOOD),) if ask.again else ()
        return (*puzzled, self._coach.speak(ask.text, ask.reason))

    def speech_ended(self, event: SpeechEnded) -> Actions:
        """Listen once the question was said, or cut short."""
        if self._ask is None or self._is_listening or event.reason != self._ask.reason:
            return ()
        return self._listen(event.t_s + QUESTION_ECHO_S)

    def _listen(self, now_s: float) -> Actions:
        assert self._ask is not None
        self._is_listening = True
        self._asked_at_s = now_s
        return (do.Listen(now_s, self._ask.expects),)

    def final(self, final: Final) -> Actions:
        """Take what was said as the answer."""
        if self._ask is None:
            return ()
        self._ask = None
        self._is_listening = False
        return (do.StopListening(), do.KeepAnswer(final))

    def reply(self, words: str, now_s: float) -> Actions:
        """Take `words` as the answer, from a key or for a silence; what is being said ends."""
        silence = () if self._is_listening else (do.Silence(),)
        return (*silence, *self.final(Final(words, now_s, now_s, now_s)))

    def end(self) -> Actions:
        """Ask no more; an answer that is being given counts still."""
        was_open, self.is_open = self.is_open, False
        self._ask = None
        return (do.StopListening(keeps=True), do.EndInterview()) if was_open else ()

    def tick(self, tick: Tick, last_voice_s: float) -> Actions:
        """Time moves on: a silence is an answer too."""
        if self._ask is None:
            return ()
        if not self._is_listening:
            late = tick.t_s - self._asked_at_s >= LONGEST_QUESTION_S
            return self._listen(tick.t_s) if late else ()
        patience_s = PATIENCE_S if self._ask.waits else ANSWER_SILENCE_S
        if tick.t_s - max(last_voice_s, self._asked_at_s) < patience_s:
            return ()
        return self.reply("", tick.t_s)
