"""CSV: one row for each name, example and fine sentence; nothing is lost on the way there and back.

Columns: ``concept, pos, number, status, text, good, applicability, when, within, source, families,
field, note, extend``. `status` is canonical, admitted, deprecated, spun, example, fine or off (a
term of the glossary below that is switched off); `when` is JSON; `extend` is true where an entry
adds to one of the glossary below. A plain list of two columns, ``concept,text``, is read as spun
forms. What spreadsheets make of it is read, too: semicolons or tabs between cells, a first line
``sep=;``, rows without a word, capitals in the names of columns and in statuses.
"""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from unspin.errors import GlossaryError
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
from unspin.glossary.exchange.joining import joined, with_lists
from unspin.glossary.writing import when_dict, when_from

COLUMNS = (
    "concept", "pos", "number", "status", "text", "good", "applicability", "when", "within",
    "source", "families", "field", "note", "extend",
)  # fmt: skip
_STATUSES = ("canonical", "admitted", "deprecated", "spun", "example", "fine", "off")
#: What spreadsheets and people write for yes and no.
_FLAGS = {"true": True, "yes": True, "1": True, "x": True, "": False, "false": False, "no": False,
          "0": False}  # fmt: skip
#: Columns whose values are names of ours: capitals, which spreadsheets like to give, say nothing.
_NAMES = ("pos", "number", "status", "applicability", "extend")


def csv_text(concepts: Sequence[Concept], off: Sequence[str] = ()) -> str:
    """Concepts as CSV, and terms that are switched off."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for concept in joined(concepts):
        writer.writerows(_rows(concept))
    writer.writerows({"concept": term, "status": "off", "text": term} for term in off)
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
        "extend": "true" if concept.extend else "",
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


def write_csv(path: Path, concepts: Sequence[Concept], off: Sequence[str] = ()) -> list[Explained]:
    """Writes concepts; CSV can say everything."""
    from unspin.staging import write_atomic

    write_atomic(path, csv_text(concepts, off).encode("utf-8"))
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
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv_rows(path, file)
        at, head = next(lines, (1, []))
        names = _header(path, at, head)
        for line, cells in lines:
            row = _Row(line, _by_name(names, cells))
            rows += 1
            reason = _row_reason(row)
            if reason:
                explained.append(_explained(path, row, reason))
            else:
                good.append(row)
    found: dict[tuple[str, str], _Entry] = {}
    off = dict.fromkeys(row["concept"] for row in good if row["status"] == "off")
    good = [row for row in good if row["status"] != "off"]
    known = _parts_of_speech(good)
    for row in good:
        reason = _take(found, row, known[row.term])
        if reason:
            explained.append(_explained(path, row, reason))
    for entry in found.values():
        explained += (_explained(path, row, reason) for row, reason in _beside(entry))
    explained.sort(key=lambda e: int(e.place.rpartition(":")[2]))
    others = (cell.strip() for cell, name in zip(head, names, strict=True) if name not in COLUMNS)
    why = f"is no column that a glossary has; the columns are {', '.join(COLUMNS)}"
    ignored = tuple(Explained(f"{path}:{at}", other, why) for other in others if other)
    concepts = tuple(e.concept() for e in found.values())
    return Imported(concepts, tuple(explained), rows, ignored, tuple(off))


def _explained(path: Path, row: _Row, reason: str) -> Explained:
    return Explained(f"{path}:{row.line}", " ".join(row["text"].split()), reason)


def _header(path: Path, line: int, cells: Sequence[str]) -> list[str]:
    """Names of the columns.

    Raises:
        GlossaryError: Those that are needed are not among them, or one is mistyped or there twice.
    """
    names = [c.strip().casefold() for c in cells]
    for name in names:
        near = get_close_matches(name, COLUMNS, n=1, cutoff=0.8)
        if name not in COLUMNS and near:  # passed over, it would change what the rows say
            raise GlossaryError(f"{path}:{line}: no column {name!r}; did you mean {near[0]!r}?")
        if name and names.count(name) > 1:
            raise GlossaryError(f"{path}:{line}: the column {name} stands twice; remove one")
    if not {"concept", "text"} <= set(names):
        raise GlossaryError(
            f"{path}:{line}: needs the columns concept and text (found: {', '.join(cells)}); "
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
    if row["extend"] not in _FLAGS:
        return f"extend is {row['extend']!r}; true or false"
    return _cell_reason(row)


def _cell_reason(row: _Row) -> str:
    """Why the cells of a row do not fit its status; empty where they do."""
    names = [row["concept"], *([] if row["status"] in ("example", "fine") else [row["text"]])]
    if any(map(_broken, names)):
        return "a name may not hold a line break; is a quote not closed?"
    named = " ".join(row["text"].split()).casefold() == row.term
    if row["status"] == "canonical" and not named:
        return f"a canonical row names its concept as text; write {row['concept']!r} or admitted"
    if row["status"] == "off" and not named:
        return f"a row that switches a concept off names it as text; write {row['concept']!r}"
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
    try:
        return when_from(json.loads(row["when"])) if row["when"] else None
    except json.JSONDecodeError as error:
        raise ValueError('it must be JSON such as {"before": ["of"]}') from error


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
_WHOLE = ("number", "source", "families", "note", "extend")


def _value(row: _Row, name: str) -> str | bool | tuple[str, ...]:
    """What a cell says of a concept."""
    if name == "extend":
        return _FLAGS[row[name]]
    return tuple(row[name].split()) if name == "families" else row[name]


def _beside(entry: _Entry) -> Iterator[tuple[_Row, str]]:
    """Takes what rows of names say of their concept; those that say what is not taken, and why."""
    for row in entry.rows:
        for name in _WHOLE:
            value = _value(row, name)
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
    values: dict[str, Any] = {"when": _when(row)}
    values |= {name: _value(row, name) for name in (*_WHOLE, "applicability", "field")}
    values = {name: value for name, value in values.items() if value not in ("", None, (), False)}
    for name, value in values.items():
        if entry.said.get(name, value) != value:
            line = entry.said_at[name]
            return f"{name} is {row[name]!r}, but line {line} says otherwise; keep one of them"
    entry.said |= values
    entry.said_at = {**dict.fromkeys(values, row.line), **entry.said_at}
    return ""
