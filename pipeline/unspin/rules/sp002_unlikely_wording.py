"""SP002: wording that the language model takes for a spinning program's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar

from unspin.article import Article
from unspin.findings import Applicability, Finding, Severity
from unspin.glossary.concept import SPUN
from unspin.glossary.shadow import fold
from unspin.glossary.spelling import is_british_beside, respell
from unspin.guard import facts
from unspin.places import Cover, overlapping
from unspin.rules.base import Context
from unspin.rules.sp001_spun_term import SpunTerm
from unspin.rules.sp003_spinner_signature import SpinnerSignature
from unspin.rules.terms import is_quoted, off_limits
from unspin.rules.text import opens_sentence

if TYPE_CHECKING:
    from unspin.language.model import JudgedSpan

#: P(right) that a replacement needs to be offered: of the best ones of 604 places in development
#: articles 1 of 17 below it is right, of 602 further ones 13.
OFFERED = 0.1

#: The same where the replacement takes the wording away: of 45 such below it none is right, of
#: those in sentences with a phrase of a real spun page 7 of 9 above it.
OFFERED_REMOVAL = 0.4

#: P(spun) that the words beside a term must have by themselves: less is reported in no other text
#: that is not spun throughout, and of 6 such in imitated articles none was changed rightly.
SUSPECT = 0.2


def _stated(text: str) -> frozenset[str]:
    """Numbers, units and drugs of a wording: no original lacks those that a program left."""
    return frozenset(f for f in facts(text) if f.startswith(("number:", "unit:", "drug:")))


def _is_stated(wording: str) -> bool:
    """Whether a wording is a unit or a drug and nothing else."""
    if " " in wording:
        return False
    counted = facts(f"1 {wording}")  # a unit is one behind a number
    return any(f.startswith(("unit:", "drug:")) for f in counted)


def _words(article: Article, span: JudgedSpan) -> str:
    return " ".join(article.text[span.start : span.end].split())


def _has_the_say(term: Finding, finding: Finding) -> bool:
    """Whether a term comes before what the model says of the same words.

    What the model restores unasked comes before what the glossary only suggests.
    """
    safe = Applicability.SAFE
    return term.applicability is safe or finding.applicability is not safe


def _beside(article: Article, span: JudgedSpan, terms: Sequence[Finding]) -> JudgedSpan:
    """What is left of a span beside the glossary's terms at its ends, where both say the same.

    "Lifeblood exemplar" for "blood sample": the glossary knows the one word, the model both.
    """
    text = article.text
    for term in (*terms, *reversed(terms)):  # from the left, then from the right
        if not span.replacements or not (span.start <= term.start and term.end <= span.end):
            continue
        new = term.replacements[0].split()
        first, last = term.start == span.start, term.end == span.end
        if first == last:  # all of it, or in its middle
            continue
        if not text[term.end if first else term.start - 1].isspace():  # a part of a word
            continue
        left = [
            (r, words)
            for r in span.replacements
            if (words := _without(r.text.split(), new, first=first)) is not None
        ]
        if not left or left[0][0] is not span.replacements[0]:
            continue
        span = replace(
            span,
            start=_skipped(text, term.end, 1) if first else span.start,
            end=span.end if first else _skipped(text, term.start, -1),
            replacements=tuple(replace(r, text=" ".join(words)) for r, words in left),
        )
    return span


def _without(words: list[str], new: list[str], *, first: bool) -> list[str] | None:
    """The words of a replacement without those that it begins or ends with; None if it does not."""
    size = len(new)
    if len(words) <= size:
        return None
    edge, rest = (words[:size], words[size:]) if first else (words[-size:], words[:-size])
    one, other = (respell(" ".join(side), british=False) for side in (edge, new))
    return rest if one.casefold() == other.casefold() else None


def _skipped(text: str, at: int, step: int) -> int:
    """The next place, forwards or backwards, that is not beside white space on that side."""
    while text[at if step > 0 else at - 1].isspace():
        at += step
    return at


class UnlikelyWording:
    """Wording that no list knows, and that clean medical text would not use here.

    What it does:
        Reports words that the language model takes for a spinning program's, given the sentence,
        the article and its surroundings: in an article that looks clean only near-certain words,
        in one that looks spun weaker evidence counts. A unit or the name of a drug is reported
        only with an original for it. Of a longer wording of which the glossary knows one end
        (SP001), the rest is reported.

    Why it matters:
        Spinning programs draw on tens of thousands of pairs of words; no list holds them all.
        "Squeezed nerve" is understood, "aspect joints" is not, and a reader cannot look it up.

    Example:
        "The frightened gadget carries signals from the brain." The model proposes "nervous
        system" for "frightened gadget".

    Fix:
        Up to five replacements, best first, with their order learned from spun training text;
        none that is hardly ever right (P below .1; below .4, or at the start of a sentence, if
        it would take the wording away).
        The first is suggested in an article that is spun as a whole, where all evidence bears it
        out, as long as it takes no word away and changes a word of content; else it is for an
        editor. It is safe in two cases. The model is as good as certain (.93), the list of spun
        wordings knows each word that changes, and the article looks spun beyond doubt: "kidney
        rock" is a kidney stone. Or the glossary's sure restorations (SP001) in the same article
        make the same change, the model proposes it at enough places, and the place itself looks
        spun and is no set phrase: once "back discomfort" is back pain, "the discomfort" is the
        pain, but a hazard ratio stays one. What the glossary leaves to an editor stays so.
        British or American spelling follows the author's own words, not the spun forms that the
        glossary knows.

    Known limits:
        Fluent spinning (every word a fair synonym, grammar kept) is mostly missed in short
        texts. The model is right about the place more often than about the replacement; see
        docs/model.md for measured figures. Quoted speech is never changed.
    """

    id: ClassVar[str] = "SP002"
    slug: ClassVar[str] = "unlikely-wording"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields the spans of the model's judgement that rules may judge."""
        if context.judgement is None:
            return
        known = [hit for hit in context.hits if hit.kind != SPUN]
        signed = Cover((f.start, f.end) for f in SpinnerSignature().check(article, context))
        forms = ((h.form_start, h.form_end) for h in context.hits if h.kind == SPUN)
        british: bool | None = None
        terms: list[Finding] = []
        if context.judgement.spans:
            british = is_british_beside(fold(article.text), forms)
        proposed = any(span.replacements for span in context.judgement.spans)
        if proposed and context.config.runs(SpunTerm.id):
            terms = sorted(SpunTerm().check(article, context), key=attrgetter("start"))
        for span in context.judgement.spans:
            if off_limits(article).meets(span.start, span.end):
                continue
            if signed.meets(span.start, span.end):  # SP003 says what it is
                continue
            # A name that the glossary admits is wording that an editor has looked at.
            if any(hit.start <= span.start and span.end <= hit.end for hit in known):
                continue
            over = overlapping(terms, span.start, span.end)
            finding = self._finding(article, context, span, british, over)
            rest = _beside(article, span, [t for t in over if _has_the_say(t, finding)])
            if rest is not span:
                p = context.judgement.highest(rest.start, rest.end)
                same = rest.replacements[0].text.casefold() == _words(article, rest).casefold()
                if same or p < SUSPECT:
                    continue  # the glossary says all that there is to say
                rest = replace(rest, spun_probability=p)
                over = overlapping(terms, rest.start, rest.end)
                finding = self._finding(article, context, rest, british, over)
            # What names a unit or a drug, and has no original, is the author's.
            if finding.replacements or not _is_stated(article.text[rest.start : rest.end]):
                yield finding

    def _finding(
        self,
        article: Article,
        context: Context,
        span: JudgedSpan,
        british: bool | None,
        terms: Sequence[Finding],
    ) -> Finding:
        judgement = context.judgement
        assert judgement is not None  # it gave the span
        found = _words(article, span)
        opens = opens_sentence(article.text, span.start)  # which rarely reads well without it
        stated = _stated(found)
        offered = [
            r
            for r in span.replacements
            if r.probability >= (OFFERED if r.text else OFFERED_REMOVAL)
            and (r.text or not opens)
            and not stated - _stated(r.text)
        ]
        texts: Iterable[str] = (r.text for r in offered)
        if british is not None:  # the model mostly read American text
            texts = (respell(text, british=british) for text in texts)
        applicability = None
        if offered:
            applicability = Applicability.EDITOR
            certain = offered[0] is span.replacements[0]  # of which alone the model says so
            if certain and not is_quoted(article, span.start, span.end):
                if span.certainty >= judgement.suggest_probability:
                    applicability = Applicability.SUGGESTED
                if judgement.is_sure(span) and not context.left_to_person:
                    applicability = Applicability.SAFE
            if any(term.applicability is Applicability.EDITOR for term in terms):
                applicability = Applicability.EDITOR
        return Finding(
            self.id,
            span.start,
            span.end,
            f"“{found}” reads like the work of a spinning program.",
            self.severity,
            confidence=span.spun_probability,
            replacements=tuple(texts),
            applicability=applicability,
            origin="language model",
        )
