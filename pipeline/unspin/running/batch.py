"""A batch of files: read, clean, write, sum up. One unreadable file does not stop the rest."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unspin.article import Article
from unspin.config import Config
from unspin.errors import InputError, readable
from unspin.pipeline import Cleaner, Draft
from unspin.reading import collect, read_path
from unspin.reading.encoding import encode
from unspin.report import Report, dump
from unspin.running.files import Target, keep_original, plan, write_atomic
from unspin.writing import render
from unspin.writing.summary import row, summary, worklist, worklist_rows
from unspin.writing.tree import review

if TYPE_CHECKING:
    from concurrent.futures import Executor

Neighbours = Mapping[str, tuple[tuple[str, float], ...]]
#: Files handed to a worker at a time.
CHUNK = 8


@dataclass
class Result:
    """What came of a batch.

    Args:
        rows: One line per article, as in the summary.
        errors: Path and reason of each source that could not be read or written.
        summary: The summary's data, once the batch is done.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether every gate of every article held."""
        return all(r["passed"] for r in self.rows)


@dataclass(frozen=True)
class FileReports:
    """Everything that came of one source file."""

    target: Target
    reports: tuple[Report, ...]
    errors: tuple[InputError, ...]


def reports(
    paths: Sequence[Path],
    config: Config,
    cleaner: Cleaner,
    *,
    out: Path | None = None,
    seen: Callable[[int, int], None] | None = None,
    in_place: bool = False,
) -> Iterator[FileReports]:
    """Judges and fixes every article of a batch, in the order of the files.

    Args:
        paths: Files and folders.
        config: Effective configuration.
        cleaner: Does the work; its grammar server serves the whole batch.
        out: Output folder, whose files are no inputs.
        seen: Called with (files done, files in all).
        in_place: Whether the sources themselves are edited.

    Raises:
        InputError: A path does not exist, or a folder holds nothing to read.
    """
    sources = collect(paths, out)
    targets = plan(sources, paths, in_place=in_place)
    near = _neighbours(sources, config) if len(sources) > 1 else {}
    done = 0
    with workers(config, cleaner.check) as executor:
        for batch in _chunks(targets):
            drafted = _drafts([t.source for t in batch], config, cleaner, near, executor)
            yield from _finished(batch, drafted, cleaner)
            done += len(batch)
            if seen:
                seen(done, len(targets))


def _finished(
    batch: Sequence[Target],
    drafted: Sequence[list[Draft | InputError]],
    cleaner: Cleaner,
) -> Iterator[FileReports]:
    """Grammar, score and report for the drafts of some files, in one go."""
    good = [[d for d in items if isinstance(d, Draft)] for items in drafted]
    made = iter(list(cleaner.finish(d for items in good for d in items)))
    for target, items, all_items in zip(batch, good, drafted, strict=True):
        bad = tuple(e for e in all_items if isinstance(e, InputError))
        yield FileReports(target, tuple(next(made) for _ in items), bad)


def _chunks(targets: Sequence[Target]) -> Iterator[Sequence[Target]]:
    size = CHUNK * 2
    for i in range(0, len(targets), size):
        yield targets[i : i + size]


def _neighbours(sources: Sequence[Path], config: Config) -> Neighbours:
    """Near-duplicates between the articles of a batch, by path (and record)."""
    from unspin.running.duplicates import neighbours

    texts = []
    for source in sources:
        for article in read_path(source, config):
            if isinstance(article, Article) and article.judged:
                texts.append((_name(article), article.text))
    return neighbours(texts)


def _name(article: Article) -> str:
    record = article.source.record
    return article.source.path if record is None else f"{article.source.path}:{record}"


# --- drafting, here or in worker processes -------------------------------------------------------


class _Nobody:
    """Stands where a pool would: the work is done in this process."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *exc: object) -> None:
        return None


def workers(config: Config, check: bool) -> Executor | _Nobody:
    """A pool of ``config.jobs`` processes that each hold a `worker`; nobody for one job."""
    jobs = config.jobs or os.cpu_count() or 1
    if jobs == 1:
        return _Nobody()
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # spawn: onnxruntime's threads do not survive a fork
    return ProcessPoolExecutor(
        jobs,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start_worker,
        initargs=(config, check),
    )


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
    config: Config,
    cleaner: Cleaner,
    near: Neighbours,
    executor: Executor | None,
) -> list[list[Draft | InputError]]:
    if executor is None:
        return [_draft_file(s, cleaner, near) for s in sources]
    size = max(1, len(sources) // (2 * (config.jobs or os.cpu_count() or 1)))
    parts = [sources[i : i + size] for i in range(0, len(sources), size)]
    futures = [executor.submit(_work, part, near) for part in parts]
    return [items for future in futures for items in future.result()]


def _draft_file(source: Path, cleaner: Cleaner, near: Neighbours) -> list[Draft | InputError]:
    out: list[Draft | InputError] = []
    try:
        for article in read_path(source, cleaner.config):
            if isinstance(article, InputError):
                out.append(article)
            else:
                out.append(cleaner.draft(article, near.get(_name(article), ())))
    except InputError as error:
        out.append(error)
    return out


# --- writing --------------------------------------------------------------------------------------


def clean_batch(
    paths: Sequence[Path],
    out: Path,
    config: Config,
    cleaner: Cleaner,
    *,
    seen: Callable[[int, int], None] | None = None,
    each: Callable[[Report], None] | None = None,
    in_place: bool = False,
) -> Result:
    """Cleans files into a folder: articles, reports, originals, summary, worklist.

    Args:
        paths: Files and folders.
        out: Output folder; made where it does not exist.
        config: Effective configuration.
        cleaner: Does the work.
        seen: Called with (files done, files in all).
        each: Called with each report.
        in_place: Write the safe fixes into the sources instead of articles into `out`.

    Returns:
        Rows and errors; the summary is also written to ``out/report.json``.

    Raises:
        InputError: A path does not exist, or a folder holds nothing to read.
    """
    result = Result()
    open_rows: list[list[str]] = []
    for made in reports(paths, config, cleaner, out=out, seen=seen, in_place=in_place):
        result.errors += [(e.path, e.reason) for e in made.errors]
        if not made.reports:
            continue
        try:
            written = _write(made, out, config, in_place)
        except InputError as error:
            result.errors.append((error.path, error.reason))
            continue
        except OSError as error:
            where = readable(error.filename or out)
            result.errors.append((where, f"cannot be written ({error.strerror}); check the folder"))
            continue
        for report in made.reports:
            data = report.to_dict()
            result.rows.append(row(data, review(report)["review"], written))
            open_rows += worklist_rows(data)
            if each:
                each(report)
    result.summary = summary(result.rows, result.errors, cleaner.tool())
    try:
        write_atomic(out / "report.json", dump(result.summary))
        write_atomic(out / "worklist.csv", worklist(open_rows).encode("utf-8"))
    except OSError as error:
        why = f"cannot be written ({error.strerror}); check the folder"
        result.errors.append((readable(out), why))
    return result


def _write(made: FileReports, out: Path, config: Config, in_place: bool) -> str:
    """Writes one source's article and report; returns the article's path as the summary shows it.

    The original and the report are written before the source is touched: whatever interrupts the
    run, `undo` has what it needs.
    """
    first = made.reports[0]
    source = first.article.source
    records = source.record is not None
    if in_place:
        edited = edited_bytes(first)
    if config.originals and source.raw:
        keep_original(out, source.sha256, source.raw)
    data = [r.to_dict() for r in made.reports]
    report = b"".join(map(_line, data)) if records else dump(data[0])
    if in_place:
        write_atomic(out / made.target.report(records), report)
        if edited != source.raw:
            # Through a link: the file that it names is the source, and stays what it is.
            write_atomic(made.target.source.resolve(), edited)
        return readable(made.target.source)
    article = made.target.article("jsonl" if records else config.to)
    if records:
        body = b"".join(record_line(r, config.to) for r in made.reports)
    else:
        body = render(first, config.to).encode("utf-8")
    write_atomic(out / article, body)
    write_atomic(out / made.target.report(records), report)
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
    """One record of a JSON Lines output: its fields, the restored text, the review state."""
    from unspin.writing.json import tree
    from unspin.writing.markdown import render_body

    source = report.article.source
    record = dict(source.extra)
    name = source.field or "text"
    if to == "json":
        record[name] = tree(report)
    elif to == "md":
        record[name] = render_body(report)
    else:
        record[name] = render(report, to)
    return _line({**record, **review(report)})


def _line(data: Mapping[str, Any]) -> bytes:
    import orjson

    return orjson.dumps(data, option=orjson.OPT_APPEND_NEWLINE)
