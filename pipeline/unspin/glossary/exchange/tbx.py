"""TBX (ISO 30042): concept entries with the administrative status of each term.

Version 3 in the style DCA, dialect TBX-Basic, is written; the style DCT, whose elements bear the
names of data categories, and version 2 (``martif``) are read, too.
Spun forms are deprecated terms with a note that says so, for tools that know no such thing; parts
of speech that TBX-Basic does not know are written as ``other`` with a note.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import starmap
from pathlib import Path
from typing import Any, cast

from unspin.errors import GlossaryError
from unspin.glossary.concept import APPLICABILITIES, POS, Concept, Variant, When
from unspin.glossary.exchange import (
    Explained,
    Imported,
    form_reason,
    no_place_for_off,
    text_reason,
)
from unspin.glossary.exchange.joining import joined
from unspin.glossary.expand import options
from unspin.glossary.writing import when_dict, when_from

_PREFERRED = "preferredTerm-admn-sts"
_ADMITTED = "admittedTerm-admn-sts"
_DEPRECATED = "deprecatedTerm-admn-sts"
#: Statuses of TBX, and short ones that tools write, by what they mean here ("": a good name).
_STATUS = {
    "": "", "standardizedTerm": "", "legalTerm": "", "regulatedTerm": "",
    _PREFERRED: "canonical", "preferredTerm": "canonical", "preferred": "canonical",
    _ADMITTED: "admitted", "admittedTerm": "admitted", "admitted": "admitted",
    _DEPRECATED: "deprecated", "deprecatedTerm": "deprecated", "deprecated": "deprecated",
    "supersededTerm-admn-sts": "deprecated", "supersededTerm": "deprecated",
    "superseded": "deprecated",
    "approved": "", "allowed": "", "forbidden": "deprecated", "prohibited": "deprecated",
}  # fmt: skip
_STATUS_OF = {name.casefold(): meaning for name, meaning in _STATUS.items()}
#: Data categories of a term that are read; in the style DCT they are elements.
_CATEGORIES = ("administrativeStatus", "normativeAuthorization", "partOfSpeech")
#: What tools call a status of their own; overlooked, it would make a good name of a forbidden one.
_OWN_STATUS = re.compile(r"(?!process).*status|forbidden", re.IGNORECASE)
_YES = ("true", "yes", "1")
#: Begins the note of a spun form; JSON with its applicability and condition follows.
_SPUN_NOTE = "unspin:spun"
#: Begins the note of a part of speech that TBX-Basic has no name for.
_POS_NOTE = "unspin:pos"
#: The note of a preferred term whose entry adds to one of the glossary below.
_EXTEND_NOTE = "unspin:extend"
#: Parts of speech in TBX-Basic, which allows no others.
_TO_POS = {
    "noun": "noun", "verb": "verb", "adjective": "adjective", "adverb": "adverb",
    "name": "properNoun",
}  # fmt: skip
_FROM_POS = {v: k for k, v in _TO_POS.items()}
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NAMESPACE = "urn:iso:std:iso:30042:ed-2"


def write_tbx(path: Path, concepts: Sequence[Concept], off: Sequence[str] = ()) -> list[Explained]:
    """Writes concepts; examples, fine sentences, families and proximity forms have no place."""
    from lxml import etree

    from unspin.staging import write_atomic

    root = etree.Element(
        f"{{{_NAMESPACE}}}tbx",
        {"type": "TBX-Basic", "style": "dca", _XML_LANG: "en"},
        nsmap=cast(Any, {None: _NAMESPACE}),
    )

    def add(parent: Any, name: str, text: str | None = None, **attributes: str) -> Any:
        node = etree.SubElement(parent, f"{{{_NAMESPACE}}}{name}", attributes)
        node.text = text
        return node

    header = add(add(root, "tbxHeader"), "fileDesc")
    add(add(header, "sourceDesc"), "p", "unspin glossary")
    body = add(add(root, "text"), "body")
    explained = no_place_for_off(path, off, "TBX")
    concepts = joined(concepts)
    for i, concept in enumerate(concepts, 1):
        entry = add(body, "conceptEntry", id=f"c{i}")
        if concept.field:
            add(entry, "descrip", concept.field, type="subjectField")
        if concept.source:
            if re.match(r"https?://\S+$", concept.source):
                add(entry, "xref", concept.source, type="externalCrossReference",
                    target=concept.source)  # fmt: skip
            else:
                add(entry, "admin", concept.source, type="source")
        if concept.note:
            add(entry, "note", concept.note)
        section = add(entry, "langSec")
        section.set(_XML_LANG, "en")
        for text, status, note in _terms(concept, explained):
            term = add(section, "termSec")
            add(term, "term", text)
            add(term, "termNote", status, type="administrativeStatus")
            add(term, "termNote", _TO_POS.get(concept.pos, "other"), type="partOfSpeech")
            own = "" if concept.pos in _TO_POS else f"{_POS_NOTE} {concept.pos}"
            extends = concept.extend and status == _PREFERRED
            for line in (note, own, _EXTEND_NOTE if extends else ""):
                if line:
                    add(term, "note", line)
    if any(c.examples or c.fine or c.families for c in concepts):
        what = "examples, fine sentences and families"
        explained.append(Explained(str(path), what, "TBX has no place for them"))
    write_atomic(
        path, etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8")
    )
    return explained


def _terms(concept: Concept, explained: list[Explained]) -> Iterator[tuple[str, str, str]]:
    """``(term, status, note)`` of every name, templates written out."""
    note = f"unspin:number {concept.number}" if concept.number != "both" else ""
    yield concept.canonical, _PREFERRED, note
    for name in concept.admitted:
        yield name, _ADMITTED, ""
    for spun, variants in ((False, concept.deprecated), (True, concept.spun)):
        for variant in variants:
            if variant.within:
                explained.append(
                    Explained(concept.canonical, variant.template, "TBX knows no word distance")
                )
                continue
            when = variant.when if variant.when is not None or not spun else concept.when
            rest: dict[str, Any] = {}
            if spun:
                rest["applicability"] = variant.applicability or concept.applicability
            elif variant.applicability:
                rest["applicability"] = variant.applicability
            if when is not None:
                rest["when"] = when_dict(when)
            head = _SPUN_NOTE if spun else "unspin:deprecated" if rest else ""
            note = f"{head} {json.dumps(rest, sort_keys=True)}" if head else ""
            for text in options(variant.template, dict(concept.words)):
                yield text, _DEPRECATED, note


def read_tbx(path: Path) -> Imported:
    """Reads the English terms of a TBX file.

    Raises:
        GlossaryError: It is no TBX.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.parse(str(path), parser).getroot()
    except etree.XMLSyntaxError as error:
        line = error.position[0] if error.position else 0
        raise GlossaryError(f"{path}:{line}: is not valid XML: {error.msg}; correct it") from error
    if _local(root) not in ("tbx", "martif"):
        raise GlossaryError(f"{path}:1: is no TBX; its root must be tbx or martif")
    concepts: list[Concept] = []
    explained: list[Explained] = []
    rows = 0
    for entry in _named(root, "conceptEntry", "termEntry"):
        names = []
        for name in _read_terms(entry):
            rows += 1
            reason = text_reason(name[0]) or _status_reason(name[1])
            reason = reason or (form_reason(name[0]) if name[1] == "deprecated" else "")
            if reason:
                explained.append(Explained(f"{path}:{entry.sourceline}", name[0], reason))
            else:
                names.append(name)
        concept = _concept(entry, names)
        if isinstance(concept, str):
            text = names[0][0] if names else entry.get("id", "")
            explained.append(Explained(f"{path}:{entry.sourceline}", text, concept))
        else:
            concepts.append(concept)
    return Imported(tuple(concepts), tuple(explained), rows)


def _local(node: Any) -> str:
    return str(node.tag).rpartition("}")[2]


def _named(node: Any, *names: str) -> Iterator[Any]:
    return (n for n in node.iter() if isinstance(n.tag, str) and _local(n) in names)


def _read_terms(entry: Any) -> Iterator[tuple[str, str, str, str]]:
    """``(term, status, part of speech, note)`` of the English terms of an entry."""
    for section in _named(entry, "langSec", "langSet"):
        if not (section.get(_XML_LANG) or section.get("lang") or "en").lower().startswith("en"):
            continue
        for group in _named(section, "termSec", "tig", "ntig"):
            text = next((_text(n) for n in _named(group, "term")), "")
            said = _named(group, "termNote", "descrip", "admin")
            notes = {n.get("type") or "": _text(n) for n in said}
            notes |= {_local(n): _text(n) for n in _named(group, *_CATEGORIES)}
            lines = [_text(n) for n in _named(group, "note")]
            own = next((li for li in lines if li.startswith(_POS_NOTE)), "")
            others = (own, _EXTEND_NOTE)
            note = next((li for li in lines if li.startswith("unspin:") and li not in others), "")
            pos = notes.get("partOfSpeech", "")
            pos = own.removeprefix(_POS_NOTE).strip() or _FROM_POS.get(pos, pos)
            status = notes.get("administrativeStatus") or notes.get("normativeAuthorization") or ""
            status = status or next(filter(None, starmap(_own_status, notes.items())), "")
            if text:
                yield text, _STATUS_OF.get(status.casefold(), f"?{status}"), pos, note


def _own_status(name: str, value: str) -> str:
    """The status in a note of a tool's own; empty where it says none."""
    if not _OWN_STATUS.fullmatch(name):
        return ""
    if name.casefold() == "forbidden":
        return name if value.casefold() in _YES else ""
    return value


def _text(node: Any) -> str:
    """What an element says, with that of elements inside it (``hi``), white space folded."""
    return " ".join(str(node.xpath("string()")).split())


def _status_reason(status: str) -> str:
    """Why a term of this status is not taken: what it means decides what is done to texts."""
    if not status.startswith("?"):
        return ""
    known = ", ".join((_PREFERRED, _ADMITTED, _DEPRECATED))
    return f"its status is {status[1:]!r}; write one of {known}"


def _concept(entry: Any, names: list[tuple[str, str, str, str]]) -> Concept | str:
    """The concept of an entry, or why it is none."""
    if not names:
        return "no English term"
    first = next((n for n in names if n[1] == "canonical"), None)
    if first is None:
        first = next((n for n in names if n[1] in ("", "admitted")), None)
    if first is None:
        return "no preferred term: give one the status preferredTerm-admn-sts"
    groups: dict[str, list[Variant]] = {"deprecated": [], "spun": []}
    admitted = []
    for text, status, _, note in names:
        if text == first[0]:
            continue
        if status == "deprecated":
            head, _, rest = note.partition(" ")
            cut = head == _SPUN_NOTE and not rest.startswith("{")
            said = ("editor", None) if cut else _said(rest if head.startswith("unspin:") else "")
            variant = Variant(text, *said)
            groups["spun" if head == _SPUN_NOTE else "deprecated"].append(variant)
        elif text not in admitted:
            admitted.append(text)
    fields = [_text(n) for n in _named(entry, "descrip") if n.get("type") == "subjectField"]
    fields += map(_text, _named(entry, "subjectField"))
    sources = [
        _text(n) or n.get("target") or "" for n in _named(entry, "xref", "externalCrossReference")
    ]
    sources += [_text(n) for n in _named(entry, "admin") if n.get("type") == "source"]
    sources += map(_text, _named(entry, "source"))
    remarks = [_text(n) for n in entry if isinstance(n.tag, str) and _local(n) == "note"]
    return Concept(
        canonical=first[0],
        pos=first[2] if first[2] in POS else "noun",
        number="invariant" if first[3] == "unspin:number invariant" else "both",
        admitted=tuple(admitted),
        deprecated=tuple(groups["deprecated"]),
        spun=tuple(groups["spun"]),
        source=sources[0] if sources else "",
        extend=any(_text(n) == _EXTEND_NOTE for n in _named(entry, "note")),
        field=fields[0] if fields else "",
        note=" ".join(" ".join(remarks).split()),
    )


def _said(note: str) -> tuple[str, When | None]:
    """Applicability and condition in a note; one that cannot be read leaves the form to an editor.

    Taking such a form for safe would drop the condition that somebody once gave it.
    """
    if not note.startswith("{"):
        return "", None
    try:
        data = json.loads(note)
        applicability, when = data.get("applicability", ""), when_from(data.get("when"))
    except ValueError:
        return "editor", None
    return (applicability if applicability in ("", *APPLICABILITIES) else "editor"), when
