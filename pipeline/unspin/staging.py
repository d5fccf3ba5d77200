"""Writes files whole or not at all, several of them together."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

#: Characters of a file's name in that of its temporary file.
_SHOWN = 32


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
