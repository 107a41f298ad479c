"""Numbers in dictated text, ours beside nerd-dictation's: ``python benchmarks/written_numbers.py``.

``number_phrases.jsonl`` holds raw recogniser text, how one would write it, and what nerd-dictation
would type with ``--numbers-as-digits``, worked out from the rules in its source, not by running it.
Capitals, the full stop at the end and the separator of thousands do not count.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from datetime import date
from pathlib import Path

from assistant.recap.written import write_out

PHRASES = Path(__file__).with_name("number_phrases.jsonl")
TODAY = date(2026, 11, 22)


def plain(text: str) -> str:
    """`text` without what does not count."""
    return re.sub(r"(?<=\d),(?=\d{3})", "", text).lower().rstrip(".")


def main() -> None:
    """Print the counts of right ones for each kind of number, and the phrases we get wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    phrases, ours, theirs = Counter[str](), Counter[str](), Counter[str]()
    wrong: list[str] = []
    for line in PHRASES.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        written = write_out(row["spoken"], TODAY)
        right = plain(written) == plain(row["wanted"])
        for kind in (row["kind"], "all"):
            phrases[kind] += 1
            ours[kind] += right
            theirs[kind] += plain(row["nerd_dictation"]) == plain(row["wanted"])
        wrong += [] if right else [f"{row['spoken']} -> {written}"]
    counts = {
        kind: {"phrases": phrases[kind], "callcoach": ours[kind], "nerd_dictation": theirs[kind]}
        for kind in phrases
    }
    if as_json:
        print(json.dumps({"counts": counts, "wrong": wrong}))
        return
    for kind, row in counts.items():
        print(f"{kind:10}", *(f"{key} {count:2}" for key, count in row.items()))
    print("wrong:", *wrong, sep="\n  ")


if __name__ == "__main__":
    main()
