"""The loop, with scripted ears and recording devices: order, clock, and troubles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fakes_audio import FakePlayer, FakeSource
from fakes_hearing import ScriptedDictation, ScriptedSpotter
from fakes_speech import FakeSynthesiser

from assistant.cases.building import CallInfo, Extract, Reading, build_case
from assistant.cases.case import Utterance
from assistant.cases.desk import CaseDesk
from assistant.cases.journal import Journal
from assistant.cases.store import CaseStore
from assistant.coaching.cues import load_cues
from assistant.coaching.prompts import load_prompts
from assistant.errors import SpeechError
from assistant.events import FRAME_SAMPLES, Clip, DeviceChanged, Frame, Phase
from assistant.inbox import Inbox
from assistant.notices import (
    CaseSavedNotice,
    CueNotice,
    ErrorNotice,
    FinalNotice,
    Notice,
    PhaseNotice,
    SayNotice,
    Status,
    WarningNotice,
)
from assistant.ports import Synthesiser
from assistant.recap.model import RecapFields
from assistant.resources import shipped
from assistant.runner import Parts, Runner
from assistant.session import Ending, Session
from assistant.settings import BreathingSettings
from assistant.speech.voice import Voice

STARTED = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
FRAME = Frame(bytes(2 * FRAME_SAMPLES))
FRAMES_PER_S = 16_000 / FRAME_SAMPLES


class Recorder:
    """Keeps every notice, and the last status."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self.last: Status | None = None

    def notice(self, notice: Notice) -> None:
        self.notices.append(notice)

    def status(self, status: Status) -> None:
        self.last = status

    def of(self, kind: type[Notice]) -> list[Notice]:
        return [notice for notice in self.notices if type(notice) is kind]


class Speechless(FakeSynthesiser):
    """A synthesiser whose voice is gone."""

    def render(self, text: str) -> Clip:
        raise SpeechError("voice-stuck", "The voice does not answer.", "Try again.")


class House:
    """A whole session over fakes, in a folder of its own."""

    def __init__(
        self,
        folder: Path,
        cues: Mapping[float, str],
        texts: Mapping[float, str] | None = None,
        *,
        seconds: float = 20.0,
        items: list[Frame | DeviceChanged] | None = None,
        in_flight: str = "",
        synthesiser: Synthesiser | None = None,
        phase: Phase = Phase.LIVE,
        extract: Extract | None = None,
    ) -> None:
        """With `extract` there is an interview."""
        self.recorder = Recorder()
        self.player = FakePlayer()
        self.spotter = ScriptedSpotter(cues)
        self.dictation = ScriptedDictation(texts or {}, in_flight)
        self.store = CaseStore(folder / "cases")
        self.journals = folder / "journal"
        prompts = load_prompts()
        reading = Reading(extract or no_fields, lambda text, today: text)
        frames: list[Frame | DeviceChanged] = [FRAME] * round(seconds * FRAMES_PER_S)
        self.parts = Parts(
            inbox=Inbox(),
            source=FakeSource(frames if items is None else items),
            spotter=self.spotter,
            dictation=self.dictation,
            voice=Voice(
                synthesiser or FakeSynthesiser(),
                self.player,
                BreathingSettings(cycles=1),
                self.recorder.notice,
                on_breathing=lambda: None,
                rate_wpm=165,
                volume=0.8,
            ),
            desk=CaseDesk(self.store, self.journals, CallInfo(STARTED), reading, prompts),
            session=Session(
                load_cues(shipped("prompts/en/cues.toml")),
                prompts,
                {},
                phase=phase,
                ending=Ending.AUDIO_ENDS,
                interviews=extract is not None,
            ),
            observer=self.recorder,
            warm_up=lambda: None,
            waits=False,
        )

    def run(self) -> House:
        Runner(self.parts).run()
        return self


def no_fields(text: str, today: date, company: str) -> RecapFields:
    return RecapFields()


def test_a_recap_becomes_a_case_and_leaves_no_journal(tmp_path: Path) -> None:
    house = House(
        tmp_path, {2.0: "start-recap", 9.0: "end-recap"}, {4.0: "One.", 6.0: "Two."}
    ).run()
    assert house.dictation.started_at_s == [pytest.approx(1.8)]
    finals = [n.text for n in house.recorder.notices if isinstance(n, FinalNotice)]
    assert finals == ["One.", "Two."]
    (saved,) = house.recorder.of(CaseSavedNotice)
    assert isinstance(saved, CaseSavedNotice)
    assert house.store.load(saved.case_id).recap == "One. Two."
    assert Journal.unfinished(house.journals) == ()
    phases = [n.phase for n in house.recorder.notices if isinstance(n, PhaseNotice)]
    assert phases == ["live", "recap", "closed"]


def test_what_was_in_flight_when_a_cue_came_is_kept_before_the_cue_acts(tmp_path: Path) -> None:
    house = House(
        tmp_path,
        {2.0: "start-recap", 6.0: "scratch-that", 9.0: "end-recap"},
        {4.0: "Keep this."},
        in_flight="Forget this.",
    ).run()
    (saved,) = house.recorder.of(CaseSavedNotice)
    assert isinstance(saved, CaseSavedNotice)
    assert house.store.load(saved.case_id).recap == "Keep this."
    assert len(house.dictation.cuts) == 2, "each cue is cut out of the dictation"


def test_lost_samples_move_the_clock_and_are_told(tmp_path: Path) -> None:
    lossy: list[Frame | DeviceChanged] = [FRAME] * 10
    lossy.append(Frame(bytes(2 * FRAME_SAMPLES), lost_samples=16_000))
    house = House(tmp_path, {1.1: "what-now"}, items=[*lossy, *[FRAME] * 100]).run()
    (cue,) = house.recorder.of(CueNotice)
    assert cue.t == pytest.approx(11 * 0.03 + 1.0)
    warnings = [n for n in house.recorder.notices if isinstance(n, WarningNotice)]
    assert [(n.code, n.message[:3]) for n in warnings] == [("audio-lost", "1.0")]


def test_a_microphone_that_comes_and_goes_costs_nothing_heard(tmp_path: Path) -> None:
    items: list[Frame | DeviceChanged] = [FRAME] * 200
    items[100:100] = [DeviceChanged("input", False, "Unplugged."), DeviceChanged("input", True, "")]
    house = House(tmp_path, {1.0: "start-recap"}, {2.0: "One.", 5.0: "Two."}, items=items).run()
    codes = [n.code for n in house.recorder.notices if isinstance(n, WarningNotice)]
    assert codes == ["input-lost", "input-back"]
    (saved,) = house.recorder.of(CaseSavedNotice)
    assert isinstance(saved, CaseSavedNotice)
    assert house.store.load(saved.case_id).recap == "One. Two."


def test_a_lost_voice_is_told_and_the_recap_still_saved(tmp_path: Path) -> None:
    house = House(
        tmp_path,
        {1.0: "what-now", 2.0: "start-recap", 6.0: "end-recap"},
        {4.0: "One."},
        synthesiser=Speechless(),
    ).run()
    codes = {n.code for n in house.recorder.notices if isinstance(n, ErrorNotice)}
    assert codes == {"voice-stuck"}
    assert house.recorder.of(CaseSavedNotice)


def test_a_case_that_cannot_be_saved_stays_in_the_journal(tmp_path: Path) -> None:
    (tmp_path / "cases").write_text("a file where the folder should be")
    house = House(tmp_path, {2.0: "start-recap", 9.0: "end-recap"}, {4.0: "One."}).run()
    assert [n.code for n in house.recorder.notices if isinstance(n, ErrorNotice)] == [
        "case-not-saved"
    ]
    (left,) = Journal.unfinished(house.journals)
    assert left.text == "One."


def test_dictation_goes_on_where_no_journal_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("a file where the folder should be")
    house = House(tmp_path, {2.0: "start-recap", 9.0: "end-recap"}, {4.0: "One."}).run()
    codes = [n.code for n in house.recorder.notices if isinstance(n, ErrorNotice)]
    assert codes == ["journal-not-started"] * 2, "once at the start, once for the utterance"
    assert house.recorder.of(CaseSavedNotice)


def test_a_second_recap_of_a_call_updates_its_case(tmp_path: Path) -> None:
    house = House(
        tmp_path,
        {2.0: "start-recap", 6.0: "end-recap", 12.0: "start-recap", 16.0: "end-recap"},
        {4.0: "One.", 14.0: "Two."},
    ).run()
    saved = [n for n in house.recorder.notices if isinstance(n, CaseSavedNotice)]
    assert len({notice.case_id for notice in saved}) == 1
    assert house.store.load(saved[0].case_id).recap == "One. Two."


def test_what_was_heard_in_two_ways_is_marked_for_review() -> None:
    said = Utterance(text="Case B 7.", start_s=0.0, end_s=1.0, second="D 7")
    reading = Reading(no_fields, lambda text, today: text)
    case = build_case(CallInfo(STARTED), STARTED, (said,), (), reading)
    (doubt,) = case.needs_review
    assert "D 7" in doubt.reason
    assert doubt.words == "Case B 7."


def test_speaking_is_a_context_and_our_words_are_known_to_the_spotter(tmp_path: Path) -> None:
    house = House(tmp_path, {2.0: "what-now"}, seconds=12.0).run()
    assert frozenset({"live", "speaking"}) in house.spotter.contexts
    said = next(n.text for n in house.recorder.notices if isinstance(n, SayNotice))
    assert said in house.spotter.own_speech
    assert house.spotter.own_speech[-1] == ""


def test_stop_silences_within_one_frame(tmp_path: Path) -> None:
    house = House(tmp_path, {2.0: "breathe", 6.0: "stop"}).run()
    assert house.player.stopped_at_s[-1] == pytest.approx(6.0, abs=0.03)


def test_what_is_being_said_at_the_end_is_finished(tmp_path: Path) -> None:
    house = House(tmp_path, {1.9: "what-now"}, seconds=2.0).run()
    (said,) = [n for n in house.recorder.notices if isinstance(n, SayNotice)]
    assert said.end_s > 2.0


def test_the_status_tells_how_things_stand(tmp_path: Path) -> None:
    house = House(tmp_path, {1.0: "introduction"}, seconds=10.0).run()
    status = house.recorder.last
    assert status is not None
    assert status.tips_done == (2,)
    assert status.phase == "live"
    assert status.t_s == pytest.approx(10.0, abs=0.03)
