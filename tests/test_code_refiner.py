"""Codes in a sentence: where they stand, what gives way to them, and what never does."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.ports import Word
from assistant.recognition.code_evidence import Alternative
from assistant.recognition.code_places import (
    MARGIN_S,
    Span,
    find_span,
    like_code,
    longest_run,
    may_go_on,
    may_hold_code,
    place_in,
)
from assistant.recognition.code_reader import CodeReader
from assistant.recognition.code_refiner import CodeRefiner
from assistant.recognition.dictation import Reading


def words(text: str) -> tuple[Word, ...]:
    """Words of 0.3 s each, without pauses."""
    texts = text.split()
    return tuple(Word(each, 0.3 * at, 0.3 * at + 0.3, 1.0) for at, each in enumerate(texts))


def test_small_questions() -> None:
    assert like_code(["7429-B", "nine"]) == 1.0
    assert like_code(["nothing", "else"]) == 0.0
    assert like_code([]) == 0.0
    assert may_hold_code("The casa number is icy for jail.")
    assert not may_hold_code("She was rude to me.")


class TestFinding:
    def test_the_code_behind_a_label(self) -> None:
        span = find_span(words("the case number is seven four bravo and she left"))
        assert span is not None
        assert (span.label, span.code) == (("case",), "74B")
        assert span.tail == ("and", "she", "left")
        # From the "is" on: a first symbol may be hidden in it.
        assert (span.start_s, span.end_s) == pytest.approx((0.9, 2.1))

    @pytest.mark.parametrize(
        "text",
        [
            "in case four five six seven",
            "the case was closed by nine people",
            "ticket two of four",
            "ticket one three",
            "",
        ],
    )
    def test_no_label_or_too_few_symbols(self, text: str) -> None:
        assert find_span(words(text)) is None

    def test_a_stray_word_among_symbols_is_bridged_and_spoils_the_text(self) -> None:
        span = find_span(words("ticket seven said four two then she left"))
        assert span is not None
        assert span.code == ""
        assert span.tail == ("then", "she", "left")

    def test_a_run_ends_at_the_words_around_codes(self) -> None:
        span = find_span(words("ticket seven four two nothing else four me two"))
        assert span is not None
        assert span.tail[0] == "nothing"

    def test_a_last_word_alone_is_read_along(self) -> None:
        span = find_span(words("ticket seven four two home"))
        assert span is not None
        assert (span.tail, span.code) == ((), "")
        assert span.end_s == pytest.approx(1.5 + MARGIN_S)

    def test_i_before_more_words_is_a_word(self) -> None:
        span = find_span(words("ticket seven four two i should wait"))
        assert span is not None
        assert (span.code, span.tail[0]) == ("742", "i")

    def test_an_explained_letter_is_one_symbol(self) -> None:
        span = find_span(words("reference b as in boy four m four mother two"))
        assert span is not None
        assert span.code == "B4M2"

    def test_the_longest_run_where_the_label_was_lost(self) -> None:
        span = longest_run(words("two could him seven four two nine me"))
        assert span is not None
        assert span.code == "7429"
        assert longest_run(words("seven four two me")) is None
        assert longest_run(()) is None

    def test_the_place_in_the_other_text(self) -> None:
        text = "They said reference number Mumbo 742 be, and I left them."
        span = Span(("reference", "number"), ("and", "i", "left", "them"), 0.0, 1.0)
        head = Span(("they", "said", *span.head), span.tail, 0.0, 1.0)
        first, end = place_in(text.split(), head)
        assert text.split()[first:end] == ["Mumbo", "742", "be,"]
        assert place_in([], span) == (0, 0)


class FakeReader(CodeReader):
    """Gives fixed readings of any audio."""

    def __init__(self, *readings: Alternative) -> None:
        self._fixed = readings

    def read(self, pcm: bytes, kind: Any = "code", **_: Any) -> tuple[Alternative, ...]:
        return self._fixed


class ScriptedRefiner(CodeRefiner):
    """Hears fixed words."""

    def __init__(self, heard: str, *readings: Alternative) -> None:
        super().__init__(None, FakeReader(*readings))
        self._heard = words(heard)

    def words(self, pcm: bytes, also: Collection[str] = ()) -> tuple[Word, ...]:
        return self._heard


TALK = ("the", "volume", "or", "conference", "seven", "nine", "4", "to", "be", "i", "sofa,", "B.")
HEARD = (
    "reference seven four nine two",
    "the volume reference seven four nine two or be",
    "conference ticket seven four two nine me or two nine",
)


def ordinary(text: str, heard: str) -> list[str]:
    """The words of `text` that can stand for no symbol; a label from `heard` may be added."""
    words = [word.strip(".,") for word in text.split()]
    return [
        word
        for word in words
        if word in ("the", "volume", "or", "conference", "sofa", "ticket")
        and not (word == "ticket" and word in heard)
    ]


LONG = "The number is on the letter that came by mail today, and she wrote it down for me."


class TestGoingOn:
    @pytest.mark.parametrize(
        "text",
        [
            "The case number is.",
            "ticket",
            "Ticket 742.",
            "Ticket 7.",
            "It was seven, four, two",
            "The ticket is D. for Dock, D. for Tom, 4.",
            "The case number is a zoo, Louis, and offer.",
        ],
    )
    def test_a_code_or_what_leads_up_to_it_may_go_on(self, text: str) -> None:
        assert may_go_on(text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "They charged me 49 dollars.",
            "Should I?",
            "in case",
            "They closed the ticket today.",
            LONG,
        ],
    )
    def test_other_text_does_not(self, text: str) -> None:
        assert not may_go_on(text)


class TestRefining:
    def test_a_sure_code_takes_its_place_and_keeps_the_stop(self) -> None:
        refine = ScriptedRefiner(
            "the case number is seven four two bravo", Alternative("742B", 0.97)
        )
        reading = refine("The case number is 74 to Bravo.", b"")
        assert (reading.text, reading.second) == ("The case number is 742B.", None)

    def test_an_unsure_code_keeps_the_runner_up_beside_it(self) -> None:
        refine = ScriptedRefiner(
            "ticket seven four two b", Alternative("742B", 0.6), Alternative("742D", 0.3)
        )
        reading = refine("Ticket 74 to be.", b"")
        assert (reading.text, reading.second) == ("Ticket 742B.", "742D")

    def test_a_code_that_only_one_pass_gave_is_marked(self) -> None:
        refine = ScriptedRefiner("ticket seven said four two b", Alternative("742B", 0.99))
        reading = refine("Ticket 74 and 2 B.", b"")
        assert (reading.text, reading.second) == ("Ticket 742B.", "74 and 2 B.")

    def test_what_the_engines_disagree_on_is_marked(self) -> None:
        refine = ScriptedRefiner("ticket seven four two b", Alternative("742B", 0.99))
        reading = refine("Ticket 7 4 2 D.", b"")
        assert (reading.text, reading.second) == ("Ticket 742B.", "742D")

    def test_an_unsure_code_without_any_rival_is_marked_with_the_words_heard(self) -> None:
        refine = ScriptedRefiner("ticket seven four two b", Alternative("742B", 0.9))
        reading = refine("Ticket 742 B.", b"")
        assert (reading.text, reading.second) == ("Ticket 742B.", "ticket seven four two b")

    @pytest.mark.parametrize(
        ("heard", "second"),
        [("ticket her four you", "ticket her four you"), ("", "nothing")],
    )
    def test_a_code_that_its_sound_does_not_bear_out_is_marked(
        self, heard: str, second: str
    ) -> None:
        reading = ScriptedRefiner(heard)("Ticket 7421.", b"")
        assert (reading.text, reading.second) == ("Ticket 7421.", second)

    def test_a_sentence_without_a_case_number_is_not_marked(self) -> None:
        reading = ScriptedRefiner("the ticket was closed")("The ticket was closed.", b"")
        assert reading.second is None

    def test_two_codes_in_a_sentence_are_marked(self) -> None:
        heard = "case number eight eight one three nine then ticket seven four two b"
        refine = ScriptedRefiner(heard, Alternative("88139", 0.99))
        reading = refine("Case number 88139, then ticket 7 4 2 B.", b"")
        assert reading.text == "Case number 88139, then ticket 7 4 2 B."
        assert reading.second is not None

    def test_ordinary_words_are_never_replaced(self) -> None:
        refine = ScriptedRefiner("ticket four you said two be", Alternative("4U2B", 0.99))
        text = "Ticket for you to be happy about."
        assert refine(text, b"").text == text

    @pytest.mark.parametrize(
        ("probability", "text"),
        [(0.6, "The number is 0288."), (0.59, "The number is also a tattoo.")],
    )
    def test_words_behind_number_is_are_replaced_when_it_is_likely(
        self, probability: float, text: str
    ) -> None:
        refine = ScriptedRefiner(
            "the number is l two eight eight", Alternative("0288", probability)
        )
        reading = refine("The number is also a tattoo.", b"")
        assert reading.text.removesuffix(".") == text.removesuffix(".")
        assert reading.second
        assert reading.codes == (("0288", probability),)

    @pytest.mark.parametrize(
        ("heard", "code", "text"),
        [
            # No label in the text, and words among the numbers.
            (
                "reference seven four nine two",
                "7492",
                "To extend the conference, seven or nine to lower it.",
            ),
            (
                "inquiry x w seven nine two",
                "XW792",
                "Change the volume. Seven or nine to lower it.",
            ),
            # A label, but no "is" or "number" behind it, and words behind that.
            ("ticket four two nine", "429", "A ticket for two nights."),
            # "is", but what follows is heard as the same words by both.
            ("the case is closed four two nine", "C429", "The case is closed for tonight."),
        ],
    )
    def test_a_label_or_symbols_heard_by_the_grammar_alone_replace_no_words(
        self, heard: str, code: str, text: str
    ) -> None:
        assert ScriptedRefiner(heard, Alternative(code, 0.99))(text, b"").text == text

    def test_symbols_without_a_label_in_the_text_are_neither_replaced_nor_marked(self) -> None:
        refine = ScriptedRefiner("reference eight two three eight", Alternative("8238", 0.99))
        reading = refine("Press one for playback, eight to start over.", b"")
        assert reading == Reading("Press one for playback, eight to start over.")

    def test_a_code_cut_short_gives_way_to_the_longer_text_and_is_marked(self) -> None:
        refine = ScriptedRefiner("ticket some five six five eight", Alternative("5658", 0.9))
        reading = refine("Ticket 5779-5658.", b"")
        assert (reading.text, reading.second) == ("Ticket 57795658.", "5658")
        assert reading.codes == (("57795658", 0.9),)

    def test_a_dash_that_was_said_stays_in_the_longer_text(self) -> None:
        refine = ScriptedRefiner("ticket y h dash f on", Alternative("Y8-F", 0.4))
        assert refine("Ticket YH-FF1.", b"").text == "Ticket YH-FF1."

    def test_a_longer_text_that_sounds_otherwise_does_not_stand(self) -> None:
        refine = ScriptedRefiner("ticket e k nine e n zero", Alternative("EK9EN0", 0.4))
        assert refine("Ticket 18INEN0.", b"").text == "Ticket EK9EN0."

    def test_words_behind_the_code_stay(self) -> None:
        refine = ScriptedRefiner(
            "reference number h i dash seven and d will call", Alternative("HI-7", 0.6)
        )
        reading = refine("Reference number H I dash seventh and they will call.", b"")
        assert reading.text == "Reference number HI-7 and they will call."

    @pytest.mark.parametrize(
        ("heard", "code", "said", "text"),
        [
            ("the case number as six o far one", "6041", "six so far, one", "The case number is"),
            ("reference number w for wagon z", "WZZ", "W for, zebra.", "Reference member is"),
            ("ticket e j r nine two", "EJR92", "Edgar ninety", "A ticket"),
            ("ticket number e j r nine", "EJR9", "J. R. Nine", "Case-limber"),
        ],
    )
    def test_behind_a_label_words_made_of_symbols_are_replaced(
        self, heard: str, code: str, said: str, text: str
    ) -> None:
        reading = ScriptedRefiner(heard, Alternative(code, 0.8))(f"{text} {said}", b"")
        assert reading.text.rstrip(".") == f"{text} {code}"

    def test_half_symbols_behind_a_link_need_no_likely_reading(self) -> None:
        refine = ScriptedRefiner("the number is seven q four two", Alternative("7942", 0.2))
        reading = refine("The number is seven cue ball four two.", b"")
        assert (reading.text, bool(reading.second)) == ("The number is 7942.", True)

    def test_an_article_among_digits_does_not_agree(self) -> None:
        refine = ScriptedRefiner("ticket five four one a four", Alternative("541A4", 0.99))
        assert refine("Ticket 5-4-1-a-4.", b"").second is not None

    @settings(deadline=None)
    @given(st.lists(st.sampled_from(TALK), max_size=12), st.sampled_from(HEARD))
    def test_without_a_label_in_the_text_every_ordinary_word_stays(
        self, said: list[str], heard: str
    ) -> None:
        text = " ".join(said)
        refined = ScriptedRefiner(heard, Alternative("7492", 0.99))(text, b"").text
        assert ordinary(refined, heard) == ordinary(text, heard)

    @settings(deadline=None)
    @given(
        st.lists(st.sampled_from(TALK), max_size=5),
        st.lists(st.sampled_from(TALK), max_size=5),
        st.sampled_from(HEARD),
    )
    def test_behind_a_label_words_before_it_stay_and_half_is_symbols_without_a_link(
        self, before: list[str], behind: list[str], heard: str
    ) -> None:
        text = " ".join([*before, "ticket", *behind])
        refined = ScriptedRefiner(heard, Alternative("7492", 0.99))(text, b"").text.split()
        assert refined[: len(before) + 1] == [*before, "ticket"] or refined == text.split()
        lost = len(ordinary(text, "")) - len(ordinary(" ".join(refined), ""))
        assert lost <= len(behind) / 2

    def test_a_lost_label_is_put_before_the_code(self) -> None:
        refine = ScriptedRefiner("ticket nine four seven eight", Alternative("9478", 0.99))
        assert refine("Took at 9-4-7-8.", b"").text == "Took at ticket 9478."

    def test_a_sentence_without_label_and_symbols_is_left_alone(self) -> None:
        refine = ScriptedRefiner("ticket nine four seven eight", Alternative("9478", 0.99))
        assert refine("She was rude to me.", b"").text == "She was rude to me."
