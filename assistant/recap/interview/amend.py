"""Changing the fields of a recap by what was answered: put, drop, confirm, note what is missing."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from assistant.recap.model import Item, RecapFields, Unclear

NONE_GIVEN = "said to have none"
"""Reason under which a field stands that the caller has nothing for."""
SURE = 1.0
"""Confidence of what was read back and explicitly confirmed."""

_ONE = frozenset({"company", "called_on"})
"""Fields that hold one item; the others hold several."""


def put(fields: RecapFields, name: str, old: Item | None, new: Item) -> RecapFields:
    """`fields` with `new` in the place of `old` in field `name`, or added where `old` is None.

    What was unclear about `old`, or about having none, is settled by that. An `old` that is not
    there is as good as None; an item equal to `new` in all but words is not doubled.
    """
    fields = _settle(fields, name, old)
    if name in _ONE:
        return msgspec.structs.replace(fields, **{name: new})
    items: list[Item] = list(getattr(fields, name))
    if old in items:
        items[items.index(old)] = new
    else:
        items.append(new)
    unique: list[Item] = []
    for item in items:
        if not any(_same(item, other) for other in unique):
            unique.append(item)
    return msgspec.structs.replace(fields, **{name: tuple(unique)})


def drop(fields: RecapFields, name: str, old: Item, words: str) -> RecapFields:
    """`fields` without `old`, and a note that the caller said so, in `words`."""
    fields = _settle(fields, name, old)
    left = None if name in _ONE else tuple(one for one in getattr(fields, name) if one != old)
    return note_none(msgspec.structs.replace(fields, **{name: left}), name, words)


def confirm(fields: RecapFields, name: str, item: Item) -> RecapFields:
    """`fields` with `item` sure, and nothing unclear about it; an absent item changes nothing."""
    present = getattr(fields, name)
    if item != present and (not isinstance(present, tuple) or item not in present):
        return fields
    return put(fields, name, item, msgspec.structs.replace(item, confidence=SURE))


def refuse(fields: RecapFields, name: str, item: Item) -> RecapFields:
    """`fields` with `item` wrong, until something takes its place: it is to be reviewed."""
    return put(fields, name, item, msgspec.structs.replace(item, confidence=0.0))


def confirm_all(fields: RecapFields, read: RecapFields) -> RecapFields:
    """`fields` with every item of `read` sure."""
    for name in ("case_numbers", "people", "next_steps"):
        for item in getattr(read, name):
            fields = confirm(fields, name, item)
    return fields


def note_none(fields: RecapFields, name: str, words: str) -> RecapFields:
    """`fields` with the note that the caller has nothing for an empty field `name`."""
    if getattr(fields, name):
        return fields
    known = tuple(one for one in fields.unclear if one.field != name)
    note = Unclear(field=name, reason=NONE_GIVEN, words=words)
    return msgspec.structs.replace(fields, unclear=(*known, note))


def find(fields: RecapFields, name: str, is_it: Callable[[Item], bool]) -> Item | None:
    """The first item of field `name` that `is_it`; None without one."""
    value = getattr(fields, name)
    items: tuple[Item, ...] = value if isinstance(value, tuple) else (value,) if value else ()
    return next((item for item in items if is_it(item)), None)


def _settle(fields: RecapFields, name: str, old: Item | None) -> RecapFields:
    """`fields` without the doubts about `old`, or about field `name` being empty."""
    left = tuple(one for one in fields.unclear if not _about(one, name, old, fields))
    return msgspec.structs.replace(fields, unclear=left)


def _about(one: Unclear, name: str, old: Item | None, fields: RecapFields) -> bool:
    if one.field != name:
        return False
    if old is None:
        return not getattr(fields, name)
    return bool(old.words) and _plain(old.words) in _plain(one.words)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _same(one: Item, other: Item) -> bool:
    """Whether two items say the same, from whatever words."""

    def bare(item: Item) -> Item:
        return msgspec.structs.replace(item, words="", confidence=SURE)

    return bare(one) == bare(other)
