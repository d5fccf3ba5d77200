"""Front matter: YAML, TOML and JSON fields before a text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from unspin.article import Metadata
from unspin.errors import InputError

#: Line before the fields; it may name their language, as Eleventy reads it (``---json``).
_FENCE = re.compile(r"(---|\+\+\+)(?:(?<=---)(json|toml|ya?ml))?[ \t]*(?:\r\n|\r|\n)")
_OTHER_FENCE = re.compile(r"---([a-z]{2,20})[ \t]*(?:\r\n|\r|\n)")
#: Line after them: YAML itself ends a document with three full stops, too.
_ENDS = {"---": r"(?:---|\.\.\.)", "+++": r"\+\+\+"}
_JSON_START = re.compile(r"\{\s*\"(?:[^\"\\\r\n]|\\.)*\"\s*:")
#: A line that gives a field. What is no word before a colon is prose.
_FIELD = re.compile(r"[\"']?[A-Za-z_][\w.-]{0,60}[\"']?[ \t]*(?::(?=[ \t]|$)|=)")
_TABLE_NAME = re.compile(r"\[{1,2}[\w.\"' -]+\]{1,2}[ \t]*$")
#: Fields that articles have, and prose between two rules has not.
_USUAL = re.compile(
    r"[\"']?(?:title|date|draft|layout|description|authors?|slug|tags|categories|lang|language|url|"
    r"permalink|weight|aliases|summary|keywords|review|source)[\"']?[ \t]*[:=]",
    re.I,
)
#: Words from which a single field that ends in a full stop is a sentence.
_SENTENCE = 3
#: What YAML does not allow in a text.
_NO_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_AT_LINE = re.compile(r",? ?\(?(?:at )?\bline (\d+)(?:, column \d+)?\)?")


def front_matter(
    text: str, path: str = "-", record: int | None = None
) -> tuple[str, dict[str, Any], int]:
    """Front matter as YAML, parsed, and where the text after it begins.

    YAML stands between lines of ``---`` (or ``...`` at its end) and is given verbatim, TOML between
    lines of ``+++``, JSON from the first brace to the one that closes it; a first line such as
    ``---json`` names the language of what stands between it and ``---``. What stands between such
    lines and gives no fields is a part of the text: two rules, and prose between them.

    Args:
        text: The decoded source.
        path: Of the source, for errors.
        record: Line of a JSON Lines file that holds the text.

    Raises:
        InputError: It gives fields, and cannot be parsed.
    """

    def wrong(line: int, what: str, remedy: str) -> InputError:
        # The record's own line is what leads to it.
        return InputError(path, f"line {record or line}: {what}; {remedy}")

    if _JSON_START.match(text):
        return _json(text, wrong)
    start = _FENCE.match(text)
    if not start:
        other = _OTHER_FENCE.match(text)
        if other:
            what = f"the front matter is in a language that is not read ({other[1]})"
            raise wrong(1, what, "write it in YAML, TOML or JSON")
        return "", {}, 0
    lines = text.replace("\r", "\n")
    end = re.compile(rf"^{_ENDS[start[1]]}[ \t]*(?:\r\n|\r|\n|\Z)", re.M).search(lines, start.end())
    inner = text[start.end() : end.start()] if end else text[start.end() :]
    first, _, rest = lines[start.end() :].partition("\n")
    if not end:
        if _USUAL.match(first) and (_FIELD.match(rest) or not rest.strip()):
            raise wrong(1, f"the front matter has no line {start[1]!r} at its end", "add it")
        return "", {}, 0
    language = start[2] or ("toml" if start[1] == "+++" else "yaml")
    try:
        value = _PARSERS.get(language, _yaml)(inner)
    except ValueError as error:
        if not start[2] and not _gives_fields(inner):
            return "", {}, 0
        line = _AT_LINE.search(str(error))
        what = _AT_LINE.sub("", " ".join(str(error).split()))
        remedy = "mend it (a value that holds a colon or begins with a sign stands in quotes)"
        if start[1] == "---" and not start[2]:
            remedy += ", or leave a line empty after a '---' that is only a rule"
        at = int(line[1]) + 1 if line else 1
        raise wrong(at, f"the front matter cannot be parsed ({what})", remedy) from error
    if not isinstance(value, dict) or not _is_meant(first, value):
        if isinstance(value, str) and _USUAL.match(inner.lstrip()):
            what = "the front matter gives no fields"
            raise wrong(2, what, "write each as 'name: value', with a space")
        return "", {}, 0
    after = end.end()
    if text[after - 1 : after + 1] == "\r\n":
        after += 1
    return _yaml_of(value) if language in _PARSERS else inner, _keyed(value), after


def _is_meant(first: str, value: dict[Any, Any]) -> bool:
    """Whether fields are front matter, and no prose with a colon in it between two rules."""
    if any(_USUAL.match(f"{key}:") for key in value):
        return True
    (only,) = value.values() if len(value) == 1 else ("",)
    sentence = isinstance(only, str) and len(only.split()) >= _SENTENCE and only[-1:] in ".!?"
    return bool(first.strip()) and not sentence


def _gives_fields(inner: str) -> bool:
    """Whether what cannot be parsed is meant to give fields: it begins with one, as most lines do.

    An empty line at its beginning says that the line before it is a rule.
    """
    lines = inner.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not lines[0].strip():
        return False
    whole = [x for x in lines if x[:1] not in (" ", "\t", "#", "-", "]", "}") and x.strip()]
    given = [bool(_FIELD.match(x) or _TABLE_NAME.match(x) or _USUAL.match(x)) for x in whole]
    if not given or not given[0] or 2 * sum(given) < len(given):
        return False
    return sum(given) > 1 or bool(_USUAL.match(whole[0]))  # one line may be prose with a colon


def _yaml(inner: str) -> Any:
    """The value of YAML; a `ValueError` that names the line where it is wrong."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(_NO_YAML.sub(" ", inner), Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}" if mark else ""
        raise ValueError(f"{error.problem or 'not YAML'}{where}") from error
    except yaml.YAMLError as error:
        raise ValueError("not YAML") from error


def _toml(inner: str) -> Any:
    import tomllib

    return tomllib.loads(inner.replace("\r\n", "\n"))


#: How languages but YAML are read.
_PARSERS: dict[str, Callable[[str], Any]] = {"json": json.loads, "toml": _toml}


def _json(
    text: str, wrong: Callable[[int, str, str], InputError]
) -> tuple[str, dict[str, Any], int]:
    """Front matter in JSON."""
    try:
        value, end = json.JSONDecoder().raw_decode(text)
    except ValueError as error:
        fields = re.compile(r"^\s*\"[^\"\r\n]*\"\s*:", re.M).findall(text.replace("\r", "\n")[1:])
        if len(fields) < 2 and not re.match(r"\{\s*\"(?:title|date|draft)\"", text):
            return "", {}, 0
        what = getattr(error, "msg", str(error))
        line = getattr(error, "lineno", 1)
        what = f"the front matter cannot be parsed ({what})"
        raise wrong(line, what, "mend it (fields are parted by commas)") from error
    after = re.compile(r"[ \t]*(?:\r\n|\r|\n|\Z)").match(text, end)
    if not isinstance(value, dict) or not after:
        return "", {}, 0
    return _yaml_of(value), _keyed(value), after.end()


def _yaml_of(value: dict[str, Any]) -> str:
    """Fields as YAML."""
    import yaml

    # YAML knows no time without a day.
    return str(yaml.safe_dump(_without_times(value), allow_unicode=True, sort_keys=False))


def _without_times(value: Any) -> Any:
    import datetime

    if isinstance(value, dict):
        return {k: _without_times(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_without_times(v) for v in value]
    return value.isoformat() if isinstance(value, datetime.time) else value


def _keyed(value: dict[Any, Any]) -> dict[str, Any]:
    return {str(k): v for k, v in value.items()}


def given(extra: dict[str, Any], front: str) -> Metadata:
    """What front matter says of an article.

    Args:
        extra: Its fields.
        front: The same, verbatim.
    """
    return Metadata(
        title=_text(extra, "title"),
        author=_text(extra, "author", name="name") or _text(extra, "authors", name="name"),
        date=_text(extra, "date"),
        url=_text(extra, "source") or _text(extra, "url") or _text(extra, "canonical"),
        language=_text(extra, "lang") or _text(extra, "language"),
        front_matter=front,
    )


def _text(extra: dict[str, Any], key: str, name: str = "") -> str:
    """A field as a line of text; lists and mappings inside a list are none.

    Args:
        extra: The fields.
        key: Of the field.
        name: Key of the text where a mapping stands for it.
    """
    value = extra.get(key)
    values = value if isinstance(value, list) else [value]
    if name:
        values = [v.get(name) if isinstance(v, dict) else v for v in values]
    plain = (_plain(v) for v in values if v is not None and not isinstance(v, dict | list))
    return ", ".join(v for v in plain if v)


def _plain(value: Any) -> str:
    """A value as text; times as ISO 8601 writes them."""
    import datetime

    times = (datetime.date, datetime.time)
    return value.isoformat() if isinstance(value, times) else str(value).strip()
