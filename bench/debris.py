"""Scrape debris: recall on the seed, findings per 1,000 words and speed on clean text.

Run: python bench/debris.py
"""

from __future__ import annotations

import json
import time
from collections import Counter

from corpus_docs import SHARED, clean_sample
from stuffing import read

from unspin.config import Config
from unspin.rules import Context, Rule, all_rules


def rules(*families: str) -> list[Rule]:
    return [r for r in all_rules() if r.id.startswith(families)]


def context() -> Context:
    return Context(config=Config(), glossary=None)  # type: ignore[arg-type]


def seed_article() -> None:
    article = read((SHARED / "seed" / "article.txt").read_text(encoding="utf-8"))
    findings = [f for r in rules("SD", "ST") for f in r.check(article, context())]
    spans = [article.map.span(f.start, f.end) for f in findings]
    gold = [json.loads(x) for x in (SHARED / "seed" / "gold.jsonl").read_text().splitlines()]
    wanted = [g for g in gold if g["kind"] == "scrape_debris"]
    missed = [
        g["spun"]
        for g in wanted
        if not any(max(a, g["start"]) < min(z, g["end"]) for a, z in spans)
    ]
    print(f"seed: {len(wanted) - len(missed)} of {len(wanted)} debris items; missed: {missed}")


def clean() -> None:
    articles = [read(f"{d['title']}\n\n{d['text']}") for d in clean_sample()]
    words = sum(a.words for a in articles)
    counts: Counter[str] = Counter()
    chosen = rules("SD", "KS")
    start = time.perf_counter()
    for article in articles:
        for rule in chosen:
            counts[rule.id] += sum(1 for _ in rule.check(article, context()))
    seconds = time.perf_counter() - start
    found = sum(n for rule, n in counts.items() if rule.startswith("SD"))
    print(f"clean: {found} SD findings in {words} words: {1000 * found / words:.3f} in 1,000")
    print("  by rule:", {r: n for r, n in sorted(counts.items()) if n})
    print(f"speed: {words / seconds:,.0f} words/s for all KS and SD rules together")


if __name__ == "__main__":
    seed_article()
    clean()
