"""Shared by the DU rules: sentences and paragraphs that come back in one article."""

from __future__ import annotations

import re
from dataclasses import dataclass

from unspin.article import Article, BlockKind, Span
from unspin.rules.telling import tells_something
from unspin.rules.text import per_article

#: Shorter sentences ("Ask your doctor first.") may well come back.
LEAST_WORDS = 6

_GAP = re.compile(r"(?<=[.!?])[\"”’)\]]*\s+(?=[A-Z0-9“\"‘(])")
_SPACES = re.compile(r"\s+")
_JUDGED = (BlockKind.PARAGRAPH, BlockKind.QUOTE)


@dataclass(frozen=True)
class Repetitions:
    """Second and later occurrences: spans to remove, white space on one side included.

    Args:
        sentences: Sentences.
        steps: Those of `sentences` that tell their reader what to do, or an amount, and have not
            stood under the same heading or list item before: each section may need its own.
        paragraphs: Paragraphs.
    """

    sentences: tuple[Span, ...]
    steps: frozenset[Span]
    paragraphs: tuple[Span, ...]


def _fold(text: str) -> str:
    return _SPACES.sub(" ", text).strip().casefold().replace("’", "'").rstrip(".!? ")


@per_article
def repetitions(article: Article) -> Repetitions:
    """Finds the sentences and paragraphs that the article has held before."""
    title = _fold(article.title)
    known_sentences: dict[str, int] = {}
    section = 0
    known_paragraphs: set[str] = set()
    sentences: list[Span] = []
    steps: set[Span] = set()
    paragraphs: list[Span] = []
    for block in article.blocks:
        section += block.kind in (BlockKind.HEADING, BlockKind.LIST_ITEM)
        if block.kind not in _JUDGED or block.verbatim:
            continue
        text = article.block_text(block)
        key = _fold(text)
        if key == title or key.count(" ") + 1 < LEAST_WORDS:
            continue
        if key in known_paragraphs:
            paragraphs.append(block.span)
            continue
        known_paragraphs.add(key)
        before = 0  # end of the sentence before
        for start, end in _sentences(text):
            said = _fold(text[start:end])
            if said.count(" ") + 1 >= LEAST_WORDS and said != title:
                if said in known_sentences:
                    a, b = (before, end) if start else (0, _next(text, end))
                    sentences.append(Span(block.start + a, block.start + b))
                    if known_sentences[said] != section and tells_something(said):
                        steps.add(sentences[-1])
                known_sentences[said] = section
            before = end
    return Repetitions(tuple(sentences), frozenset(steps), tuple(paragraphs))


def _next(text: str, end: int) -> int:
    return end + len(text[end:]) - len(text[end:].lstrip())


def _sentences(text: str) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    start = 0
    for gap in _GAP.finditer(text):
        end = gap.start() + len(gap.group().rstrip())
        out.append((start, end))
        start = gap.end()
    return [*out, (start, len(text))]
