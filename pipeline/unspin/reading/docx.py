"""Word files: headings, paragraphs, lists and tables. Spans lead into the extracted text only."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from unspin.article import (
    Article,
    Block,
    BlockKind,
    MarkKind,
    Metadata,
    Piece,
    Source,
    Span,
    assemble,
)
from unspin.config import Config
from unspin.errors import InputError, MissingExtraError
from unspin.reading.builder import PieceBuilder
from unspin.reading.languages import detect_language
from unspin.reading.repair import repair

_CELLS = " | "
_HEADING = re.compile(r"heading (\d)", re.I)
_BULLET = re.compile(r"list bullet(?: (\d))?|list paragraph", re.I)
_NUMBER = re.compile(r"list number(?: (\d))?", re.I)
#: Unpacked size against the limit for files: text packs about 1:5, bombs 1:1000.
_MAX_UNPACKED = 10


def read_docx(data: bytes, name: str, sha256: str, config: Config) -> Article:
    """Makes a structured article of a Word file.

    Args:
        data: The file's bytes.
        name: The file as the user named it.
        sha256: Hex digest of `data`.
        config: `max_bytes` bounds the unpacked file, ten times over.

    Raises:
        MissingExtraError: python-docx is not installed.
        InputError: The file is damaged, empty or too large when unpacked.
    """
    try:
        import docx
    except ImportError as error:
        raise MissingExtraError("reading Word files", "docx") from error
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(m.file_size for m in archive.infolist()) > _MAX_UNPACKED * config.max_bytes:
            raise InputError(name, "is too large when unpacked; split it or set max-bytes")
    try:
        document = docx.Document(io.BytesIO(data))
        reader = _Reader(document)
        reader.run()
    except InputError:
        raise
    except Exception as error:  # python-docx raises KeyError, ValueError, lxml's and zip errors
        raise InputError(name, "is a damaged Word file; open and save it in Word") from error
    if not any(p.text for p in reader.pieces):
        raise InputError(name, "is empty; remove it or fill it")
    return _assembled(reader, document, data, name, sha256)


def _assembled(reader: _Reader, document: Any, data: bytes, name: str, sha256: str) -> Article:
    text = "\n\n".join(reader.texts)
    pieces, repairs = repair(reader.pieces, text, entities=True)
    source = Source(
        path=name, format="docx", encoding="utf-8", sha256=sha256, text=text,
        offsets="extracted", raw=data,
    )  # fmt: skip
    properties = document.core_properties
    created = properties.created
    first = next((p.block for p in pieces if p.block.kind is BlockKind.HEADING), None)
    title = next((i for i, p in enumerate(pieces) if p.block is first), None)
    article = assemble(
        source,
        pieces,
        title=title if first is not None and first.level == 1 else None,
        metadata=Metadata(
            title=properties.title or "",
            author=properties.author if properties.author != "python-docx" else "",
            date=created.date().isoformat() if created else "",
            language=(properties.language or "")[:2],
        ),
        repairs=repairs,
        structured=True,
    )
    return article.with_(language=detect_language(article.text))


class _Reader:
    """Walks over a document's body in order."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.pieces: list[Piece] = []
        self.texts: list[str] = []
        self.at = 0
        self.groups = 0
        self.in_list = False
        self.titled = False
        self.number = 0

    def run(self) -> None:
        """Fills `pieces` and `texts`."""
        for item in self.document.iter_inner_content():
            if hasattr(item, "rows"):
                self._table(item)
            else:
                self._paragraph(item)

    def _paragraph(self, paragraph: Any) -> None:
        block = self._block(paragraph)
        builder = PieceBuilder()
        for text, kind, value in _runs(paragraph):
            if kind is not None:
                builder.open(kind, value)
            builder.add(text, self.at + builder.length)
            if kind is not None:
                builder.close(kind)
        self._add(builder, block)

    def _add(self, builder: PieceBuilder, block: Block) -> None:
        piece = builder.piece(block)
        if not piece.text:
            return
        # The extracted text holds what the piece holds: its map starts where the text does.
        shift = piece.segments[0].source_start - self.at if piece.segments else 0
        segments = tuple(
            type(s)(s.start, s.length, s.source_start - shift, s.source_length)
            for s in piece.segments
        )
        self.pieces.append(Piece(piece.text, segments, piece.block, piece.marks))
        self.texts.append(piece.text)
        self.at += len(piece.text) + 2

    def _block(self, paragraph: Any) -> Block:
        style = (paragraph.style.name if paragraph.style is not None else "") or ""
        heading = _HEADING.match(style)
        if style.lower() == "title":
            self.in_list, self.titled = False, True
            return Block(BlockKind.HEADING, 0, 0, level=1)
        if heading:
            self.in_list = False
            # below a paragraph in the style Title, "Heading 1" is the first level of sections
            level = min(int(heading[1]) + self.titled, 6)
            return Block(BlockKind.HEADING, 0, 0, level=level)
        if style.lower() in ("quote", "intense quote"):
            self.in_list = False
            return Block(BlockKind.QUOTE, 0, 0, level=1)
        properties = paragraph._p.pPr
        numbered = properties is not None and properties.numPr is not None
        bullet, number = _BULLET.match(style), _NUMBER.match(style)
        if number or numbered or (bullet and style.lower() != "list paragraph"):
            ordered = bool(number) or (numbered and not bullet and self._is_ordered(properties))
            return self._item(properties, bullet or number, ordered)
        self.in_list = False
        return Block(BlockKind.PARAGRAPH, 0, 0)

    def _is_ordered(self, properties: Any) -> bool:
        """Whether the numbering definition of a list item counts."""
        own = properties.numPr
        level = own.ilvl.val if own.ilvl is not None else 0
        try:
            numbering = self.document.part.numbering_part.element
            abstract = numbering.num_having_numId(own.numId.val).abstractNumId.val
        except (KeyError, AttributeError, NotImplementedError):
            return False
        path = f'./w:abstractNum[@w:abstractNumId="{abstract}"]/w:lvl[@w:ilvl="{level}"]/w:numFmt'
        formats = [f.values() for f in numbering.xpath(path)]
        return any(values and values[0] not in ("bullet", "none") for values in formats)

    def _item(self, properties: Any, style: re.Match[str] | None, ordered: bool) -> Block:
        level = int(style[1]) if style and style.re.groups and style[1] else 1
        if properties is not None and properties.numPr is not None:
            depth = properties.numPr.ilvl
            level = max(level, (depth.val if depth is not None else 0) + 1)
        if not self.in_list:
            self.groups += 1
            self.number = 0
        self.in_list = True
        self.number += ordered
        return Block(
            BlockKind.LIST_ITEM, 0, 0, level=level, ordered=ordered,
            number=self.number if ordered else 0, group=self.groups,
        )  # fmt: skip

    def _table(self, table: Any) -> None:
        self.groups += 1
        self.in_list = False
        for n, row in enumerate(table.rows):
            builder = PieceBuilder()
            cells: list[Span] = []
            for cell in row.cells:
                text = " ".join(cell.text.split())
                if text and builder.length:
                    builder.add(_CELLS, self.at + builder.length)
                start = builder.length
                builder.add(text, self.at + builder.length)
                cells.append(Span(start, builder.length))
            block = Block(
                BlockKind.TABLE, 0, 0, group=self.groups, cells=tuple(cells), header=n == 0
            )
            self._add(builder, block)


def _runs(paragraph: Any) -> Iterator[tuple[str, MarkKind | None, str]]:
    for item in paragraph.iter_inner_content():
        if hasattr(item, "address"):
            yield item.text, MarkKind.LINK if item.address else None, item.address or ""
        else:
            kind = MarkKind.STRONG if item.bold else MarkKind.EMPHASIS if item.italic else None
            yield item.text, kind, ""
