"""Markdown: CommonMark with tables, front matter, and shortcodes kept whole.

Prose holds no markup. Code, URLs, HTML tags, images, footnote marks and shortcodes are one `OBJECT`
with a `RAW` mark inside a line, and verbatim blocks without prose where they stand alone. A block
of HTML that holds prose is read as HTML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from unspin.article import (
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
from unspin.reading.languages import detect_language
from unspin.reading.repair import repair

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
_COMMENT = re.compile(r"(<!--.*?-->)", re.S)
_EMBED = re.compile(r"""<(?:iframe|video|embed)\b[^>]*?\bsrc\s*=\s*["']?([^"'\s>]+)""", re.I)
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
    from dataclasses import replace

    article = assemble(
        replace(source, extra={**source.extra, **extra}) if extra else source,
        pieces,
        title=title,
        metadata=metadata,
        repairs=repairs,
        structured=True,
    )
    return article.with_(language=detect_language(article.text))


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
        for n, token in enumerate(state.tokens[count + waiting :]):
            if token.type == "text":
                if delimiters:
                    token.meta["at"] = (before + n, before + n + 1)
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

    parser = MarkdownIt("commonmark", {"maxNesting": 50}).enable("table")
    parser.disable(["fragments_join", "text_join"], ignoreInvalid=True)
    inline = parser.inline.ruler
    inline.before("escape", "shortcode", _shortcode)
    inline.before("link", "footnote", _footnote)
    for rule in inline.__rules__:
        rule.fn = _placed(rule.fn, rule.name in ("emphasis", "strikethrough"))
    inline.__cache__ = None
    return parser


# --- blocks -------------------------------------------------------------------------------------


def _unnested(token: Token, source: str) -> str:
    """A verbatim block inside a quote or a list, without the prefixes (``>``, indentation)."""
    if token.type == "fence":
        return f"{token.markup}{token.info}\n{token.content}{token.markup}"
    if token.type == "code_block":
        return "".join(f"    {line}" for line in token.content.splitlines(keepends=True)).rstrip(
            "\n"
        )
    return source.lstrip("> \t")


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

    def run(self) -> None:
        """Parses the text and fills `pieces`."""
        for match in _LINE.finditer(self.text, self.begin):
            if match.group() or not self.lines:
                self.lines.append((match.start(), match.group().rstrip("\r\n")))
        tokens = _parser().parse("\n".join(line for _, line in self.lines))
        i = 0
        while i < len(tokens):
            i = self._step(tokens, i)

    def _step(self, tokens: list[Token], i: int) -> int:
        token = tokens[i]
        kind = token.type
        if kind in ("bullet_list_open", "ordered_list_open"):
            self.groups += 1
            ordered = kind.startswith("ordered")
            first = token.attrGet("start")
            number = int(first if first is not None else 1) - 1 if ordered else 0
            self.lists.append(_List(ordered, self._group(), number))
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self.lists.pop()
        elif kind == "list_item_open":
            self.lists[-1].number += self.lists[-1].ordered
            self.lists[-1].fresh = True
        elif kind == "blockquote_open":
            self.quotes += 1
        elif kind == "blockquote_close":
            self.quotes -= 1
        elif kind == "html_block" and not (self.quotes or self.lists):
            self._html(token)
        elif kind in ("fence", "code_block", "html_block"):
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
        body = _unnested(token, source) if self.quotes or self.lists else source
        self.pieces.append(Piece("", (), Block(kind, 0, 0, value=value, verbatim=body)))

    def _html(self, token: Token) -> None:
        """Adds the prose in a block of HTML; comments and what holds no prose stay as they are."""
        from unspin.reading.html import read_fragment

        start, end = self._source(token.map or [0, 1])
        source = self.text[start:end]
        at, found = 0, []
        for part in _COMMENT.split(source):
            if part.startswith("<!--"):
                pieces = [Piece("", (), Block(BlockKind.CODE, 0, 0, value="html", verbatim=part))]
            else:
                pieces = read_fragment(part, start + at, self.groups)
            self.groups = max([self.groups, *(p.block.group for p in pieces)])
            found += pieces
            at += len(part)
        if any(piece.text for piece in found):
            self.pieces += found
        else:
            self._verbatim(token)

    def _inline(self, opening: Token, token: Token) -> None:
        span = token.map or [0, 1]
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
        if piece.text:
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
        end = 0
        automatic = False
        for child in token.children or ():
            at = child.meta.get("at") or (end, end + len(child.content))
            if automatic:
                automatic = child.type != "link_close"
                continue
            automatic = child.type == "link_open" and child.markup == "autolink"
            self._child(builder, child, token.content, places, at)
            end = at[1]

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
