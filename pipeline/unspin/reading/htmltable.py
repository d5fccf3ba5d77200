"""Tables of a page: which hold data, and what stands in which column."""

from __future__ import annotations

import sys
from collections.abc import Callable

from unspin.reading.builder import MAX_SPAN
from unspin.reading.htmltree import Element, visible_text

#: Blocks that a cell of data may hold: other ones make a page laid out with a table.
_IN_CELL = frozenset(
    [
        "p",
        "div",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "center",
        "address",
        "details",
        "hr",
        "h3",
        "h4",
        "h5",
        "h6",
    ]
)
_NEVER_IN_CELL = frozenset(
    ["article", "aside", "blockquote", "embed", "fieldset", "figure", "footer", "form", "h1", "h2",
     "header", "iframe", "main", "nav", "object", "pre", "section", "table", "video"]
)  # fmt: skip
#: Longest visible text of a cell with blocks, where no heading cell says that the table holds data.
_MAX_CELL = 300
#: The same where one does: a cell of instructions is long, an article longer.
_MAX_HEADED_CELL = 2000

Hidden = Callable[[Element], bool]


def _rows(table: Element, hidden: Hidden) -> list[Element]:
    """The rows of a table; markup that should not be between them (a form) is looked through."""
    out = []
    for child in table.elements:
        if hidden(child):
            continue
        if child.tag == "tr":
            out.append(child)
        elif child.tag not in ("caption", "colgroup", "td", "th", "table"):
            out += _rows(child, hidden)
    return out


def _row_cells(row: Element, hidden: Hidden) -> list[Element]:
    return [c for c in row.elements if c.tag in ("td", "th") and not hidden(c)]


def grid(table: Element, hidden: Hidden) -> list[list[Element | None]]:
    """The cells of a table by row and column.

    A cell that spans rows or columns stands in its first place, and leaves the others empty: each
    value stays under its heading.

    Args:
        table: The table.
        hidden: Whether an element is not seen by readers.
    """
    out: list[list[Element | None]] = []
    covered: dict[int, int] = {}  # rows that a cell from above still covers, by column
    for element in _rows(table, hidden):
        row: list[Element | None] = []
        next_covered = {c: n - 1 for c, n in covered.items() if n > 1}
        for cell in _row_cells(element, hidden):
            while covered.get(len(row)):
                row.append(None)
            rows = _span(cell, "rowspan")
            columns = range(len(row), len(row) + _span(cell, "colspan"))
            row += [cell, *[None] * (len(columns) - 1)]
            next_covered |= {c: rows - 1 for c in columns if rows > 1}
        covered = next_covered
        out.append(row)
    width = max((n for row in out for n, cell in enumerate(row, 1) if cell is not None), default=0)
    return [(row + [None] * width)[:width] for row in out]


def _span(cell: Element, name: str) -> int:
    value = cell.attrs.get(name, "").strip()
    if name == "rowspan" and value == "0":  # to the end of the table
        return sys.maxsize
    if not value.isdecimal() or len(value) > len(str(sys.maxsize)):
        return 1
    return max(1, min(int(value), MAX_SPAN) if name == "colspan" else int(value))


def is_data(table: Element, source: str, hidden: Hidden) -> bool:
    """Whether a table holds data: rows of two columns or more, and no part of a page in a cell.

    Args:
        table: The table.
        source: The page.
        hidden: Whether an element is not seen by readers.
    """
    rows = [_row_cells(row, hidden) for row in _rows(table, hidden)]
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return False
    cells = [cell for row in rows for cell in row]
    headed = any(cell.tag == "th" for cell in cells) and not any(
        table.attrs.get("role", "") == role for role in ("presentation", "none")
    )
    longest = _MAX_HEADED_CELL if headed else _MAX_CELL
    return all(_is_simple(cell, source, longest) for cell in cells)


def _is_simple(cell: Element, source: str, longest: int) -> bool:
    tags = {e.tag for e in cell.descendants}
    if tags & _NEVER_IN_CELL:
        return False
    if not tags & _IN_CELL:
        return True
    return len(visible_text(source[cell.start : cell.end]).strip()) <= longest
