"""JSON Lines files of any size, compressed or not: one record at a time is in memory.

A first pass over the file takes its hash and sees what it holds; a second one reads the records.
What is no text of lines (a list of records, one object over several lines, UTF-16) is left to the
readers of whole files.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import IO, Any

from unspin.article import Article, Source
from unspin.config import Config
from unspin.errors import InputError

#: Bytes looked at to tell what a file holds.
_HEAD = 65_536
#: Bytes read at a time.
_PIECE = 1 << 20
#: What a compressed file that is damaged or cut short raises.
_DAMAGED = (gzip.BadGzipFile, EOFError, zlib.error)
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # the marks of UTF-32 begin or go on like these


@dataclass(frozen=True)
class Lines:
    """What a file of records is like.

    Args:
        sha256: Hex digest of its bytes, as they are on the disk.
        bom: Whether its text begins with a byte order mark.
        utf8: Whether all of it is valid UTF-8.
    """

    sha256: str
    bom: bool
    utf8: bool


def look(path: Path, name: str, config: Config) -> Lines | None:
    """Tells whether a file holds records line by line.

    Args:
        path: A file whose name says that it holds JSON Lines.
        name: The file as the user named it.
        config: `max_bytes` counts.

    Returns:
        What the file is like; None where it must be read as a whole.

    Raises:
        InputError: It is compressed and damaged, or what it holds can only be read unpacked.
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        hashing = _Hashing(file)
        try:
            small = path.stat().st_size <= config.max_bytes and not is_packed(path)
            found = _survey(_unpacked(hashing, path), name, small)
        except _DAMAGED as error:
            why = f"is damaged and cannot be unpacked ({error}); get the file again"
            raise InputError(name, why) from error
        while found is not None and hashing.read(_PIECE):
            pass  # what stands behind the compressed data is hashed, too
    if found is not None:
        return replace(found, sha256=hashing.digest.hexdigest())
    if is_packed(path):
        raise InputError(name, "is compressed and no JSON Lines; unpack it first")
    return None


def is_packed(path: Path) -> bool:
    """Whether a file of records is compressed, by its name."""
    return path.suffix.lower() == ".gz"


class _Hashing(io.RawIOBase):
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer))
        self.digest.update(data)
        buffer[: len(data)] = data
        return len(data)


def _unpacked(file: Any, path: Path) -> Any:
    return gzip.GzipFile(fileobj=file, mode="rb") if is_packed(path) else file


def _survey(file: Any, name: str, small: bool) -> Lines | None:
    head = b""
    while len(head) < _HEAD and (piece := file.read(_HEAD - len(head))):
        head += piece
    if not head:
        raise InputError(name, "is empty; remove it or fill it")
    if not _begins_lines(head, small):
        return None
    utf8 = True
    decoder = codecs.getincrementaldecoder("utf-8")()
    piece = head
    while piece:
        if utf8:
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                utf8 = False
        if not utf8 and small:
            return None  # in which encoding it is shows in all of it
        piece = file.read(_PIECE)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        utf8 = False
    return None if small and not utf8 else Lines("", head.startswith(codecs.BOM_UTF8), utf8)


def _begins_lines(head: bytes, small: bool) -> bool:
    """Whether the beginning of a file is that of lines with an object each.

    Args:
        head: Its first bytes.
        small: Whether it may be read as a whole: then the first line must be one.
    """
    from unspin.reading.jsonl import is_object

    if head.startswith(_WIDE) or b"\0" in head:
        return False
    text = head.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
    lines = [line for line in text.replace("\r", "\n").split("\n") if line.strip()]
    if not lines:
        return False
    if len(lines) == 1 and len(head) >= _HEAD:  # a first record that is longer
        return lines[0].lstrip().startswith("{")
    if is_object(lines[0]):
        return True
    whole = lines[:-1] if len(head) >= _HEAD else lines
    spread = lines[0].strip()[0] in "[<" or lines[0].strip() == "{"
    return not small and not spread and any(map(is_object, whole))


def read_lines(
    path: Path, name: str, config: Config, lines: Lines
) -> Iterator[Article | InputError]:
    """Reads the records of a file, one after the other.

    Args:
        path: The file.
        name: The file as the user named it.
        config: Names of the text and title fields; `max_bytes` limits a record.
        lines: What `look` found.

    Yields:
        As `jsonl.read_jsonl` does; `Source.raw` is empty, as no record holds the whole file.

    Raises:
        OSError: The file cannot be read.
    """
    from unspin.reading.jsonl import read_record

    source = Source(name, "jsonl", "utf-8", lines.sha256, "", bom=lines.bom)
    with path.open("rb") as file:
        # what is no UTF-8 comes through as lone surrogates, and goes back to the same bytes
        text = io.TextIOWrapper(_unpacked(file, path), "utf-8-sig", errors="surrogateescape")
        try:
            for number in count(1):
                line = text.readline(config.max_bytes + 1)
                if not line:
                    return
                if len(line) > config.max_bytes and not line.endswith("\n"):
                    _skip(text)
                    yield _too_long(name, number, config)
                elif line.strip():
                    try:
                        own, line = _decoded(source, number, line, lines.utf8)
                    except InputError as error:
                        yield error
                        continue
                    yield read_record(own, config, number, line)
        except _DAMAGED as error:  # it was whole when it was looked at
            why = f"changed while it was read ({error}); run it again"
            yield InputError(name, why)


def _skip(text: IO[str]) -> None:
    """Reads to the end of a line."""
    while (rest := text.readline(_PIECE)) and not rest.endswith("\n"):
        pass


def _too_long(name: str, number: int, config: Config) -> InputError:
    limit = f"limit {config.max_bytes:,} characters a record"
    return InputError(name, f"line {number}: is too large ({limit}); split it or set max-bytes")


def _decoded(source: Source, number: int, line: str, utf8: bool) -> tuple[Source, str]:
    """A line, with a source in its own encoding where that is another than UTF-8.

    Raises:
        InputError: Its encoding is not sure.
    """
    from unspin.reading.encoding import not_utf8, western

    if utf8:
        return source, line
    raw = line.encode("utf-8", "surrogateescape")
    why = not_utf8(raw)
    if why is None:
        return source, line
    found = western(raw)
    if found is None:
        reason = f"line {number}: {why}; convert it to UTF-8 or remove it"
        raise InputError(source.path, reason)
    return replace(source, encoding="cp1252"), found
