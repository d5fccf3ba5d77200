"""Word files: headings, paragraphs, lists and tables. Spans lead into the extracted text only."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from itertools import groupby
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
from unspin.reading.builder import MAX_SPAN, PieceBuilder, raised
from unspin.reading.docxlists import Numbering
from unspin.reading.docxsigns import M, formula, symbol
from unspin.reading.languages import detect_language
from unspin.reading.repair import repair

_CELLS = " | "
#: What tells the paragraphs of a cell apart, where a full stop does not.
_TOLD = "; "
_STOPPED = re.compile(r"[.!?:;,…][\"'”’)\]]*\s*\Z")
_HEADING = re.compile(r"heading (\d)", re.I)
_BULLET = re.compile(r"list bullet(?: (\d))?|list paragraph", re.I)
_NUMBER = re.compile(r"list number(?: (\d))?", re.I)
#: Namespace of a Word file's elements.
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
#: What stands around runs, or around paragraphs, and is no text itself; text that was put in under
#: "track changes" is text.
_AROUND = frozenset(
    _W + name
    for name in ("ins", "moveTo", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml", "bdo",
                 "dir", "hyperlink")
)  # fmt: skip
_OFF = frozenset({"0", "false", "off"})
_EQUATIONS = frozenset({f"{M}oMath", f"{M}oMathPara"})
#: Parts of a run that python-docx writes as text.
_SAYING = frozenset(_W + n for n in ("t", "tab", "br", "cr", "noBreakHyphen", "ptab"))
#: What refers to a note, with the part of the file that holds the notes of its kind.
_NOTES = {f"{_W}footnoteReference": "footnotes", f"{_W}endnoteReference": "endnotes"}
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Choice"
_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
#: The list of a paragraph that its style, but not the paragraph, would make an item.
_NO_LIST = "0"
#: Styles build on styles; more is a circle.
_MAX_STYLES = 20
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
    made_up = properties.author == "python-docx"  # where a file has none, the library makes some
    created = None if made_up else properties.created
    first = next((p.block for p in pieces if p.block.kind is BlockKind.HEADING), None)
    title = next((i for i, p in enumerate(pieces) if p.block is first), None)
    article = assemble(
        source,
        pieces,
        title=title if first is not None and first.level == 1 else None,
        metadata=Metadata(
            title=(not made_up and properties.title) or "",
            author="" if made_up else properties.author,
            date=created.date().isoformat() if created else "",
            language=(properties.language or "")[:2],
        ),
        repairs=repairs,
        structured=True,
    )
    return article.with_(language=detect_language(article.text))


class _Holder:
    """What python-docx asks for the part that a paragraph of a note stands in."""

    def __init__(self, part: Any) -> None:
        self.part = part


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
        self.counts: dict[int, int] = {}  # of a list that the document does not define, by level
        self.numbering = Numbering(_numbering_of(document))
        self.noted: list[tuple[str, str, str]] = []  # kind, id and mark of each note referred to
        styles = document.styles.element.iterchildren(_W + "style")
        self.styles = {style.get(_W + "styleId"): style for style in styles}

    def run(self) -> None:
        """Fills `pieces` and `texts`."""
        self._blocks(self.document.element.body)
        self._notes()

    def _blocks(self, parent: Any) -> None:
        """Adds the paragraphs and tables of the body, or of a text box."""
        from docx.table import Table
        from docx.text.paragraph import Paragraph

        for element in _unwrapped(parent):
            if element.tag == _W + "p":
                self._paragraph(Paragraph(element, self.document._body))
            elif element.tag == _W + "tbl":
                self._table(Table(element, self.document._body))

    def _paragraph(self, paragraph: Any) -> None:
        builder = PieceBuilder()
        self._fill(builder, paragraph)
        if builder.length or not _is_deleted(paragraph._p.pPr):
            # else it is no item, and no number of a list either
            self._add(builder, self._block(paragraph))
        for box in _boxes(paragraph._p):
            self._blocks(box)

    def _notes(self) -> None:
        """Adds footnotes and endnotes at the end, each with the mark that refers to it."""
        from docx.oxml import parse_xml
        from docx.text.paragraph import Paragraph

        related = {
            rel.reltype.removeprefix(_RELATED): rel.target_part
            for rel in self.document.part.rels.values()
            if not rel.is_external
        }
        self.in_list = False
        for kind, name, mark in self.noted:
            part = related.get(kind)
            notes = [] if part is None else parse_xml(part.blob)
            for note in notes:
                if note.get(_W + "id") != name:
                    continue
                for n, element in enumerate(note.iterchildren(_W + "p")):
                    builder = PieceBuilder()
                    if mark and not n:
                        builder.add(f"{mark} ", self.at)
                    self._fill(builder, Paragraph(element, _Holder(part)), lead=bool(mark))
                    self._add(builder, Block(BlockKind.PARAGRAPH, 0, 0))

    def _fill(self, builder: PieceBuilder, paragraph: Any, *, lead: bool = False) -> None:
        """Adds the text of a paragraph; behind the mark of a note, without white space before."""
        for (kind, value), runs in groupby(self._runs(paragraph), key=lambda run: run[1:]):
            if kind is not None:
                builder.open(kind, value)
            for text, _, _ in runs:
                said = text.lstrip() if lead and builder.ends_in_space else text
                builder.add(said, self.at + builder.length)
            if kind is not None:
                builder.close(kind)

    def _runs(self, paragraph: Any) -> Iterator[tuple[str, MarkKind | None, str]]:
        """Yields text with its mark, without what is struck out, deleted or hidden."""
        from docx.text.run import Run

        style = self._style(paragraph._p.pPr, "pStyle")
        for element, address in _run_elements(paragraph._p, ""):
            if element.tag in _EQUATIONS:
                yield formula(element), None, ""
                continue
            own = element.rPr
            said = [own, *self._style(own, "rStyle"), *style]
            if any(_is_on(said, name) for name in ("strike", "dstrike", "vanish")):
                continue
            run = Run(element, paragraph)
            high = _says(said, "vertAlign") == "superscript"
            text = "".join(self._said(element, high=high))
            kind = MarkKind.STRONG if run.bold else MarkKind.EMPHASIS if run.italic else None
            link = paragraph.part.rels.get(address)
            if link is not None:
                yield text, MarkKind.LINK, link.target_ref
            else:
                yield text, kind, ""

    def _said(self, run: Any, *, high: bool) -> Iterator[str]:
        """Yields what the parts of a run say: text, signs of symbol fonts, marks of notes."""
        font = run.find(f"{_W}rPr/{_W}rFonts")
        named = font.get(_W + "ascii", "") if font is not None else ""
        for child in run.iterchildren():
            if child.tag in _NOTES:
                yield self._mark(child)
            elif child.tag == _W + "sym":
                yield symbol(child.get(_W + "font", ""), int(child.get(_W + "char", "0"), 16))
            elif child.tag == _W + "softHyphen":
                yield "\u00ad"
            elif child.tag == _W + "ruby":
                yield _ruby(child)
            elif child.tag == _ALTERNATE:
                # a picture or a sign that old programs show as text
                for other in child.iterchildren(_FALLBACK):
                    yield from self._said(other, high=high)
            elif child.tag in _SAYING:
                text = "".join(
                    symbol(named, ord(c)) if "\uf020" <= c <= "\uf0ff" else c for c in str(child)
                )
                yield raised(text) if high else text

    def _mark(self, reference: Any) -> str:
        """The mark of a note: the next number, or nothing where the author wrote one."""
        own = reference.get(_W + "customMarkFollows", "0") not in _OFF
        count = sum(bool(mark) for _, _, mark in self.noted) + 1
        mark = "" if own else raised(str(count))
        self.noted.append((_NOTES[reference.tag], reference.get(_W + "id", ""), mark))
        return mark

    def _style(self, properties: Any, name: str) -> list[Any]:
        """Properties of runs in a style, and in those that it builds on."""
        named = properties.find(_W + name) if properties is not None else None
        at = named.get(_W + "val") if named is not None else None
        out: list[Any] = []
        while at in self.styles and len(out) < _MAX_STYLES:
            style = self.styles[at]
            out.append(style.find(_W + "rPr"))
            base = style.find(_W + "basedOn")
            at = base.get(_W + "val") if base is not None else None
        return out

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
        name, depth = self._list_of(paragraph._p.pPr)
        bullet, number = _BULLET.match(style), _NUMBER.match(style)
        plain = bullet is not None and style.lower() == "list paragraph"
        if name == _NO_LIST or not (name or number or (bullet and not plain)):
            self.in_list = False
            return Block(BlockKind.PARAGRAPH, 0, 0)
        named = bullet or number
        level = max(depth + 1, int(named[1]) if named and named.re.groups and named[1] else 1)
        counts = self.numbering.counts(name, depth)
        return self._item(name, depth, level, bool(number) if counts is None else counts)

    def _list_of(self, properties: Any) -> tuple[str, int]:
        """The list that a paragraph belongs to by itself or by its style, and its level there."""
        style = properties.find(_W + "pStyle") if properties is not None else None
        said = [
            properties,
            *self._paragraph_styles(style.get(_W + "val") if style is not None else None),
        ]
        found = [p.find(_W + "numPr") for p in said if p is not None]
        name, depth = "", ""
        for one in (numbers for numbers in found if numbers is not None):
            name = name or _value_of(one, "numId")
            depth = depth or _value_of(one, "ilvl")
        return name, int(depth) if depth.isdecimal() else 0

    def _paragraph_styles(self, name: str | None) -> Iterator[Any]:
        """Yields properties of paragraphs in a style, and in those that it builds on."""
        for _ in range(_MAX_STYLES):
            if name not in self.styles:
                return
            style = self.styles[name]
            yield style.find(_W + "pPr")
            base = style.find(_W + "basedOn")
            name = base.get(_W + "val") if base is not None else None

    def _item(self, name: str, depth: int, level: int, ordered: bool) -> Block:
        if not self.in_list:
            self.groups += 1
            self.counts = {}
        self.in_list = True
        number, label = 0, ""
        if ordered and self.numbering.counts(name, depth):
            number, label = self.numbering.next(name, depth)
        elif ordered:
            number = self.counts.get(level, 0) + 1
        self.counts = {at: n for at, n in self.counts.items() if at < level} | {level: number}
        return Block(
            BlockKind.LIST_ITEM, 0, 0, level=level, ordered=ordered, number=number,
            group=self.groups, value=label,
        )  # fmt: skip

    def _table(self, table: Any) -> None:
        self.groups += 1
        self.in_list = False
        for n, row in enumerate(_table_rows(table._tbl)):
            builder = PieceBuilder()
            cells: list[Span] = []
            for cell in row:
                text = _told_apart(self._cell_texts(cell, table))
                if text and builder.length:
                    builder.add(_CELLS, self.at + builder.length)
                start = builder.length
                builder.add(text, self.at + builder.length)
                cells.append(Span(start, builder.length))
            block = Block(
                BlockKind.TABLE, 0, 0, group=self.groups, cells=tuple(cells), header=n == 0
            )
            self._add(builder, block)

    def _cell_texts(self, cell: Any, table: Any) -> Iterator[str]:
        """Yields the texts of a cell's paragraphs, tables in it included; None is an empty cell."""
        from docx.text.paragraph import Paragraph

        if cell is None:
            return
        for element in _unwrapped(cell):
            if element.tag == _W + "p":
                yield "".join(text for text, _, _ in self._runs(Paragraph(element, table)))
                for box in _boxes(element):
                    yield from self._cell_texts(box, table)
            elif element.tag == _W + "tbl":
                for row in _table_rows(element):
                    for inner in row:
                        yield from self._cell_texts(inner, table)


def _unwrapped(parent: Any) -> Iterator[Any]:
    """Elements in a body or a cell, and in the content controls there, less tables of contents."""
    for element in parent.iterchildren():
        if element.tag not in _AROUND:
            yield element
        elif element.find(f"{_W}sdtPr/{_W}docPartObj") is None:
            yield from _unwrapped(element)


def _run_elements(parent: Any, address: str) -> Iterator[tuple[Any, str]]:
    """Runs of a paragraph, less deleted ones, with the id of the link that they stand in."""
    for element in parent.iterchildren():
        if element.tag == _W + "r" or element.tag in _EQUATIONS:
            yield element, address
        elif element.tag in _AROUND:
            own = element.get(_R + "id", "") if element.tag == _W + "hyperlink" else ""
            yield from _run_elements(element, own or address)
        elif element.tag == _ALTERNATE:
            ways = (list(_run_elements(way, address)) for way in element.iterchildren())
            yield from next(filter(None, ways), [])


def _ruby(element: Any) -> str:
    """Characters with how they are read, in brackets behind them."""
    base, read = (
        "".join(t.text or "" for t in element.iterfind(f"{_W}{name}//{_W}t"))
        for name in ("rubyBase", "rt")
    )
    return f"{base}({read})" if base and read else base or read


def _numbering_of(document: Any) -> Any:
    """The definitions of a document's lists, or None."""
    for rel in document.part.rels.values():
        if rel.reltype == _RELATED + "numbering" and not rel.is_external:
            return getattr(rel.target_part, "element", None)
    return None


def _value_of(element: Any, name: str) -> str:
    child = element.find(_W + name)
    return str(child.get(_W + "val", "")) if child is not None else ""


def _boxes(paragraph: Any) -> Iterator[Any]:
    """Contents of the text boxes that hang on a paragraph; of two ways to draw one, the first."""
    for run, _ in _run_elements(paragraph, ""):
        yield from _boxes_in(run)


def _boxes_in(element: Any) -> Iterator[Any]:
    drawn = False
    for child in element.iterchildren():
        if child.tag == _W + "txbxContent":
            yield child
        elif child.tag == _FALLBACK and drawn:
            continue
        else:
            inner = list(_boxes_in(child))
            drawn = drawn or (child.tag == _CHOICE and bool(inner))
            yield from inner


def _told_apart(texts: Iterator[str]) -> str:
    """The paragraphs of a cell on one line."""
    out = ""
    for text in (" ".join(t.split()) for t in texts):
        if out and text:
            out += " " if _STOPPED.search(out) else _TOLD
        out += text
    return out


def _table_rows(table: Any) -> Iterator[list[Any]]:
    """Rows of cells, one for each column: None where a merged cell covers the place."""
    for row in _unwrapped(table):
        if row.tag != _W + "tr" or _is_deleted(row.trPr):
            continue
        cells: list[Any] = [None] * min(row.grid_before, MAX_SPAN)
        for cell in _unwrapped(row):
            if cell.tag == _W + "tc":
                cells.append(None if cell.vMerge == "continue" else cell)
                cells += [None] * (min(cell.grid_span, MAX_SPAN) - 1)
        yield cells


def _is_deleted(properties: Any) -> bool:
    """Whether a row, or the end of a paragraph, was deleted under "track changes"."""
    if properties is None:
        return False
    return any(properties.find(path) is not None for path in (f"{_W}del", f"{_W}rPr/{_W}del"))


def _says(said: Sequence[Any], name: str) -> str | None:
    """Value of a property where it is first said; the empty string where it is just there."""
    for properties in said:
        found = properties.find(_W + name) if properties is not None else None
        if found is not None:
            return str(found.get(_W + "val", ""))
    return None


def _is_on(said: Sequence[Any], name: str) -> bool:
    value = _says(said, name)
    return value is not None and value not in _OFF
