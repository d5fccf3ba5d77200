"""Builds a piece from runs of source text."""

from __future__ import annotations

import re
from dataclasses import replace

from unspin.article import OBJECT, Block, Mark, MarkKind, Piece, Span
from unspin.textmap import OffsetMap, Segment

#: Widest cell of a table, in columns: more is a mistake, or meant to fill memory.
MAX_SPAN = 50
#: A raised text whose place matters: an exponent, a charge, the number of a note. "10" and a raised
#: "9" are no "109"; a raised "th", "TM" or "+" reads the same on the line.
_RAISED_NUMBER = re.compile(r"[\s,;]*(?:[-‑–−+]?\s*\d|[-‑–−]+\s*\Z)|[\s,;]*[,;]\s*\Z")
_RAISED_MINUS = re.compile(r"\A(\s*)[-‑–−]")
_RAISED = str.maketrans("0123456789+−()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾")


def is_raised_number(text: str) -> bool:
    """Tell whether a superscript would say something else if it stood on the line."""
    return bool(_RAISED_NUMBER.match(text))


def raised(text: str) -> str:
    """Write a superscript as plain text: numbers with Unicode's raised digits.

    Args:
        text: What is raised.

    Returns:
        As many characters as `text` has; those that cannot be raised stay as they are.
    """
    if not is_raised_number(text):
        return text
    return _RAISED_MINUS.sub(r"\1⁻", text).translate(_RAISED)


def item_label(counting: str, number: int) -> str:
    """An item's label as browsers write it; empty for plain numbers.

    Args:
        counting: How its list counts: "a", "A", "i", "I", or nothing for figures.
        number: Its place in the list, from 1 on.
    """
    if not counting or not 0 < number < 40:
        return ""
    if counting in "iI":
        tens, ones = divmod(number, 10)
        label = "x" * tens + ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")[ones]
    elif number <= 26:
        label = chr(ord("a") + number - 1)
    else:
        return ""
    return (label.upper() if counting.isupper() else label) + "."


class PieceBuilder:
    """Collects prose with its source places, and marks over it."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._segments: list[Segment] = []
        self._marks: list[Mark] = []
        self._open: list[Mark] = []
        self.length = 0

    def add(self, text: str, start: int, end: int | None = None) -> None:
        """Adds prose that stands at ``start..end`` of the source.

        Args:
            text: The prose.
            start: Its source offset.
            end: Its end in the source; None where it stands there unchanged.
        """
        if not text:
            return
        size = len(text) if end is None else end - start
        last = self._segments[-1] if self._segments else None
        if (
            end is None
            and last is not None
            and last.linear
            and last.length > 0
            and last.end == self.length
            and last.source_end == start
        ):
            grown = last.length + size
            self._segments[-1] = Segment(last.start, grown, last.source_start, grown)
        else:
            self._segments.append(Segment(self.length, len(text), start, size))
        self._parts.append(text)
        self.length += len(text)

    def separate(self, text: str) -> None:
        """Adds prose that has no source (what parts two cells)."""
        self._parts.append(text)
        self.length += len(text)

    def raw(self, value: str, start: int, end: int) -> None:
        """Adds an object that is not prose; `value` is written out unchanged."""
        self._marks.append(Mark(self.length, self.length + 1, MarkKind.RAW, value))
        self.add(OBJECT, start, end)

    def open(self, kind: MarkKind, value: str = "", title: str = "") -> None:
        """Opens a mark here."""
        self._open.append(Mark(self.length, self.length, kind, value, title))

    def close(self, kind: MarkKind) -> None:
        """Closes the innermost open mark of a kind, if there is one."""
        for i in range(len(self._open) - 1, -1, -1):
            if self._open[i].kind is kind:
                mark = self._open.pop(i)
                if mark.start < self.length:
                    self._marks.append(replace(mark, end=self.length))
                return

    @property
    def ends_in_space(self) -> bool:
        """Whether the prose so far is empty or ends in white space."""
        return not self._parts or self._parts[-1][-1:].isspace()

    def piece(self, block: Block) -> Piece:
        """The piece, without white space at either end."""
        for kind in [mark.kind for mark in self._open]:
            self.close(kind)
        text = "".join(self._parts)
        lead = len(text) - len(text.lstrip())
        end = max(lead, len(text.rstrip()))
        segments = tuple(OffsetMap(self._segments).slice(lead, end)) if text else ()

        def move(offset: int) -> int:
            return min(max(offset, lead), end) - lead

        marks = [replace(m, start=move(m.start), end=move(m.end)) for m in self._marks]
        cells = tuple(Span(move(c.start), move(c.end)) for c in block.cells)
        kept = tuple(sorted((m for m in marks if m.start < m.end), key=lambda m: (m.start, -m.end)))
        return Piece(text[lead:end], segments, replace(block, end=end - lead, cells=cells), kept)
