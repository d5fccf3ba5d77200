"""Measures the tool and simpler ways on real and synthetic spun text; body of ``unspin evaluate``.

Every figure comes with a 95 % bootstrap interval over articles or documents. Data that may be
learned from (rows without ``kept``) and data that may not are measured by the same code; which
one a run used stands in its output.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from unspin.language.corpus import Document, read_documents, read_plain, read_rows
from unspin.language.ngrams import NgramTable, combine, hashes, units

RESAMPLES = 400
MAX_EXTRA_WORDS = 4  # a finding more than this many words longer than the fault is no hit
SHORT_ARTICLE = (5, 20)  # sentences
JOINED_WORDS = 300  # of an article joined from paragraphs
VERDICT = 0.5
#: What rows of the data must have.
_PHRASE = {"spun": str, "canonical": str, "carrier": str, "restored": str, "family": object}
_GOLD: dict[str, type] = {"start": int, "end": int}
_WORD = re.compile(r"\w+(?:['’]\w+)*")


@dataclass(frozen=True)
class Flag:
    """A reported place, with the best replacement (None: nothing proposed)."""

    start: int
    end: int
    replacement: str | None = None
    applied: bool = False


@dataclass(frozen=True)
class Verdict:
    """What a system says of a text."""

    probability: float
    flags: tuple[Flag, ...]
    window_probability: float = 0.0  # of the most suspicious window


System = Callable[[str], Verdict]


@dataclass(frozen=True)
class Fault:
    """A true fault in a text; ``restored`` holds every accepted wording of its sentence."""

    start: int
    end: int
    sentence: tuple[int, int]
    restored: tuple[str, ...]
    family: str


@dataclass(frozen=True)
class Pair:
    """A short spun article with its clean twin."""

    text: str
    faults: tuple[Fault, ...]
    twin: str
    family: str


@dataclass(frozen=True)
class Figure:
    """A measured value with its interval and the number of cases it stands on."""

    value: float
    low: float
    high: float
    cases: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}] n={self.cases}"


@dataclass
class Counts:
    """Sums of one article, so that articles can be resampled."""

    values: dict[str, float] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        """Add to a sum."""
        self.values[name] = self.values.get(name, 0.0) + value


def ratio(counts: Sequence[Counts], above: str, below: str, scale: float = 1.0) -> Figure:
    """Give the ratio of two sums with a bootstrap interval over the articles."""
    a = np.array([c.values.get(above, 0.0) for c in counts])
    b = np.array([c.values.get(below, 0.0) for c in counts])
    if not b.sum():
        return Figure(0.0, 0.0, 0.0, 0)
    draws = np.random.default_rng(1).integers(0, len(counts), (RESAMPLES, len(counts)))
    sums = scale * a[draws].sum(axis=1) / np.maximum(b[draws].sum(axis=1), 1e-9)
    low, high = np.percentile(sums, [2.5, 97.5])
    return Figure(float(scale * a.sum() / b.sum()), float(low), float(high), int(b.sum()))


def auc(positive: Sequence[float], negative: Sequence[float]) -> Figure:
    """Give the area under the ROC curve with a bootstrap interval."""
    if not positive or not negative:
        return Figure(0.0, 0.0, 0.0, 0)
    p, n = np.array(positive), np.array(negative)

    def area(p: Any, n: Any) -> float:
        order = np.sort(n)
        below = np.searchsorted(order, p, "left") + np.searchsorted(order, p, "right")
        return float(below.mean() / 2 / len(n))

    rng = np.random.default_rng(1)
    found = [area(rng.choice(p, len(p)), rng.choice(n, len(n))) for _ in range(RESAMPLES)]
    low, high = np.percentile(found, [2.5, 97.5])
    return Figure(area(p, n), float(low), float(high), len(p))


# --- data ---------------------------------------------------------------------------------


def read_phrases(path: Path, kept: bool) -> list[dict[str, Any]]:
    """Read the rows of ``phrases.jsonl`` that are kept for evaluation, or the others.

    Args:
        path: Rows with ``spun``, ``canonical``, ``carrier``, ``restored`` and ``family``.
        kept: Whether those marked ``kept`` are wanted.

    Raises:
        OSError: The file cannot be read.
        ValueError: A line is no such row.
    """
    return [row for row in read_rows(path, _PHRASE) if bool(row.get("kept")) == kept]


def short_articles(rows: Sequence[Mapping[str, Any]], seed: int, draws: int = 3) -> list[Pair]:
    """Put carrier sentences of one family in a row, some times over, with their clean twins."""
    rng = Random(seed)
    by_family: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_family.setdefault(str(row["family"]), []).append(row)
    made = []
    for _ in range(draws):
        for family, found in sorted(by_family.items()):
            order = rng.sample(found, len(found))
            while order:
                size = rng.randint(*SHORT_ARTICLE)
                part, order = order[:size], order[size:]
                if len(order) < SHORT_ARTICLE[0]:
                    part, order = part + order, []
                made.append(_pair(part, family))
    return made


def _pair(rows: Sequence[Mapping[str, Any]], family: str) -> Pair:
    text, twin, faults = "", [], []
    for row in rows:
        carrier = str(row["carrier"])
        at = carrier.find(row["spun"])
        if at < 0:
            at = carrier.lower().find(str(row["spun"]).lower())
        start = len(text)
        restored = (str(row["restored"]), *_alternatives(row))
        fault = (start + at, start + at + len(row["spun"]))
        faults.append(Fault(*fault, (start, start + len(carrier)), restored, family))
        text += carrier + " "
        twin.append(str(row["restored"]))
        if row.get("legit"):
            twin.append(str(row["legit"]))
    return Pair(text.strip(), tuple(faults), " ".join(twin), family)


def _alternatives(row: Mapping[str, Any]) -> list[str]:
    restored, canonical = str(row["restored"]), str(row["canonical"])
    return [restored.replace(canonical, other) for other in row.get("alternatives") or ()]


def read_parallel(path: Path) -> list[dict[str, Any]]:
    """Read spun paragraphs with their exact edits.

    Args:
        path: Rows with ``spun`` and ``edits``, a list of ``start``, ``end`` and ``clean``.

    Raises:
        OSError: The file cannot be read.
        ValueError: A line is no such row.
    """
    rows = list(read_rows(path, {"spun": str, "edits": list}))
    for row in rows:
        for edit in row["edits"]:
            if not isinstance(edit, dict) or not {"start", "end", "clean"} <= edit.keys():
                raise ValueError(f"{path}: an edit needs start, end and clean, not {edit!r}")
    return rows


def joined(rows: Sequence[Mapping[str, Any]], field_name: str) -> list[str]:
    """Join paragraphs that follow each other into articles of 300 words or more."""
    made, waiting = [], ""
    for row in rows:
        waiting = f"{waiting}\n\n{row[field_name]}".strip()
        if len(waiting.split()) >= JOINED_WORDS:
            made.append(waiting)
            waiting = ""
    return made


def clean_documents(corpus: Path, count: int, seed: int = 7) -> list[Document]:
    """Draw kept clean documents, sources in turn, none under 100 words."""
    rng = Random(seed)
    by_source: dict[str, list[Document]] = {}
    for document in read_documents(corpus, kept=True):
        if len(document.text.split()) >= 100:
            by_source.setdefault(document.source, []).append(document)
    for found in by_source.values():
        rng.shuffle(found)
    made: list[Document] = []
    while len(made) < count and any(by_source.values()):
        made += [found.pop() for found in by_source.values() if found]
    return made[:count]


def shortened(document: Document, words: int) -> Document:
    """Give the lines of a document up to the one that completes so many words."""
    found = list(re.finditer(r"\S+", document.text))
    if len(found) <= words:
        return document
    end = document.text.find("\n", found[words - 1].end())
    text = document.text if end < 0 else document.text[:end]
    return Document(document.id, document.source, text)


# --- measures -----------------------------------------------------------------------------


def words_in(text: str, spans: Iterable[tuple[int, int]]) -> set[int]:
    """Give the starts of the words that some span touches."""
    marked = sorted(spans)
    return {
        m.start() for m in _WORD.finditer(text) for a, b in marked if m.start() < b and m.end() > a
    }


def is_hit(text: str, flag: Flag, fault: Fault) -> bool:
    """Tell whether a flag finds a fault without covering much more."""
    if not (flag.start < fault.end and fault.start < flag.end):
        return False
    words = len(_WORD.findall(text[flag.start : flag.end]))
    return words <= len(_WORD.findall(text[fault.start : fault.end])) + MAX_EXTRA_WORDS


def restored_right(text: str, fault: Fault, flags: Sequence[Flag]) -> bool:
    """Tell whether the flags over a fault, replaced, give an accepted wording of its sentence."""
    start, end = fault.sentence
    touching = [f for f in flags if f.start < fault.end and fault.start < f.end]
    if not touching or any(f.replacement is None for f in touching):
        return False
    made = text[start:end]
    for flag in sorted(touching, key=lambda f: -f.start):
        if flag.start < start or flag.end > end:
            return False
        made = made[: flag.start - start] + str(flag.replacement) + made[flag.end - start :]
    return _bare(made) in {_bare(w) for w in fault.restored}


def edit_right(text: str, flag: Flag, faults: Sequence[Fault]) -> bool:
    """Tell whether a replacement leads straight to an accepted wording of its sentence.

    It does when it lies on a shortest way from the sentence to the wording, counted in words put
    in, taken out and exchanged (Levenshtein 1966): the change itself is right, whether or not it
    mends all of the fault. A change outside true faults leads away.
    """
    for fault in faults:
        start, end = fault.sentence
        if flag.start < start or flag.end > end or flag.replacement is None:
            continue
        spun = text[start:end]
        made = spun[: flag.start - start] + flag.replacement + spun[flag.end - start :]
        for wanted in fault.restored:
            before, between, after = (_bare(t).split() for t in (spun, made, wanted))
            way = _distance(before, between) + _distance(between, after)
            if before != between and way == _distance(before, after):
                return True
    return False


def _distance(first: Sequence[str], second: Sequence[str]) -> int:
    """Levenshtein distance in words."""
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        left, row[0] = row[0], i
        for j, b in enumerate(second, 1):
            left, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, left + (a != b))
    return row[-1]


def _bare(text: str) -> str:
    return " ".join(w.lower() for w in _WORD.findall(text.replace("-", " ")))


def measure_pair(system: System, pair: Pair) -> tuple[Counts, float, float]:
    """Measure one short article and its twin; give the sums and both P(spun)."""
    counts = Counts()
    spun, twin = system(pair.text), system(pair.twin)
    for fault in pair.faults:
        hit = any(is_hit(pair.text, flag, fault) for flag in spun.flags)
        counts.add("faults", 1)
        counts.add("hits", hit)
        counts.add(f"faults {pair.family}", 1)
        counts.add(f"hits {pair.family}", hit)
        counts.add("top1", restored_right(pair.text, fault, spun.flags))
        applied = [f for f in spun.flags if f.applied]
        counts.add("written", restored_right(pair.text, fault, applied))
    inside = words_in(pair.text, [(f.start, f.end) for f in pair.faults])
    flagged = words_in(pair.text, [(f.start, f.end) for f in spun.flags])
    counts.add("flagged", len(flagged))
    counts.add("inside", len(flagged & inside))
    for flag in (f for f in spun.flags if f.applied):
        over = [f for f in pair.faults if flag.start < f.end and f.start < flag.end]
        counts.add("edits", 1)
        counts.add("right edits", edit_right(pair.text, flag, over))
        counts.add("whole edits", any(restored_right(pair.text, f, [flag]) for f in over))
    counts.add("alarms", len(twin.flags))
    counts.add("twin words", len(_WORD.findall(pair.twin)))
    return counts, spun.probability, twin.probability


def measure_short(system: System, pairs: Sequence[Pair]) -> dict[str, Figure]:
    """Measure all short articles."""
    found = [measure_pair(system, pair) for pair in pairs]
    counts = [c for c, _, _ in found]
    figures = {
        "recall": ratio(counts, "hits", "faults"),
        "false alarms per 1000 twin words": ratio(counts, "alarms", "twin words", 1000),
        "flagged words inside faults": ratio(counts, "inside", "flagged"),
        "article AUC": auc([p for _, p, _ in found], [q for _, _, q in found]),
        "twins over the verdict": _share([q >= VERDICT for _, _, q in found]),
        "spun over the verdict": _share([p >= VERDICT for _, p, _ in found]),
        "top-1 right, of all phrases": ratio(counts, "top1", "faults"),
        "restored in the written text": ratio(counts, "written", "faults"),
        "applied edits right": ratio(counts, "right edits", "edits"),
        "applied edits that alone make the sentence right": ratio(counts, "whole edits", "edits"),
    }
    for family in sorted({p.family for p in pairs}):
        figures[f"recall, family {family}"] = ratio(counts, f"hits {family}", f"faults {family}")
    return figures


def _share(values: Sequence[bool]) -> Figure:
    counts = [Counts({"n": 1.0, "k": float(v)}) for v in values]
    return ratio(counts, "k", "n")


def measure_seed(
    system: System, article: str, gold: Sequence[Mapping[str, Any]]
) -> dict[str, Figure]:
    """Measure a real spun article against its gold faults."""
    verdict = system(article)
    counts = []
    for row in gold:
        if row.get("kind") != "medical_term" or row.get("confidence") != "high":
            continue
        start, end = int(row["start"]), int(row["end"])
        before = article.rfind("\n", 0, start) + 1
        after = article.find("\n", end)
        line = (before, len(article) if after < 0 else after)
        wanted = article[line[0] : start] + str(row["canonical"]) + article[end : line[1]]
        fault = Fault(start, end, line, (wanted,), "seed")
        item = Counts({"n": 1.0})
        item.add("hit", any(is_hit(article, f, fault) for f in verdict.flags))
        item.add("top1", restored_right(article, fault, verdict.flags))
        applied = [f for f in verdict.flags if f.applied]
        item.add("written", restored_right(article, fault, applied))
        counts.append(item)
    inside = words_in(article, [(int(r["start"]), int(r["end"])) for r in gold])
    flagged = words_in(article, [(f.start, f.end) for f in verdict.flags])
    share = [Counts({"n": 1.0, "k": float(w in inside)}) for w in sorted(flagged)]
    return {
        "medical terms detected": ratio(counts, "hit", "n"),
        "medical terms top-1 right": ratio(counts, "top1", "n"),
        "medical terms restored in the written text": ratio(counts, "written", "n"),
        "flagged words inside faults": ratio(share, "k", "n"),
        "P(spun)": Figure(verdict.probability, 0.0, 1.0, 1),
    }


def measure_parallel(system: System, rows: Sequence[Mapping[str, Any]]) -> dict[str, Figure]:
    """Measure detection per word and exact undoing on paragraphs joined to articles."""
    counts = []
    for text, edits in _joined_with_edits(rows):
        verdict = system(text)
        truth = words_in(text, [(e["start"], e["end"]) for e in edits])
        flagged = words_in(text, [(f.start, f.end) for f in verdict.flags])
        item = Counts({"true": len(truth), "flagged": len(flagged)})
        item.add("both", len(truth & flagged))
        item.add("twice", 2 * len(truth & flagged))
        item.add("sum", len(truth) + len(flagged))
        for edit in edits:
            item.add("edits", 1)
            item.add("undone", _undone(text, edit, verdict.flags))
        counts.append(item)
    return {
        "word precision": ratio(counts, "both", "flagged"),
        "word recall": ratio(counts, "both", "true"),
        "word F1": ratio(counts, "twice", "sum"),
        "edits exactly undone, top-1": ratio(counts, "undone", "edits"),
    }


def _undone(text: str, edit: Mapping[str, Any], flags: Sequence[Flag]) -> bool:
    for flag in flags:
        if flag.start <= edit["start"] and edit["end"] <= flag.end and flag.replacement:
            wanted = text[flag.start : edit["start"]] + edit["clean"] + text[edit["end"] : flag.end]
            return _bare(flag.replacement) == _bare(wanted)
    return False


def _joined_with_edits(
    rows: Sequence[Mapping[str, Any]],
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    text, edits = "", []  # type: tuple[str, list[dict[str, Any]]]
    for row in rows:
        shift = len(text) + (2 if text else 0)
        text = f"{text}\n\n{row['spun']}" if text else str(row["spun"])
        edits += [{**e, "start": e["start"] + shift, "end": e["end"] + shift} for e in row["edits"]]
        if len(text.split()) >= JOINED_WORDS:
            yield text, edits
            text, edits = "", []


def measure_clean(system: System, documents: Sequence[Document]) -> dict[str, Figure]:
    """Measure false alarms on clean documents."""
    counts = []
    for document in documents:
        verdict = system(document.text)
        words = len(_WORD.findall(document.text))
        item = Counts({"n": 1.0, "words": words, "found": len(verdict.flags)})
        item.add("applied", sum(f.applied for f in verdict.flags))
        item.add("over", verdict.probability >= VERDICT)
        counts.append(item)
    return {
        "findings per 1000 words": ratio(counts, "found", "words", 1000),
        "applied fixes per 1000 words": ratio(counts, "applied", "words", 1000),
        "documents over the verdict": ratio(counts, "over", "n"),
    }


def measure_verdict(
    system: System, rows: Sequence[Mapping[str, Any]], documents: Sequence[Document]
) -> dict[str, Figure]:
    """Measure the article verdict: whole spun articles, and one spun paragraph in a long page."""
    spun = [system(text).probability for text in joined(rows, "spun")]
    verdicts = [system(d.text) for d in documents]
    clean = [v.probability for v in verdicts]
    pages = [d.text for d in documents if len(d.text.split()) >= 1500][:60]
    paragraphs = [str(r["spun"]) for r in rows if len(str(r["spun"]).split()) >= 100]
    found = []
    for page, paragraph in zip(pages, paragraphs, strict=False):
        cut = " ".join(page.split(" ")[:2000])
        middle = max(cut.rfind("\n", 0, len(cut) // 2), 0)
        verdict = system(f"{cut[:middle]}\n\n{paragraph}\n\n{cut[middle:]}")
        found.append(max(verdict.window_probability, verdict.probability) >= VERDICT)
    return {
        "article AUC": auc(spun, clean),
        "spun articles over the verdict": _share([p >= VERDICT for p in spun]),
        "clean documents over the verdict": _share([p >= VERDICT for p in clean]),
        "clean documents with a window over it": _share(
            [v.window_probability >= VERDICT for v in verdicts]
        ),
        "single spun paragraph found": _share(found),
    }


# --- systems ------------------------------------------------------------------------------


def model_system(folder: Path) -> System:
    """The language model alone, without the glossary."""
    from unspin.language.model import SpinModel

    model = SpinModel.load(folder)

    def judge(text: str) -> Verdict:
        found = model.judge(text)
        flags = tuple(
            Flag(
                s.start,
                s.end,
                s.replacements[0].text if s.replacements else None,
                found.is_sure(s),
            )
            for s in found.spans
        )
        windows = [w.spun_probability for w in found.windows]
        return Verdict(found.spun_probability, flags, max(windows, default=0.0))

    return judge


def tool_system(**settings: Any) -> System:
    """The whole tool as ``clean --grammar off`` runs it; findings of the family SP."""
    from unspin.article import Article
    from unspin.config import Config
    from unspin.pipeline import Cleaner
    from unspin.reading import read_bytes

    config = Config(grammar="off", **settings)
    cleaner = Cleaner(config)

    def judge(text: str) -> Verdict:
        articles = [a for a in read_bytes(text.encode(), "-", config) if isinstance(a, Article)]
        if not articles:
            return Verdict(0.0, ())
        report = cleaner.clean(articles[0])
        flags = []
        for finding in report.findings:
            if finding.family != "SP" or finding.start == finding.end:
                continue
            start, end = report.place(finding)
            best = finding.replacements[0] if finding.replacements else None
            flags.append(Flag(start, end, best, finding.applied))
        windows = [w.spun_probability for w in report.windows]
        return Verdict(report.spun_probability or 0.0, tuple(flags), max(windows, default=0.0))

    return judge


def phrase_list_system(path: Path) -> System:
    """The Problematic Paper Screener's fingerprints: quoted phrases, all of a row present."""
    rules: list[tuple[list[str], str]] = []
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.reader(lines):
            phrases = re.findall(r'"([^"]{3,})"', row[0]) if row else []
            if phrases:
                rules.append(([p.lower() for p in phrases], row[1]))

    def judge(text: str) -> Verdict:
        lower = text.lower()
        flags = []
        for phrases, expected in rules:
            if all(p in lower for p in phrases):
                found = re.search(rf"\b{re.escape(phrases[0])}\b", lower)
                if found:
                    flags.append(Flag(found.start(), found.end(), expected))
        return Verdict(1.0 if flags else 0.0, tuple(flags))

    return judge


def ngram_system(path: Path, limit: float = -2.0) -> System:
    """Pairs of common words that clean text never joins, far below chance.

    The limit (bits) is the one that does best on development phrases near one alarm in 1,000 words.
    """
    table = NgramTable.load(path)
    total = float(np.log2(max(2, table.words)))

    def judge(text: str) -> Verdict:
        found = units(text)
        keys = hashes([w for _, _, w in found])
        if len(keys) < 2:
            return Verdict(0.0, ())
        single = table.log_counts(combine([keys]))
        pair = table.log_counts(combine([keys[:-1], keys[1:]]))
        lift = pair - (single[:-1] + single[1:] - total)
        both = [found[i][2].isalpha() and found[i + 1][2].isalpha() for i in range(len(pair))]
        odd = [i for i in range(len(pair)) if both[i] and pair[i] == 0 and lift[i] < limit]
        flags = tuple(Flag(found[i][0], found[i + 1][1]) for i in odd)
        return Verdict(len(odd) / len(found), flags)

    return judge


# --- the command --------------------------------------------------------------------------


@dataclass(frozen=True)
class EvaluationOptions:
    """What to measure.

    Attributes:
        data: Folder with ``spun/``, ``seed/``, ``parallel/``, ``corpus/``, ``pps/``.
        model: Model folder.
        kept: Measure the kept rows and documents; False while developing.
        documents: Clean documents.
        systems: Of ``tool``, ``model``, ``glossary``, ``phrases``, ``ngrams``.
        parts: Of ``short``, ``seed``, ``parallel``, ``verdict``, ``clean``.
        document_words: Words read of each clean document, all when 0.
        paragraphs: Parallel paragraphs read per dictionary, all when 0.
        seed: Of the drawing of articles.
    """

    data: Path
    model: Path
    kept: bool = True
    documents: int = 1000
    systems: tuple[str, ...] = ("tool", "model", "glossary", "phrases", "ngrams")
    parts: tuple[str, ...] = ("short", "seed", "parallel", "verdict", "clean")
    document_words: int = 0
    paragraphs: int = 0
    seed: int = 3


def evaluate(
    options: EvaluationOptions, progress: Callable[[str], None] = print
) -> dict[str, dict[str, Figure]]:
    """Measure the systems; give figures by ``"<system>: <part>"``.

    Args:
        options: What to measure.
        progress: Receives each figure as a line.
    """
    results: dict[str, dict[str, Figure]] = {}
    documents: list[Document] = []
    if {"verdict", "clean"} & set(options.parts):
        documents = clean_documents(options.data / "corpus", options.documents)
        if options.document_words:
            documents = [shortened(d, options.document_words) for d in documents]
    for name in options.systems:
        system = _system(name, options)
        for part in options.parts:
            for title, figures in _measure(part, system, options, documents):
                results[f"{name}: {title}"] = figures
                for key, figure in figures.items():
                    progress(f"{name:9} {title:22} {key:44} {figure}")
    return results


def _system(name: str, options: EvaluationOptions) -> System:
    makers: dict[str, Callable[[], System]] = {
        "tool": lambda: tool_system(model=str(options.model)),
        "model": lambda: model_system(options.model),
        "glossary": lambda: tool_system(model="off"),
        "phrases": lambda: phrase_list_system(options.data / "pps" / "tortured.csv"),
        "ngrams": lambda: ngram_system(options.model / "ngrams.npz"),
    }
    return makers[name]()


def _measure(
    part: str, system: System, options: EvaluationOptions, documents: Sequence[Document]
) -> Iterator[tuple[str, dict[str, Figure]]]:
    data = options.data
    if part == "short":
        rows = read_phrases(data / "spun" / "phrases.jsonl", options.kept)
        yield "short articles", measure_short(system, short_articles(rows, options.seed))
    elif part == "seed":
        gold = list(read_rows(data / "seed" / "gold.jsonl", _GOLD))
        article = read_plain(data / "seed" / "article.txt")
        yield "seed article", measure_seed(system, article, gold)
    elif part == "clean":
        yield "kept clean documents", measure_clean(system, documents)
    else:
        for name in ("wordspinner", "consensus"):
            rows = read_parallel(data / "parallel" / f"{name}.jsonl.gz")
            rows = rows[: options.paragraphs or None]
            if part == "parallel":
                yield f"parallel/{name}", measure_parallel(system, rows)
            elif name == "wordspinner":
                yield "article verdict", measure_verdict(system, rows, documents)


# --- floors -------------------------------------------------------------------------------


def data_sha256(folder: Path) -> str:
    """Give one hash of all evaluation files of a data folder."""
    digest = hashlib.sha256()
    for name in ("spun/phrases.jsonl", "seed/gold.jsonl", "seed/article.txt",
                 "parallel/wordspinner.jsonl.gz", "parallel/consensus.jsonl.gz"):  # fmt: skip
        digest.update(hashlib.sha256((folder / name).read_bytes()).digest())
    return digest.hexdigest()


LOWER_IS_BETTER = ("alarms", "findings", "applied fixes", "twins over", "documents over",
                   "window over")  # fmt: skip
PINNED = ("tool", "model")


def pin_floors(results: Mapping[str, Mapping[str, Figure]], path: Path, sha256: str) -> None:
    """Pin the worse end of each figure's interval; overwrites what was pinned before."""
    floors: dict[str, dict[str, dict[str, float]]] = {}
    for name, figures in results.items():
        if name.split(":")[0] in PINNED:
            floors[name] = {k: _limit(k, f) for k, f in figures.items() if f.cases}
    data = {"data_sha256": sha256, "floors": floors}
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def _limit(name: str, figure: Figure) -> dict[str, float]:
    if any(part in name for part in LOWER_IS_BETTER):
        # of none in n cases no bootstrap can say how far off chance may be: the rule of three does
        return {"most": round(figure.high if figure.value else 3 / figure.cases, 3)}
    return {"least": round(figure.low, 3)}


def check_floors(results: Mapping[str, Mapping[str, Figure]], path: Path, sha256: str) -> list[str]:
    """Compare figures with the pinned floors; give a line for each that does not hold.

    Raises:
        ValueError: When the floors were pinned on other data.
    """
    pinned = json.loads(path.read_text(encoding="utf-8"))
    if pinned["data_sha256"] != sha256:
        raise ValueError(f"{path}: the floors were pinned on other data; measure anew with --pin")
    failures = []
    for name, limits in pinned["floors"].items():
        for key, limit in limits.items():
            figure = results.get(name, {}).get(key)
            if figure is None:
                continue
            low, high = limit.get("least", -np.inf), limit.get("most", np.inf)
            if not low <= figure.value <= high:
                failures.append(f"{name}: {key}: {figure}, pinned {limit}")
    return failures
