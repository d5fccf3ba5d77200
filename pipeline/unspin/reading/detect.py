"""Which format a source is in: by content, with the suffix as a hint; and what is no text."""

from __future__ import annotations

import re
from pathlib import PurePath

from unspin.errors import InputError

FORMATS = {
    ".txt": "txt", ".text": "txt",
    ".md": "md", ".markdown": "md", ".mdown": "md", ".mkd": "md",
    ".html": "html", ".htm": "html", ".xhtml": "html",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl",
    ".docx": "docx",
}  # fmt: skip

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
#: First bytes of files that are no text, with their name and what to do.
_MAGIC = (
    (b"\x89PNG", "a PNG image; name a text file"),
    (b"\xff\xd8\xff", "a JPEG image; name a text file"),
    (b"GIF8", "a GIF image; name a text file"),
    (b"%PDF-", "a PDF; export it as text or Word first"),
    (b"\x1f\x8b", "gzip-compressed; unpack it first"),
    (b"BZh", "bzip2-compressed; unpack it first"),
    (b"\xfd7zXZ", "xz-compressed; unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"\x7fELF", "a program; name a text file"),
    (b"{\\rtf", "Rich Text; save it as .docx or text first"),
    (b"SQLite format 3\0", "a database; export its texts first"),
)
#: Bytes looked at for control characters.
_SAMPLE = 16_384
#: Share of control characters in a sample from which it is no text: random bytes have .1, text 0.
_MAX_CONTROL = 0.01
_CONTROL = bytes(b for b in range(32) if b not in (9, 10, 11, 12, 13, 27))

_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*|(?><!--.*?-->)\s*)*<(?:!doctype\s+html|html|head|body|article|main)\b",
    re.I | re.S,
)
_HTML_CLOSING = re.compile(r"</(?:p|div|h[1-6]|ul|ol|li|table|tr|td|section|span|body)\s*>", re.I)
_ANY_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.I)
#: Closing tags from which text without an HTML start is HTML: fewer may be quoted in prose.
_MIN_CLOSING = 3
_FRONT_MATTER = re.compile(
    r"---[ \t]*\r?\n(?:[A-Za-z_][\w -]*:[^\r\n]*\r?\n(?:[ \t-][^\r\n]*\r?\n)*)+---[ \t]*\r?$",
    re.M,
)
_MD_HEADING = re.compile(r"^#{1,6} +\S.*$", re.M)
_MD_LINK = re.compile(r"\[[^\]\n]+\]\((?:https?://|/|#|mailto:)[^)\s]*\)")
_MD_STRONG = re.compile(r"(?<!\*)\*\*[^\s*][^*\n]*\*\*(?!\*)")
#: Signs of Markdown from which text is Markdown although its suffix says otherwise.
_MIN_SIGNS = 2
#: Code points looked at for signs of a format.
_LOOK = 20_000


def refuse_binary(data: bytes, name: str) -> str | None:
    """Raises for bytes that are no text; tells Word files.

    Args:
        data: All bytes of the source, not empty.
        name: The source as the user named it.

    Returns:
        ``"docx"`` for a Word file, None for what may be text.

    Raises:
        InputError: The bytes are an image, an archive, protected, or no text at all.
    """
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise InputError(name, "is password-protected; save it without a password")
        raise InputError(name, "is an old Office file; save it as .docx")
    if data.startswith(_ZIP):
        return _zip_kind(data, name)
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise InputError(name, f"is {what}")
    return None


def _zip_kind(data: bytes, name: str) -> str:
    import io
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {m.filename: m for m in archive.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise InputError(name, "is a damaged archive; get the file again") from error
    document = members.get("word/document.xml")
    if document is None:
        raise InputError(name, "is an archive, no Word file; unpack it first")
    if document.flag_bits & 1:
        raise InputError(name, "is password-protected; save it without a password")
    return "docx"


def refuse_control_characters(text: str, name: str) -> None:
    """Raises where decoded text is no text.

    Raises:
        InputError: More than one code point in a hundred is a control character.
    """
    sample = text[:_SAMPLE].encode("utf-8", "replace")
    if len(sample) - len(sample.translate(None, _CONTROL)) > _MAX_CONTROL * len(sample):
        raise InputError(name, "is binary, no text; name a text file")


def text_format(text: str, name: str) -> str:
    """Format of decoded text.

    Args:
        text: Decoded source.
        name: File name; its suffix decides where the content does not contradict it.

    Returns:
        ``txt``, ``md``, ``html`` or ``jsonl``.
    """
    said = FORMATS.get(PurePath(name).suffix.lower(), "")
    head = text[:_LOOK]
    if said != "jsonl" and _HTML_START.match(head):
        return "html"
    if said == "html":
        if _ANY_TAG.search(text):
            return "html"
        return "md" if _is_markdown(head) else "txt"
    if said == "jsonl":
        start = head.lstrip()[:1]
        if start not in ("{", "[") and _HTML_START.match(head):
            return "html"
        return "jsonl"
    if _is_json(head, text):
        return "jsonl"
    if said == "md":
        return "md"
    if len(_HTML_CLOSING.findall(head)) >= _MIN_CLOSING and not _is_markdown(head):
        return "html"
    return "md" if _is_markdown(head) else "txt"


def record_text_format(text: str) -> str:
    """Format of the text inside a JSON record: ``txt`` unless it is clearly something else."""
    head = text[:_LOOK]
    if _HTML_START.match(head) or len(_HTML_CLOSING.findall(head)) >= _MIN_CLOSING:
        return "html"
    return "md" if _is_markdown(head) else "txt"


def _is_json(head: str, text: str) -> bool:
    start = head.lstrip()
    if not start.startswith(('{"', "{ ", "{\n", "{\r", '[{"', "[\n", "[ {")):
        return False
    import json

    for candidate in (start.split("\n", 1)[0], text):
        try:
            value = json.loads(candidate)
        except ValueError:
            continue
        if isinstance(value, dict) or (
            isinstance(value, list) and value and all(isinstance(v, dict) for v in value)
        ):
            return True
    return False


def _is_markdown(head: str) -> bool:
    if _FRONT_MATTER.match(head):
        return True
    signs = sum(len(p.findall(head)) for p in (_MD_HEADING, _MD_LINK))
    # Emphasis alone is also a plain-text habit: it counts only beside other signs.
    return signs >= _MIN_SIGNS or (signs == 1 and bool(_MD_STRONG.search(head)))
