"""Messages and reminders: slots, files on top of each other, the checklist, and their length."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.coaching.checklist import TIPS, Checklist
from assistant.coaching.prompts import MESSAGE_SLOTS, Prompts, fill, load_messages, load_prompts
from assistant.coaching.tips import load_tips
from assistant.errors import ConfigError
from assistant.events import Phase
from assistant.resources import checkout_root, shipped
from assistant.settings import Settings
from assistant.speech.synthesiser import Pyttsx3Synthesiser
from assistant.toml_files import parse_toml

MESSAGES = shipped("prompts/en/messages.toml")
REMINDERS = shipped("prompts/en/reminders.toml")
FACTS = {
    "name": "Maria Lopez",
    "company": "Northern Power",
    "customer_since": "two thousand and nineteen",
    "plan": "the family plan",
    "case_numbers": "4 7 1 2",
}


@pytest.fixture
def prompts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prompts:
    monkeypatch.setenv("CALLCOACH_CONFIG", str(tmp_path))
    return load_prompts()


@pytest.mark.parametrize(
    ("text", "slots", "expected"),
    [
        ("Hello[, {name}]. Go.", {"name": "Ana"}, "Hello, Ana. Go."),
        ("Hello[, {name}]. Go.", {}, "Hello. Go."),
        ("Hello[, {name}]. Go.", {"name": "  "}, "Hello. Go."),
        ("[{a} and {b}, ]c", {"a": "1"}, "c"),
        ("[{a} and {b}, ]c", {"a": "1", "b": "2"}, "1 and 2, c"),
        ("Saved [for {company}] . Good", {}, "Saved. Good"),
        ("[always] here", {}, "always here"),
        ("Hi {name}!", {}, "Hi!"),
        ("{name}", {"name": "[x] {y}"}, "[x] {y}"),
        ("", {}, ""),
    ],
)
def test_slots_are_filled(text: str, slots: dict[str, str], expected: str) -> None:
    assert fill(text, slots) == expected


@given(st.dictionaries(st.sampled_from(sorted(FACTS)), st.text(max_size=10)))
def test_no_reminder_shows_its_brackets(slots: dict[str, str]) -> None:
    plain = {key: re.sub(r"[\[\]{}]", "", value) for key, value in slots.items()}
    for tip in load_tips(REMINDERS).values():
        for wording in tip.wordings:
            assert not set("[]{}") & set(fill(wording, plain))


def test_every_message_can_be_said_without_slots(prompts: Prompts) -> None:
    for key in MESSAGE_SLOTS:
        assert not set("[]{}") & set(prompts.say(key))
    with pytest.raises(KeyError):
        prompts.say("nonsense")


def test_a_reminder_asked_for_again_comes_in_other_words(prompts: Prompts) -> None:
    for number in TIPS:
        wordings = len(prompts.tips[number].wordings)
        said = [prompts.tip(number, FACTS, turn) for turn in range(wordings)]
        assert len(set(said)) == wordings > 1
        assert prompts.tip(number, FACTS, wordings) == said[0]


def test_own_messages_and_reminders_lie_on_top(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLCOACH_CONFIG", str(tmp_path))
    (tmp_path / "messages.toml").write_text('goodbye = "Ta-ta."\n')
    (tmp_path / "reminders.toml").write_text('[[tip]]\nnumber = 9\ntext = "Say cheers."\n')
    prompts = load_prompts()
    assert prompts.say("goodbye") == "Ta-ta."
    assert prompts.say("hold-ended")
    assert prompts.tips[9].wordings == ("Say cheers.",)
    assert prompts.tips[9].title == load_tips(REMINDERS)[9].title


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('# mine\ngoodby = "Ta-ta."\n', 2, "goodby"),
        ('goodbye = "Ta-ta, {nmae}."\n', 1, "nmae"),
        ("\ngoodbye = 3\n", 2, "not a text"),
        ('[goodbye]\ntext = "x"\n', 1, "not a text"),
    ],
)
def test_wrong_messages_are_named(tmp_path: Path, text: str, line: int, said: str) -> None:
    path = tmp_path / "messages.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_messages(MESSAGES, path)
    assert said in caught.value.message
    assert caught.value.message.startswith(f"{path}, line {line}:")


def test_a_missing_message_or_reminder_is_named(tmp_path: Path) -> None:
    path = tmp_path / "short.toml"
    path.write_text('welcome = "Hello."\n')
    with pytest.raises(ConfigError, match="lacks the message"):
        load_messages(path)
    path.write_text('[[tip]]\nnumber = 1\ntext = "Breathe."\n')
    with pytest.raises(ConfigError, match="tip 1 lacks id, title"):
        load_tips(path)


def test_messages_and_code_agree() -> None:
    root = checkout_root()
    assert root is not None
    own = root / "assistant/coaching/prompts.py"
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in (root / "assistant").rglob("*.py")
        if path != own
    )
    said = set(re.findall(r'(?:\.say|_message|_confirm)\(\s*"([^"]+)"', code))
    assert said <= set(MESSAGE_SLOTS)
    by_device = {"input-lost", "input-back", "output-back"}  # put together from two parts
    unused = {key for key in set(MESSAGE_SLOTS) - by_device if f'"{key}"' not in code}
    assert not unused


def test_the_documentation_lists_every_message() -> None:
    root = checkout_root()
    assert root is not None
    text = (root / "docs/settings.md").read_text(encoding="utf-8")
    listed = text.split("## messages.toml")[1].split("## breathing.toml")[0]
    rows = dict(re.findall(r"^\| `([a-z-]+)` \|(.*)\|$", listed, re.MULTILINE))
    assert {key: set(re.findall(r"\{(\w+)\}", slots)) for key, slots in rows.items()} == {
        key: set(slots) for key, slots in MESSAGE_SLOTS.items()
    }


def test_the_documented_settings_are_the_defaults() -> None:
    root = checkout_root()
    assert root is not None
    text = (root / "docs/settings.md").read_text(encoding="utf-8")
    example = text.split("```toml\n", 1)[1].split("```", 1)[0]
    assert parse_toml(example, Settings, "docs/settings.md") == Settings()
    for table in ("audio", "voice", "hearing", "breathing", "me", "cases"):
        keys = re.findall(r"^(\w+) =", example.split(f"[{table}]")[1].split("\n[")[0], re.MULTILINE)
        assert keys == list(getattr(Settings(), table).__struct_fields__)


def test_the_checklist_goes_on_to_what_is_not_done() -> None:
    checklist = Checklist()
    order = []
    while (number := checklist.next_for(Phase.LIVE)) is not None:
        order.append(number)
        checklist = checklist.tick(number)
    assert order[:2] == [1, 2]
    assert order[-2:] == [8, 9]
    assert sorted(order) == list(TIPS)
    assert checklist.complete


def test_on_hold_the_introduction_can_wait() -> None:
    assert Checklist(frozenset({1})).next_for(Phase.HOLD) == 4
    assert Checklist().next_for(Phase.RECAP) == 8
    assert Checklist().next_for(Phase.CLOSED) is None


def test_ticking_gives_a_new_list() -> None:
    first = Checklist()
    second = first.tick(3).tick(3)
    assert first.done == frozenset()
    assert second.done == {3}
    with pytest.raises(ValueError, match="no tip 10"):
        second.tick(10)


@pytest.fixture(scope="module")
def voice() -> Iterator[Pyttsx3Synthesiser]:
    if shutil.which("espeak-ng") is None:
        pytest.skip("needs the espeak-ng voice")
    synthesiser = Pyttsx3Synthesiser(rate_wpm=165)
    yield synthesiser
    synthesiser.close()


@pytest.mark.slow
def test_everything_said_lasts_under_six_seconds(
    prompts: Prompts, voice: Pyttsx3Synthesiser
) -> None:
    """Reminders with all facts; messages with facts but without the length of a result."""
    reminders = [fill(w, FACTS) for tip in prompts.tips.values() for w in tip.wordings]
    messages = [prompts.say(key) for key in MESSAGE_SLOTS]
    lengths_s = {text: voice.render(text).seconds for text in reminders + messages}
    assert max(lengths_s.values()) < 6.0, max(lengths_s, key=lambda text: lengths_s[text])
