"""SD006: citation mark without a list of references."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import ClassVar

from unspin import guard
from unspin.article import Article
from unspin.findings import Applicability, Finding, Severity
from unspin.rules.base import Context
from unspin.rules.debris import fault, settled, words
from unspin.rules.text import reference_blocks

_MARKS = re.compile(r"(?:[ \u00a0]?\[\d{1,3}(?:\s?[,–-]\s?\d{1,3})*\])+(?![\w-])")
_SINGLE = re.compile(r"[ \u00a0]?\[\d{1,3}\]")
_TOKEN_BEFORE = re.compile(r"\S+\Z")
_LISTED = re.compile(r"(?:\A|\n)(?:\[\d{1,3}\]|\d{1,3}\.) ?\S[^\n]*\b(?:19|20)\d\d\b")
#: So many entries with a year make a list of references without a heading.
_ENTRIES = 2


class CitationMark:
    """Citation mark without a list of references.

    What it does:
        Finds marks such as [22][23] and notes such as [citation needed] in articles that
        hold no list of references.

    Why it matters:
        Copied from a page whose list was left behind, the marks point to nothing.

    Example:
        "Sleep helps healing.[4][5]" becomes "Sleep helps healing."

    Fix:
        Safe: the marks are removed. A single number in brackets that the sentence may need
        ("up to [4] tablets") is left to an editor; one behind another number ("72 [5] years",
        a mean and its deviation) is no mark.

    Known limits:
        Marks in round brackets, or raised numbers without brackets, are not found.
    """

    id: ClassVar[str] = "SD006"
    slug: ClassVar[str] = "citation-mark"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields what `find` sees and no other debris rule claims."""
        yield from settled(article, self.id)

    def find(self, article: Article) -> Iterator[Finding]:
        """Yields citation marks."""
        text = article.text
        if "[" not in text:
            return
        if not reference_blocks(article) and len(_LISTED.findall(text)) < _ENTRIES:
            for match in _MARKS.finditer(text):
                level = _applicability(text, match)
                if level is not None:
                    mark = fault(
                        self.id,
                        *match.span(),
                        f"“{match.group().strip()}” cites a reference that is not in the article.",
                        "",
                    )
                    yield replace(mark, applicability=level)
        for match in _wiki().finditer(text):
            yield fault(self.id, *match.span(), "A note of a wiki page was left here.", "")


def _applicability(text: str, mark: re.Match[str]) -> Applicability | None:
    """How sure it is that marks cite something; None where they do not."""
    token = _TOKEN_BEFORE.search(text, max(0, mark.start() - 40), mark.start())
    if token is None or token.group()[-1] in "-–/":
        return None
    if _SINGLE.fullmatch(mark.group()) is None:
        return Applicability.SAFE
    spaced = not mark.group().startswith("[")
    number = token.group().replace(",", "").replace(".", "").strip("(").isdecimal()
    if number and spaced and text[mark.start() - 1].isdecimal():
        return None  # a mean and its deviation, a count and its share
    if number or guard.amounts(
        mark.group().strip(" []\u00a0") + text[mark.end() : mark.end() + 20]
    ):
        return Applicability.EDITOR
    # set off like a word, it may be one: "up to [4] tablets", "no more than [2]."
    wordlike = text[mark.end() : mark.end() + 1].isspace() or token.group().lower() in words(
        "number_cues"
    )
    return Applicability.EDITOR if spaced and wordlike else Applicability.SAFE


@lru_cache(maxsize=1)
def _wiki() -> re.Pattern[str]:
    notes = "|".join(sorted(words("wiki_notes")))
    return re.compile(rf"[ \u00a0]?\[(?:{notes})\]", re.IGNORECASE)
