"""SP001: a spun variant of a glossary term."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar

from unspin.article import Article
from unspin.edits import Change, changes
from unspin.findings import Applicability, Finding, Severity
from unspin.glossary.concept import EDITOR, SAFE, SPUN, SUGGESTED, UNSEEN
from unspin.glossary.restoring import is_strong
from unspin.glossary.spelling import respell
from unspin.rules.base import Context
from unspin.rules.terms import (
    in_name,
    in_quotes,
    is_quoted,
    is_unlikely,
    off_limits,
    quotations,
    trimmed,
)

if TYPE_CHECKING:
    from unspin.glossary.matcher import Hit
    from unspin.language.model import JudgedSpan

#: Probability that a hit is a fault, by applicability; set on the development phrases and the
#: clean corpus: safe forms without a condition do not occur in 17 M clean words.
CONFIDENCE = {SAFE: 0.97, SUGGESTED: 0.7, EDITOR: 0.6}
#: A safe form whose condition holds occurs in clean text, but rarely where the condition holds;
#: a likely one was never counted there, but somebody knows a text in which it is right.
CONDITIONAL = 0.9
#: A safe form that stands alone in a text that else looks clean, or a likely one in such a text. On
#: clean documents that nobody counted in, .02 such forms stand in 1,000 words, never two together
#: (bench/glossary.py).
ALONE = 0.8
#: Code points on each side in which another concept's hit is company: a window of 200 words.
COMPANY = 1300
#: P(spun) below which the model's verdict is "clean" with a margin: half of the default verdict.
CLEAN = 0.25
#: P(spun) of its words by the model below which a form that may be right is taken to be right: on
#: development phrases 4 false alarms of 21 lie there, and 9 % of what such forms rightly find. Not
#: asked of safe and likely forms in an article that looks spun: 5 of 5 below it are right there.
UNLIKELY = 0.1
#: The same in an article that reads clean, for every form: of 161 sure forms in development phrases
#: one lies below.
DOUBTED = 0.3
#: A text of fewer words may hold a single fault though all of it is spun (the words of a window).
SHORT = 200


class SpunTerm:
    """A garbled variant of a term that the glossary knows.

    What it does:
        Finds wording that spinning programs make of medical terms ("bosom malignancy" for
        "breast cancer"), as the glossary lists it, in any case, across line breaks. Forms
        that may also be right are found only where their conditions hold (words before or
        after, not as a verb), or are likely: applied where other evidence shows the text to be
        spun (the article, other forms, or the language model, which reports the same words),
        only suggested elsewhere.

    Why it matters:
        Readers cannot look up "heart disappointment", and some garbled terms name another
        disease. All variants of one concept become the same term, so that an article speaks
        of one thing by one name.

    Example:
        "Smoking is a chance variable for a heart assault." becomes "Smoking is a risk factor
        for a heart attack."

    Fix:
        As the glossary entry says: safe, likely, suggested, or for a medical editor. A suggested
        form is safe in an article that surely is spun where the language model by itself restores
        the same and is sure enough of it ("bile channel"), and in one in which sure forms make the
        same change and the model proposes it as well ("reduced back" beside "reduced back pain").
        Case, number, tense, a/an and British or American spelling follow the place.

    Known limits:
        Only wording that the glossary lists is found. A safe form is only suggested where it
        stands alone in a longer text that shows no other sign of spinning, or alone in
        quotation marks. Quoted speech is left alone unless the article looks spun, and never
        changed; names of organisations are left alone.
    """

    id: ClassVar[str] = "SP001"
    slug: ClassVar[str] = "spun-term"
    severity: ClassVar[Severity] = Severity.ERROR

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields spun variants whose conditions hold."""
        for hit in context.hits:
            if hit.kind != SPUN:
                continue
            spun = context.looks_spun_beside(hit) or _is_reported(context, hit)
            if not context.glossary.holds(hit, article.text, spun=spun):
                continue
            if off_limits(article).meets(hit.start, hit.end):
                continue
            if _is_doubted(context, hit):
                continue
            clean = _reads_clean(context, hit)
            if clean and (hit.when or hit.applicability not in UNSEEN):
                continue
            quoted = quotations(article).meets(hit.start, hit.end)
            named = in_name(article, hit.form_start, hit.form_end) and hit.concept.islower()
            if named or (quoted and not spun):
                continue
            fix = hit.fix(spun=spun and not clean)
            if fix == SUGGESTED and _is_borne_out(article, context, hit):
                fix = SAFE
            certain = fix == SAFE
            alone = hit.applicability in UNSEEN and (
                not certain
                or _stands_alone(article, context, hit)
                or in_quotes(article, hit.form_start, hit.form_end)
            )
            found = article.text[hit.form_start : hit.form_end]
            start, end, new = trimmed(article.text, hit.start, hit.end, hit.replacement)
            yield Finding(
                self.id,
                start,
                end,
                f"“{' '.join(found.split())}” is spun wording for “{hit.concept}”.",
                self.severity if certain else Severity.WARNING,
                confidence=_confidence(hit, alone),
                replacements=(new,),
                applicability=_applicability(fix, alone, quoted),
                origin=hit.provenance,
                states_change=True,
            )


def _reads_clean(context: Context, hit: Hit) -> bool:
    """Whether the model takes the article for clean, and no other hit near by says otherwise.

    Forms that clean text may hold need more than their condition then.
    """
    if context.judgement is None or context.spun_probability >= CLEAN:
        return False
    return not _in_company(context, hit)


def _is_reported(context: Context, hit: Hit) -> bool:
    """Whether the model by itself, without the glossary, reports words of a form."""
    judgement = context.judgement
    return judgement is not None and bool(judgement.spans_in(hit.form_start, hit.form_end))


def _is_borne_out(article: Article, context: Context, hit: Hit) -> bool:
    """Whether the model, in an article that surely is spun, restores what the glossary does.

    It must be as sure as it is of what it suggests: of 53 such places in 58 articles and 60
    paragraphs of imitated spinners all are the author's wording or as good; of 20 between .6 and
    that two are words of the author that nothing was wrong with (docs/model.md).
    """
    judgement = context.judgement
    if judgement is None or judgement.doubted or not context.looks_spun:
        return False
    if context.left_to_person:
        return False
    if is_quoted(article, hit.form_start, hit.form_end):
        return False
    return any(
        span.certainty >= judgement.suggest_probability and _changes_too(article, hit, span)
        for span in judgement.spans_in(hit.start, hit.end)
        if span.replacements
    )


def _changes_too(article: Article, hit: Hit, span: JudgedSpan) -> bool:
    """Whether the first replacement of a span makes all changes that a hit's makes."""
    start, end = min(hit.start, span.start), max(hit.end, span.end)

    def made(a: int, b: int, new: str) -> set[Change]:
        restored = f"{article.text[start:a]}{new}{article.text[b:end]}"
        old, new = (respell(t, british=False) for t in (article.text[start:end], restored))
        return set(changes(old, new))

    ours = made(hit.start, hit.end, hit.replacement)
    return bool(ours) and ours <= made(span.start, span.end, span.replacements[0].text)


def _is_doubted(context: Context, hit: Hit) -> bool:
    """Whether the model, where it ran, takes all words of a form for the author's own."""
    clean = context.spun_probability < CLEAN
    sure = is_strong(hit) or (context.looks_spun and hit.applicability in UNSEEN)
    if sure and not clean:
        return False
    least = DOUBTED if clean else UNLIKELY
    return is_unlikely(context, hit.form_start, hit.form_end, least)


def _stands_alone(article: Article, context: Context, hit: Hit) -> bool:
    """Whether nothing else says that the text around a hit is spun."""
    if context.looks_spun or article.words < SHORT:
        return False
    return not _in_company(context, hit)


def _in_company(context: Context, hit: Hit) -> bool:
    """Whether a form of another concept that is evidence by itself stands near a hit.

    One with a condition stands in clean text, too, and of a likely one somebody knows a right
    sentence: they are no evidence for others, as they are none for each other.
    """
    near = (hit.start - COMPANY, hit.end + COMPANY)
    first = bisect_left(context.hits, near[0], key=attrgetter("start"))
    last = bisect_right(context.hits, near[1], key=attrgetter("start"))
    return any(
        is_strong(other) and other.concept != hit.concept and not _is_doubted(context, other)
        for other in context.hits[first:last]
    )


def _confidence(hit: Hit, alone: bool) -> float:
    if alone:
        return ALONE
    if hit.applicability in UNSEEN and not is_strong(hit):
        return CONDITIONAL
    return CONFIDENCE[hit.applicability]


def _applicability(fix: str, alone: bool, quoted: bool) -> Applicability:
    if quoted:
        return Applicability.EDITOR
    return Applicability.SUGGESTED if alone else Applicability(fix)
