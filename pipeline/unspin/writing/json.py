"""The article as a tree of sections.

Each block has a ``type`` and its plain ``text`` (``cells`` of a table, ``source`` of code and raw
HTML, ``url`` of an embed). What plain text cannot hold stands beside it, where there is any:

* ``marks``, in blocks and in sections (there of the heading): a list of ``{"type": "link" |
  "image" | "strong" | "emphasis" | "code", "text": …}``, with ``url`` for links and images (whose
  text is what describes them), with ``cell`` (from 0) in a table, and with ``start`` and ``end`` in
  code points of the text or cell where it stands there as one run.
* ``id`` of a section, or of a block that a link of the article leads to.
* ``within``, of what stands in a quote or in an item without being the item itself: the quotes and
  items around it, the outermost first, ``{"type": "quote"}`` or ``{"type": "list_item", "item":
  number of the item in the article, "ordered": …, "number": …}``.
* ``heading``, of a block in a quote or an item: the level of the heading that it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from unspin.article import BREAK, Article, Block, BlockKind, Mark, MarkKind
from unspin.reading.htmltree import Element, parse, visible_text
from unspin.report import Report, dump
from unspin.writing.tree import (
    Section,
    anchors,
    as_html,
    heading_inside,
    is_scripted,
    marks_in,
    metadata,
    one_line,
    plain,
    review,
    safe_source,
    sections,
    within,
)

_NAMES = {MarkKind.LINK: "link", MarkKind.STRONG: "strong", MarkKind.EMPHASIS: "emphasis",
          MarkKind.CODE: "code"}  # fmt: skip
_RAW_NAMES = {"a": "link", "img": "image", "code": "code", "b": "strong", "strong": "strong",
              "i": "emphasis", "em": "emphasis"}  # fmt: skip


def tree(report: Report) -> dict[str, Any]:
    """The restored article as JSON data."""
    article = report.restored
    root = _section(article, sections(article), anchors(article)[0])
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


def _section(article: Article, section: Section, ids: dict[int, list[str]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    heading = section.heading
    if heading is not None:
        out["heading"] = _text(article, heading.start, heading.end)
        out["level"] = heading.level
        out |= _beside(article, heading, ids)
    out["blocks"] = [_block(article, b, ids) for b in section.blocks if b.value != BREAK]
    out["sections"] = [_section(article, s, ids) for s in section.sections]
    return out


def _text(article: Article, start: int, end: int) -> str:
    return one_line(plain(article, start, end))


def _block(article: Article, block: Block, ids: dict[int, list[str]]) -> dict[str, Any]:
    out: dict[str, Any] = {"type": str(block.kind)}
    if block.kind is BlockKind.TABLE:
        out["header"] = block.header
        out["cells"] = [_text(article, c.start, c.end) for c in block.cells]
    elif block.kind is BlockKind.EMBED:
        out["url"] = block.value
    elif block.kind is BlockKind.CODE or block.verbatim:
        out["source"] = safe_source(article, block.verbatim) or article.block_text(block)
    else:
        out["text"] = _text(article, block.start, block.end)
    if block.kind is BlockKind.LIST_ITEM:
        out |= {"level": max(1, block.level), "ordered": block.ordered, "list": block.group}
        if block.value:
            out["label"] = block.value
        if block.number:
            out["number"] = block.number
    return out | _beside(article, block, ids)


def _beside(article: Article, block: Block, ids: dict[int, list[str]]) -> dict[str, Any]:
    """What plain text does not say of a block."""
    out: dict[str, Any] = {}
    if block.cells:
        marks = [
            {**mark, "cell": n}
            for n, c in enumerate(block.cells)
            for mark in _marks(article, c.start, c.end)
        ]
    else:
        marks = list(_marks(article, block.start, block.end))
    if marks:
        out["marks"] = marks
    if block.start in ids:
        out["id"] = ids[block.start][0]
    around = [holder for holder in within(block) if not holder.under]
    own = block.kind is BlockKind.LIST_ITEM and all(h.list for h in around)
    alone = block.kind is BlockKind.QUOTE and not any(h.list for h in around)
    if around and not own and not alone:
        out["within"] = [
            {"type": "list_item", "item": h.number, "ordered": h.ordered, "number": h.count}
            if h.list
            else {"type": "quote"}
            for h in around
        ]
    if heading_inside(block):
        out["heading"] = heading_inside(block)
    return out


def _marks(article: Article, start: int, end: int) -> Iterator[dict[str, Any]]:
    """Links, images and emphasis of a span."""
    marks = marks_in(article, start, end)
    text = _text(article, start, end) if marks else ""
    for mark in marks:
        for found in _one(article, mark):
            yield found | _place(article, start, mark, found["text"], text)


def _place(article: Article, start: int, mark: Mark, own: str, text: str) -> dict[str, int]:
    """Where a mark stands in the plain text of its block; empty where it is not one run of it."""
    before = plain(article, start, mark.start)
    at = len(one_line(before)) + (bool(before.strip()) and before[-1:].isspace())
    return {"start": at, "end": at + len(own)} if own and text.startswith(own, at) else {}


def _one(article: Article, mark: Mark) -> Iterator[dict[str, Any]]:
    if mark.kind is not MarkKind.RAW:
        found = {"type": _NAMES[mark.kind], "text": _text(article, mark.start, mark.end)}
        if mark.kind is not MarkKind.LINK:
            yield found
        elif not is_scripted(mark.value):
            yield found | {"url": mark.value} | ({"title": mark.title} if mark.title else {})
        return
    source = as_html(article, mark.value, inline=True)
    for element in _elements(parse(source)):
        name = _RAW_NAMES.get(element.tag)
        url = element.attrs.get("href" if name == "link" else "src", "")
        if name is None or (name in ("link", "image") and (not url or is_scripted(url))):
            continue
        text = one_line(visible_text(source[element.start : element.end]))
        yield {"type": name, "text": text} | ({"url": url} if url else {})


def _elements(element: Element) -> Iterator[Element]:
    for child in element.children:
        if isinstance(child, Element):
            yield child
            yield from _elements(child)
