"""Which lines of which files changed since a revision, by git."""

from __future__ import annotations

import os
import re
import subprocess
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from unspin.errors import InputError

_HUNK = re.compile(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@")
_HASH = re.compile(r"[0-9a-f]{7,64}")
_LONE_RETURN = re.compile(rb"\r(?!\n)")
_LINE_END = re.compile(rb"\r\n|\r|\n")
#: Whatever the user's git is set to, the same lines are named.
_DIFF = (
    "diff", "--no-ext-diff", "--no-textconv", "--no-color", "--diff-algorithm=myers",
    "--find-renames", "--src-prefix=a/", "--dst-prefix=b/",
)  # fmt: skip
_HUNKS_ONLY = ("--unified=0", "--inter-hunk-context=0")


@dataclass(frozen=True)
class Changes:
    """Changed lines since a revision.

    Args:
        lines: Absolute path to changed line ranges as git counts lines, 1-based and inclusive.
        new: Absolute paths of files that change as a whole: those that did not exist then,
            untracked ones included, and those whose lines git does not compare (UTF-16, Word).
        top: The work tree; what lies outside it has no history here and counts as a whole. None
            where everything has one.
    """

    lines: Mapping[Path, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    new: frozenset[Path] = frozenset()
    top: Path | None = None

    def ranges(self, path: Path) -> tuple[tuple[int, int], ...] | None:
        """Changed ranges of a file: None for all of it, empty for none."""
        resolved = path.resolve()
        # An untracked repository inside the work tree is named as a folder.
        if not self.new.isdisjoint((resolved, *resolved.parents)):
            return None
        if self.top is not None and not resolved.is_relative_to(self.top):
            return None
        found = self.lines.get(resolved, ())
        try:
            return _own_lines(resolved.read_bytes(), found) if found else ()
        except OSError:
            return found  # reading the article reports it


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


def changed_since(revision: str, folder: Path) -> Changes:
    """Asks git what changed between the merge base with `revision` and the working tree.

    Args:
        revision: A commit, branch or tag.
        folder: A folder inside the work tree.

    Raises:
        InputError: No git, no work tree, an unknown revision, or a history that is too shallow.
    """
    top = Path(_git(folder, revision, "rev-parse", "--show-toplevel").rstrip("\n")).resolve()
    if revision.startswith("-"):
        raise InputError(revision, "is not a revision; name a commit, branch or tag")
    base = _base(top, revision)
    unquoted = ("-c", "core.quotePath=false")
    lines, new = _patch(_git(top, revision, *unquoted, *_DIFF, *_HUNKS_ONLY, base, "--"), top)
    for name, counted in _changed(_git(top, revision, *_DIFF, "--numstat", "-z", base, "--")):
        path = (top / name).resolve()
        # Lines that the patch does not name (binary to git, a quoted name) must not go unseen.
        if counted and path not in lines:
            new.add(path)
    untracked = _git(top, revision, "ls-files", "--others", "--exclude-standard", "-z")
    new |= {(top / name).resolve() for name in untracked.split("\0") if name}
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
            current = (top / line[6:].rstrip("\t")).resolve()
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


def _base(top: Path, revision: str) -> str:
    known = _try(top, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    shallow = (_try(top, "rev-parse", "--is-shallow-repository") or "").strip() == "true"
    if known is None:
        what = _fetch(top, revision, shallow)
        raise InputError(revision, f"git does not know this revision here; run: {what}")
    base = _try(top, "merge-base", known.strip(), "HEAD")
    if base is None:
        if shallow:
            raise InputError(
                revision,
                "the clone is too shallow to see where HEAD left it; run: git fetch --unshallow "
                "(in a workflow: fetch-depth: 0)",
            )
        return known.strip()
    return base.strip()


def _fetch(top: Path, revision: str, shallow: bool) -> str:
    """The command that makes a revision known."""
    if revision.startswith(("HEAD", "@")) or re.search(r"[~^@:\s]", revision):
        return "git fetch --unshallow" if shallow else "git fetch --all"
    command = "git fetch --depth=50" if shallow else "git fetch"
    if _HASH.fullmatch(revision):
        return f"{command} origin {revision}"
    for remote in (_try(top, "remote") or "").split():
        if revision.startswith(f"{remote}/"):
            branch = revision.removeprefix(f"{remote}/")
            return f"{command} {remote} {branch}:refs/remotes/{revision}"
    # A bare name is fetched to where a bare name finds it, whether branch or tag.
    return f"{command} origin {revision}:refs/remotes/origin/{revision}, and name origin/{revision}"


def _try(folder: Path, *args: str) -> str | None:
    try:
        done = subprocess.run(["git", *args], cwd=folder, capture_output=True, check=False)
    except OSError:
        return None
    # Decoded here: text mode would take lone returns in a patch for line ends.
    return os.fsdecode(done.stdout) if done.returncode == 0 else None


def _git(folder: Path, revision: str, *args: str) -> str:
    out = _try(folder, *args)
    if out is None:
        raise InputError(
            revision, f"--changed-since needs git and a work tree, and {folder} is in none"
        )
    return out
