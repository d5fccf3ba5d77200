"""Baseline: what was there when the gate was switched on.

Findings are matched by fingerprint with counts, never by line or path; an article's score by
content, else by path, else by the findings it shares with an entry, so that a moved file keeps its
entry. Paths in a baseline count from its own folder, wherever the command is started.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from unspin.changes import CHANGED_LINES
from unspin.errors import InputError
from unspin.gating import LANGUAGE
from unspin.paths import seen_from
from unspin.report import Gate, dump
from unspin.writing.formats.base import ArticleResult, Item

VERSION = 1
#: Name of the gate by number of new findings.
NEW = "new findings"
#: The gates of changed lines that a listed article keeps: a model that finds a pasted paragraph
#: spun need not name a finding in it, and in a long page the score hardly falls. Findings and score
#: are held against the baseline instead.
PASTED = (f"{CHANGED_LINES}spun_probability", f"{CHANGED_LINES}window spun_probability")
#: Points that the score of a listed article may fall before it fails: measuring noise of a model
#: that rounds differently on another processor.
SCORE_SLACK = 1.0
#: Least share of an entry's findings that a moved and edited article must still hold.
SAME_ARTICLE = 0.5

#: Where git could not merge.
_CONFLICT = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)
#: Written anew, the file would accept what is new on both sides.
_IN_CONFLICT = (
    "holds conflict marks of a merge; take one side (git checkout --ours, or --theirs) and run: "
    "unspin baseline prune; what only the other side accepted then shows as new"
)


@dataclass(frozen=True)
class Entry:
    """One article: where it stood, its hash and score, and its findings by fingerprint.

    The hash is that of the file; for a record of a JSON Lines file, that of its text.
    """

    path: str
    sha256: str
    score: float | None
    findings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def counted(item: Item) -> bool:
    """Whether a finding can be new: information and grammar remarks never gate."""
    return item.severity != "info" and not item.rule.startswith("GR")


def place(path: str, base: Path | None) -> str:
    """A path of a run as a baseline in the folder `base` names it; None leaves it as it is."""
    return path if base is None else seen_from(base, path)


def _digest(article: ArticleResult) -> str:
    return article.digest or str(article.row["sha256"])


def entries(articles: Sequence[ArticleResult], base: Path | None = None) -> list[Entry]:
    """Baseline entries of a run; articles that were not judged have none.

    Args:
        articles: What the run found.
        base: Folder of the baseline.
    """
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
        path = place(article.path, base)
        out.append(Entry(path, _digest(article), article.row["score"], found))
    return out


def save(path: Path, listed: Sequence[Entry]) -> None:
    """Writes a baseline, sorted by path so that differences can be reviewed."""
    from unspin.staging import write_atomic

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
        text = path.read_text(encoding="utf-8-sig")  # Windows editors set a byte order mark
        if _CONFLICT.search(text):
            raise InputError(str(path), _IN_CONFLICT)
        data = json.loads(text)
        if data["version"] != VERSION:
            raise ValueError(f"version {data['version']}, this tool reads {VERSION}")
        if not isinstance(data["articles"], list):
            raise TypeError("its articles are no list")
        return [_entry(a) for a in data["articles"]]
    except OSError as error:
        why = f"cannot be read ({error.strerror}); write it with: unspin baseline write"
        raise InputError(str(path), why) from error
    except (ValueError, KeyError, TypeError) as error:
        why = f"is no baseline ({error}); remove it and write it anew with: unspin baseline write"
        raise InputError(str(path), why) from error


def _entry(data: Mapping[str, Any]) -> Entry:
    """An entry from data that people may have edited or merged by hand."""
    path, sha256, score, findings = (data[k] for k in ("path", "sha256", "score", "findings"))
    if not (isinstance(path, str) and isinstance(sha256, str) and isinstance(findings, dict)):
        raise TypeError(f"the entry of {path!r} is damaged")
    if score is not None and not isinstance(score, int | float):
        raise TypeError(f"the score of {path} is no number")
    for fp, found in findings.items():
        count = found["count"]
        if not isinstance(count, int) or count < 1 or not {"rule", "text"} <= found.keys():
            raise ValueError(f"finding {fp} of {path} is damaged")
    return Entry(path, sha256, score, findings)


@dataclass(frozen=True)
class Compared:
    """A run held against a baseline.

    Args:
        articles: With `counts` false on findings that the baseline lists, and their own gates.
        stale: Listed findings that are gone, as ``(entry, fingerprint, how many)``.
        gone: Entries whose article is not there any more.
        unmet: Entries that no judged article of the run answers to, those in `gone` included, each
            with how many of its findings stand nowhere in the run.
    """

    articles: tuple[ArticleResult, ...]
    stale: tuple[tuple[Entry, str, int], ...]
    gone: tuple[Entry, ...] = ()
    unmet: tuple[tuple[Entry, int], ...] = ()


def compare(
    articles: Sequence[ArticleResult],
    listed: Sequence[Entry],
    max_new: Callable[[str], int] = lambda path: 0,
    *,
    base: Path | None = None,
    gone: Callable[[Path], bool] = lambda path: False,
    elsewhere: Callable[[Path], bool] = lambda path: False,
) -> Compared:
    """Holds a run against a baseline.

    Args:
        articles: What the run found.
        listed: The baseline.
        max_new: New findings that a listed article of some path may have.
        base: Folder of the baseline, from which its paths count.
        gone: Whether the article that stood at a path is no longer there; asked where no article
            of the run answers to an entry, which may also be for want of looking.
        elsewhere: Whether an article stands at a path that the run did not look at. What is listed
            for it has not moved, and nothing of the run answers to it: a copy is new.

    Returns:
        What of the run is new, and what of the baseline is no longer there.
    """
    apart = {i for i, e in enumerate(listed) if elsewhere((base or Path()) / e.path)}
    free = [i for i in range(len(listed)) if i not in apart]
    homes = _homes(articles, listed, base, free)
    left = [Counter({fp: f["count"] for fp, f in e.findings.items()}) for e in listed]
    known: dict[int, bool] = {}
    pool: Counter[str] = Counter()
    # An article takes from its own entry first; what is left over may have moved elsewhere.
    for n, article in enumerate(articles):
        home = homes.get(n)
        if home is not None:
            _take(article, left[home], known)
    for i in free:
        pool.update(left[i])
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
    met = set(homes.values())
    away = [i for i, e in enumerate(listed) if i not in met and gone((base or Path()) / e.path)]
    looked_for = dict.fromkeys((*sorted(met), *away))
    lost = {i: _lost(left[i], pool) for i in looked_for}
    lost |= {i: _lost(left[i], pool) for i in free if i not in lost}
    lost |= {i: dict(left[i]) for i in apart}
    judged = {home for n, home in homes.items() if articles[n].row["score"] is not None}
    return Compared(
        articles=tuple(out),
        stale=tuple((listed[i], fp, n) for i in looked_for for fp, n in lost[i].items()),
        gone=tuple(listed[i] for i in away),
        unmet=tuple((e, sum(lost[i].values())) for i, e in enumerate(listed) if i not in judged),
    )


def _lost(rest: Counter[str], pool: Counter[str]) -> dict[str, int]:
    """What is left of an entry and stands nowhere else, taken from the pool."""
    out = {fp: n for fp, count in sorted(rest.items()) if (n := min(count, pool[fp])) > 0}
    pool.subtract(out)
    return out


def _take(article: ArticleResult, supply: Counter[str], known: dict[int, bool]) -> None:
    for item in filter(counted, article.items):
        fp = item.data["fingerprint"]
        if id(item) not in known and supply[fp] > 0:
            supply[fp] -= 1
            known[id(item)] = True


def _homes(
    articles: Sequence[ArticleResult],
    listed: Sequence[Entry],
    base: Path | None,
    entries: Sequence[int],
) -> dict[int, int]:
    """Which article answers to which entry: by content, by path, by shared findings.

    Content comes first: where an old page was moved and a new one stands in its place, the entry
    goes with the page. Lines of a JSON Lines file move with every record that is added above them,
    so that their paths come last.

    Args:
        articles: What the run found.
        listed: The baseline.
        base: Its folder.
        entries: Those, by index, that an article of the run may answer to.
    """
    homes: dict[int, int] = {}
    free = dict.fromkeys(entries)
    paths = [place(a.path, base) for a in articles]
    records = [n for n, a in enumerate(articles) if a.row.get("record") is not None]
    files = sorted(set(range(len(articles))) - set(records))
    everything = range(len(articles))

    def match(
        numbers: Sequence[int], own: Callable[[int], Any], key: Callable[[Entry], Any]
    ) -> None:
        index: dict[Any, list[int]] = defaultdict(list)
        for i in reversed(free):
            index[key(listed[i])].append(i)
        for n in numbers:
            found = index.get(own(n))
            if n not in homes and found:
                homes[n] = found.pop()
                del free[homes[n]]

    match(everything, lambda n: (paths[n], _digest(articles[n])), lambda e: (e.path, e.sha256))
    match(everything, lambda n: _digest(articles[n]), lambda e: e.sha256)
    match(files, lambda n: paths[n], lambda e: e.path)
    for n, article in enumerate(articles):
        own = {i.data["fingerprint"] for i in article.items if counted(i)}
        if n in homes or not own:
            continue
        best = max(free, key=lambda i: len(own & listed[i].findings.keys()), default=None)
        if best is not None:
            shared = len(own & listed[best].findings.keys())
            if shared and shared >= SAME_ARTICLE * len(listed[best].findings):
                homes[n] = best
                del free[best]
    match(records, lambda n: paths[n], lambda e: e.path)
    return homes


def _listed(article: ArticleResult, entry: Entry, max_new: int) -> ArticleResult:
    """A listed article fails only on new findings, a fallen score, or spun text pasted into it.

    One that is not English any more has no score that could fall: it fails where such articles
    shall fail, for only articles that were judged are listed.
    """
    new = sum(i.counts for i in article.items)
    gates = [Gate(NEW, float(new), float(max_new), new <= max_new)]
    score = article.row["score"]
    if score is not None and entry.score is not None:
        least = round(entry.score - SCORE_SLACK, 3)
        gates.append(Gate("score since baseline", score, least, score >= least))
    gates += (g for g in article.gates if g.name in (*PASTED, LANGUAGE))
    row = {**article.row, "passed": all(g.passed for g in gates)}
    return replace(article, row=row, gates=tuple(gates))


def prune(listed: Sequence[Entry], compared: Compared) -> list[Entry]:
    """The baseline without its stale findings, and without articles that are gone."""
    away = {id(entry) for entry in compared.gone}
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
        # What is left of an article that is gone stands in others by now, which live by it.
        if findings or id(entry) not in away:
            out.append(replace(entry, findings=findings))
    return out
