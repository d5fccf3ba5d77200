"""JSON Lines: one article a line. A JSON file with one object, or a list of them, is read alike."""

from __future__ import annotations

import contextlib
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from unspin.article import Article, Metadata, Source
from unspin.config import Config
from unspin.errors import InputError

#: Fields that hold text and title where the configuration names none, first match wins. A dot leads
#: into an object: WordPress serves ``{"content": {"rendered": "<p>..."}}``.
TEXT_FIELDS = (
    "text", "body", "content", "content.rendered", "article", "article_text", "article_body",
    "articleBody",
)  # fmt: skip
TITLE_FIELDS = ("title", "title.rendered", "headline", "name", "heading")
_METADATA_FIELDS = {
    "author": ("author", "byline", "authors", "creator"),
    "date": ("date", "published", "published_at", "date_published", "datePublished"),
    "url": ("url", "link", "source_url", "canonical", "source"),
    "language": ("language", "lang"),
}
_LINE = re.compile(r"[^\r\n]+")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_SURROGATE = re.compile("[\ud800-\udfff]")
#: Digits from which a number may be an integer that the quick parser rounds to a float.
_LONG_NUMBER = re.compile(r"\d{19}")


def read_jsonl(source: Source, config: Config) -> Iterator[Article | InputError]:
    """Reads the records of a JSON Lines file, or of a JSON file.

    Each article's `Source.text` is the value of its text field, and offsets count in it;
    `Source.extra` holds the other fields, the title's included, in their order (an object that
    holds the text stays whole, so that the text finds its place again); lone surrogates, which no
    UTF-8 can hold, are U+FFFD in all of them.

    Args:
        source: With the decoded file.
        config: Names of the text and title fields.

    Yields:
        An article for each record; an `InputError` that names the line for each that is wrong.
    """
    for line, value in _records(source.text):
        yield _item(source, config, line, value)


def read_record(source: Source, config: Config, line: int, text: str) -> Article | InputError:
    """Reads one line of a JSON Lines file, as `read_jsonl` does.

    Args:
        source: Of the file.
        config: Names of the text and title fields.
        line: Number of the line, from 1.
        text: The line.
    """
    return _item(source, config, line, _loads(text))


def is_object(text: str) -> bool:
    """Whether a text is all of a JSON object.

    Args:
        text: A line.
    """
    return isinstance(_loads(text), dict)


def _item(source: Source, config: Config, line: int, value: Any) -> Article | InputError:
    if isinstance(value, ValueError):
        reason = f"line {line}: is not valid JSON ({value}); mend or remove the line"
        return InputError(source.path, reason)
    try:
        return _article(source, config, line, _carried(value, source, line))
    except InputError as error:
        return error
    except RecursionError:
        reason = f"line {line}: is nested too deeply; simplify the record"
        return InputError(source.path, reason)


def _carried(value: Any, source: Source, line: int) -> Any:
    """A value as any output can hold it: without lone surrogates.

    Raises:
        InputError: It holds a number that JSON lacks; writing it would make another value of it.
    """
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_carried(k, source, line): _carried(v, source, line) for k, v in value.items()}
    if isinstance(value, list):
        return [_carried(item, source, line) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        what = f"holds {json.dumps(value)}, which is no JSON number"
        raise InputError(source.path, f"line {line}: {what}; mend or remove the record")
    return value


def holds_article(data: bytes, text_field: str | None = None) -> bool:
    """Whether a file with the suffix ``.json`` has a text to read, or is data of another program.

    Args:
        data: All bytes of the file.
        text_field: Name of the field that holds the text; empty for the usual names; None where
            it is not known: then a text of any name counts that is long enough to be judged.

    Returns:
        Whether a record has a text field. JSON that is broken holds an article where it shows the
        name of such a field, so that what was cut short is an error and not passed over.
    """
    from unspin.reading.detect import text_format
    from unspin.reading.encoding import decode

    text = decode(data).text
    if text_format(text, "x.json") != "jsonl":
        return True
    names = (text_field,) if text_field else TEXT_FIELDS
    records = [value for _, value in _records(text)]
    if any(isinstance(r, Mapping) and _has_text(r, names, text_field) for r in records):
        return True
    if not any(isinstance(r, ValueError) for r in records):
        return False
    keys = {name.rpartition(".")[2] for name in names} | set(names)
    return any(re.search(rf'"{re.escape(key)}"\s*:\s*"', text) for key in keys)


def _has_text(record: Mapping[str, Any], names: Sequence[str], text_field: str | None) -> bool:
    from unspin.reading.languages import MIN_WORDS

    if any(isinstance(_value(record, name), str) for name in names):
        return True
    texts = (v for v in record.values() if isinstance(v, str)) if text_field is None else ()
    return any(len(v.split()) >= MIN_WORDS for v in texts)


def _records(text: str) -> Iterator[tuple[int, Any]]:
    """Number and value of each record; a `ValueError` for what is no JSON."""
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
        yield number, _loads(raw)


def _loads(text: str) -> Any:
    """The JSON value, or the error; the standard parser reads what the quick one refuses."""
    import orjson

    if not _LONG_NUMBER.search(text):
        with contextlib.suppress(ValueError):
            return orjson.loads(text)
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
    text = _value(record, name)
    if not text.strip():
        raise InputError(source.path, f"line {line}: field {name!r} is empty; remove the line")
    title = _field(record, config.title_field, TITLE_FIELDS)
    metadata = Metadata(title=shown(_value(record, title)) if title else "", **_metadata(record))
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
        if isinstance(_value(record, name), str):
            return name
    return None


def _value(record: Mapping[str, Any], name: str) -> Any:
    """The value of a field; None where there is none."""
    keys = _keys(record, name)
    if not keys:
        return record.get(name)
    value: Any = record
    for key in keys:
        value = value[key]
    return value


def _keys(record: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The keys that lead to a text inside the objects of a record; none where no dot leads there.

    A key may hold a dot itself.
    """
    for dot in (m.start() for m in re.finditer(r"\.", name)):
        inner, rest = record.get(name[:dot]), name[dot + 1 :]
        if isinstance(inner, dict):
            deeper = (rest,) if isinstance(inner.get(rest), str) else _keys(inner, rest)
            if deeper:
                return (name[:dot], *deeper)
    return ()


def with_text(record: Mapping[str, Any], name: str, text: Any) -> dict[str, Any]:
    """A record with a text put where its field is.

    Args:
        record: The fields of a record: `Source.extra`.
        name: The field: `Source.field`.
        text: What it shall hold.
    """
    keys = _keys(record, name) or (name,)
    changed = dict(record)
    inner = changed
    for key in keys[:-1]:  # the record that was read stays as it is
        inner[key] = dict(inner[key])
        inner = inner[key]
    inner[keys[-1]] = text
    return changed


def shown(text: str) -> str:
    """A title or a name as a reader sees it: content systems keep entities and tags in them.

    Args:
        text: As the record has it.
    """
    from unspin.reading.detect import without_tags

    if _ENTITY.search(text):
        import html

        text = _ENTITY.sub(lambda m: html.unescape(m[0]), without_tags(text))
    else:
        text = without_tags(text)
    return " ".join(text.split())


def _metadata(record: Mapping[str, Any]) -> dict[str, str]:
    out = {}
    for key, names in _METADATA_FIELDS.items():
        value = next((record[n] for n in names if record.get(n)), "")
        if isinstance(value, list):
            value = ", ".join(v for v in value if isinstance(v, str))
        out[key] = value if isinstance(value, str) else ""
    out["author"] = shown(out["author"])
    return out
