from __future__ import annotations

import csv
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from unspin.cli import clean, main
from unspin.gating import CHECK_DEFAULTS

FAST = ["--grammar", "off", "--model", "off"]
SPUN = """Living with a weak heart

Congestive heart disappointment does not mean that the heart has stopped. It means that the heart
muscle pumps less blood than the body needs. Smoking is one of the danger factors for it.

A few people need surgery. Ask which medicines suit you, and never stop taking them without advice.
"""
CLEAN = """Caring for your teeth

Brush twice a day with fluoride toothpaste for two minutes. Clean between the teeth once a day, and
see a dentist every six months to a year. Children need help with brushing until they are seven.
"""


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh_cache: Path) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    return CliRunner()


def run(runner: CliRunner, *args: str, **kw: Any) -> Result:
    result = runner.invoke(clean, [*args, *FAST], **kw)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def write(path: str, text: str | bytes) -> Path:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return file


def report(path: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return data


def test_reads_input_and_writes_output_when_nothing_is_said(runner: CliRunner) -> None:
    write("input/a/heart.txt", SPUN)
    result = run(runner)
    assert result.exit_code == 0, result.output
    text = Path("output/a/heart.md").read_text(encoding="utf-8")
    assert "Congestive heart failure does not mean" in text
    assert "risk factors" in text
    assert text.startswith("---\n")
    assert "\n# Living with a weak heart\n" in text
    data = report("output/a/heart.report.json")
    assert data["score"] < data["after"]["score"]
    assert Path("output/report.json").is_file()
    assert Path("output/worklist.csv").is_file()


def test_a_missing_input_folder_says_what_to_do(runner: CliRunner) -> None:
    result = run(runner)
    assert result.exit_code == 2
    assert "error: input: no such folder" in result.stderr


def test_every_report_is_valid_and_its_places_are_right(
    runner: CliRunner, repository: Path
) -> None:
    schema = json.loads(
        (repository / "pipeline/unspin/data/report.schema.json").read_text(encoding="utf-8")
    )
    write("input/heart.txt", "\ufeff" + SPUN.replace("\n", "\r\n"))
    write("input/short.txt", "Too few words here.")
    run(runner)
    for path in Path("output").glob("*.report.json"):
        jsonschema.validate(report(str(path)), schema)
    data = report("output/heart.report.json")
    source = SPUN.replace("\n", "\r\n")
    lines = source.splitlines()
    assert data["findings"]
    for finding in data["findings"]:
        assert source[finding["start"] : finding["end"]] == finding["text"]
        line = lines[finding["line"] - 1]
        assert line[finding["column"] - 1 :].startswith(finding["text"].split("\r\n")[0][:5])
    assert report("output/short.report.json")["score"] is None


def test_undo_gives_the_source_byte_for_byte(runner: CliRunner) -> None:
    raw = SPUN.replace("\n", "\r\n").encode("utf-16")
    write("input/heart.txt", raw)
    run(runner)
    done = runner.invoke(main, ["undo", "output/heart.report.json"])
    assert done.stdout_bytes == raw
    done = runner.invoke(main, ["undo", "output/heart.report.json", "-o", "back.txt"])
    assert done.exit_code == 0
    assert Path("back.txt").read_bytes() == raw


def test_undo_works_after_an_in_place_run_without_originals(runner: CliRunner) -> None:
    raw = SPUN.replace("\n", "\r\n").encode("utf-8-sig")
    write("heart.txt", raw)
    assert run(runner, "heart.txt", "--in-place", "--no-originals").exit_code == 0
    edited = Path("heart.txt").read_bytes()
    assert edited != raw
    assert b"heart failure" in edited
    assert (
        edited.replace(b"heart failure", b"heart disappointment").replace(
            b"risk factors", b"danger factors"
        )
        == raw
    )
    done = runner.invoke(main, ["undo", "output/heart.report.json"])
    assert done.stdout_bytes == raw


def test_undo_refuses_a_file_that_was_edited_since(runner: CliRunner) -> None:
    write("heart.txt", SPUN)
    run(runner, "heart.txt", "--in-place", "--no-originals")
    Path("heart.txt").write_text("Something else.", encoding="utf-8")
    done = runner.invoke(main, ["undo", "output/heart.report.json"])
    assert done.exit_code == 2
    assert "has changed since" in done.stderr


def test_one_bad_file_does_not_stop_the_rest(runner: CliRunner) -> None:
    write("in/empty.txt", "")
    write("in/image.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    write("in/good.txt", CLEAN)
    write("in/large.txt", CLEAN * 100)
    result = run(runner, "in", "--max-bytes", "5000")
    assert result.exit_code == 2
    for name in ("empty.txt", "image.txt", "large.txt"):
        assert f"error: in/{name}: " in result.stderr
    assert Path("output/good.md").is_file()
    assert len(report("output/report.json")["errors"]) == 3


def test_exit_codes_of_gates(runner: CliRunner) -> None:
    write("in/heart.txt", SPUN)
    write("ok/teeth.txt", CLEAN)
    assert run(runner, "in").exit_code == 0
    assert run(runner, "in", "--min-score", "99").exit_code == 1
    assert run(runner, "in", "--check").exit_code == 1
    assert run(runner, "ok", "--check").exit_code == 0
    assert run(runner, "ok", "--no-such-option").exit_code == 2


def test_check_writes_nothing_and_names_places(runner: CliRunner) -> None:
    write("in/heart.txt", SPUN)

    def files() -> list[Path]:
        return [p for p in sorted(Path().rglob("*")) if "cache" not in p.parts]

    before = files()
    result = run(runner, "in", "--check")
    assert files() == before
    assert "in/heart.txt:3:1 SP001" in result.stdout
    assert "failed: 1 of 1 articles" in result.stdout


def test_check_gives_the_same_verdict_from_the_cache(runner: CliRunner) -> None:
    write("in/heart.txt", SPUN)
    write("in/teeth.txt", CLEAN)
    first = run(runner, "in", "--check")
    second = run(runner, "in", "--check")
    assert first.stdout == second.stdout
    assert list(Path("cache").rglob("*.json"))
    third = run(runner, "in", "--check", "--ignore", "SP")
    assert "SP001" not in third.stdout


def test_baseline_accepts_what_is_there_and_fails_what_is_new(runner: CliRunner) -> None:
    write("in/heart.txt", SPUN)
    done = runner.invoke(main, ["baseline", "write", "in", "-o", "b.json", "--model", "off"])
    assert done.exit_code == 0, done.output
    assert "findings in 1 articles are accepted" in done.output
    Path("in/heart.txt").rename("in/moved.txt")
    assert run(runner, "in", "--check", "--baseline", "b.json").exit_code == 0
    write(
        "in/moved.txt",
        SPUN + "\nPain from aspect joints is often worse in the morning than at night.\n",
    )
    assert run(runner, "in", "--check", "--baseline", "b.json").exit_code == 1


def test_changed_since_fails_a_spun_paragraph_in_a_clean_page(runner: CliRunner) -> None:
    page = "\n\n".join([CLEAN] * 1 + [CLEAN.split("\n\n")[1]] * 3)
    write("in/teeth.txt", page)
    write("in/heart.txt", SPUN)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for args in (["init", "-q"], ["add", "in"], ["commit", "-qm", "x"]):
        subprocess.run([*git, *args], check=True)
    assert run(runner, "in", "--check", "--changed-since", "HEAD").exit_code == 0
    spun = SPUN.split("\n\n", 1)[1].replace("\n", " ")
    write("in/teeth.txt", page + "\n\n" + spun + "\n")
    result = run(runner, "in", "--check", "--changed-since", "HEAD")
    assert result.exit_code == 1, result.output
    assert "changed lines: spun_probability" in result.output


def test_standard_input_to_standard_output(runner: CliRunner) -> None:
    result = run(runner, "-", "--to", "txt", input=SPUN)
    assert result.exit_code == 0
    assert "heart failure" in result.stdout
    html = run(
        runner, "-", "--to", "html", "--stdin-filename", "x.md", input="# A title\n\n" + SPUN
    )
    assert html.stdout.startswith("<!DOCTYPE html>")


def test_names_that_would_collide_keep_their_suffix(runner: CliRunner) -> None:
    write("in/b.txt", CLEAN)
    write("in/b.md", "# Teeth\n\n" + CLEAN)
    write("in/c.txt", CLEAN)
    run(runner, "in")
    names = {p.name for p in Path("output").iterdir()}
    assert {"b.txt.md", "b.md.md", "c.md", "b.txt.report.json", "b.md.report.json"} <= names


def test_json_lines_keep_their_fields(runner: CliRunner) -> None:
    rows = [{"id": 7, "title": "Heart", "text": SPUN, "tags": ["a"]}, {"id": 8, "text": CLEAN}]
    write("in/b.jsonl", "\n".join(json.dumps(r) for r in rows) + "\nnot json\n")
    result = run(runner, "in")
    assert result.exit_code == 2
    assert "3" in result.stderr
    out = [json.loads(line) for line in Path("output/b.jsonl").read_text().splitlines()]
    assert [r["id"] for r in out] == [7, 8]
    assert out[0]["tags"] == ["a"]
    assert "heart failure" in out[0]["text"]
    reports = [json.loads(line) for line in Path("output/b.report.jsonl").read_text().splitlines()]
    assert [r["source"]["record"] for r in reports] == [1, 2]


def test_output_is_never_an_input(runner: CliRunner) -> None:
    write("heart.txt", SPUN)
    run(runner, ".", "-o", "output")
    first = sorted(p.name for p in Path("output").iterdir())
    run(runner, ".", "-o", "output")
    assert sorted(p.name for p in Path("output").iterdir()) == first


def test_cleaning_its_own_output_applies_nothing_more(runner: CliRunner) -> None:
    write("in/heart.txt", SPUN)
    for to in ("md", "txt", "html"):
        run(runner, "in", "-o", f"one-{to}", "--to", to)
        run(runner, f"one-{to}/heart.{to}", "-o", f"two-{to}", "--to", to)
        assert report(f"two-{to}/heart.report.json")["edits"] == []


def with_model(runner: CliRunner, *args: str) -> None:
    assert runner.invoke(clean, [*args, "--grammar", "off"]).exit_code == 0


def imitated(repository: Path, name: str) -> str:
    rows = (repository / "bench/data/imitated-articles.jsonl").read_text("utf-8").splitlines()
    return next(str(r["spun"]) for r in map(json.loads, rows) if r["id"] == name)


@pytest.mark.parametrize("to", ["md", "html", "jsonl"])
def test_what_the_model_left_to_a_person_a_second_run_leaves_too(
    runner: CliRunner, repository: Path, to: str
) -> None:
    spun = imitated(repository, "e-2-tonsillitis")
    name = "a.report.jsonl" if to == "jsonl" else "a.report.json"
    write(f"in/a.{to}", spun if to != "jsonl" else json.dumps({"text": spun}))
    with_model(runner, "in", "-o", "one", "--to", "html" if to == "html" else "md")
    assert report(f"one/{name}")["edits"]
    with_model(runner, f"one/a.{to}", "-o", "two")
    assert report(f"two/{name}")["edits"] == []


def test_a_term_that_shows_only_after_restoring_is_restored_and_told_once(
    runner: CliRunner,
) -> None:
    text = SPUN + "\nA healthy and balanced eating regimen helps the heart to work well again.\n"
    write("in/heart.txt", text)
    run(runner, "in", "-o", "one")
    assert "A healthy diet helps the heart" in Path("one/heart.md").read_text(encoding="utf-8")
    found = report("one/heart.report.json")["findings"]
    spans = [(f["start"], f["end"], f["text"]) for f in found if f["rule"].startswith("SP")]
    assert "healthy and balanced eating regimen" in [text for *_, text in spans]
    assert all(end <= start for (_, end, _), (start, _, _) in itertools.pairwise(sorted(spans)))
    run(runner, "one/heart.md", "-o", "two")
    assert report("two/heart.report.json")["edits"] == []


def test_an_article_that_a_person_has_looked_at_is_one_like_any_other(
    runner: CliRunner, repository: Path
) -> None:
    write("in/a.md", imitated(repository, "e-2-tonsillitis"))
    with_model(runner, "in", "-o", "one")
    once = Path("one/a.md").read_text(encoding="utf-8")
    write("in/b.md", "".join(x for x in once.splitlines(True) if not x.startswith("review")))
    with_model(runner, "in/b.md", "-o", "two")
    assert report("two/b.report.json")["edits"]


def test_the_worklist_names_open_places_and_defuses_formulas(runner: CliRunner) -> None:
    write(
        "in/=heart.txt",
        SPUN
        + "\nRest in the afternoon helps many people. Rest in the afternoon helps many people.\n",
    )
    run(runner, "in")
    rows = list(
        csv.DictReader(Path("output/worklist.csv").read_text(encoding="utf-8").splitlines())
    )
    assert rows
    assert all(r["applicability"] in ("suggested", "editor") for r in rows)
    assert not any(v.startswith("=") for r in rows for v in r.values())


def test_text_that_is_not_english_is_left_alone(runner: CliRunner) -> None:
    german = "Die Behandlung richtet sich nach der Ursache der Schmerzen und nach dem Alter. " * 4
    write("in/de.txt", german)
    assert run(runner, "in").exit_code == 0
    data = report("output/de.report.json")
    assert data["score"] is None
    assert data["edits"] == []
    assert run(runner, "in", "--non-english", "fail").exit_code == 1


def test_a_batch_gives_the_same_results_in_several_processes(runner: CliRunner) -> None:
    for n in range(3):
        write(f"in/{n}.txt", SPUN + f"\nThis is copy number {n} of the page.\n")
    run(runner, "in", "-o", "one")
    run(runner, "in", "-o", "two", "--jobs", "2")
    one = {p.name: p.read_bytes() for p in Path("one").iterdir() if p.is_file()}
    two = {p.name: p.read_bytes() for p in Path("two").iterdir() if p.is_file()}
    assert one == two


def test_near_duplicates_name_the_other_file_and_cost_nothing(runner: CliRunner) -> None:
    write("in/a.txt", SPUN)
    write("in/b.txt", SPUN)
    run(runner, "in")
    found = [f for f in report("output/a.report.json")["findings"] if f["rule"] == "DU003"]
    assert "b.txt" in found[0]["message"]
    run(runner, "in/a.txt", "-o", "alone")
    assert report("alone/a.report.json")["score"] == report("output/a.report.json")["score"]


def test_a_wrong_configuration_names_file_key_and_remedy(runner: CliRunner) -> None:
    write("in/a.txt", CLEAN)
    write("unspin.toml", "min-scor = 3\n")
    result = run(runner, "in")
    assert result.exit_code == 2
    assert "unspin.toml: unknown key 'min-scor'" in result.stderr


def test_configuration_is_read_and_shown_with_its_origin(runner: CliRunner) -> None:
    write("in/heart.txt", SPUN)
    write(
        "unspin.toml",
        'to = "txt"\n[gates]\nmin-score = 100\n[folders."content/old"]\nmin-parts = {wording = 3}\n',
    )
    assert run(runner, "in").exit_code == 1
    assert Path("output/heart.txt").is_file()
    shown = runner.invoke(main, ["config"]).output
    assert any(line.startswith("to ") and "unspin.toml" in line for line in shown.splitlines())
    assert any(line.startswith("jobs ") and "default" in line for line in shown.splitlines())
    rows = {line.split()[0]: line.split(maxsplit=1)[1] for line in shown.splitlines()}
    assert rows["gates.min-score"].split() == ["100", str(Path("unspin.toml").resolve())]
    limit = str(CHECK_DEFAULTS.max_spun_probability)
    assert rows["gates.max-spun-probability"].split(maxsplit=1)[0] == limit
    assert rows["gates.max-spun-probability"].endswith("default under --check")
    assert rows["gates.fail-on"].split() == ["not", "set", "default"]
    assert "{ wording = 3 }" in rows['folders."content/old".min-parts']
    assert rows["to"].startswith('"txt" ')
    assert rows["unsafe-fixes"].startswith("false ")
    assert rows["select"].startswith("[] ")


def test_a_limit_outside_its_table_is_told_where_it_belongs(runner: CliRunner) -> None:
    write("unspin.toml", "min-score = 70\n")
    result = runner.invoke(main, ["config"])
    assert result.exit_code == 2
    assert "unknown key 'min-score'; it is a key of the table [gates]" in result.stderr


def test_one_article_is_no_plural(runner: CliRunner) -> None:
    write("in/heart.txt", SPUN)
    assert "1 article, " in run(runner, "in").output
    write("in/other.txt", SPUN)
    assert "2 articles, " in run(runner, "in").output


def test_help_imports_click_and_nothing_heavier() -> None:
    code = (
        "import sys\n"
        "from unspin.cli import clean\n"
        "try: clean(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'rich', 'spacy', 'yaml', 'numpy', 'onnxruntime', 'trafilatura', 'lxml', 'jinja2', "
        "'ahocorasick_rs', 'orjson', 'jsonschema', 'ftfy'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("group", [[], ["baseline"], ["glossary"], ["grammar"]])
def test_the_list_of_commands_cuts_no_description_short(
    runner: CliRunner, group: list[str]
) -> None:
    shown = runner.invoke(main, [*group, "--help"], terminal_width=80).output
    rows = re.findall(r"^  [a-z]+  .*(?:\n {4,}.*)*", shown.partition("Commands:\n")[2], re.M)
    assert rows
    assert all(row.endswith(".") and not row.endswith("...") for row in rows), rows


def test_version_rules_explain(runner: CliRunner) -> None:
    assert "unspin" in runner.invoke(main, ["--version"]).output
    listed = runner.invoke(main, ["rules"]).output
    assert "SP001" in listed
    shown = runner.invoke(main, ["explain", "sp001"])
    assert "Why it matters" in shown.output
    assert runner.invoke(main, ["explain", "XX999"]).exit_code == 2


def test_python_dash_m(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "unspin", "clean", "-", *FAST],
        input=SPUN.encode(), capture_output=True, cwd=tmp_path, check=True,
    )  # fmt: skip
    assert b"heart failure" in done.stdout


def test_diff_shows_the_change(runner: CliRunner) -> None:
    write("in/heart.txt", SPUN)
    result = run(runner, "in", "--diff")
    assert "-Congestive heart disappointment" in result.stdout
    assert "+Congestive heart failure" in result.stdout


@pytest.mark.parametrize(
    ("options", "written"),
    [([], False), (["-o", "output"], True), (["--in-place"], True)],
)
def test_diff_writes_only_where_it_is_told_to(
    runner: CliRunner, options: list[str], written: bool
) -> None:
    page = write("in/heart.txt", SPUN)
    result = run(runner, "in", "--diff", *options)
    assert result.exit_code == 0, result.output
    assert "+Congestive heart failure" in result.stdout
    assert Path("output").exists() is written
    assert ("heart failure" in page.read_text(encoding="utf-8")) is ("--in-place" in options)
    said = "no article is written without -o or --in-place"
    assert (said in result.stdout) is not written


def test_an_output_folder_that_holds_the_sources_is_refused(runner: CliRunner) -> None:
    page = write("posts/heart.md", SPUN)
    result = run(runner, "posts", "-o", "posts")
    assert result.exit_code == 2
    assert "error: posts/heart.md: is a source, and posts/heart.md would be written" in (
        result.stderr
    )
    assert "--in-place" in result.stderr
    assert page.read_text(encoding="utf-8") == SPUN
    assert [p.name for p in Path("posts").iterdir()] == ["heart.md"]


def test_the_last_line_does_not_claim_what_was_not_written(runner: CliRunner) -> None:
    write("in/empty.txt", "")
    assert run(runner, "in").stdout.endswith("no article is written, the summary is in output\n")
    write("in/heart.txt", SPUN)
    write("file", "")
    result = run(runner, "in", "-o", "file")
    assert result.exit_code == 2
    assert result.stdout.endswith("; nothing is written\n")
    assert run(runner, "in/heart.txt").stdout.endswith("; written to output\n")


def test_standard_input_writes_the_findings_where_they_are_asked_for(runner: CliRunner) -> None:
    result = run(runner, "-", "--report", "rep.json", "--format", "json", input=SPUN)
    assert result.exit_code == 0
    assert "heart failure" in result.stdout
    whole = run(runner, "-", "--check", "--report", "check.json", "--format", "json", input=SPUN)
    assert whole.stdout == ""
    for name in ("rep.json", "check.json"):
        assert "SP001" in Path(name).read_text(encoding="utf-8")


def test_undo_of_a_damaged_original_says_so(runner: CliRunner) -> None:
    write("heart.txt", SPUN)
    run(runner, "heart.txt")
    (kept,) = Path("output/.originals").iterdir()
    kept.write_bytes(kept.read_bytes()[:-12])
    done = runner.invoke(main, ["undo", "output/heart.report.json"])
    assert done.exit_code == 2
    assert f"{kept.name}: the kept original is damaged" in done.stderr
    assert "remove it to undo" in done.stderr


def test_a_file_that_ends_too_early_is_no_failed_gate(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*args: Any, **kw: Any) -> None:
        raise EOFError("cut")

    monkeypatch.setattr("unspin.running.batch.clean_batch", cut)
    write("in/heart.txt", SPUN)
    result = run(runner, "in")
    assert result.exit_code == 2
    assert "a file ends too early: cut" in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals differ on Windows")
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interrupt_ends_the_run_with_130_and_says_what_is_written(
    runner: CliRunner, jobs: int
) -> None:
    for n in range(400):
        write(f"in/{n}.txt", SPUN + f"\nThis is copy number {n} of the page.\n")
    command = [sys.executable, "-m", "unspin", "clean", "in", "--jobs", str(jobs), *FAST]
    # As a terminal does: the signal reaches the workers, too, and is not ignored, as it is in what a
    # shell runs in the background.
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    while not list(Path().glob("output/*.report.json")):
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    # Workers hold these pipes, too: they are at their end when every process is.
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 130
    assert re.fullmatch(
        r"interrupted; (nothing is written|\d+ articles are written to output, without report\.json "
        r"and worklist\.csv)\n",
        errors,
    )
    assert len(list(Path("output").glob("*.md"))) < 400
