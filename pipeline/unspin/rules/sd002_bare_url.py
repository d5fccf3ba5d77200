"""SD002: bare address in the prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article, BlockKind, MarkKind
from unspin.findings import Finding, Severity
from unspin.rules.base import Context
from unspin.rules.debris import block_at, cut, fault, settled, words
from unspin.rules.text import ends_sentence, reference_blocks, running_text

_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"“”]+[^\s<>\"“”.,;:!?)\]]/?")
_LAST = re.compile(r"([\w-]+)[:\s(]*$")


class BareUrl:
    """Bare address in the prose.

    What it does:
        Finds web addresses that stand alone in a line or after a sentence, not introduced
        by words such as "at" or "visit" and not marked as links.

    Why it matters:
        Scraped pages lose their links and players; what remains is an address nobody reads.

    Example:
        "Rest the joint. https://example.org/watch?v=1 Ice helps too."

    Fix:
        Safe for addresses of players, else suggested: remove it. An address that became an embed
        is only reported, and so is one that is all of a list item or quote: it may be a source.

    Known limits:
        An address that a sentence introduces is left alone.
    """

    id: ClassVar[str] = "SD002"
    slug: ClassVar[str] = "bare-url"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields what `find` sees and no other debris rule claims."""
        yield from settled(article, self.id)

    def find(self, article: Article) -> Iterator[Finding]:
        """Yields bare addresses."""
        text = article.text
        if "://" not in text and "www." not in text:
            return
        links = [m for m in article.marks if m.kind is MarkKind.LINK]
        references = {article.blocks[i].start for i in reference_blocks(article)}
        for match in _URL.finditer(text):
            start, end = match.span()
            block = block_at(article, start)
            if block.start in references or any(m.start <= start < m.end for m in links):
                continue
            if block.kind is BlockKind.EMBED:
                if not article.structured:
                    yield fault(
                        self.id,
                        start,
                        end,
                        "A bare address stood here; it became an embed.",
                        None,
                        severity=Severity.INFO,
                    )
                continue
            left = text[block.start : start].rstrip()
            alone = not left and text[end : block.end].strip(" .") == ""
            if running_text(block) and (alone or (left and _stray(left))):
                a, z = cut(text, start, end)
                player = any(host in match.group().lower() for host in words("embed_hosts"))
                if alone and block.kind is not BlockKind.PARAGRAPH:
                    message = "A bare address is all that stands here."
                    yield fault(self.id, start, end, message, None, confidence=0.6)
                    continue
                yield fault(
                    self.id,
                    a,
                    z,
                    "A bare address stands in the text.",
                    "",
                    safe=player,
                    confidence=1.0 if player else 0.8,
                )


def _stray(left: str) -> bool:
    """Whether nothing before an address leads to it."""
    last = _LAST.search(left)
    return ends_sentence(left) and not (
        last and last.group(1).lower() in words("address_introducers")
    )
