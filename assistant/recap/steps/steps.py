"""Next steps: who does what by when, from the clauses of a recap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from assistant.recap.lexicon import lists
from assistant.recap.nameddays import When
from assistant.recap.reading import Reading
from assistant.recap.steps.act import Act, sets_of
from assistant.recap.steps.acts import read_acts
from assistant.recap.steps.clauses import find_clauses
from assistant.recap.steps.occasions import find_occasions
from assistant.recap.steps.pledges import find_pledges
from assistant.recap.steps.predicates import words_in
from assistant.recap.steps.surroundings import Owner
from assistant.recap.steps.verbs import base_of
from assistant.recap.tokens import Token, phrase_at, word_at, words_of

_DEADLINE_REACH = 9
"""So many words behind an act a deadline may still be said for it."""


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
    """All steps in order of mention.

    `names` are the lower-case names of people and of the company; `taken` are tokens that belong
    to names, codes and the like.
    """
    clauses = find_clauses(reading, names, taken)
    acts = read_acts(reading, clauses, find_pledges(reading, clauses))
    acts = find_occasions(reading, clauses, _told_again(acts))
    _take_deadlines(reading, acts)
    return _finished(reading, acts)


def _told_again(acts: Sequence[Act]) -> list[Act]:
    """Acts without those that only say when the one before them comes: "so i get it tomorrow"."""
    kept: list[Act] = []
    for act in acts:
        last = kept[-1] if kept else None
        free = last is not None and last.owner == act.owner and not last.whens
        if last is not None and free and act.is_result and act.start - last.end <= 4:
            last.whens, last.own_day = act.whens, True
            last.end = act.end
            continue
        kept.append(act)
    return kept


def _take_deadlines(reading: Reading, acts: Sequence[Act]) -> None:
    """Give acts without a day the deadline said right after: "… he said by thursday"."""
    tokens = reading.tokens
    used = {when.start for act in acts for when in act.whens}
    for act, following in zip_longest(acts, acts[1:]):
        if act.whens or any(word in act.words for word in ("when", "once", "after")):
            continue
        if following is not None and following.joined:
            continue
        limit = min(act.end + _DEADLINE_REACH, following.start if following else len(tokens))
        for when in reading.dates:
            if not act.end <= when.start < limit or when.kind == "time" or when.start in used:
                continue
            lead = words_of(tokens[max(act.end, when.start - 2) : when.start])
            if words_in("ifs").intersection(words_of(tokens[act.end : when.start])):
                break
            opening = " ".join(words_of(tokens[act.end : when.start]))
            phrases = sets_of("deadline_leads") | sets_of(
                "i_will" if act.owner == "me" else "results"
            )
            told = any(opening.endswith(phrase) for phrase in phrases)
            if told or (lead[-1:] and lead[-1] in ("by", "within", "before")):
                act.whens.append(when)
                act.own_day = opening.endswith(("take", "takes", "about", "it'll take"))
            break


def _finished(reading: Reading, acts: list[Act]) -> list[StepSpan]:
    """Acts as steps: days shared and settled, words trimmed, owners put right, doubles dropped."""
    dues = _shared_dues(reading, acts)
    steps: list[StepSpan] = []
    for act, due in zip(acts, dues, strict=True):
        action = _action(act)
        if not action or _is_idle(action):
            continue
        owner = _owner_said_after(reading, act)
        step = StepSpan(owner, action, due, act.start, max(act.end, act.start + 1), act.confidence)
        same = next((old for old in steps if _same(old, step)), None)
        if same is None:
            steps.append(step)
        elif same.due is None and step.due is not None:
            steps[steps.index(same)] = step
    return steps


def _shared_dues(reading: Reading, acts: Sequence[Act]) -> list[date | None]:
    """The day of each act; joined acts share that before the first and that behind the last."""
    dues = [_due(reading, act) for act in acts]
    for place, act in enumerate(acts):
        if dues[place] is None and not act.whens:
            dues[place] = _visit_day(reading, act, acts[:place], dues)
            act.led = act.led or dues[place] is not None
        follows = act.joined or "then" in act.link.split()
        if dues[place] is None and follows and not act.whens and place and acts[place - 1].led:
            dues[place], act.led = dues[place - 1], True
    for place in range(len(acts) - 2, -1, -1):
        act, following = acts[place], acts[place + 1]
        if following.joined and not act.whens and act.owner == following.owner:
            own = following.own_day or _is_beside(reading.tokens, following)
            dues[place] = dues[place] or (None if own else dues[place + 1])
            act.whens = following.whens
    return dues


def _is_beside(tokens: Sequence[Token], act: Act) -> bool:
    """Whether an act's day is counted from another: "the night before"."""
    return any(tokens[when.end - 1].word in ("before", "after") for when in act.whens)


def _due(reading: Reading, act: Act) -> date | None:
    """The day an act is due: the last one said with it."""
    tokens = reading.tokens
    days = [when for when in act.whens if when.kind != "time"]
    days = [when for when in days if when.day is None or when.day >= reading.today]
    days = [when for when in days if tokens[when.start - 1].word not in sets_of("undated")]
    days = [when for when in days if tokens[when.start - 1].word not in sets_of("recurring")]
    days = [when for when in days if not _after_undated(reading, when)]
    if act.condition:  # "if it's on my side … within a fortnight of that"
        days = [when for when in days if not _from_that(tokens, when)]
    if act.words[:1] not in (["hold"], ["keep"], ["reserve"], ["leave"]):
        days = [when for when in days if not _lasts(tokens, when)]
    return days[-1].day if days else None


def _after_undated(reading: Reading, when: When) -> bool:
    """As in "once she has it it's ten working days": counted from what has no day."""
    near = reading.tokens[max(0, when.start - 8) : when.start]
    after = [token.start for token in near if token.word in ("once", "when")]
    dated = any(
        one.end <= when.start and after and reading.tokens[one.start].start > after[-1]
        for one in reading.dates
    )
    return when.kind == "period" and bool(after) and not dated


def _from_that(tokens: Sequence[Token], when: When) -> bool:
    """Whether a period counts from "that"."""
    return when.kind == "period" and words_of(tokens[when.end : when.end + 2])[-1:] == ["that"]


def _lasts(tokens: Sequence[Token], when: When) -> bool:
    """Whether a period says how long, not by when: "unplug it for ten minutes"."""
    return when.kind == "period" and tokens[when.start - 1].word == "for"


def _visit_day(
    reading: Reading, act: Act, acts: Sequence[Act], dues: Sequence[date | None]
) -> date | None:
    """The day of the visit or meeting that an act is done for, said before it; or None."""
    meeting = _meeting_of(act)
    if not meeting and not _is_for_visit(act):
        return None
    visits = [
        due
        for one, due in zip(acts, dues, strict=False)
        if one.owner == "them" and due and one.words[0] not in sets_of("messages")
    ]
    wanted = frozenset((meeting,)) if meeting else sets_of("meetings")
    for when in reversed(reading.dates):
        near = words_of(reading.tokens[max(0, when.start - 3) : when.start])
        named = when.day and when.start < act.start and wanted.intersection(near)
        if named and (meeting or not visits):
            return when.day
    return visits[-1] if visits else None


def _meeting_of(act: Act) -> str:
    """The occasion an act is to be done before: "drop it off before the meeting"; or ""."""
    for place, word in enumerate(act.words[:-2]):
        if word == "before" and act.words[place + 1] in words_in("determiners"):
            near = act.words[place + 2 : place + 4]
            return next((one for one in near if one in sets_of("meetings")), "")
    return ""


def _is_for_visit(act: Act) -> bool:
    """Whether an act is for a visit: "before he comes", "be in"."""
    words = " ".join((*act.words, *(act.condition if "if" not in act.condition else ())))
    said = words.split()
    at_visit = any(
        word in ("before", "when", "until") and sets_of("visits") & set(said[at + 1 : at + 4])
        for at, word in enumerate(said)
    )
    hosts = any(words.startswith(phrase) for phrase in sets_of("hosting"))
    hosts = hosts or any(phrase in words for phrase in sets_of("letting_in"))
    received = any(
        f"{link} the {who}" in words for link in ("to", "for") for who in words_in("visitors")
    )
    prepared = (
        received or act.words[:1] == ["bring"] or bool(set(act.words[1:]) & sets_of("for_visit"))
    )
    return act.owner == "me" and (at_visit or hosts or prepared)


def _same(one: StepSpan, other: StepSpan) -> bool:
    """Whether two steps are one said twice."""
    mine, theirs = set(one.action.split()), set(other.action.split())
    if one.owner != other.owner or one.action.split()[0] != other.action.split()[0]:
        return one.owner == other.owner and mine == theirs
    again = mine <= theirs | {"again", "back"} or theirs <= mine | {"again", "back"}
    return mine == theirs or (again and (not one.due or not other.due or one.due == other.due))


def _owner_said_after(reading: Reading, act: Act) -> Owner:
    for at in range(act.end, min(act.end + 3, len(reading.tokens))):
        if word_at(reading.tokens, at) in ("nothing", "no"):
            break
        if phrase_at(reading.tokens, at, sets_of("on_me")):
            return "me"
        if phrase_at(reading.tokens, at, sets_of("on_them")):
            return "them"
    return act.owner


def _is_idle(action: str) -> bool:
    """Whether an action is no business: "hold", or one that opens with "have a bath"."""
    sets = lists("evidence").sets
    if action.endswith(("if you want", "if i want", "if you like", "if i like")):
        return True
    if len(action.split()) == 1 and not base_of(action, "base"):
        return True
    return action in sets["not_steps"] or any(
        f"{action} ".startswith(f"{phrase} ") for phrase in sets["home_acts"]
    )


def _action(act: Act) -> str:
    """The act in a few words, without loose ends."""
    words = list(act.words)
    while words and words[-1] in sets_of("edge_words") - sets_of("particles"):
        words.pop()
    while words and words[0] in words_in("adverbs"):
        words.pop(0)
    while act.condition and act.condition[-1] in (
        "she",
        "he",
        "they",
        "says",
        "say",
        "said",
        "and",
    ):
        act.condition.pop()
    return " ".join([*words, *act.condition] if words else [])
