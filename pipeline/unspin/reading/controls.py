"""Control characters that no format of text allows: dropped, and reported as encoding repairs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from unspin.article import Article, Metadata, Piece, Repair, Source, disassemble, reassemble
from unspin.reading.repair import changed
from unspin.textmap import OffsetMap

#: C0 and DEL without tab, line feed, form feed and carriage return, the white space of HTML
#: (WHATWG Infra, "ASCII whitespace").
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]+")
#: What readers are given for NUL, of which parsers of markup make another character or the end.
_STAND_IN = "\x01"


def without_controls(source: Source, read: Callable[[Source], Article]) -> Article:
    """Reads a text, and drops control characters from its prose, metadata and verbatim parts.

    Those that part words (a vertical tab) become a space. The source keeps them; each place of the
    prose is a repair with its source offsets.

    Args:
        source: With the decoded text.
        read: The reader of its format.
    """
    if not _CONTROLS.search(source.text):
        return read(source)
    article = read(replace(source, text=source.text.replace("\0", _STAND_IN)))
    if article.source.offsets == "source":
        article = article.with_(source=replace(article.source, text=source.text))
    return _cleaned(article)


def plain_metadata(metadata: Metadata) -> Metadata:
    """Metadata without control characters."""
    return Metadata(**{name: _dropped(value) for name, value in vars(metadata).items()})


def _cleaned(article: Article) -> Article:
    pieces: list[Piece] = []
    repairs = list(article.repairs)
    title = None
    for block, piece in zip(article.blocks, disassemble(article), strict=True):
        new = _clean(piece, article.source.text, repairs)
        if not new.text.strip() and not new.block.verbatim and piece.text.strip():
            continue
        if article.title_span is not None and block.span == article.title_span:
            title = len(pieces)
        pieces.append(new)
    return reassemble(
        article,
        pieces,
        title=title,
        metadata=plain_metadata(article.metadata),
        repairs=tuple(sorted(repairs, key=lambda r: r.start)),
    )


def _clean(piece: Piece, source: str, repairs: list[Repair]) -> Piece:
    """The piece without control characters; adds what was repaired to `repairs`."""
    place = OffsetMap(piece.segments)
    changes = []
    for match in _CONTROLS.finditer(piece.text):
        after = " " if match.group().isspace() else ""
        changes.append((match.start(), match.end(), after, "control"))
        start, end = place.span(match.start(), match.end())
        repairs.append(Repair(start, end, source[start:end], after, "control"))
    if changes:
        piece = changed(piece, place, changes)
    block = replace(
        piece.block,
        value=_dropped(piece.block.value),
        verbatim=_dropped(piece.block.verbatim),
    )
    marks = tuple(replace(m, value=_dropped(m.value), title=_dropped(m.title)) for m in piece.marks)
    return replace(piece, block=block, marks=marks)


def _dropped(text: str) -> str:
    return _CONTROLS.sub("", text)
