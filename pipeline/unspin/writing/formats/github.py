"""GitHub workflow commands: annotations on the lines of a pull request."""

from __future__ import annotations

from unspin.writing.formats.base import Item, Run

#: GitHub shows ten annotations of a level per step (workflow commands, GitHub documentation).
MOST_PER_LEVEL = 10
_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def render(run: Run) -> str:
    """Errors first, at most ten a level; what is left out is counted."""
    lines = [f"::error file={_property(p)}::{_data(why)}" for p, why in run.errors]
    counted = [i for i in run.items if i.counts]
    for severity, command in _COMMANDS.items():
        items = [i for i in counted if i.severity == severity]
        lines += [_annotation(command, i) for i in items[:MOST_PER_LEVEL]]
        if len(items) > MOST_PER_LEVEL:
            lines.append(f"{len(items) - MOST_PER_LEVEL} more of severity {severity}")
    failed = [a for a in run.articles if not a.passed]
    for article in failed:
        bad = ", ".join(
            f"{g.name} {g.value} (limit {g.limit})" for g in article.gates if not g.passed
        )
        lines.append(f"{article.path}: {bad}")
    lines.append(run.verdict)
    return "\n".join(lines) + "\n"


def _annotation(command: str, item: Item) -> str:
    place = f"file={_property(item.path)}"
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
