"""Markdown summary, for ``$GITHUB_STEP_SUMMARY``."""

from __future__ import annotations

from collections import Counter

from unspin.writing.formats.base import Item, Run, worst_first

#: Rows of each table; a step summary may hold 1 MiB (GitHub documentation).
MOST_ROWS = 100
#: Code points of a cell: a finding may quote a whole paragraph.
LONGEST_CELL = 500


def render(run: Run) -> str:
    """Verdict, failed articles, findings by rule, worst places."""
    failed = [a for a in run.articles if not a.passed]
    lines = [f"## unspin: {run.verdict}", ""]
    lines += [f"- **{_cell(p)}**: {_cell(why)}" for p, why in run.errors[:MOST_ROWS]]
    if len(run.errors) > MOST_ROWS:
        lines.append(f"- and {len(run.errors) - MOST_ROWS} more")
    if failed:
        lines += ["", "| article | score | spun | failed gate |", "|---|--:|--:|---|"]
        for a in failed[:MOST_ROWS]:
            gates = "; ".join(str(g) for g in a.gates if not g.passed)
            figures = ("-" if a.row[k] is None else a.row[k] for k in ("score", "spun_probability"))
            cells = (_cell(a.path), *figures, _cell(gates))
            lines.append("| " + " | ".join(map(str, cells)) + " |")
        if len(failed) > MOST_ROWS:
            lines.append(f"| and {len(failed) - MOST_ROWS} more | | | |")
    counted = worst_first(i for i in run.items if i.counts)
    if counted:
        rules = Counter(i.rule for i in counted)
        lines += ["", "| rule | findings |", "|---|--:|"]
        lines += [f"| {rule} | {n} |" for rule, n in sorted(rules.items())]
        lines += [
            "",
            "<details><summary>Places</summary>",
            "",
            "| place | rule | finding |",
            "|---|---|---|",
        ]
        lines += [_row(i) for i in counted[:MOST_ROWS]]
        if len(counted) > MOST_ROWS:
            lines.append(f"| | | and {len(counted) - MOST_ROWS} more |")
        lines += ["", "</details>"]
    return "\n".join(lines) + "\n"


def _row(item: Item) -> str:
    return f"| {_cell(item.path)}:{item.number or '-'} | {item.rule} | {_cell(item.message)} |"


def _cell(text: str) -> str:
    flat = " ".join(text.split()).replace("|", "\\|")
    if len(flat) > LONGEST_CELL:
        flat = flat[: LONGEST_CELL - 1].removesuffix("\\") + "…"
    return flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
