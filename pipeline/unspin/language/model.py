"""The language model as the rest of the product sees it: text in, judgement out.

>>> model = SpinModel.load(default_model_dir())          # doctest: +SKIP
>>> judgement = model.judge("Smoking raises the danger of heart assault.")  # doctest: +SKIP

All imports of onnxruntime and tokenizers happen inside :meth:`SpinModel.load`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import islice, takewhile
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from unspin.errors import UnspinError
from unspin.language.certainty import certainty_row, is_plain_change
from unspin.language.features import (
    LIFTS,
    PAIRS,
    STRETCH_FEATURES,
    Evidence,
    gather,
    judged_features,
    local_features,
    stretch_features,
)
from unspin.language.ngrams import NUMBER, NgramTable
from unspin.language.restoring import (
    Candidate,
    PhraseScorer,
    Restorer,
    Variants,
    WordSpan,
)
from unspin.language.runtime import Encoder, Reading
from unspin.language.terms import TermTable
from unspin.language.trees import Trees, sigmoid
from unspin.language.windows import at_each_place
from unspin.places import overlapping
from unspin.resources import data_path

Array = NDArray[Any]
MAX_REPLACEMENTS = 5
# Of 120 articles joined from paragraphs of which a sixth of the words is spun, two have such a
# share of words that look spun; a page with half of its words replaced has more.
DENSE_WORDS, DENSE_SHARE = 300, 0.125
# log2 of how often a pair stands in clean text, and of how often more than by chance: of 31,000
# words of clean articles 3 % make such a pair with a neighbour.
SET_PHRASE = (6.0, 10.0)
CLEARLY_CLEAN = 0.004  # first verdict that stands: no word below it got .1 in a spun article
DOUBT = -4.0  # log odds from which what can be restored in a window has a say in its verdict
# Log odds of an article from which nothing else has a say: of 150 clean texts in unusual registers
# one is above, of 1,200 short spun ones three quarters are.
SURELY_SPUN = 5.5
DOUBT_WORDS = 120  # what is said of a short text; what a longer one holds is taken per so many
# Log odds of a glossary form: safe as it stands; likely, or safe where its conditions hold; others.
# Of kept clean texts of 500 words .4, 1.4 and 17 % hold such a form. Of passages of 100 words .1 %
# hold a safe one if clean, and 1 to 22 % if a program spun them with one of six dictionaries.
SAFE_HIT, CONDITIONAL_HIT, WEAK_HIT = 2.4, 1.0, 0.1
FILES = ("encoder.onnx", "embeddings.npz", "tokenizer.json", "ngrams.npz", "terms.npz",
         "combiner.npz", "variants.tsv.gz", "model.json")  # fmt: skip


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
        certainty: P(putting the first of them in is right), by all evidence; 0 where the text is
            not spun as a whole, and of a change that is never made unasked.
        listed: Whether the list of spun wordings knows each change that the first of them makes.
    """

    start: int
    end: int
    spun_probability: float
    replacements: tuple[Replacement, ...]
    certainty: float = 0.0
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A reported wording with what would be put in for it.

    Attributes:
        span: Without its certainty.
        row: Evidence on it, from :func:`unspin.language.certainty.certainty_row`; None of what
            is never put in unasked.
    """

    span: JudgedSpan
    row: list[float] | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the model says of a text.

    Attributes:
        spun_probability: Of the whole text.
        windows: In order, together covering the text.
        spans: In order, disjoint; those above the report threshold of the model.
        safe_probability: A replacement from this certainty on may be applied unasked
            (:meth:`is_sure`).
        suggest_probability: From this one on it may be applied with ``--unsafe-fixes``.
        words: Start and end of each word in code points, shape (words, 2).
        p: P(spun) of each word.
        evidence: That all of it was decided on, None of a text without words; for judging the
            text again after fixing.
        doubted: Whether the text was held against what can be restored in it.
    """

    spun_probability: float
    windows: tuple[JudgedWindow, ...]
    spans: tuple[JudgedSpan, ...]
    safe_probability: float
    suggest_probability: float
    words: Array = field(repr=False, compare=False)
    p: Array = field(repr=False, compare=False)
    evidence: Evidence | None = field(default=None, repr=False, compare=False)
    doubted: bool = field(default=False, repr=False, compare=False)

    def is_sure(self, span: JudgedSpan) -> bool:
        """Whether the first replacement of a span of this text may be put in unasked.

        The model is certain of it, the list knows what it changes, and the text is spun beyond
        doubt: what is certain in a text that may be an author's is his style.
        """
        return span.certainty >= self.safe_probability and span.listed and not self.doubted

    def spans_in(self, start: int, end: int) -> Sequence[JudgedSpan]:
        """Give the spans that overlap the text between two code points."""
        return overlapping(self.spans, start, end)

    def collocates(self, start: int, end: int) -> bool:
        """Whether a word between two code points makes a set phrase with a word beside it.

        Clean text has the pair often, and far more often than chance would have it
        (:data:`SET_PHRASE`): "hazard ratio", and not "the hazard".
        """
        if self.evidence is None:
            return False
        ngrams = self.evidence.ngrams[self._between(start, end)]
        pairs, lifts = ngrams[:, PAIRS], ngrams[:, LIFTS]
        return bool(((pairs >= SET_PHRASE[0]) & (lifts >= SET_PHRASE[1])).any())

    def highest(self, start: int, end: int) -> float:
        """P(spun) of the most suspicious word between two code points; 0 where there is none."""
        return float(self.p[self._between(start, end)].max(initial=0.0))

    def _between(self, start: int, end: int) -> Array:
        """Tell which words have a code point between two."""
        inside: Array = (self.words[:, 0] < end) & (self.words[:, 1] > start)
        return inside


@dataclass(frozen=True)
class Settings:
    """Thresholds chosen on data by ``unspin train``; kept in ``model.json``.

    Attributes:
        version: Of the model.
        report: P of a word from which it is reported.
        report_spun: The same where the article or the word's window is surely spun.
        report_dense: The same in an article of some length that is spun throughout.
        sure: Log odds of article or window from which that holds.
        ramp: By how many nats less neither is in doubt any more: between the two the threshold
            falls evenly, in log odds. With 0 it falls at once.
        extend: Share of that P from which a neighbour belongs to a reported word.
        safe: Certainty of a replacement from which it is applied where the list of spun wordings
            knows what it changes; above 1 never.
        suggest: Certainty of a replacement from which it is worth applying on request.
        verdict_shift: Added to the log odds of an article, so that .5 is the verdict.
        window_shift: The same for windows: a long clean text has many.
        window_restored: Weight of what can be restored in the log odds of a window, where the
            article does not look spun (:meth:`SpinModel.restored`).
        window_several: Added there where more than one wording of the window is reported.
        article_restored: The same for an article that looks spun, but not surely so.
        article_suspicious: What each suspicious word takes off its log odds.
    """

    version: str
    report: float
    report_spun: float
    report_dense: float
    sure: float
    ramp: float
    extend: float
    safe: float
    suggest: float
    verdict_shift: float
    window_shift: float
    window_restored: float
    window_several: float
    article_restored: float
    article_suspicious: float

    @classmethod
    def read(cls, path: Path) -> Settings:
        """Read ``model.json``.

        Raises:
            UnspinError: When a threshold is missing; the message says which.
        """
        data = json.loads(path.read_text(encoding="utf-8"))
        missing = [f.name for f in fields(cls) if f.name not in data]
        if missing:
            raise UnspinError(
                f"language model: {path} lacks {', '.join(missing)}; train the model with this "
                "version of unspin"
            )
        numbers = (float(data[f.name]) for f in fields(cls) if f.name != "version")
        return cls(str(data["version"]), *numbers)


@dataclass(frozen=True)
class Combiner:
    """The tree models over the evidence.

    Attributes:
        alone: P(word is spun), from its own evidence.
        stretch: P(stretch of text is spun).
        word: P(word is spun), given its evidence and the log odds of article and window.
        ranker: P(candidate is what stood there), from the sentence as it is.
        judge: The same of the best few, read in their place.
        certainty: P(putting the best one in is right), from that and from what says that its words
            were replaced; None while the others are fitted: then nothing is certain.
    """

    alone: Trees
    stretch: Trees
    word: Trees
    ranker: Trees
    judge: Trees
    certainty: Trees | None = None

    @classmethod
    def load(cls, path: Path) -> Combiner:
        """Read ``combiner.npz``."""
        with np.load(path) as data:
            arrays = dict(data)
        names = [f.name for f in fields(cls) if f"{f.name}.roots" in arrays]
        return cls(**{name: Trees.from_arrays(arrays, name) for name in names})

    def with_certainty(self, trees: Trees) -> Combiner:
        """Give the same models with another for certainty."""
        return replace(self, certainty=trees)

    def save(self, path: Path) -> None:
        """Write ``combiner.npz``."""
        arrays: dict[str, Array] = {}
        for name, trees in vars(self).items():
            if trees is not None:
                arrays |= trees.arrays(name)
        np.savez(path, **arrays)  # type: ignore[arg-type]


@dataclass(frozen=True)
class JudgedWords:
    """Probabilities on a text before any decision.

    Attributes:
        evidence: On the text.
        article: Log odds that the article is spun.
        windows: The same of its windows.
        p: P(spun) of each place.
        level: From :func:`levels`.
    """

    evidence: Evidence
    article: float
    windows: Array
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
            what = f"lacks {', '.join(missing)}" if folder.is_dir() else "is no folder"
            why = "name a folder with a trained model, auto or off"
            raise UnspinError(f"language model: {folder} {what}; {why}")
        table = NgramTable.load(folder / "ngrams.npz")
        encoder = Encoder(folder, table)
        combiner = Combiner.load(folder / "combiner.npz")
        variants = Variants.load(folder / "variants.tsv.gz")
        scorer = PhraseScorer(table, TermTable.load(folder / "terms.npz"))
        restorer = Restorer(encoder, scorer, variants, combiner.ranker, combiner.judge)
        return cls(encoder, table, restorer, combiner, Settings.read(folder / "model.json"))

    def with_settings(self, settings: Settings) -> SpinModel:
        """Give the same model with other thresholds."""
        return SpinModel(self._encoder, self._table, self._restorer, self._combiner, settings)

    def without_listed(self, wordings: Iterable[str]) -> SpinModel:
        """Give the same model with some spun wordings hidden from its list (for fitting)."""
        restorer = self._restorer.without_listed(wordings)
        return SpinModel(self._encoder, self._table, restorer, self._combiner, self._settings)

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
        restore: bool = True,
        before: Judgement | None = None,
    ) -> Judgement:
        """Judge a text.

        Args:
            text: Prose; offsets in the result are code points of it.
            hits: What the glossary found in it; of forms with conditions those that hold.
            spun_probability: P(spun) of the article to judge the spans with; None takes it from
                the text itself.
            restore: Propose replacements, too; they take most of the time in a spun text.
            before: Of the text before fixing: what stands among the same words is not looked up
                again, which saves half of the time, and the text is doubted if that one was.
                What fixing leaves in a spun text is no author's odd wording.
        """
        evidence = self.evidence(text, before.evidence if before else None)
        count = len(evidence.places)
        if not count:
            nothing = np.zeros((0, 2)), np.zeros(0)
            return Judgement(0.0, (), (), self._settings.safe, self._settings.suggest, *nothing)
        article = self.stretch_logit(evidence, 0, count, hits)
        logits = [self.stretch_logit(evidence, a, b, hits) for a, b in evidence.windows]
        shift = self._settings.verdict_shift
        known = article if spun_probability is None else _logit(spun_probability) - shift
        words = self._read(evidence, known, logits)
        doubted = before.doubted if before else 0 < article + shift <= SURELY_SPUN
        if doubted:
            doubts = self._doubts(words)
            article += min(0.0, float(doubts.sum())) / max(1.0, count / DOUBT_WORDS)
            known = article if spun_probability is None else known
            logits = (words.windows + np.minimum(0.0, doubts)).tolist()
            words = self._read(evidence, known, logits)
            verdicts = words.windows + shift
        elif self._is_spun(words):
            verdicts = words.windows + shift
        else:
            verdicts = words.windows + self._settings.window_shift + self._speaking_for(words)
            verdicts = verdicts + self._settings.window_several * self.several(words)
        return Judgement(
            float(sigmoid(np.array(article + shift))),
            _windows(evidence, sigmoid(verdicts)),
            self._spans(words) if restore else self._bare(words),
            self._settings.safe,
            self._settings.suggest,
            evidence.reading.spans[evidence.places],
            words.p,
            evidence,
            doubted,
        )

    def _read(self, evidence: Evidence, article: float, windows: Sequence[float]) -> JudgedWords:
        """Judge the words of a text, given the log odds of the article and of its windows."""
        p = self.word_probabilities(evidence, article, windows)
        level = levels(evidence, article, windows)
        return JudgedWords(evidence, article, np.array(windows), p, level)

    def evidence(self, text: str, before: Evidence | None = None) -> Evidence:
        """Collect the evidence on a text without deciding.

        Args:
            text: The text.
            before: Evidence on it before some of it was changed.
        """
        reading = self._encoder.read(text, before.reading if before else None)
        evidence = gather(reading, self._table, self._restorer, before)
        return with_first_verdict(evidence, self._combiner.alone)

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
        windows: Sequence[float],
    ) -> Array:
        """Give P(spun) of each place, given the log odds of the article and of its windows."""
        table = judged_features(evidence, article, windows)
        p = evidence.alone.copy()
        asked = p > CLEARLY_CLEAN
        p[asked] = sigmoid(self._combiner.word.score(table[asked]))
        return p

    def judged_words(self, text: str) -> JudgedWords:
        """Give the evidence on a text and all probabilities, without a decision."""
        evidence = self.evidence(text)
        count = len(evidence.places)
        if not count:
            return JudgedWords(evidence, -9.0, np.zeros(1), np.zeros(0), np.zeros(0))
        article = self.stretch_logit(evidence, 0, count)
        logits = [self.stretch_logit(evidence, a, b) for a, b in evidence.windows]
        return self._read(evidence, article, logits)

    def _speaking_for(self, words: JudgedWords) -> Array:
        """Give what the chance to restore something adds to the log odds of each window."""
        weight = self._settings.window_restored
        if not weight:  # ranking takes time: not where it has no say
            return np.zeros(len(words.windows))
        return weight * self._restored(words)[0]

    def several(self, words: JudgedWords) -> Array:
        """Tell which windows hold more than one reported wording.

        A single one is an author's, however often it comes back.
        """
        reading, found = words.evidence.reading, self._flagged(words)
        wordings = [
            (a, " ".join(reading.words[start:end]).lower())
            for (a, _), (start, end) in zip(found, _in_reading(words.evidence, found), strict=True)
        ]
        return np.array(
            [len({w for a, w in wordings if start <= a < end}) > 1
             for start, end in words.evidence.windows]
        )  # fmt: skip

    def _doubts(self, words: JudgedWords) -> Array:
        """Give what can be restored, less what suspicious words ask for, in log odds of windows."""
        weight, cost = self._settings.article_restored, self._settings.article_suspicious
        if not cost:
            return np.zeros(len(words.windows))
        restored, suspicious = self._restored(words)
        return weight * restored - cost * suspicious

    def _restored(self, words: JudgedWords) -> tuple[Array, Array]:
        return self.restored(words.evidence, words.windows.tolist(), words.p)

    def restored(
        self, evidence: Evidence, logits: Sequence[float], p: Array
    ) -> tuple[Array, Array]:
        """Tell of each doubtful window how surely its suspicious words can be restored.

        Odd wording of an author (names, dialect, notes, old or foreign texts, lists) resembles a
        spun paragraph in all but this: no word is known that would stand better in its place.

        Args:
            evidence: On the text.
            logits: Log odds of the windows.
            p: P(spun) of each place.

        Returns:
            -log P(no replacement of a suspicious wording is right) of each window, and how many
            suspicious words it holds; both 0 below :data:`DOUBT`.
        """
        report = np.full(len(p), self._settings.report_spun)
        doubtful = at_each_place(evidence.windows, logits) > DOUBT
        report[~doubtful] = np.inf
        found = runs(evidence, p, report, report * self._settings.extend)
        if not found:
            return np.zeros(len(logits)), np.zeros(len(logits))
        spans = self._restorer.spans(evidence.reading, _in_reading(evidence, found))
        ranked = self._restorer.rank(evidence.reading, spans, evidence.options, 1)
        best = [candidates[0].score if candidates else -np.inf for candidates in ranked]
        wrong = np.zeros(len(p))
        first = np.searchsorted(evidence.places, [span.core[0] for span in spans])
        wrong[first] = np.logaddexp(0.0, best)
        suspicious = p >= report
        each = [(wrong[a:b].sum(), suspicious[a:b].sum()) for a, b in evidence.windows]
        return np.array([w for w, _ in each]), np.array([float(s) for _, s in each])

    def proposals(self, text: str) -> list[Proposal]:
        """Give what would be put in for each reported wording of a text that is spun as a whole.

        For fitting and choosing from which certainty on; none for other texts.
        """
        words = self.judged_words(text)
        return self._proposals(words) if self._is_spun(words) else []

    def _is_spun(self, words: JudgedWords) -> bool:
        """Tell whether a text looks spun as a whole."""
        return words.article + self._settings.verdict_shift > 0

    def _flagged(self, words: JudgedWords) -> list[tuple[int, int]]:
        return flagged(words.evidence, words.p, words.level, self._settings)

    def _proposals(self, words: JudgedWords) -> list[Proposal]:
        evidence, p = words.evidence, words.p
        reading, places = evidence.reading, evidence.places
        spans = self._restorer.spans(reading, _in_reading(evidence, self._flagged(words)))
        ranked = self._restorer.rank(reading, spans, evidence.options, MAX_REPLACEMENTS)
        made = []
        for span, candidates in zip(spans, ranked, strict=True):
            a, b = np.searchsorted(places, span.core).tolist()
            start, end, fitting = trimmed(reading.words, span, candidates)
            judged = _judged(reading, start, end, fitting, float(p[a:b].max()))
            row = None
            like = reading.text[judged.start : judged.end]
            if fitting and written(fitting[0].words, like) is not None:
                spun, new = reading.words[start:end], fitting[0].words
                if is_plain_change(spun, new):
                    inside = p[np.searchsorted(places, start) : np.searchsorted(places, end)]
                    odds = words.article, float(words.level[a])
                    row = certainty_row(candidates, spun, new, inside, odds)
                    judged = replace(judged, listed=self._restorer.knows(spun, new))
            made.append(Proposal(judged, row))
        return made

    def _spans(self, words: JudgedWords) -> tuple[JudgedSpan, ...]:
        proposals = self._proposals(words)
        trees = self._combiner.certainty
        if trees is None or not self._is_spun(words):
            return tuple(proposal.span for proposal in proposals)
        rows = [(i, x.row) for i, x in enumerate(proposals) if x.row is not None]
        certain = np.zeros(len(proposals))
        if rows:
            table = np.array([row for _, row in rows], dtype=np.float32)
            certain[[i for i, _ in rows]] = sigmoid(trees.score(table))
        return tuple(
            replace(x.span, certainty=float(c)) for x, c in zip(proposals, certain, strict=True)
        )

    def _bare(self, words: JudgedWords) -> tuple[JudgedSpan, ...]:
        """Give spans without replacements."""
        reading, found = words.evidence.reading, self._flagged(words)
        core = _in_reading(words.evidence, found)
        return tuple(
            _judged(reading, start, end, (), float(words.p[a:b].max()))
            for (start, end), (a, b) in zip(core, found, strict=True)
        )


def _in_reading(evidence: Evidence, found: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give runs of places as runs of words of the reading."""
    return [(int(evidence.places[a]), int(evidence.places[b - 1]) + 1) for a, b in found]


def _windows(evidence: Evidence, p: Array) -> tuple[JudgedWindow, ...]:
    spans = evidence.reading.spans[evidence.places]
    starts = [0, *(int(spans[a, 0]) for a, _ in evidence.windows[1:])]
    ends = [*starts[1:], len(evidence.reading.text)]
    return tuple(JudgedWindow(a, b, float(x)) for a, b, x in zip(starts, ends, p, strict=True))


def trimmed(
    words: Sequence[str], span: WordSpan, candidates: Sequence[Candidate]
) -> tuple[int, int, list[Candidate]]:
    """Leave out the words beside what was reported that the best candidate does not change.

    Args:
        words: Of the text.
        span: With its neighbours.
        candidates: For all of it, best first.

    Returns:
        Start and end of what is left, and the candidates for it; those that change more are gone.
    """
    spun = tuple(words[span.start : span.end])
    best = candidates[0].words if candidates else spun
    left = _alike(best, spun, span.left)
    right = _alike(best[left:][::-1], spun[left:][::-1], span.right)
    fitting = []
    for candidate in candidates:
        inner = candidate.words[left : len(candidate.words) - right]
        whole = (*spun[:left], *inner, *spun[len(spun) - right :])
        if whole == candidate.words:
            fitting.append(replace(candidate, words=inner))
    return span.start + left, span.end - right, fitting


def _alike(first: Sequence[str], second: Sequence[str], most: int) -> int:
    """Count the words with which two wordings begin alike, up to some number."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False))
    return sum(1 for _ in islice(pairs, most))


def _judged(
    reading: Reading, start: int, end: int, candidates: Sequence[Candidate], p: float
) -> JudgedSpan:
    begin, finish = int(reading.spans[start, 0]), int(reading.spans[end - 1, 1])
    texts = [written(c.words, reading.text[begin:finish]) for c in candidates]
    replacements = tuple(
        Replacement(text, float(sigmoid(np.array(candidate.score))))
        for text, candidate in zip(texts, candidates, strict=True)
        if text is not None
    )
    return JudgedSpan(begin, finish, p, replacements)


def with_first_verdict(evidence: Evidence, alone: Trees) -> Evidence:
    """Give the evidence with P(spun) of each place from its own evidence."""
    return replace(evidence, alone=sigmoid(alone.score(local_features(evidence))))


def hit_weight(hits: Sequence[GlossaryHit]) -> float:
    """Weigh glossary hits as log odds; each concept counts once."""
    weights: dict[str, float] = {}
    for hit in hits:
        applicability = str(getattr(hit, "applicability", ""))
        sure = applicability in ("safe", "likely")
        conditional = bool(getattr(hit, "when", None)) or applicability == "likely"
        if hit.kind != "spun" or (conditional and not sure):
            continue
        weight = CONDITIONAL_HIT if conditional else SAFE_HIT if sure else WEAK_HIT
        key = hit.replacement.casefold()
        weights[key] = max(weights.get(key, 0.0), weight)
    return sum(weights.values())


def levels(evidence: Evidence, article: float, windows: Sequence[float]) -> Array:
    """Give, per place, the log odds of its article or of its window, whichever is higher."""
    found: Array = np.maximum(at_each_place(evidence.windows, windows), np.float32(article))
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
    report = thresholds_at(level, settings)
    extend = report * settings.extend
    if is_dense(p, settings.report_spun):  # so low that neighbours below it say nothing more
        report = extend = np.minimum(report, settings.report_dense)
    return runs(evidence, p, report, extend)


def thresholds_at(level: Array, settings: Settings) -> Array:
    """Give the P from which each place is reported.

    Args:
        level: From :func:`levels`.
        settings: Thresholds.
    """
    low, high = _logit(settings.report_spun), _logit(settings.report)
    short = (settings.sure - level) / max(settings.ramp, 1e-6)
    found: Array = sigmoid(low + np.clip(short, 0.0, 1.0) * (high - low))
    return found


def is_dense(p: Array, report: float) -> bool:
    """Tell whether so many words of a text look spun that most of those which hardly do are, too.

    Args:
        p: P(spun) of each place.
        report: P from which a word of a spun text is reported.
    """
    return len(p) >= DENSE_WORDS and float((p >= report).mean()) >= DENSE_SHARE


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
