"""Runs the shipped encoder: text in, evidence per word out. onnxruntime and tokenizers only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unspin.language.ngrams import STOP, NgramTable, combine, hashes, units
from unspin.language.windows import cut_at, equal_windows, text_blocks

Array = NDArray[Any]
WINDOW_PIECES = 256  # the longest in training, with the two marks at the ends
OVERLAP_PIECES = 32  # context that words at a window's edge get from both sides
# Pieces read at once. What a layer works on then stays in the cache of a core (2 MB), which is
# worth a quarter of the speed; the scale of the int8 numbers fits one window better than many, too.
BATCH_PIECES = 256
# On a CPU the fused operator takes several times as long as addition and norm one after the other,
# an eighth of all reading (onnxruntime 1.32).
SLOW_FUSIONS = ["SkipLayerNormFusion"]
DELETED = 1  # piece [unused0], as in training: nothing stood here
PROPOSAL_ROWS = 64  # words whose scores over the vocabulary are held at once (5 MB)
STOP_LOGIT = -12.0  # log odds of what is no word
LEAST_LENGTH = 1e-6  # of an embedding, in divisions
LEAST_SEEN = 3  # log2 of the times that a word must occur in clean text to be proposed
FIRST_WHOLE_WORD = 1996  # [unused] pieces, marks and single letters lie below in BERT vocabularies


_AtWords = tuple[Array, Array, Array]  # log odds, those of the window, vectors; a row per word


@dataclass(frozen=True)
class Reading:
    """What the encoder says of a text, word by word.

    Attributes:
        text: The text.
        words: Folded words, stops among them.
        spans: Code-point offsets, shape (words, 2).
        is_word: False at stops.
        logits: Log odds that the word was replaced; very low at stops.
        window: Log odds that the word's window holds replaced words.
        vectors: Proposal vectors (float16), for :meth:`Encoder.proposals`.
        blocks: Code points with which begins what was read apart from all else.
    """

    text: str
    words: tuple[str, ...]
    spans: Array
    is_word: Array
    logits: Array
    window: Array
    vectors: Array
    blocks: tuple[int, ...]


@dataclass(frozen=True)
class Proposals:
    """What the restoring head says at some places, a row each.

    Attributes:
        ids: Piece ids of whole words, the likeliest first.
        logs: Their log probabilities.
        deleted: Log probability that nothing stood there.
        norms: Log of the sum over all words, for :meth:`Encoder.log_probabilities`.
    """

    ids: Array
    logs: Array
    deleted: Array
    norms: Array


class Encoder:
    """The int8 encoder with its tokenizer and embeddings.

    Args:
        folder: Holds ``encoder.onnx``, ``embeddings.npz`` and ``tokenizer.json``.
        table: Counts of clean text; what hardly occurs in it is never proposed.
        threads: For onnxruntime; 1 keeps batch runs of many processes predictable.
    """

    def __init__(self, folder: Path, table: NgramTable, threads: int = 1) -> None:
        from importlib import import_module

        from tokenizers import Tokenizer

        onnxruntime: Any = import_module("onnxruntime")  # has no types for those who check ours
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = threads
        settings.inter_op_num_threads = 1
        settings.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"),
            settings,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=SLOW_FUSIONS,
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        with np.load(folder / "embeddings.npz") as data:
            self._vectors, self._scales = data["vectors"], data["scales"]
            self._bias = data["bias"]
        self._marks = [self._tokenizer.token_to_id(t) for t in ("[CLS]", "[SEP]")]
        self._pieces = self._whole_words(table)
        self._choices: Array = np.zeros(0, dtype=np.int64)
        self._output: Array = np.zeros((0, 0), dtype=np.float32)
        self._lengths: Array = np.zeros(0, dtype=np.float32)
        self._firsts: dict[str, int] = {}
        self._near: dict[str, list[str]] = {}
        self._units: dict[str, Array | None] = {}

    def _whole_words(self, table: NgramTable) -> list[str]:
        vocabulary = self._tokenizer.get_vocab()
        pieces = [""] * len(vocabulary)
        words = [p for p, i in vocabulary.items() if p.isalpha() and i >= FIRST_WHOLE_WORD]
        for word, seen in zip(words, table.log_counts(combine([hashes(words)])), strict=True):
            if seen >= LEAST_SEEN:
                pieces[vocabulary[word]] = word
        return pieces

    def _embed(self, ids: Array) -> Array:
        embedded: Array = self._vectors[ids].astype(np.float32) * self._scales[ids]
        return embedded

    def read(self, text: str, before: Reading | None = None) -> Reading:
        """Read a text of any length, block by block.

        Args:
            text: The text.
            before: Of the text before some of it was changed: its blocks are not read again.
        """
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        ids = np.array(encoding.ids, dtype=np.int64)
        words = _Words.of(text, encoding.offsets)
        blocks = block_starts(words)
        known = _by_block(before) if before else {}
        parts = []
        for span, (a, b), (first, last) in zip(
            pairwise([*blocks, len(text)]),
            cut_at([a for a, _ in encoding.offsets], blocks),
            cut_at(words.spans[:, 0], blocks),
            strict=True,
        ):
            part = known.get(text[slice(*span)])
            if part is None:
                part = _at_words(words.first[first:last] - a, *self._run(ids[a:b]))
            parts.append(part)
        return words.reading(blocks, *(np.concatenate(c) for c in zip(*parts, strict=True)))

    def _run(self, ids: Array) -> tuple[Array, Array, Array]:
        """Encode the pieces of a block, a long one in overlapping windows.

        Each piece is read where it lies most central.
        """
        width = self._vectors.shape[1]
        logits = np.zeros(len(ids), dtype=np.float32)
        window = np.zeros(len(ids), dtype=np.float32)
        vectors = np.zeros((len(ids), width), dtype=np.float16)
        starts, body = equal_windows(len(ids), WINDOW_PIECES - 2, OVERLAP_PIECES)
        for start in starts:
            by_piece, whole, proposed = self._batch(ids[None, start : start + body])
            left = start + (OVERLAP_PIECES // 2 if start else 0)
            right = min(start + body, len(ids))
            inner = slice(left - start + 1, right - start + 1)
            logits[left:right] = by_piece[0, inner]
            window[left:right] = whole[0]
            vectors[left:right] = proposed[0, inner]
        return logits, window, vectors

    def _batch(self, pieces: Array) -> list[Array]:
        """Encode texts of one length, shape (texts, pieces): padding would cost, and be read."""
        begin, end = (np.full((len(pieces), 1), mark) for mark in self._marks)
        embedded = self._embed(np.concatenate([begin, pieces, end], axis=1))
        outputs: list[Array] = self._session.run(
            ["words", "window", "proposals"], {"embedded": embedded}
        )
        return outputs

    def read_short(self, texts: Sequence[str]) -> list[Reading]:
        """Read texts of one window or less, those of one length together."""
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        by_length: dict[int, list[int]] = {}
        for i, encoding in enumerate(encodings):
            by_length.setdefault(min(len(encoding.ids), WINDOW_PIECES - 2), []).append(i)
        found: dict[int, Reading] = {}
        for length, same in by_length.items():
            size = max(1, BATCH_PIECES // (length + 2))
            for at in range(0, len(same), size):
                chunk = same[at : at + size]
                ids = np.array([encodings[i].ids[:length] for i in chunk], dtype=np.int64)
                logits, window, vectors = self._batch(ids)
                for row, i in enumerate(chunk):
                    words = _Words.of(texts[i], encodings[i].offsets[:length])
                    whole = np.full(length, window[row], dtype=np.float32)
                    outputs = logits[row, 1:-1], whole, vectors[row, 1:-1]
                    found[i] = words.reading((0,), *_at_words(words.first, *outputs))
        return [found[i] for i in range(len(texts))]

    def proposals(self, vectors: Array, count: int) -> Proposals:
        """Give the likeliest whole words as originals at some places.

        Args:
            vectors: Rows of :attr:`Reading.vectors`.
            count: How many.
        """
        self._prepare_output()
        parts = [
            self._propose(vectors[at : at + PROPOSAL_ROWS], count)
            for at in range(0, len(vectors), PROPOSAL_ROWS)
        ]
        return Proposals(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))

    def _prepare_output(self) -> None:
        if self._output.size:  # 30 MB that clean articles do not need
            return
        self._choices = np.array([DELETED, *(i for i, p in enumerate(self._pieces) if p)])
        chosen = self._vectors[self._choices].astype(np.float32) * self._scales[self._choices]
        self._output = chosen.T.copy()
        self._lengths = np.linalg.norm(self._output, axis=0) + LEAST_LENGTH

    def _propose(self, vectors: Array, count: int) -> tuple[Array, Array, Array, Array]:
        scores = vectors.astype(np.float32) @ self._output + self._bias[self._choices]
        top = scores.max(axis=1, keepdims=True)
        norm = top + np.log(np.exp(scores - top).sum(axis=1, keepdims=True))
        best = np.argpartition(scores, -count, axis=1)[:, -count:]
        order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1)
        best = np.take_along_axis(best, order, axis=1)
        logs = np.take_along_axis(scores, best, axis=1) - norm
        return self._choices[best], logs, scores[:, 0] - norm[:, 0], norm[:, 0]

    def log_probabilities(self, vectors: Array, norms: Array, words: Sequence[str]) -> Array:
        """Give log P, by the restoring head, that each word's first piece began the original.

        Args:
            vectors: A row of :attr:`Reading.vectors` per word.
            norms: Its :attr:`Proposals.norms`.
            words: Any words.
        """
        ids = np.array([self._first_piece(word) for word in words], dtype=np.int64)
        rows = vectors.astype(np.float32)
        scores = np.einsum("ij,ij->i", rows, self._vectors[ids].astype(np.float32))
        found: Array = scores * self._scales[ids, 0] + self._bias[ids] - norms
        return found

    def _first_piece(self, word: str) -> int:
        if word not in self._firsts:
            self._firsts[word] = self._tokenizer.encode(word, add_special_tokens=False).ids[0]
        return self._firsts[word]

    def neighbours(self, words: Sequence[str], count: int) -> dict[str, list[str]]:
        """Give the words nearest to some words by embedding; none to words of several pieces."""
        self._prepare_output()
        asked = sorted({w for w in words if w not in self._near and self.piece_id(w) >= 0})
        for at in range(0, len(asked), PROPOSAL_ROWS):
            chunk = asked[at : at + PROPOSAL_ROWS]
            rows = self._vectors[[self.piece_id(w) for w in chunk]].astype(np.float32)
            closeness = rows @ self._output / self._lengths
            best = np.argpartition(closeness, -count - 1, axis=1)[:, -count - 1 :]
            for word, row in zip(chunk, best, strict=True):
                near = (self._pieces[int(self._choices[i])] for i in row)
                self._near[word] = [n for n in near if n and n != word]
        return {w: self._near.get(w, []) for w in words}

    def piece(self, index: int) -> str:
        """Give a whole-word piece, or "" for marks and inner pieces."""
        return self._pieces[index]

    def piece_id(self, word: str) -> int:
        """Give the id of a word that is one piece, or -1."""
        found = self._tokenizer.token_to_id(word)
        return -1 if found is None else int(found)

    def closeness(self, first: str, second: str) -> float:
        """Give the cosine of the embeddings of two words, 0 where one is no single piece."""
        a, b = self._unit(first), self._unit(second)
        return 0.0 if a is None or b is None else float(a @ b)

    def _unit(self, word: str) -> Array | None:
        """Give the embedding of a word of one piece, of length 1."""
        if word not in self._units:
            index = self.piece_id(word)
            vector = self._vectors[max(index, 0)].astype(np.float32)
            unit = vector / (np.linalg.norm(vector) + LEAST_LENGTH)
            self._units[word] = unit if index >= 0 else None
        return self._units[word]


@dataclass(frozen=True)
class _Words:
    """The words of a text with the word-piece that each begins with, -1 where there is none."""

    text: str
    words: tuple[str, ...]
    spans: Array
    first: Array

    @classmethod
    def of(cls, text: str, offsets: Sequence[tuple[int, int]]) -> _Words:
        """Find the words of a text whose pieces lie at some offsets."""
        found = units(text)
        spans = np.array([(a, b) for a, b, _ in found], dtype=np.int64).reshape(-1, 2)
        starts = np.array([a for a, _ in offsets], dtype=np.int64)
        first = np.full(len(spans), -1)
        if len(starts):
            at = np.minimum(np.searchsorted(starts, spans[:, 0]), len(starts) - 1)
            inside = (starts[at] < spans[:, 1]) & (starts[at] >= spans[:, 0])
            first = np.where(inside, at, -1)
        return cls(text, tuple(word for _, _, word in found), spans, first)

    def reading(
        self, blocks: tuple[int, ...], logits: Array, window: Array, vectors: Array
    ) -> Reading:
        """Make a reading of what was read at each word."""
        is_word = np.array([word != STOP for word in self.words], dtype=bool) & (self.first >= 0)
        logits = np.where(is_word, logits, np.float32(STOP_LOGIT))
        return Reading(self.text, self.words, self.spans, is_word, logits, window, vectors, blocks)


def _at_words(first: Array, logits: Array, window: Array, vectors: Array) -> _AtWords:
    """Lead what was read per piece back to words: each has that of its first piece."""
    if not len(logits):
        zeros = np.zeros(len(first), dtype=np.float32)
        return zeros, zeros, np.zeros((len(first), vectors.shape[1]), dtype=np.float16)
    safe = np.maximum(first, 0)
    return logits[safe], window[safe], vectors[safe]


def _by_block(reading: Reading) -> dict[str, _AtWords]:
    """Give what was read at the words of each block, by its text."""
    texts = pairwise([*reading.blocks, len(reading.text)])
    words = cut_at(reading.spans[:, 0], reading.blocks)
    return {
        reading.text[start:end]: (reading.logits[a:b], reading.window[a:b], reading.vectors[a:b])
        for (start, end), (a, b) in zip(texts, words, strict=True)
    }


def block_starts(words: _Words) -> tuple[int, ...]:
    """Give the code points with which the blocks of a text begin, the first of them 0."""
    spans = [tuple(s) for s, w in zip(words.spans.tolist(), words.words, strict=True) if w != STOP]
    gaps = enumerate(pairwise(spans), 1)
    paragraphs = [i for i, ((_, end), (start, _)) in gaps if "\n" in words.text[end:start]]
    blocks = text_blocks(len(spans), paragraphs)
    return (0, *(spans[start][0] for start, _ in blocks[1:]))
