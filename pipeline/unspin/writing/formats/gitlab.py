"""GitLab Code Quality report."""

from __future__ import annotations

import hashlib
from collections import Counter

from unspin.report import dump
from unspin.writing.formats.base import Run, in_repository, worst_first

_SEVERITIES = {"error": "critical", "warning": "minor", "info": "info"}


def render(run: Run) -> str:
    """A list of issues; fingerprints are unique, as GitLab asks."""
    out = []
    seen: Counter[str] = Counter()
    for item in worst_first(i for i in run.items if i.counts):
        key = f"{in_repository(item.path)}\x1f{item.data['fingerprint']}"
        seen[key] += 1
        unique = hashlib.sha256(f"{key}\x1f{seen[key]}".encode()).hexdigest()
        out.append(
            {
                "description": item.message,
                "check_name": item.rule,
                "fingerprint": unique,
                "severity": _SEVERITIES[item.severity],
                "location": {"path": in_repository(item.path), "lines": {"begin": item.line or 1}},
            }
        )
    for path, reason in run.errors:
        out.append(
            {
                "description": reason,
                "check_name": "unreadable",
                "fingerprint": hashlib.sha256(f"{path}\x1f{reason}".encode()).hexdigest(),
                "severity": "blocker",
                "location": {"path": in_repository(path), "lines": {"begin": 1}},
            }
        )
    return dump(out).decode()
