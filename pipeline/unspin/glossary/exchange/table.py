"""CSV: one row for each name, example and fine sentence; nothing is lost on the way there and back.

Columns: ``concept, pos, number, status, text, good, applicability, when, within, source, families,
field, note``. `status` is canonical, admitted, deprecated, spun, example or fine; `when` is JSON.
A plain list of two columns, ``concept,text``, is read as spun forms.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from unspin.errors import GlossaryError
from unspin.glossary.concept import APPLICABILITIES, NUMBERS, POS, Concept, Example, Variant, When
from unspin.glossary.exchange import Explained, Imported, form_reason
from unspin.glossary.writing import when_dict, when_from

COLUMNS = (
    "concept", "pos", "number", "status", "text", "good", "applicability", "when", "within",
    "source", "families", "field", "note",
)  # fmt: skip
_STATUSES = ("canonical", "admitted", "deprecated", "spun", "example", "fine")


def csv_text(concepts: Sequence[Concept]) -> str:
    """Concepts as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    seen: set[tuple[str, str]] = set()
    for concept in concepts:
        key = concept.canonical, concept.pos
        writer.writerows(_rows(concept) if key not in seen else _more_rows(concept))
        seen.add(key)
    return out.getvalue()


def _rows(concept: Concept) -> Iterator[dict[str, str]]:
    base = {"concept": concept.canonical, "pos": concept.pos}
    yield {
        **base,
        "number": concept.number,
        "status": "canonical",
        "text": concept.canonical,
        "applicability": concept.applicability,
        "when": "" if concept.when is None else json.dumps(when_dict(concept.when)),
        "source": concept.source,
        "families": " ".join(concept.families),
        "field": concept.field,
        "note": concept.note,
    }
    for term in concept.admitted:
        yield {**base, "status": "admitted", "text": term}
    for status, variants in (("deprecated", concept.deprecated), ("spun", concept.spun)):
        for variant in variants:
            yield {
                **base,
                "status": status,
                "text": with_lists(variant.template, concept),
                "applicability": variant.applicability,
                "when": "" if variant.when is None else json.dumps(when_dict(variant.when)),
                "within": str(variant.within or ""),
            }
    for example in concept.examples:
        yield {**base, "status": "example", "text": example.bad, "good": example.good}
    for sentence, _ in concept.fine:
        yield {**base, "status": "fine", "text": sentence}


def _more_rows(concept: Concept) -> Iterator[dict[str, str]]:
    """Rows of an entry that extends one written before: its defaults stand with each form.

    A second canonical row would change what the forms of the first entry inherit.
    """
    usual = concept.when
    if usual is None:
        usual = When(spun_article=concept.applicability != "safe")
    spun = tuple(
        replace(
            v,
            applicability=v.applicability or concept.applicability,
            when=usual if v.when is None else v.when,
        )
        for v in concept.spun
    )
    return (r for r in _rows(replace(concept, spun=spun)) if r["status"] != "canonical")


def with_lists(template: str, concept: Concept) -> str:
    """A template with the file's lists written out."""
    for name, words in concept.words:
        template = template.replace("{@" + name + "}", "{" + "|".join(words) + "}")
    return template


def write_csv(path: Path, concepts: Sequence[Concept]) -> list[Explained]:
    """Writes concepts; CSV can say everything."""
    path.write_text(csv_text(concepts), encoding="utf-8", newline="")
    return []


def read_csv(path: Path) -> Imported:
    """Reads concepts.

    Raises:
        GlossaryError: The file has not the columns that are needed.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        try:
            return _read(path, reader)
        except csv.Error as error:
            raise GlossaryError(
                f"{path}:{reader.line_num}: is not valid CSV: {error}; correct the line"
            ) from error


def _read(path: Path, reader: csv.DictReader[str]) -> Imported:
    names = reader.fieldnames or []
    if not {"concept", "text"} <= set(names):
        raise GlossaryError(
            f"{path}:1: needs the columns concept and text (found: {', '.join(names)}); "
            "name them in the first line"
        )
    found: dict[tuple[str, str], dict[str, Any]] = {}
    explained: list[Explained] = []
    rows = 0
    for row in reader:
        rows += 1
        reason = _take(found, row)
        if reason:
            explained.append(Explained(f"{path}:{reader.line_num}", row.get("text") or "", reason))
    concepts = tuple(Concept(**{k: _frozen(v) for k, v in e.items()}) for e in found.values())
    return Imported(concepts, tuple(explained), rows)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _take(found: dict[tuple[str, str], dict[str, Any]], row: dict[str, str]) -> str:
    """Adds a row to its concept; the reason where it cannot."""
    get = {k: (v or "").strip() for k, v in row.items() if isinstance(k, str)}.get
    canonical, text = " ".join(get("concept", "").split()), get("text", "")
    status, pos = get("status", "") or "spun", get("pos", "") or "noun"
    applicability, within = get("applicability", ""), get("within", "")
    if not canonical or not text:
        return "concept or text is empty"
    if status not in _STATUSES:
        return f"status is {status!r}; one of {', '.join(_STATUSES)}"
    if pos not in POS or (get("number", "") or "both") not in NUMBERS:
        return f"pos or number is not known: {pos!r}, {get('number', '')!r}"
    if applicability and applicability not in APPLICABILITIES:
        return f"applicability is {applicability!r}; one of {', '.join(APPLICABILITIES)}"
    try:
        when = when_from(json.loads(get("when", ""))) if get("when", "") else None
    except ValueError as error:
        return f"when is no condition: {error}"
    if within and not within.isdecimal():
        return f"within is {within!r}; a number of words"
    if status in ("spun", "deprecated") and (reason := form_reason(text)):
        return reason
    if status == "example" and not get("good", ""):
        return "good is empty: an example needs the restored sentence"
    entry = found.setdefault(
        (canonical, pos),
        {"canonical": canonical, "pos": pos, "admitted": [], "deprecated": [], "spun": [],
         "examples": [], "fine": []},
    )  # fmt: skip
    if status == "canonical":
        entry |= {
            "number": get("number", "") or "both",
            "applicability": applicability or "safe",
            "when": when,
            "source": get("source", ""),
            "families": get("families", "").split(),
            "field": get("field", ""),
            "note": get("note", ""),
        }
    elif status == "admitted":
        entry["admitted"].append(text)
    elif status == "example":
        entry["examples"].append(Example(text, get("good", "")))
    elif status == "fine":
        entry["fine"].append((text, 0))
    else:
        entry[status].append(Variant(text, applicability, when, int(within or 0)))
    return ""
