"""Where outputs go, and the originals that are kept beside them."""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path, PurePosixPath

from unspin.errors import InputError, readable
from unspin.reading import is_folder
from unspin.reading.detect import WITH_CODE, format_of, parted
from unspin.staging import Staging, naming, write_atomic

ORIGINALS = ".originals"
SUMMARY = "report.json"
WORKLIST = "worklist.csv"
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
        """Suffix of the article, without its dot.

        Records that came compressed go compressed, and Markdown with code keeps its own suffix.

        Args:
            records: Whether the source holds records.
            to: Format of articles.
        """
        own = parted(self.source.name)[1]
        if records:
            return "jsonl.gz" if own.lower().endswith(".gz") else "jsonl"
        return own[1:] if to == "md" and own.lower() in WITH_CODE else to

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
