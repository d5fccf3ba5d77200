"""KS001: the title as a sentence or line of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context
from unspin.rules.stuffing import finding_of, insertions


class TitleSentence:
    """The title repeated as a sentence or a line of its own.

    What it does:
        Finds the title, in any case, where it stands as a sentence between two sentences, at
        the end of a paragraph, or as a line that heads nothing.

    Why it matters:
        Scrapers drop the search phrase of a page into its text to raise its rank. It says
        nothing, and readers stumble over it.

    Example:
        In an article titled "Best Knee Brace Running": "Rest the joint. Best Knee Brace
        Running. Ice helps too." becomes "Rest the joint. Ice helps too."

    Fix:
        Safe: the sentence and the space beside it are removed. For an editor where the title
        instructs, warns, forbids, names a drug or an amount, or reads like a sentence ("Take Two
        Tablets Daily"): it is never removed unasked, and shown only where it stands alone twice,
        in capitals. An answer to a question, a question written like any sentence, and a line
        of a form are shown, too.

    Known limits:
        A title of one or two words must stand alone at least twice, since short terms serve
        as run-in headings; so must a longer one that is no search phrase and is written like
        any sentence. Titles in lists of references are left alone.
    """

    id: ClassVar[str] = "KS001"
    slug: ClassVar[str] = "title-sentence"
    severity: ClassVar[Severity] = Severity.ERROR

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields the title's sentences and lines."""
        for item in insertions(article):
            if item.alone and item.from_title:
                yield finding_of(
                    item,
                    self.id,
                    f"The title “{item.phrase}” stands here as a sentence of its own: "
                    "keyword stuffing.",
                )
