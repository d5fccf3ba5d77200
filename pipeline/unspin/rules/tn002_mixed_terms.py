"""TN002: one concept by several good names in one article."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from unspin.article import Article, MarkKind
from unspin.findings import Applicability, Finding, Severity
from unspin.glossary.concept import ADMITTED
from unspin.glossary.conditions import takes_object
from unspin.glossary.inflect import english
from unspin.rules.base import Context
from unspin.rules.terms import (
    abbreviated,
    in_name,
    is_mentioned,
    off_limits,
    quotations,
    stands_beside,
)

if TYPE_CHECKING:
    from unspin.glossary.matcher import Hit

#: Both names are right: only the mixture is a fault of style.
CONFIDENCE = 0.9
#: An abbreviation in capitals: "UTI", "AFib".
_BEFORE = re.compile(r"([^\W\d_][\w'’-]*)[ \u00a0]\Z")
_AFTER = re.compile(r"[ \u00a0]([^\W\d_][\w'’-]*)")
_HYPHENS = ("-", "\u2010", "\u2011", "/")
#: Words that follow a noun as its verb or as an adverb, by their shape.
_INFLECTED = re.compile(r"\w+(?:s|ed|ly)|often|again|too|also|can|since|then|once")
_SHORT = re.compile(r"[A-Z][A-Za-z]{0,2}[A-Z][A-Za-z]*")


def _explained(article: Article, hit: Hit) -> bool:
    """Whether a name is an abbreviation that stands in parentheses before: "asthma (XYZ)".

    Or one that Markdown gives the meaning of, wherever that stands: ``*[XYZ]: asthma``.
    """
    name = hit.listed.removesuffix("s")
    if not _SHORT.fullmatch(name):
        return False
    given = {f"*[{name}]:", f"*[{name}s]:"}
    if any(mark.kind is MarkKind.RAW and mark.value in given for mark in article.marks):
        return True
    return re.search(rf"\({re.escape(name)}s?\)", article.text[: hit.form_start]) is not None


def _applicability(article: Article, hit: Hit) -> Applicability:
    """Safe where the synonym stands for itself: no part of a compound or of a longer term.

    "Avian influenza" is no seasonal flu, "SARS-CoV-2" holds no syndrome to be written out, and
    "adrenaline and epinephrine" speaks of the names.
    """
    text, start, end = article.text, hit.form_start, hit.form_end
    before, after = _BEFORE.search(text[max(0, start - 40) : start]), _AFTER.match(text, end)
    inside = text[start - 1 : start] in _HYPHENS or text[end : end + 1] in _HYPHENS
    modified = before is not None and not _stands_before_nouns(before[1].lower())
    single = " " not in text[start:end]
    modifies = single and after is not None and not _follows_nouns(after[1].lower())
    beside = stands_beside(article, start, end, hit.concept)
    doubtful = inside or modified or modifies or beside
    return Applicability.SUGGESTED if doubtful else Applicability.SAFE


def _stands_before_nouns(word: str) -> bool:
    lists = english()
    return word in lists["before_nouns"] or word in lists["before_verbs"] or takes_object(word)


def _follows_nouns(word: str) -> bool:
    lists = english()
    known = word in lists["before_nouns"] or word in lists["before_verbs"]
    return known or _INFLECTED.fullmatch(word) is not None


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
        configuration) every synonym becomes the canonical term. Where it is part of a compound
        ("SARS-CoV-2"), has a modifier ("avian influenza") or stands beside the canonical term,
        that is only suggested.

    Known limits:
        A synonym that is introduced beside another name, in parentheses or after "also
        called", or with an abbreviation at its first mention, is no mixture and stays. An
        abbreviation introduced in parentheses, or by a definition of Markdown ("*[GP]: general
        practitioner"), is no mixture either, but --normalise writes it out from its second
        mention.
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
        normalise = context.config.normalise
        for concept, hits in used.items():
            if not normalise:  # an abbreviation that was introduced is no other name
                hits = [h for h in hits if not _explained(article, h)]
            # Inflections and spellings of one synonym are one name.
            if not hits or not (
                len({hit.listed for hit in hits}) > 1 or self._named(article, context, concept)
            ):
                continue
            seen: set[str] = set()
            for hit in hits:
                if normalise or hit.listed not in seen:
                    yield self._finding(article, hit, normalise=normalise)
                seen.add(hit.listed)

    def _named(self, article: Article, context: Context, concept: str) -> bool:
        """Whether the canonical term stands in the article, or names that it will replace."""
        if context.glossary.mentions(article.text, concept):
            return True
        return any(
            hit.concept == concept
            and hit.kind != ADMITTED
            and context.glossary.holds(hit, article.text, spun=context.looks_spun_beside(hit))
            and not self._introduced(article, hit, [])
            for hit in context.hits
        )

    def _introduced(self, article: Article, hit: Hit, earlier: list[Hit]) -> bool:
        """Whether this is a place where the synonym may stay."""
        start, end = hit.form_start, hit.form_end
        if off_limits(article).meets(start, end) or quotations(article).meets(start, end):
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
            applicability=_applicability(article, hit) if normalise else None,
            origin=hit.provenance,
            states_change=True,
        )
