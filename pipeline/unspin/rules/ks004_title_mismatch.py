"""KS004: a title that does not fit the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

from unspin.article import Article, BlockKind
from unspin.findings import Applicability, Finding, Severity
from unspin.glossary.concept import ADMITTED
from unspin.rules.base import Context
from unspin.rules.stuffing import insertions, without_insertions
from unspin.rules.text import word_lists

_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]+")
#: Shorter texts say too little to be compared with a title, in words.
_LEAST_WORDS = 150
#: Share of the title's words that never occur in the text: of a stuffed title, of another one.
#: Set on the documents of the clean corpus that are not kept: no finding there.
_MISSING_STUFFED = 0.2
_MISSING = 0.75
#: Words that a title without stuffing must have to be judged.
_LEAST_TITLE = 3
#: Words are compared without endings by their first letters.
_STEM = 5


class TitleMismatch:
    """Title that does not fit the text.

    What it does:
        Looks for the words of the title in the text (insertions of the title aside), and
        reports a title whose words are missing there: one of five where the text is stuffed
        with the title, three of four otherwise. A word that the text says in spun wording
        ("chance variables" for "risk factors") is not missing.

    Why it matters:
        A search phrase was put over an article on something else.

    Example:
        "Best Knee Brace Running" over a text on back pain.

    Fix:
        For an editor only: a title from the article's own headings and terms is proposed.

    Known limits:
        Synonyms of the title's words count as missing; headlines that play with words can be
        reported.
    """

    id: ClassVar[str] = "KS004"
    slug: ClassVar[str] = "title-mismatch"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields one finding at the title where it does not fit."""
        words = _content(article.title)
        if not words or article.words < _LEAST_WORDS:
            return
        body = _body(article)
        missing = [w for w in words if w.lower()[:_STEM] not in body]
        stuffed = any(i.from_title and i.sure for i in insertions(article))
        if not stuffed and (";" in article.title or article.title.rstrip().endswith("?")):
            return  # a first line of authors, or a box's question, is no title that could mislead
        if not missing or not _mismatch(len(words), len(missing), stuffed):
            return
        meant = _meant(article, context)
        missing = [w for w in missing if w.lower()[:_STEM] not in meant]
        if not missing or not _mismatch(len(words), len(missing), stuffed):
            return
        better = _restored(_suggest(article, body), context)
        start, end = (
            (article.title_span.start, article.title_span.end) if article.title_span else (0, 0)
        )
        yield Finding(
            self.id,
            start,
            end,
            f"The title does not fit the text, which never says {_quoted(missing)}.",
            self.severity,
            confidence=0.8,
            replacements=(better,) if better else (),
            applicability=Applicability.EDITOR if better else None,
        )


def _mismatch(words: int, missing: int, stuffed: bool) -> bool:
    if stuffed:
        return missing >= _MISSING_STUFFED * words
    return words >= _LEAST_TITLE and missing >= _MISSING * words


def _content(text: str) -> list[str]:
    lists = word_lists("stuffing")
    light = lists["light_words"] | lists["function_words"] | lists["search_words"]
    return [w for w in _WORD.findall(text) if len(w) > 3 and w.lower() not in light]


def _body(article: Article) -> str:
    """The folded text without the title and its insertions."""
    text = without_insertions(article).lower()
    title = article.title.lower()
    return text[len(title) :] if article.title_span and text.startswith(title) else text


def _meant(article: Article, context: Context) -> str:
    """The folded terms that the text means where it says something else (SP001, TN001)."""
    spans = [(i.start, i.end) for i in insertions(article)]
    if article.title_span is not None:  # what the title says of itself is no proof
        spans.append((article.title_span.start, article.title_span.end))
    return " ".join(
        hit.replacement.lower()
        for hit in context.hits
        if hit.kind != ADMITTED and not any(a < hit.end and hit.start < b for a, b in spans)
    )


def _quoted(words: list[str]) -> str:
    return ", ".join(f"“{w.lower()}”" for w in dict.fromkeys(words))


def _suggest(article: Article, body: str) -> str:
    """A heading made of the text's most frequent terms, or its most frequent pair of words."""
    counts = Counter(w[:_STEM] for w in _content(body))
    pairs = Counter(
        f"{a} {b}" for a, b in _pairs(body) if counts[a[:_STEM]] > 1 and counts[b[:_STEM]] > 1
    )
    headings = [
        article.block_text(b)
        for b in article.blocks
        if b.kind is BlockKind.HEADING and b.span != article.title_span
    ]
    # "When to see a doctor" stands in every article: two words of content make a title.
    fitting = [h for h in headings if len(_content(h)) > 1 and not h.endswith("?")]
    if fitting:
        return max(fitting, key=lambda h: _weight(h, counts))
    return pairs.most_common(1)[0][0].title() if pairs else ""


def _restored(title: str, context: Context) -> str:
    """A suggested title without the spun terms that its words may hold."""
    for hit in reversed(context.glossary.find(title)):
        if hit.kind == "spun":
            title = title[: hit.start] + hit.replacement + title[hit.end :]
    return title


def _weight(heading: str, counts: Counter[str]) -> float:
    words = _content(heading)
    return sum(counts[w.lower()[:_STEM]] for w in words) / (len(words) + 1) if words else 0.0


def _pairs(body: str) -> Iterator[tuple[str, str]]:
    words = _WORD.findall(body)
    content = set(_content(body))
    for a, b in pairwise(words):
        if a in content and b in content:
            yield a, b
