"""Figures of the main job: seed article, clean documents, undo, facts, start-up, speed.

Run: python bench/main.py [--words 60000]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import time
from collections import Counter

from data import SHARED, documents, records

from unspin.article import Article
from unspin.config import Config
from unspin.edits import apply_edits, invert_edits
from unspin.guard import facts
from unspin.pipeline import Cleaner
from unspin.reading import read_bytes
from unspin.report import Report

FAST = Config(grammar="off", model="off")
#: Families whose fixes may change clean text: debris and terminology.
ALLOWED = ("SD", "TN")


def clean(text: str, cleaner: Cleaner, name: str = "article.txt") -> Report:
    article = next(iter(read_bytes(text.encode("utf-8"), name, cleaner.config)))
    assert isinstance(article, Article), article
    return cleaner.clean(article)


def round_trip(report: Report) -> bool:
    source = report.article.source.text
    return apply_edits(apply_edits(source, report.edits), invert_edits(report.edits)) == source


def seed(cleaner: Cleaner) -> None:
    text = (SHARED / "seed" / "article.txt").read_text("utf-8")
    gold = list(records(SHARED / "seed" / "gold.jsonl"))
    report = clean(text, cleaner)
    spans = [(*report.place(f), f) for f in report.findings]
    kinds = Counter(g["kind"] for g in gold)
    print("seed: gold kinds", dict(kinds))
    for kind, families in (("keyword_stuffing", ("KS",)), ("scrape_debris", ("SD", "ST"))):
        wanted = [g for g in gold if g["kind"] == kind]
        found = [
            g
            for g in wanted
            if any(a < g["end"] and g["start"] < b for a, b, f in spans if f.family in families)
        ]
        print(f"seed: {kind}: {len(found)} of {len(wanted)} found")
        for g in wanted:
            if g not in found:
                print(f"   missed: {g['spun']!r}")
    title = text.splitlines()[0]
    left = report.text.count(title)
    print(
        f"seed: title stands {left} times in the restored text ({text.count(title)} in the source)"
    )
    print(
        f"seed: round trip {round_trip(report)}, score {report.score:.1f}, "
        f"P(spun) {report.spun_probability:.3f}"
    )


def clean_documents(cleaner: Cleaner, words: int) -> None:
    counts: Counter[str] = Counter()
    total = documents_seen = changed = 0
    # in the order of their hashes: a fair draw over all sources and styles
    drawn = sorted(documents(), key=lambda r: hashlib.sha256(r["id"].encode()).hexdigest())
    for record in drawn:
        report = clean(record["text"], cleaner)
        total += report.article.words
        documents_seen += 1
        counts.update(f.family for f in report.findings if f.family not in ("SP", "TN"))
        counts.update(f.rule for f in report.findings if f.family in ("SP", "TN"))
        counts.update(f"applied {f.rule}" for f in report.findings if f.applied)
        wrong = [e for e in report.edits if not e.rule.startswith(ALLOWED)]
        changed += bool(wrong)
        assert round_trip(report)
        if total >= words and documents_seen >= 200:
            break
    print(f"clean: {documents_seen} kept documents, {total} words")
    for name, n in sorted(counts.items()):
        print(f"clean: {name}: {n} findings, {1000 * n / total:.3f} per 1,000 words")
    print(f"clean: documents changed by anything but SD and TN fixes: {changed}")


def parallel_facts(cleaner: Cleaner, paragraphs: int) -> None:
    """Numbers, units, negations and sides are the same in every edited paragraph."""
    done = differing = edits = 0
    for name in ("wordspinner", "consensus", "moby"):
        for record in records(SHARED / "parallel" / f"{name}.jsonl.gz"):
            report = clean(record["spun"], cleaner)
            done += 1
            edits += len(report.edits)
            removed = any(e.rule[:2] in ("KS", "SD") for e in report.edits)
            stated = any(f.applied and f.states_change for f in report.findings)
            if report.edits and not removed and not stated:
                before = facts(report.article.text, names=False)
                differing += before != facts(report.restored.text, names=False)
            assert round_trip(report)
            if done >= paragraphs:
                break
    print(f"guard: {done} parallel paragraphs, {edits} edits, {differing} with changed facts")


def start_up(runs: int = 7) -> None:
    def best(command: list[str]) -> float:
        times = []
        for _ in range(runs):
            began = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            times.append(time.perf_counter() - began)
        return min(times)

    python = sys.executable
    peer = best([python, "-c", "import click"])
    ours = best([python, "-c", "from unspin.cli import clean; clean(['--help'])"])
    print(
        f"start-up: clean --help {ours:.3f} s, import click {peer:.3f} s, ratio {ours / peer:.2f}"
    )


def speed(cleaner: Cleaner, words: int) -> None:
    texts = []
    total = 0
    for record in documents(keep=False):
        texts.append(record["text"])
        total += len(record["text"].split())
        if total >= words:
            break
    clean(texts[0], cleaner)
    began = time.process_time()
    for text in texts:
        clean(text, cleaner)
    ours = total / (time.process_time() - began)
    import spacy

    nlp = spacy.blank("en")
    nlp.max_length = 10_000_000
    began = time.process_time()
    for text in texts:
        nlp(text)
    peer = total / (time.process_time() - began)
    print(
        f"speed: fast mode {ours:,.0f} words/s and core; spacy.blank tokenising {peer:,.0f}; "
        f"ratio {ours / peer:.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=60_000)
    parser.add_argument("--speed-words", type=int, default=300_000)
    options = parser.parse_args()
    data = hashlib.sha256(json.dumps(sorted(p.name for p in SHARED.rglob("*"))).encode())
    print("data:", data.hexdigest()[:12])
    with Cleaner(FAST) as cleaner:
        seed(cleaner)
        clean_documents(cleaner, options.words)
        parallel_facts(cleaner, 2000)
        speed(cleaner, options.speed_words)
    start_up()


if __name__ == "__main__":
    main()
