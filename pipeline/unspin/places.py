"""Places of a text, found in the time of a look-up however many there are."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from operator import attrgetter
from typing import Protocol, TypeVar


class Spanning(Protocol):
    """What lies between two code points."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it ends."""


S = TypeVar("S", bound=Spanning)


def overlapping(spans: Sequence[S], start: int, end: int) -> Sequence[S]:
    """Those of some spans, disjoint and in order, that overlap the text between two code points."""
    first = bisect_right(spans, start, key=attrgetter("end"))
    return spans[first : bisect_left(spans, end, key=attrgetter("start"))]


class Places:
    """Spans that are taken, in order: whoever asks first has a place.

    Only two neighbours can clash with a span, so that a text with thousands of findings does not
    take time that grows with their square.
    """

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def take(self, start: int, end: int) -> bool:
        """Takes a span unless one that is taken overlaps it.

        Args:
            start: Where it begins.
            end: Where it ends; an empty span overlaps what it stands in or beside.

        Returns:
            Whether it was free.
        """
        at = bisect_left(self._starts, start)
        near = range(max(at - 1, 0), min(at + 1, len(self._starts)))
        if any(_clash(start, end, self._starts[i], self._ends[i]) for i in near):
            return False
        self._starts.insert(at, start)
        self._ends.insert(at, end)
        return True


class Cover:
    """Spans that may overlap each other.

    Args:
        spans: Start and end of each, in any order.
    """

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(spans)
        self._starts = [start for start, _ in ordered]
        #: Of each span and those before it, the end that lies farthest.
        self._ends = list(accumulate((end for _, end in ordered), max))

    def meets(self, start: int, end: int) -> bool:
        """Whether one of them shares a code point with a span, or holds an empty one inside."""
        before = bisect_left(self._starts, end)
        return before > 0 and self._ends[before - 1] > start


def _clash(start: int, end: int, other_start: int, other_end: int) -> bool:
    if start == end or other_start == other_end:
        return start <= other_end and other_start <= end
    return start < other_end and other_start < end
