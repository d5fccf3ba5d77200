"""Article, block, mark and span: what every stage passes on.

An article's *prose* (`Article.text`) is the text of its blocks, joined by blank lines, without
markup. Rules, the language model and fixing work on prose offsets alone; `Article.map` leads each
offset back to the decoded source, so that a report can name the place in the file.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from dataclasses import field as default
from enum import StrEnum
from functools import cached_property
from typing import Any

from unspin.places import Cover
from unspin.textmap import OffsetMap, Segment

BLOCK_SEPARATOR = "\n\n"
#: Stands in prose for something that is not prose (an image, raw HTML): nothing matches across it.
OBJECT = "\ufffc"
#: `Block.value` of a code block that is a thematic break: a rule between two parts of a text.
BREAK = "thematic break"


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of code points."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Whether the two ranges share a code point."""
        return self.start < other.end and other.start < self.end


class BlockKind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    QUOTE = "quote"
    TABLE = "table"
    EMBED = "embed"
    CODE = "code"


class MarkKind(StrEnum):
    """Inline markup."""

    STRONG = "strong"
    EMPHASIS = "emphasis"
    LINK = "link"
    CODE = "code"
    RAW = "raw"  # covers one OBJECT; `value` is the source to write out unchanged


@dataclass(frozen=True, slots=True)
class Mark:
    """Inline markup over a prose span.

    Args:
        start: Offset of the first code point.
        end: Offset after the last one.
        kind: What it is.
        value: A link's target, or raw source.
        title: What a link of Markdown shows when it is pointed at.
    """

    start: int
    end: int
    kind: MarkKind
    value: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, list item, quote, table row group, embed or code block.

    Args:
        kind: What it is.
        start: Offset of its first code point in the prose.
        end: Offset after its last code point in the prose.
        level: Heading level 1..6; nesting depth of a list item or quote from 1; else 0.
        ordered: Whether a list item is numbered.
        number: Number of an ordered item as the source gives it, else 0.
        group: Items with one `group` make one list; rows with one `group` make one table.
        cells: For a table row, the prose spans of its cells.
        header: Whether a table row is the header.
        value: Target of an embed; language of a code block.
        verbatim: Source to write out unchanged for a block that is never touched (code, raw HTML).
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    ordered: bool = False
    number: int = 0
    group: int = 0
    cells: tuple[Span, ...] = ()
    header: bool = False
    value: str = ""
    verbatim: str = ""

    @property
    def span(self) -> Span:
        """The block's prose span."""
        return Span(self.start, self.end)

    @property
    def is_prose(self) -> bool:
        """Whether language rules apply to the block's text."""
        return self.kind not in (BlockKind.EMBED, BlockKind.CODE)


@dataclass(frozen=True, slots=True)
class Repair:
    """An encoding repair made while reading: ``source[start:end]`` (= `before`) became `after`."""

    start: int
    end: int
    before: str
    after: str
    kind: str  # "mojibake" | "entity" | "control" | "invisible"


@dataclass(frozen=True, slots=True)
class StructureNote:
    """Something the structurer saw: yielded as a finding by the ST rule of that `kind`.

    Kinds: ``missing-title``, ``heading-run-in``, ``item-run-in``, ``lost-bullet``,
    ``empty-section``, ``level-skipped``.
    """

    kind: str
    start: int
    end: int
    mended: bool
    detail: str = ""


@dataclass(frozen=True)
class Source:
    """Where an article came from.

    Args:
        path: As the user named it; ``"-"`` for standard input.
        format: ``txt``, ``md``, ``html``, ``jsonl`` or ``docx``.
        encoding: Name of the encoding that decoded the bytes.
        sha256: Hex digest of the file's bytes.
        text: Decoded source, without a BOM, without newline translation.
        offsets: ``"source"``, or ``"extracted"`` where spans cannot lead back into the file.
        bom: Whether the bytes began with a byte order mark.
        record: 1-based line of a JSON Lines file, else None.
        field: Name of the JSON field that held the text, else None.
        extra: Other fields of the record, or front matter, carried through unchanged.
        raw: The file's bytes; empty for a record that was read line by line, as no record holds
            the whole file. `sha256` stands for them where sources are compared; a pickled report
            leaves them behind.
    """

    path: str
    format: str
    encoding: str
    sha256: str
    text: str
    offsets: str = "source"
    bom: bool = False
    record: int | None = None
    field: str | None = None
    extra: Mapping[str, Any] = default(default_factory=dict)
    raw: bytes = default(default=b"", compare=False, repr=False)

    def __hash__(self) -> int:
        # what a record carries may be anything, and the rest tells sources apart well enough
        return hash((self.path, self.sha256, self.record, self.text))


@dataclass(frozen=True)
class Metadata:
    """What the source says about itself; empty string or None where it says nothing."""

    title: str = ""
    author: str = ""
    date: str = ""
    url: str = ""
    language: str = ""
    front_matter: str = ""  # verbatim YAML between the fences of a Markdown source, without fences

    def over(self, other: Metadata) -> Metadata:
        """What either knows; where both say something, what this one says."""
        return replace(other, **{f.name: v for f in fields(self) if (v := getattr(self, f.name))})


@dataclass(frozen=True)
class Article:
    """Title, metadata and blocks.

    Args:
        source: Where it came from.
        text: The prose: block texts joined by `BLOCK_SEPARATOR`.
        map: Leads prose offsets to source offsets.
        blocks: In order of the prose; their spans are disjoint.
        metadata: What the source says about itself.
        title_span: Prose span of the title where it stands in the text, else None.
        marks: Inline markup, sorted by start.
        repairs: Encoding repairs made while reading, in source offsets.
        notes: What the structurer saw, in prose offsets.
        structured: Whether the source marks its structure itself (HTML, Markdown, Word).
        language: ISO 639-1 code, ``"en"`` where the text is judged; ``"und"`` for too few words.
    """

    source: Source
    text: str
    map: OffsetMap
    blocks: tuple[Block, ...]
    metadata: Metadata = Metadata()
    title_span: Span | None = None
    marks: tuple[Mark, ...] = ()
    repairs: tuple[Repair, ...] = ()
    notes: tuple[StructureNote, ...] = ()
    structured: bool = False
    language: str = "en"

    def __hash__(self) -> int:
        return hash((self.source, self.text))

    @property
    def title(self) -> str:
        """The title: of the text where it has one, else of the metadata; may be empty."""
        if self.title_span is not None:
            return self.text[self.title_span.start : self.title_span.end]
        return self.metadata.title

    @property
    def judged(self) -> bool:
        """Whether the text is English and long enough to be judged."""
        return self.language == "en"

    def block_text(self, block: Block) -> str:
        """The block's prose."""
        return self.text[block.start : block.end]

    @cached_property
    def protected(self) -> tuple[Span, ...]:
        """Spans that no fix may touch: code, raw HTML, embeds, verbatim blocks; sorted."""
        spans = [b.span for b in self.blocks if not b.is_prose or b.verbatim]
        spans += [
            Span(m.start, m.end) for m in self.marks if m.kind in (MarkKind.CODE, MarkKind.RAW)
        ]
        return tuple(sorted(spans, key=lambda s: (s.start, s.end)))

    @cached_property
    def _protection(self) -> Cover:
        return Cover((s.start, s.end) for s in self.protected)

    def is_protected(self, start: int, end: int) -> bool:
        """Whether a span of the prose overlaps one that no fix may touch."""
        return self._protection.meets(start, end)

    @cached_property
    def words(self) -> int:
        """Number of white-space separated words of the prose."""
        return len(self.text.split())

    def with_(self, **changes: Any) -> Article:
        """A copy with some fields changed."""
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Piece:
    """A block in the making: its own text with a map of its own, offsets from zero.

    Readers and the structurer make pieces; `assemble` joins them into an article.

    Args:
        text: The block's prose.
        segments: Its map; `Segment.start` counts from the start of `text`.
        block: The block with ``start``/``end``/``cells`` relative to `text` (``end`` is ignored).
        marks: Inline markup relative to `text`.
    """

    text: str
    segments: tuple[Segment, ...]
    block: Block
    marks: tuple[Mark, ...] = ()


def assemble(
    source: Source,
    pieces: list[Piece],
    *,
    title: int | None = None,
    **fields: Any,
) -> Article:
    """Joins pieces into an article.

    Args:
        source: Where they came from.
        pieces: Blocks in order; pieces with empty text are kept only where they are verbatim.
        title: Index into `pieces` of the block that is the title, or None.
        **fields: Further fields of `Article`; `notes` must already be in prose offsets.

    Returns:
        The article, with every offset moved to its place in the prose.
    """
    texts: list[str] = []
    segments: list[Segment] = []
    blocks: list[Block] = []
    marks: list[Mark] = []
    title_span: Span | None = None
    at = 0
    for i, piece in enumerate(pieces):
        end = at + len(piece.text)
        cells = tuple(Span(c.start + at, c.end + at) for c in piece.block.cells)
        blocks.append(replace(piece.block, start=at, end=end, cells=cells))
        segments += [
            Segment(s.start + at, s.length, s.source_start, s.source_length) for s in piece.segments
        ]
        marks += [replace(m, start=m.start + at, end=m.end + at) for m in piece.marks]
        if i == title:
            title_span = Span(at, end)
        texts.append(piece.text)
        at = end + len(BLOCK_SEPARATOR)
    return Article(
        source=source,
        text=BLOCK_SEPARATOR.join(texts),
        map=OffsetMap(segments),
        blocks=tuple(blocks),
        title_span=title_span,
        marks=tuple(sorted(marks, key=lambda m: (m.start, -m.end))),
        **fields,
    )


def reassemble(article: Article, pieces: list[Piece], **changes: Any) -> Article:
    """Joins changed pieces of an article; what else it knows stays, the structurer's notes aside.

    Args:
        article: The article that the pieces come from.
        pieces: Its blocks as they are to be, as for `assemble`.
        **changes: `title` as for `assemble`, and fields of `Article` that are to be others.
    """
    kept: dict[str, Any] = {
        "metadata": article.metadata,
        "repairs": article.repairs,
        "structured": article.structured,
        "language": article.language,
    }
    return assemble(article.source, pieces, **(kept | changes))


def disassemble(article: Article) -> list[Piece]:
    """The article's blocks as pieces: the inverse of `assemble`."""
    out: list[Piece] = []
    starts = [m.start for m in article.marks]
    for block in article.blocks:
        near = slice(bisect_left(starts, block.start), bisect_right(starts, block.end))
        cells = tuple(Span(c.start - block.start, c.end - block.start) for c in block.cells)
        out.append(
            Piece(
                text=article.block_text(block),
                segments=tuple(article.map.slice(block.start, block.end)),
                block=replace(block, start=0, end=block.end - block.start, cells=cells),
                marks=tuple(
                    replace(m, start=m.start - block.start, end=m.end - block.start)
                    for m in article.marks[near]
                    if m.end <= block.end
                ),
            )
        )
    return out
