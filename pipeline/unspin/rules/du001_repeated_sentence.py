"""DU001: a sentence that the article has said before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Applicability, Finding, Severity
from unspin.rules.base import Context
from unspin.rules.repetition import repetitions


class RepeatedSentence:
    """A sentence that stands twice in one article.

    What it does:
        Compares the sentences of paragraphs and quotes, letter case and white space aside, and
        reports the second and every later one. Sentences of fewer than six words, headings,
        list items and the title (KS001) are left out.

    Why it matters:
        Scrapers and spinning tools paste passages twice; a reader takes it for carelessness.

    Example:
        "Rest the knee for at least two days. Ice it. Rest the knee for at least two days."

    Fix:
        Suggested: the later sentence is removed. An author may repeat a warning on purpose, so
        it is never removed unasked. For an editor where it tells what to do, or an amount, and
        comes back under another heading or list item ("Hold for a count of five." in each
        exercise).

    Known limits:
        Sentences that differ in one word are different. Paragraphs repeated as a whole are
        DU002.
    """

    id: ClassVar[str] = "DU001"
    slug: ClassVar[str] = "repeated-sentence"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields the second and later occurrences."""
        found = repetitions(article)
        for item in found.sentences:
            yield Finding(
                self.id,
                item.start,
                item.end,
                "The article has said this sentence before.",
                self.severity,
                replacements=("",),
                applicability=(
                    Applicability.EDITOR if item in found.steps else Applicability.SUGGESTED
                ),
            )
