"""HTML: trafilatura says what is main text; an own tree with positions says where it stands."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator
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
from unspin.reading.builder import MAX_SPAN, PieceBuilder, is_raised_number
from unspin.reading.embeds import video_address
from unspin.reading.htmltree import (
    Element,
    Text,
    is_struck,
    parse,
    replaced,
    visible_text,
    without_struck,
)
from unspin.reading.languages import detect_language
from unspin.reading.repair import repair

_CELLS = " | "
#: What names of "meta" elements begin with that this program writes.
OWN_META = "unspin:"
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
#: Elements that hold the main text of a page and little else.
_MAIN = frozenset({"article", "main"})
#: Elements that hold other blocks and say nothing of what those are.
_HOLDERS = frozenset(
    ["address", "article", "aside", "body", "center", "details", "div", "fieldset", "footer",
     "form", "header", "html", "main", "section", "td", "th"]
)  # fmt: skip
#: What a reader is asked to fill in: an aside that holds it is no text.
_CONTROLS = frozenset({"form", "input", "button", "select", "textarea"})
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
#: Longest raised text that is no prose.
_MAX_RAISED = 20
#: Targets of links that are no way to another page: a number to call is content.
_NO_PAGE = re.compile(r"(?:tel|mailto|sms):", re.I)
_SCRIPTED = re.compile(r"(?:javascript|vbscript|data):", re.I)
#: What browsers skip in an address.
_SKIPPED_IN_ADDRESS = re.compile(r"[\s\x00-\x20]+")
#: Text of a link to a note: "1", "[1]", "a", "†".
_NOTE_MARK = re.compile(r"\s*[\[(]?\s*(?:\d{1,3}|[a-z*†‡§])\s*[\])]?\s*")
#: Class and id words of references and footnotes.
_NOTE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:(?:fn|ref|cite|bib|note)[_:-]?\d+|footnotes?|endnotes?|references?|reflist|"
    r"refs|citations?|cite[_-]note|bibliography)(?:$|[\s_:-])",
    re.I,
)
_NOTE_HEADING = re.compile(
    r"(?:list of )?(?:references?|sources?|bibliography|footnotes?|endnotes?|notes|citations?|"
    r"literature|works)(?: cited)?(?: and notes)?",
    re.I,
)
_ADDRESS = re.compile(r"(?:https?:)?//\S+")
_LIST_STYLE = re.compile(r"list-style[^;]*?\b(lower|upper)-(alpha|latin|roman)", re.I)
_HEADING_TAG = re.compile(r"h[1-6]")
_SENTENCE = re.compile(r"[.!?](?:[\s\"'”’)]|\Z)")
#: Words from which a paragraph that ends in a full stop is a sentence.
_MIN_SENTENCE = 5
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
#: Folded characters up to which a page is short: trafilatura takes its first paragraph for all of
#: it, or joins all that it finds into one.
_SHORT = 1000
#: Longest text of a table cell that holds a block: more is a page laid out with a table.
_MAX_CELL = 300
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
    home: tuple[int, ...] = ()  # the path as far as elements that hold blocks
    note: bool = False  # an entry of a list of references, or a footnote
    ids: frozenset[str] = frozenset()  # of the elements around it and in it
    cites: frozenset[str] = frozenset()  # ids of the notes that it refers to
    kept: bool = False

    @property
    def navigates(self) -> bool:
        """Whether it is a way to other pages, and no text."""
        if self.links <= _MAX_LINKS or self.note:
            return False
        words = self.piece.text.split()
        sentence = len(words) >= _MIN_SENTENCE and words[-1].endswith((".", "!"))
        return not (sentence and self.piece.block.kind is BlockKind.PARAGRAPH)


def read_html(source: Source) -> Article:
    """Makes a structured article of a page.

    Args:
        source: With the decoded page.

    Returns:
        The article; its source has ``offsets="extracted"`` and the extracted text where the main
        text could not be found again in the page.
    """
    root = parse(source.text)
    walk = _Walk(source.text)
    walk.block(root, _State())
    walk.flush(_State())
    document = _trafilatura(replaced(source.text, list(_rewritten(root, source.text))))
    found = _found_blocks(document)
    share = _align(walk.out, found)
    if found and share < _MIN_ALIGNED:
        return _extracted(source, document, found)
    _mark_notes(walk.out)
    _choose(walk.out, walk.mains)
    _keep_notes(walk.out)
    _title_heading(walk.out)
    chosen = [c.piece for c in walk.out if c.kept]
    pieces, repairs = repair(chosen, source.text, entities=False)
    own = {key: value for key, value in walk.meta.items() if key.startswith(OWN_META)}
    article = assemble(
        replace(source, extra={**source.extra, **own}) if own else source,
        pieces,
        title=_title(pieces),
        metadata=_metadata(document, walk),
        repairs=repairs,
        structured=True,
    )
    return article.with_(language=detect_language(article.text))


def read_fragment(text: str, start: int, groups: int) -> list[Piece]:
    """Make pieces of HTML that stands inside a text of another format.

    Args:
        text: The HTML.
        start: Its offset in the source.
        groups: Lists and tables that the article has so far.

    Returns:
        Its blocks with places in the source, less furniture and what is hidden; none where it holds
        no prose.
    """
    walk = _Walk(text, groups=groups)
    walk.block(parse(text), _State(main=True))
    walk.flush(_State())
    pieces = [c.piece for c in walk.out if not c.furniture]
    if not any(piece.text.strip(OBJECT + " ") for piece in pieces):
        return []
    return [
        replace(
            p, segments=tuple(replace(s, source_start=s.source_start + start) for s in p.segments)
        )
        for p in pieces
    ]


def _title(pieces: list[Piece]) -> int | None:
    for i, piece in enumerate(pieces):
        if piece.block.kind is BlockKind.HEADING:
            return i if piece.block.level == 1 else None
    return None


def _metadata(document: Any, walk: _Walk) -> Metadata:
    def text(name: str) -> str:
        return str(getattr(document, name, None) or "")

    said = walk.data
    # A page that this program wrote says what it was told: nothing is to be guessed.
    if not any(key.startswith(OWN_META) for key in walk.meta):
        said = {}
    author = said.get("author") or text("author")
    written = walk.meta.get("author", "")
    if _key(written) == _key(author):
        author = written or author  # "R. Okafor" is no "R Okafor"
    return Metadata(
        title=said.get("headline") or text("title") or walk.title,
        author=author,
        date=said.get("datePublished") or text("date"),
        url=said.get("url") or text("url") or walk.canonical,
        language=walk.language or text("language"),
    )


def _linked_data(text: str) -> dict[str, str]:
    """Fields of an article's JSON-LD that are plain text."""
    import json

    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(data, dict) or data.get("@type") != "Article":
        return {}
    author = data.get("author")
    fields = {**data, "author": author.get("name") if isinstance(author, dict) else author}
    return {key: value for key, value in fields.items() if isinstance(value, str)}


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


def _rewritten(element: Element, source: str) -> Iterator[tuple[int, int, str]]:
    """Changes to a page that show trafilatura, which sees no such markup, what a reader sees."""
    from html import escape

    for child in element.children:
        if isinstance(child, Text):
            continue
        if is_struck(child, source):
            yield child.start, child.end, ""
        elif child.tag == "sup" and _is_raised(child, source):
            yield child.start, child.end, escape(visible_text(source[child.start : child.end]))
        else:
            yield from _rewritten(child, source)


def _found_blocks(document: Any) -> list[str]:
    """Texts of the blocks that trafilatura takes for main text."""
    body = getattr(document, "body", None)
    if body is None:
        return []
    out = []
    for line in body.iter("lb"):
        line.tail = "\n" + (line.tail or "")
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

    def shown(_: re.Match[str]) -> str:
        value = next(values, "")
        return "" if value[:4].lower() == "<img" else visible_text(value)

    return re.sub(OBJECT, shown, piece.text)


def _align(candidates: list[_Candidate], found: list[str]) -> float:
    """Marks the candidates that trafilatura found; the share of its text found again."""
    keys = {k for k in map(_key, found) if k}
    whole = "\n".join(_key(f) for f in found)
    ours = "".join(c.key for c in candidates)
    for c in candidates:
        c.kept = bool(c.key) and (c.key in keys or (len(c.key) >= _MIN_INSIDE and c.key in whole))
    total = sum(map(len, keys))
    return sum(len(k) for k in keys if k in ours) / total if total else 1.0


def _choose(candidates: list[_Candidate], mains: set[int]) -> None:
    """Adds what stands in the same container as main text: headings, items, rows, short blocks."""
    sure = [c for c in candidates if not c.furniture]
    prose = sum(len(c.key) for c in sure)
    kept = [c for c in candidates if c.kept]
    if prose < _SHORT or sum(len(c.key) for c in kept) < _MIN_FOUND * prose or not kept:
        for c in sure:
            c.kept = c.kept or not c.navigates
    else:
        _headings_before(candidates, candidates.index(kept[0]))
        common = _container(kept, mains)
        for c in sure:
            if c.path[: len(common)] == common and not c.navigates:
                c.kept = True
    _drop_bare_headings(candidates)


def _headings_before(candidates: list[_Candidate], first: int) -> None:
    """Adds headings right before the first block, wherever they are."""
    for c in reversed(candidates[:first]):
        if c.furniture or c.piece.block.kind is not BlockKind.HEADING:
            return
        c.kept = True


def _container(kept: list[_Candidate], mains: set[int]) -> tuple[int, ...]:
    """Path of the container of the main text: an article, or the nearest one around all of it."""
    common = _common([c.home for c in kept])
    for n in range(len(common), 0, -1):
        if common[n - 1] in mains:
            return common[:n]
    return common


def _drop_bare_headings(candidates: list[_Candidate]) -> None:
    """Drops headings of lists of links, which are dropped themselves."""
    for i, c in enumerate(candidates):
        if not c.kept or c.piece.block.kind is not BlockKind.HEADING:
            continue
        below = []
        for other in candidates[i + 1 :]:
            block = other.piece.block
            if block.kind is BlockKind.HEADING and block.level <= c.piece.block.level:
                break
            below.append(other)
        c.kept = any(b.kept for b in below) or not any(b.navigates for b in below)


def _mark_notes(candidates: list[_Candidate]) -> None:
    """Marks as notes what stands under a heading such as "References", and what a mark leads to."""
    cited = {name for c in candidates if not c.furniture for name in c.cites}
    heading: _Candidate | None = None
    for c in candidates:
        block = c.piece.block
        if block.kind is BlockKind.HEADING:
            if _NOTE_HEADING.fullmatch(c.piece.text.strip(" :.")):
                heading = c
            elif heading is not None and block.level <= heading.piece.block.level:
                heading = None
        elif heading is not None and c.home[: len(heading.home)] == heading.home:
            c.note = True
        c.note = c.note or not cited.isdisjoint(c.ids)


def _keep_notes(candidates: list[_Candidate]) -> None:
    """Keeps notes that stand outside the container of the main text: its marks lead there."""
    kept = [c for c in candidates if c.kept]
    if not kept:
        return
    cited = {name for c in kept for name in c.cites}
    first = candidates.index(kept[0])
    for i, c in enumerate(candidates[first:], first):
        if c.kept or not c.note or (c.furniture and cited.isdisjoint(c.ids)):
            continue
        c.kept = True
        before = candidates[i - 1]
        if _NOTE_HEADING.fullmatch(before.piece.text.strip(" :.")):
            before.kept = True


def _common(paths: list[tuple[int, ...]]) -> tuple[int, ...]:
    """Path of the nearest common container."""
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
    label: str = ""  # of an item, where it is no plain number
    counting: str = ""  # "a", "A", "i" or "I": how a list counts
    group: int = 0
    quotes: int = 0
    lists: int = 0
    furniture: bool = False
    strong: bool = False
    main: bool = False
    note: bool = False
    embed: bool = False
    ids: tuple[str, ...] = ()
    path: tuple[int, ...] = ()
    home: tuple[int, ...] = ()

    def inside(self, element: Element, *, furniture: bool) -> _State:
        """What holds inside a block element of it."""
        name = element.attrs.get("id", "")
        names = f"{element.attrs.get('class', '')} {name}"
        path = (*self.path, element.start)
        return replace(
            self,
            furniture=self.furniture or furniture,
            main=self.main or element.tag in _MAIN,
            note=self.note or (element.tag not in _MAIN and bool(_NOTE_NAMES.search(names))),
            embed=element.tag == "figure" and "embed" in element.attrs.get("class", "").split(),
            ids=(*self.ids, name) if name else self.ids,
            path=path,
            home=path if element.tag in _HOLDERS else self.home,
        )


@dataclass
class _Walk:
    """Walks over the tree and makes candidates."""

    source: str
    out: list[_Candidate] = field(default_factory=list)
    builder: PieceBuilder = field(default_factory=PieceBuilder)
    title: str = ""
    canonical: str = ""
    meta: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    language: str = ""
    groups: int = 0
    numbers: int = 0
    linked: int = 0
    in_link: int = 0
    breaks: int = 0
    in_cell: bool = False
    gap: bool = False
    mains: set[int] = field(default_factory=set)
    names: list[str] = field(default_factory=list)
    cites: list[str] = field(default_factory=list)
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
        if tag in _SKIPPED or _hidden(element) or is_struck(element, self.source):
            return
        if tag in _EMBEDS:
            self._embed(element, state)
        elif tag in _BLOCKS:
            self._container(element, state)
        else:
            self._inline(element, state)

    def _container(self, element: Element, state: _State) -> None:
        if self.in_cell:
            self._part(element, state)
            return
        self.flush(state)
        tag = element.tag
        inner = state.inside(element, furniture=self._is_furniture(element, state))
        if tag in _MAIN:
            self.mains.add(element.start)
        if tag == "pre":
            self._code(element, inner)
        elif tag == "table" and _is_data(element):
            self._caption(element, inner)
            self._table(element, inner)
        else:
            inner = self._state(element, inner)
            self.block(element, inner)
            self.flush(inner)

    def _part(self, element: Element, state: _State) -> None:
        """Adds a block that stands alone in a table cell."""
        self.gap = True
        self.block(element, state)
        self.gap = True

    def _is_furniture(self, element: Element, state: _State) -> bool:
        if element.tag == "aside" and state.main and not _furniture_names(element):
            return not self._is_text(element)
        return _furniture(element)

    def _is_text(self, element: Element) -> bool:
        """Whether an aside of an article says something: a warning does, links and forms do not."""
        if any(e.tag in _CONTROLS for e in _descendants(element)):
            return False
        linked, text = 0, ""
        for part, way in self._said(element):
            linked += len(part) * way
            text += "" if way else part
        return bool(_SENTENCE.search(text)) and linked <= len(text)

    def _said(self, element: Element) -> Iterator[tuple[str, bool]]:
        """Yields text of an element without headings, and whether it is a link to a page."""
        for child in element.children:
            if isinstance(child, Text):
                yield self.source[child.start : child.end], False
            elif child.tag == "a" and not _NO_PAGE.match(child.attrs.get("href", "")):
                yield visible_text(self.source[child.start : child.end]), True
            elif child.tag not in _SKIPPED and not _HEADING_TAG.fullmatch(child.tag):
                yield from self._said(child)

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
                group=self.groups, number=number, counting=_counting(element),
            )  # fmt: skip
        if tag == "li":
            number = int(element.attrs.get("data-unspin-number", "0")) if state.ordered else 0
            return replace(
                state, kind=BlockKind.LIST_ITEM, level=max(state.lists, 1), number=number,
                label=_label(state.counting, number),
            )  # fmt: skip
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
                own = child.attrs.get("value", "")
                number = int(own) if own.isdecimal() and len(own) < 9 else number
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
                number=state.number, group=state.group, value=state.label,
            )  # fmt: skip
        piece = builder.piece(block)
        if block.kind is BlockKind.PARAGRAPH and (url := self._address(piece, state)):
            # An address of a player alone is an embed that lost its markup, and no way elsewhere.
            block = Block(BlockKind.EMBED, 0, 0, value=url)
            piece, linked = replace(piece, block=replace(block, end=len(url)), marks=()), 0
        self._add(piece, linked, state)

    @staticmethod
    def _address(piece: Piece, state: _State) -> str:
        if state.embed and _ADDRESS.fullmatch(piece.text):
            return piece.text
        return video_address(piece.text) if not piece.text.startswith("<") else ""

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
        ids, cites = frozenset([*state.ids, *self.names]), frozenset(self.cites)
        self.names, self.cites = [], []
        self.out.append(
            _Candidate(
                piece, key, state.furniture, min(linked / max(len(piece.text), 1), 1.0),
                state.path, state.home, state.note, ids, cites,
            )
        )  # fmt: skip

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
            if self.gap and not self.builder.ends_in_space:
                self.builder.separate(" ")
            self._open_strong(state)
            self.breaks, self.gap = 0, False
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
        self.names += [element.attrs[a] for a in ("id", "name") if element.attrs.get(a)]
        if tag == "br":
            self._break(element, state)
        elif tag == "img":
            self._image(element)
        elif tag in _RAW_INLINE or (tag == "sup" and _is_raised(element, self.source)):
            self._cite(element)
            value = without_struck(self.source[element.start : element.end])
            self.builder.raw(value, element.start, element.end)
        elif tag == "a":
            self._link(element, state)
        elif tag in _INLINE:
            self.builder.open(_INLINE[tag])
            self.block(element, state)
            self.builder.close(_INLINE[tag])
        else:
            self.block(element, state)

    def _link(self, element: Element, state: _State) -> None:
        href = element.attrs.get("href", "").strip()
        marked = bool(href) and not _SCRIPTED.match(_SKIPPED_IN_ADDRESS.sub("", href))
        away = bool(href) and not _NO_PAGE.match(href)
        self._cite(element)
        if marked:
            self.builder.open(MarkKind.LINK, href)
        self.in_link += away
        self.block(element, state)
        self.in_link -= away
        if marked:
            self.builder.close(MarkKind.LINK)

    def _cite(self, element: Element) -> None:
        """Notes the notes that marks such as a raised "1" lead to."""
        for e in (element, *_descendants(element)):
            href = e.attrs.get("href", "")
            if e.tag == "a" and href.startswith("#"):
                text = visible_text(self.source[e.start : e.end])
                if e is not element or _NOTE_MARK.fullmatch(text):
                    self.cites.append(href[1:])

    def _break(self, element: Element, state: _State) -> None:
        self.breaks += 1
        if self.breaks > 1 and not self.in_cell:
            self.flush(state)
        elif not self.builder.ends_in_space:
            self.builder.add("\n", element.start, element.end)

    def _image(self, element: Element) -> None:
        source = element.attrs.get("src", "")
        pixel = "1" in (element.attrs.get("width"), element.attrs.get("height"))
        if source and not source.startswith("data:") and not pixel:
            self.builder.raw(self.source[element.start : element.end], element.start, element.end)

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
        source = without_struck(self.source[element.start : element.end])
        self._add(Piece("", (), Block(BlockKind.CODE, 0, 0, verbatim=source)), 0, state)

    def _caption(self, element: Element, state: _State) -> None:
        """Adds what a table says of itself as a paragraph before it."""
        for child in element.children:
            if isinstance(child, Element) and child.tag == "caption":
                self.element(child, replace(state, kind=BlockKind.PARAGRAPH))

    def _table(self, element: Element, state: _State) -> None:
        self.groups += 1
        self.in_cell = True
        for row in _grid(element):
            cells = [self._cell(cell, state) for cell in row]
            header = any(row) and all(c is None or c.tag == "th" for c in row)
            block = Block(
                BlockKind.TABLE, 0, 0, group=self.groups, cells=tuple(cells), header=header
            )
            builder, linked = self.builder, self.linked
            self.builder, self.linked = PieceBuilder(), 0
            self._add(builder.piece(block), linked, state)
        self.in_cell = False

    def _cell(self, cell: Element | None, state: _State) -> Span:
        """Adds a cell to the row that is open; None is a place that another cell covers."""
        if cell is not None:
            if self.builder.length and visible_text(self.source[cell.start : cell.end]).strip():
                self.builder.separate(_CELLS)
            start = self.builder.length
            self.breaks, self.gap = 0, False
            self.block(cell, replace(state, strong=False))
            return Span(start, self.builder.length)
        return Span(self.builder.length, self.builder.length)

    def _head(self, element: Element) -> None:
        from html import unescape

        for child in element.children:
            if not isinstance(child, Element):
                continue
            if child.tag == "title" and child.children:
                node = child.children[0]
                self.title = " ".join(unescape(self.source[node.start : node.end]).split())
            elif child.tag == "meta" and child.attrs.get("name"):
                self.meta.setdefault(child.attrs["name"], child.attrs.get("content", "").strip())
            elif child.attrs.get("type", "").lower() == "application/ld+json" and child.children:
                node = child.children[0]
                self.data = self.data or _linked_data(self.source[node.start : node.end])
            elif child.tag == "link" and child.attrs.get("rel") == "canonical":
                self.canonical = child.attrs.get("href", "")


def _counting(element: Element) -> str:
    """How a numbered list counts where it does not count in figures."""
    if element.tag != "ol":
        return ""
    style = _LIST_STYLE.search(element.attrs.get("style", ""))
    if style:
        sign = "a" if style[2].lower() in ("alpha", "latin") else "i"
        return sign.upper() if style[1].lower() == "upper" else sign
    kind = element.attrs.get("type", "").strip()
    return kind if kind in ("a", "A", "i", "I") else ""


def _label(counting: str, number: int) -> str:
    """An item's label as browsers write it; empty for plain numbers."""
    if not counting or not 0 < number < 40:
        return ""
    if counting in "iI":
        tens, ones = divmod(number, 10)
        label = "x" * tens + ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")[ones]
    elif number <= 26:
        label = chr(ord("a") + number - 1)
    else:
        return ""
    return (label.upper() if counting.isupper() else label) + "."


def _hidden(element: Element) -> bool:
    attrs = element.attrs
    return (
        "hidden" in attrs
        or attrs.get("aria-hidden") == "true"
        or bool(_HIDDEN_STYLE.search(attrs.get("style", "")))
        or bool(_HIDDEN_NAMES.search(attrs.get("class", "")))
    )


def _is_raised(element: Element, source: str) -> bool:
    """Whether a superscript would be another number if it stood on the line."""
    inner = "".join(
        visible_text(source[c.start : c.end])
        for c in element.children
        if not (isinstance(c, Element) and c.tag == "sup")
    )
    return len(inner.strip()) <= _MAX_RAISED and is_raised_number(inner)


def _descendants(element: Element) -> Iterator[Element]:
    for child in element.children:
        if isinstance(child, Element):
            yield child
            yield from _descendants(child)


def _furniture(element: Element) -> bool:
    if element.tag in _FURNITURE or element.attrs.get("role", "") in _ROLES:
        return True
    return _furniture_names(element)


def _furniture_names(element: Element) -> bool:
    if element.tag in ("body", "html", "article", "main"):
        return False
    names = f"{element.attrs.get('class', '')} {element.attrs.get('id', '')}"
    return bool(_FURNITURE_NAMES.search(names))


def _rows(table: Element) -> list[Element]:
    """The rows of a table; markup that should not be between them (a form) is looked through."""
    out = []
    for child in table.children:
        if not isinstance(child, Element) or _hidden(child):
            continue
        if child.tag == "tr":
            out.append(child)
        elif child.tag not in ("caption", "colgroup", "td", "th", "table"):
            out += _rows(child)
    return out


def _row_cells(row: Element) -> list[Element]:
    cells = [c for c in row.children if isinstance(c, Element) and c.tag in ("td", "th")]
    return [c for c in cells if not _hidden(c)]


def _grid(table: Element) -> list[list[Element | None]]:
    """The cells of a table by row and column.

    A cell that spans rows or columns stands in its first place, and leaves the others empty: each
    value stays under its heading.
    """
    out: list[list[Element | None]] = []
    covered: dict[int, int] = {}  # rows that a cell from above still covers, by column
    for element in _rows(table):
        row: list[Element | None] = []
        next_covered = {c: n - 1 for c, n in covered.items() if n > 1}
        for cell in _row_cells(element):
            while covered.get(len(row)):
                row.append(None)
            rows = _span(cell, "rowspan")
            columns = range(len(row), len(row) + _span(cell, "colspan"))
            row += [cell, *[None] * (len(columns) - 1)]
            next_covered |= {c: rows - 1 for c in columns if rows > 1}
        covered = next_covered
        out.append(row)
    width = max((n for row in out for n, cell in enumerate(row, 1) if cell is not None), default=0)
    return [(row + [None] * width)[:width] for row in out]


def _span(cell: Element, name: str) -> int:
    value = cell.attrs.get(name, "").strip()
    if name == "rowspan" and value == "0":  # to the end of the table
        return sys.maxsize
    if not value.isdecimal() or len(value) > len(str(sys.maxsize)):
        return 1
    return max(1, min(int(value), MAX_SPAN) if name == "colspan" else int(value))


def _is_data(table: Element) -> bool:
    """Whether a table holds data: two columns or more, cells with one block at most."""
    widths = []
    for row in _rows(table):
        cells = _row_cells(row)
        widths.append(len(cells))
        if not all(map(_is_simple, cells)):
            return False
    return len(widths) > 1 and max(widths, default=0) > 1


def _is_simple(cell: Element) -> bool:
    blocks = [e for e in _descendants(cell) if e.tag in _BLOCKS]
    if len(blocks) == 1 and blocks[0].tag in ("p", "div"):
        return cell.end - cell.start <= _MAX_CELL
    return not blocks
