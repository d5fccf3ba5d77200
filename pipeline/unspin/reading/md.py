"""Markdown: CommonMark with tables, front matter, and shortcodes kept whole.

Prose holds no markup. Code, URLs, HTML tags, images, footnote marks, formulas and shortcodes are
one `OBJECT` with a `RAW` mark inside a line, and verbatim blocks without prose where they stand
alone. A block of HTML that holds prose is read as HTML, and knows where it stands.

What a list item or a quote holds besides one line of text (paragraphs, code, tables, lists, other
quotes) knows what it stands in: `MarkdownBlock.within`. Quoted text of any kind is a `QUOTE`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection
from dataclasses import dataclass, field, fields, replace
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from unspin.article import (
    BREAK,
    OBJECT,
    Article,
    Block,
    BlockKind,
    MarkKind,
    Piece,
    Source,
    Span,
    assemble,
)
from unspin.reading import mdx
from unspin.reading.builder import PieceBuilder
from unspin.reading.embeds import video_address
from unspin.reading.frontmatter import front_matter, given
from unspin.reading.htmltree import RAW_INLINE, STRUCK, is_struck_tag, split_comments
from unspin.reading.languages import detect_language
from unspin.reading.markup import Wrap, WrapKind, html_wraps
from unspin.reading.mdparser import (
    OPTION,
    SHORTCODE,
    UNMASKS,
    holds_prose,
    label_of,
    masked,
    parser,
)
from unspin.reading.mdx import FILL, is_mdx
from unspin.reading.repair import repair
from unspin.textmap import Segment

if TYPE_CHECKING:
    from markdown_it.token import Token

_CELLS = " | "
_CODE_SPAN = re.compile(r"(?<![`\\])(`+)(?!`).+?(?<!`)\1(?!`)")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
#: Attributes of a heading: ``{#id .class}``, or ``{: #id}`` as kramdown writes them.
_ATTRIBUTES = re.compile(
    r"(?<![ \t])[ \t]*(\{:?[ \t]*[#.][\w:.-]+"
    r"(?:[ \t]+(?:[#.][\w:.-]+|[\w-]+=(?:\"[^\"]*\"|[^\s\"}]+)))*[ \t]*\})[ \t]*\Z"
)
#: Value of a block that is nothing but attributes of the block before it, or after it.
ATTRIBUTES, ATTRIBUTES_OF_NEXT = "attributes", "attributes of next"
#: A footnote or a definition of a term: indented lines behind it belong to it.
_CONTINUED = re.compile(r"^(?:\[\^[^\]\s]+\]:|[ \t]*[:~][ \t])", re.M)
#: Columns by which what belongs to such a line is indented.
INDENT = 4
#: First line of a quote that is a callout of GitHub, Obsidian or Hugo: ``[!WARNING]``.
_CALLOUT = re.compile(r"\[![A-Za-z][\w -]{0,40}\][+-]?(?=\s|\Z)")
#: A thematic break, behind the signs of quotes and items.
_RULE = re.compile(r"([-*_])(?:[ \t]*\1){2,}[ \t]*\Z")
_EMBED = re.compile(r"""<(?:iframe|video|embed)\b[^>]*?\bsrc\s*=\s*["']?([^"'\s>]+)""", re.I)
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*)[^>]*>\Z")
_STRUCK_BLOCK = re.compile(rf"<({'|'.join(sorted(STRUCK))})(?:\s[^>]*)?>", re.I)
#: Before the first cell of a row: signs of quotes and, in the first row, of items.
_LEAD = re.compile(r"[>\s]*(?:(?:[-*+]|\d{1,9}[.)])\s+[>\s]*)*")
_MARKS = {"strong": MarkKind.STRONG, "em": MarkKind.EMPHASIS, "link": MarkKind.LINK}


def read_md(source: Source) -> Article:
    """Makes a structured article of Markdown.

    Args:
        source: With the decoded text.
    """
    front, extra, at = front_matter(source.text, source.path, source.record)
    walk = _Walk(source.text, at, is_mdx(source.path, source.text, at))
    walk.run()
    pieces, repairs = repair(walk.pieces, source.text, entities=False)
    metadata = given(extra, front)
    article = assemble(
        replace(source, extra={**source.extra, **extra}) if extra else source,
        pieces,
        title=_title(pieces, metadata.title),
        metadata=metadata,
        repairs=repairs,
        structured=True,
    )
    return article.with_(language=detect_language(article.text))


def _walked(text: str, path: str) -> _Walk:
    begin = front_matter(text)[2]
    walk = _Walk(text, begin, is_mdx(path, text, begin))
    walk.run()
    return walk


def read_blocks(text: str, path: str = "") -> list[Piece]:
    """The blocks of a Markdown text alone, as `read_md` finds them.

    Args:
        text: Decoded source.
        path: Of the source; its suffix may say that it is MDX.
    """
    walk = _walked(text, path)
    return repair(walk.pieces, text, entities=False)[0]


def md_comments(text: str, path: str = "") -> list[tuple[int, int]]:
    """Source spans of blocks of HTML, and of comments of MDX: comments may stand there.

    Args:
        text: Decoded source.
        path: Of the source; its suffix may say that it is MDX.
    """
    walk = _walked(text, path)
    if not walk.jsx:
        return walk.html
    lines = text.replace("\r\n", " \n").replace("\r", "\n")
    return [s for s in mdx.spans(lines, walk.begin) if text.startswith(("{/*", "<!--"), s[0])]


def md_wraps(text: str, path: str = "") -> list[Wrap]:
    """Emphasis, links, items, headings, quotes and tags of a Markdown text, inner ones first.

    Args:
        text: Decoded source.
        path: Of the source; its suffix may say that it is MDX.
    """
    walk = _walked(text, path)
    inline = (WrapKind.EMPHASIS, WrapKind.LINK, WrapKind.ELEMENT)
    return sorted(walk.wraps, key=lambda w: (w.kind not in inline, w.end - w.start))


def _title(pieces: list[Piece], named: str) -> int | None:
    """Which piece is the title: a first heading of level 1 with no text before it.

    Args:
        pieces: The blocks.
        named: What front matter names as title: then a heading that says something else is the
            title only where nothing but comments stands before it.
    """
    first = True
    for i, piece in enumerate(pieces):
        if piece.block.kind is BlockKind.HEADING:
            same = " ".join(piece.text.split()).casefold() == " ".join(named.split()).casefold()
            return i if piece.block.level == 1 and (first or same or not named) else None
        if piece.text.strip(OBJECT + " \t\r\n"):
            return None
        source = piece.block.verbatim.strip()
        comment = source.startswith("<!--") and source.find("-->") == len(source) - 3
        first = first and (comment or piece.block.value == BREAK)
    return None


def _is_unread(tag: str, source: str) -> bool:
    return tag.lower() in RAW_INLINE or is_struck_tag(tag, source)


def _object_end(children: list[Token], i: int) -> int:
    """Index of the token that ends the struck text or the code which begins here, or 0.

    It must hold whole marks: what crosses their borders is left as the author wrote it.
    """
    first = children[i]
    tag = _TAG.match(first.content) if first.type == "html_inline" else None
    if first.type != "s_open" and not (tag and not tag[1] and _is_unread(tag[2], first.content)):
        return 0
    depth = inner = 0
    for j in range(i, len(children)):
        child = children[j]
        if tag is None:
            depth += {"s_open": 1, "s_close": -1}.get(child.type, 0)
        elif child.type == "html_inline":
            own = _TAG.match(child.content)
            same = own is not None and own[2].lower() == tag[2].lower()
            depth += same and (-1 if own and own[1] else 1)
        if child.type not in ("s_open", "s_close"):
            inner += child.nesting
        if inner < 0:
            return 0
        if depth == 0:
            return j if inner == 0 else 0
    return 0


def _moved(piece: Piece, places: list[int]) -> tuple[Segment, ...]:
    """Segments of a piece of HTML, whose lines have prefixes in the source."""
    out: list[Segment] = []
    for s in piece.segments:
        if not s.linear:
            a, z = places[s.source_start], places[s.source_end - 1] + 1
            out.append(Segment(s.start, s.length, a, z - a))
            continue
        first = 0
        for n in range(1, s.length + 1):
            if n == s.length or places[s.source_start + n] != places[s.source_start + n - 1] + 1:
                at = places[s.source_start + first]
                out.append(Segment(s.start + first, n - first, at, n - first))
                first = n
    return tuple(out)


# --- blocks -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Holder:
    """A quote or a list item around a block, or a line that the block is indented under.

    Args:
        number: Of this quote or item in the article, from 1.
        list: Number of the list that an item is of; 0 is a quote.
        ordered: Whether the list is numbered.
        count: Number of an ordered item.
        under: Whether it is the content of an admonition, tab, footnote or definition.
        indent: Columns by which the source indents what an item holds on lines of its own, where
            that is more than the width of its sign; else 0.
    """

    number: int
    list: int = 0
    ordered: bool = False
    count: int = 0
    under: bool = False
    indent: int = 0


@dataclass(frozen=True, slots=True)
class MarkdownBlock(Block):
    """A block with what Markdown says of it besides.

    Args:
        within: Quotes and items around it, the outermost first.
        heading: Level of a heading inside a quote or an item, which begins no section; else 0.
        attributes: Of a heading, as the source writes them (``{#id}``).
        html: Source span of the block of HTML that it stands in, else None.
        joined: Whether it stands on the line after the block before it, and must stay there.
    """

    within: tuple[Holder, ...] = ()
    heading: int = 0
    attributes: str = ""
    html: Span | None = None
    joined: bool = False


def _markdown_block(block: Block, **said: Any) -> MarkdownBlock:
    if isinstance(block, MarkdownBlock):
        return replace(block, **said)
    return MarkdownBlock(**{f.name: getattr(block, f.name) for f in fields(Block)}, **said)


def _unnested(token: Token) -> str:
    """A verbatim block inside a quote or a list, without the prefixes (``>``, indentation)."""
    content = token.content.translate(UNMASKS)
    if token.type == "fence":
        return f"{token.markup}{token.info}\n{content}{token.markup}"
    if token.type == "code_block":
        return "".join(f"    {line}" for line in content.splitlines(keepends=True)).rstrip("\n")
    return dedent(content).strip("\n")


def _column(line: str, quotes: int) -> int:
    """Column at which a line says something behind the signs of some quotes."""
    lead = re.match(rf"(?:[ \t]*>){{0,{quotes}}}[ \t]*", line)
    return len(lead[0].expandtabs(4)) if lead else 0


def _dedented(start: int, line: str, column: int) -> tuple[int, str]:
    """A line without what stands before a column, where that is no text; with its offset."""
    at = reached = 0
    while at < len(line) and line[at] in " \t>" and reached < column:
        reached += 4 - reached % 4 if line[at] == "\t" else 1
        at += 1
    return start + at, line[at:]


@dataclass
class _List:
    ordered: bool
    group: int
    id: int
    number: int = 0
    fresh: bool = False  # whether the item that is open has no block yet


@dataclass
class _Walk:
    """Walks over the tokens of a document and makes pieces."""

    text: str
    begin: int
    jsx: bool = False  # whether it is MDX
    shown: str = ""  # the text as the parser is shown it
    html: list[tuple[int, int]] = field(default_factory=list)  # blocks of HTML
    pieces: list[Piece] = field(default_factory=list)
    lines: list[tuple[int, str]] = field(default_factory=list)
    lists: list[_List] = field(default_factory=list)
    quotes: int = 0  # open quotes that quote somebody
    quoting: list[bool] = field(default_factory=list)  # of each open quote, whether it does
    groups: int = 0
    wraps: list[Wrap] = field(default_factory=list)
    held: list[tuple[int, int]] = field(default_factory=list)
    holders: list[Holder] = field(default_factory=list)
    containers: int = 0  # quotes, items and lists so far
    column: int = 0  # where the text of a block begins, inside quotes and items
    row_end: int = 0  # where the last cell of the row ends
    in_cell: bool = False  # whether the text of a cell of a table is read
    links: dict[str, Any] = field(default_factory=dict)
    under: int | None = None  # column of the line before, if indented lines belong to it
    joins: bool = False  # whether the next block must stay on the line after that one

    def run(self) -> None:
        """Parses the text and fills `pieces`."""
        self.shown = masked(self.text, self.begin, jsx=self.jsx)
        for match in _LINE.finditer(self.shown, self.begin):
            if match.group() or not self.lines:
                self.lines.append((match.start(), match.group().rstrip("\r\n")))
        self._read()

    def _read(self) -> None:
        """Parses the lines."""
        tokens = parser(jsx=self.jsx).parse("\n".join(line for _, line in self.lines), self.links)
        i = 0
        while i < len(tokens):
            count, joins = len(self.pieces), self.joins or self._is_joined(tokens[i])
            self.joins = False
            i = self._struck_blocks(tokens, i) or self._step(tokens, i)
            if joins and len(self.pieces) > count:
                piece = self.pieces[count]
                joined = _markdown_block(piece.block, joined=True)
                self.pieces[count] = replace(piece, block=joined)
            elif joins:
                self.joins = True

    def _is_joined(self, token: Token) -> bool:
        """Whether a block that is indented under a line follows the one before it at once."""
        if token.level or not token.map or not self.holders or not self.holders[-1].under:
            return False
        first = token.map[0]
        return first > 0 and bool(self.lines[first - 1][1].strip())

    def _read_inner(self, lines: list[tuple[int, str]]) -> None:
        """Parses lines that stand in a block as lines of their own.

        Args:
            lines: Source offset and text of each, without what indents them.
        """
        outer, self.lines = self.lines, lines
        self._read()
        self.lines = outer

    def _struck_blocks(self, tokens: list[Token], i: int) -> int:
        """Takes blocks between "<del>" and "</del>" on lines of their own; the next index or 0."""
        token = tokens[i]
        tag = _STRUCK_BLOCK.fullmatch(token.content.strip()) if token.type == "html_block" else None
        if tag is None or token.map is None or self.holders:
            return 0
        for j in range(i + 1, len(tokens)):
            end = tokens[j]
            if end.type == "html_block" and end.level == 0 and end.map is not None:
                if end.content.strip().lower() != f"</{tag[1].lower()}>":
                    continue
                start, stop = self._source([token.map[0], end.map[1]])
                self.html.append((start, stop))
                block = Block(BlockKind.CODE, 0, 0, value="html", verbatim=self.text[start:stop])
                self.pieces.append(Piece("", (), block))
                return j + 1
        return 0

    def _step(self, tokens: list[Token], i: int) -> int:
        token = tokens[i]
        kind = token.type
        under, self.under = self.under, None
        if kind in ("list_item_open", "heading_open", "blockquote_open"):
            self._wrap_lines(token)
        if kind in ("bullet_list_open", "ordered_list_open"):
            self.groups += 1
            ordered = kind.startswith("ordered")
            first = token.attrGet("start")
            number = int(first if first is not None else 1) - 1 if ordered else 0
            self.containers += 1
            self.lists.append(_List(ordered, self._group(), self.containers, number))
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self.lists.pop()
        elif kind == "list_item_open":
            self.lists[-1].number += self.lists[-1].ordered
            self.lists[-1].fresh = True
            self._hold(self.lists[-1], self._item_indent(tokens, i))
        elif kind == "list_item_close":
            self._let_go()
            self.holders.pop()
        elif kind == "blockquote_open":
            opening = tokens[i + 2] if i + 2 < len(tokens) else token
            # What is called out is the author's own text, though it is written like a quote.
            self.quoting.append(not _CALLOUT.match(opening.content))
            self.quotes += self.quoting[-1]
            self._hold(None)
        elif kind == "blockquote_close":
            self.quotes -= self.quoting.pop()
            self.holders.pop()
        elif kind == "html_block":
            self.html.append(self._source(token.map or [0, 1]))
            first = bool(self.lists) and self.lists[-1].fresh
            if first or not all(holder.under or holder.list for holder in self.holders):
                self._nested_html(token)
            else:
                self._html(token)
        elif kind == "code_block" and under is not None:
            self._indented(token, under)
        elif kind == "fence" and holds_prose(token.info):
            self._fenced(token)
        elif kind in ("fence", "code_block", "drawn", "unseen"):
            self._verbatim(token)
        elif kind == "directive":
            self._directive(token)
        elif kind == "hr":
            self._rule(token)
        elif kind == "attributes":
            self._attributes(token)
        elif kind in ("paragraph_open", "heading_open"):
            self._inline(token, tokens[i + 1])
            return i + 3
        elif kind == "table_open":
            return self._table(tokens, i)
        return i + 1

    def _hold(self, own: _List | None, indent: int = 0) -> None:
        """Opens an item of a list, or a quote."""
        self.containers += 1
        holder = Holder(self.containers, indent=indent)
        if own:
            holder = replace(holder, list=own.id, ordered=own.ordered, count=own.number)
        self.holders.append(holder)

    def _item_indent(self, tokens: list[Token], i: int) -> int:
        """Columns by which the source indents what an item holds on lines of its own.

        Others than CommonMark want four, whatever the width of the item's sign. A line that
        CommonMark itself takes for code says nothing, and lines of one item that differ neither.
        """
        first = (tokens[i].map or [0, 1])[0]
        around = tokens[i - 2]
        if i > 1 and around.type == "list_item_open" and (around.map or [0])[0] == first:
            return 0  # its sign does not begin the line
        quotes = sum(not (h.list or h.under) for h in self.holders)
        own = _column(self.lines[first][1], quotes)
        found = set()
        for n in range(i + 1, len(tokens)):
            before, token = tokens[n - 1], tokens[n]
            if token.level <= tokens[i].level:
                break
            if token.level == tokens[i].level + 1 and token.map and token.map[0] > first:
                if token.type == "code_block":
                    inline = tokens[n - 2] if before.type == "paragraph_close" else None
                    if before.type == "directive" or (
                        inline is not None and _CONTINUED.search(inline.content)
                    ):
                        continue
                    return 0
                found.add(_column(self.lines[token.map[0]][1], quotes) - own)
        return found.pop() if len(found) == 1 else 0

    def _held(self, piece: Piece) -> Piece:
        """The piece with what it stands in."""
        if not self.holders:
            return piece
        return replace(piece, block=_markdown_block(piece.block, within=tuple(self.holders)))

    def _bare(self, start: int, end: int) -> str:
        """Source text without the prefixes that quotes and items give its lines."""
        source = self.text[start:end]
        if not self.holders or not self.column:
            return source
        return re.sub(rf"(\r\n|\r|\n)[ \t>]{{0,{self.column}}}", r"\1", source)

    def _group(self) -> int:
        """Nested lists belong to the group of the outermost one."""
        return self.lists[0].group if self.lists else self.groups

    def _source(self, span: list[int]) -> tuple[int, int]:
        """Source span of whole lines, without the last line's end."""
        last = span[1] - 1
        while last > span[0] and not self.lines[last][1].strip():
            last -= 1
        return self.lines[span[0]][0], self.lines[last][0] + len(self.lines[last][1])

    def _verbatim(self, token: Token) -> None:
        start, end = self._source(token.map or [0, 1])
        source = self.text[start:end]
        embed = _EMBED.search(source) if token.type == "html_block" else None
        kind = BlockKind.EMBED if embed else BlockKind.CODE
        value = embed[1] if embed else (token.info.strip() if token.type == "fence" else "")
        if token.type == "html_block" and not embed:
            value = "html"
        body = _unnested(token) if self.holders else source
        body = source if FILL in body else body
        block = Block(kind, 0, 0, value=value, verbatim=body)
        self.pieces.append(self._held(Piece("", (), block)))

    def _directive(self, token: Token) -> None:
        """Adds the first or the last line of a container."""
        first, last = token.map or [0, 1]
        start, line = self.lines[first]
        column = len(line) - len(line.lstrip(" \t>"))
        content = token.content.split("\n", 1)[0]
        column = max(column, line.find(content))
        start += column
        label, joined = label_of(content), self._follows(first)
        own = self.text[start : start + len(content)] if FILL in content else token.content
        self._opening(own, label, start, joined=joined)
        self.joins = last < len(self.lines) and bool(self.lines[last][1].strip(" \t>"))
        if token.info:
            self.under = column

    def _opening(
        self, content: str, label: tuple[int, int] | None, start: int, *, joined: bool
    ) -> None:
        """Adds a line that opens or closes a container; its label is prose.

        Args:
            content: The line, and those that belong to it.
            label: Where the label stands in it.
            start: Source offset of the line.
            joined: Whether the line before it is not blank.
        """
        content, _, options = content.translate(UNMASKS).partition("\n")
        if label is None and options:
            content, options = f"{content}\n{options}", ""
        block = Block(BlockKind.CODE, 0, 0, value="shortcode", verbatim=content)
        piece = Piece("", (), block)
        if label is not None:
            a, z = label
            builder = PieceBuilder()
            builder.raw(content[:a], start, start + a)
            (token,) = parser(jsx=self.jsx).parseInline(content[a:z], self.links)
            self._fill(builder, token, list(range(start + a, start + z + 1)))
            if content[z:]:
                builder.raw(content[z:], start + z, start + len(content))
            piece = builder.piece(Block(BlockKind.PARAGRAPH, 0, 0))
        piece = self._held(piece)
        if joined:
            piece = replace(piece, block=_markdown_block(piece.block, joined=True))
        if self.lists:
            self.lists[-1].fresh = False
        self.pieces.append(piece)
        if options:
            own = replace(block, verbatim=options)
            self.pieces.append(self._held(Piece("", (), _markdown_block(own, joined=True))))

    def _indented(self, token: Token, column: int) -> None:
        """Adds what is indented under a line that it belongs to.

        Args:
            token: The same as a block of code.
            column: Column of that line.
        """
        self.containers += 1
        self.holders.append(Holder(self.containers, under=True))
        first, last = token.map or [0, 1]
        self._read_inner([_dedented(*line, column + INDENT) for line in self.lines[first:last]])
        self.holders.pop()

    def _fenced(self, token: Token) -> None:
        """Adds a directive of MyST that is written as a fence and holds prose."""
        first, last = token.map or [0, 1]
        start, line = self.lines[first]
        at, info = line.find(token.markup), token.info.strip()
        label = label_of(info)
        if label is not None:
            shift = line.index(info) - at
            label = label[0] + shift, label[1] + shift
        content = token.content.split("\n")[:-1]
        options = list(itertools.takewhile(OPTION.fullmatch, content))
        head = "\n".join([line[at:].rstrip(), *options])
        self._opening(head, label, start + at, joined=self._follows(first))
        below = first + 1 + len(options)
        inner = [
            (place + len(source) - len(text), text) if source.endswith(text) else (place, "")
            for text, (place, source) in zip(
                content[len(options) :], self.lines[below:], strict=False
            )
        ]
        self.joins = bool(inner) and bool(inner[0][1].strip())
        if inner:
            self._read_inner(inner)
        self.joins = False
        if last - first > len(content) + 1:  # else the text ends before the fence does
            end, closing = self.lines[last - 1]
            at = len(closing) - len(closing.lstrip(" \t>"))
            self._opening(closing[at:].rstrip(), None, end + at, joined=self._follows(last - 1))

    def _follows(self, line: int) -> bool:
        """Whether the line before a line is not blank."""
        return line > 0 and bool(self.lines[line - 1][1].strip(" \t>"))

    def _rule(self, token: Token) -> None:
        """Adds a thematic break; the first of an item may not become one with the item's sign."""
        line = self.lines[(token.map or [0])[0]][1]
        found = _RULE.search(line)
        fresh = bool(self.lists) and self.lists[-1].fresh
        source = "___" if fresh or not found else found[0].rstrip()
        block = Block(BlockKind.CODE, 0, 0, value=BREAK, verbatim=source)
        self.pieces.append(self._held(Piece("", (), block)))

    def _html(self, token: Token) -> None:
        """Adds the prose in a block of HTML; comments and what holds no prose stay as they are."""
        from unspin.reading.html import read_fragment

        start, end = self._source(token.map or [0, 1])
        if self.holders:
            start += len(self.text[start:end]) - len(self.text[start:end].lstrip(" \t"))
        source = self.text[start:end]
        at, found = 0, []
        for part, is_comment in split_comments(source):
            if is_comment:
                pieces = [Piece("", (), Block(BlockKind.CODE, 0, 0, value="html", verbatim=part))]
            else:
                pieces = read_fragment(part, start + at, self.groups)
            self.groups = max([self.groups, *(p.block.group for p in pieces)])
            found += pieces
            at += len(part)
        if any(piece.text for piece in found):
            html = Span(start, end)
            for piece in found:
                own = replace(piece, block=_markdown_block(piece.block, html=html))
                self.pieces.append(self._held(own))
            self.wraps += html_wraps(source, start)
        else:
            self._verbatim(token)

    def _nested_html(self, token: Token) -> None:
        """Adds the prose in HTML inside a list or quote; a comment before it stays with it."""
        from unspin.reading.html import read_fragment

        content = token.content.rstrip("\n")
        places = self._places((token.map or [0, 1])[0], content)
        at, found, comments = 0, list[Piece](), list[tuple[int, int]]()
        for part, is_comment in split_comments(content):
            if is_comment:
                comments.append((places[at], places[at + len(part) - 1] + 1))
            else:
                for piece in read_fragment(part, 0, self.groups):
                    moved = replace(piece, segments=_moved(piece, places[at:]))
                    found.append(self._with_comments(moved, comments))
                    comments = []
            at += len(part)
        if not any(piece.text for piece in found):
            if found or not comments or not (self.lists and self.lists[-1].fresh):
                self._verbatim(token)
            else:  # the item's text follows
                self.held += comments
            return
        if comments:
            found[-1] = self._with_comments(found[-1], comments, after=True)
        self.groups = max([self.groups, *(p.block.group for p in found)])
        for piece in found:
            if piece.text and piece.block.kind is BlockKind.PARAGRAPH:
                own = self._block(token)
                piece = replace(piece, block=replace(own, end=len(piece.text)))
            else:
                piece = self._held(piece)
            self.pieces.append(piece)

    def _with_comments(
        self, piece: Piece, comments: list[tuple[int, int]], *, after: bool = False
    ) -> Piece:
        """A piece with comments as objects before or behind its text."""
        if not comments or not piece.text:
            return piece
        builder = PieceBuilder()
        for start, end in comments:
            builder.raw(self.text[start:end], start, end)
        own = builder.piece(piece.block)
        first, second = (piece, own) if after else (own, piece)
        text = f"{first.text} {second.text}"
        shift = len(first.text) + 1
        moved = [replace(m, start=m.start + shift, end=m.end + shift) for m in second.marks]
        return Piece(
            text,
            (*first.segments, *(replace(s, start=s.start + shift) for s in second.segments)),
            replace(piece.block, end=len(text)),
            (*first.marks, *moved),
        )

    def _let_go(self) -> None:
        """Adds comments that no text of their item followed."""
        for start, end in self.held:
            block = Block(BlockKind.CODE, 0, 0, value="html", verbatim=self.text[start:end])
            self.pieces.append(self._held(Piece("", (), block)))
        self.held = []

    def _wrap_lines(self, token: Token) -> None:
        kind = {"list_item_open": WrapKind.ITEM, "heading_open": WrapKind.HEADING}.get(token.type)
        if token.type == "blockquote_open" and not (self.quoting or self.lists):
            kind = WrapKind.QUOTE
        if kind and token.map is not None:
            start, end = self._source(token.map)
            self.wraps.append(Wrap(kind, start, start, end, end))

    def _embeds(self, token: Token) -> bool:
        """Adds a paragraph that is nothing but addresses of players, as lost players leave them."""
        lines = token.content.split("\n")
        urls = [video_address(line.strip()) for line in lines]
        if self.holders or not all(urls):
            return False
        for line, url in zip(lines, urls, strict=True):
            block = Block(BlockKind.EMBED, 0, 0, value=url, verbatim=line.strip())
            self.pieces.append(Piece("", (), block))
        return True

    def _inline(self, opening: Token, token: Token) -> None:
        span = token.map or [0, 1]
        if opening.type == "paragraph_open" and self._embeds(token):
            return
        attributes = _ATTRIBUTES.search(token.content) if opening.type == "heading_open" else None
        if attributes and attributes.start():
            (token,) = parser(jsx=self.jsx).parseInline(
                token.content[: attributes.start()], self.links
            )
        if opening.type == "heading_open" and opening.markup.startswith("#"):
            places = self._heading_places(span[0], token.content)
        else:
            places = self._places(span[0], token.content)
        self.column = places[0] - self._line_start(places[0]) if places else 0
        if opening.type == "paragraph_open" and _CONTINUED.search(token.content):
            self.under = self.column
        if opening.type == "paragraph_open" and not SHORTCODE.sub("", token.content).strip():
            self._shortcodes(token, places)
            return
        builder = PieceBuilder()
        self._fill(builder, token, places)
        piece = builder.piece(self._block(opening))
        piece, self.held = self._with_comments(piece, self.held), []
        if attributes and attributes.start():
            piece = replace(piece, block=_markdown_block(piece.block, attributes=attributes[1]))
        if self._is_struck(piece):
            start, end = self._source(span)
            block = Block(BlockKind.CODE, 0, 0, verbatim=self.text[start:end])
            piece = Piece("", (), block)
            self.pieces.append(piece)
        elif piece.text:
            self.pieces.append(piece)

    def _line_start(self, at: int) -> int:
        """Where the line of a place begins in the source."""
        return max(self.text.rfind("\n", 0, at), self.text.rfind("\r", 0, at)) + 1

    def _shortcodes(self, token: Token, places: list[int]) -> None:
        """Adds a paragraph of nothing but shortcodes."""
        if not token.content:
            return
        body = self._bare(places[0], places[len(token.content) - 1] + 1)
        block = Block(BlockKind.CODE, 0, 0, value="shortcode", verbatim=body)
        self.pieces.append(self._held(Piece("", (), block)))

    def _attributes(self, token: Token) -> None:
        """Adds attributes that stand on a line of their own, for the block before or after it."""
        line = (token.map or [0])[0]
        near = [
            0 <= n < len(self.lines) and bool(self.lines[n][1].strip(" \t>"))
            for n in (line - 1, line + 1)
        ]
        value = ATTRIBUTES if near[0] else ATTRIBUTES_OF_NEXT if near[1] else "shortcode"
        block = Block(BlockKind.CODE, 0, 0, value=value, verbatim=token.content)
        self.pieces.append(self._held(Piece("", (), block)))

    def _block(self, opening: Token) -> Block:
        heading = int(opening.tag[1]) if opening.type == "heading_open" else 0
        if heading and not self.holders:
            return Block(BlockKind.HEADING, 0, 0, level=heading)
        block = Block(BlockKind.PARAGRAPH, 0, 0)
        if self.quotes:
            block = Block(BlockKind.QUOTE, 0, 0, level=self.quotes)
        elif self.lists and self.lists[-1].fresh:
            own = self.lists[-1]
            block = Block(
                BlockKind.LIST_ITEM, 0, 0, level=len(self.lists), ordered=own.ordered,
                number=own.number, group=own.group,
            )  # fmt: skip
        if self.lists:
            self.lists[-1].fresh = False
        if not self.holders:
            return block
        return _markdown_block(block, within=tuple(self.holders), heading=heading)

    def _is_struck(self, piece: Piece) -> bool:
        """Whether a paragraph is struck from its first word to its last."""
        if piece.block.kind is not BlockKind.PARAGRAPH or self.lists or self.quoting:
            return False
        objects = [m.value for m in piece.marks if m.kind is MarkKind.RAW]
        bare = not piece.text.replace(OBJECT, "").strip()
        return bare and bool(objects) and all(v.startswith("~~") for v in objects)

    def _places(self, line: int, content: str) -> list[int]:
        """Source offset of each code point of a block's content: its lines end source lines."""
        places: list[int] = []
        # a first line of no-break spaces is no blank line to Markdown, but trimmed off the content
        while content.strip() and not self.lines[line][1].strip():
            line += 1
        for n, part in enumerate(content.split("\n")):
            start, source = self.lines[min(line + n, len(self.lines) - 1)]
            bare = part.lstrip()
            found = source.rstrip().rfind(bare.rstrip()) if bare else len(source)
            at = start + found - (len(part) - len(bare))
            places += range(at, at + len(part))
            places.append(start + len(source))  # the line's end
        return places

    def _heading_places(self, line: int, content: str) -> list[int]:
        start, source = self.lines[line]
        after = re.compile("#+").search(source)
        at = start + source.find(content, after.end() if after else 0)
        return list(range(at, at + len(content) + 1))

    def _fill(self, builder: PieceBuilder, token: Token, places: list[int]) -> None:
        end = done = 0
        automatic = False
        children = token.children or []
        self._wrap_inline(children, places)
        skip = -1
        for i, child in enumerate(children):
            at = child.meta.get("at") or (end, end + len(child.content))
            if i <= skip or at[1] <= done:
                continue
            last = _object_end(children, i)
            if last:
                # Struck text and code are no prose: one object, with its marks.
                done = children[last].meta["at"][1]
                a, b = places[at[0]], places[done - 1] + 1
                cell = "".join(self.text[p] for p in places[at[0] : done])
                builder.raw(cell if self.in_cell else self.text[a:b], a, b)
                skip, end = last, done
                continue
            if automatic:
                automatic = child.type != "link_close"
                continue
            automatic = child.type == "link_open" and child.markup == "autolink"
            self._child(builder, child, token.content, places, at)
            end = at[1]

    def _wrap_inline(self, children: list[Token], places: list[int]) -> None:
        """Notes where emphasis, links and tags of a line stand."""
        opened: list[tuple[str, int, int]] = []
        end = 0
        for child in children:
            start, stop = child.meta.get("at") or (end, end + len(child.content))
            name, _, side = child.type.rpartition("_")
            if child.type == "html_inline" and (tag := _TAG.match(child.content)):
                name, side = f"<{tag[2].lower()}", "close" if tag[1] else "open"
            if child.markup != "autolink" and side in ("open", "close"):
                double = child.type.startswith("strong")
                if side == "open":
                    # of two signs, the parser keeps the inner one
                    opened.append((name, start - double, stop))
                elif any(o[0] == name for o in opened):
                    while opened[-1][0] != name:
                        opened.pop()
                    _, a, b = opened.pop()
                    start, stop = (end if name == "link" else start), stop + double
                    if b <= start:
                        kind = (
                            WrapKind.LINK
                            if name == "link"
                            else WrapKind.ELEMENT
                            if name[0] == "<"
                            else WrapKind.EMPHASIS
                        )
                        after = places[b - 1] + 1, places[start], places[stop - 1] + 1
                        self.wraps.append(Wrap(kind, places[a], *after))
            end = max(end, stop)

    def _child(
        self,
        builder: PieceBuilder,
        child: Token,
        content: str,
        places: list[int],
        at: tuple[int, int],
    ) -> None:
        start, end = at
        name, _, side = child.type.rpartition("_")
        if name in _MARKS and child.markup != "autolink":
            if side == "open":
                address = str(child.attrs.get("href", "")).translate(UNMASKS)
                title = str(child.attrs.get("title", "")).translate(UNMASKS)
                builder.open(_MARKS[name], address, title)
            else:
                builder.close(_MARKS[name])
        elif child.type == "text":
            self._literal(builder, child.content, places[start:end])
        elif child.type == "text_special":
            builder.add(child.content, places[start], places[end - 1] + 1)
        elif child.type in ("softbreak", "hardbreak"):
            line_end = places[content.index("\n", start)]
            crlf = self.text.startswith("\r\n", line_end)
            text = "\n" if crlf else self.text[line_end]
            builder.add(text, line_end, line_end + 2 if crlf else None)
        else:
            a, b = places[start], places[end - 1] + 1
            # In a cell the sign before a bar is the table's.
            cell = "".join(self.text[p] for p in places[start:end])
            own = cell if self.in_cell else self._bare(a, b)
            builder.raw(own, a, b)

    def _literal(self, builder: PieceBuilder, text: str, places: list[int]) -> None:
        """Adds text in runs that stand together in the source."""
        start = 0
        for i in range(1, len(text) + 1):
            if i == len(text) or places[i] != places[i - 1] + 1:
                run = text[start:i]
                at = places[start]
                same = self.text[at : at + len(run)] == run  # the parser replaces U+0000
                builder.add(run if same else self.text[at : at + len(run)], at)
                start = i

    def _table(self, tokens: list[Token], i: int) -> int:
        self.groups += 1
        group, header, wide = self.groups, False, False
        builder, cells, row, line = PieceBuilder(), list[Span](), list[list[int]](), 0
        while tokens[i].type != "table_close":
            token = tokens[i]
            if token.type in ("thead_open", "tbody_open"):
                header = token.type == "thead_open"
            elif token.type == "tr_open":
                builder, cells = PieceBuilder(), []
                line = (token.map or [0])[0]
                own = itertools.takewhile(lambda t: t.type != "tr_close", tokens[i:])
                contents = [t.content for t in own if t.type == "inline"]
                row = self._cell_places(line, contents[0] if contents else "")
                wide = 0 < len(contents) < len(row) and any(
                    len(c) > 1 for c in row[len(contents) :]
                )
                if wide:
                    row = self._narrowed(line, contents[0], row, len(contents))
                self.row_end = self.lines[line][0]
            elif token.type == "inline":
                if wide:
                    (token,) = parser(jsx=self.jsx).parseInline(
                        self._at(row[len(cells)][:-1]), self.links
                    )
                if builder.length and token.content:
                    builder.separate(_CELLS)
                start = builder.length
                if token.content:
                    found = row[len(cells)] if len(cells) < len(row) else []
                    self._fill_cell(builder, token, found, line)
                cells.append(Span(start, builder.length))
            elif token.type == "tr_close":
                block = Block(BlockKind.TABLE, 0, 0, group=group, cells=tuple(cells), header=header)
                self.pieces.append(self._held(builder.piece(block)))
            i += 1
        return i + 1

    def _fill_cell(self, builder: PieceBuilder, token: Token, places: list[int], line: int) -> None:
        """Adds a cell; one whose text does not stand where it should is kept unread."""
        if self._at(places[:-1]) == token.content.translate(UNMASKS):
            self.in_cell = True
            self._fill(builder, token, places)
            self.in_cell = False
            self.row_end = places[-1]
            return
        start, source = self.lines[line]
        at = max(start + max(0, source.find(token.content)), self.row_end)
        self.row_end = max(at, min(at + len(token.content), start + len(source)))
        own = token.content.translate(UNMASKS)
        builder.raw(self.text[at : self.row_end] if FILL in own else own, at, self.row_end)

    def _narrowed(
        self, line: int, first: str, row: list[list[int]], columns: int
    ) -> list[list[int]]:
        """Cells of a row with more of them than the table has columns, whose last ones get lost.

        Bars inside code part no cells to the writers of such rows; where that does not explain
        them, the last column holds what is left.
        """
        code = {at for m in _CODE_SPAN.finditer(self.lines[line][1]) for at in range(*m.span())}
        whole = self._cell_places(line, first, code)
        row = whole if len(whole) >= columns else row
        left = [place for cell in row[columns - 1 :] for place in cell[:-1]]
        if len(row) == columns or not left:
            return row[:columns]
        last = [
            place
            for place in range(left[0], left[-1] + 1)
            if not self.text.startswith("\\|", place)
        ]
        return [*row[: columns - 1], [*last, left[-1] + 1]]

    def _cell_places(self, line: int, first: str, code: Collection[int] = ()) -> list[list[int]]:
        """Source offsets of the code points of each cell, as the parser splits a row.

        Args:
            line: Number of the line.
            first: Text of the first cell: signs before it may be those of a quote, or its own.
            code: Columns of the line at which a bar parts no cells.
        """
        source = self.lines[line][1]
        lead = _LEAD.match(source)
        whole = self._split_row(line, lead.end() if lead else 0, code)
        if self._at(whole[0][:-1]) == first.translate(UNMASKS):
            return whole
        return self._split_row(line, len(source) - len(source.lstrip()), code)

    def _at(self, places: list[int]) -> str:
        """What stands at some places, as the parser gives it."""
        shown = "".join(self.shown[p] for p in places)
        return shown.translate(UNMASKS).replace("\0", "\ufffd")

    def _split_row(self, line: int, at: int, code: Collection[int]) -> list[list[int]]:
        start, source = self.lines[line]
        cells: list[list[int]] = [[]]
        end = len(source.rstrip())
        while at < end:
            if source[at] == "|" and at not in code:
                if at and source[at - 1] == "\\":
                    cells[-1].pop()
                    cells[-1].append(start + at)
                else:
                    cells.append([])
            else:
                cells[-1].append(start + at)
            at += 1
        if len(cells) > 1 and not cells[0]:
            cells.pop(0)
        if len(cells) > 1 and not cells[-1]:
            cells.pop()
        return [self._stripped(c) for c in cells]

    def _stripped(self, places: list[int]) -> list[int]:
        while places and self.text[places[0]].isspace():
            places.pop(0)
        while places and self.text[places[-1]].isspace():
            places.pop()
        return [*places, (places[-1] + 1) if places else 0]
