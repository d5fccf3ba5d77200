"""Concepts as YAML text, in the style of the shipped files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any

from unspin.glossary.concept import Concept, Example, Variant, When
from unspin.glossary.shadow import fold

#: Strings that YAML reads as strings without quotes.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 ,.'’()/+-]*(?<![ ,])")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"}


def scalar(text: str, *, flow: bool = False) -> str:
    """A string as YAML writes it: plain where that is safe, else in double quotes."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS and ": " not in text
    if plain and not (flow and "," in text):
        return text
    return json.dumps(text, ensure_ascii=False)


def flow_list(items: Iterable[str]) -> str:
    """A list in brackets."""
    return "[" + ", ".join(scalar(i, flow=True) for i in items) + "]"


def file_text(title: str, field: str, concepts: Iterable[Concept], off: Sequence[str] = ()) -> str:
    """A glossary file."""
    lines = [f"field: {scalar(field)}", f"title: {scalar(title)}"]
    lines += [f"off: {flow_list(off)}"] if off else []
    lines.append("concepts:")
    for concept in concepts:
        lines += entry_lines(concept)
    return "\n".join(lines) + "\n"


def entry_lines(concept: Concept, indent: str = "  ") -> list[str]:
    """The lines of one entry, the first with its dash."""
    body = list(_body(concept))
    return [f"{indent}- {body[0]}", *(f"{indent}  {line}" for line in body[1:])]


def _body(concept: Concept) -> Iterator[str]:
    yield f"canonical: {scalar(concept.canonical)}"
    for key, default in (("pos", "noun"), ("number", "both")):
        if getattr(concept, key) != default:
            yield f"{key}: {getattr(concept, key)}"
    if concept.extend:
        yield "extend: true"
    if concept.admitted:
        yield f"admitted: {flow_list(concept.admitted)}"
    for key in ("deprecated", "spun"):
        variants = getattr(concept, key)
        if variants:
            yield f"{key}:"
            for variant in variants:
                yield from (f"  {line}" for line in variant_lines(variant))
    if concept.applicability != "safe":
        yield f"applicability: {concept.applicability}"
    if concept.when is not None:
        yield f"when: {when_text(concept.when)}"
    if concept.examples:
        yield "examples:"
        for example in concept.examples:
            yield from (f"  {line}" for line in example_lines(example))
    if concept.fine:
        yield "fine:"
        for sentence, _ in concept.fine:
            yield f"  - {json.dumps(sentence, ensure_ascii=False)}"
    for key in ("source", "note"):
        if getattr(concept, key):
            yield f"{key}: {json.dumps(getattr(concept, key), ensure_ascii=False)}"
    if concept.families:
        yield f"families: {flow_list(concept.families)}"


def example_lines(example: Example) -> list[str]:
    """The lines of an example, with its dash."""
    return [
        f"- bad: {json.dumps(example.bad, ensure_ascii=False)}",
        f"  good: {json.dumps(example.good, ensure_ascii=False)}",
    ]


def variant_lines(variant: Variant) -> Iterator[str]:
    """The lines of a spun or deprecated form, with its dash."""
    if not (variant.applicability or variant.when is not None or variant.within):
        yield f"- {scalar(variant.template)}"
        return
    yield f"- form: {scalar(variant.template)}"
    if variant.applicability:
        yield f"  applicability: {variant.applicability}"
    if variant.within:
        yield f"  within: {variant.within}"
    if variant.when is not None:
        yield f"  when: {when_text(variant.when)}"


def when_text(when: When) -> str:
    """A condition in braces."""
    parts = []
    for key, value in when_dict(when).items():
        if isinstance(value, bool):
            parts.append(f"{key}: {str(value).lower()}")
        elif key == "article_has":
            groups = [scalar(g[0], flow=True) if len(g) == 1 else flow_list(g) for g in value]
            parts.append(f"{key}: [{', '.join(groups)}]")
        else:
            parts.append(f"{key}: {flow_list(value)}")
    return "{" + ", ".join(parts) + "}"


def when_dict(when: When) -> dict[str, Any]:
    """The conditions that are given, as plain values."""
    given = {f.name: getattr(when, f.name) for f in fields(When) if getattr(when, f.name)}
    return {k: v if isinstance(v, bool) else list(v) for k, v in given.items()} or {
        "spun_article": False
    }


def when_from(data: Any) -> When | None:
    """A condition from plain values, the inverse of `when_dict`.

    Raises:
        ValueError: It is no condition; the message says why.
    """
    if data is None:
        return None
    if not isinstance(data, dict):
        raise ValueError('it must be a mapping such as {"before": ["of"]}')
    values: dict[str, Any] = {}
    defaults = {f.name: f.default for f in fields(When)}
    for key, value in data.items():
        if key not in defaults:
            raise ValueError(f"there is no condition {key!r}")
        if isinstance(defaults[key], bool):
            if not isinstance(value, bool):
                raise ValueError(f"{key} must be true or false")
            values[key] = value
        elif key == "article_has" and isinstance(value, list):
            values[key] = tuple(_phrases(key, [g] if isinstance(g, str) else g) for g in value)
        else:
            values[key] = _phrases(key, value)
    return When(**values)


def _phrases(key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
        raise ValueError(f"{key} must be a list of phrases")
    return tuple(fold(v) for v in value)
