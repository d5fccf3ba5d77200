"""What ``unspin glossary`` does, as functions: the command line only prints what they return."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from unspin.errors import GlossaryError
from unspin.glossary.compiling import (
    CANONICAL,
    Form,
    Layer,
    concept_forms,
    forms_in_force,
    merge,
    own_forms,
    parse_layers,
    read_layers,
    tables_of,
)
from unspin.glossary.concept import ADMITTED, DEPRECATED, SPUN, Concept, Variant
from unspin.glossary.counts import Counts, count_concepts, load_counts
from unspin.glossary.expand import TemplateError, options
from unspin.glossary.lint import Problem, lint_files, lost_forms, replacing
from unspin.glossary.loader import glossary_files, read_file, read_text
from unspin.glossary.shadow import fold
from unspin.resources import data_path

if TYPE_CHECKING:
    from unspin.glossary.exchange import Explained, Imported


def own_files() -> list[Path]:
    """The files of the shipped glossary, relative to the current folder where they lie in it."""
    folder = data_path("glossary")
    if folder.is_relative_to(Path.cwd()):
        folder = folder.relative_to(Path.cwd())
    return glossary_files(folder)


def lint(
    paths: Sequence[Path] = (), *, corpus: Path | None = None, count: bool = True
) -> list[Problem]:
    """Checks glossary files, the shipped ones where none are named.

    Args:
        paths: Files or folders; they are checked together with the shipped glossary.
        corpus: Folder of clean documents to count in; None uses the shipped counts.
        count: Whether to check safety by counting at all.
    """
    ours = own_files()
    wanted = [f for p in paths for f in glossary_files(p)] or ours
    counts: Counts | None = None
    if count and corpus is not None:
        counts = count_concepts(_concepts(wanted), corpus)
    elif count:
        counts = load_counts()
    return lint_files(wanted, ours, counts)


def _concepts(files: Sequence[Path]) -> Iterator[Concept]:
    for path in files:
        try:
            yield from read_file(path, problems=[]).concepts
        except GlossaryError:
            continue


def concepts_in_force(
    paths: Sequence[Path] = (), off: Sequence[str] = (), *, ours: bool = True
) -> list[tuple[str, Concept]]:
    """Every concept in force with the provenance of each."""
    return merge(parse_layers(read_layers(paths, ours=ours)), off)


def stats(paths: Sequence[Path] = (), off: Sequence[str] = ()) -> dict[str, int]:
    """Numbers of ``concepts``, ``forms`` (spun and deprecated) and ``fields``.

    Args:
        paths: House glossaries.
        off: Canonical terms to switch off.

    Raises:
        GlossaryError: A file is wrong, or `off` names no entry.
    """
    from unspin.glossary.matcher import load_glossary

    return load_glossary(paths, off).counts


@dataclass(frozen=True, slots=True)
class FormCount:
    """A form, what it asks of its place, and how often it stands in clean text (None: unknown).

    `yields_to` names the entry that counts instead of this one where the form is found.
    """

    form: str
    kind: str
    applicability: str
    condition: str
    count: int | None
    yields_to: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as ``unspin glossary show`` gives it."""

    concept: Concept
    provenance: str
    forms: tuple[FormCount, ...]


def show(term: str, paths: Sequence[Path] = (), off: Sequence[str] = ()) -> list[Shown]:
    """Entries that have `term` as their canonical term or as any of their forms.

    Args:
        term: Any name of a concept, in any case.
        paths: House glossaries.
        off: Canonical terms to switch off.

    Raises:
        GlossaryError: A file is wrong, or `off` names no entry.
    """
    from unspin.glossary.shadow import Shadow
    from unspin.glossary.writing import when_text

    wanted = Shadow.of(term.strip()).text
    rivals = [(p, c, own_forms(c)) for p, c in _rivals(wanted, read_layers(paths), off)]
    entries = [e for e in rivals if any(f.text == wanted for f in e[2])]
    in_force = forms_in_force(concept for _, concept, _ in rivals)
    places = {id(concept): where for where, concept, _ in rivals}
    counts = load_counts()
    out = []
    for where, concept, forms in entries:
        known = counts.known(concept)
        shown = tuple(
            FormCount(
                f.text,
                f.kind,
                f.applicability,
                when_text(f.when) if f.when else "",
                counts[f.text] if known or counts[f.text] else None,
                _yields_to(f, in_force, places),
            )
            for f in sorted(forms, key=lambda f: (_ORDER[f.kind], f.line))
        )
        out.append(Shown(concept, where, shown))
    return out


def _rivals(
    form: str, layers: Sequence[Layer], off: Sequence[str]
) -> Iterator[tuple[str, Concept]]:
    """The concepts that have a form, and those that share one with them.

    The compiled glossary says which these are, so that of our files only theirs are parsed.
    """
    tables = tables_of(layers, off)
    claims = tables.claims()
    found = claims.get(form, frozenset())
    numbers = {n for claim in claims.values() if not found.isdisjoint(claim) for n in claim}
    concepts = [tables.concepts[n] for n in numbers]
    keys = {(canonical.casefold(), pos) for canonical, pos, *_ in concepts}
    named = " + ".join(where for *_, where in concepts).split(" + ")
    ours, *house = layers
    needed = tuple(f for f in ours.files if f"{ours.name}/{f[0].name}" in named)
    layers = [replace(ours, files=needed), *house]
    for where, concept in merge(parse_layers(layers), off):
        if concept.key in keys:
            yield where, concept


def _yields_to(form: Form, in_force: dict[str, list[Form]], places: dict[int, str]) -> str:
    """The entry that has the say over a form; empty where it is the form's own."""
    owners = in_force[form.text]
    if any(o.concept is form.concept and o.kind == form.kind for o in owners):
        return ""
    first = owners[0].concept
    return f"{first.canonical!r} ({owners[0].kind}) in {places[id(first)]}"


_ORDER = {CANONICAL: 0, ADMITTED: 1, DEPRECATED: 2, SPUN: 3}


def add(concept: Concept, *, path: Path | None = None, title: str = "") -> Path:
    """Adds an entry to a glossary file, comments kept; nothing is written where it is wrong.

    Args:
        concept: The entry; its ``field`` names the file where `path` is None.
        path: A file of a house glossary.
        title: Title of the field, for a new file.

    Returns:
        The file written.

    Raises:
        GlossaryError: The entry is wrong or does not fit what is there.
    """
    from unspin.glossary.editing import add_concept

    target = path or data_path("glossary") / f"{concept.field}.yaml"
    if path is None:
        known = [p.stem for p in own_files()]
        if not re.fullmatch(r"[a-z0-9-]+", concept.field):
            raise GlossaryError(f"--field: {concept.field!r} is no name such as heart or first-aid")
        if concept.field not in known and not title:  # a typing error would make a file
            raise GlossaryError(
                f"--field: there is no {concept.field!r}; use one of {', '.join(known)}, or give "
                "--title to begin a new field"
            )
    add_concept(target, concept, title, tuple(own_files()) if _is_own(target) else ())
    return target


def forms_replaced(concept: Concept, path: Path) -> int:
    """How many spun and deprecated forms of ours an entry for a house glossary switches off.

    Args:
        concept: The entry to add.
        path: File of the house glossary; an entry of it that is there already decides.

    Raises:
        GlossaryError: The file is there and wrong.
    """
    if _is_own(path):
        return 0
    there = read_file(path).concepts if path.is_file() else ()
    known = next((c for c in there if c.key == concept.key), None)
    try:
        return lost_forms(_joined(known, concept) if known else concept, _ours(concept.key))
    except TemplateError:
        return 0  # adding the entry says what is wrong with it


def _joined(known: Concept, concept: Concept) -> Concept:
    """An entry that is there with the forms of one that is added to it."""
    return replace(
        known,
        spun=(*known.spun, *concept.spun),
        deprecated=(*known.deprecated, *concept.deprecated),
        extend=known.extend or concept.extend,
    )


def _is_own(path: Path) -> bool:
    """Whether a file is one of the shipped glossary."""
    return path.resolve().parent == data_path("glossary").resolve()


_CANONICAL = re.compile(r"canonical: *(?:\"([^\"\n]+)\"|'([^'\n]+)'|([^#\n]+))", re.IGNORECASE)


def _ours(key: tuple[str, str]) -> list[Concept]:
    """Our concepts, of the files alone that have an entry for a canonical term (quick)."""
    name = re.escape(key[0])
    entry = re.compile(rf"canonical: *[\"']?{name}[\"']? *(?:#|$)", re.IGNORECASE | re.MULTILINE)
    texts = [(path, read_text(path)) for path in own_files()]
    return [c for path, text in texts if entry.search(text) for c in read_file(path, text).concepts]


def replaced(concepts: Sequence[Concept]) -> list[str]:
    """Says of which entries for a house glossary each stands instead of one of ours.

    Args:
        concepts: Of a file that is no part of the shipped glossary.

    Returns:
        A line for each of which forms of ours count no longer.
    """
    ours = _below(concepts)
    lost = ((c, lost_forms(c, ours.get(c.key, ()))) for c in concepts)
    return [replacing(concept, forms) for concept, forms in lost if forms]


def _below(concepts: Sequence[Concept]) -> dict[tuple[str, str], list[Concept]]:
    """Our entries by canonical term and part of speech, of the files alone that may have them."""
    wanted = {c.key[0] for c in concepts}
    texts = [(path, read_text(path)) for path in own_files()]
    ours: dict[tuple[str, str], list[Concept]] = {}
    for path, text in texts:
        found = (m[m.lastindex or 0].strip().casefold() for m in _CANONICAL.finditer(text))
        if not wanted.isdisjoint(found):
            for concept in read_file(path, text).concepts:
                ours.setdefault(concept.key, []).append(concept)
    return ours


def import_file(
    source: Path, target: Path, *, format: str = "", title: str = "", extend: bool = False
) -> Imported:
    """Turns a file of another format into a glossary file.

    Args:
        source: CSV, TBX, Vale style or list of tortured phrases.
        target: Glossary file to write.
        format: One of `exchange.FORMATS`; empty to go by the file.
        title: Title of the glossary file.
        extend: Whether entries that ours has add to ours instead of replacing it.

    Returns:
        What was read, and what could not be, with reasons.

    Raises:
        GlossaryError: The source cannot be read, or the target is there already.
    """
    from unspin.glossary import exchange
    from unspin.glossary.writing import file_text
    from unspin.staging import write_atomic

    if target.exists():
        raise GlossaryError(f"{target}:0: exists already; name another file or remove it")
    imported = exchange.read(source, format)
    if not imported.concepts and not imported.off:
        raise GlossaryError(_nothing(source, imported))
    if extend:
        ours = _below(imported.concepts)
        more = (replace(c, extend=c.extend or c.key in ours) for c in imported.concepts)
        imported = replace(imported, concepts=tuple(more))
    title = title or f"Imported from {source.name}"
    text = file_text(title, target.stem, imported.concepts, imported.off)
    try:
        read_file(target, text)  # what is written must be readable
    except GlossaryError as error:  # the line is one of a file that nobody will see
        why = str(error).removeprefix(f"{target}:").partition(": ")[2]
        raise GlossaryError(f"{source}:0: makes no glossary file: {why}") from error
    try:
        write_atomic(target, text.encode("utf-8"))
    except OSError as error:
        raise GlossaryError(
            f"{target}:0: cannot be written ({error.strerror}); check it"
        ) from error
    return imported


#: Reasons that are given where nothing can be imported.
_REASONS = 20


def _nothing(source: Path, imported: Imported) -> str:
    """Says of a file of another format why nothing in it can be imported."""
    why = imported.explained
    if not why:
        return f"{source}:0: nothing in it can be imported; it holds no entry"
    lines = [f"{source}:0: nothing in it can be imported; correct what is wrong:"]
    lines += map(str, why[:_REASONS])
    return "\n".join((*lines, *([f"{len(why) - _REASONS:,} more"] if why[_REASONS:] else ())))


def export_file(
    target: Path,
    paths: Sequence[Path] = (),
    off: Sequence[str] = (),
    *,
    format: str = "",
    fields: Sequence[str] = (),
    force: bool = False,
) -> tuple[int, list[Explained]]:
    """Writes the glossary in another format.

    Args:
        target: File to write; for Vale a folder.
        paths: House glossaries on top.
        off: Canonical terms to switch off.
        format: ``csv``, ``tbx`` or ``vale``; empty to go by the name of `target`.
        fields: Fields of medicine to write; empty for all.
        force: Write over what is there.

    Returns:
        The number of concepts written, and what the format cannot say.

    Raises:
        GlossaryError: The target is there already, a field is not, or a file is wrong.
    """
    from unspin.glossary import exchange

    if not force and target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise GlossaryError(
            f"{target}:0: exists already; name another file, or write over it with --force"
        )
    concepts = _without_overridden([c for _, c in concepts_in_force(paths, off)])
    known = sorted({c.field for c in concepts})
    for field in fields:
        if field not in known:
            raise GlossaryError(f"{target}:0: no field {field!r}; use one of {', '.join(known)}")
    concepts = [c for c in concepts if not fields or c.field in fields]
    house = (read_file(f) for p in paths for f in glossary_files(p))
    gone = [o for f in house if not fields or f.field in fields for o in f.off]
    return len(concepts), exchange.write(
        target, concepts, format, list(dict.fromkeys((*gone, *off)))
    )


def _without_overridden(concepts: Sequence[Concept]) -> list[Concept]:
    """Entries without forms on which a glossary above has the say: other formats know no layers.

    Written beside each other, the form of the lower glossary might win when it is read again.
    """
    top: dict[tuple[bool, str], int] = {}
    for concept in concepts:
        for form in concept_forms(concept) if concept.layer else ():
            # a spun form yields to every name, an outdated one to no spun form
            for spun in (True,) if form.kind == SPUN else (True, False):
                top[spun, form.text] = max(top.get((spun, form.text), 0), concept.layer)

    def kept(variant: Variant, concept: Concept, *, spun: bool) -> Iterator[Variant]:
        phrases = list(options(variant.template, dict(concept.words)))
        left = [p for p in phrases if top.get((spun, fold(p)), 0) <= concept.layer]
        whole = len(left) == len(phrases)
        yield from [variant] if whole else (replace(variant, template=p) for p in left)

    if not top:
        return list(concepts)
    return [
        replace(
            c,
            spun=tuple(k for v in c.spun for k in kept(v, c, spun=True)),
            deprecated=tuple(k for v in c.deprecated for k in kept(v, c, spun=False)),
        )
        for c in concepts
    ]
