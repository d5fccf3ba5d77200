"""DU002: a paragraph that the article has held before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Applicability, Finding, Severity
from unspin.rules.base import Context
from unspin.rules.repetition import repetitions


class RepeatedParagraph:
    """A paragraph that stands twice in one article.

    What it does:
        Compares paragraphs and quotes of six words or more, letter case and white space aside,
        and reports the second and every later one.

    Why it matters:
        Scrapers paste teasers and boxes into the text that stand elsewhere too.

    Example:
        The same opening paragraph at the head of the page and again under a picture.

    Fix:
        Suggested: the later paragraph is removed.

    Known limits:
        Paragraphs that differ in one word are different; their equal sentences are DU001.
    """

    id: ClassVar[str] = "DU002"
    slug: ClassVar[str] = "repeated-paragraph"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields the second and later occurrences."""
        for item in repetitions(article).paragraphs:
            yield Finding(
                self.id,
                item.start,
                item.end,
                "The article has held this paragraph before.",
                self.severity,
                replacements=("",),
                applicability=Applicability.SUGGESTED,
            )
