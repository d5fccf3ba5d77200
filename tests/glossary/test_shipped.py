"""The shipped glossary: entries, examples, counts, figures that are promised."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from unspin.glossary import load_glossary
from unspin.glossary.commands import lint, own_files, stats
from unspin.glossary.lint import ERROR
from unspin.glossary.restoring import standing
from unspin.resources import data_path


def test_shipped_glossary_is_lint_clean_counts_included() -> None:
    assert [str(p) for p in lint() if p.severity == ERROR] == []


def test_shipped_glossary_covers_fields_and_concepts() -> None:
    numbers = stats()
    assert numbers["concepts"] >= 250
    assert numbers["fields"] >= 6
    assert numbers["forms"] > numbers["concepts"]


@pytest.mark.parametrize("path", own_files(), ids=lambda p: p.stem)
def test_shipped_files_fit_the_schema(path: Path) -> None:
    schema: dict[str, Any] = json.loads(data_path("glossary.schema.json").read_text("utf-8"))
    data = yaml.load(path.read_text("utf-8"), Loader=yaml.CBaseLoader)
    errors = jsonschema.Draft202012Validator(schema).iter_errors(_with_flags(data))
    assert [f"{list(e.path)}: {e.message}" for e in errors] == []


def _with_flags(value: Any) -> Any:
    """Plain strings, but for what is true, false or a number in the schema."""
    if isinstance(value, dict):
        return {
            k: None
            if v == ""
            else int(v)
            if k == "within"
            else v == "true"
            if v in ("true", "false")
            else _with_flags(v)
            for k, v in value.items()
        }
    if isinstance(value, list):
        return [_with_flags(v) for v in value]
    return value


@pytest.mark.shared
def test_nothing_is_found_in_restored_sentences(shared: Path) -> None:
    """Rows that are kept for measuring are only counted, so nothing of them is shown."""
    glossary = load_glossary()
    alarms = 0
    for line in (shared / "spun" / "phrases.jsonl").read_text("utf-8").splitlines():
        alarms += any(h.kind == "spun" for h in standing(glossary, json.loads(line)["restored"]))
    assert alarms == 0
