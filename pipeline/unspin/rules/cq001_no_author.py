"""CQ001: nobody is named as author."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context

_BYLINE = re.compile(
    r"^(?:(?:medically )?(?:reviewed|written|checked|edited) by|by|authors?:|reviewers?:)\s+\S",
    re.I,
)
#: A byline is a short line, in code points.
_LONGEST = 120


class NoAuthor:
    """An article that names no author or reviewer.

    What it does:
        Looks for an author in the metadata and for a byline ("By Jane Doe", "Reviewed by ...",
        "Author: ...") on a line of the text.

    Why it matters:
        Readers of health advice, and search engines, ask who stands behind it.

    Example:
        An article without a byline and without an author in its front matter.

    Fix:
        None: information only, never part of the score.

    Known limits:
        A name without "by" or "author" is not known to be the author.
    """

    id: ClassVar[str] = "CQ001"
    slug: ClassVar[str] = "no-author"
    severity: ClassVar[Severity] = Severity.INFO

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields one finding where nobody is named."""
        if article.metadata.author or not article.text:
            return
        for block in article.blocks:
            if block.end - block.start <= _LONGEST and _BYLINE.match(article.block_text(block)):
                return
        yield Finding(self.id, 0, 0, "No author or reviewer is named.", self.severity)
