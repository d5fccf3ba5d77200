"""Markdown with front matter.

The front matter says ``review: required`` where a person must look. It goes on saying so when a
later run finds nothing more to ask in its own output: what is left of a text that was restored in
part looks clean, and nobody has looked at it. A person clears it by taking the key away.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from unspin.article import OBJECT, Article, Block, BlockKind, Mark, MarkKind
from unspin.edits import apply_edits
from unspin.reading.md import ATTRIBUTES, ATTRIBUTES_OF_NEXT, INDENT, MarkdownBlock
from unspin.reading.mdparser import SHORTCODE, holds_shortcode
from unspin.report import Report
from unspin.writing.tree import (
    Node,
    hard_breaks,
    heading_inside,
    is_markdown,
    is_scripted,
    lists,
    marks_in,
    metadata,
    nested,
    one_line,
    review,
    safe_source,
    within,
)

_OWN_KEYS = re.compile(
    r"(?:unspin_)?(?:review:[ \t]*[\"']?(?:required|none)[\"']?"
    r"|review_(?:suggested|editor):[ \t]*\d+)[ \t]*\Z"
)
_SPECIAL = re.compile(
    r"([`*]|\\(?=[!-/:-@\[-`{-~]|\Z)|<(?=[A-Za-z/!?]|\Z)|\b_|_\b|(?<!\w)_|_(?=_)|(?<=_)_"
    r"|&(?=#?\w+;)|\[(?=[^\]\n]*\]\())"
)
_LINE_START = re.compile(r"^(#{1,6}(?=\s|$)|[-+](?=\s|$)|>|={3,}$|-{3,}$|~{3,})")
#: "*[NF1]: Neurofibromatosis" says what an abbreviation stands for.
_ABBREVIATION = re.compile(r"\A\\\*(?=\[[^\]\n]+\]:[^*]*\Z)")
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_LEADING_COMMENTS = re.compile(r"(?:<!--.*?-->\s*)+", re.S)
_INNER_LINE = re.compile(r"(?<=\n)(?=[^\r\n])")
_LINE_LEAD = re.compile(r"(\r\n|\r|\n)([ \t]+)")
_LINE_ENDS = re.compile(r"\s*\n\s*")
#: The line under the heading of a table, inside quotes and items too.
_DELIMITERS = re.compile(r"[>\s]*(\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?)\s*\Z")
_NEXT_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)([^\r\n]*)")
_LINE_BEFORE = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n)[^\r\n]*\Z")
_LONGEST_ROW = 2000
_DASHES = re.compile(r":?-+:?")
#: What begins a paragraph whose indented lines belong to it for others than CommonMark: admonitions
#: and tabs of MkDocs, footnotes, terms with their definitions.
_INDENTED = re.compile(
    r"(?:!!!|\?{3}\+?|={3}[!+]?)[ \t]|\[\^[^\]\s]+\]:|[^\r\n]*(?:\r\n|\r|\n)[ \t>]*:[ \t]"
)
#: Spaces from which nothing at the beginning of a line is a sign for CommonMark.
_CODE = 4
_PREFIX = re.compile(r"(?:\r\n|\r|\n)?([ \t>]*)")


def render(report: Report) -> str:
    """The restored article as Markdown: front matter, title, body."""
    return _front_matter(report) + "\n\n" + render_body(report)


def render_body(report: Report) -> str:
    """The restored article as Markdown without front matter."""
    article = report.restored
    parts: list[str] = []
    if article.title_span is None and article.title and article.source.format != "md":
        parts.append("# " + _escape(one_line(article.title), True))
    parts.append(_nodes(report, nested(article.blocks)))
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


def _nodes(report: Report, nodes: Sequence[Node]) -> str:
    """Blocks with the quotes and items around them."""
    out = ""
    before: list[Node] = []
    mark = 0
    for run in _pages(nodes):
        holder = run[0].holder
        if holder is None:
            text = _group(report, run)
        elif holder.under:
            text = " " * INDENT + _INNER_LINE.sub(" " * INDENT, _nodes(report, run[0].children))
        elif not holder.list:
            inner = _nodes(report, run[0].children)
            text = "\n".join(f"> {line}".rstrip() for line in inner.split("\n"))
        else:
            # Another sign makes another list of what would be one with the list before it.
            other = before[0].holder if before else None
            mark = 1 - mark if other and other.list and other.ordered == holder.ordered else 0
            text = _items(report, run, mark)
        if text:
            out += (_gap(before, run) if out else "") + text
            before = run
    return out


def _pages(nodes: Sequence[Node]) -> list[list[Node]]:
    """Runs of nodes: items of one list, what stands in one block of HTML; else singles."""
    out: list[list[Node]] = []
    for run in lists(nodes):
        html = _html_span(run[0])
        if html is not None and out and _html_span(out[-1][0]) == html:
            out[-1] += run
        else:
            out.append(run)
    return out


def _html_span(node: Node) -> object:
    block = node.run[0] if node.run else None
    return block.html if isinstance(block, MarkdownBlock) else None


def _gap(before: Sequence[Node], run: Sequence[Node]) -> str:
    """What parts two blocks: a list may follow the text of its item on the next line."""
    holder, text = run[0].holder, before[0].run
    block = _first(run[0])
    if isinstance(block, MarkdownBlock) and block.joined:
        return "\n"
    if (run[0].run and run[0].run[0].value == ATTRIBUTES) or (
        text and text[0].value == ATTRIBUTES_OF_NEXT
    ):
        return "\n"
    if holder is None or not holder.list or not text or text[0].verbatim:
        return "\n\n"
    tight = text[0].kind in (BlockKind.LIST_ITEM, BlockKind.QUOTE) and within(text[0])
    first = holder.count == 1 or not holder.ordered
    return "\n" if tight and first and within(text[0])[-1].list else "\n\n"


def _first(node: Node) -> Block | None:
    """The first block of a node."""
    if node.run:
        return node.run[0]
    return _first(node.children[0]) if node.children else None


def _items(report: Report, items: Sequence[Node], mark: int) -> str:
    """The items of one list, with a blank line between them where one of them holds one."""
    out: list[str] = []
    due = 0
    for node in items:
        holder = node.holder
        if holder is None:
            continue
        due += 1
        if holder.ordered and holder.count != due and out:
            # Renderers count for themselves; a number out of turn begins a new list.
            mark = 1 - mark
        due = holder.count
        sign = f"{holder.count}{'.)'[mark]}" if holder.ordered else "-*"[mark]
        text = _nodes(report, node.children)
        width = len(sign) + 1
        # Lines that are indented by more than three further spaces would be code.
        indent = " " * (holder.indent if width < holder.indent < width + _CODE else width)
        out.append((f"{sign} " + _INNER_LINE.sub(indent, text)).rstrip())
    return ("\n\n" if any("\n\n" in text for text in out) else "\n").join(out)


def _group(report: Report, nodes: Sequence[Node]) -> str:
    article, run = report.restored, nodes[0].run
    first = run[0]
    if isinstance(first, MarkdownBlock) and first.html is not None:
        return _html(report, first.html.start, first.html.end)
    if first.verbatim:
        return _verbatim(article, first)
    if first.kind is BlockKind.LIST_ITEM and not within(first):
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
    level = heading_inside(first) or (first.level or 1) * (first.kind is BlockKind.HEADING)
    if level:
        said = (
            " " + first.attributes if isinstance(first, MarkdownBlock) and first.attributes else ""
        )
        return "#" * level + " " + _LINE_ENDS.sub(" ", text) + said
    if first.kind is BlockKind.QUOTE and not within(first):
        prefix = "> " * max(1, first.level)
        return "\n".join(prefix + line for line in text.split("\n"))
    return text


def _html(report: Report, start: int, end: int) -> str:
    """A block of HTML in Markdown, with what was changed in it."""
    edits = [
        replace(e, start=e.start - start, end=e.end - start)
        for e in report.edits
        if start <= e.start and e.end <= end
    ]
    source = report.article.source.text
    text = apply_edits(source[start:end], edits).strip("\r\n")
    line = max(source.rfind("\n", 0, start), source.rfind("\r", 0, start)) + 1
    column = len(source[line:start].expandtabs(4))
    return _LINE_LEAD.sub(lambda m: m[1] + m[2].expandtabs(4)[column:], text) if column else text


def _verbatim(article: Article, block: Block) -> str:
    player = block.kind is BlockKind.EMBED
    return safe_source(article, block.verbatim, player=player).strip("\n") or block.value


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
    written = _written(article, start, end)
    indents = dict(_indents(article, start, end))
    cuts = {start, end, *breaks, *written, *(at + 1 for at in written), *indents}
    for mark in marks_in(article, start, end):
        opens.setdefault(mark.start, []).append(mark)
        closes.setdefault(mark.end, []).append(mark)
        cuts |= {mark.start, mark.end}
    out: list[str] = []
    verbatim: list[Mark] = []
    points = sorted(cuts)
    for a, b in zip(points, [*points[1:], end], strict=True):
        for mark in sorted(closes.get(a, ()), key=lambda m: -m.start):
            out.append(_close(article, mark))
            verbatim = [m for m in verbatim if m is not mark]
        if a in indents:
            out.append(indents[a])
        # Of marks over one span the inner one is noted first.
        for mark in sorted(opens.get(a, []), key=lambda m: m.end)[::-1]:
            if mark.kind is MarkKind.LINK and out and out[-1].endswith("!"):
                out[-1] = out[-1][:-1] + "\\!"  # else the link would be read as an image
            out.append(_open(article, mark))
            if mark.kind in (MarkKind.CODE, MarkKind.RAW):
                verbatim.append(mark)
        piece = text[a:b]
        if verbatim and verbatim[-1].kind is MarkKind.RAW:
            piece = ""
        elif not verbatim:
            piece = written.get(a) or _escape(
                piece, a == start or 0 < len(indents.get(a, "")) < _CODE
            )
        if a in breaks:
            sign = "  " if breaks[a] == "<br>" else breaks[a]
            piece = line_end + piece[1:] if line_end else sign + piece
        out.append(piece)
    return _comments_last("".join(out).replace(OBJECT, "").strip())


def _indents(article: Article, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Yield where lines of a span begin that the source indents with a meaning, and the indent."""
    if not is_markdown(article) or article.source.offsets != "source":
        return
    source = article.source.text
    place = article.map.start_of(start)
    if not _INDENTED.match(source, place):
        return
    line = max(source.rfind("\n", 0, place), source.rfind("\r", 0, place)) + 1
    own = len(source[line:place].expandtabs(4))
    at = article.text.find("\n", start, end)
    while at >= 0:
        # Signs that begin the line itself are no prefix: "> 38 °C".
        first = article.map.start_of(at + 1) if at + 1 < end else len(source)
        found = _PREFIX.match(source, article.map.start_of(at), first)
        deeper = len(found[1].expandtabs(4)) - own if found else 0
        if deeper > 0:
            yield at + 1, " " * deeper
        at = article.text.find("\n", at + 1, end)


def _comments_last(text: str) -> str:
    """A line's comments behind its text: one that begins with a comment is HTML to its end."""
    lead = _LEADING_COMMENTS.match(text)
    if not lead or lead.end() == len(text):
        return text
    return f"{text[lead.end() :]} {lead[0].strip()}"


def _written(article: Article, start: int, end: int) -> dict[int, str]:
    """Signs that a Markdown source escapes, as it does: who else reads it may need that."""
    if not is_markdown(article) or article.source.offsets != "source":
        return {}
    source, segments = article.source.text, article.map.segments
    found: dict[int, str] = {}
    for i in range(bisect_left(segments, start, key=lambda s: s.start), len(segments)):
        segment = segments[i]
        if segment.start >= end:
            break
        if segment.length != 1 or segment.source_length < 2:
            continue
        text = source[segment.source_start : segment.source_end]
        if text[0] in "\\&" and _meant(text) == article.text[segment.start]:
            found[segment.start] = text
    return found


def _meant(text: str) -> str:
    """The sign that an escape or an entity stands for."""
    from html import unescape

    return text[1:] if text[0] == "\\" else unescape(text)


def _open(article: Article, mark: Mark) -> str:
    if mark.kind is MarkKind.RAW:
        if is_markdown(article):
            return mark.value
        if "<" not in mark.value and SHORTCODE.fullmatch(mark.value):
            return mark.value
        # A blank line inside a tag would end the paragraph, and what follows be read as a block.
        return _LINE_ENDS.sub(" ", safe_source(article, mark.value))
    return {"strong": "**", "emphasis": "*", "link": "[", "code": "`"}[mark.kind]


def _close(article: Article, mark: Mark) -> str:
    if mark.kind is MarkKind.LINK and is_scripted(mark.value) and not is_markdown(article):
        return "]()"
    if mark.kind is MarkKind.LINK:
        title = f' "{_escaped(one_line(mark.title), quote=True)}"' if mark.title else ""
        return f"]({_target(mark.value) or (title and '<>')}{title})"
    return {"strong": "**", "emphasis": "*", "code": "`"}.get(mark.kind, "")


def _target(address: str) -> str:
    """The address of a link; in angle brackets where spaces or brackets would end it early."""
    if holds_shortcode(address):
        return address
    address = _escaped(address)
    if not re.search(r"[\s<>]", address) and address.count("(") == address.count(")"):
        return address
    return "<" + one_line(address).replace("<", "%3C").replace(">", "%3E") + ">"


def _escaped(text: str, *, quote: bool = False) -> str:
    """An address or title whose backslashes, entities and quotation marks stand for themselves."""
    text = re.sub(r"\\(?=[!-/:-@\[-`{-~]|\Z)", r"\\\\", text)
    text = re.sub(r"&(?=#?\w+;)", "&amp;", text)
    return text.replace('"', '\\"') if quote else text


def _escape(text: str, at_line_start: bool) -> str:
    """Prose as Markdown reads it back."""
    lines = text.split("\n")
    for i, line in enumerate(lines):
        escaped = _SPECIAL.sub(r"\\\1", line)
        if i or at_line_start:
            body = escaped.lstrip(" \t")
            indent = "" if i or at_line_start else escaped[: len(escaped) - len(body)]
            body = _LINE_START.sub(r"\\\1", _ABBREVIATION.sub("*", body))
            escaped = indent + _NUMBERED.sub(r"\1\\\2", body)
        lines[i] = escaped
    return "\n".join(lines)
