from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from unspin import baseline
from unspin.cli import clean, main
from unspin.errors import InputError
from unspin.report import Gate
from unspin.writing.formats.base import ArticleResult, Item


def article(
    path: str, prints: list[str], score: float | None = 50.0, **changes: Any
) -> ArticleResult:
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


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": 99, "articles": []}', '{"version": 1, "articles": {}}']
)
def test_a_wrong_baseline_is_an_error_with_a_remedy(tmp_path: Path, text: str) -> None:
    path = tmp_path / "b.json"
    path.write_text(text)
    with pytest.raises(InputError, match="baseline write"):
        baseline.load(path)


def test_a_baseline_from_a_windows_editor_is_read(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    entry = '{"path": "a.md", "sha256": "0", "score": 3, "findings": {}}'
    text = f'{{\r\n"version": 1,\r\n"articles": [{entry}]\r\n}}\r\n'
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert [e.path for e in baseline.load(path)] == ["a.md"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_baseline_in_conflict_says_so_and_is_not_to_be_written_anew(
    tmp_path: Path, newline: str
) -> None:
    path = tmp_path / "b.json"
    lines = ['{"version": 1, "articles": [', "<<<<<<< HEAD", "=======", ">>>>>>> main", "]}", ""]
    path.write_bytes(newline.join(lines).encode())
    with pytest.raises(InputError, match=r"conflict marks .* baseline prune") as error:
        baseline.load(path)
    assert "baseline write" not in str(error.value)


def test_articles_that_no_run_judged_are_told_apart_from_what_is_gone() -> None:
    listed = baseline.entries([article(f"{n}.md", ["1", n]) for n in "abcd"])
    run = [article("a.md", ["1", "a"]), article("b.md", [], score=None, sha256="edited")]
    compared = baseline.compare(run, listed, gone=lambda p: p.name == "c.md")
    assert [(e.path, n) for e, n in compared.unmet] == [("b.md", 2), ("c.md", 2), ("d.md", 2)]
    assert [e.path for e in compared.gone] == ["c.md"]
    # A finding that stands in another article by now is not lost.
    moved = baseline.compare([article("new.md", ["d", "x", "y"], score=3)], listed[3:])
    assert moved.unmet == ()
    parted = baseline.compare([article("a.md", ["1", "a", "b"])], listed[:2])
    assert [(e.path, n) for e, n in parted.unmet] == [("b.md", 1)]


def test_spun_text_pasted_into_a_listed_page_fails() -> None:
    listed = baseline.entries([article("a.md", [], score=100)])
    names = ("score", "spun_probability", "window spun_probability", "findings.warning")
    gates = tuple(Gate(f"changed lines: {name}", 0.9, 0.3, False) for name in names)
    run = [replace(article("a.md", [], score=99.5), gates=gates)]
    (held,) = baseline.compare(run, listed).articles
    assert [g.name for g in held.gates if not g.passed] == [
        "changed lines: spun_probability", "changed lines: window spun_probability",
    ]  # fmt: skip
    assert not held.passed
    whole = (Gate("score", 99.5, 100, False), Gate("spun_probability", 0.9, 0.3, False))
    assert verdicts([replace(run[0], gates=whole)], listed) == [True]


# --- through the commands -------------------------------------------------------------------------

GOOD = (
    "Adults need seven to nine hours of sleep each night, and most people feel better when they "
    "keep to a regular bedtime.\n"
)
BAD = "Smoking is one of the chance variables for coronary heart sickness in adults.\n"


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh_cache: Path) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    for name, text in {"c/a.md": GOOD + BAD, "d/b.md": GOOD, "d/x.md": GOOD + BAD * 2}.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    return CliRunner()


def command(runner: CliRunner, *args: str) -> Result:
    result = runner.invoke(main, ["baseline", *args, "--model", "off"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


LISTS = Path("unspin-baseline.json")


def test_a_run_with_errors_leaves_the_baseline_as_it_is(runner: CliRunner) -> None:
    assert command(runner, "write", "c", "d").exit_code == 0
    good = LISTS.read_bytes()
    Path("d/empty.md").write_text("", encoding="utf-8")
    for paths in (["nothere"], ["c", "nothere"], ["d/empty.md"], ["c", "d"]):
        for name in ("write", "prune"):
            result = command(runner, name, *paths)
            assert result.exit_code == 2, result.output
            assert f"{LISTS}: is not written; mend or leave out" in result.stderr
            assert LISTS.read_bytes() == good
    assert command(runner, "write", "nothere", "-o", "other.json").exit_code == 2
    assert not Path("other.json").exists()


def test_what_a_baseline_written_anew_lists_no_more_is_counted_and_named(runner: CliRunner) -> None:
    said = command(runner, "write", "c", "d").output
    assert "dropped" not in said
    listed = {e.path: sum(f["count"] for f in e.findings.values()) for e in baseline.load(LISTS)}
    assert listed["d/x.md"] > 0
    Path("c/a.md").rename("c/moved.md")
    Path("d/b.md").unlink()
    result = command(runner, "write", "c")
    assert result.exit_code == 0
    first, *named = result.output.splitlines()
    assert first.endswith(
        "in 1 articles are accepted (0 more than before, 0 gone, 2 articles dropped)"
    )
    assert [line.split(" findings")[0] for line in named] == [
        "d/b.md: dropped with its score and 0",
        f"d/x.md: dropped with its score and {listed['d/x.md']}",
    ]
    assert all("name everything in one call" in line for line in named)
    assert [e.path for e in baseline.load(LISTS)] == ["c/moved.md"]
    Path("c/moved.md").unlink()
    Path("c/new.md").write_text(GOOD, encoding="utf-8")
    said = command(runner, "write", "c").output
    assert "c/moved.md: dropped with its score and" in said
    assert "for it is gone" in said


def test_a_spun_paragraph_pasted_into_a_long_listed_page_fails(runner: CliRunner) -> None:
    page = Path("c/long.md")
    page.write_text("\n\n".join(f"Part {n}. {GOOD}" for n in range(60)), encoding="utf-8")
    Path("unspin.toml").write_text("[gates]\nmax-new-findings = 99\n", encoding="utf-8")
    assert command(runner, "write", "c").exit_code == 0
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for args in (["init", "-q"], ["add", "c"], ["commit", "-qm", "x"]):
        subprocess.run([*git, *args], check=True)
    options = ["--check", "c", "--model", "off", "--baseline", str(LISTS), "--format", "json"]
    options += ["--changed-since", "HEAD"]
    assert runner.invoke(clean, options).exit_code == 0
    spun = BAD.strip() + " Congestive heart disappointment is frequent. " + GOOD.strip()
    with page.open("a", encoding="utf-8") as file:
        file.write(f"\n{spun} {spun.replace('adults', 'women')}\n")
    result = runner.invoke(clean, options)
    assert result.exit_code == 1, result.output
    run = json.loads(result.stdout)
    failed = {g["name"] for a in run["articles"] for g in a["gates"] if not g["passed"]}
    assert "changed lines: spun_probability" in failed


def test_a_baseline_is_made_with_the_options_of_the_gate(runner: CliRunner) -> None:
    Path("records.jsonl").write_text(json.dumps({"said": GOOD + BAD}) + "\n", encoding="utf-8")
    options = ["--select", "SP", "--exclude", "d", "--text-field", "said"]
    made = command(runner, "write", "c", "d", "records.jsonl", *options)
    assert made.exit_code == 0, made.output
    listed = baseline.load(LISTS)
    assert [e.path for e in listed] == ["c/a.md", "records.jsonl:1"]
    assert {f["rule"][:2] for e in listed for f in e.findings.values()} == {"SP"}
    gate = ["--check", "--model", "off", "--baseline", str(LISTS), "c", "records.jsonl"]
    assert runner.invoke(clean, [*gate, "--select", "SP", "--text-field", "said"]).exit_code == 0
    before = LISTS.read_bytes()
    assert command(runner, "prune", "c", "d", "records.jsonl", *options).exit_code == 0
    assert LISTS.read_bytes() == before
