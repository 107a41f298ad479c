"""Mending a code by voice: what is understood, and what becomes of the code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.recap.interview.repair import (
    Again,
    Change,
    Confirm,
    Delete,
    Drop,
    Insert,
    Length,
    Repair,
    StartAgain,
    apply_repair,
    mend,
    read_repair,
    vote,
    with_length,
)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("no, the fourth is delta", Change(4, "D")),
        ("No. The fourth is delta.", Change(4, "D")),
        ("change the fourth to delta", Change(4, "D")),
        ("the second one should be nine", Change(2, "9")),
        ("the last one is b as in boy", Change(-1, "B")),
        ("the second last is a five", Change(-2, "5")),
        ("no the first letter is a", Change(1, "A")),
        ("delete the last two", Delete(2)),
        ("remove the last one", Delete(1)),
        ("delete the last", Delete(1)),
        ("delete the fourth", Drop(4)),
        ("no, there is a five after the third", Insert(3, "5")),
        ("add delta at the end", Insert(-1, "D")),
        ("there's the five after the third", Insert(3, "5")),
        ("no, five after the third", Insert(3, "5")),
        ("delta at the beginning", Insert(0, "D")),
        ("no there a nine after the fourth", Insert(4, "9")),
        ("add delta before the first", Insert(0, "D")),
        ("there is no five after the third", None),
        ("it has nine characters", Length(9)),
        ("no, it should have seven digits", Length(7)),
        ("start again", StartAgain()),
        ("no that's all wrong", StartAgain()),
        ("yes", Confirm()),
        ("That's right.", Confirm()),
        ("no it's seven four two nine bravo", Again("7429B")),
        ("yes but she was rude", None),
        ("what now", None),
        ("", None),
    ],
)
def test_what_is_understood(said: str, meant: Repair | None) -> None:
    assert read_repair(said) == meant


@pytest.mark.parametrize(
    ("code", "repair", "mended"),
    [
        ("742B9", Change(4, "D"), "742D9"),
        ("88-Z-13", Change(3, "S"), "88-S-13"),
        ("742B9", Change(-1, "5"), "742B5"),
        ("742", Change(4, "D"), "742"),
        ("88-Z-13", Drop(3), "88--13"),
        ("742", Drop(4), "742"),
        ("88-Z-13", Insert(2, "S"), "88S-Z-13"),
        ("742", Insert(0, "B"), "B742"),
        ("742", Insert(-1, "B"), "742B"),
        ("742", Insert(7, "B"), "742"),
        ("74299", Delete(2), "742"),
        ("88-Z-13", Delete(2), "88-Z"),
        ("88", Delete(2), ""),
        ("742B9", StartAgain(), ""),
        ("742B9", Again("742D9"), "742D9"),
        ("742B9", Confirm(), "742B9"),
        ("742B9", Length(9), "742B9"),
    ],
)
def test_what_becomes_of_the_code(code: str, repair: Repair, mended: str) -> None:
    assert apply_repair(code, repair) == mended


def test_two_readings_are_voted() -> None:
    first = {"742B": 0.5, "742D": 0.45, "742E": 0.05}
    second = {"742D": 0.6, "742P": 0.4}
    assert next(iter(vote(first, second))) == "742D"
    assert sum(vote(first, second).values()) == pytest.approx(1.0)
    assert vote({}, {}) == {}


def test_a_length_leaves_the_readings_that_have_it() -> None:
    assert with_length({"742B": 0.6, "7-42": 0.2, "742": 0.2}, 3) == {"7-42": 0.5, "742": 0.5}
    assert with_length({"742B": 1.0}, 9) == {}


codes = st.text(alphabet="ABCXYZ0123456789-", max_size=12)


@given(codes, st.integers(-15, 15), st.sampled_from("ABC123"))
def test_a_change_touches_one_symbol_at_most(code: str, place: int, symbol: str) -> None:
    mended = apply_repair(code, Change(place, symbol))
    assert len(mended) == len(code)
    assert sum(a != b for a, b in zip(code, mended, strict=True)) <= 1


@given(st.text(max_size=60))
def test_any_text_is_read_without_fault(text: str) -> None:
    read_repair(text)


class TestMending:
    readings = {"BAI149": 0.9, "3AI149": 0.001, "389149": 0.01, "BA9149": 0.02}  # noqa: RUF012

    def test_a_likelier_reading_with_the_same_start_wins(self) -> None:
        mended = mend("BAI149", self.readings, Change(1, "3"), {})
        assert mended is not None
        assert list(mended) == ["389149", "3AI149"]

    def test_readings_with_another_start_are_refused(self) -> None:
        assert mend("BAI149", self.readings, Change(3, "9"), {}) == {"BA9149": 0.02}

    def test_what_no_reading_says_is_done_all_the_same(self) -> None:
        mended = mend("BAI149", self.readings, Change(6, "5"), {})
        assert mended is not None
        assert next(iter(mended)) == "BAI145"

    def test_a_missing_and_a_surplus_symbol(self) -> None:
        inserted = mend("742", {"742": 0.9}, Insert(1, "8"), {})
        assert inserted is not None
        assert inserted == pytest.approx({"7842": 0.002})
        assert mend("742", {"742": 0.9, "72": 0.1}, Drop(2), {}) == {"72": 0.1}

    def test_nothing_left_is_to_be_said_anew(self) -> None:
        assert mend("742", {"742": 0.9}, Delete(3), {}) is None


def test_what_is_heard_as_what_stands_there_is_the_likeliest_other_symbol() -> None:
    readings = {"PBA11": 0.5, "PVA11": 0.1, "PDA11": 0.2, "XVA11": 0.1}
    assert mend("PBA11", readings, Change(2, "B"), {}) == {"PDA11": 0.2, "PVA11": 0.1}
    assert mend("PBA11", readings, Change(-1, "1"), {}) is None, "no other reading: say it again"
