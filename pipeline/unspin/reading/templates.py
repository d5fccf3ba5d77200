"""Templates of HTML: what is code of Liquid, Jinja, Twig, Handlebars, ERB, JSP or PHP in a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from unspin.reading.mdparser import SHORTCODE
from unspin.reading.mdx import filled

#: Code between signs that no element and no text has: ERB, EJS, JSP and ASP; PHP.
_BRACKETED = r"<%.{0,9000}?%>|<\?(?!xml\b)(?:php\b|=|\s).{0,90000}?(?:\?>|\Z)"
_CODE = re.compile(
    r"(?P<skipped><!--.*?(?:-->|\Z)|<(?P<raw>script|style|textarea)\b.*?</(?P=raw)\s*>)"
    rf"|{_BRACKETED}|{SHORTCODE.pattern}",
    re.S | re.I,
)
_ALONE = re.compile(rf"{_BRACKETED}|{SHORTCODE.pattern}", re.S | re.I)
_SIGNS = ("{", "<%", "<?")


def _spans(text: str) -> Iterator[tuple[int, int]]:
    if not any(sign in text for sign in _SIGNS):
        return
    for match in _CODE.finditer(text):
        if match["skipped"] is None and match.end() - match.start() > 1:
            yield match.span()


@lru_cache(maxsize=2)
def without_code(text: str) -> str:
    """A page as the parser of HTML shall see it: code filled up, every place where it was.

    Args:
        text: Decoded page, or a part of one.
    """
    return filled(text, _spans(text))


def without_markup_in_code(text: str) -> str:
    """A page with blanks in place of the code that holds tags, or what looks like them.

    Args:
        text: Decoded page.
    """
    out: list[str] = []
    at = 0
    for start, end in _spans(text):
        code = text[start:end]
        if "<" in code or ">" in code:
            out += [text[at:start], " " * (end - start)]
            at = end
    return "".join([*out, text[at:]])


def is_marked_up_code(source: str) -> bool:
    """Whether a piece of a page is code that holds tags, or what looks like them."""
    return ("<" in source or ">" in source) and _ALONE.fullmatch(source) is not None
