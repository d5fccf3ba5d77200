"""From glossary files to the tables that matching needs, kept in a cache by content.

The cache holds plain values (`marshal`) behind a checksum; whatever is wrong with it, the glossary
is compiled anew. Nothing depends on the cache being writable.
"""

from __future__ import annotations

import hashlib
import marshal
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from unspin.errors import ConfigError, GlossaryError
from unspin.glossary.concept import (
    ADMITTED,
    APPLICABILITIES,
    DEPRECATED,
    SAFE,
    SPUN,
    UNSEEN,
    Concept,
    GlossaryFile,
    Variant,
    When,
)
from unspin.glossary.expand import forms_of, options
from unspin.glossary.loader import glossary_files, read_file, read_text
from unspin.glossary.shadow import fold
from unspin.resources import cache_dir, data_path

#: Raised whenever the tables or the way they are made change.
FORMAT = 6
#: Kind of a canonical phrase: never a hit, but nothing inside it is one.
CANONICAL = "canonical"
#: Order in which kinds claim a form: what a source calls outdated is not admitted elsewhere.
_RANK = {CANONICAL: 0, DEPRECATED: 1, ADMITTED: 2, SPUN: 3}
#: Code points of a form, after its first word, by which the automaton finds it; the rest is
#: looked up. Shorter anchors build faster and match more often in vain (measured: 3 to 5 are
#: equally fast on clean text, whole forms take three times as long to build).
_ANCHOR_REST = 4
#: Compiled glossaries that the cache keeps, of 15 MB: each change of a house glossary makes one.
_KEPT = 12


@dataclass(frozen=True, slots=True)
class Layer:
    """Files of one glossary: ours, or a house glossary on top.

    Args:
        name: How provenance names it: ``glossary`` for ours, else the path the user gave.
        files: Its files with their texts.
    """

    name: str
    files: tuple[tuple[Path, str], ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a concept.

    Args:
        text: Folded as the shadow is.
        concept: What it belongs to.
        kind: ``spun``, ``deprecated``, ``admitted`` or ``canonical``.
        inflection: As in `inflect.inflections`.
        applicability: Of the replacement; "" for admitted and canonical ones.
        when: Condition, or None.
        within: 0 for a phrase; else its words stand in any order within so many words.
        listed: As the file writes it, where it has capitals.
        line: 1-based line of the template in the concept's file.
    """

    text: str
    concept: Concept
    kind: str
    inflection: str
    applicability: str = ""
    when: When | None = None
    within: int = 0
    listed: str = ""
    line: int = 0


@dataclass(frozen=True)
class Tables:
    """What matching needs, as plain values.

    Args:
        forms: Every form.
        groups: For each form, the index of its group of rivals.
        rivals: Groups of entry indices; nearly all have one member.
        entries: ``(concept, kind, applicability, when, inflection, listed)``.
        concepts: ``(canonical, pos, number, provenance)``.
        whens: Conditions as tuples.
        anchors: Beginnings of forms, the patterns of the automaton.
        lengths: For each anchor, lengths of the forms that begin so, longest first.
        proximity: ``(words, within, group)``.
        aside: ``(form, concept)`` of what is not matched as a phrase of its concept: a rival has
            the say, or it is a single good word, or its words may stand apart.
        vocabulary: Words of the good names.
        counts: ``{"concepts", "forms", "fields"}``.
        version: Hash of the content.
    """

    forms: list[str]
    groups: array[int]
    rivals: list[tuple[int, ...]]
    entries: list[tuple[int, str, str, int, str, str]]
    concepts: list[tuple[str, str, str, str]]
    whens: list[tuple[Any, ...]]
    anchors: list[str]
    lengths: list[tuple[int, ...]]
    proximity: list[tuple[tuple[str, ...], int, int]]
    aside: list[tuple[str, int]]
    vocabulary: list[str]
    counts: dict[str, int]
    version: str

    def claims(self) -> dict[str, frozenset[int]]:
        """For each form the concepts that have it, those included that yield to a rival."""
        members = [frozenset(self.entries[i][0] for i in group) for group in self.rivals]
        found = {form: members[group] for form, group in zip(self.forms, self.groups, strict=True)}
        for form, concept in self.aside:
            found[form] = found.get(form, frozenset()) | {concept}
        return found


def load_tables(
    paths: Sequence[Path] = (), off: Sequence[str] = (), *, ours: bool = True
) -> Tables:
    """The tables of our glossary with house glossaries on top, from the cache where it has them.

    Args:
        paths: House glossaries, files or folders; later ones win.
        off: Canonical terms of lower layers to switch off.
        ours: Whether the shipped glossary is the lowest layer.

    Raises:
        GlossaryError: A file is wrong, or `off` names no entry.
    """
    return tables_of(read_layers(paths, ours=ours), off)


def tables_of(layers: Sequence[Layer], off: Sequence[str] = ()) -> Tables:
    """The tables of glossaries whose files have been read, from the cache where it has them.

    Args:
        layers: As `read_layers` gives them.
        off: Canonical terms of lower layers to switch off.

    Raises:
        GlossaryError: A file is wrong, or `off` names no entry.
    """
    key = _key(layers, off)
    kept = _from_cache(key)
    if kept is not None:
        return kept
    parsed = parse_layers(layers)
    _known(off, parsed)
    tables = compile_tables(merge(parsed, off), key[:12])
    _to_cache(key, tables)
    return tables


def _known(off: Sequence[str], layers: Sequence[tuple[str, Sequence[GlossaryFile]]]) -> None:
    """Refuses terms to switch off that no entry has: a typing error would leave the entry on."""
    names = {
        c.canonical.casefold(): c.canonical for _, fs in layers for f in fs for c in f.concepts
    }
    for term in off:
        if term.casefold() not in names:
            near = get_close_matches(term.casefold(), names, n=1)
            hint = f"did you mean {names[near[0]]!r}?" if near else "remove it"
            raise GlossaryError(f"glossary-off: no entry has the canonical term {term!r}; {hint}")


def read_layers(paths: Sequence[Path], *, ours: bool = True) -> list[Layer]:
    """The texts of all files, the lowest layer first.

    Args:
        paths: House glossaries, files or folders; later ones win.
        ours: Whether the shipped glossary is the lowest layer.

    Returns:
        The layers, whose files are named as findings name them.

    Raises:
        GlossaryError: A file or folder cannot be read.
    """
    layers = []
    if ours:
        own = data_path("glossary")
        layers.append(Layer("glossary", tuple((p, read_text(p)) for p in glossary_files(own))))
    for path in map(Path, paths):
        name = _named(path)
        files = tuple((name / p.relative_to(path), read_text(p)) for p in glossary_files(path))
        layers.append(Layer(str(name), files))
    return layers


def _named(path: Path) -> Path:
    """A house glossary as findings name it: from the configuration's folder, wherever that lies.

    The configuration gives whole paths, and a report should not name the machine's folders.
    """
    if not path.is_absolute():
        return path
    here = Path.cwd()
    for base in (_configured(here), _configured(path.parent), here):
        if base is not None and path.is_relative_to(base):
            return path.relative_to(base)
    return path


def _configured(start: Path) -> Path | None:
    """Folder of the configuration file that names glossaries for what is in `start`."""
    from unspin.config import load_config

    try:
        origin = load_config(start=start).origins.get("glossaries")
    except ConfigError:  # a file of somebody else's; the one in force has been read already
        return None
    return Path(origin).parent if origin else None


def parse_layers(layers: Iterable[Layer]) -> list[tuple[str, list[GlossaryFile]]]:
    """The files of each layer, read."""
    return [(layer.name, [read_file(p, text) for p, text in layer.files]) for layer in layers]


#: Entries by canonical term and part of speech, with the provenance of each.
_Entries = dict[tuple[str, str], list[tuple[str, Concept]]]
#: Parts of speech that stand for each other when a house glossary renames an entry.
_NOMINAL = ("noun", "name", "phrase")


def merge(
    layers: Iterable[tuple[str, Iterable[GlossaryFile]]], off: Sequence[str] = ()
) -> list[tuple[str, Concept]]:
    """Concepts in force with the provenance of each: later layers override earlier ones.

    An entry with the canonical term and part of speech of an earlier one replaces it, or adds to
    it with ``extend: true``; ``off`` lists of a file switch off what stands in earlier layers.
    Where a layer deprecates the canonical term of an earlier entry, that entry's other names lead
    to the term that the layer prefers.
    """
    found: _Entries = {}
    for layer, (name, files) in enumerate(layers):
        files = list(files)
        gone = {o.casefold() for f in files for o in f.off}
        found = {k: v for k, v in found.items() if k[0] not in gone}
        fresh: _Entries = {}
        for file in files:
            where = f"{name}/{Path(file.path).name}" if name == "glossary" else file.path
            for concept in file.concepts:
                entry = concept if concept.layer == layer else replace(concept, layer=layer)
                fresh.setdefault(concept.key, []).append((where, entry))
        for key, entries in fresh.items():
            adds = all(c.extend for _, c in entries)
            found[key] = (found.get(key, []) if adds else []) + entries
        if layer:
            _rename(found, [e for entries in fresh.values() for e in entries])
    wanted = {o.casefold() for o in off}
    return [e for k in sorted(found) if k[0] not in wanted for e in found[k]]


def _rename(found: _Entries, fresh: Sequence[tuple[str, Concept]]) -> None:
    """Gives earlier entries whose canonical term `fresh` deprecates the term that it prefers.

    Without it their spun forms would be restored to a term that is then found as outdated.
    """
    for where, concept in fresh:
        for variant in concept.deprecated:
            if variant.when or variant.within or variant.applicability not in ("", SAFE):
                continue
            for phrase in options(variant.template, dict(concept.words)):
                for pos in _NOMINAL if concept.pos in _NOMINAL else (concept.pos,):
                    entries = found.get((phrase.casefold(), pos), [])
                    old = [e for e in entries if e[1].layer < concept.layer]
                    if not old or len(old) < len(entries):
                        continue
                    del found[phrase.casefold(), pos]
                    found.setdefault((concept.canonical.casefold(), pos), []).extend(
                        (
                            f"{place} + {where}",
                            replace(c, canonical=concept.canonical, number=concept.number),
                        )
                        for place, c in old
                    )


def concept_forms(concept: Concept) -> Iterator[Form]:
    """Every form of a concept, the canonical ones first; equal forms are not yet dropped."""
    for text, inflection in forms_of(concept.canonical, concept):
        yield Form(text, concept, CANONICAL, inflection, line=concept.line)
    for term in concept.admitted:
        for text, inflection in forms_of(term, concept):
            yield Form(text, concept, ADMITTED, inflection, listed=term, line=concept.line)
    for variant in concept.deprecated:
        applicability = variant.applicability or SAFE
        yield from _variant_forms(concept, variant, DEPRECATED, applicability, variant.when)
    for variant in concept.spun:
        own = with_defaults(variant, concept)
        yield from _variant_forms(concept, variant, SPUN, own.applicability, own.when)


def with_defaults(variant: Variant, concept: Concept) -> Variant:
    """A spun form with all that it takes over from its entry."""
    applicability = variant.applicability or concept.applicability
    when = variant.when if variant.when is not None else concept.when
    if when is None:  # what is not certain needs an article that looks spun
        when = When(spun_article=applicability not in UNSEEN)
    return replace(variant, applicability=applicability, when=when)


def _variant_forms(
    concept: Concept, variant: Variant, kind: str, applicability: str, when: When | None
) -> Iterator[Form]:
    if variant.within:
        applicability = "editor"  # the replacement would swallow the words in between
    for phrase in options(variant.template, dict(concept.words)):
        listed = "" if phrase.islower() else phrase
        for text, inflection in (
            forms_of(phrase, concept) if not variant.within else [(fold(phrase), "")]
        ):
            yield Form(
                text, concept, kind, inflection, applicability, when or None, variant.within,
                listed, variant.line,
            )  # fmt: skip


def forms_in_force(concepts: Iterable[Concept]) -> dict[str, list[Form]]:
    """Forms by text; of rivals the strongest kind of the highest layer alone stays.

    A form that some concept has as a good name is no spun form of any other: the products of a
    template may hold such, and they are dropped silently. Else a house glossary has the say over
    what it lies on.
    """
    return {text: _in_force(rivals) for text, rivals in _all_forms(concepts).items()}


def _all_forms(concepts: Iterable[Concept]) -> dict[str, list[Form]]:
    """Forms by text, of all concepts that have it."""
    found: dict[str, list[Form]] = {}
    for concept in concepts:
        for form in own_forms(concept):
            found.setdefault(form.text, []).append(form)
    return found


def _in_force(rivals: list[Form]) -> list[Form]:
    """Of the forms of one text those that count."""
    if len(rivals) < 2:
        return rivals
    rivals = [f for f in rivals if f.kind != SPUN] or rivals
    top = max(f.concept.layer for f in rivals)
    rivals = [f for f in rivals if f.concept.layer == top]
    best = min(_RANK[f.kind] for f in rivals)
    kept = sorted(strongest([f for f in rivals if _RANK[f.kind] == best]), key=_order)
    return kept if kept[0].kind in (DEPRECATED, SPUN) else kept[:1]


def own_forms(concept: Concept) -> list[Form]:
    """The forms of an entry, each once.

    Of a spun or deprecated form that the entry lists twice the one counts of which less may be
    done: who wrote it knew a text in which the form is right.
    """
    own: dict[tuple[str, str], Form] = {}
    for form in concept_forms(concept):
        known = own.setdefault((form.text, form.kind), form)
        if care(form.applicability, form.when) > care(known.applicability, known.when):
            own[form.text, form.kind] = form
    return list(own.values())


def care(applicability: str, when: When | None) -> int:
    """How little may be done with a form: 0 for one that is safe everywhere.

    Args:
        applicability: Of the form; "" for a good name.
        when: Its condition. A safe form with one and a likely form need evidence alike.
    """
    if applicability in ("", SAFE):
        return bool(when)
    return APPLICABILITIES.index(applicability)


def _order(form: Form) -> tuple[int, int]:
    """Where a form stands among its rivals, of which the first counts whose conditions hold.

    What asks most of the text comes first, what asks nothing last; of equals the more careful one
    comes first.
    """
    asks = 0 if textual(form.when) else 1 if form.when else 2
    return asks, -care(form.applicability, form.when)


def textual(when: When | None) -> When | None:
    """What a condition asks of the text itself, or None where evidence of spinning is all."""
    own = replace(when, spun_article=False) if when else None
    return own or None


def strongest(rivals: list[Form]) -> list[Form]:
    """Of rivals of one kind those that are written so; inflections that were derived give way."""
    return [f for f in rivals if f.inflection == ""] or rivals


def compile_tables(concepts: Sequence[tuple[str, Concept]], version: str) -> Tables:
    """Makes the tables from the concepts in force (with the provenance of each)."""
    index = {id(c): i for i, (_, c) in enumerate(concepts)}
    by_text = _all_forms(c for _, c in concepts)
    entries: dict[tuple[int, str, str, int, str, str], int] = {}
    whens: dict[tuple[Any, ...], int] = {}
    rivals: dict[tuple[int, ...], int] = {}
    forms: list[str] = []
    groups = array("I")
    near: list[tuple[tuple[str, ...], int, int]] = []
    aside: list[tuple[str, int]] = []
    spun = 0
    for text in sorted(by_text):
        group = []
        counting = _in_force(by_text[text])
        for form in counting:
            when = whens.setdefault(astuple(form.when), len(whens)) if form.when else -1
            entry = (
                index[id(form.concept)], form.kind, form.applicability, when, form.inflection,
                form.listed,
            )  # fmt: skip
            group.append(entries.setdefault(entry, len(entries)))
        first = counting[0]
        spun += first.kind in (SPUN, DEPRECATED)
        skipped = first.kind == CANONICAL and not _blocks(first)
        matched = () if skipped or first.within else counting
        others = {index[id(f.concept)] for f in by_text[text]}
        others -= {index[id(f.concept)] for f in matched}
        aside += ((text, number) for number in sorted(others))
        if skipped:
            continue
        number = rivals.setdefault(tuple(group), len(rivals))
        if first.within:
            near.append((tuple(text.split()), first.within, number))
            continue
        forms.append(text)
        groups.append(number)
    anchors = _anchors(forms)
    return Tables(
        forms=forms,
        groups=groups,
        rivals=list(rivals),
        entries=list(entries),
        concepts=[(c.canonical, c.pos, c.number, where) for where, c in concepts],
        whens=list(whens),
        anchors=list(anchors),
        lengths=[tuple(sorted(v, reverse=True)) for v in anchors.values()],
        proximity=near,
        aside=aside,
        vocabulary=_vocabulary(c for _, c in concepts),
        counts={
            "concepts": len({c.key for _, c in concepts}),
            "forms": spun,
            "fields": len({c.field for _, c in concepts}),
        },
        version=version,
    )


def _blocks(form: Form) -> bool:
    """Whether a canonical term keeps what stands inside it from being found."""
    return " " in form.text and form.concept.pos != "function"


def _anchors(forms: Iterable[str]) -> dict[str, set[int]]:
    out: dict[str, set[int]] = {}
    for form in forms:
        space = form.find(" ")
        anchor = form if space < 0 else form[: space + 1 + _ANCHOR_REST]
        out.setdefault(anchor, set()).add(len(form))
    return out


def _vocabulary(concepts: Iterable[Concept]) -> list[str]:
    words: set[str] = set()
    for concept in concepts:
        for form in concept_forms_good(concept):
            words.update(w.strip("()[],;:.'\"") for w in form.split())
    return sorted(w for w in words if len(w) > 2 and any(c.isalpha() for c in w))


def concept_forms_good(concept: Concept) -> Iterator[str]:
    """Good names of a concept with inflections, as they are written."""
    from unspin.glossary.inflect import inflections

    for term in (concept.canonical, *concept.admitted):
        for form, _ in inflections(term, concept.pos, concept.number):
            yield form


# --- cache -----------------------------------------------------------------------------------


def _key(layers: Iterable[Layer], off: Sequence[str]) -> str:
    """Hash of everything that the tables depend on; our own files by name, not by place."""
    digest = hashlib.sha256(f"{FORMAT} {sys.version_info[:2]} {sorted(off)}".encode())
    for name in (
        "compiling.py", "expand.py", "inflect.py", "loader.py", "spelling.py", "shadow.py",
    ):  # fmt: skip
        with suppress(OSError):
            digest.update((Path(__file__).parent / name).read_bytes())
    for name in ("spelling.tsv", "english.yaml"):
        with suppress(OSError):
            digest.update(data_path(name).read_bytes())
    for layer in layers:
        digest.update(layer.name.encode())
        for path, text in layer.files:
            digest.update(f"\0{path.name}\0".encode() + text.encode())
    return digest.hexdigest()


def _cache_file(key: str) -> Path:
    return cache_dir() / "glossary" / f"{key[:24]}.bin"


def _from_cache(key: str) -> Tables | None:
    """The tables of `key`, or None where the cache has none or is damaged."""
    try:
        data = _cache_file(key).read_bytes()
        if hashlib.sha256(data[32:]).digest() != data[:32]:
            return None
        values = marshal.loads(data[32:])
        forms, groups = values.pop("forms"), array("I")
        groups.frombytes(values.pop("groups"))
        return Tables(
            forms=forms.split("\n") if forms else [],
            groups=groups,
            anchors=(values.pop("anchors") or "").split("\n"),
            **values,
        )
    except (OSError, ValueError, EOFError, TypeError, KeyError, AttributeError):
        return None


def _to_cache(key: str, tables: Tables) -> None:
    """Writes the tables; a cache that cannot be written is none."""
    from unspin.staging import write_atomic

    values: dict[str, Any] = {
        name: getattr(tables, name)
        for name in Tables.__dataclass_fields__
        if name not in ("forms", "groups", "anchors")
    }
    values["forms"] = "\n".join(tables.forms)
    values["anchors"] = "\n".join(tables.anchors)
    values["groups"] = tables.groups.tobytes()
    data = marshal.dumps(values)
    with suppress(OSError):
        file = _cache_file(key)
        write_atomic(file, hashlib.sha256(data).digest() + data)
        for old in sorted(file.parent.glob("*.bin"), key=lambda p: -p.stat().st_mtime)[_KEPT:]:
            old.unlink()
