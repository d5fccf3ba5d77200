from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from unspin.config import load_config
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


# --- what is passed over is said ------------------------------------------------------------------


def test_compressed_files_and_linked_folders_are_named(tmp_path: Path) -> None:
    root = tmp_path / "in"
    (root / "sub").mkdir(parents=True)
    write(root, **{"a.md": TEXT, "b.txt.gz": "", "c.html.xz": "", "d.tar.gz": "", ".e.md.gz": ""})
    (root / "round").symlink_to(".")
    (root / ".git").symlink_to("sub")
    notes: list[str] = []
    assert found(root, note=notes.append) == ["a.md"]
    assert notes == [
        f"{root}/round: linked folder and passed over; name it to clean what it holds",
        f"{root}/b.txt.gz and 1 more: compressed and passed over; unpack what shall be cleaned",
    ]
    assert [p.name for p in collect([root / "round"])] == ["a.md"]


def test_formats_that_are_not_read_are_named(tmp_path: Path) -> None:
    write(tmp_path, **{"a.md": TEXT, "b.adoc": TEXT, "c.RST": TEXT, ".d.rst": TEXT, "e.js": TEXT})
    write(tmp_path, **{"f.draft.rst": TEXT, "unspin.toml": 'exclude = ["*.draft.*"]'})
    notes: list[str] = []
    excluded = load_config(start=tmp_path).excludes
    assert found(tmp_path, note=notes.append, excluded=excluded) == ["a.md"]
    assert notes == [
        f"{tmp_path}/b.adoc and 1 more: in a format that is not read, and passed over; "
        "save it as Markdown, HTML or Word"
    ]
    assert collect([tmp_path / "b.adoc"]) == [tmp_path / "b.adoc"]


def test_a_file_is_taken_once_under_its_first_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, **{"a.md": TEXT, "b.md": TEXT})
    (tmp_path / "link.md").symlink_to("a.md")
    again = Path("..") / tmp_path.name
    assert collect(["a.md", again / "a.md", tmp_path, again]) == [
        Path("a.md"), tmp_path / "b.md", tmp_path / "link.md",
    ]  # fmt: skip


@pytest.mark.parametrize("elsewhere", [False, True])
def test_articles_that_a_run_wrote_beside_their_sources_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, elsewhere: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Path("in")
    folder.mkdir()
    digest = sha256(TEXT.encode()).hexdigest()
    report = {"source": {"path": "gone/a.txt" if elsewhere else "in/a.txt", "sha256": digest}}
    own = {"source": {"path": "in/b.md", "sha256": digest}}
    write(folder, **{"a.txt": TEXT, "a.md": TEXT, "a.report.json": report})
    write(folder, **{"b.md": TEXT, "b.report.json": own, "c.md": TEXT, "c.report.json": "{"})
    notes: list[str] = []
    assert found(folder, out=folder, note=notes.append) == ["a.txt", "b.md", "c.md"]
    (note,) = notes
    assert note.startswith("in/a.md: written by a run for a source beside it and passed over; ")
    assert collect([folder / "a.md"]) == [folder / "a.md"]
    (folder / "a.txt").unlink()
    assert found(folder) == ["a.md", "b.md", "c.md"]


def test_what_is_excluded_is_passed_over_in_folders_and_by_name(tmp_path: Path) -> None:
    for name in ("a.md", "b.draft.md", "old/c.md", "old/deep/d.md", "new/old.md"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("# Rest\n")
    (tmp_path / "unspin.toml").write_text('exclude = ["old", "*.draft.md"]\n')
    excluded = load_config(start=tmp_path).excludes
    assert found(tmp_path, excluded=excluded) == ["a.md", "new/old.md"]
    for pattern in (tmp_path / "new", tmp_path / "new" / "*", f"{tmp_path}/n*w/"):
        absolute = load_config(start=tmp_path).also_excluding([str(pattern)])
        assert found(tmp_path, excluded=absolute.excludes) == ["a.md"]
    said: list[str] = []
    deep = tmp_path / "old" / "deep"
    for path in (deep / "d.md", deep, tmp_path / "b.draft.md"):
        assert collect([path], note=said.append, excluded=excluded) == []
    assert [line.split(": ")[1] for line in said] == [
        "excluded by the configuration and passed over"
    ] * 3


def test_a_folder_of_which_all_is_excluded_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Rest\n")
    said: list[str] = []
    assert collect([tmp_path], note=said.append, excluded=lambda p: p.suffix == ".md") == []
    assert said == [f"{tmp_path}: all that it holds is excluded by the configuration"]


def test_patterns_of_the_command_line_add_to_those_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "unspin.toml").write_text('exclude = ["site/old"]\n')
    monkeypatch.chdir(tmp_path / "site")
    config = load_config().also_excluding(["new/*.md"])
    told = {p: config.excludes(p) for p in ("old/a.md", "new/a.md", "new/a.txt", "../new/a.md")}
    assert told == {"old/a.md": True, "new/a.md": True, "new/a.txt": False, "../new/a.md": False}
