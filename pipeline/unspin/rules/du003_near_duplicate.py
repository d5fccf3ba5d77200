"""DU003: another file of the batch holds nearly the same text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context


class NearDuplicate:
    """An article that is nearly the same as another one of the batch.

    What it does:
        Compares the articles of a batch by MinHash of five-word shingles and names those with
        an estimated Jaccard similarity of .8 or more.

    Why it matters:
        Sites are scraped more than once, and one source is spun several times: an editor wants
        to see such articles together.

    Example:
        "knee-pain.txt" and "knee-pain-2.txt" that differ in two sentences.

    Fix:
        None: a person decides which article stays.

    Known limits:
        Only articles of the same run are compared. It depends on the neighbours and is never
        part of the score. Two spun versions that share few five-word sequences are not found.
    """

    id: ClassVar[str] = "DU003"
    slug: ClassVar[str] = "near-duplicate"
    severity: ClassVar[Severity] = Severity.INFO

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields one finding, at the title, that names the other files."""
        if not context.neighbours:
            return
        named = ", ".join(f"{path} ({share:.0%})" for path, share in context.neighbours)
        span = article.title_span
        start, end = (span.start, span.end) if span is not None else (0, 0)
        yield Finding(
            self.id,
            start,
            end,
            f"Nearly the same text stands in {named}.",
            self.severity,
            confidence=max(share for _, share in context.neighbours),
        )
