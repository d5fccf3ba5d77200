"""KS003: an over-used title-like phrase other than the title."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Applicability, Finding, Severity
from unspin.rules.base import Context
from unspin.rules.stuffing import insertions


class KeywordPhrase:
    """A title-like phrase that stands alone again and again.

    What it does:
        Finds a phrase of three words or more, written like a title or beginning with a small
        letter, that stands as a sentence of its own at least twice inside paragraphs.

    Why it matters:
        Pages are stuffed with more search phrases than their title, and copied pages often
        come without their title.

    Example:
        "Rest first. Cheap Knee Brace Deals. Then see a nurse. Cheap Knee Brace Deals." becomes
        "Rest first. Then see a nurse."

    Fix:
        Safe: the sentence and the space beside it are removed.

    Known limits:
        A phrase that stands alone only once is not found without a title to compare with.
    """

    id: ClassVar[str] = "KS003"
    slug: ClassVar[str] = "keyword-phrase"
    severity: ClassVar[Severity] = Severity.ERROR

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields sentences made of an over-used phrase."""
        for item in insertions(article):
            if item.alone and not item.from_title:
                yield Finding(
                    self.id,
                    item.start,
                    item.end,
                    f"“{item.phrase}” is repeated here as a sentence of its own: keyword stuffing.",
                    self.severity,
                    confidence=0.95,
                    replacements=(item.replacement,),
                    applicability=Applicability.SAFE,
                )
