"""Source files in the paths that a user names."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

from unspin.config import MAX_BYTES
from unspin.errors import InputError, readable
from unspin.reading.detect import FORMATS, format_of, parted
from unspin.reading.jsonl import holds_article

#: What a run writes beside articles: never an input.
_REPORT_SUFFIXES = (".report.json", ".report.jsonl")
_BATCH_FILES = {"report.json", "worklist.csv"}
_ORIGINALS = ".originals"
#: Folders of other people's packages.
_VENDORED = frozenset({"node_modules"})


#: Suffixes of compressed files.
_COMPRESSED = frozenset({".gz", ".bz2", ".xz", ".zst"})
_PACKED = "compressed and passed over; unpack what shall be cleaned"
#: Suffixes of formats in which articles are written too, and that are not read in folders.
_UNREAD_SUFFIXES = frozenset({
    ".rst", ".adoc", ".asciidoc", ".textile", ".org", ".doc", ".odt", ".rtf",
})  # fmt: skip
_UNREAD = "in a format that is not read, and passed over; save it as Markdown, HTML or Word"
_LINKED = "linked folder and passed over; name it to clean what it holds"
_EXCLUDED = "excluded by the configuration and passed over"
_ALL = "all that it holds is excluded by the configuration"
_WRITTEN = "written by a run for a source beside it and passed over; name it to clean it"


def collect(
    paths: Sequence[str | Path],
    out: str | Path | None = None,
    text_field: str | None = None,
    note: Callable[[str], None] | None = None,
    excluded: Callable[[Path], bool] | None = None,
) -> list[Path]:
    """Source files in files and folders.

    In a folder: files with a suffix that is read, sorted by path, without hidden files, reports,
    articles that were written there for sources in the same folder, installed packages, folders
    that hold the output of a run, folders that are links, and JSON that holds no article
    (``package.json``, a baseline). A file that is named is read whatever its suffix.
    What is excluded is passed over wherever it is named: hooks name each file that has changed.
    Paths that do not exist and folders that cannot be listed are kept, so that reading reports each
    and the others go on.

    Args:
        paths: Files and folders as the user named them; ``"-"`` is kept as it is.
        out: Output folder; nothing inside it is an input, unless it is itself named.
        text_field: As for `holds_article`.
        note: Called with a line about what may be missed: compressed files, formats that are not
            read, linked folders, articles that are known for a run's, files that were named and are
            excluded.
        excluded: Tells of files and folders that they are passed over, as `Config.excludes`.

    Returns:
        Each file once, under the name that it has first, in the order of `paths`.

    Raises:
        InputError: Folders were named and nothing to read is in any of the paths, excluded or not.
    """
    found: dict[Path, Path] = {}
    written = _real(out) if out is not None else None
    data: list[Path] = []
    passed: dict[str, list[Path]] = {}
    real = cache(_real)  # of this call alone: folders are moved, and the current one changes

    def add(file: Path) -> None:
        # A link to a file is one of its own, for it has its own name.
        found.setdefault(real(file.parent) / file.name, file)

    left: list[Path] = []

    def leaves(path: Path) -> bool:
        if excluded is None or not excluded(path):
            return False
        left.append(path)
        return True

    for path in map(Path, paths):
        if leaves(path):
            passed.setdefault(_EXCLUDED, []).append(path)
        elif is_folder(path):
            for file in _walk(path, written, passed, leaves):
                if _is_data(file, text_field):
                    data.append(file)
                else:
                    add(file)
        else:
            add(path)
    if left and not found and not passed.get(_EXCLUDED):
        passed[_ALL] = [Path(path) for path in paths]
    if note is not None:
        for why, ones in passed.items():
            more = f" and {len(ones) - 1:,} more" if ones[1:] else ""
            note(f"{readable(ones[0])}{more}: {why}")
    if not found and paths and not left:
        remedy = f"put files there ({' '.join(sorted(FORMATS))})"
        if data:
            remedy += f"; {data[0].name} has no text field: set text-field if it is an article"
        raise InputError(str(paths[0]), f"holds nothing to read; {remedy}")
    return list(found.values())


def is_folder(path: Path) -> bool:
    """Whether a path is a folder; not where that cannot be known: using it says what is wrong."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _real(path: str | Path) -> Path:
    return Path(os.path.realpath(path))  # Path.resolve raises where links go round


def _walk(
    root: Path,
    out: Path | None,
    passed: dict[str, list[Path]],
    leaves: Callable[[Path], bool],
) -> Iterator[Path]:
    named_output = out is not None and _real(root) == out
    unread: list[Path] = []
    for name, folders, files in os.walk(root, onerror=lambda e: unread.append(Path(e.filename))):
        yield from unread
        unread.clear()
        folder = Path(name)
        folders[:] = sorted(
            f for f in folders if not (_skipped(folder / f, out) or leaves(folder / f))
        )
        if out is not None and not named_output and _real(folder) == out:
            folders[:] = []
            continue
        linked = [folder / f for f in folders if _is_link(folder / f)]
        if linked:
            passed.setdefault(_LINKED, []).extend(linked)
        names = frozenset(files)
        for file in sorted(files):
            if _is_packed(file):
                passed.setdefault(_PACKED, []).append(folder / file)
            if _is_unread(file) and not leaves(folder / file):
                passed.setdefault(_UNREAD, []).append(folder / file)
            if not _is_source(file) or leaves(folder / file) or not _is_file(folder / file):
                continue
            if _is_output(folder / file, names, root):
                passed.setdefault(_WRITTEN, []).append(folder / file)
            else:
                yield folder / file
    yield from unread


def _is_file(path: Path) -> bool:
    """Whether a path may be read: a pipe would be waited for without end."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True  # reading it says what is wrong


def _is_link(path: Path) -> bool:
    try:
        return path.is_symlink()
    except OSError:
        return False


def _skipped(folder: Path, out: Path | None) -> bool:
    if folder.name.startswith(".") or folder.name in _VENDORED:
        return True
    if out is not None and _real(folder) == out:
        return True
    try:
        # A folder with the marks of a run is the output of an earlier one.
        return (folder / _ORIGINALS).is_dir() or all((folder / f).is_file() for f in _BATCH_FILES)
    except OSError:
        return False  # listing it says what is wrong


def _is_source(name: str) -> bool:
    if name.startswith(".") or name in _BATCH_FILES or name.endswith(_REPORT_SUFFIXES):
        return False
    return format_of(name) is not None


def _is_packed(name: str) -> bool:
    """Whether a file is a source that is not read as it is, for it is compressed."""
    path = Path(name)
    packed = path.suffix.lower() in _COMPRESSED and format_of(name) is None
    return packed and _is_source(path.stem)


def _is_unread(name: str) -> bool:
    """Whether a file may be an article in a format that is not read."""
    return not name.startswith(".") and Path(name).suffix.lower() in _UNREAD_SUFFIXES


def _is_output(file: Path, names: Collection[str], root: Path) -> bool:
    """Whether a run wrote an article beside its source: a report there names the source.

    Args:
        file: A file in a folder.
        names: The files of that folder.
        root: What the user named: where the source is elsewhere, the article itself is meant.
    """
    for suffix in _REPORT_SUFFIXES:
        report = f"{parted(file.name)[0]}{suffix}"
        if report not in names:
            continue
        try:
            with (file.parent / report).open(encoding="utf-8") as lines:
                text = next(lines, "") if suffix.endswith("l") else lines.read()
            source = json.loads(text)["source"]
            named, digest = Path(source["path"]), str(source["sha256"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        # The path is that of the run, which may have been started elsewhere.
        beside = file.parent / named.name
        if _is_other(named, file, root) or (
            _is_other(beside, file, root) and sha256(beside.read_bytes()).hexdigest() == digest
        ):
            return True
    return False


def _is_other(source: Path, file: Path, root: Path) -> bool:
    """Whether a source below a folder is there, and not the file itself."""
    try:
        there = source.is_file() and os.access(source, os.R_OK) and not source.samefile(file)
    except OSError:
        return False
    return there and _real(source).is_relative_to(_real(root))


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
