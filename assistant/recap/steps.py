"""Next steps: who does what by when, from the acts and days after each trigger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from assistant.recap.acts import Act, append_at, read_acts
from assistant.recap.lexicon import lists, ordinary_words
from assistant.recap.nameddays import When
from assistant.recap.reading import Reading
from assistant.recap.stepwords import Owner, Trigger, is_verb, sets_of
from assistant.recap.tokens import Token, phrase_at, word_at, words_of
from assistant.recap.triggers import find_triggers

_CONDITION_WORDS = 7
_ELLIPSIS_WORDS = 3
_DEADLINE_REACH = 9
"""So many words behind an act a deadline may still be said for it."""
_OWED_REACH = 10
"""So many words before "… is due friday" the thing to pay may stand."""


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
    told = 0
    for place, trigger in enumerate(triggers):
        floor = acts[-1].end if acts else 0
        if trigger.start < (floor if trigger.weak else told):
            continue
        later = triggers[place + 1 :]
        strong = [one.start for one in later if not one.weak or _breaks(reading, trigger, one)]
        limit = max(strong[0] if strong else len(reading.tokens), trigger.verb + 1)
        read = read_acts(reading, trigger, min(limit, len(reading.tokens)))
        if read:
            own = list(read[0].whens)
            _look_back(reading, trigger, read[0], floor)
            for act in read[1:]:
                if act.joined and not act.whens and not own:
                    act.whens = list(read[0].whens)
            told = _take_result(reading, read[-1])
        acts.extend(read)
    acts.extend(_payments(reading, acts))
    acts.sort(key=lambda act: act.start)
    _take_deadlines(reading, acts)
    return _finished(reading, acts)


def _breaks(reading: Reading, trigger: Trigger, later: Trigger) -> bool:
    """Whether a thing that arrives ends the act before it: "… by the door refund goes back"."""
    before = word_at(reading.tokens, later.start - 1)
    opens = word_at(reading.tokens, later.start) in sets_of("events")
    inside = sets_of("determiners") | sets_of("edge_words") | sets_of("noun_stops")
    noun = before in ordinary_words() and before not in inside and not is_verb(before)
    return opens and noun and later.start > trigger.verb + 2


def _look_back(reading: Reading, trigger: Trigger, act: Act, floor: int) -> None:
    """Give an act the day or condition that stands right before it."""
    tokens = reading.tokens
    concludes = word_at(tokens, trigger.start - 1) == "so"  # "it stands unless i appeal so i …"
    conditions = ("if", "in case") if concludes else ("if", "unless", "in case")
    start = max(floor, trigger.start - 14)
    for place in range(trigger.start - 1, start - 1, -1):
        if place + 1 < len(tokens) and tokens[place + 1].starts_sentence:
            return
        if tokens[place].word in conditions and tokens[place - 1].word != "as":
            inside = [when for when in reading.dates if place < when.start < trigger.start]
            if not inside and any(
                phrase_at(tokens, at, sets_of("then_words")) for at in range(place, trigger.start)
            ):
                inside = [when for when in reading.dates if when.start < place][-1:]
            if not inside and _is_elliptic(words_of(tokens[place + 1 : trigger.start])):
                earlier = [when for when in reading.dates if when.end <= place and when.day]
                inside = earlier[-1:]
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
    if {"when", "once", "after"}.intersection(act.words):
        return
    _take_then(reading, trigger, act)
    timed = {at for one in reading.dates if one.kind == "time" for at in range(one.start, one.end)}
    for when in reading.dates:
        between = range(when.end, trigger.start)
        gap = [tokens[at].word for at in between if at not in timed]
        if when.kind == "relative" and tokens[when.start].word not in ("tonight", "tomorrow"):
            continue
        free = floor <= when.start < trigger.start and when.kind != "time" and not act.whens
        adjoins = len(gap) <= 2 and all(word in ("so", "then", "and") for word in gap)
        if free and adjoins and not tokens[trigger.start].starts_sentence:
            act.whens.append(when)


def _take_then(reading: Reading, trigger: Trigger, act: Act) -> None:
    """Give an act without a day the last day said, where "before then" stands right before it."""
    starts = (max(0, trigger.start - size) for size in (2, 3))
    phrases = sets_of("then_words")
    if not act.whens and any(
        at + phrase_at(reading.tokens, at, phrases) == trigger.start for at in starts
    ):
        act.whens = [one for one in reading.dates if one.start < trigger.start and one.day][-1:]


def _take_deadlines(reading: Reading, acts: Sequence[Act]) -> None:
    """Give acts without a day the deadline said right after: "… he said by thursday"."""
    tokens = reading.tokens
    used = {when.start for act in acts for when in act.whens}
    for act, following in zip_longest(acts, acts[1:]):
        if act.whens or act.joined or any(word in act.words for word in ("when", "once", "after")):
            continue
        limit = min(act.end + _DEADLINE_REACH, following.start if following else len(tokens))
        for when in reading.dates:
            if not act.end <= when.start < limit or when.kind == "time" or when.start in used:
                continue
            lead = words_of(tokens[max(act.end, when.start - 2) : when.start])
            opening = " ".join(words_of(tokens[act.end : when.start]))
            told = any(opening.endswith(phrase) for phrase in sets_of("deadline_leads"))
            if told or (lead[-1:] and lead[-1] in ("by", "within", "before")):
                act.whens.append(when)
            break


def _is_elliptic(condition: Sequence[str]) -> bool:
    """As in "if it doesn't", "if not": what was said before does not happen on its day."""
    return 0 < len(condition) <= _ELLIPSIS_WORDS and condition[-1].endswith(("n't", "not"))


def _payments(reading: Reading, acts: Sequence[Act]) -> list[Act]:
    """As in "First one due august third": the caller pays."""
    tokens = reading.tokens
    found: list[Act] = []
    covered = {at for act in acts for at in range(act.start, act.end)}
    for when in reading.dates:
        if when.kind == "time" or when.start in covered or when.start < 2:
            continue
        before = words_of(tokens[max(0, when.start - 4) : when.start])
        owed = words_of(tokens[max(0, when.start - _OWED_REACH) : when.start])
        if "due" not in before or not any(word in sets_of("payments") for word in owed):
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
    for place, act in enumerate(acts):
        if dues[place] is None and _for_visit(act):
            dues[place] = _visit_before(reading, act, acts[:place], dues)
    for place in range(len(acts) - 2, -1, -1):
        following = acts[place + 1]
        free = not acts[place].whens and dues[place] is None
        if following.joined and free and following.owner == acts[place].owner:
            dues[place] = dues[place + 1]
            acts[place].whens = following.whens
    for place, act in enumerate(acts):
        due = dues[place]
        owner = _owner_said_after(reading, act)
        action = _action(act)
        if _at_home(action):
            continue
        if action.endswith(("if you want", "if i want", "if you like", "if i like")):
            continue
        if not action or (len(action.split()) == 1 and not is_verb(action) and action != "come"):
            continue
        if act.at_visit and place + 1 < len(acts) and acts[place + 1].joined:
            dues[place + 1] = dues[place + 1] or (None if acts[place + 1].whens else due)
        step = StepSpan(owner, action, due, act.start, max(act.end, act.start + 1), act.confidence)
        same = next((old for old in steps if _same(old, step)), None)
        if same is not None:
            if same.due is None and step.due is not None:
                steps[steps.index(same)] = step
            continue
        steps.append(step)
    return steps


def _meeting_of(act: Act) -> str:
    """The occasion an act is to be done before: "drop it off before the meeting"; or ""."""
    for place, word in enumerate(act.words[:-2]):
        if word == "before" and act.words[place + 1] in sets_of("determiners"):
            near = act.words[place + 2 : place + 4]
            return next((one for one in near if one in sets_of("meetings")), "")
    return ""


def _visit_before(
    reading: Reading, act: Act, acts: Sequence[Act], dues: Sequence[date | None]
) -> date | None:
    """The day of the occasion `act` names, or of the visit or appointment said last before it."""
    start = act.start
    meeting = _meeting_of(act)
    for when in reversed(reading.dates):
        near = words_of(reading.tokens[max(0, when.start - 3) : when.start])
        if when.day and when.start < start and meeting and meeting in near:
            return when.day
    visits = [due for act, due in zip(acts, dues, strict=False) if act.owner == "them" and due]
    if visits:
        return visits[-1]
    for when in reversed(reading.dates):
        near = words_of(reading.tokens[max(0, when.start - 3) : when.start])
        if when.day and when.start < start and sets_of("meetings").intersection(near):
            return when.day
    return None


def _same(one: StepSpan, other: StepSpan) -> bool:
    mine, theirs = set(one.action.split()), set(other.action.split())
    if one.owner != other.owner or one.action.split()[0] != other.action.split()[0]:
        return one.owner == other.owner and mine == theirs
    again = mine <= theirs | {"again", "back"} or theirs <= mine | {"again", "back"}
    return mine == theirs or (again and (not one.due or not other.due or one.due == other.due))


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


def _take_result(reading: Reading, act: Act) -> int:
    """Give an act without a day that of "… so i get it tomorrow"; where those words end, or 0."""
    if act.whens:
        return 0
    phrases = sets_of("i_will") if act.owner == "me" else sets_of("results")
    for at in range(act.end, min(act.end + 4, len(reading.tokens))):
        length = phrase_at(reading.tokens, at, phrases)
        if not length:
            continue
        near = range(at + length, at + length + 4)
        when = next((when for when in reading.dates if when.start in near), None)
        if when is not None:
            act.whens.append(when)
            return when.end
    return 0


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
    if _meeting_of(act):
        return True
    act.at_visit = act.owner == "me" and any(
        f"{when} {who} {visit}" in words
        for when in ("before", "when", "for when", "until")
        for who in ("he", "she", "they", "it", "the engineer", "the technician", "the", "someone")
        for visit in sets_of("visits")
    )
    hosts = any(words.startswith(phrase) for phrase in sets_of("hosting"))
    hosts = hosts or any(phrase in words for phrase in sets_of("letting_in"))
    act.at_visit = act.at_visit or (act.owner == "me" and hosts)
    return act.at_visit


def _at_home(action: str) -> bool:
    """Whether an action is no business: "hold", or one that opens with "have a bath"."""
    sets = lists("evidence").sets
    return action in sets["not_steps"] or any(
        f"{action} ".startswith(f"{phrase} ") for phrase in sets["home_acts"]
    )


def _action(act: Act) -> str:
    """The act in a few words, without loose ends."""
    words = list(act.words)
    while words and words[-1] in sets_of("edge_words") - sets_of("particles"):
        words.pop()
    while words and words[0] in sets_of("adverbs"):
        words.pop(0)
    return " ".join(words)
