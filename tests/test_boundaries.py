"""Which folder may import what: adapters hold the outside world, the core stays pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "assistant"
OUTSIDE = {"sounddevice": "audio", "vosk": "recognition", "moonshine_voice": "recognition",
           "pyttsx3": "speech"}  # fmt: skip
PURE = ("session.py", "events.py", "actions.py", "coaching/coach.py", "coaching/checklist.py",
        "recap_talk.py",
        "recap/interview/questions.py", "speech/queue.py")  # fmt: skip
CLOCKS = {"time", "datetime", "threading", "asyncio"}


def imported(path: Path) -> Iterator[str]:
    """Top-level names of every import in a file, also of those inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def test_the_check_itself_sees_imports() -> None:
    assert "vosk" in set(imported(PACKAGE / "recognition/transcribers.py"))


@pytest.mark.parametrize(("library", "folder"), OUTSIDE.items())
def test_only_its_adapter_imports_a_library_of_the_outside_world(library: str, folder: str) -> None:
    users = {path for path in PACKAGE.rglob("*.py") if library in set(imported(path))}
    assert users, f"nobody imports {library}"
    assert {path.relative_to(PACKAGE).parts[0] for path in users} == {folder}


@pytest.mark.parametrize("name", PURE)
def test_deciding_code_reads_no_clock(name: str) -> None:
    assert not CLOCKS & set(imported(PACKAGE / name))


def test_events_need_only_the_standard_library() -> None:
    assert set(imported(PACKAGE / "events.py")) <= {
        "__future__", "dataclasses", "enum", "typing"
    }  # fmt: skip
