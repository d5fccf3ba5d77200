"""Plain text."""

from __future__ import annotations

from unspin.article import BlockKind
from unspin.report import Report
from unspin.writing.tree import body_blocks, grouped, one_line, plain, plain_block, title_text


def render(report: Report) -> str:
    """The restored article as plain text: blocks parted by blank lines, lists with dashes."""
    article = report.restored
    parts = [one_line(title_text(article))]
    for run in grouped(body_blocks(article)):
        lines: list[str] = []
        for number, block in enumerate(run, 1):
            text = plain_block(article, block)
            if block.kind is BlockKind.LIST_ITEM:
                if not one_line(text):
                    continue  # struck out
                marker = f"{block.number or number}." if block.ordered else "-"
                marker = block.value or marker
                lines.append("  " * (max(1, block.level) - 1) + f"{marker} {one_line(text)}")
            elif block.kind is BlockKind.TABLE and block.cells:
                lines.append(
                    "\t".join(one_line(plain(article, c.start, c.end)) for c in block.cells)
                )
            elif block.kind is BlockKind.EMBED:
                lines.append(block.value or text)
            elif block.kind is BlockKind.CODE or block.verbatim:
                lines.append(text)
            else:
                lines.append(one_line(text))
        parts.append("\n".join(lines))
    return "\n\n".join(part for part in parts if part.strip()) + "\n"
