"""ST002: a heading that runs into its paragraph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context


class HeadingRunIn:
    """A heading that stands in one line with the paragraph below it.

    What it does:
        Finds a short phrase in title case with a full stop, or the name of a usual section, at
        the head of a paragraph that goes on with a sentence.

    Why it matters:
        Scrapers lose the markup of headings. Readers and search engines then miss the section.

    Example:
        "Torn and Slipped Disc. The discs of the spine ..." becomes a heading and a paragraph.

    Fix:
        In plain text the structurer parts the two itself (the report says "mended"). In HTML,
        Markdown and Word the markup is left as it is.

    Known limits:
        Headings in sentence case ("Blood test. A sample is ...") are not told from short
        sentences.
    """

    id: ClassVar[str] = "ST002"
    slug: ClassVar[str] = "heading-run-in"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields a finding for each note of the structurer."""
        for note in article.notes:
            if note.kind == "heading-run-in":
                end = "; mended." if note.mended else "."
                message = f"A heading runs into its paragraph{end}"
                yield Finding(self.id, note.start, note.end, message, self.severity)
