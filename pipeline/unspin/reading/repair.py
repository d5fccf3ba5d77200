"""Mojibake and, in text without markup, HTML entities: repaired with their places.

ftfy finds the original of each suspicious run; nothing else of it is used (no uncurling of
quotes, no ligatures, newlines or normal forms).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from unspin.article import Piece, Repair, Span
from unspin.textmap import OffsetMap, Segment

# Latin-1 and Windows-1252 readings of a UTF-8 lead byte, then of at least one continuation byte:
# anything else that is not ASCII is no mojibake of UTF-8. "â€" + U+FFFD is a closing quote whose
# last byte was lost.
_LEAD = "\u00c2-\u00f4\u0102-\u0111\u0143\u0158\u0162\u016e\u0170\u0393\u0412-\u0432"
_RUN = re.compile(f"(?=[{_LEAD}\u0080-\u009f])[^\x00-\x7f\ufffc]+")
_LOST_QUOTE = "\u00e2\u20ac\ufffd"
_ENTITY = re.compile(r"&(?:amp;)*(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
#: How often an entity is unescaped: "&amp;amp;nbsp;" is seen, more is not.
_MAX_UNESCAPES = 4


def repair(
    pieces: Sequence[Piece], source: str, *, entities: bool
) -> tuple[list[Piece], tuple[Repair, ...]]:
    """Repairs the text of pieces.

    Args:
        pieces: Blocks in the making.
        source: Decoded source that their segments lead to.
        entities: Whether HTML entities are faults (in Markdown and HTML they are markup).

    Returns:
        The pieces with the repaired places as atoms, and the repairs in source offsets.
    """
    if source.isascii() and "&" not in source:
        return list(pieces), ()
    out: list[Piece] = []
    repairs: list[Repair] = []
    for piece in pieces:
        found = () if piece.text.isascii() and "&" not in piece.text else find(piece.text, entities)
        changes = list(found)
        if not changes:
            out.append(piece)
            continue
        place = OffsetMap(piece.segments)
        for start, end, after, kind in changes:
            a, b = place.span(start, end)
            repairs.append(Repair(a, b, source[a:b], after, kind))
        out.append(changed(piece, place, changes))
    return out, tuple(sorted(repairs, key=lambda r: r.start))


def find(text: str, entities: bool) -> Iterator[tuple[int, int, str, str]]:
    """Faults of encoding in a text.

    Args:
        text: Any text.
        entities: Whether to look for HTML entities.

    Yields:
        ``(start, end, repaired, kind)`` in order, disjoint.
    """
    found: list[tuple[int, int, str, str]] = []
    if entities and "&" in text:
        for match in _ENTITY.finditer(text):
            after = _unescaped(match.group())
            if after != match.group():
                found.append((match.start(), match.end(), after, "entity"))
    if not text.isascii():
        found += _mojibake(text)
        found.sort()
    yield from found


def _unescaped(entity: str) -> str:
    from html import unescape

    for _ in range(_MAX_UNESCAPES):
        after = unescape(entity)
        if after == entity:
            break
        entity = after
    return entity


def _mojibake(text: str) -> Iterator[tuple[int, int, str, str]]:
    for match in _RUN.finditer(text):
        run = match.group()
        after = _original(run)
        if after != run:
            yield match.start(), match.end(), after, "mojibake"


def _original(run: str) -> str:
    if run.startswith(_LOST_QUOTE):
        return "\u201d" + _original(run[len(_LOST_QUOTE) :]) if run[3:] else "\u201d"
    if len(run) == 1 and not "\x80" <= run <= "\x9f":
        return run
    from ftfy import TextFixerConfig, fix_text

    config = TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        remove_control_chars=False,
        normalization=None,
        fix_c1_controls=True,
    )
    fixed = fix_text(run, config)
    return run if "\ufffd" in fixed else fixed


def changed(piece: Piece, place: OffsetMap, changes: Sequence[tuple[int, int, str, str]]) -> Piece:
    """The piece with each change made, and its offsets moved.

    Args:
        piece: A piece.
        place: Its map.
        changes: Start, end, new text and kind of each, in order, disjoint.
    """
    text: list[str] = []
    segments: list[Segment] = []
    at = done = 0
    for start, end, after, _ in changes:
        text += [piece.text[done:start], after]
        segments += place.slice(done, start, at)
        at += start - done
        a, b = place.span(start, end)
        segments.append(Segment(at, len(after), a, b - a))
        at += len(after)
        done = end
    text.append(piece.text[done:])
    segments += place.slice(done, len(piece.text), at)

    def move(offset: int) -> int:
        shift = 0
        for start, end, after, _ in changes:
            if offset >= end:
                shift += len(after) - (end - start)
            elif offset > start:
                return start + shift
        return offset + shift

    cells = tuple(Span(move(c.start), move(c.end)) for c in piece.block.cells)
    moved = (replace(m, start=move(m.start), end=move(m.end)) for m in piece.marks)
    marks = tuple(m for m in moved if m.start < m.end)

    whole = "".join(text)
    block = replace(piece.block, cells=cells, end=len(whole))
    return Piece(whole, tuple(segments), block, marks)
