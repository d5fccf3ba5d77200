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


def test_what_git_cannot_compare_line_by_line_changes_as_a_whole(repo: Path) -> None:
    names = ("wide.md", 'a "quoted" name.md', "attribute.html")
    for name in names:
        (repo / name).write_text("one\n", encoding="utf-16" if name == "wide.md" else "utf-8")
    (repo / ".gitattributes").write_text("*.html -diff\n")
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "second")
    assert [changed_since("HEAD", repo).ranges(repo / n) for n in names] == [(), (), ()]
    for name in names:
        (repo / name).write_text("two\n", encoding="utf-16" if name == "wide.md" else "utf-8")
    assert [changed_since("HEAD", repo).ranges(repo / n) for n in names] == [None, None, None]


def test_added_text_that_looks_like_a_patch_is_text(repo: Path) -> None:
    (repo / "page.md").write_text("++ b/other.md\ntwo\nthree\nfour\nfive\r@@ -1 +9 @@\n")
    changes = changed_since("HEAD", repo)
    assert changes.lines[(repo / "page.md").resolve()] == ((1, 1), (5, 5))
    assert list(changes.lines) == [(repo / "page.md").resolve()]


def test_lines_that_end_with_a_lone_return_are_counted(repo: Path) -> None:
    (repo / "mac.md").write_bytes(b"one\rtwo\nthree\rfour\r\nfive\r")
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "second")
    (repo / "mac.md").write_bytes(b"one\rtwo\nthree\rFOUR\r\nfive\r")
    assert changed_since("HEAD", repo).ranges(repo / "mac.md") == ((3, 4),)
    (repo / "mac.md").write_bytes(b"one\rtwo\nthree\rfour\r\nfive\rsix\r")
    assert changed_since("HEAD", repo).ranges(repo / "mac.md") == ((5, 6),)


def test_a_file_outside_the_work_tree_counts_as_a_whole(repo: Path) -> None:
    (repo.parent / "elsewhere.md").write_text("one\n")
    assert changed_since("HEAD", repo).ranges(repo.parent / "elsewhere.md") is None


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
    with pytest.raises(InputError, match="git fetch --unshallow"):
        changed_since("HEAD~2", shallow)
    git(shallow, "fetch", "-q", "--depth=1", "origin", "old:refs/remotes/origin/old")
    with pytest.raises(InputError, match="--unshallow"):
        changed_since("origin/old", shallow)


@pytest.mark.parametrize("named", ["old", "origin/old", "release", "origin/release"])
def test_the_commands_that_the_errors_name_lead_to_an_answer(
    repo: Path, tmp_path: Path, named: str
) -> None:
    git(repo, "branch", "old")
    git(repo, "tag", "-a", "release", "-m", "x")
    for n in range(3):
        (repo / "page.md").write_text(f"{n}\n")
        git(repo, "commit", "-qam", f"change {n}")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{repo}", str(shallow))
    changes = None
    for _ in range(3):
        try:
            changes = changed_since(named, shallow)
            break
        except InputError as error:
            command = error.reason.split("run: git ")[1].split(" (")[0]
            command, _, name = command.partition(", and name ")
            named = name or named
            git(shallow, *command.split())
    assert changes is not None
    assert changes.ranges(shallow / "page.md") == ((1, 1),)
