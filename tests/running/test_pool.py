"""Worker processes that die, and a parent that does."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from unspin.running.pool import Pool

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals differ on Windows")


def begin() -> None:
    """Workers need nothing."""


def doubled(items: Sequence[int]) -> list[int]:
    for item in items:
        if item < 0:
            os.kill(os.getpid(), signal.SIGKILL)
    return [2 * item for item in items]


def killed_once(items: Sequence[str]) -> list[str]:
    for item in items:
        if item.startswith("/") and not Path(item).exists():
            Path(item).touch()
            os.kill(os.getpid(), signal.SIGKILL)
    return list(items)


def parts(items: Sequence[int], size: int) -> list[Sequence[int]]:
    return [items[i : i + size] for i in range(0, len(items), size)]


def test_what_kills_its_worker_is_lost_alone() -> None:
    items = [*range(5), -1, *range(6, 12), -2, *range(13, 30)]
    with Pool(2, begin) as pool:
        found = [r for part in pool.results(doubled, parts(items, 3)) for r in part]
    assert found == [2 * i if i >= 0 else None for i in items]


def test_a_worker_that_is_killed_once_costs_nothing(tmp_path: Path) -> None:
    items = [["a", "b"], [str(tmp_path / "mark"), "c"], ["d"], ["e"], ["f"], ["g"]]
    with Pool(2, begin) as pool:
        assert list(pool.results(killed_once, items)) == items


def test_workers_that_never_live_are_not_started_for_each_item() -> None:
    class Counted(Pool):
        started = 0

        def _new(self) -> ProcessPoolExecutor:
            self.started += 1
            return super()._new()

    with Counted(2, os.abort) as pool:
        assert list(pool.results(doubled, [[n] for n in range(500)])) == [[None]] * 500
    assert pool.started < 10


def test_a_crash_in_a_worker_comes_back() -> None:
    with Pool(2, begin) as pool, pytest.raises(TypeError):
        list(pool.results(len, [[1]]))  # type: ignore[arg-type]
