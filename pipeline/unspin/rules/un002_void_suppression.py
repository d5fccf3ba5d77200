"""UN002: a suppression that does not count."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context


class VoidSuppression:
    """A suppression that does not count.

    What it does:
        Reports an ``unspin ignore`` comment without a rule or a reason, one that is misspelt or
        names a rule that does not exist, an ``ignore-start`` that is never closed, and an
        ``ignore-end`` that closes nothing. Such a comment suppresses nothing.

    Why it matters:
        Nothing is accepted silently: the next editor must be able to read why.

    Example:
        ``<!-- unspin ignore SP001 -->``

    Fix:
        Write the reason after a colon, or remove the comment.

    Known limits:
        Whether a reason is a good one is for a person to say.
    """

    id: ClassVar[str] = "UN002"
    slug: ClassVar[str] = "void-suppression"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields nothing: the suppression stage makes these findings."""
        return iter(())
