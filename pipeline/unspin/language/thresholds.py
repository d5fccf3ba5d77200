"""Chooses the thresholds of the model on texts that fitted none of its parts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unspin.language.combining import (
    FitOptions,
    fitting_documents,
    listed,
    page_sampler,
    spun_page,
    spun_passages,
    touched,
    truth_of,
)
from unspin.language.corpus import (
    SOURCE_WEIGHTS,
    Document,
    PassageSampler,
    read_plain,
    read_rows,
    sentences,
)
from unspin.language.evaluation import Flag, Pair, Verdict, measure_pair, short_articles
from unspin.language.features import Evidence
from unspin.language.model import (
    DOUBT_WORDS,
    SURELY_SPUN,
    JudgedWords,
    Settings,
    SpinModel,
    flagged,
    is_dense,
    runs,
)
from unspin.language.restoring import Variants
from unspin.language.spinner import (
    GLOSSARY,
    HAND,
    Dictionaries,
    Spinner,
    SpunText,
    Style,
    draw_style,
)

Array = NDArray[Any]
REPORTS = (0.997, 0.99, 0.96, 0.92, 0.88, 0.8, 0.7)  # of equal ones the stricter win
LEAST_PAGE, MOST_PAGES = 150, 4  # words of a page, pages of a document
REPORTS_DENSE = (0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25)
DENSE_ARTICLES, DENSE_RATE = 80, 0.35
# The 186 development phrases hold 2.8 words each, of which 1.8 differ from what stood there: people
# mark a word before the changed ones in so many cases, and one after them in so many.
MARKED_BEFORE, MARKED_AFTER = 0.31, 0.52
REPORTS_SPUN = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8)
VERDICT_WORDS = 1500  # of a document; pages on the web are seldom longer
SURES = tuple(np.arange(-6.0, 5.1).tolist())
RAMPS = (0.0, 2.0, 4.0, 6.0, 8.0)  # of equal ones the shortest wins
SHIFTS = tuple(np.arange(-2.0, 8.01, 0.5).tolist())
TIE = 0.01  # sums of shares of texts that differ by no more say the same
EXTENDS = (1.0, 0.8, 0.6, 0.4)  # of equal ones the narrower findings win
PIECES, PIECE_WORDS = 1200, (60, 90, 140)
SINGLES = 200  # pages of which one paragraph is spun, in all styles, and as many lightly
LIGHT_RATES = (0.1, 0.17, 0.25)  # of content words, by one dictionary
RESTORED_WEIGHTS = (0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0)  # of equal ones the lowest wins
SEVERAL = (0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0)  # log odds; of equal ones the lowest wins
ARTICLE_WEIGHTS = (1.0, 2.0, 3.0, 4.0, 6.0, 8.0)
SUSPICIOUS_SHARES = (
    0.25,
    0.3125,
    0.375,
    0.4375,
    0.5,
)  # of that weight, off for each suspicious word


def clean_sample(options: FitOptions, documents: Sequence[Document]) -> list[Document]:
    """Draw whole clean documents: of each source as many, as far as there are."""
    rng = Random(options.seed + 1)
    by_source: dict[str, list[Document]] = {}
    for document in documents:
        if len(document.text.split()) >= LEAST_PAGE:
            by_source.setdefault(document.source, []).append(document)
    for found in by_source.values():
        rng.shuffle(found)
    each = max(1, options.clean_documents // len(by_source))
    chosen = [d for found in by_source.values() for d in found[:each]]
    rest = [d for found in by_source.values() for d in found[each:]]
    return chosen + rng.sample(rest, min(len(rest), options.clean_documents - len(chosen)))


@dataclass(frozen=True)
class Limits:
    """What the thresholds must keep to.

    Attributes:
        clean_findings: Reported runs per 1,000 words of clean documents.
        soup_findings: The same of short clean texts, made of sentences where listed wordings are
            right: the like of the clean twins, but many more words of it.
        piece_findings: The same of ordinary short clean texts.
        twin_findings: The same of the clean twins of short articles. Far above what is wanted:
            these twins use, rightly, the very wordings that the rows made known to lists and
            encoder.
        inside: Share of the words flagged in short articles that lie inside true faults.
        inside_dense: The same in articles that are spun throughout.
        clean_verdicts: Share of clean texts that may look spun.
        clean_windows: Share of clean documents of which a window may look spun.
    """

    clean_findings: float = 0.3
    soup_findings: float = 0.8
    piece_findings: float = 0.1
    twin_findings: float = 10.0
    inside: float = 0.83
    inside_dense: float = 0.8
    clean_verdicts: float = 0.003
    clean_windows: float = 0.01


@dataclass(frozen=True)
class Piece:
    """A short spun text and the clean one that it was made of."""

    spun: SpunText
    clean: str


@dataclass(frozen=True)
class MarkedArticle:
    """A real spun article whose faults a person marked.

    Attributes:
        text: The article.
        faults: Start and end of each fault.
    """

    text: str
    faults: tuple[tuple[int, int], ...]

    @classmethod
    def read(cls, folder: Path) -> MarkedArticle:
        """Read ``article.txt`` and ``gold.jsonl`` (objects with ``start`` and ``end``).

        Raises:
            OSError: One of them cannot be read.
            ValueError: A line is no such object, or a file no text; the message names it.
        """
        rows = read_rows(folder / "gold.jsonl", {"start": int, "end": int})
        faults = tuple((row["start"], row["end"]) for row in rows)
        return cls(read_plain(folder / "article.txt"), faults)


@dataclass(frozen=True)
class Development:
    """Texts to choose thresholds on; none of them fits trees, none is kept for evaluation.

    Attributes:
        documents: Clean documents.
        soups: Short clean texts, from :func:`hard_soups`.
        pieces: From :func:`spun_pieces`.
        dense: Heavily spun articles, from :func:`dense_articles`.
        singles: Pages of which one paragraph is spun.
        rows: Real spun phrases with carrier sentences.
        marked: A real article that is spun throughout, or None.
        unusual: Clean texts in registers that documents do not have.
    """

    documents: Sequence[Document]
    soups: Sequence[str]
    pieces: Sequence[Piece]
    dense: Sequence[SpunText]
    singles: Sequence[str]
    rows: Sequence[Mapping[str, Any]]
    marked: MarkedArticle | None = None
    unusual: Sequence[str] = ()


def development_texts(
    options: FitOptions,
    made: Dictionaries,
    rows: Sequence[Mapping[str, Any]],
    marked: MarkedArticle | None = None,
    unusual: Sequence[str] = (),
) -> Development:
    """Make and draw all texts that thresholds are chosen on.

    Args:
        options: Settings.
        made: Dictionaries for the noise.
        rows: Real spun phrases that are not kept for evaluation.
        marked: A real article that is spun throughout, or None.
        unusual: Clean texts in registers that the documents do not have.
    """
    documents = fitting_documents(options, for_limits=True)
    return Development(
        clean_sample(options, documents),
        hard_soups(options, documents),
        spun_pieces(options, documents, made),
        dense_articles(options, documents, made),
        single_pages(options, documents, made),
        rows,
        marked,
        unusual,
    )


def spun_pieces(
    options: FitOptions, documents: Sequence[Document], made: Dictionaries
) -> list[Piece]:
    """Make short spun texts of clean ones, in all styles."""
    rng = Random(options.seed + 4)
    passages = spun_passages(documents, made, PIECE_WORDS, rng)
    return [Piece(spun, text) for text, spun in islice(passages, PIECES)]


def dense_articles(
    options: FitOptions, documents: Sequence[Document], made: Dictionaries
) -> list[SpunText]:
    """Make articles in which a third of the content words and more is replaced."""
    rng = Random(options.seed + 3)
    sampler = PassageSampler(documents, SOURCE_WEIGHTS, words=600)
    spinner = Spinner(made)
    found: list[SpunText] = []
    while len(found) < DENSE_ARTICLES:
        style = draw_style(rng, made.sources)
        if style.rate >= DENSE_RATE:
            found.append(spinner.spin(sampler.passage(rng), style, rng))
    return found


def single_pages(
    options: FitOptions, documents: Sequence[Document], made: Dictionaries
) -> list[str]:
    """Make pages of which one paragraph is spun: half in all styles, half lightly."""
    rng = Random(options.seed + 5)
    sampler, spinner = page_sampler(documents), Spinner(made)
    dictionaries = [s for s in made.sources if s not in (HAND, GLOSSARY)]
    found: list[str] = []
    while len(found) < 2 * SINGLES:
        style = draw_style(rng, made.sources)
        if len(found) >= SINGLES:
            style = Style(rng.choice(LIGHT_RATES), ((rng.choice(dictionaries), 1.0),))
        page = spun_page(sampler, spinner, style, rng)
        if page.edits:
            found.append(page.text)
    return found


def as_marked(evidence: Evidence, truth: Array, rng: Random) -> Array:
    """Widen replaced words to phrases as people mark them.

    Args:
        evidence: On the text.
        truth: From :func:`truth_of`.
        rng: Source of chance.
    """
    wide = truth.astype(bool)
    certain = np.full(len(wide), 0.5)
    for start, end in runs(evidence, truth.astype(np.float32), certain, certain):
        before, after = rng.random() < MARKED_BEFORE, rng.random() < MARKED_AFTER
        places = evidence.places
        if before and start and places[start - 1] == places[start] - 1:
            wide[start - 1] = True
        if after and end < len(wide) and places[end] == places[end - 1] + 1:
            wide[end] = True
    return wide


def choose_dense(model: SpinModel, texts: Development, report: float, inside: float) -> float:
    """Choose the P from which words are reported in articles that are spun throughout.

    A real article, where there is one, decides alone: in those that are made the encoder finds
    nearly all edits at limits where it finds three in four of the real faults.

    Args:
        model: With any settings.
        texts: Of which the heavily spun articles are read.
        report: The P in other spun articles.
        inside: Share of the flagged words that must lie inside faults.

    Returns:
        The lowest of :data:`REPORTS_DENSE` that keeps to it, else ``report``.
    """
    read = []
    if texts.marked:
        words = model.judged_words(texts.marked.text)
        read = [(words, touched(words.evidence, texts.marked.faults))]
    if not read or not is_dense(read[0][0].p, report):
        rng = Random(1)
        made = ((model.judged_words(a.text), a) for a in texts.dense)
        read = [(w, as_marked(w.evidence, truth_of(w.evidence, a), rng)) for w, a in made]
    dense = [(words.p, truth) for words, truth in read if is_dense(words.p, report)]
    if not dense:
        return report
    p, right = (np.concatenate(part) for part in zip(*dense, strict=True))
    fitting = (t for t in REPORTS_DENSE if t < report and float(right[p >= t].mean()) >= inside)
    return next(fitting, report)


@dataclass(frozen=True)
class ReadTexts:
    """Development texts as the model reads them."""

    clean: Sequence[JudgedWords]
    soups: Sequence[JudgedWords]
    pieces: Sequence[tuple[JudgedWords, Array, JudgedWords]]  # spun, truth of its words, clean
    pairs: Sequence[Pair]
    read: Mapping[str, JudgedWords]  # texts and twins of the pairs


def choose_thresholds(
    model: SpinModel,
    texts: Development,
    limits: Limits,
    progress: Callable[[str], None] = print,
) -> dict[str, float]:
    """Choose the thresholds of :class:`unspin.language.model.Settings`.

    Args:
        model: With any settings.
        texts: To choose them on.
        limits: What must hold; of what holds, the fewest misses and false alarms win.
        progress: Receives a line.
    """
    cut = [page for d in texts.documents for page in pages_of(d, VERDICT_WORDS)]
    whole = [model.judged_words(page) for page in cut]
    pairs = short_articles(texts.rows, seed=17, draws=2)
    pieces = []
    for piece in texts.pieces:
        words = model.judged_words(piece.spun.text)
        truth = truth_of(words.evidence, piece.spun).astype(bool)
        pieces.append((words, truth, model.judged_words(piece.clean)))
    read = ReadTexts(
        [model.judged_words(excerpt(d)) for d in texts.documents[::2]],
        [model.judged_words(text) for text in texts.soups],
        pieces,
        pairs,
        {text: model.judged_words(text) for p in pairs for text in (p.text, p.twin)},
    )
    best, chosen = float("inf"), _trial(0.96, 0.9, 3.0, 0.0, 0.8)
    for report, spun, extend in product(REPORTS, REPORTS_SPUN, EXTENDS):
        trials = [_trial(report, min(spun, report), sure, 0.0, extend) for sure in SURES]
        best, chosen = _best(trials, best, chosen, limits, read)
    for ramp in RAMPS[1:]:  # the others of the best step
        trials = [replace(chosen, sure=sure, ramp=ramp) for sure in SURES]
        best, chosen = _best(trials, best, chosen, limits, read)
    verdict = choose_verdict(read, [words.article for words in whole], limits.clean_verdicts)
    singles = [model.judged_words(text) for text in texts.singles]
    judge = model.with_settings(chosen)
    pages, pasted, odd, lightly = (
        [_read_windows(judge, words) for words in part]
        for part in (
            whole,
            singles,
            [model.judged_words(text) for text in texts.unusual],
            [words for words, *_ in pieces if 0 < words.article + verdict <= SURELY_SPUN],
        )
    )
    weight, several, window = choose_window(pages, pasted, limits.clean_windows)
    restored, suspicious = choose_doubt(lightly, odd, verdict)
    low = choose_dense(model, texts, chosen.report_spun, limits.inside_dense)
    progress(f"{best:.1f} mistakes in 1,000 words with {chosen}; dense {low}")
    names = ("report", "report_spun", "sure", "ramp", "extend")
    found = {n: float(getattr(chosen, n)) for n in names}
    return {
        **found,
        "report_dense": low,
        "verdict_shift": verdict,
        "window_shift": window,
        "window_restored": weight,
        "window_several": several,
        "article_restored": restored,
        "article_suspicious": suspicious,
    }


def _best(
    trials: Sequence[Settings], best: float, chosen: Settings, limits: Limits, read: ReadTexts
) -> tuple[float, Settings]:
    """Give the cost and the settings that are best, of the best before and of some trials.

    Args:
        trials: In the order of one threshold.
        best: Least cost so far.
        chosen: The settings that have it.
        limits: What must hold.
        read: Texts.
    """
    costs = [_cost_within(limits, settings, read) for settings in trials]
    for settings, cost in zip(trials, smoothed(costs), strict=True):
        if cost < best:
            best, chosen = cost, settings
    return best, chosen


def smoothed(costs: Sequence[float | None]) -> list[float]:
    """Give the mean of each cost and its neighbours: one text more or less decides nothing then.

    Args:
        costs: In the order of a threshold; None where a limit does not hold.

    Returns:
        Infinite where a limit does not hold; such a neighbour counts like the cost beside it.
    """
    padded = [None, *costs, None]
    found = []
    for at, cost in enumerate(costs):
        if cost is None:
            found.append(float("inf"))
        else:
            near = [cost if c is None else c for c in padded[at : at + 3]]
            found.append(sum(near) / len(near))
    return found


@dataclass(frozen=True)
class ReadWindows:
    """What decides on a text and its windows.

    Attributes:
        article: Log odds of the text.
        words: How many it has.
        odds: Log odds of each window.
        restored: How surely they can be restored.
        suspicious: Suspicious words in each.
        several: Whether more than one wording is reported in each.
    """

    article: float
    words: int
    odds: Array
    restored: Array
    suspicious: Array
    several: Array

    def highest(self, weight: float, several: float) -> float:
        """Give the log odds of the window that looks most spun, with all that speaks for it.

        Args:
            weight: Of what can be restored.
            several: Added where more than one wording is reported.
        """
        return float((self.odds + weight * self.restored + several * self.several).max())

    def doubted(self, weight: float, cost: float) -> float:
        """Give the log odds of the text, less what cannot be restored."""
        doubt = float((weight * self.restored - cost * self.suspicious).sum())
        return self.article + min(0.0, doubt) / max(1.0, self.words / DOUBT_WORDS)


def _read_windows(model: SpinModel, words: JudgedWords) -> ReadWindows:
    """Read the windows of a text."""
    found = model.restored(words.evidence, words.windows.tolist(), words.p)
    return ReadWindows(words.article, len(words.p), words.windows, *found, model.several(words))


def choose_window(
    clean: Sequence[ReadWindows], singles: Sequence[ReadWindows], most: float
) -> tuple[float, float, float]:
    """Choose what speaks for a spun window how much, and the shift of its log odds.

    Args:
        clean: Clean pages.
        singles: Pages of which one paragraph is spun.
        most: Share of the clean pages of which a window may look spun.

    Returns:
        The weight of what can be restored, and the log odds of several reported wordings, that
        find most of the pages with a spun paragraph, where ``most``, half and twice of it look
        spun (one page of 200 decides less then), and their shift.
    """
    trials = []
    for weight, several in product(RESTORED_WEIGHTS, SEVERAL):
        calm, spun = (
            np.array([pages.highest(weight, several) for pages in part])
            for part in (clean, singles)
        )
        shifts = [_shift(calm.tolist(), share) for share in (most, most / 2, 2 * most)]
        found = sum(float((spun + shift > 0).mean()) for shift in shifts)
        trials.append((found, -weight, -several, shifts[0]))
    _, weight, several, shift = max(trials)
    return -weight, -several, shift


def choose_doubt(
    spun: Sequence[ReadWindows], unusual: Sequence[ReadWindows], shift: float
) -> tuple[float, float]:
    """Choose how far an article is doubted that looks spun and cannot be restored.

    Args:
        spun: Short spun texts that look spun, but not surely so.
        unusual: Clean texts in unusual registers; without any nothing is doubted.
        shift: Of the verdict.

    Returns:
        Weight of what can be restored, and what each suspicious word takes off: those at which the
        larger share of the spun and the smaller one of the unusual texts look spun.
    """
    looking = [text for text in unusual if 0 < text.article + shift <= SURELY_SPUN]
    if not (spun and looking):
        return 0.0, 0.0

    def kept(texts: Sequence[ReadWindows], weight: float, cost: float) -> float:
        return float(np.mean([text.doubted(weight, cost) + shift > 0 for text in texts]))

    trials = [
        (kept(spun, w, w * share) - kept(looking, w, w * share), -w, -share)
        for w, share in product(ARTICLE_WEIGHTS, SUSPICIOUS_SHARES)
    ]
    _, weight, share = max(trials)
    return -weight, weight * share


def choose_verdict(read: ReadTexts, pages: Sequence[float], most: float) -> float:
    """Choose what is added to the log odds of an article, so that .5 is the verdict.

    Of what keeps to the limit, the one with the fewest short texts on the wrong side: spun ones,
    real and made ones alike, and clean ones; of several that are as good within :data:`TIE`, the
    middle one. The twins of the real ones are no clean texts for that: they use, rightly, the very
    wordings that the rows made known to lists and encoder.

    Args:
        read: The short texts.
        pages: Log odds of clean pages.
        most: Share of clean texts that may look spun.
    """
    real, made, soups, clean = (
        np.array([words.article for words in part])
        for part in (
            [read.read[p.text] for p in read.pairs],
            [words for words, *_ in read.pieces],
            read.soups,
            [words for *_, words in read.pieces],
        )
    )
    highest = _shift([*pages, *clean], most)

    def wrong(shift: float) -> float:
        missed = sum((odds + shift <= 0).mean() for odds in (real, made))
        return float(missed + sum((odds + shift > 0).mean() for odds in (soups, clean)))

    shifts = [s for s in SHIFTS if s <= highest]
    if not shifts:
        return highest
    costs = [wrong(shift) for shift in shifts]
    best = [shift for shift, cost in zip(shifts, costs, strict=True) if cost <= min(costs) + TIE]
    return float(best[len(best) // 2])


def _trial(report: float, report_spun: float, sure: float, ramp: float, extend: float) -> Settings:
    """Settings to try; only these matter to what is reported."""
    never = 1.01
    return Settings(
        "",
        report,
        report_spun,
        report_spun,
        sure,
        ramp,
        extend,
        never,
        never,
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
    )


def _shift(logits: Sequence[float], share: float) -> float:
    """What must be added so that no more than a share of clean documents is above even odds."""
    return -float(np.quantile(logits, 1 - share))


def _findings(words: JudgedWords, settings: Settings) -> list[tuple[int, int]]:
    return flagged(words.evidence, words.p, words.level, settings)


def _in_thousand(texts: Sequence[JudgedWords], settings: Settings) -> float:
    """Count findings in 1,000 words."""
    found = sum(len(_findings(words, settings)) for words in texts)
    return 1000 * found / max(1, sum(len(words.p) for words in texts))


def _cost_within(limits: Limits, settings: Settings, read: ReadTexts) -> float | None:
    """Give misses and false alarms, or None where a limit does not hold.

    A false alarm counts as much as a miss: missed faults in 1,000 words of the real short articles
    and alarms in 1,000 of their twins, missed words in 1,000 of the pieces and alarms in 1,000 of
    the clean ones. Of the twins the encoder learned wrongly, of the pieces the noise is the known
    one; together they leave no threshold at the end of its range.
    """
    alarms = _in_thousand([clean for *_, clean in read.pieces], settings)
    if (
        alarms > limits.piece_findings
        or _in_thousand(read.clean, settings) > limits.clean_findings
        or _in_thousand(read.soups, settings) > limits.soup_findings
    ):
        return None

    def judge(text: str) -> Verdict:
        words = read.read[text]
        spans = words.evidence.reading.spans[words.evidence.places]
        found = _findings(words, settings)
        return Verdict(0.0, tuple(Flag(int(spans[a, 0]), int(spans[b - 1, 1])) for a, b in found))

    sums: dict[str, float] = {}
    for pair in read.pairs:
        for name, value in measure_pair(judge, pair)[0].values.items():
            sums[name] = sums.get(name, 0.0) + value
    if 1000 * sums["alarms"] > limits.twin_findings * sums["twin words"]:
        return None
    if sums["inside"] < limits.inside * max(1.0, sums["flagged"]):
        return None
    missed = sum(
        int(truth.sum()) - _hits(words, truth, settings) for words, truth, _ in read.pieces
    )
    words = sum(len(pair.text.split()) for pair in read.pairs)
    shares = (
        (sums["faults"] - sums["hits"]) / words,
        sums["alarms"] / sums["twin words"],
        missed / sum(len(truth) for _, truth, _ in read.pieces),
    )
    return 1000 * sum(shares) + alarms


def _hits(words: JudgedWords, truth: Array, settings: Settings) -> int:
    return sum(int(truth[start:end].sum()) for start, end in _findings(words, settings))


def hard_soups(options: FitOptions, documents: Sequence[Document], count: int = 160) -> list[str]:
    """Make short clean texts of sentences where listed wordings are right."""
    rng = Random(options.seed + 2)
    variants = Variants.load(options.folder / "variants.tsv.gz")
    samplers = [PassageSampler(documents, SOURCE_WEIGHTS, words=w) for w in (60, 120, 250)]
    return [
        rng.choice(samplers).soup(rng, lambda sentence: listed(variants, sentence))
        for _ in range(count)
    ]


def _cut(document: Document, words: int) -> Iterator[tuple[str, int]]:
    """Cut a document into pieces of some words, whole sentences; give each with its words."""
    found, count = "", 0
    for line in document.text.split("\n"):
        for number, sentence in enumerate(sentences(line)):
            found += (" " if number else "\n") + sentence
            count += len(sentence.split())
            if count >= words:
                yield found.strip(), count
                found, count = "", 0
    if found:
        yield found.strip(), count


def pages_of(document: Document, words: int) -> list[str]:
    """Give a document as pages of some words; of a long one the first few."""
    cut = _cut(document, words)
    return [page for page, count in cut if count >= LEAST_PAGE][:MOST_PAGES]


def excerpt(document: Document, words: int = 500) -> str:
    """Give the beginning of a document, whole sentences."""
    return next((page for page, _ in _cut(document, words)), "")


def write_settings(folder: Path, version: str, **values: float) -> None:
    """Write ``model.json``."""
    data = {"version": version, **{k: round(v, 4) for k, v in values.items()}}
    (folder / "model.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
