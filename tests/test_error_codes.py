"""Every code that can be shown is explained in docs/errors.md, and none that cannot."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from assistant import errors

ROOT = Path(__file__).parents[1]
RAISED = {name for name, value in vars(errors).items() if isinstance(value, type)}
NOTED = {"Warn", "WarningNotice", "ErrorNotice", "_VoiceError"}
SLOTS = {
    "direction": ("input", "output"),
    "self._direction": ("input", "output"),
    "event.device": ("input", "output", "call"),
    "state": ("lost", "back"),
}
"""What the placeholders of composed codes stand for."""


def codes_in(source: str) -> set[str]:
    """The codes a module names itself; those it passes on are named elsewhere."""
    return {code for call in ast.walk(ast.parse(source)) for code in _codes_of(call)}


def _codes_of(node: ast.AST) -> Iterator[str]:
    if not isinstance(node, ast.Call):
        return
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
    if name not in RAISED | NOTED:
        return
    named = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
    match (*named, *node.args):
        case (ast.Constant(value=str(code)), *_):
            yield code
        case (ast.JoinedStr(values=parts), *_):
            yield from _composed(parts)


def _composed(parts: list[ast.expr]) -> Iterator[str]:
    choices = [
        SLOTS[ast.unparse(part.value)]
        if isinstance(part, ast.FormattedValue)
        else (str(ast.literal_eval(part)),)
        for part in parts
    ]
    yield from ("".join(chosen) for chosen in product(*choices))


def used() -> set[str]:
    files = (ROOT / "assistant").rglob("*.py")
    return set().union(*(codes_in(path.read_text(encoding="utf-8")) for path in files))


def rows() -> list[tuple[str, str, str]]:
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|$", text, flags=re.MULTILINE)


def test_every_code_is_explained_once_and_none_is_made_up() -> None:
    explained = [code for code, _, _ in rows()]
    assert len(explained) == len(set(explained))
    assert sorted(explained) == sorted(used())


@pytest.mark.parametrize("code", sorted(used()))
def test_codes_are_lower_case_words_with_hyphens(code: str) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", code)


def test_every_explanation_has_a_meaning_and_a_way_out() -> None:
    assert [code for code, meaning, hint in rows() if not (meaning.strip() and hint.strip())] == []


def test_the_collector_sees_plain_named_and_composed_codes() -> None:
    source = (
        'CaseError("a-b", "x"); WarningNotice(t=1, code="c-d"); e.Warn(f"{event.device}-{state}")'
    )
    assert codes_in(source) == {
        "a-b", "c-d", "input-lost", "input-back", "output-lost", "output-back", "call-lost",
        "call-back",
    }  # fmt: skip
    assert codes_in("CaseError(error.code, 'x')") == set()
