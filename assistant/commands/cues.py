"""``callcoach cues``: what can be said, and whether the cue and prompt files are sound."""

from __future__ import annotations

import argparse
from collections.abc import Sequence, Set
from pathlib import Path
from typing import get_args

from assistant.coaching.cues import LivePlace
from assistant.commands.cues_calibrate import add_calibrate
from assistant.commands.cues_live import add_live


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of this group."""
    parser = subparsers.add_parser("cues", help="list and check what you can say")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="what you can say, when, and what it does")
    listing.add_argument(
        "--phase", choices=get_args(LivePlace), help="only what is live in this phase or condition"
    )
    listing.set_defaults(run=_list)
    lint = actions.add_parser(
        "lint", help="check cue and prompt files; without FILE the shipped ones and your own"
    )
    lint.add_argument(
        "files", nargs="*", type=Path, metavar="FILE",
        help="cues, reminders or messages, taken on top of the shipped ones",
    )  # fmt: skip
    lint.set_defaults(run=_lint)
    add_live(actions)
    add_calibrate(actions)


def _list(arguments: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.table import Table

    from assistant.coaching.cues import load_all_cues
    from assistant.coaching.prompts import load_prompts

    book = load_all_cues()
    tips = load_prompts().tips
    table = Table("cue", "say", "live in", "what it does", pad_edge=False)
    for cue in book.live_in([arguments.phase]) if arguments.phase else book.cues:
        what = [cue.action.value]
        if cue.tip is not None:
            what.append(f"tip {cue.tip}: {tips[cue.tip].title}")
        if cue.reply:
            what.append(f'says "{cue.reply}"')
        say = ", ".join(cue.phrases)
        if cue.paraphrases:
            say += f"; or nothing but: {', '.join(cue.paraphrases)}"
        table.add_row(cue.id, say, " ".join(cue.phases), "; ".join(what))
    Console().print(table)
    return 0


def _lint(arguments: argparse.Namespace) -> int:
    from assistant.coaching.breathing import load_patterns
    from assistant.coaching.lint import lint, words_of
    from assistant.coaching.located import gather
    from assistant.coaching.phonemes import pronounce
    from assistant.recognition.verifier import load_decoys

    load_patterns()  # raises when the user's own breathing.toml is wrong
    sources = gather(*(_files(name, arguments.files) for name in _FILES))
    vocabulary = _vocabulary()
    if vocabulary is None:
        print("note: no speech model is installed, so the words were not checked against one.")
    sounds = pronounce(words_of(sources))
    if not sounds.exact:
        print("note: espeak-ng was not found, so sounds are guessed from the spelling.")
    findings = lint(sources, vocabulary, sounds, frozenset(load_decoys()))
    for finding in findings:
        print(finding)
    if not findings:
        print(f"{len(sources.phrases)} phrases and {len(sources.texts)} texts: nothing to mend.")
    return 1 if findings else 0


_FILES = ("cues.toml", "reminders.toml", "messages.toml")


def _files(name: str, given: Sequence[Path]) -> tuple[Path, ...]:
    """List the shipped file and on top the given files of that kind, or else the user's own."""
    from assistant.coaching.located import kind_of
    from assistant.coaching.prompts import prompt_files

    if not given:
        return prompt_files(name)
    base = prompt_files(name)[0]
    return (base, *(path for path in given if kind_of(path) == name and path.resolve() != base))


def _vocabulary() -> Set[str] | None:
    """The words the installed model knows; None without a model."""
    from assistant.errors import ModelError
    from assistant.recognition.model_store import find_model
    from assistant.recognition.vocabulary import ModelVocabulary

    try:
        return ModelVocabulary(find_model().path)
    except ModelError:
        return None
