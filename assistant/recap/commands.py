"""Spoken commands inside dictated text: "end recap", "scratch that", "full stop", "new line".

Pure text work: the words and their sound-alikes are in ``prompts/en/recap/commands.toml``. A
command counts when it is a whole utterance, a whole sentence, or the last words of an utterance;
inside ordinary sentences ("a long period of silence") the words stay text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from assistant.resources import shipped
from assistant.toml_files import load_toml

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SENTENCE = re.compile(r"[^.!?\n]*(?:[.!?]+(?=\s|$)|\n+|$|[.!?]+)")
_MARKS = ".,?!"
_LONGEST_QUOTE = 60
"""Words; a "quote" that no "end quote" follows within so many is the word."""
_FOLLOW_UP_WORDS = 4
"""After "scratch that", fewer words than this correct a detail and are left for field finding."""


class _Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    phrases: tuple[str, ...]
    sound_alikes: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()


class _Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: str
    phrases: tuple[str, ...]
    clear: bool = True


class _Context(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    before: frozenset[str]
    after: frozenset[str]
    reach: int
    open_quote: tuple[str, ...]
    close_quote: tuple[str, ...]


class _Commands(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    command: tuple[_Command, ...]
    mark: tuple[_Mark, ...]
    context: _Context


@dataclass(frozen=True, slots=True)
class Dictated:
    """A dictation with its spoken commands carried out."""

    text: str
    """What is left, one space between utterances; "" when nothing is."""
    dropped: tuple[str, ...] = ()
    """Sentences taken back by "scratch that", in the order they were dropped."""


@lru_cache(maxsize=1)
def _commands() -> _Commands:
    return load_toml(shipped("prompts/en/recap/commands.toml"), _Commands)


def detect_command(text: str) -> tuple[str, str | None]:
    """Split a command off the end of one utterance: the remaining text and the command's id.

    The ids are those of ``commands.toml`` ("end_recap", "scratch_that", …); None when the
    utterance ends in no command, and the text comes back unchanged.
    """
    words = list(_WORD.finditer(text))
    spoken = [word.group().lower() for word in words]
    for command in _commands().command:
        for phrase in command.phrases:
            if _ends_with(spoken, phrase):
                return _cut(text, words, phrase), command.id
        for phrase in command.sound_alikes:
            if _ends_with(spoken, phrase) and _stands_alone(text, words, phrase):
                return _cut(text, words, phrase), command.id
        for phrase in command.alone:
            if _ends_with(spoken, phrase) and _is_sentence(text, words, phrase):
                return _cut(text, words, phrase), command.id
    return text, None


def apply_commands(utterances: Sequence[str]) -> Dictated:
    """Carry out "scratch that" and spoken punctuation over the utterances of a dictation.

    "Scratch that" drops the last sentence said before it (in unpunctuated text, the utterance);
    other commands are removed. Empty input gives an empty text.
    """
    kept: list[str] = []
    dropped: list[str] = []
    for utterance in utterances:
        sentences = [found.group() for found in _SENTENCE.finditer(utterance) if found.group()]
        for place, sentence in enumerate(sentences):
            rest, command = detect_command(sentence)
            follow_up = "".join(sentences[place + 1 :])
            if command == "scratch_that" and 0 < len(_WORD.findall(follow_up)) < _FOLLOW_UP_WORDS:
                rest, command = sentence, None
            if rest.strip():
                marked = _punctuate(rest)
                if kept and marked[:1] in _MARKS and rest.lstrip()[:1] not in _MARKS:
                    kept[-1] = kept[-1].rstrip(_MARKS + " ")  # the spoken mark, not the engine's
                kept.append(marked)
            if command == "scratch_that" and kept:
                dropped.append(kept.pop().strip())
            elif command == "scratch_all":
                dropped.extend(sentence.strip() for sentence in kept)
                kept.clear()
    return Dictated(_join(kept), tuple(dropped))


def _ends_with(spoken: list[str], phrase: str) -> bool:
    wanted = phrase.split()
    return spoken[-len(wanted) :] == wanted


def _stands_alone(text: str, words: list[re.Match[str]], phrase: str) -> bool:
    """Whether a sound-alike is set apart by punctuation, or the text has none."""
    count = len(phrase.split())
    if len(words) == count:
        return True
    gap = text[words[-count - 1].end() : words[-count].start()]
    before = text[: words[-count].start()]
    return phrase.endswith("recap") or any(mark in gap for mark in ".,;:!?") or before.islower()


def _is_sentence(text: str, words: list[re.Match[str]], phrase: str) -> bool:
    """Whether the last words are a sentence of their own, or all there is."""
    count = len(phrase.split())
    if len(words) == count:
        return True
    gap = text[words[-count - 1].end() : words[-count].start()]
    return any(mark in gap for mark in ".!?")


def _cut(text: str, words: list[re.Match[str]], phrase: str) -> str:
    count = len(phrase.split())
    return text[: words[-count].start()].rstrip(" ,;:-") if len(words) > count else ""


def _punctuate(sentence: str) -> str:
    """Replace spoken punctuation in one sentence by its marks."""
    for mark in _commands().mark:
        for phrase in mark.phrases:
            pattern = re.compile(
                r"[\s,]*\b" + phrase.replace(" ", r"\s+") + r"\b[.,]?", re.IGNORECASE
            )
            start = 0
            while found := pattern.search(sentence, start):
                start = found.end()
                if _is_command(sentence, found, mark):
                    head = sentence[: found.start()].rstrip(" ,")
                    sentence = head + mark.text + sentence[found.end() :]
                    start = len(head) + len(mark.text)
    return sentence


def _is_command(sentence: str, found: re.Match[str], mark: _Mark) -> bool:
    context = _commands().context
    before = [word.lower() for word in _WORD.findall(sentence[: found.start()])]
    after = [word.lower() for word in _WORD.findall(sentence[found.end() :])]
    near = before[-1:] if mark.clear else before[-context.reach :]
    if any(word in context.before for word in near) or (after and after[0] in context.after):
        return False
    set_off = "," in found.group().lstrip()[:1] and found.group()[-1] in ".,"
    return mark.clear or not after or set_off


def _quote(text: str) -> str:
    """Put quotes around what stands between "quote" and "end quote", over several utterances."""
    context = _commands().context
    opening = "|".join(sorted(context.open_quote, key=len, reverse=True))
    closing = "|".join(context.close_quote)
    words = rf"(?:\S+\s+){{0,{_LONGEST_QUOTE - 1}}}?\S+?"
    pattern = rf"\b(?:{opening})\b[\s,.:]+({words})[\s,]+(?:{closing})\b([.,]?)"
    return re.sub(pattern, _quoted, text, flags=re.IGNORECASE)


def _quoted(found: re.Match[str]) -> str:
    """One mark at the end is enough, inside the quotes or behind them."""
    words, mark = found.groups()
    return f'"{words}"' if words[-1] in _MARKS else f'"{words}"{mark}'


def _join(parts: Sequence[str]) -> str:
    """Parts with single spaces between, none around a line break or before a mark."""
    text = " ".join(part.strip(" ") for part in parts)
    text = re.sub(r" +(\n|[.,?!]+(?=\s|$))", r"\1", text)
    text = re.sub(r"(\n) +", r"\1", text)
    return _quote(re.sub(r" {2,}", " ", text).strip())
