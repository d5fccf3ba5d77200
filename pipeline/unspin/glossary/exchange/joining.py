"""Entries of one concept as one: other formats know no layers and no extensions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from unspin.glossary.compiling import with_defaults
from unspin.glossary.concept import Concept, Variant

_T = TypeVar("_T")


def joined(concepts: Sequence[Concept]) -> list[Concept]:
    """Concepts, each once: an entry with all that entries which extend it add.

    Args:
        concepts: Entries in force, of several glossaries; one comes before those that extend it.
    """
    found: dict[tuple[str, str], list[Concept]] = {}
    for concept in concepts:
        found.setdefault(concept.key, []).append(concept)
    return [_one(entries) if entries[1:] else entries[0] for entries in found.values()]


def _one(entries: Sequence[Concept]) -> Concept:
    """The first entry with what the others add; their defaults stand with each of their forms."""
    first, more = entries[0], entries[1:]
    spun = [v for c in more for v in _written_out([with_defaults(v, c) for v in c.spun], c)]
    old = [v for c in more for v in _written_out(c.deprecated, c)]
    return replace(
        first,
        admitted=_once(a for c in entries for a in c.admitted),
        deprecated=(*_written_out(first.deprecated, first), *old),
        spun=(*_written_out(first.spun, first), *spun),
        examples=_once(e for c in entries for e in c.examples),
        fine=_once(f for c in entries for f in c.fine),
        families=_once(f for c in entries for f in c.families),
        source="; ".join(_once(c.source for c in entries if c.source)),
        note="; ".join(_once(c.note for c in entries if c.note)),
        extend=all(c.extend for c in entries),
        words=(),
    )


def _once(items: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(items))


def _written_out(variants: Iterable[Variant], concept: Concept) -> tuple[Variant, ...]:
    return tuple(replace(v, template=with_lists(v.template, concept)) for v in variants)


def with_lists(template: str, concept: Concept) -> str:
    """A template with the file's lists written out."""
    for name, words in concept.words:
        template = template.replace("{@" + name + "}", "{" + "|".join(words) + "}")
    return template
