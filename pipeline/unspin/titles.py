"""Spun wording in a title that is no part of the text: in front matter, or in a field of a record.

Such a title is carried through as it is, for its quoting is the format's. So nothing is mended
there: what the rules for spun wording find waits for an editor.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import unescape
from typing import Any

from unspin.article import Article, Block, BlockKind, Piece, assemble
from unspin.findings import Applicability, Finding
from unspin.rules import Context, all_rules
from unspin.rules.sp001_spun_term import CLEAN
from unspin.textmap import Segment

#: The key of a title in YAML, TOML or JSON, and its value with the lines that continue it.
_TITLE = re.compile(r"^[\"']?title[\"']?[ \t]*[:=][ \t]*(?P<value>.*(?:\r?\n[ \t]+\S.*)*)", re.M)

#: The same in JSON.
_JSON_TITLE = re.compile(r"\"title\"\s*:\s*(?P<value>\"(?:[^\"\\]|\\.)*\")")
_JSON = re.compile(r"\{|---json\b")
#: Where a page of HTML declares its title.
_HTML_TITLE = re.compile(
    r"<title\b[^>]*>(?P<title>.*?)</title\b"
    r"|<meta\b[^>]*?\bcontent\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')",
    re.DOTALL | re.IGNORECASE,
)


def title_findings(article: Article, context: Context) -> Iterator[Finding]:
    """Yields spun wording in the title of an article, where the title is not in its prose.

    Args:
        article: The article.
        context: What the rules looked at in its prose.
    """
    title = " ".join(article.metadata.title.split())
    if not title or not (article.title_span is None or _carried(article.source.extra, title)):
        return
    hits = context.glossary.find(title)
    if context.judgement is not None and context.spun_probability < CLEAN:
        # The model reads no title by itself: what is only suggested needs more than its condition.
        hits = tuple(hit for hit in hits if hit.applicability == "safe")
    line = _line(article, title)
    alone = replace(context, hits=tuple(hits), judgement=None)
    at = 0
    kept: list[Finding] = []
    for rule in all_rules():
        if rule.id.startswith("SP") and context.config.runs(rule.id):
            found = rule.check(line, alone)
            kept += [f for f in found if not any(f.overlaps(other) for other in kept)]
    for finding in sorted(kept, key=lambda f: f.start):
        words = title[finding.start : finding.end]
        own = _place(article, words, at)
        place = own or _declared(article, title, words, at)
        at = place[1] if place else at
        yield replace(
            finding,
            start=0,
            end=0,
            message=f"In the title: {finding.message}",
            applicability=Applicability.EDITOR if finding.replacements else None,
            source_span=place,
            quote=None if own else (title, finding.start, finding.end),
        )


def _carried(fields: Mapping[str, Any], title: str) -> bool:
    """Whether front matter or a record holds the title, however it writes it."""
    from unspin.reading.jsonl import shown

    for value in fields.values():
        if isinstance(value, Mapping):
            if _carried(value, title):
                return True
        elif isinstance(value, str) and title in (" ".join(value.split()), shown(value)):
            return True
    return False


def _line(article: Article, title: str) -> Article:
    """The title as an article of one heading."""
    size = len(title)
    piece = Piece(title, (Segment(0, size, 0, size),), Block(BlockKind.HEADING, 0, size, level=1))
    return assemble(replace(article.source, text=title), [piece], title=0)


def _says(value: str, title: str) -> bool:
    """Whether a string of JSON, in its quotes, is a title."""
    try:
        return str(json.loads(value)).strip() == title
    except ValueError:
        return False


def _place(article: Article, words: str, at: int) -> tuple[int, int] | None:
    """Source span of words of a title in front matter; the whole value where it escapes them.

    Args:
        article: The article.
        words: What was found.
        at: Where the search begins: after what was found before.
    """
    if article.source.format not in ("md", "html") or not article.metadata.front_matter:
        return None
    text = article.source.text
    body = min((s.source_start for s in article.map.segments), default=len(text))
    value = _TITLE.search(text, 0, body)
    if _JSON.match(text):
        named = _JSON_TITLE.finditer(text, 0, body)
        value = next((m for m in named if _says(m["value"], article.metadata.title)), None)
    if value is None:
        return None
    start = value.start("value")
    return _words(text, words, max(at, start), start, start + len(value["value"].rstrip()))


def _declared(article: Article, title: str, words: str, at: int) -> tuple[int, int] | None:
    """The same where a page of HTML declares its title: in its head."""
    source = article.source
    if source.format != "html" or source.offsets != "source" or source.record is not None:
        return None
    for found in _HTML_TITLE.finditer(source.text):
        name = found.lastgroup or ""
        value = found[name] or ""
        if title in " ".join(unescape(value).split()):
            start = found.start(name)
            return _words(source.text, words, max(at, start), start, start + len(value.rstrip()))
    return None


def _words(text: str, words: str, at: int, start: int, end: int) -> tuple[int, int]:
    """Span of words in a value that stands at `start` to `end`; all of it where it escapes them."""
    wanted = re.compile(r"\s+".join(map(re.escape, words.split())))
    found = wanted.search(text, at, end)
    return found.span() if found else (start, end)
