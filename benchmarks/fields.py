"""How well fields are found in recap texts, per field: precision, recall, F1, exact rate.

``python benchmarks/fields.py RECAPS.jsonl [--from spoken|written] [--split tune|report|all]``

The tune split was read while the rules were written, the report split was not. Definitions are in
docs/recap.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from assistant.recap.fields import extract_fields
from assistant.recap.model import RecapFields

_STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "to",
        "of",
        "in",
        "on",
        "at",
        "by",
        "for",
        "with",
        "from",
        "and",
        "or",
        "it",
        "its",
        "me",
        "my",
        "i",
        "that",
        "this",
        "them",
        "they",
        "their",
        "him",
        "her",
        "his",
        "be",
        "is",
        "are",
        "if",
        "up",
        "out",
    ]
)
_NEAR_EMPTY = 3
"""A recap whose case file holds fewer items than this is near-empty."""


@dataclass(slots=True)
class Count:
    """Found and wanted items of one field over all recaps."""

    right: int = 0
    found: int = 0
    wanted: int = 0
    exact: int = 0
    recaps: int = 0

    def row(self) -> dict[str, float | int]:
        """Precision, recall, F1 (1.0 where there is nothing to find and nothing found)."""
        precision = self.right / self.found if self.found else 1.0
        recall = self.right / self.wanted if self.wanted else 1.0
        both = precision + recall
        return {
            "precision": round(precision, 4),
            "recall": round(recall, 4),
            "f1": round(2 * precision * recall / both, 4) if both else 0.0,
            "exact": round(self.exact / self.recaps, 4) if self.recaps else 1.0,
            "right": self.right,
            "found": self.found,
            "wanted": self.wanted,
        }


def in_tune(recap_id: str) -> bool:
    """Whether a recap was read while developing: first byte of sha256 of its id, not 1 modulo 4."""
    return hashlib.sha256(recap_id.encode()).digest()[0] % 4 != 1


def content_words(action: str) -> frozenset[str]:
    """Words of an action that carry meaning, without endings."""
    words = re.findall(r"[^\W_]+", action.lower().replace("'s", ""))
    return frozenset(_stem(word) for word in words if word not in _STOP_WORDS)


def _stem(word: str) -> str:
    for ending in ("ing", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word.removesuffix("e")


def overlaps(one: str, other: str) -> bool:
    """Whether half the content words of the shorter action are in the other."""
    left, right = content_words(one), content_words(other)
    if not left or not right:
        return left == right
    return len(left & right) >= 0.5 * min(len(left), len(right))


Same = Callable[[Any, Any], bool]


def _matches(found: Sequence[Any], wanted: Sequence[Any], same: Same) -> list[tuple[Any, Any]]:
    """One-to-one matches, in order of `wanted`."""
    left = list(found)
    pairs: list[tuple[Any, Any]] = []
    for want in wanted:
        hit = next((one for one in left if same(one, want)), None)
        if hit is not None:
            left.remove(hit)
            pairs.append((hit, want))
    return pairs


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other)


def _same_name(one: Any, other: Any) -> bool:
    return fuzz.ratio(str(one).lower(), str(other).lower()) == 100


def _same_person(one: Any, other: Any) -> bool:
    return _same_name(one[0], other[0]) and one[1] == other[1]


def _same_step(one: Any, other: Any) -> bool:
    return one[0] == other[0] and one[2] == other[2] and overlaps(one[1], other[1])


def _same_act(one: Any, other: Any) -> bool:
    return one[0] == other[0] and overlaps(one[1], other[1])


def _found_lists(fields: RecapFields) -> dict[str, list[Any]]:
    steps = [
        (step.owner, step.action, step.due.isoformat() if step.due else None)
        for step in fields.next_steps
    ]
    return {
        "company": [fields.company.name] if fields.company else [],
        "called_on": [fields.called_on.day.isoformat()] if fields.called_on else [],
        "case_numbers": [number.value for number in fields.case_numbers],
        "people": [person.name for person in fields.people],
        "people_with_roles": [(person.name, person.role) for person in fields.people],
        "phones": [one.value for one in fields.contacts if one.kind == "phone"],
        "other_contacts": [(c.kind, c.value) for c in fields.contacts if c.kind != "phone"],
        "amounts": [(float(one.value), one.currency) for one in fields.amounts],
        "next_steps": steps,
        "acts": steps,
    }


def _wanted_lists(fields: dict[str, Any]) -> dict[str, list[Any]]:
    steps = [(step["owner"], step["action"], step["due"]) for step in fields["next_steps"]]
    contacts = fields["contacts"]
    return {
        "company": [fields["company"]] if fields["company"] else [],
        "called_on": [fields["called_on"]] if fields["called_on"] else [],
        "case_numbers": fields["case_numbers"],
        "people": [person["name"] for person in fields["people"]],
        "people_with_roles": [(person["name"], person["role"]) for person in fields["people"]],
        "phones": [one["value"] for one in contacts if one["kind"] == "phone"],
        "other_contacts": [(c["kind"], c["value"]) for c in contacts if c["kind"] != "phone"],
        "amounts": [(float(one["value"]), one["currency"]) for one in fields["amounts"]],
        "next_steps": steps,
        "acts": steps,
    }


_SAME: dict[str, Same] = {
    "company": _same_name,
    "people": _same_name,
    "people_with_roles": _same_person,
    "next_steps": _same_step,
    "acts": _same_act,
}


def measure(recaps: Sequence[dict[str, Any]], source: str) -> dict[str, Any]:
    """Figures over `recaps`, read from their `source` text ("spoken" or "written")."""
    counts: dict[str, Count] = defaultdict(Count)
    flags = {"escalated": 0, "resolved": 0}
    due_right = due_all = invented = near_empty = 0
    for recap in recaps:
        fields = extract_fields(recap[source], date.fromisoformat(recap["today"]))
        found, wanted = _found_lists(fields), _wanted_lists(recap["fields"])
        for name, want in wanted.items():
            pairs = _matches(found[name], want, _SAME.get(name, _equal))
            count = counts[name]
            count.right += len(pairs)
            count.found += len(found[name])
            count.wanted += len(want)
            count.exact += len(pairs) == len(want) == len(found[name])
            count.recaps += 1
            if name == "acts":
                due_right += sum(one[2] == other[2] for one, other in pairs)
                due_all += len(pairs)
        flags["escalated"] += fields.escalated == recap["fields"]["escalated"]
        flags["resolved"] += fields.resolved is recap["fields"]["resolved"]
        lists = [name for name in wanted if name not in ("acts", "people_with_roles")]
        if sum(len(wanted[name]) for name in lists) < _NEAR_EMPTY:
            near_empty += 1
            invented += sum(max(0, len(found[name]) - len(wanted[name])) for name in lists)
    total = max(1, len(recaps))
    return {
        "recaps": len(recaps),
        "fields": {name: count.row() for name, count in counts.items()},
        "due_right": round(due_right / due_all, 4) if due_all else 1.0,
        "flags": {name: round(right / total, 4) for name, right in flags.items()},
        "near_empty": {"recaps": near_empty, "invented": invented},
    }


def main() -> None:
    """Print the figures as a table or as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("recaps", type=Path)
    parser.add_argument("--from", dest="source", choices=("spoken", "written"), default="spoken")
    parser.add_argument("--split", choices=("tune", "report", "all"), default="all")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    lines = arguments.recaps.read_text(encoding="utf-8").splitlines()
    recaps = [json.loads(line) for line in lines if line.strip()]
    if arguments.split != "all":
        recaps = [one for one in recaps if in_tune(one["id"]) == (arguments.split == "tune")]
    figures = {"from": arguments.source, "split": arguments.split}
    figures |= measure(recaps, arguments.source)
    if arguments.json:
        print(json.dumps(figures))
        return
    print(f"{figures['recaps']} recaps from {arguments.source}, split {arguments.split}")
    for name, row in figures["fields"].items():
        print(f"{name:18}", " ".join(f"{key} {value}" for key, value in row.items()))
    for name in ("due_right", "flags", "near_empty"):
        print(f"{name:18}", figures[name])


if __name__ == "__main__":
    main()
