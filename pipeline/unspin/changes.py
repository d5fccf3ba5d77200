"""Which lines of which files changed since a revision, by git."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from unspin.errors import InputError

_HUNK = re.compile(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@")


@dataclass(frozen=True)
class Changes:
    """Changed lines since a revision.

    Args:
        lines: Absolute path to changed line ranges, 1-based and inclusive.
        new: Absolute paths of files that did not exist then, untracked ones included.
    """

    lines: Mapping[Path, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    new: frozenset[Path] = frozenset()

    def ranges(self, path: Path) -> tuple[tuple[int, int], ...] | None:
        """Changed ranges of a file: None for all of it (a new file), empty for none."""
        resolved = path.resolve()
        return None if resolved in self.new else self.lines.get(resolved, ())


def changed_since(revision: str, folder: Path) -> Changes:
    """Asks git what changed between the merge base with `revision` and the working tree.

    Args:
        revision: A commit, branch or tag.
        folder: A folder inside the work tree.

    Raises:
        InputError: No git, no work tree, an unknown revision, or a history that is too shallow.
    """
    top = Path(_git(folder, revision, "rev-parse", "--show-toplevel").strip())
    if revision.startswith("-"):
        raise InputError(revision, "is not a revision; name a commit, branch or tag")
    base = _base(top, revision)
    options = "--no-ext-diff --no-color --unified=0 --find-renames --src-prefix=a/ --dst-prefix=b/"
    out = _git(top, revision, "-c", "core.quotePath=false", "diff", *options.split(), base, "--")
    lines: dict[Path, list[tuple[int, int]]] = {}
    new: set[Path] = set()
    current: Path | None = None
    added = False
    for line in out.split("\n"):
        if line.startswith("diff --git"):
            current, added = None, False
        elif line.startswith("new file mode"):
            added = True
        elif line.startswith("+++ b/"):
            name = line[6:].rstrip("\t")
            current = (top / name.strip('"')).resolve()
            if added:
                new.add(current)
        elif current is not None and (hunk := _HUNK.match(line)):
            start, count = int(hunk[1]), int(hunk[2] or 1)
            # A pure deletion touches the lines on both sides of it.
            last = start + count - 1 if count else start + 1
            lines.setdefault(current, []).append((start, last))
    untracked = _git(top, revision, "ls-files", "--others", "--exclude-standard", "-z")
    new |= {(top / name).resolve() for name in untracked.split("\0") if name}
    return Changes({p: tuple(r) for p, r in lines.items()}, frozenset(new))


def _base(top: Path, revision: str) -> str:
    known = _try(top, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    shallow = (_try(top, "rev-parse", "--is-shallow-repository") or "").strip() == "true"
    if known is None:
        fetch = f"git fetch --depth=50 origin {revision}" if shallow else "git fetch origin"
        raise InputError(revision, f"git does not know this revision here; run: {fetch}")
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


def _try(folder: Path, *args: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *args], cwd=folder, capture_output=True, check=False, encoding="utf-8",
            errors="surrogateescape",
        )  # fmt: skip
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def _git(folder: Path, revision: str, *args: str) -> str:
    out = _try(folder, *args)
    if out is None:
        raise InputError(
            revision, f"--changed-since needs git and a work tree, and {folder} is in none"
        )
    return out
