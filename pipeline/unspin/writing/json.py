"""The article as a tree of sections."""

from __future__ import annotations

from typing import Any

from unspin.article import Article, Block, BlockKind
from unspin.report import Report, dump
from unspin.writing.tree import Section, metadata, one_line, plain, review, sections


def tree(report: Report) -> dict[str, Any]:
    """The restored article as JSON data."""
    article = report.restored
    root = _section(article, sections(article))
    return {
        **metadata(report),
        "language": article.language,
        **review(report),
        "blocks": root["blocks"],
        "sections": root["sections"],
    }


def render(report: Report) -> str:
    """The restored article as a JSON document."""
    return dump(tree(report)).decode()


def _section(article: Article, section: Section) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if section.heading is not None:
        out["heading"] = _text(article, section.heading)
        out["level"] = section.heading.level
    out["blocks"] = [_block(article, b) for b in section.blocks]
    out["sections"] = [_section(article, s) for s in section.sections]
    return out


def _text(article: Article, block: Block) -> str:
    return one_line(plain(article, block.start, block.end))


def _block(article: Article, block: Block) -> dict[str, Any]:
    out: dict[str, Any] = {"type": str(block.kind)}
    if block.kind is BlockKind.TABLE:
        out["header"] = block.header
        out["cells"] = [one_line(plain(article, c.start, c.end)) for c in block.cells]
    elif block.kind is BlockKind.EMBED:
        out["url"] = block.value
    elif block.kind is BlockKind.CODE or block.verbatim:
        out["source"] = block.verbatim or article.block_text(block)
    else:
        out["text"] = _text(article, block)
    if block.kind is BlockKind.LIST_ITEM:
        out |= {"level": max(1, block.level), "ordered": block.ordered, "list": block.group}
        if block.value:
            out["label"] = block.value
        if block.number:
            out["number"] = block.number
    return out
