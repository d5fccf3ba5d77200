"""What stands around the gate: the action, the pre-commit hooks, the recipes of docs/ci.md."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

SPUN = """# Living with a weak heart

Congestive heart disappointment does not mean that the heart has stopped. It means that the heart
muscle pumps less blood than the body needs. Smoking is one of the chance variables for it.

A few people need surgery. Ask which medicines suit you, and never stop taking them without advice.
"""
CLEAN = """# Caring for your teeth

Brush twice a day with fluoride toothpaste for two minutes. Clean between the teeth once a day, and
see a dentist every six months to a year. Children need help with brushing until they are seven.
"""
BINARIES = Path(sys.executable).parent
#: What GitHub runs for `shell: bash`; on macOS that is a bash 3.2, without `mapfile`.
BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]
_EXPRESSION = re.compile(r"\$\{\{\s*inputs\.([\w-]+)\s*\}\}")


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PATH": f"{BINARIES}{os.pathsep}{os.environ['PATH']}", **more}


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def git(folder: Path, *args: str) -> str:
    return subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *args],
        cwd=folder, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip


@pytest.fixture
def site(tmp_path: Path, fresh_cache: Path) -> Path:
    """A repository with a clean page; the model is off, so that every machine says the same."""
    folder = tmp_path / "site"
    write(folder / "unspin.toml", 'model = "off"\n')
    write(folder / "content" / "teeth.md", CLEAN)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "first")
    return folder


# --- action.yml -----------------------------------------------------------------------------------


def run_action(repository: Path, folder: Path, **inputs: str) -> tuple[int, str, str]:
    """Runs the steps of action.yml; exit code, output and step summary."""
    action = yaml.safe_load((repository / "action.yml").read_text(encoding="utf-8"))
    values = {name: str(i.get("default", "")) for name, i in action["inputs"].items()}
    assert not set(inputs) - set(values)
    values |= inputs
    summary = folder.parent / "summary.md"
    summary.write_text("# before\n", encoding="utf-8")
    code, output = 0, ""
    for step in action["runs"]["steps"]:
        if "uses" in step:
            assert re.fullmatch(r"[\w-]+/[\w./-]+@v\d+", step["uses"])
            continue
        assert step["shell"] == "bash"
        if "pip install" in step["run"]:
            # What it would install is what these tests run.
            assert step["run"].strip().endswith('"${GITHUB_ACTION_PATH}"')
            assert (repository / "pyproject.toml").is_file()
            continue
        assert "${{" not in step["run"], "an expression in a script is an injection"
        given = {
            name: _EXPRESSION.sub(lambda m: values[m[1]], text)
            for name, text in step.get("env", {}).items()
        }
        done = subprocess.run(
            [*BASH, "-c", f"enable -n mapfile readarray\n{step['run']}"], cwd=folder, capture_output=True, text=True, check=False,
            env=environment(GITHUB_STEP_SUMMARY=str(summary), **given),
        )  # fmt: skip
        code, output = done.returncode, output + done.stdout + done.stderr
        if code:
            break
    return code, output, summary.read_text(encoding="utf-8")


def check_sarif(repository: Path, path: Path) -> list[dict[str, Any]]:
    schema = repository / "tests" / "schemas" / "sarif-2.1.0.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft4Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(data)
    results: list[dict[str, Any]] = data["runs"][0]["results"]
    return results


def test_the_action_passes_clean_pages(repository: Path, site: Path) -> None:
    code, output, summary = run_action(repository, site)
    assert code == 0, output
    assert summary.startswith("# before\n## unspin: passed")
    check_sarif(repository, site / "unspin.sarif")
    assert not (site / "unspin.sarif.md").exists()


def test_the_action_fails_spun_pages_and_says_where(repository: Path, site: Path) -> None:
    write(site / "content" / "heart.md", SPUN)
    code, output, summary = run_action(repository, site, paths="\ncontent\n", sarif="out.sarif")
    assert code == 1, output
    assert "::error file=content/heart.md,line=3" in output
    assert "failed: 1 of 2 articles" in summary
    results = check_sarif(repository, site / "out.sarif")
    assert any(r["ruleId"] == "SP001" for r in results)
    uris = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in results}
    assert "content/heart.md" in uris


def test_the_inputs_of_the_action_reach_the_gate(repository: Path, site: Path) -> None:
    write(site / "more pages" / "heart.md", SPUN)
    paths = "\ncontent\nmore pages\n"
    assert run_action(repository, site, paths=paths)[0] == 1
    assert run_action(repository, site, paths="content more")[0] == 2
    assert run_action(repository, site, paths="content", **{"min-score": "100"})[0] in (0, 1)
    done = subprocess.run(
        ["unspin", "baseline", "write", "content", "more pages", "-o", "known.json"],
        cwd=site, env=environment(), check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert "2 articles are accepted" in done.stdout
    assert run_action(repository, site, paths=paths, baseline="known.json")[0] == 0
    code, output, _ = run_action(repository, site, paths=paths, **{"changed-since": "HEAD"})
    assert code == 1, output  # an untracked page is new
    git(site, "add", "-A")
    git(site, "commit", "-qm", "second")
    assert run_action(repository, site, paths=paths, **{"changed-since": "HEAD"})[0] == 0
    code, output, _ = run_action(repository, site, **{"changed-since": "nowhere"})
    assert code == 2
    assert "git fetch" in output


def test_a_hostile_input_of_the_action_is_no_command(repository: Path, site: Path) -> None:
    run_action(repository, site, paths="content; touch pwned", baseline="$(touch pwned)")
    assert not (site / "pwned").exists()


def test_a_path_of_the_action_is_no_option(repository: Path, site: Path) -> None:
    write(site / "--min-score=0" / "heart.md", SPUN)
    code, output, _ = run_action(repository, site, paths="--min-score=0\ncontent\n")
    assert code == 1, output
    assert "--min-score=0/heart.md" in output


# --- .pre-commit-hooks.yaml -----------------------------------------------------------------------


@pytest.fixture
def hooks(repository: Path, site: Path) -> Path:
    """The repository with both hooks: as published, but run from the installed package."""
    published = yaml.safe_load((repository / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [h["id"] for h in published] == ["unspin-check", "unspin-fix"]
    for hook in published:
        assert hook["language"] == "python"
        hook["language"] = "system"
    config = {"repos": [{"repo": "local", "hooks": published}]}
    write(site / ".pre-commit-config.yaml", yaml.safe_dump(config))
    git(site, "add", "-A")
    return site


def pre_commit(folder: Path, *args: str) -> tuple[int, str]:
    pytest.importorskip("pre_commit")
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", *args, "--color", "never"], cwd=folder,
        env=environment(PRE_COMMIT_HOME=str(folder.parent / "pre-commit")), capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_the_check_hook_passes_clean_and_fails_spun_pages(hooks: Path) -> None:
    code, output = pre_commit(hooks, "unspin-check", "--all-files")
    assert code == 0, output
    assert "Passed" in output
    write(hooks / "content" / "heart page.md", SPUN)
    write(hooks / "content" / "rows.jsonl", json.dumps({"id": 1, "text": SPUN}) + "\n")
    write(hooks / "tool.py", f"'''{SPUN}'''\n")
    write(hooks / "data.json", json.dumps({"note": SPUN}))
    git(hooks, "add", "-A")
    code, output = pre_commit(hooks, "unspin-check")
    assert code == 1, output
    assert "content/heart page.md:3:1 SP001" in output
    assert "content/rows.jsonl:1" in output
    assert "tool.py" not in output
    assert "data.json" not in output


def test_the_check_hook_skips_when_nothing_fits(hooks: Path) -> None:
    write(hooks / "tool.py", "print(1)\n")
    git(hooks, "add", "tool.py")
    code, output = pre_commit(hooks, "unspin-check", "--files", "tool.py")
    assert code == 0
    assert "no files to check" in output


def test_the_fix_hook_edits_in_place_and_then_passes(hooks: Path) -> None:
    page = write(hooks / "content" / "heart.md", SPUN)
    git(hooks, "add", "-A")
    code, output = pre_commit(hooks, "unspin-fix")
    assert code == 1, output
    assert "files were modified by this hook" in output
    text = page.read_text(encoding="utf-8")
    assert "Congestive heart failure does not mean" in text
    assert text.count("\n") == SPUN.count("\n")
    back = subprocess.run(
        ["unspin", "undo", ".unspin/content/heart.report.json"], cwd=hooks, env=environment(), check=True,
        capture_output=True,
    )  # fmt: skip
    assert back.stdout == SPUN.encode()
    git(hooks, "add", "content")
    code, output = pre_commit(hooks, "unspin-fix")
    assert code == 0, output


# --- docs/ci.md -----------------------------------------------------------------------------------


def blocks(repository: Path, language: str) -> list[str]:
    text = (repository / "docs" / "ci.md").read_text(encoding="utf-8")
    fences = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [body for name, body in fences if name == language]


def shell(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment(), capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def test_the_plain_script_of_the_page_gives_all_three_exit_codes(
    repository: Path, site: Path
) -> None:
    (script,) = blocks(repository, "bash")
    assert script.startswith("#!")
    done = shell(site, script)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "content is fine"), done.stderr
    assert (site / "unspin.xml").is_file()
    write(site / "content" / "heart.md", SPUN)
    assert shell(site, script).returncode == 1
    write(site / "content" / "empty.md", "")
    assert shell(site, script).returncode == 2


def test_the_commands_of_the_page_run_in_their_order(repository: Path, site: Path) -> None:
    write(site / "content" / "heart.md", SPUN)
    git(site, "add", "-A")
    git(site, "commit", "-qm", "spun")
    git(site, "update-ref", "refs/remotes/origin/main", "HEAD")
    commands = [
        line.split("  #")[0].strip()
        for block in blocks(repository, "")
        for line in block.splitlines()
        if line.startswith(("clean ", "unspin ", "git "))
    ]
    assert len(commands) >= 5
    for command in commands:
        done = shell(site, command)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    assert json.loads((site / "unspin.rdjson").read_text())["source"]["name"] == "unspin"


def test_the_recipes_of_the_page_parse_and_name_what_exists(repository: Path, site: Path) -> None:
    action = yaml.safe_load((repository / "action.yml").read_text(encoding="utf-8"))
    published = yaml.safe_load((repository / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    version = tomllib.loads((repository / "pyproject.toml").read_text())["project"]["version"]
    seen = set()
    for block in blocks(repository, "yaml"):
        data = yaml.safe_load(block)
        if "jobs" in data:
            seen.add("github")
            for job in data["jobs"].values():
                own = [s for s in job["steps"] if "unspin" in s.get("uses", "")]
                assert own
                assert all(set(s.get("with", {})) <= set(action["inputs"]) for s in own)
        elif "repos" in data:
            seen.add("pre-commit")
            (repo,) = data["repos"]
            assert {h["id"] for h in repo["hooks"]} <= {h["id"] for h in published}
            assert repo["rev"] == f"v{version}"
        else:
            seen.add("gitlab")
            (job,) = data.values()
            scripts = [c for c in job["script"] if c.startswith("clean ")]
            assert scripts
            for command in scripts:
                assert shell(site, command).returncode == 0
            assert (site / job["artifacts"]["reports"]["codequality"]).is_file()
    assert seen == {"github", "gitlab", "pre-commit"}


def test_the_configuration_of_the_page_is_accepted(repository: Path, site: Path) -> None:
    for block in blocks(repository, "toml"):
        write(site / "unspin.toml", 'model = "off"\n' + block)
        done = shell(site, "clean --check content")
        assert done.returncode == 0, done.stderr
