"""What every findings format is given: a run as plain values."""

from __future__ import annotations

import codecs
import hashlib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from unspin.article import Source
from unspin.edits import Edit, apply_edits
from unspin.findings import Applicability, Finding
from unspin.fixing import touchable
from unspin.paths import is_outside, seen_from
from unspin.report import Gate, Report
from unspin.source_edits import source_edits
from unspin.writing.summary import row
from unspin.writing.tree import review

SEVERITIES = ("error", "warning", "info")
#: Place of what stands in no line of the text.
_NOWHERE: Mapping[str, Any] = dict.fromkeys(("end_line", "end_column", "byte_columns"))
#: Bytes at the head of a file that tell what it holds.
_HEAD = 1024
#: Fixes that are offered; what an editor must decide is only named.
_OFFERED = (Applicability.SAFE, Applicability.SUGGESTED)


@dataclass(frozen=True, slots=True)
class Item:
    """A finding with its place.

    Args:
        path: Source path with forward slashes.
        record: 1-based line of a JSON Lines file, or number in a list of records; else None.
        data: The finding as the report shows it.
        end_line: 1-based line of its end; None where offsets are not the source's.
        end_column: 1-based column after its last code point; None likewise.
        edit: Whether start and end are offsets of the file itself.
        byte_columns: 1-based columns of start and end in bytes of a file in UTF-8, its byte order
            mark counted; None where it is no such file or they are not known.
        counts: Whether it counts for the gate (new, on changed lines, not suppressed). What is said
            of the tool's own files counts, and has no gate.
        fix: What the first replacement changes in the file, markup kept: ``start``, ``end``,
            ``line``, ``column``, ``end_line``, ``end_column``, ``byte_columns`` and the new
            ``text``; None where no fix can be offered.
        listed: Whether the record is one of a list, which are no lines.
    """

    path: str
    record: int | None
    data: Mapping[str, Any]
    end_line: int | None
    end_column: int | None
    edit: bool
    byte_columns: tuple[int, int] | None = None
    counts: bool = True
    fix: Mapping[str, Any] | None = None
    listed: bool = False

    @property
    def rule(self) -> str:
        """Rule id."""
        return str(self.data["rule"])

    @property
    def severity(self) -> str:
        """``error``, ``warning`` or ``info``."""
        return str(self.data["severity"])

    @property
    def line(self) -> int | None:
        """Line in the file: the record's for JSON Lines, else the finding's."""
        return None if self.listed else self.number

    @property
    def number(self) -> int | None:
        """The line, or the number of the record in a list."""
        return self.record or self.data["line"]

    @property
    def column(self) -> int | None:
        """Column in the file; None where the file's columns are not known."""
        return None if self.record else self.data["column"]

    @property
    def message(self) -> str:
        """The message, with the first replacement where there is one."""
        replacements = self.data["replacements"]
        text = str(self.data["message"])
        if not replacements:
            return text
        return f"{text} Remove it." if replacements[0] == "" else f"{text} → {replacements[0]}"


@dataclass(frozen=True, slots=True)
class ArticleResult:
    """One judged article: its summary line, findings and gates.

    Args:
        row: Its line of the summary.
        items: Its findings.
        gates: Limits and whether they held.
        suppressions: Entries of ``config.suppress``, by index, that accepted a finding.
        digest: Hash of the article's content: of the file, or of a record's own text.
        own: Whether it is no article, but the baseline or the configuration with what is wrong
            in it.
    """

    row: Mapping[str, Any]
    items: tuple[Item, ...]
    gates: tuple[Gate, ...]
    suppressions: tuple[int, ...] = ()
    digest: str = ""
    own: bool = False

    @property
    def path(self) -> str:
        """Source path, with the record's line for JSON Lines."""
        record = self.row.get("record")
        return str(self.row["path"]) + (f":{record}" if record else "")

    @property
    def passed(self) -> bool:
        """Whether every gate held."""
        return bool(self.row["passed"])


@dataclass(frozen=True)
class Run:
    """All articles of a run.

    Args:
        articles: In the order of the files.
        errors: Path and reason of each source that could not be read.
        tool: Name, version, model and glossary.
    """

    articles: Sequence[ArticleResult]
    errors: Sequence[tuple[str, str]] = ()
    tool: Mapping[str, Any] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether every gate held and every source was read."""
        return not self.errors and all(a.passed for a in self.articles)

    @property
    def judged(self) -> list[ArticleResult]:
        """The articles, without the tool's own files."""
        return [a for a in self.articles if not a.own]

    @property
    def verdict(self) -> str:
        """One line: ``passed``, or how many articles failed and sources could not be read."""
        if self.passed:
            return "passed"
        failed = sum(not a.passed for a in self.articles)
        unread = f", {len(self.errors)} could not be read" if self.errors else ""
        return f"failed: {failed} of {len(self.judged)} articles{unread}"

    @property
    def items(self) -> list[Item]:
        """All findings, in the order of the files."""
        return [i for a in self.articles for i in a.items]


def worst_first(items: Iterable[Item]) -> list[Item]:
    """Errors, then warnings, then information; stable otherwise."""
    return sorted(items, key=lambda i: SEVERITIES.index(i.severity))


def relative(path: str) -> str:
    """A path from the current folder: absolute ones and ``..`` resolved.

    What lies outside the current folder stays as it was named.
    """
    place = os.path.normpath(path)
    found = seen_from(Path.cwd(), place)
    return _slashes(place) if is_outside(found) else found


def in_repository(path: str) -> str:
    """A path from the top of the repository that the current folder lies in, as services count.

    Where the current folder lies in none, or the file lies outside, it is as `relative` has it.
    """
    top = _top(Path.cwd())
    found = None if top is None else seen_from(top, os.path.normpath(path))
    return relative(path) if found is None or is_outside(found) else found


@lru_cache(maxsize=4)
def _top(folder: Path) -> Path | None:
    """The nearest folder that holds ``.git`` (a file in work trees and submodules), or None."""
    return next((f for f in (folder, *folder.parents) if (f / ".git").exists()), None)


def article_result(report: Report) -> ArticleResult:
    """Plain values of a report, so that the report's texts need not be kept."""
    source = report.article.source
    whole = report.to_dict()
    items = tuple(
        _item(report, data, _edits(report, finding))
        for data, finding in zip(whole["findings"], report.in_order, strict=True)
    )
    line_of_summary = row(whole, review(report)["review"], None)
    digest = source.sha256
    if source.record is not None:
        digest = hashlib.sha256(source.text.encode("utf-8")).hexdigest()
    return ArticleResult(line_of_summary, items, report.gates, report.suppressions, digest)


def _item(report: Report, data: Mapping[str, Any], edits: Sequence[Edit]) -> Item:
    source = report.article.source
    edit = source.offsets == "source" and source.record is None
    place = _place(report, data["start"], data["end"]) if data["line"] else _NOWHERE
    columns = place["byte_columns"] if edit else None
    end = place["end_line"], place["end_column"]
    fix = _fix(report, edits) if edit and edits else None
    listed = source.record is not None and _is_list(source.raw)
    return Item(
        _slashes(source.path), source.record, data, *end, edit, columns, fix=fix, listed=listed
    )


def _is_list(raw: bytes) -> bool:
    """Whether a file of records is a list of them; one that is read line by line has no bytes."""
    return raw[:_HEAD].removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"[")


def _place(report: Report, start: int, end: int) -> dict[str, Any]:
    """Lines and columns of a source span, in code points and in UTF-8 bytes."""
    line, column = report.position(start)
    end_line, end_column = report.position(end)
    columns = None
    if column and end_column:
        columns = _byte_columns(report.article.source, (start, column), (end, end_column))
    return {
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "byte_columns": columns,
    }


def _fix(report: Report, edits: Sequence[Edit]) -> dict[str, Any]:
    """One change of the file that does what the edits do: markup between them stays."""
    start, end = edits[0].start, edits[-1].end
    moved = [replace(e, start=e.start - start, end=e.end - start) for e in edits]
    text = apply_edits(report.article.source.text[start:end], moved)
    return {"start": start, "end": end, **_place(report, start, end), "text": text}


def _edits(report: Report, finding: Finding) -> Sequence[Edit]:
    """What editing in place would change for a finding; nothing where it would change nothing."""
    if not finding.replacements or finding.applicability not in _OFFERED:
        return ()
    article, new = report.article, finding.replacements[0]
    if finding.source_span is not None:
        start, end = finding.source_span
        before = article.source.text[start:end]
        if finding.applied:  # a repair of the reader has no prose
            return (Edit(start, end, before, new, finding.rule),)
        article = report.restored  # what grammar read
        # Where markup or another fix stands in the span, the words are not the file's.
        if before != article.text[finding.start : finding.end]:
            return ()
    if not touchable(article, finding):
        return ()
    before = article.text[finding.start : finding.end]
    alone = Edit(finding.start, finding.end, before, new, finding.rule)
    return source_edits(article, [alone], ())


def _byte_columns(source: Source, *places: tuple[int, int]) -> tuple[int, int] | None:
    """1-based columns in UTF-8 bytes of the start and the end of a span.

    Args:
        source: The source.
        places: Offset and column in code points of each.

    Returns:
        The columns; None where the bytes of the file are others, or its lines: who counts bytes
        reads UTF-8 and ends lines at line feeds.
    """
    if source.encoding != "utf-8" or _is_other_in_bytes(source.text):
        return None
    first, last = (_byte_column(source, *place) for place in places)
    return first, last


def _byte_column(source: Source, offset: int, column: int) -> int:
    begin = offset - column + 1
    mark = len(codecs.BOM_UTF8) if source.bom and begin == 0 else 0
    return mark + len(source.text[begin:offset].encode("utf-8", "surrogatepass")) + 1


@lru_cache(maxsize=1)  # asked for each finding of an article
def _is_other_in_bytes(text: str) -> bool:
    """Whether lines end at lone returns, or bytes that are no UTF-8 were replaced."""
    return re.search(r"\r(?!\n)|\ufffd", text) is not None


def _slashes(path: str) -> str:
    return path.replace(os.sep, "/")  # elsewhere a backslash is a letter of a name
