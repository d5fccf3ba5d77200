from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from unspin.changes import changed_since
from unspin.errors import InputError


def git(folder: Path, *args: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *args],
        cwd=folder, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.strip()


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "work tree"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "page.md").write_text("one\ntwo\nthree\nfour\n")
    (folder / "naïve name.md").write_text("one\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "first")
    return folder


def test_changed_lines_new_files_and_untracked_files(repo: Path) -> None:
    (repo / "page.md").write_text("one\nTWO\nthree\nfour\nfive\nsix\n")
    (repo / "naïve name.md").write_text("one\ntwo\n")
    (repo / "staged.md").write_text("new\n")
    git(repo, "add", "staged.md")
    (repo / "untracked.md").write_text("new\n")
    changes = changed_since("HEAD", repo)
    assert changes.ranges(repo / "page.md") == ((2, 2), (5, 6))
    assert changes.ranges(repo / "naïve name.md") == ((2, 2),)
    assert changes.ranges(repo / "staged.md") is None
    assert changes.ranges(repo / "untracked.md") is None


def test_an_unchanged_and_a_renamed_file_have_no_changed_lines(repo: Path) -> None:
    git(repo, "mv", "page.md", "moved.md")
    changes = changed_since("HEAD", repo)
    assert changes.ranges(repo / "moved.md") == ()
    assert changes.ranges(repo / "naïve name.md") == ()


def test_changes_count_from_where_the_branch_left(repo: Path) -> None:
    git(repo, "checkout", "-qb", "branch")
    git(repo, "checkout", "-q", "main")
    (repo / "page.md").write_text("ONE\ntwo\nthree\nfour\n")
    git(repo, "commit", "-qam", "main moves on")
    git(repo, "checkout", "-q", "branch")
    (repo / "page.md").write_text("one\ntwo\nthree\nFOUR\n")
    assert changed_since("main", repo).ranges(repo / "page.md") == ((4, 4),)


def test_an_unknown_revision_says_what_to_do(repo: Path) -> None:
    with pytest.raises(InputError, match="git fetch"):
        changed_since("nowhere", repo)
    with pytest.raises(InputError, match="work tree"):
        changed_since("HEAD", repo.parent)


def test_a_shallow_clone_works_or_says_what_to_fetch(repo: Path, tmp_path: Path) -> None:
    for n in range(3):
        (repo / "page.md").write_text(f"{n}\n")
        git(repo, "commit", "-qam", f"change {n}")
    git(repo, "branch", "old", "HEAD~3")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{repo}", str(shallow))
    assert changed_since("HEAD", shallow).lines == {}
    with pytest.raises(InputError, match="git fetch --depth=50 origin old"):
        changed_since("old", shallow)
    git(shallow, "fetch", "-q", "--depth=1", "origin", "old:refs/remotes/origin/old")
    with pytest.raises(InputError, match="--unshallow"):
        changed_since("origin/old", shallow)
