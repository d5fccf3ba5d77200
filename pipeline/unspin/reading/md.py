"""Markdown: CommonMark with tables, front matter, and shortcodes kept whole.

Prose holds no markup. Code, URLs, HTML tags, images, footnote marks and shortcodes are one `OBJECT`
with a `RAW` mark inside a line, and verbatim blocks without prose where they stand alone. A block
of HTML that holds prose is read as HTML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from unspin.article import (
    OBJECT,
    Article,
    Block,
    BlockKind,
    MarkKind,
    Metadata,
    Piece,
    Source,
    Span,
    assemble,
)
from unspin.reading.builder import PieceBuilder
from unspin.reading.embeds import video_address
from unspin.reading.htmltree import STRUCK, is_struck_tag, split_comments
from unspin.reading.languages import detect_language
from unspin.reading.markup import Wrap, WrapKind, html_wraps
from unspin.reading.repair import repair
from unspin.textmap import Segment

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_CELLS = " | "
_FENCE = re.compile(r"(---|\+\+\+)[ \t]*(?:\r\n|\r|\n)")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
#: Hugo, Jekyll, Jinja and WordPress-like shortcodes; ``{a|b}`` is spintax and stays prose.
_SHORTCODE = re.compile(
    r"\{\{[<%][^{}]{0,1000}[>%]\}\}|\{%[^{}]{0,1000}%\}|\{#[^{}]{0,1000}#\}"
    r"|\{\{\s[^{}]{0,1000}\s\}\}|\{\{\s*[\w.]{1,100}\s*\}\}"
)
_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]:?")
_EMBED = re.compile(r"""<(?:iframe|video|embed)\b[^>]*?\bsrc\s*=\s*["']?([^"'\s>]+)""", re.I)
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*)[^>]*>\Z")
_STRUCK_BLOCK = re.compile(rf"<({'|'.join(sorted(STRUCK))})(?:\s[^>]*)?>", re.I)
_MARKS = {"strong": MarkKind.STRONG, "em": MarkKind.EMPHASIS, "link": MarkKind.LINK}


def read_md(source: Source) -> Article:
    """Makes a structured article of Markdown.

    Args:
        source: With the decoded text.
    """
    front, extra, at = _front_matter(source.text)
    walk = _Walk(source.text, at)
    walk.run()
    pieces, repairs = repair(walk.pieces, source.text, entities=False)
    title = next((i for i, p in enumerate(pieces) if _is_heading(p)), None)
    if title is not None and pieces[title].block.level != 1:
        title = None
    metadata = Metadata(
        title=_text(extra, "title"),
        author=_text(extra, "author") or _text(extra, "authors"),
        date=_text(extra, "date"),
        url=_text(extra, "source") or _text(extra, "url") or _text(extra, "canonical"),
        language=_text(extra, "lang") or _text(extra, "language"),
        front_matter=front,
    )
    article = assemble(
        replace(source, extra={**source.extra, **extra}) if extra else source,
        pieces,
        title=title,
        metadata=metadata,
        repairs=repairs,
        structured=True,
    )
    return article.with_(language=detect_language(article.text))


def read_blocks(text: str) -> list[Piece]:
    """The blocks of a Markdown text alone, as `read_md` finds them."""
    walk = _Walk(text, _front_matter(text)[2])
    walk.run()
    return repair(walk.pieces, text, entities=False)[0]


def md_wraps(text: str) -> list[Wrap]:
    """Emphasis, links, items, headings, quotes and tags of a Markdown text, inner ones first."""
    walk = _Walk(text, _front_matter(text)[2])
    walk.run()
    inline = (WrapKind.EMPHASIS, WrapKind.LINK, WrapKind.ELEMENT)
    return sorted(walk.wraps, key=lambda w: (w.kind not in inline, w.end - w.start))


def _is_heading(piece: Piece) -> bool:
    return piece.block.kind is BlockKind.HEADING


def _text(extra: dict[str, Any], key: str) -> str:
    """A field as a line of text; lists and mappings inside a list are none."""
    value = extra.get(key)
    values = value if isinstance(value, list) else [value]
    plain = (str(v).strip() for v in values if v is not None and not isinstance(v, dict | list))
    return ", ".join(plain)


def _front_matter(text: str) -> tuple[str, dict[str, Any], int]:
    """Front matter verbatim, parsed, and where the text after it begins.

    What stands between fences but is no mapping is a part of the text. TOML is given as YAML.
    """
    start = _FENCE.match(text)
    if not start:
        return "", {}, 0
    end = re.compile(rf"^{re.escape(start[1])}[ \t]*(?:\r\n|\r|\n|\Z)", re.M).search(
        text.replace("\r", "\n"), start.end()
    )
    if not end:
        return "", {}, 0
    inner = text[start.end() : end.start()]
    import yaml

    try:
        if start[1] == "+++":
            import tomllib

            value: Any = tomllib.loads(inner.replace("\r\n", "\n"))
            inner = yaml.safe_dump(value, allow_unicode=True, sort_keys=False)
        else:
            loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
            value = yaml.load(inner, Loader=loader)
    except (yaml.YAMLError, ValueError):
        return "", {}, 0
    if not isinstance(value, dict):
        return "", {}, 0
    after = end.end()
    if text[after - 1 : after + 1] == "\r\n":
        after += 1
    return inner, {str(k): v for k, v in value.items()}, after


# --- inline tokens with their places ------------------------------------------------------------


def _placed(rule: Any, delimiters: bool) -> Any:
    """A rule of markdown-it that notes where its tokens stand, as ``meta["at"]`` (start, end).

    Literal text stays without a note: it begins where the token before it ends.
    """

    def placed(state: StateInline, silent: bool) -> bool:
        before, count = state.pos, len(state.tokens)
        # Delimiters come after the literal text that waited; other rules make no text.
        waiting = delimiters and not silent and bool(state.pending)
        if not rule(state, silent):
            return False
        if silent:
            return True
        at = before
        for token in state.tokens[count + waiting :]:
            if token.type == "text":
                if delimiters:
                    token.meta["at"] = (at, at + len(token.content))
                    at += len(token.content)
            elif "at" not in token.meta:
                label = token.type == "link_open" and token.markup != "autolink"
                token.meta["at"] = (before, before + 1 if label else state.pos)
        return True

    return placed


def _shortcode(state: StateInline, silent: bool) -> bool:
    match = _SHORTCODE.match(state.src, state.pos) if state.src[state.pos] == "{" else None
    return _raw(state, silent, match)


def _footnote(state: StateInline, silent: bool) -> bool:
    match = _FOOTNOTE.match(state.src, state.pos) if state.src[state.pos] == "[" else None
    return _raw(state, silent, match)


def _raw(state: StateInline, silent: bool, match: re.Match[str] | None) -> bool:
    if match is None:
        return False
    if not silent:
        state.push("raw", "", 0)
    state.pos = match.end()
    return True


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": 50}).enable(["table", "strikethrough"])
    parser.disable(["fragments_join", "text_join"], ignoreInvalid=True)
    inline = parser.inline.ruler
    inline.before("escape", "shortcode", _shortcode)
    inline.before("link", "footnote", _footnote)
    for rule in inline.__rules__:
        rule.fn = _placed(rule.fn, rule.name in ("emphasis", "strikethrough"))
    inline.__cache__ = None
    return parser


def _struck_end(children: list[Token], i: int) -> int:
    """Index of the token that ends the struck text which begins here, or 0.

    It must hold whole marks: what crosses their borders is left as the author wrote it.
    """
    first = children[i]
    tag = _TAG.match(first.content) if first.type == "html_inline" else None
    if first.type != "s_open" and not (tag and not tag[1] and is_struck_tag(tag[2], first.content)):
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


def _unnested(token: Token) -> str:
    """A verbatim block inside a quote or a list, without the prefixes (``>``, indentation)."""
    if token.type == "fence":
        return f"{token.markup}{token.info}\n{token.content}{token.markup}"
    if token.type == "code_block":
        return "".join(f"    {line}" for line in token.content.splitlines(keepends=True)).rstrip(
            "\n"
        )
    return token.content.rstrip("\n")


@dataclass
class _List:
    ordered: bool
    group: int
    number: int = 0
    fresh: bool = False  # whether the item that is open has no block yet


@dataclass
class _Walk:
    """Walks over the tokens of a document and makes pieces."""

    text: str
    begin: int
    pieces: list[Piece] = field(default_factory=list)
    lines: list[tuple[int, str]] = field(default_factory=list)
    lists: list[_List] = field(default_factory=list)
    quotes: int = 0
    groups: int = 0
    references: set[int] = field(default_factory=set)
    wraps: list[Wrap] = field(default_factory=list)
    held: list[tuple[int, int]] = field(default_factory=list)

    def run(self) -> None:
        """Parses the text and fills `pieces`."""
        for match in _LINE.finditer(self.text, self.begin):
            if match.group() or not self.lines:
                self.lines.append((match.start(), match.group().rstrip("\r\n")))
        tokens = _parser().parse("\n".join(line for _, line in self.lines))
        i = 0
        while i < len(tokens):
            i = self._struck_blocks(tokens, i) or self._step(tokens, i)

    def _struck_blocks(self, tokens: list[Token], i: int) -> int:
        """Takes blocks between "<del>" and "</del>" on lines of their own; the next index or 0."""
        token = tokens[i]
        tag = _STRUCK_BLOCK.fullmatch(token.content.strip()) if token.type == "html_block" else None
        if tag is None or token.map is None or self.quotes or self.lists:
            return 0
        for j in range(i + 1, len(tokens)):
            end = tokens[j]
            if end.type == "html_block" and end.level == 0 and end.map is not None:
                if end.content.strip().lower() != f"</{tag[1].lower()}>":
                    continue
                start, stop = self._source([token.map[0], end.map[1]])
                block = Block(BlockKind.CODE, 0, 0, value="html", verbatim=self.text[start:stop])
                self.pieces.append(Piece("", (), block))
                return j + 1
        return 0

    def _step(self, tokens: list[Token], i: int) -> int:
        token = tokens[i]
        kind = token.type
        if kind in ("list_item_open", "heading_open", "blockquote_open"):
            self._wrap_lines(token)
        if kind in ("bullet_list_open", "ordered_list_open"):
            self.groups += 1
            ordered = kind.startswith("ordered")
            first = token.attrGet("start")
            number = int(first if first is not None else 1) - 1 if ordered else 0
            self.lists.append(_List(ordered, self._group(), number))
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self.lists.pop()
        elif kind == "list_item_close":
            self._let_go()
        elif kind == "list_item_open":
            self.lists[-1].number += self.lists[-1].ordered
            self.lists[-1].fresh = True
        elif kind == "blockquote_open":
            self.quotes += 1
        elif kind == "blockquote_close":
            self.quotes -= 1
        elif kind == "html_block":
            if self.quotes or self.lists:
                self._nested_html(token)
            else:
                self._html(token)
        elif kind in ("fence", "code_block"):
            self._verbatim(token)
        elif kind in ("paragraph_open", "heading_open"):
            self._inline(token, tokens[i + 1])
            return i + 3
        elif kind == "table_open":
            return self._table(tokens, i)
        return i + 1

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
        body = _unnested(token) if self.quotes or self.lists else source
        self.pieces.append(Piece("", (), Block(kind, 0, 0, value=value, verbatim=body)))

    def _html(self, token: Token) -> None:
        """Adds the prose in a block of HTML; comments and what holds no prose stay as they are."""
        from unspin.reading.html import read_fragment

        start, end = self._source(token.map or [0, 1])
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
            self.pieces += found
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
            self.pieces.append(Piece("", (), block))
        self.held = []

    def _wrap_lines(self, token: Token) -> None:
        kind = {"list_item_open": WrapKind.ITEM, "heading_open": WrapKind.HEADING}.get(token.type)
        if token.type == "blockquote_open" and not (self.quotes or self.lists):
            kind = WrapKind.QUOTE
        if kind and token.map is not None:
            start, end = self._source(token.map)
            self.wraps.append(Wrap(kind, start, start, end, end))

    def _embeds(self, token: Token) -> bool:
        """Adds a paragraph that is nothing but addresses of players, as lost players leave them."""
        lines = token.content.split("\n")
        urls = [video_address(line.strip()) for line in lines]
        if self.quotes or self.lists or not all(urls):
            return False
        for line, url in zip(lines, urls, strict=True):
            block = Block(BlockKind.EMBED, 0, 0, value=url, verbatim=line.strip())
            self.pieces.append(Piece("", (), block))
        return True

    def _inline(self, opening: Token, token: Token) -> None:
        span = token.map or [0, 1]
        if opening.type == "paragraph_open" and self._embeds(token):
            return
        if opening.type == "paragraph_open" and not _SHORTCODE.sub("", token.content).strip():
            start, end = self._source(span)
            block = Block(BlockKind.CODE, 0, 0, value="shortcode", verbatim=self.text[start:end])
            self.pieces.append(Piece("", (), block))
            return
        if opening.type == "heading_open" and opening.markup.startswith("#"):
            places = self._heading_places(span[0], token.content)
        else:
            places = self._places(span[0], token.content)
        builder = PieceBuilder()
        self._fill(builder, token, places)
        piece = builder.piece(self._block(opening))
        piece, self.held = self._with_comments(piece, self.held), []
        if self._is_struck(piece):
            start, end = self._source(span)
            block = Block(BlockKind.CODE, 0, 0, verbatim=self.text[start:end])
            piece = Piece("", (), block)
            self.pieces.append(piece)
        elif piece.text:
            self.pieces.append(piece)

    def _block(self, opening: Token) -> Block:
        if opening.type == "heading_open":
            return Block(BlockKind.HEADING, 0, 0, level=int(opening.tag[1]))
        if self.lists and self.lists[-1].fresh:
            own = self.lists[-1]
            own.fresh = False
            return Block(
                BlockKind.LIST_ITEM, 0, 0, level=len(self.lists), ordered=own.ordered,
                number=own.number, group=own.group,
            )  # fmt: skip
        if self.quotes:
            return Block(BlockKind.QUOTE, 0, 0, level=self.quotes)
        return Block(BlockKind.PARAGRAPH, 0, 0)

    def _is_struck(self, piece: Piece) -> bool:
        """Whether a paragraph is struck from its first word to its last."""
        if piece.block.kind is not BlockKind.PARAGRAPH or self.lists or self.quotes:
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
        self._wrap_inline(children, token.content, places)
        skip = -1
        for i, child in enumerate(children):
            at = child.meta.get("at") or (end, end + len(child.content))
            if i <= skip or at[1] <= done:
                continue
            last = _struck_end(children, i)
            if last:
                # Struck text is no prose: one object, with its marks.
                done = children[last].meta["at"][1]
                a, b = places[at[0]], places[done - 1] + 1
                builder.raw(self.text[a:b], a, b)
                skip, end = last, done
                continue
            if automatic:
                automatic = child.type != "link_close"
                continue
            automatic = child.type == "link_open" and child.markup == "autolink"
            self._child(builder, child, token.content, places, at)
            end = at[1]

    def _wrap_inline(self, children: list[Token], content: str, places: list[int]) -> None:
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
                builder.open(_MARKS[name], str(child.attrs.get("href", "")))
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
            builder.raw(self.text[a:b], a, b)

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
        group, header = self.groups, False
        builder, cells, row = PieceBuilder(), list[Span](), list[list[int]]()
        while tokens[i].type != "table_close":
            token = tokens[i]
            if token.type in ("thead_open", "tbody_open"):
                header = token.type == "thead_open"
            elif token.type == "tr_open":
                builder, cells = PieceBuilder(), []
                row = self._cell_places((token.map or [0])[0])
            elif token.type == "inline":
                if builder.length and token.content:
                    builder.separate(_CELLS)
                start = builder.length
                if token.content and len(cells) < len(row):
                    self._fill(builder, token, row[len(cells)])
                cells.append(Span(start, builder.length))
            elif token.type == "tr_close":
                block = Block(BlockKind.TABLE, 0, 0, group=group, cells=tuple(cells), header=header)
                self.pieces.append(builder.piece(block))
            i += 1
        return i + 1

    def _cell_places(self, line: int) -> list[list[int]]:
        """Source offsets of the code points of each cell, as the parser splits a row."""
        start, source = self.lines[line]
        lead = re.compile(r"[>\s]*(?:[-*+]\s+(?=\|))?").match(source)
        at = lead.end() if lead else 0
        cells: list[list[int]] = [[]]
        end = len(source.rstrip())
        while at < end:
            if source[at] == "|":
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
