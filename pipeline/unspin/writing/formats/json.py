"""JSON: findings, rows and gates in one object."""

from __future__ import annotations

from unspin.report import dump, gate_dict
from unspin.writing.formats.base import Run


def render(run: Run) -> str:
    """One object with ``passed``, ``articles`` and ``errors``."""
    articles = [
        {
            **a.row,
            "gates": [gate_dict(g) for g in a.gates],
            "findings": [{**i.data, "counts": i.counts} for i in a.items],
        }
        for a in run.articles
    ]
    errors = [{"path": p, "reason": why} for p, why in run.errors]
    return dump(
        {"tool": dict(run.tool), "passed": run.passed, "articles": articles, "errors": errors}
    ).decode()
