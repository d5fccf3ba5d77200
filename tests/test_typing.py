"""Those who use the package see its types."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import unspin

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("mypy") is None, reason="mypy is not installed"),
]
PACKAGES = Path(unspin.__file__).parent.parent
CONSUMER = """
from __future__ import annotations

from pathlib import Path

import unspin
from unspin import Cleaner, Config, Gates, InputError, Report


def scores(folder: Path) -> dict[str, float | None]:
    config = Config(grammar="off", gates=Gates(min_score=60))
    found: dict[str, float | None] = {}
    with Cleaner(config) as cleaner:
        for path in folder.glob("*.txt"):
            try:
                for report in unspin.clean_file(path, cleaner.config):
                    found[report.article.title] = report.score
            except InputError as error:
                print(error.path, error.reason)
    return found


report: Report = unspin.clean_text("A heart assault.")
text: str = report.text
places: list[tuple[int, int]] = [report.place(f) for f in report.findings]
source: bytes = unspin.undo.undo(Path("a.report.json"))
concepts: list[str] = [hit.concept for hit in unspin.load_glossary().find(text)]
"""
WRONG = """
import unspin

text: int = unspin.clean_text("A heart assault.").text
unspin.Config(jobs="two")
"""


def mypy(folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(folder / "cache"),
         "--config-file", os.devnull, *options],
        cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_strict_consumer_has_no_errors_and_is_told_its_own(tmp_path: Path) -> None:
    (tmp_path / "right.py").write_text(CONSUMER, encoding="utf-8")
    (tmp_path / "wrong.py").write_text(WRONG, encoding="utf-8")
    # an environment that has the package as an installer leaves it
    venv.create(tmp_path / "env", with_pip=False)
    (site,) = (tmp_path / "env").rglob("site-packages")
    (site / "unspin.pth").write_text(f"{PACKAGES}\n", encoding="utf-8")
    python = next(
        p for p in (tmp_path / "env").rglob("python*") if os.access(p, os.X_OK) and p.is_file()
    )
    done = mypy(tmp_path, "--python-executable", str(python), "right.py", "wrong.py")
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert [line.split(":")[0] for line in errors] == ["wrong.py"] * 2, done.stdout + done.stderr


def test_the_package_passes_as_a_source_of_the_consumer(tmp_path: Path) -> None:
    (tmp_path / "right.py").write_text(CONSUMER, encoding="utf-8")
    done = mypy(tmp_path, "right.py", MYPYPATH=str(PACKAGES))
    assert done.returncode == 0, done.stdout + done.stderr
