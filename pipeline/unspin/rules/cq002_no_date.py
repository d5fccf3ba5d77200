"""CQ002: no date of writing or review."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context

_DATE = re.compile(
    r"\b(?:\d{1,2}(?:st|nd|rd|th)? )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? "
    r"(?:\d{1,2}(?:st|nd|rd|th)?,? )?(?:19|20)\d\d\b|\b(?:19|20)\d\d-\d\d-\d\d\b"
    r"|\b\d{1,2}[/.]\d{1,2}[/.](?:19|20)\d\d\b",
    re.I,
)
_LABELLED = re.compile(
    rf"\b(?:updated|reviewed|published|posted|modified|revised)\b[^.]{{0,30}}?(?:{_DATE.pattern})",
    re.I,
)
#: A date line is short, in code points.
_LONGEST = 80


class NoDate:
    """An article that does not say when it was written or reviewed.

    What it does:
        Looks for a date in the metadata and for a date on a short line of the text, or behind
        "updated", "reviewed", "published" or "posted".

    Why it matters:
        Medical advice ages; an undated article cannot be checked for that.

    Example:
        An article without a date in its front matter and without a line such as "Updated 3 May
        2021".

    Fix:
        None: information only, never part of the score.

    Known limits:
        Dates inside long paragraphs are dates of what is told there.
    """

    id: ClassVar[str] = "CQ002"
    slug: ClassVar[str] = "no-date"
    severity: ClassVar[Severity] = Severity.INFO

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields one finding where no date is given."""
        if article.metadata.date or not article.text:
            return
        for block in article.blocks:
            if block.end - block.start <= _LONGEST and _DATE.search(article.block_text(block)):
                return
        if _LABELLED.search(article.text):
            return
        yield Finding(self.id, 0, 0, "No date of writing or review is given.", self.severity)
