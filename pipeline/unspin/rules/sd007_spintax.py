"""SD007: leftover spintax."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from unspin import guard
from unspin.article import Article
from unspin.findings import Applicability, Finding, Severity
from unspin.rules.base import Context
from unspin.rules.debris import fault, settled

_OUTER = re.compile(r"\{(?:[^{}\n]|\{(?:[^{}\n]|\{[^{}\n]*\})*\})*\}")
_INNER = re.compile(r"\{[^{}|\n]*\|[^{}\n]*\}")
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
        Safe: the first alternative stays, in nested braces too. Where alternatives say different
        things ("{200|400} mg", "{do|do not}"), an editor decides.

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
            found = fault(
                self.id,
                *match.span(),
                "Leftover spintax: a spinning program wrote this.",
                _resolved(match.group(), 0),
                severity=self.severity,
            )
            yield replace(found, applicability=Applicability.EDITOR) if _differ(match) else found


def _resolved(text: str, choice: int) -> str:
    """The text with the alternative of that number, or the last one, put in for all braces."""

    def chosen(match: re.Match[str]) -> str:
        alternatives = match.group()[1:-1].split("|")
        return alternatives[min(choice, len(alternatives) - 1)]

    while _INNER.search(text):
        text = _INNER.sub(chosen, text)
    return text


def _differ(match: re.Match[str]) -> bool:
    """Whether alternatives say different things: numbers, units, negations, sides."""
    start, end = guard.context_of(match.string, *match.span())
    before, after = match.string[start : match.start()], match.string[match.end() : end]
    resolved = (_resolved(match.group(), n) for n in range(match.group().count("|") + 1))
    said = [_said(f"{before}{text}{after}") for text in resolved]
    return any(other != said[0] for other in said)


def _said(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """What a passage says: "one day" says no more than "a whole day" does."""
    facts = guard.facts(text, names=False)
    kept = (f for f in facts.elements() if f != "number:1" and not f.startswith("unit:"))
    return frozenset(kept), guard.amounts(text)
