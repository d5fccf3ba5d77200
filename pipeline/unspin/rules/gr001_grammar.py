"""GR001: grammar."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context


class Grammar:
    """A sentence breaks a rule of grammar that LanguageTool knows.

    What it does:
        Asks LanguageTool about every paragraph, list item and quotation of the restored text and
        reports what its grammar rules object to: the wrong one of *a* and *an*, an article
        written twice, a verb that disagrees with its subject, a wrong verb form, words confused
        with one another. Rules that fire on clean medical text are off (the list ships as
        ``data/grammar/rules.yaml``).

    Why it matters:
        A spinning program swaps words without regard to the sentence around them, and what it
        leaves behind is often the wrong article or verb form. After the terms are restored, what
        is left of it is for an editor to mend.

    Example:
        ``The pain may gets worse`` is reported at *gets*, with *get* as the suggestion.

    Fix:
        LanguageTool's first suggestion, for an editor: it is never applied, because a grammar
        checker does not know what was meant.

    Known limits:
        The rule needs LanguageTool (``unspin grammar install``); without it the report says
        ``grammar: not run`` and why. Headings and table cells are not checked. Grammar never
        enters the score, since it depends on what is installed.
    """

    id: ClassVar[str] = "GR001"
    slug: ClassVar[str] = "grammar"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields nothing: the findings come from `unspin.grammar.stage`.

        Grammar is judged on the text as it was restored, after fixing, and rules look at the
        text as it was read. The pipeline leads the stage's findings back to the source.
        """
        yield from ()
