from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from unspin.errors import InputError
from unspin.reading.collect import collect

TEXT = (
    "Adults need seven to nine hours of sleep each night, and most people feel better when they "
    "keep to a regular bedtime."
)
MANIFEST = {"name": "site", "description": "The pages of a clinic.", "scripts": {"test": "clean"}}
BASELINE = {
    "version": 1,
    "articles": [
        {"path": "a.md", "sha256": "0" * 64, "score": 90.0,
         "findings": {"f": {"rule": "SP001", "text": "bosom disease", "count": 1}}},
    ],
}  # fmt: skip


def found(folder: Path, **options: Any) -> list[str]:
    return [p.relative_to(folder).as_posix() for p in collect([folder], **options)]


def write(folder: Path, **files: Any) -> None:
    for name, data in files.items():
        text = data if isinstance(data, str) else json.dumps(data, indent=1)
        (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("data", [
    MANIFEST, BASELINE, {}, [], [1, "two"], "text", "", "{", '{\n  // settings\n  "strict": true,\n}',
])  # fmt: skip
def test_json_of_other_programs_is_no_article_in_a_folder(tmp_path: Path, data: Any) -> None:
    write(tmp_path, **{"package.json": data, "a.md": TEXT})
    assert found(tmp_path) == ["a.md"]
    named = tmp_path / "package.json"
    assert collect([named]) == [named]


@pytest.mark.parametrize("data", [
    {"text": TEXT}, [{"id": 1}, {"body": TEXT}], '{"id": 1}\n{"text": "One."}\n',
    '[{"id": 1, "text": "Adults need seven', "<html><body><p>One.</p></body></html>",
])  # fmt: skip
def test_json_with_a_text_field_is_an_article_be_it_broken(tmp_path: Path, data: Any) -> None:
    write(tmp_path, **{"a.json": data})
    assert found(tmp_path) == ["a.json"]


def test_the_text_field_of_the_configuration_decides(tmp_path: Path) -> None:
    write(tmp_path, **{"a.json": {"prose": TEXT}, "b.json": {"prose": "Short."}, "c.md": TEXT})
    assert found(tmp_path, text_field="prose") == ["a.json", "b.json", "c.md"]
    assert found(tmp_path, text_field="") == ["c.md"]
    # Not known: what may be an article under another name is an error and not passed over.
    assert found(tmp_path) == ["a.json", "c.md"]


def test_json_lines_in_a_folder_must_hold_articles(tmp_path: Path) -> None:
    write(tmp_path, **{"rows.jsonl": '{"id": 1}\n', "rows.ndjson": "{}"})
    assert found(tmp_path) == ["rows.jsonl", "rows.ndjson"]


def test_a_folder_with_nothing_but_data_names_a_file_and_the_remedy(tmp_path: Path) -> None:
    write(tmp_path, **{"package.json": MANIFEST})
    with pytest.raises(InputError, match=r"nothing to read; .*package\.json has no text field"):
        collect([tmp_path])


def test_installed_packages_are_no_articles_unless_they_are_named(tmp_path: Path) -> None:
    package = tmp_path / "node_modules" / "left-pad"
    package.mkdir(parents=True)
    write(package, **{"README.md": TEXT})
    write(tmp_path, **{"a.md": TEXT})
    assert found(tmp_path) == ["a.md"]
    assert found(tmp_path / "node_modules") == ["left-pad/README.md"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.json")
    write(tmp_path, **{"b.md": TEXT})
    assert "b.md" in found(tmp_path)
