"""Reviewdog Diagnostic Format (rdjson), with suggestions."""

from __future__ import annotations

from collections.abc import Mapping
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
    if item.fix and item.fix["byte_columns"]:
        out["suggestions"] = [{"range": _span(item.fix), "text": item.fix["text"]}]
    return out


def _range(item: Item) -> dict[str, Any]:
    if item.line is None:
        return {}
    start: dict[str, Any] = {"line": item.line}
    if item.column is None or item.byte_columns is None:
        return {"start": start}
    return _span({**item.data, "end_line": item.end_line, "byte_columns": item.byte_columns})


def _span(place: Mapping[str, Any]) -> dict[str, Any]:
    first, last = place["byte_columns"]
    return {
        "start": {"line": place["line"], "column": first},
        "end": {"line": place["end_line"], "column": last},
    }
