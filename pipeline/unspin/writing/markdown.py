"""Markdown with front matter.

The front matter says ``review: required`` where a person must look. It goes on saying so when a
later run finds nothing more to ask in its own output: what is left of a text that was restored in
part looks clean, and nobody has looked at it. A person clears it by taking the key away.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from unspin.article import OBJECT, Article, Block, BlockKind, Mark, MarkKind
from unspin.report import Report
from unspin.writing.tree import (
    body_blocks,
    grouped,
    hard_breaks,
    marks_in,
    metadata,
    one_line,
    review,
)

_OWN_KEYS = re.compile(
    r"(?:unspin_)?(?:review:[ \t]*[\"']?(?:required|none)[\"']?"
    r"|review_(?:suggested|editor):[ \t]*\d+)[ \t]*\Z"
)
_SPECIAL = re.compile(r"([\\`*<]|\b_|_\b|(?<!\w)_|&(?=#?\w+;)|\[(?=[^\]\n]*\]\())")
_LINE_START = re.compile(r"^(#{1,6}(?=\s|$)|[-+](?=\s|$)|>|={3,}$|-{3,}$|~{3,})")
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_LEADING_COMMENTS = re.compile(r"(?:<!--.*?-->\s*)+", re.S)
_LINE_ENDS = re.compile(r"\s*\n\s*")
#: The line under the heading of a table, inside quotes and items too.
_DELIMITERS = re.compile(r"[>\s]*(\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?)\s*\Z")
_NEXT_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)([^\r\n]*)")
_LINE_BEFORE = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n)[^\r\n]*\Z")
_LONGEST_ROW = 2000
_DASHES = re.compile(r":?-+:?")


def render(report: Report) -> str:
    """The restored article as Markdown: front matter, title, body."""
    return _front_matter(report) + "\n\n" + render_body(report)


def render_body(report: Report) -> str:
    """The restored article as Markdown without front matter."""
    article = report.restored
    parts: list[str] = []
    title = article.title_span
    if title is not None:
        parts.append("# " + _LINE_ENDS.sub(" ", _inline(article, title.start, title.end)))
    elif article.title and article.source.format != "md":
        parts.append("# " + _escape(one_line(article.title), True))
    parts += [_group(article, run) for run in grouped(body_blocks(article))]
    return "\n\n".join(part for part in parts if part) + "\n"


def _front_matter(report: Report) -> str:
    verbatim = report.article.metadata.front_matter
    if verbatim.strip():
        lines = [line for line in verbatim.splitlines() if not _OWN_KEYS.match(line)]
    else:
        lines = [f"{key}: {_scalar(value)}" for key, value in metadata(report).items()]
    # a field that has our name and says something else is the author's
    prefix = "unspin_" if any(line.startswith("review:") for line in lines) else ""
    lines += [f"{prefix}{key}: {value}" for key, value in review(report).items()]
    return "\n".join(["---", *lines, "---"])


def _scalar(value: str) -> str:
    """A YAML double-quoted scalar."""
    import json

    return json.dumps(value, ensure_ascii=False)


def _group(article: Article, run: Sequence[Block]) -> str:
    first = run[0]
    if first.verbatim:
        return first.verbatim.strip("\n")
    if first.kind is BlockKind.LIST_ITEM:
        return _list(article, run)
    if first.kind is BlockKind.TABLE:
        return _table(article, run)
    if first.kind is BlockKind.EMBED:
        return first.value or article.block_text(first)
    if first.kind is BlockKind.CODE:
        code = article.block_text(first)
        fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`{3,}", code))])
        return f"{fence}{first.value}\n{code}\n{fence}"
    text = _inline(article, first.start, first.end)
    if first.kind is BlockKind.HEADING:
        return "#" * max(1, first.level) + " " + _LINE_ENDS.sub(" ", text)
    if first.kind is BlockKind.QUOTE:
        prefix = "> " * max(1, first.level)
        return "\n".join(prefix + line for line in text.split("\n"))
    return text


def _list(article: Article, run: Sequence[Block]) -> str:
    lines: list[str] = []
    indents = [0]
    count: dict[int, int] = {}
    stops: dict[int, str] = {}
    for block in run:
        level = min(max(1, block.level), len(indents))
        del indents[level:]
        for deeper in [n for n in count if n > level]:
            del count[deeper]
            stops.pop(deeper, None)
        due = count.get(level, 0) + 1
        if block.ordered and block.number not in (0, due) and level in count:
            # Renderers count for themselves; a number out of turn begins a new list, which
            # another mark after the number makes of it.
            stops[level] = ")" if stops.get(level, ".") == "." else "."
        count[level] = block.number or due
        marker = f"{count[level]}{stops.get(level, '.')} " if block.ordered else "- "
        label = f"{block.value} " if block.value else ""
        if label:
            marker = "- "  # Markdown counts in numbers alone: "b)" is a part of the text
        indent = " " * indents[level - 1]
        text = _inline(article, block.start, block.end)
        inner = "\n" + indent + " " * len(marker)
        lines.append(indent + marker + label + text.replace("\n", inner))
        indents.append(indents[level - 1] + len(marker))
    return "\n".join(lines)


def _table(article: Article, run: Sequence[Block]) -> str:
    rows = [[_cell(article, c.start, c.end) for c in b.cells] for b in run]
    width = max((len(row) for row in rows), default=0)
    if not width:
        return "\n\n".join(_inline(article, b.start, b.end) for b in run)
    rows = [row + [""] * (width - len(row)) for row in rows]
    if not run[0].header:
        rows.insert(0, [""] * width)
    rows.insert(1, (_delimiters(article, run) + ["---"] * width)[:width])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _cell(article: Article, start: int, end: int) -> str:
    text = _inline(article, start, end, line_end="<br>")
    return text.replace("\n", " ").replace("|", "\\|")


def _delimiters(article: Article, run: Sequence[Block]) -> list[str]:
    """How a Markdown source aligns the columns of a table; empty where it does not say."""
    source, segments = article.source.text, article.map.segments
    for block in run[:2]:
        i = bisect_left(segments, block.start, key=lambda s: s.start)
        if block.start == block.end or i == len(segments) or article.source.offsets != "source":
            continue
        place = segments[i].source_start
        if block.header:
            line = _NEXT_LINE.match(source, place)
        else:  # the heading holds no text, and has no place
            line = _LINE_BEFORE.search(source[max(0, place - _LONGEST_ROW) : place])
        found = _DELIMITERS.match(line[1]) if line else None
        if found:
            return [re.sub("-+", "---", dashes) for dashes in _DASHES.findall(found[1])]
    return []


def _inline(article: Article, start: int, end: int, line_end: str = "") -> str:
    """Prose of a span with its inline markup written again and the rest escaped.

    Args:
        article: The article.
        start: Where the span begins in the prose.
        end: Where it ends.
        line_end: What to write where the source breaks a line; if empty, as the source does.
    """
    text = article.text
    opens: dict[int, list[Mark]] = {}
    closes: dict[int, list[Mark]] = {}
    breaks = dict(hard_breaks(article, start, end))
    cuts = {start, end, *breaks}
    for mark in marks_in(article, start, end):
        opens.setdefault(mark.start, []).append(mark)
        closes.setdefault(mark.end, []).append(mark)
        cuts |= {mark.start, mark.end}
    out: list[str] = []
    verbatim: list[Mark] = []
    points = sorted(cuts)
    for a, b in zip(points, [*points[1:], end], strict=True):
        for mark in sorted(closes.get(a, ()), key=lambda m: -m.start):
            out.append(_close(mark))
            verbatim = [m for m in verbatim if m is not mark]
        for mark in sorted(opens.get(a, ()), key=lambda m: -m.end):
            if mark.kind is MarkKind.LINK and out and out[-1].endswith("!"):
                out[-1] = out[-1][:-1] + "\\!"  # else the link would be read as an image
            out.append(_open(mark))
            if mark.kind in (MarkKind.CODE, MarkKind.RAW):
                verbatim.append(mark)
        piece = text[a:b]
        if verbatim and verbatim[-1].kind is MarkKind.RAW:
            piece = ""
        elif not verbatim:
            piece = _escape(piece, a == start)
        if a in breaks:
            written = "  " if breaks[a] == "<br>" else breaks[a]
            piece = line_end + piece[1:] if line_end else written + piece
        out.append(piece)
    return _comments_last("".join(out).replace(OBJECT, "").strip())


def _comments_last(text: str) -> str:
    """A line's comments behind its text: one that begins with a comment is HTML to its end."""
    lead = _LEADING_COMMENTS.match(text)
    if not lead or lead.end() == len(text):
        return text
    return f"{text[lead.end() :]} {lead[0].strip()}"


def _open(mark: Mark) -> str:
    if mark.kind is MarkKind.RAW:
        return mark.value
    return {"strong": "**", "emphasis": "*", "link": "[", "code": "`"}[mark.kind]


def _close(mark: Mark) -> str:
    if mark.kind is MarkKind.LINK:
        return f"]({_target(mark.value)})"
    return {"strong": "**", "emphasis": "*", "code": "`"}.get(mark.kind, "")


def _target(address: str) -> str:
    """The address of a link; in angle brackets where spaces or brackets would end it early."""
    if not re.search(r"[\s<>]", address) and address.count("(") == address.count(")"):
        return address
    return "<" + one_line(address).replace("<", "%3C").replace(">", "%3E") + ">"


def _escape(text: str, at_line_start: bool) -> str:
    """Prose as Markdown reads it back."""
    lines = text.split("\n")
    for i, line in enumerate(lines):
        escaped = _SPECIAL.sub(r"\\\1", line)
        if i or at_line_start:
            body = escaped.lstrip(" \t")
            indent = "" if i or at_line_start else escaped[: len(escaped) - len(body)]
            body = _LINE_START.sub(r"\\\1", body)
            escaped = indent + _NUMBERED.sub(r"\1\\\2", body)
        lines[i] = escaped
    return "\n".join(lines)
