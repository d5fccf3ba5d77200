"""ST006: a heading level that is skipped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context


class LevelSkipped:
    """A heading more than one level below the heading above it.

    What it does:
        Compares the levels of headings that follow each other.

    Why it matters:
        Screen readers and tables of contents walk the levels; a skipped one looks like a
        section that is missing (WCAG technique H42).

    Example:
        A second-level heading followed by one of the fourth level.

    Fix:
        None: only an editor knows which of the two levels is meant.

    Known limits:
        The level of the first heading is not judged: pages differ in how they mark their title.
    """

    id: ClassVar[str] = "ST006"
    slug: ClassVar[str] = "level-skipped"
    severity: ClassVar[Severity] = Severity.INFO

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields a finding for each note of the structurer."""
        for note in article.notes:
            if note.kind == "level-skipped":
                message = f"The heading level goes straight from {note.detail}."
                yield Finding(self.id, note.start, note.end, message, self.severity)
