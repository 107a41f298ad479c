"""``callcoach cues calibrate``: how well your own voice is heard, and thresholds to suit it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, get_args

from assistant.coaching.cues import LivePlace
from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.coaching.calibration import Calibration, CueRecord
    from assistant.ports import AudioSource
    from assistant.recognition.cue_spotter import Candidate, CueSpotter
    from assistant.recognition.verifier import Evidence


def add_calibrate(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser to those of ``callcoach cues``."""
    parser = actions.add_parser(
        "calibrate", help="say your cues and talk for a minute: thresholds for your own voice"
    )
    parser.add_argument("--phase", choices=get_args(LivePlace), default="live")
    parser.add_argument(
        "--cue", action="append", default=[], metavar="ID", help="only this one; may be repeated"
    )
    parser.add_argument("--times", type=int, choices=range(1, 6), default=2, metavar="1-5")
    parser.add_argument("--talk", type=float, default=60.0, metavar="SECONDS")
    parser.add_argument(
        "--input", default="mic", metavar="mic|FILE", help="a recording of such a session"
    )
    parser.set_defaults(run=_calibrate)


def _calibrate(arguments: argparse.Namespace) -> int:
    from assistant.coaching.calibration import Calibration, asks_for, kept_shifts
    from assistant.coaching.cues import load_all_cues
    from assistant.commands.cues_live import open_source, open_spotter
    from assistant.settings import load_settings

    settings = load_settings()
    cues = load_all_cues()
    asks = asks_for(cues, arguments.phase, arguments.cue, arguments.times)
    unknown = set(arguments.cue) - {ask.cue for ask in asks}
    if unknown:
        raise UsageError(
            "cue-unknown",
            f"No cue of the phase {arguments.phase} is called {', '.join(sorted(unknown))}.",
            "`callcoach cues list` names them.",
        )
    if not 0.0 <= arguments.talk <= 3600.0:
        raise UsageError("talk-length", "Talk for 0 to 3600 seconds.")
    earlier = kept_shifts()  # a file that is wrong is told before the talk, not after it
    calibration = Calibration(asks, arguments.talk)

    def watch(candidate: Candidate, _: Evidence, probability: float) -> None:
        calibration.judged(candidate.cue.id, probability - candidate.bar, candidate.end_s)

    spotter = open_spotter(cues, settings.hearing, watch)
    spotter.listen_for(frozenset({arguments.phase}))
    _listen(open_source(arguments.input, settings.audio), spotter, calibration)
    return _conclude(calibration, spotter.thresholds, earlier)


def _listen(source: AudioSource, spotter: CueSpotter, calibration: Calibration) -> None:
    """Ask and listen until all is said, or the audio ends."""
    from assistant.commands.cues_live import frames_from
    from assistant.events import SAMPLE_RATE_HZ

    samples = 0
    with frames_from(source) as frames:
        _show(calibration)
        for frame in frames:
            spotter.accept(frame, "")
            samples += frame.samples + frame.lost_samples
            if calibration.advance(samples / SAMPLE_RATE_HZ):
                _show(calibration)
            if calibration.done:
                return


def _show(calibration: Calibration) -> None:
    if calibration.done:
        return
    if calibration.asking is not None:
        print(f'Say: "{calibration.asking.phrase}"', flush=True)
    else:
        print("Now talk of anything, as on a call, without these phrases.", flush=True)


def _conclude(
    calibration: Calibration, thresholds: Mapping[str, float], earlier: Mapping[str, float]
) -> int:
    """Report what was heard and keep the thresholds; 1 when nothing at all was said."""
    from assistant.cases.private_files import make_private_folder, replace_private
    from assistant.coaching.calibration import calibration_path, calibration_text, updated_shifts

    records = calibration.records
    if not any(level > 0.0 for record in records.values() for level in record.said):
        print("No cue was made out, so nothing was changed. `callcoach devices --test` shows")
        print("whether the microphone hears you.")
        return 1
    shifts = updated_shifts(earlier, records, thresholds)
    _report(records, shifts, thresholds["normal"])
    path = calibration_path()
    make_private_folder(path.parent)
    replace_private(path, calibration_text(shifts).encode())
    print(f"Kept in {path}; delete it to go back to the shipped thresholds.")
    return 0


def _report(records: Mapping[str, CueRecord], shifts: Mapping[str, float], normal: float) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("cue", "heard", "in talk", "threshold", box=None)
    for cue, record in records.items():
        now = normal + shifts.get(cue, 0.0)
        alarm = "fires" if record.talk >= now else "mended" if record.talk >= normal else "-"
        if not record.said and alarm == "-":
            continue
        table.add_row(cue, f"{record.heard(now)} of {len(record.said)}", alarm, f"{now:.2f}")
    Console().print(table)
    if any(record.talk >= normal + shifts.get(cue, 0.0) for cue, record in records.items()):
        print("What fires in talk was plainly said: give it another phrase, or `alone = true`.")
    said = sum(len(record.said) for record in records.values())
    for name, moved in (("with the shipped thresholds", False), ("with yours", True)):
        at = {cue: normal + (shifts.get(cue, 0.0) if moved else 0.0) for cue in records}
        heard = sum(record.heard(at[cue]) for cue, record in records.items())
        alarms = sum(record.talk >= at[cue] for cue, record in records.items())
        print(f"{name}: {said - heard} of {said} missed, {alarms} cues fired while you talked")
