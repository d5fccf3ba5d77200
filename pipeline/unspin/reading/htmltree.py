"""A small HTML parser that keeps the place of every tag and text in the source.

lxml and html.parser give lines at best, and lxml none for text; the tree here is made for
reading messy pages, not for conformance: unknown end tags are ignored, missing ones implied.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from unspin.reading.builder import raised
from unspin.reading.mdx import FILL

VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
#: Elements whose content is text, not markup.
_RAW_TEXT = frozenset(
    ["script", "style", "textarea", "title", "xmp", "noembed", "noframes", "iframe"]
)
#: Start tags that end an open element of a kind, within the nearest `until`.
_ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "menu"})),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "tr": (frozenset({"tr", "td", "th"}), frozenset({"table"})),
    "td": (frozenset({"td", "th"}), frozenset({"table", "tr"})),
    "th": (frozenset({"td", "th"}), frozenset({"table", "tr"})),
    "thead": (frozenset({"thead", "tbody", "tr", "td"}), frozenset({"table"})),
    "tbody": (frozenset({"thead", "tbody", "tr", "td"}), frozenset({"table"})),
    "option": (frozenset({"option"}), frozenset({"select"})),
}
#: Start tags that end an open paragraph (HTML standard, "p" element).
_ENDS_P = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "details",
        "div",
        "dl",
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
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "ul",
    ]
)
#: What a page's head holds; anything else ends it.
_HEAD = frozenset(["title", "meta", "link", "script", "style", "base", "noscript", "template"])
#: Elements that an end tag of an inline element does not close over.
_SCOPE = frozenset(
    ["table", "td", "th", "li", "ul", "ol", "div", "section", "article", "body", "html"]
)
#: The value of an attribute. One that holds an angle bracket and ends where another value begins,
#: or amid a sentence, is none: its own end is missing, and it would swallow the text behind it.
_VALUE = "|".join(
    rf"{q}[^{q}<>]*{q}|{q}[^{q}]*(?<!=){q}(?=(?:\s+[\w:@.-]+){{0,3}}\s*(?:=|/?>)|[\w:@.-]+=)"
    for q in "\"'"
)
_TOKEN = re.compile(
    r"<!--(?P<comment>.*?)(?:-->|\Z)"
    r"|<\?(?:php\b|=).*?(?:\?>|\Z)"
    # what XHTML puts around text that holds signs of markup
    r"|<!\[CDATA\[|\]\]>"
    r"|<(?P<declaration>[!?][^>]*)(?:>|\Z)"
    r"|</(?P<end>[a-zA-Z][^\s/>]*)[^>]*(?:>|\Z)"
    rf"|<(?P<start>[a-zA-Z][^\s/>]*)(?P<attrs>(?:[^<>\"']|{_VALUE}|[\"'](?=[^<>]*>))*)>",
    re.S,
)
#: Text that its author deleted or struck out.
STRUCK = frozenset({"del", "s", "strike"})
#: Elements of a line whose text is no prose.
RAW_INLINE = frozenset({"code", "kbd", "samp", "var", "tt"})
_STRUCK_STYLE = re.compile(r"line-through", re.I)
_MAYBE_STRUCK = re.compile(r"<(?:del|s|strike)\b|line-through", re.I)
_HEADING = re.compile(r"h[1-6]")
#: What follows a start tag of a heading that was meant to be its end tag.
_NO_HEADING = re.compile(r"\s*(?:<(?:p|ul|ol|dl|div|table|blockquote|h[1-6])\b|\Z)", re.I)
_END_TAG = re.compile(r"</([a-zA-Z][^\s/>]*)[^>]*>\Z")
#: Elements that begin a new line of plain text.
_LINES = frozenset(
    ["p", "div", "li", "tr", "ul", "ol", "dl", "dt", "dd", "table", "blockquote", "pre", "br",
     "h1", "h2", "h3", "h4", "h5", "h6", "figure", "figcaption", "caption", "section", "hr"]
)  # fmt: skip
_UNSEEN = frozenset(["script", "style", "template", "head", "noscript"])
_ATTRIBUTE = re.compile(
    r"([^\s=/\"'>]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)|[\"']([^\"']*)\Z))?", re.S
)
#: Nesting from which further elements become siblings: no page needs it, and it stops recursion.
_MAX_DEPTH = 200


@dataclass(slots=True)
class Text:
    """A run of source text; `raw` text holds no entities."""

    start: int
    end: int


@dataclass(slots=True)
class Element:
    """An element with the source span of all of it, and of what stands between its tags."""

    tag: str
    start: int
    end: int
    attrs: dict[str, str] = field(default_factory=dict)
    children: list[Element | Text] = field(default_factory=list)
    parent: Element | None = None
    inner_start: int = 0
    inner_end: int = 0

    @property
    def elements(self) -> Iterator[Element]:
        """The elements in it that are not inside others."""
        return (child for child in self.children if isinstance(child, Element))

    @property
    def names(self) -> str:
        """Its class and its id."""
        return f"{self.attrs.get('class', '')} {self.attrs.get('id', '')}".strip()

    @property
    def descendants(self) -> Iterator[Element]:
        """All elements in it, in order."""
        for child in self.elements:
            yield child
            yield from child.descendants

    @property
    def ancestors(self) -> Iterator[Element]:
        """The elements around it, from the nearest on."""
        above = self.parent
        while above is not None:
            yield above
            above = above.parent


def parse(source: str, original: str = "") -> Element:
    """Parses a page.

    Args:
        source: Decoded page.
        original: The same before code of templates was filled up in it; values of attributes are
            taken from there.

    Returns:
        A root element named ``""`` over all of it.
    """
    root = Element("", 0, len(source), inner_end=len(source))
    stack = [root]
    at = 0
    while at < len(source):
        match = _TOKEN.search(source, at)
        if match is None:
            break
        if match.start() > at:
            stack[-1].children.append(Text(at, match.start()))
        at = match.end()
        if match["start"]:
            at = _start(source, stack, match, original or source)
        elif match["end"]:
            _end(stack, match["end"].lower(), match.start(), match.end())
    if at < len(source):
        stack[-1].children.append(Text(at, len(source)))
    for element in stack[1:]:
        element.end = element.inner_end = len(source)
    return root


def split_comments(source: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of some HTML in order, and whether each is a comment.

    What looks like a comment in an attribute's value or a script is none.
    """
    at = begin = 0
    while (match := _TOKEN.search(source, at)) is not None:
        at = match.end()
        if match["comment"] is not None:
            yield source[begin : match.start()], False
            yield match[0], True
            begin = at
        elif match["start"] and match["start"].lower() in _RAW_TEXT:
            closing = re.compile(rf"</{re.escape(match['start'])}\s*>", re.I).search(source, at)
            at = closing.end() if closing else len(source)
    yield source[begin:], False


def is_struck_tag(tag: str, source: str) -> bool:
    """Tell whether a start tag begins deleted text."""
    name = tag.lower()
    style = "style" in source and _STRUCK_STYLE.search(source)
    return name in STRUCK or (bool(style) and name not in VOID)


def is_struck(element: Element, source: str) -> bool:
    """Tell whether an element is deleted text, which a reader takes for absent.

    One that is never closed is a slip of the pen, and would take what follows with it: it is not.
    """
    if element.tag not in STRUCK and not _STRUCK_STYLE.search(element.attrs.get("style", "")):
        return False
    end = _END_TAG.search(source, element.start, element.end)
    return end is not None and end[1].lower() == element.tag


def struck_spans(element: Element, source: str) -> Iterator[tuple[int, int]]:
    """Yield the source spans of deleted text in an element, in order."""
    for child in element.children:
        if isinstance(child, Text):
            continue
        if is_struck(child, source):
            yield child.start, child.end
        else:
            yield from struck_spans(child, source)


def without_struck(source: str) -> str:
    """Cut the deleted text out of HTML."""
    if not _MAYBE_STRUCK.search(source):
        return source
    return replaced(source, [(a, b, "") for a, b in struck_spans(parse(source), source)])


def replaced(source: str, changes: list[tuple[int, int, str]]) -> str:
    """Put other text in place of spans that are in order and disjoint."""
    out: list[str] = []
    at = 0
    for start, end, text in changes:
        out += [source[at:start], text]
        at = end
    return "".join([*out, source[at:]])


def visible_text(source: str) -> str:
    """Give the text that a reader of some HTML sees.

    Args:
        source: HTML, of a line or of blocks.

    Returns:
        Its text, blocks and line breaks on lines of their own, images as what describes them,
        raised numbers with raised digits, without deleted text.
    """
    out: list[str] = []
    _visible(parse(source), source, out)
    return "".join(out)


def _visible(element: Element, source: str, out: list[str]) -> None:
    from html import unescape

    for child in element.children:
        if isinstance(child, Text):
            out.append(unescape(source[child.start : child.end]))
        elif child.tag in _UNSEEN or is_struck(child, source):
            continue
        elif child.tag == "img":
            out.append(child.attrs.get("alt", ""))
        elif child.tag == "sup":
            inner: list[str] = []
            _visible(child, source, inner)
            out.append(raised("".join(inner)))
        else:
            line = "\n" if child.tag in _LINES else " " if child.tag in ("td", "th") else ""
            out.append(line)
            _visible(child, source, out)
            out.append(line if child.tag != "br" else "")


def _start(source: str, stack: list[Element], match: re.Match[str], original: str) -> int:
    tag = match["start"].lower()
    heading = _HEADING.fullmatch(tag)
    if heading and any(e.tag == tag for e in stack) and _NO_HEADING.match(source, match.end()):
        _end(stack, tag, match.start(), match.end())
        return match.end()
    _imply_ends(stack, tag, match.start())
    if heading and _HEADING.fullmatch(stack[-1].tag):
        _pop(stack, len(stack) - 1, match.start(), match.start())
    element = Element(
        tag, match.start(), match.end(), _attributes(source, original, *match.span("attrs"))
    )
    element.parent = stack[-1]
    element.inner_start = element.inner_end = match.end()
    stack[-1].children.append(element)
    if tag in VOID or (match["attrs"].endswith("/") and tag in ("svg", "path", "use")):
        return match.end()
    if tag in _RAW_TEXT:
        closing = re.compile(rf"</{re.escape(tag)}\s*>", re.I).search(source, match.end())
        end = closing.start() if closing else len(source)
        element.children.append(Text(match.end(), end))
        element.inner_end = end
        element.end = closing.end() if closing else end
        return element.end
    if len(stack) < _MAX_DEPTH:
        stack.append(element)
    return match.end()


def _imply_ends(stack: list[Element], tag: str, at: int) -> None:
    if stack[-1].tag == "head" and tag not in _HEAD:
        _pop(stack, len(stack) - 1, at, at)
    if tag in _ENDS_P:
        _close(stack, frozenset({"p"}), frozenset({"td", "th", "li", "div", "table"}), at)
    if tag in _ENDS:
        closes, until = _ENDS[tag]
        while _close(stack, closes, until, at):
            pass


def _close(stack: list[Element], closes: frozenset[str], until: frozenset[str], at: int) -> bool:
    for i in range(len(stack) - 1, 0, -1):
        if stack[i].tag in closes:
            _pop(stack, i, at, at)
            return True
        if stack[i].tag in until:
            return False
    return False


def _end(stack: list[Element], tag: str, start: int, end: int) -> None:
    heading = _HEADING.fullmatch(tag)
    for i in range(len(stack) - 1, 0, -1):
        # the end tag of a heading ends one of any level
        if stack[i].tag == tag or (heading and _HEADING.fullmatch(stack[i].tag)):
            _pop(stack, i, start, end)
            return
        if stack[i].tag in _SCOPE and tag not in _SCOPE:
            return


def _pop(stack: list[Element], i: int, inner_end: int, end: int) -> None:
    for element in stack[i:]:
        element.end = element.inner_end = inner_end
    stack[i].end = end
    del stack[i:]


def _attributes(source: str, original: str, start: int, end: int) -> dict[str, str]:
    from html import unescape

    out: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(source, start, end):
        group = match.lastindex or 1
        a, z = match.span(group)
        name = match[1].lstrip("{" + FILL).lower()
        out.setdefault(name, unescape(original[a:z]) if group > 1 else "")
    return out
