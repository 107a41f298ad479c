"""The desk: keeps a recap in the journal while it is dictated, then makes the case file of it."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from assistant.cases.building import (
    CallInfo,
    Reading,
    begin_interview,
    build_case,
    dictated,
    for_file,
)
from assistant.cases.case import Case, Utterance
from assistant.cases.journal import Journal, JournalHeader, UnfinishedRecap
from assistant.cases.recovery import finish_unfinished
from assistant.cases.spoken import Saved, ask, readback
from assistant.cases.store import CaseStore
from assistant.coaching.prompts import Prompts
from assistant.errors import CaseError
from assistant.events import Ask, Final
from assistant.recap.interview.interview import Interview
from assistant.recap.model import Answer

SCRATCH = "scratch that"
SCRATCH_ALL = "scratch all that"
"""How a retraction stands in the journal: as the words that were spoken."""


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
        saved = self._write()
        if interview:
            self._interview = self._interview.reopened()
        first = self.ask if interview else None
        if first is None:
            self.finish()
        elif self._journal is not None:
            with contextlib.suppress(CaseError):  # the answers tell again if the disk is full
                self._journal.append_saved(saved.case_id)
        return replace(saved, ask=first)

    @property
    def ask(self) -> Ask | None:
        """The question the interview stands at; None when it is over, or there is none."""
        interview = self._interview
        if interview is None:
            return None
        today = self._call.started_at.date()
        first = not interview.answers
        return ask(interview.question, interview.fields, today, self._prompts, is_first=first)

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
        return self._write()

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

    def _write(self) -> Saved:
        """Save the case as it should be by now, or update what was saved before."""
        case = build_case(
            self._call,
            self._call.started_at + timedelta(seconds=self._now_s),
            tuple(self._utterances),
            tuple(self._tips),
            self._reading,
            self._interview,
        )
        path = self._path
        try:
            if path is None:
                path = self._store.save(case)
            else:
                self._store.update(path, case, self._case)
        except CaseError as error:
            if not self.kept:
                raise
            hint = "Then run `callcoach cases recover --finish`: every word is in the journal."
            raise CaseError(error.code, error.message, f"{error.hint} {hint}") from error
        self._case, self._path = case, path
        said = readback(case, self._prompts)
        return Saved(path, path.stem, said, doubts=len(case.needs_review))

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
        return said == len(self._utterances) and answered == len(for_file(self._answers))

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
            words = " ".join([*unwritten, *(one.text for one in for_file(self._answers))])
            raise CaseError(
                "recap-not-kept",
                f"Your recap could be written nowhere: {words}",
                "Copy it from here, and free some space before the next call.",
            )
