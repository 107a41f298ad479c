"""Cue files: what is valid, how files lie on top of each other, and what the shipped one offers."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.coaching.checklist import TIPS
from assistant.coaching.cues import (
    CueAction,
    CueBook,
    LivePlace,
    load_all_cues,
    load_cues,
    normalise,
)
from assistant.errors import ConfigError
from assistant.events import Context, Phase
from assistant.resources import checkout_root, shipped


def write(folder: Path, text: str, name: str = "cues.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def book() -> CueBook:
    return load_cues(shipped("prompts/en/cues.toml"))


def test_id_and_phrases_are_enough(tmp_path: Path) -> None:
    path = write(tmp_path, '[[cue]]\nid = "tea"\nphrases = ["Cup  of Tea", "it’s teatime"]\n')
    (cue,) = load_cues(path).cues
    assert cue.phrases == ("cup of tea", "it's teatime")
    assert cue.phases == ("ready", "live", "hold")
    assert cue.action is CueAction.NONE


def test_a_reply_makes_a_cue_speak(tmp_path: Path) -> None:
    path = write(tmp_path, '[[cue]]\nid = "tea"\nphrases = ["cup of tea"]\nreply = "Soon."\n')
    assert load_cues(path).by_id("tea").action is CueAction.SAY


def test_a_later_file_changes_only_the_keys_it_gives(tmp_path: Path) -> None:
    base = write(
        tmp_path,
        '[[cue]]\nid = "stop"\nphrases = ["stop"]\nphases = ["speaking"]\naction = "stop"\n',
    )
    own = write(tmp_path, '[[cue]]\nid = "stop"\nphrases = ["hush hush"]\n', "own.toml")
    (cue,) = load_cues(base, own).cues
    assert (cue.phrases, cue.phases, cue.action) == (
        ("hush hush",),
        ("speaking",),
        CueAction.STOP,
    )
    own = write(tmp_path, '[[cue]]\nid = "stop"\nphases = ["ready", "live", "hold"]\n', "own.toml")
    (cue,) = load_cues(base, own).cues
    assert (cue.phrases, cue.phases) == (("stop",), ("ready", "live", "hold"))


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[[cue]]\nid = "a"\nphrases = ["x y"]\n[[cue]]\nid = "a"\nphrases = ["z"]\n', 4, "twice"),
        ('[[cue]]\nid = "a"\n', 1, "no phrases"),
        ('\n[[cue]]\nid = "a"\nphrases = ["press 2 now"]\n', 2, "numbers as words"),
        ('[[cue]]\nid = "a"\nphrases = []\n', 3, "phrases"),
        ('[[cue]]\nid = "a"\nphrases = ["x y"]\nphrase = "z"\n', 4, "phrase"),
        ('[[cue]]\nid = "a"\nphrases = ["x y"]\nphases = ["lunch"]\n', 4, "lunch"),
        ('[[cue]]\nid = "a"\nphrases = ["x y"]\naction = "fly"\n', 4, "fly"),
        ('[[cue]]\nid = "a"\nphrases = ["x y"]\naction = "tip"\n', 1, "does not say which"),
        ('[[cue]]\nid = "a"\nphrases = ["x y"]\ntip = 10\n', 4, "9"),
        ('[[cue]]\nid = "Not an id"\nphrases = ["x y"]\n', 1, "lower-case"),
    ],
)
def test_mistakes_are_named_with_their_line(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_cues(path)
    assert caught.value.code == "config-invalid"
    assert caught.value.message.startswith(f"{path}, line {line}:")
    assert said in caught.value.message


def test_the_users_own_file_lies_on_top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLCOACH_CONFIG", str(tmp_path))
    before = load_all_cues()
    write(tmp_path, '[[cue]]\nid = "tea"\nphrases = ["cup of tea"]\n')
    after = load_all_cues()
    assert len(after.cues) == len(before.cues) + 1
    assert "cup of tea" in after.phrases


def test_live_places_are_the_phases_and_contexts() -> None:
    assert set(get_args(LivePlace)) == {place.value for place in (*Phase, *Context)}


def test_an_empty_file_has_no_cues(tmp_path: Path) -> None:
    empty = load_cues(write(tmp_path, ""))
    assert empty.cues == ()
    assert empty.phrases == ()
    with pytest.raises(KeyError):
        empty.by_id("stop")


@given(st.text(alphabet="abcXYZ'’ \t", max_size=30))
def test_normalising_twice_changes_nothing(text: str) -> None:
    try:
        once = normalise(text)
    except ValueError:
        assert not text.strip()
        return
    assert normalise(once) == once
    assert "  " not in once


@pytest.mark.parametrize(
    ("phrase", "contexts", "action"),
    [
        ("deep breath", {"live"}, CueAction.BREATHE),
        ("deep breath", {"hold"}, CueAction.BREATHE),
        ("stop", {"live", "breathing"}, CueAction.STOP),
        ("stop", {"recap", "speaking"}, CueAction.STOP),
        ("again", {"live", "breathing"}, CueAction.BREATHE_AGAIN),
        ("what now", {"live"}, CueAction.WHAT_NOW),
        ("repeat that", {"live"}, CueAction.REPEAT),
        ("repeat that", {"recap", "speaking"}, CueAction.REPEAT),
        ("quieter", {"live", "speaking"}, CueAction.QUIETER),
        ("speak quieter", {"live"}, CueAction.QUIETER),
        ("slower", {"live", "speaking"}, CueAction.SLOWER),
        ("speak slower", {"live"}, CueAction.SLOWER),
        ("be quiet", {"live"}, CueAction.BE_QUIET),
        ("talk to me", {"live"}, CueAction.TALK_TO_ME),
        ("start the call", {"ready"}, CueAction.START_CALL),
        ("i'm on hold", {"live"}, CueAction.HOLD),
        ("they're back", {"hold"}, CueAction.BACK),
        ("start recap", {"live"}, CueAction.START_RECAP),
        ("start recap", {"ready"}, CueAction.START_RECAP),
        ("end recap", {"recap"}, CueAction.END_RECAP),
        ("scratch that", {"recap"}, CueAction.SCRATCH_THAT),
        ("introduce myself", {"live"}, CueAction.TIP),
        ("next steps", {"live"}, CueAction.TIP),
        ("escalate this", {"live"}, CueAction.TIP),
        ("yes", {"recap", "asking"}, CueAction.YES),
        ("no", {"recap", "asking"}, CueAction.NO),
    ],
)
def test_the_shipped_cues_answer(
    book: CueBook, phrase: str, contexts: set[str], action: CueAction
) -> None:
    (cue,) = [cue for cue in book.live_in(contexts) if phrase in cue.phrases]
    assert cue.action is action


@pytest.mark.parametrize("phrase", ["stop", "again", "quieter", "slower", "yes", "no"])
def test_single_words_do_nothing_in_the_middle_of_a_call(book: CueBook, phrase: str) -> None:
    assert not [cue for cue in book.live_in({"live"}) if phrase in cue.phrases]


SAID_TO_REPRESENTATIVES = [
    "could you say that again please",
    "i have been on hold for an hour",
    "before we end the call could i have your name",
    "i would like to speak to a supervisor",
    "i am really frustrated about this",
    "thank you so much for your help",
    "yes that's right",
    "no that is not what i said",
    "please stop sending me letters",
]


@pytest.mark.parametrize("sentence", SAID_TO_REPRESENTATIVES)
def test_ordinary_sentences_hold_no_live_cue(book: CueBook, sentence: str) -> None:
    live = [phrase for cue in book.live_in({"live"}) for phrase in cue.phrases]
    assert not [phrase for phrase in live if f" {phrase} " in f" {sentence} "]


def test_every_tip_can_be_asked_for_during_a_call(book: CueBook) -> None:
    assert {cue.tip for cue in book.live_in({"live"})} >= set(TIPS)


def test_every_action_has_a_cue(book: CueBook) -> None:
    free = {CueAction.SAY, CueAction.NONE}  # for the user's own cues
    assert {cue.action for cue in book.cues} == set(CueAction) - free


def test_the_documentation_shows_the_shipped_cues(book: CueBook) -> None:
    root = checkout_root()
    assert root is not None
    text = (root / "docs/cues.md").read_text(encoding="utf-8")
    for cue in book.cues:
        row = f"| `{cue.id}` | {', '.join(cue.phrases)} | {', '.join(cue.phases)} |"
        assert row in text
    settings = (root / "docs/settings.md").read_text(encoding="utf-8")
    assert all(f"`{action}`" in settings for action in CueAction)
