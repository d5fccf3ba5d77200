"""MF001: a fix that would change what the text says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context


class MeaningChange:
    """A fix would change a number, unit, negation, side, name or quotation.

    What it does:
        Before a fix is applied, the guard reads the numbers (by value), units, negations, sides
        and directions, prefixes such as hyper- and hypo-, and protected names around it, before
        and after. Where they differ, the fix is demoted to `editor` and reported here. Fixes
        inside quotations are demoted too, and removals of scrape debris that states a dose.

    Why it matters:
        "Take two tablets" and "take three tablets" are both fluent. A wrong correction in a
        medical text can hurt someone; a fault left in place and reported cannot.

    Example:
        ``keep the appropriate arm still`` with the fix "right arm" gains a side: an editor
        decides.

    Fix:
        None. Look at the place, and at the source that the page was spun from where you have it.

    Known limits:
        Facts are compared in the five words on each side of the edit. The lists of units,
        negations and opposites are data (``data/guard.yaml``); what is not listed is not seen.
        A glossary entry says itself what a garbled form meant ("proper lung" for right lung), so
        its fixes are held to quotations alone. The findings come from the fixing stage: the rule
        itself looks at nothing.
    """

    id: ClassVar[str] = "MF001"
    slug: ClassVar[str] = "meaning-change"
    severity: ClassVar[Severity] = Severity.INFO

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields nothing: the fixing stage makes these findings when it asks the guard."""
        return iter(())
