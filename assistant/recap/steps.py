"""Next steps: who does what by when, from the acts and days after each trigger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.recap.acts import Act, append_at, read_acts
from assistant.recap.dates import When
from assistant.recap.reading import Reading
from assistant.recap.stepwords import Owner, Trigger, is_verb, sets_of
from assistant.recap.tokens import Token, phrase_at, words_of
from assistant.recap.triggers import find_triggers

_CONDITION_WORDS = 7
_HOSTING = ("be in", "be home", "be there", "be at home", "be around", "let him in", "let them in")
"""What a caller does for a visit, on the day of it."""


@dataclass(frozen=True, slots=True)
class StepSpan:
    """A step and the tokens it was read from."""

    owner: Owner
    action: str
    due: date | None
    start: int
    end: int
    confidence: float


def find_steps(reading: Reading, names: frozenset[str], taken: set[int]) -> list[StepSpan]:
    """All steps in order of mention; `names` and `taken` as for `find_triggers`."""
    triggers = find_triggers(reading, names, taken)
    acts: list[Act] = []
    for place, trigger in enumerate(triggers):
        floor = acts[-1].end if acts else 0
        if trigger.weak and trigger.start < floor:
            continue
        strong = [one.start for one in triggers[place + 1 :] if not one.weak]
        limit = max(strong[0] if strong else len(reading.tokens), trigger.verb + 1)
        read = read_acts(reading, trigger, min(limit, len(reading.tokens)))
        if read:
            own = list(read[0].whens)
            _look_back(reading, trigger, read[0], floor)
            for act in read[1:]:
                if act.joined and not act.whens and not own:
                    act.whens = list(read[0].whens)
        acts.extend(read)
    acts.extend(_payments(reading, acts))
    acts.sort(key=lambda act: act.start)
    return _finished(reading, acts)


def _look_back(reading: Reading, trigger: Trigger, act: Act, floor: int) -> None:
    """Give an act the day or condition that stands right before it."""
    tokens = reading.tokens
    start = max(floor, trigger.start - 14)
    for place in range(trigger.start - 1, start - 1, -1):
        if place + 1 < len(tokens) and tokens[place + 1].starts_sentence:
            return
        if tokens[place].word in ("if", "unless", "in case") and tokens[place - 1].word != "as":
            inside = [when for when in reading.dates if place < when.start < trigger.start]
            if not inside and any(
                phrase_at(tokens, at, sets_of("then_words")) for at in range(place, trigger.start)
            ):
                inside = [when for when in reading.dates if when.start < place][-1:]
            act.whens = [when for when in inside if when.kind != "time"] + act.whens
            day_places = {at for when in inside for at in range(when.start, when.end)}
            words = [
                tokens[at].word
                for at in range(place, trigger.start)
                if at not in day_places and tokens[at].word not in ("then", "by", "so")
            ]
            while words and words[-1] in ("she", "he", "they", "says", "say", "said", "and"):
                words.pop()
            if len(words) <= _CONDITION_WORDS:
                act.words.extend(words)
            return
    for when in reading.dates:
        gap = words_of(tokens[when.end : trigger.start])
        if when.kind == "relative" and tokens[when.start].word not in ("tonight", "tomorrow"):
            continue
        free = floor <= when.start < trigger.start and when.kind != "time" and not act.whens
        adjoins = len(gap) <= 2 and all(word in ("so", "then", "and") for word in gap)
        if free and adjoins and not tokens[trigger.start].starts_sentence:
            act.whens.append(when)


def _payments(reading: Reading, acts: Sequence[Act]) -> list[Act]:
    """As in "First one due august third": the caller pays."""
    tokens = reading.tokens
    found: list[Act] = []
    covered = {at for act in acts for at in range(act.start, act.end)}
    for when in reading.dates:
        if when.kind == "time" or when.start in covered or when.start < 2:
            continue
        before = words_of(tokens[max(0, when.start - 4) : when.start])
        if "due" not in before or not any(word in sets_of("payments") for word in before):
            continue
        act = Act("me", when.start - 2, ["pay"], [when], when.end, confidence=0.55)
        earlier = [amount for amount in reading.amounts if amount.start < when.start]
        if earlier:
            append_at(reading, act, earlier[-1].start)
        found.append(act)
    return found


def _finished(reading: Reading, acts: list[Act]) -> list[StepSpan]:
    """Acts as steps: days shared and settled, words trimmed, owners put right, doubles dropped."""
    steps: list[StepSpan] = []
    dues = [_due(reading, act) for act in acts]
    for place in range(len(acts) - 2, -1, -1):
        following = acts[place + 1]
        if following.joined and not acts[place].whens and following.owner == acts[place].owner:
            dues[place] = dues[place + 1]
            acts[place].whens = following.whens
    for place, act in enumerate(acts):
        due = dues[place] or _said_as_result(reading, act)
        owner = _owner_said_after(reading, act)
        action = _action(act)
        if not action or (len(action.split()) == 1 and not is_verb(action) and action != "come"):
            continue
        if due is None and _for_visit(act):
            visits = [step.due for step in steps if step.owner == "them" and step.due]
            due = visits[-1] if visits else None
            if place + 1 < len(acts) and acts[place + 1].joined and not acts[place + 1].whens:
                dues[place + 1] = due
        step = StepSpan(owner, action, due, act.start, max(act.end, act.start + 1), act.confidence)
        same = next((old for old in steps if _same(old, step)), None)
        if same is not None:
            if same.due is None and step.due is not None:
                steps[steps.index(same)] = step
            continue
        steps.append(step)
    return steps


def _same(one: StepSpan, other: StepSpan) -> bool:
    return one.owner == other.owner and set(one.action.split()) == set(other.action.split())


def _due(reading: Reading, act: Act) -> date | None:
    """The day an act is due: the last one said with it; "by then" is the last day said before."""
    tokens = reading.tokens
    days = [when for when in act.whens if when.kind != "time"]
    days = [when for when in days if when.day is None or when.day >= reading.today]
    days = [when for when in days if tokens[when.start - 1].word not in sets_of("undated")]
    days = [when for when in days if tokens[when.start - 1].word not in sets_of("recurring")]
    if act.words[:1] not in (["hold"], ["keep"], ["reserve"], ["leave"]):
        days = [when for when in days if not _lasts(tokens, when)]
    if days:
        return days[-1].day
    if act.same_day is not None:
        return act.same_day.day
    return None


def _lasts(tokens: Sequence[Token], when: When) -> bool:
    """Whether a period says how long, not by when: "unplug it for ten minutes"."""
    return when.kind == "period" and tokens[when.start - 1].word == "for"


def _said_as_result(reading: Reading, act: Act) -> date | None:
    """The day in "… so I get it tomorrow", said after a promise without a day."""
    if act.whens:
        return None
    phrases = sets_of("i_will") if act.owner == "me" else sets_of("results")
    for at in range(act.end, min(act.end + 4, len(reading.tokens))):
        length = phrase_at(reading.tokens, at, phrases)
        if length:
            near = range(at + length, at + length + 3)
            return next((when.day for when in reading.dates if when.start in near), None)
    return None


def _owner_said_after(reading: Reading, act: Act) -> Owner:
    for at in range(act.end, min(act.end + 3, len(reading.tokens))):
        if reading.tokens[at].word in ("nothing", "no"):
            break
        if phrase_at(reading.tokens, at, sets_of("on_me")):
            return "me"
        if phrase_at(reading.tokens, at, sets_of("on_them")):
            return "them"
    return act.owner


def _for_visit(act: Act) -> bool:
    """Whether an act is for a visit: "before he comes", or joined to one that is."""
    words = " ".join(act.words)
    if act.whens:
        return False
    act.at_visit = act.owner == "me" and any(
        f"{when} {who} {visit}" in words
        for when in ("before", "when", "for when", "until")
        for who in ("he", "she", "they", "it", "the engineer", "the technician", "the", "someone")
        for visit in sets_of("visits")
    )
    act.at_visit = act.at_visit or (act.owner == "me" and words.startswith(_HOSTING))
    return act.at_visit


def _action(act: Act) -> str:
    """The act in a few words, without loose ends."""
    words = list(act.words)
    while words and words[-1] in sets_of("edge_words") - sets_of("particles"):
        words.pop()
    while words and words[0] in sets_of("adverbs"):
        words.pop(0)
    return " ".join(words)
