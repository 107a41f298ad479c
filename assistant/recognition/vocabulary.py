"""The words a model can recognise."""

from __future__ import annotations

from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any

from assistant.recognition.transcribers import load_vosk_model


class ModelVocabulary(Set[str]):
    """The vocabulary of the Vosk model in `path`, which alone knows it for certain.

    Some models also list their words in ``graph/words.txt``; only for those can the words be
    iterated, for others the iteration is empty. `model` is the one in `path`, where it is loaded
    already. Raises `ModelError` for a damaged model.
    """

    def __init__(self, path: Path, model: Any = None) -> None:
        self._model = model or load_vosk_model(path)
        listed = path / "graph" / "words.txt"
        lines = listed.read_text(encoding="utf-8").splitlines() if listed.is_file() else []
        self._listed = tuple(line.split()[0] for line in lines if line.strip())

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self._model.vosk_model_find_word(word) >= 0

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)
