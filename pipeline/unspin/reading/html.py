"""HTML: trafilatura says what is main text; an own tree with positions says where it stands."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field, replace
from typing import Any

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
from unspin.reading.htmltree import Element, Text, parse
from unspin.reading.languages import detect_language
from unspin.reading.repair import repair

_CELLS = " | "
#: Never prose.
_SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "svg",
        "math",
        "button",
        "select",
        "option",
        "textarea",
        "input",
        "label",
        "canvas",
        "audio",
        "map",
        "dialog",
    ]
)
#: Page furniture by element and by role: never main text.
_FURNITURE = frozenset({"nav", "footer", "aside"})
_ROLES = frozenset({"navigation", "banner", "contentinfo", "complementary", "search", "dialog"})
#: Class and id words of furniture: kept only where trafilatura takes it for main text.
_FURNITURE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|sidebar|footer|breadcrumbs?|share|sharing|social|related|"
    r"comments?|cookies?|consent|promo|adverts?|advertisement|ads?|adsbygoogle|sponsored|"
    r"newsletter|subscribe|popup|modal|widget|pagination|skip|toolbar)(?:$|[\s_-])",
    re.I,
)
_HIDDEN_NAMES = re.compile(r"(?:^|\s)(?:sr-only|visually-hidden|screen-reader-text|hidden)(?:$|\s)")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "iframe",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "video",
        "embed",
        "object",
        "caption",
    ]
)
_INLINE = {
    "b": MarkKind.STRONG, "strong": MarkKind.STRONG, "i": MarkKind.EMPHASIS,
    "em": MarkKind.EMPHASIS, "a": MarkKind.LINK,
}  # fmt: skip
_RAW_INLINE = frozenset({"code", "kbd", "samp", "var", "tt"})
_EMBEDS = frozenset({"iframe", "video", "embed", "object"})
_PIECE = re.compile(
    r"[ \t\r\n\f]+|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?"
    r"|[^ \t\r\n\f&]+(?: [^ \t\r\n\f&]+)*|&"
)
_SUPERSCRIPT_NUMBER = re.compile(r"[\s\d,–-]+\Z")
_TAG = re.compile(r"<[^>]*>")
_NOT_WORD = re.compile(r"[\W_]+")
#: Share of the text that trafilatura found that must be found again in the tree.
_MIN_ALIGNED = 0.7
#: Folded characters from which a block may match inside a longer one of trafilatura's.
_MIN_INSIDE = 20
#: Share of link text from which a block between main text is a list of links.
_MAX_LINKS = 0.5
#: Tags from which a page is read without trafilatura, whose time grows with their square (8,000
#: list items: 9 s); articles have a few thousand.
_MAX_TAGS = 10_000
#: Words that trafilatura must find, against all that may be prose, to be trusted: on short and
#: plain pages it finds little or nothing.
_MIN_FOUND = 0.25


@dataclass
class _Candidate:
    """A block of the page that may be main text."""

    piece: Piece
    key: str
    furniture: bool
    links: float
    path: tuple[int, ...] = ()
    kept: bool = False
    verbatim: bool = False


def read_html(source: Source) -> Article:
    """Makes a structured article of a page.

    Args:
        source: With the decoded page.

    Returns:
        The article; its source has ``offsets="extracted"`` and the extracted text where the main
        text could not be found again in the page.
    """
    walk = _Walk(source.text)
    walk.block(parse(source.text), _State())
    walk.flush(_State())
    document = _trafilatura(source.text)
    found = _found_blocks(document)
    share = _align(walk.out, found)
    if found and share < _MIN_ALIGNED:
        return _extracted(source, document, found)
    _choose(walk.out, found)
    _title_heading(walk.out)
    chosen = [c.piece for c in walk.out if c.kept]
    pieces, repairs = repair(chosen, source.text, entities=False)
    article = assemble(
        source,
        pieces,
        title=_title(pieces),
        metadata=_metadata(document, walk),
        repairs=repairs,
        structured=True,
    )
    return article.with_(language=detect_language(article.text))


def _title(pieces: list[Piece]) -> int | None:
    for i, piece in enumerate(pieces):
        if piece.block.kind is BlockKind.HEADING:
            return i if piece.block.level == 1 else None
    return None


def _metadata(document: Any, walk: _Walk) -> Metadata:
    def text(name: str) -> str:
        return str(getattr(document, name, None) or "")

    return Metadata(
        title=text("title") or walk.title,
        author=text("author"),
        date=text("date"),
        url=text("url") or walk.canonical,
        language=walk.language or text("language"),
    )


# --- what is main text ---------------------------------------------------------------------------


def _trafilatura(text: str) -> Any:
    if text.count("<") > _MAX_TAGS:
        return None
    import trafilatura

    # It logs what it discards as warnings; what matters is in the result.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        return trafilatura.bare_extraction(
            text.replace("\0", ""),
            include_tables=True,
            include_comments=False,
            favor_recall=True,
            with_metadata=True,
            # Only dates that the page declares: a copyright year is no date of the article.
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except Exception:  # any page that it cannot handle is read without it
        return None


def _found_blocks(document: Any) -> list[str]:
    """Texts of the blocks that trafilatura takes for main text."""
    body = getattr(document, "body", None)
    if body is None:
        return []
    out = []
    for element in body.iter("p", "head", "item", "cell", "quote", "code", "ab"):
        text = "".join(element.itertext()).strip()
        if text and not any(True for _ in element.iterchildren("p", "item", "cell", "list")):
            out.append(text)
    return out


def _key(text: str) -> str:
    return _NOT_WORD.sub("", text).casefold()


def _visible(piece: Piece) -> str:
    """The piece's text with that of its objects (code, superscripts), as trafilatura gives it."""
    if OBJECT not in piece.text:
        return piece.text
    values = iter([m.value for m in piece.marks if m.kind is MarkKind.RAW])
    return re.sub(OBJECT, lambda _: _TAG.sub("", next(values, "")), piece.text)


def _align(candidates: list[_Candidate], found: list[str]) -> float:
    """Marks the candidates that trafilatura found; the share of its text found again."""
    keys = {k for k in map(_key, found) if k}
    whole = "\n".join(_key(f) for f in found)
    ours = "".join(c.key for c in candidates)
    for c in candidates:
        c.kept = bool(c.key) and (c.key in keys or (len(c.key) >= _MIN_INSIDE and c.key in whole))
    total = sum(map(len, keys))
    return sum(len(k) for k in keys if k in ours) / total if total else 1.0


def _choose(candidates: list[_Candidate], found: list[str]) -> None:
    """Adds what stands between main text in the same container: headings, items, rows."""
    sure = [c for c in candidates if not c.furniture]
    prose = sum(len(c.key) for c in sure)
    kept = [c for c in candidates if c.kept]
    if sum(len(c.key) for c in kept) < _MIN_FOUND * prose or not kept:
        for c in sure:
            c.kept = c.links <= _MAX_LINKS or c.kept
        return
    first = candidates.index(kept[0])
    last = len(candidates) - 1 - candidates[::-1].index(kept[-1])
    common = _common([c.path for c in kept])
    for c in candidates[first:last]:
        if not c.furniture and c.links <= _MAX_LINKS and c.path[: len(common)] == common:
            c.kept = True
    _near(candidates, first, last, common)


def _near(candidates: list[_Candidate], first: int, last: int, common: tuple[int, ...]) -> None:
    """Adds headings right before the first block, and short ends of the same container."""
    i = first - 1
    while i >= 0 and candidates[i].piece.block.kind is BlockKind.HEADING:
        if candidates[i].furniture:
            break
        candidates[i].kept = True
        i -= 1
    for c in candidates[:first] + candidates[last + 1 :]:
        inside = bool(common) and c.path[: len(common)] == common
        if inside and not c.furniture and c.links <= _MAX_LINKS:
            c.kept = True


def _common(paths: list[tuple[int, ...]]) -> tuple[int, ...]:
    """Path of the nearest common container, at least two levels deep or none."""
    low, high = min(paths), max(paths)
    n = 0
    while n < min(len(low), len(high)) and low[n] == high[n]:
        n += 1
    return low[:n]


def _title_heading(candidates: list[_Candidate]) -> None:
    """The only level-1 heading of the page stands before the text, wherever its element is."""
    tops = [
        c
        for c in candidates
        if c.piece.block.kind is BlockKind.HEADING and c.piece.block.level == 1
    ]
    if len(tops) == 1 and any(c.kept for c in candidates):
        first = next(c for c in candidates if c.kept)
        if candidates.index(tops[0]) < candidates.index(first):
            tops[0].kept = True


def _extracted(source: Source, document: Any, found: list[str]) -> Article:
    """The article that trafilatura gives, without a way back into the page."""
    text = "\n\n".join(" ".join(f.split()) for f in found)
    pieces = []
    at = 0
    for part in text.split("\n\n"):
        builder = PieceBuilder()
        builder.add(part, at)
        pieces.append(builder.piece(Block(BlockKind.PARAGRAPH, 0, 0)))
        at += len(part) + 2
    own = replace(source, text=text, offsets="extracted")
    pieces, repairs = repair(pieces, text, entities=False)
    article = assemble(
        own, pieces, repairs=repairs, structured=True, metadata=_metadata(document, _Walk(""))
    )
    return article.with_(language=detect_language(article.text))


# --- blocks and their places ---------------------------------------------------------------------


@dataclass(frozen=True)
class _State:
    """What the elements around a place say."""

    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0
    ordered: bool = False
    number: int = 0
    group: int = 0
    quotes: int = 0
    lists: int = 0
    furniture: bool = False
    strong: bool = False
    path: tuple[int, ...] = ()


@dataclass
class _Walk:
    """Walks over the tree and makes candidates."""

    source: str
    out: list[_Candidate] = field(default_factory=list)
    builder: PieceBuilder = field(default_factory=PieceBuilder)
    title: str = ""
    canonical: str = ""
    language: str = ""
    groups: int = 0
    numbers: int = 0
    linked: int = 0
    in_link: int = 0
    breaks: int = 0
    used: set[int] = field(default_factory=set)

    def block(self, element: Element, state: _State) -> None:
        """Adds the blocks of an element."""
        for child in element.children:
            if isinstance(child, Text):
                self.text(child, state)
            else:
                self.element(child, state)

    def element(self, element: Element, state: _State) -> None:
        """Adds an element: a block, or a part of the block that is open."""
        tag = element.tag
        if tag == "html":
            self.language = element.attrs.get("lang", "")[:2].lower()
        if tag == "head":
            self._head(element)
        if tag in _SKIPPED or _hidden(element):
            return
        if tag in _EMBEDS:
            self._embed(element, state)
        elif tag in _BLOCKS:
            self._container(element, state)
        else:
            self._inline(element, state)

    def _container(self, element: Element, state: _State) -> None:
        self.flush(state)
        tag = element.tag
        inner = replace(
            state,
            furniture=state.furniture or _furniture(element),
            path=(*state.path, element.start),
        )
        if tag == "pre":
            self._code(element, inner)
        elif tag == "table" and _is_data(element):
            self._table(element, inner)
        else:
            inner = self._state(element, inner)
            self.block(element, inner)
            self.flush(inner)

    def _state(self, element: Element, state: _State) -> _State:
        tag = element.tag
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            return replace(state, kind=BlockKind.HEADING, level=int(tag[1]))
        if tag in ("ul", "ol"):
            if not state.lists:
                self.groups += 1
            start = element.attrs.get("start", "1")
            number = int(start) if start.isdecimal() and len(start) < 9 else 1
            self._number(element, number)
            return replace(
                state, kind=BlockKind.PARAGRAPH, lists=state.lists + 1, ordered=tag == "ol",
                group=self.groups, number=number,
            )  # fmt: skip
        if tag == "li":
            number = int(element.attrs.get("data-unspin-number", "0")) if state.ordered else 0
            return replace(
                state, kind=BlockKind.LIST_ITEM, level=max(state.lists, 1), number=number
            )
        if tag == "blockquote":
            return replace(
                state, kind=BlockKind.QUOTE, level=state.quotes + 1, quotes=state.quotes + 1
            )
        if tag == "dt":
            return replace(state, strong=True)
        return state

    @staticmethod
    def _number(element: Element, number: int) -> None:
        """Numbers the items of a list before they are walked over."""
        for child in element.children:
            if isinstance(child, Element) and child.tag == "li":
                child.attrs["data-unspin-number"] = str(number)
                number += 1

    def flush(self, state: _State) -> None:
        """Ends the block that is open."""
        builder, linked = self.builder, self.linked
        self.builder, self.linked, self.breaks = PieceBuilder(), 0, 0
        block = Block(BlockKind.PARAGRAPH, 0, 0)
        if state.kind is BlockKind.HEADING or state.kind is BlockKind.QUOTE:
            block = Block(state.kind, 0, 0, level=state.level)
        elif state.kind is BlockKind.LIST_ITEM and self._first_of_item(state, builder):
            block = Block(
                state.kind, 0, 0, level=state.level, ordered=state.ordered,
                number=state.number, group=state.group,
            )  # fmt: skip
        self._add(builder.piece(block), linked, state)

    def _first_of_item(self, state: _State, builder: PieceBuilder) -> bool:
        """Whether the open block is the first of its list item: others are paragraphs."""
        item = hash((state.group, state.level, state.path[-1:]))
        if not builder.length or item in self.used:
            return False
        self.used.add(item)
        return True

    def _add(self, piece: Piece, linked: int, state: _State) -> None:
        key = _key(_visible(piece))
        if not key and not piece.block.verbatim and not piece.marks:
            return
        share = min(linked / max(len(piece.text), 1), 1.0)
        self.out.append(
            _Candidate(piece, key, state.furniture, share, state.path, False, bool(not piece.text))
        )

    # --- inside a block

    def text(self, node: Text, state: _State) -> None:
        """Adds source text: entities as atoms, white space as one space."""
        from html import unescape

        for match in _PIECE.finditer(self.source, node.start, node.end):
            run, start = match.group(), match.start()
            if run[0] in " \t\r\n\f":
                if self.builder.ends_in_space:
                    continue
                one = len(run) == 1
                self.builder.add(run if one else " ", start, None if one else match.end())
                continue
            self._open_strong(state)
            self.breaks = 0
            before = self.builder.length
            if run[0] == "&" and len(run) > 1 and unescape(run) != run:
                self.builder.add(unescape(run), start, match.end())
            else:
                self.builder.add(run, start)
            if self.in_link:
                self.linked += self.builder.length - before

    def _open_strong(self, state: _State) -> None:
        if state.strong and not self.builder.length:
            self.builder.open(MarkKind.STRONG)

    def _inline(self, element: Element, state: _State) -> None:
        tag = element.tag
        if tag == "br":
            self._break(element, state)
        elif tag == "img":
            self._image(element)
        elif tag in _RAW_INLINE or (tag == "sup" and self._is_number(element)):
            self.builder.raw(self.source[element.start : element.end], element.start, element.end)
        elif tag in _INLINE:
            kind = _INLINE[tag]
            href = element.attrs.get("href", "").strip()
            marked = kind is not MarkKind.LINK or bool(href)
            if marked:
                self.builder.open(kind, href if kind is MarkKind.LINK else "")
            self.in_link += tag == "a"
            self.block(element, state)
            self.in_link -= tag == "a"
            if marked:
                self.builder.close(kind)
        else:
            self.block(element, state)

    def _break(self, element: Element, state: _State) -> None:
        self.breaks += 1
        if self.breaks > 1:
            self.flush(state)
        elif not self.builder.ends_in_space:
            self.builder.add("\n", element.start, element.end)

    def _image(self, element: Element) -> None:
        source = element.attrs.get("src", "")
        pixel = "1" in (element.attrs.get("width"), element.attrs.get("height"))
        if source and not source.startswith("data:") and not pixel:
            self.builder.raw(self.source[element.start : element.end], element.start, element.end)

    def _is_number(self, element: Element) -> bool:
        inner = _TAG.sub("", self.source[element.start : element.end])
        return bool(_SUPERSCRIPT_NUMBER.match(inner))

    # --- blocks that are not prose, and tables

    def _embed(self, element: Element, state: _State) -> None:
        self.flush(state)
        url = element.attrs.get("src") or element.attrs.get("data") or ""
        for child in element.children:
            if not url and isinstance(child, Element) and child.tag == "source":
                url = child.attrs.get("src", "")
        if url.startswith(("http://", "https://", "//")):
            source = self.source[element.start : element.end]
            block = Block(BlockKind.EMBED, 0, 0, value=url, verbatim=source)
            self._add(Piece("", (), block), 0, replace(state, path=(*state.path, element.start)))

    def _code(self, element: Element, state: _State) -> None:
        source = self.source[element.start : element.end]
        self._add(Piece("", (), Block(BlockKind.CODE, 0, 0, verbatim=source)), 0, state)

    def _table(self, element: Element, state: _State) -> None:
        self.groups += 1
        for row in _rows(element):
            cells: list[Span] = []
            elements = [c for c in row.children if isinstance(c, Element) and c.tag in ("td", "th")]
            for cell in elements:
                if self.builder.length and _key(_TAG.sub("", self.source[cell.start : cell.end])):
                    self.builder.separate(_CELLS)
                start = self.builder.length
                self.block(cell, replace(state, strong=False))
                cells.append(Span(start, self.builder.length))
            header = bool(elements) and all(c.tag == "th" for c in elements)
            block = Block(
                BlockKind.TABLE, 0, 0, group=self.groups, cells=tuple(cells), header=header
            )
            builder, linked = self.builder, self.linked
            self.builder, self.linked = PieceBuilder(), 0
            self._add(builder.piece(block), linked, state)

    def _head(self, element: Element) -> None:
        from html import unescape

        for child in element.children:
            if not isinstance(child, Element):
                continue
            if child.tag == "title" and child.children:
                node = child.children[0]
                self.title = " ".join(unescape(self.source[node.start : node.end]).split())
            elif child.tag == "link" and child.attrs.get("rel") == "canonical":
                self.canonical = child.attrs.get("href", "")


def _hidden(element: Element) -> bool:
    attrs = element.attrs
    return (
        "hidden" in attrs
        or attrs.get("aria-hidden") == "true"
        or bool(_HIDDEN_STYLE.search(attrs.get("style", "")))
        or bool(_HIDDEN_NAMES.search(attrs.get("class", "")))
    )


def _furniture(element: Element) -> bool:
    if element.tag in _FURNITURE or element.attrs.get("role", "") in _ROLES:
        return True
    if element.tag in ("body", "html", "article", "main"):
        return False
    names = f"{element.attrs.get('class', '')} {element.attrs.get('id', '')}"
    return bool(_FURNITURE_NAMES.search(names))


def _rows(table: Element) -> list[Element]:
    out = []
    for child in table.children:
        if isinstance(child, Element):
            if child.tag == "tr":
                out.append(child)
            elif child.tag in ("thead", "tbody", "tfoot"):
                out += _rows(child)
    return out


def _is_data(table: Element) -> bool:
    """Whether a table holds data: two columns or more, cells without blocks of their own."""
    widths = []
    for row in _rows(table):
        cells = [c for c in row.children if isinstance(c, Element) and c.tag in ("td", "th")]
        widths.append(len(cells))
        if any(_holds_blocks(c) for c in cells):
            return False
    return len(widths) > 1 and max(widths, default=0) > 1


def _holds_blocks(cell: Element) -> bool:
    return any(isinstance(c, Element) and c.tag in _BLOCKS for c in cell.children)
