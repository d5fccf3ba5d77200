"""Source files in the paths that a user names."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from unspin.config import MAX_BYTES
from unspin.errors import InputError
from unspin.reading.detect import FORMATS
from unspin.reading.jsonl import holds_article

#: What a run writes beside articles: never an input.
_REPORT_SUFFIXES = (".report.json", ".report.jsonl")
_BATCH_FILES = {"report.json", "worklist.csv"}
_ORIGINALS = ".originals"
#: Folders of other people's packages.
_VENDORED = frozenset({"node_modules"})


def collect(
    paths: Sequence[str | Path],
    exclude: str | Path | None = None,
    text_field: str | None = None,
) -> list[Path]:
    """Source files in files and folders.

    In a folder: files with a suffix that is read, sorted by path, without hidden files, reports,
    installed packages, folders that hold the output of a run, and JSON that holds no article
    (``package.json``, a baseline). A file that is named is read whatever its suffix.
    Paths that do not exist are kept, so that reading reports each and the others go on.

    Args:
        paths: Files and folders as the user named them; ``"-"`` is kept as it is.
        exclude: Output folder; nothing inside it is an input, unless it is itself named.
        text_field: As for `holds_article`.

    Returns:
        Each file once, in the order of `paths`.

    Raises:
        InputError: Folders were named and nothing to read is in any of the paths.
    """
    found: dict[Path, None] = {}
    out = Path(exclude).resolve() if exclude is not None else None
    data: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            for file in _walk(path, out):
                if _is_data(file, text_field):
                    data.append(file)
                else:
                    found[file] = None
        else:
            found[path] = None
    if not found and paths:
        remedy = f"put files there ({' '.join(sorted(FORMATS))})"
        if data:
            remedy += f"; {data[0].name} has no text field: set text-field if it is an article"
        raise InputError(str(paths[0]), f"holds nothing to read; {remedy}")
    return list(found)


def _walk(root: Path, out: Path | None) -> Iterator[Path]:
    named_output = out is not None and root.resolve() == out
    for name, folders, files in os.walk(root):
        folder = Path(name)
        folders[:] = sorted(f for f in folders if not _skipped(folder / f, out))
        if out is not None and not named_output and folder.resolve() == out:
            folders[:] = []
            continue
        yield from (folder / f for f in sorted(files) if _is_source(f) and _is_file(folder / f))


def _is_file(path: Path) -> bool:
    """Whether a path may be read: a pipe would be waited for without end."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True  # reading it says what is wrong


def _skipped(folder: Path, out: Path | None) -> bool:
    if folder.name.startswith(".") or folder.name in _VENDORED:
        return True
    if out is not None and folder.resolve() == out:
        return True
    # A folder with the marks of a run is the output of an earlier one.
    return (folder / _ORIGINALS).is_dir() or all((folder / f).is_file() for f in _BATCH_FILES)


def _is_source(name: str) -> bool:
    if name.startswith(".") or name in _BATCH_FILES or name.endswith(_REPORT_SUFFIXES):
        return False
    return Path(name).suffix.lower() in FORMATS


def _is_data(file: Path, text_field: str | None) -> bool:
    """Whether a file that nobody named is JSON of another program, or of this one."""
    if file.suffix.lower() != ".json":
        return False
    try:
        # Reading reports what is too large, as it reports what cannot be read.
        large = file.stat().st_size > MAX_BYTES
        return not large and not holds_article(file.read_bytes(), text_field)
    except OSError:
        return False
