"""A string as an article: what is given in Python, and not as the bytes of a file."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

from unspin.article import Article, Source
from unspin.config import Config
from unspin.errors import InputError

_BOM = "\ufeff"
_SURROGATE = re.compile("[\ud800-\udfff]")
_NAME = "-"


def read_string(text: str, config: Config, kind: str = "") -> Article:
    """Reads an article from a string.

    Args:
        text: Plain text, Markdown or HTML, told apart by content. Lone surrogates are read as
            U+FFFD, one for one; a byte order mark is no part of the prose, but offsets count it.
        config: `max_bytes` counts.
        kind: ``txt``, ``md`` or ``html`` where the format is known.

    Raises:
        InputError: The text is empty, too large, or no text.
        TypeError: It is no string.
    """
    if not isinstance(text, str):
        what = type(text).__name__
        raise TypeError(f"an article is a str, not {what}; decode bytes, or use clean_file")
    text = _SURROGATE.sub("\ufffd", text)
    data = text.encode("utf-8")
    if len(data) > config.max_bytes:
        limit = f"limit {config.max_bytes:,}"
        reason = f"is too large ({len(data):,} bytes, {limit}); split it or set max-bytes"
        raise InputError(_NAME, reason)
    body = text.lstrip(_BOM)
    if not body.strip("\ufeff \t\r\n\f\v\0"):
        raise InputError(_NAME, "is empty; give it a text")
    from unspin.reading import detect

    if detect.refuse_binary(data, _NAME) == "docx":
        raise InputError(_NAME, "is a Word file; use clean_file")
    detect.refuse_control_characters(body, _NAME)
    source = Source(
        path=_NAME,
        format=kind or _format(body),
        encoding="utf-8",
        sha256=hashlib.sha256(data).hexdigest(),
        text=body,
        raw=data,
    )
    try:
        article = _read(source)
    except RecursionError as error:
        raise InputError(_NAME, "is nested too deeply; simplify it") from error
    return _behind(article, text[: len(text) - len(body)])


def _format(text: str) -> str:
    """Format of a string; one that would be JSON in a file is what it is without that."""
    from unspin.reading.detect import record_text_format, text_format

    kind = text_format(text, _NAME)
    return record_text_format(text) if kind == "jsonl" else kind


def _read(source: Source) -> Article:
    from unspin.reading.controls import without_controls

    if source.format == "md":
        from unspin.reading.md import read_md

        return without_controls(source, read_md)
    if source.format == "html":
        from unspin.reading.html import read_html

        return without_controls(source, read_html)
    from unspin.reading.txt import read_txt

    return without_controls(source, read_txt)


def _behind(article: Article, mark: str) -> Article:
    """The article with what stands before its text, which readers would take for prose."""
    if not mark or article.source.offsets != "source":
        return article
    by = len(mark)
    repairs = tuple(replace(r, start=r.start + by, end=r.end + by) for r in article.repairs)
    return article.with_(
        source=replace(article.source, text=mark + article.source.text),
        map=article.map.moved(by),
        repairs=repairs,
    )
