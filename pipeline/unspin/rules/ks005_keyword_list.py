"""KS005: a list of search phrases."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from unspin import guard
from unspin.article import Article, Block, BlockKind
from unspin.findings import Applicability, Finding, Severity
from unspin.rules.base import Context
from unspin.rules.stuffing import Phrase
from unspin.rules.text import reference_blocks, word_lists

#: A list of search phrases has at least so many, none longer, and half of them of two words.
LEAST_PHRASES = 4
LONGEST_PHRASE = 8
#: Least number of phrases that are searches by their words, or lead to places, for it to be sure.
LEAST_SEARCHED = 2
#: Share of the phrases that hold the word that all are about.
SHARED = 0.75
#: A run of words without a sign: so many at least, and its commonest pair so often.
LEAST_RUN = 8
LEAST_PAIRS = 3
#: Least number of places in a list of them.
LEAST_PLACES = 5

_SIGNS = re.compile(r"\s*[,;|•·/\n]\s*|\s+[-–—]\s+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_STOP = re.compile(r"[.!?:](?:\s+\S)")
_LONG = 4
#: Longest label of such a line, in characters.
_LABEL = 60


class KeywordList:
    """A list of search phrases.

    What it does:
        Finds lines that hold nothing but search phrases about one thing, parted by commas, bars
        or dashes; the words of such phrases without any sign between them; the label "Keywords:"
        with searches behind it; and lists of the places that a page wants to be found in.

    Why it matters:
        They are written for search engines, and often hidden from readers. A text that was
        scraped shows them.

    Example:
        "wrist pain cure, wrist pain remedies, best wrist brace, wrist brace near me" is no
        sentence, and says nothing.

    Fix:
        Safe where at least four phrases share a word and two are searches by their words ("best",
        "near me"). Else suggested. An editor decides where the line names a drug, an amount or
        advice.

    Known limits:
        Lists of terms without words of searches ("surgical treatment, medical treatment") are
        left alone, however often they repeat a word.
    """

    id: ClassVar[str] = "KS005"
    slug: ClassVar[str] = "keyword-list"
    severity: ClassVar[Severity] = Severity.ERROR

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields lists of search phrases."""
        skipped = reference_blocks(article)
        for i, block in enumerate(article.blocks):
            if i in skipped or not _may_be_list(article, block):
                continue
            text = article.block_text(block)
            verdict = _judge(text)
            if verdict is None:
                continue
            level = Applicability.EDITOR if _may_matter(text) else verdict.level
            yield Finding(
                self.id,
                block.start,
                block.end,
                f"This line is {verdict.what}: keyword stuffing.",
                self.severity if level is Applicability.SAFE else Severity.WARNING,
                confidence=0.95 if level is Applicability.SAFE else 0.6,
                replacements=("",),
                applicability=level,
            )


@dataclass(frozen=True, slots=True)
class _Verdict:
    what: str
    level: Applicability


def _may_be_list(article: Article, block: Block) -> bool:
    if block.kind not in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.HEADING):
        return False
    if not block.is_prose or block.verbatim:
        return False
    span = article.title_span
    return span is None or block.span != span


def _may_matter(text: str) -> bool:
    """Whether a line holds a drug, an amount or a word that instructs."""
    facts = guard.facts(text)
    if guard.amounts(text) or any(f.startswith(("drug:", "unit:")) for f in facts):
        return True
    lists = word_lists("stuffing")
    said = {w.lower() for w in _WORD.findall(text)}
    return not said.isdisjoint(lists["drugs"] | lists["instructing_words"])


def _judge(text: str) -> _Verdict | None:
    """What a line is, if it is a list for search engines."""
    label = _labelled(text) if ":" in text[:_LABEL] else None
    if label:
        return label
    if _STOP.search(text):
        return None
    phrases = [p for p in _SIGNS.split(text.strip(" .!,;|•·-–—\n")) if p]
    if len(phrases) >= LEAST_PHRASES:
        return _judge_phrases(phrases)
    return _judge_run(text) if len(phrases) == 1 else None


def _labelled(text: str) -> _Verdict | None:
    lists = word_lists("stuffing")
    low = text.lower()
    label = re.match(lists["keyword_label"], low)
    if label:
        said = _SIGNS.split(text[label.end() :].strip())
        short = all(len(p.split()) <= LONGEST_PHRASE for p in said)
        # Journals name key words, too: none of them is a search.
        searched = any(Phrase(p, from_title=False).searched for p in said)
        if short and searched and not _STOP.search(text[label.end() :]):
            return _Verdict("a list of key words", Applicability.SUGGESTED)
    label = re.match(lists["place_label"], low)
    if label:
        places = [p.strip(" .") for p in _SIGNS.split(text[label.end() :])]
        capital = all(p[:1].isupper() and len(p.split()) <= _LONG for p in places if p)
        if len(places) >= LEAST_PLACES and capital:
            return _Verdict("a list of places to be found in", Applicability.SUGGESTED)
    return None


def _judge_phrases(phrases: list[str]) -> _Verdict | None:
    """Whether phrases are searches for one thing."""
    words = [[w.lower() for w in _WORD.findall(p)] for p in phrases]
    if any(len(w) > LONGEST_PHRASE for w in words):
        return None
    if sum(len(w) >= 2 for w in words) < len(words) / 2:
        return None
    if _share(words) < SHARED:
        return None
    searched = sum(Phrase(p, from_title=False).searched for p in phrases)
    if searched < LEAST_SEARCHED:
        return None
    return _Verdict("a list of search phrases", Applicability.SAFE)


def _share(phrases: list[list[str]]) -> float:
    """Share of the phrases that hold the word that most of them hold."""
    glue = word_lists("stuffing")["function_words"] | word_lists("stuffing")["search_words"]
    counts = Counter(w for p in phrases for w in set(p) if len(w) >= _LONG and w not in glue)
    return max(counts.values(), default=0) / len(phrases)


def _judge_run(text: str) -> _Verdict | None:
    """Whether words without a sign between them are searches one after the other."""
    if re.search(r"[^\w\s'’-]", text) or not text[:1].islower():
        return None
    words = [w.lower() for w in _WORD.findall(text)]
    if len(words) < LEAST_RUN:
        return None
    glue = word_lists("stuffing")["function_words"]
    pairs = Counter(p for p in pairwise(words) if glue.isdisjoint(p))
    often = max(pairs.values(), default=0)
    if often < LEAST_PAIRS or 4 * often < len(words) / 2:
        return None
    if not word_lists("stuffing")["search_words"].intersection(words):
        return None
    return _Verdict("a row of search phrases", Applicability.SUGGESTED)
