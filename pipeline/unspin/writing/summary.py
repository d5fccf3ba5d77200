"""What a batch writes besides articles: the summary and the worklist."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from unspin.evidence import LOOKS_SPUN

WORKLIST_COLUMNS = (
    "path", "record", "line", "column", "rule", "applicability", "confidence", "text",
    "replacements", "message", "fingerprint", "decision",
)  # fmt: skip
#: A cell that begins so is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def summary(
    rows: Sequence[Mapping[str, Any]], errors: Sequence[tuple[str, str]], tool: Mapping[str, Any]
) -> dict[str, Any]:
    """The batch in one object.

    Args:
        rows: `row` of each report.
        errors: Path and reason of each source that could not be read.
        tool: Name, version, model and glossary.
    """
    judged = [r for r in rows if r["score"] is not None]
    rules: Counter[str] = Counter()
    for row in rows:
        rules.update(row["rules"])
    return {
        "schema_version": 1,
        "tool": dict(tool),
        "articles": len(rows),
        "judged": len(judged),
        "passed": all(r["passed"] for r in rows) and not errors,
        "review_required": sum(r["review"] == "required" for r in rows),
        "mean_score": _mean([r["score"] for r in judged]),
        "mean_score_after": _mean([r["score_after"] for r in judged]),
        "findings": dict(sorted(rules.items())),
        "edits": sum(r["edits"] for r in rows),
        "files": [dict(r) for r in rows],
        "errors": [{"path": p, "reason": why} for p, why in errors],
    }


def row(report: Mapping[str, Any], review: str, output: str | None) -> dict[str, Any]:
    """One line of the summary, from a report's data."""
    rules = Counter(f["rule"] for f in report["findings"])
    out: dict[str, Any] = {
        "path": report["source"]["path"],
        "output": output,
        "sha256": report["source"]["sha256"],
        "title": report["article"]["title"],
        "language": report["article"]["language"],
        "words": report["source"]["words"],
        "spun_probability": report["spun_probability"],
        "score": report["score"],
        "score_after": report["after"]["score"],
        "passed": report["passed"],
        "review": review,
        "findings": len(report["findings"]),
        "edits": len(report["edits"]),
        "rules": dict(sorted(rules.items())),
    }
    if "record" in report["source"]:
        out["record"] = report["source"]["record"]
    return out


def worklist(rows: Sequence[Sequence[str]], own: Sequence[str] = ()) -> str:
    """CSV of every place that a person must decide; the last column is theirs to fill.

    Args:
        rows: Cells of each line.
        own: Columns that an editor added.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*WORKLIST_COLUMNS, *own])
    writer.writerows(rows)
    return out.getvalue()


def worklist_rows(report: Mapping[str, Any]) -> list[list[str]]:
    """Lines of the worklist for one report: its open places, or the article where it has none."""
    source = report["source"]
    rows = []
    for f in filter(is_open, report["findings"]):
        cells = (
            source["path"], source.get("record", ""), f["line"], f["column"], f["rule"],
            f["applicability"], f["confidence"], " ".join(f["text"].split()),
            " | ".join(f["replacements"]), f["message"], f["fingerprint"], "",
        )  # fmt: skip
        rows.append([_cell(c) for c in cells])
    p = report["spun_probability"]
    if not rows and p is not None and p >= LOOKS_SPUN:
        message = "The article reads as spun, though no place stands out: look at all of it."
        cells = (source["path"], source.get("record", ""), "", "", "", "editor", p, "", "",
                 message, "", "")  # fmt: skip
        rows.append([_cell(c) for c in cells])
    return rows


def is_open(finding: Mapping[str, Any]) -> bool:
    """Whether a finding of a report waits for a person (grammar remarks do not)."""
    return (
        finding["applicability"] in ("suggested", "editor")
        and not finding["applied"]
        and not finding["rule"].startswith("GR")
    )


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return "'" + text if text.startswith(_FORMULA) else text


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 3) if values else None
