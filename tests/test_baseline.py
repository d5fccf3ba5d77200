from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from unspin import baseline
from unspin.errors import InputError
from unspin.writing.formats.base import ArticleResult, Item


def article(path: str, prints: list[str], score: float = 50.0, **changes: Any) -> ArticleResult:
    items = []
    for n, fp in enumerate(prints):
        data = {"rule": "SP001", "text": "bosom disease", "severity": "warning", "line": n + 1,
                "column": 1, "message": "Spun.", "replacements": [], "fingerprint": fp}  # fmt: skip
        items.append(Item(path, None, data, n + 1, 5, True))
    row = {"path": path, "score": score, "sha256": path * 2, "passed": False} | changes
    return ArticleResult(row, tuple(items), ())


def verdicts(run: list[ArticleResult], listed: list[baseline.Entry]) -> list[bool]:
    return [a.passed for a in baseline.compare(run, listed).articles]


def test_what_is_listed_passes_and_what_is_new_fails(tmp_path: Path) -> None:
    old = [article("a.md", ["1", "1", "2"]), article("b.md", ["3"])]
    path = tmp_path / "baseline.json"
    baseline.save(path, baseline.entries(old))
    listed = baseline.load(path)
    assert verdicts(old, listed) == [True, True]
    assert verdicts([article("a.md", ["1", "1", "1", "2"])], listed) == [False]
    assert verdicts([article("a.md", ["1", "1", "2", "9"])], listed) == [False]


def test_a_fallen_score_fails_by_more_than_a_point() -> None:
    listed = baseline.entries([article("a.md", ["1"], score=50)])
    assert verdicts([article("a.md", ["1"], score=49.2)], listed) == [True]
    assert verdicts([article("a.md", ["1"], score=48.9)], listed) == [False]


def test_a_moved_file_keeps_its_entry_even_when_it_was_edited() -> None:
    listed = baseline.entries([article("old/a.md", ["1", "2", "3"]), article("b.md", ["4"])])
    moved = article("new/a.md", ["1", "2"], sha256="edited")
    compared = baseline.compare([moved, article("b.md", ["4"])], listed)
    assert [a.passed for a in compared.articles] == [True, True]
    assert [(e.path, fp) for e, fp, _ in compared.stale] == [("old/a.md", "3")]


def test_a_copy_of_a_listed_page_is_new() -> None:
    listed = baseline.entries([article("a.md", ["1", "2"])])
    run = baseline.compare([article("a.md", ["1", "2"]), article("copy.md", ["1", "2"])], listed)
    assert [sum(i.counts for i in a.items) for a in run.articles] == [0, 2]
    assert not run.articles[1].passed


def test_prune_drops_what_is_gone_and_accepts_nothing_new() -> None:
    listed = baseline.entries([article("a.md", ["1", "1", "2"]), article("other.md", ["7"])])
    run = baseline.compare([article("a.md", ["1", "9"])], listed)
    left = baseline.prune(listed, run)
    assert {fp: f["count"] for fp, f in left[0].findings.items()} == {"1": 1}
    assert left[1].findings  # an article outside the run keeps its entry


def test_an_entry_goes_with_the_page_when_another_takes_its_place() -> None:
    listed = baseline.entries([article("a.md", ["1", "2"], score=30)])
    moved = article("old/a.md", ["1", "2"], score=30, sha256="a.mda.md")
    new = article("a.md", [], score=100, sha256="new", passed=True)
    compared = baseline.compare([new, moved], listed)
    assert [a.passed for a in compared.articles] == [True, True]
    assert {g.name for g in compared.articles[1].gates} == {"new findings", "score since baseline"}
    assert not compared.articles[0].gates


def test_pages_of_one_content_keep_an_entry_each() -> None:
    twins = [article(f"old/{n}.md", [], score=30, sha256="same") for n in range(3)]
    listed = baseline.entries(twins)
    run = [article(f"new/{n}.md", [], score=30, sha256="same") for n in range(3)]
    assert verdicts(run, listed) == [True] * 3
    assert verdicts([*run, article("more.md", [], score=30, sha256="same")], listed)[3] is False


def record(line: int, prints: list[str], score: float, text: str) -> ArticleResult:
    found = article("rows.jsonl", prints, score, record=line)
    return replace(found, digest=text)


def test_records_keep_their_entries_when_one_is_added_above_them() -> None:
    rows = [record(1, ["1"], 40, "a"), record(2, [], 99, "b"), record(3, ["3"], 70, "c")]
    listed = baseline.entries(rows)
    assert [e.path for e in listed] == [f"rows.jsonl:{n}" for n in (1, 2, 3)]
    run = [
        record(1, [], 100, "new"),
        record(2, ["1"], 40, "a"),
        record(3, [], 99, "b"),
        record(4, ["3"], 70, "c, edited"),
    ]
    compared = baseline.compare(run, listed)
    assert all(a.passed for a in compared.articles[1:])
    assert [g.limit for a in compared.articles[1:] for g in a.gates if "score" in g.name] == [
        39, 98, 69,
    ]  # fmt: skip
    assert not compared.stale


def test_articles_that_are_gone_are_stale_and_pruned() -> None:
    old = [article("a.md", ["1", "2"]), article("b.md", []), article("c.md", ["3"])]
    listed = baseline.entries(old)
    compared = baseline.compare([], listed, gone=lambda p: p.name != "c.md")
    assert [e.path for e in compared.gone] == ["a.md", "b.md"]
    assert [e.path for e in baseline.prune(listed, compared)] == ["c.md"]
    moved = baseline.compare([article("new.md", ["1"])], listed, gone=lambda p: p.name != "c.md")
    assert [e.path for e in moved.gone] == ["b.md"]  # new.md answers to a.md: it holds half of it


def test_what_stands_elsewhere_by_now_is_not_pruned() -> None:
    listed = baseline.entries([article("a.md", ["1", "2", "3"]), article("b.md", [])])
    compared = baseline.compare([article("new.md", ["1"])], listed, gone=lambda p: True)
    assert [(fp, n) for _, fp, n in compared.stale] == [("2", 1), ("3", 1)]
    (left,) = baseline.prune(listed, compared)
    assert left.path == "a.md"
    assert list(left.findings) == ["1"]


def test_paths_count_from_the_folder_of_the_baseline(tmp_path: Path) -> None:
    here = article(str(tmp_path / "content" / "a.md"), [], score=30)
    (entry,) = baseline.entries([here], tmp_path)
    assert entry.path == "content/a.md"
    edited = article(str(tmp_path / "content" / "a.md"), [], score=30, sha256="edited")
    compared = baseline.compare([edited], [entry], base=tmp_path)
    assert compared.articles[0].passed


@pytest.mark.parametrize(
    "findings", ["[]", "[3]", '{"1": 3}', '{"1": {"rule": "SP001", "text": "x", "count": "2"}}']
)
def test_a_damaged_entry_is_an_error_with_a_remedy(tmp_path: Path, findings: str) -> None:
    path = tmp_path / "b.json"
    entry = f'{{"path": "a.md", "sha256": "0", "score": 3, "findings": {findings}}}'
    path.write_text(f'{{"version": 1, "articles": [{entry}]}}')
    with pytest.raises(InputError, match=r"b\.json: is no baseline .* baseline write"):
        baseline.load(path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 99, "articles": []}'])
def test_a_wrong_baseline_is_an_error_with_a_remedy(tmp_path: Path, text: str) -> None:
    path = tmp_path / "b.json"
    path.write_text(text)
    with pytest.raises(InputError, match="baseline write"):
        baseline.load(path)
