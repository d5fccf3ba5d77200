"""Derived tables that ship with the model: listed wordings, inflection written out, and terms."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

from unspin.language.ngrams import NgramTable
from unspin.language.spinner import GLOSSARY, Dictionaries, inflect
from unspin.language.terms import TermTable, read_terms

FORMS = {
    "n": ("NN", "NNS"),
    "v": ("VB", "VBZ", "VBD", "VBG", "VBN"),
    "a": ("JJ", "JJR", "JJS"),
    "r": ("RB",),
}
MAX_WORDS = 4  # of a spun wording
MOST_COUNTED = 3  # words of an n-gram
RARE = 6.0  # steps of two below the most frequent form of a wording: 1 in 64 in clean text


def expanded(made: Dictionaries, counts: NgramTable | None = None) -> Iterator[tuple[str, str]]:
    """Give (spun, original) wordings in all inflections.

    Args:
        made: Their pairs and phrases.
        counts: Of clean text, where forms of an original are to be left out that it hardly ever
            takes ("factoring", "back pains"), or None.
    """
    for kind, table in made.hand.items():
        for original, replacements in table.items():
            forms = {tag: inflect(original, tag) for tag in FORMS[kind]}
            common = _common({*forms.values()}, counts)
            for tag, before in forms.items():
                if tag in ("JJR", "JJS") and not before.endswith(("er", "est")):
                    continue
                if before not in common:
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


def _common(forms: set[str], counts: NgramTable | None) -> set[str]:
    """Leave out the forms of a wording that are rare beside the others."""
    if counts is None:
        return forms
    parts = {form: folded(form).split() for form in forms}
    if any(len(words) > MOST_COUNTED for words in parts.values()):
        return forms
    found = {form: counts.counts_of(words) for form, words in parts.items()}
    most = max(found.values())
    return {form for form, count in found.items() if count > most - RARE and (count or not most)}


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


def write_variants(made: Dictionaries, path: Path, counts: NgramTable | None = None) -> int:
    """Write the table for :class:`unspin.language.restoring.Variants`; give its length.

    Args:
        made: Pairs and phrases.
        path: To write to.
        counts: Of clean text, or None; see :func:`expanded`.
    """
    table: dict[str, list[str]] = {}
    for spun, original in expanded(made, counts):
        key, value = folded(spun), folded(original)
        if key and value and key != value and key.count(" ") < MAX_WORDS:
            entry = table.setdefault(key, [])
            if value not in entry:
                entry.append(value)
    lines = [f"{spun}\t{'|'.join(originals)}" for spun, originals in sorted(table.items())]
    data = ("\n".join(lines) + "\n").encode("utf-8")
    path.write_bytes(gzip.compress(data, mtime=0))  # without a time: the same table, same bytes
    return len(lines)
