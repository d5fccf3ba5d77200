"""Installed from a wheel, in an empty directory, everything works."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from unspin.rules import all_rules
from unspin.rules.pages import index, page

pytestmark = pytest.mark.slow
SPUN = (
    "Congestive heart disappointment means that the heart pumps less blood than the body needs. "
    "Smoking is one of the danger factors for it, and many people do not know that it is."
)


def run(*command: str, cwd: Path, path: Path | None = None, stdin: str = "") -> str:
    env = {"PATH": "/usr/bin:/bin", "HOME": str(cwd)}
    if path is not None:
        env["PYTHONPATH"] = str(path)
    done = subprocess.run(
        [sys.executable, *command], cwd=cwd, env=env, input=stdin, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    out = tmp_path_factory.mktemp("sdist")
    run("-m", "hatchling", "build", "-t", "sdist", "-d", str(out), cwd=repository)
    return next(out.glob("*.tar.gz"))


@pytest.fixture(scope="module")
def wheel(sdist: Path) -> Path:
    """A wheel that was built from the sdist, as an installer without a checkout does."""
    out = sdist.parent
    run(
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(out),
        str(sdist),
        cwd=out,
    )
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_a_wheel_cleans_in_an_empty_directory(installed: Path, tmp_path: Path) -> None:
    out = run(
        "-m", "unspin", "clean", "-", "--grammar", "off", "--to", "txt",
        cwd=tmp_path, path=installed, stdin=SPUN,
    )  # fmt: skip
    assert "Congestive heart failure" in out
    assert "risk factors" in out


def test_a_wheel_carries_glossary_schema_pages_and_model(installed: Path, tmp_path: Path) -> None:
    stats = json.loads(
        run("-m", "unspin", "glossary", "stats", "--json", cwd=tmp_path, path=installed)
    )
    assert stats["concepts"] >= 250
    assert stats["fields"] >= 6
    assert "Why it matters" in run("-m", "unspin", "explain", "SP001", cwd=tmp_path, path=installed)
    data = installed / "unspin" / "data"
    assert (data / "report.schema.json").is_file()
    assert (installed / "unspin" / "py.typed").is_file()
    assert (data / "docs" / "rules" / "SP001.md").is_file()
    code = "from unspin.resources import data_path; print(data_path('glossary'))"
    assert str(installed) in run("-c", code, cwd=tmp_path, path=installed)
    model = "from unspin.language.model import SpinModel, default_model_dir as d; print(SpinModel.load(d()).version)"
    assert run("-c", model, cwd=tmp_path, path=installed).strip()


def test_an_sdist_holds_all_that_is_tracked(sdist: Path, repository: Path) -> None:
    if not (repository / ".git").exists():
        pytest.skip("no checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=repository, check=True, capture_output=True, text=True
    ).stdout
    with tarfile.open(sdist) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    assert {name for name in listed.split("\0") if name} <= packed


def test_a_wheel_carries_the_attributions_of_its_data(installed: Path, repository: Path) -> None:
    (licences,) = installed.glob("unspin-*.dist-info/licenses")
    for name in ("LICENSE", "docs/sources.md"):
        assert (licences / name).read_bytes() == (repository / name).read_bytes()


def test_a_wheel_holds_nothing_of_the_machine_it_was_built_on(
    wheel: Path, repository: Path
) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.endswith((".py", ".yaml", ".json", ".md")):
                assert str(repository).encode() not in archive.read(name), name


def test_rule_pages_are_those_of_the_docstrings(repository: Path) -> None:
    folder = repository / "docs" / "rules"
    assert (folder / "README.md").read_text("utf-8") == index(), "run: make docs"
    for rule in all_rules():
        assert (folder / f"{rule.id}.md").read_text("utf-8") == page(rule), "run: make docs"
