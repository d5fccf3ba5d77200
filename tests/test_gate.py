"""The gate end to end: limits, suppressions, the same verdict everywhere, and what can go wrong."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ElementTree
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from unspin import gating
from unspin.article import Article
from unspin.cli import clean, main
from unspin.config import Config, Gates, load_config
from unspin.errors import ConfigError
from unspin.evidence import Window
from unspin.pipeline import Cleaner
from unspin.report import Gate
from unspin.running.check import _below, _content
from unspin.writing.formats import FORMATS

SPUN = """# Living with a weak heart

Congestive heart disappointment does not mean that the heart has stopped. It means that the heart
muscle pumps less blood than the body needs. Smoking is one of the danger factors for it.

A few people need surgery. Ask which medicines suit you, and never stop taking them without advice.
"""
CLEAN = """# Caring for your teeth

Brush twice a day with fluoride toothpaste for two minutes. Clean between the teeth once a day, and
see a dentist every six months to a year. Children need help with brushing until they are seven.
"""
#: Limits under which the spun page passes.
LENIENT = "min-score = 0\nmax-spun-probability = 1\nmax-window-probability = 1\n"


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh_cache: Path) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    return CliRunner()


def check(runner: CliRunner, *args: str, **kw: Any) -> Result:
    result = runner.invoke(clean, ["--check", "--model", "off", *args], **kw)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def data(runner: CliRunner, *args: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(check(runner, *args, "--format", "json").stdout)
    return found


def write(path: str, text: str | bytes) -> Path:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return file


def failed_gates(run: dict[str, Any]) -> dict[str, set[str]]:
    return {
        a["path"]: {g["name"] for g in a["gates"] if not g["passed"]} for a in run["articles"]
    }  # fmt: skip


# --- limits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "gate"),
    [
        ("min-score = 95\nmax-spun-probability = 1\nmax-window-probability = 1\n", "score"),
        ("min-score = 0\nmax-spun-probability = 0.3\nmax-window-probability = 1\n",
         "spun_probability"),
        ("min-score = 0\nmax-spun-probability = 1\nmax-window-probability = 0.3\n",
         "window spun_probability"),
        (LENIENT + "min-parts = { wording = 90 }\n", "parts.wording"),
        (LENIENT + 'fail-on = "warning"\n', "findings.warning"),
        (LENIENT + "max-new-findings = 1\n", "new findings"),
    ],
)  # fmt: skip
def test_each_limit_fails_the_spun_page_alone(runner: CliRunner, settings: str, gate: str) -> None:
    write("in/heart.md", SPUN)
    write("in/teeth.md", CLEAN)
    write("unspin.toml", f"[gates]\n{LENIENT}")
    assert check(runner, "in").exit_code == 0
    write("unspin.toml", f"[gates]\n{settings}")
    run = data(runner, "in")
    assert failed_gates(run) == {"in/heart.md": {gate}, "in/teeth.md": set()}
    assert check(runner, "in").exit_code == 1


def test_limits_that_are_not_set_keep_the_defaults_of_check() -> None:
    set_ = Gates(min_score=10, fail_on="error")
    gates = gating.effective(set_, check=True)
    assert gates.min_score == 10
    assert gates.max_spun_probability == gating.CHECK_DEFAULTS.max_spun_probability
    assert gates.max_window_probability == gating.CHECK_DEFAULTS.max_window_probability
    assert gating.effective(set_, check=False) == set_


def test_one_spun_window_in_a_clean_article_fails_it() -> None:
    limit = gating.CHECK_DEFAULTS.max_window_probability
    assert limit is not None
    low, high = limit / 2, (1 + limit) / 2
    windows = [Window(0, 900, low), Window(900, 1800, high), Window(1800, 2000, low)]
    gates = gating.evaluate(
        gating.CHECK_DEFAULTS, None, 0.01, (), windows, judged=True, fail_unjudged=False
    )
    assert {g.name: g.passed for g in gates} == {
        "spun_probability": True, "window spun_probability": False,
    }  # fmt: skip


def test_the_verdict_names_the_lines_of_a_spun_window(runner: CliRunner) -> None:
    sections = [CLEAN.split("\n\n")[1]] * 20
    sections[8] = SPUN.split("\n\n")[1].replace("heart muscle", "coronary illness")
    write("long.md", "# Caring for your teeth\n\n" + "\n\n".join(sections))
    write("short.md", SPUN)
    write(
        "unspin.toml",
        f"[gates]\n{LENIENT.replace('window-probability = 1', 'window-probability = 0.3')}",
    )
    shown = check(runner, "long.md", "short.md").stdout
    named = re.search(
        r"long.md: window spun_probability is .*, limit 0.3 .lines (\d+) to (\d+).", shown
    )
    assert named, shown
    first, last = map(int, named.groups())
    spun = Path("long.md").read_text().splitlines().index(sections[8].splitlines()[0]) + 1
    assert 1 < first <= spun <= last < len(Path("long.md").read_text().splitlines())
    assert re.search(r"short.md: window spun_probability is [\d.]+, limit 0.3$", shown, re.M), shown
    for form in ("junit", "markdown", "github", "json"):
        made = check(runner, "long.md", "--format", form).stdout
        assert f"lines {first} to {last}" in made, form


def test_a_folder_changes_the_limits_it_sets_and_no_others(runner: CliRunner) -> None:
    write("content/heart.md", SPUN)
    write("content/old/heart.md", SPUN)
    write("content/older/heart.md", SPUN)
    write(
        "unspin.toml",
        f"[gates]\nmin-score = 95\nmax-spun-probability = 1\nmax-window-probability = 1\n"
        f'[folders."content/old"]\n{LENIENT}[folders."content/older"]\nmax-spun-probability = 0.2\n',
    )
    expected = {
        "content/heart.md": {"score"},
        "content/old/heart.md": set(),
        "content/older/heart.md": {"score", "spun_probability"},
    }
    assert failed_gates(data(runner, "content")) == expected


def test_folders_mean_the_same_from_wherever_the_command_is_started(
    runner: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("content/old/heart.md", SPUN)
    write("unspin.toml", f'[gates]\nmin-score = 95\n[folders."content/old"]\n{LENIENT}')
    assert check(runner, "content").exit_code == 0
    assert check(runner, "./content/old/../old/heart.md").exit_code == 0
    assert check(runner, str(tmp_path / "content")).exit_code == 0
    monkeypatch.chdir(tmp_path / "content")
    assert check(runner, "old").exit_code == 0
    assert check(runner, "old", "--min-score", "95").exit_code == 1


def test_the_cache_knows_places_apart_that_are_named_alike(
    runner: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("old/heart.md", SPUN)
    write("content/old/heart.md", SPUN)
    entry = '[[suppress]]\nrule = "SP"\npath = "content/old"\nreason = "x"\n'
    for settings in (f'[folders."content/old"]\n{LENIENT}', entry):
        write("unspin.toml", settings)
        monkeypatch.chdir(tmp_path)
        assert check(runner, "old").exit_code == 1
        monkeypatch.chdir(tmp_path / "content")
        assert check(runner, "old").exit_code == 0
        monkeypatch.chdir(tmp_path)


def test_settings_of_paths_that_match_nothing_are_told(runner: CliRunner) -> None:
    write("content/old/heart.md", CLEAN)
    write(
        "unspin.toml",
        '[folders."content/odl"]\nmin-score = 0\n[folders."content/*"]\nmin-score = 0\n'
        '[[suppress]]\nrule = "DU"\npath = "contents/*"\nreason = "x"\n'
        '[[suppress]]\nrule = "DU"\nreason = "x"\n',
    )
    for named in ("content", "content/old/heart.md"):
        told = [line for line in check(runner, named).stderr.splitlines() if "note:" in line]
        assert told == [
            "note: folders 'content/odl': matches nothing; correct it, or remove it",
            "note: suppress 'contents/*': matches nothing; correct it, or remove it",
        ]
    assert "note:" not in check(runner, "content", "--quiet").stderr


def test_settings_of_other_folders_leave_the_cache_as_it_is(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("content/old/heart.md", SPUN)
    write("content/new/teeth.md", CLEAN)
    judged: list[str] = []
    judge = Cleaner.clean
    monkeypatch.setattr(
        Cleaner,
        "clean",
        lambda self, a: (judged.append(Path(a.source.path).name), judge(self, a))[1],
    )
    assert check(runner, "content").exit_code == 1
    judged.clear()
    limits = f'[folders."content/old"]\n{LENIENT}'
    assert check(runner, "content", "--exclude", "content/old").exit_code == 0
    assert judged == []
    write("unspin.toml", limits)
    assert check(runner, "content").exit_code == 0
    assert judged == ["heart.md"]
    entry = '[[suppress]]\nrule = "SP"\npath = "content/old"\nreason = "x"\n'
    for reason in ("x", "y"):
        write("unspin.toml", f"{entry.replace('x', reason)}{limits}")
        judged.clear()
        assert check(runner, "content").exit_code == 0
        assert judged == ["heart.md"]


@pytest.mark.parametrize(
    "settings",
    [
        "[gates]\nmin-score = 101\n",
        "[gates]\nmax-window-probability = 50\n",
        "[gates]\nmin-parts = { spelling = 5 }\n",
        '[gates]\nfail-on = "fatal"\n',
        '[[suppress]]\nrule = "SP001"\n',
        '[[suppress]]\nrule = ""\nreason = "all of it"\n',
        '[[suppress]]\nrule = "SP999"\nreason = "no such rule"\n',
        'select = ["SP01"]\nignore = ["spun"]\n',
        'select = [""]\n',
        "jobs = -3\n",
        "max-bytes = 0\n",
        '[folders."a"]\nminimum = 3\n',
    ],
)
def test_a_limit_that_cannot_be_is_an_error(runner: CliRunner, settings: str) -> None:
    write("in/teeth.md", CLEAN)
    write("unspin.toml", settings)
    result = check(runner, "in")
    assert result.exit_code == 2
    assert "error: " in result.stderr
    assert "unspin.toml" in result.stderr


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_an_option_that_names_no_rule_is_an_error(runner: CliRunner, option: str) -> None:
    write("in/heart.md", SPUN)
    result = check(runner, "in", option, "SP0O1")
    assert result.exit_code == 2
    assert f"{option[2:]}: no rule is named 'SP0O1'; `unspin rules` lists them" in result.stderr


def test_a_configuration_from_a_windows_editor_is_read(runner: CliRunner) -> None:
    write("in/heart.md", SPUN)
    write("unspin.toml", b"\xef\xbb\xbf[gates]\r\n" + LENIENT.encode())
    assert check(runner, "in").exit_code == 0


@pytest.mark.parametrize("text", ["[tool]\nunspin = 3\n", "tool = 3\n"])
def test_a_project_file_that_is_oddly_built_is_no_crash(runner: CliRunner, text: str) -> None:
    write("in/teeth.md", CLEAN)
    write("pyproject.toml", text)
    result = check(runner, "in")
    assert result.exit_code == (2 if "unspin" in text else 0)
    assert ("pyproject.toml: tool.unspin: must be a table" in result.stderr) == ("unspin" in text)


# --- baseline and changed lines together ----------------------------------------------------------


def test_baseline_and_changed_lines_together_gate_new_findings_on_changed_lines(
    runner: CliRunner,
) -> None:
    write("in/heart.md", SPUN)
    assert (
        runner.invoke(main, ["baseline", "write", "in", "-o", "b.json", "--model", "off"]).exit_code
        == 0
    )
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    # Committed after the baseline was written, on a line that the change does not touch:
    write("in/heart.md", SPUN + "\nPain from aspect joints is often worse in the morning.\n")
    for args in (["init", "-q"], ["add", "in"], ["commit", "-qm", "x"]):
        subprocess.run([*git, *args], check=True)
    options = ["in", "--baseline", "b.json", "--changed-since", "HEAD"]
    assert check(runner, *options).exit_code == 0
    text = Path("in/heart.md").read_text(encoding="utf-8")
    write("in/heart.md", text + "\nBosom disease is treated by a team of specialists.\n")
    result = check(runner, *options)
    assert result.exit_code == 1
    assert "new findings is 1, limit 0" in result.output


def committed(**files: str | bytes) -> None:
    for name, text in files.items():
        write(name, text)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for args in (["init", "-q"], ["add", "-A", "--", *files], ["commit", "-qm", "x"]):
        subprocess.run([*git, *args], check=True)


def test_a_changed_record_gates_as_an_article_and_the_others_do_not(runner: CliRunner) -> None:
    def rows(*texts: str) -> str:
        return "".join(json.dumps({"id": n, "text": t}) + "\n" for n, t in enumerate(texts))

    committed(**{"in/rows.jsonl": rows(CLEAN, SPUN, CLEAN)})
    options = ["in", "--changed-since", "HEAD"]
    write("in/rows.jsonl", rows(CLEAN, SPUN, CLEAN + "\nRinse after meals.\n"))
    assert check(runner, *options).exit_code == 0
    write("in/rows.jsonl", rows(CLEAN, SPUN, SPUN))
    run = data(runner, *options)
    assert [a["passed"] for a in run["articles"]] == [True, True, False]
    assert [any(f["counts"] for f in a["findings"]) for a in run["articles"]] == [
        False, False, True,
    ]  # fmt: skip


def test_a_changed_json_file_gates_as_a_whole(runner: CliRunner) -> None:
    committed(**{"in/rows.json": json.dumps([{"text": CLEAN}, {"text": CLEAN}], indent=1)})
    write("in/rows.json", json.dumps([{"text": CLEAN}, {"text": SPUN}], indent=1))
    assert check(runner, "in", "--changed-since", "HEAD").exit_code == 1


def test_a_typo_mended_in_an_old_paragraph_gates_nothing_old(runner: CliRunner) -> None:
    body = " ".join(SPUN.split("\n\n")[1].split())
    body = body.replace("Congestive", "Now congestive") + " " + body  # long enough to be judged
    wrapped = body.replace(". ", ".\n") + "\nA few people nead surgery.\n"
    committed(**{"in/heart.md": f"# Living with a weak heart\n\n{wrapped}"})
    assert check(runner, "in").exit_code == 1
    write("in/heart.md", f"# Living with a weak heart\n\n{wrapped.replace('nead', 'need')}")
    result = check(runner, "in", "--changed-since", "HEAD")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    "accepted",
    [
        "<!-- unspin ignore-start SP: a sample -->\n\n{}\n\n<!-- unspin ignore-end -->",
        "<!-- unspin ignore SP: a sample -->\n{}",
    ],
)
def test_a_pasted_paragraph_that_is_accepted_is_no_evidence(
    runner: CliRunner, accepted: str
) -> None:
    spun = (
        "The wellbeing expert may endorse a few solutions that assistance to ease the torment, and "
        "the sick individual ought to take them with a lot of liquid. Individuals who experience "
        "the ill effects of this sickness regularly feel drained amid the day, and the indications "
        "deteriorate when they skip suppers or rest inadequately around evening time."
    )
    page = f"{CLEAN}\n{{}}\nAsk your dentist which brush suits you, and rinse with water after meals.\n"
    committed(**{"in/teeth.md": page.format("")})
    options = ["in", "--changed-since", "HEAD", "--model", "auto"]
    write("in/teeth.md", page.format(f"\n{spun}\n"))
    assert check(runner, *options).exit_code == 1
    write("in/teeth.md", page.format(f"\n{accepted.format(spun)}\n"))
    result = check(runner, *options)
    assert result.exit_code == 0, result.output


def test_one_spun_paragraph_among_many_new_ones_fails_by_its_window(runner: CliRunner) -> None:
    clean = (
        "Adults need seven to nine hours of sleep, and {} keeps them well in week {} of the year."
    )
    old = [clean.format("walking", n) for n in range(40)]
    new = [clean.format("reading", n) for n in range(40)]
    spun = (
        "Congestive heart disappointment is frequent, and smoking is one of the danger factors. "
        "Bosom malignancy is treated by a team of specialists."
    )
    write("unspin.toml", "[gates]\nmin-score = 0\nmax-spun-probability = 1\n")
    committed(**{"in/a.md": "\n\n".join(old)})
    options = ["in", "--changed-since", "HEAD"]
    write("in/a.md", "\n\n".join([*old[:20], *new, *old[20:]]))
    assert check(runner, *options).exit_code == 0
    write("in/a.md", "\n\n".join([*old[:20], *new[:20], spun, *new[20:], *old[20:]]))
    result = check(runner, *options)
    assert result.exit_code == 1
    assert re.search(
        r"changed lines: window spun_probability .* \(lines \d+ to \d+\)", result.stdout
    )
    # By a baseline, such a window fails a listed page as well; what is old in it does not.
    committed(**{"in/a.md": "\n\n".join([*old[:20], spun, *old[20:]])})
    base = ["baseline", "write", "in", "-o", "b.json", "--model", "off"]
    assert runner.invoke(main, base).exit_code == 0
    write("in/a.md", "\n\n".join([*old[:20], spun, new[0], *old[20:]]))
    assert check(runner, *options, "--baseline", "b.json").exit_code == 0
    write("in/a.md", "\n\n".join([*old[:20], spun, *old[20:], *new[:20], spun, *new[20:]]))
    run = data(runner, *options, "--baseline", "b.json")
    assert "changed lines: window spun_probability" in failed_gates(run)["in/a.md"]


@pytest.mark.parametrize(
    ("added", "failed"),
    [
        ("\n" + CLEAN.split("\n\n")[1], True),  # said twice: DU002
        ("\n<!-- unspin ignore SP001 -->\n", True),  # no reason: UN002
        ("\nRinse your mouth with water after meals.\n", False),
    ],
)
def test_severity_counts_what_only_the_whole_article_shows_on_changed_lines(
    runner: CliRunner, added: str, failed: bool
) -> None:
    write("unspin.toml", f'[gates]\n{LENIENT}fail-on = "warning"\n')
    old = CLEAN + "\n<!-- unspin ignore DU -->\n"  # as void, on an unchanged line
    committed(**{"in/teeth.md": old})
    write("in/teeth.md", old + added)
    run = data(runner, "in", "--changed-since", "HEAD")
    expected = {"changed lines: findings.warning"} if failed else set()
    assert failed_gates(run) == {"in/teeth.md": expected}


@pytest.mark.parametrize(
    ("name", "head", "foot"),
    [
        ("a.md", "---\ntitle: {}\n---\n\n", ""),
        ("a.html", "<html><head>\n<title>{}</title>\n</head><body>\n<p>", "</p></body></html>"),
    ],
)
def test_a_title_outside_of_the_text_gates_where_its_line_changed(
    runner: CliRunner, name: str, head: str, foot: str
) -> None:
    def page(title: str, more: str = "") -> str:
        return head.format(title) + CLEAN.split("\n\n")[1].strip() + more + foot

    spun = "Congestive heart disappointment"
    committed(**{"in/" + name: page("Caring for your teeth")})
    options = ["in", "--changed-since", "HEAD"]
    write("in/" + name, page(spun))
    run = data(runner, *options)
    assert failed_gates(run) == {f"in/{name}": {"changed lines: score"}}
    (found,) = (f for f in run["articles"][0]["findings"] if f["rule"] == "SP001")
    assert (found["line"], found["text"]) == (2, spun)
    committed(**{"in/" + name: page(spun)})
    write("in/" + name, page(spun, " Rinse your mouth with water after meals."))
    assert check(runner, *options).exit_code == 0


def test_a_page_that_is_not_english_any_more_fails_where_such_pages_shall(
    runner: CliRunner,
) -> None:
    committed(**{"in/teeth.md": CLEAN})
    base = ["baseline", "write", "in", "-o", "b.json", "--model", "off"]
    assert runner.invoke(main, base).exit_code == 0
    german = "Putzen Sie die Zähne zweimal am Tag, und gehen Sie alle sechs Monate zum Zahnarzt. "
    write("in/teeth.md", f"# Zähne\n\n{german * 3}\n")
    for options in ([], ["--changed-since", "HEAD"], ["--baseline", "b.json"]):
        assert check(runner, "in", *options).exit_code == 0
        run = data(runner, "in", "--non-english", "fail", *options)
        assert failed_gates(run) == {"in/teeth.md": {"language"}}


def test_the_work_tree_is_that_of_the_articles(
    runner: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed(**{"in/heart.md": SPUN})
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    options = ["--changed-since", "HEAD"]
    assert check(runner, str(tmp_path / "in"), *options).exit_code == 0
    subprocess.run(["git", "init", "-q"], check=True)
    assert check(runner, str(tmp_path / "in"), *options).exit_code == 0
    write("heart.md", SPUN)
    # A page of another work tree has no history in this one.
    assert check(runner, str(tmp_path / "in"), "heart.md", *options).exit_code == 1


def test_a_page_that_is_gone_is_stale_until_it_is_pruned(
    runner: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("in/heart.md", SPUN)
    write("in/teeth.md", CLEAN)
    base = ["in", "-o", "b.json", "--model", "off"]
    assert runner.invoke(main, ["baseline", "write", *base]).exit_code == 0
    Path("in/heart.md").unlink()
    result = check(runner, "in", "--baseline", "b.json")
    assert result.exit_code == 0
    assert "b.json:1:1 UN003 in/heart.md is gone; run: unspin baseline prune\n" in result.stdout
    table = result.stdout.partition("verdict\n")[2]
    assert [line.split()[0] for line in table.splitlines()] == ["in/teeth.md", "passed"]
    # A run that did not look where the page stood says nothing of it.
    assert "UN003" not in check(runner, "in/teeth.md", "--baseline", "b.json").stdout
    monkeypatch.chdir(tmp_path / "in")
    assert "UN003" in check(runner, ".", "--baseline", "../b.json").stdout
    monkeypatch.chdir(tmp_path)
    assert "2 gone" in runner.invoke(main, ["baseline", "prune", *base]).output
    assert "UN003" not in check(runner, "in", "--baseline", "b.json").stdout
    assert "heart.md" not in Path("b.json").read_text(encoding="utf-8")


# --- suppression ----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_stale_is_reported_in_every_format(runner: CliRunner, form: str) -> None:
    write("in/heart.md", SPUN)
    write("in/teeth.md", CLEAN)
    write("unspin.toml", 'suppress = [{ rule = "DU", path = "in", reason = "quoted" }]')
    base = ["baseline", "write", "in", "-o", "b.json", "--model", "off"]
    assert runner.invoke(main, base).exit_code == 0
    Path("in/heart.md").unlink()
    result = check(runner, "in", "--baseline", "b.json", "--format", form)
    assert result.exit_code == 0
    shown = result.stdout
    if form == "sarif":  # whose rules are listed too
        shown = str([r["ruleId"] for r in json.loads(shown)["runs"][0]["results"]])
    names = ("b.json", "unspin.toml") if form == "junit" else ("UN001", "UN003")
    assert [name for name in names if name not in shown] == []
    for options in (["--ignore", "UN"], ["--select", "SP"]):
        run = data(runner, "in", "--baseline", "b.json", *options)
        assert [a["path"] for a in run["articles"]] == ["in/teeth.md"]


def test_what_rules_that_do_not_run_had_found_is_not_gone(runner: CliRunner) -> None:
    write("in/heart.md", SPUN.replace("It means", "See http://example.org/abc for it. It means"))
    base = ["in", "-o", "b.json", "--model", "off"]
    assert runner.invoke(main, ["baseline", "write", *base]).exit_code == 0
    before = Path("b.json").read_bytes()
    assert "UN003" not in check(runner, "in", "--baseline", "b.json", "--ignore", "SD").stdout
    write("unspin.toml", 'ignore = ["SD"]\n')
    assert runner.invoke(main, ["baseline", "prune", *base]).exit_code == 0
    assert Path("b.json").read_bytes() == before


def test_a_copy_of_a_listed_page_is_new_though_it_is_judged_alone(runner: CliRunner) -> None:
    write("in/heart.md", SPUN)
    base = ["-o", "b.json", "--model", "off"]
    assert runner.invoke(main, ["baseline", "write", "in", *base]).exit_code == 0
    before = Path("b.json").read_bytes()
    write("in/exact.md", SPUN)
    write("in/edited.md", SPUN + "\nRinse your mouth with water after meals.\n")
    # As a hook does, that names the files of a commit: the listed page is there, but not looked at.
    for name in ("in/exact.md", "in/edited.md"):
        result = check(runner, name, "--baseline", "b.json")
        assert result.exit_code == 1
        assert not re.search("UN003|known", result.stdout.replace("CQ", ""))
        assert runner.invoke(main, ["baseline", "prune", name, *base]).exit_code == 0
        assert Path("b.json").read_bytes() == before
    # Moved, it keeps its entry, however the new place is named.
    Path("in/heart.md").unlink()
    assert check(runner, "in/edited.md", "--baseline", "b.json").exit_code == 0
    assert check(runner, "in", "--baseline", "b.json").exit_code == 1  # one of two copies is new


def test_a_baseline_of_json_whose_text_field_is_named(runner: CliRunner) -> None:
    def records(*texts: str) -> None:
        write("in/a.json", json.dumps([{"fields": {"words": t}} for t in texts]))

    write("unspin.toml", 'text-field = "fields.words"\n')
    records(SPUN, CLEAN)
    base = ["in", "-o", "b.json", "--model", "off"]
    assert runner.invoke(main, ["baseline", "write", *base]).exit_code == 0
    assert check(runner, "in", "--baseline", "b.json").exit_code == 0
    records(CLEAN)
    assert "UN003 in/a.json:1 is gone" in check(runner, "in", "--baseline", "b.json").stdout


def test_suppression_in_the_text_takes_findings_out_of_gate_and_fixes(runner: CliRunner) -> None:
    write("in/heart.md", SPUN)
    found = {f["rule"] for f in data(runner, "in")["articles"][0]["findings"]}
    assert "SP001" in found
    comment = "<!-- unspin ignore-file SP: this page teaches what spun text looks like -->\n\n"
    write("in/heart.md", comment + SPUN)
    (article,) = data(runner, "in")["articles"]
    assert not [f for f in article["findings"] if f["rule"].startswith(("SP", "UN"))]
    assert article["score"] > 95
    args = ["in", "-o", "out", "--grammar", "off", "--model", "off"]
    assert runner.invoke(clean, args).exit_code == 0
    assert "heart disappointment" in Path("out/heart.md").read_text(encoding="utf-8")


def test_accepted_places_are_no_evidence_and_others_still_are(runner: CliRunner) -> None:
    lines = SPUN.splitlines(keepends=True)
    comment = "<!-- unspin ignore-next-line SP001: quoted from a patient -->\n"
    write("in/heart.md", "".join([*lines[:2], comment, *lines[2:]]))
    first = data(runner, "in")["articles"][0]
    assert [f["text"] for f in first["findings"] if f["rule"] == "SP001"] == ["danger factors"]
    gate = next(g for g in first["gates"] if g["name"] == "spun_probability")
    assert gate["value"] < first["spun_probability"]
    lines[3] = lines[3].rstrip("\n") + " <!-- unspin ignore SP001: quoted too -->\n"
    write("in/heart.md", "".join([*lines[:2], comment, *lines[2:]]))
    assert check(runner, "in").exit_code == 0


def test_unused_and_unreasoned_suppressions_are_findings_at_their_place(runner: CliRunner) -> None:
    write(
        "in/teeth.md",
        CLEAN.replace(
            "\n\n", "\n\n<!-- unspin ignore SP001: quoted -->\n<!-- unspin ignore KS -->\n\n", 1
        ),
    )
    (article,) = data(runner, "in")["articles"]
    own = [(f["rule"], f["line"]) for f in article["findings"] if f["rule"].startswith("UN")]
    assert own == [("UN001", 3), ("UN002", 4)]
    (article,) = data(runner, "in", "--ignore", "SP", "--ignore", "UN002")["articles"]
    # A rule that does not run finds nothing to suppress; that says nothing of the suppression.
    assert not [f for f in article["findings"] if f["rule"].startswith("UN")]


def test_suppression_of_grammar_is_never_called_unused(runner: CliRunner) -> None:
    write("in/teeth.md", "<!-- unspin ignore-file GR: dialect -->\n\n" + CLEAN)
    (article,) = data(runner, "in")["articles"]
    assert not [f for f in article["findings"] if f["rule"].startswith("UN")]


def test_suppression_in_the_configuration_and_its_unused_entries(runner: CliRunner) -> None:
    write("in/quotes/heart.md", SPUN)
    write("in/teeth.md", CLEAN)
    entry = '[[suppress]]\nrule = "SP"\npath = "{}"\nreason = "their own words"\n'
    write("unspin.toml", entry.format("in/quotes"))
    for _ in range(2):  # the second answer comes from the cache
        run = data(runner, "in")
        assert run["passed"]  # what is accepted is no evidence either
        rules = {f["rule"] for a in run["articles"] for f in a["findings"]}
        assert not rules & {"SP001", "UN001"}
    write("unspin.toml", entry.format("in/quotes") + entry.format("in/teeth.md"))
    run = data(runner, "in")
    (own,) = [a for a in run["articles"] if a["path"] == "unspin.toml"]
    assert own["passed"]
    assert own["findings"][0]["rule"] == "UN001"
    assert "in/teeth.md" in own["findings"][0]["message"]
    # One file named says nothing about the others that an entry may serve.
    assert "UN001" not in check(runner, "in/teeth.md").output


# --- the same verdict everywhere ------------------------------------------------------------------


def verdicts(run: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    return {
        a["path"]: (a["passed"], a["score"], a["spun_probability"], json.dumps(a["gates"]),
                    json.dumps(a["findings"]))
        for a in run["articles"]
    }  # fmt: skip


def test_alone_in_a_batch_fresh_or_cached_with_or_without_grammar(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write("in/heart.md", SPUN)
    write("in/copy.md", SPUN)  # a near-duplicate beside it is no part of the verdict
    write("in/teeth.md", CLEAN)
    first = verdicts(data(runner, "in"))
    assert verdicts(data(runner, "in")) == first
    monkeypatch.setenv("UNSPIN_CACHE", str(tmp_path / "other cache"))
    assert verdicts(data(runner, "in", "--jobs", "2")) == first
    alone = verdicts(data(runner, "in/heart.md", "--grammar", "off"))
    assert alone == {"in/heart.md": first["in/heart.md"]}
    monkeypatch.setenv("PATH", "/nonexistent")  # no Java to be found
    monkeypatch.setenv("UNSPIN_CACHE", str(tmp_path / "third cache"))
    assert verdicts(data(runner, "in", "--grammar", "auto")) == first


# --- what can go wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize("junk", [b"", b"null", b"[]", b"{\xff", b'{"tool": {}, "articles": [3]}'])
def test_a_damaged_cache_entry_is_judged_anew(runner: CliRunner, junk: bytes) -> None:
    write("in/heart.md", SPUN)
    first = data(runner, "in")
    entries = list(Path("cache/results").rglob("*.json"))
    assert entries
    good = {e: e.read_bytes() for e in entries}
    for entry in entries:
        entry.write_bytes(junk)
    assert data(runner, "in") == first
    assert {e: e.read_bytes() for e in entries} == good


def test_a_cache_that_cannot_be_made_only_costs_time(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("in/heart.md", SPUN)
    first = data(runner, "in")
    write("file", "not a folder")
    monkeypatch.setenv("UNSPIN_CACHE", "file/cache")
    assert data(runner, "in") == first


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_cache_only_costs_time(runner: CliRunner) -> None:
    write("in/heart.md", SPUN)
    Path("cache").chmod(0o555)
    assert data(runner, "in")["articles"]


@pytest.mark.parametrize("name", ["a b c.md", "naïve – 日本.md", "what: why, 100%.md", "-dash.md"])
@pytest.mark.parametrize("form", FORMATS)
def test_any_file_name_goes_through_every_format(runner: CliRunner, name: str, form: str) -> None:
    write(f"in/{name}", SPUN)
    text = check(runner, "in", "--format", form).stdout
    if form == "json":
        assert json.loads(text)["articles"][0]["path"] == f"in/{name}"
    elif form == "junit":
        case = ElementTree.fromstring(text).find("testsuite/testcase")
        assert case is not None
        assert case.get("name") == f"in/{name}"
    elif form in ("gitlab", "rdjson"):
        assert f"in/{name}" in json.dumps(json.loads(text), ensure_ascii=False)
    elif form == "sarif":
        from urllib.parse import unquote

        result = json.loads(text)["runs"][0]["results"][0]
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[\w./%~-]+", uri, re.ASCII)
        assert unquote(uri) == f"in/{name}"
    else:
        assert name.split(":")[0].split(",")[0] in text


@pytest.mark.skipif(sys.platform != "linux", reason="file names are Unicode elsewhere")
@pytest.mark.parametrize("form", FORMATS)
def test_a_name_that_is_no_utf8_goes_through_every_format(runner: CliRunner, form: str) -> None:
    Path("in").mkdir()
    name = os.path.join(b"in", b"a\xff.md")  # noqa: PTH118 - a name of bytes
    with open(name, "wb") as file:  # noqa: PTH123
        file.write(SPUN.encode())
    for _ in range(2):  # the second answer comes from the cache
        result = check(runner, "in", "--format", form, "--report", "out")
        assert result.exit_code == 1, result.stderr
        text = Path("out").read_text(encoding="utf-8")
        assert "a\ufffd.md" in text or "a%EF%BF%BD.md" in text
    args = ["in", "-o", "out.d", "--grammar", "off", "--model", "off"]
    assert runner.invoke(clean, args).exit_code == 0


def test_a_crash_is_no_failed_gate(runner: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("out of luck")

    write("in/teeth.md", CLEAN)
    monkeypatch.setattr("unspin.cli._check", broken)
    result = check(runner, "in")
    assert result.exit_code == 2
    assert "out of luck" in result.stderr
    assert "error: this is a fault of unspin" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("form", FORMATS)
def test_output_is_utf8_whatever_the_terminal_takes(runner: CliRunner, form: str) -> None:
    write("in/naïve – 日本.md", SPUN)
    done = subprocess.run(
        [sys.executable, "-m", "unspin", "clean", "--check", "--model", "off", "in",
         "--format", form],
        capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": "cp1252"},
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "日本" in done.stdout.decode("utf-8") or form == "sarif"


@pytest.mark.parametrize("option", ["--in-place", "--diff"])
def test_options_that_change_do_not_go_with_check(runner: CliRunner, option: str) -> None:
    write("in/heart.md", SPUN)
    result = check(runner, "in", option)
    assert result.exit_code == 2
    assert f"{option} changes; use one of them" in result.stderr
    assert Path("in/heart.md").read_text(encoding="utf-8") == SPUN


@pytest.mark.parametrize("revision", ["", " "])
def test_a_revision_that_is_empty_is_refused(runner: CliRunner, revision: str) -> None:
    write("in/teeth.md", CLEAN)
    result = check(runner, "in", "--changed-since", revision)
    assert result.exit_code == 2
    assert "--changed-since: names no revision; give a commit" in result.stderr


def test_what_is_excluded_gates_nothing(runner: CliRunner) -> None:
    write("in/old/heart.md", SPUN)
    write("in/teeth.md", CLEAN)
    assert check(runner, "in").exit_code == 1
    assert check(runner, "in", "--exclude", "in/old").exit_code == 0
    write("unspin.toml", 'exclude = ["in/old"]\n')
    assert check(runner, "in").exit_code == 0
    named = check(runner, "in/old/heart.md")
    assert named.exit_code == 0
    assert "in/old/heart.md: excluded" in named.stderr


def test_pattern_that_excludes_nothing_is_told(runner: CliRunner) -> None:
    write("in/old/heart.md", CLEAN)
    write("in/teeth.md", CLEAN)
    write("site/page.md", CLEAN)
    write("unspin.toml", 'exclude = ["in/odl", "site", "*.draft.md"]\n')
    literal = "note: exclude 'in/odl': matches nothing; correct it, or remove it\n"
    # drafts may lie in a folder that was not named
    assert check(runner, "in").stderr.count("matches nothing") == 1
    assert literal in check(runner, "in").stderr
    assert "'*.draft.md': matches nothing" in check(runner, ".").stderr
    told = check(runner, "in", "--exclude", "old/*", "--exclude", "in/old").stderr
    assert "'old/*': matches nothing" in told
    assert "'in/old'" not in told
    assert "matches nothing" not in check(runner, "in", "-q").stderr


def test_a_report_goes_to_a_file(runner: CliRunner) -> None:
    write("in/teeth.md", CLEAN)
    result = check(runner, "in", "--report", "-")
    assert result.exit_code == 2
    assert "--report -: name a file" in result.stderr
    assert not Path("-").exists()


def test_a_folder_without_articles_is_an_error_with_a_remedy(runner: CliRunner) -> None:
    Path("in").mkdir()
    result = check(runner, "in")
    assert result.exit_code == 2
    assert "holds nothing to read" in result.stderr


def test_a_path_that_does_not_exist_is_an_error(runner: CliRunner) -> None:
    write("in/teeth.md", CLEAN)
    result = check(runner, "in", "nowhere.md")
    assert result.exit_code == 2
    assert "nowhere.md" in result.stderr


def test_the_report_makes_its_folder(runner: CliRunner) -> None:
    write("in/teeth.md", CLEAN)
    result = check(runner, "in", "--format", "sarif", "--report", "deep/er/out.sarif")
    assert result.exit_code == 0
    assert json.loads(Path("deep/er/out.sarif").read_text())["version"] == "2.1.0"
    assert result.stdout == ""


def test_a_report_that_cannot_be_written_is_an_error_not_a_verdict(runner: CliRunner) -> None:
    write("in/teeth.md", CLEAN)
    write("file", "not a folder")
    result = check(runner, "in", "--report", "file/out.txt")
    assert result.exit_code == 2
    assert "error: file/out.txt" in result.stderr


def test_quiet_prints_errors_only(runner: CliRunner) -> None:
    write("in/heart.md", SPUN)
    result = check(runner, "in", "--quiet")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "")
    write("in/empty.md", "")
    result = check(runner, "in", "--quiet")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "in/empty.md" in result.stderr


def test_standard_input_is_judged_under_its_name(runner: CliRunner) -> None:
    result = check(runner, "-", "--stdin-filename", "content/heart.md", input=SPUN)
    assert result.exit_code == 1
    assert "content/heart.md:3:1 SP001" in result.stdout
    assert check(runner, "-", input=CLEAN).exit_code == 0
    write("unspin.toml", f'[folders."content"]\n{LENIENT}')
    result = check(runner, "-", "--stdin-filename", "content/heart.md", input=SPUN)
    assert result.exit_code == 0, result.output
    write("unspin.toml", f"[gates]\n{LENIENT}max-new-findings = 1\n")
    result = check(runner, "-", input=SPUN)
    assert result.exit_code == 1
    assert "new findings is 2, limit 1" in result.stdout


def test_standard_input_that_cannot_be_read_is_reported_in_the_format(runner: CliRunner) -> None:
    result = check(runner, "-", "--format", "sarif", input="")
    assert result.exit_code == 2
    run = json.loads(result.stdout)["runs"][0]
    assert run["invocations"][0]["executionSuccessful"] is False


def test_options_that_judge_files_are_refused_for_standard_input(runner: CliRunner) -> None:
    result = check(runner, "-", "--changed-since", "HEAD", input=SPUN)
    assert result.exit_code == 2
    assert "standard input" in result.stderr


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_reports_a_source_that_cannot_be_read(runner: CliRunner, form: str) -> None:
    write("in/image.md", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    write("in/teeth.md", CLEAN)
    result = check(runner, "in", "--format", form)
    assert result.exit_code == 2
    assert "image.md" in result.stdout
    last = result.stdout.strip().splitlines()[-1]
    if form in ("text", "github"):
        assert "1 could not be read" in last


def test_articles_that_are_not_judged_pass_or_fail_as_told(runner: CliRunner) -> None:
    german = "Die Behandlung richtet sich nach der Ursache der Schmerzen und nach dem Alter. " * 4
    write("in/de.md", german)
    write("in/short.md", "Too short.")
    assert check(runner, "in").exit_code == 0
    run = data(runner, "in", "--non-english", "fail")
    assert failed_gates(run) == {"in/de.md": {"language"}, "in/short.md": set()}


# --- documents ------------------------------------------------------------------------------------


def rows(repository: Path, heading: str) -> dict[str, list[str]]:
    text = (repository / "docs" / "configuration.md").read_text(encoding="utf-8")
    section = re.split(rf"^## {heading}$", text, flags=re.MULTILINE)[1]
    section = section.split("\n## ")[0]
    table = [
        [c.strip() for c in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("| `")
    ]
    return {row[0].strip("`"): row[1:] for row in table}


def test_every_key_of_the_configuration_is_documented(repository: Path, tmp_path: Path) -> None:
    documented = rows(repository, "Keys")
    keys = {f.name.replace("_", "-"): f.name for f in fields(Config) if f.name != "origins"}
    assert list(documented) == list(keys)
    for key, (default, _, example) in documented.items():
        shown = tomllib.loads(f"{key} = {default.strip('`')}")[key]
        value = getattr(Config(), keys[key])
        if isinstance(value, tuple):
            value = list(value)
        assert shown == ({} if isinstance(value, Gates) else value), key
        file = tmp_path / "unspin.toml"
        file.write_text(example.strip("`"), encoding="utf-8")
        assert getattr(load_config(file), keys[key]) != getattr(Config(), keys[key]), key


def test_every_limit_is_documented_with_its_default(repository: Path) -> None:
    documented = rows(repository, "Gates")
    keys = {f.name.replace("_", "-"): f.name for f in fields(Gates)}
    assert set(documented) == set(keys)
    for key, (default, _, checked) in documented.items():
        assert default == "none"
        value = getattr(gating.CHECK_DEFAULTS, keys[key]) or None
        assert checked == ("none" if value is None else f"`{value}`"), key


def test_the_examples_of_the_page_are_accepted(repository: Path, tmp_path: Path) -> None:
    text = (repository / "docs" / "configuration.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```toml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(examples) == 3
    for example in examples:
        file = tmp_path / "unspin.toml"
        file.write_text(example, encoding="utf-8")
        assert load_config(file) != Config()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion_as_documented(repository: Path, shell: str) -> None:
    page = (repository / "docs" / "cli.md").read_text(encoding="utf-8")
    assert f"_CLEAN_COMPLETE={shell}_source clean" in page
    for name in ("clean", "unspin"):
        done = subprocess.run(
            [str(Path(sys.executable).parent / name)], capture_output=True, text=True, check=False,
            env={**os.environ, f"_{name.upper()}_COMPLETE": f"{shell}_source"},
        )  # fmt: skip
        if "not supported" in done.stderr or "version" in done.stderr:
            pytest.skip(done.stderr.strip())
        assert done.returncode == 0, done.stderr
        assert f"_{name.upper()}_COMPLETE={shell}_complete" in done.stdout


def test_completion_offers_commands_and_choices() -> None:
    def offered(name: str, words: str) -> str:
        command = str(Path(sys.executable).parent / name)
        env = {"COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
        done = subprocess.run(
            [command], capture_output=True, text=True, check=True,
            env={**os.environ, **env, f"_{name.upper()}_COMPLETE": "bash_complete"},
        )  # fmt: skip
        return done.stdout

    assert "baseline" in offered("unspin", "unspin ba")
    assert "sarif" in offered("clean", "clean --check --format s")
    assert "--changed-since" in offered("clean", "clean --ch")


# --- what a folder holds, and what a configuration means -------------------------------------------


SLEEP = (
    "Adults need seven to nine hours of sleep each night, and most people feel better when they "
    "keep to a regular bedtime."
)


def configured(text: str, **files: str) -> Config:
    for name, data in {"unspin.toml": text, **files}.items():
        write(name, data)
    return load_config(Path("unspin.toml"))


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as error:
        configured(text)
    return str(error.value)


@pytest.mark.parametrize("options", [["--check"], ["-o", "out", "--grammar", "off"]])
def test_a_folder_may_hold_json_that_is_no_article(runner: CliRunner, options: list[str]) -> None:
    write("a.md", SLEEP)
    write("package.json", json.dumps({"name": "site", "private": True}, indent=1))
    base = ["baseline", "write", ".", "--model", "off"]
    for _ in range(2):  # the second time the baseline lies in the folder
        assert runner.invoke(main, base).exit_code == 0
    result = runner.invoke(clean, [".", "--model", "off", *options])
    assert result.exit_code == 0, result.output
    named = runner.invoke(clean, ["package.json", "--model", "off", *options])
    assert named.exit_code == 2
    assert "package.json: line 1: has no text field" in named.stderr


def test_json_with_the_text_field_of_the_configuration_is_judged(runner: CliRunner) -> None:
    write("in/a.json", json.dumps({"prose": SPUN}))
    assert check(runner, "in", "--text-field", "prose").exit_code == 1


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (b"[tool.unspin.gates]\n<<<<<<< HEAD\nmin-score = 95\n", r"TOML: .*line 2.*; mend"),
        (b"[tool.unspin]\n# \xff\n", r"UTF-8 \(at line 2\); save it as UTF-8"),
    ],
)
def test_a_broken_project_file_that_configures_unspin_is_an_error(
    runner: CliRunner, broken: bytes, says: str
) -> None:
    write("a.md", SLEEP)
    write("pyproject.toml", broken)
    result = check(runner, "a.md")
    assert result.exit_code == 2
    assert re.search(rf"error: .*pyproject\.toml: is not valid {says}", result.stderr)
    write("unspin.toml", broken.replace(b"tool.unspin.", b"").replace(b"[tool.unspin]", b""))
    result = check(runner, "a.md")
    assert re.search(rf"error: .*unspin\.toml: is not valid {says}", result.stderr)


@pytest.mark.parametrize("text", ["[project]\n<<<<<<< HEAD\n", "[tool.black]\nline-length = 9\n"])
def test_a_project_file_of_others_is_passed_over(
    runner: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    write("unspin.toml", "[gates]\nmin-score = 7\n")
    write("below/pyproject.toml", text)
    monkeypatch.chdir(tmp_path / "below")
    assert load_config().gates.min_score == 7


def test_a_folder_changes_the_parts_that_it_names_and_no_others(runner: CliRunner) -> None:
    config = configured(
        "[gates]\nmin-parts = { wording = 70, debris = 100 }\n"
        '[folders."old"]\nmin-parts = { wording = 10 }\n'
        '[folders."old/2015"]\nmin-parts = { meaning = 5 }\n'
        '[folders."old/plain"]\nmin-score = 3\n'
    )
    assert config.gates_for("a.md").min_parts == {"wording": 70, "debris": 100}
    assert config.gates_for("old/a.md").min_parts == {"wording": 10, "debris": 100}
    assert config.gates_for("old/2015/a.md").min_parts == {
        "wording": 10, "debris": 100, "meaning": 5,
    }  # fmt: skip
    assert config.gates_for("old/plain/a.md") == Gates(3, {"wording": 10, "debris": 100})


def test_short_text_is_in_no_other_language(runner: CliRunner) -> None:
    strange = "Brumax tolvek ipsar quendil morvath selkan drovin aleth. " * 5
    write("in/short.md", "Wash your hands before you eat.")
    write("in/numbers.md", "Take 1, 2 or 3 of them: " + "10 20 30 " * 10)
    assert check(runner, "in", "--non-english", "fail").exit_code == 0
    write("in/strange.md", strange)
    run = data(runner, "in", "--non-english", "fail")
    assert failed_gates(run)["in/strange.md"] == {"language"}


def test_an_article_too_short_to_tell_its_language_holds_every_gate() -> None:
    def gates(**said: bool) -> tuple[Gate, ...]:
        return gating.evaluate(Gates(), None, None, (), judged=False, **said)

    assert gates(fail_unjudged=True, too_short=True) == ()
    assert [g.passed for g in gates(fail_unjudged=True, too_short=False)] == [False]
    assert gates(fail_unjudged=False, too_short=False) == ()


def test_a_workspace_that_a_link_leads_to_has_its_settings(
    runner: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("real/.git/HEAD", "")
    write("real/in/heart.md", SPUN)
    Path("real/in/alias").symlink_to("old")
    write("real/in/old/heart.md", SPUN)
    Path("work").symlink_to("real")
    monkeypatch.chdir("real")
    lenient = "min-score = 0\nmax-spun-probability = 1\n"
    write("unspin.toml", f'exclude = ["in/alias"]\n[folders."in"]\n{lenient}')
    # What is named by the link, as by $PWD, is the same as what is named from the current folder.
    named = tmp_path / "work" / "in"
    assert check(runner, "in").exit_code == check(runner, str(named)).exit_code == 0
    assert "excluded" in check(runner, str(named / "alias")).output  # links inside keep their names
    for form in ("github", "rdjson", "gitlab"):
        shown = check(runner, str(named / "heart.md"), "--format", form).stdout
        assert "in/heart.md" in shown
        assert str(tmp_path) not in shown
    command = ["baseline", "write", str(named), "-o", "b.json", "--model", "off"]
    assert runner.invoke(main, command).exit_code == 0
    paths = [a["path"] for a in json.loads(Path("b.json").read_bytes())["articles"]]
    assert paths == ["in/heart.md", "in/old/heart.md"]


@pytest.mark.parametrize("here", [".", "./", "././"])
def test_a_dot_means_the_folder_of_the_configuration(
    runner: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: str
) -> None:
    write("site/unspin.toml", f'[folders."{here}"]\n{LENIENT}')
    write("site/heart.md", SPUN)
    write("site/deep/heart.md", SPUN)
    write("heart.md", SPUN)
    monkeypatch.chdir(tmp_path / "site")
    assert check(runner, ".").exit_code == 0
    assert check(runner, "../heart.md").exit_code == 1
    monkeypatch.chdir(tmp_path / "site" / "deep")
    assert check(runner, "heart.md").exit_code == 0
    write("../unspin.toml", f'[[suppress]]\nrule = "SP"\npath = "{here}"\nreason = "quoted"\n')
    assert check(runner, "heart.md").exit_code == 0
    assert check(runner, "../../heart.md").exit_code == 1


def test_an_empty_pattern_means_nothing(runner: CliRunner) -> None:
    config = configured(f'[folders.""]\n{LENIENT}')
    assert config.gates_for("heart.md") == Gates()


def test_a_least_score_that_is_no_number_is_refused(runner: CliRunner) -> None:
    write("a.md", SLEEP)
    result = check(runner, "a.md", "--min-score", "nan")
    assert result.exit_code == 2
    assert "nan is no number; give one from 0 to 100" in result.stderr


@pytest.mark.parametrize("value", ["bogus", "", "localhost:8081", "ftp://x", "http://", "http://["])
def test_grammar_is_auto_off_or_an_address(runner: CliRunner, value: str) -> None:
    write("a.md", SLEEP)
    says = (
        f"grammar: must be auto, off or the http(s) address of a LanguageTool server, not {value!r}"
    )
    result = check(runner, "a.md", "--grammar", value)
    assert result.exit_code == 2
    assert f"error: command line: {says}" in result.stderr
    assert refusal(f'grammar = "{value}"\n') == f"unspin.toml: {says}"


@pytest.mark.parametrize("value", ["auto", "off", "http://localhost:8081", "https://lt.example/v2"])
def test_grammar_takes_what_the_page_says(runner: CliRunner, value: str) -> None:
    assert configured(f'grammar = "{value}"\n').grammar == value
    assert Config().override(grammar=value).grammar == value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[gates]\nmin_score = 1\nmin-score = 2\n", "[gates]: 'min_score' and 'min-score' are the same"),
        ("max-bytes = 1\nmax_bytes = 2\n", "'max-bytes' and 'max_bytes' are the same key; keep one"),
        ('[gates]\nmin-score = "70"\n', "must be a number from 0 to 100, not '70'"),
        ("[gates]\nmin-score = nan\n", "must be a number from 0 to 100, not nan"),
        ("[gates]\nmax-spun-probability = true\n", "must be a number from 0 to 1, not True"),
        ('[folders.a]\nmax-window-probability = "a"\n', "must be a number from 0 to 1, not 'a'"),
        ("[gates]\nmax-new-findings = 1.5\n", "must be a whole number, 0 or more, not 1.5"),
        ("[gates]\nmax-new-findings = -1\n", "must be a whole number, 0 or more, not -1"),
        ('[gates]\nmin-parts = { wording = "x" }\n', "min-parts.wording: must be a number from 0 to 100"),
        ("[gates]\nfail-on = 3\n", "fail-on: must be error, warning or info, not 3"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_the_key_takes(runner: CliRunner, text: str, says: str) -> None:
    assert says in refusal(text)


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
def test_a_name_with_a_line_break_stays_in_its_row(runner: CliRunner) -> None:
    write("in/a\nb\tc.md", SLEEP)
    table = check(runner, "in").stdout.splitlines()
    (row,) = [line for line in table if line.startswith("in/a\\nb\\tc.md\t")]
    assert row.split("\t")[-1] == "pass"


def test_a_model_folder_that_is_none_is_named_with_a_remedy(runner: CliRunner) -> None:
    write("teeth.md", CLEAN)
    result = check(runner, "teeth.md", "--model", "nowhere")
    assert result.exit_code == 2
    assert "nowhere is no folder; name a folder with a trained model" in result.stderr


def test_a_model_folder_counts_from_the_configuration(tmp_path: Path) -> None:
    write(str(tmp_path / "unspin.toml"), 'model = "models/ours"\n')
    assert load_config(tmp_path / "unspin.toml").model == str(tmp_path / "models/ours")
    write(str(tmp_path / "unspin.toml"), 'model = "off"\n')
    assert load_config(tmp_path / "unspin.toml").model == "off"


def test_a_fault_in_one_article_does_not_end_the_run(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("in/heart.md", SPUN)
    write("in/teeth.md", CLEAN)
    whole = Cleaner.clean

    def clean_or_break(self: Cleaner, article: Article, *rest: Any) -> Any:
        if article.source.path.endswith("heart.md"):
            raise RuntimeError("it broke")
        return whole(self, article, *rest)

    monkeypatch.setattr(Cleaner, "clean", clean_or_break)
    result = check(runner, "in")
    assert result.exit_code == 2
    assert re.search(r"in/heart.md: .*it broke.* fault of unspin", result.output)
    assert "in/teeth.md" in result.output


def test_a_text_that_is_not_judged_says_why(runner: CliRunner) -> None:
    write("short.txt", "Rest helps a sore back.\n")
    write("codes.txt", "BP 120/80, HR 72, RR 16, SpO2 98, BMI 24, HbA1c 41, LDL 2.6, TSH 1.9\n" * 6)
    write("german.txt", "Der Arzt sagt, dass Ruhe bei Schmerzen im Rücken nicht immer hilft. " * 8)
    shown = check(runner, "short.txt", "codes.txt", "german.txt").stdout
    for name, why in (
        ("short", "too short"),
        ("codes", "language not known"),
        ("german", "language de"),
    ):
        assert re.search(rf"{name}.txt.*not judged \({why}\)", shown), shown


@pytest.mark.parametrize("report", ["page.md", "content/../page.md", "base.json", "unspin.toml"])
def test_findings_are_never_written_over_what_the_run_reads(runner: CliRunner, report: str) -> None:
    write("page.md", SPUN)
    write("content/other.md", CLEAN)
    write("unspin.toml", "[gates]\n")
    runner.invoke(main, ["baseline", "write", "--model", "off", "-o", "base.json", "page.md"])
    before = Path(report).read_bytes()
    options = ["--baseline", "base.json", "--config", "unspin.toml", "--report", report]
    result = check(runner, *options, "--format", "json", ".")
    assert result.exit_code == 2
    assert "name another file" in result.stderr
    assert Path(report).read_bytes() == before


@pytest.mark.parametrize("report", ["unspin.toml", "terms/house.yaml", "more.yaml"])
def test_findings_are_never_written_over_what_the_configuration_says(
    runner: CliRunner, report: str
) -> None:
    write("in/page.md", CLEAN)
    house = "- term: heart attack\n  forms:\n    - form: heart onslaught\n      kind: spun\n"
    write("unspin.toml", 'glossaries = ["terms"]\n')
    for name in ("terms/house.yaml", "more.yaml"):
        write(name, house)
    before = Path(report).read_bytes()
    result = check(
        runner, "in", "--glossary", "more.yaml", "--glossary", "terms", "--report", report
    )
    assert "is read by this run" in result.stderr
    assert result.exit_code == 2
    assert Path(report).read_bytes() == before


def test_a_report_of_an_earlier_run_is_written_over(runner: CliRunner) -> None:
    write("content/page.md", CLEAN)
    for _ in range(2):
        result = check(runner, "--report", "content/a.json", "--format", "json", "content")
        assert result.exit_code == 0, result.stderr


def test_the_cache_holds_for_an_installation_made_anew_and_for_no_other(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judged(words: str, when: int, folder: str) -> bool:
        """Whether a run with a house glossary of that content and age judges anew."""
        house = write(f"{folder}/house.yaml", words)
        os.utime(house, (when, when))
        _content.cache_clear()
        met: list[str] = []
        judge = Cleaner.clean
        with monkeypatch.context() as patch:
            patch.setattr(
                Cleaner, "clean", lambda self, a: (met.append(a.source.path), judge(self, a))[1]
            )
            options = ["--glossary", f"{folder}/house.yaml", "page.md"]
            assert check(runner, *options).exit_code == 0
        return bool(met)

    house = """field: house
title: House
concepts:
  - canonical: tooth enamel
    spun: [denture veneer]
    examples:
      - bad: "Acid attacks the denture veneer."
        good: "Acid attacks the tooth enamel."
"""
    write("page.md", CLEAN)
    assert judged(house, 1_000_000, "terms")
    assert not judged(house, 1_000_000, "terms")
    assert not judged(house, 2_000_000, "terms")
    assert judged(house.replace("veneer", "polish"), 3_000_000, "terms")


def test_what_python_writes_beside_the_program_is_no_part_of_it(tmp_path: Path) -> None:
    program = write(str(tmp_path / "program.py"), "pass\n")
    # under this name another process writes what it compiles, and then renames it
    write(str(tmp_path / "__pycache__" / "program.cpython-311.pyc.140234"), "half")
    write(str(tmp_path / "__pycache__" / "program.cpython-311.pyc"), "whole")
    assert list(_below(tmp_path)) == [program]


@pytest.mark.parametrize("junk", [b"", b"not a digest", b"\xff" * 64])
def test_a_damaged_note_of_the_installation_is_made_anew(
    runner: CliRunner, fresh_cache: Path, junk: bytes
) -> None:
    write("page.md", SPUN)
    before = check(runner, "page.md").stdout
    for note in fresh_cache.glob("**/installations/*"):
        note.write_bytes(junk)
    _content.cache_clear()
    assert check(runner, "page.md").stdout == before
    assert all(len(n.read_bytes()) == 64 for n in fresh_cache.glob("**/installations/*"))


def test_an_interrupted_check_says_that_nothing_is_written(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    write("page.md", CLEAN)
    monkeypatch.setattr("unspin.cli._check", interrupted)
    result = check(runner, "page.md")
    assert result.exit_code == 130
    assert result.stderr == "interrupted; nothing more is written\n"


@pytest.mark.parametrize("command", [["baseline", "write", "page.md", "-o"], ["undo"]])
def test_what_cannot_be_written_is_named_with_a_remedy(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    write("page.md", CLEAN)
    if command == ["undo"]:
        runner.invoke(clean, ["page.md", "-o", "out", "--model", "off", "--grammar", "off"])
        command = ["undo", "out/page.report.json", "-o"]
    monkeypatch.setattr("unspin.staging.write_atomic", full)
    result = runner.invoke(main, [*command, "there"])
    assert result.exit_code == 2
    assert re.fullmatch(
        r"error: there: cannot be written \(No space .*\); check .+\n", result.stderr
    )
