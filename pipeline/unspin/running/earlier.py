"""What earlier runs left for ``undo``: no later run writes over it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from unspin.errors import InputError, readable
from unspin.undo import load_report, source_of

_SUFFIX = ".report.json"


def of_another(report_path: Path, source: Path) -> bool:
    """Whether an earlier report stands there that is not of this source.

    Args:
        report_path: Where the report of `source` would go.
        source: A source file.
    """
    report = _report(report_path)
    if report is None:
        return False
    # As reports show it: a name may hold bytes that are no UTF-8.
    return Path(report["source"]["path"]).resolve() != Path(readable(source.resolve()))


def needed(report_path: Path, raw: bytes) -> bool:
    """Whether an earlier report names other bytes than the source holds now, and edits of them.

    Args:
        report_path: Where a report of `raw` would go.
        raw: The bytes of a source.
    """
    report = _report(report_path)
    if report is None or not report["edits"]:
        return False
    return bool(report["source"]["sha256"] != hashlib.sha256(raw).hexdigest())


def leads_to(report_path: Path, raw: bytes) -> bool:
    """Whether the edits of an earlier report made exactly these bytes of others.

    Args:
        report_path: As for `needed`.
        raw: The bytes of a source.
    """
    if not needed(report_path, raw):
        return False
    return source_of(load_report(report_path), raw) is not None


def keep(report_path: Path) -> None:
    """Gives an earlier report a name of its own, from its content, in the same folder."""
    digest = hashlib.sha256(report_path.read_bytes()).hexdigest()[:12]
    name = report_path.name.removesuffix(_SUFFIX)
    report_path.replace(report_path.with_name(f"{name}.{digest}{_SUFFIX}"))


def _report(path: Path) -> dict[str, Any] | None:
    """The report at a path; None where none stands that `undo` could read."""
    try:
        return load_report(path) if path.is_file() else None
    except (InputError, OSError):
        return None
