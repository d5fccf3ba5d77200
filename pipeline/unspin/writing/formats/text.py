"""Text: a line a finding, then the score table and the verdict."""

from __future__ import annotations

import io

from unspin.errors import one_line
from unspin.writing.formats.base import Run
from unspin.writing.terminal import table


def render(run: Run) -> str:
    """``path:line:col rule message`` lines, a table, failed gates, the verdict."""
    out = io.StringIO()
    for item in run.items:
        mark = "" if item.counts else " (known)"
        place = f"{item.path}:{item.number or '-'}:{item.column or '-'}"
        line = f"{place} {item.rule} {' '.join(item.message.split())}{mark}"
        out.write(f"{one_line(line)}\n")
    if run.judged:
        table([a.row for a in run.judged], out)
    for article in run.articles:
        for gate in article.gates:
            if not gate.passed:
                out.write(f"{one_line(f'{article.path}: {gate}')}\n")
    for path, reason in run.errors:
        out.write(f"{one_line(f'{path}: {reason}')}\n")
    out.write(f"{run.verdict}\n")
    return out.getvalue()
