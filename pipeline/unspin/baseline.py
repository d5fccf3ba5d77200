"""Baseline: what was there when the gate was switched on.

Findings are matched by fingerprint with counts, never by line or path; an article's score by path,
else by content, else by the findings it shares with an entry, so that a moved file keeps its entry.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from unspin.errors import InputError
from unspin.report import Gate, dump
from unspin.writing.formats.base import ArticleResult, Item

VERSION = 1
#: Name of the gate by number of new findings.
NEW = "new findings"
#: Points that the score of a listed article may fall before it fails: measuring noise of a model
#: that rounds differently on another processor.
SCORE_SLACK = 1.0
#: Least share of an entry's findings that a moved and edited article must still hold.
SAME_ARTICLE = 0.5


@dataclass(frozen=True)
class Entry:
    """One article: where it stood, its hash and score, and its findings by fingerprint."""

    path: str
    sha256: str
    score: float | None
    findings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def counted(item: Item) -> bool:
    """Whether a finding can be new: information and grammar remarks never gate."""
    return item.severity != "info" and not item.rule.startswith("GR")


def entries(articles: Sequence[ArticleResult]) -> list[Entry]:
    """Baseline entries of a run; articles that were not judged have none."""
    out = []
    for article in articles:
        if article.row["score"] is None:
            continue
        found: dict[str, dict[str, Any]] = {}
        for item in filter(counted, article.items):
            entry = found.setdefault(
                item.data["fingerprint"],
                {"rule": item.rule, "text": item.data["text"], "count": 0},
            )
            entry["count"] += 1
        out.append(Entry(article.path, article.row["sha256"], article.row["score"], found))
    return out


def save(path: Path, listed: Sequence[Entry]) -> None:
    """Writes a baseline, sorted by path so that differences can be reviewed."""
    from unspin.running.files import write_atomic

    articles = [
        {"path": e.path, "sha256": e.sha256, "score": e.score, "findings": dict(e.findings)}
        for e in sorted(listed, key=lambda e: e.path)
    ]
    write_atomic(path, dump({"version": VERSION, "articles": articles}))


def load(path: Path) -> list[Entry]:
    """Reads a baseline.

    Raises:
        InputError: It cannot be read, or is no baseline.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["version"] != VERSION:
            raise ValueError(f"version {data['version']}, this tool reads {VERSION}")
        return [Entry(a["path"], a["sha256"], a["score"], a["findings"]) for a in data["articles"]]
    except OSError as error:
        why = f"cannot be read ({error.strerror}); write it with: unspin baseline write"
        raise InputError(str(path), why) from error
    except (ValueError, KeyError, TypeError) as error:
        why = f"is no baseline ({error}); write it anew with: unspin baseline write"
        raise InputError(str(path), why) from error


@dataclass(frozen=True)
class Compared:
    """A run held against a baseline.

    Args:
        articles: With `counts` false on findings that the baseline lists, and their own gates.
        stale: Listed findings that are gone, as ``(entry, fingerprint, how many)``.
        matched: Number of entries that an article of the run answers to.
    """

    articles: tuple[ArticleResult, ...]
    stale: tuple[tuple[Entry, str, int], ...]
    matched: int


def compare(
    articles: Sequence[ArticleResult],
    listed: Sequence[Entry],
    max_new: Callable[[str], int] = lambda path: 0,
) -> Compared:
    """Holds a run against a baseline.

    Args:
        articles: What the run found.
        listed: The baseline.
        max_new: New findings that a listed article of some path may have.
    """
    homes = _homes(articles, listed)
    left = [Counter({fp: f["count"] for fp, f in e.findings.items()}) for e in listed]
    known: dict[int, bool] = {}
    pool: Counter[str] = Counter()
    # An article takes from its own entry first; what is left over may have moved elsewhere.
    for n, article in enumerate(articles):
        home = homes.get(n)
        if home is not None:
            _take(article, left[home], known)
    for rest in left:
        pool.update(rest)
    for article in articles:
        _take(article, pool, known)
    out = []
    for n, article in enumerate(articles):
        home = homes.get(n)
        items = tuple(
            replace(i, counts=i.counts and id(i) not in known and (home is None or counted(i)))
            for i in article.items
        )
        held = replace(article, items=items)
        if home is not None:
            held = _listed(held, listed[home], max_new(str(article.row["path"])))
        out.append(held)
    stale = []
    for home in sorted(homes.values()):
        for fp, count in sorted(left[home].items()):
            gone = min(count, pool[fp])
            if gone > 0:
                pool[fp] -= gone
                stale.append((listed[home], fp, gone))
    return Compared(tuple(out), tuple(stale), len(homes))


def _take(article: ArticleResult, supply: Counter[str], known: dict[int, bool]) -> None:
    for item in filter(counted, article.items):
        fp = item.data["fingerprint"]
        if id(item) not in known and supply[fp] > 0:
            supply[fp] -= 1
            known[id(item)] = True


def _homes(articles: Sequence[ArticleResult], listed: Sequence[Entry]) -> dict[int, int]:
    """Which article answers to which entry: by path, by content, by shared findings."""
    homes: dict[int, int] = {}
    free = set(range(len(listed)))
    for key in ("path", "sha256"):
        index = {getattr(listed[i], key): i for i in free}
        for n, article in enumerate(articles):
            name = article.path if key == "path" else article.row.get("sha256")
            i = index.get(name)
            if n not in homes and i in free:
                homes[n] = i
                free.discard(i)
    for n, article in enumerate(articles):
        own = {i.data["fingerprint"] for i in article.items if counted(i)}
        if n in homes or not own:
            continue
        best = max(free, key=lambda i: len(own & listed[i].findings.keys()), default=None)
        if best is not None:
            shared = len(own & listed[best].findings.keys())
            if shared and shared >= SAME_ARTICLE * len(listed[best].findings):
                homes[n] = best
                free.discard(best)
    return homes


def _listed(article: ArticleResult, entry: Entry, max_new: int) -> ArticleResult:
    """A listed article fails only on new findings, or when its score falls."""
    new = sum(i.counts for i in article.items)
    gates = [Gate(NEW, float(new), float(max_new), new <= max_new)]
    score = article.row["score"]
    if score is not None and entry.score is not None:
        least = round(entry.score - SCORE_SLACK, 3)
        gates.append(Gate("score since baseline", score, least, score >= least))
    row = {**article.row, "passed": all(g.passed for g in gates)}
    return replace(article, row=row, gates=tuple(gates))


def prune(listed: Sequence[Entry], compared: Compared) -> list[Entry]:
    """The baseline without its stale findings."""
    gone: dict[int, Counter[str]] = {}
    for entry, fp, count in compared.stale:
        gone.setdefault(id(entry), Counter())[fp] += count
    out = []
    for entry in listed:
        less = gone.get(id(entry), Counter())
        findings = {
            fp: {**f, "count": f["count"] - less[fp]}
            for fp, f in entry.findings.items()
            if f["count"] > less[fp]
        }
        out.append(replace(entry, findings=findings))
    return out
