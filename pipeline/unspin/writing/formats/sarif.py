"""SARIF 2.1.0 (OASIS), within the limits of GitHub code scanning."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from unspin.report import dump
from unspin.rules import all_rules
from unspin.rules.pages import page
from unspin.writing.formats.base import Item, Run, in_repository, worst_first

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
#: GitHub takes 25,000 results a run and files up to 10 MB compressed
#: ("SARIF results file limits", GitHub documentation).
MOST_RESULTS = 25_000
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def render(run: Run) -> str:
    """One run; errors first, new findings before known ones, so that a cut loses the least."""
    rules = {rule.id: i for i, rule in enumerate(all_rules())}
    items = worst_first(sorted(run.items, key=lambda i: not i.counts))
    shown = items[:MOST_RESULTS]
    notes = [_note(f"{in_repository(path)}: {reason}") for path, reason in run.errors]
    if len(items) > len(shown):
        left = f"{len(items) - len(shown)} further findings are not listed."
        notes.append(_note(left, "warning"))
    return dump(
        {
            "$schema": SCHEMA,
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {"driver": _driver(run)},
                    "columnKind": "unicodeCodePoints",
                    "newlineSequences": ["\r\n", "\n", "\r"],
                    "invocations": [
                        {
                            "executionSuccessful": not run.errors,
                            "toolExecutionNotifications": notes,
                        }
                    ],
                    "results": [_result(i, rules) for i in shown],
                }
            ],
        }
    ).decode()


def _note(text: str, level: str = "error") -> dict[str, Any]:
    return {"level": level, "message": {"text": text}}


def _uri(path: str) -> str:
    # An absolute path is no relative reference: GitHub wants its scheme.
    place = in_repository(path)
    return Path(place).as_uri() if Path(place).is_absolute() else quote(place)


def _driver(run: Run) -> dict[str, Any]:
    rules = []
    for rule in all_rules():
        doc = inspect.getdoc(rule) or ""
        rules.append(
            {
                "id": rule.id,
                "name": "".join(word.capitalize() for word in rule.slug.split("-")),
                "shortDescription": {"text": doc.splitlines()[0]},
                "fullDescription": {"text": doc.splitlines()[0]},
                "help": {"text": doc, "markdown": page(rule)},
                "defaultConfiguration": {"level": _LEVELS[rule.severity]},
            }
        )
    return {
        "name": "unspin",
        "semanticVersion": run.tool.get("version") or "0.0.0",
        "rules": rules,
    }


def _result(item: Item, rules: dict[str, int]) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": _uri(item.path)}}
    region = _region(item)
    if region:
        location["region"] = region
    out: dict[str, Any] = {
        "ruleId": item.rule,
        "ruleIndex": rules[item.rule],
        "level": _LEVELS[item.severity],
        "message": {"text": item.message},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"unspin/v1": item.data["fingerprint"]},
    }
    if not item.counts:
        out["baselineState"] = "unchanged"
    if item.fix:
        out["fixes"] = [_fix(item, item.fix, location)]
    return out


def _region(item: Item) -> dict[str, Any]:
    if item.record is not None:
        return {"startLine": item.record} if item.line else {}
    if item.line is None:
        return {}
    ends = {"end_line": item.end_line, "end_column": item.end_column}
    return _span({**item.data, **ends})


def _span(place: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "startLine": place["line"],
        "startColumn": place["column"],
        "endLine": place["end_line"],
        "endColumn": place["end_column"],
        "charOffset": place["start"],
        "charLength": place["end"] - place["start"],
    }


def _fix(item: Item, fix: Mapping[str, Any], location: Mapping[str, Any]) -> dict[str, Any]:
    new = item.data["replacements"][0]
    change = {"deletedRegion": _span(fix), "insertedContent": {"text": fix["text"]}}
    return {
        "description": {"text": f"Write “{new}”." if new else "Remove it."},
        "artifactChanges": [
            {"artifactLocation": location["artifactLocation"], "replacements": [change]}
        ],
    }
