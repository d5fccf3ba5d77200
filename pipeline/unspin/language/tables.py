"""Derived tables that ship with the model: listed wordings, inflection written out, and terms."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

from unspin.language.spinner import GLOSSARY, Dictionaries, inflect
from unspin.language.terms import TermTable, read_terms

FORMS = {
    "n": ("NN", "NNS"),
    "v": ("VB", "VBZ", "VBD", "VBG", "VBN"),
    "a": ("JJ", "JJR", "JJS"),
    "r": ("RB",),
}
MAX_WORDS = 4  # of a spun wording


def expanded(made: Dictionaries) -> Iterator[tuple[str, str]]:
    """Give (spun, original) wordings in all inflections."""
    for kind, table in made.hand.items():
        for original, replacements in table.items():
            for tag in FORMS[kind]:
                before = inflect(original, tag)
                if tag in ("JJR", "JJS") and not before.endswith(("er", "est")):
                    continue
                for replacement in replacements:
                    yield inflect(replacement, tag), before
                    if tag in ("VBG", "VBZ", "NNS"):
                        yield replacement, before  # the ending was dropped
    for table in made.phrases.values():
        for original, replacements in table.items():
            for replacement in replacements:
                yield replacement, original
    for original, replacements in made.others.get(GLOSSARY, {}).items():
        for replacement in replacements:
            yield replacement, original


def folded(wording: str) -> str:
    """Write a wording as the n-gram table splits it."""
    return " ".join(wording.lower().replace("’", "'").replace("-", " ").split())


def write_terms(folder: Path | None, path: Path) -> int:
    """Write attested terms: of a folder of term lists, and of the glossary; give their number."""
    from unspin.glossary.compiling import load_tables

    listed = read_terms(folder) if folder else iter(())
    table = TermTable.of([*listed, *(concept[0] for concept in load_tables().concepts)])
    table.save(path)
    return len(table)


def write_variants(made: Dictionaries, path: Path) -> int:
    """Write the table for :class:`unspin.language.restoring.Variants`; give its length."""
    table: dict[str, list[str]] = {}
    for spun, original in expanded(made):
        key, value = folded(spun), folded(original)
        if key and value and key != value and key.count(" ") < MAX_WORDS:
            entry = table.setdefault(key, [])
            if value not in entry:
                entry.append(value)
    lines = [f"{spun}\t{'|'.join(originals)}" for spun, originals in sorted(table.items())]
    data = ("\n".join(lines) + "\n").encode("utf-8")
    path.write_bytes(gzip.compress(data, mtime=0))  # without a time: the same table, same bytes
    return len(lines)
