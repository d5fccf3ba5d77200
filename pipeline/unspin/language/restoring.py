"""Proposes what stood at a span before: candidates from several sources, one ranking."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unspin.language.ngrams import NUMBER, STOP, NgramTable, combine, word_hash
from unspin.language.runtime import Encoder, Reading
from unspin.language.trees import Trees

Array = NDArray[Any]
CONTEXT = 2  # words on each side that a trigram can reach
MAX_VARIANT_WORDS = 4
HEAD_COUNT = 10  # proposals of the restoring head taken per word
MAX_SPAN_WORDS = 6
BEAM = 24  # partial replacements kept per word of a span
COMBINATIONS = 120  # candidates ranked per span
PAIR_BONUS = 3.0  # nats in favour of a listed original while the beam runs; the ranker decides
BITS_WEIGHT = 0.3  # of the n-gram score while the beam runs
UNKNOWN_HEAD = -8.0  # nats for a listed original that the head did not propose
BACKOFF = 1.3  # bits lost per step down from trigram to bigram to word (log2 of "stupid" .4)
UNSEEN = 0.5  # count taken for what never occurred
RANKER_FEATURES = (
    "lm_mean", "lm_gain", "lm_gain_mean", "head_mean", "head_least", "pairs", "whole_pair",
    "pair_choices", "longer", "kept", "deleted", "closeness", "least_word", "span_words",
    "ending", "head_rank", "lm_rank",
)  # fmt: skip


class Variants:
    """What the listed spun wordings stand for: spun words -> originals, inflection written out.

    Args:
        entries: Pairs (spun wording, original wording), lower case, words apart by one space.
    """

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        self._hidden: frozenset[str] = frozenset()
        self._table: dict[str, str] = {}
        for spun, original in entries:
            known = self._table.get(spun)
            self._table[spun] = f"{known}|{original}" if known else original

    @classmethod
    def load(cls, path: Path) -> Variants:
        """Read a gzipped two-column table (spun, originals apart by ``|``)."""
        lines = gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()
        made = cls(())
        # 100,000 rows: they are split into words where one is asked for (saves .6 s).
        made._table = dict(line.split("\t", 1) for line in lines)
        return made

    def originals(self, words: Sequence[str]) -> Sequence[tuple[str, ...]]:
        """Give the originals of a spun wording, none when it is not listed."""
        key = " ".join(words)
        found = self._table.get(key)
        if found is None or key in self._hidden:
            return ()
        return [tuple(original.split(" ")) for original in found.split("|")]

    def without(self, wordings: Iterable[str]) -> Variants:
        """Give the same table with some spun wordings hidden (for fitting)."""
        made = Variants(())
        made._table = self._table
        made._hidden = frozenset(wordings)
        return made

    def __len__(self) -> int:
        return len(self._table)


class PhraseScorer:
    """Scores word sequences with the n-gram table, in bits, by backing off."""

    def __init__(self, table: NgramTable) -> None:
        self._table = table
        self._total = float(np.log2(max(2, table.words)))

    def bits(self, sequences: Sequence[Sequence[str]], skip: int = CONTEXT) -> tuple[Array, Array]:
        """Give log2 P of each sequence and the number of scored words.

        Args:
            sequences: Folded words; the first ``skip`` are context only.
            skip: How many words at the start are not scored.
        """
        length = max((len(s) for s in sequences), default=0)
        if length <= skip:
            return np.zeros(len(sequences)), np.ones(len(sequences))
        grid = np.zeros((len(sequences), length), dtype=np.uint64)
        scored = np.zeros((len(sequences), length), dtype=bool)
        for row, words in enumerate(sequences):
            grid[row, : len(words)] = [word_hash(w) for w in words]
            scored[row, skip : len(words)] = True
        bits = self._bits_of(grid)
        return (bits * scored).sum(axis=1), scored.sum(axis=1)

    def _bits_of(self, grid: Array) -> Array:
        single = self._log(self._table.log_counts(combine([grid])))
        pair = self._table.log_counts(combine([grid[:, :-1], grid[:, 1:]]))
        triple = self._table.log_counts(combine([grid[:, :-2], grid[:, 1:-1], grid[:, 2:]]))
        bits = single - self._total - 2 * BACKOFF
        with_pair = self._log(pair) - single[:, :-1] - BACKOFF
        bits[:, 1:] = np.where(pair > 0, np.maximum(with_pair, bits[:, 1:]), bits[:, 1:])
        with_triple = self._log(triple) - self._log(pair[:, :-1])
        bits[:, 2:] = np.where(triple > 0, np.maximum(with_triple, bits[:, 2:]), bits[:, 2:])
        result: Array = np.minimum(bits, 0.0)
        return result

    @staticmethod
    def _log(log_counts: Array) -> Array:
        result: Array = np.where(log_counts > 0, log_counts, np.log2(UNSEEN)).astype(np.float32)
        return result


@dataclass(frozen=True)
class Option:
    """A replacement for a few neighbouring words, with where it came from."""

    words: tuple[str, ...]
    used: int  # spun words replaced
    head: float  # log probability by the restoring head, per word
    pair: int  # 1 when listed
    choices: int  # originals listed for the same wording


@dataclass(frozen=True)
class Candidate:
    """A replacement for a whole span.

    Attributes:
        words: Folded words; none for a deletion.
        features: In the order of :data:`RANKER_FEATURES`.
        score: Log odds of being what stood there.
    """

    words: tuple[str, ...]
    features: Array
    score: float = 0.0


class Restorer:
    """Candidates and their ranking.

    Args:
        encoder: For the restoring head and word closeness.
        scorer: For attestation.
        variants: Listed spun wordings.
        ranker: Trees over :data:`RANKER_FEATURES`; None ranks by a plain sum (training).
    """

    def __init__(
        self, encoder: Encoder, scorer: PhraseScorer, variants: Variants, ranker: Trees | None
    ) -> None:
        self._encoder, self._scorer, self._variants = encoder, scorer, variants
        self._ranker = ranker

    def options(self, reading: Reading, places: Sequence[int]) -> dict[int, list[Option]]:
        """Give the options that begin at some words of a text."""
        if not len(places):
            return {}
        ids, scores, deleted = self._encoder.proposals(reading.vectors[list(places)], HEAD_COUNT)
        found: dict[int, list[Option]] = {}
        for row, place in enumerate(places):
            word = reading.words[place]
            stays, goes = _log_sigmoid(-reading.logits[place]), _log_sigmoid(reading.logits[place])
            options = [Option((word,), 1, stays, 0, 0)]
            if word not in (STOP, NUMBER):  # numbers and marks are never reworded
                options.append(Option((), 1, goes + float(deleted[row]), 0, 0))
                for index, score in zip(ids[row], scores[row], strict=True):
                    piece = self._encoder.piece(int(index))
                    if piece and piece != word:
                        options.append(Option((piece,), 1, goes + float(score), 0, 0))
                options = self._with_listed(options, reading.words, place)
            found[place] = options
        return found

    def _with_listed(self, options: list[Option], words: Sequence[str], place: int) -> list[Option]:
        by_words = {(o.words, o.used): o for o in options}
        for used in range(1, MAX_VARIANT_WORDS + 1):
            originals = self._variants.originals(words[place : place + used])
            for original in originals:
                known = by_words.get((original, used))
                head = known.head if known else UNKNOWN_HEAD
                by_words[original, used] = Option(original, used, head, 1, len(originals))
        return list(by_words.values())

    def gains(
        self, reading: Reading, options: dict[int, list[Option]]
    ) -> dict[int, tuple[float, float]]:
        """Give, per place, the best gain in bits by a listed option and by one of the head's."""
        sequences: list[Sequence[str]] = []
        owners: list[tuple[int, Option | None]] = []
        for place, found in options.items():
            left = _context(reading.words, place - CONTEXT, place)
            for option in [None, *found]:
                used = option.used if option else 1
                middle = option.words if option else reading.words[place : place + 1]
                right = _context(reading.words, place + used, place + used + CONTEXT)
                sequences.append([*left, *middle, *right])
                owners.append((place, option))
        bits, count = self._scorer.bits(sequences)
        mean = bits / np.maximum(count, 1)
        base, best = {}, {place: [-9.0, -9.0] for place in options}
        for (place, option), value in zip(owners, mean, strict=True):
            if option is None:
                base[place] = float(value)
            elif option.words != (reading.words[place],):
                kind = 0 if option.pair else 1
                if option.pair or (option.words and option.head > -4.0):
                    gain = float(value) - base[place]
                    best[place][kind] = max(best[place][kind], gain)
        return {place: (listed, head) for place, (listed, head) in best.items()}

    def rank(self, reading: Reading, start: int, end: int, count: int = 5) -> list[Candidate]:
        """Rank replacements for the words ``start`` to ``end`` (exclusive), best first."""
        end = min(end, start + MAX_SPAN_WORDS)
        options = self.options(reading, range(start, end))
        sequences = self._combine(reading, start, end, options)
        candidates = self._measure(reading, start, end, sequences)
        if self._ranker is None or not candidates:
            return candidates
        scores = self._ranker.score(np.stack([c.features for c in candidates]))
        order = np.argsort(-scores, kind="stable")[:count]
        return [
            Candidate(candidates[i].words, candidates[i].features, float(scores[i])) for i in order
        ]

    def _combine(
        self, reading: Reading, start: int, end: int, options: dict[int, list[Option]]
    ) -> list[list[Option]]:
        """Join options into replacements of the whole span: a beam over the words of the span."""
        beams: dict[int, list[list[Option]]] = {start: [[]]}
        left = _context(reading.words, start - CONTEXT, start)
        for place in range(start, end):
            paths = self._best(left, beams.pop(place, []), BEAM)
            for path, option in product(paths, options[place]):
                if place + option.used <= end:
                    beams.setdefault(place + option.used, []).append([*path, option])
        original = list(reading.words[start:end])
        unique: dict[tuple[str, ...], list[Option]] = {}
        right = _context(reading.words, end, end + CONTEXT)
        for path in self._best(left, beams.get(end, []), COMBINATIONS, right):
            words = tuple(w for o in path for w in o.words)
            if list(words) != original:
                unique.setdefault(words, path)
        return list(unique.values())

    def _best(
        self, left: list[str], paths: list[list[Option]], count: int, right: Sequence[str] = ()
    ) -> list[list[Option]]:
        """Keep the likeliest paths by their options and by the words so far in context."""
        if len(paths) <= count:
            return paths
        bits, _ = self._scorer.bits(
            [[*left, *(w for o in p for w in o.words), *right] for p in paths]
        )
        sums = [sum(o.head + PAIR_BONUS * o.pair for o in p) for p in paths]
        order = np.argsort(-(np.array(sums) + BITS_WEIGHT * bits), kind="stable")[:count]
        return [paths[i] for i in order]

    def _measure(
        self, reading: Reading, start: int, end: int, paths: list[list[Option]]
    ) -> list[Candidate]:
        if not paths:
            return []
        left = _context(reading.words, start - CONTEXT, start)
        right = _context(reading.words, end, end + CONTEXT)
        spun = list(reading.words[start:end])
        texts = [[w for o in path for w in o.words] for path in paths]
        bits, counts = self._scorer.bits([[*left, *t, *right] for t in [spun, *texts]])
        singles, _ = self._scorer.bits([[w] for t in texts for w in t] or [["a"]], skip=0)
        rows, at = [], 0
        for i, (path, text) in enumerate(zip(paths, texts, strict=True)):
            least = float(singles[at : at + len(text)].min()) if text else 0.0
            at += len(text)
            lm = (float(bits[i + 1]), float(counts[i + 1]), float(bits[0]), float(counts[0]))
            rows.append(self._features(path, text, spun, lm, least))
        table = np.array(rows, dtype=np.float32)
        table[:, -2] = np.argsort(np.argsort(-table[:, 3], kind="stable"), kind="stable")
        table[:, -1] = np.argsort(np.argsort(-table[:, 0], kind="stable"), kind="stable")
        return [Candidate(tuple(t), table[i]) for i, t in enumerate(texts)]

    def _features(
        self,
        path: list[Option],
        text: list[str],
        spun: list[str],
        lm: tuple[float, float, float, float],
        least: float,
    ) -> list[float]:
        bits, count, old_bits, old_count = lm
        heads = [o.head for o in path]
        pairs = sum(o.used for o in path if o.pair)
        close = [
            self._encoder.closeness(a, b)
            for a, b in zip(spun, text, strict=False)
            if len(spun) == len(text) and a != b
        ]
        return [
            bits / max(count, 1),
            bits - old_bits,
            bits / max(count, 1) - old_bits / max(old_count, 1),
            sum(heads) / len(heads),
            min(heads),
            pairs / len(spun),
            float(len(path) == 1 and path[0].pair),
            float(max((o.choices for o in path), default=0)),
            float(len(text) - len(spun)),
            sum(w in spun for w in text) / len(spun),
            float(sum(not o.words for o in path)),
            sum(close) / len(close) if close else -1.0,
            least,
            float(len(spun)),
            _same_ending(spun, text),
            0.0,  # head_rank and lm_rank are filled in over all candidates
            0.0,
        ]


def _log_sigmoid(x: float) -> float:
    return -float(np.logaddexp(0.0, -x))


def _same_ending(spun: Sequence[str], text: Sequence[str]) -> float:
    """Tell whether the last words agree in their ending (number, tense): 1, 0, or -1 if none."""
    if not text or not spun:
        return -1.0

    def ending(word: str) -> str:
        return next((e for e in ("ing", "ed", "ly", "s") if word.endswith(e)), "")

    return float(ending(spun[-1]) == ending(text[-1]))


def _context(words: Sequence[str], start: int, end: int) -> list[str]:
    """Words of a text from start to end, stops where the text does not reach."""
    return [words[i] if 0 <= i < len(words) else STOP for i in range(start, end)]
