"""Readers, one per format: bytes to articles whose offsets lead back to the source."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from unspin.article import Article, Metadata, Source
from unspin.config import Config
from unspin.errors import InputError, MissingExtraError, readable
from unspin.reading.collect import collect, is_folder

if TYPE_CHECKING:
    from unspin.reading.lines import Lines

__all__ = ["collect", "is_folder", "read_bytes", "read_path", "read_text"]


def read_path(path: Path | str, config: Config) -> Iterator[Article | InputError]:
    """Reads the articles of a file.

    Args:
        path: A file.
        config: `max_bytes`, `text_field` and `title_field` count.

    Yields:
        One article; for JSON Lines, one for each record, read when it is asked for: such files may
        be of any size. What cannot be read is yielded as an `InputError` and not raised, so that
        neither the other records nor the batch is lost.
    """
    name = readable(path)
    try:
        file = _regular(path, name)
        lines = _lines(file, name, config)
        data = b"" if lines is not None else _whole(file, name, config)
    except InputError as error:
        yield error
        return
    except OSError as error:
        yield _unreadable(name, error)
        return
    if lines is None:
        yield from read_bytes(data, name, config)
        return
    from unspin.reading.lines import read_lines

    try:
        yield from read_lines(file, name, config, lines)
    except OSError as error:
        yield _unreadable(name, error)


def _regular(path: Path | str, name: str) -> Path:
    """A path as that of a file that can be read to its end."""
    file = Path(path)
    if is_folder(file):
        with os.scandir(file):  # a folder that was named for its files, but cannot be listed
            raise InputError(name, "is a folder; name the files in it")
    try:
        about = file.stat()
    except ValueError as error:
        raise InputError(name, f"is no name of a file ({error}); check the path") from error
    if not stat.S_ISREG(about.st_mode):
        # Reading it may wait for ever.
        raise InputError(name, "is a pipe, socket or device, no file; pass its content to: clean -")
    return file


def _lines(file: Path, name: str, config: Config) -> Lines | None:
    """What a file is like that is read line by line; None for any other."""
    from unspin.reading.detect import has_lines

    if not has_lines(file.name):
        return None
    from unspin.reading.lines import look

    return look(file, name, config)


def _whole(file: Path, name: str, config: Config) -> bytes:
    size = file.stat().st_size
    if size > config.max_bytes:
        raise _too_large(name, size, config)
    return file.read_bytes()


def _unreadable(name: str, error: OSError) -> InputError:
    reason = error.strerror or type(error).__name__
    return InputError(name, f"cannot be read ({reason}); check the path and its permissions")


def read_bytes(data: bytes, name: str, config: Config) -> Iterator[Article | InputError]:
    """Reads the articles in bytes.

    Args:
        data: All bytes of the source.
        name: File name, or ``"-"``; its suffix hints at the format.
        config: As for `read_path`.

    Yields:
        As `read_path` does.
    """
    try:
        yield from _read(data, name, config)
    except InputError as error:
        yield error
    except MissingExtraError as error:
        missing = InputError(name, str(error))
        missing.__cause__ = error
        yield missing
    except RecursionError:
        yield InputError(name, "is nested too deeply; simplify it")


def read_text(source: Source, metadata: Metadata) -> Article:
    """Reads the text of one JSON record: as plain text unless it is clearly HTML or Markdown.

    Args:
        source: With the record's text.
        metadata: What the record says besides; wins over what its text says, as do its fields
            over those of front matter in the text.
    """
    from unspin.reading.controls import plain_metadata, without_controls
    from unspin.reading.detect import record_text_format

    metadata = plain_metadata(metadata)
    kind = record_text_format(source.text)
    if kind == "txt":
        from unspin.reading.txt import read_txt

        return without_controls(source, lambda s: read_txt(s, metadata))
    article = without_controls(source, lambda s: _reader(kind, s))
    merged = metadata.over(article.metadata)
    fields = {**article.source.extra, **source.extra}
    return article.with_(metadata=merged, source=replace(article.source, extra=fields))


def _read(data: bytes, name: str, config: Config) -> Iterator[Article | InputError]:
    from unspin.reading import detect
    from unspin.reading.encoding import decode

    if len(data) > config.max_bytes:
        raise _too_large(name, len(data), config)
    if not data.strip():
        raise InputError(name, "is empty; remove it or fill it")
    digest = hashlib.sha256(data).hexdigest()
    if detect.refuse_binary(data, name) == "docx":
        from unspin.reading.docx import read_docx

        yield read_docx(data, name, digest, config)
        return
    decoded = decode(data)
    detect.refuse_control_characters(decoded.text, name)
    if not decoded.text.strip("\ufeff \t\r\n\f\v\0"):
        raise InputError(name, "is empty; remove it or fill it")
    detect.refuse_xml(decoded.text, name)
    kind = detect.text_format(decoded.text, name)
    source = Source(
        path=name,
        format=kind,
        encoding=decoded.encoding,
        sha256=digest,
        text=decoded.text,
        bom=decoded.bom,
        raw=data,
    )
    if kind == "jsonl":
        yield from _records(source, config)
    else:
        from unspin.reading.controls import without_controls

        yield without_controls(source, lambda s: _reader(kind, s))


def _records(source: Source, config: Config) -> Iterator[Article | InputError]:
    """The records of a source; a line in another encoding than the rest spoils no other."""
    from unspin.reading.encoding import Decoded, decode_lines
    from unspin.reading.jsonl import read_jsonl

    lines = decode_lines(source.raw, Decoded(source.text, source.encoding, source.bom))
    if lines is None:
        yield from read_jsonl(source, config)
        return
    remedy = "convert it to UTF-8 or remove it"
    wrong = {
        n: InputError(source.path, f"line {n}: {why}; {remedy}") for n, why in lines.damaged.items()
    }
    start = source.text.lstrip()
    several = start[:1] == "[" or start[1:].lstrip(" \t")[:1] in ("\r", "\n")
    if wrong and several:
        # One JSON value over several lines: each is missed by the others.
        yield from list(wrong.values())[:1]
        return
    for item in read_jsonl(replace(source, text=lines.text, encoding="utf-8"), config):
        if isinstance(item, Article):
            number = item.source.record or 0
            for n in [n for n in wrong if n < number]:
                yield wrong.pop(n)
            own = None if several else lines.encodings.get(number)
            if own is not None:
                item = item.with_(source=replace(item.source, encoding=own))
        yield item
    yield from wrong.values()


def _reader(kind: str, source: Source) -> Article:
    if kind == "md":
        from unspin.reading.md import read_md

        return read_md(source)
    if kind == "html":
        from unspin.reading.html import read_html

        return read_html(source)
    from unspin.reading.txt import read_txt

    return read_txt(source)


def _too_large(name: str, size: int, config: Config) -> InputError:
    reason = f"is too large ({size:,} bytes, limit {config.max_bytes:,}); split it or set max-bytes"
    return InputError(name, reason)
