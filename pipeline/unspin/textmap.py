"""Text that knows where each of its code points stood in the source."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of prose that comes from one run of the source.

    A *linear* segment maps code point by code point (``length == source_length``); any other
    segment is an atom (an entity, a repaired sequence) that maps as a whole.

    Args:
        start: Offset of the run in the prose, in code points.
        length: Length of the run in the prose, in code points.
        source_start: Offset of the run in the source, in code points.
        source_length: Length of the run in the source, in code points.
    """

    start: int
    length: int
    source_start: int
    source_length: int

    @property
    def linear(self) -> bool:
        """Whether each code point maps to one code point of the source."""
        return self.length == self.source_length

    @property
    def end(self) -> int:
        """End of the run in the prose."""
        return self.start + self.length

    @property
    def source_end(self) -> int:
        """End of the run in the source."""
        return self.source_start + self.source_length


class OffsetMap:
    """Maps offsets of a text to offsets of the source it was taken from.

    Args:
        segments: Segments sorted by ``start``, disjoint in prose and in source. Prose between
            two segments (the blank line that joins two blocks) has no source.
    """

    __slots__ = ("_starts", "segments")

    def __init__(self, segments: Iterable[Segment]) -> None:
        self.segments: tuple[Segment, ...] = tuple(s for s in segments if s.length > 0)
        self._starts = [s.start for s in self.segments]

    def __eq__(self, other: object) -> bool:
        """Maps of the same segments lead to the same places."""
        if not isinstance(other, OffsetMap):
            return NotImplemented
        return self.segments == other.segments

    def __hash__(self) -> int:
        return hash(self.segments)

    def __repr__(self) -> str:
        return f"OffsetMap({list(self.segments)!r})"

    def moved(self, by: int) -> OffsetMap:
        """The map into a source before which `by` code points were put."""
        return OffsetMap(replace(s, source_start=s.source_start + by) for s in self.segments)

    def _index(self, offset: int) -> int:
        return bisect_right(self._starts, offset) - 1

    def _overlapping(self, start: int, end: int) -> Iterator[Segment]:
        """The segments that share a code point with ``start..end``."""
        for i in range(max(self._index(start), 0), len(self.segments)):
            if self.segments[i].start >= end:
                return
            if self.segments[i].end > start:
                yield self.segments[i]

    def start_of(self, offset: int) -> int:
        """Source offset where the code point at ``offset`` begins."""
        i = self._index(offset)
        if i < 0:
            return self.segments[0].source_start if self.segments else 0
        segment = self.segments[i]
        if offset < segment.end:
            return segment.source_start + (offset - segment.start if segment.linear else 0)
        if i + 1 < len(self.segments):
            return self.segments[i + 1].source_start
        return segment.source_end

    def end_of(self, offset: int) -> int:
        """Source offset where the code point before ``offset`` ends."""
        i = self._index(offset - 1)
        if i < 0:
            return self.segments[0].source_start if self.segments else 0
        segment = self.segments[i]
        if offset <= segment.end:
            return segment.source_start + (
                offset - segment.start if segment.linear else segment.source_length
            )
        return segment.source_end

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Source span of the prose span ``start..end`` (an empty span stays empty)."""
        if start == end:
            at = self.end_of(start) if start else self.start_of(start)
            return at, at
        return self.start_of(start), self.end_of(end)

    def pieces(self, start: int, end: int) -> list[tuple[int, int, int, int]]:
        """Pieces of a prose span that are contiguous in the source.

        Returns:
            ``(start, end, source_start, source_end)`` each; atoms are never cut (a piece that
            touches an atom holds all of it); neighbours that touch in prose and source are joined.
        """
        out: list[tuple[int, int, int, int]] = []
        for s in self._overlapping(start, end):
            a, b = (max(start, s.start), min(end, s.end)) if s.linear else (s.start, s.end)
            sa = s.source_start + (a - s.start)
            sb = s.source_end - (s.end - b)
            if out and out[-1][1] == a and out[-1][3] == sa:
                out[-1] = (out[-1][0], b, out[-1][2], sb)
            else:
                out.append((a, b, sa, sb))
        return out

    def slice(self, start: int, end: int, shift: int = 0) -> list[Segment]:
        """Segments of the prose span ``start..end``, moved so that it begins at ``shift``."""
        out: list[Segment] = []
        for s in self._overlapping(start, end):
            a, b = max(start, s.start), min(end, s.end)
            move = shift - start
            if s.linear:
                out.append(Segment(a + move, b - a, s.source_start + a - s.start, b - a))
            else:
                out.append(Segment(a + move, b - a, s.source_start, s.source_length))
        return out
