"""What all benches read: the development data beside the checkout."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SHARED = Path(os.environ.get("UNSPIN_SHARED", Path(__file__).resolve().parents[2] / "shared"))


def records(path: Path) -> Iterator[dict[str, Any]]:
    """Records of a JSON Lines file, gzipped or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def kept(identifier: str) -> bool:
    """Whether a document belongs to the kept tenth: nothing is trained or tuned on it."""
    return hashlib.sha256(identifier.encode()).digest()[0] % 10 == 0


def documents(*sources: str, keep: bool = True) -> Iterator[dict[str, Any]]:
    """Corpus documents of some sources (all of them when none is named), kept or not."""
    for path in sorted((SHARED / "corpus").glob("*.jsonl.gz")):
        if not sources or path.name.removesuffix(".jsonl.gz") in sources:
            for record in records(path):
                if kept(record["id"]) == keep:
                    yield record
