"""A simulated caller: dictates a recap, then answers the questions about it truthfully, aloud.

Knows what the case file should hold, and looks at what it does hold when asked. Every answer is
spoken in the voice of the recap and heard by the product like any other sound.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from fields import overlaps
from rapidfuzz import fuzz
from recap_voices import END, HISS, recording, spell

from assistant.cases.store import CaseStore
from assistant.events import FRAME_SAMPLES, SAMPLE_RATE_HZ, EndOfAudio, Frame
from assistant.notices import CaseSavedNotice, FinalNotice, Notice, PhaseNotice, SayNotice, Status
from assistant.ports import Deliver
from assistant.recap.codes import spell_for_speech
from assistant.recap.model import RecapFields

GIVE_UP_S = 300.0
"""Longest silence and talk after the recap before the recording ends."""
UNHEARD_S = 6.0
"""After so much silence "end recap" is said again."""
TRIES = 2
"""How often one and the same thing is corrected."""
PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
          "tenth")  # fmt: skip


@dataclass(slots=True)
class Truth:
    """What a user who answers what is asked, and corrects what is wrong, says next."""

    wanted: dict[str, Any]
    tries: Counter[str]

    def reply(self, key: str, question: str, found: RecapFields) -> str:
        """The answer to `question`; `found` is what the case file holds by now."""
        match key:
            case "ask-case-number":
                missing = self._missing_codes(found)
                self.tries["reading"] += 1
                again = self.tries["reading"] > 1
                return spell(missing[0], plainly=again) if missing else "I don't have one"
            case "check-case-number":
                return self._checked_code(question, found)
            case "ask-person":
                return self._named(found)
            case "check-person":
                names = [person["name"].lower() for person in self.wanted["people"]]
                return "yes" if any(name in question.lower() for name in names) else "no"
            case "ask-company":
                return self.wanted["company"] or "I don't know"
            case "ask-promise":
                return self._promise()
            case "ask-due":
                return self._due_of(question)
            case "ask-settled":
                settled = {True: "yes", False: "no", None: "I don't know"}
                return settled[self.wanted["resolved"]]
            case "ask-phone" | "check-phone":
                phones = [one["value"] for one in self.wanted["contacts"]]
                return "yes" if any(spell_for_speech(one) in question for one in phones) else "no"
            case _:
                return self._correction(found) or "yes"

    def _missing_codes(self, found: RecapFields) -> list[str]:
        have = {one.value for one in found.case_numbers}
        return [code for code in self.wanted["case_numbers"] if code not in have]

    def _checked_code(self, question: str, found: RecapFields) -> str:
        """Yes; or the one symbol that is wrong; or no, and the code again when asked."""
        if any(spell_for_speech(code) in question for code in self.wanted["case_numbers"]):
            return "yes"
        missing = self._missing_codes(found)
        if not missing:
            return "I don't have one"
        heard = next(
            (one.value for one in found.case_numbers if spell_for_speech(one.value) in question), ""
        )
        meant = max(missing, key=lambda code: fuzz.ratio(code, heard))
        pairs = list(zip(_symbols(heard), _symbols(meant), strict=False))
        wrong = [place for place, (one, other) in enumerate(pairs) if one != other]
        self.tries["code"] += 1
        if len(_symbols(heard)) == len(_symbols(meant)) and len(wrong) == 1 and wrong[0] < 10:
            return f"no, the {PLACES[wrong[0]]} is {spell(_symbols(meant)[wrong[0]])}"
        return "no" if self.tries["code"] <= TRIES else "skip"

    def _named(self, found: RecapFields) -> str:
        missing = self._missing_names(found)
        return f"{missing[0]}, spelled {spell(missing[0])}" if missing else "nobody"

    def _missing_names(self, found: RecapFields) -> list[str]:
        have = {person.name.lower() for person in found.people}
        names = [str(person["name"]) for person in self.wanted["people"]]
        return [name for name in names if name.lower() not in have]

    def _promise(self) -> str:
        for step in self.wanted["next_steps"]:
            who = "I will" if step["owner"] == "me" else "they will"
            day = f" by {_spoken(step['due'])}" if step["due"] else ""
            return f"{who} {step['action']}{day}"
        return "nothing"

    def _due_of(self, question: str) -> str:
        """The day of the step that is most like the one asked about."""
        steps = [step for step in self.wanted["next_steps"] if step["owner"] == "them"]
        steps.sort(key=lambda step: -fuzz.token_set_ratio(step["action"], question))
        due = steps[0]["due"] if steps else None
        return f"by {_spoken(due)}" if due else "they didn't say"

    def _correction(self, found: RecapFields) -> str | None:
        """What to put right next, the most important first; None where all is right or given up."""
        codes, names = self._missing_codes(found), self._missing_names(found)
        dated = [step for step in self.wanted["next_steps"] if step["due"]]
        have = [step.due.isoformat() for step in found.next_steps if step.due]
        unheard = [step for step in dated if step["due"] not in have]
        first = found.case_numbers[0].value if found.case_numbers else ""
        options: list[tuple[str, str]] = []
        if codes and first not in self.wanted["case_numbers"]:
            options.append(("code", f"the case number is {spell(codes[0], self._again('code'))}"))
        if names and (not found.people or self._is_wrong(found.people[0].name)):
            options.append(("name", f"the name is spelled {spell(names[0], self._again('name'))}"))
        if unheard:
            options.append(("due", self._promise_put_right(unheard[0], found)))
        for key, said in options:
            self.tries[key] += 1
            if self.tries[key] <= TRIES:
                return said
        return None

    @staticmethod
    def _promise_put_right(step: dict[str, Any], found: RecapFields) -> str:
        """The day of a promise that stands first in the file with another one, or the promise."""
        first = next((one for one in found.next_steps if one.due), None) or (
            found.next_steps[0] if found.next_steps else None
        )
        day = _spoken(step["due"])
        if first is not None and overlaps(first.action, step["action"]):
            return f"change the date to {day}"
        who = "I need to" if step["owner"] == "me" else "they will"
        return f"{who} {step['action']} by {day}"

    def _again(self, key: str) -> bool:
        """Whether this was said before, so that it should be said more plainly now."""
        return self.tries[key] > 0

    def _is_wrong(self, name: str) -> bool:
        return name.lower() not in {person["name"].lower() for person in self.wanted["people"]}


def _symbols(code: str) -> str:
    return "".join(char for char in code if char.isalnum())


def _spoken(day: str) -> str:
    """As in "march 3rd": voices say the ending."""
    when = date.fromisoformat(day)
    ending = "th" if 10 < when.day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(when.day % 10, "th")
    return f"{when:%B} {when.day}{ending}"


class Caller:
    """A source of frames and an observer at once: hears the questions, and answers them aloud."""

    def __init__(
        self, voice: str, sentences: Sequence[str], wanted: dict[str, Any], cases: Path, cache: Path
    ) -> None:
        """`wanted` are the true fields; `cache` keeps what the voice said."""
        self._voice = voice
        self._truth = Truth(wanted, Counter())
        self._store = CaseStore(cases)
        self._cache = cache
        self._waiting: deque[bytes] = deque()
        self._deliver: Deliver | None = None
        self._is_over = False
        self._samples_left = 0
        self._silent_frames = 0
        self.finals: list[str] = []
        """What was written down of the recap."""
        self.talk: list[str] = []
        """Questions and answers, as asked, said and heard."""
        self.before: RecapFields | None = None
        """The case as first saved; None where it never was."""
        self.case_id = ""
        self.saved_s = 0.0
        noise = np.random.default_rng(3).normal(0.0, HISS * 32768, FRAME_SAMPLES)
        self._silence = noise.astype("<i2").tobytes()
        self._say([*sentences, END])
        self.ends_s = len(self._waiting) * FRAME_SAMPLES / SAMPLE_RATE_HZ
        """When the recap was dictated, in seconds of audio."""

    @property
    def after(self) -> RecapFields:
        """The case as it is in the file now."""
        return self._store.load(self.case_id).fields if self.case_id else RecapFields()

    def open(self, deliver: Deliver) -> None:
        """Begin."""
        self._deliver = deliver
        self._samples_left = round((self.ends_s + GIVE_UP_S) * SAMPLE_RATE_HZ)

    def pump(self) -> None:
        """Deliver the next frame: of what is to be said, or of silence."""
        if self._deliver is None:
            return
        self._samples_left -= FRAME_SAMPLES
        self._silent_frames = 0 if self._waiting else self._silent_frames + 1
        if not self.case_id and self._silent_frames * FRAME_SAMPLES > UNHEARD_S * SAMPLE_RATE_HZ:
            self._say([END])
        if self._is_over or self._samples_left < 0:
            self._deliver(EndOfAudio())
            self._deliver = None
        else:
            self._deliver(Frame(self._waiting.popleft() if self._waiting else self._silence))

    def close(self) -> None:
        """End."""
        self._deliver = None

    def notice(self, notice: Notice) -> None:
        """Take part: answer what was asked, remember what was written."""
        match notice:
            case FinalNotice() if self.case_id:
                self.talk.append(f"heard: {notice.text}")
            case FinalNotice():
                self.finals.append(notice.text)
            case CaseSavedNotice():
                self.case_id, self.saved_s = notice.case_id, notice.t
                self.before = self.after
            case SayNotice() if notice.reason.startswith(("ask-", "check-", "read-")):
                answer = self._truth.reply(notice.reason, notice.text, self.after)
                self.talk += [f"asked: {notice.text}", f"said:  {answer}"]
                self._say([answer])
            case PhaseNotice(phase="closed"):
                self._is_over = True

    def status(self, status: Status) -> None:
        """Nothing."""

    def _say(self, sentences: Sequence[str]) -> None:
        path = recording(self._voice, sentences, self._cache, tail_s=0.0)
        pcm = soundfile.read(path, dtype="int16")[0].astype("<i2").tobytes()
        size = len(self._silence)
        frames = [pcm[at : at + size] for at in range(0, len(pcm) - size + 1, size)]
        self._waiting.extend(frames)
