"""A compact table of how often words, pairs and triples occur in clean medical text.

Counts are kept as logarithms in four bits beside a fingerprint of twelve: two bytes per entry in
one hash table, some four million slots. A lookup of something that never occurred answers
wrongly in about one of a thousand cases, always with a low count; nothing else is approximate.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
WORD_OR_STOP = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?|\d+(?:[.,]\d+)*|[^\w\s]|\n+")
STOP = "#"  # any punctuation and line end: sentences and clauses do not run on
NUMBER = "0"
PROBES = 8  # slots that an entry may lie in
LOG_BASE = 2.0
_FINGERPRINT_BITS = 12
_MIX = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)  # odd, from xxHash


def units(text: str) -> list[tuple[int, int, str]]:
    """Split a text into (start, end, folded word); punctuation and line ends give stops."""
    found = []
    for match in WORD_OR_STOP.finditer(text):
        token = match.group()
        if token[0].isalpha():
            folded = token.lower().replace("’", "'")
        else:
            folded = NUMBER if token[0].isdigit() else STOP
        if folded == STOP and token == "-":
            continue  # a compound reads as its parts
        found.append((match.start(), match.end(), folded))
    return found


@lru_cache(maxsize=300_000)
def word_hash(word: str) -> int:
    """Give a stable 64-bit hash of a folded word."""
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little")


def hashes(words: Sequence[str]) -> Array:
    """Give the hashes of a list of folded words."""
    return np.fromiter(map(word_hash, words), dtype=np.uint64, count=len(words))


def hash_grid(
    sequences: Sequence[Sequence[str]], hash_of: Callable[[str], int] = word_hash
) -> tuple[Array, Array]:
    """Give hashes of sequences of words, a row each, and where there is a word; 0 elsewhere."""
    lengths = np.fromiter(map(len, sequences), dtype=np.int64, count=len(sequences))
    filled = np.arange(lengths.max(initial=0)) < lengths[:, None]
    grid = np.zeros(filled.shape, dtype=np.uint64)
    words = map(hash_of, chain.from_iterable(sequences))
    grid[filled] = np.fromiter(words, dtype=np.uint64, count=int(lengths.sum()))
    return grid, filled


def combine(parts: Sequence[Array]) -> Array:
    """Mix the hashes of the words of n-grams, position by position; the order of words counts."""
    with np.errstate(over="ignore"):
        mixed = np.zeros_like(parts[0]) + np.uint64(len(parts))
        for part, factor in zip(parts, _MIX, strict=False):
            mixed = (mixed ^ part) * np.uint64(factor)
            mixed ^= mixed >> np.uint64(29)
    return mixed


class NgramTable:
    """Read-only hash table of n-gram counts.

    Args:
        slots: uint16 array whose length is a power of two: fingerprint << 4 | log count.
        words: Words counted in all.
    """

    def __init__(self, slots: Array, words: int) -> None:
        self._slots = slots
        self.words = words
        self._bits = int(slots.size).bit_length() - 1

    @classmethod
    def load(cls, path: Path) -> NgramTable:
        """Read a table from ``.npz``."""
        with np.load(path) as data:
            return cls(data["slots"], int(data["words"]))

    def save(self, path: Path) -> None:
        """Write the table to ``.npz``."""
        np.savez_compressed(path, slots=self._slots, words=np.int64(self.words))

    def log_counts(self, keys: Array) -> Array:
        """Give log2(count + 1), rounded, of n-grams by their hashes; 0 where never seen."""
        place, fingerprint = _split(keys, self._bits)
        found = np.zeros(keys.shape, dtype=np.float32)
        for probe in range(PROBES):
            slot = self._slots[(place + np.uint64(probe)) & np.uint64(self._slots.size - 1)]
            hit = (slot >> 4) == fingerprint
            found = np.where(hit & (found == 0), (slot & 15).astype(np.float32), found)
        return found

    def counts_of(self, words: Sequence[str]) -> float:
        """Give log2(count + 1) of one word, pair or triple."""
        parts = [hashes([w]) for w in words]
        return float(self.log_counts(combine(parts))[0])


def _split(keys: Array, bits: int) -> tuple[Array, Array]:
    place = keys & np.uint64((1 << bits) - 1)
    fingerprint = (keys >> np.uint64(64 - _FINGERPRINT_BITS)).astype(np.uint16)
    return place, np.maximum(fingerprint, 1)


def build(
    texts: Iterable[str],
    bits: int = 22,
    minimum: tuple[int, int, int] = (1, 2, 3),
    flush: int = 3_000_000,
) -> NgramTable:
    """Count words, pairs and triples of clean text.

    Args:
        texts: The texts.
        bits: Logarithm of the number of slots.
        minimum: Least count of a word, a pair and a triple to be kept.
        flush: Words counted at once in memory.
    """
    totals: list[list[tuple[Array, Array]]] = [[], [], []]
    waiting: list[Array] = []
    size = words = 0
    for text in texts:
        part = hashes([*(w for _, _, w in units(text)), STOP])
        waiting.append(part)
        size += part.size
        if size > flush:
            words += _count(waiting, totals)
            waiting, size = [], 0
    words += _count(waiting, totals)
    slots = np.zeros(1 << bits, dtype=np.uint16)
    for order, least in enumerate(minimum):
        keys, counts = _merge(totals[order])
        wanted = counts >= least
        _insert(slots, keys[wanted], counts[wanted])
    return NgramTable(slots, words)


def _count(waiting: list[Array], totals: list[list[tuple[Array, Array]]]) -> int:
    if not waiting:
        return 0
    stream = np.concatenate(waiting)
    for order in range(3):
        parts = [stream[i : stream.size - order + i] for i in range(order + 1)]
        keys, counts = np.unique(combine(parts), return_counts=True)
        totals[order].append((keys, counts))
        if len(totals[order]) > 3:
            totals[order] = [_merge(totals[order])]
    return int(stream.size)


def _merge(found: list[tuple[Array, Array]]) -> tuple[Array, Array]:
    keys = np.concatenate([k for k, _ in found])
    counts = np.concatenate([c for _, c in found])
    unique, inverse = np.unique(keys, return_inverse=True)
    return unique, np.bincount(inverse, weights=counts).astype(np.int64)


def _insert(slots: Array, keys: Array, counts: Array) -> None:
    """Put entries into free slots, the frequent first; what finds no slot is dropped."""
    order = np.argsort(-counts, kind="stable")
    keys, counts = keys[order], counts[order]
    levels = np.minimum(np.round(np.log(counts + 1) / np.log(LOG_BASE)), 15).astype(np.uint16)
    bits = int(slots.size).bit_length() - 1
    place, fingerprint = _split(keys, bits)
    left = np.arange(keys.size)
    for probe in range(PROBES):
        wanted = (place[left] + np.uint64(probe)) & np.uint64(slots.size - 1)
        free = slots[wanted] == 0
        chosen, first = np.unique(wanted[free], return_index=True)
        taken = left[free][first]
        slots[chosen] = (fingerprint[taken] << np.uint16(4)) | np.maximum(levels[taken], 1)
        left = np.setdiff1d(left, taken, assume_unique=True)
        if left.size == 0:
            break
