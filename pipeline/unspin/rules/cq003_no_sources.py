"""CQ003: figures without a source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from unspin.article import Article, MarkKind
from unspin.findings import Finding, Severity
from unspin.rules.base import Context

_FIGURE = re.compile(
    r"\b\d+(?:[.,]\d+)?\s?(?:%|percent\b|per cent\b)"
    r"|\b(?:one|1) (?:in|out of) (?:every )?(?:\d+|two|three|four|five|six|seven|eight|nine|ten)\b"
    r"|\b\d+(?:\.\d+)? (?:million|billion) (?:people|adults|children|women|men|americans)\b",
    re.I,
)
_SOURCE = re.compile(
    r"https?://|www\.|\[\d{1,3}\]|\bet al\b|\baccording to\b|\bdoi\b|\((?:19|20)\d\d\)"
    r"|^(?:references|sources|bibliography|citations)\b"
    r"|\b(?:studies|study|survey|researchers|trial|review|report|data|journal|guidelines?)\b"
    r"|\b(?:University|Institutes?|Association|Organi[sz]ation|Academy|College|Society|Foundation|"
    r"Department|Agency|Centers? for|Ministry|Registry|Journal|Lancet|Cochrane|Census)\b"
    r"|\b(?-i:NIH|CDC|WHO|NHS|FDA|NICE|NINDS|NIDDK|NHLBI|NCI|AHA|ADA)\b",
    re.I | re.M,
)
#: One figure may be common knowledge.
_LEAST_FIGURES = 2


class NoSources:
    """Figures quoted in an article that names no source.

    What it does:
        Counts percentages, "one in five" and "3 million people". Where there are two or more,
        and the text names no study, organisation, reference list, citation or link, the first
        figure is reported.

    Why it matters:
        Figures without a source cannot be checked, and spun articles change them.

    Example:
        "80 percent of people improve, and 1 in 5 needs surgery." with no word on who counted.

    Fix:
        None: information only, never part of the score.

    Known limits:
        A source anywhere in the article counts for all its figures.
    """

    id: ClassVar[str] = "CQ003"
    slug: ClassVar[str] = "no-sources"
    severity: ClassVar[Severity] = Severity.INFO

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Yields one finding, at the first figure."""
        figures = list(_FIGURE.finditer(article.text))
        if len(figures) < _LEAST_FIGURES or _SOURCE.search(article.text):
            return
        if any(m.kind is MarkKind.LINK for m in article.marks):
            return
        yield Finding(
            self.id,
            figures[0].start(),
            figures[0].end(),
            f"{len(figures)} figures are quoted, but no source is named.",
            self.severity,
        )
