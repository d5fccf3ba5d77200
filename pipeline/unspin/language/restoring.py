"""Proposes what stood at a span before: candidates from several sources, one ranking."""

from __future__ import annotations

import gzip
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspin.edits import changes
from unspin.glossary.inflect import is_plural
from unspin.language.ngrams import NUMBER, STOP, NgramTable, combine, hash_grid
from unspin.language.runtime import Encoder, Reading
from unspin.language.terms import TermTable
from unspin.language.trees import Trees

Array = NDArray[Any]
CONTEXT = 2  # words on each side that a trigram can reach
MAX_VARIANT_WORDS = 4
HEAD_COUNT = 10  # proposals of the restoring head taken per word
NEAR_COUNT, NEAR_TAKEN = 30, 6  # neighbours of a word by embedding; those the head likes best
MAX_SPAN_WORDS = 8
BEAM = 4  # partial replacements kept per word of a span
EXPANDED = 16  # of the next partial replacements those that are looked up among the n-grams
COMBINATIONS = 12  # candidates ranked per span
PAIR_BONUS = 2.0  # nats in favour of a listed original while the beam runs; the ranker decides
FURTHER_BONUS = 4.0  # and per further word of the wording: of several words it is seldom chance
TERM_BONUS = 1.5  # nats per attested term, likewise
BITS_WEIGHT = 0.3  # of the n-gram score while the beam runs
BACKOFF = 1.3  # bits lost per step down from trigram to bigram to word (log2 of "stupid" .4)
UNSEEN = 0.5  # count taken for what never occurred
REREAD = 2  # candidates per span that are read again in their place
REREAD_SIDE = 8  # words of the text on each side that are read with them
NEAR_SIDE = 3  # words on each side whose look is taken as evidence
SUPPORTED = 12  # candidates per span that speak for those of other spans
SUPPORT_BONUS = 2.0  # log odds for one that all other places with the same words bear out
CLEAR_LEAD = 1.2  # log odds by which a first candidate leads that is not read again
RANKER_FEATURES = (
    "lm_mean", "lm_gain", "lm_gain_mean", "head_mean", "head_least", "pairs", "whole_pair",
    "pair_choices", "longer", "kept", "deleted", "closeness", "least_word", "span_words",
    "ending", "beside", "terms", "terms_gain", "head_rank", "lm_rank",
)  # fmt: skip
REREAD_FEATURES = (
    *RANKER_FEATURES, "first", "first_rank", "first_lead", "inside_mean", "inside_most",
    "near_mean", "near_most", "window", "inside_less", "near_less", "inside_over", "near_over",
    "support", "others",
)  # fmt: skip


class Variants:
    """What the listed spun wordings stand for: spun words -> originals, inflection written out.

    Args:
        entries: Pairs (spun wording, original wording), lower case, words apart by one space.
    """

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        table: dict[str, list[str]] = {}
        for spun, original in entries:
            table.setdefault(spun, []).append(original)
        self._hidden: frozenset[str] = frozenset()
        self._lines = [f"{spun}\t{'|'.join(found)}" for spun, found in sorted(table.items())]

    @classmethod
    def load(cls, path: Path) -> Variants:
        """Read a gzipped two-column table (spun, originals apart by ``|``), sorted by the first."""
        made = cls(())
        # searched as it is: making a dictionary of 200,000 rows takes ten times as long
        made._lines = gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()
        return made

    def originals(self, words: Sequence[str]) -> Sequence[tuple[str, ...]]:
        """Give the originals of a spun wording, none when it is not listed."""
        key = " ".join(words)
        start = key + "\t"  # sorts before all that a wording may hold
        at = bisect_left(self._lines, start)
        if at == len(self._lines) or not self._lines[at].startswith(start) or key in self._hidden:
            return ()
        return [tuple(original.split(" ")) for original in self._lines[at][len(start) :].split("|")]

    def knows(self, spun: Sequence[str], words: Sequence[str]) -> bool:
        """Tell whether each change that a replacement makes is listed, as a whole or word by word.

        One thing for several is not, nor the other way round: "ducts" for "channel" changes the
        number, too.

        Args:
            spun: Folded words that would be replaced.
            words: Folded words that would be written for them.
        """
        old, new = " ".join(spun), " ".join(words)
        made = changes(old, new)
        if tuple(words) in self.originals(spun):
            made = ((old, new),)
        pairs = [(a.split(), b.split()) for a, b in made]
        return bool(pairs) and all(
            tuple(b) in self.originals(a) and is_plural(a[-1]) == is_plural(b[-1]) for a, b in pairs
        )

    def without(self, wordings: Iterable[str]) -> Variants:
        """Give the same table with some spun wordings hidden (for fitting)."""
        made = Variants(())
        made._lines = self._lines
        made._hidden = frozenset(wordings)
        return made

    def __len__(self) -> int:
        return len(self._lines)


class PhraseScorer:
    """Scores word sequences: with the n-gram table, in bits, by backing off; with known terms.

    Args:
        table: n-gram counts of clean text.
        terms: Attested terms.
    """

    def __init__(self, table: NgramTable, terms: TermTable) -> None:
        self._table = table
        self.terms = terms
        self._total = float(np.log2(max(2, table.words)))

    def bits(self, sequences: Sequence[Sequence[str]], skip: int = CONTEXT) -> tuple[Array, Array]:
        """Give log2 P of each sequence and the number of scored words.

        Args:
            sequences: Folded words; the first ``skip`` are context only.
            skip: How many words at the start are not scored.
        """
        grid, scored = hash_grid(sequences)
        if grid.shape[1] <= skip:
            return np.zeros(len(sequences)), np.ones(len(sequences))
        scored[:, :skip] = False
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


class Option(NamedTuple):
    """A replacement for a few neighbouring words, with where it came from."""

    words: tuple[str, ...]
    used: int  # spun words replaced
    head: float  # log probability by the restoring head, per word
    pair: int  # 1 when listed
    choices: int  # originals listed for the same wording

    @property
    def worth(self) -> float:
        """What speaks for it while the beam runs, words around it apart."""
        return self.head + self.pair * (PAIR_BONUS + FURTHER_BONUS * (self.used - 1))


class Rewording(NamedTuple):
    """Options one after the other, on the way through a span.

    Attributes:
        options: In order.
        words: What they write.
        worth: Sum of what speaks for each of them alone.
    """

    options: tuple[Option, ...]
    words: tuple[str, ...]
    worth: float

    def and_then(self, option: Option) -> Rewording:
        """Give the path with one more option."""
        options, words = (*self.options, option), self.words + option.words
        return Rewording(options, words, self.worth + option.worth)


_START = Rewording((), (), 0.0)


@dataclass(frozen=True)
class WordSpan:
    """Words of a reading to find a replacement for.

    Attributes:
        start: First word.
        end: After the last one.
        left: How many words at the start were not reported: they stand beside what was.
        right: The same at the end.
    """

    start: int
    end: int
    left: int = 0
    right: int = 0

    @property
    def core(self) -> tuple[int, int]:
        """What was reported: its first word, and after its last one."""
        return self.start + self.left, self.end - self.right

    def beside(self, text: Sequence[str], spun: Sequence[str]) -> float:
        """Count the sides of what was reported on which a replacement changes words, too."""
        first = self.left and text[: self.left] != spun[: self.left]
        last = self.right and text[-self.right :] != spun[-self.right :]
        return float(bool(first)) + float(bool(last))


def with_neighbours(reading: Reading, spans: Sequence[WordSpan]) -> list[WordSpan]:
    """Add to each span the word on either side, where there is one that no other span has.

    Of a term of two words often one looks spun and the other only belongs to it ("chance
    variables" for "risk factors").
    """
    taken = {place for s in spans for place in range(s.start, s.end)}
    found = []
    for old in spans:
        left, right = (
            0 <= place < len(reading.words) and bool(reading.is_word[place]) and place not in taken
            for place in (old.start - 1, old.end)
        )
        span = WordSpan(old.start - left, old.end + right, old.left + left, old.right + right)
        taken |= {span.start, span.end - 1}
        found.append(span)
    return found


@dataclass(frozen=True)
class Candidate:
    """A replacement for a whole span.

    Attributes:
        words: Folded words; none for a deletion.
        features: In the order of :data:`RANKER_FEATURES`.
        score: Log odds of being what stood there.
        support: How likely the same replacements are where the same words stand elsewhere in the
            text, 0 to 1; -1 where they stand nowhere else.
        others: Number of those places.
    """

    words: tuple[str, ...]
    features: Array
    score: float = 0.0
    support: float = -1.0
    others: int = 0


class Restorer:
    """Candidates and their ranking.

    Args:
        encoder: For the restoring head and word closeness.
        scorer: For attestation.
        variants: Listed spun wordings.
        ranker: Trees over :data:`RANKER_FEATURES`.
        judge: Trees over :data:`REREAD_FEATURES`, which see the best few in their place.
    """

    def __init__(
        self,
        encoder: Encoder,
        scorer: PhraseScorer,
        variants: Variants,
        ranker: Trees | None = None,
        judge: Trees | None = None,
    ) -> None:
        self._encoder, self._scorer, self._variants = encoder, scorer, variants
        self._ranker, self._judge = ranker, judge

    def without_listed(self, wordings: Iterable[str]) -> Restorer:
        """Give the same restorer with some spun wordings hidden (for fitting)."""
        variants = self._variants.without(wordings)
        return Restorer(self._encoder, self._scorer, variants, self._ranker, self._judge)

    def knows(self, spun: Sequence[str], words: Sequence[str]) -> bool:
        """Tell whether each change that a replacement makes is listed (:meth:`Variants.knows`)."""
        return self._variants.knows(spun, words)

    def spans(self, reading: Reading, reported: Sequence[tuple[int, int]]) -> list[WordSpan]:
        """Give the spans to find replacements for: what was reported and what belongs to it.

        A listed wording of several words was written as a whole, so where a word of it is reported
        the others are replaced with it, and two reports in it become one span.

        Args:
            reading: Of the text.
            reported: Start and end of runs of words, disjoint and in order.
        """
        edges = [*reported, *self._listed_over(reading, reported)]
        joined: list[tuple[int, int]] = []
        for start, end in sorted(edges):
            if joined and start < joined[-1][1]:
                joined[-1] = joined[-1][0], max(end, joined[-1][1])
            else:
                joined.append((start, end))
        spans: list[WordSpan] = []
        for start, end in joined:
            cores = [core for core in reported if start <= core[0] and core[1] <= end]
            if end - start > max(MAX_SPAN_WORDS, *(b - a for a, b in cores)):
                spans += [WordSpan(*core) for core in cores]
            else:
                spans.append(WordSpan(start, end, cores[0][0] - start, end - cores[-1][1]))
        return with_neighbours(reading, spans)

    def _listed_over(
        self, reading: Reading, reported: Sequence[tuple[int, int]]
    ) -> Iterator[tuple[int, int]]:
        """Give the listed wordings of several words that hold a reported one, disjoint."""
        places = {place for start, end in reported for place in range(start, end)}
        taken: set[int] = set()
        for used in range(MAX_VARIANT_WORDS, 1, -1):
            for start in sorted({p - back for p in places for back in range(used)}):
                end = start + used
                if start < 0 or end > len(reading.words) or not reading.is_word[start:end].all():
                    continue
                if taken.isdisjoint(range(start, end)) and self._variants.originals(
                    reading.words[start:end]
                ):
                    taken |= set(range(start, end))
                    yield start, end

    def options(self, reading: Reading, places: Sequence[int]) -> dict[int, list[Option]]:
        """Give the options that begin at some words of a text."""
        if not len(places):
            return {}
        vectors = reading.vectors[list(places)]
        made = self._encoder.proposals(vectors, HEAD_COUNT)
        ids, logs_of = made.ids.tolist(), made.logs.tolist()
        near = self._encoder.neighbours([reading.words[p] for p in places], NEAR_COUNT)
        found: dict[int, list[Option]] = {}
        extra: list[tuple[int, tuple[str, ...], int, int, int]] = []
        logits = reading.logits[list(places)]
        stays_of = (-np.logaddexp(0.0, logits.astype(float))).tolist()
        goes_of = (-np.logaddexp(0.0, -logits.astype(float))).tolist()
        for row, place in enumerate(places):
            word, stays, goes = reading.words[place], stays_of[row], goes_of[row]
            found[place] = [Option((word,), 1, stays, 0, 0)]
            if word in (STOP, NUMBER):  # numbers and marks are never reworded
                continue
            found[place].append(Option((), 1, goes + float(made.deleted[row]), 0, 0))
            for index, log in zip(ids[row], logs_of[row], strict=True):
                piece = self._encoder.piece(index)
                if piece and piece != word:
                    found[place].append(Option((piece,), 1, goes + log, 0, 0))
            extra += [(row, *o) for o in self._listed(reading.words, place)]
            extra += [(row, (n,), 1, 0, 0) for n in near[word]]
        rows = np.array([row for row, *_ in extra], dtype=np.int64)
        first = [words[0] for _, words, *_ in extra]
        logs = self._encoder.log_probabilities(vectors[rows], made.norms[rows], first)
        by_row: dict[int, list[Option]] = {}
        for (row, words, used, pair, choices), log in zip(extra, logs.tolist(), strict=True):
            option = Option(words, used, goes_of[row] + log, pair, choices)
            by_row.setdefault(row, []).append(option)
        for row, options in by_row.items():
            found[places[row]] = _merged(found[places[row]], options)
        return found

    def terms_at(self, reading: Reading) -> Array:
        """Give, for each word of a text, the number of attested terms that it is part of."""
        found: Array = self._scorer.terms.covering(reading.words)
        return found

    def _listed(
        self, words: Sequence[str], place: int
    ) -> Iterator[tuple[tuple[str, ...], int, int, int]]:
        """Give the listed originals at a place: words, words used, 1, and how many there are."""
        for used in range(1, MAX_VARIANT_WORDS + 1):
            originals = self._variants.originals(words[place : place + used])
            for original in originals:
                yield original, used, 1, len(originals)

    def gains(
        self, reading: Reading, options: Mapping[int, list[Option]]
    ) -> dict[int, tuple[float, float, float]]:
        """Give, per place, the best gain in bits by a listed option and by one of the head's.

        The third number is how many terms an option makes where there was none.
        """
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
        terms = self._scorer.terms.count(sequences, CONTEXT, CONTEXT)
        base: dict[int, tuple[float, float]] = {}
        best = {place: [-9.0, -9.0, 0.0] for place in options}
        for (place, option), value, made in zip(owners, mean, terms, strict=True):
            if option is None:
                base[place] = (float(value), float(made))
            elif option.words != (reading.words[place],):
                kind = 0 if option.pair else 1
                if option.pair or (option.words and option.head > -4.0):
                    gain = float(value) - base[place][0]
                    best[place][kind] = max(best[place][kind], gain)
                    best[place][2] = max(best[place][2], float(made) - base[place][1])
        return {place: (listed, head, made) for place, (listed, head, made) in best.items()}

    def rank(
        self,
        reading: Reading,
        spans: Sequence[WordSpan],
        known: Mapping[int, list[Option]],
        count: int = 5,
    ) -> list[list[Candidate]]:
        """Rank replacements for spans of words, best first.

        Args:
            reading: Of the text.
            spans: Disjoint.
            known: Options that were looked up before, by place.
            count: Candidates given per span.
        """
        assert self._ranker is not None
        assert self._judge is not None
        firsts = ranked_by(self._ranker, self.candidates(reading, spans, known))
        firsts = with_support(reading, spans, firsts)
        # what leads clearly is not read again: most of the time goes there
        unsure = [i for i, found in enumerate(firsts) if _is_close(found)]
        chosen = [firsts[i][:REREAD] for i in unsure]
        again = self.reread(reading, [spans[i] for i in unsure], chosen)
        for i, scores in zip(unsure, scored(self._judge, again), strict=True):
            order = best_first(firsts[i][:REREAD], scores)
            # the scores of both rankings are no common scale: what was not read again stays below
            floor = order[-1].score
            rest = [replace(c, score=min(c.score, floor)) for c in firsts[i][REREAD:count]]
            firsts[i] = [*order, *rest]
        return [found[:count] for found in firsts]

    def candidates(
        self,
        reading: Reading,
        spans: Sequence[WordSpan],
        known: Mapping[int, list[Option]],
    ) -> list[list[Candidate]]:
        """Give all candidates of each span with their features, in no order."""
        wanted = {p for s in spans for p in range(s.start, min(s.end, s.start + MAX_SPAN_WORDS))}
        options = {p: known[p] for p in wanted if p in known}
        options |= self.options(reading, sorted(wanted - set(known)))
        cut = [replace(s, end=min(s.end, s.start + MAX_SPAN_WORDS)) for s in spans]
        paths = self._combine(reading, cut, options)
        found = []
        for span, short, measured in zip(
            spans, cut, self._measure(reading, cut, paths), strict=True
        ):
            rest = tuple(reading.words[short.end : span.end])  # of a very long span the end stays
            found.append([replace(c, words=c.words + rest) for c in measured] if rest else measured)
        return found

    def reread(
        self,
        reading: Reading,
        spans: Sequence[WordSpan],
        chosen: Sequence[Sequence[Candidate]],
    ) -> list[Array]:
        """Read candidates in their place; give rows of :data:`REREAD_FEATURES` per span."""
        texts, places = [], []
        for span, candidates in zip(spans, chosen, strict=True):
            start, end = span.start, span.end
            begin, finish = int(reading.spans[start, 0]), int(reading.spans[end - 1, 1])
            left = int(reading.spans[max(0, start - REREAD_SIDE), 0])
            right = int(reading.spans[min(len(reading.words), end + REREAD_SIDE) - 1, 1])
            for candidate in candidates:
                shown = " ".join(candidate.words)
                texts.append(reading.text[left:begin] + shown + reading.text[finish:right])
                places.append((begin - left, begin - left + len(shown)))
        looks = [
            _look(again, *place)
            for again, place in zip(self._encoder.read_short(texts), places, strict=True)
        ]
        found, at = [], 0
        for span, candidates in zip(spans, chosen, strict=True):
            look = np.array(looks[at : at + len(candidates)], dtype=np.float32).reshape(-1, 5)
            at += len(candidates)
            before = _look_before(reading, span.start, span.end)
            found.append(_reread_rows(candidates, look, before))
        return found

    def _combine(
        self, reading: Reading, spans: Sequence[WordSpan], options: Mapping[int, list[Option]]
    ) -> list[list[Rewording]]:
        """Join options into replacements of whole spans: a beam over the words of each span.

        All spans go forward together, a word at a time: what is looked up at once costs least.
        """
        beams: list[dict[int, list[Rewording]]] = [{s.start: [_START]} for s in spans]
        longest = max((s.end - s.start for s in spans), default=0)
        for step in range(longest):
            alive = [i for i, s in enumerate(spans) if s.start + step < s.end]
            asked = [beams[i].pop(spans[i].start + step, []) for i in alive]
            for i, paths in zip(alive, self._best(reading, spans, alive, asked, BEAM), strict=True):
                place = spans[i].start + step
                fitting = [o for o in options[place] if place + o.used <= spans[i].end]
                for path, option in _worthiest(paths, fitting):
                    beams[i].setdefault(place + option.used, []).append(path.and_then(option))
        every = range(len(spans))
        asked = [beams[i].get(spans[i].end, []) for i in every]
        found = []
        whole = self._best(reading, spans, every, asked, COMBINATIONS, whole=True)
        for span, paths in zip(spans, whole, strict=True):
            original = tuple(reading.words[span.start : span.end])
            unique: dict[tuple[str, ...], Rewording] = {}
            for path in paths:
                if path.words != original:
                    unique.setdefault(path.words, path)
            found.append(list(unique.values()))
        return found

    def _best(
        self,
        reading: Reading,
        spans: Sequence[WordSpan],
        numbers: Sequence[int],
        asked: Sequence[list[Rewording]],
        count: int,
        *,
        whole: bool = False,
    ) -> list[list[Rewording]]:
        """Keep the likeliest paths of some spans by their options and by the words in context.

        Args:
            reading: Of the text.
            spans: All spans.
            numbers: Those asked about.
            asked: Paths of each of them.
            count: How many are kept of each.
            whole: The paths reach the end of their span, so that the words after it count.
        """
        sequences: list[list[str]] = []
        for number, paths in zip(numbers, asked, strict=True):
            if len(paths) > count:
                left, right = _contexts(reading.words, spans[number])
                after = right if whole else []
                sequences += [[*left, *path.words, *after] for path in paths]
        bits, _ = self._scorer.bits(sequences)
        terms = self._scorer.terms.count(sequences, CONTEXT, CONTEXT * whole)
        known = BITS_WEIGHT * bits + TERM_BONUS * terms
        found, at = [], 0
        for paths in asked:
            if len(paths) <= count:
                found.append(paths)
                continue
            sums = np.array([path.worth for path in paths])
            order = np.argsort(-(sums + known[at : at + len(paths)]), kind="stable")[:count]
            found.append([paths[i] for i in order])
            at += len(paths)
        return found

    def _measure(
        self, reading: Reading, spans: Sequence[WordSpan], paths: Sequence[list[Rewording]]
    ) -> list[list[Candidate]]:
        """Give each span's replacements with their features."""
        sequences: list[list[str]] = []
        for span, found in zip(spans, paths, strict=True):
            left, right = _contexts(reading.words, span)
            spun = reading.words[span.start : span.end]
            sequences += [[*left, *text, *right] for text in (spun, *(p.words for p in found))]
        bits, counts = self._scorer.bits(sequences)
        terms = self._scorer.terms.count(sequences, CONTEXT, CONTEXT)
        words = sorted({w for found in paths for path in found for w in path.words})
        known = self._scorer.bits([[w] for w in words], skip=0)[0].tolist()
        single = dict(zip(words, known, strict=True))
        measured, at = [], 0
        for span, found in zip(spans, paths, strict=True):
            part = slice(at, at + len(found) + 1)
            at = part.stop
            spun = reading.words[span.start : span.end]
            measures = (bits[part], counts[part], terms[part])
            table = self._table_of(span, spun, found, measures, single)
            measured.append([Candidate(p.words, r) for p, r in zip(found, table, strict=True)])
        return measured

    def _table_of(
        self,
        span: WordSpan,
        spun: tuple[str, ...],
        paths: Sequence[Rewording],
        measures: tuple[Array, Array, Array],
        single: Mapping[str, float],
    ) -> Array:
        """Give a row of features per replacement; the first measures are those of what stands."""
        if not paths:
            return np.zeros((0, len(RANKER_FEATURES)), dtype=np.float32)
        bits, counts, terms = (m.tolist() for m in measures)
        rows = []
        for i, path in enumerate(paths, 1):
            least = min((single[w] for w in path.words), default=0.0)
            lm = (bits[i], counts[i], bits[0], counts[0])
            row = self._features(path, spun, lm, least)
            rows.append([*row, span.beside(path.words, spun), terms[i], terms[i] - terms[0]])
        ranks = np.zeros((len(rows), 2))  # over all candidates
        table = np.column_stack([np.array(rows), ranks]).astype(np.float32)
        table[:, -2] = np.argsort(np.argsort(-table[:, 3], kind="stable"), kind="stable")
        table[:, -1] = np.argsort(np.argsort(-table[:, 0], kind="stable"), kind="stable")
        return table

    def _features(
        self,
        path: Rewording,
        spun: tuple[str, ...],
        lm: tuple[float, float, float, float],
        least: float,
    ) -> list[float]:
        bits, count, old_bits, old_count = lm
        options, text = path.options, path.words
        heads = [o.head for o in options]
        pairs = sum(o.used for o in options if o.pair)
        close = (
            [self._encoder.closeness(a, b) for a, b in zip(spun, text, strict=True) if a != b]
            if len(spun) == len(text)
            else []
        )
        return [
            bits / max(count, 1),
            bits - old_bits,
            bits / max(count, 1) - old_bits / max(old_count, 1),
            sum(heads) / len(heads),
            min(heads),
            pairs / len(spun),
            float(len(options) == 1 and options[0].pair),
            float(max((o.choices for o in options), default=0)),
            float(len(text) - len(spun)),
            sum(w in spun for w in text) / len(spun),
            float(sum(not o.words for o in options)),
            sum(close) / len(close) if close else -1.0,
            least,
            float(len(spun)),
            _same_ending(spun, text),
        ]


def _worthiest(
    paths: Sequence[Rewording], options: Sequence[Option]
) -> list[tuple[Rewording, Option]]:
    """Give each path with each option, but of many only those worth most in themselves."""
    if len(paths) * len(options) <= EXPANDED:
        return list(product(paths, options))
    worth = np.add.outer([path.worth for path in paths], [option.worth for option in options])
    order = np.argsort(-worth, axis=None, kind="stable")[:EXPANDED].tolist()
    return [(paths[i // len(options)], options[i % len(options)]) for i in order]


def _merged(first: list[Option], others: Sequence[Option]) -> list[Option]:
    """Add options: all listed ones, and of the unlisted the few that the head likes best."""
    unlisted = sorted((o for o in others if not o.pair), key=lambda o: -o.head)[:NEAR_TAKEN]
    by_words = {(o.words, o.used): o for o in [*unlisted, *first]}
    by_words |= {(o.words, o.used): o for o in others if o.pair}
    place = {(o.words, o.used): i for i, o in enumerate(first)}  # the word itself stays in front
    return sorted(by_words.values(), key=lambda o: place.get((o.words, o.used), len(first)))


_Change = tuple[tuple[str, ...], tuple[str, ...]]  # words, and what is written for them
_NOTHING = np.zeros(len(RANKER_FEATURES), dtype=np.float32)


def best_first(
    candidates: Sequence[Candidate], scores: Array, count: int | None = None
) -> list[Candidate]:
    """Give candidates with their scores, the highest first, at most ``count``."""
    order = np.argsort(-scores[: len(candidates)], kind="stable")[:count]
    return [replace(candidates[i], score=float(scores[i])) for i in order]


def with_support(
    reading: Reading, spans: Sequence[WordSpan], ranked: Sequence[Sequence[Candidate]]
) -> list[list[Candidate]]:
    """Weigh candidates by what seems to have stood where the same words stand elsewhere.

    A program may write one word in many ways, but what it writes it mostly wrote for one word: a
    text in which "again" stood for "back" five times is likely to have it so a sixth time.

    Args:
        reading: Of the text.
        spans: Disjoint.
        ranked: Candidates of each, best first.

    Returns:
        The same with their support, in a new order.
    """
    spun = [reading.words[s.start : s.end] for s in spans]
    changes = [[_changes(words, c.words) for c in found]
               for words, found in zip(spun, ranked, strict=True)]  # fmt: skip
    worth: dict[_Change, dict[int, float]] = {}
    seen: dict[tuple[str, ...], set[int]] = {}
    for number, (words, found) in enumerate(zip(spun, ranked, strict=True)):
        for word in words:
            seen.setdefault((word,), set()).add(number)
        for candidate, made in zip(found, changes[number], strict=True):
            p = 1.0 / (1.0 + float(np.exp(-candidate.score)))
            for change in made:
                seen.setdefault(change[0], set()).add(number)
                known = worth.setdefault(change, {})
                known[number] = max(known.get(number, 0.0), p)
    weighed = []
    for number, found in enumerate(ranked):
        again = []
        for candidate, made in zip(found, changes[number], strict=True):
            shares, least = [], len(spans)
            for change in made:
                elsewhere = len(seen[change[0]] - {number})
                if elsewhere:
                    total = sum(worth[change].values()) - worth[change][number]
                    shares.append(total / elsewhere)
                    least = min(least, elsewhere)
            if shares:
                candidate = replace(candidate, support=sum(shares) / len(shares), others=least)
            again.append(candidate)
        again.sort(key=lambda c: -(c.score + SUPPORT_BONUS * max(c.support, 0.0)))
        weighed.append(again)
    return weighed


def _changes(spun: tuple[str, ...], words: tuple[str, ...]) -> list[_Change]:
    """Give the words that a candidate writes for others: word by word, or else as a whole."""
    if len(spun) == len(words):
        return [((a,), (b,)) for a, b in zip(spun, words, strict=True) if a != b]
    return [(spun, words)]


def ranked_by(ranker: Trees, spans: Sequence[Sequence[Candidate]]) -> list[list[Candidate]]:
    """Give, of each span, the candidates that a ranker likes best with their scores."""
    tables = [np.stack([c.features for c in found] or [_NOTHING]) for found in spans]
    return [
        best_first(found, scores, SUPPORTED)
        for found, scores in zip(spans, scored(ranker, tables), strict=True)
    ]


def scored(trees: Trees, tables: Sequence[Array]) -> list[Array]:
    """Score the rows of some tables, all at once: a call of its own for each costs as much."""
    if not tables:
        return []
    scores = trees.score(np.concatenate(tables))
    return np.split(scores, np.cumsum([len(table) for table in tables])[:-1])


def _is_close(ranked: Sequence[Candidate]) -> bool:
    """Whether a second candidate might be the right one."""
    return len(ranked) > 1 and ranked[0].score - ranked[1].score < CLEAR_LEAD


def _look(again: Reading, start: int, end: int) -> tuple[float, float, float, float, float]:
    """How replaced a candidate (code points) and its neighbours look, and their window."""
    words = np.flatnonzero(again.is_word)
    spans = again.spans[words]
    inside = words[(spans[:, 0] < end) & (spans[:, 1] > start)]
    before, after = words[spans[:, 1] <= start], words[spans[:, 0] >= end]
    near = np.concatenate([before[-NEAR_SIDE:], after[:NEAR_SIDE]])
    window = float(again.window[words[0]]) if len(words) else 0.0
    return (*_mean_and_most(again, inside), *_mean_and_most(again, near), window)


def _look_before(reading: Reading, start: int, end: int) -> tuple[float, float]:
    """The same means for what stands there."""
    near = np.array(
        [i for i in (*range(start - NEAR_SIDE, start), *range(end, end + NEAR_SIDE))
         if 0 <= i < len(reading.words) and reading.is_word[i]], dtype=np.int64
    )  # fmt: skip
    inside = np.array([i for i in range(start, end) if reading.is_word[i]], dtype=np.int64)
    return _mean_and_most(reading, inside)[0], _mean_and_most(reading, near)[0]


def _mean_and_most(reading: Reading, places: Array) -> tuple[float, float]:
    if not len(places):
        return 0.0, 0.0
    logits = reading.logits[places]
    return float(logits.mean()), float(logits.max())


def _reread_rows(
    candidates: Sequence[Candidate], look: Array, before: tuple[float, float]
) -> Array:
    """Join the features of both readings, compared with the least of the others, and support."""
    if not candidates:
        return np.zeros((0, len(REREAD_FEATURES)), dtype=np.float32)
    first = np.array([c.score for c in candidates], dtype=np.float32)
    borne_out = np.array([(c.support, c.others) for c in candidates], dtype=np.float32)
    return np.column_stack(
        [
            np.stack([c.features for c in candidates]),
            first,
            np.arange(len(candidates)),
            first - first.max(),
            look,
            before[0] - look[:, 0],
            before[1] - look[:, 2],
            look[:, 0] - look[:, 0].min(),
            look[:, 2] - look[:, 2].min(),
            borne_out,
        ]
    ).astype(np.float32)


def _same_ending(spun: Sequence[str], text: Sequence[str]) -> float:
    """Tell whether the last words agree in their ending (number, tense): 1, 0, or -1 if none."""
    if not text or not spun:
        return -1.0

    return float(_ending(spun[-1]) == _ending(text[-1]))


@lru_cache(maxsize=20_000)
def _ending(word: str) -> str:
    return next((e for e in ("ing", "ed", "ly", "s") if word.endswith(e)), "")


def _contexts(words: Sequence[str], span: WordSpan) -> tuple[list[str], list[str]]:
    """Words of a text on either side of a span."""
    left = _context(words, span.start - CONTEXT, span.start)
    return left, _context(words, span.end, span.end + CONTEXT)


def _context(words: Sequence[str], start: int, end: int) -> list[str]:
    """Words of a text from start to end, stops where the text does not reach."""
    return [words[i] if 0 <= i < len(words) else STOP for i in range(start, end)]
