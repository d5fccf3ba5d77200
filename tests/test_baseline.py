from __future__ import annotations

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


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 99, "articles": []}'])
def test_a_wrong_baseline_is_an_error_with_a_remedy(tmp_path: Path, text: str) -> None:
    path = tmp_path / "b.json"
    path.write_text(text)
    with pytest.raises(InputError, match="baseline write"):
        baseline.load(path)
