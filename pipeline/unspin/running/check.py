"""``clean --check``: judges sources, writes nothing, answers unchanged articles from a cache."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from unspin import __version__, baseline, gating
from unspin.article import Article, assemble, disassemble
from unspin.baseline import Entry
from unspin.changes import Changes
from unspin.config import Config
from unspin.errors import InputError
from unspin.pipeline import Cleaner
from unspin.reading import collect, read_path
from unspin.report import Gate, Report
from unspin.resources import cache_dir, data_path
from unspin.scoring import score
from unspin.writing.formats.base import ArticleResult, Item, Run, article_result
from unspin.writing.summary import row
from unspin.writing.tree import review

#: Settings that change no verdict, so that they do not part cached results.
_IDLE = frozenset({"to", "jobs", "originals", "origins", "grammar"})
#: Fewest words of changed text that P(spun) is asked of (as for whole articles, DESIGN: 20 words
#: are judged at all; a paragraph of fifty holds several places).
LEAST_CHANGED_WORDS = 50


def check(
    paths: Sequence[Path],
    cleaner: Cleaner,
    *,
    listed: Sequence[Entry] | None = None,
    baseline_path: Path | None = None,
    changes: Changes | None = None,
) -> Run:
    """Judges every article of a batch.

    Args:
        paths: Files and folders.
        cleaner: Does the work.
        listed: Baseline entries, or None without a baseline.
        baseline_path: Where the baseline stands, to report stale entries.
        changes: Changed lines: only findings on them gate, and only changed files are judged
            by their gates. None gates whole articles.

    Returns:
        The run, with every gate evaluated.

    Raises:
        InputError: A path does not exist, or a folder holds nothing to read.
    """
    articles: list[ArticleResult] = []
    errors: list[tuple[str, str]] = []
    for source in collect(paths):
        ranges = changes.ranges(source) if changes is not None else None
        found, wrong = _file(source, cleaner, ranges)
        articles += found
        errors += wrong
    if listed is not None:
        max_new = cleaner.config.gates.max_new_findings or 0
        compared = baseline.compare(articles, listed, max_new)
        articles = list(compared.articles)
        if baseline_path is not None and compared.stale:
            articles.append(_stale(baseline_path, compared))
    return Run(tuple(articles), tuple(errors), cleaner.tool() if articles else {})


def _file(
    source: Path, cleaner: Cleaner, ranges: Sequence[tuple[int, int]] | None
) -> tuple[list[ArticleResult], list[tuple[str, str]]]:
    """Results and errors of one file; from the cache where it and the settings are unchanged."""
    cached = None if ranges else _cached(source, cleaner.config)
    if cached is not None and cached.is_file():
        found = _load(cached)
        if found is not None:
            return [_ungated(a) for a in found] if ranges == () else found, []
    results: list[ArticleResult] = []
    errors: list[tuple[str, str]] = []
    try:
        for article in read_path(source, cleaner.config):
            if isinstance(article, InputError):
                errors.append((article.path, article.reason))
                continue
            report = cleaner.clean(article)
            result = article_result(report, row(report.to_dict(), review(report)["review"], None))
            results.append(_on_changed(result, report, cleaner, ranges) if ranges else result)
    except InputError as error:
        errors.append((error.path, error.reason))
    if cached is not None and not errors:
        _store(cached, results)
    if ranges == ():
        results = [_ungated(a) for a in results]
    return results, errors


# --- changed lines --------------------------------------------------------------------------------


def _ungated(article: ArticleResult) -> ArticleResult:
    """An article that did not change: shown, never failed."""
    items = tuple(replace(i, counts=False) for i in article.items)
    return replace(article, items=items, gates=(), row={**article.row, "passed": True})


def _on_changed(
    result: ArticleResult,
    report: Report,
    cleaner: Cleaner,
    ranges: Sequence[tuple[int, int]],
) -> ArticleResult:
    """Holds only what stands on changed lines against the gates."""
    items = tuple(replace(i, counts=_touches(i, ranges)) for i in result.items)
    gates = _changed_gates(report, cleaner, ranges)
    passed = all(g.passed for g in gates)
    return replace(result, items=items, gates=gates, row={**result.row, "passed": passed})


def _touches(item: Item, ranges: Sequence[tuple[int, int]]) -> bool:
    if item.line is None:
        return True
    last = item.end_line or item.line
    return any(a <= last and item.line <= b for a, b in ranges)


def _changed_gates(
    report: Report, cleaner: Cleaner, ranges: Sequence[tuple[int, int]]
) -> tuple[Gate, ...]:
    """Gates of the blocks that hold changed lines, judged as a text of their own."""
    part = _changed_part(report, ranges)
    if part is None or report.before is None:
        return ()
    p = None
    if part.words >= LEAST_CHANGED_WORDS:
        p = cleaner.judge(part).spun_probability
    judged = cleaner.judge(part, spun_probability=max(p or 0.0, report.spun_probability or 0.0))
    findings = tuple(f for f in judged.findings if f.family not in ("CQ", "ST", "UN"))
    counted = score(part.text, findings, p or 0.0, grammar_ran=False)
    config = cleaner.config
    gates = gating.effective(config.gates_for(report.article.source.path), check=True)
    out = gating.evaluate(
        gates, counted, p, findings, judged=True, fail_unjudged=config.non_english == "fail"
    )
    return tuple(replace(g, name=f"changed lines: {g.name}") for g in out)


def _changed_part(report: Report, ranges: Sequence[tuple[int, int]]) -> Article | None:
    article = report.article
    pieces = []
    for block, piece in zip(article.blocks, disassemble(article), strict=True):
        start, end = article.map.span(block.start, block.end)
        first, last = report.position(start)[0], report.position(end)[0]
        if first is None or last is None or any(a <= last and first <= b for a, b in ranges):
            pieces.append(piece)
    if not pieces:
        return None
    return assemble(
        article.source,
        pieces,
        metadata=article.metadata,
        structured=True,
        language=article.language,
    )


# --- baseline -------------------------------------------------------------------------------------


def _stale(path: Path, compared: baseline.Compared) -> ArticleResult:
    """Stale entries as UN003 findings at the baseline file."""
    items = []
    for entry, fp, count in compared.stale:
        listed = entry.findings[fp]
        data: dict[str, Any] = {
            "rule": "UN003", "start": 0, "end": 0, "line": 1, "column": 1, "text": "",
            "message": f"{entry.path}: {listed['rule']} “{listed['text']}” is gone ({count}); "
            "run: unspin baseline prune",
            "severity": "warning", "confidence": 1.0, "replacements": [], "applicability": None,
            "applied": False, "fingerprint": fp,
        }  # fmt: skip
        items.append(Item(path.as_posix(), None, data, 1, 1, edit=False, counts=False))
    line: dict[str, Any] = {
        "path": path.as_posix(), "output": None, "sha256": "", "title": "baseline",
        "language": "en", "words": 0, "spun_probability": 0.0, "score": 100.0, "score_after": 100.0,
        "passed": True, "review": "none", "findings": len(items), "edits": 0,
        "rules": {"UN003": len(items)},
    }  # fmt: skip
    return ArticleResult(line, tuple(items), ())


# --- cache ----------------------------------------------------------------------------------------


def _cached(source: Path, config: Config) -> Path | None:
    """Where the result for this content, place and configuration is cached."""
    try:
        raw = source.read_bytes() if source.stat().st_size <= config.max_bytes else None
    except OSError:
        return None
    if raw is None:
        return None
    key = hashlib.sha256(f"{source}\0{_settings(config)}\0".encode())
    key.update(raw)
    name = key.hexdigest()
    return cache_dir() / "results" / name[:2] / f"{name[2:]}.json"


def _settings(config: Config) -> str:
    values = {f.name: getattr(config, f.name) for f in fields(config) if f.name not in _IDLE}
    return f"{__version__}\0{sorted(values.items(), key=str)!r}\0{_installation(config)}"


@lru_cache(maxsize=4)
def _stamp(folders: tuple[str, ...]) -> str:
    """Names, sizes and times of all files below some folders."""
    key = hashlib.sha256()
    for folder in map(Path, folders):
        files = sorted(folder.rglob("*")) if folder.is_dir() else [folder]
        for file in files:
            if file.suffix in (".pyc", ".part") or not file.is_file():
                continue
            stat = file.stat()
            key.update(f"{file}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode())
    return key.hexdigest()


def _installation(config: Config) -> str:
    """Stamp of the program, the glossaries and the model: another one judges anew."""
    package = Path(__file__).resolve().parent.parent
    named = [] if config.model in ("auto", "off") else [config.model]
    return _stamp((str(package), str(data_path("glossary")), *config.glossaries, *named))


def _load(path: Path) -> list[ArticleResult] | None:
    import orjson

    try:
        data = orjson.loads(path.read_bytes())
        return [_result(a) for a in data]
    except (OSError, ValueError, KeyError, TypeError):
        return None  # a damaged entry is judged anew and written again


def _result(data: Mapping[str, Any]) -> ArticleResult:
    items = []
    for item in data["items"]:
        columns = item.pop("byte_columns")
        items.append(Item(**item, byte_columns=tuple(columns) if columns else None))
    return ArticleResult(data["row"], tuple(items), tuple(Gate(**g) for g in data["gates"]))


def _store(path: Path, results: Sequence[ArticleResult]) -> None:
    import orjson

    from unspin.running.files import write_atomic

    try:
        write_atomic(path, orjson.dumps(results))
    except OSError:
        return  # a cache that cannot be written only costs time
