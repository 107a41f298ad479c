"""The part of a case file that people read: Markdown sections, made from the case."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Set

from assistant.cases.case import Case
from assistant.recap.model import Answer, NextStep, Unclear

TIP_TITLES = (
    "Take a breath",
    "Introduce yourself",
    "Explain in three lines",
    "Steady your feelings",
    "See the other chair",
    "Ask for someone who can decide",
    "Be firm and fair",
    "Pin down what happens next",
    "Thank them by name",
)
"""The nine tips as files call them, whatever words the user's reminders have."""

QUESTIONS = {
    "ask-case-number": "Case number",
    "check-case-number": "Case number",
    "ask-phone": "Phone number",
    "check-phone": "Phone number",
    "ask-promise": "What they promised",
    "ask-due": "By when",
    "ask-person": "Who helped",
    "check-person": "Who helped",
    "ask-company": "Company",
    "ask-spelling": "The name spelled",
    "ask-respelling": "The name spelled",
    "check-spelling": "The name spelled",
    "check-company": "Company",
    "check-step": "What was promised",
    "ask-step": "What was promised",
    "check-due": "By when",
    "ask-which": "What was wrong or missing",
    "ask-else": "Anything else",
    "ask-settled": "Settled",
    "ask-change": "What to change",
    "read-change": "After a change",
    "read-back": "After the read-back",
}
"""What an answer was about, as files call it."""

Escape = Callable[[str], str]

_SPACE = re.compile(r"[^\S \n]+")
_UNPRINTABLE = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""Control characters, those that turn the reading direction, and halves of characters."""

_SPECIAL = re.compile(
    r"[\\`*\[\]<~|$#^]"  # emphasis, code, links, HTML, tables, mathematics, tags, block marks
    r"|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|%(?=%)|=(?==)"
)
_LINE_START = re.compile(r"^(?:[-+>=]|\d+(?=[.)](?:\s|$)))", re.MULTILINE)
_NEXT_SECTION = re.compile(r"^(?=## )", re.MULTILINE)


def printable(text: str) -> str:
    """Replace control characters with U+FFFD, odd spaces with plain ones; keep line breaks."""
    return _UNPRINTABLE.sub("\ufffd", _SPACE.sub(" ", text.replace("\r\n", "\n")))


def escape(text: str) -> str:
    """Make `text` mean itself in Markdown, on GitHub and in Obsidian alike."""
    return _LINE_START.sub(_escape_start, _SPECIAL.sub(r"\\\g<0>", text))


def _escape_start(found: re.Match[str]) -> str:
    start = found.group()
    return start + "\\" if start.isdigit() else "\\" + start


def render_body(case: Case, escape: Escape = escape) -> str:
    """Write the body of `case`: a title, one line of summary, and a section per kind of thing.

    Sections with nothing to say are left out. `escape` is applied to all that was dictated.
    """
    sections = [f"# {_title(case, escape)}\n\n{_summary(case)}\n"]
    for heading, lines in _sections(case, escape):
        if lines:
            sections.append(f"## {heading}\n\n" + "\n".join(lines) + "\n")
    return "\n".join(sections)


def merge_body(body: str, was: str, now: str) -> str:
    """Write `body` anew where it still is as in `was`, section by section, and keep the rest.

    Sections that are new in `now` stand behind the one they follow there. Line endings and
    spaces at line ends do not count.
    """
    old, new = _by_heading(was), _by_heading(now)
    merged: list[str] = []
    present: set[str] = set()
    for section in _NEXT_SECTION.split(body):
        heading = _heading(section)
        present.add(heading)
        if heading not in old or _essence(old[heading]) != _essence(section):
            merged.append(section)
        elif heading in new:
            same = _essence(new[heading]) == _essence(section)
            merged.append(section if same else _spaced(new[heading]))
    return "".join(_with_new(merged, new, present | old.keys()))


def _with_new(merged: list[str], new: dict[str, str], known: Set[str]) -> list[str]:
    """`merged` with the sections of `new` whose heading is not `known`.

    Each stands behind the section it follows there; at the end where that is gone.
    """
    before = ""
    for name, text in new.items():
        if name not in known:
            places = [at for at, section in enumerate(merged) if _heading(section) == before]
            at = places[0] + 1 if places else len(merged)
            if at:
                merged[at - 1] = _spaced(merged[at - 1])
            merged.insert(at, _spaced(text))
        before = name
    return merged


def _title(case: Case, escape: Escape) -> str:
    return f"{_inline(case.company, escape) or 'Support call'}, {case.started_at:%Y-%m-%d %H:%M}"


def _summary(case: Case) -> str:
    outcome = {True: "Resolved", False: "Not resolved", None: "Outcome not said"}
    said = [outcome[case.fields.resolved]]
    if case.fields.escalated:
        said.append("escalated")
    for count, one in ((len(case.fields.next_steps), "promise"), (len(case.needs_review), "doubt")):
        if count:
            said.append(f"{count} {one}{'s' if count > 1 else ''}")
    return "; ".join(said) + "."


def _sections(case: Case, escape: Escape) -> Iterator[tuple[str, list[str]]]:
    """Heading and lines of every section, also of the empty ones."""

    def bullet(*parts: str | None) -> str:
        return "- " + ", ".join(_inline(part, escape) for part in parts if part)

    fields = case.fields
    if case.follows:
        yield "Follows", [bullet(case.follows)]
    yield "Case numbers", [bullet(number.value) for number in fields.case_numbers]
    yield "Who helped", [bullet(person.name, person.role) for person in fields.people]
    yield "Promises", [_promise(step, escape) for step in fields.next_steps]
    yield "Contacts", [f"- {one.kind}: {_inline(one.value, escape)}" for one in fields.contacts]
    yield "Amounts", [bullet(f"{one.value} {one.currency}") for one in fields.amounts]
    yield "Tips", _tips(case.tips_done)
    yield "To review", [_doubt(one, escape) for one in case.needs_review]
    yield "Recap", [_paragraphs(case.recap, escape)] if case.recap.strip() else []
    yield (
        "As dictated",
        [
            f"- {_inline(said.text, escape)}"
            + (f" (or: {_inline(said.second, escape)})" if said.second else "")
            for said in case.recap_spoken
        ],
    )
    yield "Asked afterwards", [_answer(one, escape) for one in case.answers]


def _promise(step: NextStep, escape: Escape) -> str:
    due = f" by {step.due}" if step.due else ""
    return f"- [ ] {step.owner}: {_inline(step.action, escape)}{due}"


def _tips(done: tuple[int, ...]) -> list[str]:
    """All nine with a tick at those done; nothing when none was."""
    if not done:
        return []
    return [
        f"- [{'x' if number in done else ' '}] {number}. {title}"
        for number, title in enumerate(TIP_TITLES, 1)
    ]


def _doubt(one: Unclear, escape: Escape) -> str:
    words = f' ("{_inline(one.words, escape)}")' if one.words else ""
    return f"- {_inline(one.field.replace('_', ' '), escape)}: {_inline(one.reason, escape)}{words}"


def _answer(answer: Answer, escape: Escape) -> str:
    about = f" ({_inline(answer.about, escape)})" if answer.about else ""
    question = QUESTIONS.get(answer.question) or _inline(answer.question, escape)
    return f"- {question}{about}: {_inline(answer.text, escape)}"


def _inline(text: str, escape: Escape) -> str:
    """Put `text` on one line."""
    return escape(" ".join(printable(text).split()))


def _paragraphs(text: str, escape: Escape) -> str:
    """Keep line breaks (two spaces at the end say so) and paragraphs."""
    paragraphs: list[list[str]] = [[]]
    for line in printable(text).split("\n"):
        if line.strip():
            paragraphs[-1].append(_inline(line, escape))
        elif paragraphs[-1]:
            paragraphs.append([])
    return "\n\n".join("  \n".join(lines) for lines in paragraphs if lines)


def _by_heading(body: str) -> dict[str, str]:
    return {_heading(section): section for section in _NEXT_SECTION.split(body)}


def _heading(section: str) -> str:
    """First line of a section; empty for what comes before the first one."""
    return section.splitlines()[0].rstrip() if section.startswith("## ") else ""


def _essence(section: str) -> list[str]:
    """Lines of a section without what editors change on their own."""
    return [line.rstrip() for line in section.strip().splitlines()]


def _spaced(section: str) -> str:
    """End `section` with exactly one blank line."""
    return section.rstrip("\r\n") + "\n\n"
