"""The desk: keeps a recap in the journal while it is dictated, then makes the case file of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec

from assistant.cases.case import Case, Utterance, new_case_id
from assistant.cases.journal import Journal, JournalHeader, UnfinishedRecap
from assistant.cases.store import CaseStore
from assistant.coaching.prompts import Prompts
from assistant.errors import CaseError
from assistant.events import Final
from assistant.recap.codes import spell_for_speech
from assistant.recap.commands import apply_commands
from assistant.recap.model import RecapFields, Unclear

SCRATCH = "scratch that"
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
        self._in_case = 0

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

    def scratch(self, t_s: float) -> None:
        """Take back the last sentence."""
        self.keep(Final(SCRATCH, t_s, t_s, t_s))

    def tip(self, number: int) -> None:
        """A tip is done."""
        self._tips.append(number)
        if self._journal is not None:
            self._journal.append_tip(number)

    def save(self, now_s: float) -> Saved:
        """Write the case file, then let the journal go. Raises `CaseError`; the journal stays.

        A journal that cannot be removed costs nothing but a needless offer to recover it.
        """
        ended_at = self._call.started_at + timedelta(seconds=now_s)
        case = build_case(
            self._call, ended_at, tuple(self._utterances), tuple(self._tips), self._reading
        )
        path = self._path = self._write(case)
        self._in_case = len(self._utterances)
        journal, self._journal = self._journal, None
        if journal is not None:
            with journal, contextlib.suppress(CaseError):
                journal.finish(path)
        return Saved(path, path.stem, readback(case, self._prompts))

    def _write(self, case: Case) -> Path:
        """Save the case, or update it after a second recap of the same call."""
        try:
            if self._path is None:
                return self._store.save(case)
            self._store.update(self._path, case)
        except CaseError as error:
            if not self.kept:
                raise
            hint = "Then run `callcoach cases recover --finish`: every word is in the journal."
            raise CaseError(error.code, error.message, f"{error.hint} {hint}") from error
        return self._path

    def recover(self) -> Saved:
        """Finish the recap an earlier session left. Raises `CaseError` when there is none."""
        if self._unfinished is None:
            raise CaseError("no-unfinished-recap", "There is no unfinished recap.")
        return finish_unfinished(self._unfinished, self._store, self._reading, self._prompts)

    @property
    def kept(self) -> bool:
        """Whether every word is on disk, in the case file or in the journal."""
        if self._in_case == len(self._utterances):
            return True
        return self._journal is not None and self._journal.complete

    def close(self) -> None:
        """Leave the journal, if one with words is still open, for recovery.

        Raises `CaseError` (``recap-not-kept``) that holds the words no disk would take.
        """
        if not self.kept:
            with contextlib.suppress(CaseError):  # perhaps there is room by now
                self.begin() if self._journal is None else self._journal.flush()
        kept = self.kept
        if self._journal is not None:
            self._journal.close() if self._utterances else self._journal.discard()
        if not kept:
            words = " ".join(said.text for said in self._utterances[self._in_case :])
            raise CaseError(
                "recap-not-kept",
                f"Your recap could be written nowhere: {words}",
                "Copy it from here, and free some space before the next call.",
            )


def build_case(
    call: CallInfo,
    ended_at: datetime,
    utterances: tuple[Utterance, ...],
    tips: tuple[int, ...],
    reading: Reading,
) -> Case:
    """The case that a dictation makes; no utterances give a case with empty fields."""
    dictated = apply_commands([said.text for said in utterances])
    today = call.started_at.date()
    fields = reading.extract(dictated.text, today, call.company)
    company = call.company or (fields.company.name if fields.company else "")
    doubts = tuple(
        Unclear(field="recap", reason=f"may also have been “{said.second}”", words=said.text)
        for said in utterances
        if said.second
    )
    return Case(
        case_id=new_case_id(call.started_at, company),
        started_at=call.started_at,
        ended_at=ended_at,
        company=company,
        follows=call.follows,
        fields=msgspec.structs.replace(fields, unclear=fields.unclear + doubts),
        tips_done=tuple(sorted(set(tips))),
        recap=reading.write_out(dictated.text, today),
        recap_spoken=utterances,
    )


def finish_unfinished(
    recap: UnfinishedRecap, store: CaseStore, reading: Reading, prompts: Prompts
) -> Saved:
    """Make the case file of a recap that broke off, then remove its journal."""
    call = CallInfo(recap.started_at, recap.company, recap.case_id or "")
    last_s = max((said.end_s for said in recap.utterances), default=0.0)
    ended_at = recap.started_at + timedelta(seconds=last_s)
    case = build_case(call, ended_at, recap.utterances, recap.tips, reading)
    path = store.save(case)
    recap.discard()
    return Saved(path, path.stem, readback(case, prompts))


def readback(case: Case, prompts: Prompts) -> str:
    """What to say of a saved case: the company, its numbers spelled out, the first promise."""
    slots: Mapping[str, str] = {
        "company": case.company,
        "case_numbers": " and ".join(
            spell_for_speech(number.value) for number in case.fields.case_numbers[:2]
        ),
        "next_step": _first_step(case, prompts),
    }
    return prompts.say("recap-saved", **slots)


def _first_step(case: Case, prompts: Prompts) -> str:
    if not case.fields.next_steps:
        return ""
    step = case.fields.next_steps[0]
    due = f"{step.due:%A %B} {step.due.day}" if step.due else ""
    key = "step-mine" if step.owner == "me" else "step-theirs"
    return prompts.say(key, action=step.action, due=due)
