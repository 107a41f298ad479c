"""The case file as text: what is written is what is read, and people's edits survive."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from case_samples import AWKWARD, cases, harbor_gas, texts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from ruamel.yaml import YAML

from assistant.cases import markdown
from assistant.cases.body import escape, printable, render_body
from assistant.cases.case import Case
from assistant.errors import CaseError
from assistant.recap.model import CaseNumber, RecapFields

MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def mended(case: Case) -> Case:
    """`case` with halves of characters replaced, as no file can hold them."""

    def mend(value: Any) -> Any:
        if isinstance(value, str):
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if isinstance(value, dict):
            return {key: mend(one) for key, one in value.items()}
        return [mend(one) for one in value] if isinstance(value, list | tuple) else value

    return msgspec.convert(mend(msgspec.to_builtins(case)), Case)


@MANY
@given(cases)
def test_any_case_comes_back_from_its_file(case: Case) -> None:
    text = markdown.render(case)

    assert markdown.parse(text.encode().decode()) == mended(case)


@MANY
@given(cases)
def test_any_case_comes_back_from_json(case: Case) -> None:
    assert markdown.from_json(markdown.to_json(case).encode().decode()) == mended(case)


@MANY
@given(cases, cases)
def test_any_case_can_take_the_place_of_any_other(before: Case, after: Case) -> None:
    text = markdown.update(markdown.render(before), after, before)

    assert markdown.parse(text) == mended(after)
    assert body_of(text) == body_of(markdown.render(after))


def body_of(text: str) -> str:
    """The sections of a file in the order of the alphabet: an update adds new ones at the end."""
    body = markdown.split(text)[1].strip()
    return "\n\n".join(sorted(section.strip() for section in body.split("\n## ")))


def test_json_has_the_fields_on_top_and_says_what_to_review() -> None:
    plain = json.loads(markdown.to_json(harbor_gas()))

    assert plain["schema"] == 1
    assert plain["case_numbers"][1]["value"] == "007123"
    assert [doubt["field"] for doubt in plain["needs_review"]] == ["people", "case_numbers"]


@pytest.mark.parametrize("version", [(1, 1), (1, 2)])
@pytest.mark.parametrize(
    "number", ["007123", "1e5", "0x1F", "no", "2026-01-02", "~", "1_000", "12:30"]
)
def test_case_numbers_stay_text_for_every_yaml_reader(
    number: str, version: tuple[int, int]
) -> None:
    fields = RecapFields(case_numbers=(CaseNumber(value=number),))
    text = markdown.render(msgspec.structs.replace(harbor_gas(), fields=fields))
    reader = YAML(typ="safe", pure=True)
    reader.version = version

    front = reader.load(markdown.split(text)[0])

    assert front["case_numbers"][0]["value"] == number
    assert type(front["case_numbers"][0]["value"]) is str


@pytest.mark.parametrize("number", ["007123", "1e5", "0x1F", "no", "2026-01-02", "null"])
def test_a_case_number_typed_without_quotes_stays_text(number: str) -> None:
    text = markdown.render(harbor_gas()).replace('"007123"', number)

    assert markdown.parse(text).fields.case_numbers[1].value == number


# --- the body -------------------------------------------------------------------------------


def read_markdown(body: str) -> list[tuple[str, str]]:
    """What a Markdown reader shows: each block's kind and its text, without any mark-up."""
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = reader.parse(body)
    blocks = []
    for opening, token in pairwise(tokens):
        if token.type == "inline":
            pieces = token.children or []
            kinds = {piece.type for piece in pieces} - {"text", "text_special"}
            assert kinds <= {"softbreak", "hardbreak"}, f"{kinds} in {token.content!r}"
            shown = "".join(piece.content or " " for piece in pieces)
            blocks.append((opening.type, " ".join(shown.split())))
        else:
            assert token.type not in {"code_block", "fence", "html_block", "hr", "table_open"}, body
    return blocks


def shown(text: str) -> str:
    return " ".join(printable(text).split())


@MANY
@given(st.lists(texts, min_size=1, max_size=3))
def test_dictated_text_is_shown_as_it_is(paragraphs: list[str]) -> None:
    recap = "\n\n".join(paragraphs)
    fields = RecapFields(case_numbers=tuple(CaseNumber(value=one) for one in paragraphs))
    case = msgspec.structs.replace(harbor_gas(), recap=recap, fields=fields, company="")

    blocks = read_markdown(render_body(case))

    headings = [text for kind, text in blocks if kind == "heading_open"]
    assert headings[:1] == ["Support call, 2026-11-22 09:30"]
    assert set(headings[1:]) <= {"Follows", "Case numbers", "Tips", "Recap", "As dictated"}
    after_recap = blocks[blocks.index(("heading_open", "Recap")) + 1 :] if recap.strip() else []
    words = " ".join(text for kind, text in after_recap if kind == "paragraph_open")
    assert words.startswith(shown(recap))


@pytest.mark.parametrize("text", [one for one in AWKWARD if one.strip() and "\n" not in one])
def test_awkward_text_is_shown_as_it_is_at_the_start_of_a_list_entry(text: str) -> None:
    line = " ".join(printable(text).split())

    assert read_markdown(f"- {escape(line)}\n") in ([("paragraph_open", line)], [])


def test_the_body_reads_well() -> None:
    body = render_body(harbor_gas())

    assert "# Harbor Gas, 2026-11-22 09:30\n" in body
    assert "Not resolved; escalated; 2 promises; 2 doubts.\n" in body
    assert "- [ ] them: refund 49.99 USD by 2026-12-04\n- [ ] me: send the form\n" in body
    assert "- Sandeep, agent\n" in body
    assert "- email: help_desk@harbor.example\n" in body
    assert "- 49.99 USD\n" in body
    assert "- [x] 3. Explain in three lines\n- [ ] 4." in body
    assert '- case numbers: heard with confidence 0.60 ("eight bravo")\n' in body


def test_an_empty_case_has_a_title_and_no_empty_sections() -> None:
    empty = Case(case_id="x", started_at=harbor_gas().started_at, ended_at=harbor_gas().ended_at)

    assert render_body(empty) == "# Support call, 2026-11-22 09:30\n\nOutcome not said.\n"


# --- what people do to it -------------------------------------------------------------------


def test_edits_by_hand_survive_a_new_save() -> None:
    before = harbor_gas()
    text = markdown.render(before)
    text = text.replace("schema: 1\n", "schema: 1\ntags: [gas, winter]  # mine\n")
    text = text.replace("- [ ] me: send the form", "- [x] me: send the form")
    text += "\n## My notes\n\nThey were kind.\n"
    after = msgspec.structs.replace(before, company="Harbour Gas", recap="Only this.")

    updated = markdown.update(text, after, before)

    assert markdown.parse(updated) == after
    assert "tags: [gas, winter]  # mine\n" in updated
    assert "- [x] me: send the form\n" in updated
    assert "## My notes\n\nThey were kind.\n" in updated
    assert "# Harbour Gas, 2026-11-22 09:30\n" in updated
    assert "## Recap\n\nOnly this.\n" in updated
    assert "refund $49" not in updated


def test_a_section_the_user_deleted_stays_deleted() -> None:
    before = harbor_gas()
    text = markdown.render(before)
    tips = text[text.index("## Tips") : text.index("## To review")]
    after = msgspec.structs.replace(before, tips_done=(1, 2, 3))

    assert "## Tips" not in markdown.update(text.replace(tips, ""), after, before)


def test_saving_the_same_again_changes_nothing() -> None:
    text = markdown.render(harbor_gas())

    assert markdown.update(text, harbor_gas(), harbor_gas()) == text


def test_windows_line_ends_and_a_byte_order_mark_are_read() -> None:
    text = "\ufeff" + markdown.render(harbor_gas()).replace("\n", "\r\n")

    assert markdown.parse(text) == harbor_gas()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("schema: 1", "schema: 2", "case-newer"),
        ("schema: 1", "schema: soon", "case-damaged"),
        ("schema: 1\n", "", "case-damaged"),
        ("---\nschema", "schema", "case-damaged"),
        ("+01:00", "", "case-damaged"),
        ('owner: "them"', 'owner: "us"', "case-damaged"),
        ("escalated: true", "escalated: perhaps", "case-damaged"),
        ("tips_done:", "tips_done: [", "case-damaged"),
        ("  - 3\n", "  - 10\n", "case-damaged"),
        ("schema: 1\n", "schema: 1\nschema: 1\n", "case-damaged"),
        ('value: "49.99"', "value: lots", "case-damaged"),
    ],
)
def test_a_newer_or_damaged_file_is_refused_by_name(old: str, new: str, code: str) -> None:
    text = markdown.render(harbor_gas())
    assert old in text

    with pytest.raises(CaseError, match=r"^mine\.md ") as caught:
        markdown.parse(text.replace(old, new), "mine.md")

    assert caught.value.code == code


@MANY
@given(st.integers(0, 2000), st.text(st.characters(), max_size=20), st.integers(0, 60))
def test_a_mangled_file_is_read_or_refused_but_nothing_else(at: int, junk: str, cut: int) -> None:
    text = markdown.render(harbor_gas())
    code = ""

    try:
        markdown.parse(text[:at] + junk + text[at + cut :])
    except CaseError as error:
        code = error.code

    assert code in {"", "case-newer", "case-damaged"}


def test_the_example_in_the_documentation_is_what_is_written() -> None:
    page = Path(__file__).parents[1] / "docs" / "case-file.md"
    example = page.read_text(encoding="utf-8").split("```markdown\n")[1].split("```")[0]

    written = markdown.render(markdown.parse(example))

    assert markdown.split(written)[0] == markdown.split(example)[0]
    for section in markdown.split(example)[1].split("\n\n"):
        assert section.strip() in written
