"""What a run shows in the terminal: a table, findings, a diff."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping, Sequence
from typing import IO, Any

from unspin.errors import one_line
from unspin.reading.languages import MIN_WORDS

_HEAD = ("article", "words", "spun", "score", "after", "findings", "edits", "review", "verdict")


def table(rows: Sequence[Mapping[str, Any]], out: IO[str] | None = None) -> None:
    """Prints the score table: rich in a terminal, tab-separated elsewhere."""
    out = out or sys.stdout
    lines = [_cells(r) for r in rows]
    if not out.isatty():
        print("\t".join(_HEAD), file=out)
        for line in lines:
            print("\t".join(line), file=out)
        return
    from rich.console import Console
    from rich.table import Table

    grid = Table(show_edge=False)
    for i, name in enumerate(_HEAD):
        grid.add_column(name, justify="left" if i in (0, 7, 8) else "right")
    for row, line in zip(rows, lines, strict=True):
        grid.add_row(*line, style=None if row["passed"] else "bold red")
    Console(file=out).print(grid)


def _cells(row: Mapping[str, Any]) -> list[str]:
    name = one_line(row["path"]) + (f":{row['record']}" if "record" in row else "")
    if row["score"] is None:
        why = f"language {row['language']}"
        if row["language"] == "und":
            why = "too short" if row["words"] < MIN_WORDS else "language not known"
        state = f"not judged ({why})"
        return [name, str(row["words"]), "-", "-", "-", "-", "0", "-", state]
    return [
        name,
        str(row["words"]),
        f"{row['spun_probability']:.2f}",
        f"{row['score']:.0f}",
        f"{row['score_after']:.0f}",
        str(row["findings"]),
        str(row["edits"]),
        row["review"],
        "pass" if row["passed"] else "fail",
    ]


def diff(name: str, before: str, after: str, out: IO[str] | None = None) -> None:
    """Prints a unified diff, coloured in a terminal."""
    out = out or sys.stdout
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"a/{name}", f"b/{name}", lineterm=""
    )
    colours = {"+": "green", "-": "red", "@": "cyan"}
    if not out.isatty():
        for line in lines:
            print(line, file=out)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=out, soft_wrap=True)
    for line in lines:
        head = line[:3] in ("+++", "---")
        console.print(Text(line, style="bold" if head else colours.get(line[:1], "")))
