"""``clean --check``: judges sources, writes nothing, answers unchanged articles from a cache."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache, lru_cache, partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unspin import __version__, baseline, gating
from unspin.article import Article, disassemble, reassemble
from unspin.baseline import Entry
from unspin.changes import CHANGED_LINES, Changes
from unspin.config import Config
from unspin.errors import InputError, readable
from unspin.evidence import Window
from unspin.findings import Finding, fingerprint
from unspin.pipeline import Cleaner
from unspin.reading import collect, is_folder
from unspin.report import Gate, Report
from unspin.resources import cache_dir, data_path
from unspin.scoring import score
from unspin.suppression import suppress, suppressing, unused_entries
from unspin.writing.formats.base import ArticleResult, Item, Run, article_result

if TYPE_CHECKING:
    from unspin.running.pool import Pool

#: Settings that change no verdict, so that they do not part cached results, and those of which a
#: result's own name holds what they say of its article: the limits of one folder part no other's.
_IDLE = frozenset({"to", "jobs", "originals", "origins", "grammar", "exclude"})
_OF_PLACES = frozenset({"gates", "folders", "suppress"})
#: Files, which count by what they hold: a checkout in another folder is the same.
_FILES = frozenset({"glossaries", "model"})
#: Fewest words of changed text that P(spun) is asked of (20 words of a whole article
#: are judged at all; a paragraph of fifty holds several places).
LEAST_CHANGED_WORDS = 50
#: Least share of the lines of a block, or of a window, that changed for it to be pasted text.
MOSTLY_CHANGED = 0.5
#: Line of a record, as paths of articles in JSON Lines end.
_RECORD = re.compile(r":\d+$")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def check(
    paths: Sequence[Path],
    cleaner: Cleaner,
    *,
    listed: Sequence[Entry] | None = None,
    baseline_path: Path | None = None,
    changes: Changes | None = None,
    note: Callable[[str], None] | None = None,
) -> Run:
    """Judges every article of a batch.

    Args:
        paths: Files and folders.
        cleaner: Does the work.
        listed: Baseline entries, or None without a baseline.
        baseline_path: Where the baseline stands, to report stale entries.
        changes: Changed lines: only findings on them gate, and only changed files are judged
            by their gates. None gates whole articles.
        note: As for `collect`.

    Returns:
        The run, with every gate evaluated.

    Raises:
        InputError: A path does not exist, or a folder holds nothing to read.
    """
    config = cleaner.config
    articles: list[ArticleResult] = []
    errors: list[tuple[str, str]] = []
    untouched: set[int] = set()
    tool: Mapping[str, Any] | None = None
    sources = collect(paths, None, config.text_field, note, config.excludes)
    lines = [changes.ranges(s) if changes is not None else None for s in sources]
    for ranges, made in zip(lines, _files(sources, lines, cleaner), strict=True):
        same = range(len(made.articles)) if ranges == () else made.untouched
        untouched.update(len(articles) + n for n in same)
        articles += made.articles
        errors += made.errors
        tool = tool or made.tool
    own: list[ArticleResult] = []
    if listed is not None:
        base = baseline_path.parent if baseline_path is not None else None
        compared = of_running_rules(compare(articles, listed, paths, config, base), config)
        articles = list(compared.articles)
        stale = _stale(compared) if config.runs("UN003") else []
        if baseline_path is not None and stale and changes is None:
            own.append(_own(baseline_path, "baseline", "UN003", stale))
    if changes is None and config.runs("UN001") and any(is_folder(p) for p in paths):
        own += _unused(articles, config)
    articles = [
        _ungated(a) if n in untouched else limited(a, config) for n, a in enumerate(articles)
    ]
    return Run((*articles, *own), tuple(errors), tool or (cleaner.tool() if articles else {}))


def _max_new(config: Config, path: str) -> int | None:
    return config.gates_for(path).max_new_findings


def limited(article: ArticleResult, config: Config) -> ArticleResult:
    """An article held against the number of new findings, where that was asked for."""
    most = _max_new(config, str(article.row["path"]))
    if most is None or any(g.name == baseline.NEW for g in article.gates):
        return article
    new = sum(i.counts and baseline.counted(i) for i in article.items)
    gate = Gate(baseline.NEW, float(new), float(most), new <= most)
    row = {**article.row, "passed": article.passed and gate.passed}
    return replace(article, row=row, gates=(*article.gates, gate))


@dataclass(frozen=True)
class _Made:
    """What came of one file.

    Args:
        articles: Its articles.
        errors: Path and reason of what could not be read.
        tool: Name, version, model and glossary.
        untouched: Articles, by index, that no changed line belongs to.
    """

    articles: list[ArticleResult]
    errors: list[tuple[str, str]]
    tool: Mapping[str, Any] | None = None
    untouched: tuple[int, ...] = ()


_Ranges = Sequence[tuple[int, int]] | None


def _files(sources: Sequence[Path], lines: Sequence[_Ranges], cleaner: Cleaner) -> list[_Made]:
    """What comes of each file: from the cache, else judged here or in worker processes."""
    config = cleaner.config
    found: dict[int, _Made] = {}
    for n, (source, ranges) in enumerate(zip(sources, lines, strict=True)):
        cached = None if ranges else _cached(source, config)
        known = None if cached is None else _load(cached)
        if known is not None:
            found[n] = known
    left = [n for n in range(len(sources)) if n not in found]
    from unspin.running.batch import CHUNK, died, many_records, workers

    large = [n for n in left if many_records(sources[n])]
    if config.jobs == 1 or (len(left) < 2 and not large):
        for n in left:
            found[n] = _file(sources[n], cleaner, lines[n])
        return [found[n] for n in range(len(sources))]
    with workers(config, True) as pool:
        small = [n for n in left if n not in large]
        size = max(1, min(CHUNK, len(small) // 4))
        todo = [(sources[n], lines[n]) for n in small]
        parts = [todo[i : i + size] for i in range(0, len(todo), size)]
        made = chain.from_iterable(pool.results(_files_in_worker, parts)) if pool else None
        for n in small:
            one = next(made) if made else _file(sources[n], cleaner, lines[n])
            error = died(readable(sources[n]))
            found[n] = one or _Made([], [(error.path, error.reason)])
        for n in large:
            found[n] = _file(sources[n], cleaner, lines[n], pool)
    return [found[n] for n in range(len(sources))]


def _files_in_worker(files: Sequence[tuple[Path, _Ranges]]) -> list[_Made]:
    from unspin.running.batch import worker

    return [_file(source, worker(), ranges) for source, ranges in files]


def _file(source: Path, cleaner: Cleaner, ranges: _Ranges, pool: Pool | None = None) -> _Made:
    """Judges one file, and caches the result where the whole of it counts."""
    from unspin.running.batch import articles, guarded, spread

    cached = None if ranges else _cached(source, cleaner.config)
    results: list[ArticleResult] = []
    errors: list[tuple[str, str]] = []
    untouched: list[int] = []
    lines: list[bytes] | None = None
    judge = partial(_judged, cleaner=cleaner, ranges=ranges)
    read = articles(source, cleaner.config)
    made: Iterable[tuple[Article | InputError, ArticleResult | InputError]]
    made = ((article, guarded(article, judge)) for article in read)
    if pool is not None:
        made = spread(read, partial(_judged_in_worker, ranges=ranges), pool, {})
    for article, result in made:
        if isinstance(result, InputError):
            errors.append((result.path, result.reason))
            continue
        assert isinstance(article, Article)  # else its error is the result
        record = article.source.record
        if ranges and record is not None:
            lines = article.source.raw.splitlines() if lines is None else lines
            if not _record_changed(lines, record, ranges):
                untouched.append(len(results))
        results.append(result)
    whole = _Made(results, errors, cleaner.tool(), tuple(untouched))
    if cached is not None and not errors:
        _store(cached, whole)
    return whole


def _judged(article: Article, cleaner: Cleaner, ranges: _Ranges) -> ArticleResult:
    report = cleaner.clean(article)
    result = article_result(report)
    if ranges and article.source.record is None:
        result = _on_changed(result, report, cleaner, ranges)
    return result


def _judged_in_worker(
    records: Sequence[tuple[Article, Any]], ranges: _Ranges
) -> list[ArticleResult | InputError]:
    from unspin.running.batch import guarded, worker

    judge = partial(_judged, cleaner=worker(), ranges=ranges)
    return [guarded(article, judge) for article, _ in records]


# --- changed lines --------------------------------------------------------------------------------


def _ungated(article: ArticleResult) -> ArticleResult:
    """An article that did not change: shown, never failed."""
    items = tuple(replace(i, counts=False) for i in article.items)
    return replace(article, items=items, gates=(), row={**article.row, "passed": True})


def _record_changed(lines: Sequence[bytes], record: int, ranges: Sequence[tuple[int, int]]) -> bool:
    """Whether a record gates: it is an article of its own, and as a whole on a changed line.

    In a JSON file whose records are not its lines nothing tells them apart: all of them gate.
    """
    import orjson

    if not lines:  # the file was read line by line
        return any(a <= record <= b for a, b in ranges)
    try:
        by_line = isinstance(orjson.loads(lines[record - 1]), dict)
    except (ValueError, IndexError):
        return True
    return not by_line or any(a <= record <= b for a, b in ranges)


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
    """Gates of the blocks that hold changed lines, judged as a text of their own.

    By severity count as well the findings of the whole article that stand on those lines: what is
    said twice, or a suppression without a reason, shows in no part of it.
    """
    if report.before is None:
        return report.gates  # that it cannot be judged, where such articles shall fail
    config = cleaner.config
    of_the_whole = _of_the_whole(report, ranges)
    part = _changed_part(report, ranges, 0.0)
    counted = p = None
    only_in_part: tuple[Finding, ...] = ()
    if part is not None:
        p = _pasted_probability(report, cleaner, ranges)
        found = _of_the_part(report, part, p, cleaner, ranges)
        counted = score(part.text, found, p or 0.0, grammar_ran=False)
        only_in_part = tuple(_only_in_part(report, part, found))
    elif titles := [f for f in of_the_whole if f.family == "SP" and f.source_span is not None]:
        counted = score("", titles, 0.0, grammar_ran=False)  # in front matter, outside of blocks
    out = gating.evaluate(
        gating.effective(config.gates_for(report.article.source.path), check=True),
        counted,
        p,
        [*of_the_whole, *only_in_part],
        _pasted_windows(report, ranges),
        judged=True,
        fail_unjudged=config.non_english == "fail",
        where=report.where,
    )
    return tuple(replace(g, name=f"{CHANGED_LINES}{g.name}") for g in out)


def _pasted_probability(
    report: Report, cleaner: Cleaner, ranges: Sequence[tuple[int, int]]
) -> float | None:
    """P(spun) of what was pasted; None where it is too little to tell."""
    quiet = suppress(report.article, (), cleaner.config).quiet  # what is accepted is no evidence
    # A typo mended in an old paragraph does not make the paragraph a pasted one.
    pasted = _changed_part(report, ranges, MOSTLY_CHANGED, quiet)
    if pasted is None or pasted.words < LEAST_CHANGED_WORDS:
        return None
    return cleaner.judge(pasted).gated_probability


def _pasted_windows(report: Report, ranges: Sequence[tuple[int, int]]) -> list[Window]:
    """Windows of the article most of which changed: one spun paragraph among many new ones.

    The windows of the changed blocks would cut them where no author did.
    """
    places = report.article.map
    return [
        w
        for w in report.gated_windows
        if _share(report, *places.span(w.start, w.end), ranges) >= MOSTLY_CHANGED
    ]


def _of_the_part(
    report: Report,
    part: Article,
    pasted: float | None,
    cleaner: Cleaner,
    ranges: Sequence[tuple[int, int]],
) -> list[Finding]:
    """Findings on changed lines in the blocks that hold them."""
    judged = cleaner.judge(
        part, spun_probability=max(pasted or 0.0, report.spun_probability or 0.0)
    )
    return [
        f
        for f in judged.findings
        if f.family not in ("CQ", "ST", "UN") and _on_lines(report, part, f, ranges)
    ]


def _of_the_whole(report: Report, ranges: Sequence[tuple[int, int]]) -> list[Finding]:
    """Findings of the whole article on changed lines; those about its contents are on no line."""
    return [
        f
        for f in report.findings
        if f.family != "CQ" and _share(report, *report.place(f), ranges) > 0
    ]


def _only_in_part(report: Report, part: Article, found: Sequence[Finding]) -> Iterator[Finding]:
    """Findings in the blocks with changed lines that the whole article does not show."""
    known = {(f.rule, report.place(f)) for f in report.findings}
    for finding in found:
        place = finding.source_span or part.map.span(finding.start, finding.end)
        if (finding.rule, place) not in known:
            yield finding


def _on_lines(
    report: Report, part: Article, finding: Finding, ranges: Sequence[tuple[int, int]]
) -> bool:
    """Whether a finding in the blocks with changed lines stands on one of those lines."""
    start, end = finding.source_span or part.map.span(finding.start, finding.end)
    return _share(report, start, end, ranges) > 0


def _share(report: Report, start: int, end: int, ranges: Sequence[tuple[int, int]]) -> float:
    """Share of the lines of a source span that changed; all where lines are not known."""
    first, last = report.position(start)[0], report.position(end)[0]
    if first is None or last is None:
        return 1.0
    changed = sum(any(a <= n <= b for a, b in ranges) for n in range(first, last + 1))
    return changed / (last - first + 1)


def _changed_part(
    report: Report,
    ranges: Sequence[tuple[int, int]],
    least: float,
    quiet: Sequence[tuple[int, int]] = (),
) -> Article | None:
    """The blocks of which some lines changed, and at least a share of them; None without any.

    Args:
        report: Of the whole article.
        ranges: Changed lines.
        least: That share.
        quiet: Source spans; a block that lies mostly in them is left out.
    """
    article = report.article
    pieces = []
    for block, piece in zip(article.blocks, disassemble(article), strict=True):
        start, end = article.map.span(block.start, block.end)
        share = _share(report, start, end, ranges)
        covered = sum(max(0, min(b, end) - max(a, start)) for a, b in quiet)
        if share > 0 and share >= least and not (covered and 2 * covered >= end - start):
            pieces.append(piece)
    if not pieces:
        return None
    return reassemble(article, pieces, repairs=(), structured=True)


# --- findings about the tool's own files ----------------------------------------------------------


def _stale(compared: baseline.Compared) -> list[tuple[str, str]]:
    """Message and fingerprint of each stale finding, and of each article that is gone."""
    out = []
    away = {id(e) for e in compared.gone}
    for entry in compared.gone:
        message = f"{entry.path} is gone; run: unspin baseline prune"
        out.append((message, fingerprint("UN003", entry.path, 0, len(entry.path))))
    for entry, fp, count in compared.stale:
        if id(entry) in away:
            continue
        listed = entry.findings[fp]
        what = f"{entry.path}: {listed['rule']} “{listed['text']}” is gone ({count})"
        out.append((f"{what}; run: unspin baseline prune", fp))
    return out


def compare(
    articles: Sequence[ArticleResult],
    listed: Sequence[Entry],
    named: Sequence[Path],
    config: Config,
    base: Path | None,
) -> baseline.Compared:
    """Holds a run against a baseline, as its configuration says.

    Args:
        articles: What the run found.
        listed: The baseline.
        named: Files and folders that the run was asked for.
        config: Effective configuration.
        base: Folder of the baseline.

    Returns:
        What of the run is new, and what of the baseline is no longer there.
    """
    looked = _Looked(named, config)
    return baseline.compare(
        articles,
        listed,
        lambda p: _max_new(config, p) or 0,
        base=base,
        gone=looked.gone,
        elsewhere=looked.elsewhere,
    )


def of_running_rules(compared: baseline.Compared, config: Config) -> baseline.Compared:
    """The same without what rules that do not run would have found: of that nothing is known."""
    away = {id(e) for e in compared.gone}
    stale = tuple(
        (entry, fp, count)
        for entry, fp, count in compared.stale
        if id(entry) in away or config.runs(entry.findings[fp]["rule"])
    )
    return replace(compared, stale=stale)


class _Looked:
    """Where a run looked for articles: what it did not meet there is gone, and elsewhere is not.

    Args:
        named: Files and folders that the run was asked for.
        config: Says what is passed over, and which JSON holds articles.
    """

    def __init__(self, named: Sequence[Path], config: Config) -> None:
        met = collect(named, text_field=config.text_field, excluded=config.excludes)
        # realpath: Path.resolve raises where links go round
        self._folder = cache(os.path.realpath)
        self._sources = {self._real(s) for s in met}
        self._roots = [Path(os.path.realpath(n)) for n in named]

    def gone(self, path: Path) -> bool:
        """Whether a listed article that nothing answers to is not there any more.

        Args:
            path: Where it stood, with its line in a file of records.
        """
        file, record = self._file(path)
        there = _there(file)
        if there is None:
            return False  # it lies where nobody may look
        if there:
            return record and file in self._sources
        return any(file.is_relative_to(r) for r in self._roots)

    def elsewhere(self, path: Path) -> bool:
        """Whether a listed article is there, in a file that the run did not look at."""
        file, _ = self._file(path)
        return file not in self._sources and _there(file) is not False

    def _file(self, path: Path) -> tuple[Path, bool]:
        """The file of an article, and whether it is a record in it."""
        record = _RECORD.search(path.name)
        file = path.with_name(path.name[: record.start()]) if record else path
        return self._real(file), bool(record)

    def _real(self, path: Path) -> Path:
        """Where a file stands, links above it resolved: a link to a file is its own article."""
        return Path(self._folder(path.parent), path.name)


def _there(file: Path) -> bool | None:
    """Whether a file exists; None where that cannot be known."""
    try:
        return file.exists()
    except OSError:
        return None


def _unused(articles: Sequence[ArticleResult], config: Config) -> list[ArticleResult]:
    """Suppressions of the configuration that accepted nothing in the folders that were judged."""
    judged = [str(a.row["path"]) for a in articles if a.row["score"] is not None]
    used = {n for a in articles for n in a.suppressions}
    found = []
    for n in unused_entries(config, judged, used):
        entry = config.suppress[n]
        where = entry.get("path", "*")
        message = f"The suppression of {entry['rule']} in {where} suppresses nothing; remove it."
        found.append((message, fingerprint("UN001", f"{entry['rule']} {where}", 0, 0)))
    path = Path(config.origins.get("suppress", "unspin.toml"))
    with contextlib.suppress(ValueError):
        path = path.relative_to(Path.cwd())
    return [_own(path, "configuration", "UN001", found)] if found else []


def _own(path: Path, title: str, rule: str, found: Sequence[tuple[str, str]]) -> ArticleResult:
    """Messages about one of the tool's own files; every format shows them, and none fails a run."""
    items = []
    for message, fp in found:
        data: dict[str, Any] = {
            "rule": rule, "start": 0, "end": 0, "line": 1, "column": 1, "text": "",
            "message": message, "severity": "warning", "confidence": 1.0, "replacements": [],
            "applicability": None, "applied": False, "fingerprint": fp,
        }  # fmt: skip
        items.append(Item(path.as_posix(), None, data, 1, 1, edit=False))
    line: dict[str, Any] = {
        "path": path.as_posix(), "output": None, "sha256": "", "title": title,
        "language": "en", "words": 0, "spun_probability": 0.0, "score": 100.0, "score_after": 100.0,
        "passed": True, "review": "none", "findings": len(items), "edits": 0,
        "rules": {rule: len(items)},
    }  # fmt: skip
    return ArticleResult(line, tuple(items), (), own=True)


# --- cache ----------------------------------------------------------------------------------------


def _cached(source: Path, config: Config) -> Path | None:
    """Where the result for this content, place and configuration is cached."""
    try:
        fits = source.is_file() and source.stat().st_size <= config.max_bytes
        raw = source.read_bytes() if fits else None
    except OSError:
        return None
    if raw is None:
        return None
    # Limits and suppressions of folders depend on where the file stands, not on how it is named.
    accepted = [(n, sorted(config.suppress[n].items())) for n in suppressing(str(source), config)]
    place = f"{source}\0{config.gates_for(str(source))!r}\0{accepted}"
    # surrogatepass: a name may hold bytes that are no UTF-8
    key = hashlib.sha256(f"{place}\0{_settings(config)}\0".encode("utf-8", "surrogatepass"))
    key.update(raw)
    name = key.hexdigest()
    try:
        return cache_dir() / "results" / name[:2] / f"{name[2:]}.json"
    except OSError:
        return None  # no folder for caches can be made here


def _settings(config: Config) -> str:
    apart = _IDLE | _OF_PLACES | _FILES
    values = {f.name: getattr(config, f.name) for f in fields(config) if f.name not in apart}
    values["model"] = config.model if config.model in ("auto", "off") else "named"
    return f"{__version__}\0{sorted(values.items(), key=str)!r}\0{_installation(config)}"


def _installation(config: Config) -> str:
    """Digest of the program, the glossaries and the model: another one judges anew."""
    package = Path(__file__).resolve().parent.parent
    named = [] if config.model in ("auto", "off") else [config.model]
    shipped = (str(data_path("glossary")), str(data_path("model")))
    return _content((str(package), *shipped, *config.glossaries, *named))


@lru_cache(maxsize=4)
def _content(folders: tuple[str, ...]) -> str:
    """Digest of all files below some folders, wherever and whenever they were put there.

    CI installs anew for every run, so that times tell nothing between runs; between two runs on one
    machine they do, and spare reading all files.
    """
    from unspin.staging import write_atomic

    files = [(f, tuple(_below(Path(f)))) for f in folders]
    try:
        noted = cache_dir() / "installations" / _stamp(files)
        known = noted.read_bytes().decode("ascii", "replace") if noted.is_file() else ""
    except OSError:
        noted, known = None, ""
    if _DIGEST.fullmatch(known):
        return known
    key = hashlib.sha256()
    for folder, below in files:
        for file in below:
            data = file.read_bytes()
            name = file.relative_to(folder).as_posix()
            key.update(f"{name}\0{len(data)}\0".encode("utf-8", "surrogatepass"))
            key.update(data)
        key.update(b"\0\0")
    digest = key.hexdigest()
    if noted is not None:
        with contextlib.suppress(OSError):
            write_atomic(noted, digest.encode("ascii"))
    return digest


def _below(folder: Path) -> Iterable[Path]:
    """Files that say what is installed: none that Python or a download writes meanwhile."""
    files = sorted(folder.rglob("*")) if folder.is_dir() else [folder]
    return (
        f for f in files if "__pycache__" not in f.parts and f.suffix != ".part" and f.is_file()
    )


def _stamp(files: Sequence[tuple[str, Sequence[Path]]]) -> str:
    """Digest of names, sizes and times of files."""
    key = hashlib.sha256()
    for folder, below in files:
        key.update(f"{folder}\0".encode("utf-8", "surrogatepass"))
        for file in below:
            stat = file.stat()
            entry = f"{file}\0{stat.st_size}\0{stat.st_mtime_ns}\0"
            key.update(entry.encode("utf-8", "surrogatepass"))
    return key.hexdigest()


def _load(path: Path) -> _Made | None:
    import orjson

    try:
        data = orjson.loads(path.read_bytes())
        return _Made([_result(a) for a in data["articles"]], [], dict(data["tool"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # a damaged entry is judged anew and written again


def _result(data: Mapping[str, Any]) -> ArticleResult:
    items = []
    for item in data["items"]:
        columns = item.pop("byte_columns")
        items.append(Item(**item, byte_columns=tuple(columns) if columns else None))
    gates = tuple(Gate(**g) for g in data["gates"])
    return ArticleResult(
        data["row"], tuple(items), gates, tuple(data["suppressions"]), data["digest"]
    )


def _store(path: Path, made: _Made) -> None:
    import orjson

    from unspin.staging import write_atomic

    try:
        write_atomic(path, orjson.dumps({"tool": made.tool, "articles": made.articles}))
    except OSError:
        return  # a cache that cannot be written only costs time
