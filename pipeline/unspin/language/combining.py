"""Fits what decides: stretch verdict, word verdict and both rankers.

All are small gradient-boosted trees over the evidence of a finished encoder, fitted on
spun articles that the spinner makes anew. Much of that noise comes from the listed wordings; of
those that spun an article, most are hidden while it is read (:data:`HIDDEN_SHARE`): otherwise the
trees would learn to trust the list, which knows few of the wordings of a program that nobody has
listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unspin.language.corpus import (
    SOURCE_WEIGHTS,
    Document,
    PassageSampler,
    is_for_limits,
    read_documents,
)
from unspin.language.features import Evidence, gather, judged_features, local_features
from unspin.language.features import stretch_features as stretch_row
from unspin.language.model import Combiner, runs, with_first_verdict
from unspin.language.ngrams import NgramTable
from unspin.language.noise import roughen, trim
from unspin.language.restoring import (
    RANKER_FEATURES,
    REREAD,
    Candidate,
    PhraseScorer,
    Restorer,
    Variants,
    WordSpan,
    ranked_by,
    with_support,
)
from unspin.language.runtime import Encoder
from unspin.language.spinner import Dictionaries, Spinner, SpunText, Style, draw_style
from unspin.language.tables import folded
from unspin.language.terms import TermTable
from unspin.language.trees import Trees, from_lightgbm, sigmoid

Array = NDArray[Any]
HIDDEN_SHARE = 0.6  # of the wordings that spun an article
CLEAN_SHARE = 0.45
ARTICLE_WORDS = (50, 90, 160, 320, 700)
PAGE_SHARE = 0.2  # of the cases: long pages of which at most one paragraph is spun
PAGE_WORDS, PARAGRAPH_WORDS = 1000, 60
SPUN_SHARE = 0.1  # of words from which a stretch counts as spun; what has fewer teaches nothing
PART_SHARE = 0.4  # of the runs of two words and more: of "mind harm" often one word is reported
RANKED_SPANS = 10  # spans per article that the rankers learn from
JUDGE_ROUNDS = 120
WRONG_CANDIDATES = 40  # of each of them
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
        folder: Model folder with encoder, embeddings, tokenizer, n-grams, terms and variants.
        articles: Spun and clean articles to make.
        ranked: Of these, so many that the rankers are fitted on, too, which takes most of the time.
        clean_documents: Whole clean documents to choose thresholds on.
        without: Corpus sources left out.
        seed: Of all chance.
    """

    corpus: Path
    folder: Path
    articles: int = 900
    ranked: int = 1200
    clean_documents: int = 1000
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
    encoder = Encoder(options.folder, table)
    scorer = PhraseScorer(table, TermTable.load(options.folder / "terms.npz"))
    variants = Variants.load(options.folder / "variants.tsv.gz")
    every = Restorer(encoder, scorer, variants)
    documents = fitting_documents(options, for_limits=False)
    spinner = Spinner(made)
    samplers = [PassageSampler(documents, SOURCE_WEIGHTS, words=w) for w in ARTICLE_WORDS]
    pages = page_sampler(documents)
    for _ in range(count):
        style = draw_style(rng, made.sources) if rng.random() > CLEAN_SHARE else None
        if rng.random() < PAGE_SHARE:
            spun = spun_page(pages, spinner, style, rng)
        else:
            text = _draw(rng.choice(samplers), variants, rng)
            if rng.random() < 0.15:
                text = roughen(text, rng)
            spun = spinner.spin(text, style, rng) if style else SpunText(text, ())
        restorer = every.without_listed(hidden_wordings(spun, rng))
        evidence = gather(encoder.read(spun.text), table, restorer)
        yield Case(spun, evidence, truth_of(evidence, spun), restorer)


def hidden_wordings(spun: SpunText, rng: Random) -> set[str]:
    """Choose those wordings of a spun text that the list is not to know: :data:`HIDDEN_SHARE`."""
    return {folded(e.spun) for e in spun.edits if rng.random() < HIDDEN_SHARE}


def spun_passages(
    documents: Sequence[Document], made: Dictionaries, words: Sequence[int], rng: Random
) -> Iterator[tuple[str, SpunText]]:
    """Spin passages of documents in all styles, without end; give each as it was and as it is.

    Args:
        documents: Clean text.
        made: Dictionaries for the noise.
        words: Lengths of a passage to choose from.
        rng: Source of chance.
    """
    samplers = [PassageSampler(documents, SOURCE_WEIGHTS, words=w) for w in words]
    spinner = Spinner(made)
    while True:
        text = rng.choice(samplers).passage(rng)
        yield text, spinner.spin(text, draw_style(rng, made.sources), rng)


def fitting_documents(options: FitOptions, *, for_limits: bool) -> list[Document]:
    """Read the documents that limits are chosen on, or those that the trees are fitted on.

    Limits are those of health text, which is what they are for; the trees know other text, too.
    """
    documents = read_documents(options.corpus, fitting=True, without=options.without)
    found = (d for d in documents if is_for_limits(d.id) == for_limits)
    return [d for d in found if not (for_limits and d.is_general)]


def page_sampler(documents: Sequence[Document]) -> PassageSampler:
    """Give what draws the long pages for :func:`spun_page`."""
    return PassageSampler(documents, SOURCE_WEIGHTS, words=PAGE_WORDS)


def spun_page(
    sampler: PassageSampler, spinner: Spinner, style: Style | None, rng: Random
) -> SpunText:
    """Make a long page of which one paragraph, its own or one put in, is spun by a style or clean.

    Args:
        sampler: Gives long passages.
        spinner: Spins the paragraph.
        style: None leaves it clean.
        rng: Source of chance.
    """
    lines = sampler.passage(rng).split("\n")
    foreign = rng.random() < 0.5
    long = [
        (n, line)
        for n, line in enumerate(sampler.passage(rng).split("\n") if foreign else lines)
        if len(line.split()) >= PARAGRAPH_WORDS
    ]
    if not long:
        return SpunText("\n".join(lines), ())
    at, paragraph = rng.choice(long)
    spun = spinner.spin(paragraph, style, rng) if style else SpunText(paragraph, ())
    if foreign:
        at = rng.randrange(len(lines) + 1)
        lines.insert(at, spun.text)
    else:
        lines[at] = spun.text
    shift = sum(len(line) + 1 for line in lines[:at])
    edits = (e.moved(shift) for e in spun.edits)
    return SpunText("\n".join(lines), tuple(edits))


def _draw(sampler: PassageSampler, variants: Variants, rng: Random) -> str:
    """Draw a passage, a soup, or a soup of sentences where listed wordings are right."""
    kind = rng.random()
    if kind < 0.5:
        return sampler.passage(rng)
    if kind < 0.75:
        return sampler.soup(rng)
    return sampler.soup(rng, lambda sentence: listed(variants, sentence))


def listed(variants: Variants, sentence: str) -> float:
    """Count listed wordings in a clean sentence, those of several words and rare ones first."""
    words = folded(sentence).strip(".").split()
    found = 0.0
    for i in range(len(words)):
        found += sum(size * size for size in (1, 2, 3) if variants.originals(words[i : i + size]))
    return found / max(4, len(words))


def truth_of(evidence: Evidence, spun: SpunText) -> Array:
    """Give 1 for each place inside an edit, else 0."""
    spans = [(edit.start, edit.end) for edit in map(trim, spun.edits)]
    return touched(evidence, spans).astype(np.int8)


def touched(evidence: Evidence, spans: Sequence[tuple[int, int]]) -> Array:
    """Tell of each place whether one of some spans (start, end) touches it."""
    words = evidence.reading.spans[evidence.places]
    found = np.zeros(len(words), dtype=bool)
    for start, end in spans:
        found |= (words[:, 0] < end) & (words[:, 1] > start)
    return found


# --- the fits -----------------------------------------------------------------------


def fit(options: FitOptions, made: Dictionaries, progress: Callable[[str], None] = print) -> Path:
    """Fit all models and write ``combiner.npz``.

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
    alone = _fit_alone(cases)
    others = _fit_alone(cases[half:]), _fit_alone(cases[:half])
    cases = [
        replace(c, evidence=with_first_verdict(c.evidence, others[n >= half]))
        for n, c in enumerate(cases)
    ]
    stretch = _fit_stretch(cases)
    word = _fit_word(cases, [_fit_stretch(cases[half:]), _fit_stretch(cases[:half])], progress)
    ranker, judge = _fit_rankers(
        cases[: options.ranked], stretch, word, Random(options.seed), progress
    )
    path = options.folder / "combiner.npz"
    Combiner(alone, stretch, word, ranker, judge).save(path)
    return path


def boost(x: Array, y: Array, rounds: int, **changes: Any) -> Trees:
    """Fit trees that tell two classes apart.

    Args:
        x: Features, shape (rows, features).
        y: 0 or 1 of each row.
        rounds: Trees.
        changes: Of :data:`BOOSTING`.
    """
    import lightgbm

    data = lightgbm.Dataset(x, label=y)
    booster = lightgbm.train({**BOOSTING, **changes}, data, num_boost_round=rounds)
    return from_lightgbm(booster.dump_model())


def _fit_alone(cases: Sequence[Case]) -> Trees:
    """Fit the first verdict on words; few leaves, as every word of every text goes through it."""
    x = np.concatenate([local_features(c.evidence) for c in cases if len(c.truth)])
    y = np.concatenate([c.truth for c in cases if len(c.truth)])
    return boost(x, y, 60, num_leaves=16)


def _fit_stretch(cases: Sequence[Case]) -> Trees:
    rows, labels = [], []
    for case in cases:
        count = len(case.truth)
        if not count:
            continue
        bounds = {(0, count), *case.evidence.windows}
        for size in (90, 140):
            bounds |= {(a, min(count, a + size)) for a in range(0, count, size)}
        for start, end in sorted(bounds):
            share = float(case.truth[start:end].mean())
            if share == 0 or share >= SPUN_SHARE:
                rows.append(stretch_row(case.evidence, start, end))
                labels.append(share > 0)
    return boost(
        np.stack(rows), np.array(labels, dtype=np.int8), 90, num_leaves=8, min_data_in_leaf=25
    )


def _word_table(case: Case, stretch: Trees) -> Array:
    """Word features with the log odds of the article and of each word's window."""
    evidence, count = case.evidence, len(case.truth)
    rows = [stretch_row(evidence, a, b) for a, b in [(0, count), *evidence.windows]]
    article, *windows = stretch.score(np.stack(rows)).tolist()
    return judged_features(evidence, article, windows)


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
    return boost(x, y, 160)


@dataclass(frozen=True)
class RankedSpan:
    """A span of a case with what stood there and the candidates."""

    case: Case
    span: WordSpan
    wanted: tuple[str, ...] | None
    candidates: list[Candidate]


def _fit_rankers(
    cases: Sequence[Case],
    stretch: Trees,
    word: Trees,
    rng: Random,
    progress: Callable[[str], None],
) -> tuple[Trees, Trees]:
    """Fit the ranker, and the judge of what it ranks first (by a ranker of the other half)."""
    found = list(_ranked_spans(cases, stretch, word, rng))
    hits = sum(any(c.words == s.wanted for c in s.candidates) for s in found)
    progress(f"ranker: original among the candidates of {hits} of {len(found)} spans")
    half = len(found) // 2
    rankers = [_fit_ranker(part, rng) for part in (found[half:], found[:half])]
    rows: list[Array] = []
    labels: list[bool] = []
    first = reread = 0
    every = [
        ranked
        for ranker, part in zip(rankers, (found[:half], found[half:]), strict=True)
        for ranked in ranked_by(ranker, [item.candidates for item in part])
    ]
    for _, same in groupby(zip(found, every, strict=True), key=lambda pair: id(pair[0].case)):
        group, ranked = zip(*same, strict=True)
        case = group[0].case
        reading, spans = case.evidence.reading, [item.span for item in group]
        best = [chosen[:REREAD] for chosen in with_support(reading, spans, ranked)]
        rows += [r for r in case.restorer.reread(reading, spans, best) if len(r)]
        for item, chosen, before in zip(group, best, ranked, strict=True):
            labels += [c.words == item.wanted for c in chosen]
            first += any(c.words == item.wanted for c in before[:1])
            reread += any(c.words == item.wanted for c in chosen)
    progress(f"first by the ranker {first}, among the first {REREAD} {reread} of {len(found)}")
    x, y = np.concatenate(rows), np.array(labels, dtype=np.int8)
    progress(f"first by the judge {_first_of_other_half(rows, y)}")
    judge = boost(x, y, JUDGE_ROUNDS, num_leaves=15)
    return _fit_ranker(found, rng), judge


def _first_of_other_half(rows: Sequence[Array], y: Array) -> int:
    """Count the spans whose original comes first by a judge fitted on the other half of them."""
    bounds = np.cumsum([0, *(len(r) for r in rows)])
    half = len(rows) // 2
    right = 0
    for fitted, asked in ((range(half, len(rows)), range(half)),
                          (range(half), range(half, len(rows)))):  # fmt: skip
        x = np.concatenate([rows[i] for i in fitted])
        trees = boost(x, np.concatenate([y[bounds[i] : bounds[i + 1]] for i in fitted]),
                       JUDGE_ROUNDS, num_leaves=15)  # fmt: skip
        right += sum(int(y[bounds[i] + int(trees.score(rows[i]).argmax())]) for i in asked)
    return right


def _ranked_spans(
    cases: Sequence[Case], stretch: Trees, word: Trees, rng: Random
) -> Iterator[RankedSpan]:
    for case in cases:
        if not case.truth.any():
            continue
        p = sigmoid(word.score(_word_table(case, stretch)))
        reported = _runs_above(case, p, 0.4) + _widened(case, rng)
        evidence = case.evidence
        for start, end in _with_like(case, reported, rng):
            core = (int(evidence.places[start]), int(evidence.places[end - 1]) + 1)
            (span,) = case.restorer.spans(evidence.reading, [core])
            wanted = original_of(case, start - span.left, end + span.right)
            candidates = case.restorer.candidates(evidence.reading, [span], evidence.options)[0]
            yield RankedSpan(case, span, wanted, candidates)


def _with_like(
    case: Case, reported: Sequence[tuple[int, int]], rng: Random
) -> list[tuple[int, int]]:
    """Draw disjoint spans, half of them for words that they share with one drawn before."""
    words = case.evidence.reading.words
    order, taken = [], set[int]()
    for start, end in rng.sample(reported, len(reported)):
        if taken.isdisjoint(range(start, end)):
            order.append((start, end))
            taken |= set(range(start, end))
    held = {span: {words[p] for p in case.evidence.places[slice(*span)]} for span in order}
    chosen, rest = order[: RANKED_SPANS // 2], order[RANKED_SPANS // 2 :]
    shared = {word for span in chosen for word in held[span]}
    rest.sort(key=lambda span: not held[span] & shared)  # of equals the drawn order stays
    return chosen + rest[: RANKED_SPANS - len(chosen)]


def _fit_ranker(spans: Sequence[RankedSpan], rng: Random) -> Trees:
    rows: list[Array] = []
    labels: list[bool] = []
    for item in spans:
        right = [c for c in item.candidates if c.words == item.wanted]
        wrong = [c for c in item.candidates if c.words != item.wanted]
        chosen = right + rng.sample(wrong, min(WRONG_CANDIDATES, len(wrong)))
        rows += [c.features for c in chosen]
        labels += [c.words == item.wanted for c in chosen]
    assert rows
    assert len(rows[0]) == len(RANKER_FEATURES)
    return boost(np.stack(rows), np.array(labels, dtype=np.int8), 120, num_leaves=15)


def _runs_above(case: Case, p: Array, limit: float) -> list[tuple[int, int]]:
    return runs(case.evidence, p, np.full(len(p), limit), np.full(len(p), limit))


def _widened(case: Case, rng: Random) -> list[tuple[int, int]]:
    """Give true runs, some with a clean neighbour, some in part: no reported span is exact."""
    found = []
    for start, end in _runs_above(case, case.truth.astype(np.float32), 0.5):
        left = start - (start > 0 and rng.random() < 0.3)
        right = end + (end < len(case.truth) and rng.random() < 0.3)
        if end - start > 1 and rng.random() < PART_SHARE:
            left, right = (start + 1, end) if rng.random() < 0.5 else (start, end - 1)
        places = case.evidence.places[left:right]
        if places[-1] - places[0] == len(places) - 1:
            found.append((left, right))
    return found


def original_of(case: Case, start: int, end: int) -> tuple[str, ...] | None:
    """Give the folded clean words of a run of places; None where an edit crosses its edge."""
    spans = case.evidence.reading.spans[case.evidence.places]
    begin, finish = int(spans[start, 0]), int(spans[end - 1, 1])
    text, shift = case.spun.text[begin:finish], 0
    changed = False
    for edit in map(trim, case.spun.edits):
        if edit.end <= begin or edit.start >= finish:
            continue
        if edit.start < begin or edit.end > finish:
            return None
        at = edit.start - begin + shift
        text = text[:at] + edit.clean + text[at + edit.end - edit.start :]
        shift += len(edit.clean) - (edit.end - edit.start)
        changed = True
    return tuple(folded(text).split()) if changed else None
