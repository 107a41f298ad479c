"""Whether a text speaks of a call at all; names in mere talk are believed only on good evidence."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.recap.lexicon import lists
from assistant.recap.names.company import CompanySpan
from assistant.recap.names.people import PersonSpan
from assistant.recap.reading import Reading
from assistant.recap.tokens import Token, phrase_at, words_of

_FAINT = 0.8
"""Names less likely than this are not believed where nothing speaks of a call."""


def speaks_of_call(reading: Reading) -> bool:
    """Whether a word of a call, a firm or a case stands in the text; False for an empty one."""
    company, people = lists("company").sets, lists("people").sets
    calls = lists("outcome").sets["call_words"] | lists("evidence").sets["told"]
    business = company["services"] | company["desks"] | people["departments"] | people["titles"]
    business |= lists("codes").sets["case_labels"] | lists("codes").sets["other_labels"]
    firm = (company["generic"] | company["heads"]) - lists("evidence").sets["home"]
    phrases = calls | business | firm
    said = any(phrase_at(reading.tokens, at, phrases) for at in range(len(reading.tokens)))
    return said or bool(reading.codes or reading.contacts or reading.amounts)


def supported_company(reading: Reading, company: CompanySpan | None) -> CompanySpan | None:
    """`company`, or None where its name says of no firm and nothing else speaks of a call."""
    if company is None:
        return None
    words = words_of(reading.tokens[company.start : company.end])
    repeated = _repeats(reading.tokens, company)
    if phrase_at(reading.tokens, company.end, lists("evidence").sets["addressing"]):
        return None
    headed = len(words) > 1 and words[-1] in lists("company").sets["heads"]
    return company if not repeated and (headed or speaks_of_call(reading)) else None


def _repeats(tokens: Sequence[Token], company: CompanySpan) -> bool:
    """Whether a one-word name is babble: the same word at once again ("blah blah")."""
    following = words_of(tokens[company.end : company.end + 1])
    return following == words_of(tokens[company.end - 1 : company.end])


def supported_people(reading: Reading, people: Sequence[PersonSpan]) -> list[PersonSpan]:
    """`people` without those that only an everyday word gives away, where the text is mere talk."""
    addressing = lists("evidence").sets["addressing"]
    people = [one for one in people if not phrase_at(reading.tokens, one.end, addressing)]
    if speaks_of_call(reading):
        return people
    return [one for one in people if one.confidence > _FAINT or one.role is not None]
