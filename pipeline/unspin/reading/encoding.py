"""Bytes to text and back again, without touching newlines."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass

#: Byte order marks, longest first: UTF-32-LE begins like UTF-16-LE.
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: Bytes looked at when guessing; enough for stable statistics, and quick.
_SAMPLE = 65_536
#: Share of zero bytes at even (or odd) places from which text is taken for UTF-16: English text
#: has nearly all of them there, text in other encodings none.
_UTF16_ZEROS = 0.7
#: Text in which fewer than this share of the bytes is not ASCII is English with curly quotes or
#: accents, which in a single-byte encoding is Windows-1252 (WHATWG Encoding: "latin1" means it).
_MOSTLY_ASCII = 0.3
#: Valid multi-byte characters for each invalid byte from which text is UTF-8 that was damaged.
_DAMAGED_UTF8 = 4
#: Share of the bytes beyond ASCII that are valid UTF-8 from which text is UTF-8 mixed with others:
#: in single-byte encodings such pairs are rare.
_MIXED = 0.5
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.I)
_LINE_ENDS = re.compile(rb"(\r\n|\r|\n)")
_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
#: Pairs of UTF-8 that Windows-1252 has by chance: a capital letter, then a quote, dash or space.
_CHANCE = re.compile(rb"[\xc6-\xdf][\x85\x91-\x94\x96\x97\xa0\xab\xbb]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with what is needed to write its bytes again.

    Args:
        text: Without byte order mark, newlines as they stand.
        encoding: Python's name of the encoding.
        bom: Whether a byte order mark stood before the text.
    """

    text: str
    encoding: str
    bom: bool = False


def encode(text: str, encoding: str, bom: bool) -> bytes:
    """Bytes of a text in the encoding of its source: the inverse of `decode`.

    Args:
        text: Text to write.
        encoding: `Source.encoding`.
        bom: `Source.bom`.

    Raises:
        UnicodeEncodeError: The text holds a character that the encoding lacks.
    """
    mark = next((m for m, name in _BOMS if name == encoding), b"") if bom else b""
    return mark + text.encode(encoding)


def decode(data: bytes) -> Decoded:
    """Decodes bytes: by byte order mark, as UTF-8, as declared (HTML), else by statistics.

    Never fails. The result encodes to the same bytes again, except for UTF-8 with a few damaged
    bytes, which become U+FFFD.

    Args:
        data: All bytes of the source.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            body = data[len(mark) :]
            try:
                return Decoded(body.decode(name), name, True)
            except UnicodeDecodeError:
                return Decoded(body.decode(name, "replace"), name, True)
    wide = _wide(data)
    if wide:
        return wide
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _declared(data) or _damaged_utf8(data) or _single_byte(data)


@dataclass(frozen=True, slots=True)
class Lines:
    """Text whose lines were written by several programs, each with its own idea of encoding.

    Args:
        text: All lines; those of which no encoding is sure are blank.
        encodings: Encoding of each line, by its number from 1, that has another than the rest.
        damaged: What is wrong with each line that is blank.
    """

    text: str
    encodings: Mapping[int, str]
    damaged: Mapping[int, str]


def decode_lines(data: bytes, whole: Decoded) -> Lines | None:
    """Decodes line by line what is UTF-8 in most lines and something else in others.

    Args:
        data: All bytes of the source.
        whole: What `decode` made of it.

    Returns:
        None where the whole has one encoding: valid UTF-8, UTF-16, UTF-32, or no line is UTF-8
        beyond ASCII.
    """
    mark = codecs.BOM_UTF8 if whole.bom and whole.encoding == "utf-8" else b""
    body = data[len(mark) :]
    if whole.encoding.startswith(("utf-16", "utf-32")):
        return None
    if whole.encoding == "utf-8" and "\ufffd" not in whole.text:
        return None
    lines = _LINE_ENDS.split(body)  # the ends themselves are every other item
    texts: list[str] = []
    own: dict[int, str] = {}
    damaged: dict[int, str] = {}
    wide = False
    for n, raw in enumerate(lines):
        why = not_utf8(raw)
        if why is None:
            texts.append(raw.decode("utf-8"))
            wide = wide or _is_utf8(raw)
            continue
        text = western(raw)
        if text is None:
            damaged[n // 2 + 1] = why
        else:
            own[n // 2 + 1] = "cp1252"
        texts.append(text or "")
    if whole.encoding != "utf-8" and not wide:
        return None
    return Lines("".join(texts), own, damaged)


def _is_utf8(line: bytes) -> bool:
    return bool(_MULTIBYTE.search(_CHANCE.sub(b"", line)))


def not_utf8(line: bytes) -> str | None:
    """What is wrong with the first byte of a line that is no UTF-8; None where all of it is.

    Args:
        line: The bytes of a line.
    """
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"byte {error.start + 1} (0x{line[error.start]:02x}) is not valid UTF-8"
    return None


def western(line: bytes) -> str | None:
    """A line in Windows-1252, where that is sure: hardly anything beyond ASCII, and no UTF-8.

    Args:
        line: The bytes of a line.

    Returns:
        Its text; None where it is not sure.
    """
    high = len(line.translate(None, bytes(range(128))))
    if high >= _MOSTLY_ASCII * len(line) or _is_utf8(line):
        return None
    try:
        return line.decode("cp1252")
    except UnicodeDecodeError:
        return None


def _wide(data: bytes) -> Decoded | None:
    """UTF-16 without a byte order mark."""
    sample = data[:_SAMPLE]
    if len(sample) < 4 or b"\0" not in sample:
        return None
    half = len(sample) // 2
    for name, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if zeros.count(0) >= _UTF16_ZEROS * half and sample.count(0) <= half:
            try:
                return Decoded(data.decode(name), name)
            except UnicodeDecodeError:
                continue
    return None


def _declared(data: bytes) -> Decoded | None:
    """The character set that an HTML page names, where its bytes are valid in it."""
    found = _META.search(data[:4096])
    if not found:
        return None
    try:
        name = codecs.lookup(found.group(1).decode("ascii")).name
    except LookupError:
        return None
    if name.startswith(("utf-8", "utf-16", "utf-32")):
        return None  # not valid as such, or the page could not have been searched
    if name in ("ascii", "iso8859-1"):
        name = "cp1252"  # WHATWG Encoding, "latin1"
    try:
        text = data.decode(name)
        return Decoded(text, name) if text.encode(name) == data else None
    except UnicodeError:
        return None


def _damaged_utf8(data: bytes) -> Decoded | None:
    """UTF-8 with single wrong bytes: a joined or cut file."""
    good = len(_MULTIBYTE.findall(data))
    high = sum(len(m) for m in _MULTIBYTE.findall(data))
    bad = len(re.findall(rb"[\x80-\xff]", data)) - high
    if good >= _DAMAGED_UTF8 * max(bad, 1):
        return Decoded(data.decode("utf-8", "replace"), "utf-8")
    return None


def _single_byte(data: bytes) -> Decoded:
    high = len(data.translate(None, bytes(range(128))))
    pairs = sum(map(len, _MULTIBYTE.findall(data)))
    if high >= _MOSTLY_ASCII * len(data) and pairs < _MIXED * high:
        from charset_normalizer import from_bytes

        best = from_bytes(data[:_SAMPLE]).best()
        if best is not None and not best.encoding.startswith("mac_"):
            try:
                text = data.decode(best.encoding)
                if text.encode(best.encoding) == data:
                    return Decoded(text, best.encoding)
            except UnicodeError:
                pass
    try:
        return Decoded(data.decode("cp1252"), "cp1252")
    except UnicodeDecodeError:
        # Any bytes are Latin-1; what was UTF-8 comes back as mojibake repairs, place by place.
        return Decoded(data.decode("latin-1"), "latin-1")
