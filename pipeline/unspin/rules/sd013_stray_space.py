"""SD013: stray space at punctuation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article
from unspin.findings import Finding, Severity
from unspin.rules.base import Context
from unspin.rules.debris import block_at, fault, in_running_text, settled

_HINTS = (" ,", " .", " ;", " ?", " !", " :", "and/ or", "and /or", "( ", " )", "– ", "\u00a0")
_SPACE = re.compile(
    r"(?<=[\w)\]”\"%])[ \u00a0]+(?P<sign>[,;?!]|\.(?![.\w/])|:(?=\s))(?=[\s)”\"]|\[\d|$)"
    r"|(?<=[a-z)])[ \u00a0]+(?P<moved>[,;])(?=[A-Za-z]{2})"
    r"|(?<=\band/) (?=or\b)|(?<=\band) (?=/or\b)|(?<=[ (]\()[ ]+(?=\w)|(?<= \()[ ]+(?=\w)"
    r"|(?<=[a-z.])[ ]+(?=\)(?:[\s.,;]|$))|(?<=[a-z]{2})(?P<dash>–) (?=(?P<next>[a-z]+))"
)
#: "1 : 10 000", with the last digit of the first number.
_RATIO = re.compile(r"\d[ \u00a0]+:[ \u00a0]?\d")
#: Where a text speaks of ratios, "cholesterol : HDL" is one.
_RATIOS = re.compile(r"\bratios?\b", re.I)


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
        A dash that holds the place of a word part ("pre– and postnatal") is left alone, and so
        is a colon between numbers, or in a paragraph that speaks of a ratio.
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
            if sign == ":" and _of_ratio(article, match):
                continue
            if match.group("moved"):
                sign = f"{match.group('moved')} "
            yield fault(self.id, *match.span(), "A stray space stands at a punctuation mark.", sign)


def _of_ratio(article: Article, match: re.Match[str]) -> bool:
    """Whether a colon between two spaces stands in a ratio: "1 : 4", "cholesterol : HDL"."""
    text, at = article.text, match.start()
    if _RATIO.match(text, at - 1):
        return True
    block = block_at(article, at)
    near = text[block.start : block.end]
    return bool(_RATIOS.search(near) or _RATIO.search(near))
