"""Pages that Word and Google Docs write: what they mean, as other pages say it.

Word makes paragraphs of the items of a list, with their signs as text; Google Docs makes lists of
their own of the deeper levels, and leads links to other sites over its own. Both call a paragraph
the title, and print what colleagues remarked on the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from unspin.reading.htmltree import Element, Text, visible_text

_MADE = re.compile(r"\bMso[A-Z]|\bmso-|\blst-kix_|\bid=\"(?:h\.|cmnt)|google\.com/url\?")
_SIGN = re.compile(r"mso-list:\s*ignore|font:\s*7\.0pt", re.I)
_LEVEL = re.compile(r"mso-list:[^;]*\blevel(\d)", re.I)
_MARGIN = re.compile(r"margin-left:\s*([\d.]+)(pt|cm|in)", re.I)
#: Points by which Word indents each level of a list more than the one above.
_INDENT = 36
_POINTS = {"pt": 1.0, "cm": 28.35, "in": 72.0}
_BULLET = re.compile(r"[^\w\s]{1,2}|[o§Øüvq]")
_NUMBER = re.compile(r"(?:(?P<figure>\d{1,3})|(?P<letter>[A-Za-z]|[ivxIVX]{2,5}))[.)]")
_KIX = re.compile(r"\blst-(kix_\w+)-(\d)\b")
_COMMENT = re.compile(r"mso-element:\s*comment|mso-special-character:\s*comment", re.I)
_DELETED = "text-decoration: line-through"


@dataclass(frozen=True, slots=True)
class _Item:
    """A paragraph that is an item of a list, and how it is counted ("" is a bullet)."""

    element: Element
    level: int
    counting: str
    number: str


def as_other_pages(root: Element, source: str) -> None:
    """Changes the tree of a page that Word or Google Docs made; any other stays as it is.

    Args:
        root: What `parse` gives.
        source: The page.
    """
    if _MADE.search(source):
        for element in [root, *root.descendants]:
            _mend(element)
            _word_lists(element, source)
            _google_lists(element)


def _mend(element: Element) -> None:
    """A title, a remark of a colleague, or a link by way of Google."""
    attrs = element.attrs
    name, way = attrs.get("id", ""), attrs.get("href", "")
    classes = attrs.get("class", "").split()
    if element.tag == "p" and ("MsoTitle" in classes or ("title" in classes and name[:2] == "h.")):
        element.tag = "h1"
    elif _COMMENT.search(attrs.get("style", "")):
        attrs["style"] = _DELETED
    elif element.tag == "a" and (way.startswith("#cmnt") or name.startswith("cmnt")):
        holders = [e for e in element.ancestors if e.tag in ("sup", "p", "div")]
        remark = name.startswith("cmnt") and not name.startswith("cmnt_ref")
        wanted = "div" if remark else "sup"
        holder = next((e for e in holders[:2] if e.tag == wanted), element)
        holder.attrs["style"] = _DELETED
    elif way.startswith(("https://www.google.com/url?", "http://www.google.com/url?")):
        attrs["href"] = parse_qs(urlsplit(way).query).get("q", [way])[0]


def _word_lists(parent: Element, source: str) -> None:
    """Makes lists of the paragraphs in an element that Word wrote for their items."""
    children: list[Element | Text] = []
    run: list[_Item] = []
    for child in parent.children:
        item = _item(child, source) if isinstance(child, Element) else None
        if item is not None:
            run.append(item)
        elif isinstance(child, Element) or not run or source[child.start : child.end].strip():
            children += [*_nested(run, parent), child]
            run = []
    parent.children = [*children, *_nested(run, parent)]


def _item(element: Element, source: str) -> _Item | None:
    style, classes = element.attrs.get("style", ""), element.attrs.get("class", "")
    if element.tag != "p" or not ("mso-list" in style or "MsoListParagraph" in classes):
        return None
    sign = next((e for e in element.descendants if _SIGN.search(e.attrs.get("style", ""))), None)
    if sign is None:
        return None
    if "mso-list" not in sign.attrs["style"]:  # the blanks behind it, in what surrounds both
        sign = sign.parent if sign.parent not in (None, element) else _with_sign(element, sign)
    if sign is None:
        return None
    said = visible_text(source[sign.start : sign.end]).strip()
    number = _NUMBER.fullmatch(said)
    if not (number or _BULLET.fullmatch(said)):
        return None
    if sign.parent is None:
        sign.parent = element
        element.children = [sign, *(c for c in element.children if c.start >= sign.end)]
    sign.attrs["style"] = _DELETED
    counting = ""
    if number:
        letter = number["letter"] or "1"
        counting = "i" if letter in "iI" or len(letter) > 1 else "a" if number["letter"] else "1"
        counting = counting.upper() if letter.isupper() else counting
    level, margin = _LEVEL.search(style), _MARGIN.search(style)
    deep = int(level[1]) if level else 1
    if level is None and margin:
        deep = max(1, round(float(margin[1]) * _POINTS[margin[2].lower()] / _INDENT))
    return _Item(element, deep, counting, (number["figure"] or "") if number else "")


def _with_sign(item: Element, blanks: Element) -> Element:
    """What stands in an item as far as the blanks behind its sign, as one element."""
    first = item.children[0].start
    return Element(blanks.tag, first, blanks.end, inner_start=first, inner_end=blanks.end)


def _nested(run: list[_Item], parent: Element) -> Iterator[Element]:
    """Lists of some items, the deeper ones inside items of the others."""
    opened: list[tuple[int, str, Element]] = []
    for item in run:
        while opened and opened[-1][0] > item.level:
            opened.pop()
        if opened and opened[-1][0] == item.level and not _goes_on(opened[-1][1], item.counting):
            opened.pop()
        own = item.element
        if not opened or opened[-1][0] < item.level:
            new = Element("ol" if item.counting else "ul", own.start, own.end)
            new.inner_start, new.inner_end = own.start, own.end
            if item.counting not in ("", "1"):
                new.attrs["type"] = item.counting
            if opened:
                _append(opened[-1][2].children[-1], new)
            else:
                new.parent = parent
                yield new
            opened.append((item.level, item.counting, new))
        own.tag = "li"
        if item.number:
            own.attrs["value"] = item.number
        _append(opened[-1][2], own)


def _goes_on(before: str, counting: str) -> bool:
    """Whether items that are counted so are of one list: "i" follows "h", too."""
    return before == counting or (before.lower() == "a" and counting.lower() == "i")


def _append(parent: Element | Text, child: Element) -> None:
    """Puts an element at the end of another, and lets those around it reach as far."""
    if isinstance(parent, Element):
        parent.children.append(child)
        child.parent = parent
        above: Element | None = parent
        while above is not None and above.tag in ("ul", "ol", "li") and above.end < child.end:
            above.end = above.inner_end = child.end
            above = above.parent


def _google_lists(parent: Element) -> None:
    """Puts the lists of Google Docs that follow each other into one, by their levels."""
    children: list[Element | Text] = []
    opened: dict[int, tuple[str, Element]] = {}
    for child in parent.children:
        kix = None
        if isinstance(child, Element):
            kix = _KIX.search(child.attrs.get("class", "")) if child.tag in ("ul", "ol") else None
            if kix is None:
                opened = {}
        if kix is None or not isinstance(child, Element):
            children.append(child)
            continue
        level = int(kix[2])
        opened = {n: held for n, held in opened.items() if n <= level}
        name, before = opened.get(level, ("", child))
        above = opened.get(level - 1)
        items = list(child.elements)
        if before is not child and name == kix[1] and before.tag == child.tag and items:
            if child.attrs.get("start"):
                items[0].attrs.setdefault("value", child.attrs["start"])
            for item in items:
                _append(before, item)
            continue
        last = list(above[1].elements)[-1:] if above else []
        if last:
            _append(last[0], child)
        else:
            children.append(child)
        opened[level] = kix[1], child
    parent.children = children
