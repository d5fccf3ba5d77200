"""What earlier runs left, and what people made of it since: no later run writes over it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from unspin.errors import InputError, readable
from unspin.undo import load_report, source_of

_SUFFIX = ".report.json"
#: Key of a report: suffixes of the articles that were written beside it, and hashes of their bytes.
#: Their names are its own, and may hold bytes that no JSON can.
WRITTEN = "written"


class ChangedOutputError(InputError):
    """An output is not as unspin wrote it: somebody's work would be lost."""


def refuse_changed(article: Path, body: str, known: str | None) -> None:
    """Raises where writing an article would lose what stands there.

    Args:
        article: Where it would be written.
        body: Hash of what would be written.
        known: Hash of what an earlier run wrote there, by its report; None where none did.

    Raises:
        ChangedOutputError: Something stands there that no run wrote like that.
        OSError: It cannot be read.
    """
    if not article.is_file():
        return
    if sha256_of(article) in (body, known):
        return
    what = "was changed since unspin wrote it" if known else "stands there and no report knows it"
    remedy = "move it away, name another folder with -o, or write over it with --force"
    raise ChangedOutputError(readable(article), f"{what}, so it is left as it is; {remedy}")


def sha256_of(path: Path) -> str:
    """Hex digest of a file of any size.

    Args:
        path: The file.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def written(report_path: Path) -> dict[str, str]:
    """Suffixes and hashes of the articles that were written beside a report and are still there.

    Args:
        report_path: Where the report stands, if there is one.
    """
    found = (_report(report_path) or {}).get(WRITTEN)
    if not isinstance(found, dict):
        return {}
    stem = report_path.name.rpartition(".report.")[0]
    return {
        suffix: digest
        for suffix, digest in found.items()
        if isinstance(digest, str) and report_path.with_name(f"{stem}.{suffix}").is_file()
    }


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
