"""SD010: boilerplate of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar

from unspin.article import Article, Block, BlockKind
from unspin.findings import Finding, Severity
from unspin.rules.base import Context
from unspin.rules.debris import cut, fault, settled
from unspin.rules.text import reference_blocks, word_lists

_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?…»>]+|$)")
#: Longest boilerplate sentence, in characters.
_LONGEST = 260
#: Lines of one or two words can be headings: they are only suggested.
_SHORT = 3


class Boilerplate:
    """Boilerplate of the page.

    What it does:
        Finds sentences and lines that belong to a web page and not to an article: "click
        here", "read more", cookie notices, newsletters, comments, copyright.

    Why it matters:
        Readers of the clean article can click on nothing.

    Example:
        "Ice helps. Click here to read more. Rest, too." becomes "Ice helps. Rest, too."

    Fix:
        Safe where the whole line or sentence is boilerplate; short lines that could be
        headings are suggested.

    Known limits:
        Only fixed wordings are found (data/rules/debris.yaml).
    """

    id: ClassVar[str] = "SD010"
    slug: ClassVar[str] = "boilerplate"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields what `find` sees and no other debris rule claims."""
        yield from settled(article, self.id)

    def find(self, article: Article) -> Iterator[Finding]:
        """Yields boilerplate."""
        text = article.text
        low = text.lower()
        if len(low) != len(text):
            low = text
        if not _hint().search(low):
            return
        skip = reference_blocks(article)
        for i, block in enumerate(article.blocks):
            if i in skip or not block.is_prose or block.verbatim or block.kind is BlockKind.TABLE:
                continue
            if not _hint().search(low, block.start, block.end):
                continue
            for a, z, whole in _sentences(low, block):
                sure = len(low[a:z].split()) >= _SHORT and (
                    whole or _firm().search(low, a, z) is not None
                )
                if block.kind is BlockKind.HEADING and not sure:
                    continue
                yield fault(
                    self.id,
                    *cut(text, a, z),
                    "Boilerplate of a web page.",
                    "",
                    safe=sure,
                    confidence=0.95 if sure else 0.6,
                )


def _sentences(low: str, block: Block) -> Iterator[tuple[int, int, bool]]:
    """Boilerplate sentences of a block, and whether each is the whole block."""
    for match in _SENTENCE.finditer(low, block.start, block.end):
        raw = match.group()
        start = match.start() + len(raw) - len(raw.lstrip())
        if match.end() - start > _LONGEST or not _hint().search(low, start, match.end()):
            continue
        body = raw.strip().rstrip(".!?…»> ")
        if body and _whole().fullmatch(body):
            whole = start == block.start and match.end() == block.end
            yield start, match.end(), whole


@lru_cache(maxsize=1)
def _whole() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in sorted(word_lists("debris")["boilerplate"])))


@lru_cache(maxsize=1)
def _firm() -> re.Pattern[str]:
    return re.compile(
        r"click here|newsletter|mailing list|cookies|all rights reserved|javascript|affiliate"
    )


@lru_cache(maxsize=1)
def _hint() -> re.Pattern[str]:
    hints = sorted(word_lists("debris")["boilerplate_words"], key=len, reverse=True)
    return re.compile("|".join(re.escape(h) for h in hints))
