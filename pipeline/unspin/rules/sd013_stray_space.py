"""SD013: stray space at punctuation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context
from unspin.rules.debris import fault, in_running_text, settled

_HINTS = (" ,", " .", " ;", " ?", " !", " :", "and/ or", "and /or", "( ", " )", "– ", "\u00a0")
_SPACE = re.compile(
    r"(?<=[\w)\]”\"%])[ \u00a0]+(?P<sign>[,;?!]|\.(?![.\w/])|:(?=\s))(?=[\s)”\"]|\[\d|$)"
    r"|(?<=[a-z)])[ \u00a0]+(?P<moved>[,;])(?=[A-Za-z]{2})"
    r"|(?<=\band/) (?=or\b)|(?<=\band) (?=/or\b)|(?<=[ (]\()[ ]+(?=\w)|(?<= \()[ ]+(?=\w)"
    r"|(?<=[a-z.])[ ]+(?=\)(?:[\s.,;]|$))|(?<=[a-z]{2})(?P<dash>–) (?=(?P<next>[a-z]+))"
)
#: "1 : 10 000", with the last digit of the first number.
_RATIO = re.compile(r"\d[ \u00a0]+:[ \u00a0]?\d")


class StraySpace:
    """Stray space at punctuation.

    What it does:
        Finds a space before a comma or full stop (and none behind the comma), inside
        brackets, after the bar of "and/or", and a dash with a space on one side only.

    Why it matters:
        Elements cut out of a sentence leave their spaces behind.

    Example:
        "ice and/ or rest , as needed" becomes "ice and/or rest, as needed".

    Fix:
        Safe: the space goes, or the missing one comes.

    Known limits:
        A dash that holds the place of a word part ("pre– and postnatal") is left alone.
    """

    id: ClassVar[str] = "SD013"
    slug: ClassVar[str] = "stray-space"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields what `find` sees and no other debris rule claims."""
        yield from settled(article, self.id)

    def find(self, article: Article) -> Iterator[Finding]:
        """Yields stray spaces."""
        text = article.text
        if not any(hint in text for hint in _HINTS):
            return
        for match in _SPACE.finditer(text):
            if not in_running_text(article, *match.span()):
                continue
            if match.group("dash"):
                if match.group("next") not in ("and", "or", "to", "but"):
                    yield fault(
                        self.id, *match.span(), "The dash has a space on one side only.", " – "
                    )
                continue
            sign = match.group("sign") or ""
            if sign == ":" and _RATIO.match(text, match.start() - 1):
                continue
            if match.group("moved"):
                sign = f"{match.group('moved')} "
            yield fault(self.id, *match.span(), "A stray space stands at a punctuation mark.", sign)
