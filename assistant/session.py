"""The session: what a companion decides, as a pure state machine.

`Session.handle` takes one event and returns the actions that follow. It reads no clock, opens
no file and starts no thread; time comes in with the events.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum

from assistant import actions as do
from assistant.coaching.coach import Actions, Coach
from assistant.coaching.cues import Cue, CueAction, CueBook
from assistant.coaching.prompts import Prompts, fill
from assistant.events import (
    AnswerTaken,
    CaseNotSaved,
    CaseSaved,
    Context,
    CueMatch,
    DeviceChanged,
    DictationEnded,
    Earcon,
    EndOfAudio,
    Final,
    KeyPressed,
    Phase,
    SessionEvent,
    SpeechEnded,
    Tick,
)
from assistant.recap_talk import ENOUGH, NO, REPEAT, SKIP, YES, DictationTalk, InterviewTalk

CLOSED_LINGER_S = 30.0
"""How long a finished call stays open for "repeat that" or one more recap."""
QUIETER, LOUDER = 0.7, 1.4
"""About 3 dB a step: the least that is plainly heard."""
SLOWER, FASTER = 0.85, 1.18

Do = Callable[[Cue, KeyPressed | CueMatch], Actions]


class Ending(Enum):
    """When a session is over."""

    LINGER = "linger"
    """A while after the call is closed and nothing is said: a live call."""
    RECAP_SAVED = "recap-saved"
    """As soon as the recap is saved: a recap on its own."""
    AUDIO_ENDS = "audio-ends"
    """When there is no more audio: a replay."""


class Session:
    """One call, from ready to closed."""

    def __init__(
        self,
        cues: CueBook,
        prompts: Prompts,
        facts: Mapping[str, str],
        *,
        phase: Phase = Phase.READY,
        first_breath: bool = False,
        unfinished: str = "",
        ending: Ending = Ending.LINGER,
        dictates: bool = True,
        interviews: bool = False,
    ) -> None:
        """`facts` fill the reminders' slots.

        `first_breath`: nobody ever breathed with us here. `unfinished`: when an earlier recap
        broke off, as it should be spoken; "" when none did. `dictates`: some engine at hand can
        take dictation. `interviews`: after a recap we ask for what is missing.
        """
        self._cues = cues
        self._coach = Coach(prompts, facts, first_breath=first_breath)
        self.phase = phase
        self._unfinished = unfinished
        self._when_over = ending
        self._dictates = dictates
        self._interviews = interviews
        self._offering = False
        """Whether we asked about an unfinished recap, and await a yes or no."""
        self._closing = False
        self._recovering = False
        recording = phase is Phase.RECAP and ending is Ending.AUDIO_ENDS
        self._dictation = DictationTalk(self._coach, cues, recording=recording)
        self._interview = InterviewTalk(self._coach)
        self._lost_answers = ""
        """The message that tells of answers no case file has; "" while it has them all."""
        self._before_recap = Phase.LIVE if phase is Phase.RECAP else phase
        self._live_since_s: float | None = 0.0 if phase is Phase.LIVE else None
        self._last_voice_s = 0.0
        self._now_s = 0.0
        self._do = self._table()

    def _table(self) -> Mapping[CueAction, Do]:
        """What each action does, given its cue and what brought it."""
        coach = self._coach
        return {
            CueAction.BREATHE: lambda *_: coach.breathe(self.phase),
            CueAction.BREATHE_AGAIN: lambda *_: coach.breathe_again(),
            CueAction.TIP: lambda cue, _: coach.tip(cue.tip or 1),
            CueAction.WHAT_NOW: lambda *_: coach.what_now(self.phase),
            CueAction.TIP_DONE: lambda *_: coach.tip_done(self.phase),
            CueAction.REPEAT: lambda *_: self._in_reply(REPEAT) or coach.repeat(),
            CueAction.SKIP: lambda *_: self._in_reply(SKIP),
            CueAction.PAUSE: lambda *_: self._pause(),
            CueAction.RESUME: lambda *_: self._resume(),
            CueAction.QUIETER: lambda *_: (do.ChangeVolume(QUIETER), *coach.confirm("quieter")),
            CueAction.LOUDER: lambda *_: (do.ChangeVolume(LOUDER), *coach.confirm("louder")),
            CueAction.SLOWER: lambda *_: (do.ChangeRate(SLOWER), *coach.confirm("slower")),
            CueAction.FASTER: lambda *_: (do.ChangeRate(FASTER), *coach.confirm("faster")),
            CueAction.BE_QUIET: lambda *_: coach.be_quiet(),
            CueAction.TALK_TO_ME: lambda *_: coach.talk(),
            CueAction.STOP: lambda *_: coach.stop(),
            CueAction.FACTS: lambda *_: coach.tell_facts(),
            CueAction.TIME_CHECK: lambda *_: coach.tell_time(self._now_s - self._live_from_s),
            CueAction.START_CALL: lambda *_: self._start_call(),
            CueAction.HOLD: lambda *_: self._hold(),
            CueAction.BACK: lambda *_: self._back(),
            CueAction.START_RECAP: self._start_recap,
            CueAction.END_RECAP: lambda *_: self._end_recap(),
            CueAction.SCRATCH_THAT: lambda *_: self._scratch(),
            CueAction.END_CALL: lambda *_: self._end_call(),
            CueAction.YES: lambda *_: self._answer(yes=True),
            CueAction.NO: lambda *_: self._answer(yes=False),
            CueAction.SAY: lambda cue, _: self._reply(cue),
            CueAction.NONE: lambda *_: (do.Sound(Earcon.UNDERSTOOD),),
        }

    # --- what the runner asks ---------------------------------------------------------------

    @property
    def contexts(self) -> frozenset[str]:
        """The phase and short-lived conditions that choose the live cues."""
        contexts = {self.phase.value}
        if self._coach.breathing(self._now_s):
            contexts.add(Context.BREATHING.value)
        if self._interview.is_open:
            contexts = {Context.INTERVIEW.value}  # what is said is an answer, whatever it is
        if self._offering or self._dictation.is_asking:
            contexts.add(Context.ASKING.value)
        return frozenset(contexts)

    @property
    def writes_down(self) -> bool:
        """Whether what is dictated is kept; it is not in a pause."""
        return self._interview.is_open or not self._dictation.is_paused

    @property
    def tips_done(self) -> tuple[int, ...]:
        """Numbers of the tips ticked so far, ascending."""
        return tuple(sorted(self._coach.checklist.done))

    def start(self) -> Actions:
        """The first actions of the session."""
        first: Actions = (do.EnterPhase(self.phase),)
        if self.phase is Phase.RECAP:
            return (*first, *self._open_recap(0.0))
        first = (*first, do.Sound(Earcon.LISTENING))
        if self._unfinished:
            self._offering = True
            return (*first, self._coach.message("recap-unfinished", when=self._unfinished))
        if self.phase is Phase.READY:
            return (*first, self._coach.message("welcome"))
        return first

    def handle(self, event: SessionEvent) -> Actions:
        """Take one event; returns what to do about it, in order."""
        if isinstance(event, EndOfAudio):
            cut_short = (do.Warn("audio-cut-short", event.problem),) if event.problem else ()
            return (*cut_short, *self._quit())
        self._now_s = max(self._now_s, event.t_s)
        match event:
            case Tick():
                return self._tick(event)
            case CueMatch():
                return self._cue(event)
            case KeyPressed():
                return self._key(event)
            case Final():
                return self._final(event)
            case SpeechEnded():
                self._last_voice_s = max(self._last_voice_s, event.t_s)  # our words are no silence
                return (*self._coach.speech_ended(event), *self._interview.speech_ended(event))
            case DictationEnded():
                return self._dictation_ended()
            case CaseSaved():
                return self._case_saved(event)
            case AnswerTaken():
                return self._answer_taken(event)
            case CaseNotSaved():
                return self._case_not_saved(event)
            case DeviceChanged():
                return self._device(event)

    # --- cues and keys ----------------------------------------------------------------------

    def _cue(self, match: CueMatch) -> Actions:
        cue = self._cues.by_id(match.cue)
        self._last_voice_s = max(self._last_voice_s, match.end_s)
        return self._do[cue.action](cue, match)

    def _key(self, key: KeyPressed) -> Actions:
        name, _, number = key.action.partition(":")
        if name == "quit":
            return self._quit()
        cue = Cue(id=key.action, phrases=(), tip=int(number) if number else None)
        return self._do[CueAction(name)](cue, key)

    def _reply(self, cue: Cue) -> Actions:
        ticked = self._coach.tick(cue.tip) if cue.tip else ()
        return (*ticked, self._coach.speak(fill(cue.reply, self._coach.facts), cue.id))

    # --- phases -----------------------------------------------------------------------------

    def _enter(self, phase: Phase) -> Actions:
        self.phase = phase
        if phase is Phase.LIVE and self._live_since_s is None:
            self._live_since_s = self._now_s
        return (do.EnterPhase(phase),)

    @property
    def _live_from_s(self) -> float:
        return self._now_s if self._live_since_s is None else self._live_since_s

    def _start_call(self) -> Actions:
        ended: Actions = ()
        if self._interview.is_open and self._when_over is not Ending.RECAP_SAVED:
            ended = (*self._coach.stop(), *self._interview.end())  # they call back: first the call
        elif self.phase in (Phase.LIVE, Phase.RECAP):
            return ()
        company = self._coach.facts.get("company", "")
        return (
            *ended,
            *self._enter(Phase.LIVE),
            *self._coach.confirm("call-started", company=company),
        )

    def _hold(self) -> Actions:
        if self.phase not in (Phase.READY, Phase.LIVE):
            return ()
        return (*self._enter(Phase.HOLD), *self._coach.confirm("hold-started"))

    def _back(self) -> Actions:
        if self.phase is not Phase.HOLD:
            return ()
        return (*self._coach.stop(), *self._enter(Phase.LIVE), *self._coach.confirm("hold-ended"))

    def _end_call(self) -> Actions:
        if self.phase is Phase.RECAP:
            return self._in_reply(ENOUGH)
        if self.phase is Phase.CLOSED:
            return (do.Close(),)
        return (*self._enter(Phase.CLOSED), self._coach.message("goodbye"))

    def _quit(self) -> Actions:
        self._closing = True
        if self._interview.is_open:
            return (*self._coach.stop(), *self._end_interview())
        if self.phase is Phase.RECAP:
            return self._dictation.end()
        return (do.Close(),)

    # --- recap ------------------------------------------------------------------------------

    def _start_recap(self, _: Cue, event: KeyPressed | CueMatch) -> Actions:
        if self.phase is Phase.RECAP:
            return ()
        if not self._dictates:
            return (self._coach.message("dictation-unfit"),)
        self._before_recap = self.phase
        from_s = event.end_s if isinstance(event, CueMatch) else event.t_s
        return (*self._coach.stop(), *self._enter(Phase.RECAP), *self._open_recap(from_s))

    def _open_recap(self, from_s: float) -> Actions:
        self._offering = False
        return self._dictation.open(from_s, self._now_s)

    @property
    def _is_dictating(self) -> bool:
        return self.phase is Phase.RECAP and not self._interview.is_open

    def _end_recap(self) -> Actions:
        return self._dictation.end() if self._is_dictating else self._in_reply(ENOUGH)

    def _scratch(self) -> Actions:
        return self._dictation.scratch() if self._is_dictating else ()

    def _pause(self) -> Actions:
        return self._dictation.pause(self._now_s) if self._is_dictating else ()

    def _resume(self) -> Actions:
        return self._dictation.resume(self._now_s) if self._is_dictating else ()

    def _final(self, final: Final) -> Actions:
        if self.phase is not Phase.RECAP:
            return ()
        self._last_voice_s = max(self._last_voice_s, final.end_s)
        return (self._interview if self._interview.is_open else self._dictation).final(final)

    def _dictation_ended(self) -> Actions:
        if self._dictation.has_words:
            interview = self._interviews and not self._closing
            return (*self._coach.tick(8), do.SaveCase(interview=interview))
        return self._leave_recap(self._before_recap, self._coach.message("recap-empty"))

    def _leave_recap(self, phase: Phase, *told: do.Action) -> Actions:
        """Say what became of the recap, and go on in `phase`, or leave where all is done."""
        over = self._closing or self._when_over is Ending.RECAP_SAVED
        entered = () if over and phase is not Phase.CLOSED else self._enter(phase)
        return (*entered, *told, *((do.Close(),) if over else ()))

    def _case_saved(self, event: CaseSaved) -> Actions:
        saved = do.Sound(Earcon.SAVED)
        if self._recovering:
            self._recovering = False
            return (saved, self._coach.message("recap-recovered"))
        if event.ask is not None and not self._closing:
            return (saved, *self._interview.ask(event.ask, self._now_s))
        readback = self._coach.speak(event.readback, "recap-saved")
        return self._leave_recap(Phase.CLOSED, saved, readback)

    def _case_not_saved(self, event: CaseNotSaved) -> Actions:
        told = self._coach.message("save-failed" if event.kept else "save-failed-unkept")
        if self._recovering:
            self._recovering = False
            return (told,)
        return self._leave_recap(self._before_recap, told)

    # --- questions --------------------------------------------------------------------------

    def _answer_taken(self, event: AnswerTaken) -> Actions:
        failed = "save-failed" if event.kept else "save-failed-unkept"
        self._lost_answers = "" if event.saved else failed
        if not self._interview.is_open:
            return ()
        if event.ask is not None:
            return self._interview.ask(event.ask, self._now_s)
        return self._end_interview()

    def _end_interview(self) -> Actions:
        ended = self._interview.end()
        told = [self._coach.message(self._lost_answers or "interview-done")]
        sound = [] if self._lost_answers else [do.Sound(Earcon.SAVED)]
        return (*ended, *self._leave_recap(Phase.CLOSED, *sound, *told))

    def _in_reply(self, words: str) -> Actions:
        """Answer the question asked after a recap, by a key; nothing where there is none."""
        return self._interview.reply(words, self._now_s) if self._interview.is_open else ()

    def _answer(self, *, yes: bool) -> Actions:
        if self._interview.is_open:
            return self._in_reply(YES if yes else NO)
        if self._offering:
            self._offering = False
            self._recovering = yes
            return (do.RecoverRecap(),) if yes else (do.Sound(Earcon.UNDERSTOOD),)
        return self._dictation.answer(yes=yes) if self._is_dictating else ()

    def _tick(self, tick: Tick) -> Actions:
        if tick.voice:
            self._last_voice_s = tick.t_s
        quiet_s = tick.t_s - self._last_voice_s
        if self._lingered(quiet_s):
            return (do.Close(),)
        if self._interview.is_open:
            breathes = self._coach.breathing(self._now_s)  # and so owes no answer
            return () if breathes else self._interview.tick(tick, self._last_voice_s)
        if self._is_dictating:
            return self._dictation.tick(tick.t_s, self._last_voice_s)
        return ()

    def _lingered(self, quiet_s: float) -> bool:
        closed = self.phase is Phase.CLOSED and self._when_over is Ending.LINGER
        return closed and quiet_s > CLOSED_LINGER_S

    # --- devices ----------------------------------------------------------------------------

    def _device(self, event: DeviceChanged) -> Actions:
        state = "back" if event.available else "lost"
        warn = do.Warn(f"{event.device}-{state}", event.message)
        if event.device == "call" or (event.device == "output" and not event.available):
            return (warn,)  # the user is heard all the same; or there is nothing to say it with
        return (warn, self._coach.message(f"{event.device}-{state}"))
