"""Shared helpers of the rules KS and SD: word lists, places in sentences, one-article cache."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from unspin.article import Article, Block, BlockKind
from unspin.resources import data_path

T = TypeVar("T")

_CLOSERS = "\"'”’)]"
_SHORT_NAME = re.compile(r"[A-Z][a-z]")
_EDIT_LINK = re.compile(r"\s*\[\s*edit[^\]]*\]\s*$", re.I)  # at the end of a wiki's headings
_DEEPEST = 6
_LAST_TOKEN = re.compile(r"([^\s(]+)$")


@lru_cache(maxsize=8)
def word_lists(name: str) -> dict[str, Any]:
    """The word lists in ``data/rules/<name>.yaml``; lists of words come as frozen sets.

    Args:
        name: File name without its suffix.
    """
    import yaml

    path = data_path("rules", f"{name}.yaml")
    # The base loader takes every scalar as a string: "no" and "on" are words here.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    return {
        key: frozenset(value) if isinstance(value, list) and _plain(value) else value
        for key, value in data.items()
    }


def _plain(value: list[Any]) -> bool:
    return all(isinstance(item, str) for item in value)


def per_article(function: Callable[[Article], T]) -> Callable[[Article], T]:
    """Remembers the result for the last article, so that rules of one family share their work."""
    last: list[Any] = [None, None]

    def cached(article: Article) -> T:
        if last[0] is not article:
            last[:] = [article, function(article)]
        result: T = last[1]
        return result

    return cached


def ends_sentence(left: str) -> bool:
    """Whether the text before a place ends a sentence (abbreviations and initials do not)."""
    body = left.rstrip().rstrip(_CLOSERS)
    if not body or body[-1] not in ".!?…":
        return False
    if body[-1] != ".":
        return True
    token = _LAST_TOKEN.search(body.rstrip("."))
    if token is None:
        return True
    word = token.group(1).lstrip("(\"'“‘[").lower()
    if word in word_lists("stuffing")["abbreviations"]:
        return False
    if len(word) == 1 and word.isalpha():
        return False
    # "Ae. aegypti" is an abbreviation; "4.1." before a heading is a number.
    numbering = token.start() == 0 and not any(c.isalpha() for c in word)
    return not numbering and not _SHORT_NAME.fullmatch(token.group(1))


@per_article
def reference_blocks(article: Article) -> frozenset[int]:
    """Indices of blocks under a heading such as "References", where titles of works stand."""
    names = word_lists("stuffing")["reference_headings"]
    found: set[int] = set()
    level = 0
    for i, block in enumerate(article.blocks):
        if block.end - block.start < 40:  # the longest of the headings has fewer characters
            line = _EDIT_LINK.sub("", article.block_text(block)).strip(" :.#").lower()
            if line in names and block.kind is not BlockKind.LIST_ITEM:
                # A line that is no heading ("Learn more") rules no further than to the next one.
                level = block.level or _DEEPEST
                continue
        if block.kind is BlockKind.HEADING and level and (block.level or 1) <= level:
            level = 0
        if level:
            found.add(i)
    return frozenset(found)


def running_text(block: Block) -> bool:
    """Whether a block holds sentences that punctuation rules may judge."""
    kinds = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.QUOTE)
    return block.kind in kinds and not block.verbatim


def opens_sentence(text: str, at: int) -> bool:
    """Whether a sentence, or a line of its own, starts at a place."""
    left = text[:at].rstrip(" \t")
    return not left or left[-1] == "\n" or ends_sentence(left)
