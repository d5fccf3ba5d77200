"""SD010: boilerplate of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar

from unspin.article import Article, Block, BlockKind
from unspin.findings import Finding, Severity
from unspin.rules.base import Context
from unspin.rules.debris import block_at, cut, every, fault, folded, sentence_around, settled, words
from unspin.rules.text import ends_sentence, reference_blocks, word_lists

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
        text, low = article.text, folded(article)
        places = sorted({at for hint in words("boilerplate_hints") for at in every(low, hint)})
        skip = {article.blocks[i].start for i in reference_blocks(article)}
        done = 0
        for at in places:
            block = block_at(article, at)
            if at < done or block.start in skip or not _plain(block):
                continue
            a, z = sentence_around(low, block, at)
            done = z
            if z - a > _LONGEST or not _whole().fullmatch(low[a:z].rstrip(".!?…»> ")):
                continue
            if a > block.start and not ends_sentence(low[block.start : a]):
                continue
            whole = a == block.start and z == block.end
            firm = _firm().search(low[a:z]) is not None
            sure = (len(low[a:z].split()) >= _SHORT and (whole or firm)) or (firm and not whole)
            if block.kind is not BlockKind.HEADING or sure:
                yield fault(
                    self.id,
                    *cut(text, a, z),
                    "Boilerplate of a web page.",
                    "",
                    safe=sure,
                    confidence=0.95 if sure else 0.6,
                )


def _plain(block: Block) -> bool:
    return block.is_prose and not block.verbatim and block.kind is not BlockKind.TABLE


@lru_cache(maxsize=1)
def _whole() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in sorted(word_lists("debris")["boilerplate"])))


@lru_cache(maxsize=1)
def _firm() -> re.Pattern[str]:
    return re.compile(
        r"^(?:read|learn|see|show|view) more\b.{0,12}$|(?:continue|keep) reading|subscribe"
        r"|click here|"
        r"newsletter|mailing list|cookies|all rights reserved|javascript|affiliate"
    )
