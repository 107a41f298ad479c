"""The cue spotter on recorded speech: what it hears, when, and what it lets pass."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from fakes_recognition import FakeTranscriber
from msgspec import structs

from assistant.coaching.cues import Cue, CueBook, load_cues
from assistant.events import FRAME_SAMPLES, SAMPLE_RATE_HZ, CueMatch, Frame
from assistant.ports import Transcript
from assistant.recognition import cue_spotter
from assistant.recognition.cue_spotter import (
    EARLY_BAR,
    LONG_S,
    OVERLAP_S,
    CueSpotter,
)
from assistant.recognition.model_twin import twin_of
from assistant.recognition.proposer import Utterance
from assistant.recognition.second_pass import find
from assistant.recognition.transcribers import load_vosk_model
from assistant.recognition.verifier import (
    BEFORE_S,
    Evidence,
    Span,
    Verifier,
    load_decoys,
    load_weights,
)
from assistant.resources import shipped
from assistant.settings import HearingSettings
from assistant.speech.synthesiser import Pyttsx3Synthesiser

pytestmark = pytest.mark.needs_model

READY = frozenset({"ready"})
LIVE = frozenset({"live"})


@pytest.fixture(scope="module")
def model(vosk_model_path: Path) -> Any:
    return load_vosk_model(twin_of(vosk_model_path))


@pytest.fixture(scope="module")
def book() -> CueBook:
    return load_cues(shipped("prompts/en/cues.toml"))


@pytest.fixture(scope="module")
def call() -> bytes:
    """The first lines of the sample call: "start the call" and "take a deep breath"."""
    samples, _ = soundfile.read(shipped("samples/support_call.ogg"), dtype="int16")
    return bytes(np.asarray(samples[: 12 * SAMPLE_RATE_HZ]).tobytes())


def frames(pcm: bytes, lost_at: int = -1, lost_samples: int = 0) -> Iterator[Frame]:
    size = FRAME_SAMPLES * 2
    for number, first in enumerate(range(0, len(pcm), size)):
        yield Frame(pcm[first : first + size], lost_samples if number == lost_at else 0)


def hear(spotter: CueSpotter, sound: Iterator[Frame], own_speech: str = "") -> list[CueMatch]:
    return list(itertools.chain(*(spotter.accept(frame, own_speech) for frame in sound)))


def new(model: Any, book: CueBook, contexts: frozenset[str]) -> CueSpotter:
    spotter = CueSpotter(model, book, HearingSettings())
    spotter.listen_for(contexts)
    return spotter


def test_hears_the_cues_of_the_phase_once_each(model: Any, book: CueBook, call: bytes) -> None:
    matches = hear(new(model, book, READY), frames(call))
    assert [match.cue for match in matches] == ["start-call", "breathe"]
    for match in matches:
        assert match.start_s < match.end_s <= match.t_s
        assert 0.0 < match.confidence <= 1.0


def test_decides_long_before_the_recogniser_would_end_the_utterance(
    model: Any, book: CueBook, call: bytes
) -> None:
    for match in hear(new(model, book, READY), frames(call)):
        assert match.t_s - match.end_s < 0.5


def test_gives_the_same_answer_twice(model: Any, book: CueBook, call: bytes) -> None:
    first = hear(new(model, book, READY), frames(call))
    assert first == hear(new(model, book, READY), frames(call))


def test_lost_samples_move_the_times(model: Any, book: CueBook, call: bytes) -> None:
    plain = hear(new(model, book, READY), frames(call))
    shifted = hear(new(model, book, READY), frames(call, 0, 3 * SAMPLE_RATE_HZ))
    assert [m.cue for m in shifted] == [m.cue for m in plain]
    for before, after in zip(plain, shifted, strict=True):
        assert after.start_s == pytest.approx(before.start_s + 3.0)
        assert after.t_s == pytest.approx(before.t_s + 3.0)


def test_cues_of_other_phases_are_not_heard(model: Any, book: CueBook, call: bytes) -> None:
    assert [m.cue for m in hear(new(model, book, LIVE), frames(call))] == ["breathe"]
    assert hear(new(model, book, frozenset()), frames(call)) == []


def test_the_phase_may_change_in_the_middle(model: Any, book: CueBook, call: bytes) -> None:
    spotter = new(model, book, READY)
    heard = []
    for frame in frames(call):
        for match in spotter.accept(frame, ""):
            heard.append(match.cue)
            spotter.listen_for(LIVE)
    assert heard == ["start-call", "breathe"]


def test_what_we_say_ourselves_is_no_cue(model: Any, book: CueBook, call: bytes) -> None:
    own = "Start the call when you like. Take a deep breath."
    assert hear(new(model, book, READY), frames(call), own) == []


def test_another_cue_still_gets_through_our_own_speech(
    model: Any, book: CueBook, call: bytes
) -> None:
    matches = hear(new(model, book, READY), frames(call), "Open warmly. Ask their name.")
    assert "breathe" in [match.cue for match in matches]


def test_silence_holds_no_cue(model: Any, book: CueBook) -> None:
    assert hear(new(model, book, READY), frames(bytes(2 * 5 * SAMPLE_RATE_HZ))) == []


def test_odd_frames_are_taken(model: Any, book: CueBook, call: bytes) -> None:
    spotter = new(model, book, READY)
    spotter.accept(Frame(b""), "")
    spotter.accept(Frame(call[:100]), "")
    assert [m.cue for m in hear(spotter, frames(call))] == ["start-call", "breathe"]


def test_a_cue_that_is_not_shipped_needs_only_an_id_and_a_phrase(model: Any, call: bytes) -> None:
    cue = Cue(id="breath", phrases=("deep breath",), phases=("live",))
    matches = hear(new(model, CueBook((cue,)), LIVE), frames(call))
    assert [(match.cue, match.heard) for match in matches] == [("breath", "deep breath")]


def test_after_a_match_the_cue_rests(model: Any, call: bytes) -> None:
    twice = call + call
    for refractory_s, expected in ((1.5, 2), (30.0, 1)):
        cue = Cue(
            id="breath", phrases=("deep breath",), phases=("live",), refractory_s=refractory_s
        )
        assert len(hear(new(model, CueBook((cue,)), LIVE), frames(twice))) == expected


@pytest.mark.shared_data
def test_real_voices_saying_an_unshipped_word(model: Any, shared_data: Path) -> None:
    clips = sorted((shared_data / "speech" / "keywords").glob("02[0-3]*.ogg"))[::4]
    assert clips
    cue = Cue(id="mirror", phrases=("smart mirror",), phases=("live",))
    found = 0
    for clip in clips:
        samples, _ = soundfile.read(clip, dtype="int16")
        pcm = np.asarray(samples).tobytes() + bytes(2 * SAMPLE_RATE_HZ)
        found += len(hear(new(model, CueBook((cue,)), LIVE), frames(pcm)))
    assert found >= len(clips) - 1


def cue(cue_id: str, phrase: str, **keys: Any) -> Cue:
    return Cue(id=cue_id, phrases=(phrase,), phases=("live",), **keys)


def heard(model: Any, sound: bytes, *cues: Cue) -> list[str]:
    return [match.heard for match in hear(new(model, CueBook(cues), LIVE), frames(sound))]


@pytest.mark.parametrize("shorter", ["deep breath", "take a deep"])
def test_of_phrases_that_overlap_the_longest_acts_alone(
    model: Any, call: bytes, shorter: str
) -> None:
    longer = "take a deep breath"
    assert heard(model, call, cue("short", shorter)) == [shorter]
    assert heard(model, call, cue("short", shorter), cue("long", longer)) == [longer]
    assert heard(model, call, cue("long", longer), cue("short", shorter)) == [longer]


def test_a_phrase_that_must_stand_alone_is_not_heard_in_a_sentence(model: Any, call: bytes) -> None:
    assert heard(model, call, cue("in-it", "deep breath", alone=False)) == ["deep breath"]
    assert heard(model, call, cue("in-it", "deep breath", alone=True)) == []
    assert heard(model, call, cue("all", "start the call", alone=True)) == ["start the call"]


class SteadyJudge:
    """Believes all the same: above the threshold, below what a first look must reach."""

    def __init__(self) -> None:
        self.asked = 0

    def evidence(self, _span: Span) -> Evidence:
        self.asked += 1
        return Evidence(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)

    def probability(self, _evidence: Evidence) -> float:
        return 0.7 + EARLY_BAR / 2

    def threshold(self, _sensitivity: str) -> float:
        return 0.7


@pytest.mark.parametrize(("breaks_off", "looks"), [(False, 2), (True, 1)])
def test_only_what_is_judged_again_must_be_surer_at_first(
    model: Any, call: bytes, breaks_off: bool, looks: int
) -> None:
    _, end_s = find(model, call, ["deep breath"])["deep breath"]
    judge, only = SteadyJudge(), CueBook((cue("breath", "deep breath"),))
    spotter = CueSpotter(model, only, HearingSettings(), judge=judge)
    spotter.listen_for(LIVE)
    last = round((end_s - 0.06) * SAMPLE_RATE_HZ) * 2 if breaks_off else len(call)
    matches = hear(spotter, frames(call[:last]))
    matches += spotter.accept(Frame(bytes(640), SAMPLE_RATE_HZ), "")
    assert [match.heard for match in matches] == ["deep breath"]
    assert judge.asked == looks


def test_a_users_own_threshold_stays_on_the_measured_curve(model: Any, call: bytes) -> None:
    assert heard(model, call, cue("breath", "deep breath", threshold_shift=1.0)) == ["deep breath"]


class AskedEngine:
    """Counts what it is asked, and hears nothing."""

    name = "asked"

    def __init__(self) -> None:
        self.asked = 0

    def load(self) -> None:
        """Nothing to load."""

    def transcribe(self, pcm: bytes) -> Transcript:
        self.asked += 1
        return Transcript("")


def spoken(text: str) -> bytes:
    """`text` by the computer's voice, with a second of silence around it."""
    synthesiser = Pyttsx3Synthesiser("", 150)
    try:
        pcm = synthesiser.render(text).pcm
    finally:
        synthesiser.close()
    return bytes(2 * SAMPLE_RATE_HZ) + pcm + bytes(2 * SAMPLE_RATE_HZ)


def test_a_quick_cue_is_believed_sooner_and_without_the_second_engine(model: Any) -> None:
    sound = spoken("stop")
    decided_s = {}
    for quick in (False, True):
        engine = AskedEngine()
        book = CueBook((cue("stop", "stop", quick=quick),))
        spotter = CueSpotter(model, book, HearingSettings(), engine)
        spotter.listen_for(LIVE)
        decided_s[quick] = [match.t_s for match in hear(spotter, frames(sound))]
        assert not (quick and engine.asked)
    assert len(decided_s[True]) == 1
    assert decided_s[True] < decided_s[False]


def test_a_quick_cue_said_twice_is_heard_twice(model: Any) -> None:
    sound = spoken("stop")
    assert heard(model, sound + sound, cue("stop", "stop", quick=True)) == ["stop", "stop"]


def said_in_a_sentence(model: Any, call: bytes, phrase: str) -> Span:
    """`phrase` where "deep breath" is said, after "take a"."""
    start_s, end_s = find(model, call, ["deep breath"])["deep breath"]
    before, first, last = (
        round(at_s * SAMPLE_RATE_HZ) * 2 for at_s in (start_s - 1.3, start_s - 0.3, end_s + 0.3)
    )
    return Span(phrase, call[first:last], 0.3, 0.3 + end_s - start_s, call[before:first])


def in_context(model: Any, span: Span, sentence: str) -> float:
    """What `sentence`, heard by the second engine in the whole, says of the phrase."""
    engine = FakeTranscriber(["Nothing like it.", sentence])
    weights = structs.replace(load_weights(), sure=2.0, least_gain=-9.0)
    judge = Verifier(model, [span.phrase], load_decoys(), engine, weights)
    evidence = judge.evidence(span)
    assert evidence.context_text == (sentence if span.before else "")
    return evidence.gain_in_context


def test_a_phrase_is_weighed_in_its_sentence(model: Any, call: bytes) -> None:
    right, wrong = "Take a deep breath.", "A bright red boat in here."
    said = said_in_a_sentence(model, call, "deep breath")
    other = said_in_a_sentence(model, call, "their shoes")
    assert in_context(model, said, right) == 0.0
    assert in_context(model, said, wrong) > 0.05
    assert in_context(model, other, right) < -0.05


def test_what_gains_nothing_on_unknown_words_is_compared_with_no_others(
    model: Any, call: bytes
) -> None:
    said = said_in_a_sentence(model, call, "their shoes")
    for least_gain, compared in ((-9.0, True), (9.0, False)):
        weights = structs.replace(load_weights(), least_gain=least_gain)
        evidence = Verifier(model, [said.phrase], load_decoys(), None, weights).evidence(said)
        assert (evidence.gain_on_words != evidence.gain_on_unknown) is compared


def test_at_the_beginning_there_is_no_sentence_to_weigh_it_in(model: Any, call: bytes) -> None:
    said = replace(said_in_a_sentence(model, call, "their shoes"), before=b"")
    assert in_context(model, said, "Take a deep breath.") == 0.0


def test_a_whole_utterance_in_other_words_is_its_cue(model: Any, book: CueBook) -> None:
    sound = spoken("let me take a breath")
    for words, expected in (("Let me take a breath.", ["breathe"]), ("Let me take a bath.", [])):
        engine = FakeTranscriber([words] * 9)  # asked for second opinions too
        spotter = CueSpotter(model, book, HearingSettings(), engine)
        spotter.listen_for(LIVE)
        assert [match.cue for match in hear(spotter, frames(sound))] == expected


def test_words_merely_like_a_phrase_are_not_searched_for_at_once(
    model: Any, call: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    searches: dict[str, int] = {}

    def nowhere(_model: Any, _pcm: bytes, phrases: Sequence[str]) -> dict[str, tuple[float, float]]:
        searches.update({phrase: searches.get(phrase, 0) + 1 for phrase in phrases})
        return {}

    monkeypatch.setattr(cue_spotter, "find", nowhere)
    said, alike = "take a deep breath", "take a deep bath"
    for phrase in (said, alike):
        heard(model, call, cue("one", phrase))
    assert 0 < searches[alike] < searches[said]


def test_unbroken_voice_is_cut_sooner_the_second_time(
    model: Any, call: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts_s: list[float] = []

    class Noted(Utterance):
        def __init__(self, model: Any, grammar: str, start_s: float) -> None:
            super().__init__(model, grammar, start_s)
            starts_s.append(start_s)

    monkeypatch.setattr(cue_spotter, "Utterance", Noted)
    start_the_call = call[2 * SAMPLE_RATE_HZ : 4 * SAMPLE_RATE_HZ]  # bytes: its second second
    heard(model, start_the_call * 12, cue("other", "escalate this"))
    gaps_s = [later - earlier for earlier, later in itertools.pairwise(starts_s)]
    assert gaps_s[0] >= LONG_S - OVERLAP_S
    assert max(gaps_s[1:]) < LONG_S - OVERLAP_S


def test_a_cut_in_unbroken_voice_hides_nothing_of_the_sentence(model: Any, call: bytes) -> None:
    """A phrase judged soon after the cut is weighed with what was said before the cut."""
    before_s: list[float] = []

    class Doubting(SteadyJudge):
        def evidence(self, span: Span) -> Evidence:
            before_s.append(len(span.before) / 2 / SAMPLE_RATE_HZ)
            return super().evidence(span)

        def probability(self, _evidence: Evidence) -> float:
            return 0.0

    start_the_call = call[2 * SAMPLE_RATE_HZ : 4 * SAMPLE_RATE_HZ]  # bytes: its second second
    only = CueBook((cue("start", "start the call"),))
    spotter = CueSpotter(model, only, HearingSettings(), judge=Doubting())
    spotter.listen_for(LIVE)
    hear(spotter, frames(start_the_call * 12))
    assert len(before_s) > 12
    assert min(before_s[6:]) == pytest.approx(BEFORE_S, abs=0.01)
