"""Adding to a glossary file as text, so that comments and layout stay as they are."""

from __future__ import annotations

import os
import re
from pathlib import Path

from unspin.errors import GlossaryError
from unspin.glossary.concept import Concept, Variant
from unspin.glossary.lint import ERROR, lint_files
from unspin.glossary.loader import read_file
from unspin.glossary.writing import entry_lines, file_text, variant_lines


def add_concept(
    path: Path, concept: Concept, title: str = "", others: tuple[Path, ...] = ()
) -> None:
    """Adds an entry to the end of a glossary file, or forms to an entry that is there.

    The file is checked afterwards; where the new entry or its examples are wrong, it stays as it
    was.

    Args:
        path: The file; made where it does not exist.
        concept: The entry. Where the file has one with this canonical term and part of speech,
            its spun and deprecated forms are added to that.
        title: Title of the field, for a new file.
        others: Files that it must fit together with.

    Raises:
        GlossaryError: The file is wrong, or would be with the entry.
    """
    if not path.exists():
        text = file_text(title or path.stem.replace("-", " ").capitalize(), path.stem, [concept])
        _write_checked(path, None, text, concept, others)
        return
    before = path.read_bytes().decode("utf-8")
    known = next((c for c in read_file(path).concepts if c.key == concept.key), None)
    lines = before.splitlines(keepends=True)
    ending = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    if known is None:
        new = _appended(lines, concept, ending)
    else:
        new = _extended(lines, known, concept, ending, path)
    _write_checked(path, before, new, concept, others)


def _appended(lines: list[str], concept: Concept, ending: str) -> str:
    """The file with an entry after its last one."""
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
    """The file with forms added to an entry that is there, before the forms that it has."""
    out = list(lines)
    for key in ("deprecated", "spun"):
        there = {v.template for v in getattr(known, key)}
        variants = [v for v in getattr(concept, key) if v.template not in there]
        if variants:
            at, new = _insertion(out, known, key, variants, path)
            out[at:at] = [line + ending for line in new]
    return "".join(out)


def _insertion(
    lines: list[str], known: Concept, key: str, variants: list[Variant], path: Path
) -> tuple[int, list[str]]:
    """Index at which lines for new forms go in, and those lines."""
    end = _entry_end(lines, known.line)
    inner = " " * (_indent(lines[known.line - 1]) + 2)
    at = next((i for i in range(known.line, end) if lines[i].startswith(f"{inner}{key}:")), None)
    if at is None:
        body = [f"{inner}  {line}" for v in variants for line in variant_lines(v)]
        return end, [f"{inner}{key}:", *body]
    if re.match(r" *\w+: *\[", lines[at]):
        raise GlossaryError(
            f"{path}:{at + 1}: {key} is written in brackets; put its forms on lines of their "
            "own, each with a dash, or add the form by hand"
        )
    items = (li for li in lines[at + 1 : end] if li.lstrip().startswith("- "))
    margin = " " * _indent(next(items, f"{inner}  - "))
    return at + 1, [f"{margin}{line}" for v in variants for line in variant_lines(v)]


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


def _write_checked(
    path: Path, before: str | None, new: str, concept: Concept, others: tuple[Path, ...]
) -> None:
    """Writes the file, and takes it back where the entry is wrong."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(new.encode("utf-8"))
    part.replace(path)
    problems = [p for p in lint_files([path], others) if p.severity == ERROR]
    try:
        wrong = [p for p in problems if _concerns(path, p.line, concept)] if problems else []
    except GlossaryError:
        wrong = problems
    if wrong:
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before.encode("utf-8"))
        raise GlossaryError(f"{wrong[0]}. The entry was not added")


def _concerns(path: Path, line: int, concept: Concept) -> bool:
    """Whether a line of a file belongs to an entry."""
    found = [c for c in read_file(path).concepts if c.key == concept.key]
    text = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return any(c.line <= line <= _entry_end(text, c.line) for c in found)
