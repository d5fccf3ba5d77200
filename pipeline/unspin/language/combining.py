"""Fits what decides: stretch verdict, word verdict and ranker, and chooses the thresholds.

All three are small gradient-boosted trees over the evidence of a finished encoder, fitted on
spun articles that the spinner makes anew. Much of that noise comes from the listed wordings; of
those that spun an article, most are hidden while it is read (:data:`HIDDEN_SHARE`): otherwise the
trees would learn to trust the list, which knows few of the wordings of a program that nobody has
listed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unspin.language.corpus import Document, PassageSampler, read_documents, sentences
from unspin.language.features import Evidence, gather, word_features
from unspin.language.features import stretch_features as stretch_row
from unspin.language.model import SpinModel, runs, window_bounds
from unspin.language.ngrams import NgramTable
from unspin.language.restoring import RANKER_FEATURES, PhraseScorer, Restorer, Variants
from unspin.language.runtime import Encoder
from unspin.language.spinner import HAND, Dictionaries, Spinner, SpunText, draw_style
from unspin.language.tables import folded
from unspin.language.training import SOURCE_WEIGHTS, roughen, trim
from unspin.language.trees import Trees, from_lightgbm, sigmoid

Array = NDArray[Any]
HIDDEN_SHARE = 0.6  # of the wordings that spun an article
CLEAN_SHARE = 0.45
SPUN_SHARE = 0.03  # share of spun words from which a stretch counts as spun
RANKED_SPANS = 6  # spans per article that the ranker learns from
BOOSTING = {
    "objective": "binary",
    "learning_rate": 0.08,
    "num_leaves": 24,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.7,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 2.0,
    "verbose": -1,
    "num_threads": 1,
    "deterministic": True,
    "seed": 5,
}


@dataclass(frozen=True)
class FitOptions:
    """Settings of a fit.

    Attributes:
        corpus: Clean text.
        folder: Model folder with encoder, embeddings, tokenizer, n-grams and variants.
        articles: Spun and clean articles to make.
        clean_documents: Whole clean documents to choose thresholds on.
        without: Corpus sources left out.
        seed: Of all chance.
    """

    corpus: Path
    folder: Path
    articles: int = 900
    clean_documents: int = 250
    without: tuple[str, ...] = ("medquad-ninds", "medquad-niddk")
    seed: int = 23


@dataclass(frozen=True)
class Case:
    """An article with its evidence and the truth per place."""

    spun: SpunText
    evidence: Evidence
    truth: Array
    restorer: Restorer


def make_cases(options: FitOptions, made: Dictionaries, table: NgramTable, count: int,
               seed: int) -> Iterator[Case]:  # fmt: skip
    """Make articles, spin some, and read them."""
    rng = Random(seed)
    encoder = Encoder(options.folder)
    scorer = PhraseScorer(table)
    variants = Variants.load(options.folder / "variants.tsv")
    documents = list(read_documents(options.corpus, without=options.without))
    spinner = Spinner(made)
    sources = [HAND, *sorted(made.others)]
    samplers = [PassageSampler(documents, SOURCE_WEIGHTS, words=w) for w in (80, 160, 320, 700)]
    for _ in range(count):
        sampler = rng.choice(samplers)
        text = _draw(sampler, variants, rng)
        if rng.random() < 0.15:
            text = roughen(text, rng)
        spun = SpunText(text, ())
        if rng.random() > CLEAN_SHARE:
            spun = spinner.spin(text, draw_style(rng, sources), rng)
        hidden = {folded(e.spun) for e in spun.edits if rng.random() < HIDDEN_SHARE}
        restorer = Restorer(encoder, scorer, variants.without(hidden), None)
        evidence = gather(encoder.read(spun.text), table, restorer)
        yield Case(spun, evidence, truth_of(evidence, spun), restorer)


def _draw(sampler: PassageSampler, variants: Variants, rng: Random) -> str:
    """Draw a passage, a soup, or a soup of sentences where listed wordings are right."""
    kind = rng.random()
    if kind < 0.5:
        return sampler.passage(rng)
    if kind < 0.75:
        return sampler.soup(rng)
    return sampler.soup(rng, lambda sentence: _listed(variants, sentence))


def _listed(variants: Variants, sentence: str) -> float:
    """Count listed wordings in a clean sentence, those of several words and rare ones first."""
    words = folded(sentence).strip(".").split()
    found = 0.0
    for i in range(len(words)):
        found += sum(size * size for size in (1, 2, 3) if variants.originals(words[i : i + size]))
    return found / max(4, len(words))


def truth_of(evidence: Evidence, spun: SpunText) -> Array:
    """Give 1 for each place inside an edit, else 0."""
    spans = evidence.reading.spans[evidence.places]
    truth = np.zeros(len(spans), dtype=np.int8)
    for edit in map(trim, spun.edits):
        truth[(spans[:, 0] < edit.end) & (spans[:, 1] > edit.start)] = 1
    return truth


# --- the three fits -----------------------------------------------------------------------


def fit(options: FitOptions, made: Dictionaries, progress: Callable[[str], None] = print) -> Path:
    """Fit all three models and write ``combiner.npz``.

    Args:
        options: Settings.
        made: Dictionaries for the noise, embedding tables among them where there are any.
        progress: Receives a line now and then.
    """
    table = NgramTable.load(options.folder / "ngrams.npz")
    cases = []
    for number, case in enumerate(
        make_cases(options, made, table, options.articles, options.seed), 1
    ):
        cases.append(case)
        if number % 100 == 0:
            progress(f"{number} of {options.articles} articles read")
    half = len(cases) // 2
    stretch = _fit_stretch(cases)
    word = _fit_word(cases, [_fit_stretch(cases[half:]), _fit_stretch(cases[:half])], progress)
    ranker = _fit_ranker(cases, stretch, word, Random(options.seed), progress)
    path = options.folder / "combiner.npz"
    arrays: dict[str, Any] = {}
    for name, trees in (("stretch", stretch), ("word", word), ("ranker", ranker)):
        arrays |= trees.arrays(name)
    np.savez(path, **arrays)
    return path


def _boost(x: Array, y: Array, rounds: int, **changes: Any) -> Trees:
    import lightgbm

    data = lightgbm.Dataset(x, label=y)
    booster = lightgbm.train({**BOOSTING, **changes}, data, num_boost_round=rounds)
    return from_lightgbm(booster.dump_model())


def _fit_stretch(cases: Sequence[Case]) -> Trees:
    rows, labels = [], []
    for case in cases:
        count = len(case.truth)
        if not count:
            continue
        bounds = {(0, count), *window_bounds(count)}
        bounds |= {(a, min(count, a + 100)) for a in range(0, count, 150)}
        for start, end in sorted(bounds):
            share = float(case.truth[start:end].mean())
            if share == 0 or share >= SPUN_SHARE:
                rows.append(stretch_row(case.evidence, start, end))
                labels.append(share > 0)
    return _boost(
        np.stack(rows), np.array(labels, dtype=np.int8), 90, num_leaves=8, min_data_in_leaf=25
    )


def _word_table(case: Case, stretch: Trees) -> Array:
    """Word features with the log odds of the article and of each word's window."""
    count = len(case.truth)
    columns = word_features(case.evidence)
    bounds = window_bounds(count)
    rows = [stretch_row(case.evidence, a, b) for a, b in [(0, count), *bounds]]
    scores = stretch.score(np.stack(rows))
    window = np.zeros(count, dtype=np.float32)
    for (a, b), score in zip(bounds, scores[1:], strict=True):
        window[a:b] = score
    return np.column_stack([columns, np.full(count, scores[0]), window]).astype(np.float32)


def _fit_word(
    cases: Sequence[Case], stretches: Sequence[Trees], progress: Callable[[str], None]
) -> Trees:
    """Fit the word verdict; the stretch scores it sees come from the other half of the cases."""
    half = len(cases) // 2
    tables = [
        _word_table(c, stretches[0] if i < half else stretches[1])
        for i, c in enumerate(cases)
        if len(c.truth)
    ]
    x = np.concatenate(tables)
    y = np.concatenate([c.truth for c in cases if len(c.truth)])
    progress(f"word verdict: {len(y)} words, {float(y.mean()):.3f} of them spun")
    return _boost(x, y, 160)


def _fit_ranker(
    cases: Sequence[Case],
    stretch: Trees,
    word: Trees,
    rng: Random,
    progress: Callable[[str], None],
) -> Trees:
    rows: list[Array] = []
    labels: list[bool] = []
    spans = found = 0
    for case in cases:
        if not case.truth.any():
            continue
        p = sigmoid(word.score(_word_table(case, stretch)))
        flagged = runs(case.evidence, p, 0.4, 0.4) + _widened(case, rng)
        for start, end in rng.sample(flagged, min(RANKED_SPANS, len(flagged))):
            wanted = original_of(case, start, end)
            first, last = (int(case.evidence.places[i]) for i in (start, end - 1))
            candidates = case.restorer.rank(case.evidence.reading, first, last + 1)
            right = [c for c in candidates if wanted is not None and c.words == wanted]
            wrong = [c for c in candidates if c not in right]
            chosen = right + rng.sample(wrong, min(40, len(wrong)))
            rows += [c.features for c in chosen]
            labels += [c in right for c in chosen]
            spans += 1
            found += bool(right)
    progress(f"ranker: original among the candidates of {found} of {spans} spans")
    assert rows
    assert len(rows[0]) == len(RANKER_FEATURES)
    return _boost(np.stack(rows), np.array(labels, dtype=np.int8), 120, num_leaves=15)


def _widened(case: Case, rng: Random) -> list[tuple[int, int]]:
    """Give true runs, some with a clean neighbour: reported spans are not exact either."""
    found = []
    for start, end in runs(case.evidence, case.truth.astype(np.float32), 0.5, 0.5):
        left = start - (start > 0 and rng.random() < 0.3)
        right = end + (end < len(case.truth) and rng.random() < 0.3)
        places = case.evidence.places[left:right]
        if places[-1] - places[0] == len(places) - 1:
            found.append((left, right))
    return found


def original_of(case: Case, start: int, end: int) -> tuple[str, ...] | None:
    """Give the folded clean words of a run of places; None where an edit crosses its edge."""
    spans = case.evidence.reading.spans[case.evidence.places]
    begin, finish = int(spans[start, 0]), int(spans[end - 1, 1])
    text, shift = case.spun.text[begin:finish], 0
    touched = False
    for edit in map(trim, case.spun.edits):
        if edit.end <= begin or edit.start >= finish:
            continue
        if edit.start < begin or edit.end > finish:
            return None
        at = edit.start - begin + shift
        text = text[:at] + edit.clean + text[at + edit.end - edit.start :]
        shift += len(edit.clean) - (edit.end - edit.start)
        touched = True
    return tuple(folded(text).split()) if touched else None


# --- thresholds ---------------------------------------------------------------------------


def clean_sample(options: FitOptions) -> list[Document]:
    """Draw whole clean documents, the same number of each source, none kept for evaluation."""
    rng = Random(options.seed + 1)
    by_source: dict[str, list[Document]] = {}
    for document in read_documents(options.corpus, without=options.without):
        if 150 <= len(document.text.split()) <= 6000:
            by_source.setdefault(document.source, []).append(document)
    each = max(1, options.clean_documents // len(by_source))
    return [d for found in by_source.values() for d in rng.sample(found, min(each, len(found)))]


def excerpt(document: Document, words: int = 500) -> str:
    """Give the beginning of a document, whole sentences."""
    found: list[str] = []
    count = 0
    for sentence in sentences(document.text):
        found.append(sentence)
        count += len(sentence.split())
        if count >= words:
            break
    return "\n".join(found)


def write_settings(folder: Path, version: str, **values: float) -> None:
    """Write ``model.json``."""
    data = {"version": version, **{k: round(v, 4) for k, v in values.items()}}
    (folder / "model.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def clean_runs_per_thousand(model: SpinModel, texts: Sequence[str], report: float,
                            extend: float) -> float:  # fmt: skip
    """Count runs reported in clean texts, per 1,000 words."""
    found = words = 0
    for text in texts:
        evidence = model.evidence(text)
        count = len(evidence.places)
        if count:
            bounds = window_bounds(count)
            article = model.stretch_logit(evidence, 0, count)
            logits = [model.stretch_logit(evidence, a, b) for a, b in bounds]
            p = model.word_probabilities(evidence, article, bounds, logits)
            found += len(runs(evidence, p, report, extend))
            words += count
    return 1000 * found / max(1, words)
