"""Exchange with other formats: CSV, TBX, Vale styles, the Problematic Paper Screener's list."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from unspin.errors import GlossaryError
from unspin.glossary.concept import Concept

FORMATS = ("csv", "tbx", "vale", "pps")


@dataclass(frozen=True, slots=True)
class Explained:
    """Something that was not imported or exported, and why."""

    place: str
    text: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}: {self.reason}"


@dataclass(frozen=True)
class Imported:
    """What a file of another format holds.

    Args:
        concepts: What could be read.
        explained: What could not, with reasons.
        rows: Rows, terms or swaps that the file holds.
        ignored: What no row says and a glossary has no place for, as columns of CSV.
        off: Canonical terms of the glossary below that it switches off.
    """

    concepts: tuple[Concept, ...]
    explained: tuple[Explained, ...] = ()
    rows: int = 0
    ignored: tuple[Explained, ...] = ()
    off: tuple[str, ...] = ()


def no_place_for_off(path: Path, off: Sequence[str], format: str) -> list[Explained]:
    """Says of terms that are switched off that a format has no place for them."""
    why = f"{format} cannot say that it is switched off; where the file is imported, add it to off:"
    return [Explained(str(path), term, why) for term in off]


def form_reason(template: str) -> str:
    """Why a text cannot be a form of a glossary file; empty where it can."""
    from unspin.glossary.expand import TemplateError, options

    try:
        return "" if all(options(template, {})) else "a choice of the form is empty"
    except TemplateError as error:
        return str(error)


def text_reason(text: str) -> str:
    """Why a text cannot stand in a glossary file at all; empty where it can."""
    from yaml.reader import Reader

    found = Reader.NON_PRINTABLE.search(text)
    return f"holds a control character ({found[0]!r}); remove it" if found else ""


#: What stands between cells, the likeliest first.
_SEPARATORS = (",", ";", "\t")
#: A first line by which spreadsheets are told what does.
_SEP = re.compile(r"\"?sep=([,;\t])\"?\s*", re.IGNORECASE)


def csv_rows(path: Path, file: TextIO) -> Iterator[tuple[int, list[str]]]:
    """The rows of CSV with the lines that they begin on; rows without a word are left out.

    Args:
        path: The file, for messages.
        file: The file, opened without translation of line ends.

    Raises:
        GlossaryError: The quotes do not match: rows would be swallowed by the one before.
    """
    first = file.readline()
    said = _SEP.fullmatch(first)
    delimiter = said[1] if said else max(_SEPARATORS, key=first.count)
    before = 1 if said else file.seek(0)
    rows = csv.reader(file, delimiter=delimiter, strict=True)
    line = before + 1
    try:
        for cells in rows:
            if any(map(str.strip, cells)):
                yield line, cells
            line = before + rows.line_num + 1
    except csv.Error as error:
        what = "a quote is not closed" if "unexpected end" in str(error) else str(error)
        raise GlossaryError(
            f"{path}:{line}: is not valid CSV: {what}; correct the quotes of the row that begins "
            'here (inside of a quoted cell, a quote is written "")'
        ) from error


def detect(path: Path) -> str:
    """The format of a file by its name and first line.

    Raises:
        GlossaryError: It is none of `FORMATS`.
    """
    suffix = path.suffix.lower()
    if suffix in (".tbx", ".xml"):
        return "tbx"
    if suffix in (".yml", ".yaml") or path.is_dir():
        return "vale"
    if suffix in (".csv", ".tsv"):
        try:
            with path.open(encoding="utf-8-sig", errors="replace") as lines:
                head = lines.readline()
                head += lines.readline() if _SEP.fullmatch(head) else ""
                return "pps" if "Fingerprint" in head else "csv"
        except OSError as error:
            raise GlossaryError(f"{path}:0: cannot be read ({error.strerror}); check it") from error
    raise GlossaryError(f"{path}:0: format not known; name one: --format {'|'.join(FORMATS)}")


def read(path: Path, format: str = "") -> Imported:
    """Reads a file of another format.

    Args:
        path: The file; for Vale also a folder of styles.
        format: One of `FORMATS`; empty to go by the file.

    Raises:
        GlossaryError: The file cannot be read as this format.
    """
    from unspin.glossary.exchange import pps, table, tbx, vale

    readers: dict[str, Callable[[Path], Imported]] = {
        "csv": table.read_csv,
        "tbx": tbx.read_tbx,
        "vale": vale.read_vale,
        "pps": pps.read_pps,
    }
    try:
        return readers[format or detect(path)](path)
    except OSError as error:
        raise GlossaryError(f"{path}:0: cannot be read ({error.strerror}); check it") from error
    except UnicodeDecodeError as error:
        raise GlossaryError(
            f"{path}:0: is not UTF-8; save the file as UTF-8 (in spreadsheets: CSV UTF-8)"
        ) from error


def write(
    path: Path, concepts: Sequence[Concept], format: str = "", off: Sequence[str] = ()
) -> list[Explained]:
    """Writes concepts in another format.

    Args:
        path: File to write; for Vale a folder, a style of several files.
        concepts: What to write.
        format: ``csv``, ``tbx`` or ``vale``; empty to go by the file name.
        off: Canonical terms that are switched off.

    Returns:
        What the format cannot say, with reasons.

    Raises:
        GlossaryError: The format is not written, or the file cannot be.
    """
    from unspin.glossary.exchange import table, tbx, vale

    writers: dict[str, Callable[[Path, Sequence[Concept], Sequence[str]], list[Explained]]] = {
        "csv": table.write_csv,
        "tbx": tbx.write_tbx,
        "vale": vale.write_vale,
    }
    name = format or {".csv": "csv", ".tbx": "tbx", ".xml": "tbx", "": "vale"}.get(path.suffix, "")
    if name not in writers:
        raise GlossaryError(f"{path}:0: format not written; name one: {'|'.join(writers)}")
    try:
        return writers[name](path, concepts, off)
    except OSError as error:
        raise GlossaryError(f"{path}:0: cannot be written ({error.strerror}); check it") from error
