"""How names are read: kinds of words, clues, and the competition between the readings."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.recap.fields import extract_fields
from assistant.recap.names.competition import (
    likeliest_company,
    likelihood,
    likely_people,
    name_weights,
)
from assistant.recap.names.nameclues import as_text, company_spans, person_clues, person_spans
from assistant.recap.names.wordkinds import is_unknown, kinds_of
from assistant.recap.tokens import tokenise

TODAY = date(2026, 9, 15)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("priyanka", "given"),
        ("mark", "given_or_common"),
        ("brindlemoor", "coined"),
        ("northgate", "compound"),
        ("rupees", "rare"),
        ("council", "heads"),
        ("rang", "call"),
        ("wednesday", "day"),
    ],
)
def test_kinds_of_words(word: str, kind: str) -> None:
    assert kind in kinds_of(word)


def test_a_form_of_an_everyday_word_is_known() -> None:
    assert not is_unknown("deactivated")
    assert is_unknown("brindlemoor")


def test_an_agent_is_nobodys_kind_of_firm() -> None:
    assert "kinds" not in kinds_of("agent")


def test_every_weight_is_a_clue_of_some_kind() -> None:
    weights = name_weights()
    assert {"bias"} <= set(weights.company) & set(weights.person)
    assert all(":" in clue or clue in _PLAIN for clue in {**weights.company, **weights.person})


_PLAIN = {"bias", "closed", "again", "absent", "prefixed", "leading", "owner"}


def test_spans_stop_at_what_is_no_name() -> None:
    text = as_text(tokenise("rang halden water about the leak"), set())
    spans = [" ".join(t.word for t in text.tokens[a:b]) for a, b in company_spans(text)]
    assert "halden water" in spans
    assert not any("about" in span.split() for span in spans)


def test_who_is_only_asked_for_took_no_part() -> None:
    text = as_text(tokenise("call back and ask for ferdinand"), set())
    (span,) = [one for at in range(6) for one in person_spans(text, at) if one[0] == 5]
    assert "absent" in set(person_clues(text, *span))
    assert likely_people(text) == []


def test_a_persons_name_is_no_company() -> None:
    text = as_text(tokenise("spoke to priyanka in the technical team"), set())
    assert likeliest_company(text) is None
    assert [(one.start, one.end) for one in likely_people(text)] == [(2, 3)]


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("rang ainsley mobility yesterday lass at their end called bernadette", "Ainsley Mobility"),
        ("lullaby lane called today second call", "Lullaby Lane"),
        ("what a complete waste of an afternoon", None),
        ("i think i need new batteries in this headset", None),
    ],
)
def test_companies(text: str, company: str | None) -> None:
    found = extract_fields(text, TODAY).company
    assert (found.name if found else None) == company


def test_likelihood_is_a_probability() -> None:
    assert likelihood(0.0) == 0.5
    assert 0.0 <= likelihood(-900.0) < 0.01 < 0.99 < likelihood(900.0) <= 1.0


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("case number 7 4 2 9 1.", ["74291"]),
        ("Case number 742-91, they'll call.", ["742-91"]),
        ("the number for the card is a m c six six two papa this is case number", ["AMC662P"]),
        ("certificate's number a c nine which isn't the job number", []),
        ("room was eight eight two that's no case number", []),
        ("return number w h dash r dash six one nope dash r dash six seven one", ["WH-R-671"]),
        ("ticket b b l two oh six the one before it two oh five they cancelled", ["BBL206"]),
        ("the photo is too old file number r p slash two five slash nine one", ["RP/25/91"]),
        ("ticket c l six six the morning's one c l six oh one two they closed", ["CL66"]),
        ("the missing p forty five", []),
        ("ticket number is lb four four seven one nine", ["LB44719"]),
        ("case two zero kg two", []),
        ("ticket four four one mr smith took it", ["441"]),
        ("Matter reference NGL.26.448.C. They claim it.", ["NGL.26.448.C"]),
        ("it is n g l dot two six dot four four eight dot charlie", ["NGL.26.448.C"]),
        ("dossier number four five six seven two", ["45672"]),
        ("my national insurance number is q q one two three four five six c", []),
    ],
)
def test_case_numbers_and_what_is_said_of_them(text: str, numbers: list[str]) -> None:
    assert [one.value for one in extract_fields(text, TODAY).case_numbers] == numbers


def test_sums_said_twice_and_abroad() -> None:
    fields = extract_fields("they offered me twenty five quid twenty five i said no", TODAY)
    assert [float(one.value) for one in fields.amounts] == [25.0]
    fields = extract_fields("nine hundred and sixty rupees ready", TODAY)
    assert [(float(one.value), one.currency) for one in fields.amounts] == [(960.0, "INR")]


def test_a_weekdays_call_and_a_dated_one() -> None:
    called = extract_fields("friday's call to barista box leasing", TODAY).called_on
    assert called is not None
    assert called.day == date(2026, 9, 11)
    assert extract_fields("friday's delivery from barista box", TODAY).called_on is None


def test_a_call_cut_off_and_made_again_leaves_it_open() -> None:
    text = "rang calder heating and was cut off so rang again and got nasreen in bookings"
    assert extract_fields(text, TODAY).resolved is None
    assert extract_fields("rang calder heating and was cut off", TODAY).resolved is False
