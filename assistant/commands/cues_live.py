"""``callcoach cues test`` and ``cues add``: try cues by voice, and make new ones."""

from __future__ import annotations

import argparse
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from assistant.coaching.cues import CueAction, LivePlace, normalise
from assistant.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from assistant.ports import AudioSource
    from assistant.recognition.cue_spotter import CueSpotter

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
    from assistant.audio.devices import SoundSystem
    from assistant.audio.files import FileSource
    from assistant.audio.microphone import Microphone
    from assistant.settings import load_settings

    settings = load_settings()
    source: AudioSource
    if arguments.input == "mic":
        source = Microphone(SoundSystem(), settings.audio.input)
        print("Say your cues; Ctrl-C ends.")
    else:
        source = FileSource(Path(arguments.input))
    spotter = _spotter(settings)
    spotter.listen_for(frozenset({arguments.phase}))
    _listen(source, spotter)
    return 0


def _spotter(settings: Any) -> CueSpotter:
    """A spotter of all cues that prints whatever it judges."""
    from assistant.coaching.cues import load_all_cues
    from assistant.errors import ModelError
    from assistant.recognition.cue_spotter import Candidate, CueSpotter
    from assistant.recognition.model_store import find_model
    from assistant.recognition.transcribers import load_vosk_model, open_transcriber
    from assistant.recognition.verifier import Evidence

    try:
        transcriber = open_transcriber("moonshine")
    except ModelError as error:
        print(f"note: without a second opinion, cues are heard less well. {error}")
        transcriber = None

    def show(candidate: Candidate, evidence: Evidence, probability: float) -> None:
        sounded = evidence.second_text or evidence.heard_as or "nothing else"
        print(
            f"{candidate.end_s:8.1f} s  {candidate.phrase:28} {100 * probability:3.0f} %"
            f"  (others hear: {sounded})"
        )

    model = load_vosk_model(find_model().path)
    return CueSpotter(model, load_all_cues(), settings.hearing, transcriber, show)


def _listen(source: AudioSource, spotter: CueSpotter) -> None:
    """Hand the source's frames to the spotter until they end."""
    from assistant.events import EndOfAudio, Frame
    from assistant.inbox import Inbox

    inbox = Inbox()
    source.open(inbox.put)
    try:
        while True:
            source.pump()
            item = inbox.get(0.1)
            if isinstance(item, EndOfAudio):
                return
            for match in spotter.accept(item, "") if isinstance(item, Frame) else ():
                print(f"{match.t_s:8.1f} s  HEARD {match.cue}")
    finally:
        source.close()


def _add(arguments: argparse.Namespace) -> int:
    try:
        phrase = normalise(arguments.phrase)
    except ValueError as error:
        raise UsageError("cue-phrase", f"{error}.") from error
    refuse_common(phrase)
    entry = entry_for(phrase, arguments)
    own = _own_file()
    text = own.read_text(encoding="utf-8") if own.exists() else ""
    draft = f"{text.rstrip()}\n\n{entry}".lstrip()
    for finding in _findings(draft, phrase):
        raise ConfigError("cue-misfires", finding, "Choose other words.")
    write_private(own, draft)
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
        found = lint(sources, vocabulary, pronounce(words_of(sources)))
    return [
        f"{finding.message} {finding.suggestion}".strip()
        for finding in found
        if f'"{phrase}"' in finding.message
    ]


def _own_file() -> Path:
    from assistant.settings import config_folder

    return config_folder() / "cues.toml"


def write_private(path: Path, text: str) -> None:
    """Write `text` to `path` in one step, readable by the owner only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    number, draft = tempfile.mkstemp(dir=path.parent)  # mkstemp gives mode 0600
    with os.fdopen(number, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(draft).replace(path)
