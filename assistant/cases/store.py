"""The folder of case files."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

import msgspec

from assistant.cases import markdown
from assistant.cases.case import Case, new_case_id, slug
from assistant.cases.private_files import publish_private, replace_private
from assistant.errors import CaseError

SUFFIX = ".md"


class CaseSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list of cases."""

    path: Path
    case_id: str
    started_at: datetime | None = None
    """None for a file that cannot be read."""
    company: str = ""
    case_numbers: tuple[str, ...] = ()
    promises: int = 0
    doubts: int = 0
    resolved: bool | None = None
    problem: str = ""
    """Why the file cannot be read; empty when it can."""


class CaseStore:
    """Saves, finds and loads the case files of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, case: Case) -> Path:
        """Write `case` to its file in the folder, which is created where need be; its path.

        The file is named after the case's identifier. Where another case, or a file that cannot
        be read, has that name, ``-2`` and so on is added to both. A case saved before (one that
        began at the same instant and whose dictation goes on in this one) is updated. Raises
        `CaseError` (``case-not-saved``); there is no half-written file then.
        """
        wanted = case.case_id or new_case_id(case.started_at, case.company)
        if slug(wanted, len(wanted)) != wanted:
            raise ValueError(f"{wanted!r} cannot be the name of a file")
        for number in count(1):
            case_id = wanted if number == 1 else f"{wanted}-{number}"
            path = self.folder / f"{case_id}{SUFFIX}"
            text = markdown.render(_renamed(case, case_id))
            try:
                publish_private(path, text.encode())
            except FileExistsError as error:
                if not path.exists():  # not the file is in the way but something on its path
                    raise _not_saved(path, "a file is where a folder should be") from error
                if not self._goes_on(path, case):
                    continue
                self.update(path, case)
            except OSError as error:
                raise _not_saved(path, error.strerror or str(error)) from error
            return path
        raise AssertionError("unreachable: count never ends")

    def update(self, path: Path, case: Case, written: Case | None = None) -> None:
        """Put `case` in the place of the one in `path`, keeping what the user wrote there.

        The file keeps its identifier; see `markdown.update` for the rest, and for `written`. A
        file that is gone is written anew. Raises `CaseError`; the file is untouched then, and
        always when it is damaged or newer than we are.
        """
        if not path.exists():
            self._replace(path, markdown.render(_renamed(case, path.stem)))
            return
        text = self.text(path)
        before = markdown.parse(text, str(path))
        renamed = _renamed(case, before.case_id)
        if written is not None:
            written = _renamed(written, before.case_id)
        self._replace(path, markdown.update(text, renamed, before, str(path), written=written))

    def edit(self, path: Path, before: str, edited: str) -> None:
        """Put the user's text `edited` in the place of `before` in `path`.

        Sections of the body that were left alone follow what was changed in the front matter.
        Raises `CaseError` and leaves the file as it is when `edited` is no valid case
        (``case-damaged``, ``case-newer``) or `path` no longer holds `before` (``case-changed``).
        """
        if self.text(path) != before:
            raise CaseError(
                "case-changed",
                f"{path} was changed by something else meanwhile.",
                "Edit it again.",
            )
        name = "The edited text"
        case = markdown.parse(edited, name)
        with contextlib.suppress(CaseError):  # what was there may be damaged, and mended now
            edited = markdown.update(edited, case, markdown.parse(before, str(path)), name)
        self._replace(path, edited)

    def load(self, reference: str) -> Case:
        """Read the case that `find` finds. Raises `CaseError`."""
        path = self.find(reference)
        return markdown.parse(self.text(path), str(path))

    def find(self, reference: str) -> Path:
        """Path of a case: by path, identifier, or the beginning of an identifier or company.

        The newest where several match. Raises `CaseError` (``case-not-found``).
        """
        direct = Path(reference).expanduser()
        if direct.suffix == SUFFIX and direct.is_file():
            return direct
        summaries = self.list()
        start = slug(reference)
        for summary in summaries:
            if reference in (summary.case_id, summary.path.stem):
                return summary.path
        for summary in summaries:
            names = (summary.case_id, summary.path.stem, slug(summary.company))
            if start and any(name.startswith(start) for name in names):
                return summary.path
        raise CaseError(
            "case-not-found",
            f"There is no case {reference!r} in {self.folder}.",
            "`callcoach cases list` shows them all.",
        )

    def list(self) -> tuple[CaseSummary, ...]:
        """All case files, newest first, those that cannot be read last; empty without a folder."""
        summaries = [_summarise(path, self) for path in self._paths()]
        dated = [(one.started_at, one) for one in summaries if one.started_at]
        dated.sort(key=lambda pair: (pair[0], pair[1].case_id), reverse=True)
        return (*(one for _, one in dated), *(one for one in summaries if not one.started_at))

    def text(self, path: Path) -> str:
        """Text of a case file, its line ends as they are. Raises `CaseError`."""
        try:
            return path.read_bytes().decode("utf-8")
        except OSError as error:
            raise CaseError(
                "case-unreadable",
                f"{path} cannot be read: {error.strerror or error}.",
                "Check that it is there and that you may read it.",
            ) from error
        except UnicodeDecodeError as error:
            raise CaseError(
                "case-damaged",
                f"{path} is not UTF-8 text.",
                "Save it again as UTF-8. It is left as it is.",
            ) from error

    def _paths(self) -> Iterator[Path]:
        if self.folder.is_file():
            raise CaseError(
                "case-unreadable",
                f"{self.folder} is a file, not a folder of cases.",
                "Name a folder with --cases.",
            )
        try:
            found = sorted(self.folder.glob(f"*{SUFFIX}"))
        except OSError as error:
            raise CaseError(
                "case-unreadable",
                f"{self.folder} cannot be read: {error.strerror or error}.",
                "Check who may read that folder.",
            ) from error
        return (path for path in found if path.is_file() and not path.name.startswith("."))

    def _goes_on(self, path: Path, case: Case) -> bool:
        """Whether `path` holds an earlier state of `case`, so that nothing is lost by updating."""
        try:
            saved = markdown.parse(self.text(path), str(path))
        except CaseError:
            return False
        return (
            saved.started_at == case.started_at
            and saved.recap_spoken == case.recap_spoken[: len(saved.recap_spoken)]
            and set(saved.tips_done) <= set(case.tips_done)
        )

    @staticmethod
    def _replace(path: Path, text: str) -> None:
        try:
            replace_private(path, text.encode())
        except OSError as error:
            raise _not_saved(path, error.strerror or str(error)) from error


def _renamed(case: Case, case_id: str) -> Case:
    return msgspec.structs.replace(case, case_id=case_id)


def _not_saved(path: Path, why: str) -> CaseError:
    return CaseError(
        "case-not-saved",
        f"{path} could not be saved: {why}.",
        "Make room there, or choose another folder with --cases.",
    )


def _summarise(path: Path, store: CaseStore) -> CaseSummary:
    try:
        case = markdown.parse(store.text(path), path.name)
    except CaseError as error:
        return CaseSummary(path=path, case_id=path.stem, problem=error.message)
    return CaseSummary(
        path=path,
        case_id=case.case_id,
        started_at=case.started_at,
        company=case.company,
        case_numbers=tuple(number.value for number in case.fields.case_numbers),
        promises=len(case.fields.next_steps),
        doubts=len(case.needs_review),
        resolved=case.fields.resolved,
    )
