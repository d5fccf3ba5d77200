"""What all writers share: review state, metadata, and blocks as nested sections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from unspin.article import Article, Block, BlockKind, Mark
from unspin.findings import Applicability
from unspin.report import Report


def review(report: Report) -> dict[str, Any]:
    """Whether a person must look, and how many places of which kind there are."""
    places = report.open_places
    return {
        "review": "required" if report.review_required else "none",
        "review_suggested": sum(f.applicability is Applicability.SUGGESTED for f in places),
        "review_editor": sum(f.applicability is Applicability.EDITOR for f in places),
    }


def metadata(report: Report) -> dict[str, str]:
    """Title, author, date and source address, where the source names them."""
    article = report.restored
    meta = article.metadata
    found = {"title": article.title, "author": meta.author, "date": meta.date, "source": meta.url}
    return {key: " ".join(value.split()) for key, value in found.items() if value}


def body_blocks(article: Article) -> list[Block]:
    """Blocks without the title."""
    return [b for b in article.blocks if b.span != article.title_span]


def marks_in(article: Article, start: int, end: int) -> list[Mark]:
    """Inline markup inside a span."""
    return [m for m in article.marks if start <= m.start and m.end <= end]


@dataclass
class Section:
    """A heading with what stands under it."""

    heading: Block | None
    blocks: list[Block] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)


def sections(article: Article) -> Section:
    """The article as nested sections; the root holds what stands before the first heading."""
    root = Section(None)
    path: list[tuple[int, Section]] = [(0, root)]
    for block in body_blocks(article):
        if block.kind is BlockKind.HEADING:
            while path[-1][0] >= block.level:
                path.pop()
            section = Section(block)
            path[-1][1].sections.append(section)
            path.append((block.level, section))
        else:
            path[-1][1].blocks.append(block)
    return root


def grouped(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Runs of blocks: items of one list, rows of one table, lines of one quote; else singles."""
    run: list[Block] = []
    for block in blocks:
        if run and _joins(run[-1], block):
            run.append(block)
            continue
        if run:
            yield run
        run = [block]
    if run:
        yield run


def _joins(before: Block, block: Block) -> bool:
    if block.kind is not before.kind or block.verbatim or before.verbatim:
        return False
    if block.kind is BlockKind.LIST_ITEM:
        return block.group == before.group or block.level > 1
    return block.kind is BlockKind.TABLE and block.group == before.group


def one_line(text: str) -> str:
    """Text with every run of white space as one space."""
    return " ".join(text.split())
