"""Mistakes in the user's own files: each is named by file, line and key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.coaching.breathing import load_patterns
from assistant.coaching.cues import Cue, CueBook, load_all_cues
from assistant.coaching.prompts import load_prompts
from assistant.errors import ConfigError
from assistant.settings import load_settings
from assistant.toml_files import line_of

CUE = '[[cue]]\nid = "a"\nphrases = ["one two"]\n'
TIP = "[[tip]]\nnumber = 1\n"
BREATH = '[[pattern]]\nname = "x"\ntitle = "x"\nin = 3\nout = 3\n'
LOADERS: dict[str, Callable[[], object]] = {
    "settings.toml": load_settings,
    "cues.toml": load_all_cues,
    "reminders.toml": load_prompts,
    "messages.toml": load_prompts,
    "breathing.toml": load_patterns,
}


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty configuration folder."""
    folder = tmp_path / "config"
    folder.mkdir()
    monkeypatch.setenv("CALLCOACH_CONFIG", str(folder))
    return folder


@pytest.mark.parametrize(
    ("file", "text", "line", "named"),
    [
        ("settings.toml", "[voice]\nvolum = 3.0\n", 2, "voice.volum"),
        ("settings.toml", "# volume = 1\n[voice]\n\nvolume = 3.0\n", 4, "voice.volume"),
        ("settings.toml", "voice.volume = 3.0\n", 1, "voice.volume"),
        ("settings.toml", "\nvoice = { volume = 3.0 }\n", 2, "voice.volume"),
        ("settings.toml", "[voice]\n'volume' = 9\n", 2, "voice.volume"),
        ("settings.toml", '[voice]\nvoice = """\nvolume = 9\n"""\nvolume = 9\n', 5, "voice.volume"),
        ("settings.toml", "[audio]\nvolume = 0.5\n[voice]\nvolume = 1.5\n", 2, "audio.volume"),
        ("settings.toml", '[recap]\nnames = [\n "a",\n 3]\n', 2, "recap.names"),
        ("settings.toml", '[recap]\nnames = [\n "a"]\ncountry = "us"\n', 4, "recap.country"),
        ("settings.toml", '[hearing]\nsensitivity = "loud"\n', 2, "hearing.sensitivity"),
        ("settings.toml", "voice = 3\n", 1, "voice"),
        ("settings.toml", '[me]\nname = "x"\n[me2]\n', 3, "me2"),
        ("cues.toml", f'{CUE}\n[[cue]]\nid = "b"\nphrases = ["three 4"]\n', 5, "three 4"),
        ("cues.toml", f'{CUE}[[cue]]\nid = "b"\nphrases = ["c d"]\nphasess = []\n', 7, "phasess"),
        ("cues.toml", '{}cue = [{{id="x",phrase=1}}]\n'.format("\n" * 4), 5, "cue.phrase"),
        ("cues.toml", CUE + CUE, 4, '"a" is used twice'),
        ("cues.toml", '[[ cue ]]\nid = "b"\n', 1, "no phrases"),
        ("cues.toml", '[[cue]]\nphrases = ["x y"]\n', 1, '"id" is missing'),
        ("reminders.toml", f"{TIP}\n[[tip]]\nnumber = 10\n", 5, "tip.number"),
        ("reminders.toml", f"{TIP}[[tip]]\nnumber = 2\nmore = 'x'\n", 5, "tip.more"),
        ("reminders.toml", f"{TIP}\n{TIP}", 5, "tip 1 is there twice"),
        ("messages.toml", '\nwelcom = "x"\n', 2, "welcom"),
        ("messages.toml", 'goodbye = "x"\n"time" = "{hours}"\n', 2, "{hours}"),
        ("breathing.toml", f"{BREATH}count_s = 9\n", 6, "pattern.count_s"),
        ("breathing.toml", BREATH + BREATH, 7, '"x" is used twice'),
    ],
)
def test_a_mistake_is_named_by_file_line_and_key(
    file: str, text: str, line: int, named: str, config: Path
) -> None:
    (config / file).write_text(text)
    with pytest.raises(ConfigError) as caught:
        LOADERS[file]()
    assert caught.value.code == "config-invalid"
    assert caught.value.message.startswith(f"{config / file}, line {line}: ")
    assert named in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("text", ["[voice\n", "a = 1\na = 2\n", "\x00", 'x = "\\q"\n', "é = 1\n"])
def test_what_is_no_toml_is_named_by_line(text: str, config: Path) -> None:
    (config / "settings.toml").write_text(text)
    with pytest.raises(
        ConfigError, match=r"settings\.toml is not valid TOML: .* line \d"
    ) as caught:
        load_settings()
    assert caught.value.code == "config-syntax"


def test_a_mistake_ends_a_command_with_1_and_a_sentence(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (config / "settings.toml").write_text("[voice]\nvolume = 9\n")
    assert main(["cases", "path"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(f"callcoach: {config / 'settings.toml'}, line 2: voice.volume")
    assert shown.err.endswith("[config-invalid]\n")


def test_a_byte_order_mark_is_no_mistake(config: Path) -> None:
    (config / "settings.toml").write_text("\ufeff[voice]\nvolume = 0.5\n", encoding="utf-8")
    assert load_settings().voice.volume == 0.5


def test_a_configuration_folder_that_cannot_be_entered_is_told(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.rmdir()
    config.symlink_to(config)  # fails for root too, unlike a lack of rights
    for words in (["cases", "path"], ["cues", "list"], ["breathe", "--list"]):
        assert main(words) == 1
        assert "[config-unreadable]" in capsys.readouterr().err


def test_lines_are_found_wherever_statements_are_spread() -> None:
    table = (
        '[[cue]]\n# c\nid = "c"\nphrases = [\n "a",\n\n "b"]\nreply = """\nx = 1\n[[cue]]\n"""\n'
    )
    text = table * 5
    for number in range(5):
        for key, line in (("id", 3), ("phrases", 4), ("reply", 8)):
            assert line_of(text, ("cue", number, key)) == 11 * number + line
        assert line_of(text, ("cue", number)) == 11 * number + 1
    assert line_of(text, ("cue", 5)) == line_of(text, ("cue", 0, "no")) == line_of(text, ()) == 0


def test_phrases_the_model_does_not_know_are_left_out() -> None:
    book = CueBook((Cue(id="a", phrases=("one two", "xyzzy two")), Cue(id="b", phrases=("xyzzy",))))
    assert book.without_words({"xyzzy"}).phrases == ("one two",)
    assert [cue.id for cue in book.without_words({"xyzzy"}).cues] == ["a"]
    assert book.without_words(set()) == book
