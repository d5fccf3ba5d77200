from __future__ import annotations

import os
import subprocess
import sys
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


def test_a_file_that_git_ignores_counts_as_a_whole(repo: Path) -> None:
    (repo / ".gitignore").write_text("public/\ndraft.md\n")
    (repo / "public").mkdir()
    for name in ("public/kept.md", "public/made.md", "draft.md"):
        (repo / name).write_text("one\n")
    git(repo, "add", "-f", ".gitignore", "public/kept.md")
    git(repo, "commit", "-qm", "second")
    changes = changed_since("HEAD", repo)
    assert changes.ranges(repo / "public/made.md") is None
    assert changes.ranges(repo / "draft.md") is None
    assert changes.ranges(repo / "public/kept.md") == ()


def test_a_link_has_a_history_of_its_own(repo: Path) -> None:
    (repo / "old.md").symlink_to("page.md")
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "second")
    (repo / "staged.md").symlink_to("page.md")
    git(repo, "add", "staged.md")
    (repo / "untracked.md").symlink_to("page.md")
    changes = changed_since("HEAD", repo)
    assert changes.ranges(repo / "page.md") == changes.ranges(repo / "old.md") == ()
    assert changes.ranges(repo / "staged.md") is changes.ranges(repo / "untracked.md") is None
    (repo / "page.md").write_text("one\nTWO\nthree\nfour\n")
    changes = changed_since("HEAD", repo)
    assert changes.ranges(repo / "page.md") == changes.ranges(repo / "old.md") == ((2, 2),)
    (repo / "old.md").unlink()
    (repo / "old.md").symlink_to("naïve name.md")
    changes = changed_since("HEAD", repo)
    assert changes.ranges(repo / "old.md") is None
    assert changes.ranges(repo / "naïve name.md") == ()


def test_settings_of_git_change_no_lines(repo: Path) -> None:
    for n in range(3):
        (repo / f"{n}.md").write_text("".join(f"page {n}, line {k}\n" for k in range(20)))
    (repo / "code.md").write_text("# A\n\none\ntwo\n\n# B\n\none\ntwo\n")
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "second")
    for n in range(3):
        git(repo, "mv", f"{n}.md", f"moved {n}.md")
        with (repo / f"moved {n}.md").open("a") as file:
            file.write("one more\n")
    git(repo, "add", "-A")
    (repo / "code.md").write_text("# A\n\none\ntwo\n\n# X\n\none\ntwo\n\n# B\n\none\ntwo\n")
    names = ("moved 0.md", "moved 2.md", "code.md")
    plain = [changed_since("HEAD", repo).ranges(repo / n) for n in names]
    assert plain[:2] == [((21, 21),), ((21, 21),)]
    settings = {"diff.renameLimit": "1", "diff.indentHeuristic": "false", "diff.noprefix": "true"}
    for key, value in settings.items():
        git(repo, "config", key, value)
    assert [changed_since("HEAD", repo).ranges(repo / n) for n in names] == plain


def test_a_range_is_no_revision(repo: Path) -> None:
    for revision in ("HEAD..main", "main...HEAD"):
        with pytest.raises(InputError, match="is a range; name only the revision"):
            changed_since(revision, repo)


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


# --- which work tree ------------------------------------------------------------------------------


def worktree(repo: Path) -> Path:
    """A linked worktree with a page in a folder."""
    (repo / "content").mkdir()
    (repo / "content" / "page.md").write_text("one\ntwo\n")
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "second")
    git(repo, "worktree", "add", "-q", str(repo.parent / "linked"))
    return repo.parent / "linked"


def test_a_folder_is_not_the_top_where_a_hook_names_the_repository(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked = worktree(repo)
    (linked / "new.md").write_text("one\n")
    monkeypatch.chdir(linked)
    monkeypatch.setenv("GIT_DIR", git(linked, "rev-parse", "--absolute-git-dir"))
    for folder in (Path("content"), linked / "content", linked):
        changes = changed_since("HEAD", folder)
        assert changes.top == linked.resolve()
        assert changes.ranges(linked / "content" / "page.md") == ()
        assert changes.ranges(linked / "new.md") is None
    # The repository of the hook says nothing of articles in another one.
    assert changed_since("HEAD", repo / "content").ranges(repo / "content" / "page.md") == ()


@pytest.mark.skipif(os.name == "nt", reason="hooks need a shell")
@pytest.mark.parametrize("linked", [False, True])
def test_a_hook_sees_the_changes_of_its_commit(repo: Path, linked: bool) -> None:
    tree = worktree(repo) if linked else worktree(repo).parent / repo.name
    hook = repo / ".git" / "hooks" / "pre-commit"
    code = (
        "from pathlib import Path; from unspin.changes import changed_since as c; "
        "d = c('HEAD', Path('content')); "
        "print([d.ranges(Path(p)) for p in ('content/page.md', 'page.md', 'staged.md')])"
    )
    hook.write_text(f'#!/bin/sh\n"{sys.executable}" -c "{code}" > seen.txt\n')
    hook.chmod(0o755)
    (tree / "page.md").write_text("one\nTWO\nthree\nfour\n")
    (tree / "staged.md").write_text("new\n")
    git(tree, "add", "staged.md")
    git(tree, "commit", "-qm", "a part", "page.md")  # with an index of its own
    assert (tree / "seen.txt").read_text() == "[(), ((2, 2),), None]\n"


def test_a_repository_that_only_the_environment_names(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repo / "content").mkdir()
    (repo / ".git").rename(tmp_path / "history")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "history"))
    monkeypatch.setenv("GIT_WORK_TREE", str(repo))
    (repo / "page.md").write_text("one\nTWO\nthree\nfour\n")
    monkeypatch.chdir(repo)
    assert changed_since("HEAD", Path("content")).ranges(repo / "page.md") == ((2, 2),)


def test_what_changed_in_a_submodule_changes_as_a_whole(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q", "-b", "main")
    (other / "a.md").write_text("one\n")
    git(other, "add", "-A")
    git(other, "commit", "-qm", "first")
    git(repo, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other), "sub")
    git(repo, "commit", "-qm", "submodule")
    git(repo, "config", "diff.ignoreSubmodules", "all")
    git(repo, "config", "diff.submodule", "log")
    page = repo / "sub" / "a.md"
    assert changed_since("HEAD", repo).ranges(page) == ()
    page.write_text("two\n")
    assert changed_since("HEAD", repo).ranges(page) is None
    git(repo / "sub", "commit", "-qam", "bump")
    assert changed_since("HEAD", repo).ranges(page) is None
    # Named from outside, the revision is one of the repository around it; inside, its own.
    monkeypatch.chdir(repo)
    assert changed_since("HEAD", Path("sub")).ranges(page) is None
    monkeypatch.chdir(repo / "sub")
    assert changed_since("HEAD", Path()).ranges(page) == ()
    git(repo, "config", "--unset", "diff.ignoreSubmodules")
    git(repo, "commit", "-qam", "bumped")
    assert changed_since("HEAD", repo).ranges(page) == ()
    assert changed_since("HEAD~1", repo).ranges(page) is None


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_the_paths_does_not_matter(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: int
) -> None:
    (repo / "c").mkdir()
    for name in ("outside", "elsewhere", "unborn"):
        (tmp_path / name).mkdir()
    for name in ("elsewhere", "unborn"):
        git(tmp_path / name, "init", "-q", "-b", "main")
    (tmp_path / "elsewhere" / "o.md").write_text("one\n")
    git(tmp_path / "elsewhere", "add", "-A")
    git(tmp_path / "elsewhere", "commit", "-qm", "first")
    monkeypatch.chdir(repo)
    for name in ("outside", "elsewhere", "unborn"):
        changes = changed_since("HEAD", *[tmp_path / name, Path("c")][::order])
        assert changes.top == repo.resolve()
        assert changes.ranges(tmp_path / name / "o.md") is None
    monkeypatch.chdir(tmp_path / "unborn")
    changes = changed_since("HEAD", *[Path(), repo / "c"][::order])
    assert changes.ranges(repo / "page.md") == ()


def test_what_git_says_is_passed_on(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    told = (
        r"dubious ownership.*; if you trust it, run: git config --global --add safe\.directory '/"
    )
    with pytest.raises(InputError, match=told):
        changed_since("HEAD", repo)
    monkeypatch.delenv("GIT_TEST_ASSUME_DIFFERENT_OWNER")
    (repo / ".git" / "config").write_text("[core\n")
    with pytest.raises(InputError, match=r"git, which says in .*: bad config line 1"):
        changed_since("HEAD", repo)


def test_a_missing_git_is_named(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repo))
    with pytest.raises(InputError, match="git is not installed, or not on the PATH; install it"):
        changed_since("HEAD", repo)
