"""KS003: an over-used title-like phrase other than the title."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context
from unspin.rules.stuffing import finding_of, insertions


class KeywordPhrase:
    """A title-like phrase that stands alone again and again.

    What it does:
        Finds a phrase of three words or more that stands as a sentence of its own inside
        paragraphs: twice where it is written like a title, or is a search phrase that begins
        with a small letter ("cheap knee brace deals."); three times where it begins with a
        small letter and is none.

    Why it matters:
        Pages are stuffed with more search phrases than their title, and copied pages often
        come without their title.

    Example:
        "Rest first. Cheap Knee Brace Deals. Then see a nurse. Cheap Knee Brace Deals." becomes
        "Rest first. Then see a nurse."

    Fix:
        Safe: the sentence and the space beside it are removed. Of a phrase that is no search
        phrase by its words the first copy stays. For an editor where the phrase instructs,
        warns, forbids, names a drug or an amount, reads like a sentence ("Take Two Tablets
        Daily"), or may name what the text goes on about, a step of a programme or a person
        ("Knee To Chest Stretch. Lie down."): then the later copies are shown, and none is
        removed unasked.

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
                yield finding_of(
                    item,
                    self.id,
                    f"“{item.phrase}” is repeated here as a sentence of its own: keyword stuffing.",
                    confidence=0.95,
                )
