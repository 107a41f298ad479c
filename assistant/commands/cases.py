"""``callcoach cases``: list, show, export and edit case files, and recover interrupted recaps."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import CaseError

if TYPE_CHECKING:
    from assistant.cases.journal import UnfinishedRecap
    from assistant.cases.store import CaseStore, CaseSummary

_PIPE_COLUMNS = 10_000
"""Wide enough that no cell is cut where there is no screen to fit."""


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of this group."""
    parser = subparsers.add_parser("cases", help="list, show, export and edit case files")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--cases", type=Path, metavar="DIR", help="folder of the case files")
    which = "identifier or path of a case, or how it or its company begins"

    listing = actions.add_parser("list", parents=[shared], help="all cases, newest first")
    listing.set_defaults(run=_list)
    show = actions.add_parser("show", parents=[shared], help="show one case")
    show.add_argument("case", metavar="ID", help=which)
    show.set_defaults(run=_show)
    path = actions.add_parser("path", parents=[shared], help="print where the case files are")
    path.add_argument("case", metavar="ID", nargs="?", help=f"{which}; without it, the folder")
    path.set_defaults(run=_path)
    export = actions.add_parser("export", parents=[shared], help="write a case in another form")
    export.add_argument("case", metavar="ID", help=which)
    export.add_argument(
        "--to", required=True, choices=("json", "csv", "md", "ics", "txt"), help="which form"
    )
    export.add_argument("--out", type=Path, metavar="FILE", help="write here, not to the screen")
    export.set_defaults(run=_export)
    edit = actions.add_parser("edit", parents=[shared], help="open a case in your editor")
    edit.add_argument("case", metavar="ID", help=which)
    edit.set_defaults(run=_edit)
    recover = actions.add_parser("recover", parents=[shared], help="recaps that were cut off")
    recover.add_argument("--finish", action="store_true", help="make case files of them")
    recover.set_defaults(run=_recover)


def _store(arguments: argparse.Namespace) -> CaseStore:
    from assistant.cases.store import CaseStore
    from assistant.settings import cases_folder, load_settings

    return CaseStore(arguments.cases or cases_folder(load_settings()))


def _list(arguments: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from assistant.cases.body import printable

    store = _store(arguments)
    summaries = store.list()
    if not summaries:
        print(f"No cases in {store.folder} yet.")
        return 0
    table = Table("case", "company", "numbers", "promises", "outcome", "doubts", box=None)
    table.columns[0].overflow = "fold"
    for one in summaries:
        table.add_row(*(Text(printable(cell)) for cell in _cells(one)))
    Console(width=None if sys.stdout.isatty() else _PIPE_COLUMNS).print(table)
    for one in summaries:
        if one.problem:
            print(f"callcoach: {printable(one.problem)}", file=sys.stderr)
    return 0


def _cells(one: CaseSummary) -> tuple[str, ...]:
    """One row of the list; a dash stands for nothing."""
    if one.problem:
        return one.case_id, "(damaged)", "-", "-", "-", "-"
    outcome = {True: "resolved", False: "not resolved", None: "-"}[one.resolved]
    numbers = ", ".join(one.case_numbers)
    counts = (str(one.promises or "-"), outcome, str(one.doubts or "-"))
    return (one.case_id, one.company or "-", numbers or "-", *counts)


def _show(arguments: argparse.Namespace) -> int:
    from assistant.cases import markdown
    from assistant.cases.body import printable

    store = _store(arguments)
    path = store.find(arguments.case)
    text = store.text(path)
    markdown.parse(text, str(path))
    body = printable(markdown.split(text)[1]).strip()
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(body, hyperlinks=False))
    else:
        print(body)
    return 0


def _path(arguments: argparse.Namespace) -> int:
    store = _store(arguments)
    print(store.find(arguments.case) if arguments.case else store.folder)
    return 0


def _export(arguments: argparse.Namespace) -> int:
    from assistant.cases import markdown
    from assistant.cases.export import export
    from assistant.cases.private_files import replace_private

    store = _store(arguments)
    path = store.find(arguments.case)
    text = store.text(path)
    data = export(markdown.parse(text, str(path)), arguments.to, text).encode()
    if arguments.out is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)  # bytes, so that line ends stay as the form wants them
        return 0
    try:
        replace_private(arguments.out, data)
    except OSError as error:
        raise CaseError(
            "export-not-written",
            f"{arguments.out} cannot be written: {error.strerror or error}.",
            "Choose another file with --out.",
        ) from error
    print(arguments.out)
    return 0


def _edit(arguments: argparse.Namespace) -> int:
    from assistant.cases.private_files import replace_private

    store = _store(arguments)
    path = store.find(arguments.case)
    before = store.text(path)
    edited = _in_editor(path.name, before.encode())
    if edited == before.encode():
        print("Nothing was changed.")
        return 0
    try:
        store.edit(path, before, _as_text(edited))
    except CaseError as error:
        rejected = path.with_suffix(".rejected.txt")
        replace_private(rejected, edited)
        raise CaseError(
            "case-edit-rejected",
            f"{error.message} {path.name} is as it was before.",
            f"Your text is kept in {rejected}.",
        ) from error
    print(path)
    return 0


def _as_text(edited: bytes) -> str:
    try:
        return edited.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CaseError("case-damaged", "The edited text is not UTF-8.") from error


def _in_editor(name: str, content: bytes) -> bytes:
    """Let the user edit a private copy of `content`, and return what they saved."""
    import os
    import shlex
    import subprocess
    import tempfile

    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        raise CaseError("no-editor", "No editor is set.", "Set EDITOR, such as EDITOR=nano.")
    with tempfile.TemporaryDirectory(prefix="callcoach-") as folder:  # only the owner's: 0700
        copy = Path(folder) / name
        copy.write_bytes(content)
        try:
            subprocess.run([*shlex.split(editor), str(copy)], check=True)
            return copy.read_bytes()
        except (OSError, ValueError, subprocess.CalledProcessError) as error:
            raise CaseError(
                "editor-failed",
                f"The editor {editor!r} did not work: {error}.",
                "The case file is as it was. Set EDITOR to another one.",
            ) from error


def _recover(arguments: argparse.Namespace) -> int:
    from assistant.cases.body import printable
    from assistant.cases.journal import Journal
    from assistant.settings import data_folder

    store = _store(arguments)
    unfinished = Journal.unfinished(data_folder() / "journal")
    if not unfinished:
        print("No recap was cut off.")
        return 0
    for recap in unfinished:
        if arguments.finish:
            print(_finish(recap, store))
        else:
            start = f"{recap.started_at:%Y-%m-%d %H:%M}"
            print(printable(f"{start}  {recap.company or '-'}  {recap.text or '(no words)'}"))
    if not arguments.finish:
        print("Make case files of them with: callcoach cases recover --finish")
    return 0


def _finish(recap: UnfinishedRecap, store: CaseStore) -> Path:
    from assistant.cases.recovery import finish_unfinished
    from assistant.coaching.prompts import load_prompts
    from assistant.composition import reading
    from assistant.settings import load_settings

    return finish_unfinished(recap, store, reading(load_settings()), load_prompts()).path
