"""The folder of case files: names, finding, and never harming what is there."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import msgspec
import pytest
from case_samples import STARTED_AT, harbor_gas

from assistant.cases import markdown
from assistant.cases.case import Utterance, new_case_id, slug
from assistant.cases.store import CaseStore
from assistant.errors import CaseError

OTHER_WORDS = (Utterance(text="another call", start_s=0.0, end_s=1.0),)


@pytest.mark.parametrize(
    ("company", "expected"),
    [
        ("Harbor Gas", "harbor-gas"),
        ("Café Zoë & Söhne", "cafe-zoe-sohne"),
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "con"),
        ("a" * 99, "a" * 40),
        ("a" * 39 + " b", "a" * 39),
        ("東京ガス", ""),
        ("\x00\n:*?<>|", ""),
    ],
)
def test_slugs_are_safe_file_names(company: str, expected: str) -> None:
    assert slug(company) == expected


def test_a_case_without_a_company_still_has_a_name() -> None:
    assert new_case_id(STARTED_AT, "東京ガス") == "2026-11-22-0930-call"


def test_a_saved_case_is_loaded_again_in_every_way_of_naming_it(tmp_path: Path) -> None:
    store = CaseStore(tmp_path / "cases")

    path = store.save(harbor_gas())

    assert path == tmp_path / "cases" / "2026-11-22-0930-harbor-gas.md"
    for reference in (path.stem, str(path), "harbor", "Harbor Gas", "2026-11-22", "2026-11"):
        assert store.load(reference) == harbor_gas()


def test_another_call_of_the_same_minute_gets_a_number(tmp_path: Path) -> None:
    store = CaseStore(tmp_path)
    first = store.save(harbor_gas())
    before = first.read_bytes()
    second = store.save(msgspec.structs.replace(harbor_gas(), recap_spoken=OTHER_WORDS))
    third = store.save(msgspec.structs.replace(harbor_gas(), recap_spoken=()))

    assert second.name == "2026-11-22-0930-harbor-gas-2.md"
    assert store.load(second.stem).case_id == second.stem
    assert third.name == "2026-11-22-0930-harbor-gas-3.md"
    assert first.read_bytes() == before


def test_saving_the_same_call_again_updates_its_file(tmp_path: Path) -> None:
    store = CaseStore(tmp_path)
    path = store.save(harbor_gas())
    path.write_text(path.read_text(encoding="utf-8") + "\n## Mine\n\nkept\n", encoding="utf-8")
    longer = msgspec.structs.replace(
        harbor_gas(), recap_spoken=harbor_gas().recap_spoken + OTHER_WORDS, tips_done=(1, 3, 8)
    )

    assert store.save(longer) == path
    assert store.load(path.stem) == longer
    assert "## Mine\n\nkept\n" in path.read_text(encoding="utf-8")


def test_an_update_keeps_the_identifier_of_its_file(tmp_path: Path) -> None:
    store = CaseStore(tmp_path)
    store.save(harbor_gas())
    second = store.save(msgspec.structs.replace(harbor_gas(), recap_spoken=OTHER_WORDS))

    store.update(second, msgspec.structs.replace(harbor_gas(), company="Other"))

    assert store.load(second.stem).case_id == second.stem
    assert store.load(second.stem).company == "Other"


def test_an_update_of_a_file_that_is_gone_writes_it_anew(tmp_path: Path) -> None:
    store = CaseStore(tmp_path / "cases")
    path = store.save(harbor_gas())
    shutil.rmtree(tmp_path / "cases")

    store.update(path, harbor_gas())

    assert store.load(path.stem) == harbor_gas()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"---\nschema: 99\n---\n", b"my own notes"])
def test_a_newer_or_damaged_file_is_never_overwritten(tmp_path: Path, content: bytes) -> None:
    store = CaseStore(tmp_path)
    taken = tmp_path / f"{harbor_gas().case_id}.md"
    taken.write_bytes(content)

    saved = store.save(harbor_gas())
    with pytest.raises(CaseError):
        store.update(taken, harbor_gas())
    with pytest.raises(CaseError):
        store.load(taken.stem)

    assert saved.stem == f"{taken.stem}-2"
    assert taken.read_bytes() == content


def test_damaged_files_are_listed_last_with_what_is_wrong(tmp_path: Path) -> None:
    store = CaseStore(tmp_path)
    (tmp_path / "2027-01-01-0000-broken.md").write_text("oh", encoding="utf-8")
    store.save(harbor_gas())
    later = msgspec.structs.replace(
        harbor_gas(), case_id="", company="Zed", started_at=STARTED_AT.replace(hour=11)
    )
    store.save(later)

    listed = store.list()

    assert [one.company for one in listed] == ["Zed", "Harbor Gas", ""]
    assert listed[1].case_numbers == ("8B", "007123")
    assert (listed[1].promises, listed[1].doubts, listed[1].resolved) == (2, 2, False)
    assert "front matter" in listed[2].problem


def test_no_folder_is_an_empty_list_and_nothing_is_found(tmp_path: Path) -> None:
    store = CaseStore(tmp_path / "none")

    assert store.list() == ()
    for reference in ("harbor", "", "  ", "../..", "\x00"):
        with pytest.raises(CaseError) as caught:
            store.load(reference)
        assert caught.value.code == "case-not-found"


def test_the_newest_of_several_is_found_by_company(tmp_path: Path) -> None:
    store = CaseStore(tmp_path)
    store.save(harbor_gas())
    newer = msgspec.structs.replace(
        harbor_gas(), case_id="", started_at=STARTED_AT.replace(month=12)
    )

    path = store.save(newer)

    assert store.find("harbor") == path


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o777])
def test_only_the_owner_can_read_it_whatever_the_umask(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        path = CaseStore(tmp_path / "documents" / "callcoach").save(harbor_gas())
        CaseStore(path.parent).update(path, harbor_gas())
    finally:
        os.umask(before)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700


def test_a_folder_that_was_there_keeps_its_permissions(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    CaseStore(tmp_path).save(harbor_gas())

    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_file_in_place_of_the_folder_is_an_error_with_a_code(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    for folder in (tmp_path / "file", tmp_path / "file" / "cases"):
        with pytest.raises(CaseError) as caught:
            CaseStore(folder).save(harbor_gas())
        assert caught.value.code == "case-not-saved"


def test_a_folder_without_hard_links_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("no hard links here")

    monkeypatch.setattr(os, "link", refuse)
    store = CaseStore(tmp_path)

    path = store.save(harbor_gas())
    second = store.save(msgspec.structs.replace(harbor_gas(), recap_spoken=OTHER_WORDS))

    assert store.load(path.stem) == harbor_gas()
    assert second.stem == f"{path.stem}-2"
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([path.name, second.name])


def test_an_identifier_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="name of a file"):
        CaseStore(tmp_path / "cases").save(msgspec.structs.replace(harbor_gas(), case_id="../x"))


# --- editing --------------------------------------------------------------------------------


def test_an_edit_is_kept_and_untouched_sections_follow_it(tmp_path: Path) -> None:
    store = CaseStore(tmp_path)
    path = store.save(harbor_gas())
    before = store.text(path)
    edited = before.replace('value: "8B"', "value: 8BX  # checked").replace(
        "confidence: 0.6\n", "confidence: 1\n"
    )

    store.edit(path, before, edited)

    text = store.text(path)
    assert "value: 8BX  # checked\n" in text
    assert "## Case numbers\n\n- 8BX\n- 007123\n" in text
    assert "heard with confidence" not in text


def test_an_edit_that_is_no_case_changes_nothing(tmp_path: Path) -> None:
    store = CaseStore(tmp_path)
    path = store.save(harbor_gas())
    before = store.text(path)

    for edited in ("", before.replace("schema: 1", "schema: 2"), before.replace("---", "", 1)):
        with pytest.raises(CaseError):
            store.edit(path, before, edited)
        assert store.text(path) == before


def test_an_edit_does_not_undo_what_something_else_wrote(tmp_path: Path) -> None:
    store = CaseStore(tmp_path)
    path = store.save(harbor_gas())
    before = store.text(path)
    path.write_text(before + "\nmore\n", encoding="utf-8")

    with pytest.raises(CaseError) as caught:
        store.edit(path, before, before.replace("Sandeep", "Sandip"))

    assert caught.value.code == "case-changed"
    assert store.text(path) == before + "\nmore\n"


def test_a_damaged_file_can_be_mended_by_an_edit(tmp_path: Path) -> None:
    store = CaseStore(tmp_path)
    path = tmp_path / "2026-11-22-0930-harbor-gas.md"
    path.write_text("oh", encoding="utf-8")

    store.edit(path, "oh", markdown.render(harbor_gas()))

    assert store.load("harbor") == harbor_gas()
