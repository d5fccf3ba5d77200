"""ST005: a heading with nothing below it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context


class EmptySection:
    """A section that has a heading and no text.

    What it does:
        Finds a heading that another heading of the same or a higher level follows at once, and
        a heading that ends the article.

    Why it matters:
        Scrapers drop videos, tables and widgets and leave their headings; a reader finds
        nothing below them.

    Example:
        "## Exercises" directly followed by "## Diet".

    Fix:
        None: the text has to be found again, or the heading removed.

    Known limits:
        In plain text a heading directly below another is taken for its subheading.
    """

    id: ClassVar[str] = "ST005"
    slug: ClassVar[str] = "empty-section"
    severity: ClassVar[Severity] = Severity.INFO

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields a finding for each note of the structurer."""
        for note in article.notes:
            if note.kind == "empty-section":
                message = "Nothing stands below this heading."
                yield Finding(self.id, note.start, note.end, message, self.severity)
