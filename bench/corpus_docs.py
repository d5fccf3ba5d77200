"""Reads the clean corpus beside the checkout, split into the kept tenth and the rest."""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "pipeline"))
SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
#: Sources of consumer and encyclopedia text on which clean figures are measured.
CLEAN_SOURCES = ("medquad-ninds", "medquad-niddk", "wikipedia-diseases")
#: Documents of a clean measurement.
CLEAN_DOCUMENTS = 200


def kept(name: str) -> bool:
    """Whether a document belongs to the kept tenth, on which nothing is tuned."""
    return hashlib.sha256(name.encode()).digest()[0] % 10 == 0


def documents(sources: tuple[str, ...], *, keep: bool) -> Iterator[dict[str, str]]:
    """Documents of some sources, of the kept tenth or of the rest.

    Args:
        sources: Names such as ``"medquad-ninds"``.
        keep: True for the kept tenth.
    """
    for source in sources:
        path = SHARED / "corpus" / f"{source}.jsonl.gz"
        if not path.is_file():
            sys.exit(f"{path} is missing: this measurement needs the development data")
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                document = json.loads(line)
                if kept(document["id"]) is keep:
                    yield document


def clean_sample() -> list[dict[str, str]]:
    """The kept documents of a clean measurement: 200 of them, longest first within a source."""
    found = list(documents(CLEAN_SOURCES, keep=True))
    small = [d for d in found if not d["source"].startswith("wikipedia")]
    rest = sorted(
        (d for d in found if d["source"].startswith("wikipedia")),
        key=lambda d: hashlib.sha256(d["id"].encode()).hexdigest(),
    )
    return (small + rest)[:CLEAN_DOCUMENTS]
