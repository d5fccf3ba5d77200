"""KS002: the title spliced into a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context
from unspin.rules.stuffing import finding_of, insertions


class TitleSplice:
    """The title or an over-used phrase spliced into a sentence.

    What it does:
        Finds the title, or another phrase that the article repeats as a stuffed sentence,
        inside a sentence that parses better without it: in capitals between ordinary words,
        between two commas of a list, or glued to the next word; in small letters where the title
        is a search phrase that stands twice without its article ("a shoe that best shoe for flat
        feet is soft").

    Why it matters:
        The sentence around the phrase is broken: readers cannot tell what belongs to it.

    Example:
        In an article titled "Best Knee Brace Running": "see a nurse or Best Knee Brace
        Running,stay at home" becomes "see a nurse or stay at home".

    Fix:
        Safe: the phrase goes, with the comma, dash or space that came with it. For an editor
        where the phrase may be meant, as in KS001, or is in small letters.

    Known limits:
        A title used as a term ("treatment of low back pain") is no fault and is never
        touched; where the phrase is the object of a verb or preposition, nothing would be
        left of the sentence, so it stays. It stays, too, between two commas or dashes where
        the words beside it do not say which of them belongs to the sentence.
    """

    id: ClassVar[str] = "KS002"
    slug: ClassVar[str] = "title-splice"
    severity: ClassVar[Severity] = Severity.ERROR

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields spliced phrases."""
        for item in insertions(article):
            if not item.alone:
                yield finding_of(
                    item,
                    self.id,
                    f"“{item.phrase}” is spliced into a sentence that reads better without it.",
                    confidence=0.95,
                )
