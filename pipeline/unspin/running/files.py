"""Where outputs go, and how they get there: whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import gzip
import hashlib
import io
import os
import stat
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from unspin.errors import InputError, readable
from unspin.reading import is_folder
from unspin.reading.detect import format_of, parted

ORIGINALS = ".originals"
SUMMARY = "report.json"
WORKLIST = "worklist.csv"
#: Characters of a file's name in that of its temporary file.
_SHOWN = 32
#: Bytes of a large file that are read at a time.
_PIECE = 1 << 20
#: Decisions on places that are open no more, or that this run did not meet.
UNMATCHED = "worklist.unmatched.csv"


@dataclass(frozen=True)
class Target:
    """Where one source's outputs go, relative to the output folder.

    Args:
        source: The source file.
        stem: Output path without suffix, such as ``a/b`` or ``a/b.html`` after a collision.
    """

    source: Path
    stem: str

    def suffix(self, records: bool, to: str) -> str:
        """Suffix of the article, without its dot: records that came compressed go compressed.

        Args:
            records: Whether the source holds records.
            to: Format of articles.
        """
        if not records:
            return to
        return "jsonl.gz" if parted(self.source.name)[1].lower().endswith(".gz") else "jsonl"

    def article(self, suffix: str) -> PurePosixPath:
        """Path of the article."""
        return PurePosixPath(f"{self.stem}.{suffix}")

    def report(self, records: bool) -> PurePosixPath:
        """Path of the report; JSON Lines for a file of records."""
        return PurePosixPath(f"{self.stem}.report.{'jsonl' if records else 'json'}")

    def names(self, to: str | None) -> Iterator[PurePosixPath]:
        """Every path that may be written: whether a source holds records shows when it is read.

        Args:
            to: Format of articles; None where none are written.
        """
        kind = format_of(self.source.name) or "jsonl"
        for records in [False, True] if kind == "jsonl" else [False]:
            yield self.report(records)
            if to is not None:
                yield self.article(self.suffix(records, to))


def plan(
    sources: Sequence[Path],
    roots: Sequence[Path],
    *,
    to: str = "md",
    in_place: bool = False,
    free: Callable[[Target], bool] = lambda target: True,
) -> list[Target]:
    """Names the outputs of a batch.

    Args:
        sources: Source files.
        roots: What the user named: folders (names below them are kept) or files.
        to: Format of articles.
        in_place: Whether the sources stay where they are: then the folders of named files are kept,
            so that no later run writes over what `undo` needs (every page may be an ``index.md``).
        free: Whether nothing of another source stands where the outputs go.

    Returns:
        One target per source, in order. Names that would collide, with each other or with a report
        or the summary, keep their suffix; should they still collide (two folders with the same
        names), a number is added.
    """
    relative = [_relative(s, roots, in_place) for s in sources]
    plain = [str(PurePosixPath(r).with_name(parted(PurePosixPath(r).name)[0])) for r in relative]
    # A folder that could not be listed is among the sources for its error: nothing is written.
    unlisted = [is_folder(s) for s in sources]
    counts = Counter(n.casefold() for n, u in zip(plain, unlisted, strict=True) if not u)
    taken = {SUMMARY, WORKLIST}
    targets = []
    for source, name, full, empty in zip(sources, plain, relative, unlisted, strict=True):
        if empty:
            targets.append(Target(source, full))
            continue
        alone = [name] if counts[name.casefold()] == 1 else []
        for stem in chain(alone, [full], (f"{full}-{n}" for n in count(2))):
            target = Target(source, stem)
            names = {str(p).casefold() for p in target.names(None if in_place else to)}
            if not names & taken and free(target):
                break
        taken |= names
        targets.append(target)
    return targets


def refuse_overwriting(targets: Sequence[Target], out: Path, to: str | None) -> None:
    """Raises where an output would be written over a source of the run.

    Args:
        targets: Of every source.
        out: Output folder.
        to: Format of articles; None where none are written.

    Raises:
        InputError: It would; the message names the source.
    """
    if not is_folder(out):
        return
    sources = {_identity(t.source): t.source for t in targets}
    remedy = "name another folder with -o"
    if to is not None:
        remedy += ", or edit the sources themselves with --in-place"
    written = [name for t in targets for name in t.names(to)]
    for name in [PurePosixPath(SUMMARY), PurePosixPath(WORKLIST), *written]:
        found = _identity(out / name)
        if found is not None and found in sources:
            raise InputError(
                str(sources[found]), f"is a source, and {out / name} would be written; {remedy}"
            )


def refuse_report(report: Path, others: Iterable[Path]) -> None:
    """Raises where a file for findings is one that the run reads.

    Args:
        report: Where findings are to be written.
        others: Sources, and the tool's own files.

    Raises:
        InputError: It is one of them.
    """
    found = _identity(report)
    if found is not None and any(_identity(other) == found for other in others):
        raise InputError(str(report), "is read by this run, and --report would write over it; "
                         "name another file")  # fmt: skip


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from every other, however it is named; None where there is none."""
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_dev, about.st_ino


def _relative(source: Path, roots: Sequence[Path], in_place: bool) -> str:
    for root in roots:
        if is_folder(root) and source.is_relative_to(root):
            return source.relative_to(root).as_posix()
    whole = Path(os.path.normpath(Path.cwd() / source))
    if in_place and whole.is_relative_to(Path.cwd()):
        return whole.relative_to(Path.cwd()).as_posix()
    return source.name


def write_atomic(path: Path, data: bytes) -> None:
    """Writes a file whole or not at all; keeps the mode of a file that it replaces.

    A link stays one: the file that it leads to is written. A device, a pipe and the name of an open
    file (``/dev/stdout``) are written to as they are: a new file in the place of a device would
    take it away from the whole machine.

    Raises:
        OSError: It cannot be written; `filename` is its path.
    """
    write_together([(path, data)])


def write_together(files: Sequence[tuple[Path, bytes]]) -> None:
    """Writes files as `write_atomic` does; none of them where one cannot be written.

    Raises:
        OSError: One cannot be written; `filename` is its path.
    """
    with Staging() as staging:
        for path, data in files:
            with naming(path), _opened_stream(path) or staging.open(path) as file:
                file.write(data)
        staging.place()


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Makes errors name a file, and not what stands for it while it is written.

    Args:
        path: The file.
    """
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise


class Staging:
    """Files that are written under other names, and put in place together or not at all.

    On leaving it what is not in place is removed.
    """

    def __init__(self) -> None:
        self._staged: list[tuple[Path, Path]] = []

    def __enter__(self) -> Staging:
        return self

    def __exit__(self, *exc: object) -> None:
        for part, _ in self._staged:
            with contextlib.suppress(OSError):
                part.unlink()

    def open(self, path: Path) -> io.BufferedRandom:
        """Opens what shall become a file.

        Args:
            path: Where it will be put; where a link leads, if it is one.

        Raises:
            OSError: It cannot be made; `filename` is `path`.
        """
        with naming(path):
            path = Path(os.path.realpath(path)) if path.is_symlink() else path
            path.parent.mkdir(parents=True, exist_ok=True)
            _mode(path)  # a folder that stands there is told before the work
            # A name of its own length: that of the file may be as long as names can be. It is noted
            # before the file is there, for a signal may come between.
            part = path.with_name(f".{path.name[:_SHOWN]}.{os.urandom(4).hex()}.part")
            self._staged.append((part, path))
            # Nobody else reads meanwhile what may become part of a private file.
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            return os.fdopen(os.open(part, flags, 0o600), "w+b")

    def place(self) -> None:
        """Puts all of them in place; they must be closed.

        Raises:
            OSError: One cannot be; `filename` is its path.
        """
        for part, path in self._staged:
            with naming(path):
                part.chmod(_mode(path))
        for part, path in self._staged:
            with naming(path):
                part.replace(path)
        self._staged.clear()


def _opened_stream(path: Path) -> BinaryIO | None:
    """Opens what is written to as it is; None where a file is to be put in place."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND), "wb") if _is_stream(path) else None


def _is_stream(path: Path) -> bool:
    """Whether a path names a device, a pipe, or an open file by its number."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False  # not there yet, or what is wrong with it shows when it is written
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return True
    folder = os.path.realpath(path.parent)
    return stat.S_ISREG(mode) and (folder == "/dev" or folder.startswith("/proc/"))


def _mode(path: Path) -> int:
    """Mode of a file that is replaced, or a new one's."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return 0o666 & ~_umask()
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    return stat.S_IMODE(mode)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def keep_original(out: Path, sha256: str, raw: bytes) -> None:
    """Keeps a source's bytes compressed beside the reports, under its hash."""
    path = out / ORIGINALS / f"{sha256}.gz"
    if not path.exists():
        # mtime=0: the same source gives the same file, so that a committed output stays unchanged
        write_atomic(path, gzip.compress(raw, 9, mtime=0))


def keep_file(out: Path, sha256: str, source: Path) -> None:
    """Keeps the bytes of a file of any size as `keep_original` does.

    Args:
        out: Output folder.
        sha256: Hash of the bytes that were read.
        source: The file.

    Raises:
        InputError: It holds other bytes now.
        OSError: It cannot be read, or its copy cannot be written.
    """
    path = out / ORIGINALS / f"{sha256}.gz"
    if path.exists():
        return
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)  # with the header of gzip
    digest = hashlib.sha256()
    with Staging() as staging:
        with source.open("rb") as file, naming(path), staging.open(path) as kept:
            while piece := file.read(_PIECE):
                digest.update(piece)
                kept.write(packer.compress(piece))
            kept.write(packer.flush())
        if digest.hexdigest() != sha256:
            raise InputError(readable(source), "changed while it was read; run it again")
        staging.place()


def find_original(report_path: Path, sha256: str) -> bytes | None:
    """Source bytes kept beside a report or in a folder above it, or None.

    Raises:
        InputError: They are damaged or cannot be read.
    """
    for folder in report_path.resolve().parents:
        path = folder / ORIGINALS / f"{sha256}.gz"
        if path.is_file():
            return _kept(path, sha256)
    return None


def _kept(path: Path, sha256: str) -> bytes:
    remedy = "restore it, or remove it to undo from the source file"
    try:
        raw = gzip.decompress(path.read_bytes())
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(str(path), f"the kept original is damaged ({error}); {remedy}") from error
    except OSError as error:
        why = f"the kept original cannot be read ({error.strerror}); check its permissions"
        raise InputError(str(path), why) from error
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise InputError(str(path), f"the kept original is damaged (its hash differs); {remedy}")
    return raw
