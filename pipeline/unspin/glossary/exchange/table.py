"""CSV: one row for each name, example and fine sentence; nothing is lost on the way there and back.

Columns: ``concept, pos, number, status, text, good, applicability, when, within, source, families,
field, note``. `status` is canonical, admitted, deprecated, spun, example or fine; `when` is JSON.
A plain list of two columns, ``concept,text``, is read as spun forms. What spreadsheets make of it
is read, too: semicolons or tabs between cells, capitals in the names of columns and in statuses.
"""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from unspin.errors import GlossaryError
from unspin.glossary.compiling import with_defaults
from unspin.glossary.concept import (
    APPLICABILITIES,
    NUMBERS,
    POS,
    Concept,
    Example,
    Variant,
    When,
)
from unspin.glossary.exchange import Explained, Imported, csv_rows, form_reason, text_reason
from unspin.glossary.writing import when_dict, when_from

COLUMNS = (
    "concept", "pos", "number", "status", "text", "good", "applicability", "when", "within",
    "source", "families", "field", "note",
)  # fmt: skip
_STATUSES = ("canonical", "admitted", "deprecated", "spun", "example", "fine")
_SEPARATORS = (",", ";", "\t")
#: Columns whose values are names of ours: capitals, which spreadsheets like to give, say nothing.
_NAMES = ("pos", "number", "status", "applicability")


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
        # Of a spun form the canonical row tells; a deprecated one is safe where nothing is said.
        usual = "safe" if status == "deprecated" else ""
        for variant in variants:
            yield {
                **base,
                "status": status,
                "text": with_lists(variant.template, concept),
                "applicability": variant.applicability or usual,
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
    spun = tuple(with_defaults(v, concept) for v in concept.spun)
    return (r for r in _rows(replace(concept, spun=spun)) if r["status"] != "canonical")


def with_lists(template: str, concept: Concept) -> str:
    """A template with the file's lists written out."""
    for name, words in concept.words:
        template = template.replace("{@" + name + "}", "{" + "|".join(words) + "}")
    return template


def write_csv(path: Path, concepts: Sequence[Concept]) -> list[Explained]:
    """Writes concepts; CSV can say everything."""
    from unspin.running.files import write_atomic

    write_atomic(path, csv_text(concepts).encode("utf-8"))
    return []


@dataclass(frozen=True, slots=True)
class _Row:
    """A row with its line and its cells by the names of their columns."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    @property
    def term(self) -> str:
        """What makes spellings of a canonical term the same."""
        return self["concept"].casefold()


@dataclass
class _Entry:
    """A concept while its rows are read."""

    canonical: str
    pos: str
    said: dict[str, Any] = field(default_factory=dict)
    said_at: dict[str, int] = field(default_factory=dict)
    lists: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    rows: list[_Row] = field(default_factory=list)

    def concept(self) -> Concept:
        """The concept; without a word of it, its forms are for people to look at."""
        lists: dict[str, Any] = {name: tuple(values) for name, values in self.lists.items()}
        said = {"applicability": "suggested", **self.said}
        return Concept(self.canonical, self.pos, **lists, **said)


def read_csv(path: Path) -> Imported:
    """Reads concepts.

    Raises:
        GlossaryError: The file has not the columns that are needed, or its quotes do not match.
    """
    explained: list[Explained] = []
    good: list[_Row] = []
    rows = 0
    for row in _rows_of(path):
        rows += 1
        reason = _row_reason(row)
        if reason:
            explained.append(_explained(path, row, reason))
        else:
            good.append(row)
    found: dict[tuple[str, str], _Entry] = {}
    known = _parts_of_speech(good)
    for row in good:
        reason = _take(found, row, known[row.term])
        if reason:
            explained.append(_explained(path, row, reason))
    for entry in found.values():
        explained += (_explained(path, row, reason) for row, reason in _beside(entry))
    explained.sort(key=lambda e: int(e.place.rpartition(":")[2]))
    return Imported(tuple(e.concept() for e in found.values()), tuple(explained), rows)


def _explained(path: Path, row: _Row, reason: str) -> Explained:
    return Explained(f"{path}:{row.line}", " ".join(row["text"].split()), reason)


def _rows_of(path: Path) -> Iterator[_Row]:
    """The rows with the lines that they begin on.

    Raises:
        GlossaryError: The file is no such CSV.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
        file.seek(0)
        rows = csv_rows(path, file, max(_SEPARATORS, key=first.count))
        names = _header(path, next(rows, (1, []))[1])
        for line, cells in rows:
            yield _Row(line, _by_name(names, cells))


def _header(path: Path, cells: Sequence[str]) -> list[str]:
    """Names of the columns.

    Raises:
        GlossaryError: Those that are needed are not among them.
    """
    names = [c.strip().casefold() for c in cells]
    if not {"concept", "text"} <= set(names):
        raise GlossaryError(
            f"{path}:1: needs the columns concept and text (found: {', '.join(cells)}); "
            "name them in the first line"
        )
    return names


def _by_name(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Cells by the names of their columns; what is beyond the last stands under no name."""
    out = dict.fromkeys((*COLUMNS, *names), "")
    out |= {name: cell.strip() for name, cell in zip(names, cells, strict=False)}
    out[""] = " ".join(c.strip() for c in cells[len(names) :]).strip()
    for name in _NAMES:
        out[name] = out[name].lower()
    out["status"] = out["status"] or "spun"
    if not _broken(out["concept"]):
        out["concept"] = " ".join(out["concept"].split())
    return out


def _row_reason(row: _Row) -> str:
    """Why a row cannot stand in a glossary file; empty where it can."""
    if not row["concept"] or not row["text"]:
        return "concept or text is empty"
    if row[""]:
        return f"more cells than columns ({row['']!r}); put cells that hold the separator in quotes"
    if reason := next(filter(None, map(text_reason, row.cells.values())), ""):
        return reason
    for name, allowed in (
        ("status", _STATUSES), ("pos", POS), ("number", NUMBERS),
        ("applicability", APPLICABILITIES),
    ):  # fmt: skip
        if row[name] and row[name] not in allowed:
            return f"{name} is {row[name]!r}; one of {', '.join(allowed)}"
    return _cell_reason(row)


def _cell_reason(row: _Row) -> str:
    """Why the cells of a row do not fit its status; empty where they do."""
    names = [row["concept"], *([] if row["status"] in ("example", "fine") else [row["text"]])]
    if any(map(_broken, names)):
        return "a name may not hold a line break; is a quote not closed?"
    try:
        _when(row)
    except ValueError as error:
        return f"when is no condition: {error}"
    if row["within"] and not row["within"].isdecimal():
        return f"within is {row['within']!r}; a number of words"
    if row["status"] == "example" and not row["good"]:
        return "good is empty: an example needs the restored sentence"
    return form_reason(row["text"]) if row["status"] in ("spun", "deprecated") else ""


def _broken(name: str) -> bool:
    return len(name.splitlines()) > 1


def _when(row: _Row) -> When | None:
    return when_from(json.loads(row["when"])) if row["when"] else None


def _parts_of_speech(rows: Iterable[_Row]) -> dict[str, list[str]]:
    """The parts of speech that rows name for each concept."""
    out: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row["pos"] and row["pos"] not in out[row.term]:
            out[row.term].append(row["pos"])
    return out


def _take(found: dict[tuple[str, str], _Entry], row: _Row, known: Sequence[str]) -> str:
    """Adds a row to its concept; the reason where it cannot."""
    if not row["pos"] and len(known) > 1:
        return f"the concept stands here as {', '.join(known)}; name the one that is meant: pos"
    pos = row["pos"] or (known[0] if known else "noun")
    entry = found.setdefault((row.term, pos), _Entry(row["concept"], pos))
    status, text = row["status"], row["text"]
    if status == "canonical":
        return _say(entry, row)
    entry.rows.append(row)
    if status == "admitted":
        item: Any = text
    elif status == "example":
        item = Example(text, row["good"])
    elif status == "fine":
        item = (text, 0)
    else:
        item = Variant(text, _applicability(row), _when(row), int(row["within"] or 0))
    name = {"example": "examples"}.get(status, status)
    if item not in entry.lists[name]:  # spellings of one concept may hold the same
        entry.lists[name].append(item)
    return ""


#: What is said of a concept as a whole, though lists like to say it beside each name.
_WHOLE = ("number", "source", "families", "note")


def _beside(entry: _Entry) -> Iterator[tuple[_Row, str]]:
    """Takes what rows of names say of their concept; those that say what is not taken, and why."""
    for row in entry.rows:
        for name in _WHOLE:
            value = tuple(row[name].split()) if name == "families" else row[name]
            if value and entry.said.setdefault(name, value) != value:
                yield row, f"{name} is {row[name]!r}, but the concept has another; add it by hand"


def _applicability(row: _Row) -> str:
    """What a form is given of its own; a spun one without has that of its concept."""
    given = row["applicability"]
    if row["status"] == "spun":
        return given
    return {"safe": "", "": "suggested"}.get(given, given)


def _say(entry: _Entry, row: _Row) -> str:
    """Takes what a canonical row says of its concept; the reason where another says otherwise."""
    values: dict[str, Any] = {
        **{name: row[name] for name in ("number", "applicability", "source", "field", "note")},
        "when": _when(row),
        "families": tuple(row["families"].split()),
    }
    values = {name: value for name, value in values.items() if value not in ("", None, ())}
    for name, value in values.items():
        if entry.said.get(name, value) != value:
            line = entry.said_at[name]
            return f"{name} is {row[name]!r}, but line {line} says otherwise; keep one of them"
    entry.said |= values
    entry.said_at = {**dict.fromkeys(values, row.line), **entry.said_at}
    return ""
