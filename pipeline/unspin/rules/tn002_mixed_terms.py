"""TN002: one concept by several good names in one article."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from unspin.article import Article
from unspin.findings import Applicability, Finding, Severity
from unspin.glossary.concept import ADMITTED
from unspin.rules.base import Context
from unspin.rules.terms import abbreviated, in_name, is_mentioned, off_limits, quotations, touches

if TYPE_CHECKING:
    from unspin.glossary.matcher import Hit

#: Both names are right: only the mixture is a fault of style.
CONFIDENCE = 0.9


class MixedTerms:
    """Several good names for one thing in the same article.

    What it does:
        Finds admitted synonyms ("lumbago") in an article that also uses the canonical term
        ("lower back pain") or another synonym of the same concept.

    Why it matters:
        Readers who do not know that two names mean one thing take them for two.

    Example:
        "Lower back pain is common. Lumbago often passes." becomes, with --normalise, "Lower
        back pain is common. Lower back pain often passes."

    Fix:
        Only reported, once for each synonym; with --normalise (or `normalise` in the
        configuration) every synonym becomes the canonical term.

    Known limits:
        A synonym that is introduced beside another name, in parentheses or after "also
        called", or with an abbreviation at its first mention, is no mixture and stays.
    """

    id: ClassVar[str] = "TN002"
    slug: ClassVar[str] = "mixed-terms"
    severity: ClassVar[Severity] = Severity.INFO

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields synonyms that are used beside another name of their concept."""
        used: dict[str, list[Hit]] = defaultdict(list)
        for hit in context.hits:
            if hit.kind == ADMITTED and not self._introduced(article, hit, used[hit.concept]):
                used[hit.concept].append(hit)
        for concept, hits in used.items():
            names = {hit.form for hit in hits}
            if len({name.rstrip("s") for name in names}) < 2 and not (
                hits and context.glossary.mentions(article.text, concept)
            ):
                continue
            seen: set[str] = set()
            for hit in hits:
                if context.config.normalise or hit.form not in seen:
                    yield self._finding(article, hit, normalise=context.config.normalise)
                seen.add(hit.form)

    def _introduced(self, article: Article, hit: Hit, earlier: list[Hit]) -> bool:
        """Whether this is a place where the synonym may stay."""
        start, end = hit.form_start, hit.form_end
        if touches(off_limits(article), start, end) or touches(quotations(article), start, end):
            return True
        if in_name(article, start, end) or is_mentioned(article, start, end):
            return True
        return not earlier and abbreviated(article, end)

    def _finding(self, article: Article, hit: Hit, *, normalise: bool) -> Finding:
        found = " ".join(article.text[hit.form_start : hit.form_end].split())
        return Finding(
            self.id,
            hit.start,
            hit.end,
            f"“{found}” and other names of “{hit.concept}” stand side by side.",
            self.severity,
            confidence=CONFIDENCE,
            replacements=(hit.replacement,) if normalise else (),
            applicability=Applicability.SAFE if normalise else None,
            origin=hit.provenance,
            states_change=True,
        )
