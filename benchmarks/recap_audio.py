"""From audio to case: rendered recaps through ``callcoach``'s own loop, and what the file holds.

``python benchmarks/recap_audio.py RECAPS.jsonl… --part tune|report [--cache DIR]``

Each recap of the part (as in ``fields.py``) is dictated by some voices of the part
(``recap_voices.py``) to the product's own loop, whose questions a truthful caller then answers in
the same voice (``recap_user.py``). The case file is judged as first saved and after that. Right
means: the set of case numbers, of people's names (case of letters aside), of the days of the next
steps is the wanted one; "first" the same of the first of each.
Word error rate leaves out numbers, letters and what spells them: those are judged by the fields.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import jiwer
from dictation import normalise
from fields import in_tune
from recap_truth import Truth
from recap_user import Caller
from recap_voices import KINDS, VOICES, punctuated

from assistant.audio.timeline import TimelinePlayer
from assistant.composition import Plan, assemble
from assistant.events import Phase
from assistant.inbox import Inbox
from assistant.notices import CaseSavedNotice, Notice, Status
from assistant.ports import Deliver
from assistant.recap.fields import extract_fields
from assistant.recap.lexicon import lists
from assistant.recap.model import RecapFields
from assistant.runner import Runner
from assistant.settings import load_settings

_NUMBER_WORDS = ("hundred", "thousand", "double", "triple", "dash", "slash", "hash", "as", "in",
                 "dollars", "pounds", "euros", "bucks", "quid", "cents", "pence")  # fmt: skip
ASPECTS = ("case_number", "name", "due_date", "all_three", "first_case_number", "first_name",
           "first_due_date", "first_of_each")  # fmt: skip


@dataclass(slots=True)
class Heard:
    """What became of one recording."""

    text: str
    before: RecapFields
    after: RecapFields
    """The same after the interview."""
    cpu_per_s: float
    """From the beginning to the saved case."""
    saved_after_s: float
    """From the last sample of "end recap" to the case file on disk, when fed in real time: the
    audio that was waited for, and the CPU time of whatever was not worked through by then."""
    interview_s: float
    """From the saved case to the end of the last answer."""
    talk: list[str]


class Timed(Caller):
    """A caller with a watch."""

    began_cpu_s = 0.0
    frame_cpu_s = 0.0
    saved_cpu_s = 0.0
    done_s = 0.0
    """When the last frame was worked through, had frames come in real time."""
    saved_live_s = 0.0
    """The same for the case file."""

    def open(self, deliver: Deliver) -> None:
        """Begin."""
        self.began_cpu_s = self.frame_cpu_s = time.process_time()
        super().open(deliver)

    def notice(self, notice: Notice) -> None:
        """Note when the case was saved."""
        if isinstance(notice, CaseSavedNotice):
            self.saved_cpu_s = time.process_time() - self.began_cpu_s
            self.saved_live_s = self._live_s(notice.t)
        super().notice(notice)

    def status(self, status: Status) -> None:
        """Note when a frame is done: it waits for the ones before it, and takes its CPU time."""
        self.done_s = self._live_s(status.t_s)
        self.frame_cpu_s = time.process_time()

    def _live_s(self, t_s: float) -> float:
        return max(self.done_s, t_s) + time.process_time() - self.frame_cpu_s


def work_through(row: dict[str, Any], voice: str, folder: Path, cache: Path) -> Heard:
    """What the product makes of a recap in `voice`, before and after it asked what it lacked."""
    sentences = punctuated(row["spoken"], row["written"])
    today = date.fromisoformat(row["today"])
    caller = Timed(voice, sentences, Truth(row["fields"], today), folder, cache)
    plan = Plan(
        source=caller,
        player=TimelinePlayer(None),
        observer=caller,
        started_at=datetime.fromisoformat(f"{row['today']}T10:00").astimezone(),
        phase=Phase.RECAP,
        cases=folder,
        live=False,
    )
    Runner(assemble(load_settings(), plan, Inbox())).run()
    return Heard(
        text=" ".join(caller.finals),
        before=caller.before or RecapFields(),
        after=caller.after,
        cpu_per_s=caller.saved_cpu_s / caller.ends_s,
        saved_after_s=caller.saved_live_s - caller.ends_s,
        interview_s=max(0.0, caller.over_s - caller.saved_s),
        talk=caller.talk,
    )


def right(found: RecapFields, wanted: dict[str, Any]) -> dict[str, bool]:
    """Which are as they should be: the whole sets, and the first ones.

    None wanted and none found is right too.
    """
    codes = [one.value for one in found.case_numbers]
    names = [person.name.lower() for person in found.people]
    days = [step.due.isoformat() for step in found.next_steps if step.due]
    true_names = [person["name"].lower() for person in wanted["people"]]
    true_days = [step["due"] for step in wanted["next_steps"] if step["due"]]
    pairs = {
        "case_number": (codes, wanted["case_numbers"]),
        "name": (names, true_names),
        "due_date": (days, true_days),
    }
    verdict = {key: set(one) == set(other) for key, (one, other) in pairs.items()}
    verdict["all_three"] = all(verdict.values())
    firsts = {f"first_{key}": one[:1] == other[:1] for key, (one, other) in pairs.items()}
    return {**verdict, **firsts, "first_of_each": all(firsts.values())}


def plain_words(text: str) -> str:
    """`text` without numbers, letters and what spells them."""
    numbers = lists("numbers").numbers
    left_out = {word for key in ("digits", "teens", "tens") for word in numbers[key]}
    left_out |= {*lists("codes").maps["nato"], *_NUMBER_WORDS}
    words = normalise(re.sub(r"\S*\d\S*", " ", text)).split()
    return " ".join(word for word in words if len(word) > 1 and word not in left_out)


def rows_of(paths: Sequence[Path], split: str) -> list[dict[str, Any]]:
    """The recaps of a split; a file called after a split is all of it."""
    rows = []
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            own = path.stem if path.stem in VOICES else "tune" if in_tune(row["id"]) else "report"
            if own == split:
                rows.append(row)
    return rows


@dataclass(slots=True)
class Tally:
    """Counts over recordings of one kind."""

    recordings: int = 0
    text: Counter[str] = field(default_factory=Counter)
    """Right where the fields are found in the recap's own text: what no hearing can better."""
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    references: list[str] = field(default_factory=list)
    hypotheses: list[str] = field(default_factory=list)
    questions: list[int] = field(default_factory=list)
    interview_s: list[float] = field(default_factory=list)
    cpu_per_s: list[float] = field(default_factory=list)
    saved_after_s: list[float] = field(default_factory=list)

    def add(self, row: dict[str, Any], heard: Heard) -> None:
        """Count one recording."""
        self.recordings += 1
        ideal = extract_fields(row["spoken"], date.fromisoformat(row["today"]))
        stages = ((self.text, ideal), (self.before, heard.before), (self.after, heard.after))
        for counts, fields in stages:
            counts.update(key for key, good in right(fields, row["fields"]).items() if good)
        self.references.append(plain_words(row["spoken"]))
        self.hypotheses.append(plain_words(heard.text))
        self.questions.append(sum(line.startswith("asked") for line in heard.talk))
        self.interview_s.append(heard.interview_s)
        self.cpu_per_s.append(heard.cpu_per_s)
        self.saved_after_s.append(heard.saved_after_s)

    def figures(self) -> dict[str, Any]:
        """Shares of recordings, word error rate, and costs."""
        stages = {"from_text": self.text, "before": self.before, "after": self.after}
        shares = {
            name: {key: round(counts[key] / self.recordings, 3) for key in ASPECTS}
            for name, counts in stages.items()
        }
        return {
            "recordings": self.recordings,
            **shares,
            "wer": round(jiwer.wer(self.references, self.hypotheses), 4),
            "questions_median": statistics.median(self.questions),
            "questions": sorted(self.questions),
            "interview_s_median": round(statistics.median(self.interview_s), 1),
            "interview_s": sorted(round(each) for each in self.interview_s),
            "cpu_per_s": round(statistics.median(self.cpu_per_s), 4),
            "saved_after_s_median": round(statistics.median(self.saved_after_s), 2),
            "saved_after_s_max": round(max(self.saved_after_s), 2),
        }


def tell(row: dict[str, Any], voice: str, heard: Heard) -> None:
    """Show one recording of the tune part, for development."""
    before, after = (right(one, row["fields"]) for one in (heard.before, heard.after))
    wrong = [aspect for aspect in ASPECTS[:3] if not (before[aspect] and after[aspect])]
    print(f"--- {row['id']} {voice}: {', '.join(wrong)}", file=sys.stderr)
    print(f"  said  {row['spoken']}\n  heard {heard.text}", file=sys.stderr)
    wanted = row["fields"]
    print(
        f"  wanted {wanted['case_numbers']} {[p['name'] for p in wanted['people']]}"
        f" {[(s['owner'], s['action'], s['due']) for s in wanted['next_steps']]}",
        file=sys.stderr,
    )
    for fields in (heard.before, heard.after):
        print(
            f"  found  {[one.value for one in fields.case_numbers]}"
            f" {[p.name for p in fields.people]}"
            f" {[(s.owner, s.action, str(s.due)) for s in fields.next_steps]}",
            file=sys.stderr,
        )
    print("    " + "\n    ".join(heard.talk), file=sys.stderr)


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("recaps", nargs="+", type=Path, metavar="RECAPS.jsonl")
    parser.add_argument("--part", choices=tuple(VOICES), default="tune", help="recaps and voices")
    parser.add_argument("--voices", nargs="*", metavar="VOICE", help="only these of the part")
    parser.add_argument("--each", type=int, default=1, metavar="N", help="voices for each recap")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth recap")
    parser.add_argument(
        "--from", dest="first", type=int, default=0, metavar="N", help="first recap"
    )
    parser.add_argument("--cache", type=Path, metavar="DIR", help="where renderings are kept")
    parser.add_argument("--show", action="store_true", help="what went wrong (tune part only)")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def main() -> None:
    """Render, listen, compare, print."""
    arguments = parse()
    voices = arguments.voices or VOICES[arguments.part]
    if not set(voices) <= set(VOICES[arguments.part]):
        raise SystemExit(f"The voices of this part: {' '.join(VOICES[arguments.part])}")
    rows = rows_of(arguments.recaps, arguments.part)[arguments.first :: arguments.every]
    tallies: dict[str, Tally] = defaultdict(Tally)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        os.environ["CALLCOACH_CONFIG"] = str(scratch / "config")
        os.environ["CALLCOACH_DATA"] = str(scratch / "data")
        cache = arguments.cache or scratch / "audio"
        for number, row in enumerate(rows):
            for turn in range(min(arguments.each, len(voices))):
                voice = voices[(number + turn) % len(voices)]
                heard = work_through(row, voice, scratch / f"{number}-{turn}", cache)
                for kind in ("all", KINDS[voice.partition(":")[0]]):
                    tallies[kind].add(row, heard)
                if arguments.show and arguments.part == "tune":
                    tell(row, voice, heard)
    figures = {kind: tally.figures() for kind, tally in tallies.items()}
    if arguments.json:
        print(json.dumps({"part": arguments.part, "recaps": len(rows), **figures}))
        return
    for kind, row in figures.items():
        print(kind, *(f"\n  {key:22} {value}" for key, value in row.items()))


if __name__ == "__main__":
    main()
