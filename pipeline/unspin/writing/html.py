"""Semantic HTML with schema.org metadata; the body is sanitised.

What links of the article lead to inside it keeps a name, as `PREFIX` and the name that it had: no
script of the page that holds the article takes it for something of its own. Footnotes of Markdown
are links to where they stand, and back.
"""

from __future__ import annotations

import datetime
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
    SCHEMES,
    Node,
    Section,
    anchors,
    as_html,
    authors,
    hard_breaks,
    heading_inside,
    is_markdown,
    lists,
    marks_in,
    metadata,
    nested,
    one_line,
    opening_blocks,
    review,
    sections,
    within,
)

#: Before each id of the written page.
PREFIX = "in-"
_TAGS = {
    "article", "header", "section", "h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li",
    "blockquote", "table", "thead", "tbody", "tr", "th", "td", "figure", "a", "strong", "em",
    "code", "pre", "br", "hr", "img", "sub", "sup", "span", "time", "address",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"id"},
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
_NOT_IN_ID = re.compile(r"[^\w:.-]+")
_NOTE = re.compile(r"\[\^([^\]\s]+)\](:?)")
_DAY = ("%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b %d, %Y", "%Y/%m/%d")
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
    page_of = _Page(article)
    header = f"<header><h1>{_html.escape(meta['title'])}</h1></header>" if "title" in meta else ""
    if article.title_span is not None:
        header = header.replace("<h1>", f"<h1{page_of.id_at(article.title_span.start)}>", 1)
    before = page_of.blocks(opening_blocks(article))
    body = page_of.section(sections(article, opening=False))
    clean = nh3.clean(
        f"<article>{before}{header}\n{body}</article>",
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=page_of.attribute,
        url_schemes=SCHEMES,
    )
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
    persons = [{"@type": "Person", "name": name} for name in authors(article)]
    if persons:
        data["author"] = persons if len(persons) > 1 else persons[0]
    if "date" in meta:
        data["datePublished"] = _iso(meta["date"])
    if "source" in meta:
        data["url"] = meta["source"]
    text = json.dumps(data, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _counting(block: Block) -> str:
    """The ``type`` of a list whose items browsers label as the source does, or an empty text."""
    if not _COUNTED.fullmatch(block.value):
        return ""
    first = block.value[0]
    letter = len(block.value) == 2 and ord(first.lower()) - ord("a") + 1 == block.number
    return ("a" if letter else "i") if first.islower() else ("A" if letter else "I")


def _iso(date: str) -> str:
    """A date as schema.org has it (ISO 8601), or as it is where it is not understood."""
    try:
        found = datetime.datetime.fromisoformat(date)
    except ValueError:
        found = None
    if found is not None:
        whole = re.search(r"\d[T ]\d", date) is not None
        return found.isoformat() if whole else found.date().isoformat()
    for form in _DAY:
        try:
            return datetime.datetime.strptime(date, form).date().isoformat()
        except ValueError:
            continue
    return date


class _Page:
    """The body of one article, before it is sanitised."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.names, inside = anchors(article)
        self.known = inside.union(*self.names.values())
        self.used: set[str] = set()
        notes = [
            m for x in article.marks if x.kind is MarkKind.RAW if (m := _NOTE.fullmatch(x.value))
        ]
        defined = {m[1] for m in notes if m[2]}
        #: Labels of footnotes that the article gives, and of those that it refers to besides.
        self.notes = defined if is_markdown(article) else set()
        self.cited = {m[1] for m in notes if not m[2]} & self.notes
        self.known |= {f"fn:{name}" for name in self.notes}
        self.known |= {f"fnref:{name}" for name in self.cited}
        body = [b for b in article.blocks if b.kind is BlockKind.HEADING]
        first = any(b.level == 1 and b.span != article.title_span for b in body)
        self.shift = 1 if first else 0  # the page has one heading of level 1

    # --- names

    def attribute(self, tag: str, name: str, value: str) -> str | None:
        """An attribute as the page shall have it; None takes it away."""
        from urllib.parse import unquote

        if name == "id":
            if value not in self.known or value in self.used:
                return None
            self.used.add(value)
            return _id(value)
        if name == "href" and value[:1] == "#" and unquote(value[1:]) in self.known:
            return "#" + _id(unquote(value[1:]))
        return value

    def id_at(self, start: int) -> str:
        """The id of the block that begins at `start`, as an attribute."""
        names = self.names.get(start, [])
        return f' id="{_html.escape(names[0])}"' if names else ""

    def more_ids(self, block: Block) -> str:
        """Further names of a block, as empty elements in it."""
        names = self.names.get(block.start, [])[1:]
        return "".join(f'<span id="{_html.escape(name)}"></span>' for name in names)

    # --- blocks

    def section(self, section: Section) -> str:
        inner: list[str] = []
        if section.heading is not None:
            inner.append(self.heading(section.heading, section.heading.level))
        inner.append(self.blocks(section.blocks))
        inner += [self.section(s) for s in section.sections]
        text = "\n".join(part for part in inner if part)
        return f"<section>\n{text}\n</section>" if section.heading is not None else text + "\n"

    def heading(self, block: Block, level: int) -> str:
        level = min(max(2, level + self.shift), 6)
        text = self.inline(block)
        return f"<h{level}{self.id_at(block.start)}>{text}{self.more_ids(block)}</h{level}>"

    def blocks(self, blocks: Sequence[Block]) -> str:
        return self.nodes(nested(blocks))

    def nodes(self, nodes: Sequence[Node]) -> str:
        out: list[str] = []
        for run in lists(nodes):
            holder = run[0].holder
            if holder is None:
                out.append(self.group(run[0].run))
            elif holder.list:
                out.append(self.items(run))
            elif holder.under:
                out.append(self.nodes(run[0].children))
            else:
                out.append(f"<blockquote>{self.nodes(run[0].children)}</blockquote>")
        return "\n".join(out)

    def items(self, items: Sequence[Node]) -> str:
        """The items of a list of Markdown."""
        first = items[0].holder
        ordered = first is not None and first.ordered
        start = first.count if first and first.ordered else 1
        out = [f'<ol start="{start}">' if start != 1 else "<ol>" if ordered else "<ul>"]
        due = start
        for node in items:
            count = node.holder.count if node.holder else 0
            value = f' value="{count}"' if ordered and count != due else ""
            due = (count if ordered else due) + 1
            texts = [c for c in node.children if c.run and not c.run[0].verbatim]
            rest = [c for c in node.children if c.holder is not None and c.holder.list]
            if len(texts) == 1 and len(texts) + len(rest) == len(node.children):
                block = texts[0].run[0]
                if texts[0] is node.children[0] and _is_text(block):
                    inner = f"{self.inline(block)}{self.more_ids(block)}"
                    below = self.nodes(node.children[1:])
                    out.append(f"<li{value}{self.id_at(block.start)}>{inner}{below}</li>")
                    continue
            out.append(f"<li{value}>{self.nodes(node.children)}</li>")
        return "\n".join([*out, "</ol>" if ordered else "</ul>"])

    def group(self, run: Sequence[Block]) -> str:
        article, first = self.article, run[0]
        if first.kind is BlockKind.LIST_ITEM and not within(first):
            return self.list(run)
        if first.kind is BlockKind.TABLE and first.cells:
            return self.table(run)
        if first.kind is BlockKind.EMBED:
            url = _html.escape(first.value)
            return f'<figure class="embed"><a href="{url}">{url}</a></figure>'
        if first.verbatim:
            return as_html(article, first.verbatim)  # sanitised with the rest
        if first.kind is BlockKind.CODE:
            return f"<pre><code>{_html.escape(article.block_text(first))}</code></pre>"
        if heading_inside(first) or first.kind is BlockKind.HEADING:
            return self.heading(first, heading_inside(first) or first.level)
        parts = self.parts(first)
        text = "\n".join(parts)
        return (
            f"<blockquote>{text}</blockquote>"
            if first.kind is BlockKind.QUOTE and not within(first)
            else text
        )

    def parts(self, block: Block) -> list[str]:
        """The paragraphs of a block: footnotes that follow one another are one each."""
        given = {mark.start: name for mark, name in self.given(block)}
        cuts = sorted({block.start, *given})
        out = []
        for start, end in zip(cuts, [*cuts[1:], block.end], strict=True):
            label = given.get(start, "")
            names = self.id_at(block.start) if start == block.start else ""
            back = ""
            if label in self.notes:
                name = _html.escape(label)
                names = f' id="fn:{name}"'
                back = f' <a href="#fnref:{name}">↩</a>' if label in self.cited else ""
            more = self.more_ids(block) if start == block.start else ""
            out.append(f"<p{names}>{self.inline_span(start, end)}{back}{more}</p>")
        return out

    def given(self, block: Block) -> list[tuple[Mark, str]]:
        """The marks of a block that footnotes begin with, and their labels."""
        out = []
        for mark in marks_in(self.article, block.start, block.end):
            note = _NOTE.fullmatch(mark.value) if mark.kind is MarkKind.RAW else None
            before = self.article.text[block.start : mark.start].rstrip(" ")
            if note and note[2] and (not before or before.endswith("\n")):
                out.append((mark, note[1]))
        return out

    def list(self, run: Sequence[Block]) -> str:
        out: list[str] = []
        open_tags: list[str] = []
        counts: list[int] = []  # number that a browser gives the item of each open list
        for block in run:
            level = max(1, min(block.level, len(open_tags) + 1))
            while len(open_tags) > level:
                out[-1] += "</li>"
                out.append(f"</{open_tags.pop()}>")
                counts.pop()
            kind = _counting(block)
            tag = "ol" if block.ordered and (kind or not block.value) else "ul"
            if len(open_tags) == level and open_tags[-1] != tag:  # steps, and then points
                out[-1] += "</li>"
                out.append(f"</{open_tags.pop()}>")
                counts.pop()
            if len(open_tags) == level:
                out[-1] += "</li>"
                counts[-1] += 1
            else:
                open_tags.append(tag)
                counts.append(max(1, block.number))
                start = f' type="{kind}"' if kind else ""
                start += f' start="{block.number}"' if tag == "ol" and block.number > 1 else ""
                opening = f"<{tag}{start}>"
                out[-1:] = [out[-1] + opening] if out else [opening]
            value = ""
            if open_tags[-1] == "ol" and block.number not in (0, counts[-1]):
                counts[-1] = block.number
                value = f' value="{block.number}"'
            label = "" if _counting(block) else _html.escape(block.value)
            text = label + " " * bool(label) + self.inline(block) + self.more_ids(block)
            out.append(f"<li{value}{self.id_at(block.start)}>{text}")
        while open_tags:
            out[-1] += "</li>"
            out.append(f"</{open_tags.pop()}>")
        return "\n".join(out)

    def table(self, run: Sequence[Block]) -> str:
        rows = []
        for block in run:
            tag = 'th scope="col"' if block.header else "td"
            cells = "".join(
                f"<{tag}>{self.inline_span(c.start, c.end)}</{tag[:2]}>" for c in block.cells
            )
            rows.append(f"<tr{self.id_at(block.start)}>{cells}</tr>")
        return "<table>\n" + "\n".join(rows) + "\n</table>"

    # --- inside a block

    def inline(self, block: Block) -> str:
        return self.inline_span(block.start, block.end)

    def inline_span(self, start: int, end: int) -> str:
        article = self.article
        marks = marks_in(article, start, end)
        breaks = {at for at, _ in hard_breaks(article, start, end)}
        cuts = sorted({start, end, *breaks} | {m.start for m in marks} | {m.end for m in marks})
        out: list[str] = []
        for a, b in zip(cuts, [*cuts[1:], end], strict=True):
            out += [_close(m) for m in sorted(marks, key=lambda m: -m.start) if m.end == a]
            out += [self.open(m) for m in sorted(marks, key=lambda m: m.end)[::-1] if m.start == a]
            out.append("<br>" if a in breaks else "")
            out.append(_html.escape(article.text[a:b].replace(OBJECT, ""), quote=False))
        # In Markdown each tag is an object of its own: only now are those of one element together.
        return one_line(without_struck("".join(out)))

    def open(self, mark: Mark) -> str:
        if mark.kind is MarkKind.RAW:
            note = _NOTE.fullmatch(mark.value)
            if note and note[1] in self.notes:
                name = _html.escape(note[1])
                if note[2]:
                    return f"<sup>{name}</sup>"
                return f'<sup><a id="fnref:{name}" href="#fn:{name}">{name}</a></sup>'
            return as_html(self.article, mark.value, inline=True)
        if mark.kind is MarkKind.LINK:
            title = f' title="{_html.escape(mark.title)}"' if mark.title else ""
            return f'<a href="{_html.escape(mark.value)}"{title}>'
        return f"<{_TAG_OF[mark.kind]}>"


def _is_text(block: Block) -> bool:
    kinds = (BlockKind.LIST_ITEM, BlockKind.PARAGRAPH, BlockKind.QUOTE)
    return block.kind in kinds and not heading_inside(block)


def _id(name: str) -> str:
    return PREFIX + _NOT_IN_ID.sub("-", name)


_TAG_OF = {MarkKind.STRONG: "strong", MarkKind.EMPHASIS: "em", MarkKind.CODE: "code"}


def _close(mark: Mark) -> str:
    if mark.kind is MarkKind.RAW:
        return ""
    return "</a>" if mark.kind is MarkKind.LINK else f"</{_TAG_OF[mark.kind]}>"
