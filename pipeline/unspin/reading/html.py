"""HTML: trafilatura says what is main text; an own tree with positions says where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from unspin.article import (
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
from unspin.reading.builder import PieceBuilder, is_raised_number, item_label
from unspin.reading.embeds import video_address
from unspin.reading.frontmatter import front_matter, given
from unspin.reading.htmlformulas import formula
from unspin.reading.htmlhead import Head, is_site_name, is_title_class, metadata, read_head
from unspin.reading.htmlimages import image, only_images, unscripted
from unspin.reading.htmlmain import (
    Candidate,
    align,
    choose,
    extract,
    found_blocks,
    keep_notes,
    key_of,
    mark_notes,
    title_heading,
    visible,
)
from unspin.reading.htmloffice import as_other_pages
from unspin.reading.htmlsigns import (
    CONTENTS,
    CONTENTS_NAMES,
    FURNITURE,
    MAIN,
    OTHER_PAGES,
    ROLES,
    Page,
    is_share_bar,
    is_share_label,
    is_toggle,
)
from unspin.reading.htmltable import grid, is_data
from unspin.reading.htmltree import (
    RAW_INLINE,
    Element,
    Text,
    is_struck,
    parse,
    replaced,
    visible_text,
    without_struck,
)
from unspin.reading.languages import detect_language
from unspin.reading.mdparser import SHORTCODE
from unspin.reading.repair import repair
from unspin.reading.templates import without_code, without_markup_in_code

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
        "amp-sidebar",
        "amp-consent",
        "amp-user-notification",
    ]
)
#: Elements that hold other blocks and say nothing of what those are.
_HOLDERS = frozenset(
    ["address", "article", "aside", "body", "center", "details", "div", "fieldset", "footer",
     "form", "header", "html", "main", "section", "td", "th"]
)  # fmt: skip
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
        "legend",
        "li",
        "main",
        "marquee",
        "nav",
        "ol",
        "p",
        "pre",
        "search",
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
#: What shows a sign without words.
_SIGNS = frozenset({"svg", "i", "span", "em", "b"})
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
_ADDRESS = re.compile(r"(?:https?:)?//\S+")
_LIST_STYLE = re.compile(r"list-style[^;]*?\b(lower|upper)-(alpha|latin|roman)", re.I)
_HEADING_TAG = re.compile(r"h[1-6]")
_SENTENCE = re.compile(r"[.!?](?:[\s\"'”’)]|\Z)")
#: Class words of what holds the text of an article.
_MAIN_NAMES = re.compile(
    r"(?:^|\s)(?:(?:entry|post|article|page|story|node|blog|main)[_-]{1,2}(?:content|body|text)|"
    r"(?:article|story|post)(?:body|text|content)|field--name-body|theme-post-content|"
    r"elementor-widget-theme-post-content|et_pb_post_content|content-body|rich-text|post|"
    # what page builders put around what an author builds with them
    r"elementor|et_builder_inner_content|et-l--(?:post|body)|wpb-content-wrapper|vc_row|"
    r"fl-builder-content|siteorigin-panels|panel-layout|brx-body)(?:$|\s)",
    re.I,
)
#: Class words of what holds all that an author writes or builds, box by box.
_BUILT_NAMES = re.compile(
    r"(?:^|\s)(?:elementor|(?:entry|post|article)[_-](?:content|body)|et_builder_inner_content|"
    r"et-l--(?:post|body)|wpb-content-wrapper|fl-builder-content|siteorigin-panels|panel-layout)"
    r"(?:$|\s)",
    re.I,
)
_SIDEBAR = re.compile(r"(?:^|[\s_-])sidebar(?:$|[\s_-])", re.I)
#: Words from which text that stands beside an aside makes it a part of that text.
_MIN_BESIDE = 5
#: Words from which an aside without a full stop says something.
_MIN_NOTE = 3
#: Elements on each side of an aside that are looked at.
_BESIDE = 12
#: A blank line between bare text, which WordPress makes a paragraph of.
_BLANK_LINE = re.compile(r"\n[ \t\r\f]*\n")
_STOPPED = re.compile(r"[.!?:;,…][\"'”’)\]]*\s*\Z")
_QUOTES = "\"'“”‘’«»„‚"
_ENDED = re.compile(r"[.!?:…][\"'”’)\]]*\s*\Z")


def read_html(source: Source) -> Article:
    """Makes a structured article of a page.

    Args:
        source: With the decoded page.

    Returns:
        The article; its source has ``offsets="extracted"`` and the extracted text where the main
        text could not be found again in the page.
    """
    front, extra, at = _front_matter(source)
    text = " " * at + source.text[at:]
    shown = without_code(text)
    root = parse(shown, text)
    as_other_pages(root, text)
    head = read_head(root, text)
    walk = _Walk(text, page=Page(text, root), shown=shown)
    walk.block(root, _State())
    walk.flush(_State())
    for c, element in walk.headings:
        c.site = c.heading == 1 and is_site_name(element, text, head)
    changes = sorted(_rewritten(root, walk.page, text))
    document = extract(replaced(without_markup_in_code(text), changes))
    found = found_blocks(document)
    if not align(walk.out, found):
        return _extracted(source, document, found, head)
    mark_notes(walk.out)
    choose(walk.out, walk.mains, walk.built)
    keep_notes(walk.out)
    titled = {id(c) for c, element in walk.headings if is_title_class(element)}
    top = title_heading(
        walk.out, [head.agrees(c.text) for c in walk.out], [id(c) in titled for c in walk.out]
    )
    if top is not None:
        found_title = walk.out[top]
        found_title.piece = replace(
            found_title.piece, block=replace(found_title.piece.block, level=1)
        )
    chosen = [c for c in walk.out if c.kept]
    pieces, repairs = repair([c.piece for c in chosen], text, entities=False)
    known = metadata(document, head, "" if top is None else walk.out[top].text)
    own = {**head.own, **extra}
    article = assemble(
        replace(source, extra={**source.extra, **own}) if own else source,
        pieces,
        title=None if top is None else chosen.index(walk.out[top]),
        metadata=given(extra, front).over(known),
        repairs=repairs,
        structured=True,
    )
    return article.with_(language=detect_language(article.text))


def _front_matter(source: Source) -> tuple[str, dict[str, Any], int]:
    """Front matter of a page that a generator of sites will put into its layout."""
    if source.record is not None or not source.text.startswith(("---", "+++")):
        return "", {}, 0
    return front_matter(source.text, source.path)


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
    shown = without_code(text)
    root = parse(shown, text)
    as_other_pages(root, text)
    walk = _Walk(text, page=Page(text, root), shown=shown, groups=groups)
    walk.block(root, _State(main=True))
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


def _rewritten(element: Element, page: Page, source: str) -> Iterator[tuple[int, int, str]]:
    """Changes to a page that show trafilatura, which sees no such markup, what a reader sees."""
    from html import escape

    for child in element.elements:
        if is_struck(child, source):
            yield child.start, child.end, ""
        elif child.tag == "sup" and _is_raised(child, source):
            yield child.start, child.end, escape(visible_text(source[child.start : child.end]))
        elif child.tag in ("button", "label") and (
            page.asks(child) or (child.tag == "label" and page.answers(child))
        ):
            yield child.start, child.end, escape(page.text(child))
        else:
            opened = page.opens(child)
            if opened:
                yield child.start, child.inner_start, f"<{child.tag}>"
            yield from _rewritten(child, page, source)


def _extracted(source: Source, document: Any, found: list[str], head: Head) -> Article:
    """The article that trafilatura gives, without a way back into the page."""
    text = "\n\n".join(" ".join(f.split()) for f in found)
    pieces = []
    at = 0
    for part in text.split("\n\n"):
        builder = _Builder()
        builder.add(part, at)
        pieces.append(builder.piece(Block(BlockKind.PARAGRAPH, 0, 0)))
        at += len(part) + 2
    own = replace(source, text=text, offsets="extracted")
    pieces, repairs = repair(pieces, text, entities=False)
    article = assemble(
        own, pieces, repairs=repairs, structured=True, metadata=metadata(document, head, "")
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
    contents: bool = False
    item: int = 0  # where the list item around it begins
    joined: bool = False  # whether the paragraphs of that item are one block
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
            main=self.main or _holds_article(element),
            note=self.note or (element.tag not in MAIN and bool(_NOTE_NAMES.search(names))),
            contents=self.contents or bool(CONTENTS_NAMES.search(names)),
            embed=element.tag == "figure" and "embed" in element.attrs.get("class", "").split(),
            ids=(*self.ids, name) if name else self.ids,
            path=path,
            home=path if element.tag in _HOLDERS else self.home,
        )


def _holds_article(element: Element) -> bool:
    if element.tag in MAIN or element.attrs.get("role") in ("main", "article"):
        return True
    if element.attrs.get("itemprop", "").lower() == "articlebody":
        return True
    names = element.attrs.get("class", "")
    if element.tag not in ("div", "section") or "location-" in names:
        return False
    return bool(_MAIN_NAMES.search(names))


class _Builder(PieceBuilder):
    """A builder that tells how its text ends."""

    @property
    def tail(self) -> str:
        """The last words."""
        return "".join(self._parts[-4:])


@dataclass
class _Walk:
    """Walks over the tree and makes candidates."""

    source: str
    page: Page
    shown: str  # the source with the code of templates filled up
    out: list[Candidate] = field(default_factory=list)
    headings: list[tuple[Candidate, Element]] = field(default_factory=list)
    builder: _Builder = field(default_factory=_Builder)
    groups: int = 0
    numbers: int = 0
    linked: int = 0
    in_link: int = 0
    breaks: int = 0
    in_cell: bool = False
    parted: bool = False  # whether a block of a cell has just ended
    gap: str = ""  # what parts the next words from those before, where no white space does
    mains: set[int] = field(default_factory=set)
    built: set[int] = field(default_factory=set)
    names: list[str] = field(default_factory=list)
    cites: list[str] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)
    quotes: int = 0
    pressed: int = 0  # buttons around
    used: set[int] = field(default_factory=set)

    def block(self, element: Element, state: _State) -> None:
        """Adds the blocks of an element."""
        bare = not self.in_cell and (element.tag in _HOLDERS or not element.tag)
        for child in element.children:
            if isinstance(child, Text):
                self.text(child, state, bare=bare)
            else:
                self.element(child, state)

    def element(self, element: Element, state: _State) -> None:
        """Adds an element: a block, or a part of the block that is open."""
        from html import escape

        tag = element.tag
        if self.page.hidden(element) or is_struck(element, self.source):
            return
        if tag in ("button", "label"):
            self._press(element, state)
            return
        if self.pressed and tag == "span" and self.page.is_action(element):
            return
        if tag == "noscript":
            self._noscript(element, state)
        if tag == "math":
            self._formula(element, state)
        if self.in_cell and tag in _SIGNS and (name := self.page.sign(element)):
            self._begin(state)
            self.builder.raw(escape(name, quote=False), element.start, element.end)
            return
        if tag in _SKIPPED:
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
        tag = element.tag
        if state.joined and state.kind is BlockKind.LIST_ITEM and tag in ("p", "div"):
            self.gap = "\n"
            self.block(element, state)
            self.gap = "\n"
            return
        self.flush(state)
        inner = state.inside(element, furniture=self._is_furniture(element, state))
        if _BUILT_NAMES.search(element.attrs.get("class", "")) and not state.furniture:
            self.built.add(element.start)
        if tag in MAIN:
            self.mains.add(element.start)
        if tag == "pre":
            self._code(element, inner)
        elif tag == "table" and is_data(element, self.source, self.page.hidden):
            self._caption(element, inner)
            self._table(element, inner)
        else:
            inner = self._state(element, inner)
            made = len(self.out)
            self.block(element, inner)
            self.flush(inner)
            if inner.kind is BlockKind.HEADING and _HEADING_TAG.fullmatch(tag):
                self.headings += [(c, element) for c in self.out[made:] if c.heading]

    def _part(self, element: Element, state: _State) -> None:
        """Adds a block of a table cell: what stands in several blocks is told apart by a mark."""
        tag = element.tag
        told = tag in ("li", "dt") or (tag in ("p", "div") and self.parted)
        self.gap = "; " if told else self.gap or " "
        self.block(element, state)
        self.gap = "; " if tag in ("ul", "ol", "dl") else " "
        self.parted = tag in ("p", "div", "li", "dd")

    def _press(self, element: Element, state: _State) -> None:
        """Adds a button or a label that is a question, or the name of a tab, of the text."""
        if self.page.asks(element):
            self.pressed += 1
            self._question(element, state)
            self.pressed -= 1
        elif self.in_cell and element.tag == "label":
            self.block(element, state)
        elif element.tag == "label" and self.page.answers(element):
            self.flush(state)
            self.block(element, state)
            self.flush(state)

    def _question(self, element: Element, state: _State) -> None:
        inner = state.inside(element, furniture=False)
        if self.in_cell or state.kind is BlockKind.HEADING or state.strong:
            self.block(element, state)
            return
        self.flush(state)
        inner = replace(inner, strong=True)
        self.block(element, inner)
        self.flush(inner)

    def _is_furniture(self, element: Element, state: _State) -> bool:
        tag, role = element.tag, element.attrs.get("role", "")
        sign = self.page.named_furniture(element)
        if tag == "aside" or (role == "complementary" and tag not in FURNITURE):
            if sign or not (state.main or self._amid(element)):
                return True
            return not self._is_text(element)
        if tag == "footer" and state.quotes:
            return False  # who is quoted
        if tag == "footer" and not sign and any(e.tag == "article" for e in element.ancestors):
            return not self._is_text(element)  # sources, dates of review, a last warning
        if (tag in FURNITURE or role in ROLES) and role != "tablist":
            return not (
                tag == "nav" and any(e.attrs.get("role") == "tab" for e in element.elements)
            )
        if sign == "doubtful":
            return not self._says(element)
        if sign and state.main and self._belongs(element):
            return False
        return sign == "sure"

    def _belongs(self, element: Element) -> bool:
        """Whether a part of an article is text against its name.

        It is where it speaks of doses, and so is a box beside the text between its paragraphs.
        """
        box = _SIDEBAR.search(element.attrs.get("class", "")) and self._amid(element)
        return (bool(box) or self.page.advises(element)) and self._is_text(element)

    def _amid(self, element: Element) -> bool:
        """Whether an aside stands between sentences of a text, or beside them in a fragment."""
        parent = element.parent
        if parent is None:
            return False
        siblings = list(parent.elements)
        at = next(i for i, sibling in enumerate(siblings) if sibling is element)
        sides = (siblings[max(0, at - _BESIDE) : at], siblings[at + 1 : at + 1 + _BESIDE])
        told = [any(map(self._is_sentence, side)) for side in sides]
        return any(told) if not parent.tag else all(told)

    def _is_sentence(self, element: Element) -> bool:
        text = self.page.text(element) if element.tag == "p" else ""
        return len(text.split()) >= _MIN_BESIDE and bool(_SENTENCE.search(text))

    def _says(self, element: Element) -> bool:
        """Whether what has a doubtful name is text: a widget may be any part of a page."""
        if self.page.wants_input(element) or self.page.mostly_links(element):
            return False
        text = self.page.text(element)
        if not text or is_share_label(text) or is_share_bar(text, linked=False):
            return False
        first = next((e for e in element.descendants if _HEADING_TAG.fullmatch(e.tag)), None)
        return first is None or not OTHER_PAGES.fullmatch(self.page.text(first).strip(" :."))

    def _is_text(self, element: Element) -> bool:
        """Whether an aside of an article says something: a warning does, links and forms do not."""
        if self.page.wants_input(element):
            return False
        linked, text = 0, ""
        for part, way in self._said(element):
            linked += len(part) * way
            text += "" if way else f"{part} "
        if linked > len(text):
            return False
        return bool(_SENTENCE.search(text)) or self._notes(element, text)

    def _notes(self, element: Element, text: str) -> bool:
        """Whether an aside without a full stop says something: key points, figures, a term."""
        words = text.split()
        if len(words) < _MIN_NOTE or is_share_label(text) or is_share_bar(text, linked=False):
            return False
        first = next((e for e in element.descendants if _HEADING_TAG.fullmatch(e.tag)), None)
        head = self.page.text(first).strip(" :.") if first is not None else ""
        return not (OTHER_PAGES.fullmatch(head) or CONTENTS.fullmatch(head))

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
                item=element.start, joined=self._is_joined(element),
                label=item_label(state.counting, number),
            )  # fmt: skip
        if tag == "blockquote":
            return replace(
                state, kind=BlockKind.QUOTE, level=state.quotes + 1, quotes=state.quotes + 1
            )
        if tag == "dt":
            return replace(state, strong=True)
        return state

    def _is_joined(self, item: Element) -> bool:
        """Whether an item is one block: a second paragraph is a part of its step, not a step."""
        blocks = [e for e in item.descendants if e.tag in _BLOCKS]
        if any(e.tag not in ("p", "div") for e in blocks):
            return False
        if any(e.tag in ("button", "label") for e in item.descendants):
            return False
        leaves = [e for e in blocks if not any(d.tag in _BLOCKS for d in e.descendants)]
        return all(e.tag == "p" or _ENDED.search(self.page.text(e)) for e in leaves)

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
        self.builder, self.linked, self.breaks, self.gap = _Builder(), 0, 0, ""
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

    def _first_of_item(self, state: _State, builder: _Builder) -> bool:
        """Whether the open block is the first of its list item: others are paragraphs."""
        if not builder.length or state.item in self.used:
            return False
        self.used.add(state.item)
        return True

    def _add(self, piece: Piece, linked: int, state: _State) -> None:
        key = key_of(visible(piece))
        if not key and not piece.block.verbatim and not piece.marks:
            return
        ids, cites = frozenset([*state.ids, *self.names]), frozenset(self.cites)
        ways = tuple(self.ways)
        self.names, self.cites, self.ways = [], [], []
        self.out.append(
            Candidate(
                piece, key, state.furniture, min(linked / max(len(piece.text), 1), 1.0),
                state.path, state.home, state.note, ids, cites, ways, state.main, state.contents,
            )
        )  # fmt: skip

    # --- inside a block

    def text(self, node: Text, state: _State, *, bare: bool = False) -> None:
        """Adds source text: entities as atoms, white space as one space, shortcodes as objects.

        Args:
            node: The text.
            state: What the elements around it say.
            bare: Whether it stands in no paragraph: a blank line then ends one.
        """
        at = node.start
        for match in SHORTCODE.finditer(self.shown, node.start, node.end):
            self._prose(at, match.start(), state, bare=bare)
            self._begin(state)
            self.builder.raw(self.source[match.start() : match.end()], *match.span())
            at = match.end()
        self._prose(at, node.end, state, bare=bare)

    def _prose(self, start: int, end: int, state: _State, *, bare: bool) -> None:
        from html import unescape

        for match in _PIECE.finditer(self.source, start, end):
            run, at = match.group(), match.start()
            if run[0] in " \t\r\n\f":
                if bare and _BLANK_LINE.search(run) and self._parts(state):
                    self.flush(state)
                if self.builder.ends_in_space:
                    continue
                one = len(run) == 1
                self.builder.add(run if one else " ", at, None if one else match.end())
                continue
            self._begin(state)
            before = self.builder.length
            if run[0] == "&" and len(run) > 1 and unescape(run) != run:
                self.builder.add(unescape(run), at, match.end())
            else:
                self.builder.add(run, at)
            if self.in_link:
                self.linked += self.builder.length - before

    def _parts(self, state: _State) -> bool:
        """Whether a blank line ends a paragraph here: templates leave such lines within sentences.

        Posts of WordPress, which are no whole pages, hold paragraphs without tags.
        """
        if state.kind is BlockKind.LIST_ITEM or not self.builder.length:
            return False
        return self.page.fragment or bool(_ENDED.search(self.builder.tail))

    def _begin(self, state: _State) -> None:
        """Parts what is added next from what stands before it in the block."""
        if self.gap and not self.builder.ends_in_space:
            told = self.gap == "; " and _STOPPED.search(self.builder.tail)
            self.builder.separate(" " if told else self.gap)
        self._open_strong(state)
        self.breaks, self.gap, self.parted = 0, "", False

    def _open_strong(self, state: _State) -> None:
        if state.strong and not self.builder.length:
            self.builder.open(MarkKind.STRONG)

    def _inline(self, element: Element, state: _State) -> None:
        tag = element.tag
        self.names += [element.attrs[a] for a in ("id", "name") if element.attrs.get(a)]
        if tag == "br":
            self._break(element, state)
        elif tag == "img":
            self._image(element, state)
        elif tag == "q":
            self._quotation(element, state)
        elif tag in RAW_INLINE or (tag == "sup" and _is_raised(element, self.source)):
            self._cite(element)
            value = without_struck(self.source[element.start : element.end])
            self._begin(state)
            self.builder.raw(value, element.start, element.end)
        elif tag == "a":
            self._link(element, state)
        elif tag in _INLINE:
            self.builder.open(_INLINE[tag])
            self.block(element, state)
            self.builder.close(_INLINE[tag])
        else:
            if "-" in tag and _ENDED.search(self.builder.tail):
                self.gap = self.gap or " "  # elements of a script's own are mostly blocks
            self.block(element, state)

    def _link(self, element: Element, state: _State) -> None:
        from html import escape

        href = element.attrs.get("href", "").strip()
        marked = bool(href) and not _SCRIPTED.match(_SKIPPED_IN_ADDRESS.sub("", href))
        inner = href.startswith("#") and state.kind is BlockKind.HEADING
        away = bool(href) and not _NO_PAGE.match(href) and not inner and not is_toggle(element)
        self._cite(element)
        images = only_images(element, self.source)
        if images and marked:
            tags = "".join(image(e, self.source) for e in images if not self.page.hidden(e))
            if tags:
                value = f'<a href="{escape(href)}">{tags}</a>'
                self._begin(state)
                self.builder.raw(value, element.start, element.end)
            return
        if away:
            self.ways.append(href)
        if marked:
            self.builder.open(MarkKind.LINK, href)
        self.in_link += away
        self.block(element, state)
        self.in_link -= away
        if marked:
            self.builder.close(MarkKind.LINK)

    def _cite(self, element: Element) -> None:
        """Notes the notes that marks such as a raised "1" lead to."""
        for e in (element, *element.descendants):
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

    def _image(self, element: Element, state: _State) -> None:
        value = image(element, self.source)
        if value:
            self._begin(state)
            self.builder.raw(value, element.start, element.end)

    def _formula(self, element: Element, state: _State) -> None:
        """Adds a formula as a reader would write it on the line."""
        from html import escape

        value = formula(element, self.source)
        if value:
            self._begin(state)
            self.builder.raw(escape(value, quote=False), element.start, element.end)

    def _noscript(self, element: Element, state: _State) -> None:
        for e in unscripted(element):
            self._image(e, state)

    def _quotation(self, element: Element, state: _State) -> None:
        """Adds a quotation with the marks that a browser prints around it."""
        text = self.page.text(element)
        marked = element.end > element.inner_end and text and text[0] not in _QUOTES
        before = self.builder.tail[-1:]
        if not marked or (before and before in _QUOTES):
            self.block(element, state)
            return
        first, last = "‘’" if self.quotes % 2 else "“”"
        self._begin(state)
        self.builder.add(first, element.start, element.inner_start)
        self.quotes += 1
        self.block(element, state)
        self.quotes -= 1
        self.builder.add(last, element.inner_end, element.end)

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
        for row in grid(element, self.page.hidden):
            cells = [self._cell(cell, state) for cell in row]
            header = any(row) and all(c is None or c.tag == "th" for c in row)
            block = Block(
                BlockKind.TABLE, 0, 0, group=self.groups, cells=tuple(cells), header=header
            )
            builder, linked = self.builder, self.linked
            self.builder, self.linked = _Builder(), 0
            self._add(builder.piece(block), linked, state)
        self.in_cell = False

    def _cell(self, cell: Element | None, state: _State) -> Span:
        """Adds a cell to the row that is open; None is a place that another cell covers."""
        if cell is not None:
            if self.builder.length and visible_text(self.source[cell.start : cell.end]).strip():
                self.builder.separate(_CELLS)
            start = self.builder.length
            self.breaks, self.gap, self.parted = 0, "", False
            self.block(cell, replace(state, strong=False))
            return Span(start, self.builder.length)
        return Span(self.builder.length, self.builder.length)


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


def _is_raised(element: Element, source: str) -> bool:
    """Whether a superscript would be another number if it stood on the line."""
    inner = "".join(
        visible_text(source[c.start : c.end])
        for c in element.children
        if not (isinstance(c, Element) and c.tag == "sup")
    )
    return len(inner.strip()) <= _MAX_RAISED and is_raised_number(inner)
