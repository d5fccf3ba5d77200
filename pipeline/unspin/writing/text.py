"""Plain text."""

from __future__ import annotations

from collections.abc import Sequence

from unspin.article import Article, Block, BlockKind
from unspin.report import Report
from unspin.writing.tree import (
    Node,
    body_blocks,
    lists,
    nested,
    one_line,
    opening_blocks,
    plain,
    plain_block,
    title_text,
    within,
)


def render(report: Report) -> str:
    """The restored article as plain text: blocks parted by blank lines, lists with dashes."""
    article = report.restored
    opening = opening_blocks(article)
    parts = [
        *_nodes(article, nested(opening)),
        one_line(title_text(article)),
        *_nodes(article, nested(body_blocks(article)[len(opening) :])),
    ]
    return "\n\n".join(part for part in parts if part.strip()) + "\n"


def _nodes(article: Article, nodes: Sequence[Node]) -> list[str]:
    out: list[str] = []
    for run in lists(nodes):
        holder = run[0].holder
        if holder is None:
            out.append(_run(article, run[0].run))
        elif holder.list:
            out.append("\n".join(_item(article, node) for node in run))
        else:
            out += _nodes(article, run[0].children)
    return out


def _item(article: Article, node: Node) -> str:
    """An item of a list of Markdown; what stands in it is indented."""
    holder = node.holder
    sign = f"{holder.count}." if holder and holder.ordered else "-"
    lines = "\n".join(_nodes(article, node.children)).split("\n")
    return "\n".join([f"{sign} {lines[0]}", *(f"  {line}" for line in lines[1:])])


def _run(article: Article, run: Sequence[Block]) -> str:
    lines: list[str] = []
    for number, block in enumerate(run, 1):
        text = plain_block(article, block)
        if block.kind is BlockKind.LIST_ITEM and not within(block):
            if not one_line(text):
                continue  # struck out
            marker = f"{block.number or number}." if block.ordered else "-"
            marker = block.value or marker
            lines.append("  " * (max(1, block.level) - 1) + f"{marker} {one_line(text)}")
        elif block.kind is BlockKind.TABLE and block.cells:
            lines.append("\t".join(one_line(plain(article, c.start, c.end)) for c in block.cells))
        elif block.kind is BlockKind.EMBED:
            lines.append(block.value or text)
        elif block.kind is BlockKind.CODE or block.verbatim:
            lines.append(text)
        else:
            lines.append(one_line(text))
    return "\n".join(lines)
