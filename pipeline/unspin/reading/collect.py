"""Source files in the paths that a user names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from unspin.errors import InputError
from unspin.reading.detect import FORMATS

#: What a run writes beside articles: never an input.
_REPORT_SUFFIXES = (".report.json", ".report.jsonl")
_BATCH_FILES = {"report.json", "worklist.csv"}
_ORIGINALS = ".originals"


def collect(paths: Sequence[str | Path], exclude: str | Path | None = None) -> list[Path]:
    """Source files in files and folders.

    In a folder: files with a suffix that is read, sorted by path, without hidden files, reports
    and folders that hold the output of a run. A file that is named is read whatever its suffix.
    Paths that do not exist are kept, so that reading reports each and the others go on.

    Args:
        paths: Files and folders as the user named them; ``"-"`` is kept as it is.
        exclude: Output folder; nothing inside it is an input, unless it is itself named.

    Returns:
        Each file once, in the order of `paths`.

    Raises:
        InputError: Folders were named and nothing to read is in any of the paths.
    """
    found: dict[Path, None] = {}
    out = Path(exclude).resolve() if exclude is not None else None
    for path in map(Path, paths):
        if path.is_dir():
            found.update(dict.fromkeys(_walk(path, out)))
        else:
            found[path] = None
    if not found and paths:
        suffixes = " ".join(sorted(FORMATS))
        raise InputError(str(paths[0]), f"holds nothing to read; put files there ({suffixes})")
    return list(found)


def _walk(root: Path, out: Path | None) -> Iterator[Path]:
    named_output = out is not None and root.resolve() == out
    for name, folders, files in os.walk(root):
        folder = Path(name)
        folders[:] = sorted(f for f in folders if not _skipped(folder / f, out))
        if out is not None and not named_output and folder.resolve() == out:
            folders[:] = []
            continue
        yield from (folder / f for f in sorted(files) if _is_source(f))


def _skipped(folder: Path, out: Path | None) -> bool:
    if folder.name.startswith("."):
        return True
    if out is not None and folder.resolve() == out:
        return True
    # A folder with the marks of a run is the output of an earlier one.
    return (folder / _ORIGINALS).is_dir() or all((folder / f).is_file() for f in _BATCH_FILES)


def _is_source(name: str) -> bool:
    if name.startswith(".") or name in _BATCH_FILES or name.endswith(_REPORT_SUFFIXES):
        return False
    return Path(name).suffix.lower() in FORMATS
