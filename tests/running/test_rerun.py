"""A second run: what an editor did to its outputs is neither written over nor lost."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from unspin.cli import clean
from unspin.running.decisions import write_worklist
from unspin.undo import undo
from unspin.writing.summary import WORKLIST_COLUMNS

FAST = ["--grammar", "off", "--model", "off"]
PAGE = """Living with a weak heart

Congestive heart disappointment does not mean that the heart has stopped. It means that the heart
muscle pumps less blood than the body needs. Smoking is one of the danger factors for it, and of
coronary illness.

A few people need surgery. Ask which medicines suit you, and never stop taking them without advice.
"""
PLAIN = (
    "Brush twice a day with fluoride toothpaste for two minutes. Clean between the teeth once a "
    "day, and see a dentist every six months to a year.\n"
)


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh_cache: Path) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    Path("in/heart.txt").write_text(PAGE, encoding="utf-8")
    Path("in/teeth.txt").write_text(PLAIN, encoding="utf-8")
    records = [{"id": n, "text": text} for n, text in enumerate((PAGE, PLAIN))]
    Path("in/more.jsonl").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return CliRunner()


def run(runner: CliRunner, *args: str) -> Result:
    result = runner.invoke(clean, [*args, "-o", "out", *FAST])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def everything() -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(Path("out").rglob("*")) if p.is_file()}


# --- articles -------------------------------------------------------------------------------------


def test_markdown_with_code_keeps_its_suffix_in_every_run(runner: CliRunner) -> None:
    for name in ("heart.mdx", "teeth.Rmd", "teeth.qmd"):
        Path("in", name).write_text(f"# Heart\n\n{PAGE}", encoding="utf-8")
    for to, names in [
        ("md", ["heart.mdx.mdx", "teeth.Rmd.Rmd", "teeth.qmd.qmd"]),
        ("html", ["heart.mdx.html", "teeth.Rmd.html", "teeth.qmd.html"]),
    ]:
        for _ in range(2):
            assert run(runner, "in", "--to", to).exit_code == 0
        assert [name for name in names if not Path("out", name).is_file()] == []
    assert run(runner, "in/heart.mdx").exit_code == 0
    assert Path("out/heart.mdx").is_file()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_nobody_touched_is_written_again(runner: CliRunner, jobs: str) -> None:
    assert run(runner, "in", "--jobs", jobs).exit_code == 0
    before = everything()
    assert run(runner, "in", "--jobs", jobs).exit_code == 0
    assert everything() == before
    assert run(runner, "in", "--jobs", jobs, "--ignore", "SP").exit_code == 0
    assert everything()["out/heart.md"] != before["out/heart.md"]


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("to", ["md", "html", "json", "txt"])
def test_an_edited_article_stays_and_the_others_are_written(
    runner: CliRunner, to: str, jobs: str
) -> None:
    run(runner, "in", "--to", to)
    article = Path(f"out/heart.{to}")
    article.write_bytes(article.read_bytes() + b"Checked by Ann.\n")
    before = everything()
    Path("in/teeth.txt").write_text(PLAIN + "\nRinse well.\n", encoding="utf-8")
    again = run(runner, "in", "--to", to, "--jobs", jobs)
    assert again.exit_code == 2
    said = [line for line in again.stderr.splitlines() if line.startswith("error: ")]
    assert len(said) == 1
    assert said[0].startswith(f"error: out/heart.{to}: was changed since unspin wrote it")
    assert "--force" in said[0]
    after = everything()
    for name in (f"out/heart.{to}", "out/heart.report.json", "out/worklist.csv"):
        assert after[name] == before[name]
    assert b"Rinse" in after[f"out/teeth.{to}"]
    assert not [name for name in after if name.endswith(".part")]
    summary = json.loads(after["out/report.json"])
    assert [e["path"] for e in summary["errors"]] == [f"out/heart.{to}"]
    assert [f["path"] for f in summary["files"]] == ["in/more.jsonl"] * 2 + ["in/teeth.txt"]


def test_edited_records_stay(runner: CliRunner) -> None:
    run(runner, "in")
    article = Path("out/more.jsonl")
    edited = article.read_bytes().replace(b"twice a day", b"2 times a day")
    article.write_bytes(edited)
    again = run(runner, "in")
    assert again.exit_code == 2
    assert "error: out/more.jsonl: was changed" in again.stderr
    assert article.read_bytes() == edited
    run(runner, "in", "--to", "html")  # records go to the same file whatever their texts become
    assert article.read_bytes() == edited


def test_force_writes_over_it(runner: CliRunner) -> None:
    run(runner, "in")
    before = everything()
    for name in ("heart.md", "more.jsonl"):
        Path("out", name).write_text("mine", encoding="utf-8")
    assert run(runner, "in", "--force").exit_code == 0
    assert everything() == before


def test_moving_it_away_is_enough(runner: CliRunner) -> None:
    run(runner, "in")
    Path("out/heart.md").write_text("mine", encoding="utf-8")
    Path("out/heart.md").rename("mine.md")
    assert run(runner, "in").exit_code == 0
    assert "heart failure" in Path("out/heart.md").read_text(encoding="utf-8")


def test_a_file_that_no_run_wrote_stays(runner: CliRunner) -> None:
    Path("out").mkdir()
    Path("out/heart.md").write_text("# By hand\n", encoding="utf-8")
    result = run(runner, "in")
    assert result.exit_code == 2
    assert "error: out/heart.md: stands there and no report knows it" in result.stderr
    assert Path("out/heart.md").read_text(encoding="utf-8") == "# By hand\n"
    assert not Path("out/heart.report.json").exists()
    assert Path("out/teeth.md").is_file()


@pytest.mark.parametrize("damage", [b"", b"{", b'{"schema_version": 1, "written": 3}'])
def test_a_report_that_cannot_be_read_proves_nothing(runner: CliRunner, damage: bytes) -> None:
    run(runner, "in/heart.txt")
    Path("out/heart.report.json").write_bytes(damage)
    assert run(runner, "in/heart.txt").exit_code == 0  # it is what would be written
    Path("out/heart.report.json").write_bytes(damage)
    Path("out/heart.md").write_text("mine", encoding="utf-8")
    assert run(runner, "in/heart.txt").exit_code == 2
    assert Path("out/heart.md").read_text(encoding="utf-8") == "mine"


def test_a_run_that_was_cut_short_goes_on(runner: CliRunner) -> None:
    run(runner, "in")
    for name in ("report.json", "worklist.csv", "heart.report.json", "teeth.md"):
        Path("out", name).unlink()  # an article is written before its report
    assert run(runner, "in").exit_code == 0


def test_a_run_into_another_format_forgets_no_edit(runner: CliRunner) -> None:
    run(runner, "in")
    Path("out/heart.md").write_text("mine", encoding="utf-8")
    assert run(runner, "in/heart.txt", "--to", "html").exit_code == 0
    assert run(runner, "in/heart.txt").exit_code == 2
    assert run(runner, "in/heart.txt", "--to", "html").exit_code == 0
    run(runner, "in/heart.txt", "--in-place")
    assert run(runner, "in/heart.txt").exit_code == 2
    assert Path("out/heart.md").read_text(encoding="utf-8") == "mine"


def test_undo_works_beside_an_edited_article(runner: CliRunner) -> None:
    run(runner, "in", "--no-originals")
    Path("out/heart.md").write_text("mine", encoding="utf-8")
    run(runner, "in")
    assert undo(Path("out/heart.report.json")).decode() == PAGE


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_names_that_are_no_utf8_are_kept_apart(runner: CliRunner) -> None:
    for name in (b"in/\xe4.txt", b"in/\xf6.x.txt"):
        Path(os.fsdecode(name)).write_text(PLAIN, encoding="utf-8")
    run(runner, "in")
    edited = Path(os.fsdecode(b"out/\xf6.x.md"))
    edited.write_text("mine", encoding="utf-8")
    again = run(runner, "in")
    assert again.exit_code == 2
    assert [e for e in again.stderr.splitlines() if "error" in e and "changed" in e] == [
        f"error: out/\ufffd.x.md: {again.stderr.partition('.x.md: ')[2].splitlines()[0]}"
    ]
    assert edited.read_text(encoding="utf-8") == "mine"


def test_reports_hold_the_hash_of_what_stands_beside_them(
    runner: CliRunner, repository: Path
) -> None:
    schema = json.loads((repository / "pipeline/unspin/data/report.schema.json").read_text("utf-8"))
    run(runner, "in")
    run(runner, "in/heart.txt", "--to", "html")
    data = json.loads(Path("out/heart.report.json").read_bytes())
    lines = Path("out/more.report.jsonl").read_bytes().splitlines()
    for report in (data, *map(json.loads, lines)):
        jsonschema.validate(report, schema)
        stem = Path(report["source"]["path"]).stem
        for suffix, digest in report["written"].items():
            assert (
                hashlib.sha256(Path("out", f"{stem}.{suffix}").read_bytes()).hexdigest() == digest
            )
    assert list(data["written"]) == ["html", "md"]


# --- decisions ------------------------------------------------------------------------------------


def place(path: str = "a.md", mark: str = "f1", record: str = "", **cells: str) -> list[str]:
    row = {"path": path, "record": record, "fingerprint": mark, "line": "1", **cells}
    return [row.get(name, "") for name in WORKLIST_COLUMNS]


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def decide(out: Path, decide_on: Callable[[int, dict[str, str]], str], **how: Any) -> None:
    rows = table(out / "worklist.csv")
    for n, row in enumerate(rows):
        row["decision"] = decide_on(n, row)
    encoding = how.pop("encoding", "utf-8")
    how = {"lineterminator": "\n", **how}
    with (out / "worklist.csv").open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), **how)
        writer.writeheader()
        writer.writerows(rows)


def decisions(out: Path, name: str = "worklist.csv") -> list[str]:
    return [row["decision"] for row in table(out / name)]


def test_decisions_are_carried_over(runner: CliRunner) -> None:
    run(runner, "in")
    out = Path("out")
    assert len(table(out / "worklist.csv")) >= 2  # of the page and of the record
    decide(out, lambda n, row: f"accept {n}")
    before = (out / "worklist.csv").read_bytes()
    again = run(runner, "in")
    assert again.exit_code == 0
    assert "note:" not in again.stderr
    assert (out / "worklist.csv").read_bytes() == before
    # A line more before the place, and a record more before the record.
    Path("in/heart.txt").write_text("Heart\n\n" + PAGE.partition("\n\n")[2], encoding="utf-8")
    more = Path("in/more.jsonl").read_text(encoding="utf-8")
    Path("in/more.jsonl").write_text(json.dumps({"text": PLAIN}) + "\n" + more, encoding="utf-8")
    run(runner, "in")
    assert decisions(out) == [f"accept {n}" for n in range(len(decisions(out)))]


def test_decisions_of_another_run_come_back(runner: CliRunner) -> None:
    run(runner, "in/heart.txt")
    out = Path("out")
    decide(out, lambda n, row: "reject")
    other = run(runner, "in/teeth.txt")
    assert other.exit_code == 0
    assert "note: out/worklist.csv: 1 decision of an earlier run met no open place" in other.stderr
    assert decisions(out) == []
    assert decisions(out, "worklist.unmatched.csv") == ["reject"]
    assert "note:" not in run(runner, "in/teeth.txt").stderr  # it was said
    assert decisions(out, "worklist.unmatched.csv") == ["reject"]
    assert run(runner, "in/heart.txt").exit_code == 0
    assert decisions(out) == ["reject"]
    assert not (out / "worklist.unmatched.csv").exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_spreadsheets_save_is_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = [place(mark=f"f{n}", text="“quoted”, é; and so on") for n in range(3)]
    write_worklist(tmp_path, rows)
    decide(
        tmp_path, lambda n, row: f"yes, “{n}”;", encoding=encoding, delimiter=delimiter,
        lineterminator="\r\n",
    )  # fmt: skip
    assert write_worklist(tmp_path, rows[::-1]) == []
    assert decisions(tmp_path) == ["yes, “2”;", "yes, “1”;", "yes, “0”;"]


def test_columns_of_an_editor_are_kept(tmp_path: Path) -> None:
    write_worklist(tmp_path, [place(mark="f1"), place(mark="f2")])
    lines = (tmp_path / "worklist.csv").read_text(encoding="utf-8").splitlines()
    lines = [lines[0] + ",who", lines[1] + ",Ann,loose", lines[2] + ","]
    (tmp_path / "worklist.csv").write_text("\n".join(lines), encoding="utf-8")
    write_worklist(tmp_path, [place(mark="f3"), place(mark="f2"), place(mark="f1")])
    found = table(tmp_path / "worklist.csv")
    assert [(r["who"], r["column 14"]) for r in found] == [("", ""), ("", ""), ("Ann", "loose")]
    write_worklist(tmp_path, [place(mark="f2")])
    (left,) = table(tmp_path / "worklist.unmatched.csv")
    assert (left["fingerprint"], left["who"], left["column 14"]) == ("f1", "Ann", "loose")


def test_places_that_read_alike_keep_their_order(tmp_path: Path) -> None:
    write_worklist(tmp_path, [place() for _ in range(3)])
    decide(tmp_path, lambda n, row: ["", "accept", "reject"][n])
    write_worklist(tmp_path, [place() for _ in range(4)])
    assert decisions(tmp_path) == ["", "accept", "reject", ""]
    notes = write_worklist(tmp_path, [place()])
    assert decisions(tmp_path) + decisions(tmp_path, "worklist.unmatched.csv") == [
        "accept", "reject",
    ]  # fmt: skip
    assert len(notes) == 1


def test_a_decision_goes_to_no_other_article(tmp_path: Path) -> None:
    spun = {"mark": "", "confidence": "0.91"}
    write_worklist(tmp_path, [place(path="a.jsonl", record="1", **spun), place(path="b.md")])
    decide(tmp_path, lambda n, row: "done")
    # Another record stands on that line now, and the place of b.md is in c.md.
    other = place(path="a.jsonl", record="1", mark="", confidence="0.77")
    write_worklist(tmp_path, [other, place(path="c.md")])
    assert decisions(tmp_path) == ["", ""]
    assert decisions(tmp_path, "worklist.unmatched.csv") == ["done", "done"]
    write_worklist(tmp_path, [place(path="a.jsonl", record="1", **spun)])
    assert decisions(tmp_path) == ["done"]
    assert decisions(tmp_path, "worklist.unmatched.csv") == ["done"]


@pytest.mark.parametrize("found", ["", "name,age\nAnn,3\n", "path;line\n", 'a"b\0'])
def test_a_file_that_is_no_worklist_is_put_aside(tmp_path: Path, found: str) -> None:
    (tmp_path / "worklist.csv").write_text(found, encoding="utf-8")
    (note,) = write_worklist(tmp_path, [place()])
    (aside,) = (p for p in tmp_path.iterdir() if p.name != "worklist.csv")
    assert aside.read_text(encoding="utf-8") == found
    assert str(aside) in note
    assert decisions(tmp_path) == [""]
