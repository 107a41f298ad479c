"""The cue linter: each thing it must find, and the shipped files, in which it finds nothing."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.coaching import phonemes
from assistant.coaching.cues import load_cues
from assistant.coaching.lint import Finding, estimate_s, lint, words_of
from assistant.coaching.located import gather
from assistant.coaching.phonemes import Sounds, pronounce, similarity
from assistant.commands import cues as command
from assistant.errors import ConfigError
from assistant.recognition.vocabulary import ModelVocabulary
from assistant.resources import shipped

CUES = shipped("prompts/en/cues.toml")
REMINDERS = shipped("prompts/en/reminders.toml")
MESSAGES = shipped("prompts/en/messages.toml")
COMMON = frozenset(
    word for phrase in load_cues(CUES).phrases for word in phrase.split()
) | frozenset(["cup", "of", "tea", "would", "like", "sea", "cheap"])

Lint = Callable[..., list[Finding]]


@pytest.fixture
def findings(tmp_path: Path) -> Lint:
    def run(cues: str = "", reminders: str = "", messages: str = "") -> list[Finding]:
        files = []
        for name, text in (("cues", cues), ("reminders", reminders), ("messages", messages)):
            path = tmp_path / f"{name}.toml"
            path.write_text(text, encoding="utf-8")
            files.append(path)
        sources = gather((CUES, files[0]), (REMINDERS, files[1]), (MESSAGES, files[2]))
        found = lint(
            sources, COMMON, pronounce(words_of(sources)), frozenset(["i", "like", "would"])
        )
        return [finding for finding in found if finding.place.path.startswith(str(tmp_path))]

    return run


def cue(identifier: str, *phrases: str, more: str = "") -> str:
    quoted = ", ".join(f'"{phrase}"' for phrase in phrases)
    return f'[[cue]]\nid = "{identifier}"\nphrases = [{quoted}]\n{more}\n'


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (cue("tea", "cup of teaa"), "unknown-word", 3),
        (cue("tea", "tea"), "single-word", 3),
        (cue("tea", "cup of tea", "cup of tea"), "duplicate-phrase", 3),
        (cue("tea", "cup of tea") + cue("see", "be quiet"), "duplicate-phrase", 7),
        (cue("tea", "cup of tea") + cue("see", "cup of sea"), "sounds-alike", 7),
        (cue("tea", "cup of tea") + cue("more", "cup of tea now"), "contains-cue", 7),
        (cue("tea", "cup of tea", more='reply = "Have a cup of tea now."'), "cue-in-prompt", 4),
        (cue("tea", "cup of tea", more='reply = "Have a cop of tea."'), "cue-in-prompt", 4),
        (cue("tea", "cup of tea", more='reply = "Hello[, {nmae}]."'), "unknown-slot", 4),
        (cue("tea", "cup of tea", more='reply = "Hello, {name}."'), "bare-slot", 4),
        (cue("tea", "cup of tea", more='reply = "Hello[, {name}."'), "open-bracket", 4),
        (cue("tea", "cup of tea", more=f'reply = "{"really " * 20}"'), "too-long", 4),
    ],
)
def test_each_mistake_in_cues_is_found(findings: Lint, text: str, code: str, line: int) -> None:
    found = [(finding.code, finding.place.line) for finding in findings(cues=text)]
    assert (code, line) in found


def test_the_nearest_known_word_is_suggested(findings: Lint) -> None:
    (finding,) = findings(cues=cue("tea", "cup of teaa"))
    assert '"tea"' in finding.suggestion
    where = f"{finding.place.path}:3: unknown-word: "
    assert str(finding).startswith(where)


def test_good_cues_and_prompts_pass(findings: Lint) -> None:
    assert not findings(
        cues=cue("tea", "would like tea", more='reply = "Put the kettle on[, {name}]."'),
        messages='goodbye = "Farewell, then."\n',
        reminders='[[tip]]\nnumber = 9\ntext = "Part as friends."\n',
    )


def test_phrases_in_phases_that_never_meet_may_be_alike(findings: Lint) -> None:
    apart = cue("tea", "cup of tea", more='phases = ["ready"]')
    assert not findings(cues=apart + cue("see", "cup of sea", more='phases = ["recap"]'))


def test_a_phrase_may_end_in_another_cue(findings: Lint) -> None:
    text = cue("tea", "cup of tea") + cue("more", "would like cup of tea")
    assert "contains-cue" not in [finding.code for finding in findings(cues=text)]


def paraphrased(*paraphrases: str, phases: str = '["live"]') -> str:
    return cue("tea", "cup of tea", more=f"phases = {phases}\nparaphrases = {list(paraphrases)}")


@pytest.mark.parametrize(
    ("paraphrase", "code"),
    [
        ("be quiet", "duplicate-phrase"),
        ("be quiet about tea", "contains-cue"),
        ("i would like something hot", "paraphrase-unheard"),
        ("please", "paraphrase-unheard"),
        ("tea " + "really " * 12, "paraphrase-unheard"),
        ("take a recap of tea", None),
    ],
)
def test_each_mistake_in_paraphrases_is_found(
    findings: Lint, paraphrase: str, code: str | None
) -> None:
    found = [(finding.code, finding.place.line) for finding in findings(paraphrased(paraphrase))]
    assert found == ([(code, 5)] if code else [])


def test_a_hint_of_a_paraphrase_must_be_live_with_it(findings: Lint) -> None:
    hinting = cue("see", "cheap sea", more='phases = ["recap"]')
    asked = paraphrased("sea please", phases='["live"]')
    assert [finding.code for finding in findings(hinting + asked)] == ["paraphrase-unheard"]
    assert not findings(hinting + paraphrased("sea please", phases='["recap", "live"]'))


def test_what_we_say_holds_no_paraphrase(findings: Lint) -> None:
    message = 'goodbye = "Then would we like some tea now."\n'
    (found,) = findings(paraphrased("we like some tea"), messages=message)
    assert (found.code, found.place.path[-13:]) == ("cue-in-prompt", "messages.toml")


def test_messages_and_reminders_are_searched_for_cues(findings: Lint) -> None:
    (message,) = findings(messages='# mine\ngoodbye = "Now take a deep breath."\n')
    assert (message.code, message.place.line) == ("cue-in-prompt", 2)
    reminder = '[[tip]]\nnumber = 9\ntext = "Well done."\nmore = ["Ask: what now?"]\n'
    (found,) = findings(reminders=reminder)
    assert (found.code, found.place.line) == ("cue-in-prompt", 4)


def test_a_tip_without_cue_is_found(findings: Lint) -> None:
    text = cue("thank", "say thank you", more='action = "breathe"\ntip = 1')
    sources_findings = findings(cues=text)
    assert sources_findings == []  # the finding is about the whole, placed at the first cue
    whole = gather((CUES,), (REMINDERS,), (MESSAGES,))
    rest = tuple(phrase for phrase in whole.phrases if phrase.cue.tip != 9)
    sounds = pronounce(words_of(whole))
    found = lint(type(whole)(rest, whole.texts), None, sounds)
    assert [finding.code for finding in found] == ["tip-without-cue"]


@pytest.mark.parametrize("espeak", [True, False], ids=["espeak-ng", "by spelling"])
def test_the_shipped_files_pass(espeak: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = gather((CUES,), (REMINDERS,), (MESSAGES,))
    if not espeak:
        monkeypatch.setenv("PATH", "")
    sounds = pronounce(words_of(sources))
    if espeak and not sounds.exact:
        pytest.skip("needs espeak-ng")
    assert sounds.exact is espeak
    assert [str(finding) for finding in lint(sources, None, sounds)] == []


@pytest.mark.needs_model
def test_the_model_knows_every_word_of_the_shipped_cues(vosk_model_path: Path) -> None:
    known = ModelVocabulary(vosk_model_path)
    assert "zzyzzyx" not in known
    assert [p for p in load_cues(CUES).phrases if not all(w in known for w in p.split())] == []


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [
        ("be quiet", "be quieter", True),
        ("start recap", "start the recap", True),
        ("their side", "there side", True),
        ("speak slower", "speak louder", False),
        ("start the call", "start the recap", False),
        ("deep breath", "next steps", False),
    ],
)
def test_what_counts_as_sounding_alike(a: str, b: str, alike: bool) -> None:
    sounds = pronounce(f"{a} {b}".split())
    assert (similarity(sounds.of(a), sounds.of(b)) >= 0.8) is alike


def test_similarity_has_its_ends() -> None:
    assert similarity(("a", "b"), ("a", "b")) == 1.0
    assert similarity((), ()) == 1.0
    assert similarity(("a",), ("t",)) == 0.0
    assert similarity(("t",), ("d",)) == 0.5
    assert similarity(("t",), ("d",), least=0.6) == 0.0
    assert similarity(("t", "a", "t"), ("t",), least=0.6) == 0.0


def test_words_without_a_pronunciation_go_by_their_spelling() -> None:
    assert Sounds({}, exact=False).of("phone") == tuple("fon")
    assert phonemes.pronounce([]).of("") == ()


def test_the_estimate_grows_with_words_and_pauses() -> None:
    assert estimate_s("") == 0.0
    assert estimate_s("one two three") == pytest.approx(3 * 60 / 165)
    assert estimate_s("one, two. three.") > estimate_s("one two three.")


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_to(parser.add_subparsers())
    parsed = parser.parse_args(["cues", *arguments])
    code = parsed.run(parsed)
    assert isinstance(code, int)
    return code


@pytest.fixture(autouse=True)
def no_own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLCOACH_CONFIG", str(tmp_path / "config"))


def test_the_command_passes_the_shipped_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("lint") == 0
    assert "nothing to mend" in capsys.readouterr().out


def test_the_command_tells_files_apart_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('goodbye = "Deep breath!"\n')
    assert run("lint", str(mine)) == 1
    assert f"{mine}:1: cue-in-prompt:" in capsys.readouterr().out
    mine.write_text("goodbye = 3\n")
    with pytest.raises(ConfigError, match="not a text"):
        run("lint", str(mine))
    mine.write_text('[[tip]]\nnumber = 12\ntext = "x"\n')
    with pytest.raises(ConfigError, match="line 2"):
        run("lint", str(mine))
    with pytest.raises(ConfigError, match="cannot be read"):
        run("lint", str(tmp_path / "absent.toml"))


def test_the_command_says_when_there_is_no_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "_vocabulary", lambda: None)
    assert run("lint") == 0
    assert "no speech model" in capsys.readouterr().out


def test_the_list_shows_paraphrases_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list", "--phase", "closed") == 0
    assert "nothing but: let" in capsys.readouterr().out


def test_the_list_shows_only_the_phase_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list", "--phase", "recap") == 0
    shown = capsys.readouterr().out
    assert "scratch-that" in shown
    assert "what-now" not in shown
