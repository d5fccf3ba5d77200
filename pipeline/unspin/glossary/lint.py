"""Checks glossary files: entries, conflicts between files, examples, safety by counting."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from unspin.edits import shared_end, shared_start
from unspin.errors import GlossaryError
from unspin.glossary.compiling import (
    CANONICAL,
    Form,
    compile_tables,
    concept_forms,
    merge,
    strongest,
    textual,
)
from unspin.glossary.concept import (
    DEPRECATED,
    LIKELY,
    SPUN,
    UNSEEN,
    Concept,
    GlossaryFile,
    Variant,
    When,
)
from unspin.glossary.conditions import failing
from unspin.glossary.counts import Counts
from unspin.glossary.expand import options
from unspin.glossary.loader import read_file
from unspin.glossary.matcher import Glossary
from unspin.glossary.restoring import restore, standing
from unspin.glossary.shadow import Shadow, fold

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something wrong with a glossary file.

    Args:
        file: Path as the user knows it.
        line: 1-based line.
        message: What is wrong and, after a semicolon, what to do.
        severity: ``error`` fails the check, ``warning`` does not.
    """

    file: str
    line: int
    message: str
    severity: str = ERROR

    def __str__(self) -> str:
        mark = "" if self.severity == ERROR else "warning: "
        return f"{self.file}:{self.line}: {mark}{self.message}"


def lint_files(
    wanted: Sequence[Path],
    others: Sequence[Path] = (),
    counts: Counts | None = None,
    texts: Mapping[Path, str] | None = None,
) -> list[Problem]:
    """Checks files.

    Args:
        wanted: Files whose problems are reported.
        others: Files that they must fit together with; what is wrong in them is not reported.
            Wanted files of other folders are a house glossary on top of them, which may override.
        counts: Counts in clean text; None leaves safety unchecked.
        texts: Contents of wanted files that have not been written yet.

    Returns:
        Problems in order of file and line.
    """
    problems: list[Problem] = []
    files: list[GlossaryFile] = []
    texts = texts or {}
    for path in wanted:
        found: list[str] = []
        try:
            files.append(read_file(path, texts.get(path), problems=found))
        except GlossaryError as error:
            found.append(str(error))
        problems += [_from_message(m) for m in found]
    names = {str(p.resolve()) for p in wanted}
    beside = []
    for path in others:
        if str(path.resolve()) not in names:
            try:
                beside.append(read_file(path, problems=[]))
            except GlossaryError:
                continue
    folders = {p.resolve().parent for p in others}
    ours, house = list(beside), []
    for i, file in enumerate(files):
        if folders and Path(file.path).resolve().parent not in folders:
            files[i] = _on_top(file)
            house.append(files[i])
        else:
            ours.append(file)
    concepts = [c for f in files for c in f.concepts]
    everything = [*concepts, *(c for f in beside for c in f.concepts)]
    forms = _forms(everything)
    glossary = Glossary(compile_tables(merge([("glossary", ours), ("house", house)]), "lint"))
    mine = {id(c) for c in concepts}
    problems += _duplicates(everything, forms, mine)
    problems += _frames(concepts)
    if others:
        problems += _off(files, ours, texts)
        problems += _extensions(concepts, everything)
        problems += _replacements(concepts, [c for f in ours for c in f.concepts])
    for concept in concepts:
        problems += _void(concept, forms)
        problems += _entry(concept)
        problems += _listed_twice(concept)
        problems += _examples(concept, glossary)
        if counts is not None:
            problems += _safety(concept, counts, forms)
    return sorted(set(problems))


def _from_message(message: str) -> Problem:
    match = re.match(r"(.*?):(\d+): (.*)", message, re.DOTALL)
    return Problem(match[1], int(match[2]), match[3]) if match else Problem("", 0, message)


def _on_top(file: GlossaryFile) -> GlossaryFile:
    """A file of a house glossary."""
    return replace(file, concepts=tuple(replace(c, layer=1) for c in file.concepts))


def _off(
    files: Iterable[GlossaryFile], ours: Iterable[GlossaryFile], texts: Mapping[Path, str]
) -> Iterator[Problem]:
    """Terms to switch off that nothing below has."""
    known = {c.canonical.casefold() for f in ours for c in f.concepts}
    for file in files:
        for term in file.off:
            if term.casefold() not in known:
                yield Problem(
                    file.path, _line_of(Path(file.path), term, texts),
                    f"off: no entry has the canonical term {term!r}; correct or remove it", WARNING,
                )  # fmt: skip


def _line_of(path: Path, term: str, texts: Mapping[Path, str]) -> int:
    text = texts[path] if path in texts else path.read_text(encoding="utf-8-sig")
    return next((i for i, line in enumerate(text.splitlines(), 1) if term in line), 1)


def _extensions(concepts: Iterable[Concept], everything: Iterable[Concept]) -> Iterator[Problem]:
    """Entries that extend nothing: canonical or part of speech is mistyped."""
    known = {c.key for c in everything if not c.extend}
    for concept in concepts:
        if concept.extend and concept.key not in known:
            yield Problem(
                concept.file, concept.line,
                f"{concept.canonical!r} ({concept.pos}) extends an entry that is not there; "
                "check canonical and pos, or remove extend:", WARNING,
            )  # fmt: skip


def lost_forms(entry: Concept, ours: Iterable[Concept]) -> int:
    """How many spun and deprecated forms of our entry a house entry switches off.

    Args:
        entry: Of a house glossary.
        ours: Concepts of the glossary below it.
    """
    if entry.extend:
        return 0
    below = {text for c in ours if c.key == entry.key for text in _faulty(c)}
    return len(below - _faulty(entry))


def _faulty(concept: Concept) -> set[str]:
    """Texts of the spun and deprecated forms of an entry."""
    return {f.text for f in concept_forms(concept) if f.kind in (SPUN, DEPRECATED)}


def replacing(entry: Concept, lost: int) -> str:
    """Says that a house entry stands instead of ours, and what to do about it.

    Args:
        entry: Of a house glossary.
        lost: As `lost_forms` counts them.
    """
    forms = "1 form counts" if lost == 1 else f"{lost:,} spun and deprecated forms count"
    return (
        f"{entry.canonical!r} replaces our entry, of which {forms} no longer; "
        "write extend: true to keep them"
    )


def _replacements(concepts: Iterable[Concept], ours: Iterable[Concept]) -> Iterator[Problem]:
    """Entries of a house glossary that switch off forms of ours, perhaps unawares."""
    below: dict[tuple[str, str], list[Concept]] = defaultdict(list)
    for concept in ours:
        below[concept.key].append(concept)
    for concept in concepts:
        lost = lost_forms(concept, below.get(concept.key, ())) if concept.layer else 0
        if lost:
            yield Problem(concept.file, concept.line, replacing(concept, lost), WARNING)


def _void(concept: Concept, forms: dict[str, list[Form]]) -> Iterator[Problem]:
    """Spun forms of a house glossary that never count, because they are good names."""
    if not concept.layer:
        return
    for variant in concept.spun:
        text = fold(variant.template)
        good = [f for f in forms.get(text, ()) if f.kind != SPUN]
        if good and "{" not in text:
            own = good[0].concept is concept
            remedy = "remove it" if own else "write it under deprecated: with a source"
            yield Problem(
                concept.file, variant.line,
                f"{text!r} is a name of {good[0].concept.canonical!r} at {good[0].concept.place} "
                f"and never found as spun; {remedy}", WARNING,
            )  # fmt: skip


def _listed_twice(concept: Concept) -> Iterator[Problem]:
    """Forms that an entry lists more than once."""
    for variants in (concept.spun, concept.deprecated):
        listed: dict[str, Variant] = {}
        again: dict[tuple[Variant, Variant], list[str]] = defaultdict(list)
        for variant in variants:
            for phrase in dict.fromkeys(map(fold, options(variant.template, dict(concept.words)))):
                first = listed.setdefault(phrase, variant)
                if first is not variant:
                    again[first, variant].append(phrase)
        for (first, variant), phrases in again.items():
            more = f" and {len(phrases) - 1} more" if len(phrases) > 1 else ""
            same = replace(first, template=variant.template, line=variant.line) == variant
            what = "" if same else ", with another applicability or condition (the careful counts)"
            yield Problem(
                concept.file, variant.line,
                f"{phrases[0]!r}{more} of {concept.canonical!r} stands at line {first.line}, too"
                f"{what}; keep it in one form", WARNING,
            )  # fmt: skip


def _forms(concepts: Iterable[Concept]) -> dict[str, list[Form]]:
    out: dict[str, list[Form]] = defaultdict(list)
    for concept in concepts:
        seen = set()
        for form in concept_forms(concept):
            if (form.text, form.kind) not in seen:
                seen.add((form.text, form.kind))
                out[form.text].append(form)
    return out


def _entry(concept: Concept) -> Iterator[Problem]:
    """What one entry lacks."""
    at = concept.line
    if concept.deprecated and not concept.source:
        yield Problem(
            concept.file, at, f"{concept.canonical!r} has deprecated terms but no source; "
            "give the page that says which term to use",
        )  # fmt: skip
    if (concept.spun or concept.deprecated) and not concept.examples:
        yield Problem(
            concept.file,
            at,
            f"{concept.canonical!r} has no example; write a bad and a good sentence",
        )
    if not (concept.spun or concept.deprecated or concept.admitted):
        yield Problem(
            concept.file, at, f"{concept.canonical!r} has no other names; add some or remove it"
        )
    sentences: dict[str, int] = {}
    for sentence, line in [*((e.bad, e.line) for e in concept.examples), *concept.fine]:
        if sentence in sentences:
            yield Problem(concept.file, line, "the sentence stands twice; write another")
        sentences[sentence] = line


def _duplicates(
    concepts: Sequence[Concept], forms: dict[str, list[Form]], mine: set[int]
) -> Iterator[Problem]:
    """Entries and forms that two concepts claim."""
    first: dict[tuple[tuple[str, str], int], Concept] = {}
    for concept in sorted(concepts, key=lambda c: (id(c) in mine, c.file, c.line)):
        if concept.extend:
            continue
        other = first.setdefault((concept.key, concept.layer), concept)
        if other is not concept and id(concept) in mine:
            yield Problem(
                concept.file, concept.line,
                f"{concept.canonical!r} is also at {other.place}; keep one entry",
            )  # fmt: skip
    claimed: dict[tuple[str, int, str, str], list[str]] = defaultdict(list)
    for text, rivals in forms.items():
        if len(rivals) > 1 and len({f.concept.key for f in rivals}) > 1:
            yield from _good_and_old(text, rivals, mine)
            for form, rival in _rivals(rivals, mine):
                where = f"{rival.concept.canonical!r} at {rival.concept.file}:{rival.line}"
                key = (form.concept.file, form.line, form.concept.canonical, where)
                claimed[key].append(text)
    for (file, line, canonical, where), texts in claimed.items():
        more = f" and {len(texts) - 1} more" if len(texts) > 1 else ""
        yield Problem(
            file, line,
            f"{texts[0]!r}{more} is {canonical!r} here and {where}; "
            "keep it in one, or tell them apart with when:",
        )  # fmt: skip


def _good_and_old(text: str, rivals: list[Form], mine: set[int]) -> Iterator[Problem]:
    """A deprecated term that another entry recommends."""
    old = [f for f in rivals if f.kind == DEPRECATED and f.inflection == ""]
    good = [f for f in rivals if f.kind not in (SPUN, DEPRECATED) and f.inflection == ""]
    for form in good:
        rival = next((f for f in old if f.concept.layer == form.concept.layer), None)
        if rival and id(form.concept) in mine:
            yield Problem(
                form.concept.file, form.line,
                f"{text!r} is deprecated at {rival.concept.place}; do not recommend it",
            )  # fmt: skip


def _rivals(rivals: list[Form], mine: set[int]) -> Iterator[tuple[Form, Form]]:
    """Forms that several concepts claim and that no condition tells apart, with one rival each."""
    spun = [f for f in rivals if f.kind == SPUN]
    if len(spun) < len(rivals):
        return
    top = max(f.concept.layer for f in spun)
    spun = strongest([f for f in spun if f.concept.layer == top])
    if len({f.concept.canonical.casefold() for f in spun}) < 2:
        return
    # in whatever order they stand: matching asks those with a condition first
    if len({textual(f.when) for f in spun}) == len(spun):
        return
    for form in spun:
        if id(form.concept) in mine and form.inflection == "":
            yield form, next(f for f in spun if f.concept is not form.concept)


def _frames(concepts: Iterable[Concept]) -> Iterator[Problem]:
    """Sentence frames that serve for more than one entry: they are no examples."""
    seen: dict[str, tuple[Concept, int]] = {}
    for concept in concepts:
        for example in concept.examples:
            frame = _frame(example.bad, example.good, _words(concept))
            if frame is None:
                continue
            first = seen.setdefault(frame, (concept, example.line))
            if first[1] != example.line or first[0] is not concept:
                yield Problem(
                    concept.file, example.line,
                    f"the sentence but for the term is that of {first[0].file}:{first[1]}; "
                    "write a sentence of its own",
                )  # fmt: skip


def _words(concept: Concept) -> frozenset[str]:
    """Words of the canonical term in all its forms."""
    forms = (f.text for f in concept_forms(concept) if f.kind == CANONICAL)
    return frozenset(w for form in forms for w in form.split())


def _frame(bad: str, good: str, term: frozenset[str]) -> str | None:
    """What a sentence and its restored form have in common, where it is long enough to tell.

    Words of the term itself, at the border of what they share, are no part of the frame.
    """
    left, right = bad.split(), good.split()
    a = shared_start(left, right)
    b = shared_end(left, right, a)
    while a and left[a - 1].lower().strip(".,") in term:
        a -= 1
    while b and left[-b].lower().strip(".,") in term:
        b -= 1
    if a + b < 4:
        return None
    return " ".join(left[:a]) + " … " + " ".join(left[len(left) - b :] if b else [])


def _examples(concept: Concept, glossary: Glossary) -> Iterator[Problem]:
    """Runs the examples of an entry."""
    for example in concept.examples:
        if example.bad == example.good:
            yield Problem(
                concept.file, example.line,
                f"example {example.bad!r}: bad and good are the same sentence and prove nothing; "
                "write a form of the entry into bad",
            )  # fmt: skip
            continue
        became = restore(glossary, example.bad, spun=True)
        if became != example.good:
            what = "nothing is found in it" if became == example.bad else f"it becomes {became!r}"
            why = _rejected(glossary, example.bad) if became == example.bad else ""
            yield Problem(
                concept.file, example.line,
                f"example {example.bad!r}: {what}, not {example.good!r}{why}; "
                "correct the example or the forms",
            )  # fmt: skip
        elif (again := restore(glossary, became, spun=True)) != became:
            yield Problem(
                concept.file, example.line,
                f"the good sentence of the example is changed again, to {again!r}; "
                "restoring twice must change nothing more",
            )  # fmt: skip
        elif not _proves(concept, glossary, example.bad):
            yield Problem(
                concept.file, example.line,
                f"example {example.bad!r}: what is found in it is not {concept.canonical!r}; "
                "write a form of the entry into bad",
            )  # fmt: skip
    for sentence, line in concept.fine:
        # What is likely is never applied there, but may be suggested.
        found = [h for h in standing(glossary, sentence) if h.applicability != LIKELY]
        if found:
            names = ", ".join(f"{h.form!r} ({h.concept})" for h in found)
            yield Problem(
                concept.file, line, f"{names} is found in a fine sentence; add a condition"
            )


def _proves(concept: Concept, glossary: Glossary, sentence: str) -> bool:
    """Whether a sentence holds a form of the entry itself, be it inside a longer one of another."""
    name = concept.canonical.casefold()
    if any(h.concept.casefold() == name for h in standing(glossary, sentence, spun=True)):
        return True
    text = Shadow.of(sentence).text
    held = (f for f in _faulty(concept) if f in text)
    return any(re.search(rf"(?<!\w){re.escape(f)}(?!\w)", text) for f in held)


def _rejected(glossary: Glossary, sentence: str) -> str:
    """Says of a sentence that stays unchanged which condition turned which form down."""
    shadow = Shadow.of(sentence)
    for hit in glossary.find(sentence):
        if hit.when and hit.kind in (SPUN, DEPRECATED):
            start = shadow.text.find(hit.form)
            failed = failing(hit.when, shadow, start, start + len(hit.form))
            if failed:
                return f" (for {hit.form!r} of {hit.concept!r} {', '.join(failed)} does not hold)"
    return ""


def _safety(concept: Concept, counts: Counts, forms: dict[str, list[Form]]) -> Iterator[Problem]:
    """Asks of every form how often it stands in clean text."""
    known = counts.known(concept)
    if not known:
        # Who has a house glossary has no corpus of ours; what is known of its forms is used.
        yield Problem(
            concept.file, concept.line,
            f"the forms of {concept.canonical!r} have not been counted; "
            + ("count them with --corpus FOLDER" if concept.layer else
               "run python bench/count_terms.py"),
            WARNING if concept.layer else ERROR,
        )  # fmt: skip
    if not known and not concept.layer:
        return
    good = sum(counts[f.text] for f in concept_forms(concept) if f.kind == CANONICAL)
    if not good and known:
        yield Problem(
            concept.file, concept.line,
            f"canonical {concept.canonical!r} stands 0 times in {counts.words:,} clean words; "
            "is it what an editor would write?", WARNING,
        )  # fmt: skip
    many = [f for f in concept_forms(concept) if f.kind == CANONICAL and f.inflection == "pl"]
    if known and good > 20 and many and not any(counts[f.text] for f in many):
        yield Problem(
            concept.file, concept.line,
            f"plural {many[0].text!r} stands 0 times in clean text; "
            "write number: invariant if there is none", WARNING,
        )  # fmt: skip
    for form in concept_forms(concept):
        if form.kind != SPUN or not counts[form.text]:
            continue
        if any(f.kind != SPUN for f in forms[form.text]):
            continue  # a good name of some concept: dropped
        yield from _occurs(concept, form, counts[form.text], good)


def _occurs(concept: Concept, form: Form, n: int, good: int) -> Iterator[Problem]:
    said = f"{form.text!r} stands {n} times in clean text ({concept.canonical!r} {good} times)"
    if form.applicability in UNSEEN and not form.when:
        yield Problem(
            concept.file, form.line,
            f"{said} and is {form.applicability}; give it a condition (when:), make it suggested, "
            "or drop it",
        )  # fmt: skip
    elif not concept.fine:
        # Where the article alone decides, a single fine sentence would prove nothing.
        textual = form.when is not None and form.when != When(spun_article=True)
        yield Problem(
            concept.file, form.line, f"{said}; write a fine: sentence where the words are right",
            ERROR if textual else WARNING,
        )  # fmt: skip
