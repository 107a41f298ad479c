"""The case file: YAML front matter that holds everything, and a body for people to read.

The front matter is the case; the body is made from it. Every string in the front matter is
double-quoted, and every scalar is read back as text before it is converted, so that no reader
of either YAML version turns ``007123`` or ``no`` into something else.
"""

from __future__ import annotations

import io
import re
from typing import Any

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from assistant.cases.body import merge_body, render_body
from assistant.cases.case import SCHEMA, Case
from assistant.errors import CaseError
from assistant.recap.model import RecapFields

_DOCUMENT = re.compile(
    r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE
)
_ALWAYS = {"resolved"}
"""Keys written even when they hold nothing: not known is an answer too."""

Plain = dict[str, Any]
"""A case as text, numbers, lists and mappings."""


def to_plain(case: Case) -> Plain:
    """Turn `case` into plain values, its recap's fields on the top level.

    ``needs_review`` is there to be read by people and programs; `from_plain` derives it anew.
    Halves of characters that UTF-8 cannot hold become U+FFFD.
    """
    plain: Plain = msgspec.to_builtins(case)
    fields: Plain = plain.pop("fields")
    fields["company_heard"] = fields.pop("company")
    recap = {key: plain.pop(key) for key in ("recap", "recap_spoken", "answers")}
    if not recap["answers"]:
        del recap["answers"]
    review = {"needs_review": msgspec.to_builtins(case.needs_review)}
    cleaned: Plain = _clean(plain | fields | review | recap)
    return cleaned


def from_plain(plain: Plain, name: str) -> Case:
    """Make the case that `to_plain` took apart; numbers and dates may also be text.

    `name` stands for the file in messages. Unknown keys are passed over. Raises `CaseError`:
    ``case-newer``, ``case-damaged``.
    """
    _check_schema(plain.get("schema"), name)
    fields = {key: plain[key] for key in RecapFields.__struct_fields__ if key in plain}
    fields.pop("company", None)
    if "company_heard" in plain:
        fields["company"] = plain["company_heard"]
    try:
        return msgspec.convert({**plain, "fields": fields}, Case, strict=False)
    except (msgspec.ValidationError, ArithmeticError, RecursionError) as error:
        raise _damaged(name, str(error).replace("$.fields.", "$.")) from error


def to_json(case: Case) -> str:
    """Write `case` as JSON: the twin of the case file's front matter."""
    return msgspec.json.format(msgspec.json.encode(to_plain(case)), indent=2).decode() + "\n"


def from_json(text: str, name: str = "JSON") -> Case:
    """Read what `to_json` wrote. Raises `CaseError`."""
    try:
        plain: Plain = msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise _damaged(name, str(error)) from error
    return from_plain(plain, name)


def render(case: Case) -> str:
    """Write `case` as a new case file."""
    return _join(CommentedMap(_quoted(to_plain(case))), "\n" + render_body(case))


def parse(text: str, name: str = "The case file") -> Case:
    """Read a case file; `name` stands for it in messages. The body is not looked at.

    Raises `CaseError`: ``case-newer`` for a schema above ours, ``case-damaged`` otherwise.
    """
    front, _ = split(text, name)
    plain = _load(YAML(typ="base", pure=True), front, name)
    return from_plain(dict(plain), name)


def update(
    text: str,
    case: Case,
    before: Case,
    name: str = "The case file",
    *,
    written: Case | None = None,
) -> str:
    """Put `case` into the case file `text`, whose body was written for `before`.

    In the front matter only keys whose values change are written; the others, keys that are
    not ours and comments stay. `written`, where it is known, is what we last put into the file:
    a value that no longer is as in there was edited, and stays. In the body, a section that
    still is as we wrote it is written anew; one that was edited, and any other, stays. Raises
    `CaseError`.
    """
    front, body = split(text, name)
    mapping = _load(_round_trip(), front, name)
    old, new = to_plain(parse(text, name)), to_plain(case)
    if written is not None:
        ours = to_plain(written)
        edited = {key for key in {*old, *ours} if old.get(key) != ours.get(key)}
        new = {key: new[key] for key in new if key not in edited}
        new |= {key: old[key] for key in old if key in edited}
        case = from_plain(new, name)
        new = to_plain(case)
    old.pop("needs_review")  # derived, so whatever stands there is written anew
    for key in (*new, *(old.keys() - new.keys())):
        if key not in new:
            mapping.pop(key, None)
        elif key not in mapping or old.get(key) != new[key]:
            mapping[key] = _quoted(new[key])
    return _join(mapping, merge_body(body, render_body(before), render_body(case)))


def split(text: str, name: str = "The case file") -> tuple[str, str]:
    """Cut a case file into front matter and body, without the ``---`` lines."""
    found = _DOCUMENT.match(text)
    if not found:
        raise _damaged(name, "it does not begin with front matter between two --- lines")
    return found.group(1), text[found.end() :]


def _check_schema(schema: object, name: str) -> None:
    try:
        number = int(str(schema))
    except ValueError:
        raise _damaged(name, "it has no schema number") from None
    if number > SCHEMA:
        raise CaseError(
            "case-newer",
            f"{name} was written by a newer callcoach (schema {number}, here {SCHEMA}).",
            "Update callcoach to open it; it is left as it is.",
        )


def _damaged(name: str, why: str) -> CaseError:
    return CaseError(
        "case-damaged",
        f"{name} is not a case file that can be read: {why.rstrip('.')}.",
        "Mend it in an editor; docs/case-file.md says what belongs where. It is left as it is.",
    )


def _clean(value: Any) -> Any:
    """Mend text that UTF-8 cannot hold, and leave out what is None."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    if isinstance(value, dict):
        return {key: _clean(one) for key, one in value.items() if one is not None or key in _ALWAYS}
    return value


def _quoted(value: Any) -> Any:
    """Mark every string for double quotes."""
    if isinstance(value, str):
        return DoubleQuotedScalarString(value)
    if isinstance(value, list):
        return [_quoted(one) for one in value]
    if isinstance(value, dict):
        return {key: _quoted(one) for key, one in value.items()}
    return value


class _Constructor(RoundTripConstructor):
    """Reads ``1e-05`` as a plain float: the library's own keeps its looks but loses digits."""

    def construct_yaml_float(self, node: ScalarNode) -> Any:
        return float(node.value) if "e" in node.value else super().construct_yaml_float(node)


_Constructor.add_constructor("tag:yaml.org,2002:float", _Constructor.construct_yaml_float)


def _round_trip() -> YAML:
    yaml = YAML()
    yaml.Constructor = _Constructor
    yaml.preserve_quotes = True
    yaml.width = 1 << 30  # never fold: what was one line stays one
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(
        type(None), lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    return yaml


def _load(yaml: YAML, front: str, name: str) -> Any:
    """Read front matter that must be a mapping."""
    try:
        loaded = yaml.load(front)
    except (YAMLError, ValueError, RecursionError) as error:
        raise _damaged(name, " ".join(str(error).split())) from error
    if not isinstance(loaded, dict):
        raise _damaged(name, "its front matter is not a list of keys and values")
    return loaded


def _join(mapping: CommentedMap, body: str) -> str:
    out = io.StringIO()
    _round_trip().dump(mapping, out)
    return f"---\n{out.getvalue()}---\n{body}"
