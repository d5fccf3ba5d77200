"""What all writers share: review state, metadata, and blocks as nested sections."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from unspin.article import OBJECT, Article, Block, BlockKind, Mark, MarkKind
from unspin.findings import Applicability
from unspin.reading.htmlhead import OWN_META
from unspin.reading.htmltree import visible_text, without_struck
from unspin.report import Report

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_REQUIRED = re.compile(r"^(?:unspin_)?review:[ \t]*[\"']?required[\"']?[ \t]*\r?$", re.M)
_COUNT = re.compile(
    r"^(?:unspin_)?(review_suggested|review_editor):[ \t]*(\d{1,9})[ \t]*\r?$", re.M
)
_BREAK_TAG = re.compile(r"\s*<br\b", re.I)
#: A line's end in Markdown that breaks the line: two spaces, or a backslash that is not escaped.
_BREAK = re.compile(r"(?: {2,}|(?<!\\)(?:\\\\)*\\)\Z")
#: Longest end of a line that is looked at.
_LOOK_BACK = 80


def review(report: Report) -> dict[str, Any]:
    """Whether a person must look, and how many places of which kind there are.

    An article that reads as spun without a place to look at is itself one for an editor.

    A source that an earlier run wrote, and that says so, stays in need of a person until one takes
    the key away: what was half restored looks clean to a second run, which would clear it unseen.
    """
    places = report.open_places
    found = {
        "review": "required" if report.review_required else "none",
        "review_suggested": sum(f.applicability is Applicability.SUGGESTED for f in places),
        "review_editor": sum(f.applicability is Applicability.EDITOR for f in places),
    }
    if report.review_required and not places:
        found["review_editor"] = 1
    said = report.article.metadata.front_matter + _said_by_page(report.article)
    if found["review"] == "none" and _REQUIRED.search(said):
        counts = {key: int(number) for key, number in _COUNT.findall(said)}
        found |= {key: max(number, int(found[key])) for key, number in counts.items()}
        found["review"] = "required"
    return found


def _said_by_page(article: Article) -> str:
    """The review state that a page of an earlier run bears, as lines of front matter."""
    extra = article.source.extra
    own = {k.removeprefix(OWN_META): v for k, v in extra.items() if k.startswith(OWN_META)}
    return "".join(f"\n{key}: {value}" for key, value in own.items())


def metadata(report: Report) -> dict[str, str]:
    """Title, author, date and source address, where the source names them."""
    article = report.restored
    meta = article.metadata
    found = {
        "title": title_text(article),
        "author": meta.author,
        "date": meta.date,
        "source": meta.url,
    }
    return {key: " ".join(value.split()) for key, value in found.items() if value}


def body_blocks(article: Article) -> list[Block]:
    """Blocks without the title."""
    return [b for b in article.blocks if b.span != article.title_span]


def title_text(article: Article) -> str:
    """The title as plain text."""
    span = article.title_span
    return article.title if span is None else plain(article, span.start, span.end)


def is_markdown(article: Article) -> bool:
    """Whether what the article holds unread (code, raw HTML) is Markdown: else it is HTML."""
    if article.source.format == "jsonl":
        return _record_format(article.source.text) == "md"
    return article.source.format == "md"


@lru_cache(maxsize=4)  # asked for each object and each line's end of a record
def _record_format(text: str) -> str:
    from unspin.reading.detect import record_text_format

    return record_text_format(text)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("strikethrough")


def as_html(article: Article, source: str, *, inline: bool = False) -> str:
    """Give as HTML what was never touched: Markdown sources are rendered first."""
    if is_markdown(article):
        parser = _parser()
        source = parser.renderInline(source) if inline else parser.render(source)
    return without_struck(source)


def plain(article: Article, start: int, end: int) -> str:
    """Text of a span with that of its objects: code, addresses, raised numbers, image texts.

    Args:
        article: The article.
        start: Where the span begins in the prose.
        end: Where it ends.

    Returns:
        What a reader sees, without markup.
    """
    text = article.text[start:end]
    if OBJECT not in text:
        return text
    from html import escape

    out: list[str] = []
    at = start
    for mark in marks_in(article, start, end):
        if mark.kind is MarkKind.RAW and mark.start >= at:
            # Tags of one element may be two objects, with prose between them: read as a whole.
            out += [
                escape(article.text[at : mark.start]),
                as_html(article, mark.value, inline=True),
            ]
            at = mark.end
    out.append(escape(article.text[at:end]))
    return visible_text("".join(out)).replace(OBJECT, "")


def plain_block(article: Article, block: Block) -> str:
    """Text of a block, code and raw HTML included."""
    if block.verbatim and block.kind is not BlockKind.EMBED:
        return visible_text(as_html(article, block.verbatim)).strip("\n")
    return plain(article, block.start, block.end)


def hard_breaks(article: Article, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Yield the line ends in a span that break the line, and how the source writes them."""
    source = article.source
    if source.offsets != "source":
        return
    at = article.text.find("\n", start, end)
    while at >= 0:
        place = article.map.start_of(at)
        before = _BREAK.search(source.text[max(0, place - _LOOK_BACK) : place])
        if _BREAK_TAG.match(source.text, place):
            yield at, "<br>"
        elif is_markdown(article) and before:
            yield at, before[0]
        at = article.text.find("\n", at + 1, end)


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
