"""SD009: repeated backslashes or leftover escapes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context
from unspin.rules.debris import fault, in_running_text, settled

_ESCAPE = re.compile(
    r"\\+(?P<quote>[\"'“”‘’])|\\+u(?P<code>[0-9a-fA-F]{4})|(?P<line>(?:\\+[rn])+)(?![a-z])"
    r"|(?P<run>\\{2,})|(?P<entity>&(?:amp;)*(?:[a-zA-Z]{2,8}|#\d{2,5}|#x[0-9a-fA-F]{2,4});)"
    r"|(?<=[^\W\d_]{2})(?P<single>\\)(?=[^\W\d_]{2})"
)
#: Before these, as before the end, no space stands.
_CLOSING = ".,;:!?)]}”’\"'%"


class EscapeDebris:
    """Repeated backslashes or leftover escapes.

    What it does:
        Finds backslashes before quotation marks, written-out line breaks and code points
        ("\\\\n", "\\\\u2019"), runs of backslashes and entities that were escaped twice.

    Why it matters:
        Each passing through a database or script can add a layer of escapes.

    Example:
        "the patient\\\\'s knee" becomes "the patient's knee".

    Fix:
        Safe: the escape becomes what it stands for. A single backslash between words is
        only reported.

    Known limits:
        Paths of Windows files look like escapes; a drive letter before them keeps them.
    """

    id: ClassVar[str] = "SD009"
    slug: ClassVar[str] = "escape-debris"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields what `find` sees and no other debris rule claims."""
        yield from settled(article, self.id)

    def find(self, article: Article) -> Iterator[Finding]:
        """Yields leftover escapes."""
        text = article.text
        if "\\" not in text and "&" not in text:
            return
        for match in _ESCAPE.finditer(text):
            if re.search(r"\b[A-Z]:\S*$", text[max(0, match.start() - 60) : match.start()]):
                continue
            if match.group("single"):
                if in_running_text(article, *match.span()):
                    message = "A backslash stands between two words."
                    yield fault(self.id, *match.span(), message, None, confidence=0.6)
                continue
            better = _meant(match)
            if better != match.group():
                yield fault(
                    self.id, *match.span(), f"“{match.group()}” is a leftover escape.", better
                )


def _meant(match: re.Match[str]) -> str:
    """What the escape stands for."""
    if match.group("quote"):
        return match.group("quote")
    if match.group("code"):
        char = chr(int(match.group("code"), 16))
        return char if char.isprintable() else match.group()
    if match.group("entity"):
        plain = match.group()
        while plain != unescape(plain):
            plain = unescape(plain)
        return plain.replace("\u00a0", " ")
    text, end = match.string, match.end()
    if match.group("line") or match.group("run"):
        beside = text[match.start() - 1 : match.start()].isspace() or text[end : end + 1].isspace()
        closes = text[end : end + 1] in _CLOSING
        return "" if beside or closes or match.start() == 0 else " "
    return match.group()
