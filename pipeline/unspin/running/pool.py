"""A pool of worker processes that outlives a worker, and that an interrupt ends at once."""

from __future__ import annotations

import contextlib
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")
#: Parts of the work, for each worker, that are under way at a time.
AHEAD = 2
#: Workers that died one after the other, with nothing done between, from which it is asked whether
#: any worker can live here at all.
DEATHS = 3


class Pool:
    """Worker processes; on leaving it by an exception they are ended, whatever they are doing.

    Args:
        jobs: Most workers at a time; each is started when there is work for it.
        start: Called in each worker first.
        args: Its arguments.
    """

    def __init__(self, jobs: int, start: Callable[..., None], args: tuple[Any, ...] = ()) -> None:
        self.jobs = jobs
        self._start = (start, args)
        self._deaths = 0
        self._hopeless = False
        self._processes = self._new()

    def _new(self) -> ProcessPoolExecutor:
        import multiprocessing

        # spawn: onnxruntime's threads do not survive a fork
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(
            self.jobs, mp_context=context, initializer=_begin, initargs=self._start
        )

    def submit(self, fn: Callable[..., R], /, *args: Any, **kw: Any) -> Future[R]:
        """Hands work to a worker, which is started where there is none.

        Raises:
            BrokenExecutor: A worker has died; the result raises the same where it dies later.
        """
        with _held_back():
            return self._processes.submit(fn, *args, **kw)

    def results(
        self, work: Callable[[Sequence[T]], Sequence[R]], parts: Iterable[Sequence[T]]
    ) -> Iterator[list[R | None]]:
        """Results of the parts, in their order.

        A worker that dies takes all of them with it. New ones are started, and what was under way
        is done again item by item, one at a time: that needs the least memory, and shows which
        item it was.

        Args:
            work: Gives one result for each item of a part.
            parts: Items that go to a worker together.

        Yields:
            One list for each part; None stands for an item that ended its worker on its own.
        """
        left = iter(parts)
        flying: deque[tuple[Sequence[T], Future[Sequence[R]]]] = deque()
        while True:
            while len(flying) < AHEAD * self.jobs and (part := next(left, None)) is not None:
                flying.append((part, self._sent(work, part)))
            if not flying:
                return
            part, future = flying.popleft()
            if not _lost(future):
                self._deaths = 0
                yield [*future.result()]
                continue
            self._renew()
            for suspect, result in [(part, future), *flying]:
                if _lost(result):
                    yield [self._alone(work, item) for item in suspect]
                else:
                    yield [*result.result()]
            flying.clear()

    def _sent(
        self, work: Callable[[Sequence[T]], Sequence[R]], part: Sequence[T]
    ) -> Future[Sequence[R]]:
        try:
            if not self._hopeless:
                return self.submit(work, part)
            error = BrokenExecutor("no worker lives")
        except BrokenExecutor as broken:
            error = broken
        failed: Future[Sequence[R]] = Future()
        failed.set_exception(error)
        return failed

    def _alone(self, work: Callable[[Sequence[T]], Sequence[R]], item: T) -> R | None:
        if self._hopeless:
            return None
        try:
            (made,) = self.submit(work, [item]).result()
        except BrokenExecutor:
            self._renew()
            self._deaths += 1
            # Starting a worker takes a second: not for each file of a batch in vain.
            self._hopeless = self._deaths % DEATHS == 0 and not self._lives()
            return None
        self._deaths = 0
        return made

    def _lives(self) -> bool:
        """Whether a worker that has nothing to do lives."""
        try:
            return self.submit(os.getpid).result() > 0
        except BrokenExecutor:
            self._renew()
            return False

    def _renew(self) -> None:
        if self._hopeless:
            return
        self._processes.shutdown()
        self._processes = self._new()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            self._processes.shutdown()
            return
        workers = list((self._processes._processes or {}).values())
        self._processes.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.terminate()


def _lost(future: Future[Any]) -> bool:
    return isinstance(future.exception(), BrokenExecutor)


def _begin(start: Callable[..., None], args: tuple[Any, ...]) -> None:
    """What a worker does first."""
    import threading

    threading.Thread(target=_end_with_parent, daemon=True).start()
    start(*args)


def _end_with_parent() -> None:
    """Nobody else ends a worker whose parent was killed: it would wait for work for ever."""
    from multiprocessing import connection, parent_process

    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


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
