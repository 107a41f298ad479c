"""What a sudden end costs: SIGKILL at random moments, and a disk that fills up."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from case_samples import harbor_gas
from test_interview_case import PROMPTS, READING

from assistant.cases.journal import Journal
from assistant.cases.recovery import finish_unfinished
from assistant.cases.store import CaseStore

ROUNDS = 25
SEED = 20261122

WRITE_JOURNAL = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from assistant.cases.journal import Journal, JournalHeader

journal = Journal.start(Path(sys.argv[1]), JournalHeader(started_at=datetime.now(UTC)))
for number in range(100_000):
    journal.append_utterance(f"sentence {number} " + "word " * (number % 50), number, number + 1)
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""

SAVE_CASES = """
import sys
from itertools import count
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import msgspec
from case_samples import harbor_gas
from assistant.cases.case import Utterance
from assistant.cases.store import CaseStore

store = CaseStore(Path(sys.argv[1]))
for number in count():
    said = (Utterance(text=f"call {number // 2}", start_s=0.0, end_s=1.0),)
    recap = f"state {number % 2} " * 500
    store.save(msgspec.structs.replace(harbor_gas(), recap_spoken=said, recap=recap))
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""

REPLACE_A_BIG_FILE = """
import sys
from itertools import count
from pathlib import Path
from assistant.cases.private_files import publish_private, replace_private

path = Path(sys.argv[1]) / "big"
for number in count():
    write = replace_private if number else publish_private
    write(path, str(number % 10).encode() * 4_000_000)
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""

ANSWER_QUESTIONS = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_interview_case import DICTATED, Office
from assistant.events import Final

office = Office(Path(sys.argv[1]))
office.dictate(DICTATED)
office.save()
for number in range(25):
    text = f"change the date to December {number}"
    office.desk.answer(Final("skip" if number < 2 else text, 0.0, 1.0, 1.0))
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
    office.desk.update()
"""

FILL_THE_DISK = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import msgspec
from case_samples import harbor_gas
from assistant.cases.journal import Journal, JournalHeader
from assistant.cases.store import CaseStore
from assistant.errors import CaseError

def limit(octets):
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, resource.RLIM_INFINITY))

folder = Path(sys.argv[1])
journal = Journal.start(folder / "journal", JournalHeader(started_at=datetime.now(UTC)))
journal.append_utterance("before", 0.0, 1.0)
limit(journal.path.stat().st_size + 40)
codes = []
for text in ("during", "the", "shortage"):
    try:
        journal.append_utterance(text, 1.0, 2.0)
    except CaseError as error:
        codes.append(error.code)
assert codes == ["journal-full"] * 3, codes
torn = journal.path.read_bytes()
assert torn.count(b"\\n") == 2 and torn.endswith(b"\\n"), torn

store = CaseStore(folder / "cases")
try:
    store.save(harbor_gas())
except CaseError as error:
    assert error.code == "case-not-saved", error.code
else:
    raise AssertionError("a full disk took a case")
assert list((folder / "cases").iterdir()) == []

limit(resource.RLIM_INFINITY)
path = store.save(harbor_gas())
old = path.read_bytes()
limit(1000)
try:
    store.update(path, msgspec.structs.replace(harbor_gas(), recap="new"))
except CaseError as error:
    assert error.code == "case-not-saved", error.code
else:
    raise AssertionError("a full disk took an update")
assert path.read_bytes() == old
assert list((folder / "cases").iterdir()) == [path]
if sys.argv[3] == "space returns":
    limit(resource.RLIM_INFINITY)
    journal.append_utterance("after", 2.0, 3.0)
"""


def kill_after(script: str, folder: Path, acknowledged: int) -> int:
    """Run `script`, SIGKILL it once it has acknowledged so many, and return how many it had."""
    command = [sys.executable, "-c", script, str(folder), str(Path(__file__).parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(acknowledged):
            assert process.stdout.readline(), "the writer ended by itself"
        process.kill()
        # Lines that were still in the pipe were acknowledged too.
        rest = process.stdout.read()
    return acknowledged + rest.count(b"\n")


def rounds(most: int) -> Iterator[int]:
    chance = random.Random(SEED)
    return (chance.randint(1, most) for _ in range(ROUNDS))


@pytest.mark.slow
def test_sigkill_loses_no_acknowledged_utterance(tmp_path: Path) -> None:
    for place, moment in enumerate(rounds(60)):
        folder = tmp_path / str(place)

        acknowledged = kill_after(WRITE_JOURNAL, folder, moment)

        (found,) = Journal.unfinished(folder)
        numbers = [int(one.text.split()[1]) for one in found.utterances]
        assert numbers == list(range(len(numbers)))
        # The one in flight may have reached the disk without being acknowledged.
        assert len(numbers) in {acknowledged, acknowledged + 1}


@pytest.mark.slow
def test_sigkill_leaves_each_case_absent_old_or_new(tmp_path: Path) -> None:
    for place, moment in enumerate(rounds(8)):
        store = CaseStore(tmp_path / str(place))

        acknowledged = kill_after(SAVE_CASES, store.folder, moment)

        listed = store.list()
        assert [one.problem for one in listed] == [""] * len(listed)
        cases = {case.recap_spoken[0].text: case for case in map(store.load, ids(store))}
        assert len(cases) == len(listed)
        for number in range(acknowledged):
            assert f"call {number // 2}" in cases
        for case in cases.values():
            assert case.recap in {"state 0 " * 500, "state 1 " * 500}
            assert case.company == harbor_gas().company


@pytest.mark.slow
def test_sigkill_loses_no_acknowledged_answer(tmp_path: Path) -> None:
    for place, moment in enumerate(rounds(20)):
        folder = tmp_path / str(place)

        acknowledged = kill_after(ANSWER_QUESTIONS, folder, moment)

        (left,) = Journal.unfinished(folder / "journal")
        assert len(left.answers) in {acknowledged, acknowledged + 1}
        store = CaseStore(folder / "cases")
        (before,) = [store.load(case_id) for case_id in ids(store)]
        # The case file may lag behind the journal by the answer that was being written.
        assert len(left.answers) - len(before.answers) in {0, 1}
        finish_unfinished(left, store, READING, PROMPTS)
        (after,) = [store.load(case_id) for case_id in ids(store)]
        assert [one.text for one in after.answers] == [one.text for one in left.answers]
        if len(left.answers) > 2:
            last = int(left.answers[-1].text.split()[-1])
            assert [step.due and step.due.day for step in after.fields.next_steps] == [last]


@pytest.mark.slow
def test_sigkill_leaves_a_big_file_whole(tmp_path: Path) -> None:
    for place, moment in enumerate(rounds(6)):
        folder = tmp_path / str(place)

        acknowledged = kill_after(REPLACE_A_BIG_FILE, folder, moment)

        content = (folder / "big").read_bytes()
        assert len(content) == 4_000_000
        # The one in flight may be in place without being acknowledged.
        whole = {str(number % 10).encode() for number in (acknowledged - 1, acknowledged)}
        assert content[:1] in whole
        assert content.count(content[:1]) == len(content)


def ids(store: CaseStore) -> list[str]:
    return [one.case_id for one in store.list()]


@pytest.mark.parametrize(
    ("ending", "text"),
    [("space returns", "before during the shortage after"), ("none returns", "before")],
)
def test_a_full_disk_is_reported_and_nothing_is_torn(
    tmp_path: Path, ending: str, text: str
) -> None:
    pytest.importorskip("resource", reason="this platform cannot limit the size of files")
    command = [sys.executable, "-c", FILL_THE_DISK, str(tmp_path), str(Path(__file__).parent)]

    done = subprocess.run([*command, ending], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    (found,) = Journal.unfinished(tmp_path / "journal")
    assert (found.text, found.damaged_lines) == (text, 0)


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of 64 KiB at `folder`; skips where mounting is not allowed."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if os.name == "nt" or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small file system is not allowed here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_file_system_that_is_really_full(tmp_path: Path) -> None:
    from case_samples import STARTED_AT

    from assistant.cases.journal import JournalHeader
    from assistant.errors import CaseError

    with small_disk(tmp_path / "small") as disk:
        journal = Journal.start(disk / "journal", JournalHeader(started_at=STARTED_AT))
        journal.append_utterance("before", 0.0, 1.0)
        filler = disk / "filler"
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        with pytest.raises(CaseError) as caught:
            journal.append_utterance("during " * 2000, 1.0, 2.0)
        assert caught.value.code == "journal-full"
        with pytest.raises(CaseError) as caught:
            CaseStore(disk / "cases").save(harbor_gas())
        assert caught.value.code == "case-not-saved"

        filler.unlink()
        journal.append_utterance("after", 2.0, 3.0)
        journal.close()

        (found,) = Journal.unfinished(disk / "journal")
        assert found.text.split() == ["before", *["during"] * 2000, "after"]
        assert CaseStore(disk / "cases").save(harbor_gas()).is_file()
