"""SD008: advertising code or share buttons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import takewhile
from typing import ClassVar

from unspin.article import Article, Block
from unspin.findings import Finding, Severity
from unspin.rules.base import Context
from unspin.rules.debris import (
    block_at,
    cut,
    fault,
    folded,
    has_hint,
    hinted,
    sentence_around,
    settled,
)
from unspin.rules.text import ends_sentence, word_lists

_UNMISTAKABLE = frozenset(("tweet", "advertisement", "advertisements"))
#: Lines below a label that are a row of buttons, and the longest of them in words.
_LEAST_ROW = 2
_LONGEST_NAME = 3
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
        Safe: the code, or the line, is removed. Short codes are removed from plain text only;
        in HTML, Markdown, JSON Lines and Word their removal is suggested, for the site that
        the page belongs to may show a gallery or a form in their place.

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
            # No site runs the short codes of a text that was taken from a page.
            dead = article.source.format == "txt"
            for match in _code().finditer(low):
                a, z = cut(text, *match.span())
                if match.lastgroup is None:
                    message = "Code of an advertisement or page was left here."
                    yield fault(self.id, a, z, message, "")
                else:
                    message = "A short code of a content system stands here."
                    yield fault(self.id, a, z, message, "", safe=dead)
        done = 0
        for at in hinted("share_hints", low):
            block = block_at(article, at)
            if at < done or not block.is_prose or block.verbatim:
                continue
            a, z = _buttons_around(low, block, at)
            if a < z and _label().fullmatch(low, a, block.end):
                yield from _row_below(article, block)
            done = z
            if a < z:
                a, z = cut(text, a, z)
                yield fault(self.id, a, z, "Share buttons or an advertisement left here.", "")


def _row_below(article: Article, label: Block) -> Iterator[Finding]:
    """Networks on lines of their own below "Share this:": at least two, one a line."""
    low = folded(article)
    at = article.blocks.index(label) + 1
    row = list(takewhile(lambda b: _names_one(low[b.start : b.end]), article.blocks[at:]))
    if len(row) < _LEAST_ROW:
        return
    for block in row:
        a, z = cut(article.text, block.start, block.end)
        yield fault("SD008", a, z, "Share buttons or an advertisement left here.", "")


def _names_one(line: str) -> bool:
    return 0 < len(line.split()) <= _LONGEST_NAME and bool(_buttons().fullmatch(line))


def _buttons_around(low: str, block: Block, at: int) -> tuple[int, int]:
    """The line or sentence around an offset, if it is nothing but buttons; else an empty span."""
    start, end = sentence_around(low, block, at)
    line = low[start:end]
    if len(line) > _LONGEST_LINE or not _buttons().fullmatch(line):
        return at, at
    # A single word can be a heading; two buttons, or an unmistakable one, cannot.
    alone = " " not in line.strip() and line.strip(" .:[]()") not in _UNMISTAKABLE
    inside = start > block.start and not ends_sentence(low[block.start : start])
    return (at, at) if alone or inside else (start, end)


@lru_cache(maxsize=1)
def _label() -> re.Pattern[str]:
    return re.compile(rf"(?:{word_lists('debris')['share_labels']})\s*")


@lru_cache(maxsize=1)
def _code() -> re.Pattern[str]:
    code, short = (
        "|".join(sorted(word_lists("debris")[f"{name}_patterns"])) for name in ("code", "shortcode")
    )
    return re.compile(f"{code}|(?P<short>{short})")


@lru_cache(maxsize=1)
def _item() -> str:
    return (
        "(?:" + "|".join(sorted(word_lists("debris")["share_items"], key=len, reverse=True)) + ")"
    )


@lru_cache(maxsize=1)
def _buttons() -> re.Pattern[str]:
    return re.compile(rf"(?:{_item()}[\s|·•,/!.:]*)+")
