"""A small HTML parser that keeps the place of every tag and text in the source.

lxml and html.parser give lines at best, and lxml none for text; the tree here is made for
reading messy pages, not for conformance: unknown end tags are ignored, missing ones implied.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

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
_TOKEN = re.compile(
    r"<!--(?P<comment>.*?)(?:-->|\Z)"
    r"|<(?P<declaration>[!?][^>]*)(?:>|\Z)"
    r"|</(?P<end>[a-zA-Z][^\s/>]*)[^>]*(?:>|\Z)"
    r"|<(?P<start>[a-zA-Z][^\s/>]*)(?P<attrs>(?:[^<>\"']|\"[^\"]*\"|'[^']*'|[\"'](?=[^<>]*>))*)>",
    re.S,
)
_ATTRIBUTE = re.compile(r"([^\s=/\"'>]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?", re.S)
#: Nesting from which further elements become siblings: no page needs it, and it stops recursion.
_MAX_DEPTH = 200


@dataclass(slots=True)
class Text:
    """A run of source text; `raw` text holds no entities."""

    start: int
    end: int


@dataclass(slots=True)
class Element:
    """An element with the source span of all of it."""

    tag: str
    start: int
    end: int
    attrs: dict[str, str] = field(default_factory=dict)
    children: list[Element | Text] = field(default_factory=list)
    parent: Element | None = None


def parse(source: str) -> Element:
    """Parses a page.

    Args:
        source: Decoded page.

    Returns:
        A root element named ``""`` over all of it.
    """
    root = Element("", 0, len(source))
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
            at = _start(source, stack, match)
        elif match["end"]:
            _end(stack, match["end"].lower(), match.start(), match.end())
    if at < len(source):
        stack[-1].children.append(Text(at, len(source)))
    for element in stack[1:]:
        element.end = len(source)
    return root


def _start(source: str, stack: list[Element], match: re.Match[str]) -> int:
    tag = match["start"].lower()
    _imply_ends(stack, tag, match.start())
    element = Element(tag, match.start(), match.end(), _attributes(match["attrs"]))
    element.parent = stack[-1]
    stack[-1].children.append(element)
    if tag in VOID or (match["attrs"].endswith("/") and tag in ("svg", "path", "use")):
        return match.end()
    if tag in _RAW_TEXT:
        closing = re.compile(rf"</{re.escape(tag)}\s*>", re.I).search(source, match.end())
        end = closing.start() if closing else len(source)
        element.children.append(Text(match.end(), end))
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
    for i in range(len(stack) - 1, 0, -1):
        if stack[i].tag == tag:
            _pop(stack, i, start, end)
            return
        if stack[i].tag in _SCOPE and tag not in _SCOPE:
            return


def _pop(stack: list[Element], i: int, inner_end: int, end: int) -> None:
    for element in stack[i + 1 :]:
        element.end = inner_end
    stack[i].end = end
    del stack[i:]


def _attributes(text: str) -> dict[str, str]:
    from html import unescape

    out: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(text):
        out.setdefault(name.lower(), unescape(double or single or bare))
    return out
