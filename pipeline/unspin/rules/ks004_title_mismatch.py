"""KS004: a title that does not fit the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from string import capwords
from typing import ClassVar

from unspin.article import Article, BlockKind
from unspin.findings import Applicability, Finding, Severity
from unspin.glossary.concept import ADMITTED
from unspin.rules.base import Context
from unspin.rules.stuffing import Phrase, insertions, title_cased, without_insertions
from unspin.rules.text import word_lists

_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]+")
#: "I've seen" and "it's true" are no titles.
_CONTRACTED = re.compile(
    r"(?:[’'](?:ve|re|ll|d|m|t)|\b(?:it|that|there|what|who|he|she|let|here)[’']s)$", re.I
)
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
        with the title, three of four where it reads like a search phrase, all of them where
        every word of it has a capital. A word that the text says in spun wording ("chance
        variables" for "risk factors") is not missing.

    Why it matters:
        A search phrase was put over an article on something else.

    Example:
        "Best Knee Brace Running" over a text on back pain.

    Fix:
        For an editor only: a title from the article's own headings and terms is proposed.

    Known limits:
        Synonyms of the title's words count as missing; headlines that play with words can be
        reported where they are written in capitals. A title written like a sentence, or in
        capitals alone, is only compared where the text is stuffed with it.
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
        missing = [w for w in words if _stem(w) not in body]
        stuffed = any(i.from_title and i.sure for i in insertions(article))
        if not stuffed and (";" in article.title or article.title.rstrip().endswith("?")):
            return  # a first line of authors, or a box's question, is no title that could mislead
        least = _MISSING_STUFFED if stuffed else _least_missing(article.title)
        if not _mismatch(words, missing, least, stuffed):
            return
        meant = _meant(article, context)
        missing = [w for w in missing if _stem(w) not in meant]
        if not _mismatch(words, missing, least, stuffed):
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


def _least_missing(title: str) -> float:
    """Share of the words of a title without stuffing that must be missing; above 1 for none.

    An editor's headline paints a picture ("Dreich days and the sunshine vitamin"), and the first
    line of a form names the form: neither need come back in the text.
    """
    phrase = Phrase(title, from_title=True)
    capitals = sum(c.isupper() for c in title) > sum(c.islower() for c in title)
    if "__" in title or capitals:
        return 2.0
    if phrase.searched:
        return _MISSING
    return 1.0 if title_cased(title) else 2.0


def _mismatch(words: list[str], missing: list[str], least: float, stuffed: bool) -> bool:
    judged = stuffed or len(words) >= _LEAST_TITLE
    return bool(missing) and judged and len(missing) >= least * len(words)


def _stem(word: str) -> str:
    """The first letters of a word; "days" is said where the text says "day"."""
    low = word.lower()
    return (low[:-1] if low.endswith("s") and not low.endswith("ss") else low)[:_STEM]


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
    # Not `str.title`, which makes "Crohn'S" of "Crohn's".
    return capwords(pairs.most_common(1)[0][0]) if pairs else ""


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
    content = {w for w in _content(body) if not _CONTRACTED.search(w)}
    for a, b in pairwise(words):
        if a in content and b in content:
            yield a, b
