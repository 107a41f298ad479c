"""``callcoach extract``: the fields of a recap from its text."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import CaseError, UsageError

if TYPE_CHECKING:
    from assistant.recap.model import Item, RecapFields


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("extract", help="find the fields of a recap in its text")
    parser.add_argument(
        "file", nargs="?", default="-", metavar="FILE", help="a text file; - reads standard input"
    )
    parser.add_argument(
        "--today", metavar="DATE", help="the day of the recap, YYYY-MM-DD; the default is today"
    )
    parser.add_argument("--company", default="", metavar="NAME", help="if the recap names none")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the fields; 0 also when there are none."""
    from assistant.recap.fields import extract_fields
    from assistant.settings import load_settings

    settings = load_settings()
    today = _day(arguments.today)
    fields = extract_fields(
        _text(arguments.file),
        today,
        company=arguments.company,
        known_names=settings.recap.names,
        country=settings.recap.country,
    )
    if arguments.json:
        import json

        print(json.dumps(as_json(fields), ensure_ascii=False))
    else:
        _show(fields)
    return 0


def as_json(fields: RecapFields) -> dict[str, Any]:
    """`fields` as the recap guide writes them; words, confidences and doubts under ``evidence``."""
    return {
        "company": fields.company.name if fields.company else None,
        "called_on": fields.called_on.day.isoformat() if fields.called_on else None,
        "case_numbers": [one.value for one in fields.case_numbers],
        "people": [{"name": one.name, "role": one.role} for one in fields.people],
        "contacts": [{"kind": one.kind, "value": one.value} for one in fields.contacts],
        "next_steps": [
            {
                "owner": one.owner,
                "action": one.action,
                "due": one.due.isoformat() if one.due else None,
            }
            for one in fields.next_steps
        ],
        "amounts": [
            {
                "value": int(one.value) if one.value == int(one.value) else float(one.value),
                "currency": one.currency,
            }
            for one in fields.amounts
        ],
        "escalated": fields.escalated,
        "resolved": fields.resolved,
        "evidence": _evidence(fields),
    }


def _evidence(fields: RecapFields) -> dict[str, Any]:
    def item(one: Item | None) -> dict[str, Any] | None:
        if one is None:
            return None
        return {"words": one.words, "confidence": round(one.confidence, 3)}

    return {
        "company": item(fields.company),
        "called_on": item(fields.called_on),
        "case_numbers": [item(one) for one in fields.case_numbers],
        "people": [item(one) for one in fields.people],
        "contacts": [item(one) for one in fields.contacts],
        "next_steps": [item(one) for one in fields.next_steps],
        "amounts": [item(one) for one in fields.amounts],
        "unclear": [
            {"field": one.field, "reason": one.reason, "words": one.words} for one in fields.unclear
        ],
    }


def _text(file: str) -> str:
    """The recap in `file`; raises `CaseError` when it cannot be read."""
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return data.decode("utf-8")
    except OSError as error:
        raise CaseError(
            "recap-unreadable",
            f"{file} cannot be read: {error.strerror or error}.",
            "Check that the file exists and that you may read it.",
        ) from error
    except UnicodeDecodeError as error:
        raise CaseError(
            "recap-unreadable", f"{file} is not UTF-8 text.", "Save it again as UTF-8."
        ) from error


def _day(text: str | None) -> date:
    if text is None:
        return date.today()  # noqa: DTZ011 - the user's own calendar day is meant
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            "date-invalid", f"{text} is not a date.", "Write it as 2026-11-22."
        ) from None


def _show(fields: RecapFields) -> None:
    """The fields for a person to read."""
    from rich.console import Console

    console = Console(soft_wrap=True)

    def line(name: str, text: str) -> None:
        console.print(f"{name:13}{text}", highlight=False, markup=False)

    line("company", fields.company.name if fields.company else "-")
    line("called on", fields.called_on.day.isoformat() if fields.called_on else "-")
    for number in fields.case_numbers:
        line("case number", number.value)
    for person in fields.people:
        line("person", person.name + (f", {person.role}" if person.role else ""))
    for contact in fields.contacts:
        line(contact.kind, contact.value)
    for step in fields.next_steps:
        line("next step", f"{step.owner}: {step.action}" + (f" by {step.due}" if step.due else ""))
    for amount in fields.amounts:
        line("amount", f"{amount.value} {amount.currency}")
    line("escalated", "yes" if fields.escalated else "no")
    line("resolved", {True: "yes", False: "no", None: "-"}[fields.resolved])
    for doubt in fields.unclear:
        line("look again", f"{doubt.field}: {doubt.reason}: {doubt.words}")
