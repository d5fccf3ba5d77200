"""TN001: a term that is outdated or objectionable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Applicability, Finding, Severity
from unspin.glossary.concept import DEPRECATED
from unspin.rules.base import Context
from unspin.rules.terms import (
    abbreviated,
    in_name,
    is_history,
    is_mentioned,
    is_spoken_about,
    may_be_title,
    off_limits,
    quotations,
    stands_beside,
)

#: The word is there for certain; whether the place is one where it may stay is not.
CONFIDENCE = 0.95


class DeprecatedTerm:
    """A term that good health pages no longer use.

    What it does:
        Finds terms that the glossary lists as deprecated, with a source that says so: old
        names of diseases, words that offend, spellings that were given up.

    Why it matters:
        Outdated terms make a page look old, hinder searching, and some of them hurt people.

    Example:
        "Type II diabetes often runs in families." becomes "Type 2 diabetes often runs in
        families."

    Fix:
        Safe unless the glossary entry says otherwise; case, number and spelling follow the
        place.

    Known limits:
        A term that is spoken about ("formerly called mental retardation", "…, now GPA", "the name
        monkeypox misleads"), beside the term to write, quoted, part of a name or of a list of
        references is left alone. Where an abbreviation in parentheses follows, where the sentence
        tells of a year before 1990, or where the term has the capitals of a title in mid-sentence
        ("the song Manic Depression"), the fix is only suggested.
    """

    id: ClassVar[str] = "TN001"
    slug: ClassVar[str] = "deprecated-term"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields deprecated terms in use."""
        for hit in context.hits:
            if hit.kind != DEPRECATED:
                continue
            spun = context.looks_spun_beside(hit)
            if not context.glossary.holds(hit, article.text, spun=spun):
                continue
            if off_limits(article).meets(hit.start, hit.end) or quotations(article).meets(
                hit.start, hit.end
            ):
                continue
            start, end = hit.form_start, hit.form_end
            if is_mentioned(article, start, end) or in_name(article, start, end):
                continue
            if is_spoken_about(article, start, end):
                continue
            if stands_beside(article, start, end, hit.concept):
                continue
            found = " ".join(article.text[hit.form_start : hit.form_end].split())
            if found == hit.replacement:
                continue
            # "cerebrovascular accident (CVA)": the letters would no longer fit a new name.
            # A name of its time, or the title of a book or a song, may be right.
            unsure = abbreviated(article, end) or is_history(article, start, end)
            unsure = unsure or (not hit.listed and may_be_title(article, start, end))
            applicability = "suggested" if unsure else hit.fix(spun=spun)
            if hit.applicability == "editor":
                applicability = "editor"
            yield Finding(
                self.id,
                hit.start,
                hit.end,
                f"“{found}” is outdated; write “{hit.concept}”.",
                self.severity,
                confidence=CONFIDENCE,
                replacements=(hit.replacement,),
                applicability=Applicability(applicability),
                origin=hit.provenance,
                states_change=True,
            )
