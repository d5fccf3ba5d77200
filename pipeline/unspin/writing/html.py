"""Semantic HTML with schema.org metadata; the body is sanitised."""

from __future__ import annotations

import html as _html
import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from unspin.article import OBJECT, Article, Block, BlockKind, Mark, MarkKind
from unspin.reading.htmltree import without_struck
from unspin.report import Report
from unspin.writing.tree import (
    Section,
    as_html,
    grouped,
    hard_breaks,
    marks_in,
    metadata,
    one_line,
    review,
    sections,
)

_TAGS = {
    "article", "header", "section", "h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li",
    "blockquote", "table", "thead", "tbody", "tr", "th", "td", "figure", "a", "strong", "em",
    "code", "pre", "br", "img", "sub", "sup", "span", "time", "address",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start", "type"},
    "li": {"value"},
    "figure": {"class"},
    "th": {"scope"},
    "time": {"datetime"},
}
#: Labels as browsers write them: other brackets are a part of the text.
_COUNTED = re.compile(r"[A-Za-z]+\.")
#: Of links; relative ones are allowed besides. "tel:" is a number to call.
_SCHEMES = {"http", "https", "mailto", "tel"}
_PAGE = """<!DOCTYPE html>
<html lang="{{ language }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ meta.title or "Untitled" }}</title>
{% if meta.author %}<meta name="author" content="{{ meta.author }}">
{% endif %}{% if meta.source %}<link rel="canonical" href="{{ meta.source }}">
{% endif %}{% for key, value in review.items() -%}
<meta name="unspin:{{ key }}" content="{{ value }}">
{% endfor %}<script type="application/ld+json">{{ linked_data | safe }}</script>
</head>
<body>
{{ body | safe }}
</body>
</html>
"""


@lru_cache(maxsize=1)
def _template() -> Any:
    from jinja2 import Environment

    return Environment(autoescape=True, keep_trailing_newline=True).from_string(_PAGE)


def render(report: Report) -> str:
    """The restored article as an HTML document."""
    import nh3

    article = report.restored
    meta = metadata(report)
    header = f"<header><h1>{_html.escape(meta['title'])}</h1></header>" if "title" in meta else ""
    body = f"<article>{header}\n{_section(article, sections(article))}</article>"
    clean = nh3.clean(body, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES)
    page: str = _template().render(
        language=article.language,
        meta=meta,
        review=review(report),
        linked_data=_linked_data(article, meta),
        body=clean,
    )
    return page


def _linked_data(article: Article, meta: dict[str, str]) -> str:
    """schema.org Article as JSON-LD, safe inside a script element."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": meta.get("title", ""),
        "inLanguage": article.language,
        "wordCount": article.words,
    }
    if "author" in meta:
        data["author"] = {"@type": "Person", "name": meta["author"]}
    if "date" in meta:
        data["datePublished"] = meta["date"]
    if "source" in meta:
        data["url"] = meta["source"]
    text = json.dumps(data, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _section(article: Article, section: Section) -> str:
    inner: list[str] = []
    if section.heading is not None:
        level = min(max(2, section.heading.level), 6)
        inner.append(f"<h{level}>{_inline(article, section.heading)}</h{level}>")
    inner += [_group(article, run) for run in grouped(section.blocks)]
    inner += [_section(article, s) for s in section.sections]
    text = "\n".join(inner)
    return f"<section>\n{text}\n</section>" if section.heading is not None else text + "\n"


def _group(article: Article, run: Sequence[Block]) -> str:
    first = run[0]
    if first.kind is BlockKind.LIST_ITEM:
        return _list(article, run)
    if first.kind is BlockKind.TABLE and first.cells:
        return _table(article, run)
    if first.kind is BlockKind.EMBED:
        url = _html.escape(first.value)
        return f'<figure class="embed"><a href="{url}">{url}</a></figure>'
    if first.verbatim:
        return as_html(article, first.verbatim)  # sanitised with the rest
    if first.kind is BlockKind.CODE:
        return f"<pre><code>{_html.escape(article.block_text(first))}</code></pre>"
    text = _inline(article, first)
    return (
        f"<blockquote><p>{text}</p></blockquote>"
        if first.kind is BlockKind.QUOTE
        else f"<p>{text}</p>"
    )


def _list(article: Article, run: Sequence[Block]) -> str:
    out: list[str] = []
    open_tags: list[str] = []
    counts: list[int] = []  # number that a browser gives the item of each open list
    for block in run:
        level = max(1, min(block.level, len(open_tags) + 1))
        while len(open_tags) > level:
            out.append(f"</li></{open_tags.pop()}>")
            counts.pop()
        if len(open_tags) == level:
            out.append("</li>")
            counts[-1] += 1
        else:
            kind = _counting(block)
            tag = "ol" if block.ordered and (kind or not block.value) else "ul"
            open_tags.append(tag)
            counts.append(max(1, block.number))
            start = f' type="{kind}"' if kind else ""
            start += f' start="{block.number}"' if tag == "ol" and block.number > 1 else ""
            out.append(f"<{tag}{start}>")
        value = ""
        if open_tags[-1] == "ol" and block.number not in (0, counts[-1]):
            counts[-1] = block.number
            value = f' value="{block.number}"'
        label = "" if _counting(block) else _html.escape(block.value)
        out.append(f"<li{value}>{label}{' ' * bool(label)}{_inline(article, block)}")
    while open_tags:
        out.append(f"</li></{open_tags.pop()}>")
    return "\n".join(out)


def _counting(block: Block) -> str:
    """The ``type`` of a list whose items browsers label as the source does, or an empty text."""
    if not _COUNTED.fullmatch(block.value):
        return ""
    first = block.value[0]
    letter = len(block.value) == 2 and ord(first.lower()) - ord("a") + 1 == block.number
    return ("a" if letter else "i") if first.islower() else ("A" if letter else "I")


def _table(article: Article, run: Sequence[Block]) -> str:
    rows = []
    for block in run:
        tag = 'th scope="col"' if block.header else "td"
        cells = "".join(
            f"<{tag}>{_inline_span(article, c.start, c.end)}</{tag[:2]}>" for c in block.cells
        )
        rows.append(f"<tr>{cells}</tr>")
    return "<table>\n" + "\n".join(rows) + "\n</table>"


def _inline(article: Article, block: Block) -> str:
    return _inline_span(article, block.start, block.end)


def _inline_span(article: Article, start: int, end: int) -> str:
    marks = marks_in(article, start, end)
    breaks = {at for at, _ in hard_breaks(article, start, end)}
    cuts = sorted({start, end, *breaks} | {m.start for m in marks} | {m.end for m in marks})
    out: list[str] = []
    for a, b in zip(cuts, [*cuts[1:], end], strict=True):
        out += [_close(m) for m in sorted(marks, key=lambda m: -m.start) if m.end == a]
        out += [_open(article, m) for m in sorted(marks, key=lambda m: -m.end) if m.start == a]
        out.append("<br>" if a in breaks else "")
        out.append(_html.escape(article.text[a:b].replace(OBJECT, ""), quote=False))
    # In Markdown each tag is an object of its own, and only now are those of one element together.
    return one_line(without_struck("".join(out)))


_TAG_OF = {MarkKind.STRONG: "strong", MarkKind.EMPHASIS: "em", MarkKind.CODE: "code"}


def _open(article: Article, mark: Mark) -> str:
    if mark.kind is MarkKind.RAW:
        return as_html(article, mark.value, inline=True)
    if mark.kind is MarkKind.LINK:
        return f'<a href="{_html.escape(mark.value)}">'
    return f"<{_TAG_OF[mark.kind]}>"


def _close(mark: Mark) -> str:
    if mark.kind is MarkKind.RAW:
        return ""
    return "</a>" if mark.kind is MarkKind.LINK else f"</{_TAG_OF[mark.kind]}>"
