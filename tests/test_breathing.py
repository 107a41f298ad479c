"""Breathing patterns: the data files, their mistakes, and the schedule."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.coaching.breathing import (
    BreathingPattern,
    BreathPhase,
    find_pattern,
    is_first_time,
    load_patterns,
    load_words,
    remember_first_time,
    schedule,
)
from assistant.errors import ConfigError, UsageError


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CALLCOACH_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("CALLCOACH_DATA", str(tmp_path / "data"))
    (tmp_path / "config").mkdir()
    return tmp_path / "config" / "breathing.toml"


def pattern(**changes: object) -> BreathingPattern:
    return BreathingPattern(**{"name": "x", "title": "X", "in_": 1, "out": 1, **changes})  # type: ignore[arg-type]


def test_the_four_shipped_patterns() -> None:
    counts = {
        name: (p.in_, p.hold, p.out, p.rest, p.count_s) for name, p in load_patterns().items()
    }
    assert counts == {
        "3-5-3": (3, 5, 3, 0, 1.0),
        "4-0-6": (4, 0, 6, 0, 1.0),
        "box": (4, 4, 4, 4, 1.0),
        "4-7-8": (4, 7, 8, 0, 1.0),
    }


def test_three_five_three_is_said_so() -> None:
    said = " ".join(beat.text for beat in schedule(find_pattern("3-5-3"), 1))
    assert said == "breathe in two three hold two three four five breathe out two three"


def test_the_users_file_replaces_by_name_and_adds(own: Path) -> None:
    own.write_text(
        '[[pattern]]\nname = "box"\ntitle = "Small box"\nin = 2\nhold = 2\nout = 2\nrest = 2\n'
        '[[pattern]]\nname = "slow"\ntitle = "Slow"\nin = 4\nout = 4\ncount_s = 1.5\n'
    )
    patterns = load_patterns()
    assert list(patterns) == ["3-5-3", "4-0-6", "box", "4-7-8", "slow"]
    assert patterns["box"].in_ == 2
    assert patterns["slow"].cycle_s == 12.0


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("hold = 21", "line 6: pattern.hold"),
        ("hold = -1", "line 6: pattern.hold"),
        ("in_hale = 3", "line 6: pattern.in_hale"),
        ("count_s = 0.4", "line 6: pattern.count_s"),
        ("count_s = 3.1", "line 6: pattern.count_s"),
        ('rest = "long"', "line 6: pattern.rest"),
    ],
)
def test_mistakes_are_named_with_their_line(own: Path, line: str, complaint: str) -> None:
    own.write_text(f'# mine\n[[pattern]]\nname = "x"\ntitle = "X"\nin = 3\n{line}\nout = 3\n')
    with pytest.raises(ConfigError) as caught:
        load_patterns()
    assert complaint in caught.value.message
    assert str(own) in caught.value.message


def test_an_unknown_pattern_names_those_there_are() -> None:
    with pytest.raises(ConfigError, match=r'called "5-5".*3-5-3, 4-0-6, box, 4-7-8'):
        find_pattern("5-5")


@pytest.mark.parametrize("cycles", [0, -1, 164])
def test_no_breath_and_too_many_are_refused(cycles: int) -> None:
    with pytest.raises(UsageError, match="Ask for 1 to 163"):
        schedule(find_pattern("3-5-3"), cycles)


@given(
    st.integers(1, 20), st.integers(0, 20), st.integers(1, 20), st.integers(0, 20),
    st.floats(0.5, 3.0), st.integers(1, 5),
)  # fmt: skip
def test_every_beat_is_one_count_after_the_last(
    in_: int, hold: int, out: int, rest: int, count_s: float, cycles: int
) -> None:
    words = load_words()
    one = pattern(in_=in_, hold=hold, out=out, rest=rest, count_s=count_s)
    beats = schedule(one, cycles, words)
    assert len(beats) == cycles * (in_ + hold + out + rest)
    assert [beat.at_s for beat in beats] == pytest.approx(
        [n * count_s for n in range(len(beats))], abs=1e-9
    )
    for wanted, phase in zip((in_, hold, out, rest), BreathPhase, strict=True):
        counts = [beat.count for beat in beats if beat.phase is phase]
        assert counts == list(range(1, wanted + 1)) * cycles
    numbers = {beat.count: beat.text for beat in beats if beat.count > 1}
    assert all(words.numbers[count - 1] == text for count, text in numbers.items())


def test_the_first_time_is_remembered_privately(tmp_path: Path) -> None:
    assert is_first_time()
    remember_first_time()
    remember_first_time()
    assert not is_first_time()
    (marker,) = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(marker.stat().st_mode) == 0o600


def test_an_unwritable_data_folder_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the way")
    remember_first_time()
