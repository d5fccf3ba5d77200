"""How often forms and canonical terms stand in clean medical English.

The shipped table (``data/glossary-counts.tsv.gz``) holds the counts of canonical terms and of all
forms that occur, and for each concept a checksum of the forms that were counted: a form that is
not in the table and whose concept's checksum holds occurs zero times.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from unspin.errors import GlossaryError
from unspin.glossary.compiling import CANONICAL, concept_forms
from unspin.glossary.concept import SPUN, Concept
from unspin.glossary.shadow import Shadow
from unspin.resources import cache_dir, data_path

TABLE = "glossary-counts.tsv.gz"


@dataclass
class Counts:
    """Counts of forms in clean text.

    Args:
        words: Words of the text counted.
        documents: Documents counted.
        table: Occurrences of each form that occurs.
        checksums: Checksum of the forms of each concept that were counted.
    """

    words: int = 0
    documents: int = 0
    table: dict[str, int] = field(default_factory=dict)
    checksums: dict[str, int] = field(default_factory=dict)

    def known(self, concept: Concept) -> bool:
        """Whether all forms of a concept have been counted."""
        return self.checksums.get(_name(concept)) == checksum(concept)

    def __getitem__(self, form: str) -> int:
        return self.table.get(form, 0)

    def save(self, path: Path) -> None:
        """Writes the table, the same bytes for the same counts."""
        lines = [f"#\t{self.words}\t{self.documents}"]
        lines += [f"@{name}\t{value:08x}" for name, value in sorted(self.checksums.items())]
        lines += [f"{form}\t{n}" for form, n in sorted(self.table.items())]
        path.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), 9, mtime=0))


def _name(concept: Concept) -> str:
    return f"{concept.canonical}|{concept.pos}|{concept.field}"


def checksum(concept: Concept) -> int:
    """Checksum of the forms of a concept, whatever their order."""
    texts = sorted({form.text for form in concept_forms(concept)})
    return zlib.crc32("\n".join(texts).encode())


def load_counts(path: Path | None = None) -> Counts:
    """The shipped counts, or an empty table where there is none."""
    path = path or data_path(TABLE)
    counts = Counts()
    if not path.is_file():
        return counts
    for line in gzip.decompress(path.read_bytes()).decode().splitlines():
        key, _, value = line.rpartition("\t")
        if key.startswith("@"):
            counts.checksums[key[1:]] = int(value, 16)
        elif key.startswith("#\t"):
            counts.words, counts.documents = int(key[2:]), int(value)
        else:
            counts.table[key] = int(value)
    return counts


def is_kept(document_id: str) -> bool:
    """Whether a document is of the tenth that nothing is counted on (figures come from it)."""
    return hashlib.sha256(document_id.encode()).digest()[0] % 10 == 0


def documents(corpus: Path, *, kept: bool = False) -> Iterator[tuple[str, str, str]]:
    """``(source, id, text)`` of the corpus' documents: of the kept tenth, or of all others."""
    for path in sorted(corpus.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                data = json.loads(line)
                if is_kept(data["id"]) == kept:
                    yield path.name.removesuffix(".jsonl.gz"), data["id"], data["text"]


def folded_corpus(corpus: Path) -> tuple[str, int, int]:
    """Shadow of the corpus without the kept tenth, its words and documents; kept in the cache.

    Raises:
        GlossaryError: There is no corpus.
    """
    files = sorted(corpus.glob("*.jsonl.gz"))
    if not files:  # nothing counted would read as "stands nowhere in clean text"
        raise GlossaryError(f"{corpus}:0: holds no .jsonl.gz file; name a folder of documents")
    stamp = "|".join(f"{p.name} {p.stat().st_size}" for p in files)
    name = hashlib.sha256(stamp.encode()).hexdigest()[:16]
    path = cache_dir() / "glossary" / f"corpus-{name}.txt"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("w", encoding="utf-8", newline="\n") as out:
            words = number = 0
            for _, _, text in documents(corpus):
                words += len(text.split())
                number += 1
                out.write(Shadow.of(text).text + "\n\n")
            out.write(f"#\t{words}\t{number}")
        part.replace(path)
    text, _, tail = path.read_text(encoding="utf-8").rpartition("#\t")
    words_, documents_ = (int(n) for n in tail.split("\t"))
    return text, words_, documents_


def count_forms(forms: dict[str, bool], text: str) -> Counter[str]:
    """Occurrences of forms on word boundaries.

    Args:
        forms: Each form with whether a hyphen joined to a word counts as a boundary.
        text: A shadow.
    """
    from ahocorasick_rs import AhoCorasick, Implementation

    found: Counter[str] = Counter()
    patterns = sorted(f for f in forms if f)
    if not patterns:
        return found
    size = len(text)
    automaton = AhoCorasick(patterns, implementation=Implementation.ContiguousNFA)
    for i, start, end in automaton.find_matches_as_indexes(text, overlapping=True):
        if (start and text[start - 1].isalnum()) or (end < size and text[end].isalnum()):
            continue
        if not forms[patterns[i]] and (
            (start > 1 and text[start - 1] == "-" and text[start - 2].isalnum())
            or (end + 1 < size and text[end] == "-" and text[end + 1].isalnum())
        ):
            continue
        found[patterns[i]] += 1
    return found


def count_concepts(concepts: Iterable[Concept], corpus: Path) -> Counts:
    """Counts every form of the concepts in the corpus.

    Args:
        concepts: Concepts of any glossary.
        corpus: Folder of ``*.jsonl.gz`` files with the fields ``id`` and ``text``.
    """
    concepts = list(concepts)
    forms: dict[str, bool] = {}
    good: set[str] = set()
    for concept in concepts:
        for form in concept_forms(concept):
            forms[form.text] = forms.get(form.text, False) or form.kind != SPUN
            if form.kind == CANONICAL:
                good.add(form.text)
    text, words, number = folded_corpus(corpus)
    found = count_forms(forms, text)
    table = {f: n for f, n in found.items() if n} | {f: found[f] for f in good}
    return Counts(words, number, table, {_name(c): checksum(c) for c in concepts})
