"""Spoken commands in a dictation, and the questions after it, through the session."""

from __future__ import annotations

import pytest
from test_session import Script, kinds, reasons

from assistant import actions as do
from assistant.events import (
    AnswerTaken,
    Ask,
    CaseSaved,
    Context,
    DictationEnded,
    Earcon,
    EndOfAudio,
    Expects,
    Phase,
    SpeechEnded,
)
from assistant.recap_talk import (
    ANSWER_SILENCE_S,
    LONGEST_QUESTION_S,
    PATIENCE_S,
    PAUSE_REMINDER_S,
    QUESTION_ECHO_S,
    RECAP_SILENCE_S,
)
from assistant.session import Ending

WHO = Ask("Who helped you?", "ask-person", Expects.NAME)
NUMBER = Ask("Read me the case number.", "ask-case-number", Expects.CODE)
Actions = tuple[do.Action, ...]


def dictating(**options: object) -> Script:
    script = Script(phase=Phase.RECAP, **options)
    script.session.start()
    return script


def asked(ask: Ask = WHO, ending: Ending = Ending.RECAP_SAVED) -> tuple[Script, Actions]:
    """A session that just put its first question, and what it did to put it."""
    script = dictating(interviews=True, ending=ending)
    script.dictate("They will refund me.")
    script.dictate("End recap.")
    script.session.handle(DictationEnded(script.t_s))
    return script, script.session.handle(CaseSaved("Saved.", script.t_s, ask))


def listening(ask: Ask = WHO, ending: Ending = Ending.RECAP_SAVED) -> Script:
    """A session whose question was heard."""
    script, _ = asked(ask, ending)
    heard(script, ask)
    return script


def heard(script: Script, ask: Ask) -> Actions:
    script.t_s += 2.0
    return script.session.handle(SpeechEnded(ask.reason, True, script.t_s))


def answers(actions: Actions) -> list[str]:
    return [action.final.text for action in actions if isinstance(action, do.KeepAnswer)]


def kept(actions: Actions) -> list[str]:
    return [action.final.text for action in actions if isinstance(action, do.KeepUtterance)]


# --- commands in a dictation ---------------------------------------------------------------


def test_nothing_is_written_down_in_a_pause() -> None:
    script = dictating()
    assert kept(script.dictate("They will refund me. Pause.")) == ["They will refund me."]
    written = [script.session.writes_down]
    assert script.dictate("Honey, where is the letter?") == ()
    assert script.dictate("Resume.") == (do.Sound(Earcon.LISTENING),)
    written.append(script.session.writes_down)
    assert written == [False, True]
    assert kept(script.dictate("By Friday.")) == ["By Friday."]


def test_answers_are_shown_also_where_the_recap_ended_in_a_pause() -> None:
    script = dictating(interviews=True)
    script.dictate("They will refund me. Pause.")
    script.dictate("End recap.")
    script.session.handle(CaseSaved("Saved.", script.t_s, WHO))
    assert script.session.writes_down


def test_a_pause_is_told_once_and_never_ends_the_recap() -> None:
    script = dictating()
    script.dictate("They will refund me.")
    script.dictate("Pause recap.")
    told = script.wait(PAUSE_REMINDER_S + 3 * RECAP_SILENCE_S)
    assert reasons(told) == ["recap-paused"]
    assert kinds(script.dictate("End recap.")) == [do.StopDictation]


@pytest.mark.parametrize(
    "sentence", ["There was a long pause", "I will resume the payments", "Then she said pause"]
)
def test_command_words_in_a_sentence_stay_text(sentence: str) -> None:
    script = dictating()
    assert kept(script.dictate(sentence)) == [sentence]
    assert script.session.writes_down


def test_keys_pause_and_resume() -> None:
    script = dictating()
    script.press("pause")
    assert script.dictate("Not this.") == ()
    script.press("resume")
    assert kept(script.dictate("But this.")) == ["But this."]


def test_to_drop_everything_is_asked_first() -> None:
    script = dictating()
    script.dictate("They will refund me.")
    assert reasons(script.dictate("Scratch all that.")) == ["recap-drop-question"]
    assert Context.ASKING.value in script.session.contexts
    assert script.dictate("Yes.") == (
        do.KeepScratch(everything=True),
        do.Sound(Earcon.UNDERSTOOD),
    )
    script.dictate("End recap.")
    assert do.SaveCase not in kinds(script.session.handle(DictationEnded(script.t_s)))


@pytest.mark.parametrize("reply", ["No.", "And they will call me."])
def test_nothing_is_dropped_without_a_yes(reply: str) -> None:
    script = dictating()
    script.dictate("They will refund me.")
    script.dictate("Scratch all that.")
    assert do.KeepScratch not in kinds(script.dictate(reply))
    script.dictate("End recap.")
    assert do.SaveCase() in script.session.handle(DictationEnded(script.t_s))


def test_silence_drops_nothing_and_ends_nothing_at_once() -> None:
    script = dictating()
    script.dictate("They will refund me.")
    script.dictate("Scratch all that.")
    waited = script.wait(RECAP_SILENCE_S + 2)
    assert do.KeepScratch not in kinds(waited)
    assert do.StopDictation not in kinds(waited)


# --- the interview -------------------------------------------------------------------------


def test_the_case_is_saved_before_anything_is_asked() -> None:
    script = dictating(interviews=True)
    script.dictate("They will refund me.")
    script.dictate("End recap.")
    assert do.SaveCase(interview=True) in script.session.handle(DictationEnded(script.t_s))
    put = script.session.handle(CaseSaved("Saved.", script.t_s, WHO))
    assert put[0] == do.Sound(Earcon.SAVED)
    assert reasons(put) == ["ask-person"]
    assert script.session.phase is Phase.RECAP


def test_an_answer_is_listened_for_once_the_question_was_heard() -> None:
    script, put = asked(NUMBER)
    assert do.Listen not in kinds(put)
    assert heard(script, NUMBER) == (do.Listen(script.t_s + QUESTION_ECHO_S, Expects.CODE),)
    assert script.session.contexts == {Context.INTERVIEW.value}
    taken = script.dictate("A B 7 4 2.")
    assert kinds(taken) == [do.StopListening, do.KeepAnswer]
    assert answers(taken) == ["A B 7 4 2."]


def test_questions_follow_each_other_until_there_is_none() -> None:
    script = listening()
    script.dictate("Maria.")
    assert reasons(script.session.handle(AnswerTaken(NUMBER, script.t_s))) == ["ask-case-number"]
    heard(script, NUMBER)
    script.dictate("I don't have one.")
    over = script.session.handle(AnswerTaken(None, script.t_s))
    assert do.EndInterview() in over
    assert do.EnterPhase(Phase.CLOSED) in over
    assert reasons(over) == ["interview-done"]
    assert do.Close() in over


@pytest.mark.parametrize(("kept", "told"), [(True, "save-failed"), (False, "save-failed-unkept")])
def test_it_is_not_called_saved_where_the_case_file_could_not_be_written(
    kept: bool, told: str
) -> None:
    script = listening()
    script.dictate("Maria.")
    over = script.session.handle(AnswerTaken(None, script.t_s, saved=False, kept=kept))
    assert reasons(over) == [told]
    assert do.Sound(Earcon.SAVED) not in over


def test_silence_is_an_answer_too() -> None:
    script = listening()
    waited = script.wait(ANSWER_SILENCE_S + 1)
    assert answers(waited) == [""]
    assert script.wait(ANSWER_SILENCE_S + 1) == (), "one silence, one answer"


def test_talking_is_no_silence() -> None:
    assert listening().wait(3 * ANSWER_SILENCE_S, voice=True) == ()


def test_one_moment_gives_longer_and_says_nothing() -> None:
    script = listening()
    script.dictate("One moment.")
    patient = Ask(WHO.text, WHO.reason, WHO.expects, waits=True)
    assert kinds(script.session.handle(AnswerTaken(patient, script.t_s))) == [do.Listen]
    assert script.wait(PATIENCE_S - 2) == ()
    assert answers(script.wait(3)) == [""]


def test_what_was_not_understood_is_told_by_a_sound_and_asked_again() -> None:
    script = listening()
    script.dictate("Mumble.")
    again = script.session.handle(AnswerTaken(Ask(WHO.text, WHO.reason, again=True), script.t_s))
    assert again[0] == do.Sound(Earcon.NOT_UNDERSTOOD)
    assert reasons(again) == ["ask-person"]


def test_without_a_voice_we_listen_all_the_same() -> None:
    script, _ = asked()
    assert kinds(script.wait(LONGEST_QUESTION_S + 1)) == [do.Listen]


@pytest.mark.parametrize(
    ("key", "words"),
    [("skip", "skip"), ("repeat", "repeat"), ("end-recap", "that's all"), ("yes", "yes"),
     ("no", "no")],
)  # fmt: skip
def test_keys_answer_too(key: str, words: str) -> None:
    assert answers(listening().press(key)) == [words]
    script, _ = asked()
    assert kinds(script.press(key))[0] is do.Silence, "also into the question"


def test_leaving_in_an_interview_loses_nothing_and_asks_no_more() -> None:
    script = listening(ending=Ending.LINGER)
    left = script.press("quit")
    assert do.EndInterview() in left
    assert do.Close() in left
    assert script.session.handle(AnswerTaken(NUMBER, script.t_s)) == ()


def test_an_answer_in_flight_is_kept_when_leaving() -> None:
    assert do.StopListening(keeps=True) in listening(ending=Ending.LINGER).press("quit")
    assert do.StopListening() in listening().press("skip"), "but not one that is passed over"


def test_who_leaves_hears_that_the_case_file_lacks_an_answer() -> None:
    script = listening()
    script.dictate("Maria.")
    script.session.handle(AnswerTaken(NUMBER, script.t_s, saved=False))
    left = script.press("quit")
    assert reasons(left) == ["save-failed"]
    assert do.Sound(Earcon.SAVED) not in left


def test_a_call_that_comes_back_goes_before_the_questions() -> None:
    script = listening(ending=Ending.LINGER)
    back = script.press("start-call")
    assert do.EndInterview() in back
    assert script.session.phase is Phase.LIVE
    assert script.wait(2 * ANSWER_SILENCE_S) == ()


def test_hanging_up_ends_the_questions() -> None:
    assert answers(listening(ending=Ending.LINGER).press("end-call")) == ["that's all"]


def test_nobody_is_asked_while_they_breathe() -> None:
    script = listening(ending=Ending.LINGER)
    script.press("breathe")
    assert answers(script.wait(2 * ANSWER_SILENCE_S)) == []


def test_a_file_that_ends_in_an_interview_closes_it() -> None:
    script = listening(ending=Ending.AUDIO_ENDS)
    assert do.Close() in script.session.handle(EndOfAudio())


def test_who_is_leaving_is_not_asked() -> None:
    script = dictating(interviews=True)
    script.dictate("They will refund me.")
    script.press("quit")
    assert do.SaveCase(interview=False) in script.session.handle(DictationEnded(script.t_s))


def test_skip_and_pause_mean_nothing_elsewhere() -> None:
    script = Script(phase=Phase.LIVE)
    for action in ("skip", "pause", "resume"):
        assert script.press(action) == ()
