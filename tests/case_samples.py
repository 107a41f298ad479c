"""Cases to test with: one like a real one, and a strategy for any at all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import strategies as st

from assistant.cases.case import Case, Utterance
from assistant.recap import model

STARTED_AT = datetime(2026, 11, 22, 9, 30, tzinfo=timezone(timedelta(hours=1)))


def harbor_gas() -> Case:
    """A case with something in every field."""
    return Case(
        case_id="2026-11-22-0930-harbor-gas",
        started_at=STARTED_AT,
        ended_at=STARTED_AT + timedelta(minutes=20),
        company="Harbor Gas",
        follows="2026-11-01-1400-harbor-gas",
        fields=model.RecapFields(
            company=model.Company(name="Harbor Gas", words="harbor gas"),
            called_on=model.CalledOn(day=date(2026, 11, 22), words="today"),
            case_numbers=(
                model.CaseNumber(value="8B", words="eight bravo", confidence=0.6),
                model.CaseNumber(value="007123", words="double oh seven one two three"),
            ),
            people=(model.Person(name="Sandeep", role="agent", words="sandeep"),),
            contacts=(model.Contact(kind="email", value="help_desk@harbor.example"),),
            next_steps=(
                model.NextStep(owner="them", action="refund 49.99 USD", due=date(2026, 12, 4)),
                model.NextStep(owner="me", action="send the form"),
            ),
            amounts=(model.Amount(value=Decimal("49.99"), currency="USD"),),
            escalated=True,
            resolved=False,
            unclear=(model.Unclear(field="people", reason="no surname", words="sandeep"),),
        ),
        tips_done=(1, 3),
        recap="Harbor Gas today, ticket 8B.\n\nThey'll refund $49.99 by December 4.",
        recap_spoken=(
            Utterance(text="harbor gas today ticket eight bravo", start_s=1.5, end_s=4.25),
            Utterance(text="they'll refund", start_s=5.0, end_s=6.1, second="they refund"),
        ),
    )


AWKWARD = (
    "---", "--- a", "...", "# no", "## Recap", "- [x] me: pay", "* a", "+ b", "1. one", "2) two",
    "> q", "===", "```", "~~~", "    code", "\tcode", "a: b", ": b", "@x", "!tag", "&a *a", "%%",
    "==hi==", "[[link]]", "[a](b)", "![i](u)", "<b>", "<!-- x", "&amp;", "`a`", "**b**", "_c_ d_e",
    "~~f~~", "$x$", "a|b|c\n-|-|-", "#tag", "no", "null", "~", "1e5", "0x1F", "007123",
    "2026-01-02", "12:30:00", "a\\", "'", '"', "{", "}", "a  \nb", "\r\n", "\x00", "\x85",
    "\u2028", "\ufeff", "\u202e", "שלום", "مرحبا", "😀", "\U0010ffff", "\ud800", "\uffff", "",
)  # fmt: skip
"""Text that means something to YAML, Markdown, a terminal or an encoder."""

texts = st.one_of(
    st.text(st.characters(), max_size=40),
    st.lists(st.sampled_from(AWKWARD), min_size=1, max_size=4).map("\n".join),
    st.lists(st.sampled_from(AWKWARD), min_size=1, max_size=4).map(" ".join),
)
_confidences = st.floats(0, 1)
_days = st.dates()
_times = st.datetimes(
    datetime(1900, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2999, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC)
    | st.timedeltas(timedelta(hours=-14), timedelta(hours=14)).map(
        lambda off: timezone(timedelta(minutes=off // timedelta(minutes=1)))
    ),
)
_seconds = st.floats(0, 1e6)
_amounts = st.decimals(allow_nan=False, allow_infinity=False)


def _item(
    item: type[model.Item], /, **fields: st.SearchStrategy[object]
) -> st.SearchStrategy[object]:
    return st.builds(item, words=texts, confidence=_confidences, **fields)


def _several(items: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(items, max_size=2).map(tuple)


_fields = st.builds(
    model.RecapFields,
    company=st.none() | _item(model.Company, name=texts),
    called_on=st.none() | _item(model.CalledOn, day=_days),
    case_numbers=_several(_item(model.CaseNumber, value=texts)),
    people=_several(_item(model.Person, name=texts, role=st.none() | texts)),
    contacts=_several(
        _item(
            model.Contact, kind=st.sampled_from(["phone", "extension", "email", "url"]), value=texts
        )
    ),
    next_steps=_several(
        _item(
            model.NextStep,
            owner=st.sampled_from(["me", "them"]),
            action=texts,
            due=st.none() | _days,
        )
    ),
    amounts=_several(_item(model.Amount, value=_amounts, currency=texts)),
    escalated=st.booleans(),
    resolved=st.sampled_from([True, False, None]),
    unclear=_several(st.builds(model.Unclear, field=texts, reason=texts, words=texts)),
)

cases = st.builds(
    Case,
    schema=st.just(1),
    case_id=texts,
    started_at=_times,
    ended_at=_times,
    company=texts,
    follows=texts,
    fields=_fields,
    tips_done=st.lists(st.integers(1, 9), unique=True).map(tuple),
    recap=texts,
    recap_spoken=_several(
        st.builds(Utterance, text=texts, start_s=_seconds, end_s=_seconds, second=st.none() | texts)
    ),
    answers=_several(st.builds(model.Answer, question=texts, text=texts, about=texts)),
)
