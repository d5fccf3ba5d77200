"""ST003: a list item that runs into a paragraph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context


class ItemRunIn:
    """The last item of a list that runs into the paragraph behind it.

    What it does:
        Finds, behind two or more short items without full stops, an item or a paragraph with a
        small initial in which a new sentence begins without a full stop before it.

    Why it matters:
        The list loses an item, and the paragraph begins with words that do not belong to it.

    Example:
        After the items "tendons" and "nerves": "the small joints of the spine It can also come
        from ..." becomes an item and a paragraph.

    Fix:
        In plain text the structurer parts the two itself (the report says "mended"). In HTML,
        Markdown and Word the markup is left as it is.

    Known limits:
        Where the sentence does not begin with a usual word (It, This, If, The ...), nothing is
        seen.
    """

    id: ClassVar[str] = "ST003"
    slug: ClassVar[str] = "item-run-in"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields a finding for each note of the structurer."""
        for note in article.notes:
            if note.kind == "item-run-in":
                end = "; mended." if note.mended else "."
                message = f"A list item runs into the paragraph behind it{end}"
                yield Finding(self.id, note.start, note.end, message, self.severity)
