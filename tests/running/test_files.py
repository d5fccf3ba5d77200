"""Where outputs go: no output replaces another one, or a source."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from pathlib import Path

import pytest

from unspin.errors import InputError
from unspin.running.files import (
    SUMMARY,
    WORKLIST,
    find_original,
    keep_original,
    plan,
    refuse_overwriting,
)
from unspin.staging import write_atomic
from unspin.undo import undo


def written(sources: list[Path], to: str) -> list[str]:
    targets = plan(sources, [Path("in")], to=to)
    names = [str(t.article("jsonl" if t.source.suffix == ".jsonl" else to)) for t in targets]
    return names + [str(t.report(t.source.suffix == ".jsonl")) for t in targets]


@pytest.mark.parametrize("to", ["json", "md", "html", "txt"])
@pytest.mark.parametrize(
    "names",
    [
        ["a.md", "a.report.md", "report.md"],
        ["a.report.md", "a.txt", "A.html"],
        ["b.jsonl", "b.report.txt", "b.report.md"],
        ["report.md", "report.txt", "worklist.md"],
    ],
)
def test_articles_reports_and_summary_never_share_a_name(to: str, names: list[str]) -> None:
    found = [n.casefold() for n in written([Path(n) for n in names], to)]
    assert len({*found, SUMMARY, WORKLIST}) == len(found) + 2


def test_a_name_that_only_looks_like_a_report_stays() -> None:
    assert written([Path("a.md"), Path("a.report.md")], "md")[:2] == ["a.md", "a.report.md"]


def refused(sources: list[Path], out: Path, to: str | None) -> str:
    with pytest.raises(InputError) as error:
        refuse_overwriting(plan(sources, [], to=to or "md"), out, to)
    return str(error.value)


def test_a_target_that_is_a_source_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    page.write_text("Rest helps.", encoding="utf-8")
    said = refused([page], tmp_path, "md")
    assert said.startswith(f"{page}: ")
    assert "-o" in said
    assert "--in-place" in said
    refuse_overwriting(plan([page], []), tmp_path, "html")
    refuse_overwriting(plan([page], []), tmp_path / "other", "md")


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_source_is_known_through_links(tmp_path: Path) -> None:
    for folder in ("real", "pages"):
        (tmp_path / folder).mkdir()
    page = tmp_path / "real" / "a.md"
    page.write_text("Rest helps.", encoding="utf-8")
    (tmp_path / "pages" / "a.md").symlink_to(page)
    assert "a.md" in refused([tmp_path / "pages" / "a.md"], tmp_path / "real", "md")


def test_a_report_or_summary_that_is_a_source_is_refused_in_place_too(tmp_path: Path) -> None:
    for name in (SUMMARY, "a.report.json"):
        page = tmp_path / name
        page.write_text('{"text": "Rest helps."}', encoding="utf-8")
        other = tmp_path / "a.md"
        other.write_text("Rest helps.", encoding="utf-8")
        assert name in refused([other, page], tmp_path, None)
        page.unlink()


RAW = b"Rest helps.\n" * 50


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: raw[:-9],
        lambda raw: raw[:20],
        lambda raw: b"no gzip",
        lambda raw: b"",
        lambda raw: raw[:30] + b"\xff\xff\xff" + raw[33:],
        lambda raw: gzip.compress(b"something else"),
    ],
)
def test_a_damaged_original_is_named_with_a_remedy(tmp_path: Path, damage) -> None:
    digest = hashlib.sha256(RAW).hexdigest()
    keep_original(tmp_path, digest, RAW)
    assert find_original(tmp_path / "a.report.json", digest) == RAW
    (kept,) = (tmp_path / ".originals").iterdir()
    kept.write_bytes(damage(kept.read_bytes()))
    with pytest.raises(InputError) as error:
        find_original(tmp_path / "a.report.json", digest)
    assert error.value.path == str(kept)
    assert "the kept original is damaged (" in error.value.reason
    assert "; restore it, or remove it" in error.value.reason


def test_undo_reads_a_report_of_records_that_holds_line_separators(tmp_path: Path) -> None:
    digest = hashlib.sha256(RAW).hexdigest()
    keep_original(tmp_path, digest, RAW)
    source = {"path": "a\u2028b.jsonl", "encoding": "utf-8", "sha256": digest}
    line = json.dumps({"schema_version": 1, "source": source, "edits": []}, ensure_ascii=False)
    report = tmp_path / "a.report.jsonl"
    report.write_text(f"{line}\n{line}\n", encoding="utf-8", newline="")
    assert undo(report) == RAW


def link(name: Path, to: Path) -> None:
    try:
        name.symlink_to(to)
    except OSError:
        pytest.skip("links need a privilege here")


@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_one_and_its_file_is_written(tmp_path: Path, there: bool) -> None:
    (tmp_path / "kept").mkdir()
    file = tmp_path / "kept" / "baseline.json"
    if there:
        file.write_text("old", encoding="utf-8")
    name = tmp_path / "baseline.json"
    link(name, Path("kept/baseline.json"))
    write_atomic(name, b"new")
    assert name.is_symlink()
    assert file.read_bytes() == b"new"
    assert [p.name for p in file.parent.iterdir()] == ["baseline.json"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_atomic(pipe, b"findings")
        assert os.read(reader, 100) == b"findings"
    finally:
        os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no names of open files here")
def test_an_open_file_is_written_to_by_its_name(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w+b") as log:
        log.write(b"before\n")
        log.flush()
        write_atomic(Path(f"/proc/self/fd/{log.fileno()}"), b"findings\n")
        log.seek(0)
        assert log.read() == b"before\nfindings\n"
