from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.recap.commands import apply_commands, detect_command


@pytest.mark.parametrize(
    ("heard", "rest", "command"),
    [
        ("End recap.", "", "end_recap"),
        ("end recap", "", "end_recap"),
        ("And recap.", "", "end_recap"),
        ("They will call me on Friday. And recap.", "They will call me on Friday.", "end_recap"),
        ("they call me friday end recap", "they call me friday", "end_recap"),
        ("They call me Friday, end recap.", "They call me Friday", "end_recap"),
        ("Scratch that.", "", "scratch_that"),
        ("they call monday scratch that", "they call monday", "scratch_that"),
        ("Scratch all that.", "", "scratch_all"),
        ("They pay me. Scratch all that.", "They pay me.", "scratch_all"),
        ("Pause.", "", "pause"),
        ("They pay me. Pause.", "They pay me.", "pause"),
        ("pause recap", "", "pause"),
        ("Resume.", "", "resume"),
        ("resume dictation", "", "resume"),
        ("There was a pause.", None, None),
        ("she asked me to pause", None, None),
        ("The payments will resume", None, None),
        ("I want to end the recap of last week early.", None, None),
        ("She scratched the paint.", None, None),
        ("", "", None),
    ],
)
def test_a_command_is_split_off_the_end(heard: str, rest: str | None, command: str | None) -> None:
    assert detect_command(heard) == (heard if rest is None else rest, command)


@pytest.mark.parametrize(
    ("utterances", "text"),
    [
        (["there was a long period of silence"], "there was a long period of silence"),
        (["They extended the trial period."], "They extended the trial period."),
        (["they call me friday period"], "they call me friday."),
        (["I called", "comma", "they answered", "full stop"], "I called, they answered."),
        (["did they call question mark"], "did they call?"),
        (["first thing", "new line", "second thing"], "first thing\nsecond thing"),
        (["First. New paragraph. Second."], "First.\n\nSecond."),
        (["she said quote we will pay end quote"], 'she said "we will pay"'),
        (["quote mine on everything"], "quote mine on everything"),
        (["She said quote.", "We will pay.", "End quote."], 'She said "We will pay."'),
        (["She said, quote, we will pay, end quote."], 'She said, "we will pay".'),
        (["I got a quote.", "It ends Friday."], "I got a quote. It ends Friday."),
        (["Will they call? Question mark."], "Will they call?"),
        (["They call Friday. Full stop."], "They call Friday."),
        (["They call. Comma, I think."], "They call, I think."),
        (["They answered.", "Exclamation mark."], "They answered!"),
        (["Wait... what?", "Yes."], "Wait... what? Yes."),
        (["0", ",0"], "0 ,0"),
        (["They call Monday.", "Scratch that.", "They call Tuesday."], "They call Tuesday."),
        (["They call Monday. They pay. Scratch that."], "They call Monday."),
        (["a voucher for $125. Strike that. $175."], "a voucher for $125. Strike that. $175."),
        (["one thing", "two things", "scratch all that", "three"], "three"),
        ([], ""),
    ],
)
def test_commands_are_carried_out(utterances: list[str], text: str) -> None:
    assert apply_commands(utterances).text == text


def test_what_was_scratched_is_told() -> None:
    assert apply_commands(["They pay.", "They call.", "scratch that"]).dropped == ("They call.",)


@given(st.lists(st.text(max_size=60), max_size=4))
def test_no_text_breaks_it(utterances: list[str]) -> None:
    said = " ".join(utterances).lower()
    for word in apply_commands(utterances).text.lower().split():
        assert word.strip('.,?!"') in said or word in '.,?!"'
