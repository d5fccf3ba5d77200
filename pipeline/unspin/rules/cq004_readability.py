"""CQ004: text that is unusually hard or easy to read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article, BlockKind
from unspin.findings import Finding, Severity
from unspin.rules.base import Context

#: Outside these values lie less than two in 100 clean consumer articles (bench/structure.py).
_LEAST, _MOST = 0.0, 95.0
_LEAST_WORDS = 100
_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")
_SENTENCE_END = re.compile(r"[.!?]+(?=[\s\"”’)]|$)")
_VOWELS = re.compile(r"[aeiouy]+")
_JUDGED = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.QUOTE)


def _syllables(word: str) -> int:
    count = len(_VOWELS.findall(word))
    if word.endswith("e") and not word.endswith("le") and count > 1:
        count -= 1
    return max(1, count)


def flesch(texts: list[str]) -> float | None:
    """Flesch reading ease of some blocks; None for too few words to tell."""
    words = [w.lower() for t in texts for w in _WORD.findall(t)]
    if len(words) < _LEAST_WORDS:
        return None
    sentences = sum(max(1, len(_SENTENCE_END.findall(t))) for t in texts)
    syllables = sum(map(_syllables, words))
    return 206.835 - 1.015 * len(words) / sentences - 84.6 * syllables / len(words)


class Readability:
    """An article whose reading ease is far from what health articles have.

    What it does:
        Computes the Flesch reading ease, 206.835 - 1.015 x words per sentence - 84.6 x
        syllables per word (Flesch 1948), of the paragraphs and list items, and reports values
        below 0 or above 95.

    Why it matters:
        Values that low come from sentences run into each other or text that is no prose; values
        that high from text that was cut to pieces.

    Example:
        A page whose full stops were lost: one sentence of 400 words.

    Fix:
        None: information only, never part of the score (spun text often reads easily).

    Known limits:
        Syllables are counted by groups of vowels. Texts of fewer than 100 words are not judged.
    """

    id: ClassVar[str] = "CQ004"
    slug: ClassVar[str] = "readability"
    severity: ClassVar[Severity] = Severity.INFO

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields one finding where the value is an outlier."""
        ease = flesch([article.block_text(b) for b in article.blocks if b.kind in _JUDGED])
        if ease is None or _LEAST <= ease <= _MOST:
            return
        word = "hard" if ease < _LEAST else "easy"
        yield Finding(
            self.id,
            0,
            0,
            f"The text is unusually {word} to read (Flesch reading ease {ease:.0f}).",
            self.severity,
        )
