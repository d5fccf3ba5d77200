"""Where outputs go, and how they get there: whole or not at all."""

from __future__ import annotations

import contextlib
import gzip
import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ORIGINALS = ".originals"


@dataclass(frozen=True)
class Target:
    """Where one source's outputs go, relative to the output folder.

    Args:
        source: The source file.
        stem: Output path without suffix, such as ``a/b`` or ``a/b.html`` after a collision.
    """

    source: Path
    stem: str

    def article(self, suffix: str) -> PurePosixPath:
        """Path of the article."""
        return PurePosixPath(f"{self.stem}.{suffix}")

    def report(self, records: bool) -> PurePosixPath:
        """Path of the report; JSON Lines for a file of records."""
        return PurePosixPath(f"{self.stem}.report.{'jsonl' if records else 'json'}")


def plan(sources: Sequence[Path], roots: Sequence[Path], *, in_place: bool = False) -> list[Target]:
    """Names the outputs of a batch.

    Args:
        sources: Source files.
        roots: What the user named: folders (names below them are kept) or files.
        in_place: Whether the sources stay where they are: then the folders of named files are kept,
            so that no later run writes over what `undo` needs (every page may be an ``index.md``).

    Returns:
        One target per source, in order. Names that would collide keep their suffix; should they
        still collide (two folders with the same names), a number is added.
    """
    relative = [_relative(s, roots, in_place) for s in sources]
    plain = [str(PurePosixPath(r).with_suffix("")) for r in relative]
    counts = Counter(name.casefold() for name in plain)
    stems: list[str] = []
    seen: Counter[str] = Counter()
    for name, full in zip(plain, relative, strict=True):
        stem = name if counts[name.casefold()] == 1 else full
        seen[stem.casefold()] += 1
        if seen[stem.casefold()] > 1:
            stem = f"{stem}-{seen[stem.casefold()]}"
        stems.append(stem)
    return [Target(s, stem) for s, stem in zip(sources, stems, strict=True)]


def _relative(source: Path, roots: Sequence[Path], in_place: bool) -> str:
    for root in roots:
        if root.is_dir() and source.is_relative_to(root):
            return source.relative_to(root).as_posix()
    whole = Path(os.path.normpath(Path.cwd() / source))
    if in_place and whole.is_relative_to(Path.cwd()):
        return whole.relative_to(Path.cwd()).as_posix()
    return source.name


def write_atomic(path: Path, data: bytes) -> None:
    """Writes a file whole or not at all; keeps the mode of a file that it replaces.

    Raises:
        OSError: The folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        mode = path.stat().st_mode if path.exists() else 0o666 & ~_umask()
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


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


def find_original(report_path: Path, sha256: str) -> bytes | None:
    """Source bytes kept beside a report or in a folder above it, or None."""
    for folder in report_path.resolve().parents:
        path = folder / ORIGINALS / f"{sha256}.gz"
        if path.is_file():
            return gzip.decompress(path.read_bytes())
    return None
