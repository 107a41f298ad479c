"""A case in other forms, checked by independent reading of each form."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import msgspec
import pytest
from case_samples import cases, harbor_gas
from hypothesis import HealthCheck, given, settings

from assistant.cases import markdown
from assistant.cases.case import Case
from assistant.cases.export import FORMATS, export, to_csv, to_ics
from assistant.recap.model import NextStep, RecapFields

ANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def with_steps(*steps: NextStep) -> Case:
    return msgspec.structs.replace(harbor_gas(), fields=RecapFields(next_steps=steps))


def unfolded(calendar: str) -> list[str]:
    """Content lines of a calendar, as RFC 5545 section 3.1 has a reader unfold them."""
    assert calendar.endswith("\r\n")
    return calendar.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def test_a_calendar_has_an_all_day_event_for_each_dated_step() -> None:
    lines = unfolded(to_ics(harbor_gas()))

    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1
    assert "UID:2026-11-22-0930-harbor-gas-1@callcoach.invalid" in lines
    assert "DTSTAMP:20261122T085000Z" in lines
    assert "DTSTART;VALUE=DATE:20261204" in lines
    assert "SUMMARY:Harbor Gas: refund 49.99 USD (them)" in lines
    assert "DESCRIPTION:Case 8B\\, 007123" in lines


def test_a_calendar_escapes_and_folds() -> None:
    action = "pay; then, say \\o/\nand " + "äöü😀" * 40
    calendar = to_ics(with_steps(NextStep(owner="me", action=action, due=date(2026, 12, 4))))

    assert all(len(line.encode()) <= 75 for line in calendar.split("\r\n"))
    (summary,) = [line for line in unfolded(calendar) if line.startswith("SUMMARY:")]
    value = summary.removeprefix("SUMMARY:")
    read = re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], value)
    assert read == f"Harbor Gas: {action} (me)"


def test_events_keep_their_uid_when_their_day_changes() -> None:
    def uids(day: int) -> list[str]:
        step = NextStep(owner="me", action="pay", due=date(2026, 12, day))
        calendar = unfolded(to_ics(with_steps(NextStep(owner="me", action="undated"), step, step)))
        return [line for line in calendar if line.startswith("UID:")]

    assert uids(4) == uids(5)
    assert len(set(uids(4))) == 2


@ANY
@given(cases)
def test_no_text_breaks_out_of_a_calendar_line(case: Case) -> None:
    lines = unfolded(to_ics(case))

    dated = sum(step.due is not None for step in case.fields.next_steps)
    assert lines.count("BEGIN:VEVENT") == dated
    assert all(re.match(r"[A-Z-]+[:;]", line) for line in lines)
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "".join(lines))


@ANY
@given(cases)
def test_no_cell_is_a_formula(case: Case) -> None:
    rows = list(csv.reader(io.StringIO(to_csv([case, case]), newline="")))

    assert len(rows) == 3
    assert len({len(row) for row in rows}) == 1
    assert not [cell for cell in rows[1] if cell.lstrip().startswith(("=", "+", "-", "@"))]


def test_a_row_of_csv_reads_back() -> None:
    (row,) = csv.DictReader(io.StringIO(to_csv([harbor_gas()]), newline=""))

    assert row["case_numbers"] == "8B; 007123"
    assert row["people"] == "Sandeep (agent)"
    assert row["next_steps"] == "them: refund 49.99 USD by 2026-12-04; me: send the form"
    assert row["resolved"] == "no"
    assert row["recap"] == harbor_gas().recap


@pytest.mark.parametrize(
    "formula", ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "＝1", "\t=1", "\r\n=1"]
)
def test_formulas_are_made_harmless(formula: str) -> None:
    case = msgspec.structs.replace(harbor_gas(), company=formula)

    (row,) = csv.DictReader(io.StringIO(to_csv([case]), newline=""))

    assert row["company"].startswith("'")


def test_plain_text_has_no_escapes_and_markdown_is_the_file_itself() -> None:
    case = msgspec.structs.replace(harbor_gas(), recap="Pay $5 [now] *please*")

    assert "Pay $5 [now] *please*\n" in export(case, "txt", "")
    assert export(case, "md", "the file") == "the file"
    assert markdown.from_json(export(case, "json", "")) == case


@ANY
@given(cases)
def test_every_form_of_any_case_can_be_written_to_disk(case: Case) -> None:
    for form in FORMATS:
        assert export(case, form, "").encode() is not None
