"""A model's private twin, set for our use: a wider lattice beam, and no end points of its own."""

from __future__ import annotations

import hashlib
import re
import tempfile
from contextlib import suppress
from pathlib import Path

from assistant.settings import data_folder

LATTICE_BEAM = 8.0
"""The right code was among the 5 best readings in 97 % at 8.0, in 67 % at the usual 2.0.

It changes neither the best path nor its likelihood; cue spotting costs 0.005 s more per second
of speech. docs/dictation.md has the measurement.
"""
NEVER_S = 1000
"""Silence that never comes."""
LONGEST_UTTERANCE_S = 20
"""Unbroken voice after which the recogniser ends an utterance all the same; who hears a stream with
so wide a lattice cuts it sooner, as the spotter does."""
OPTIONS = {
    "lattice-beam": LATTICE_BEAM,
    # Vosk takes unknown words for silence and would end utterances in the middle of speech, every
    # 2 s; the spotter would then hear the last seconds again. Our voice gate ends them instead.
    **{f"endpoint.rule{number}.min-trailing-silence": NEVER_S for number in (1, 2, 3, 4)},
    "endpoint.rule5.min-utterance-length": LONGEST_UTTERANCE_S,
}
"""What `conf/model.conf` says in the twin; docs/footprint.md has the measurement."""


def twin_of(model_path: Path) -> Path:
    """A folder that is the model at `model_path` but for `OPTIONS`.

    The large files are linked, not copied; the folder lies in the data folder and is made once.
    Where it cannot be made (no links, no space), `model_path` itself is given back: codes are
    then read less well, cue spotting costs more, and paraphrases are seldom heard.
    """
    source = model_path.resolve()
    try:
        conf = (source / "conf" / "model.conf").read_text(encoding="utf-8")
        wide = _with_options(conf)
        if wide == conf:
            return model_path
        mark = hashlib.sha256(f"{source}\n{wide}".encode()).hexdigest()[:12]
        twin = data_folder() / "models-wide" / f"{source.name}-{mark}"
        if not twin.is_dir():
            _make(source, twin, wide)
    except (OSError, UnicodeDecodeError):
        return model_path
    return twin if twin.is_dir() else model_path


def _with_options(conf: str) -> str:
    """`conf` with `OPTIONS` in place of, or after, its own lines; the same again for its own."""
    for name, value in OPTIONS.items():
        line = f"--{name}={value}"
        conf, found = re.subn(rf"^--{re.escape(name)}=.*$", line, conf, flags=re.MULTILINE)
        if not found:
            conf = f"{conf.rstrip()}\n{line}\n"
    return conf


def _make(source: Path, twin: Path, conf: str) -> None:
    """Build the twin beside its place and move it there in one step."""
    twin.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=twin.parent, ignore_cleanup_errors=True) as folder:
        draft = Path(folder) / twin.name
        (draft / "conf").mkdir(parents=True, mode=0o700)
        for each in source.iterdir():
            if each.name != "conf":
                (draft / each.name).symlink_to(each, target_is_directory=each.is_dir())
        for each in (source / "conf").iterdir():
            if each.name != "model.conf":
                (draft / "conf" / each.name).symlink_to(each)
        (draft / "conf" / "model.conf").write_text(conf, encoding="utf-8")
        with suppress(OSError):  # another process was quicker, and made the same
            draft.rename(twin)
