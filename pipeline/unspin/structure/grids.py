"""Tables of plain text: columns that spaces or frames line up, kept as they stand."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from unspin.article import Block, BlockKind
from unspin.structure.units import MARKER, Unit
from unspin.textmap import OffsetMap, Segment

#: Rows from which cells that do not line up make a table, and the spaces that must part them.
LEAST_ROWS = 3
WIDE_GAP = 3

_CELL = re.compile(r"\S+(?: \S+)*")
_RULE = re.compile(r"[-=_+|:\s]*[-=_]{2,}[-=_+|:\s]*")
_FRAME = re.compile(r"\+(?:[-=]{2,}\+)+")
_FRAMED = re.compile(r"[+|].*[+|]")
_SENTENCE_GAP = re.compile(r"[.!?:]['\"’”)]?\Z")

Cells = list[tuple[int, int]]


def keep_grids(lines: list[Unit], text: str, source: OffsetMap) -> list[Unit]:
    """Makes one preformatted block of the lines of each table.

    Args:
        lines: The lines of a flat text.
        text: Its prose.
        source: Its map.
    """
    out: list[Unit] = []
    i = 0
    while i < len(lines):
        n = _table_length(lines, i)
        if n:
            out.append(_joined(lines[i : i + n], text, source))
        else:
            out.append(lines[i])
        i += n or 1
    return out


def _table_length(lines: Sequence[Unit], i: int) -> int:
    """How many lines from `i` on make a table, or 0."""
    j = i
    while j < len(lines) and (j == i or not lines[j].blanks) and _may_be_row(lines[j]):
        j += 1
    run = lines[i:j]
    if any(_FRAME.fullmatch(u.text) for u in run):
        framed = 0
        while framed < len(run) and _FRAMED.fullmatch(run[framed].text):
            framed += 1
        return framed if framed >= LEAST_ROWS else 0
    # A line behind the table (a note) may look like a row of it.
    while j - i > 1 and not _lines_up(lines[i:j]):
        j -= 1
    return j - i if j - i > 1 else 0


def _may_be_row(unit: Unit) -> bool:
    if unit.original is not None or "\t" in unit.text:
        return False
    if _RULE.fullmatch(unit.text) or _FRAMED.fullmatch(unit.text):
        return True
    return len(_cells(unit)) > 1 or unit.indent > 1


def _cells(unit: Unit) -> Cells:
    """Columns at which cells begin and end; the mark of a list item is none."""
    lead = MARKER.match(unit.text)
    begin = lead.end() if lead else 0
    out: Cells = []
    for found in _CELL.finditer(unit.text, begin):
        a, z = found.start() + unit.indent, found.end() + unit.indent
        gap = a - out[-1][1] if out else 0
        if out and gap == 2 and _SENTENCE_GAP.search(unit.text[: out[-1][1] - unit.indent]):
            out[-1] = (out[-1][0], z)  # two spaces behind a sentence
        else:
            out.append((a, z))
    if lead and len(out) > 1:  # "1.  Rest   daily": the number is a column of its own
        out.insert(0, (unit.indent, unit.indent + len(lead.group().rstrip())))
    return out


def _lines_up(run: Sequence[Unit]) -> bool:
    rules = [u for u in run if _RULE.fullmatch(u.text)]
    rows = [_cells(u) for u in run if not _RULE.fullmatch(u.text)]
    full = [row for row in rows if len(row) > 1]
    if len(full) < 2 or not rows or len(rows[0]) < 2:
        return False
    starts = set.intersection(*({a for a, _ in row[1:]} for row in full))
    ends = set.intersection(*({z for _, z in row[1:]} for row in full))
    # What goes on in a cell begins where a column does.
    known = {a for row in full for a, _ in row[1:]}
    if any(len(row) < 2 and row[0][0] not in known for row in rows):
        return False
    if starts or ends:
        return True
    wide = all(b[0] - a[1] >= WIDE_GAP or rules for row in full for a, b in itertools.pairwise(row))
    even = len({len(row) for row in full}) == 1 and len(full) == len(rows)
    return even and wide and bool(rules or len(full) >= LEAST_ROWS)


def _joined(run: Sequence[Unit], text: str, source: OffsetMap) -> Unit:
    """The lines of a table as one block, their places kept."""
    margin = min(unit.indent for unit in run)
    parts: list[str] = []
    segments: list[Segment] = []
    at = 0
    for unit in run:
        start = unit.at - (unit.indent - margin)
        line = text[start : unit.at + len(unit.text)]
        moved = source.slice(start, start + len(line), at)
        if segments and moved and moved[0].source_start > segments[-1].source_end:
            gap = segments[-1].source_end
            segments.append(Segment(at - 1, 1, gap, moved[0].source_start - gap))
        segments += moved
        parts.append(line)
        at += len(line) + 1
    joined = "\n".join(parts)
    unit = Unit(joined, run[0].at, run[0].blanks, 0, run[0].group, tuple(segments))
    unit.kind = BlockKind.CODE
    unit.original = Block(BlockKind.CODE, 0, len(joined))
    return unit
