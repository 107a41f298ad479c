"""The one loop: takes items from the inbox, asks the session, performs what it decides."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import ParamSpec, TypeVar

from assistant import actions as do
from assistant.actions import Action
from assistant.audio.echo import EchoCanceller
from assistant.audio.voice_activity import VoiceActivity
from assistant.cases.desk import CaseDesk
from assistant.errors import CallcoachError
from assistant.events import (
    FRAME_SAMPLES,
    SAMPLE_RATE_HZ,
    AnswerTaken,
    CaseNotSaved,
    CaseSaved,
    Context,
    CueMatch,
    DeviceChanged,
    DictationEnded,
    EndOfAudio,
    Final,
    Frame,
    KeyPressed,
    PlaybackFinished,
    SessionEvent,
    Tick,
)
from assistant.inbox import Inbox, Item
from assistant.notices import (
    CaseSavedNotice,
    CaseUpdatedNotice,
    CueNotice,
    ErrorNotice,
    FinalNotice,
    Notice,
    Observer,
    PhaseNotice,
    Status,
    WarningNotice,
)
from assistant.ports import AudioSource, CueSpotter, Dictation
from assistant.session import Session
from assistant.speech.voice import Voice

T = TypeVar("T")
P = ParamSpec("P")

DRAIN_S = 60.0
"""Longest we go on after the end to finish what is being said."""
LIVE_WAIT_S = FRAME_SAMPLES / SAMPLE_RATE_HZ
"""How long the loop waits for an item when live and no more frames move the clock: one frame."""
PATIENT_WAIT_S = 0.3
"""How long it waits while frames come: waking for nothing took a quarter of its CPU in silence."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a runner drives, put together by `assistant.composition`."""

    inbox: Inbox
    source: AudioSource
    spotter: CueSpotter
    dictation: Dictation
    voice: Voice
    desk: CaseDesk
    session: Session
    observer: Observer
    warm_up: Callable[[], None]
    """Loads what the first cue will need, once the session listens; frames wait meanwhile."""
    waits: bool
    """True when audio comes in real time; False when a file is worked through at full speed."""


class Runner:
    """Owns the clock of a session: the number of samples taken so far."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._session = parts.session
        self._voice = parts.voice
        self._echo = EchoCanceller()
        self._activity = VoiceActivity()
        self._samples = 0
        self._lost_samples = 0
        self._audio_ended = False
        self._closing_at_s: float | None = None
        self._pending: deque[SessionEvent] = deque()
        self._nobody: OSError | None = None
        self.failed = False
        """Whether an error was noticed."""

    @property
    def now_s(self) -> float:
        """Seconds of audio since the start."""
        return self._samples / SAMPLE_RATE_HZ

    def run(self) -> None:
        """Run until the session closes and the last word is spoken.

        Raises `CallcoachError` when the devices cannot be opened; later troubles become notices.
        Raises `OSError`, with all saved, when the observer could be told no more.
        """
        parts = self._parts
        with ExitStack() as stack:
            stack.callback(self._safely, parts.desk.close)
            stack.callback(self._safely, self._voice.close)
            stack.callback(self._safely, parts.source.close)
            self._voice.open(parts.inbox.put)
            parts.source.open(parts.inbox.put)
            self._loop()
        self._tell_of_losses()
        if self._nobody is not None:
            raise self._nobody

    def _loop(self) -> None:
        parts = self._parts
        self._perform_all(self._session.start())
        self._safely(parts.warm_up)
        while not self._done():
            if not parts.inbox:
                parts.source.pump()
            ending = self._audio_ended or self._closing_at_s is not None
            wait_s = LIVE_WAIT_S if ending else PATIENT_WAIT_S
            item = parts.inbox.get(wait_s if parts.waits else 0.0)
            if item is not None:
                self._safely(self._take, item)
            elif ending:
                self._safely(self._advance, FRAME_SAMPLES)  # no more frames to move the clock

    def _tell_of_losses(self) -> None:
        if self._lost_samples:
            lost_s = self._lost_samples / SAMPLE_RATE_HZ
            self._notice(
                WarningNotice(
                    t=self.now_s,
                    code="audio-lost",
                    message=f"{lost_s:.1f} seconds of audio were lost on the way in.",
                )
            )

    def _done(self) -> bool:
        if self._closing_at_s is None:
            return False
        return self._voice.idle or self.now_s - self._closing_at_s > DRAIN_S

    # --- in ---------------------------------------------------------------------------------

    def _take(self, item: Item) -> None:
        match item:
            case Frame():
                self._frame(item)
            case PlaybackFinished():
                ended = self._voice.finished(item)
                if ended is not None:
                    self._dispatch(ended)
            case DeviceChanged() | KeyPressed():
                self._dispatch(replace(item, t_s=self.now_s))
            case EndOfAudio():
                self._audio_ended = True
                self._dispatch(item)

    def _frame(self, frame: Frame) -> None:
        parts = self._parts
        self._lost_samples += frame.lost_samples
        self._advance(frame.samples + frame.lost_samples)
        frame = self._echo.clean(frame)
        contexts = self._session.contexts
        if self._voice.speaking:
            contexts |= {Context.SPEAKING.value}
        parts.spotter.listen_for(contexts)
        for match in parts.spotter.accept(frame, self._voice.own_speech):
            # A cue is never part of the dictation: what came before it is finished first.
            for final in parts.dictation.cut(match.start_s, match.end_s):
                self._dispatch(final)
            self._dispatch(match)
        for heard in parts.dictation.accept(frame):
            self._dispatch(heard)
        state = self._activity.accept(frame.pcm)
        self._dispatch(Tick(self.now_s, state.voice, state.level_dbfs))
        self._tell(
            parts.observer.status,
            Status(
                t_s=self.now_s,
                phase=self._session.phase.value,
                level_dbfs=state.level_dbfs,
                saying=self._voice.saying,
                tips_done=self._session.tips_done,
                lost_s=self._lost_samples / SAMPLE_RATE_HZ,
                waiting_s=parts.inbox.waiting_frames * FRAME_SAMPLES / SAMPLE_RATE_HZ,
            ),
        )

    def _advance(self, samples: int) -> None:
        self._samples += samples
        self._voice.advance(self.now_s)

    # --- decide -----------------------------------------------------------------------------

    def _dispatch(self, event: SessionEvent) -> None:
        """Hand an event to the session, and every event that performing its answer brings."""
        self._pending.append(event)
        while self._pending:
            event = self._pending.popleft()
            if isinstance(event, CueMatch):
                self._tell_cue(event)
            self._perform_all(self._session.handle(event))
            # Told when it is on disk, so that what is told is safe; what a pause drops is not.
            if isinstance(event, Final) and self._session.writes_down:
                self._tell_final(event)

    def _tell_cue(self, match: CueMatch) -> None:
        self._notice(
            CueNotice(
                t=match.t_s,
                cue=match.cue,
                heard=match.heard,
                confidence=match.confidence,
                start_s=match.start_s,
                end_s=match.end_s,
            )
        )

    def _tell_final(self, final: Final) -> None:
        self._notice(
            FinalNotice(t=self.now_s, text=final.text, start_s=final.start_s, end_s=final.end_s)
        )

    # --- out --------------------------------------------------------------------------------

    def _perform_all(self, actions: tuple[Action, ...]) -> None:
        for action in actions:
            self._safely(self._perform, action)

    def _safely(self, do_it: Callable[P, object], *given: P.args, **named: P.kwargs) -> None:
        """Do something; where it fails, tell of it and go on."""
        try:
            do_it(*given, **named)
        except CallcoachError as error:
            self._notice(ErrorNotice(t=self.now_s, code=error.code, message=str(error)))

    def _perform(self, action: Action) -> None:
        match action:
            case do.Speak():
                self._voice.speak(action.text, action.reason, action.priority)
            case do.Sound():
                self._voice.sound(action.earcon)
            case do.Breathe():
                self._voice.breathe(action.introduction)
            case do.Silence():
                self._voice.silence()
            case do.ChangeVolume():
                self._voice.change_volume(action.factor)
            case do.ChangeRate():
                self._voice.change_rate(action.factor)
            case do.EnterPhase():
                self._notice(PhaseNotice(t=self.now_s, phase=action.phase.value))
            case do.Warn():
                self._notice(WarningNotice(t=self.now_s, code=action.code, message=action.message))
            case do.Close():
                if self._closing_at_s is None:
                    self._closing_at_s = self.now_s
            case _:
                self._perform_recap(action)

    def _perform_recap(self, action: Action) -> None:
        parts = self._parts
        match action:
            case do.StartDictation():
                parts.dictation.start(action.from_s)
                parts.desk.begin()
            case do.StopDictation():
                self._pending.extend(parts.dictation.stop())
                self._pending.append(DictationEnded(self.now_s))
            case do.KeepUtterance():
                parts.desk.keep(action.final)
            case do.KeepScratch():
                parts.desk.scratch(self.now_s, everything=action.everything)
            case do.KeepTip():
                parts.desk.tip(action.number)
            case do.SaveCase():
                self._save(interview=action.interview)
            case do.RecoverRecap():
                self._save(recover=True)
            case _:
                self._perform_interview(action)

    def _perform_interview(self, action: Action) -> None:
        parts = self._parts
        match action:
            case do.Listen():
                parts.dictation.start(action.from_s, action.expects)
            case do.StopListening():
                in_flight = parts.dictation.stop()
                if action.keeps and in_flight:
                    self._keep_answer(in_flight[0])
                    self._tell_final(in_flight[0])
            case do.KeepAnswer():
                self._keep_answer(action.final)
                desk = parts.desk
                taken = AnswerTaken(desk.ask, self.now_s, desk.in_case, desk.kept)
                self._pending.append(taken)
            case do.EndInterview():
                parts.desk.finish()

    def _keep_answer(self, final: Final) -> None:
        self._safely(self._parts.desk.answer, final)
        self._safely(self._update_case)

    def _update_case(self) -> None:
        saved = self._parts.desk.update()
        self._notice(
            CaseUpdatedNotice(
                t=self.now_s,
                path=str(saved.path),
                case_id=saved.case_id,
                needs_review=saved.doubts,
            )
        )

    def _save(self, *, recover: bool = False, interview: bool = False) -> None:
        desk = self._parts.desk
        try:
            saved = desk.recover() if recover else desk.save(self.now_s, interview=interview)
        except CallcoachError as error:
            self._notice(ErrorNotice(t=self.now_s, code=error.code, message=str(error)))
            kept = recover or desk.kept
            self._pending.append(CaseNotSaved(error.code, error.message, self.now_s, kept))
            return
        self._notice(CaseSavedNotice(t=self.now_s, path=str(saved.path), case_id=saved.case_id))
        self._pending.append(CaseSaved(saved.readback, self.now_s, saved.ask))

    def _notice(self, notice: Notice) -> None:
        self.failed = self.failed or isinstance(notice, ErrorNotice)
        self._tell(self._parts.observer.notice, notice)

    def _tell(self, observe: Callable[[T], None], what: T) -> None:
        """Tell the observer. A screen or pipe that is gone means: save, and leave."""
        if self._nobody is not None:
            return
        try:
            observe(what)
        except OSError as error:
            self._nobody = error
            self._parts.inbox.put(KeyPressed("quit", 0.0))
