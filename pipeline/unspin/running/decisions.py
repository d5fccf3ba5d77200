"""Decisions of editors in an earlier worklist: carried over to the new one, none is dropped.

A decision belongs to a place: a path and a fingerprint, and the record's line as long as that still
fits. An article that only reads as spun has no fingerprint: the path and its P(spun) tell it. What
meets no place goes to a file of its own, from which a later run that meets the place takes it back.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from unspin.errors import counted, readable
from unspin.reading.encoding import decode
from unspin.running.files import UNMATCHED, WORKLIST
from unspin.staging import write_atomic
from unspin.writing.summary import WORKLIST_COLUMNS, worklist

DECISION = "decision"
_NEEDED = {"path", "fingerprint", DECISION}
#: Spreadsheets part cells as their country does.
_DELIMITERS = ",;\t"
_Row = dict[str, str]
_Key = tuple[str, ...]


@dataclass(frozen=True)
class _Table:
    """A worklist as it was found.

    Args:
        own: Columns that this program does not write.
        rows: Cells by column.
    """

    own: tuple[str, ...] = ()
    rows: tuple[_Row, ...] = ()


def write_worklist(out: Path, places: Sequence[Sequence[str]]) -> list[str]:
    """Writes the worklist of a run, with the decisions that stood in the one before.

    Args:
        out: Output folder.
        places: Rows of the run, without decisions.

    Returns:
        What a person should know: decisions that meet no place, a file that was put aside.

    Raises:
        OSError: The folder cannot be written.
    """
    path, rest = out / WORKLIST, out / UNMATCHED
    notes: list[str] = []
    before, older = (_read(p, notes) for p in (path, rest))
    own = tuple(dict.fromkeys([*before.own, *older.own]))
    rows = [dict(zip(WORKLIST_COLUMNS, cells, strict=True)) for cells in places]
    left = _carry(rows, before, older)
    moved = sum(any(old is row for row in before.rows) for old in left)
    if moved:
        notes.append(
            f"{readable(path)}: {counted(moved, 'decision')} of an earlier run met no open place "
            f"of this one; kept in {readable(rest)}, and taken up again when the place is met"
        )
    # What has no place any more is safe in its file before it leaves the other one.
    if left:
        write_atomic(rest, _csv(left, own))
    write_atomic(path, _csv(rows, own))
    if not left:
        rest.unlink(missing_ok=True)
    return notes


def _csv(rows: Iterable[_Row], own: Sequence[str]) -> bytes:
    columns = (*WORKLIST_COLUMNS, *own)
    return worklist([[row.get(c, "") for c in columns] for row in rows], own).encode("utf-8")


# --- matching -------------------------------------------------------------------------------------


def _carry(rows: Sequence[_Row], before: _Table, older: _Table) -> list[_Row]:
    """Puts decisions into new rows; gives back the old rows whose decisions met none."""
    own = (DECISION, *before.own, *older.own)

    def worked(row: _Row) -> bool:
        return any(row.get(name, "").strip() for name in own)

    taken: set[int] = set()

    def match(old: Iterable[_Row], key: Callable[[_Row], _Key | None]) -> None:
        waiting: dict[_Key | None, deque[_Row]] = defaultdict(deque)
        for row in old:
            waiting[key(row)].append(row)
        waiting.pop(None, None)
        for row in rows:
            found = waiting.get(key(row))
            if found and not worked(row):
                taken.add(id(found[0]))
                row.update({name: found[0].get(name, "") for name in own})
                found.popleft()

    # Places that read alike have one fingerprint: as long as none is gone they keep their order.
    match(before.rows, _exact)
    everything = [*before.rows, *older.rows]
    for key in (_exact, _anywhere):
        match([r for r in everything if worked(r) and id(r) not in taken], key)
    return [r for r in everything if worked(r) and id(r) not in taken]


def _exact(row: _Row) -> _Key:
    mark = row["fingerprint"] or f"p={_number(row.get('confidence', ''))}"
    return row["path"], row.get("record", ""), mark


def _anywhere(row: _Row) -> _Key | None:
    """The place wherever its record went: lines of JSON Lines move."""
    return (row["path"], row["fingerprint"]) if row["fingerprint"] else None


def _number(text: str) -> str:
    """A number however a spreadsheet writes it: "1", "1.0", "0,97"."""
    try:
        return str(float(text.replace(",", ".")))
    except ValueError:
        return text


# --- reading --------------------------------------------------------------------------------------


def _read(path: Path, notes: list[str]) -> _Table:
    """The table at a path; what is none is put aside whole, and noted."""
    if not path.is_file():
        return _Table()
    data = path.read_bytes()
    table = _table(decode(data).text.lstrip("\ufeff"))
    if table is not None:
        return table
    aside = path.with_name(f"{path.stem}.{hashlib.sha256(data).hexdigest()[:12]}{path.suffix}")
    path.replace(aside)
    notes.append(
        f"{readable(path)}: lacks the columns path, fingerprint and decision: nothing of it "
        f"is carried over; kept as {readable(aside)}"
    )
    return _Table()


def _table(text: str) -> _Table | None:
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return None
    if not lines or not set(lines[0]) >= _NEEDED:
        return None
    names: list[str] = []
    for n in range(max(map(len, lines))):
        name = lines[0][n] if n < len(lines[0]) else ""
        # A column without a name, or with that of another, is an editor's too.
        names.append(name if name and name not in names else f"column {n + 1}")
    rows = [dict(zip(names, cells + [""] * len(names), strict=False)) for cells in lines[1:]]
    return _Table(tuple(n for n in names if n not in WORKLIST_COLUMNS), tuple(rows))
