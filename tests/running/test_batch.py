"""A batch: what goes wrong with one file is that file's error, and no other's."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor
from pathlib import Path
from typing import Any

import pytest

from unspin.article import Article
from unspin.config import Config
from unspin.errors import InputError, UnspinError
from unspin.pipeline import Cleaner, Draft
from unspin.reading import collect, read_bytes, read_path
from unspin.report import Report
from unspin.running import batch
from unspin.running.batch import clean_batch, record_line, workers
from unspin.running.check import check
from unspin.running.pool import Pool

FAST = Config(grammar="off", model="off")
TEXT = (
    "Brush twice a day with fluoride toothpaste for two minutes. Clean between the teeth once a "
    "day, and see a dentist every six months to a year.\n"
)


@pytest.fixture
def cleaner(fresh_cache: Path) -> Cleaner:
    return Cleaner(FAST)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a", "b", "c"):
        (folder / f"{name}.txt").write_text(TEXT, encoding="utf-8")
    return folder


def breaking(work: Callable[..., Any], at: str) -> Callable[..., Any]:
    """As `work`, but a crash for the file of a name."""

    def wrapped(first: Any, *rest: Any, **kw: Any) -> Any:
        article = getattr(first, "article", first)
        if article.source.path.endswith(at):
            raise ZeroDivisionError("of two\nlines")
        return work(first, *rest, **kw)

    return wrapped


@pytest.mark.parametrize("stage", ["draft", "report"])
def test_a_crash_is_an_error_of_its_file(
    cleaner: Cleaner, pages: Path, tmp_path: Path, stage: str
) -> None:
    setattr(cleaner, stage, breaking(getattr(cleaner, stage), "b.txt"))
    result = clean_batch([pages], tmp_path / "out", FAST, cleaner)
    assert [Path(r["path"]).name for r in result.rows] == ["a.txt", "c.txt"]
    ((path, why),) = result.errors
    assert path.endswith("b.txt")
    assert "(ZeroDivisionError: of two lines at test_batch.py:" in why
    assert "; this is a fault of unspin, please report it" in why
    assert json.loads((tmp_path / "out/report.json").read_bytes())["errors"][0]["reason"] == why
    assert (tmp_path / "out/c.md").is_file()


@pytest.mark.parametrize("name", ["read_path", "_write"])
def test_a_crash_of_reading_or_writing_is_an_error_of_its_file(
    cleaner: Cleaner, pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    whole = getattr(batch, name)

    def broken(first: Any, *rest: Any) -> Any:
        source = first if isinstance(first, Path) else first.source
        if source.name == "b.txt":
            raise RuntimeError("odd")
        return whole(first, *rest)

    monkeypatch.setattr(batch, name, broken)
    result = clean_batch([pages], tmp_path / "out", FAST, cleaner)
    assert len(result.rows) == 2
    ((path, why),) = result.errors
    assert path.endswith("b.txt")
    assert "RuntimeError: odd" in why


def test_a_crash_over_one_record_leaves_the_others(cleaner: Cleaner, tmp_path: Path) -> None:
    page = tmp_path / "a.jsonl"
    rows = [{"id": n, "text": TEXT} for n in range(3)]
    page.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    whole = cleaner.draft

    def broken(article: Article, *rest: Any) -> Draft:
        if article.source.record == 2:
            raise RuntimeError("odd")
        return whole(article, *rest)

    cleaner.draft = broken  # type: ignore[method-assign]
    result = clean_batch([page], tmp_path / "out", FAST, cleaner)
    assert [r["record"] for r in result.rows] == [1, 3]
    assert [why.partition(":")[0] for _, why in result.errors] == ["line 2"]


def test_what_is_wrong_for_every_file_ends_the_run(
    cleaner: Cleaner, pages: Path, tmp_path: Path
) -> None:
    def broken(drafts: Iterable[Draft]) -> Iterator[Report]:
        raise UnspinError("no server")

    cleaner.finish = broken  # type: ignore[method-assign]
    with pytest.raises(UnspinError, match="no server"):
        clean_batch([pages], tmp_path / "out", FAST, cleaner)


def test_errors_come_back_from_worker_processes() -> None:
    error = pickle.loads(pickle.dumps(InputError("a.txt", "is empty; fill it")))
    assert (error.path, error.reason) == ("a.txt", "is empty; fill it")


def test_unreadable_files_do_not_end_a_batch_in_several_processes(
    cleaner: Cleaner, pages: Path, tmp_path: Path
) -> None:
    (pages / "b.txt").write_bytes(b"")
    config = Config(grammar="off", model="off", jobs=2)
    result = clean_batch([pages], tmp_path / "out", config, cleaner)
    assert len(result.rows) == 2
    assert [why for _, why in result.errors] == ["is empty; remove it or fill it"]


def test_a_worker_that_died_is_replaced(pages: Path) -> None:
    config = Config(grammar="off", model="off", jobs=2)
    with workers(config, False) as pool:
        assert pool is not None
        with pytest.raises(BrokenExecutor):  # the pool knows it from then on
            pool.submit(os._exit, 1).result()
        ((draft,),) = batch._drafts([pages / "a.txt"], Cleaner(config), {}, pool)
    assert isinstance(draft, Draft)


def test_a_worker_that_dies_each_time_is_an_error_and_no_crash() -> None:
    config = Config(grammar="off", model="off", jobs=2)
    with Pool(2, os.abort) as pool:
        (items,) = batch._drafts([Path("a.txt")], Cleaner(config), {}, pool)
    (error,) = items
    assert isinstance(error, InputError)
    assert "a worker process ended" in error.reason


@pytest.mark.parametrize("lines", [1, 3])
def test_records_of_a_large_file_are_spread_over_the_workers(
    tmp_path: Path, fresh_cache: Path, monkeypatch: pytest.MonkeyPatch, lines: int
) -> None:
    monkeypatch.setattr(batch, "MANY_BYTES", 100)
    monkeypatch.chdir(tmp_path)
    rows = [json.dumps({"id": n, "text": f"{TEXT} Page {n} of a site."}) for n in range(20)]
    for n in range(lines):
        Path(f"{n}.jsonl").write_text("\n".join([*rows, "{bad", *rows]), encoding="utf-8")
    Path("z.txt").write_text(TEXT, encoding="utf-8")
    made, judged = [], []
    for jobs in (1, 2):
        config = Config(grammar="off", model="off", jobs=jobs)
        sources = [*(Path(f"{n}.jsonl") for n in range(lines)), Path("z.txt")]
        out = Path(f"out{jobs}")
        result = clean_batch(sources, out, config, Cleaner(config))
        assert [why.partition(":")[0] for _, why in result.errors] == ["line 21"] * lines
        made.append({p.name: p.read_bytes() for p in out.rglob("*") if p.is_file()})
        shutil.rmtree(fresh_cache / "results", ignore_errors=True)
        judged.append(check(sources, Cleaner(config, check=True)))
    assert made[0] == made[1]
    assert judged[0] == judged[1]


# --- records ------------------------------------------------------------------------------------


def line(cleaner: Cleaner, **record: Any) -> dict[str, Any]:
    (article,) = read_bytes(json.dumps(record).encode(), "a.jsonl", FAST)
    assert isinstance(article, Article)
    found: dict[str, Any] = json.loads(record_line(cleaner.clean(article), "md"))
    return found


def test_big_integers_and_odd_characters_are_written(cleaner: Cleaner) -> None:
    found = line(cleaner, id=12345678901234567890123, title="Cut \ud83d", text=TEXT)
    assert found["id"] == 12345678901234567890123
    assert found["title"] == "Cut \ufffd"
    assert found["review"] == "none"


def test_fields_of_the_record_keep_their_values(cleaner: Cleaner) -> None:
    found = line(cleaner, id=7, review="by Dr Who", text=TEXT)
    assert found["review"] == "by Dr Who"
    assert found["unspin_review"] == "none"
    assert found["unspin_review_suggested"] == found["unspin_review_editor"] == 0
    assert line(cleaner, **found) == found
    assert list(found)[:3] == ["id", "review", "text"]


def test_the_state_of_an_earlier_run_is_replaced(cleaner: Cleaner) -> None:
    old = {"review": "required", "review_suggested": 3, "review_editor": 1}
    found = line(cleaner, **old, text=TEXT)
    assert {k: found[k] for k in old} == {
        "review": "none", "review_suggested": 0, "review_editor": 0,
    }  # fmt: skip
    assert not [k for k in found if k.startswith("unspin_")]


def test_a_second_run_writes_the_fields_in_the_same_order(cleaner: Cleaner) -> None:
    found = line(cleaner, id=7, title="Asthma", text=TEXT)
    assert list(line(cleaner, **found).items()) == list(found.items())


# --- what is no file ------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_pipes_are_left_out_of_folders_and_refused_when_named(pages: Path) -> None:
    os.mkfifo(pages / "b.md")
    (pages / "gone.md").symlink_to("nowhere.md")
    assert [p.name for p in collect([pages])] == ["a.txt", "b.txt", "c.txt", "gone.md"]
    assert collect([pages / "b.md"]) == [pages / "b.md"]
    (item,) = read_path(pages / "b.md", FAST)
    assert isinstance(item, InputError)
    assert "is a pipe, socket or device" in item.reason
    for name in ("a.txt", "b.txt", "c.txt", "gone.md"):
        (pages / name).unlink()
    with pytest.raises(InputError, match="holds nothing to read"):
        collect([pages])
