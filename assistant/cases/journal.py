"""The journal: what is dictated goes to disk at once, so that no crash can lose it.

One JSON object a line; ``docs/case-file.md`` describes them. The writer holds a lock on the
file, which the system drops when the process ends in whatever way.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from assistant.cases.case import AwareDatetime, Utterance
from assistant.cases.private_files import create_private, make_private_folder, sync_folder
from assistant.errors import CaseError
from assistant.recap.model import Answer

SUFFIX = ".jsonl"
JOURNAL_SCHEMA = 1


class JournalHeader(msgspec.Struct, frozen=True, kw_only=True):
    """What is known when a session begins."""

    started_at: AwareDatetime
    company: str = ""
    case_id: str | None = None
    """The earlier case that this call carries on."""


class _Entry(msgspec.Struct, frozen=True, tag_field="kind"):
    """Base of the journal's lines."""


class _Start(_Entry, frozen=True, tag="start"):
    header: JournalHeader
    schema: int = JOURNAL_SCHEMA


class _Said(_Entry, frozen=True, tag="utterance"):
    utterance: Utterance


class _Tip(_Entry, frozen=True, tag="tip"):
    tip: int


class _Saved(_Entry, frozen=True, tag="saved"):
    case_id: str


class _Answered(_Entry, frozen=True, tag="answer"):
    answer: Answer


class UnfinishedRecap(msgspec.Struct, frozen=True, kw_only=True):
    """What a session left behind that ended before its case was saved."""

    path: Path
    started_at: datetime
    """From the journal; where that line is damaged, when the journal was last written."""
    company: str = ""
    case_id: str | None = None
    utterances: tuple[Utterance, ...] = ()
    tips: tuple[int, ...] = ()
    saved_as: str = ""
    """Identifier of the case file that holds it already, but for some answers; "" before."""
    answers: tuple[Answer, ...] = ()
    """To the questions asked after the dictation."""
    damaged_lines: int = 0
    """Lines that could not be read; a crash can tear one, the last."""

    @property
    def text(self) -> str:
        """All utterances in one line; empty when nothing was dictated."""
        return " ".join(utterance.text for utterance in self.utterances)

    def discard(self) -> None:
        """Remove the journal from disk; harmless when it is gone. Raises `CaseError`."""
        _remove(self.path)


class Journal:
    """The append-only journal of one session; `start` makes one.

    All lines are kept in memory too: what a full disk refuses is written with the next entry,
    and a journal deleted under our hands is written anew.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = -1
        self._lines: list[bytes] = []
        self._written = 0
        self._size = 0

    @classmethod
    def start(cls, folder: Path, header: JournalHeader) -> Journal:
        """Begin a journal in `folder`, creating the folder where need be.

        Raises `CaseError` (``journal-not-started``) when no file can be made there. A disk that
        is full already is reported by the first append.
        """
        name = f"{header.started_at.astimezone(UTC):%Y-%m-%dT%H%M%SZ}-{secrets.token_hex(4)}"
        journal = cls(folder / f"{name}{SUFFIX}")
        try:
            journal._open()
        except OSError as error:
            raise CaseError(
                "journal-not-started",
                f"No journal can be kept in {folder}: {error.strerror or error}.",
                "Check that the folder can be written to, or set CALLCOACH_DATA to another.",
            ) from error
        with contextlib.suppress(CaseError):
            journal._append(_Start(header=header))
        return journal

    def append_utterance(
        self, text: str, start_s: float, end_s: float, second: str | None = None
    ) -> None:
        """Keep an utterance; on disk when this returns.

        Raises `CaseError` (``journal-full``) when it could not be written; it is then kept in
        memory and written with the next entry, or by `flush`. So do the other appends.
        """
        said = Utterance(text=text, start_s=start_s, end_s=end_s, second=second)
        self._append(_Said(utterance=said))

    def append_tip(self, tip: int) -> None:
        """Note that tip number `tip` was done."""
        self._append(_Tip(tip=tip))

    def append_saved(self, case_id: str) -> None:
        """Note that all dictated so far is in the case file `case_id`."""
        self._append(_Saved(case_id=case_id))

    def append_answer(self, answer: Answer) -> None:
        """Keep an answer to a question asked after the dictation."""
        self._append(_Answered(answer=answer))

    @property
    def complete(self) -> bool:
        """Whether everything appended is on disk."""
        return self._written == len(self._lines)

    def flush(self) -> None:
        """Try again to write what a full disk refused; nothing to do otherwise."""
        try:
            self._write_pending()
        except OSError as error:
            raise CaseError(
                "journal-full",
                f"The journal cannot be written: {error.strerror or error}.",
                "Free some space; what was dictated is kept in memory meanwhile.",
            ) from error

    def finish(self, case_path: Path) -> None:
        """Remove the journal, now that the case is saved at `case_path`.

        Raises `CaseError` (``case-not-saved``) and keeps the journal when there is no such file.
        """
        if not case_path.is_file():
            raise CaseError(
                "case-not-saved",
                f"{case_path} is not there, so the journal is kept.",
                "Run `callcoach cases recover`.",
            )
        self.discard()

    def discard(self) -> None:
        """Remove the journal and all that was dictated into it; harmless when done before."""
        if os.name == "nt":  # Windows removes no open file
            self.close()
        _remove(self.path)
        self.close()

    def close(self) -> None:
        """Let go of the file and leave it for recovery; harmless when closed."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @staticmethod
    def unfinished(folder: Path) -> tuple[UnfinishedRecap, ...]:
        """Recaps in `folder` that no living process is writing, oldest first.

        Journals that hold nothing at all are removed on the way. Empty when there is no such
        folder. Raises `CaseError` (``journal-unreadable``).
        """
        try:
            found = [_read_if_left(path) for path in sorted(folder.glob(f"*{SUFFIX}"))]
        except OSError as error:
            raise CaseError(
                "journal-unreadable",
                f"Journals in {folder} cannot be read: {error.strerror or error}.",
                "Check who may read that folder.",
            ) from error
        return tuple(one for one in found if one is not None)

    def _open(self) -> None:
        make_private_folder(self.path.parent)
        descriptor = create_private(self.path)
        _lock(descriptor, wait=True)
        self.close()
        self._descriptor = descriptor
        self._written = self._size = 0
        sync_folder(self.path.parent)

    def _append(self, entry: _Entry) -> None:
        # The standard library's encoder, because it escapes what UTF-8 cannot hold.
        self._lines.append(json.dumps(msgspec.to_builtins(entry)).encode("ascii") + b"\n")
        self.flush()

    def _write_pending(self) -> None:
        """Write and sync the lines not yet on disk; after a failure none of them count."""
        if self._descriptor < 0:
            raise ValueError("the journal is closed")
        if os.fstat(self._descriptor).st_nlink == 0:
            self._open()
        pending = b"".join(self._lines[self._written :])
        try:
            _write_all(self._descriptor, pending)
            os.fsync(self._descriptor)
        except OSError:
            # Drop the torn line, so that the next attempt begins a line of its own.
            os.ftruncate(self._descriptor, self._size)
            os.lseek(self._descriptor, self._size, os.SEEK_SET)
            raise
        self._written = len(self._lines)
        self._size += len(pending)


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise CaseError(
            "journal-not-removed",
            f"{path} cannot be removed: {error.strerror or error}.",
            "Remove it yourself.",
        ) from error
    sync_folder(path.parent)


def _read_if_left(path: Path) -> UnfinishedRecap | None:
    """Read the journal at `path`; None when it is in use, gone, or holds nothing to offer."""
    try:
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        if not _lock(file.fileno(), wait=False):
            return None
        content = file.read()
        recap = _replay(path, content, os.fstat(file.fileno()).st_mtime)
        if recap.utterances or recap.tips:
            return recap
        if os.name != "nt" and not recap.damaged_lines:
            path.unlink(missing_ok=True)  # under the lock: its writer can only be dead
        return None


def _replay(path: Path, content: bytes, written_at: float) -> UnfinishedRecap:
    """Read the lines that can be read, in order; `written_at` is in seconds since 1970."""
    header = JournalHeader(started_at=datetime.fromtimestamp(written_at, UTC).astimezone())
    utterances: list[Utterance] = []
    tips: list[int] = []
    answers: list[Answer] = []
    saved_as = ""
    damaged = 0
    for line in content.splitlines():
        try:
            entry = _decode(line)
        except (ValueError, RecursionError):  # json's and msgspec's errors are ValueErrors
            damaged += 1
            continue
        match entry:
            case _Start():
                header = entry.header
            case _Said():
                utterances.append(entry.utterance)
            case _Tip() if entry.tip not in tips:
                tips.append(entry.tip)
            case _Saved():
                saved_as = entry.case_id
            case _Answered():
                answers.append(entry.answer)
    return UnfinishedRecap(
        path=path,
        started_at=header.started_at,
        company=header.company,
        case_id=header.case_id,
        utterances=tuple(utterances),
        tips=tuple(tips),
        saved_as=saved_as,
        answers=tuple(answers),
        damaged_lines=damaged,
    )


def _decode(line: bytes) -> _Start | _Said | _Tip | _Saved | _Answered:
    plain: Any = json.loads(line)
    return msgspec.convert(plain, _Start | _Said | _Tip | _Saved | _Answered)


def _lock(descriptor: int, wait: bool) -> bool:
    """Take the one lock on an open file; whether it was free. Closing the file drops it."""
    if os.name == "nt":
        return _lock_on_windows(descriptor)
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True


def _lock_on_windows(descriptor: int) -> bool:
    """Lock one byte far behind the content: a lock there keeps nobody from reading it."""
    import msvcrt

    place = os.lseek(descriptor, 0, os.SEEK_CUR)
    os.lseek(descriptor, 1 << 30, os.SEEK_SET)
    try:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    except OSError:
        return False
    finally:
        os.lseek(descriptor, place, os.SEEK_SET)
    return True
