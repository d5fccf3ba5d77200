"""The language model as the rest of the product sees it: text in, judgement out.

>>> model = SpinModel.load(default_model_dir())          # doctest: +SKIP
>>> judgement = model.judge("Smoking raises the danger of heart assault.")  # doctest: +SKIP

All imports of onnxruntime and tokenizers happen inside :meth:`SpinModel.load`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from unspin.errors import UnspinError
from unspin.language.features import (
    STRETCH_FEATURES,
    Evidence,
    gather,
    stretch_features,
    word_features,
)
from unspin.language.ngrams import NUMBER, NgramTable
from unspin.language.restoring import PhraseScorer, Restorer, Variants
from unspin.language.runtime import Encoder
from unspin.language.trees import Trees, sigmoid
from unspin.resources import data_path

Array = NDArray[Any]
WINDOW_WORDS = 200  # DESIGN, "Two levels of evidence"
MAX_REPLACEMENTS = 5
SAFE_HIT, WEAK_HIT = 1.0, 0.1  # weight of a glossary form that never, or sometimes, is right
FILES = ("encoder.onnx", "embeddings.npz", "tokenizer.json", "ngrams.npz", "combiner.npz",
         "variants.tsv.gz", "model.json")  # fmt: skip


class GlossaryHit(Protocol):
    """What the model reads of a glossary hit."""

    @property
    def start(self) -> int:
        """First code point."""

    @property
    def kind(self) -> str:
        """``"spun"`` for a spun variant."""

    @property
    def replacement(self) -> str:
        """The canonical term."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """A proposed original with its probability of being right."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class JudgedWindow:
    """A stretch of about 200 words with its P(spun)."""

    start: int
    end: int
    spun_probability: float


@dataclass(frozen=True, slots=True)
class JudgedSpan:
    """A span that looks spun.

    Attributes:
        start: First code point in the text given.
        end: After the last one.
        spun_probability: P(the wording was put there by a spinning program).
        replacements: Best first; may be empty.
    """

    start: int
    end: int
    spun_probability: float
    replacements: tuple[Replacement, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the model says of a text.

    Attributes:
        spun_probability: Of the whole text.
        windows: In order, together covering the text.
        spans: In order, disjoint; those above the report threshold of the model.
        safe_probability: A replacement from this probability on may be applied unasked.
        suggest_probability: From this one on it may be applied with ``--unsafe-fixes``.
    """

    spun_probability: float
    windows: tuple[JudgedWindow, ...]
    spans: tuple[JudgedSpan, ...]
    safe_probability: float
    suggest_probability: float


@dataclass(frozen=True)
class Settings:
    """Thresholds chosen on data by ``unspin train``; kept in ``model.json``.

    Attributes:
        version: Of the model.
        report: P of a word from which it is reported.
        report_spun: The same where the article or the word's window is surely spun.
        sure: Log odds of article or window from which that holds.
        extend: Share of that P from which a neighbour belongs to a reported word.
        safe: P of a replacement from which it is applied; above 1 never.
        suggest: P of a replacement from which it is worth applying on request.
        verdict_shift: Added to log odds of article and windows, so that .5 is the verdict.
    """

    version: str
    report: float
    report_spun: float
    sure: float
    extend: float
    safe: float
    suggest: float
    verdict_shift: float

    @classmethod
    def read(cls, path: Path) -> Settings:
        """Read ``model.json``."""
        data = json.loads(path.read_text(encoding="utf-8"))
        numbers = (float(data[f.name]) for f in fields(cls) if f.name != "version")
        return cls(str(data["version"]), *numbers)


@dataclass(frozen=True)
class Combiner:
    """The three tree models over the evidence.

    Attributes:
        stretch: P(stretch of text is spun).
        word: P(word is spun), given its evidence and the log odds of article and window.
        ranker: P(candidate is what stood there).
    """

    stretch: Trees
    word: Trees
    ranker: Trees

    @classmethod
    def load(cls, path: Path) -> Combiner:
        """Read ``combiner.npz``."""
        with np.load(path) as data:
            arrays = dict(data)
        return cls(*(Trees.from_arrays(arrays, name) for name in ("stretch", "word", "ranker")))


@dataclass(frozen=True)
class JudgedWords:
    """Probabilities on a text before any decision.

    Attributes:
        evidence: On the text.
        article: Log odds that the article is spun.
        p: P(spun) of each place.
        level: From :func:`levels`.
    """

    evidence: Evidence
    article: float
    p: Array
    level: Array


def default_model_dir() -> Path:
    """Folder of the shipped model."""
    return data_path("model")


class SpinModel:
    """The encoder and all that weighs its evidence. Thread-safe after loading.

    Args:
        encoder: Reads text.
        table: n-gram counts of clean text.
        restorer: Proposes originals.
        combiner: Decides.
        settings: Thresholds.
    """

    def __init__(
        self,
        encoder: Encoder,
        table: NgramTable,
        restorer: Restorer,
        combiner: Combiner,
        settings: Settings,
    ) -> None:
        self._encoder, self._table, self._restorer = encoder, table, restorer
        self._combiner, self._settings = combiner, settings

    @classmethod
    def load(cls, folder: Path) -> SpinModel:
        """Load a model folder.

        Raises:
            UnspinError: When a file is missing; the message says which.
        """
        missing = [name for name in FILES if not (folder / name).exists()]
        if missing:
            raise UnspinError(f"language model: {folder} lacks {', '.join(missing)}")
        encoder = Encoder(folder)
        table = NgramTable.load(folder / "ngrams.npz")
        combiner = Combiner.load(folder / "combiner.npz")
        variants = Variants.load(folder / "variants.tsv.gz")
        restorer = Restorer(encoder, PhraseScorer(table), variants, combiner.ranker)
        return cls(encoder, table, restorer, combiner, Settings.read(folder / "model.json"))

    @property
    def version(self) -> str:
        """Version of the model."""
        return self._settings.version

    def judge(
        self,
        text: str,
        hits: Sequence[GlossaryHit] = (),
        *,
        spun_probability: float | None = None,
    ) -> Judgement:
        """Judge a text.

        Args:
            text: Prose; offsets in the result are code points of it.
            hits: What the glossary found in it.
            spun_probability: P(spun) of the article to judge the spans with; None takes it from
                the text itself.
        """
        evidence = self.evidence(text)
        count = len(evidence.places)
        if not count:
            return Judgement(0.0, (), (), self._settings.safe, self._settings.suggest)
        article = self.stretch_logit(evidence, 0, count, hits)
        bounds = window_bounds(count)
        logits = [self.stretch_logit(evidence, a, b, hits) for a, b in bounds]
        shift = self._settings.verdict_shift
        known = article if spun_probability is None else _logit(spun_probability) - shift
        p = self.word_probabilities(evidence, known, bounds, logits)
        found = flagged(evidence, p, levels(known, bounds, logits), self._settings)
        return Judgement(
            float(sigmoid(np.array(article + shift))),
            self._windows(evidence, bounds, logits),
            tuple(self._span(evidence, a, b, p) for a, b in found),
            self._settings.safe,
            self._settings.suggest,
        )

    def evidence(self, text: str) -> Evidence:
        """Collect the evidence on a text without deciding."""
        return gather(self._encoder.read(text), self._table, self._restorer)

    def stretch_logit(
        self, evidence: Evidence, start: int, end: int, hits: Sequence[GlossaryHit] = ()
    ) -> float:
        """Give the log odds that a stretch of places is spun, before the verdict's shift."""
        spans = evidence.reading.spans[evidence.places[start:end]]
        inside = [h for h in hits if spans[0, 0] <= h.start < spans[-1, 1]]
        row = stretch_features(evidence, start, end, hit_weight(inside) / (end - start))
        assert len(row) == len(STRETCH_FEATURES)
        return float(self._combiner.stretch.score(row[None])[0]) + hit_weight(inside)

    def word_probabilities(
        self,
        evidence: Evidence,
        article: float,
        bounds: Sequence[tuple[int, int]],
        windows: Sequence[float],
    ) -> Array:
        """Give P(spun) of each place, given the log odds of the article and of its windows."""
        columns = word_features(evidence)
        window = np.zeros(len(columns), dtype=np.float32)
        for (a, b), logit in zip(bounds, windows, strict=True):
            window[a:b] = logit
        table = np.column_stack([columns, np.full(len(columns), article), window])
        return sigmoid(self._combiner.word.score(table.astype(np.float32)))

    def judged_words(self, text: str) -> JudgedWords:
        """Give the evidence on a text and all probabilities, without a decision."""
        evidence = self.evidence(text)
        count = len(evidence.places)
        if not count:
            return JudgedWords(evidence, -9.0, np.zeros(0), np.zeros(0))
        bounds = window_bounds(count)
        article = self.stretch_logit(evidence, 0, count)
        logits = [self.stretch_logit(evidence, a, b) for a, b in bounds]
        p = self.word_probabilities(evidence, article, bounds, logits)
        return JudgedWords(evidence, article, p, levels(article, bounds, logits))

    def _windows(
        self, evidence: Evidence, bounds: Sequence[tuple[int, int]], logits: Sequence[float]
    ) -> tuple[JudgedWindow, ...]:
        spans = evidence.reading.spans[evidence.places]
        p = sigmoid(np.array(logits) + self._settings.verdict_shift)
        text_end = len(evidence.reading.text)
        starts = [0, *(int(spans[a, 0]) for a, _ in bounds[1:])]
        ends = [*starts[1:], text_end]
        return tuple(JudgedWindow(a, b, float(x)) for a, b, x in zip(starts, ends, p, strict=True))

    def _span(self, evidence: Evidence, start: int, end: int, p: Array) -> JudgedSpan:
        reading = evidence.reading
        first, last = int(evidence.places[start]), int(evidence.places[end - 1])
        begin, finish = int(reading.spans[first, 0]), int(reading.spans[last, 1])
        found = self._restorer.rank(reading, first, last + 1, MAX_REPLACEMENTS)
        shown = reading.text[begin:finish]
        texts = [written(c.words, shown) for c in found]
        replacements = tuple(
            Replacement(text, float(sigmoid(np.array(candidate.score))))
            for text, candidate in zip(texts, found, strict=True)
            if text is not None
        )
        return JudgedSpan(begin, finish, float(p[start:end].max()), replacements)


def hit_weight(hits: Sequence[GlossaryHit]) -> float:
    """Weigh glossary hits as log odds; each concept counts once."""
    weights: dict[str, float] = {}
    for hit in hits:
        if hit.kind == "spun" and not getattr(hit, "when", None):  # conditions are not asked here
            sure = str(getattr(hit, "applicability", "")) == "safe"
            key = hit.replacement.casefold()
            weights[key] = max(weights.get(key, 0.0), SAFE_HIT if sure else WEAK_HIT)
    return sum(weights.values())


def window_bounds(count: int) -> list[tuple[int, int]]:
    """Cut places into windows of about 200 words; a short rest joins the last one."""
    starts = list(range(0, max(1, count - WINDOW_WORDS // 2), WINDOW_WORDS))
    return list(zip(starts, [*starts[1:], count], strict=True))


def levels(article: float, bounds: Sequence[tuple[int, int]], windows: Sequence[float]) -> Array:
    """Give, per place, the log odds of its article or of its window, whichever is higher."""
    found = np.zeros(bounds[-1][1] if bounds else 0, dtype=np.float32)
    for (a, b), logit in zip(bounds, windows, strict=True):
        found[a:b] = max(article, logit)
    return found


def flagged(
    evidence: Evidence, p: Array, level: Array, settings: Settings
) -> list[tuple[int, int]]:
    """Give the runs of places (start, end exclusive) that are reported.

    Args:
        evidence: On the text.
        p: P(spun) of each place.
        level: From :func:`levels`.
        settings: Thresholds.
    """
    report = np.where(level >= settings.sure, settings.report_spun, settings.report)
    return runs(evidence, p, report, report * settings.extend)


def runs(evidence: Evidence, p: Array, report: Array, extend: Array) -> list[tuple[int, int]]:
    """Join places above ``report`` with neighbours above ``extend``, never across a stop."""
    places = evidence.places
    strong, weak = p >= report, p >= extend
    found: list[tuple[int, int]] = []
    for seed in np.flatnonzero(strong):
        if found and seed < found[-1][1]:
            continue
        start = end = int(seed)
        least = found[-1][1] if found else 0
        while start > least and weak[start - 1] and places[start - 1] == places[start] - 1:
            start -= 1
        end += 1
        while end < len(p) and weak[end] and places[end] == places[end - 1] + 1:
            end += 1
        found.append((start, end))
    return found


def written(words: Sequence[str], like: str) -> str | None:
    """Write folded words with the capitals and the numbers of the wording they replace.

    Returns:
        The text, or None when it would not hold the same numbers.
    """
    numbers = re.findall(r"\d+(?:[.,]\d+)*", like)
    if list(words).count(NUMBER) != len(numbers):
        return None
    left = iter(numbers)
    text = " ".join(next(left) if w == NUMBER else w for w in words)
    if like.isupper() and len(like) > 1:
        return text.upper()
    parts = like.split()
    if len(parts) > 1 and all(w[:1].isupper() for w in parts):
        return " ".join(w[:1].upper() + w[1:] for w in text.split(" "))
    return text[:1].upper() + text[1:] if like[:1].isupper() else text


def _logit(p: float) -> float:
    p = min(max(p, 1e-6), 1 - 1e-6)
    return float(np.log(p / (1 - p)))
