"""A pool of worker processes that an interrupt ends at once."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any


class Pool(ProcessPoolExecutor):
    """Worker processes; on leaving it by an exception they are ended, whatever they are doing."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kw: Any) -> Future[Any]:
        """Hands work to a worker, which is started where there is none."""
        with _held_back():
            return super().submit(fn, *args, **kw)

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            self.shutdown()
            return
        workers = list((self._processes or {}).values())
        self.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.terminate()


@contextlib.contextmanager
def _held_back() -> Iterator[None]:
    """Ctrl-C waits meanwhile.

    A process that is started now does not get it at all: it reaches the whole group of processes,
    and is for the parent alone to answer.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
