"""Spun alike, restored alike: what the sure restorations of an article say of the rest of it.

A spinning program mostly replaces a word alike wherever it stands. Where "back discomfort" surely
stood for "back pain", and the language model proposes "pain" for "discomfort" elsewhere in the same
article, two witnesses say the same, and the article ends up with one name for one thing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from unspin.article import Article
from unspin.edits import Change, changes
from unspin.findings import Applicability, Finding
from unspin.glossary.inflect import plural_phrase
from unspin.rules.base import Context
from unspin.rules.terms import is_quoted

if TYPE_CHECKING:
    from unspin.language.model import JudgedSpan, Judgement

#: How many of the places at which the model proposes a change must be right by what it says, that
#: is, the sum of P(right): no single place decides, unless it is as good as certain. In 600
#: passages spun by all kinds of programs all of 95 such changes were right, and 70 of 108 with a
#: smaller sum (docs/model.md).
ENOUGH = 0.9
#: P(spun) that the place itself must have: of 13 places below it in articles made for this, two
#: hold what the author wrote (bench/data).
SUSPECT = 0.1
#: Letters with which two forms of one word begin alike: "ovaries" stands for "ovarian" before a
#: noun only.
STEM = 4


def restored_alike(
    article: Article, findings: Sequence[Finding], context: Context
) -> list[Finding]:
    """Make the fixes safe that do what sure restorations of the same article did.

    Only in an article that looks spun, where the model ran and proposes the same at enough places;
    never in quoted speech, and never what exchanges small words only.

    Args:
        article: The article.
        findings: Disjoint within a family.
        context: What the rules were given.

    Returns:
        The findings in order, those made safe with what they follow in their message.
    """
    if context.judgement is None or not context.looks_spun or context.left_to_person:
        return list(findings)
    known = _surely_made(article, findings)
    following: dict[int, list[Change]] = {}
    told: defaultdict[Change, float] = defaultdict(float)
    for index, finding in enumerate(findings) if known else ():
        if not _may_follow(finding) or is_quoted(article, finding.start, finding.end):
            continue
        made = changes(_found(article, finding), finding.replacements[0])
        if made and all(change in known and _is_telling(change) for change in made):
            following[index] = [known[change][0] for change in made]
            for change in following[index]:
                told[change] += _proposed(article, finding, made, context.judgement)
    out = list(findings)
    for index, base in following.items():
        borne = min(told[change] for change in base) >= ENOUGH
        if borne and _is_suspect(findings[index], base, context.judgement):
            out[index] = _settled(article, findings[index], known[base[0]][1])
    return out


def _surely_made(
    article: Article, findings: Sequence[Finding]
) -> dict[Change, tuple[Change, Finding]]:
    """Changes that sure restorations make, and the same to plurals: each as made, and the first."""
    known: dict[Change, tuple[Change, Finding]] = {}
    for finding in findings:
        if finding.rule != "SP001" or finding.applicability is not Applicability.SAFE:
            continue
        for old, new in changes(_found(article, finding), finding.replacements[0]):
            many = plural_phrase(new)  # a mass word has none, so one side may lack it
            for like in ((old, new), (old, many), (plural_phrase(old), many)):
                known.setdefault(like, ((old, new), finding))
    return known


def _proposed(
    article: Article, finding: Finding, made: Sequence[Change], judgement: Judgement
) -> float:
    """P(right) that the model gives changes where it proposes them first; else 0."""
    return max(
        (
            span.replacements[0].probability
            for span in judgement.spans_in(finding.start, finding.end)
            if span.replacements
            and set(made) <= set(changes(_found(article, span), span.replacements[0].text))
        ),
        default=0.0,
    )


def _is_suspect(finding: Finding, made: Sequence[Change], judgement: Judgement) -> bool:
    """Whether a place looks spun itself, and a word to be changed is part of no set phrase.

    "Hazard" may stand for "risk" in an article, and "hazard ratio" for what it says.
    """
    start, end = finding.start, finding.end
    single = not any(" " in words for change in made for words in change)
    if single and judgement.collocates(start, end):
        return False
    return judgement.highest(start, end) >= SUSPECT


def _settled(article: Article, finding: Finding, like: Finding) -> Finding:
    told = f"“{_found(article, like)}” in the same article stands for “{like.replacements[0]}”."
    return replace(finding, applicability=Applicability.SAFE, message=f"{finding.message} {told}")


def _may_follow(finding: Finding) -> bool:
    """Whether others may settle a finding: what a glossary entry leaves to an editor stays so."""
    if not finding.replacements:
        return False
    if finding.rule == "SP001":
        return finding.applicability is Applicability.SUGGESTED
    return finding.rule == "SP002" and finding.applicability is not Applicability.SAFE


def _is_telling(change: Change) -> bool:
    """Whether a change exchanges words of content, and not two forms of one word."""
    from unspin.language.certainty import FUNCTION_WORDS

    old, new = (words.split() for words in change)
    if not all(any(w.isalpha() and w not in FUNCTION_WORDS for w in side) for side in (old, new)):
        return False
    return len(old) > 1 or len(new) > 1 or old[0][:STEM] != new[0][:STEM]


def _found(article: Article, place: Finding | JudgedSpan) -> str:
    return " ".join(article.text[place.start : place.end].split())
