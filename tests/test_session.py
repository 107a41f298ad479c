"""The state machine by scripted text: what is heard, and what follows."""

from __future__ import annotations

import pytest

from assistant import actions as do
from assistant.coaching.coach import AGAIN_S
from assistant.coaching.cues import load_cues
from assistant.coaching.prompts import load_prompts
from assistant.events import (
    CaseNotSaved,
    CaseSaved,
    Context,
    CueMatch,
    DeviceChanged,
    DictationEnded,
    Earcon,
    EndOfAudio,
    Final,
    KeyPressed,
    Phase,
    SpeechEnded,
    Tick,
)
from assistant.recap_talk import RECAP_SILENCE_S
from assistant.resources import shipped
from assistant.session import CLOSED_LINGER_S, Ending, Session

CUES = load_cues(shipped("prompts/en/cues.toml"))
PROMPTS = load_prompts()
FACTS = {"name": "Jordan", "company": "Harbor Gas", "customer_since": "", "plan": ""}


class Script:
    """Drives a session and remembers what it answered."""

    def __init__(self, **options: object) -> None:
        self.session = Session(CUES, PROMPTS, FACTS, **options)  # type: ignore[arg-type]
        self.t_s = 0.0

    def hear(self, phrase: str) -> tuple[do.Action, ...]:
        """Say a cue; it must be live."""
        live = {
            text: cue.id
            for cue in CUES.live_in(self.session.contexts | {Context.SPEAKING.value})
            for text in cue.phrases
        }
        self.t_s += 2.0
        match = CueMatch(live[phrase], phrase, 0.99, self.t_s - 1.0, self.t_s - 0.3, self.t_s)
        return self.session.handle(match)

    def press(self, action: str) -> tuple[do.Action, ...]:
        return self.session.handle(KeyPressed(action, self.t_s))

    def dictate(self, text: str) -> tuple[do.Action, ...]:
        self.t_s += 3.0
        return self.session.handle(Final(text, self.t_s - 2.0, self.t_s - 1.0, self.t_s))

    def wait(self, seconds: float, voice: bool = False) -> tuple[do.Action, ...]:
        """Let time pass in steps of a second; all actions on the way."""
        done: list[do.Action] = []
        for _ in range(round(seconds)):
            self.t_s += 1.0
            done.extend(self.session.handle(Tick(self.t_s, voice)))
        return tuple(done)


def reasons(actions: tuple[do.Action, ...]) -> list[str]:
    return [action.reason for action in actions if isinstance(action, do.Speak)]


def kinds(actions: tuple[do.Action, ...]) -> list[type]:
    return [type(action) for action in actions]


def test_a_call_goes_through_its_phases() -> None:
    script = Script()
    assert reasons(script.session.start()) == ["welcome"]
    assert do.EnterPhase(Phase.LIVE) in script.hear("start the call")
    assert do.EnterPhase(Phase.HOLD) in script.hear("i'm on hold")
    assert do.EnterPhase(Phase.LIVE) in script.hear("they're back")
    begun = script.hear("start recap")
    assert do.EnterPhase(Phase.RECAP) in begun
    assert do.StartDictation(script.t_s - 0.3) in begun, "the cue itself is not dictated"
    assert do.Sound(Earcon.LISTENING) in begun
    kept = script.dictate("They will refund me.")
    assert [action.final.text for action in kept if isinstance(action, do.KeepUtterance)] == [
        "They will refund me."
    ]
    assert kinds(script.hear("end recap")) == [do.StopDictation]
    assert do.SaveCase() in script.session.handle(DictationEnded(script.t_s))
    saved = script.session.handle(CaseSaved("Saved for Harbor Gas.", script.t_s))
    assert do.EnterPhase(Phase.CLOSED) in saved
    assert do.Sound(Earcon.SAVED) in saved
    assert reasons(saved) == ["recap-saved"]


@pytest.mark.parametrize("number", range(1, 10))
def test_every_tip_has_a_cue_that_is_live_on_a_call(number: int) -> None:
    script = Script(phase=Phase.LIVE)
    cue = next(cue for cue in CUES.live_in({"live"}) if cue.tip == number)
    script.hear(cue.phrases[0])
    assert number in script.session.tips_done


def test_what_now_walks_through_the_tips_and_ends() -> None:
    script = Script(phase=Phase.LIVE)
    said = [reasons(script.hear("what now"))[0] for _ in range(10)]
    assert said == [*(f"tip-{n}" for n in range(1, 10)), "all-tips-done"]
    assert script.session.tips_done == tuple(range(1, 10))


def test_a_suggested_tip_is_not_done_until_asked_again_or_ticked() -> None:
    script = Script(phase=Phase.LIVE)
    script.hear("what now")
    before, _ = script.session.tips_done, script.hear("tick that off")
    assert before == ()
    assert script.session.tips_done == (1,)


def test_repeat_says_the_same_words() -> None:
    script = Script(phase=Phase.LIVE)
    assert reasons(script.hear("repeat that")) == ["nothing-to-repeat"]
    (tip,) = [a for a in script.hear("how do i escalate") if isinstance(a, do.Speak)]
    (again,) = [a for a in script.hear("repeat that") if isinstance(a, do.Speak)]
    assert again.text == tip.text


def test_a_reminder_asked_for_again_comes_in_other_words() -> None:
    script = Script(phase=Phase.LIVE)
    first, second = (
        next(a.text for a in script.hear("how do i escalate") if isinstance(a, do.Speak))
        for _ in range(2)
    )
    assert (first != second) == bool(PROMPTS.tips[6].more)


def test_the_first_breath_of_a_call_reminds_to_mute_and_only_that() -> None:
    script = Script(phase=Phase.LIVE, first_breath=True)
    (breathe,) = [a for a in script.hear("deep breath") if isinstance(a, do.Breathe)]
    assert PROMPTS.say("breath-mute") in breathe.introduction
    assert PROMPTS.say("breath-first-use") in breathe.introduction
    (again,) = [a for a in script.hear("again") if isinstance(a, do.Breathe)]
    assert again.introduction == ""
    (later,) = [a for a in script.hear("deep breath") if isinstance(a, do.Breathe)]
    assert later.introduction == ""
    assert script.session.tips_done == (1,)


def test_again_means_the_breathing_for_a_while_after_it() -> None:
    script = Script(phase=Phase.LIVE)
    script.hear("deep breath")
    ended = script.session.handle(SpeechEnded("breathing", True, script.t_s))
    assert reasons(ended) == ["breath-done"]
    assert Context.BREATHING.value in script.session.contexts
    script.wait(AGAIN_S + 1)
    assert Context.BREATHING.value not in script.session.contexts


def test_stop_silences_and_ends_the_breathing_without_a_word() -> None:
    script = Script(phase=Phase.LIVE)
    script.hear("deep breath")
    assert script.hear("stop") == (do.Silence(),)
    assert script.session.handle(SpeechEnded("breathing", False, script.t_s)) == ()


def test_quiet_confirms_with_a_sound_but_answers_what_is_asked() -> None:
    script = Script(phase=Phase.READY)
    assert do.Silence() in script.hear("be quiet")
    begun = script.hear("start the call")
    assert reasons(begun) == []
    assert do.Sound(Earcon.UNDERSTOOD) in begun
    assert reasons(script.hear("how do i escalate")) == ["tip-6"]
    assert reasons(script.hear("talk to me")) == ["quiet-off"]


def test_volume_and_rate_move_both_ways() -> None:
    script = Script(phase=Phase.READY)
    (down,) = [a for a in script.hear("quieter") if isinstance(a, do.ChangeVolume)]
    (up,) = [a for a in script.hear("louder") if isinstance(a, do.ChangeVolume)]
    (slow,) = [a for a in script.hear("slower") if isinstance(a, do.ChangeRate)]
    (fast,) = [a for a in script.hear("faster") if isinstance(a, do.ChangeRate)]
    assert down.factor < 1 < up.factor
    assert slow.factor < 1 < fast.factor


def test_scratch_is_kept_in_order_and_needs_something_to_take_back() -> None:
    script = Script(phase=Phase.RECAP)
    assert do.Sound(Earcon.NOT_UNDERSTOOD) in script.hear("scratch that")
    script.dictate("The refund is fifty dollars.")
    assert kinds(script.hear("scratch that")) == [do.KeepScratch, do.Sound]


def test_commands_inside_the_words_work_where_the_spotter_missed_them() -> None:
    script = Script(phase=Phase.RECAP)
    ended = script.dictate("She calls on Friday. End recap.")
    kept = [a.final.text for a in ended if isinstance(a, do.KeepUtterance)]
    assert kept == ["She calls on Friday."]
    assert kinds(ended)[-1] is do.StopDictation


def test_long_silence_asks_and_silence_again_saves() -> None:
    script = Script(phase=Phase.RECAP)
    script.session.start()
    script.dictate("They will refund me.")
    asked = script.wait(RECAP_SILENCE_S + 2)
    assert reasons(asked) == ["recap-silence-question"]
    assert Context.ASKING.value in script.session.contexts
    script.session.handle(SpeechEnded("recap-silence-question", True, script.t_s))
    assert kinds(script.wait(RECAP_SILENCE_S + 2)) == [do.StopDictation]


@pytest.mark.parametrize(("reply", "ends"), [("Yes.", True), ("No.", False), ("And then", False)])
def test_an_answer_in_words_counts(reply: str, ends: bool) -> None:
    script = Script(phase=Phase.RECAP)
    script.session.start()
    script.dictate("They will refund me.")
    script.wait(RECAP_SILENCE_S + 2)
    answered = script.dictate(reply)
    assert (do.StopDictation in kinds(answered)) == ends
    assert (do.KeepUtterance in kinds(answered)) == (reply == "And then")
    assert Context.ASKING.value not in script.session.contexts


def test_talking_is_no_silence() -> None:
    script = Script(phase=Phase.RECAP)
    script.session.start()
    assert script.wait(4 * RECAP_SILENCE_S, voice=True) == ()


def test_an_empty_recap_saves_nothing_and_goes_back() -> None:
    script = Script(phase=Phase.LIVE)
    script.hear("start recap")
    script.hear("end recap")
    left = script.session.handle(DictationEnded(script.t_s))
    assert do.SaveCase() not in left
    assert do.EnterPhase(Phase.LIVE) in left
    assert reasons(left) == ["recap-empty"]


def test_a_case_that_cannot_be_saved_leaves_the_recap_safe() -> None:
    script = Script(phase=Phase.LIVE)
    script.hear("start recap")
    script.dictate("They will refund me.")
    script.hear("end recap")
    script.session.handle(DictationEnded(script.t_s))
    left = script.session.handle(CaseNotSaved("case-not-saved", "The disk is full.", script.t_s))
    assert reasons(left) == ["save-failed"]
    assert do.EnterPhase(Phase.LIVE) in left


@pytest.mark.parametrize("ending", list(Ending))
def test_leaving_in_a_recap_saves_first(ending: Ending) -> None:
    script = Script(phase=Phase.LIVE, ending=ending)
    script.hear("start recap")
    script.dictate("They will refund me.")
    assert kinds(script.press("quit")) == [do.StopDictation]
    assert do.SaveCase() in script.session.handle(DictationEnded(script.t_s))
    assert do.Close() in script.session.handle(CaseSaved("Saved.", script.t_s))


def test_the_end_of_the_audio_saves_and_closes() -> None:
    script = Script(phase=Phase.RECAP, ending=Ending.AUDIO_ENDS)
    script.dictate("They will refund me.")
    assert kinds(script.session.handle(EndOfAudio())) == [do.StopDictation]


@pytest.mark.parametrize("ending", list(Ending))
def test_only_a_live_call_closes_by_itself(ending: Ending) -> None:
    script = Script(phase=Phase.LIVE, ending=ending)
    script.hear("the call is over")
    closed = do.Close() in script.wait(CLOSED_LINGER_S + 2)
    assert closed == (ending is Ending.LINGER)


def test_an_unfinished_recap_is_offered_and_finished_on_yes() -> None:
    script = Script(unfinished="Friday 9:30")
    assert "recap-unfinished" in reasons(script.session.start())
    assert script.hear("yes") == (do.RecoverRecap(),)
    saved = script.session.handle(CaseSaved("Saved.", script.t_s))
    assert reasons(saved) == ["recap-recovered"]
    assert script.session.phase is Phase.READY


def test_without_an_engine_for_dictation_a_recap_is_refused_plainly() -> None:
    script = Script(phase=Phase.LIVE, dictates=False)
    assert reasons(script.hear("start recap")) == ["dictation-unfit"]
    assert script.session.phase is Phase.LIVE


def test_a_lost_microphone_is_told_and_a_lost_speaker_only_shown() -> None:
    script = Script(phase=Phase.LIVE)
    heard = script.session.handle(DeviceChanged("input", False, "It was unplugged.", 1.0))
    assert reasons(heard) == ["input-lost"]
    for device in ("output", "call"):
        shown = script.session.handle(DeviceChanged(device, False, "It was unplugged.", 1.0))
        assert kinds(shown) == [do.Warn]


def test_every_cue_and_every_key_is_handled_in_every_phase() -> None:
    from assistant.ui.keys import KEYS

    for phase in Phase:
        for cue in CUES.cues:
            script = Script(phase=phase)
            match = CueMatch(cue.id, cue.phrases[0], 0.9, 0.0, 0.5, 0.8)
            assert isinstance(script.session.handle(match), tuple)
        for action, _ in KEYS.values():
            assert isinstance(Script(phase=phase).press(action), tuple)
