"""Standard output, error and signals of a command: none of them leaves work half done."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

#: Signals that ask a process to end, beside Ctrl-C; Windows has no SIGHUP.
_ENDING = tuple(getattr(signal, n) for n in ("SIGTERM", "SIGHUP") if hasattr(signal, n))


class Stopped(KeyboardInterrupt):
    """A signal asks for the end of the process: files are tidied up as after Ctrl-C.

    Args:
        number: Of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


@contextlib.contextmanager
def ending() -> Iterator[None]:
    """Raises `Stopped` where a signal would end the process at once, its workers left alone."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only there can signals be answered
        return

    def stop(number: int, frame: FrameType | None) -> None:
        # Once is enough: a second one would cut the tidying up short.
        signal.signal(number, signal.SIG_IGN)
        raise Stopped(number)

    # One that is ignored (nohup), or answered by a program around this one, stays so.
    own = [n for n in _ENDING if signal.getsignal(n) is signal.SIG_DFL]
    for number in own:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in own:
            signal.signal(number, signal.SIG_DFL)


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Answers a signal only after what is done here: an article is put in place and counted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[tuple[int, FrameType | None]] = []
    answers = {n: h for n in (signal.SIGINT, *_ENDING) if callable(h := signal.getsignal(n))}
    for number in answers:
        signal.signal(number, lambda number, frame: came.append((number, frame)))
    try:
        yield
    finally:
        for number, answer in answers.items():
            signal.signal(number, answer)
        if came:
            answers[signal.Signals(came[0][0])](*came[0])


class Stream(io.RawIOBase):
    """A standard stream that fails no work: what cannot be shown is dropped, and why is kept.

    Args:
        raw: The stream itself; None where it was closed when the process began.
    """

    def __init__(self, raw: io.RawIOBase | None) -> None:
        self.raw = raw
        self.error = OSError(errno.EBADF, os.strerror(errno.EBADF)) if raw is None else None

    @property
    def told(self) -> OSError | None:
        """What went wrong, if a user wants to know: not that a reader has had enough."""
        quiet = self.raw is None or isinstance(self.error, BrokenPipeError)
        return None if quiet else self.error

    def writable(self) -> bool:
        """As for any stream that is written."""
        return True

    def fileno(self) -> int:
        """The number of the stream itself."""
        if self.raw is None:
            raise io.UnsupportedOperation("fileno")
        return self.raw.fileno()

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self.raw is not None and self.raw.isatty()

    def write(self, data: Any) -> int | None:
        """Writes bytes, or drops them once that went wrong."""
        if self.error is None and self.raw is not None:
            try:
                return self.raw.write(data)
            except OSError as error:
                self.error = error
        return memoryview(data).nbytes


@contextlib.contextmanager
def standing() -> Iterator[Stream | None]:
    """Puts a `Stream` under standard output and error meanwhile.

    Yields:
        That of standard output; None where it is no file (a test, a notebook).
    """
    before = sys.stdout, sys.stderr
    out, error = _under(sys.stdout), _under(sys.stderr)
    # File names and terms in what is printed may be beyond a terminal's character set.
    sys.stdout = _text(sys.stdout, out, "replace")
    sys.stderr = _text(sys.stderr, error, "backslashreplace")
    try:
        yield out
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        sys.stdout, sys.stderr = before


def _under(stream: Any) -> Stream | None:
    if stream is None:
        return Stream(None)
    with contextlib.suppress(OSError, ValueError):
        stream.flush()
    buffer = getattr(stream, "buffer", None)
    raw = getattr(buffer, "raw", buffer)
    return Stream(raw) if isinstance(raw, io.FileIO) else None


def _text(stream: Any, under: Stream | None, errors: str) -> Any:
    if under is None:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)
        return stream
    return io.TextIOWrapper(
        io.BufferedWriter(under),
        encoding=getattr(stream, "encoding", None) or "utf-8",
        errors=errors,
        line_buffering=getattr(stream, "line_buffering", True),
        write_through=getattr(stream, "write_through", False),
    )
