"""Writes what comes of a file of records, however many: line by line, then put in place."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from unspin.config import Config
from unspin.report import Report
from unspin.running import earlier
from unspin.running.files import Target, keep_file, keep_original
from unspin.staging import Staging, naming

#: Level of compression: that of the command gzip; the highest takes several times as long.
_LEVEL = 6


class RecordWriter:
    """The articles and the reports of one file of records; on leaving it nothing is half-written.

    Args:
        target: Where they go.
        out: Output folder.
        config: Effective configuration.
    """

    def __init__(self, target: Target, out: Path, config: Config) -> None:
        self._target = target
        self._config = config
        self._out = out
        self._suffix = target.suffix(True, config.to)
        self._article = out / target.article(self._suffix)
        self._report = out / target.report(True)
        self._staging = Staging()
        self._open = contextlib.ExitStack()
        self._file: io.BufferedRandom | None = None
        self._first: Report | None = None

    def __enter__(self) -> RecordWriter:
        return self

    def __exit__(self, *exc: object) -> None:
        with self._staging, contextlib.suppress(OSError):
            self._open.close()

    def add(self, report: Report, data: Mapping[str, Any], line: bytes) -> None:
        """Writes a record and its report.

        Args:
            report: Of the record.
            data: The report as data.
            line: The record.

        Raises:
            OSError: They cannot be written; `filename` is the path of the file.
        """
        if self._first is None:
            self._begin()
            self._first = report
        with naming(self._article):
            self._articles.write(line)
        with naming(self._report):
            self._reports.write(json_line(data))

    def _begin(self) -> None:
        with naming(self._article):
            self._file = self._open.enter_context(self._staging.open(self._article))
            self._articles: io.BufferedIOBase = self._file
            if self._suffix.endswith(".gz"):
                # without name and time: the same source gives the same file
                self._articles = gzip.GzipFile("", "wb", _LEVEL, self._file, mtime=0)
                self._open.callback(self._articles.close)
        with naming(self._report):
            # the hash of the articles, which stands in each report, is not known yet
            scratch = tempfile.TemporaryFile(dir=self._report.parent)  # noqa: SIM115
            self._reports: IO[bytes] = self._open.enter_context(scratch)

    def place(self, *, force: bool) -> None:
        """Puts articles and reports in place together, with the original beside them.

        Args:
            force: Write over articles that somebody changed since they were written.

        Raises:
            InputError: The articles that stand there were changed, or the source is another now.
            OSError: They cannot be written; `filename` is the path of the file.
        """
        if self._first is None or self._file is None:
            return
        with naming(self._article):
            if self._articles is not self._file:
                self._articles.close()
            self._file.seek(0)
            digest = hashlib.file_digest(self._file, "sha256").hexdigest()
        written = earlier.written(self._report)
        if not force:
            earlier.refuse_changed(self._article, digest, written.get(self._suffix))
        self._keep(self._first)
        written[self._suffix] = digest
        with naming(self._report):
            self._write_reports(dict(sorted(written.items())))
        with naming(self._article):
            self._open.close()
        self._staging.place()

    def _keep(self, first: Report) -> None:
        source = first.article.source
        if not self._config.originals:
            return
        if source.raw:
            keep_original(self._out, source.sha256, source.raw)
        else:
            keep_file(self._out, source.sha256, self._target.source)

    def _write_reports(self, written: Mapping[str, str]) -> None:
        """Writes the reports with the hashes that were known when the last record was."""
        known = b"," + json_line({earlier.WRITTEN: written})[1:]
        self._reports.seek(0)
        with self._staging.open(self._report) as file:
            for line in self._reports:
                file.write(line[: -len(b"}\n")] + known)


def json_line(data: Mapping[str, Any]) -> bytes:
    """A mapping as a line of JSON Lines.

    Args:
        data: What JSON can hold, and dates of front matter.
    """
    import orjson

    try:
        return orjson.dumps(data, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        # Integers of more than 64 bits; dates are those of front matter in a record's text.
        import json

        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str)
        return text.encode("utf-8") + b"\n"
