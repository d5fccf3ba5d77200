"""Control characters that no format of text allows, and invisible ones that hide in words.

Both are dropped, and reported as encoding repairs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from unspin.article import (
    Article,
    BlockKind,
    MarkKind,
    Metadata,
    Piece,
    Repair,
    Source,
    disassemble,
    reassemble,
)
from unspin.reading.repair import changed
from unspin.textmap import OffsetMap

#: C0 and DEL without tab, line feed, form feed and carriage return, the white space of HTML
#: (WHATWG Infra, "ASCII whitespace").
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]+")
#: Zero width space, word joiner and byte order mark; joiners between Latin letters, which they
#: never join. Copied pages bear them, by accident or so that no search finds a phrase. The soft
#: hyphen is none of them: authors put it where a long word may break.
_INVISIBLE = re.compile(r"[\u200b\u2060\ufeff]+|(?<=[A-Za-z])[\u200c\u200d]+(?=[A-Za-z])")
_JUDGED = ("en", "und")
#: What readers are given for NUL, of which parsers of markup make another character or the end.
_STAND_IN = "\x01"


def without_controls(source: Source, read: Callable[[Source], Article]) -> Article:
    """Reads a text, and drops control characters from its prose, metadata and verbatim parts.

    Those that part words (a vertical tab) become a space. The source keeps them; each place of the
    prose is a repair with its source offsets. Invisible characters go from the prose of English
    alone: other languages part words by them.

    Args:
        source: With the decoded text.
        read: The reader of its format.
    """
    if not _CONTROLS.search(source.text):
        article = read(source)
    else:
        article = read(replace(source, text=source.text.replace("\0", _STAND_IN)))
        if article.source.offsets == "source":
            article = article.with_(source=replace(article.source, text=source.text))
        article = _cleaned(article, _CONTROLS, "control")
    plain = article.text.isascii() or article.language not in _JUDGED
    if not plain and _INVISIBLE.search(article.text):
        article = _cleaned(article, _INVISIBLE, "invisible")
    return article


def plain_metadata(metadata: Metadata) -> Metadata:
    """Metadata without control characters."""
    return Metadata(**{name: _dropped(value) for name, value in vars(metadata).items()})


def _cleaned(article: Article, signs: re.Pattern[str], name: str) -> Article:
    """The article without signs of a kind, each place of them a repair of that name."""
    pieces: list[Piece] = []
    repairs = list(article.repairs)
    title = None
    for block, piece in zip(article.blocks, disassemble(article), strict=True):
        new = _clean(piece, article.source.text, repairs, signs, name)
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


def _clean(
    piece: Piece, source: str, repairs: list[Repair], signs: re.Pattern[str], name: str
) -> Piece:
    """The piece without such signs; adds what was repaired to `repairs`."""
    place = OffsetMap(piece.segments)
    changes = []
    for match in signs.finditer(piece.text):
        if signs is _INVISIBLE and _is_code(piece, match.start()):
            continue
        after = " " if match.group().isspace() else ""
        changes.append((match.start(), match.end(), after, name))
        start, end = place.span(match.start(), match.end())
        repairs.append(Repair(start, end, source[start:end], after, name))
    if changes:
        piece = changed(piece, place, changes)
    block = replace(
        piece.block,
        value=_dropped(piece.block.value),
        verbatim=_dropped(piece.block.verbatim),
    )
    marks = tuple(replace(m, value=_dropped(m.value), title=_dropped(m.title)) for m in piece.marks)
    return replace(piece, block=block, marks=marks)


def _is_code(piece: Piece, at: int) -> bool:
    if piece.block.kind is BlockKind.CODE or piece.block.verbatim:
        return True
    return any(
        m.kind in (MarkKind.CODE, MarkKind.RAW) and m.start <= at < m.end for m in piece.marks
    )


def _dropped(text: str) -> str:
    return _CONTROLS.sub("", text)
