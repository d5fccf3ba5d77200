"""SD008: advertising code or share buttons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context
from unspin.rules.debris import cut, fault, folded, has_hint, settled
from unspin.rules.text import ends_sentence, word_lists

#: A line of buttons has few characters.
_LONGEST_LINE = 120


class Advertising:
    """Advertising code or share buttons.

    What it does:
        Finds script code of advertisements and counters, short codes of blog software, and
        lines of share buttons.

    Why it matters:
        It came with the page, not with the article.

    Example:
        "(adsbygoogle = window.adsbygoogle || []).push({});" and "Share on Facebook Tweet
        Pin It" are removed.

    Fix:
        Safe: the code, or the line, is removed.

    Known limits:
        Share buttons inside a sentence are left alone.
    """

    id: ClassVar[str] = "SD008"
    slug: ClassVar[str] = "advertising"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields what `find` sees and no other debris rule claims."""
        yield from settled(article, self.id)

    def find(self, article: Article) -> Iterator[Finding]:
        """Yields advertising code and share buttons."""
        text = article.text
        low = folded(article)
        if has_hint("code_hints", low):
            for match in _code().finditer(low):
                a, z = cut(text, *match.span())
                yield fault(self.id, a, z, "Code of an advertisement or page was left here.", "")
        if not has_hint("share_hints", low):
            return
        for block in article.blocks:
            if block.is_prose and not block.verbatim:
                for a, z in _button_lines(low, text, block.start, block.end):
                    yield fault(self.id, a, z, "Share buttons or an advertisement left here.", "")


def _button_lines(low: str, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Lines, or the end of a paragraph, made of nothing but buttons."""
    if end - start <= _LONGEST_LINE and _buttons().fullmatch(low, start, end):
        # A single word can be a heading; two buttons, or an unmistakable one, cannot.
        if " " in low[start:end] or low[start:end] in ("tweet", "advertisement", "advertisements"):
            yield start, end
        return
    tail = _tail().search(low, max(start, end - _LONGEST_LINE), end)
    if tail and ends_sentence(text[start : tail.start()]):
        yield cut(text, tail.start(), tail.end())


@lru_cache(maxsize=1)
def _code() -> re.Pattern[str]:
    return re.compile("|".join(sorted(word_lists("debris")["code_patterns"])))


@lru_cache(maxsize=1)
def _item() -> str:
    return (
        "(?:" + "|".join(sorted(word_lists("debris")["share_items"], key=len, reverse=True)) + ")"
    )


@lru_cache(maxsize=1)
def _buttons() -> re.Pattern[str]:
    return re.compile(rf"(?:{_item()}[\s|·•,/!.:]*)+")


@lru_cache(maxsize=1)
def _tail() -> re.Pattern[str]:
    return re.compile(
        r"(?<=[.!?] )(?:share (?:this|on)|tweet\b|pin it|follow us on|like us on)(?:(?!\. ).)*$"
    )
