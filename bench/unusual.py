"""What the tool makes of imitated spinners and of clean texts in unusual registers.

Run: python bench/unusual.py

The texts are those of ``data`` beside this file, read by ``clean`` with default options and without
grammar. A difference between a spun paragraph and the one that it was made of is found when a
finding of the family SP overlaps it. An edit in an article is right when it leads straight to its
author's line; other good wording of a term counts as wrong.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import unspin
from unspin.gating import CHECK_DEFAULTS
from unspin.language.evaluation import Fault, Flag, edit_right

DATA = Path(__file__).parent / "data"
LOOKS_SPUN = 0.5
FOLLOWS = "in the same article stands for"  # of a finding that a sure restoration made safe


def main() -> None:
    """Print the tables."""
    _print_spun()
    _print_articles()
    _print_clean()


def _print_spun() -> None:
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in _rows("imitated-spinners.jsonl"):
        report = unspin.clean_text(row["spun"]).to_dict()
        faults = list(differences(row["spun"], row["clean"]))
        found = [_span(f) for f in report["findings"] if f["rule"].startswith("SP")]
        edits = [_span(e) for e in report["edits"] if e["rule"].startswith("SP")]
        for name in (f"rate {row['rate']}", row["family"], "all"):
            count = counts[name]
            count["paragraphs"] += 1
            count["look spun"] += (report["spun_probability"] or 0.0) >= LOOKS_SPUN
            count["faults"] += len(faults)
            count["found"] += sum(_touches(fault, found) for fault in faults)
            count["findings"] += len(found)
            count["inside"] += sum(_touches(span, faults) for span in found)
            count["applied"] += len(edits)
            count["applied inside"] += sum(_touches(span, faults) for span in edits)
    _print_table("imitated spinners", counts)


def _print_articles() -> None:
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in _rows("imitated-articles.jsonl"):
        report = unspin.clean_text(row["spun"]).to_dict()
        untouched = unspin.clean_text(row["clean"]).to_dict()
        lines = list(_lines(row["spun"], row["clean"]))
        told = {_span(f): f["message"] for f in report["findings"]}
        made = [
            (FOLLOWS in told.get(_span(e), ""),
             edit_right(row["spun"], Flag(*_span(e), e["after"]), lines))
            for e in report["edits"] if e["rule"].startswith("SP")
        ]  # fmt: skip
        for name in (row["program"], "all"):
            count = counts[name]
            count["articles"] += 1
            count["look spun"] += (report["spun_probability"] or 0.0) >= LOOKS_SPUN
            count["edits of clean ones"] += sum(
                e["rule"].startswith("SP") for e in untouched["edits"]
            )
            count["edits"] += len(made)
            count["right"] += sum(right for _, right in made)
            count["follow another"] += sum(follows for follows, _ in made)
            count["of those right"] += sum(follows and right for follows, right in made)
    _print_table("imitated articles", counts)


def _lines(spun: str, clean: str) -> Iterator[Fault]:
    """Each line of a spun article with what its author wrote there."""
    start = 0
    for line, wanted in zip(spun.split("\n"), clean.split("\n"), strict=True):
        end = start + len(line)
        yield Fault(start, end, (start, end), (wanted,), "")
        start = end + 1


def _print_clean() -> None:
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for name in ("unusual-unseen", "unusual-registers", "everyday-registers", "practice-registers"):
        for row in _rows(f"{name}.jsonl"):
            report = unspin.clean_text(row["text"]).to_dict()
            found = [f for f in report["findings"] if f["rule"].startswith("SP")]
            count = counts[f"{name} ({row['half']})" if "half" in row else name]
            count["texts"] += 1
            count["words"] += len(row["text"].split())
            count["look spun"] += (report["spun_probability"] or 0.0) >= LOOKS_SPUN
            most = max((w["spun_probability"] for w in report["windows"]), default=0.0)
            count["a window does"] += most >= LOOKS_SPUN
            count["over the gate"] += (report["spun_probability"] or 0.0) >= _limit(
                "max_spun_probability"
            ) or most >= _limit("max_window_probability")
            count["findings"] += len(found)
            count["applied"] += sum(e["rule"].startswith("SP") for e in report["edits"])
    _print_table("clean texts", counts)


def _limit(name: str) -> float:
    return float(getattr(CHECK_DEFAULTS, name))


def differences(spun: str, clean: str) -> Iterator[tuple[int, int]]:
    """Give the places of a text (code points) whose words differ from those of another."""
    words = [(m.start(), m.end()) for m in re.finditer(r"\S+", spun)]
    matcher = SequenceMatcher(None, [spun[a:b] for a, b in words], clean.split(), autojunk=False)
    for kind, start, end, _, _ in matcher.get_opcodes():
        if kind != "equal":
            first = words[start][0] if start < len(words) else len(spun)
            yield first, words[end - 1][1] if end > start else first + 1


def _rows(name: str) -> Iterator[dict[str, Any]]:
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def _span(item: dict[str, Any]) -> tuple[int, int]:
    return item["start"], max(item["end"], item["start"] + 1)


def _touches(span: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _print_table(title: str, counts: dict[str, dict[str, int]]) -> None:
    columns = list(next(iter(counts.values())))
    print(f"| {title} | {' | '.join(columns)} |")
    print(f"|---|{'--:|' * len(columns)}")
    for name, count in sorted(counts.items()):
        print(f"| {name} | {' | '.join(f'{count[c]:,}' for c in columns)} |")
    print()


if __name__ == "__main__":
    main()
