"""Puts a session together from its parts: which adapters, which folders, which settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.cases.building import CallInfo, Reading
from assistant.cases.case import Case
from assistant.cases.desk import CaseDesk
from assistant.cases.journal import Journal, UnfinishedRecap
from assistant.cases.store import CaseStore
from assistant.coaching.breathing import (
    find_pattern,
    is_first_time,
    remember_first_time,
    schedule,
)
from assistant.coaching.calibration import calibrated
from assistant.coaching.cues import CueBook, load_all_cues
from assistant.coaching.prompts import load_prompts
from assistant.errors import ModelError
from assistant.events import Expects, Final, Frame, Phase
from assistant.inbox import Inbox
from assistant.notices import Observer, WarningNotice
from assistant.ports import AudioSource, CueSpotter, Dictation, Player, Transcriber
from assistant.recap.codes import spell_for_speech
from assistant.recap.model import RecapFields
from assistant.runner import Parts
from assistant.session import Ending, Session
from assistant.settings import Settings, cases_folder, data_folder
from assistant.speech.voice import Voice

if TYPE_CHECKING:
    from assistant.recognition.model_store import InstalledModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one command wants of a session."""

    source: AudioSource
    player: Player
    observer: Observer
    started_at: datetime
    phase: Phase = Phase.READY
    company: str = ""
    case: str = ""
    """An earlier case that this call carries on."""
    cases: Path | None = None
    """Folder of case files; None means the one in the settings."""
    unfinished: UnfinishedRecap | None = None
    ending: Ending = Ending.AUDIO_ENDS
    live: bool = True
    """Real time; False when a file is worked through at full speed."""
    interview: bool = True
    """Whether somebody is there who can be asked what a recap lacks, if the settings allow it."""


def assemble(settings: Settings, plan: Plan, inbox: Inbox) -> Parts:
    """Everything a runner needs. Raises `CallcoachError` for whatever is missing."""
    prompts = load_prompts()
    cues = calibrated(load_all_cues())
    store = CaseStore(plan.cases or cases_folder(settings))
    earlier = store.load(plan.case) if plan.case else None
    company = plan.company or (earlier.company if earlier else "")
    numbers = " and ".join(spell_for_speech(code) for code in _codes(earlier))
    facts = _facts(settings, company, earlier_numbers=numbers)
    voice = _voice(settings, plan)
    codes = codes_of_company(store, company, earlier)
    ears = _ears(settings, cues, codes, plan.observer, voice.hush)
    call = CallInfo(plan.started_at, company, earlier.case_id if earlier else "")
    session = Session(
        cues,
        prompts,
        facts,
        phase=plan.phase,
        first_breath=plan.live and is_first_time(),
        unfinished=_spoken_time(plan.unfinished.started_at) if plan.unfinished else "",
        ending=plan.ending,
        dictates=ears.dictation is not None,
        interviews=plan.interview and settings.recap.interview,
    )
    return Parts(
        inbox=inbox,
        source=plan.source,
        spotter=ears.spotter,
        dictation=ears.dictation or NoDictation(),
        voice=voice,
        desk=CaseDesk(store, journals_folder(), call, reading(settings), prompts, plan.unfinished),
        session=session,
        observer=plan.observer,
        warm_up=ears.warm_up,
        waits=plan.live,
    )


def journals_folder() -> Path:
    """Where unfinished recaps are kept."""
    return data_folder() / "journal"


def unfinished_recap() -> UnfinishedRecap | None:
    """The latest recap that broke off, or None. Raises `CaseError`."""
    found = Journal.unfinished(journals_folder())
    return found[-1] if found else None


def reading(settings: Settings) -> Reading:
    """How the text of a recap is read, with the user's own names and country."""
    from assistant.recap.fields import extract_fields
    from assistant.recap.written import write_out

    def extract(text: str, today: date, company: str) -> RecapFields:
        return extract_fields(
            text,
            today,
            company=company,
            known_names=settings.recap.names,
            country=settings.recap.country,
        )

    return Reading(extract, write_out, settings.recap.names)


@dataclass(frozen=True, slots=True)
class Ears:
    """What hears: cues always, dictation where an engine at hand can take it."""

    spotter: CueSpotter
    dictation: Dictation | None = None
    warm_up: Callable[[], None] = lambda: None
    """Loads what is needed only later; the session listens already meanwhile."""


class NoDictation:
    """A `Dictation` for a machine without an engine that can take one: it hears nothing."""

    def start(self, t_s: float, expects: Expects = Expects.TEXT) -> None:
        """Do nothing."""

    def accept(self, frame: Frame) -> tuple[Final, ...]:
        """Hear nothing."""
        return ()

    def cut(self, start_s: float, end_s: float) -> tuple[Final, ...]:
        """Leave out nothing."""
        return ()

    def stop(self) -> tuple[Final, ...]:
        """Finish nothing."""
        return ()


def _ears(
    settings: Settings,
    cues: CueBook,
    known_codes: Sequence[str],
    observer: Observer,
    hush: Callable[[], object],
) -> Ears:
    """What hears cues, and what takes dictation if an engine at hand can; tells what is lacking.

    `known_codes` are earlier case numbers of the company: new ones tend to look like them. `hush`
    is called when we may be being told to stop.
    """
    from assistant.recognition import cue_spotter
    from assistant.recognition.model_store import find_model
    from assistant.recognition.model_twin import twin_of
    from assistant.recognition.transcribers import load_vosk_model, open_transcriber
    from assistant.recognition.vocabulary import ModelVocabulary

    transcriber = None
    try:
        transcriber = open_transcriber()
    except ModelError as error:
        lacking = f"Cues are heard less surely, and no recap can be dictated: {error}"
        observer.notice(WarningNotice(t=0.0, code=error.code, message=lacking))
    installed = find_model()
    model = load_vosk_model(twin_of(installed.path))
    known = _known(cues, ModelVocabulary(installed.path, model), observer)
    spotter = cue_spotter.CueSpotter(model, known, settings.hearing, transcriber, suspect=hush)
    if transcriber is None:
        return Ears(spotter)
    dictation = open_dictation(installed, model, transcriber, known_codes)
    return Ears(spotter, dictation, transcriber.load)


def open_dictation(
    installed: InstalledModel,
    model: Any,
    transcriber: Transcriber,
    known_codes: Sequence[str] = (),
) -> Dictation:
    """What takes dictation: free text by the best engines there are, codes by grammars.

    `model` is the `vosk.Model` that is `installed`; `known_codes` as in `CodeReader.read`.
    """
    from assistant.recognition.answer_reader import AnswerReader
    from assistant.recognition.code_places import may_go_on
    from assistant.recognition.code_reader import CodeReader
    from assistant.recognition.code_refiner import CodeRefiner
    from assistant.recognition.dictation import UtteranceDictation
    from assistant.recognition.three_hearings import ThreeHearings
    from assistant.recognition.transcribers import VoskTranscriber
    from assistant.recognition.two_hearings import TwoHearings

    reader = CodeReader(model)
    refine = CodeRefiner(model, reader, known_codes)
    answers = AnswerReader(refine, reader, known_codes)
    writer, hear_ahead = transcriber, None
    if transcriber.name != "vosk":
        writer = three = ThreeHearings(transcriber, model)
        hear_ahead = three.hear_ahead
        if installed.fit_for_dictation:
            writer = TwoHearings(writer, VoskTranscriber(installed.path, model))
    return UtteranceDictation(
        writer,
        refine=refine,
        read_answer=answers,
        goes_on=may_go_on,
        hear_ahead=hear_ahead,
    )


def _known(cues: CueBook, vocabulary: Set[str], observer: Observer) -> CueBook:
    """The cues the model can hear; tells of words it cannot, which Vosk would skip in silence."""
    words = {word for phrase in cues.phrases for word in phrase.split()}
    unknown = {word for word in words if word not in vocabulary}
    if unknown:
        listed = ", ".join(sorted(unknown))
        lacking = (
            f"The speech model does not know {listed}: phrases with such words cannot be "
            "heard. `callcoach cues lint` names them."
        )
        observer.notice(WarningNotice(t=0.0, code="cue-words-unknown", message=lacking))
    return cues.without_words(unknown)


def _voice(settings: Settings, plan: Plan) -> Voice:
    from assistant.speech.clips import ClipCache
    from assistant.speech.synthesiser import Pyttsx3Synthesiser

    speaking = settings.voice
    # A pattern that cannot be done should be known now, not in the middle of a call.
    schedule(find_pattern(settings.breathing.pattern), settings.breathing.cycles)
    return Voice(
        ClipCache(Pyttsx3Synthesiser(speaking.voice, speaking.rate_wpm)),
        plan.player,
        settings.breathing,
        plan.observer.notice,
        on_breathing=remember_first_time if plan.live else lambda: None,
        rate_wpm=speaking.rate_wpm,
        volume=speaking.volume,
    )


def _facts(settings: Settings, company: str, earlier_numbers: str) -> Mapping[str, str]:
    return {
        "name": settings.me.name,
        "company": company,
        "customer_since": settings.me.customer_since,
        "plan": settings.me.plan,
        "case_numbers": earlier_numbers,
    }


def _codes(earlier: Case | None) -> tuple[str, ...]:
    """Case numbers of the earlier call; none without one."""
    return tuple(one.value for one in earlier.fields.case_numbers) if earlier else ()


def codes_of_company(store: CaseStore, company: str, earlier: Case | None) -> tuple[str, ...]:
    """Case numbers of `earlier`, then those of all cases with `company` in `store`, each once."""
    name = company.strip().casefold()
    others = (
        code
        for case in (store.list() if name else ())
        if case.company.strip().casefold() == name
        for code in case.case_numbers
    )
    return tuple(dict.fromkeys((*_codes(earlier), *others)))


def _spoken_time(moment: datetime) -> str:
    return f"{moment:%A} {moment.hour}:{moment:%M}"
