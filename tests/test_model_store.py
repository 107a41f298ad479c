from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from model_kit import CUES_ONLY, CUES_ONLY_FILES, DICTATES, FILES, MANIFEST, write_model

from assistant.errors import ModelError
from assistant.recognition import model_store
from assistant.recognition.model_manifest import load_manifest
from assistant.recognition.model_store import (
    RECORD,
    choose,
    chosen_path,
    find_model,
    identify,
    inspect_model,
    installed_models,
    model_folders,
    verify_model,
    write_record,
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one folder in which models are looked for, with its own manifest and choice."""
    monkeypatch.setenv("CALLCOACH_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(model_store, "load_manifest", lambda: MANIFEST)
    return tmp_path / "models"


def test_the_shipped_manifest_is_sound() -> None:
    manifest = load_manifest()
    first, *others = manifest.model
    assert first.name == "vosk-model-small-en-us-0.15"
    assert first.fit_for == ("cues", "dictation")
    assert all(model.fit_for == ("cues",) for model in others)
    for model in manifest.model:
        assert model.source
        assert len({file.path for file in model.file}) == len(model.file)
        assert sum(file.size_bytes for file in model.file) < model.unpacked_limit_bytes


def test_no_model_is_a_plain_error(folder: Path) -> None:
    with pytest.raises(ModelError, match="No speech model is installed") as caught:
        find_model([folder])
    assert caught.value.code == "model-missing"
    assert caught.value.hint == "Run: callcoach setup"


def test_the_model_fit_for_dictation_wins_wherever_it_lies(folder: Path, tmp_path: Path) -> None:
    write_model(folder / CUES_ONLY, CUES_ONLY_FILES)
    assert not find_model([folder, tmp_path / "second"]).fit_for_dictation
    better = write_model(tmp_path / "second" / DICTATES)
    found = find_model([folder, tmp_path / "second"])
    assert found.path == better
    assert found.fit_for_dictation


def test_half_a_model_is_not_found(folder: Path) -> None:
    write_model(folder / DICTATES)
    (folder / DICTATES / "graph/HCLr.fst").write_bytes(b"")
    with pytest.raises(ModelError, match="No speech model"):
        find_model([folder])


def test_the_cues_only_model_is_recognised_under_any_name(folder: Path) -> None:
    # Even under the name of the model that dictates, and with a record that says so.
    for name in (DICTATES, "whatever"):
        path = write_model(folder / name, CUES_ONLY_FILES)
        write_record(path, DICTATES, "a test")
        assert inspect_model(path).name == CUES_ONLY
        assert not inspect_model(path).fit_for_dictation


def test_a_model_nobody_knows_may_dictate(folder: Path) -> None:
    path = write_model(folder / "my-own", FILES | {"am/final.mdl": b"mine"})
    assert identify(path, MANIFEST) is None
    assert inspect_model(path) == model_store.InstalledModel(path, "my-own", True)


def test_a_folder_that_is_not_a_model_says_what_is_missing(folder: Path) -> None:
    folder.mkdir()
    (folder / "notes.txt").write_text("hello")
    with pytest.raises(ModelError, match=re.escape("am/final.mdl")) as caught:
        inspect_model(folder)
    assert caught.value.code == "model-invalid"
    with pytest.raises(ModelError, match="not a folder"):
        inspect_model(folder / "notes.txt")


def test_verify_reads_every_file(folder: Path) -> None:
    path = write_model(folder / DICTATES)
    write_record(path, DICTATES, "a test")
    assert verify_model(path, MANIFEST) == ()
    # Gr.fst is not in the manifest: only the record made at install knows it.
    (path / "graph/Gr.fst").write_bytes(b"?" * len(FILES["graph/Gr.fst"]))
    (path / "ivector/final.ie").unlink()
    assert set(verify_model(path, MANIFEST)) == {
        "graph/Gr.fst is damaged",
        "ivector/final.ie is missing",
    }


def test_verify_admits_what_it_cannot_know(folder: Path) -> None:
    path = write_model(folder / "my-own", FILES | {"am/final.mdl": b"mine"})
    assert "cannot be checked" in verify_model(path, MANIFEST)[0]


def test_a_damaged_record_is_as_good_as_none(folder: Path) -> None:
    path = write_model(folder / CUES_ONLY, CUES_ONLY_FILES)
    (path / RECORD).write_text("{")
    assert verify_model(path, MANIFEST) == ()


def test_the_users_choice_comes_first_and_can_be_taken_back(folder: Path, tmp_path: Path) -> None:
    write_model(folder / DICTATES)
    own = write_model(tmp_path / "my own", FILES | {"am/final.mdl": b"mine"})
    choose(own)
    assert find_model([folder]).path == own
    choice = tmp_path / "data" / "chosen-model.txt"
    assert choice.stat().st_mode & 0o777 == 0o600
    choose(None)
    assert chosen_path() is None
    assert find_model([folder]).name == DICTATES
    choose(None)


def test_a_choice_that_went_away_is_not_replaced_by_a_guess(folder: Path, tmp_path: Path) -> None:
    write_model(folder / DICTATES)
    own = write_model(tmp_path / "own")
    choose(own)
    shutil.rmtree(own)
    with pytest.raises(ModelError, match="not there any more") as caught:
        find_model([folder])
    assert caught.value.hint == "Run: callcoach models use auto"


def test_nothing_but_a_model_can_be_chosen(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        choose(tmp_path)
    assert caught.value.code == "model-invalid"
    assert chosen_path() is None


def test_a_choice_that_cannot_be_kept(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the data folder should be")
    with pytest.raises(ModelError) as caught:
        choose(write_model(tmp_path / "own"))
    assert caught.value.code == "model-store-unwritable"


def test_the_folder_named_in_the_environment_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLCOACH_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("CALLCOACH_MODELS", raising=False)
    assert model_folders()[-1] == tmp_path / "data" / "models"
    monkeypatch.setenv("CALLCOACH_MODELS", str(tmp_path / "mine"))
    assert model_folders()[0] == tmp_path / "mine"


@pytest.mark.needs_model
def test_the_real_model_is_known_and_whole(vosk_model_path: Path) -> None:
    manifest = load_manifest()
    known = identify(vosk_model_path, manifest)
    assert known is not None
    assert verify_model(vosk_model_path, manifest) == ()
    paths = [found.path for found in installed_models(manifest, [vosk_model_path.parent])]
    assert vosk_model_path in paths
