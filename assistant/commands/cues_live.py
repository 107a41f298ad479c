"""``callcoach cues test`` and ``cues add``: try cues by voice, and make new ones."""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from assistant.cases.private_files import make_private_folder, replace_private
from assistant.coaching.cues import CueAction, LivePlace, normalise
from assistant.errors import ConfigError, UsageError
from assistant.toml_files import if_there, read_toml_text

if TYPE_CHECKING:
    from assistant.coaching.cues import CueBook
    from assistant.events import Frame
    from assistant.inbox import Inbox
    from assistant.ports import AudioSource
    from assistant.recognition.cue_spotter import Candidate, CueSpotter, Watch
    from assistant.recognition.verifier import Evidence
    from assistant.settings import AudioSettings, HearingSettings

TOO_FEW_SOUNDS = 6
"""A phrase of fewer phonemes is found in any conversation."""


def add_live(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parsers to those of ``callcoach cues``."""
    test = actions.add_parser("test", help="show what is heard and how sure, live or from a file")
    test.add_argument("--phase", choices=get_args(LivePlace), default="live")
    test.add_argument("--input", default="mic", metavar="mic|FILE")
    test.set_defaults(run=_test)
    add = actions.add_parser("add", help="add a cue of your own, if it can be told from others")
    add.add_argument("phrase")
    add.add_argument("--does", required=True, metavar="ACTION", choices=[str(a) for a in CueAction])
    add.add_argument("--tip", type=int, choices=range(1, 10), metavar="1-9")
    add.add_argument("--reply", default="", help="what is said when it is heard")
    add.add_argument("--phases", nargs="+", choices=get_args(LivePlace), default=["live", "hold"])
    add.set_defaults(run=_add)


def _test(arguments: argparse.Namespace) -> int:
    from assistant.coaching.calibration import calibrated
    from assistant.coaching.cues import load_all_cues
    from assistant.settings import load_settings

    settings = load_settings()
    spotter = open_spotter(calibrated(load_all_cues()), settings.hearing, _show)
    spotter.listen_for(frozenset({arguments.phase}))
    if arguments.input == "mic":
        print("Say your cues; Ctrl-C ends.")
    with frames_from(open_source(arguments.input, settings.audio)) as frames:
        for frame in frames:
            for match in spotter.accept(frame, ""):
                print(f"{match.t_s:8.1f} s  HEARD {match.cue}")
    return 0


def open_source(name: str, audio: AudioSettings) -> AudioSource:
    """The microphone for ``mic``, else the sound file of that name."""
    from assistant.audio.devices import SoundSystem
    from assistant.audio.files import FileSource
    from assistant.audio.microphone import Microphone

    return Microphone(SoundSystem(), audio.input) if name == "mic" else FileSource(Path(name))


def open_spotter(cues: CueBook, hearing: HearingSettings, watch: Watch) -> CueSpotter:
    """A spotter of `cues`; `watch` is told of whatever it judges. Raises `ModelError`."""
    from assistant.errors import ModelError
    from assistant.recognition.cue_spotter import CueSpotter
    from assistant.recognition.model_store import find_model
    from assistant.recognition.model_twin import twin_of
    from assistant.recognition.transcribers import load_vosk_model, open_transcriber

    try:
        transcriber = open_transcriber("moonshine")
    except ModelError as error:
        print(f"note: without a second opinion, cues are heard less well. {error}")
        transcriber = None
    model = load_vosk_model(twin_of(find_model().path))
    return CueSpotter(model, cues, hearing, transcriber, watch)


def _show(candidate: Candidate, evidence: Evidence, probability: float) -> None:
    """Print what was judged and how."""
    sounded = evidence.second_text or evidence.heard_as or "nothing else"
    print(
        f"{candidate.end_s:8.1f} s  {candidate.phrase:28} {100 * probability:3.0f} %"
        f"  (others hear: {sounded})"
    )


@contextmanager
def frames_from(source: AudioSource) -> Iterator[Iterator[Frame]]:
    """The frames of `source` until they end; it is closed after the block. Raises `AudioError`."""
    from assistant.inbox import Inbox

    inbox = Inbox()
    source.open(inbox.put)
    try:
        yield _frames(source, inbox)
    finally:
        source.close()


def _frames(source: AudioSource, inbox: Inbox) -> Iterator[Frame]:
    from assistant.events import EndOfAudio, Frame

    item = None
    while not isinstance(item, EndOfAudio):
        source.pump()
        item = inbox.get(0.1)
        if isinstance(item, Frame):
            yield item


def _add(arguments: argparse.Namespace) -> int:
    try:
        phrase = normalise(arguments.phrase)
    except ValueError as error:
        raise UsageError("cue-phrase", f"{error}.") from error
    refuse_common(phrase)
    entry = entry_for(phrase, arguments)
    own = _own_file()
    text = "".join(read_toml_text(path) for path in if_there(own))
    draft = f"{text.rstrip()}\n\n{entry}".lstrip()
    for finding in _findings(draft, phrase):
        raise ConfigError("cue-misfires", finding, "Choose other words.")
    make_private_folder(own.parent)
    replace_private(own, draft.encode())
    print(f'"{phrase}" now does {arguments.does}; it is in {own}.')
    return 0


def refuse_common(phrase: str) -> None:
    """Raise `ConfigError` for a phrase that stands in any conversation."""
    from assistant.coaching.phonemes import pronounce
    from assistant.recognition.verifier import load_decoys

    words = phrase.split()
    sounds = pronounce(words).of(phrase)
    hint = f'Add a word that callers rarely say, for example "coach {phrase}".'
    if len(words) == 1 or len(sounds) < TOO_FEW_SOUNDS:
        raise ConfigError("cue-too-short", f'"{phrase}" is too short to be told apart.', hint)
    if set(words) <= set(load_decoys()):
        raise ConfigError("cue-too-common", f'"{phrase}" is said in any call.', hint)


def entry_for(phrase: str, arguments: argparse.Namespace) -> str:
    """The ``[[cue]]`` table of a new cue."""
    name = re.sub(r"[^a-z0-9]+", "-", phrase).strip("-")
    phases = ", ".join(f'"{phase}"' for phase in arguments.phases)
    lines = ["[[cue]]", f'id = "own-{name}"', f'phrases = ["{phrase}"]', f"phases = [{phases}]"]
    lines.append(f'action = "{arguments.does}"')
    if arguments.tip:
        lines.append(f"tip = {arguments.tip}")
    if arguments.reply:
        escaped = arguments.reply.replace("\\", "\\\\").replace('"', '\\"')
        lines.append(f'reply = "{escaped}"')
    return "\n".join(lines) + "\n"


def _findings(draft: str, phrase: str) -> list[str]:
    """What the linter says of `phrase` in a cue file with the contents `draft`."""
    from assistant.coaching.lint import lint, words_of
    from assistant.coaching.located import gather
    from assistant.coaching.phonemes import pronounce
    from assistant.coaching.prompts import prompt_files
    from assistant.recognition.model_store import find_model
    from assistant.recognition.verifier import load_decoys
    from assistant.recognition.vocabulary import ModelVocabulary
    from assistant.resources import shipped

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cues.toml"
        path.write_text(draft, encoding="utf-8")
        sources = gather(
            (shipped("prompts/en/cues.toml"), path),
            prompt_files("reminders.toml"),
            prompt_files("messages.toml"),
        )
        vocabulary = ModelVocabulary(find_model().path)
        common = frozenset(load_decoys())
        found = lint(sources, vocabulary, pronounce(words_of(sources)), common)
    return [
        f"{finding.message} {finding.suggestion}".strip()
        for finding in found
        if f'"{phrase}"' in finding.message
    ]


def _own_file() -> Path:
    from assistant.settings import config_folder

    return config_folder() / "cues.toml"
