"""A batch of files: read, clean, write, sum up. No file stops the rest: unreadable, or a crash."""

from __future__ import annotations

import errno
import hashlib
import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from unspin.article import Article
from unspin.config import Config
from unspin.errors import InputError, UnspinError, readable
from unspin.pipeline import GRAMMAR_BATCH, Cleaner, Draft
from unspin.reading import collect, read_path
from unspin.reading.detect import format_of
from unspin.reading.encoding import encode
from unspin.report import Report, dump
from unspin.running import decisions, earlier
from unspin.running.files import (
    SUMMARY,
    Target,
    keep_original,
    plan,
    refuse_overwriting,
)
from unspin.running.records import RecordWriter, json_line
from unspin.running.streams import held_back
from unspin.staging import write_atomic, write_together
from unspin.writing import render
from unspin.writing.summary import row, summary, worklist_rows
from unspin.writing.tree import review

if TYPE_CHECKING:
    from unspin.running.pool import Pool

T = TypeVar("T")
Near = tuple[tuple[str, float], ...]
Neighbours = Mapping[str, Near]
#: Characters of an exception's message that are shown.
LONGEST_FAULT = 200
#: What to do where a file cannot be written.
_REMEDIES = {
    errno.ENOSPC: "make room there",
    errno.EDQUOT: "make room there",
    errno.EFBIG: "make room there",
    errno.ENAMETOOLONG: "shorten the name of the source",
}
#: Files, or records of a file, handed to a worker at a time.
CHUNK = 8
#: Size of a file from which its records are spread over the workers.
MANY_BYTES = 65_536


@dataclass
class Result:
    """What came of a batch.

    Args:
        rows: One line per article, as in the summary.
        errors: Path and reason of each source that could not be read or written.
        summary: The summary's data, once the batch is done.
        stored: Whether the summary was written.
        notes: What a person should know of their decisions in an earlier worklist.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)
    stored: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether every gate of every article held."""
        return all(r["passed"] for r in self.rows)


@dataclass(frozen=True)
class FileReports:
    """What comes of one source file.

    Args:
        target: Where its outputs go.
        made: A report, or an error, for each article; of a large file of records each is made when
            it is asked for.
    """

    target: Target
    made: Iterable[Report | InputError]


def reports(
    paths: Sequence[Path],
    config: Config,
    cleaner: Cleaner,
    *,
    out: Path | None = None,
    seen: Callable[[int, int], None] | None = None,
    note: Callable[[str], None] | None = None,
    in_place: bool = False,
    write: bool = False,
) -> Generator[FileReports, None, None]:
    """Judges and fixes every article of a batch, in the order of the files.

    Args:
        paths: Files and folders.
        config: Effective configuration.
        cleaner: Does the work; its grammar server serves the whole batch.
        out: Output folder, whose files are no inputs.
        seen: Called with (files done, files in all).
        note: As for `collect`.
        in_place: Whether the sources themselves are edited.
        write: Whether the targets shall be written.

    Raises:
        InputError: A folder holds nothing to read, or an output would replace a source.
    """
    sources = collect(paths, out, config.text_field, note, config.excludes)
    free = _free(out if in_place else None)
    targets = plan(sources, paths, to=config.to, in_place=in_place, free=free)
    if write and out is not None:
        refuse_overwriting(targets, out, None if in_place else config.to)
    near = _neighbours(sources, config) if len(sources) > 1 else {}
    done = 0
    with workers(config, cleaner.check) as pool:
        for batch in _chunks(targets):
            whole = [t for t in batch if not many_records(t.source)]
            drafted = _drafts([t.source for t in whole], cleaner, near, pool)
            finished = _finished(whole, drafted, cleaner)
            for target in batch:
                if many_records(target.source):
                    yield FileReports(target, _records(target.source, config, cleaner, near, pool))
                else:
                    yield next(finished)
            done += len(batch)
            if seen:
                seen(done, len(targets))


def _free(out: Path | None) -> Callable[[Target], bool]:
    """Tells whether `undo` needs no report of another source where that of a target goes."""
    if out is None:
        return lambda target: True
    return lambda target: not earlier.of_another(out / target.report(False), target.source)


def _finished(
    batch: Sequence[Target],
    drafted: Sequence[list[Draft | InputError]],
    cleaner: Cleaner,
) -> Iterator[FileReports]:
    """Grammar, score and report for the drafts of some files, in one go."""
    made = iter(_reports([d for items in drafted for d in items if isinstance(d, Draft)], cleaner))
    for target, items in zip(batch, drafted, strict=True):
        done = [next(made) if isinstance(item, Draft) else item for item in items]
        yield FileReports(target, done)


def _records(
    source: Path, config: Config, cleaner: Cleaner, near: Neighbours, pool: Pool | None
) -> Generator[Report | InputError, None, None]:
    """Reports of the records of a large file, a few of which are in memory at a time."""
    drafts = _record_drafts(source, config, near, pool) if pool else _each(source, cleaner, near)
    with closing(drafts):
        while items := list(islice(drafts, GRAMMAR_BATCH)):
            made = iter(_reports([d for d in items if isinstance(d, Draft)], cleaner))
            yield from (next(made) if isinstance(item, Draft) else item for item in items)


def _reports(drafts: Sequence[Draft], cleaner: Cleaner) -> list[Report | InputError]:
    try:
        return list(cleaner.finish(drafts))
    except UnspinError:
        raise
    except Exception:
        # One of them is at fault: which one shows when each is on its own.
        return [guarded(d.article, partial(_report, d, cleaner)) for d in drafts]


def _report(draft: Draft, cleaner: Cleaner, _article: Article) -> Report:
    return next(cleaner.finish([draft]))


def _chunks(targets: Sequence[Target]) -> Iterator[Sequence[Target]]:
    size = CHUNK * 2
    for i in range(0, len(targets), size):
        yield targets[i : i + size]


def _neighbours(sources: Sequence[Path], config: Config) -> Neighbours:
    """Near-duplicates between the articles of a batch, by path (and record)."""
    from unspin.running.duplicates import neighbours

    read = chain.from_iterable(articles(source, config) for source in sources)
    return neighbours((_name(a), a.text) for a in read if isinstance(a, Article) and a.judged)


def _name(article: Article) -> str:
    record = article.source.record
    return article.source.path if record is None else f"{article.source.path}:{record}"


# --- faults --------------------------------------------------------------------------------------


def fault(path: str, error: Exception) -> InputError:
    """An exception that nobody foresaw, as an error of the file that it came with."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    at = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    what = f"{type(error).__name__}: {error}"[:LONGEST_FAULT]
    reason = f"cannot be cleaned ({' '.join(what.split())}{at})"
    return InputError(path, f"{reason}; this is a fault of unspin, please report it")


def guarded(article: Article | InputError, work: Callable[[Article], T]) -> T | InputError:
    """What the work on an article gives, or what went wrong with it.

    Args:
        article: What the work is on; an error of reading it is given back.
        work: Called with the article.

    Raises:
        UnspinError: What went wrong is not about the article.
    """
    if isinstance(article, InputError):
        return article
    try:
        return work(article)
    except InputError as error:
        return error
    except UnspinError:
        raise  # nothing about this article: a model or a server that is wrong for all
    except Exception as error:
        told = fault(article.source.path, error)
        if article.source.record is None:
            return told
        return InputError(told.path, f"line {article.source.record}: {told.reason}")


def articles(source: Path, config: Config) -> Iterator[Article | InputError]:
    """Read the articles of a file; what a reader did not foresee is an error of the file, too.

    Args:
        source: The file.
        config: Effective configuration.
    """
    try:
        yield from read_path(source, config)
    except Exception as error:
        yield error if isinstance(error, InputError) else fault(readable(source), error)


# --- drafting, here or in worker processes -------------------------------------------------------


def workers(config: Config, check: bool) -> AbstractContextManager[Pool | None]:
    """A pool of ``config.jobs`` processes that each hold a `worker`; nobody for one job."""
    jobs = config.jobs or os.cpu_count() or 1
    if jobs == 1:
        return nullcontext()
    from unspin.running.pool import Pool

    return Pool(jobs, _start_worker, (config, check))


_worker: Cleaner | None = None


def _start_worker(config: Config, check: bool) -> None:
    global _worker
    # the one grammar server belongs to the parent
    _worker = Cleaner(replace(config, grammar="off"), check=check)


def worker() -> Cleaner:
    """The cleaner of this worker process."""
    assert _worker is not None
    return _worker


def _work(sources: Sequence[Path], near: Neighbours) -> list[list[Draft | InputError]]:
    return [_draft_file(s, worker(), near) for s in sources]


def _drafts(
    sources: Sequence[Path],
    cleaner: Cleaner,
    near: Neighbours,
    pool: Pool | None,
) -> list[list[Draft | InputError]]:
    if pool is None:
        return [_draft_file(s, cleaner, near) for s in sources]
    size = max(1, len(sources) // (2 * pool.jobs))
    parts = [sources[i : i + size] for i in range(0, len(sources), size)]
    found = chain.from_iterable(pool.results(partial(_work, near=near), parts))
    return [
        [died(readable(source))] if items is None else items
        for source, items in zip(sources, found, strict=True)
    ]


def _record_drafts(
    source: Path, config: Config, near: Neighbours, pool: Pool
) -> Generator[Draft | InputError, None, None]:
    for article, made in spread(articles(source, config), _drafted, pool, near):
        if isinstance(made, Draft) and isinstance(article, Article):
            own = article.source
            restored = made.fixed.article.with_(source=own)
            fixed = replace(made.fixed, article=restored)
            made = replace(made, article=made.article.with_(source=own), fixed=fixed)
        yield made


def _drafted(records: Sequence[tuple[Article, Near]]) -> list[Draft | InputError]:
    cleaner = worker()
    _ = cleaner.glossary, cleaner.model  # as in `_draft_file`
    return [guarded(a, partial(cleaner.draft, neighbours=near)) for a, near in records]


def many_records(source: Path) -> bool:
    """Whether a file may hold so many records that several workers are worth it."""
    try:
        large = source.stat().st_size > MANY_BYTES
    except OSError:
        return False
    return large and (format_of(source.name) or "jsonl") == "jsonl"


def spread(
    read: Iterable[Article | InputError],
    work: Callable[[Sequence[tuple[Article, Near]]], Sequence[T | InputError]],
    pool: Pool,
    near: Neighbours,
) -> Iterator[tuple[Article | InputError, T | InputError]]:
    """Articles of one file with what workers make of them, in their order.

    Args:
        read: The articles; an error among them goes to no worker.
        work: What a worker makes of some articles, each with its near-duplicates.
        pool: The workers.
        near: Near-duplicates.
    """
    waiting: deque[Article | InputError] = deque()
    for results in pool.results(work, _parts(read, near, waiting)):
        for one in results:
            while isinstance(item := waiting.popleft(), InputError):
                yield item, item
            yield item, one or died(item.source.path, item.source.record)
    # errors behind the last article
    yield from ((item, item) for item in waiting if isinstance(item, InputError))


def _parts(
    read: Iterable[Article | InputError],
    near: Neighbours,
    waiting: deque[Article | InputError],
) -> Iterator[list[tuple[Article, Near]]]:
    """Articles in the portions that workers get; what was read is noted in `waiting`."""
    part: list[tuple[Article, Near]] = []
    for item in read:
        waiting.append(item)
        if isinstance(item, InputError):
            continue
        # The records may share the bytes of their file, which no worker needs.
        lean = item.with_(source=replace(item.source, raw=b""))
        part.append((lean, near.get(_name(item), ())))
        if len(part) == CHUNK:
            yield part
            part = []
    if part:
        yield part


def died(path: str, record: int | None = None) -> InputError:
    """The error of what ended the worker process that was at it, twice.

    Args:
        path: The file.
        record: Its line in JSON Lines.
    """
    line = "" if record is None else f"line {record}: "
    why = "a worker process ended before its time at this (no memory?)"
    return InputError(path, f"{line}{why}; run it again with --jobs 1")


def _draft_file(source: Path, cleaner: Cleaner, near: Neighbours) -> list[Draft | InputError]:
    return list(_each(source, cleaner, near))


def _each(
    source: Path, cleaner: Cleaner, near: Neighbours
) -> Generator[Draft | InputError, None, None]:
    # What is wrong with these is wrong for every file, and ends the run.
    _ = cleaner.glossary, cleaner.model

    def draft(article: Article) -> Draft:
        return cleaner.draft(article, near.get(_name(article), ()))

    for article in articles(source, cleaner.config):
        yield guarded(article, draft)


# --- writing --------------------------------------------------------------------------------------


def clean_batch(
    paths: Sequence[Path],
    out: Path,
    config: Config,
    cleaner: Cleaner,
    *,
    seen: Callable[[int, int], None] | None = None,
    each: Callable[[Report], None] | None = None,
    note: Callable[[str], None] | None = None,
    in_place: bool = False,
    write: bool = True,
    force: bool = False,
    stored: Callable[[int], None] | None = None,
) -> Result:
    """Cleans files into a folder: articles, reports, originals, summary, worklist.

    Args:
        paths: Files and folders.
        out: Output folder; made where it does not exist.
        config: Effective configuration.
        cleaner: Does the work.
        seen: Called with (files done, files in all).
        each: Called with each report; for records before their file is in place.
        note: As for `collect`.
        in_place: Write the safe fixes into the sources instead of articles into `out`.
        write: Write at all; else `out` only tells which files are no sources.
        force: Write over articles that somebody changed since they were written.
        stored: Called with the number of articles that are done with, after each file.

    Returns:
        Rows and errors; the summary is also written to ``out/report.json``.

    Raises:
        InputError: A folder holds nothing to read, or an output would replace a source.
    """
    run = _Run(out, config, Result(), in_place, write, force, each, stored)
    told: dict[str, Any] = {"seen": seen, "note": note}
    stream = reports(paths, config, cleaner, out=out, in_place=in_place, write=write, **told)
    with closing(stream):
        for made in stream:
            run.take(made)
    result = run.result
    result.summary = summary(result.rows, result.errors, cleaner.tool())
    if write:
        _write_summary(result, run.places, out)
    return result


@dataclass
class _Run:
    """Where a batch stands.

    Args:
        out: Output folder.
        config: Effective configuration.
        result: Rows and errors so far.
        in_place: As for `clean_batch`; so are `write`, `force`, `each` and `stored`.
        places: Lines of the worklist so far.
    """

    out: Path
    config: Config
    result: Result
    in_place: bool
    write: bool
    force: bool
    each: Callable[[Report], None] | None
    stored: Callable[[int], None] | None
    places: list[list[str]] = field(default_factory=list)

    def take(self, made: FileReports) -> None:
        """Writes what came of one file."""
        items = iter(made.made)
        for item in items:
            if isinstance(item, InputError):
                self.result.errors.append((item.path, item.reason))
            elif item.article.source.record is None:
                with held_back():
                    self._article(made.target, item)
                    self._count()
            else:
                self._records(made.target, chain((item,), items))
                self._count()
                return  # where they could not be written the rest is not asked for

    def _count(self) -> None:
        if self.stored:
            self.stored(len(self.result.rows))

    def _article(self, target: Target, report: Report) -> None:
        data = report.to_dict()
        written = None
        if self.write:
            try:
                written = _write(
                    target, report, data, self.out, self.config, self.in_place, self.force
                )
            except Exception as error:
                self._failed(error, target, worklist_rows(data))
                return
        self.result.rows.append(row(data, review(report)["review"], written))
        self.places += worklist_rows(data)
        if self.each:
            self.each(report)

    def _records(self, target: Target, items: Iterable[Report | InputError]) -> None:
        """Writes the records of a file one after the other; in place they are put at its end."""
        rows: list[dict[str, Any]] = []
        places: list[list[str]] = []
        written = readable(target.article(target.suffix(True, self.config.to)))
        with RecordWriter(target, self.out, self.config) as writer:
            for item in items:
                if isinstance(item, InputError):
                    self.result.errors.append((item.path, item.reason))
                    continue
                data = item.to_dict()
                if self.write:
                    try:
                        if self.in_place:
                            edited_bytes(item)  # says that it cannot be done
                        writer.add(item, data, record_line(item, self.config.to))
                    except Exception as error:
                        self._failed(error, target, ())
                        return
                rows.append(row(data, review(item)["review"], written if self.write else None))
                places += worklist_rows(data)
                if self.each:
                    self.each(item)
            if self.write:
                try:
                    writer.place(force=self.force)
                except Exception as error:
                    self._failed(error, target, places)
                    return
        self.result.rows += rows
        self.places += places

    def _failed(self, error: Exception, target: Target, places: Sequence[list[str]]) -> None:
        self.result.errors.append(_failure(error, target.source, self.out))
        if isinstance(error, earlier.ChangedOutputError):
            # The article stays as it is, and so do its open places and what was decided.
            self.places += places


def _write_summary(result: Result, places: Sequence[Sequence[str]], out: Path) -> None:
    try:
        write_atomic(out / SUMMARY, dump(result.summary))
        result.stored = True
        result.notes += decisions.write_worklist(out, places)
    except OSError as error:
        result.errors.append(_failure(error, out, out))


def _failure(error: Exception, source: Path, out: Path) -> tuple[str, str]:
    """Path and reason of what could not be written."""
    if isinstance(error, InputError):
        return error.path, error.reason
    if isinstance(error, OSError):
        where = readable(error.filename or out)
        remedy = _REMEDIES.get(error.errno or 0, "check the folder")
        why = f"cannot be written ({error.strerror or error}); {remedy}"
        return (where, why) if source == out else (readable(source), f"{where} {why}")
    told = fault(readable(source), error)
    return told.path, told.reason


def _write(
    target: Target,
    report: Report,
    data: Mapping[str, Any],
    out: Path,
    config: Config,
    in_place: bool,
    force: bool,
) -> str:
    """Writes one article and its report; returns the article's path as the summary shows it.

    The original and the report are written before the source is touched: whatever interrupts the
    run, `undo` has what it needs. Nothing is written where an article would be lost by it.
    """
    source = report.article.source
    report_path = out / target.report(False)
    edited = edited_bytes(report) if in_place else source.raw
    leads = earlier.leads_to(report_path, source.raw)
    if leads and in_place and edited == source.raw:
        # The second run of a hook: the report of the first is the one that leads back.
        return readable(target.source)
    suffix = target.suffix(False, config.to)
    article = target.article(suffix)
    written = earlier.written(report_path)
    body = b""
    if not in_place:
        body = render(report, config.to).encode("utf-8")
        digest = hashlib.sha256(body).hexdigest()
        if not force:
            earlier.refuse_changed(out / article, digest, written.get(suffix))
        written[suffix] = digest
    if leads or (in_place and earlier.needed(report_path, source.raw)):
        earlier.keep(report_path)
    if config.originals and source.raw:
        keep_original(out, source.sha256, source.raw)
    if written:
        data = {**data, earlier.WRITTEN: dict(sorted(written.items()))}
    if in_place:
        files = [(report_path, dump(data))]
        if edited != source.raw:
            # Through a link: the file that it names is the source, and stays what it is.
            files.append((target.source.resolve(), edited))
        write_together(files)
        return readable(target.source)
    write_together([(report_path, dump(data)), (out / article, body)])
    return readable(article)


def edited_bytes(report: Report) -> bytes:
    """The source file with its edits, byte for byte the same elsewhere.

    Raises:
        InputError: The offsets are not those of the file, or its encoding cannot write the result.
    """
    source = report.article.source
    if source.record is not None or source.format == "docx" or source.offsets != "source":
        what = "JSON Lines" if source.record is not None else source.format
        raise InputError(
            source.path,
            f"cannot be edited in place: offsets of this {what} source are not those of the file; "
            "clean it into a folder instead",
        )
    if not report.edits:
        return source.raw
    if encode(source.text, source.encoding, source.bom) != source.raw:
        raise InputError(
            source.path,
            f"cannot be edited in place: as {source.encoding} it does not give its own bytes "
            "again; convert it to UTF-8 first",
        )
    try:
        return encode(report.text, source.encoding, source.bom)
    except UnicodeEncodeError as error:
        raise InputError(
            source.path, f"cannot be edited in place: {error}; convert it to UTF-8 first"
        ) from error


def record_line(report: Report, to: str) -> bytes:
    """One record of a JSON Lines output: its fields, the restored text, the review state.

    A field that the record has keeps its value: the review state then goes under names of its own.
    """
    from unspin.reading.jsonl import with_text
    from unspin.writing.json import tree
    from unspin.writing.markdown import render_body

    source = report.article.source
    text: Any
    if to == "json":
        text = tree(report)
    elif to == "md":
        text = render_body(report)
    else:
        text = render(report, to)
    record = with_text(source.extra, source.field or "text", text)
    state = _review_fields(record, review(report))
    # An earlier run's state goes, so that a second run writes the fields in the same order.
    return json_line({**{k: v for k, v in record.items() if k not in state}, **state})


def _review_fields(record: Mapping[str, Any], state: Mapping[str, Any]) -> Mapping[str, Any]:
    """The review state under names that the record does not use; an earlier run's is replaced."""
    own = record.keys() >= state.keys() and record["review"] in ("none", "required")
    if own or not record.keys() & state.keys():
        return state
    return {f"unspin_{name}": value for name, value in state.items()}
