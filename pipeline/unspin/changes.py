"""Which lines of which files changed since a revision, by git."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from unspin.errors import InputError

_HUNK = re.compile(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@")
_HASH = re.compile(r"[0-9a-f]{7,64}")
_LONE_RETURN = re.compile(rb"\r(?!\n)")
_LINE_END = re.compile(rb"\r\n|\r|\n")
#: Whatever the user's git is set to, the same lines are named.
_DIFF = (
    "diff", "--no-ext-diff", "--no-textconv", "--no-color", "--diff-algorithm=myers",
    "--indent-heuristic", "--find-renames", "-l1000", "--src-prefix=a/", "--dst-prefix=b/",
    "--submodule=short", "--ignore-submodules=none",
)  # fmt: skip
_HUNKS_ONLY = ("--unified=0", "--inter-hunk-context=0")
#: Where a hook's repository stands. With it git takes every folder that it is started in for the
#: top of the work tree.
_PLACE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_PREFIX")
#: What a hook's repository holds, such as the index of a commit of some files only.
_CONTENT = (
    "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_SHALLOW_FILE",
)  # fmt: skip
#: What git says where there is no repository, and where there is one without a work tree.
_NOWHERE = re.compile(r"not a git repository \(or any|must be run in a work tree")
_TRUST = re.compile(r"git config --global --add safe\.directory .+")
#: What the names of gates on changed lines start with.
CHANGED_LINES = "changed lines: "


@dataclass(frozen=True)
class Changes:
    """Changed lines since a revision.

    Args:
        lines: Absolute path to changed line ranges as git counts lines, 1-based and inclusive.
        new: Absolute paths of files that change as a whole: those that did not exist then,
            untracked and ignored ones included, links that lead elsewhere now, and those whose
            lines git does not compare (UTF-16, Word). A folder stands for all files in it: a
            submodule, an untracked repository, a folder that git ignores.
        top: The work tree; what lies outside it has no history here and counts as a whole. None
            where everything has one.
    """

    lines: Mapping[Path, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    new: frozenset[Path] = frozenset()
    top: Path | None = None

    def ranges(self, path: Path) -> tuple[tuple[int, int], ...] | None:
        """Changed ranges of a file: None for all of it, empty for none."""
        named, resolved = _named(path), path.resolve()
        # Another repository inside the work tree is named as a folder. A link has a history of its
        # own, and its lines are those of the file that it leads to.
        if not self.new.isdisjoint((named, *named.parents, resolved, *resolved.parents)):
            return None
        if self.top is not None and not resolved.is_relative_to(self.top):
            return None
        found = self.lines.get(resolved, ())
        try:
            return _own_lines(resolved.read_bytes(), found) if found else ()
        except OSError:
            return found  # reading the article reports it


def _named(path: Path) -> Path:
    """An absolute path as git names it: a link stands for itself."""
    return path.parent.resolve() / path.name


def _own_lines(raw: bytes, ranges: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    r"""Ranges in lines that end at \n, \r\n or \r; git's end at \n only."""
    if not _LONE_RETURN.search(raw):
        return tuple(ranges)
    theirs = [m.end() for m in re.finditer(rb"\n", raw)]
    ours = [m.end() for m in _LINE_END.finditer(raw)]
    out = []
    for first, last in ranges:
        start = theirs[min(first - 2, len(theirs) - 1)] if first > 1 and theirs else 0
        end = theirs[last - 1] if 0 < last <= len(theirs) else len(raw)
        out.append((bisect_right(ours, start) + 1, bisect_right(ours, max(start, end - 1)) + 1))
    return tuple(out)


def changed_since(revision: str, *folders: Path) -> Changes:
    """Asks git what changed between the merge base with `revision` and the working tree.

    Args:
        revision: A commit, branch or tag.
        folders: Where the articles stand. Those outside the work tree (that of the current folder
            where one of them lies in it, else that of the first which lies in any) have no history.

    Returns:
        The changed lines of that work tree.

    Raises:
        InputError: No git, no work tree, one that git refuses, an unknown revision, or a history
            that is too shallow.
    """
    if revision.startswith("-"):
        raise InputError(revision, "is not a revision; name a commit, branch or tag")
    git = _work_tree(revision, folders)
    top, base = git.folder, _base(git)
    unquoted = ("-c", "core.quotePath=false")
    lines, new = _patch(git.need(*unquoted, *_DIFF, *_HUNKS_ONLY, base, "--"), top)
    for name, counted in _changed(git.need(*_DIFF, "--numstat", "-z", base, "--")):
        path = _named(top / name)
        # Lines that the patch does not name (binary to git, a quoted name) must not go unseen, nor
        # what changed in a submodule, of which git compares the commits alone, nor where a link
        # leads.
        link = path.is_symlink()
        if (path.is_dir() and not link) or (counted and (link or path not in lines)):
            new.add(path)
    for which in ((), ("--ignored", "--directory")):  # what git ignores has no history either
        others = git.need("ls-files", "--others", "--exclude-standard", *which, "-z")
        new |= {_named(top / name) for name in others.split("\0") if name}
    return Changes({p: tuple(r) for p, r in lines.items()}, frozenset(new), top)


def _patch(text: str, top: Path) -> tuple[dict[Path, list[tuple[int, int]]], set[Path]]:
    """Changed ranges by file, and files that were added, from a patch."""
    lines: dict[Path, list[tuple[int, int]]] = {}
    new: set[Path] = set()
    current: Path | None = None
    added = False
    for line in text.split("\n"):
        if line.startswith("diff --git"):
            current, added = None, False
        elif line.startswith("new file mode"):
            added = True
        elif current is None and line.startswith("+++ b/"):  # later ones are added text
            current = _named(top / line[6:].rstrip("\t"))
            if added:
                new.add(current)
        elif current is not None and (hunk := _HUNK.match(line)):
            start, count = int(hunk[1]), int(hunk[2] or 1)
            # A pure deletion touches the lines on both sides of it.
            last = start + count - 1 if count else start + 1
            lines.setdefault(current, []).append((start, last))
    return lines, new


def _changed(text: str) -> Iterator[tuple[str, bool]]:
    """Name of each file in ``--numstat -z``, and whether its content changed."""
    fields = iter(text.split("\0"))
    for entry in fields:
        if not entry:
            continue
        added, deleted, name = entry.split("\t", 2)
        if not name:  # a rename: the old name and the new one follow
            next(fields)
            name = next(fields)
        yield name, (added, deleted) != ("0", "0")


def _base(git: _Git) -> str:
    revision = git.revision
    known = git.ask("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    shallow = (git.ask("rev-parse", "--is-shallow-repository") or "").strip() == "true"
    if known is None and ".." in revision:
        why = "is a range; name only the revision that the change starts from"
        raise InputError(revision, why)
    if known is None:
        what = _fetch(git, shallow)
        raise InputError(revision, f"git does not know this revision here; run: {what}")
    base = git.ask("merge-base", known.strip(), "HEAD")
    if base is None:
        if shallow:
            raise InputError(
                revision,
                "the clone is too shallow to see where HEAD left it; run: git fetch --unshallow "
                "(in a workflow: fetch-depth: 0)",
            )
        return known.strip()
    return base.strip()


def _fetch(git: _Git, shallow: bool) -> str:
    """The command that makes a revision known."""
    revision = git.revision
    if revision.startswith(("HEAD", "@")) or re.search(r"[~^@:\s]", revision):
        return "git fetch --unshallow" if shallow else "git fetch --all"
    command = "git fetch --depth=50" if shallow else "git fetch"
    if _HASH.fullmatch(revision):
        return f"{command} origin {revision}"
    for remote in (git.ask("remote") or "").split():
        if revision.startswith(f"{remote}/"):
            branch = revision.removeprefix(f"{remote}/")
            return f"{command} {remote} {branch}:refs/remotes/{revision}"
    # A bare name is fetched to where a bare name finds it, whether branch or tag.
    return f"{command} origin {revision}:refs/remotes/origin/{revision}, and name origin/{revision}"


# --- git ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Git:
    """git, started in one folder.

    Args:
        revision: What the user asked for; errors name it.
        folder: Where git starts.
        env: Its environment.
    """

    revision: str
    folder: Path
    env: Mapping[str, str]

    def run(self, *args: str) -> tuple[str | None, str]:
        """Standard output, or None where git fails, and standard error."""
        try:
            done = subprocess.run(
                ["git", *args], cwd=self.folder, env=self.env, capture_output=True, check=False
            )
        except OSError as error:
            why = f"git cannot be run ({error.strerror}); check that it is installed"
            if shutil.which("git") is None:
                why = "git is not installed, or not on the PATH; install it"
            raise InputError(self.revision, f"--changed-since needs git: {why}") from error
        # Decoded here: text mode would take lone returns in a patch for line ends.
        out = os.fsdecode(done.stdout) if done.returncode == 0 else None
        return out, os.fsdecode(done.stderr)

    def ask(self, *args: str) -> str | None:
        """What git answers, or None where it fails."""
        return self.run(*args)[0]

    def need(self, *args: str) -> str:
        """What git answers.

        Raises:
            InputError: It fails.
        """
        out, said = self.run(*args)
        if out is None:
            raise self._refused(said)
        return out

    def top(self) -> Path | None:
        """The work tree; None where there is none.

        Raises:
            InputError: There is one, and git refuses it.
        """
        out, said = self.run("rev-parse", "--show-toplevel")
        if out is not None:
            return Path(out.rstrip("\n")).resolve()
        if _NOWHERE.search(said):
            return None
        raise self._refused(said)

    def repository(self) -> Path | None:
        """Where the history is kept; None where git knows of none."""
        out = self.ask("rev-parse", "--absolute-git-dir")
        return None if out is None else Path(out.rstrip("\n")).resolve()

    def _refused(self, said: str) -> InputError:
        """What git said as it failed, and what to do."""
        lines = said.strip().splitlines() or ["nothing"]
        first = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[0])
        what = first.removeprefix("fatal: ").removeprefix("error: ")
        trust = _TRUST.search(said)
        remedy = f"if you trust it, run: {trust[0]}" if trust else "mend that and run again"
        why = f"--changed-since needs git, which says in {self.folder}: {what}; {remedy}"
        return InputError(self.revision, why)


def _work_tree(revision: str, folders: Sequence[Path]) -> _Git:
    """git at the top of the work tree that counts, whatever the order of the folders."""
    here = Path.cwd().resolve()
    found: dict[Path, _Git] = {}
    for folder in dict.fromkeys(folders):
        git = _located(revision, folder)
        if git is not None and git.folder not in found:
            git = _around(git, here)
            found[git.folder] = git
    if not found:
        where = folders[0] if folders else here
        why = f"--changed-since needs a git work tree, and {where} is in none; leave it out there"
        raise InputError(revision, why)
    # The innermost one around the current folder comes first.
    trees = sorted(
        found.values(),
        key=lambda git: -len(git.folder.parts) if here.is_relative_to(git.folder) else 0,
    )
    # One without a commit has no history to compare with.
    born = (git for git in trees if git.ask("rev-parse", "--verify", "--quiet", "HEAD") is not None)
    return next(born, trees[0])


def _around(git: _Git, here: Path) -> _Git:
    """For a submodule named from outside: the work tree around it, whose revision is meant."""
    inner = git
    while not here.is_relative_to(inner.folder):
        outer = (inner.ask("rev-parse", "--show-superproject-working-tree") or "").rstrip("\n")
        found = _located(git.revision, Path(outer)) if outer else None
        if found is None:
            return git
        inner = found
    return inner


def _located(revision: str, folder: Path) -> _Git | None:
    """git at the top of the work tree of a folder; None where it lies in none."""
    # In its own language, so that what it says can be told apart. GIT_DIFF_OPTS would win over
    # the options here.
    ours = {**os.environ, "LC_ALL": "C"}
    ours.pop("GIT_DIFF_OPTS", None)
    placeless = {k: v for k, v in ours.items() if k not in _PLACE}
    bare = {k: v for k, v in placeless.items() if k not in _CONTENT}
    top = _Git(revision, folder, bare).top()
    here = _Git(revision, Path.cwd(), ours)
    if top is not None:
        git = _Git(revision, top, bare)
        if bare == placeless or here.repository() != git.repository():
            return git
        return replace(git, env=placeless)
    # No folder above it tells of a repository; the environment may.
    top = here.top() if "GIT_DIR" in ours else None
    if top is None or not folder.resolve().is_relative_to(top):
        return None
    named = {"GIT_DIR": str(here.repository()), "GIT_WORK_TREE": str(top)}
    return _Git(revision, top, {**ours, **named})
