"""Evidence per word and per stretch of text, as numbers for the combiner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unspin.language.ngrams import STOP, NgramTable, combine, hashes
from unspin.language.restoring import CONTEXT, MAX_VARIANT_WORDS, Option, Restorer
from unspin.language.runtime import Reading
from unspin.language.trees import sigmoid
from unspin.language.windows import at_each_place, cut_at, verdict_windows

Array = NDArray[Any]
GATE = -3.0  # log odds by the encoder above which candidates are looked at: some 5 % of clean words
NOT_LOOKED = -9.0
LOCAL_FEATURES = (
    "logit", "left", "right", "left2", "right2", "near", "window", "single", "pair_left",
    "pair_right", "lift_left", "lift_right", "triple_left", "triple_mid", "triple_right",
    "terms", "listed_gain", "head_gain", "term_gain", "head_top", "length", "capital",
)  # fmt: skip
WORD_FEATURES = (
    *LOCAL_FEATURES, "article_mean", "article_high", "article_top", "stretch_mean",
    "stretch_high", "article_words", "same_word", "alone", "article_alone", "stretch_alone",
)  # fmt: skip
STRETCH_FEATURES = (
    "mean_p", "share_0", "share_-1", "share_-2", "share_2", "top_5", "top_10", "top_20",
    "median", "window_mean", "window_max", "window_least", "rare_pairs", "rare_lift", "log_words",
    "listed_gain", "head_gain", "hits", "alone_mean", "alone_10", "alone_30", "alone_50",
    "alone_80", "alone_top_5", "alone_top_10", "alone_top_20", "rest_mean", "rest_50",
    "contrast", "alike",
)  # fmt: skip
PAIRS, LIFTS = slice(1, 3), slice(3, 5)  # of the n-gram evidence: both neighbours each
LEAST_MEAN = 0.003  # P added to means that are compared: clean text has some .005
LEAST_REST = 60  # words outside a stretch that can be compared with it
ALONE_SHARES = (0.1, 0.3, 0.5, 0.8)  # P(spun) above which words are counted
TOP_PARTS = (20, 10, 5)  # the highest twentieth, tenth and fifth of the words of a stretch
SIDE_WORDS = 10  # words on each side that make a word's neighbourhood
HALF_STRETCH = 50  # words on each side that make its stretch


@dataclass(frozen=True)
class Evidence:
    """All per-word evidence on a text, before any decision.

    Attributes:
        reading: From the encoder.
        places: Indices of real words (no stops) in the reading.
        ngrams: n-gram evidence per place, in the order of the features, and the terms that it is
            part of.
        gains: Candidate gains per place.
        options: What may have stood at the suspicious places, by index in the reading.
        windows: Start and end (places) of the parts of the text that get a verdict of their own.
        alone: P(spun) of each place from :func:`local_features` alone: a first verdict, from which
            that on stretches of text is made.
    """

    reading: Reading
    places: Array
    ngrams: Array
    gains: Array
    options: Mapping[int, list[Option]]
    windows: list[tuple[int, int]]
    alone: Array


def gather(
    reading: Reading, table: NgramTable, restorer: Restorer, before: Evidence | None = None
) -> Evidence:
    """Collect n-gram evidence and candidate gains for a text.

    Args:
        reading: From the encoder.
        table: n-gram counts.
        restorer: Gives candidates.
        before: Evidence on the text before some of it was changed: what stands among the same
            words as there is not looked up again.
    """
    places = np.flatnonzero(reading.is_word)
    gains = np.full((len(places), 4), NOT_LOOKED, dtype=np.float32)
    options: dict[int, list[Option]] = {}
    seen = _by_context(before) if before else {}
    new = []
    for row in np.flatnonzero(reading.logits[places] > GATE).tolist():
        place = int(places[row])
        known = seen.get(_context(reading, place))
        if known is None:
            new.append(row)
        else:
            options[place], gains[row] = known
    made = restorer.options(reading, [int(p) for p in places[new]])
    gains[new] = _gains(reading, made, restorer)
    options |= made
    return Evidence(
        reading,
        places,
        np.column_stack([_ngrams(reading, table), restorer.terms_at(reading)])[places],
        gains,
        options,
        _windows(reading, places),
        np.zeros(len(places), dtype=np.float32),
    )


def _context(reading: Reading, place: int) -> tuple[str, ...]:
    """Give all words that options and gains at a place depend on."""
    return reading.words[max(0, place - CONTEXT) : place + MAX_VARIANT_WORDS + CONTEXT]


def _by_context(evidence: Evidence) -> dict[tuple[str, ...], tuple[list[Option], Array]]:
    """Give options and gains of the places that were looked at, by the words around them."""
    row_of = {int(place): row for row, place in enumerate(evidence.places)}
    return {
        _context(evidence.reading, place): (options, evidence.gains[row_of[place]])
        for place, options in evidence.options.items()
    }


def _windows(reading: Reading, places: Array) -> list[tuple[int, int]]:
    blocks = cut_at(reading.spans[places, 0], reading.blocks)
    return verdict_windows([(a, b) for a, b in blocks if a < b])


def _ngrams(reading: Reading, table: NgramTable) -> Array:
    """Log counts of the word, its pairs and triples, and how far pairs exceed chance."""
    keys = hashes(["#", "#", *reading.words, "#", "#"])
    single = table.log_counts(combine([keys]))
    pair = table.log_counts(combine([keys[:-1], keys[1:]]))
    triple = table.log_counts(combine([keys[:-2], keys[1:-1], keys[2:]]))
    count = len(reading.words)
    total = float(np.log2(max(2, table.words)))
    here = single[2 : 2 + count]
    left, right = pair[1 : 1 + count], pair[2 : 2 + count]
    expected_left = single[1 : 1 + count] + here - total
    expected_right = single[3 : 3 + count] + here - total
    return np.stack(
        [
            here,
            left,
            right,
            left - expected_left,
            right - expected_right,
            triple[0:count],
            triple[1 : 1 + count],
            triple[2 : 2 + count],
        ],
        axis=1,
    ).astype(np.float32)


def _gains(reading: Reading, options: Mapping[int, list[Option]], restorer: Restorer) -> Array:
    """Gains by listed and by proposed originals, and the head's best, at suspicious words."""
    gains = restorer.gains(reading, options)
    best = [max((o.head for o in found[2:] if o.words), default=NOT_LOOKED)
            for found in options.values()]  # fmt: skip
    rows = [(*gains[place], top) for place, top in zip(options, best, strict=True)]
    return np.array(rows, dtype=np.float32).reshape(-1, 4)


def local_features(evidence: Evidence) -> Array:
    """Give what each place and its neighbours say, shape (places, local features)."""
    reading, places = evidence.reading, evidence.places
    logits = reading.logits[places]
    count = len(places)
    if not count:
        return np.zeros((0, len(LOCAL_FEATURES)), dtype=np.float32)
    padded = np.concatenate([[-6.0] * 2, logits, [-6.0] * 2])
    lengths = (reading.spans[places, 1] - reading.spans[places, 0]).astype(np.float32)
    columns = [
        logits,
        padded[1 : 1 + count],
        padded[3 : 3 + count],
        padded[0:count],
        padded[4 : 4 + count],
        _around(sigmoid(logits), SIDE_WORDS),
        reading.window[places],
        *evidence.ngrams.T,
        *evidence.gains.T,
        lengths,
        _capitals(reading, places),
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def _capitals(reading: Reading, places: Array) -> Array:
    """Tell how words are written: 0 small, 1 capital after a stop, 2 elsewhere, 3 all capitals.

    Names look odd to an encoder that does not know them; programs seldom write new ones.
    """
    found = np.zeros(len(places), dtype=np.float32)
    rows = zip(places.tolist(), reading.spans[places].tolist(), strict=True)
    for row, (place, (start, end)) in enumerate(rows):
        if reading.text[start].isupper():
            begins = place == 0 or reading.words[place - 1] == STOP
            whole = end - start > 1 and reading.text[start:end].isupper()
            found[row] = 3 if whole else 1 if begins else 2
    return found


def word_features(evidence: Evidence) -> Array:
    """Give the combiner's features of each place, shape (places, features)."""
    reading, places = evidence.reading, evidence.places
    logits = reading.logits[places]
    count = len(places)
    if not count:
        return np.zeros((0, len(WORD_FEATURES)), dtype=np.float32)
    p, alone = sigmoid(logits), evidence.alone
    columns = [
        *_article_columns(p, logits),
        _around(p, HALF_STRETCH),
        _around((logits > 0).astype(np.float32), HALF_STRETCH),
        np.full(count, np.log(count + 1.0)),
        _same_word(reading, places, p),
        alone,
        (alone.sum() - alone) / max(1, count - 1),
        _around(alone, HALF_STRETCH),
    ]
    return np.column_stack([local_features(evidence), *columns]).astype(np.float32)


def judged_features(evidence: Evidence, article: float, windows: Sequence[float]) -> Array:
    """Give the word features with the log odds of the article and of each word's window.

    Args:
        evidence: On the text.
        article: Log odds that the article is spun.
        windows: The same of its windows.
    """
    columns = word_features(evidence)
    window = at_each_place(evidence.windows, windows)
    return np.column_stack([columns, np.full(len(columns), article), window]).astype(np.float32)


def _article_columns(p: Array, logits: Array) -> list[Array]:
    """Mean P, share of high words and mean of the highest tenth, each without the word itself."""
    count = len(p)
    others = max(1, count - 1)
    high = (logits > 0).astype(np.float32)
    top = np.sort(p)[::-1][: max(3, count // 10)]
    return [
        (p.sum() - p) / others,
        (high.sum() - high) / others,
        np.full(count, float(top.mean())) - (p >= top[-1]) * p / len(top),
    ]


def _around(values: Array, reach: int) -> Array:
    """Mean of the values within ``reach`` places, the place itself left out."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    index = np.arange(len(values))
    low, high = np.maximum(0, index - reach), np.minimum(len(values), index + reach + 1)
    result: Array = (sums[high] - sums[low] - values) / np.maximum(1, high - low - 1)
    return result


def _same_word(reading: Reading, places: Array, p: Array) -> Array:
    """Mean P of the same word elsewhere in the article; -1 where it stands once."""
    sums: dict[str, tuple[float, int]] = {}
    for place, value in zip(places, p, strict=True):
        total, seen = sums.get(reading.words[place], (0.0, 0))
        sums[reading.words[place]] = (total + float(value), seen + 1)
    found = np.full(len(places), -1.0, dtype=np.float32)
    for row, place in enumerate(places):
        total, seen = sums[reading.words[place]]
        if seen > 1:
            found[row] = (total - float(p[row])) / (seen - 1)
    return found


def _rest(evidence: Evidence, start: int, end: int) -> tuple[float, float, float, float]:
    """Compare a stretch with the rest of the text.

    One paragraph that differs from all others of a page was put there; a page that is odd
    throughout may be its author's way of writing.

    Returns:
        Mean first verdict on the words outside, the share of them above even odds, by how much the
        mean inside exceeds that outside (log), and the share of the other windows whose mean is at
        least half of that inside; -1, -1, 0, -1 where there is too little to compare with.
    """
    alone = evidence.alone
    outside = len(alone) - (end - start)
    if outside < LEAST_REST:
        return -1.0, -1.0, 0.0, -1.0
    inside = alone[start:end]
    high = int((alone > 0.5).sum()) - int((inside > 0.5).sum())
    rest = float(alone.sum() - inside.sum()) / outside
    mean = float(inside.mean())
    sums = np.concatenate([[0.0], np.cumsum(alone)])
    others = [(sums[b] - sums[a]) / (b - a) for a, b in evidence.windows if b <= start or a >= end]
    alike = float(np.mean(np.array(others) >= mean / 2)) if others else -1.0
    contrast = float(np.log((mean + LEAST_MEAN) / (rest + LEAST_MEAN)))
    return rest, high / outside, contrast, alike


def stretch_features(evidence: Evidence, start: int, end: int, hits: float = 0.0) -> Array:
    """Give the features of the places from ``start`` to ``end`` as one stretch of text.

    Args:
        evidence: Of the whole text.
        start: First place.
        end: After the last place.
        hits: Weight of glossary hits in the stretch.
    """
    logits = evidence.reading.logits[evidence.places[start:end]]
    window = evidence.reading.window[evidence.places[start:end]]
    ngrams, gains = evidence.ngrams[start:end], evidence.gains[start:end]
    if not len(logits):
        return np.zeros(len(STRETCH_FEATURES), dtype=np.float32)
    p = sigmoid(logits)
    alone = evidence.alone[start:end]
    count = len(p)
    shares = [float((logits > limit).mean()) for limit in (0.0, -1.0, -2.0, 2.0)]
    tops, alone_tops = (
        [float(order[: max(1, count // part)].mean()) for part in TOP_PARTS]
        for order in (np.sort(p)[::-1], np.sort(alone)[::-1])
    )
    common = ngrams[:, 0] >= 4  # words seen some fifteen times: their pairs should be known
    rare = (ngrams[:, 1] == 0) & common
    return np.array(
        [
            float(p.mean()),
            *shares,
            *tops,
            float(np.median(logits)),
            float(window.mean()),
            float(window.max()),
            float(window.min()),
            float(rare.mean()),
            float((ngrams[:, 3] < 0).mean()),
            float(np.log(count + 1)),
            float((gains[:, 0] > 1.0).mean()),
            float((gains[:, 1] > 1.5).mean()),
            hits,
            float(alone.mean()),
            *(float((alone > least).mean()) for least in ALONE_SHARES),
            *alone_tops,
            *_rest(evidence, start, end),
        ],
        dtype=np.float32,
    )
