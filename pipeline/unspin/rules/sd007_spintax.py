"""SD007: leftover spintax."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context
from unspin.rules.debris import fault, settled

_OUTER = re.compile(r"\{(?:[^{}\n]|\{(?:[^{}\n]|\{[^{}\n]*\})*\})*\}")
_INNER = re.compile(r"\{([^{}|\n]*)\|[^{}\n]*\}")
_MATHS = re.compile(r"[=<>∈\\$^]")


class Spintax:
    """Leftover spintax.

    What it does:
        Finds alternatives in braces, parted by bars, that a spinning program should have
        chosen from.

    Why it matters:
        It proves that the text is spun, and nobody can read it.

    Example:
        "{Rest|Relax} the joint." becomes "Rest the joint."

    Fix:
        Safe: the first alternative stays, in nested braces too.

    Known limits:
        Braces with signs of mathematics are left alone.
    """

    id: ClassVar[str] = "SD007"
    slug: ClassVar[str] = "spintax"
    severity: ClassVar[Severity] = Severity.ERROR

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields what `find` sees and no other debris rule claims."""
        yield from settled(article, self.id)

    def find(self, article: Article) -> Iterator[Finding]:
        """Yields leftover alternatives."""
        text = article.text
        if "{" not in text or "|" not in text:
            return
        for match in _OUTER.finditer(text):
            if "|" not in match.group() or _MATHS.search(match.group()):
                continue
            chosen = match.group()
            while _INNER.search(chosen):
                chosen = _INNER.sub(r"\1", chosen)
            yield fault(
                self.id,
                *match.span(),
                "Leftover spintax: a spinning program wrote this.",
                chosen,
                severity=self.severity,
            )
