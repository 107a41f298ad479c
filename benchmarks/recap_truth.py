"""What a truthful caller says to the questions of an interview; docs/recap.md has the rules.

Knows the call, hears what is asked and read back, and sees nothing: a name that sounds right is
taken for right.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from fields import overlaps
from rapidfuzz import fuzz
from recap_voices import spell

from assistant.cases.spoken import spoken_day
from assistant.recap.codes import spell_for_speech

TRIES = 2
"""How often one and the same thing is put right."""
ALIKE = 50.0
"""How alike, 0 to 100, a misheard name sounds to the one that was meant."""
SAME_PROMISE = 60.0
"""The same for the words of a promise that share too few words with the true ones."""
PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
          "tenth", "eleventh", "twelfth")  # fmt: skip
PROMISE = re.compile(r"(?:They|You) will [^.]*")


@dataclass(slots=True)
class Truth:
    """What a user who answers what is asked, and has put right what they hear is wrong, says."""

    wanted: dict[str, Any]
    today: date
    tries: Counter[str] = field(default_factory=Counter)
    heard: set[str] = field(default_factory=set)
    """True numbers, names and promises that were said to the caller, and sounded right."""
    wrong: list[str] = field(default_factory=list)
    """Kinds of things that were heard to be wrong, and not put right yet."""
    meant: str | None = None
    """Whose name the one spoken of really is; None for nobody's."""
    named: str | None = None
    """The name that was just answered."""
    step: dict[str, Any] | None = None
    """Which promise the one spoken of really is; None for none."""

    def reply(self, key: str, question: str) -> str:
        """The answer to `question`; "yes" to what nobody would have expected."""
        answer = getattr(self, "on_" + key.replace("-", "_"), None)
        said = str(answer(question)) if answer is not None else "yes"
        if key != "ask-person":
            self.named = None
        return said

    def on_ask_case_number(self, _: str) -> str:
        """The number that was not heard yet; with a word for each letter the second time."""
        missing = self._missing("number")
        if not missing:
            return "I don't have one"
        self.tries["reading"] += 1
        return spell(missing[0], plainly=self.tries["reading"] > 1)

    def on_check_case_number(self, question: str) -> str:
        """Right, mended, or wrong."""
        return self._checked(_code_in(question), self.wanted["case_numbers"])

    def on_ask_person(self, _: str) -> str:
        """Just the name."""
        names = self._missing("name")
        self.named = names[0] if names else None
        return names[0] if names else "nobody"

    def on_check_person(self, question: str) -> str:
        """By its sound."""
        return self._checked_name(question.partition(" helped")[0])

    def on_ask_spelling(self, question: str) -> str:
        """Letter by letter; with a word for each letter the second time."""
        said = question.partition("I heard ")[2].partition(". Please")[0]
        self.meant = self.named or self._alike(said)
        if self.meant is None:
            return "there is no such person"
        self.tries[f"spell {self.meant}"] += 1
        return spell(self.meant, plainly=self.tries[f"spell {self.meant}"] > 1)

    def on_ask_respelling(self, _: str) -> str:
        """With a word for each letter."""
        return spell(self.meant, plainly=True) if self.meant else "there is no such person"

    def on_check_spelling(self, question: str) -> str:
        """Right, mended, or wrong."""
        return self._checked(_code_in(question), [self.meant] if self.meant else [])

    def on_ask_company(self, _: str) -> str:
        """Its name."""
        return self.wanted["company"] or "I don't know"

    def on_check_company(self, question: str) -> str:
        """By its sound; who says no says what it is."""
        asked = question.partition("company is ")[2].partition(". Right")[0]
        company = str(self.wanted["company"] or "")
        return "yes" if _sound(asked) == _sound(company) else f"no, {company}" if company else "no"

    def on_ask_promise(self, _: str) -> str:
        """The first promise with a day that was not heard yet."""
        steps = self._missing_steps()
        return self._promise(steps[0]) if steps else "nothing"

    def on_ask_due(self, question: str) -> str:
        """The day of the promise."""
        self.step = self._step_like(question)
        return self._day()

    def on_check_step(self, question: str) -> str:
        """Whether promise and day are right."""
        return "yes" if self._judge_step(question) else "no"

    def on_ask_step(self, _: str) -> str:
        """The right day, or that nobody said such a thing."""
        return self._day() if self.step else "delete it"

    def on_check_due(self, question: str) -> str:
        """Whether the day is right."""
        due = self.step["due"] if self.step else None
        right = due and f"By {spoken_day(date.fromisoformat(due), self.today)}." in question
        return self._heard(self.step["action"]) if right and self.step else "no"

    def on_ask_settled(self, _: str) -> str:
        """As it was."""
        return {True: "yes", False: "no", None: "I don't know"}[self.wanted["resolved"]]

    def on_check_phone(self, question: str) -> str:
        """By its digits."""
        phones = [spell_for_speech(one["value"]) for one in self.wanted["contacts"]]
        return "yes" if any(one in question for one in phones) else "no"

    def on_ask_phone(self, _: str) -> str:
        """Not worth looking for."""
        return "skip"

    def on_read_back(self, question: str) -> str:
        """Yes, or no: what is wrong is said when asked."""
        return "no" if self._listen(question) else "yes"

    def on_ask_which(self, _: str) -> str:
        """In a word."""
        return self._complaint() or "nothing"

    def on_ask_else(self, _: str) -> str:
        """In a word."""
        return self._complaint() or "no"

    # --- what is right and what is not --------------------------------------------------------

    def _listen(self, question: str) -> bool:
        """Whether something in the read-back is wrong or missing."""
        self.wrong = []
        if numbers := re.search(r"Case number ([^.]*)\.", question):
            codes = [_bare(one) for one in numbers[1].split(" and ")]
            self._compare(
                "number", codes, [_bare(spell_for_speech(c)) for c in self.wanted["case_numbers"]]
            )
            self.heard |= {
                c for c in self.wanted["case_numbers"] if _bare(spell_for_speech(c)) in codes
            }
        if helped := re.search(r"([^.]*) helped\.", question):
            for name in helped[1].split(" and "):
                if self._checked_name(name.strip()) != "yes":
                    self.wrong.append("name")
        for promise in PROMISE.findall(question):
            if not self._judge_step(promise):
                self.wrong.append("promise")
        return self._complaint(peek=True) is not None

    def _compare(self, kind: str, said: Sequence[str], true: Sequence[str]) -> None:
        if not set(said) <= set(true):
            self.wrong.append(kind)

    def _complaint(self, peek: bool = False) -> str | None:
        """The first thing that is wrong, else that is missing; None where none is left."""
        told = [
            (f"{kind}-wrong", f"the {kind} is wrong")
            for kind in ("number", "promise", "name")
            if kind in self.wrong
        ]
        for kind in ("number", "promise", "name"):
            left = self._missing_steps() if kind == "promise" else self._missing(kind)
            if left:
                told.append((f"{kind}-missing-{len(left)}", f"a {kind} is missing"))
        for key, said in told:
            if self.tries[key] >= TRIES:
                continue
            if not peek:
                self.tries[key] += 1
                self.wrong = [kind for kind in self.wrong if key != f"{kind}-wrong"]
            return said
        return None

    def _missing(self, kind: str) -> list[str]:
        names = [str(person["name"]) for person in self.wanted["people"]]
        items = names if kind == "name" else self.wanted["case_numbers"]
        return [one for one in items if one not in self.heard]

    def _missing_steps(self) -> list[dict[str, Any]]:
        """Promises with a day that were not heard; those without one are not worth a word."""
        dated = [step for step in self.wanted["next_steps"] if step["due"]]
        days = {step["due"] for step in dated if step["action"] in self.heard}
        return [
            step for step in dated if step["action"] not in self.heard and step["due"] not in days
        ]

    def _heard(self, what: str) -> str:
        self.heard.add(what)
        return "yes"

    # --- numbers and letters ------------------------------------------------------------------

    def _checked(self, said: str, true: Sequence[str]) -> str:
        """Yes; or the one symbol that is wrong, missing or too many; or just no."""
        for code in true:
            if _symbols(code) == said:
                return self._heard(code)
        left = [code for code in true if code not in self.heard]
        if not left:
            return "delete it"
        meant = max(left, key=lambda code: fuzz.ratio(_symbols(code), said))
        self.tries[meant] += 1
        if self.tries[meant] > TRIES + 1:
            return "skip"
        return _one_repair(said, _symbols(meant), plainly=self.tries[meant] > 1) or "no"

    def _checked_name(self, name: str) -> str:
        """Whether `name` sounds like somebody's; else who it may have been is kept in mind."""
        for true in [str(person["name"]) for person in self.wanted["people"]]:
            if _sound(true) == _sound(name):
                return self._heard(true)
        self.meant = self._alike(name)
        return "no" if self.meant else "there is no such person"

    def _alike(self, name: str) -> str | None:
        names = [str(person["name"]) for person in self.wanted["people"]]
        left = [one for one in names if one not in self.heard]
        best = max(left, key=lambda one: fuzz.ratio(_sound(one), _sound(name)), default=None)
        alike = best is not None and fuzz.ratio(_sound(best), _sound(name)) >= ALIKE
        return best if alike or (len(names) == 1 and left) else None

    # --- promises -----------------------------------------------------------------------------

    def _judge_step(self, said: str) -> bool:
        """Whether the promise that was read back is one, with its day; it is kept in mind."""
        step = self.step = self._step_like(said)
        day = re.search(r" by (?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day[\w ]*)(?=\.|$)", said)
        if step is None:
            return day is None  # mere words do no harm
        due = spoken_day(date.fromisoformat(step["due"]), self.today) if step["due"] else ""
        right = day[0] == f" by {due}" if day else not due
        if right:
            self.heard.add(step["action"])
        return right

    def _step_like(self, said: str) -> dict[str, Any] | None:
        """The true promise that is meant: by its words, else by its day."""
        steps = self.wanted["next_steps"]
        words = re.sub(r"^.*?(They|You) will |\. (By when|Right)\?|\bby \w+day.*", "", said)
        likely = [step for step in steps if overlaps(words, step["action"])]
        likely = likely or [
            s for s in steps if fuzz.token_set_ratio(words, s["action"]) >= SAME_PROMISE
        ]
        dated = [
            s
            for s in likely or steps
            if s["due"] and spoken_day(date.fromisoformat(s["due"]), self.today) in said
        ]
        return next(iter((*dated, *likely)), None)

    def _day(self) -> str:
        if self.step is None or not self.step["due"]:
            return "they didn't say" if self.step is None else "there is no date"
        return f"by {self._spoken(self.step['due'])}"

    def _promise(self, step: dict[str, Any]) -> str:
        who = "I will" if step["owner"] == "me" else "they will"
        return f"{who} {step['action']} by {self._spoken(step['due'])}"

    def _spoken(self, day: str) -> str:
        """The weekday within the week, else as in "march 3rd": voices say the ending."""
        when = date.fromisoformat(day)
        if timedelta(0) < when - self.today < timedelta(7):
            return f"{when:%A}"
        ending = (
            "th" if 10 < when.day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(when.day % 10, "th")
        )
        return f"{when:%B} {when.day}{ending}"


def _one_repair(said: str, true: str, plainly: bool) -> str:
    """The sentence that makes `true` of `said` where they differ in one symbol; "" for more."""
    at = next(
        (n for n, (a, b) in enumerate(zip(said, true, strict=False)) if a != b),
        min(len(said), len(true)),
    )
    if at >= len(PLACES):
        return ""
    if len(said) == len(true) and said[at + 1 :] == true[at + 1 :]:
        return f"no, the {PLACES[at]} is {spell(true[at], plainly)}"
    if said[at + 1 :] == true[at:]:
        return f"no, delete the {PLACES[at]}"
    if said[at:] == true[at + 1 :]:
        where = f"after the {PLACES[at - 1]}" if at else "at the beginning"
        return f"no, there is a {spell(true[at], plainly)} {where}"
    return ""


def _code_in(question: str) -> str:
    """The code that was read back, symbols only."""
    return _bare(re.sub(r"^.*number ", "", question.partition(". Right")[0]))


def _bare(spoken: str) -> str:
    return re.sub(r"dash|slash|dot|[^A-Z0-9]", "", spoken)


def _symbols(code: str) -> str:
    return "".join(char for char in code.upper() if char.isalnum())


def _sound(name: str) -> str:
    """A name roughly as it sounds: consonants that are said alike are the same, vowels go."""
    text = re.sub(r"[^a-z]", "", name.lower())
    for spelled, sound in (
        ("ph", "f"),
        ("ck", "k"),
        ("c", "k"),
        ("q", "k"),
        ("z", "s"),
        ("y", "i"),
    ):
        text = text.replace(spelled, sound)
    text = re.sub(r"(.)\1+", r"\1", text)
    return text[:1] + re.sub(r"[aeiouh]", "", text[1:])
