"""``callcoach cases`` as its user meets it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from case_samples import STARTED_AT, harbor_gas

from assistant import composition
from assistant.cases.building import Reading
from assistant.cases.journal import Journal, JournalHeader
from assistant.cases.store import CaseStore
from assistant.commands import cases as command
from assistant.errors import CaseError
from assistant.recap.model import RecapFields

Run = Callable[..., int]


@pytest.fixture
def store(tmp_path: Path) -> CaseStore:
    return CaseStore(tmp_path / "cases")


@pytest.fixture
def run(store: CaseStore) -> Run:
    parser = argparse.ArgumentParser()
    command.add_to(parser.add_subparsers())

    def run(*words: str) -> int:
        arguments = parser.parse_args(["cases", *words, "--cases", str(store.folder)])
        code: int = arguments.run(arguments)
        return code

    return run


Output = pytest.CaptureFixture[str]


def test_list_of_nothing(run: Run, capsys: Output) -> None:
    assert run("list") == 0
    assert capsys.readouterr().out.startswith("No cases in ")


def test_list_is_plain_when_piped_and_survives_damage(
    run: Run, store: CaseStore, capsys: Output
) -> None:
    store.save(harbor_gas())
    (store.folder / "broken.md").write_text("oh", encoding="utf-8")

    assert run("list") == 0

    out, err = capsys.readouterr()
    assert "\x1b" not in out
    assert [line.split()[0] for line in out.splitlines()] == [
        "case",
        "2026-11-22-0930-harbor-gas",
        "broken",
    ]
    assert "8B, 007123" in out
    assert "(damaged)" in out
    assert "broken.md" in err


def test_show_prints_the_body(run: Run, store: CaseStore, capsys: Output) -> None:
    path = store.save(harbor_gas())
    path.write_text(path.read_text(encoding="utf-8") + "\n\x1b[31mred\n", encoding="utf-8")

    assert run("show", "harbor") == 0

    out = capsys.readouterr().out
    assert out.startswith("# Harbor Gas, 2026-11-22 09:30\n")
    assert "\x1b" not in out


def test_path_prints_the_folder_or_the_file(run: Run, store: CaseStore, capsys: Output) -> None:
    path = store.save(harbor_gas())

    run("path")
    run("path", "harbor")

    assert capsys.readouterr().out == f"{store.folder}\n{path}\n"


def test_export_writes_to_the_screen_or_a_private_file(
    run: Run, store: CaseStore, tmp_path: Path, capsys: Output
) -> None:
    store.save(harbor_gas())
    out = tmp_path / "out.json"

    run("export", "harbor", "--to", "json", "--out", str(out))
    run("export", "harbor", "--to", "txt")

    assert json.loads(out.read_text(encoding="utf-8"))["company"] == "Harbor Gas"
    assert out.stat().st_mode & 0o777 == 0o600
    assert "them: refund 49.99 USD by 2026-12-04" in capsys.readouterr().out


def editor(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Make the editor a program that runs `code` on `path`."""
    script = f"import sys, pathlib; path = pathlib.Path(sys.argv[1]); {code}"
    monkeypatch.setenv("VISUAL", f'"{sys.executable}" -c "{script}"')


def test_edit_saves_what_the_editor_made(
    run: Run, store: CaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(harbor_gas())
    editor(monkeypatch, "path.write_text(path.read_text().replace('Sandeep', 'Sandip'))")

    assert run("edit", "harbor") == 0
    assert store.load("harbor").fields.people[0].name == "Sandip"


def test_a_broken_edit_is_kept_beside_the_case_and_said(
    run: Run, store: CaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = store.save(harbor_gas())
    before = path.read_bytes()
    editor(monkeypatch, "path.write_bytes(b'oh\\xff')")

    with pytest.raises(CaseError, match="as it was before") as caught:
        run("edit", "harbor")

    assert caught.value.code == "case-edit-rejected"
    assert path.read_bytes() == before
    rejected = path.with_suffix(".rejected.txt")
    assert str(rejected) in caught.value.hint
    assert rejected.read_bytes() == b"oh\xff"
    assert rejected.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("value", "code"),
    [("", "no-editor"), ("no-such-editor-here", "editor-failed"), ("false", "editor-failed")],
)
def test_an_editor_that_does_not_work_is_an_error_with_a_code(
    run: Run, store: CaseStore, monkeypatch: pytest.MonkeyPatch, value: str, code: str
) -> None:
    store.save(harbor_gas())
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", value)

    with pytest.raises(CaseError) as caught:
        run("edit", "harbor")

    assert caught.value.code == code


def test_recover_lists_what_was_cut_off(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("CALLCOACH_DATA", str(tmp_path / "data"))
    assert run("recover") == 0
    assert capsys.readouterr().out == "No recap was cut off.\n"
    header = JournalHeader(started_at=STARTED_AT, company="Harbor Gas")
    with Journal.start(tmp_path / "data" / "journal", header) as journal:
        journal.append_utterance("ticket eight bravo", 0.0, 1.0)

    assert run("recover") == 0
    assert "2026-11-22 09:30  Harbor Gas  ticket eight bravo\n" in capsys.readouterr().out


def test_recover_makes_one_case_even_when_cut_off_again_before_the_journal_went(
    run: Run,
    store: CaseStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Output,
) -> None:
    def no_fields(text: str, today: date, company: str) -> RecapFields:
        return RecapFields()

    def as_it_is(text: str, today: date) -> str:
        return text

    monkeypatch.setenv("CALLCOACH_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(composition, "reading", lambda _: Reading(no_fields, as_it_is))
    header = JournalHeader(started_at=STARTED_AT, company="Harbor Gas", case_id="earlier")
    with Journal.start(tmp_path / "data" / "journal", header) as journal:
        journal.append_utterance("ticket eight bravo", 0.0, 90.0)
        journal.append_tip(3)
    left = journal.path.read_bytes()

    run("recover", "--finish")
    assert not journal.path.exists()
    journal.path.write_bytes(left)
    run("recover", "--finish")

    path = store.folder / "2026-11-22-0930-harbor-gas.md"
    assert capsys.readouterr().out == f"{path}\n{path}\n"
    assert not journal.path.exists()
    (one,) = store.list()
    case = store.load(one.case_id)
    assert case.recap_spoken[0].text == "ticket eight bravo"
    assert (case.tips_done, case.follows) == ((3,), "earlier")
    assert (case.ended_at - case.started_at).total_seconds() == 90.0
