"""UN001: a suppression that suppresses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context


class UnusedSuppression:
    """A suppression that suppresses nothing.

    What it does:
        Reports an ``unspin ignore`` comment whose rules, or some of them, find nothing where it
        speaks, and an entry under ``suppress`` in the configuration that accepts nothing in the
        folders judged.

    Why it matters:
        A suppression that outlives its finding hides the next one.

    Example:
        ``<!-- unspin ignore SP001: quoted from a patient -->`` beside a sentence without a finding.

    Fix:
        Remove the comment, the rule from it, or the entry.

    Known limits:
        Suppressions of grammar findings are not reported: whether grammar runs depends on the
        machine. Entries of the configuration are reported under ``--check`` of folders only: single
        files say nothing about the others that an entry may serve.
    """

    id: ClassVar[str] = "UN001"
    slug: ClassVar[str] = "unused-suppression"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields nothing: the suppression stage makes these findings."""
        return iter(())
