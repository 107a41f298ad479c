"""A recap that broke off: its journal made into the case file it would have become."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from assistant.cases.building import CallInfo, Reading, begin_interview, build_case, for_file
from assistant.cases.case import Case
from assistant.cases.journal import UnfinishedRecap
from assistant.cases.spoken import Saved, readback
from assistant.cases.store import CaseStore
from assistant.coaching.prompts import Prompts


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
        if for_file(answers) == found.answers:
            interview = begin_interview(call, said, answers, reading)
            return build_case(call, found.ended_at, said, recap.tips, reading, interview)
    return None


def _saved_before(recap: UnfinishedRecap, store: CaseStore) -> Path | None:
    """The case file that an interrupted interview was about; None for none that is there."""
    path = store.folder / f"{recap.saved_as}.md"
    return path if recap.saved_as and path.is_file() else None
