"""Checks of cues and prompts that a schema cannot make: what sounds alike, what can be heard."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import combinations

import msgspec
from rapidfuzz import fuzz, process

from assistant.coaching.checklist import TIPS
from assistant.coaching.cues import Cue
from assistant.coaching.located import Phrase, Place, Sources, Text
from assistant.coaching.paraphrases import LONGEST_S, Paraphrases
from assistant.coaching.phonemes import Sounds, similarity
from assistant.coaching.prompts import fill, slots_in
from assistant.events import Context

LONGEST_PROMPT_S = 6.0
"""One breath of listening; what lasts longer is not heard in the middle of a call."""
ALIKE = 0.8
"""Similarity from which two phrases count as sounding alike: one easily confused sound in three
differing, or one sound in five. Chosen, not fitted; docs/cues.md has examples on both sides."""

ALIKE_BY_SPELLING = 0.9
"""The same where the sounds are only guessed from the spelling."""

_WORDS_PER_S = 165 / 60
_PAUSE_S = {",": 0.15, ":": 0.3, ";": 0.3, ".": 0.4, "?": 0.4, "!": 0.4}
_CALL_PHASES = frozenset({"live", "hold", "recap"})
_CONTEXTS = frozenset(Context)
_EXAMPLE_FACTS = {
    "name": "Maria Lopez",
    "company": "Northern Power",
    "customer_since": "two thousand and nineteen",
    "plan": "the family plan",
    "case_numbers": "four seven one two",
}
_TOO_SHORT_TO_COMPARE = 6
"""Fewer sounds than this are found in any sentence; only their exact words count there."""


class Finding(msgspec.Struct, frozen=True):
    """One thing to mend."""

    place: Place
    code: str
    message: str
    suggestion: str

    def __str__(self) -> str:
        """Show it on one line, as editors understand it."""
        where = f"{self.place.path}:{self.place.line}"
        return f"{where}: {self.code}: {self.message} {self.suggestion}".rstrip()


def words_of(sources: Sources) -> frozenset[str]:
    """Collect every word of the phrases and the texts, for their pronunciation."""
    every = (*sources.phrases, *sources.paraphrases)
    phrases = (word for phrase in every for word in phrase.text.split())
    texts = (word for text in sources.texts for word in _spoken_words(text))
    return frozenset(phrases) | frozenset(texts)


def lint(
    sources: Sources,
    vocabulary: Set[str] | None,
    sounds: Sounds,
    common: Set[str] = frozenset(),
) -> tuple[Finding, ...]:
    """Check everything; the findings come sorted by place.

    `vocabulary` holds the words the model can recognise; None leaves that check out. `common`
    are the words said in any call: they are no hint of a paraphrase.
    """
    phrases, paraphrases, texts = sources.phrases, sources.paraphrases, sources.texts
    findings = [
        *(_unknown_words(phrases, vocabulary) if vocabulary is not None else ()),
        *_single_words(phrases),
        *_duplicates((*phrases, *paraphrases)),
        *_confusable(phrases, sounds),
        *_paraphrases_cut_short(paraphrases, phrases),
        *_paraphrases_unheard(paraphrases, phrases, common),
        *_tips_without_cue(phrases),
        *_unknown_slots(texts),
        *_too_long(texts),
        *_cues_in_texts((*phrases, *paraphrases), texts, sounds),
    ]
    return tuple(sorted(findings, key=lambda finding: (finding.place, finding.code)))


def estimate_s(text: str) -> float:
    """Estimate how long `text` takes to say at 165 words per minute, in seconds.

    Words at that rate plus a pause for each mark but the last; 0.0 for empty text.
    """
    marks = re.findall(r"[,:;.?!]", text.rstrip(".?! "))
    return len(text.split()) / _WORDS_PER_S + sum(_PAUSE_S[mark] for mark in marks)


def live_together(a: Cue, b: Cue) -> bool:
    """Whether some moment has both cues live; contexts come on top of any phase."""
    first, second = frozenset(a.phases), frozenset(b.phases)
    return bool(first & second) or bool((first | second) & _CONTEXTS)


def _unknown_words(phrases: Iterable[Phrase], vocabulary: Set[str]) -> Iterator[Finding]:
    """Words the recogniser would silently leave out of its grammar."""
    for phrase in phrases:
        for word in phrase.text.split():
            if word not in vocabulary:
                near = process.extractOne(word, vocabulary, scorer=fuzz.ratio)
                yield Finding(
                    phrase.place,
                    "unknown-word",
                    f'The model does not know "{word}" in "{phrase.text}".',
                    f'The nearest word it knows is "{near[0]}".' if near else "",
                )


def _single_words(phrases: Iterable[Phrase]) -> Iterator[Finding]:
    """Single words said in any call, live during one."""
    for phrase in phrases:
        phases = [phase for phase in phrase.cue.phases if phase in _CALL_PHASES]
        if len(phrase.text.split()) == 1 and phases:
            yield Finding(
                phrase.place,
                "single-word",
                f'"{phrase.text}" is one word but live in {" and ".join(phases)}.',
                "Use two words or more, or make it live only in breathing, speaking or asking.",
            )


def _duplicates(phrases: Sequence[Phrase]) -> Iterator[Finding]:
    """One phrase written twice, in one cue or in two that are live together."""
    for a, b in combinations(phrases, 2):
        if a.text == b.text and (a.cue is b.cue or live_together(a.cue, b.cue)):
            yield Finding(
                b.place,
                "duplicate-phrase",
                f'"{b.text}" is already a phrase of cue "{a.cue.id}".',
                "Leave one of them out.",
            )


def _confusable(phrases: Sequence[Phrase], sounds: Sounds) -> Iterator[Finding]:
    """Phrases of different cues of which one could be taken for the other."""
    spoken = {phrase.text: sounds.of(phrase.text) for phrase in phrases}
    least = ALIKE if sounds.exact else ALIKE_BY_SPELLING
    for a, b in combinations(phrases, 2):
        if a.cue.effect == b.cue.effect or a.text == b.text or not live_together(a.cue, b.cue):
            continue
        short, long = sorted((a, b), key=lambda phrase: len(phrase.text.split()))
        if _fires_early(short.text, long.text):
            yield Finding(
                long.place,
                "contains-cue",
                f'"{long.text}" would set off cue "{short.cue.id}" first: it contains '
                f'"{short.text}".',
                "Say it in other words, or make it end in those words.",
            )
        elif (alike := similarity(spoken[a.text], spoken[b.text])) >= least:
            yield Finding(
                b.place,
                "sounds-alike",
                f'"{b.text}" sounds like "{a.text}" of cue "{a.cue.id}" ({alike:.2f}).',
                "Change one, or keep them apart by phase.",
            )


def _fires_early(short: str, long: str) -> bool:
    """Whether `short` is complete before `long` is.

    At the end of `long` it does no harm: both are complete at once, and the longer wins.
    """
    return f" {short} " in f" {long} "[: -len(long.rsplit(maxsplit=1)[-1]) - 1]


def _paraphrases_cut_short(
    paraphrases: Iterable[Phrase], phrases: Sequence[Phrase]
) -> Iterator[Finding]:
    """Paraphrases in which another cue is heard first: no utterance counts for both."""
    for long in paraphrases:
        for short in phrases:
            if short.cue.effect == long.cue.effect or not live_together(short.cue, long.cue):
                continue
            inside = short.text != long.text and f" {short.text} " in f" {long.text} "
            if inside and not short.cue.alone:
                yield Finding(
                    long.place,
                    "contains-cue",
                    f'"{long.text}" would set off cue "{short.cue.id}": it contains '
                    f'"{short.text}".',
                    "Say it in other words.",
                )


def _paraphrases_unheard(
    paraphrases: Iterable[Phrase], phrases: Sequence[Phrase], common: Set[str]
) -> Iterator[Finding]:
    """Paraphrases the second engine would never be asked about."""
    for one in paraphrases:
        near = (phrase for phrase in phrases if live_together(phrase.cue, one.cue))
        grammar = {word for phrase in near for word in phrase.text.split()}
        alone = msgspec.structs.replace(one.cue, paraphrases=(one.text,))
        if not Paraphrases([alone]).hints(grammar - common):
            yield Finding(
                one.place,
                "paraphrase-unheard",
                f'Nothing in "{one.text}" hints at a cue, so it is never listened for.',
                "Use a less common word that stands in a phrase live at the same time.",
            )
        elif estimate_s(one.text) > LONGEST_S:
            yield Finding(
                one.place,
                "paraphrase-unheard",
                f'"{one.text}" takes about {estimate_s(one.text):.1f} s to say.',
                f"Keep it under {LONGEST_S:.0f} s: what lasts longer is never listened for.",
            )


def _tips_without_cue(phrases: Sequence[Phrase]) -> Iterator[Finding]:
    """Tips that cannot be asked for."""
    covered = {phrase.cue.tip for phrase in phrases}
    for number in TIPS:
        if number not in covered:
            yield Finding(
                phrases[0].place if phrases else Place("cues.toml", 1),
                "tip-without-cue",
                f"No cue asks for tip {number}.",
                f"Add a cue with tip = {number}.",
            )


def _unknown_slots(texts: Iterable[Text]) -> Iterator[Finding]:
    """Slots nothing fills, and facts that leave a hole when they are not set."""
    for text in texts:
        for slot in slots_in(text.text):
            if slot not in text.slots:
                yield Finding(
                    text.place,
                    "unknown-slot",
                    f"{text.name} has the slot {{{slot}}}, which nothing fills.",
                    f"It may use: {', '.join(sorted(text.slots)) or 'none'}.",
                )
        outside = re.sub(r"\[[^\[\]]*\]", "", text.text)
        if text.facts and (bare := slots_in(outside)):
            yield Finding(
                text.place,
                "bare-slot",
                f"{text.name} breaks off when {{{bare[0]}}} is not set.",
                "Put the words that need it in [square brackets].",
            )
        if set("[]{}") & set(re.sub(r"\{\w+\}", "", re.sub(r"\[([^\[\]]*)\]", r"\1", text.text))):
            yield Finding(
                text.place,
                "open-bracket",
                f"{text.name} has a bracket without its partner.",
                "Close it, or leave it out: brackets mark optional words and slots.",
            )


def _too_long(texts: Iterable[Text]) -> Iterator[Finding]:
    """Texts that last longer than a listener in a call can follow."""
    for text in texts:
        seconds = estimate_s(_as_spoken(text))
        if seconds > LONGEST_PROMPT_S:
            yield Finding(
                text.place,
                "too-long",
                f"{text.name} takes about {seconds:.1f} s to say, with typical facts filled in.",
                f"Keep it under {LONGEST_PROMPT_S:.0f} s: about fourteen words.",
            )


def _cues_in_texts(
    phrases: Sequence[Phrase], texts: Iterable[Text], sounds: Sounds
) -> Iterator[Finding]:
    """Texts our own microphone could take for a cue, at most one finding for each cue."""
    wanted = [(phrase, sounds.of(phrase.text)) for phrase in phrases]
    for text in texts:
        words = _spoken_words(text)
        found: set[str] = set()
        for phrase, spoken in wanted:
            if phrase.cue.id in found:
                continue
            heard = _heard_in(phrase.text, spoken, words, sounds)
            if heard:
                found.add(phrase.cue.id)
                how = "contains" if heard == phrase.text else f'says "{heard}", which sounds like'
                yield Finding(
                    text.place,
                    "cue-in-prompt",
                    f'{text.name} {how} "{phrase.text}" of cue "{phrase.cue.id}".',
                    "Say it in other words.",
                )


def _heard_in(
    phrase: str,
    spoken: tuple[str, ...],
    words: Sequence[str],
    sounds: Sounds,
) -> str:
    """Find the words of a text that are, or sound like, `phrase`; "" when there are none."""
    count = len(phrase.split())
    if f" {phrase} " in f" {' '.join(words)} ":
        return phrase
    if len(spoken) < _TOO_SHORT_TO_COMPARE:
        return ""
    least = ALIKE if sounds.exact else ALIKE_BY_SPELLING
    for size in (count - 1, count, count + 1):
        for start in range(len(words) - size + 1) if size else ():
            window = " ".join(words[start : start + size])
            if similarity(sounds.of(window), spoken, least):
                return window
    return ""


def _as_spoken(text: Text) -> str:
    """Fill facts with typical ones; results, of any length, are left out."""
    return fill(text.text, _EXAMPLE_FACTS if text.facts else {})


def _spoken_words(text: Text) -> list[str]:
    """Split what is said into words as phrases are written, optional segments included."""
    whole = re.sub(r"\{\w*\}", " ", text.text).replace("\u2019", "'")
    return re.findall(r"[a-z']+", whole.lower())
