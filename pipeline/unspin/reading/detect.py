"""Which format a source is in: by content, with the suffix as a hint; and what is no text."""

from __future__ import annotations

import re
from pathlib import PurePath

from unspin.errors import InputError

FORMATS = {
    ".txt": "txt", ".text": "txt",
    ".md": "md", ".markdown": "md", ".mdown": "md", ".mkd": "md", ".mdx": "md",
    ".qmd": "md", ".rmd": "md",
    ".html": "html", ".htm": "html", ".xhtml": "html",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl",
    ".docx": "docx",
}  # fmt: skip
#: Suffixes of Markdown that holds code of its own: under another one nothing would run it.
WITH_CODE = (".mdx", ".qmd", ".rmd")
#: Suffixes of files that are read line by line; they are read compressed by gzip, too.
_LINES = (".jsonl", ".ndjson")

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
#: What the field of a content system begins with.
_BLOCK_START = re.compile(
    r"\s*(?><!--(?!\s*/?wp:).*?-->\s*)*+(?:<!--\s*/?wp:"
    r"|<(?:p|div|h[1-6]|ul|ol|dl|table|section|figure|blockquote|aside|header|pre|center)\b[^<>]*>)",
    re.I | re.S,
)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)(?:\s[^<>]*)?/?>", re.I)
_INLINE_TAGS = frozenset({
    "a", "abbr", "b", "big", "br", "cite", "code", "del", "em", "font", "i", "img", "ins", "kbd",
    "mark", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "tt", "u",
})  # fmt: skip
_BLOCK_TAGS = frozenset({
    "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "figcaption", "figure",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
})  # fmt: skip
_VOID_TAGS = frozenset({"br", "hr", "img"})
_BLANK_LINE = re.compile(r"\n[ \t]*\r?\n")
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


def parted(name: str) -> tuple[str, str]:
    """Stem of a file name, and the suffix that says its format.

    Args:
        name: A file name, without folders.

    Returns:
        Such as ``("a", ".md")``; ``("a", ".jsonl.gz")`` of what is read compressed.
    """
    path = PurePath(name)
    inner = PurePath(path.stem)
    if path.suffix.lower() == ".gz" and inner.suffix.lower() in _LINES:
        return inner.stem, inner.suffix + path.suffix
    return path.stem, path.suffix


def format_of(name: str) -> str | None:
    """Format that a file name says; None where it says none that is read.

    Args:
        name: A file name, without folders.
    """
    return FORMATS.get(parted(name)[1].lower().removesuffix(".gz"))


def has_lines(name: str) -> bool:
    """Whether a file name says that the file holds one record a line.

    Args:
        name: A file name, without folders.
    """
    return parted(name)[1].lower().removesuffix(".gz") in _LINES


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


_ROOT = re.compile(
    r"\ufeff?\s*(?P<prolog>(?><\?xml\b.*?\?>)\s*)?"
    r"(?>(?:<\?.*?\?>|<!--.*?-->|<!doctype\b[^<>]*>)\s*)*+"
    r"<(?P<root>[a-z_][\w:.-]*)(?=[\s/>])",
    re.I | re.S,
)
#: Roots of feeds and of site maps.
_FEEDS = frozenset({"rss", "feed", "rdf:rdf", "urlset", "sitemapindex", "opml"})


def refuse_xml(text: str, name: str) -> None:
    """Raises for XML that is no web page: as one it would make one article of all its texts.

    Raises:
        InputError: It is a feed, a WordPress export, or another document of XML.
    """
    match = _ROOT.match(text[:_LOOK])
    if match is None:
        return
    root = match["root"]
    if root.lower() == "rss" and "wordpress.org/export" in text[:_LOOK]:
        what = "is a WordPress export (WXR), which holds many posts"
        remedy = "save the site's wp-json/wp/v2/posts?per_page=100 as a .json file and clean that"
    elif root.lower() in _FEEDS:
        what = "is a feed (RSS, Atom or a site map) and no article"
        remedy = "save the pages that it names as HTML, or its texts as JSON Lines"
    elif match["prolog"] and _is_document(text, root):
        what = f"is XML ({root}) and no web page"
        remedy = "export its texts as HTML, or as JSON Lines with one article a line"
    else:
        return
    raise InputError(name, f"{what}; {remedy}")


def _is_document(text: str, root: str) -> bool:
    """Whether an element that HTML lacks is all of a text: Markdown may begin with one."""
    known = _INLINE_TAGS | _BLOCK_TAGS | {"html", "head", "body", "main", "title", "meta", "nav"}
    return root.lower() not in known and text.rstrip().endswith((f"</{root}>", "/>"))


def text_format(text: str, name: str) -> str:
    """Format of decoded text.

    Args:
        text: Decoded source.
        name: File name; its suffix decides where the content does not contradict it.

    Returns:
        ``txt``, ``md``, ``html`` or ``jsonl``.
    """
    said = format_of(PurePath(name).name) or ""
    head = text[:_LOOK]
    if name.lower().endswith(WITH_CODE):
        return said  # an element of HTML may be its first line
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
    """Format of the text inside a JSON record: ``txt`` unless it is clearly something else.

    A field has no suffix to go by, but its tags are markup: nobody quotes them in a health article.
    """
    head = text[:_LOOK]
    if _HTML_START.match(head) or len(_HTML_CLOSING.findall(head)) >= _MIN_CLOSING:
        return "html"
    if _is_markdown(head):
        return "md"
    found = _elements(head)
    if not found and not _BLOCK_START.match(head):
        return "txt"
    if _MD_HEADING.search(head) or _MD_LINK.search(head):
        return "md"
    # Lines are paragraphs of plain text, which a stray tag does not make HTML of: that joins them.
    lines = "\n" in head.strip() and not _BLANK_LINE.search(head)
    return "txt" if found <= _INLINE_TAGS and lines and not _BLOCK_START.match(head) else "html"


def _elements(text: str) -> set[str]:
    """Names of the elements of HTML that text holds: opened and closed, or in need of no end."""
    tags = {(m[1], m[2].lower()) for m in _TAG.finditer(text)}
    ended = {name for end, name in tags if not end and (("/", name) in tags or name in _VOID_TAGS)}
    return ended & (_INLINE_TAGS | _BLOCK_TAGS)


def without_tags(text: str) -> str:
    """A line of text without the tags of inline elements; other angle brackets stay.

    Args:
        text: A title or a name.
    """
    found = _elements(text) & _INLINE_TAGS
    return _TAG.sub(lambda m: "" if m[2].lower() in found else m[0], text) if found else text


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
