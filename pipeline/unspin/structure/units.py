"""Units: lines of a flat text on their way to become blocks."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from unspin.article import Article, Block, BlockKind, Piece, Span
from unspin.textmap import OffsetMap, Segment

#: No line that a program wrapped is longer, in code points (common widths: 65 to 120).
WIDEST_WRAP = 130
#: No line of prose is wrapped at fewer code points: shorter ones are list items or verse.
NARROWEST_WRAP = 45
#: Least share of the lines of a text or group that are full, for it to count as wrapped.
FULL_SHARE = 0.5
#: Share of the width from which a line of a wrapped group may end amid a sentence.
EARLY_SHARE = 0.75
#: Least share of line ends that fall inside a sentence, for a text to count as wrapped.
MID_SENTENCE_SHARE = 0.25

MARKER = re.compile(
    r"(?P<bullet>[•·▪◦●○■□‣∙⁃►➢➤✓✔❖\uf076\uf0a7\uf0b7\uf0d8\uf0fc*+\-–—](?=\s)\s+|"
    r"[•●▪◦‣\uf076\uf0a7\uf0b7\uf0d8\uf0fc]\ufe0e?\s*|o\s+(?=\S))"
    r"|(?P<ordered>\(?(?P<value>\d{1,2}|[A-Za-z]|[ivx]{2,4})[.)])\s+"
)
_TERMINAL = re.compile(r"[.!?:…][)\"'”’\]]*$")
_HYPHENATED = re.compile(r"[a-z]-$")
#: A range of numbers that was broken behind its hyphen.
_RANGE = re.compile(r"\d[-–]$")
#: "short-/and long-term": a part of a word that stands for itself.
_OTHER_PART = re.compile(r"(?:and|or|to|nor|but)\b")
_FIRST_WORD = re.compile(r"\S+")


@dataclass
class Unit:
    """One logical line: its text, where it came from, and what it was found to be."""

    text: str
    at: int  # prose offset in the flat article; meaningless where `segments` is given
    blanks: int = 0  # blank lines before it
    indent: int = 0
    group: int = 0  # lines that no blank line parts share one
    segments: tuple[Segment, ...] | None = None
    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0
    ordered: bool = False
    number: int = 0
    list_id: int = 0
    cells: tuple[Span, ...] = ()
    header: bool = False
    value: str = ""
    wrapped: bool = False  # joined of several source lines
    marked: bool = False  # a list item that had a marker
    sure: bool = False  # a heading by its mark (underline, #, number)
    original: Block | None = None  # a block that the reader already knew
    notes: list[tuple[str, bool, str, int, int]] = field(default_factory=list)

    @cached_property
    def count(self) -> int:
        """Number of words."""
        return self.text.count(" ") + 1 if self.text else 0

    @cached_property
    def terminal(self) -> bool:
        """Whether it ends as a sentence does (or with a colon)."""
        last = self.text[-1:]
        return last in ".!?:…" or (last in ")\"'”’]" and bool(_TERMINAL.search(self.text)))

    @property
    def plain(self) -> bool:
        """Whether it is still an undecided line."""
        return self.kind is BlockKind.PARAGRAPH

    @cached_property
    def lower(self) -> bool:
        """Whether it begins with a small letter."""
        return self.text[:1].islower()

    def _own_segments(self, source: OffsetMap) -> tuple[Segment, ...]:
        if self.segments is not None:
            return self.segments
        return tuple(source.slice(self.at, self.at + len(self.text)))

    def cut(self, start: int, end: int) -> Unit:
        """The part ``start..end`` of it, as an undecided line without white space at its ends."""
        part = self.text[start:end]
        start += len(part) - len(part.lstrip())
        part = part.strip()
        if self.segments is None:
            return Unit(part, self.at + start, self.blanks, self.indent, self.group)
        segments = tuple(OffsetMap(self.segments).slice(start, start + len(part)))
        return Unit(part, 0, self.blanks, self.indent, self.group, segments)

    def shorten(self, start: int, end: int) -> None:
        """Cuts its ends off in place (markers and underlines, which are layout)."""
        part = self.cut(start, end)
        self.text, self.at, self.segments = part.text, part.at, part.segments
        for name in ("count", "terminal", "lower"):
            self.__dict__.pop(name, None)

    def join(self, other: Unit, source: OffsetMap) -> None:
        """Appends the next line of a wrapped paragraph; the line break maps to one space."""
        mine, theirs = self._own_segments(source), other._own_segments(source)
        # "lower-/back" was broken at its hyphen; the hyphen stays, since it may be a true one.
        glue = "" if _broken(self, other) and not _OTHER_PART.match(other.text) else " "
        shift = len(self.text) + len(glue)
        joint: tuple[Segment, ...] = ()
        if glue and mine and theirs and theirs[0].source_start > mine[-1].source_end:
            gap = mine[-1].source_end
            joint = (Segment(len(self.text), 1, gap, theirs[0].source_start - gap),)
        moved = (
            Segment(s.start + shift, s.length, s.source_start, s.source_length) for s in theirs
        )
        self.text += glue + other.text
        self.segments = (*mine, *joint, *moved)
        self.wrapped = True
        for name in ("count", "terminal", "lower"):
            self.__dict__.pop(name, None)

    def piece(self, source: OffsetMap) -> Piece:
        """The finished block."""
        block = self.original or Block(
            self.kind,
            0,
            len(self.text),
            self.level,
            self.ordered,
            self.number,
            self.list_id,
            self.cells,
            self.header,
            self.value,
        )
        return Piece(self.text, self._own_segments(source), block)


def read_units(
    article: Article, keep: Callable[[list[Unit], str, OffsetMap], list[Unit]]
) -> list[Unit]:
    """The article's lines, with the lines of wrapped paragraphs joined.

    Args:
        article: As read.
        keep: Makes one unit of lines that are to stay as they are.
    """
    lines: list[Unit] = []
    text = article.text
    for block in article.blocks:
        raw = text[block.start : block.end]
        body = raw.strip()
        if not body:
            continue
        indent = raw.find(body[0])
        unit = Unit(body, block.start + indent, block.number, indent, block.group)
        if block.kind is not BlockKind.PARAGRAPH or block.verbatim:
            unit.kind, unit.original = block.kind, block
        lines.append(unit)
    lines = keep(lines, text, article.map)
    width = _wrap_width(lines)
    broken = any(
        a.group and a.group == b.group and _broken(a, b) for a, b in itertools.pairwise(lines)
    )
    if any(line.blanks == 0 and line.indent for line in lines) or width or broken:
        return _unwrap(lines, width, article.map)
    return lines


def _broken(line: Unit, following: Unit) -> bool:
    """Whether a word, or a range of numbers, was broken at the end of a line."""
    if following.text[:1].isdigit():
        return bool(_RANGE.search(line.text))
    return following.lower and bool(_HYPHENATED.search(line.text))


def _fills(line: Unit, following: Unit, width: int) -> bool:
    """Whether the next line's first word would not have fitted into the line."""
    first = _FIRST_WORD.match(following.text)
    return line.indent + len(line.text) + 1 + (first.end() if first else 0) > width


def _wrap_width(lines: list[Unit]) -> int:
    """The width that the text is wrapped at, in code points, or 0."""
    pairs = [
        (a, b)
        for a, b in itertools.pairwise(lines)
        if a.group == b.group
        and a.group
        and not MARKER.match(b.text)
        and a.original is None
        and b.original is None
    ]
    short = sorted(n for a, _ in pairs if (n := a.indent + len(a.text)) <= WIDEST_WRAP)
    if not short or len(short) < 0.8 * len(pairs):
        return 0
    width = short[int(0.9 * (len(short) - 1))]
    if width < NARROWEST_WRAP:
        return 0
    full = [(a, b) for a, b in pairs if _fills(a, b, width)]
    inside = sum(not a.terminal and (b.lower or a.text[-1] == ",") for a, b in full)
    if inside < MID_SENTENCE_SHARE * len(pairs) and inside < FULL_SHARE * len(full):
        return 0
    return width if inside else 0


def _unwrap(lines: list[Unit], width: int, source: OffsetMap) -> list[Unit]:
    out: list[Unit] = []
    i = 0
    while i < len(lines):
        j = i + 1
        while j < len(lines) and lines[j].group == lines[i].group and lines[i].group:
            j += 1
        out += _unwrap_group(lines[i:j], width, source) if j - i > 1 else lines[i:j]
        i = j
    return out


def _unwrap_group(group: list[Unit], width: int, source: OffsetMap) -> list[Unit]:
    marked = [bool(MARKER.match(u.text)) for u in group]
    flow = [k for k in range(len(group) - 1) if not marked[k + 1]]
    full = {k for k in flow if width and _fills(group[k], group[k + 1], width)}
    # Others than programs end lines early.
    early = {
        k for k in flow if width and group[k + 1].lower and not group[k].terminal
        and group[k].indent + len(group[k].text) >= EARLY_SHARE * width
    }  # fmt: skip
    fits = all(u.indent + len(u.text) <= max(1.3 * width, width + 12) for u in group)
    wrapped = fits and len(full) >= FULL_SHARE * max(1, len(flow) - 1)
    broken = {k for k in flow if _broken(group[k], group[k + 1])}
    if broken:
        # Where words are broken, so are sentences.
        broken |= {k for k in flow if not group[k].terminal and group[k + 1].lower}
    out = [group[0]]
    item_indent = group[0].indent if marked[0] else -1
    for k in range(len(group) - 1):
        line, following = group[k], group[k + 1]
        # A hanging indent continues the item above.
        hanging = item_indent >= 0 and following.indent > item_indent
        new_paragraph = following.indent > line.indent and line.terminal and item_indent < 0
        if (
            line.original is None
            and following.original is None
            and not marked[k + 1]
            and not new_paragraph
            and (hanging or k in broken or (wrapped and k in full | early))
            and "\t" not in following.text
        ):
            out[-1].join(following, source)
            continue
        item_indent = following.indent if marked[k + 1] else -1
        out.append(following)
    return out
