"""SD006: citation mark without a list of references."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context
from unspin.rules.debris import fault, settled, words
from unspin.rules.text import reference_blocks

_MARKS = re.compile(r"(?:[ \u00a0]?\[\d{1,3}(?:\s?[,–-]\s?\d{1,3})*\])+(?![\w-])")
_LISTED = re.compile(r"(?:\A|\n)(?:\[\d{1,3}\]|\d{1,3}\.) ?\S[^\n]*\b(?:19|20)\d\d\b")
#: So many entries with a year make a list of references without a heading.
_ENTRIES = 2


class CitationMark:
    """Citation mark without a list of references.

    What it does:
        Finds marks such as [22][23] and notes such as [citation needed] in articles that
        hold no list of references.

    Why it matters:
        Copied from a page whose list was left behind, the marks point to nothing.

    Example:
        "Sleep helps healing.[4][5]" becomes "Sleep helps healing."

    Fix:
        Safe: the marks are removed.

    Known limits:
        Marks in round brackets, or raised numbers without brackets, are not found.
    """

    id: ClassVar[str] = "SD006"
    slug: ClassVar[str] = "citation-mark"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields what `find` sees and no other debris rule claims."""
        yield from settled(article, self.id)

    def find(self, article: Article) -> Iterator[Finding]:
        """Yields citation marks."""
        text = article.text
        if "[" not in text:
            return
        if not reference_blocks(article) and len(_LISTED.findall(text)) < _ENTRIES:
            for match in _MARKS.finditer(text):
                before = text[match.start() - 1 : match.start()]
                if before and not before.isspace() and before not in "-–/":
                    yield fault(
                        self.id,
                        *match.span(),
                        f"“{match.group().strip()}” cites a reference that is not in the article.",
                        "",
                    )
        for match in _wiki().finditer(text):
            yield fault(self.id, *match.span(), "A note of a wiki page was left here.", "")


@lru_cache(maxsize=1)
def _wiki() -> re.Pattern[str]:
    notes = "|".join(sorted(words("wiki_notes")))
    return re.compile(rf"[ \u00a0]?\[(?:{notes})\]", re.IGNORECASE)
