"""Codes as spoken: letters, digits, NATO words, "b as in boy", "double three", dashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.recap.lexicon import lists, ordinary_words
from assistant.recap.numbers import read_cardinal, read_digit_item
from assistant.recap.tokens import Token, phrase_at, tokenise

_MOST_PIECES = 48
"""Nothing longer is a code; keeps nonsense from taking time."""
_LONGEST_WRITTEN_LETTERS = 5
"""An upper-case run up to this long is read as letters ("RL/516"), a longer one as a word."""

_LONGEST_RUN_TOGETHER = 3
"""Lower-case letters up to this many are read as such before a digit."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code read from tokens."""

    value: str
    """Upper case, with the separators that were spoken."""
    start: int
    end: int
    """Exclusive."""
    items: int
    """How many symbols or groups were read."""

    @property
    def is_digits(self) -> bool:
        """Whether it holds digits only."""
        return self.value.isdigit()

    @property
    def is_mixed(self) -> bool:
        """Whether it holds letters and digits, or a separator."""
        letters = any(char.isalpha() for char in self.value)
        digits = any(char.isdigit() for char in self.value)
        return (letters and digits) or (digits and not self.value.isalnum())


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    start: int
    end: int
    kind: str
    """``letter``, ``nato``, ``digits``, ``separator``, ``written`` or ``word``."""


def whole_code(text: str) -> str:
    """The code that `text` is, all of it; "" where it is none."""
    tokens = tokenise(text)
    code = read_code(tokens, 0) if tokens else None
    return code.value if code is not None and code.end == len(tokens) else ""


def spell_for_speech(code: str) -> str:
    """`code` for reading aloud in groups of three: "742B" gives "7 4 2, B".

    Separators are spoken by name and end a group. An empty code gives "".
    """
    names = {mark: name for name, mark in reversed(lists("codes").maps["separators"].items())}
    groups: list[str] = []
    for is_plain, run in groupby(code.upper(), key=str.isalnum):
        symbols = list(run)
        if not is_plain:
            groups.extend(names.get(mark, mark) for mark in symbols if not mark.isspace())
            continue
        groups.extend(" ".join(symbols[at : at + 3]) for at in range(0, len(symbols), 3))
    return ", ".join(groups)


def read_code(tokens: Sequence[Token], at: int) -> Code | None:
    """The code read from token `at` on; None where none starts there.

    One symbol is a code too: the caller judges how much makes a case number.
    """
    pieces: list[_Piece] = []
    end = at + phrase_at(tokens, at, lists("codes").sets["hash"])
    while end < len(tokens) and len(pieces) < _MOST_PIECES:
        if pieces and tokens[end].starts_sentence and tokens[end].gap != ".":
            break  # "NGL.26.448.C" is one code
        piece = _piece(tokens, end, pieces[-1] if pieces else None)
        if piece is None or (not pieces and piece.kind in ("separator", "word")):
            break
        pieces.append(piece)
        end = piece.end
    pieces = _trimmed(tokens, pieces)
    if not pieces:
        return None
    return Code(_joined(tokens, pieces), at, pieces[-1].end, len(pieces))


def _piece(tokens: Sequence[Token], at: int, before: _Piece | None) -> _Piece | None:
    """The next symbol or group of a code at token `at`."""
    sets, maps = lists("codes").sets, lists("codes").maps
    token = tokens[at]
    if before and token.kind == "number" and token.gap == ".":
        return _Piece(token.text, at, at + 1, "digits")
    if token.kind != "word":
        item = read_digit_item(tokens, at)
        return (
            _Piece(item.text, at, item.end, "digits") if item and token.kind == "number" else None
        )
    if token.word in sets["case_shift"] and at + 1 < len(tokens):
        piece = _letter(tokens, at + 1)
        return _Piece(piece.text, at, piece.end, "nato") if piece else None
    length = phrase_at(tokens, at, frozenset(maps["separators"]), 2) if before else 0
    if length:
        phrase = " ".join(part.word for part in tokens[at : at + length])
        return _Piece(maps["separators"][phrase], at, at + length, "separator")
    letter = _letter(tokens, at)
    if letter is not None:
        return letter
    whole = read_cardinal(tokens, at)
    if whole is not None and whole.value >= 100 and whole.end - at > 1:
        return _Piece(str(whole.value), at, whole.end, "digits")
    item = read_digit_item(tokens, at)
    if item is not None:
        return _Piece(item.text, at, item.end, "digits")
    return _written(tokens, at, before)


def _letter(tokens: Sequence[Token], at: int) -> _Piece | None:
    """One spoken letter, doubled or explained where it is so."""
    maps = lists("codes").maps
    word = tokens[at].word
    repeats = lists("numbers").numbers["repeats"].get(word)
    if (
        repeats
        and at + 1 < len(tokens)
        and f"{word} {tokens[at + 1].word}" not in (maps["letter_names"])
    ):
        piece = _letter(tokens, at + 1)
        return _Piece(piece.text * repeats, at, piece.end, "nato") if piece else None
    for length in (2, 1):
        phrase = " ".join(part.word for part in tokens[at : at + length])
        if at + length > len(tokens):
            continue
        if phrase in maps["nato"]:
            return _Piece(maps["nato"][phrase], at, at + length, "nato")
        if phrase in maps["letter_names"]:
            return _explained(tokens, at, at + length, maps["letter_names"][phrase])
    if len(word) == 1 and word.isalpha():
        return _explained(tokens, at, at + 1, word.upper())
    if word in maps["doubtful_letter_names"]:
        piece = _explained(tokens, at, at + 1, maps["doubtful_letter_names"][word])
        return piece if piece.kind == "nato" else None
    return None


def _explained(tokens: Sequence[Token], at: int, end: int, letter: str) -> _Piece:
    """A letter with what explains it: "b as in boy", "m for mother", "b bravo"."""
    as_in = phrase_at(tokens, end, lists("codes").sets["as_in"])
    named = end + as_in
    if named < len(tokens) and not tokens[named].starts_sentence:
        word = tokens[named].word
        same = lists("codes").maps["nato"].get(word) == letter
        if (as_in and len(word) > 1 and word[0].upper() == letter) or same:
            return _Piece(letter, at, named + 1, "nato")
    return _Piece(letter, at, end, "letter")


def _written(tokens: Sequence[Token], at: int, before: _Piece | None) -> _Piece | None:
    """A group as a transcriber writes it ("8807B", "RL"), or a short word after a slash ("bin")."""
    token = tokens[at]
    plain = token.text.isascii() and token.text.isalnum()
    has_digit = any(char.isdigit() for char in token.text)
    if plain and has_digit and len(token.text) > 1:
        return _Piece(token.text.upper(), at, at + 1, "written")
    if plain and token.text.isupper() and len(token.text) <= _LONGEST_WRITTEN_LETTERS:
        return _Piece(token.text, at, at + 1, "written")
    beyond = at + 1 + phrase_at(tokens, at + 1, frozenset(lists("codes").maps["separators"]), 2)
    if _is_unsayable(token.word) and read_digit_item(tokens, beyond) is not None:
        return _Piece(token.word.upper(), at, at + 1, "written")  # "lb four four seven"
    spoken = before is not None and before.kind == "separator"
    separated = spoken or (before is not None and token.gap == "/")
    ordinary = token.word in lists("codes").sets["function_words"]
    if separated and plain and token.word.isalpha() and len(token.word) <= 4 and not ordinary:
        return _Piece(token.word.upper(), at, at + 1, "word")
    return None


def _is_unsayable(word: str) -> bool:
    """Whether `word` is letters run together, as engines write them: none of the language."""
    short = word.isascii() and word.isalpha() and 2 <= len(word) <= _LONGEST_RUN_TOGETHER
    sets = lists("codes").sets
    known = ordinary_words() | sets["units"] | sets["abbreviations"]
    return short and not set(word) & set("aeiouy") and word not in known


def _trimmed(tokens: Sequence[Token], pieces: list[_Piece]) -> list[_Piece]:
    """`pieces` without what belongs to the sentence around the code."""
    while pieces:
        last = pieces[-1]
        following = tokens[last.end] if last.end < len(tokens) else None
        runs_on = following is not None and not following.after_pause
        next_word = following.word if following is not None else ""
        word = tokens[last.start].word
        separated = len(pieces) > 1 and pieces[-2].kind == "separator"
        sentence_word = not separated and last.kind == "letter" and word in ("i", "a") and runs_on
        counts = last.kind == "digits" and next_word in lists("codes").sets["units"]
        if last.kind == "separator" or sentence_word or counts:
            pieces = pieces[:-1]
            continue
        break
    article = len(pieces) == 2 and pieces[0].kind == "letter" and pieces[1].kind == "digits"
    if article and tokens[pieces[0].start].word == "a":
        return []
    return pieces


def _joined(tokens: Sequence[Token], pieces: Sequence[_Piece]) -> str:
    text = ""
    for place, piece in enumerate(pieces):
        gap = tokens[piece.start].gap if place else ""
        spelled = place > 0 and len(piece.text) == 1 and len(pieces[place - 1].text) == 1
        if gap in ("-", "/", ".", "_") and not spelled:
            text += gap
        zero = piece.kind == "letter" and tokens[piece.start].word == "o"
        text += "0" if zero and not _among_letters(pieces, place) else piece.text
    return text


def _among_letters(pieces: Sequence[_Piece], place: int) -> bool:
    """Whether an "o" is the letter: it opens the code or follows a letter; else it is a zero."""
    return place == 0 or pieces[place - 1].kind in ("letter", "nato")
