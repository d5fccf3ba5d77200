"""Files of records: any number of them, compressed or not, and never half-written."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from unspin.article import Article
from unspin.cli import clean
from unspin.config import Config
from unspin.errors import InputError, UnspinError
from unspin.pipeline import Cleaner, Draft
from unspin.reading import read_path
from unspin.running import batch
from unspin.running.batch import clean_batch
from unspin.undo import undo

FAST = Config(grammar="off", model="off")
SPUN = (
    "Smoking is one of the chance variables for coronary heart sickness. People who had a heart "
    "assault need the help of a doctor at once, and rest."
)


def rows(number: int, **more: Any) -> str:
    return "".join(
        json.dumps({"id": n, "text": f"{SPUN} Page {n} of a site.", **more}) + "\n"
        for n in range(number)
    )


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh_cache: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(batch, "MANY_BYTES", 100)


def run(*paths: str, out: str = "out", **options: Any) -> batch.Result:
    config = Config(grammar="off", model="off", **options)
    return clean_batch([Path(p) for p in paths], Path(out), config, Cleaner(config))


def files(folder: str = "out") -> set[str]:
    return {p.relative_to(folder).as_posix() for p in Path(folder).rglob("*") if p.is_file()}


@pytest.mark.parametrize("jobs", [1, 2])
def test_compressed_records_are_written_compressed(jobs: int) -> None:
    Path("in").mkdir()
    Path("in/a.jsonl").write_text(rows(20), encoding="utf-8")
    Path("in/b.jsonl.gz").write_bytes(gzip.compress(rows(20).encode()))
    result = run("in", jobs=jobs)
    assert not result.errors
    assert [r["output"] for r in result.rows] == ["a.jsonl"] * 20 + ["b.jsonl.gz"] * 20
    assert gzip.decompress(Path("out/b.jsonl.gz").read_bytes()) == Path("out/a.jsonl").read_bytes()
    assert "risk factors" in Path("out/a.jsonl").read_text(encoding="utf-8")
    for name in ("a.jsonl", "b.jsonl.gz"):
        report = Path("out", f"{name[0]}.report.jsonl")
        assert undo(report) == Path("in", name).read_bytes()
        lines = report.read_text(encoding="utf-8").splitlines()
        assert len(lines) == 20
        suffix = name[2:]
        assert all(list(json.loads(line)["written"]) == [suffix] for line in lines)


def test_the_same_source_gives_the_same_compressed_file() -> None:
    for name, time in (("a", 1), ("b", 2)):
        Path(name).mkdir()
        Path(name, "x.jsonl.gz").write_bytes(gzip.compress(rows(3).encode(), mtime=time))
        run(name, out=f"out-{name}")
    assert Path("out-a/x.jsonl.gz").read_bytes() == Path("out-b/x.jsonl.gz").read_bytes()


def test_two_files_that_differ_in_compression_alone_are_two() -> None:
    Path("in").mkdir()
    Path("in/a.jsonl").write_text(rows(2), encoding="utf-8")
    Path("in/a.jsonl.gz").write_bytes(gzip.compress(rows(3).encode()))
    result = run("in")
    assert not result.errors
    assert len({r["output"] for r in result.rows}) == 2
    assert {"a.jsonl.report.jsonl", "a.jsonl.gz.report.jsonl"} <= files()


def test_an_edited_compressed_file_is_left_as_it_is() -> None:
    Path("a.jsonl.gz").write_bytes(gzip.compress(rows(2).encode()))
    run("a.jsonl.gz")
    assert not run("a.jsonl.gz").errors
    mine = gzip.compress(b'{"text": "mine"}\n')
    Path("out/a.jsonl.gz").write_bytes(mine)
    ((path, why),) = run("a.jsonl.gz").errors
    assert path == "out/a.jsonl.gz"
    assert "was changed since unspin wrote it" in why
    assert Path("out/a.jsonl.gz").read_bytes() == mine


@pytest.mark.parametrize("error", [KeyboardInterrupt, UnspinError])
def test_nothing_is_half_written(monkeypatch: pytest.MonkeyPatch, error: Any) -> None:
    Path("a.jsonl").write_text(rows(50), encoding="utf-8")
    run("a.jsonl")
    before = {name: Path("out", name).read_bytes() for name in files()}
    whole = Cleaner.draft

    def broken(self: Cleaner, article: Article, *rest: Any, **kw: Any) -> Draft:
        if article.source.record == 40:
            raise error("no more")
        return whole(self, article, *rest, **kw)

    monkeypatch.setattr(Cleaner, "draft", broken)
    Path("a.jsonl").write_text(rows(50, more=1), encoding="utf-8")
    with pytest.raises(error):
        run("a.jsonl")
    assert {name: Path("out", name).read_bytes() for name in files()} == before


def test_a_folder_that_cannot_be_written_ends_the_file_and_not_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("a.jsonl").write_text(rows(50), encoding="utf-8")
    Path("b.jsonl").write_text(rows(2), encoding="utf-8")
    Path("out/a.jsonl").mkdir(parents=True)
    asked = []
    whole = batch.read_path

    def counted(path: Path, config: Config) -> Iterator[Article | InputError]:
        for item in whole(path, config):
            asked.append(path.name)
            yield item

    monkeypatch.setattr(batch, "read_path", counted)
    monkeypatch.setattr(batch, "_neighbours", lambda *_: {})
    result = run("a.jsonl", "b.jsonl")
    ((path, why),) = result.errors
    assert path == "a.jsonl"
    assert "cannot be written" in why
    assert [r["path"] for r in result.rows] == ["b.jsonl"] * 2
    assert asked.count("a.jsonl") < 50  # what cannot be written is not worth its while


def test_a_source_that_changes_meanwhile_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.jsonl").write_text(rows(3), encoding="utf-8")
    whole = Cleaner.draft

    def slow(self: Cleaner, article: Article, *rest: Any, **kw: Any) -> Draft:
        Path("a.jsonl").write_text(rows(4), encoding="utf-8")
        return whole(self, article, *rest, **kw)

    monkeypatch.setattr(Cleaner, "draft", slow)
    ((_, why),) = run("a.jsonl").errors
    assert why == "changed while it was read; run it again"
    assert files() == {"report.json", "worklist.csv"}


def test_records_cannot_be_edited_in_place() -> None:
    Path("a.jsonl").write_text(rows(3), encoding="utf-8")
    config = FAST
    result = clean_batch([Path("a.jsonl")], Path("out"), config, Cleaner(config), in_place=True)
    ((_, why),) = result.errors
    assert "cannot be edited in place" in why
    assert Path("a.jsonl").read_text(encoding="utf-8") == rows(3)


def test_memory_does_not_grow_with_the_size_of_a_file() -> None:
    padded = [json.dumps({"text": "Rest.", "pad": "x" * 50_000}) for _ in range(400)]
    Path("a.jsonl").write_text("\n".join(padded), encoding="utf-8")  # 20 MB
    cleaner = Cleaner(FAST)
    _ = cleaner.glossary
    tracemalloc.start()
    try:
        result = clean_batch([Path("a.jsonl")], Path("out"), Config(max_bytes=100_000), cleaner)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(result.rows) == 400
    assert peak < 10_000_000


def test_a_run_that_is_interrupted_counts_what_is_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("in").mkdir()
    Path("in/a.jsonl").write_text(rows(3), encoding="utf-8")
    Path("in/b.jsonl").write_text(rows(30), encoding="utf-8")
    whole = Cleaner.draft

    def stopped(self: Cleaner, article: Article, *rest: Any, **kw: Any) -> Draft:
        if article.source.record == 25:
            raise KeyboardInterrupt
        return whole(self, article, *rest, **kw)

    monkeypatch.setattr(Cleaner, "draft", stopped)
    options = ["--grammar", "off", "--model", "off", "-o", "out"]
    done = CliRunner().invoke(clean, ["in", *options])
    assert done.exit_code == 130
    assert "interrupted; 3 articles are written to out" in done.stderr


def test_a_file_that_was_read_knows_no_bytes_of_others() -> None:
    Path("a.jsonl").write_text(rows(2), encoding="utf-8")
    for article in read_path("a.jsonl", FAST):
        assert isinstance(article, Article)
        assert article.source.raw == b""
