"""From the text of a recap to its fields: spoken or written, nothing invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from assistant.recap.corrections import settle
from assistant.recap.model import (
    Amount,
    CalledOn,
    CaseNumber,
    Company,
    Contact,
    NextStep,
    Person,
    RecapFields,
    Unclear,
)
from assistant.recap.names.company import CompanySpan, find_company, places_of_company
from assistant.recap.names.evidence import supported_company, supported_people
from assistant.recap.names.people import PersonSpan, find_people
from assistant.recap.outcome import (
    CalledSpan,
    find_called_on,
    places_before,
    was_escalated,
    was_resolved,
)
from assistant.recap.reading import Reading, domains_of, read
from assistant.recap.steps.steps import find_steps
from assistant.recap.tokens import source_text, tokenise
from assistant.recap.unclear import find_unclear


def extract_fields(
    text: str,
    today: date,
    *,
    company: str = "",
    known_names: Sequence[str] = (),
    country: str = "US",
) -> RecapFields:
    """The fields of the recap `text`, dictated on `today`; an empty text gives empty fields.

    `text` is raw recogniser output (lower case, numbers as words) or written text. `company`
    stands in where the recap names none; `known_names` are the user's own list, the only one that
    may respell a word; `country` is a two-letter code for phone numbers and a bare sum's currency.
    """
    settled = settle(tokenise(text), today)
    reading = read(settled.tokens, today, country)
    taken = reading.taken
    named = supported_company(reading, find_company(reading.tokens, taken, domains_of(reading)))
    if named is not None:
        taken.update(places_of_company(reading.tokens, named))
    called = find_called_on(reading, named.end if named is not None else None)
    earlier = places_before(reading, called)
    people = find_people(reading.tokens, taken, known_names, earlier)
    people = supported_people(reading, people)
    fields = _as_fields(text, reading, named, called, people, taken)
    if fields.company is None and company:
        fields = _with_company(fields, company)
    unclear = find_unclear(text, fields, settled)
    return _with_unclear(fields, unclear)


def _as_fields(
    text: str,
    reading: Reading,
    named: CompanySpan | None,
    called: CalledSpan | None,
    people: Sequence[PersonSpan],
    taken: set[int],
) -> RecapFields:

    def source(start: int, end: int) -> str:
        return source_text(text, reading.tokens[start:end])

    return RecapFields(
        company=Company(
            name=named.name, words=source(named.start, named.end), confidence=named.confidence
        )
        if named is not None
        else None,
        called_on=CalledOn(
            day=called.day, words=source(called.start, called.end), confidence=called.confidence
        )
        if called is not None
        else None,
        case_numbers=_case_numbers(text, reading),
        people=tuple(
            Person(
                name=one.name,
                role=one.role,
                words=source(one.start, one.end),
                confidence=one.confidence,
            )
            for one in people
        ),
        contacts=_contacts(text, reading),
        next_steps=_next_steps(text, reading, named, people, taken),
        amounts=_amounts(text, reading),
        escalated=was_escalated(reading.tokens, people),
        resolved=was_resolved(reading.tokens),
    )


def _case_numbers(text: str, reading: Reading) -> tuple[CaseNumber, ...]:
    found: dict[str, CaseNumber] = {}
    for one in reading.codes:
        if one.is_case and not one.is_dead and one.code.value not in found:
            words = source_text(text, reading.tokens[one.code.start : one.code.end])
            found[one.code.value] = CaseNumber(
                value=one.code.value, words=words, confidence=one.confidence
            )
    return tuple(found.values())


def _contacts(text: str, reading: Reading) -> tuple[Contact, ...]:
    found: dict[tuple[str, str], Contact] = {}
    for one in reading.contacts:
        words = source_text(text, reading.tokens[one.start : one.end])
        contact = Contact(kind=one.kind, value=one.value, words=words, confidence=one.confidence)
        found.setdefault((one.kind, one.value), contact)
    return tuple(found.values())


def _amounts(text: str, reading: Reading) -> tuple[Amount, ...]:
    found: dict[tuple[str, str], Amount] = {}
    for one in reading.amounts:
        words = source_text(text, reading.tokens[one.start : one.end])
        amount = Amount(
            value=one.value, currency=one.currency, words=words, confidence=one.confidence
        )
        if one.value:
            found.setdefault((str(one.value.normalize()), one.currency), amount)
    return tuple(found.values())


def _next_steps(
    text: str,
    reading: Reading,
    named: CompanySpan | None,
    people: Sequence[PersonSpan],
    taken: set[int],
) -> tuple[NextStep, ...]:
    places = {at for one in people for at in range(one.start, one.end)}
    names = {reading.tokens[at].word for at in places}
    if named is not None:
        names.add(reading.tokens[named.end - 1].word)
    return tuple(
        NextStep(
            owner=one.owner,
            action=one.action,
            due=one.due,
            words=source_text(text, reading.tokens[one.start : one.end]),
            confidence=one.confidence,
        )
        for one in find_steps(reading, frozenset(names), taken | places)
    )


def _with_company(fields: RecapFields, company: str) -> RecapFields:
    return msgspec.structs.replace(fields, company=Company(name=company))


def _with_unclear(fields: RecapFields, unclear: tuple[Unclear, ...]) -> RecapFields:
    return msgspec.structs.replace(fields, unclear=unclear)
