"""Undo: from a report back to the source, byte for byte."""

from __future__ import annotations

import codecs
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unspin.edits import Edit, apply_edits, invert_edits
from unspin.errors import InputError
from unspin.running.files import find_original

#: Byte order marks, longest first: UTF-32-LE begins like UTF-16-LE.
_BOMS = (
    codecs.BOM_UTF8,
    codecs.BOM_UTF32_LE,
    codecs.BOM_UTF32_BE,
    codecs.BOM_UTF16_LE,
    codecs.BOM_UTF16_BE,
)


def undo(report_path: Path | str) -> bytes:
    """The source that a report describes.

    The kept original is preferred; without it, the file at the reported path is used: unchanged, or
    edited in place, in which case the edits are inverted.

    Args:
        report_path: A ``.report.json``, or a ``.report.jsonl`` (its records share one source).

    Returns:
        The bytes of the source.

    Raises:
        InputError: The report or the kept original cannot be read, or neither way leads back to the
            bytes that the report names.
    """
    report_path = Path(report_path)
    report = load_report(report_path)
    wanted = report["source"]["sha256"]
    kept = find_original(report_path, wanted)
    if kept is not None:
        return kept
    return _invert(report_path, report, wanted)


def load_report(path: Path) -> dict[str, Any]:
    """A report as data; of a file of records the first, for all share one source.

    Args:
        path: As for `undo`.

    Returns:
        The report.

    Raises:
        InputError: It cannot be read, or is no report.
    """
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            # of a file of records the first line is enough, and there may be very many
            data = json.loads(file.readline() if path.suffix == ".jsonl" else file.read())
        if data["schema_version"] != 1 or "source" not in data or "edits" not in data:
            raise ValueError("not a report, version 1")
        _edits(data)
        if not all(isinstance(data["source"][k], str) for k in ("path", "encoding", "sha256")):
            raise TypeError("its source is damaged")
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror}); name a report") from error
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise InputError(
            str(path), f"is no unspin report ({error}); name a .report.json"
        ) from error
    found: dict[str, Any] = data
    return found


def _invert(report_path: Path, report: dict[str, Any], wanted: str) -> bytes:
    source = Path(report["source"]["path"])
    if not source.is_file():
        raise InputError(
            str(report_path),
            f"no original is kept beside it and {source} does not exist; restore one of them",
        )
    raw = source.read_bytes()
    if hashlib.sha256(raw).hexdigest() == wanted:
        return raw
    back = source_of(report, raw)
    if back is None:
        raise InputError(
            str(source), "has changed since the report was written; its edits cannot be undone"
        )
    return back


def source_of(report: Mapping[str, Any], edited: bytes) -> bytes | None:
    """The source of a report, from the file that its edits made.

    Args:
        report: The report as data.
        edited: A file.

    Returns:
        The bytes that the report names; None where its edits do not lead from them to `edited`.
    """
    encoding = report["source"]["encoding"]
    found = next((b for b in _BOMS if edited.startswith(b)), b"")
    # Offsets of a file do not count its mark; those of a string count all of it.
    for mark in dict.fromkeys((found, b"")):
        try:
            text = edited[len(mark) :].decode(encoding)
            back = mark + apply_edits(text, invert_edits(_edits(report))).encode(encoding)
        except (ValueError, LookupError):
            continue
        if hashlib.sha256(back).hexdigest() == report["source"]["sha256"]:
            return back
    return None


def _edits(report: Mapping[str, Any]) -> list[Edit]:
    return [Edit(e["start"], e["end"], e["before"], e["after"], e["rule"]) for e in report["edits"]]
