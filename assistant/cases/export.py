"""A case in other forms: JSON, CSV, plain text, and calendar entries for what is due."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC

from assistant.cases.body import TIP_TITLES, printable, render_body
from assistant.cases.case import Case
from assistant.cases.markdown import to_json

FORMATS = ("json", "csv", "md", "ics", "txt")

_COLUMNS = ("case_id", "started_at", "ended_at", "company", "case_numbers", "people", "contacts",
            "next_steps", "amounts", "tips_done", "escalated", "resolved", "needs_review",
            "recap")  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_FOLD_OCTETS = 75


def export(case: Case, to: str, text: str) -> str:
    """Write `case`, whose file holds `text`, in the form `to`, one of `FORMATS`.

    ``md`` is the file as it is; ``csv`` has a header line; ``ics`` has one all-day event for
    each next step with a date, and none when no step has one.
    """
    match to:
        case "json":
            return to_json(case)
        case "csv":
            return to_csv([case])
        case "md":
            return text
        case "ics":
            return to_ics(case)
        case "txt":
            return render_body(case, escape=lambda words: words)
        case _:
            raise ValueError(f"no such form: {to}")


def to_csv(cases: Iterable[Case]) -> str:
    """One row per case under a header; several things in one cell stand apart by ``; ``.

    A cell that a spreadsheet would take for a formula begins with an apostrophe
    (owasp.org/www-community/attacks/CSV_Injection). Lines end in CR LF (RFC 4180).
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for case in cases:
        writer.writerow([_cell(value) for value in _row(case)])
    return out.getvalue()


def to_ics(case: Case) -> str:
    """Write a calendar (RFC 5545) with an all-day event on the day of each dated next step.

    Events rather than tasks, because more calendars show them; they leave the day free. An
    event's UID is the case's identifier and the step's place, so a second import updates it.
    """
    numbers = ", ".join(number.value for number in case.fields.case_numbers)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//callcoach//case//EN"]
    for place, step in enumerate(case.fields.next_steps, 1):
        if step.due is None:
            continue
        summary = f"{case.company or 'Support call'}: {step.action} ({step.owner})"
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_ics_text(case.case_id)}-{place}@callcoach.invalid",
            f"DTSTAMP:{case.ended_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{step.due.isoformat().replace('-', '')}",
            f"SUMMARY:{_ics_text(summary)}",
            "TRANSP:TRANSPARENT",
        ]
        if numbers:
            lines.append(f"DESCRIPTION:{_ics_text(f'Case {numbers}')}")
        lines.append("END:VEVENT")
    lines.append("END:VCALENDAR")
    return "".join(_fold(line) for line in lines)


def _row(case: Case) -> tuple[object, ...]:
    fields = case.fields
    return (
        case.case_id,
        case.started_at.isoformat(),
        case.ended_at.isoformat(),
        case.company,
        [number.value for number in fields.case_numbers],
        [f"{one.name} ({one.role})" if one.role else one.name for one in fields.people],
        [f"{one.kind} {one.value}" for one in fields.contacts],
        [
            f"{step.owner}: {step.action}" + (f" by {step.due}" if step.due else "")
            for step in fields.next_steps
        ],
        [f"{one.value} {one.currency}" for one in fields.amounts],
        [f"{number} {TIP_TITLES[number - 1]}" for number in case.tips_done],
        fields.escalated,
        fields.resolved,
        [f"{one.field}: {one.reason}" for one in case.needs_review],
        case.recap,
    )


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return ""
    text = printable("; ".join(value) if isinstance(value, list) else str(value))
    # Spreadsheets skip spaces before they look for a formula.
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _ics_text(text: str) -> str:
    """Escape a TEXT value (RFC 5545, 3.3.11)."""
    escaped = printable(text).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\n", "\\n")


def _fold(line: str) -> str:
    """Break a line so that none exceeds 75 octets (RFC 5545, 3.1), never inside a character."""
    folded: list[str] = []
    octets = 0
    for character in line:
        size = len(character.encode())
        if octets + size > _FOLD_OCTETS:
            folded.append("\r\n ")
            octets = 1
        folded.append(character)
        octets += size
    return "".join(folded) + "\r\n"
