"""Exchange with other formats: CSV, TBX, Vale styles, the Problematic Paper Screener's list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

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
    """

    concepts: tuple[Concept, ...]
    explained: tuple[Explained, ...] = ()
    rows: int = 0


def form_reason(template: str) -> str:
    """Why a text cannot be a form of a glossary file; empty where it can."""
    from unspin.glossary.expand import TemplateError, options

    try:
        return "" if all(options(template, {})) else "a choice of the form is empty"
    except TemplateError as error:
        return str(error)


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
    if suffix == ".csv":
        try:
            with path.open(encoding="utf-8-sig", errors="replace") as lines:
                return "pps" if "Fingerprint" in lines.readline() else "csv"
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
        raise GlossaryError(f"{path}:0: is not UTF-8; save the file as UTF-8") from error


def write(path: Path, concepts: Sequence[Concept], format: str = "") -> list[Explained]:
    """Writes concepts in another format.

    Args:
        path: File to write; for Vale a folder, a style of several files.
        concepts: What to write.
        format: ``csv``, ``tbx`` or ``vale``; empty to go by the file name.

    Returns:
        What the format cannot say, with reasons.

    Raises:
        GlossaryError: The format is not written, or the file cannot be.
    """
    from unspin.glossary.exchange import table, tbx, vale

    writers: dict[str, Callable[[Path, Sequence[Concept]], list[Explained]]] = {
        "csv": table.write_csv,
        "tbx": tbx.write_tbx,
        "vale": vale.write_vale,
    }
    name = format or {".csv": "csv", ".tbx": "tbx", ".xml": "tbx", "": "vale"}.get(path.suffix, "")
    if name not in writers:
        raise GlossaryError(f"{path}:0: format not written; name one: {'|'.join(writers)}")
    try:
        return writers[name](path, concepts)
    except OSError as error:
        raise GlossaryError(f"{path}:0: cannot be written ({error.strerror}); check it") from error
