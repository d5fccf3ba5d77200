"""JSON Lines: one article a line. A JSON file with one object, or a list of them, is read alike."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from unspin.article import Article, Metadata, Source
from unspin.config import Config
from unspin.errors import InputError

#: Fields that hold text and title where the configuration names none, first match wins.
TEXT_FIELDS = ("text", "body", "content", "article", "article_text", "article_body", "articleBody")
TITLE_FIELDS = ("title", "headline", "name", "heading")
_METADATA_FIELDS = {
    "author": ("author", "byline", "authors", "creator"),
    "date": ("date", "published", "published_at", "date_published", "datePublished"),
    "url": ("url", "link", "source_url", "canonical", "source"),
    "language": ("language", "lang"),
}
_LINE = re.compile(r"[^\r\n]+")
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_jsonl(source: Source, config: Config) -> Iterator[Article | InputError]:
    """Reads the records of a JSON Lines file, or of a JSON file.

    Each article's `Source.text` is the value of its text field, and offsets count in it;
    `Source.extra` holds the other fields, the title's included, in their order.

    Args:
        source: With the decoded file.
        config: Names of the text and title fields.

    Yields:
        An article for each record; an `InputError` that names the line for each that is wrong.
    """
    for line, value in _records(source):
        if isinstance(value, InputError):
            yield value
            continue
        try:
            yield _article(source, config, line, value)
        except InputError as error:
            yield error


def _records(source: Source) -> Iterator[tuple[int, Any]]:
    text = source.text
    if text.lstrip()[:1] == "[" or "\n" in text.strip():
        whole = _loads(text)
        if isinstance(whole, dict):
            yield 1, whole
            return
        if isinstance(whole, list):
            yield from enumerate(whole, 1)
            return
    for number, raw in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        if not raw.strip():
            continue
        value = _loads(raw)
        if isinstance(value, ValueError):
            reason = f"line {number}: is not valid JSON ({value}); mend or remove the line"
            yield number, InputError(source.path, reason)
        else:
            yield number, value


def _loads(text: str) -> Any:
    """The JSON value, or the error; the standard parser reads what the quick one refuses."""
    import orjson

    try:
        return orjson.loads(text)
    except ValueError:
        try:
            return json.loads(text)
        except RecursionError:
            return ValueError("nested too deeply")
        except ValueError as error:
            return ValueError(getattr(error, "msg", str(error)))


def _article(source: Source, config: Config, line: int, record: Any) -> Article:
    from unspin.reading import read_text

    if not isinstance(record, dict):
        raise InputError(source.path, f"line {line}: is no JSON object; give one article a line")
    name = _field(record, config.text_field, TEXT_FIELDS)
    if name is None:
        wanted = repr(config.text_field) if config.text_field else "text"
        reason = f"line {line}: has no {wanted} field that holds text; set text-field"
        raise InputError(source.path, reason)
    text = _SURROGATE.sub("\ufffd", record[name])
    if not text.strip():
        raise InputError(source.path, f"line {line}: field {name!r} is empty; remove the line")
    title = _field(record, config.title_field, TITLE_FIELDS)
    metadata = Metadata(
        title=_SURROGATE.sub("\ufffd", record[title]).strip() if title else "", **_metadata(record)
    )
    own = replace(
        source,
        text=text,
        record=line,
        field=name,
        extra={k: v for k, v in record.items() if k != name},
    )
    return read_text(own, metadata)


def _field(record: Mapping[str, Any], named: str, usual: tuple[str, ...]) -> str | None:
    for name in (named,) if named else usual:
        if isinstance(record.get(name), str):
            return name
    return None


def _metadata(record: Mapping[str, Any]) -> dict[str, str]:
    out = {}
    for key, names in _METADATA_FIELDS.items():
        value = next((record[n] for n in names if record.get(n)), "")
        if isinstance(value, list):
            value = ", ".join(v for v in value if isinstance(v, str))
        out[key] = value if isinstance(value, str) else ""
    return out
