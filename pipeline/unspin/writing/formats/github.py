"""GitHub workflow commands: annotations on the lines of a pull request."""

from __future__ import annotations

from unspin.errors import one_line
from unspin.writing.formats.base import Item, Run, in_repository

#: GitHub shows ten annotations of a level per step (workflow commands, GitHub documentation).
MOST_PER_LEVEL = 10
_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def render(run: Run) -> str:
    """Errors first, at most ten a level; what is left out is counted."""
    by_level: dict[str, list[str]] = {c: [] for c in _COMMANDS.values()}
    for path, why in run.errors:
        by_level["error"].append(f"::error file={_property(in_repository(path))}::{_data(why)}")
    for item in run.items:
        if item.counts:
            command = _COMMANDS[item.severity]
            by_level[command].append(_annotation(command, item))
    lines = []
    for severity, command in _COMMANDS.items():
        found = by_level[command]
        lines += found[:MOST_PER_LEVEL]
        if len(found) > MOST_PER_LEVEL:
            lines.append(f"{len(found) - MOST_PER_LEVEL} more of severity {severity}")
    failed = [a for a in run.articles if not a.passed]
    for article in failed:
        bad = "; ".join(str(g) for g in article.gates if not g.passed)
        lines.append(one_line(f"{article.path}: {bad}"))
    lines.append(run.verdict)
    return "\n".join(lines) + "\n"


def _annotation(command: str, item: Item) -> str:
    place = f"file={_property(in_repository(item.path))}"
    if item.line is not None:
        place += f",line={item.line}"
        if item.column is not None:
            place += f",col={item.column}"
            if item.end_line is not None:
                place += f",endLine={item.end_line},endColumn={item.end_column}"
    return f"::{command} {place},title={_property(item.rule)}::{_data(item.message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
