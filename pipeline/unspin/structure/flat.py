"""From the lines of a flat text to blocks."""

from __future__ import annotations

import itertools
import re

from unspin.article import (
    BLOCK_SEPARATOR,
    Article,
    BlockKind,
    Piece,
    Span,
    StructureNote,
    reassemble,
)
from unspin.reading.embeds import video_address
from unspin.structure import grids, headings, lists
from unspin.structure.units import MARKER, Unit, read_units
from unspin.structure.words import fold, words

#: Longest title, in words and code points (search engines cut titles at 60 to 70 code points;
#: journal titles are longer).
MOST_TITLE_WORDS = 24
MOST_TITLE_CHARACTERS = 180

_RULE = re.compile(r"(?:[=\-_*~#]\s?){3,}")
_SETEXT = re.compile(r"={3,}|-{3,}|~{3,}|\*{3,}|_{3,}")
_ATX = re.compile(r"(?P<marks>#{1,6})\s+(?P<text>.*?)\s*#*")
_BOLD = re.compile(r"(?P<sign>\*\*|__)(?P<text>[^*_]{2,80})(?P=sign):?")
_QUOTE = re.compile(r"(?:>\s?)+")
_QUOTED = re.compile(r"(?:“[^“”]{30,}”|\"[^\"]{30,}\")\s*(?:[—–-]{1,2}\s*[A-Z][^.!?]{2,60}\.?)?")
#: What stands above the title of a page: a path to it, a notice, a way past them.
_FURNITURE = re.compile(
    r"Home(?: ?[>»›→] ?[^>»›→.!?]{1,60}){1,8}|Skip to (?:main )?content"
    r"|(?:Accept|Allow) (?:all )?cookies"
    r"|(?:(?:Accept|Reject|Decline|Allow|Manage)(?: all)?(?: (?:cookies|preferences|settings))?"
    r"\W*){2,}"
    r"|Advertisement|(?:We use|(?:This|Our) (?:web ?)?site uses) cookies\b.*",
    re.I,
)
_MOST_FURNITURE = 8
_TABLE_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?")
_CELL_GAP = {"\t": re.compile(r"\s*\t\s*"), "|": re.compile(r"\s*\|\s*")}


def structure_flat(article: Article) -> Article:
    """Makes headings, lists, tables, quotes and embeds of the lines of a flat text."""
    units = read_units(article, grids.keep_grids)
    units = _marks(units, article)
    _tables(units)
    units = lists.split_inline(units)
    title = _find_title(units, article)
    lists.find_marked(units)
    lists.find_first_items(units)
    lists.find_numbered_headings(units)
    lists.find_unmarked(units)
    units = lists.split_run_in(units)
    lists.find_definitions(units)
    text = title.text if title is not None else article.metadata.title
    units = _split_headings(units, article, text)
    headings.find_headings(units, text)
    lists.name_lists(units)
    headings.set_levels(units)
    lists.note_lost_lists(units)
    return _build(article, units, title)


def _marks(units: list[Unit], article: Article) -> list[Unit]:
    """Embeds, quotes, underlined and hashed headings; rules between sections are dropped."""
    out: list[Unit] = []
    for i, unit in enumerate(units):
        text = unit.text
        first = text[0]
        if unit.original is not None:
            pass
        elif url := video_address(text):
            unit.kind, unit.value = BlockKind.EMBED, url
        elif first in "=-_*~#" and _RULE.fullmatch(text):
            if _parts_rows(units, i):
                out.append(unit)
                continue
            if out and unit.blanks == 0 and _SETEXT.fullmatch(text) and _underlined(out[-1]):
                out[-1].kind, out[-1].sure = BlockKind.HEADING, True
                out[-1].level = 0 if first == "=" else 3
            continue
        elif first == "#" and (atx := _ATX.fullmatch(text)) and atx["text"]:
            unit.kind, unit.sure, unit.level = BlockKind.HEADING, True, len(atx["marks"])
            unit.shorten(atx.start("text"), atx.end("text"))
        elif first in "*_" and (bold := _BOLD.fullmatch(text)):
            unit.kind, unit.sure = BlockKind.HEADING, True
            unit.shorten(bold.start("text"), bold.end("text"))
        elif first == ">" and (quote := _QUOTE.match(text)) and quote.end() < len(text):
            unit.kind, unit.level = BlockKind.QUOTE, 1
            unit.shorten(quote.end(), len(text))
        elif first in '“"' and unit.blanks and _QUOTED.fullmatch(text):
            unit.kind, unit.level = BlockKind.QUOTE, 1
        out.append(unit)
    _settle_underlines(out)
    return out


def _parts_rows(units: list[Unit], i: int) -> bool:
    """Whether a rule stands between the heading and the first row of a table."""
    if not 0 < i < len(units) - 1 or units[i].blanks or units[i + 1].blanks:
        return False
    pair = units[i - 1].text, units[i + 1].text
    return bool(_TABLE_RULE.fullmatch(units[i].text)) and any(
        len({len(_cells(t, sign)) for t in pair} - {1}) == 1 and all(sign in t for t in pair)
        for sign in _CELL_GAP
    )


def _underlined(unit: Unit) -> bool:
    return unit.plain and not unit.wrapped and unit.count <= headings.MOST_WORDS + 4


def _settle_underlines(units: list[Unit]) -> None:
    """Underlining by hyphens is one level deeper only where both kinds are used."""
    found = [u for u in units if u.sure and u.kind is BlockKind.HEADING]
    if found and all(u.level == 3 for u in found):
        for unit in found:
            unit.level = 2


def _tables(units: list[Unit]) -> None:
    """Rows that tabs or pipes part into the same number of cells."""
    group = 1 + max((u.list_id for u in units), default=0)
    i = 0
    while i < len(units):
        sign = next((s for s in "\t|" if s in units[i].text), "")
        if sign and MARKER.match(units[i].text):
            sign = ""  # "•<tab>rest" is a list item
        j = i
        size = 0
        while sign and j < len(units) and units[j].plain and (j == i or not units[j].blanks):
            if not _TABLE_RULE.fullmatch(units[j].text):
                cells = _cells(units[j].text, sign)
                if len(cells) < 2 or (size and len(cells) != size):
                    break
                size = len(cells)
            j += 1
        if j - i >= 2 and size:
            group += 1
            units[i:j] = rows = _rows(units[i:j], sign, group)
            j = i + len(rows)
        i = max(j, i + 1)


def _rows(lines: list[Unit], sign: str, group: int) -> list[Unit]:
    """The lines of a table without the rules of its frame, parted into cells."""
    rows = [u for u in lines if not _TABLE_RULE.fullmatch(u.text)]
    ruled = len(rows) < len(lines)
    for unit in rows:
        unit.kind, unit.list_id = BlockKind.TABLE, group
        unit.cells = tuple(_cells(unit.text, sign))
    digits = [any(c.isdigit() for c in u.text) for u in rows]
    rows[0].header = ruled or (not digits[0] and len(rows) > 1 and all(digits[1:]))
    return rows


def _cells(text: str, sign: str) -> list[Span]:
    start, end = 0, len(text)
    if sign == "|":
        start += len(text) - len(text.lstrip("| "))
        end -= len(text) - len(text.rstrip("| "))
    out: list[Span] = []
    for gap in _CELL_GAP[sign].finditer(text, start, end):
        out.append(Span(start, gap.start()))
        start = gap.end()
    return [*out, Span(start, end)]


def _find_title(units: list[Unit], article: Article) -> Unit | None:
    """The first line, where it looks like a title (or is the title that the record names)."""
    if not units:
        return None
    above = itertools.takewhile(_is_furniture, units[:-1])
    units = units[sum(1 for _ in itertools.islice(above, _MOST_FURNITURE)) :]
    first = units[0]
    known = article.metadata.title
    if known:
        if fold(first.text) == fold(known):
            first.kind, first.level = BlockKind.HEADING, 1
            return first
        return None
    if not _may_be_title(units):
        return None
    first.kind, first.level = BlockKind.HEADING, 1
    return first


def _is_furniture(unit: Unit) -> bool:
    return bool(_FURNITURE.fullmatch(unit.text)) or fold(unit.text) in words("furniture")


def _may_be_title(units: list[Unit]) -> bool:
    first = units[0]
    if first.kind is BlockKind.HEADING:
        return fold(first.text) not in words("section_names")
    if not first.plain or len(units) < 2 or first.lower:
        return False
    if first.count > MOST_TITLE_WORDS or len(first.text) > MOST_TITLE_CHARACTERS:
        return False
    if first.text[-1] in ".,;:" or fold(first.text) in words("section_names"):
        return False
    if headings.DEEP_NUMBER.match(first.text) or first.text[:2] == "- ":
        return False
    # "Sepsis: what to look for" leads up to a list only where no sentence follows.
    parted = units[1].blanks > 0 and units[1].terminal and units[1].text[-1] != ":"
    if lists.announces(first) and not (parted and units[1].count > headings.MOST_WORDS):
        return False
    # A title on the line above the text is followed by something longer or a blank line.
    if units[1].blanks > 0 or units[1].count > first.count:
        return True
    return first.blanks == 0 and headings.looks_like_heading(first)


def _split_headings(units: list[Unit], article: Article, title: str) -> list[Unit]:
    """Parts headings from the paragraphs that they run into, where that is sure."""
    out: list[Unit] = []
    for unit in _split_glued(units):
        at = headings.run_in_heading(unit.text) if unit.plain and unit.count > 9 else 0
        if at and not _stuffed(unit.text[:at], article, title):
            head = unit.cut(0, at)
            rest = unit.cut(at, len(unit.text))
            head.kind = BlockKind.HEADING
            head.notes.append(("heading-run-in", True, "", 0, len(head.text)))
            rest.blanks, rest.notes = 1, unit.notes
            out += [head, rest]
        else:
            out.append(unit)
    return out


def _split_glued(units: list[Unit]) -> list[Unit]:
    """Parts paragraphs at names of sections that are glued between two of their sentences."""
    out: list[Unit] = []
    for unit in units:
        at = 0
        names = headings.glued_headings(unit.text) if unit.plain and unit.count > 9 else []
        for start, end in names:
            part = unit.cut(at, start)
            head = unit.cut(start, end)
            head.kind, head.blanks = BlockKind.HEADING, 1
            head.notes.append(("heading-run-in", True, "", 0, len(head.text)))
            out += [part, head] if part.text else [head]
            at = end
        if not names:
            out.append(unit)
            continue
        rest = unit.cut(at, len(unit.text))
        rest.blanks, rest.notes = 1, unit.notes
        out.append(rest)
    return out


def _stuffed(head: str, article: Article, title: str) -> bool:
    """Whether the phrase is the title or comes back in the text: a key phrase, no heading."""
    phrase = head.rstrip(" .:")
    # One word ("Treatment") comes back in any text.
    often = " " in phrase and article.text.count(phrase) > 2
    return fold(head) == fold(title) or article.text.count(head) > 2 or often


def _build(article: Article, units: list[Unit], title: Unit | None) -> Article:
    pieces: list[Piece] = []
    notes: list[StructureNote] = []
    at = 0
    index: int | None = None
    for unit in units:
        if not unit.text and unit.original is None:
            continue
        if unit is title:
            index = len(pieces)
        pieces.append(unit.piece(article.map))
        for kind, mended, detail, start, end in unit.notes:
            notes.append(StructureNote(kind, at + start, at + end, mended, detail))
        at += len(unit.text) + len(BLOCK_SEPARATOR)
    return reassemble(article, pieces, title=index, notes=tuple(notes))
