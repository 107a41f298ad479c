"""How thresholds are read off false alarms."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.recognition.cue_spotter import EARLY_BAR

SCRIPTS = str(Path(__file__).parents[1] / "scripts")
sys.path.insert(0, SCRIPTS)
import fit_verifier  # noqa: E402  (a script, not a package)

sys.path.remove(SCRIPTS)


def row(phrase: str, said: bool = False, look: int = 1, counts: bool = True) -> dict[str, Any]:
    return {"phrase": phrase, "source": "a.ogg", "said": said, "look": look, "counts": counts}


def odds(p: float) -> float:
    return math.log(p / (1 - p))


def test_of_a_phrase_in_a_recording_the_surest_look_counts_once() -> None:
    rows = [row("sit up"), row("sit up"), row("cheer up"), row("sit up", said=True)]
    found = fit_verifier.surest(rows, np.array([0.3, 0.6, 0.4, 0.9]))
    assert found == pytest.approx([odds(0.6), odds(0.4)])


def test_the_first_look_passes_only_what_lies_the_early_bar_lower() -> None:
    found = fit_verifier.surest([row("sit up", look=0)], np.array([0.6]))
    assert found == pytest.approx([odds(0.6 - EARLY_BAR)])


def test_made_up_sentences_do_not_count() -> None:
    rows = [row("sit up", counts=False), row("cheer up")]
    assert fit_verifier.surest(rows, np.array([0.9, 0.2])) == pytest.approx([odds(0.2)])


def test_a_threshold_lets_as_many_pass_as_it_says() -> None:
    count, hours = 4000, 100.0
    falling = -np.log((np.arange(count) + 0.5) / count)  # exponential, the surest first
    for alarms_per_hour in (4.0, 1.0):
        threshold = fit_verifier.threshold_at(falling, hours, alarms_per_hour)
        passed = (1 / (1 + np.exp(-falling)) >= threshold).sum()
        assert passed == pytest.approx(alarms_per_hour * hours, rel=0.15)


def test_fewer_alarms_ask_for_more() -> None:
    false = np.array([2.0, 1.0, 0.5, 0.0, -1.0, -1.5, -2.0, -3.0, -4.0, -5.0])
    asked = [fit_verifier.threshold_at(false, 2.0, rate) for rate in (1.0, 0.1, 0.02)]
    assert asked == sorted(asked)
    assert len(set(asked)) == 3


def test_hours_count_as_if_ninety_phrases_were_live(tmp_path: Path) -> None:
    hopeful = {"gain_on_words": 0.1, "gain_on_unknown": 0.1}
    lines = [
        {"hours": 0.5, "phrases": 180},
        {"evidence": hopeful},
        {"evidence": hopeful | {"gain_on_words": 0.0}},
        {"evidence": hopeful | {"gain_on_unknown": 0.0}},
    ]
    file = tmp_path / "judged.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    hours, rows = fit_verifier.read(file, 0.125, True)
    assert hours == 1.0
    assert rows == [{"evidence": hopeful, "weight": 0.125, "counts": True}]
    assert fit_verifier.read(file, 1.0, False)[0] == 0.0
