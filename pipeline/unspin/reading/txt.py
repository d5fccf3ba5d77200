"""Plain text: one raw line a piece; the structurer makes headings, lists and paragraphs of them.

Contract with the structurer: each line that is not blank is a `PARAGRAPH` piece; `Block.group`
counts paragraphs (lines that no blank line parts share one), `Block.number` is the number of
blank lines before the line. Indentation, tabs, form feeds and bullets stay in the text; white
space at the end of a line does not.
"""

from __future__ import annotations

import re

from unspin.article import Article, Block, BlockKind, Metadata, Piece, Source, assemble
from unspin.reading.languages import detect_language
from unspin.reading.repair import repair
from unspin.textmap import Segment

#: A line and nothing of its end (lines end at \n, \r\n or \r only).
_LINE = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n|\Z)")


def read_txt(source: Source, metadata: Metadata | None = None) -> Article:
    """Makes an unstructured article of plain text.

    Args:
        source: With the decoded text.
        metadata: What is known besides (from a JSON record).
    """
    pieces, repairs = repair(_lines(source.text), source.text, entities=True)
    article = assemble(
        source, pieces, repairs=repairs, metadata=metadata or Metadata(), structured=False
    )
    return article.with_(language=detect_language(article.text))


def _lines(text: str) -> list[Piece]:
    out: list[Piece] = []
    blank = group = at = 0
    # Splitting is far quicker than matching where lines end in one way only.
    if "\r" not in text:
        spans = []
        for line in text.split("\n"):
            spans.append((at, line))
            at += len(line) + 1
    else:
        spans = [(m.start(), m.group(1)) for m in _LINE.finditer(text) if m.start() < len(text)]
    for start, raw in spans:
        line = raw.rstrip()
        if not line:
            blank += 1
            continue
        if blank or not out:
            group += 1
        block = Block(BlockKind.PARAGRAPH, 0, len(line), group=group, number=blank)
        out.append(Piece(line, (Segment(0, len(line), start, len(line)),), block))
        blank = 0
    return out
