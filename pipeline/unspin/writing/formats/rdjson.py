"""Reviewdog Diagnostic Format (rdjson), with suggestions."""

from __future__ import annotations

from typing import Any

from unspin.report import dump
from unspin.writing.formats.base import Item, Run, relative, worst_first

_SEVERITIES = {"error": "ERROR", "warning": "WARNING", "info": "INFO"}


def render(run: Run) -> str:
    """One DiagnosticResult. Columns are in UTF-8 bytes, as the format asks."""
    found = worst_first(i for i in run.items if i.counts)
    errors = [
        {"message": reason, "location": {"path": relative(path)}, "severity": "ERROR"}
        for path, reason in run.errors
    ]
    return dump(
        {
            "source": {"name": "unspin"},
            "severity": "INFO",
            "diagnostics": [*errors, *[_diagnostic(i) for i in found]],
        }
    ).decode()


def _diagnostic(item: Item) -> dict[str, Any]:
    location: dict[str, Any] = {"path": relative(item.path)}
    span = _range(item)
    if span:
        location["range"] = span
    out: dict[str, Any] = {
        "message": item.message,
        "location": location,
        "severity": _SEVERITIES[item.severity],
        "code": {"value": item.rule},
    }
    if span and item.edit and item.data["applicability"] in ("safe", "suggested"):
        out["suggestions"] = [{"range": span, "text": item.data["replacements"][0]}]
    return out


def _range(item: Item) -> dict[str, Any]:
    if item.line is None:
        return {}
    start: dict[str, Any] = {"line": item.line}
    if item.column is None or item.byte_columns is None:
        return {"start": start}
    first, last = item.byte_columns
    return {
        "start": {"line": item.line, "column": first},
        "end": {"line": item.end_line, "column": last},
    }
