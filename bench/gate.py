"""Figures of the gate: what fails, what passes, and what the cache saves.

500 Markdown articles are made from the kept tenth of the corpus; a tenth of them is replaced by
articles joined from spun paragraphs, and some more pages (ten; 60 with `--tune`) hold a single spun
paragraph among some 2,000 clean words. `clean --check` judges them twice, in processes of its own.

Run: python bench/gate.py [--model auto|off|DIR] [--articles 500] [--singles N] [--tune] [--draw N]

`--tune` takes the documents that the model's own limits are chosen on, and paragraphs spun with a
dictionary that was part of the training noise: limits are chosen there and measured here.
`--draw 1` takes pages that are none of those (of draw 0), as far as there are.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path
from typing import Any

import jsonschema
from data import SHARED, documents, records

from unspin.language.corpus import is_for_limits

#: Words of an article: shorter ones are stubs, longer ones books rather than pages.
SHORTEST, LONGEST = 150, 3000
#: Words of a spun article, of a single spun paragraph, and of the page that it is put into.
SPUN_WORDS, PARAGRAPH_WORDS, PAGE_WORDS = 300, 100, 2000
#: Share of the articles that is replaced by spun ones.
SPUN_SHARE = 0.1
#: Share of the clean pages that limits may fail.
CLEAN_SHARE = 0.01
#: Part of that share which limits may use up where they are chosen: three times limits chosen at
#: the whole of it let 1.1 to 1.8 % of kept pages fail.
MARGIN = 0.5
#: Pages with a single spun paragraph; to choose limits by more of them: ten tell two by chance.
SINGLES, SINGLES_TO_TUNE = 10, 60
#: Limits that the table shows.
SCORES = (40, 50, 60, 70)
THRESHOLDS = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)
#: A short line that ends in none of these is a heading.
_LINE_ENDS = frozenset('.!?:;,)"”')
_HEADING_WORDS = 12
_FINDINGS = 20_000


@dataclass(frozen=True)
class Page:
    """An article of the bench: its kind (``clean``, ``spun``, ``single``), name and Markdown."""

    kind: str
    name: str
    text: str


def markdown(title: str, paragraphs: Sequence[str]) -> str:
    """Markdown of corpus text: headings are lines of their own, lists stay lists."""
    out = [f"# {title}"]
    for paragraph in paragraphs:
        lines = [line.strip() for line in paragraph.splitlines() if line.strip()]
        alone = len(lines) == 1 and len(lines[0].split()) <= _HEADING_WORDS
        if alone and lines[0][-1] not in _LINE_ENDS and not lines[0].startswith("-"):
            out.append(f"## {lines[0]}")
        elif lines:
            out.append("\n".join(lines))
    return "\n\n".join(out) + "\n"


def clean_documents(shortest: int, longest: int, tune: bool) -> list[dict[str, Any]]:
    """Documents of some length: every source in turn, each in the order of its hashes."""
    by_source: dict[str, list[tuple[bytes, dict[str, Any]]]] = defaultdict(list)
    for record in documents(keep=not tune):
        if tune and not is_for_limits(record["id"]):
            continue
        if shortest <= len(record["text"].split()) <= longest:
            order = hashlib.sha256(f"gate {record['id']}".encode()).digest()
            by_source[record["source"]].append((order, record))
    queues = [[r for _, r in sorted(q, key=lambda x: x[0])] for q in by_source.values()]
    out = []
    while any(queues):
        out += [q.pop(0) for q in queues if q]
    return out


def spun_paragraphs(tune: bool) -> list[str]:
    """Spun paragraphs, in the order of their hashes."""
    dictionary = "moby" if tune else "wordspinner"
    rows = list(records(SHARED / "parallel" / f"{dictionary}.jsonl.gz"))
    rows.sort(key=lambda r: hashlib.sha256(f"gate {r['id']}".encode()).digest())
    return [r["spun"] for r in rows]


def make_pages(articles: int, singles: int, tune: bool = False, draw: int = 0) -> list[Page]:
    """The pages of a draw, the same ones every time and other ones in every draw."""
    paragraphs = spun_paragraphs(tune)
    long = [p for p in paragraphs if len(p.split()) >= PARAGRAPH_WORDS][: (draw + 1) * singles]
    rest = iter([p for p in paragraphs if p not in set(long)])
    spun = round(articles * SPUN_SHARE)
    clean = clean_documents(SHORTEST, LONGEST, tune)[draw * (articles - spun) :]
    pages = [
        Page("clean", f"clean-{n:03}", markdown(r["title"], r["text"].split("\n\n")))
        for n, r in enumerate(clean[: articles - spun])
    ]
    for n, body in enumerate(islice(_bodies(rest), draw * spun, (draw + 1) * spun)):
        title = " ".join(body[0].split()[:6])
        pages.append(Page("spun", f"spun-{n:03}", markdown(title, body)))
    hosts = clean_documents(LONGEST + 1, 10**9, tune)[draw * singles :]
    return pages + list(_singles(hosts, long[draw * singles :]))


def _bodies(paragraphs: Iterator[str]) -> Iterator[list[str]]:
    """Paragraphs, one after the other, until they are as long as a spun article."""
    while True:
        body: list[str] = []
        while sum(len(p.split()) for p in body) < SPUN_WORDS:
            paragraph = next(paragraphs, None)
            if paragraph is None:
                raise SystemExit("there are no paragraphs left for pages of this draw")
            body.append(paragraph)
        yield body


def _singles(found: Sequence[dict[str, Any]], alone: Sequence[str]) -> Iterator[Page]:
    """Long clean documents cut to a page, with a spun paragraph in the middle, and without."""
    for n, (record, paragraph) in enumerate(zip(found, alone, strict=False)):
        body: list[str] = []
        for part in record["text"].split("\n\n"):
            if sum(len(p.split()) for p in body) >= PAGE_WORDS:
                break
            body.append(part)
        yield Page("control", f"control-{n:03}", markdown(record["title"], body))
        body.insert(len(body) // 2, paragraph)
        yield Page("single", f"single-{n:03}", markdown(record["title"], body))


def judge(folder: Path, options: Sequence[str]) -> tuple[dict[str, Any], float]:
    """Runs the gate in a process of its own; its result and its seconds."""
    command = [sys.executable, "-m", "unspin", "clean", "--check", "--format", "json", *options]
    start = time.perf_counter()
    done = subprocess.run([*command, str(folder)], capture_output=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode == 2:
        raise SystemExit(done.stderr.decode())
    return json.loads(done.stdout), seconds


def kind_of(article: dict[str, Any]) -> str:
    """The kind of a page, by its name."""
    return Path(article["path"]).name.split("-")[0]


def show(run: dict[str, Any], why: bool) -> None:
    """Prints who fails, and what each threshold of the window gate would do."""
    by_kind: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for article in run["articles"]:
        by_kind[kind_of(article)].append(article)
    for kind, rows in sorted(by_kind.items()):
        failed = [a for a in rows if not a["passed"]]
        unjudged = sum(a["score"] is None for a in rows)
        words = sum(a["words"] for a in rows)
        print(
            f"{kind:8} {len(failed):4} of {len(rows)} fail ({len(failed) / len(rows):.1%}); "
            f"{words:,} words, {unjudged} not judged"
        )
        gates = Counter(g["name"] for a in failed for g in a["gates"] if not g["passed"])
        print(f"         by gate: {dict(gates)}")
        if why:
            for a in failed if kind in ("clean", "control") else [a for a in rows if a["passed"]]:
                values = {g["name"]: g["value"] for g in a["gates"]}
                print(f"         {a['path']} {a['title']!r:.60} {values} {a['rules']}")
    print("share that each gate alone would fail, by limit:")
    for name, limits, above in (
        ("spun_probability", THRESHOLDS, True),
        ("window spun_probability", THRESHOLDS, True),
        ("score", SCORES, False),
    ):
        for limit in limits:
            shares = []
            for kind, rows in sorted(by_kind.items()):
                values = [g["value"] for a in rows for g in a["gates"] if g["name"] == name]
                hits = sum((v >= limit) if above else (v < limit) for v in values)
                shares.append(f"{kind} {hits}/{len(rows)}")
            print(f"  {name} {limit}: {', '.join(shares)}")


def choose(run: dict[str, Any], without: dict[str, Any]) -> None:
    """Prints the limits of article and window that :data:`unspin.gating.CHECK_DEFAULTS` takes.

    Of those that use up at most :data:`MARGIN` of :data:`CLEAN_SHARE` beside the shipped limit of
    the score, with the model as without it, the ones that fail most spun pages, then fewest clean
    ones; of equals those that do so without the model; of equals the middle one.

    Args:
        run: Verdicts with the model.
        without: Those without it, from the glossary alone: the limits are the same.
    """
    pages, bare = _values(run), _values(without)
    trials = []
    for whole, window in product(THRESHOLDS, THRESHOLDS):
        found, alarms, bare_found, bare_alarms = (
            sum(failed or p >= whole or most >= window for failed, p, most in values)
            for values in (pages[True], pages[False], bare[True], bare[False])
        )
        if max(alarms, bare_alarms) <= MARGIN * CLEAN_SHARE * len(pages[False]):
            trials.append((-found, alarms, -bare_found, bare_alarms, whole, window))
    if not trials:
        print(f"limits: all fail more than {MARGIN * CLEAN_SHARE:.1%} of the clean pages")
        return
    least = min(trials)[:4]
    best = sorted(trial for trial in trials if trial[:4] == least)
    *_, whole, window = best[len(best) // 2]
    print(
        f"limits: article {whole}, window {window}: {-least[0]} of {len(pages[True])} spun pages, "
        f"{least[1]} of {len(pages[False])} clean ones (without the model {-least[2]} and "
        f"{least[3]}), as {len(best)} pairs of limits"
    )


def _values(run: dict[str, Any]) -> dict[bool, list[tuple[bool, float, float]]]:
    """Give of pages with spun text and of clean ones what the gate looks at.

    Returns:
        Whether the score fails the page, P(spun) of it and of its window that looks most spun.
    """
    pages: dict[bool, list[tuple[bool, float, float]]] = {True: [], False: []}
    for article in run["articles"]:
        values = {g["name"]: g["value"] for g in article["gates"]}
        failed = any(g["name"] == "score" and not g["passed"] for g in article["gates"])
        p, most = (values.get(f"{n}spun_probability") or 0.0 for n in ("", "window "))
        pages[kind_of(article) in ("spun", "single")].append((failed, p, most))
    return pages


def sarif() -> None:
    """A SARIF report of 20,000 findings: valid, and how large."""
    from unspin.writing.formats import render
    from unspin.writing.formats.base import ArticleResult, Item, Run

    def item(n: int) -> Item:
        data = {
            "rule": "SP001", "start": n * 40, "end": n * 40 + 13, "line": n + 1, "column": 3,
            "text": "chance factor", "message": f"Spun wording {n}.", "severity": "warning",
            "confidence": 0.9, "replacements": ["risk factor"], "applicability": "safe",
            "applied": False, "fingerprint": hashlib.sha256(str(n).encode()).hexdigest()[:16],
        }  # fmt: skip
        return Item(f"content/{n // 40}.md", None, data, n + 1, 16, True, (3, 16))

    row = {"path": "content", "score": 1.0, "passed": False}
    run = Run([ArticleResult(row, tuple(item(n) for n in range(_FINDINGS)), ())])
    text = render(run, "sarif")
    data = json.loads(text)
    schema = Path(__file__).resolve().parents[1] / "tests" / "schemas" / "sarif-2.1.0.json"
    start = time.perf_counter()
    jsonschema.Draft4Validator(json.loads(schema.read_text("utf-8"))).validate(data)
    packed = len(gzip.compress(text.encode()))
    print(
        f"SARIF: {len(data['runs'][0]['results']):,} results, valid "
        f"({time.perf_counter() - start:.0f} s), {packed / 1e6:.2f} MB compressed (limit 10)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="auto")
    parser.add_argument("--articles", type=int, default=500)
    parser.add_argument("--singles", type=int)
    parser.add_argument("--tune", action="store_true", help="use data to choose limits on")
    parser.add_argument("--draw", type=int, default=0, help="0: the pages of every figure")
    parser.add_argument("--keep", type=Path, help="folder to keep the pages in")
    parser.add_argument("--why", action="store_true", help="list what went wrong")
    parser.add_argument("--no-sarif", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.keep or Path(temporary) / "pages"
        folder.mkdir(parents=True, exist_ok=True)
        singles = args.singles or (SINGLES_TO_TUNE if args.tune else SINGLES)
        for page in make_pages(args.articles, singles, args.tune, args.draw):
            (folder / f"{page.name}.md").write_text(page.text, encoding="utf-8")
        os.environ["UNSPIN_CACHE"] = str(Path(temporary) / "cache")
        # Compiles the glossary into the new cache, so that both runs start alike.
        judge(folder / "spun-000.md", ["--model", "off", "--min-score", "1"])
        run, first = judge(folder, ["--model", args.model])
        again, second = judge(folder, ["--model", args.model])
        without, _ = judge(folder, ["--model", "off"]) if args.tune else ({}, 0.0)
    assert run == again, "the cache changed a verdict"
    show(run, args.why)
    if args.tune:
        choose(run, without)
    print(f"first run {first:.1f} s, second {second:.1f} s: {first / second:.1f} x")
    if not args.no_sarif:
        sarif()


if __name__ == "__main__":
    main()
