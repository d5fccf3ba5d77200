"""Evidence per word and per stretch of text, as numbers for the combiner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unspin.language.ngrams import NgramTable, combine, hashes
from unspin.language.restoring import Restorer
from unspin.language.runtime import Reading
from unspin.language.trees import sigmoid

Array = NDArray[Any]
GATE = -3.0  # log odds by the encoder above which candidates are looked at: some 5 % of clean words
NOT_LOOKED = -9.0
WORD_FEATURES = (
    "logit", "left", "right", "left2", "right2", "near", "window", "single", "pair_left",
    "pair_right", "lift_left", "lift_right", "triple_left", "triple_mid", "triple_right",
    "listed_gain", "head_gain", "head_top", "length", "article_mean", "article_high", "article_top",
    "stretch_mean", "stretch_high", "article_words", "same_word",
)  # fmt: skip
STRETCH_FEATURES = (
    "mean_p", "share_0", "share_-1", "share_-2", "share_2", "top_5", "top_10", "top_20",
    "median", "window_mean", "window_max", "window_least", "rare_pairs", "rare_lift", "log_words",
    "listed_gain", "head_gain", "hits",
)  # fmt: skip
SIDE_WORDS = 10  # words on each side that make a word's neighbourhood
HALF_STRETCH = 50  # words on each side that make its stretch


@dataclass(frozen=True)
class Evidence:
    """All per-word evidence on a text, before any decision.

    Attributes:
        reading: From the encoder.
        places: Indices of real words (no stops) in the reading.
        table: n-gram evidence and candidate gains per place, in the order of the features.
    """

    reading: Reading
    places: Array
    ngrams: Array
    gains: Array


def gather(reading: Reading, table: NgramTable, restorer: Restorer) -> Evidence:
    """Collect n-gram evidence and candidate gains for a text."""
    places = np.flatnonzero(reading.is_word)
    return Evidence(
        reading, places, _ngrams(reading, table)[places], _gains(reading, places, restorer)
    )


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


def _gains(reading: Reading, places: Array, restorer: Restorer) -> Array:
    """Gains by listed and by proposed originals, and the head's best, at suspicious words."""
    found = np.full((len(places), 3), NOT_LOOKED, dtype=np.float32)
    rows = np.flatnonzero(reading.logits[places] > GATE)
    options = restorer.options(reading, [int(places[r]) for r in rows])
    gains = restorer.gains(reading, options)
    for row in rows:
        place = int(places[row])
        best = max((o.head for o in options[place][2:] if o.words), default=NOT_LOOKED)
        found[row] = (*gains[place], best)
    return found


def word_features(evidence: Evidence) -> Array:
    """Give the combiner's features of each place, shape (places, features)."""
    reading, places = evidence.reading, evidence.places
    logits = reading.logits[places]
    count = len(places)
    if not count:
        return np.zeros((0, len(WORD_FEATURES)), dtype=np.float32)
    p = sigmoid(logits)
    padded = np.concatenate([[-6.0] * 2, logits, [-6.0] * 2])
    lengths = (reading.spans[places, 1] - reading.spans[places, 0]).astype(np.float32)
    columns = [
        logits,
        padded[1 : 1 + count],
        padded[3 : 3 + count],
        padded[0:count],
        padded[4 : 4 + count],
        _around(p, SIDE_WORDS),
        reading.window[places],
        *evidence.ngrams.T,
        *evidence.gains.T,
        lengths,
        *_article_columns(p, logits),
        _around(p, HALF_STRETCH),
        _around((logits > 0).astype(np.float32), HALF_STRETCH),
        np.full(count, np.log(count + 1.0)),
        _same_word(reading, places, p),
    ]
    return np.stack(columns, axis=1).astype(np.float32)


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
    order = np.sort(p)[::-1]
    count = len(p)
    shares = [float((logits > limit).mean()) for limit in (0.0, -1.0, -2.0, 2.0)]
    tops = [float(order[: max(1, count // part)].mean()) for part in (20, 10, 5)]
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
        ],
        dtype=np.float32,
    )
