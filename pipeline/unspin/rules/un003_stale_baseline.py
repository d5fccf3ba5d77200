"""UN003: a baseline entry whose finding is gone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context


class StaleBaseline:
    """A baseline entry whose finding is gone.

    What it does:
        With ``--baseline``, reports listed findings that the listed article no longer has, and
        listed articles that are no longer in the folders that are judged.

    Why it matters:
        A stale entry would let the same fault come back unseen.

    Example:
        The baseline lists two "bosom disease" for a page; an editor has mended one.

    Fix:
        ``unspin baseline prune`` removes what is stale.

    Known limits:
        Articles that stand where the run does not look are left alone.
    """

    id: ClassVar[str] = "UN003"
    slug: ClassVar[str] = "stale-baseline"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields nothing: the comparison with the baseline makes these findings."""
        return iter(())
