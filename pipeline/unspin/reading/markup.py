"""Where the markup of a source stands: an edit in place may not leave it around nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from unspin.reading.htmltree import Element, Text, parse
from unspin.reading.templates import without_code

#: Elements that say nothing once they are empty; cells and holders of a layout keep their place.
_EMPTIABLE = frozenset(
    ["a", "abbr", "b", "big", "blockquote", "caption", "cite", "dd", "dl", "dt", "em", "figcaption",
     "font", "h1", "h2", "h3", "h4", "h5", "h6", "i", "li", "mark", "ol", "p", "q", "small", "span",
     "strong", "sub", "sup", "u", "ul"]
)  # fmt: skip
_START_TAG = re.compile(r"<(?:[^<>\"']|\"[^\"]*\"|'[^']*'|[\"'])*>")
_END_TAG = re.compile(r"</[A-Za-z][^<>]*>\Z")


class WrapKind(StrEnum):
    """What wraps a stretch of text."""

    ELEMENT = "element"  # HTML
    LINK = "link"
    EMPHASIS = "emphasis"  # of Markdown: none where white space stands inside its marks
    ITEM = "item"  # lines of a Markdown list item
    HEADING = "heading"  # lines of a Markdown heading
    QUOTE = "quote"  # lines of a Markdown quote that stands in no other block


@dataclass(frozen=True, slots=True)
class Wrap:
    """Markup around a stretch of text, in source offsets.

    Args:
        kind: What it is.
        start: Where its first mark begins; for lines, where the first one begins.
        inner_start: Where the first mark ends.
        inner_end: Where the last mark begins.
        end: Where it ends, the end of its last line not included.
    """

    kind: WrapKind
    start: int
    inner_start: int
    inner_end: int
    end: int


def html_wraps(source: str, start: int = 0) -> list[Wrap]:
    """Wraps in HTML, inner ones first.

    Args:
        source: A page or a part of one.
        start: Its offset in the source.
    """
    shown = without_code(source)
    return list(_elements(parse(shown), shown, start))


def _elements(element: Element, source: str, shift: int) -> Iterator[Wrap]:
    for child in element.children:
        if isinstance(child, Text):
            continue
        yield from _elements(child, source, shift)
        if child.tag in _EMPTIABLE and child.children:
            opening = _START_TAG.match(source, child.start)
            closing = _END_TAG.search(source, child.children[-1].end, child.end)
            a = opening.end() if opening else child.children[0].start
            z = closing.start() if closing else child.end
            yield Wrap(
                WrapKind.ELEMENT, child.start + shift, a + shift, z + shift, child.end + shift
            )
