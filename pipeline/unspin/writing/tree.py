"""What all writers share: review state, metadata, and blocks as nested sections."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from unspin import reviewed
from unspin.article import OBJECT, Article, Block, BlockKind, Mark, MarkKind
from unspin.findings import Applicability
from unspin.reading.frontmatter import front_matter
from unspin.reading.htmltree import Element, parse, visible_text, without_struck
from unspin.reading.md import Holder, MarkdownBlock
from unspin.reading.mdparser import is_math, is_unseen
from unspin.reading.mdx import is_component, is_mdx
from unspin.reading.templates import without_code
from unspin.report import Report

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

#: A line that opens or closes a directive of MyST, with its options.
_FENCE_LINE = re.compile(r"(?:`{3,}|~{3,})(?:(\{[\w-]+\})[^\n`]*(?:\n:[^\n]*)*)?")
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
    lines = reviewed.said(report.article)
    if found["review"] == "none" and reviewed.REQUIRED.search(lines):
        counts = reviewed.counts_in(lines)
        found |= {key: max(number, int(found[key])) for key, number in counts.items()}
        found["review"] = "required"
    return found


def metadata(report: Report) -> dict[str, str]:
    """Title, author, date and source address, where the source names them."""
    article = report.restored
    meta = article.metadata
    found = {
        "title": title_text(article),
        "author": _with_titles(meta.author),
        "date": meta.date,
        "source": meta.url,
    }
    return {key: " ".join(value.split()) for key, value in found.items() if value}


#: What stands after a name and is none: degrees and memberships.
_CREDENTIAL = re.compile(
    r"(?:[A-Z]\.?){2,6}(?:[-/][A-Z]{1,6})?|[A-Z][a-z]?[A-Z][A-Za-z]{0,3}|[A-Z]{1,3}[a-z]?\.[A-Z]\.?"
    r"|(?:Ph|Pharm|Psy|Ed|Sc|Dr)\.?[A-Z]\.?|(?:Jr|Sr|Esq)\.?|I{2,3}"
)
_ORDERED_NAME = re.compile(r"[^\s,;]+(?:\s+[^\s,;]+)+")


def _is_credential(text: str) -> bool:
    return " " not in text.strip() and bool(_CREDENTIAL.fullmatch(text.strip()))


def _with_titles(author: str) -> str:
    """The authors, with degrees that were taken for authors put after the names they belong to."""
    names: list[str] = []
    for part in author.split(";"):
        if names and part.strip() and all(map(_is_credential, part.split(","))):
            names[-1] += ", " + part.strip()
        else:
            names.append(part.strip())
    return "; ".join(name for name in names if name)


def authors(article: Article) -> list[str]:
    """The names of the authors, one each.

    A list in the source says where one ends and the next begins. In a line of text a semicolon
    does, and a comma only between whole names: degrees belong to the name before them.
    """
    said = article.metadata.author
    for key in ("author", "authors"):
        value = article.source.extra.get(key)
        if isinstance(value, list):
            values = [v.get("name") if isinstance(v, dict) else v for v in value]
            names = [" ".join(v.split()) for v in values if isinstance(v, str) and v.strip()]
            if names and ", ".join(names) == " ".join(said.split()):
                return names
    names = []
    for part in _with_titles(said).split(";"):
        pieces = [piece.strip() for piece in part.split(",")]
        whole = [p for p in pieces if not _is_credential(p)]
        if len(whole) > 1 and all(map(_ORDERED_NAME.fullmatch, whole)):
            for piece in pieces:
                if names and _is_credential(piece) and piece is not pieces[0]:
                    names[-1] += ", " + piece
                else:
                    names.append(piece)
        else:
            names.append(part.strip())
    return [" ".join(name.split()) for name in names if name]


def body_blocks(article: Article) -> list[Block]:
    """Blocks without the title."""
    return [b for b in article.blocks if b.span != article.title_span]


def opening_blocks(article: Article) -> list[Block]:
    """Blocks before the title: they stay there."""
    title = article.title_span
    return [b for b in article.blocks if title is not None and b.end <= title.start]


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
        shown = inline and source[:1] != "<"
        if not shown and is_component(source) and _is_mdx(article.source.path, article.source.text):
            return ""
        if is_unseen(source):
            return ""
        fence = _FENCE_LINE.fullmatch(source.strip())
        if fence:  # it opens or closes what is prose
            name = _escaped(fence[1] or "")
            return f"{name} " if inline else f"<p>{name}</p>" * bool(name)
        if is_math(source):  # for a script of the page to set
            return _escaped(source)
        parser = _parser()
        source = parser.renderInline(source) if inline else parser.render(source)
    return without_struck(source)


@lru_cache(maxsize=4)  # asked for each object of an article
def _is_mdx(path: str, text: str) -> bool:
    return is_mdx(path, text, front_matter(text)[2])


def _escaped(text: str) -> str:
    from html import escape

    return escape(text, quote=False)


#: What a page may hold that runs something, or shows what is not of the article.
_RISKY = re.compile(
    r"script|on[a-z]+=|data:|srcdoc|style|<(?:iframe|object|embed|form|input|button|meta|base|link|"
    r"svg|math|frame|applet|template|noembed|xmp|plaintext|noscript)"
)
_NOT_SEEN = re.compile(r"[\s\x00-\x20\x7f-\x9f/\"']+")
_SAFE_TAGS = {
    "a", "abbr", "b", "br", "caption", "cite", "code", "col", "colgroup", "del", "div", "em",
    "figcaption", "figure", "i", "img", "ins", "kbd", "li", "ol", "p", "pre", "q", "s", "samp",
    "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "tt", "u", "ul", "var",
}  # fmt: skip
_SAFE_ATTRIBUTES = {
    "*": {"id", "class", "title", "lang", "dir"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "srcset", "loading"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_PLAYERS = {"iframe", "video", "audio", "source", "embed", "object"}
_PLAYER_ATTRIBUTES = {
    "src", "data", "type", "width", "height", "title", "allowfullscreen", "controls", "poster",
}  # fmt: skip
#: Of links and sources; relative addresses are allowed besides. "tel:" is a number to call.
SCHEMES = {"http", "https", "mailto", "tel"}


def safe_source(article: Article, source: str, *, player: bool = False) -> str:
    """What an article holds unread, as it may be handed on.

    Markdown is its author's own and stays as it is. Of HTML that came from a page nothing stays
    that runs: scripts, event handlers, addresses that are scripts.

    Args:
        article: The article.
        source: Code or raw HTML of it.
        player: Whether it is an embed, which a frame may show.
    """
    if is_markdown(article) or "<" not in source:
        return source
    from html import unescape

    bare = _NOT_SEEN.sub("", unescape(unescape(source))).lower()
    if not player and not _RISKY.search(bare):
        return source
    if player and not re.search(r"script|on[a-z]+=|data:|srcdoc|style", bare):
        return source
    import nh3

    tags, attributes = set(_SAFE_TAGS), dict(_SAFE_ATTRIBUTES)
    if player:
        tags |= _PLAYERS
        attributes |= dict.fromkeys(_PLAYERS, _PLAYER_ATTRIBUTES)
    clean: str = nh3.clean(
        source, tags=tags, attributes=attributes, url_schemes=SCHEMES, link_rel=None
    )
    return clean


def is_scripted(address: str) -> bool:
    """Whether following an address runs something."""
    return bool(re.match(r"(?:javascript|vbscript|data):", _NOT_SEEN.sub("", address), re.I))


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
    at = article.text.find("\n", start, end)
    while at >= 0 and source.format == "docx":
        yield at, "<br>"  # a line of a Word file ends where its author pressed Shift and Enter
        at = article.text.find("\n", at + 1, end)
    if source.offsets != "source":
        return
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


def sections(article: Article, *, opening: bool = True) -> Section:
    """The article as nested sections; the root holds what stands before the first heading.

    Args:
        article: The article.
        opening: Whether blocks before the title are given too.
    """
    root = Section(None)
    path: list[tuple[int, Section]] = [(0, root)]
    before = 0 if opening or article.title_span is None else article.title_span.start
    for block in body_blocks(article):
        if block.start < before:
            continue
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
        if within(block) or within(before):
            return False
        return block.group == before.group or block.level > 1
    return block.kind is BlockKind.TABLE and block.group == before.group


def within(block: Block) -> tuple[Holder, ...]:
    """The quotes and items around a block of Markdown, the outermost first."""
    return block.within if isinstance(block, MarkdownBlock) else ()


def heading_inside(block: Block) -> int:
    """Level of a heading that stands in a quote or an item; 0 for any other block."""
    return block.heading if isinstance(block, MarkdownBlock) else 0


@dataclass
class Node:
    """A run of blocks as `grouped` gives it, or a quote or an item with what it holds."""

    run: list[Block] = field(default_factory=list)
    holder: Holder | None = None
    children: list[Node] = field(default_factory=list)


def nested(blocks: Sequence[Block]) -> list[Node]:
    """Blocks as a tree of the quotes and items that they stand in."""
    roots: list[Node] = []
    path: list[Node] = []
    for run in grouped(blocks):
        around = within(run[0])
        depth = 0
        while depth < min(len(path), len(around)) and path[depth].holder == around[depth]:
            depth += 1
        del path[depth:]
        for holder in around[depth:]:
            node = Node(holder=holder)
            (path[-1].children if path else roots).append(node)
            path.append(node)
        (path[-1].children if path else roots).append(Node(run))
    return roots


def lists(nodes: Sequence[Node]) -> Iterator[list[Node]]:
    """Runs of nodes: the items of one list; else singles."""
    run: list[Node] = []
    for node in nodes:
        number = node.holder.list if node.holder else 0
        if run and not (number and run[-1].holder and run[-1].holder.list == number):
            yield run
            run = []
        run.append(node)
    if run:
        yield run


# --- places that links of the same article lead to ----------------------------------------------

_FRAGMENT = re.compile(r"""href\s*=\s*["']?#([^"'\s>]+)""", re.I)
_ID = re.compile(r"""<[^<>]*\s(?:id|name)\s*=\s*["']?([^"'\s>]+)""", re.I)
_HEADING_ID = re.compile(r"#([\w:.-]+)")
_NO_SLUG = re.compile(r"[^\w\- ]+")


def fragments(article: Article) -> set[str]:
    """Names of the places that links of the article lead to inside it."""
    from html import unescape
    from urllib.parse import unquote

    found = {m.value[1:] for m in article.marks if m.kind is MarkKind.LINK and m.value[:1] == "#"}
    for raw in _unread(article):
        found |= {unescape(name) for name in _FRAGMENT.findall(raw)}
    return {unquote(name) for name in found if name}


def _unread(article: Article) -> Iterator[str]:
    yield from (m.value for m in article.marks if m.kind is MarkKind.RAW)
    yield from (b.verbatim for b in article.blocks if b.verbatim)


def anchors(article: Article) -> tuple[dict[int, list[str]], set[str]]:
    """Where the article can be linked to.

    Returns:
        Names by the start of the block that has them; and names of elements inside what stays
        unread, which have them still.
    """
    wanted = fragments(article)
    inside = {name for raw in _unread(article) for name in _ID.findall(raw)} & wanted
    found: dict[int, list[str]] = {}
    taken = set(inside)

    def add(block: Block, name: str) -> None:
        if name not in taken:
            taken.add(name)
            found.setdefault(block.start, []).append(name)

    headings = [b for b in article.blocks if b.kind is BlockKind.HEADING or heading_inside(b)]
    for block in headings:
        said = block.attributes if isinstance(block, MarkdownBlock) else ""
        for name in _HEADING_ID.findall(said)[:1]:
            add(block, name)
    if wanted - taken and article.source.offsets == "source":
        places = [
            (article.map.span(b.start, b.end)[1], b) for b in article.blocks if b.start < b.end
        ]
        for at, name in _named(parse(without_code(article.source.text), article.source.text)):
            after = next((b for end, b in places if end > at), None)
            if name in wanted and after is not None:
                add(after, name)
    if is_markdown(article):  # what renderers make of a heading
        for block in headings:
            name = _slug(plain(article, block.start, block.end))
            if name in wanted:
                add(block, name)
    return found, inside


def _named(element: Element) -> Iterator[tuple[int, str]]:
    """Places of elements that have a name, and the name."""
    for child in element.children:
        if isinstance(child, Element):
            names = {child.attrs.get("id", ""), child.attrs.get("name", "")}
            yield from ((child.start, name) for name in sorted(names) if name)
            yield from _named(child)


def _slug(text: str) -> str:
    return _NO_SLUG.sub("", text.strip().lower()).replace(" ", "-")


def one_line(text: str) -> str:
    """Text with every run of white space as one space."""
    return " ".join(text.split())
