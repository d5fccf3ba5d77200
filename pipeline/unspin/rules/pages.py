"""Rule pages: one Markdown file per rule, made from the class docstrings."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path

from unspin.rules import all_rules
from unspin.rules.base import Rule

HEADINGS = ("What it does", "Why it matters", "Example", "Fix", "Known limits")


def page(rule: Rule) -> str:
    """The rule's page as Markdown.

    Args:
        rule: A rule whose docstring has the five headings.
    """
    text = inspect.getdoc(rule) or ""
    lines = [f"# {rule.id} {rule.slug}", "", f"Default severity: {rule.severity}", ""]
    for line in text.splitlines():
        if line.rstrip(":") in HEADINGS and line.endswith(":"):
            lines += [f"## {line.rstrip(':')}", ""]
        else:
            lines.append(re.sub(r"^    ", "", line).replace("``", "`"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def index() -> str:
    """Table of all rules, linked to their pages."""
    rows = ["# Rules", "", "| rule | name | severity | |", "|---|---|---|---|"]
    for rule in all_rules():
        head = (inspect.getdoc(rule) or "").splitlines()[0]
        rows.append(f"| [{rule.id}]({rule.id}.md) | {rule.slug} | {rule.severity} | {head} |")
    return "\n".join(rows) + "\n"


def write(folder: Path) -> None:
    """Writes every page and the index into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for rule in all_rules():
        (folder / f"{rule.id}.md").write_text(page(rule), encoding="utf-8")
    (folder / "README.md").write_text(index(), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
