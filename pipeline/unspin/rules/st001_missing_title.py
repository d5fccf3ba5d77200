"""ST001: an article without a title."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context


class MissingTitle:
    """An article that has no title.

    What it does:
        Reports an article of 60 words or more that neither begins with a line that looks like a
        title nor brings one in its metadata or front matter.

    Why it matters:
        Search results, tables of contents and the written page all show the title; without one
        an article cannot be found again.

    Example:
        A text file that begins with its first paragraph.

    Fix:
        None: a title has to be written.

    Known limits:
        A first line that ends in a full stop is taken for a paragraph.
    """

    id: ClassVar[str] = "ST001"
    slug: ClassVar[str] = "missing-title"
    severity: ClassVar[Severity] = Severity.INFO

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields a finding for each note of the structurer."""
        for note in article.notes:
            if note.kind == "missing-title":
                message = "Neither the first line nor the metadata gives a title."
                yield Finding(self.id, note.start, note.end, message, self.severity)
