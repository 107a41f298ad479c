"""The desk: keeps a recap in the journal while it is dictated, then makes the case file of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec

from assistant.cases.case import Case, Utterance, new_case_id
from assistant.cases.journal import Journal, JournalHeader, UnfinishedRecap
from assistant.cases.spoken import ask, readback
from assistant.cases.store import CaseStore
from assistant.coaching.prompts import Prompts
from assistant.errors import CaseError
from assistant.events import Ask, Final
from assistant.recap.codes import whole_code
from assistant.recap.commands import apply_commands
from assistant.recap.interview import Interview, begin
from assistant.recap.model import Answer, RecapFields, Unclear
from assistant.recap.questions import MISHEARD

SCRATCH = "scratch that"
SCRATCH_ALL = "scratch all that"
"""How a retraction stands in the journal: as the words that were spoken."""

Extract = Callable[[str, date, str], RecapFields]
"""Fields of a recap's text, given the day of the call and the company, if known."""
WriteOut = Callable[[str, date], str]
"""The written form of a recap's text: digits, marks."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How text becomes a case: the two functions of `assistant.recap`, passed in."""

    extract: Extract
    write_out: WriteOut


@dataclass(frozen=True, slots=True)
class Saved:
    """A case file on disk."""

    path: Path
    case_id: str
    readback: str
    """What to say of it."""
    ask: Ask | None = None
    """The first question of the interview; None where none is wanted."""
    doubts: int = 0
    """How many things in it are to be reviewed."""


@dataclass(frozen=True, slots=True)
class CallInfo:
    """What is known of the call before anything is dictated."""

    started_at: datetime
    company: str = ""
    follows: str = ""
    """Identifier of the earlier case this call carries on."""


class CaseDesk:
    """Everything that happens to the notes of one call."""

    def __init__(
        self,
        store: CaseStore,
        journals: Path,
        call: CallInfo,
        reading: Reading,
        prompts: Prompts,
        unfinished: UnfinishedRecap | None = None,
    ) -> None:
        self._store = store
        self._journals = journals
        self._call = call
        self._reading = reading
        self._prompts = prompts
        self._unfinished = unfinished
        self._journal: Journal | None = None
        self._utterances: list[Utterance] = []
        self._tips: list[int] = []
        self._path: Path | None = None
        self._case: Case | None = None
        """As it stands in the file."""
        self._interview: Interview | None = None
        """About the recap as dictated so far; None before the case is saved."""
        self._now_s = 0.0

    def begin(self) -> None:
        """Open the journal. Raises `CaseError` when none can be kept; dictation still works."""
        if self._journal is not None:
            return
        header = JournalHeader(
            started_at=self._call.started_at,
            company=self._call.company,
            case_id=self._call.follows or None,
        )
        journal = self._journal = Journal.start(self._journals, header)
        for number in self._tips:
            with contextlib.suppress(CaseError):  # what is refused is written by the flush
                journal.append_tip(number)
        for said in self._utterances:  # of an earlier recap of this call
            with contextlib.suppress(CaseError):
                journal.append_utterance(said.text, said.start_s, said.end_s, said.second)
        with contextlib.suppress(CaseError):
            if self._path is not None:
                journal.append_saved(self._path.stem)
            for answer in self._answers:
                journal.append_answer(answer)
        journal.flush()

    def keep(self, final: Final) -> None:
        """Keep an utterance: in memory always, on disk when this returns.

        Raises `CaseError` (``journal-full``, ``journal-not-started``) where the disk refused;
        nothing is lost meanwhile, and the next utterance tries again.
        """
        said = Utterance(
            text=final.text, start_s=final.start_s, end_s=final.end_s, second=final.second
        )
        self._utterances.append(said)
        if self._journal is None:
            self.begin()
        else:
            self._journal.append_utterance(said.text, said.start_s, said.end_s, said.second)

    def scratch(self, t_s: float, *, everything: bool = False) -> None:
        """Take back the last sentence, or all that was dictated."""
        self.keep(Final(SCRATCH_ALL if everything else SCRATCH, t_s, t_s, t_s))

    def tip(self, number: int) -> None:
        """A tip is done."""
        self._tips.append(number)
        if self._journal is not None:
            self._journal.append_tip(number)

    def save(self, now_s: float, *, interview: bool = False) -> Saved:
        """Write the case file, then let the journal go. Raises `CaseError`; the journal stays.

        Where `interview` brings a question the journal stays open for the answers until
        `finish`. A journal that cannot be removed costs nothing but a needless offer to recover it.
        """
        self._now_s = now_s
        self._interview = begin_interview(
            self._call, self._utterances, self._answers, self._reading
        )
        path = self._write()
        if interview:
            self._interview = self._interview.reopened()
        first = self.ask if interview else None
        if first is None:
            self.finish()
        elif self._journal is not None:
            with contextlib.suppress(CaseError):  # the answers tell again if the disk is full
                self._journal.append_saved(path.stem)
        return Saved(path, path.stem, readback(self._built(), self._prompts), first)

    @property
    def ask(self) -> Ask | None:
        """The question the interview stands at; None when it is over, or there is none."""
        if self._interview is None:
            return None
        return ask(self._interview.question, self._built(), self._prompts)

    def answer(self, final: Final) -> None:
        """Let an answer to the present question take effect, and keep it; "" is silence.

        Raises `CaseError` like `keep`; the answer counts all the same.
        """
        if self._interview is None or self._interview.question is None:
            return
        self._interview = self._interview.answer(final.text, final.codes)
        if self._journal is None:
            self.begin()
        else:
            self._journal.append_answer(self._interview.answers[-1])

    def update(self) -> Saved:
        """Bring the case file up to date with the answers. Raises `CaseError`."""
        path = self._write()
        case = self._built()
        return Saved(path, path.stem, readback(case, self._prompts), doubts=len(case.needs_review))

    def finish(self) -> None:
        """Let the journal go, where the case file holds all that is in it."""
        journal = self._journal
        if journal is None or self._path is None or not self.in_case:
            return
        self._journal = None
        with journal, contextlib.suppress(CaseError):
            journal.finish(self._path)

    @property
    def _answers(self) -> tuple[Answer, ...]:
        return self._interview.answers if self._interview is not None else ()

    def _built(self) -> Case:
        """The case as it should be by now."""
        ended_at = self._call.started_at + timedelta(seconds=self._now_s)
        return build_case(
            self._call,
            ended_at,
            tuple(self._utterances),
            tuple(self._tips),
            self._reading,
            self._interview,
        )

    def _write(self) -> Path:
        """Save the case, or update what was saved before."""
        case = self._built()
        try:
            if self._path is None:
                self._path = self._store.save(case)
            else:
                self._store.update(self._path, case, self._case)
        except CaseError as error:
            if not self.kept:
                raise
            hint = "Then run `callcoach cases recover --finish`: every word is in the journal."
            raise CaseError(error.code, error.message, f"{error.hint} {hint}") from error
        self._case = case
        return self._path

    def recover(self) -> Saved:
        """Finish the recap an earlier session left. Raises `CaseError` when there is none."""
        if self._unfinished is None:
            raise CaseError("no-unfinished-recap", "There is no unfinished recap.")
        return finish_unfinished(self._unfinished, self._store, self._reading, self._prompts)

    @property
    def kept(self) -> bool:
        """Whether every word is on disk, in the case file or in the journal."""
        if self.in_case:
            return True
        return self._journal is not None and self._journal.complete

    @property
    def in_case(self) -> bool:
        """Whether the case file holds everything dictated and answered."""
        if self._case is None:
            return not self._utterances
        said, answered = len(self._case.recap_spoken), len(self._case.answers)
        return said == len(self._utterances) and answered == len(_spoken(self._answers))

    def close(self) -> None:
        """Leave the journal, if one with words is still open, for recovery.

        Raises `CaseError` (``recap-not-kept``) that holds the words no disk would take.
        """
        if not self.kept:
            with contextlib.suppress(CaseError):  # perhaps there is room by now
                self.begin() if self._journal is None else self._journal.flush()
        kept = self.kept
        self.finish()
        if self._journal is not None:
            self._journal.close() if dictated(self._utterances) else self._journal.discard()
        if not kept:
            written = len(self._case.recap_spoken) if self._case is not None else 0
            unwritten = [said.text for said in self._utterances[written:]]
            words = " ".join([*unwritten, *(one.text for one in _spoken(self._answers))])
            raise CaseError(
                "recap-not-kept",
                f"Your recap could be written nowhere: {words}",
                "Copy it from here, and free some space before the next call.",
            )


def begin_interview(
    call: CallInfo,
    utterances: Sequence[Utterance],
    answers: Sequence[Answer],
    reading: Reading,
) -> Interview:
    """The interview about what was dictated, with `answers` given already."""
    today = call.started_at.date()
    fields = reading.extract(dictated(utterances), today, call.company)
    codes = [one.words for one in fields.case_numbers if one.words]
    doubts = tuple(_doubt(said.text, said.second, codes) for said in utterances if said.second)
    fields = msgspec.structs.replace(fields, unclear=fields.unclear + doubts)
    rivals = _rivals(fields, utterances)
    interview = begin(fields, lambda text: reading.extract(text, today, ""), today, rivals)
    for answer in answers:
        interview = interview.hear(answer)
    return interview


def dictated(utterances: Sequence[Utterance]) -> str:
    """The text of a dictation, its spoken commands carried out."""
    return apply_commands([said.text for said in utterances]).text


def _rivals(
    fields: RecapFields, utterances: Sequence[Utterance]
) -> Mapping[str, Mapping[str, float]]:
    """For each case number what the other engine made of it."""
    return {
        number.value: {number.value: number.confidence, rival: 1.0 - number.confidence}
        for number in fields.case_numbers
        for said in utterances
        if number.words in said.text and (rival := whole_code(said.second or ""))
        # A reading of quite another length is no rival but a mishap.
        if rival != number.value and abs(len(rival) - len(number.value)) <= 1
    }


def _doubt(text: str, second: str, codes: Sequence[str]) -> Unclear:
    """What was heard in two ways; with a code in it, it is a matter of the case number."""
    coded = whole_code(second) or any(words in text for words in codes)
    field = "case_numbers" if coded else "recap"
    return Unclear(field=field, reason=f"{MISHEARD} “{second}”", words=text)


def _spoken(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """The answers as a case file keeps them: without silences and without readings."""
    return tuple(msgspec.structs.replace(one, codes=()) for one in answers if one.text)


def build_case(
    call: CallInfo,
    ended_at: datetime,
    utterances: tuple[Utterance, ...],
    tips: tuple[int, ...],
    reading: Reading,
    interview: Interview | None = None,
) -> Case:
    """The case that a dictation makes; no utterances give a case with empty fields.

    `interview` is the one about this dictation, as far as it went; None for none.
    """
    interview = interview or begin_interview(call, utterances, (), reading)
    fields = interview.fields
    heard = fields.company.name if fields.company else ""
    company = heard if interview.was_told_company else call.company or heard
    return Case(
        case_id=new_case_id(call.started_at, company),
        started_at=call.started_at,
        ended_at=ended_at,
        company=company,
        follows=call.follows,
        fields=fields,
        tips_done=tuple(sorted(set(tips))),
        recap=reading.write_out(dictated(utterances), call.started_at.date()),
        recap_spoken=utterances,
        answers=_spoken(interview.answers),
    )


def finish_unfinished(
    recap: UnfinishedRecap, store: CaseStore, reading: Reading, prompts: Prompts
) -> Saved:
    """Make the case file of a recap that broke off, then remove its journal.

    Where the recap was saved and the questions after it broke off, that file is updated.
    """
    call = CallInfo(recap.started_at, recap.company, recap.case_id or "")
    last_s = max((said.end_s for said in recap.utterances), default=0.0)
    ended_at = recap.started_at + timedelta(seconds=last_s)
    interview = begin_interview(call, recap.utterances, recap.answers, reading)
    case = build_case(call, ended_at, recap.utterances, recap.tips, reading, interview)
    path = _saved_before(recap, store)
    if path is None:
        path = store.save(case)
    else:
        store.update(path, case, _as_written(recap, store.load(str(path)), call, reading))
    recap.discard()
    return Saved(path, path.stem, readback(case, prompts))


def _as_written(
    recap: UnfinishedRecap, found: Case, call: CallInfo, reading: Reading
) -> Case | None:
    """The case as we wrote the file that now holds `found`; None where it cannot be told.

    The journal may be a dictation and some answers ahead of the file; whatever else differs was
    edited by hand.
    """
    said = recap.utterances[: len(found.recap_spoken)]  # more may have been dictated since
    if said != found.recap_spoken:
        return None
    for count in range(len(recap.answers), -1, -1):
        answers = recap.answers[:count]
        if _spoken(answers) == found.answers:
            interview = begin_interview(call, said, answers, reading)
            return build_case(call, found.ended_at, said, recap.tips, reading, interview)
    return None


def _saved_before(recap: UnfinishedRecap, store: CaseStore) -> Path | None:
    """The case file that an interrupted interview was about; None for none that is there."""
    path = store.folder / f"{recap.saved_as}.md"
    return path if recap.saved_as and path.is_file() else None
