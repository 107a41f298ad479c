"""The journal: what it keeps, and what it makes of files that crashes leave."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from case_samples import STARTED_AT
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.cases.case import Utterance
from assistant.cases.journal import Journal, JournalHeader, UnfinishedRecap
from assistant.errors import CaseError

HEADER = JournalHeader(started_at=STARTED_AT, company="Harbor Gas", case_id="2026-11-01-1400-gas")


@pytest.fixture(params=[0o000, 0o022, 0o777])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def only(folder: Path) -> UnfinishedRecap:
    (found,) = Journal.unfinished(folder)
    return found


def test_what_was_dictated_is_offered_after_the_writer_is_gone(tmp_path: Path) -> None:
    with Journal.start(tmp_path, HEADER) as journal:
        journal.append_utterance("harbor gas today", 1.0, 2.5)
        journal.append_utterance("ticket eight\nbravo 😀 \ud800 \x00", 4.0, 5.0, second="ate")
        journal.append_tip(3)
        journal.append_tip(3)

    found = only(tmp_path)

    assert found.started_at == STARTED_AT
    assert (found.company, found.case_id) == ("Harbor Gas", "2026-11-01-1400-gas")
    assert found.text == "harbor gas today ticket eight\nbravo 😀 \ud800 \x00"
    assert found.utterances[0] == Utterance(text="harbor gas today", start_s=1.0, end_s=2.5)
    assert found.utterances[1].second == "ate"
    assert found.tips == (3,)
    assert found.damaged_lines == 0


def test_every_append_is_on_disk_when_it_returns(tmp_path: Path) -> None:
    journal = Journal.start(tmp_path, HEADER)
    for number in range(3):
        journal.append_utterance(f"sentence {number}", number, number + 1)

        assert f"sentence {number}" in journal.path.read_text(encoding="utf-8")
    journal.close()


def test_a_journal_in_use_is_not_offered(tmp_path: Path) -> None:
    journal = Journal.start(tmp_path, HEADER)
    journal.append_utterance("words", 0.0, 1.0)

    assert Journal.unfinished(tmp_path) == ()
    journal.close()
    assert only(tmp_path).text == "words"


def test_finishing_removes_the_journal_only_once_the_case_is_there(tmp_path: Path) -> None:
    journal = Journal.start(tmp_path / "journal", HEADER)
    journal.append_utterance("words", 0.0, 1.0)
    case_file = tmp_path / "case.md"

    with pytest.raises(CaseError) as caught:
        journal.finish(case_file)
    assert caught.value.code == "case-not-saved"
    assert journal.path.exists()

    case_file.write_text("the case", encoding="utf-8")
    journal.finish(case_file)
    assert list((tmp_path / "journal").iterdir()) == []
    with pytest.raises(ValueError, match="closed"):
        journal.append_utterance("late", 1.0, 2.0)


def test_a_journal_in_which_nothing_was_said_leaves_nothing(tmp_path: Path) -> None:
    Journal.start(tmp_path, HEADER).close()

    assert Journal.unfinished(tmp_path) == ()
    assert list(tmp_path.iterdir()) == []


def test_no_folder_means_nothing_unfinished(tmp_path: Path) -> None:
    assert Journal.unfinished(tmp_path / "none") == ()


def test_discarding_removes_an_unfinished_recap_and_can_be_repeated(tmp_path: Path) -> None:
    with Journal.start(tmp_path, HEADER) as journal:
        journal.append_tip(1)
    found = only(tmp_path)

    found.discard()
    found.discard()

    assert Journal.unfinished(tmp_path) == ()


def test_several_are_offered_oldest_first(tmp_path: Path) -> None:
    for hour in (12, 10, 11):
        header = JournalHeader(started_at=STARTED_AT.replace(hour=hour))
        with Journal.start(tmp_path, header) as journal:
            journal.append_utterance(str(hour), 0.0, 1.0)

    assert [one.text for one in Journal.unfinished(tmp_path)] == ["10", "11", "12"]


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_file_cut_anywhere_keeps_every_whole_line(data: st.DataObject) -> None:
    content = example_journal()
    kept = content[: data.draw(st.integers(0, len(content)))]
    whole = kept.count(b"\n")

    found = replay(kept)

    assert [one.text for one in found] == ["one", "two", "three"][: max(whole - 1, 0)] or (
        # A cut just before a line end loses nothing.
        [one.text for one in found] == ["one", "two", "three"][:whole]
    )


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60).filter(lambda junk: b"{" not in junk), st.integers(0, 3))
def test_garbage_between_lines_costs_no_line(junk: bytes, place: int) -> None:
    lines = example_journal().splitlines(keepends=True)
    lines.insert(place, junk + b"\n")

    assert [one.text for one in replay(b"".join(lines))] == ["one", "two", "three"]


def example_journal() -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        with Journal.start(Path(folder), HEADER) as journal:
            for place, text in enumerate(("one", "two", "three")):
                journal.append_utterance(text, place, place + 1)
        return journal.path.read_bytes()


def replay(content: bytes) -> tuple[Utterance, ...]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "old.jsonl").write_bytes(content)
        found = Journal.unfinished(Path(folder))
        return found[0].utterances if found else ()


def test_a_journal_with_a_damaged_first_line_is_dated_by_its_file(tmp_path: Path) -> None:
    with Journal.start(tmp_path, HEADER) as journal:
        journal.append_utterance("words", 0.0, 1.0)
    damaged = b"\x00\xff" + journal.path.read_bytes()
    journal.path.write_bytes(damaged)
    os.utime(journal.path, (STARTED_AT.timestamp(), STARTED_AT.timestamp()))

    found = only(tmp_path)

    assert (found.text, found.damaged_lines, found.started_at) == ("words", 1, STARTED_AT)


def test_a_deeply_nested_line_is_only_a_damaged_line(tmp_path: Path) -> None:
    with Journal.start(tmp_path, HEADER) as journal:
        journal.append_utterance("words", 0.0, 1.0)
    with journal.path.open("ab") as file:
        file.write(b"[" * 100_000 + b"\n")

    assert only(tmp_path).damaged_lines == 1


@pytest.mark.usefixtures("umask")
def test_only_the_owner_can_read_it_whatever_the_umask(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "journal"

    with Journal.start(folder, HEADER) as journal:
        journal.append_utterance("words", 0.0, 1.0)

    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700


def test_a_journal_deleted_while_in_use_is_written_anew(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    with Journal.start(folder, HEADER) as journal:
        journal.append_utterance("before", 0.0, 1.0)
        journal.path.unlink()
        folder.rmdir()
        journal.append_utterance("after", 1.0, 2.0)

    assert only(folder).text == "before after"
    assert only(folder).company == "Harbor Gas"


def test_a_folder_that_cannot_be_made_is_an_error_with_a_code(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    with pytest.raises(CaseError) as caught:
        Journal.start(tmp_path / "file" / "journal", HEADER)

    assert caught.value.code == "journal-not-started"
