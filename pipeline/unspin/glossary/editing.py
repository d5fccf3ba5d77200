"""Adding to a glossary file as text, so that comments and layout stay as they are."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

from unspin.errors import GlossaryError
from unspin.glossary.concept import APPLICABILITIES, SAFE, Concept, Variant
from unspin.glossary.lint import ERROR, lint_files
from unspin.glossary.loader import read_file
from unspin.glossary.writing import (
    entry_lines,
    example_lines,
    file_text,
    scalar,
    variant_lines,
)


def add_concept(
    path: Path, concept: Concept, title: str = "", others: tuple[Path, ...] = ()
) -> None:
    """Adds an entry to the end of a glossary file, or forms to an entry that is there.

    The file is checked before it is written; where the new entry or its examples are wrong, it
    stays as it was.

    Args:
        path: The file; made where it does not exist.
        concept: The entry. Where the file has one with this canonical term and part of speech,
            its names, examples and fine sentences are added to that.
        title: Title of the field, for a new file.
        others: Files that it must fit together with.

    Raises:
        GlossaryError: The file is wrong, or would be with the entry, or cannot be written.
    """
    try:
        _add(path, concept, title, others)
    except OSError as error:
        raise GlossaryError(f"{path}:0: cannot be written ({error.strerror}); check it") from error


def _add(path: Path, concept: Concept, title: str, others: tuple[Path, ...]) -> None:
    if not path.parent.is_dir():  # a typing error would make a folder
        raise GlossaryError(f"{path}:0: there is no folder {path.parent}; make it or correct it")
    if not path.exists():
        title = title or path.stem.replace("-", " ").capitalize()
        text = file_text(title, path.stem, [_short(concept)])
        _write_checked(path, text, concept, others)
        return
    # read_file says of a file that is not UTF-8 what to do
    known = next((c for c in read_file(path).concepts if c.key == concept.key), None)
    lines = path.read_bytes().decode("utf-8").splitlines(keepends=True)
    ending = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    if known is None:
        new = _appended(lines, _short(concept), ending)
    else:
        new = _extended(lines, known, concept, ending, path)
    _check_layout(path, lines, new, known)
    _write_checked(path, new, concept, others)


def _check_layout(path: Path, lines: list[str], new: str, known: Concept | None) -> None:
    """Refuses a file that lines cannot be added to: what is in braces or brackets ends there."""
    try:
        read_file(path, new, problems=[])
    except GlossaryError as error:
        top = (i for i, line in enumerate(lines, 1) if "concepts" in line)
        at = known.line if known else next(top, 1)
        raise GlossaryError(
            f"{path}:{at}: entries must begin with - canonical: on lines of their own, not stand "
            "in brackets or braces; write the file so and add the entry again"
        ) from error


def _short(concept: Concept) -> Concept:
    """The entry without applicabilities of forms that only repeat its own."""
    spun = tuple(_unless(v, concept.applicability) for v in concept.spun)
    deprecated = tuple(_unless(v, SAFE) for v in concept.deprecated)
    return replace(concept, spun=spun, deprecated=deprecated)


def _unless(variant: Variant, usual: str) -> Variant:
    """A form without the applicability that it has anyway."""
    return replace(variant, applicability="") if variant.applicability == usual else variant


def _appended(lines: list[str], concept: Concept, ending: str) -> str:
    """The file with an entry after its last one, before keys of the file that follow."""
    start = next((i for i, li in enumerate(lines) if li.startswith("concepts:")), len(lines))
    end = next(
        (i for i in range(start + 1, len(lines)) if re.match(r"\w|\.\.\.", lines[i])), len(lines)
    )
    if end < len(lines):
        return _appended(lines[:end], concept, ending) + "".join(lines[end:])
    indent = next((m[1] for li in lines if (m := re.match(r"( *)- canonical:", li))), "  ")
    text = "".join(lines)
    if text and not text.endswith(("\n", "\r")):
        text += ending
    empty = re.compile(r"^concepts:[ \t]*\[[ \t]*\]", re.MULTILINE)
    if empty.search(text):
        text = empty.sub("concepts:", text)
    elif not re.search(r"^concepts:", text, re.MULTILINE):
        text += f"concepts:{ending}"
    return text + "".join(line + ending for line in entry_lines(concept, indent))


def _extended(lines: list[str], known: Concept, concept: Concept, ending: str, path: Path) -> str:
    """The file with names and sentences added to an entry that is there, before those it has."""
    _refuse_other_applicability(known, concept, path)
    out = list(lines)
    for key, items in _additions(known, concept).items():
        if items:
            at, new = _insertion(out, known, key, items)
            out[at:at] = [line + ending for line in new]
    if concept.extend and not known.extend:
        out[known.line : known.line] = [f"{_inner(out, known)}extend: true{ending}"]
    if concept.source and concept.source != known.source:
        if known.source:
            raise GlossaryError(
                f"{path}:{known.line}: {known.canonical!r} has the source {known.source!r}; "
                "change it by hand"
            )
        end = _entry_end(out, known.line)
        source = json.dumps(concept.source, ensure_ascii=False)
        out[end:end] = [f"{_inner(out, known)}source: {source}{ending}"]
    return "".join(out)


def _refuse_other_applicability(known: Concept, concept: Concept, path: Path) -> None:
    """Refuses a form that is there with another applicability: it would be left as it is.

    Raises:
        GlossaryError: There is such a form.
    """
    for key, usual in (("deprecated", SAFE), ("spun", known.applicability)):
        there = {v.template: v for v in getattr(known, key)}
        for variant in getattr(concept, key):
            old = there.get(variant.template)
            has = (old.applicability or usual) if old else ""
            if old and variant.applicability not in ("", has):
                raise GlossaryError(
                    f"{path}:{old.line}: {old.template!r} is {has} here; "
                    f"change it to {variant.applicability} by hand"
                )


def _additions(known: Concept, concept: Concept) -> dict[str, list[list[str]]]:
    """For each part of the entry the lines of every item that it lacks."""
    out: dict[str, list[list[str]]] = {
        "admitted": [[f"- {scalar(a)}"] for a in concept.admitted if a not in known.admitted]
    }
    for key in ("deprecated", "spun"):
        there = {v.template for v in getattr(known, key)}
        variants = [v for v in getattr(concept, key) if v.template not in there]
        if key == "spun":  # what was said of the new forms must not become what the entry says
            variants = [_own(v, known, concept) for v in variants]
        else:
            variants = [_unless(v, SAFE) for v in variants]
        out[key] = [list(variant_lines(v)) for v in variants]
    bad = {e.bad for e in known.examples}
    out["examples"] = [example_lines(e) for e in concept.examples if e.bad not in bad]
    fine = {sentence for sentence, _ in known.fine}
    out["fine"] = [
        [f"- {json.dumps(s, ensure_ascii=False)}"] for s, _ in concept.fine if s not in fine
    ]
    return out


def _own(variant: Variant, known: Concept, concept: Concept) -> Variant:
    """A form with the applicability and condition that it was given, where the entry's differ."""
    careful = max(known.applicability, concept.applicability, key=APPLICABILITIES.index)
    applicability = variant.applicability or careful
    when = variant.when if variant.when is not None else concept.when
    return replace(
        variant,
        applicability="" if applicability == known.applicability else applicability,
        when=when if when is not None and when != known.when else None,
    )


def _inner(lines: list[str], known: Concept) -> str:
    """Margin of the keys of an entry."""
    return " " * (_indent(lines[known.line - 1]) + 2)


def _insertion(
    lines: list[str], known: Concept, key: str, items: list[list[str]]
) -> tuple[int, list[str]]:
    """Index at which lines for new items go in, and those lines."""
    end = _entry_end(lines, known.line)
    inner = _inner(lines, known)
    at = next((i for i in range(known.line, end) if lines[i].startswith(f"{inner}{key}:")), None)
    if at is None:
        return end, [f"{inner}{key}:", *(f"{inner}  {line}" for item in items for line in item)]
    if re.match(r" *\w+:[ \t]*\[", lines[at]):
        flow = ", ".join(_flow(item) for item in items)
        comma = "" if re.match(r" *\w+:[ \t]*\[[ \t]*\]", lines[at]) else ", "
        text = lines[at].rstrip("\r\n").replace("[", f"[{flow}{comma}", 1)
        del lines[at]
        return at, [text]
    below = (li for li in lines[at + 1 : end] if li.lstrip().startswith("- "))
    margin = " " * _indent(next(below, f"{inner}  - "))
    return at + 1, [f"{margin}{line}" for item in items for line in item]


def _flow(item: list[str]) -> str:
    """A list item as it stands in brackets."""
    lines = [item[0].removeprefix("- "), *(line.strip() for line in item[1:])]
    if len(lines) == 1 and not lines[0].startswith("form:"):
        return _quoted(lines[0])
    pairs = (line.partition(": ") for line in lines)
    return "{" + ", ".join(f"{key}: {_quoted(value)}" for key, _, value in pairs) + "}"


def _quoted(text: str) -> str:
    """A scalar that may hold a comma, which would end it in brackets."""
    plain = "," in text and text[0] not in '"{'
    return json.dumps(text, ensure_ascii=False) if plain else text


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _entry_end(lines: list[str], start: int) -> int:
    """Index of the line after the entry that begins on the 1-based line `start`."""
    indent = _indent(lines[start - 1])
    end = start
    for i in range(start, len(lines)):
        stripped = lines[i].strip()
        if not stripped or stripped.startswith("#"):
            continue
        if _indent(lines[i]) <= indent:
            break
        end = i + 1
    return end


def _write_checked(path: Path, new: str, concept: Concept, others: tuple[Path, ...]) -> None:
    """Writes the file, unless the entry would be wrong in it."""
    from unspin.staging import write_atomic

    problems = [p for p in lint_files([path], others, texts={path: new}) if p.severity == ERROR]
    wrong = [p for p in problems if _concerns(path, new, p.line, concept)]
    if wrong:
        raise GlossaryError(f"{wrong[0]}. The entry was not added")
    write_atomic(path, new.encode("utf-8"))


def _concerns(path: Path, text: str, line: int, concept: Concept) -> bool:
    """Whether a line of a file that is to be written belongs to an entry."""
    try:
        found = [c for c in read_file(path, text).concepts if c.key == concept.key]
    except GlossaryError:
        return True  # the entry cannot even be read
    lines = text.splitlines(keepends=True)
    return any(c.line <= line <= _entry_end(lines, c.line) for c in found)
