"""Attested medical terms of two and three words, as a compact set of hashes."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unspin.language.ngrams import combine, hash_grid, word_hash

Array = NDArray[Any]
SIZES = (2, 3)  # words of a term
_TERM = re.compile(r"[a-z]+(?: [a-z]+){1,2}")


class TermTable:
    """Tells whether words next to each other are a term; singular and plural are one.

    Args:
        keys: Upper halves of the terms' hashes, sorted. Of what is no term, one in 70,000 is taken
            for one.
    """

    def __init__(self, keys: Array) -> None:
        self._keys = keys

    @classmethod
    def of(cls, terms: Iterable[str]) -> TermTable:
        """Make a table of written terms; those of one word or of many are left out."""
        written = {" ".join(re.split(r"[\s-]+", t.lower().strip())) for t in terms}
        rows = [t.split(" ") for t in sorted(written) if _TERM.fullmatch(t)]
        keys = [
            _keys(hash_grid([row for row in rows if len(row) == size], _stem_hash)[0], size)
            for size in SIZES
        ]
        return cls(np.unique(np.concatenate([k.ravel() for k in keys])))

    @classmethod
    def load(cls, path: Path) -> TermTable:
        """Read a table from ``.npz``."""
        with np.load(path) as data:
            return cls(data["keys"])

    def save(self, path: Path) -> None:
        """Write the table to ``.npz``."""
        np.savez(path, keys=self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def count(self, sequences: Sequence[Sequence[str]], left: int = 0, right: int = 0) -> Array:
        """Count the terms in sequences of folded words.

        Args:
            sequences: The words.
            left: Words of context at the start: a term must hold a word that is not context.
            right: The same at the end.

        Returns:
            A number per sequence (float32).
        """
        grid, filled = hash_grid(sequences, _stem_hash)
        lengths = filled.sum(axis=1)[:, None]
        found = np.zeros(len(sequences), dtype=np.float32)
        for size in SIZES:
            if grid.shape[1] < size:
                continue
            starts = np.arange(grid.shape[1] - size + 1)[None]
            whole = starts + size <= lengths
            inside = whole & (starts + size > left) & (starts < lengths - right)
            found += (inside & self._known(_keys(grid, size))).sum(axis=1)
        return found

    def covering(self, words: Sequence[str]) -> Array:
        """Give, for each folded word of a text, the number of terms that it is part of."""
        grid, _ = hash_grid([words], _stem_hash)
        found = np.zeros(len(words), dtype=np.float32)
        for size in SIZES:
            if len(words) < size:
                continue
            known = self._known(_keys(grid, size))[0]
            for i in range(size):
                found[i : i + len(known)] += known
        return found

    def _known(self, keys: Array) -> Array:
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        known: Array = self._keys[at] == keys
        return known


def read_terms(folder: Path) -> Iterator[str]:
    """Read the first column of every ``*.tsv.gz`` of a folder."""
    for path in sorted(folder.glob("*.tsv.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield line.rstrip("\n").split("\t")[0]


def _keys(grid: Array, size: int) -> Array:
    parts = [grid[:, i : grid.shape[1] - size + 1 + i] for i in range(size)]
    keys: Array = (combine(parts) >> np.uint64(32)).astype(np.uint32)
    return keys


@lru_cache(maxsize=300_000)
def _stem_hash(word: str) -> int:
    """Give the hash of a folded word, singular and plural alike."""
    plural = len(word) > 3 and word[-1] == "s" and word[-2] != "s"
    return word_hash(word[:-1] if plural else word)
