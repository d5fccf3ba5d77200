"""The whole way from clean text to a model folder: what ``unspin train`` runs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from unspin.language.batches import embedding_dictionaries
from unspin.language.certifying import NEVER, SAFE, SUGGEST, certify
from unspin.language.combining import FitOptions, fit
from unspin.language.corpus import read_documents, read_rows
from unspin.language.evaluation import read_phrases
from unspin.language.model import SpinModel
from unspin.language.ngrams import NgramTable, build
from unspin.language.tables import write_terms, write_variants
from unspin.language.thresholds import (
    Limits,
    MarkedArticle,
    choose_thresholds,
    development_texts,
    write_settings,
)
from unspin.language.training import (
    TrainingOptions,
    mean_weights,
    train,
)

CAUTIOUS = {  # without real phrases to choose thresholds on
    "report": 0.92,
    "report_spun": 0.7,
    "report_dense": 0.7,
    "sure": 2.0,
    "ramp": 0.0,
    "extend": 0.8,
    "safe": NEVER,
    "suggest": SUGGEST,
    "verdict_shift": 0.0,
    "window_shift": 0.0,
    "window_restored": 0.0,
    "window_several": 0.0,
    "article_restored": 0.0,
    "article_suspicious": 0.0,
}


@dataclass(frozen=True)
class RecipeOptions:
    """Settings of a whole run.

    Attributes:
        training: Of the encoder; its ``out`` holds checkpoints and log.
        folder: The model folder to write.
        phrases: ``phrases.jsonl`` whose rows without ``kept`` choose the thresholds, or None.
        articles: Spun and clean articles the combiner is fitted on.
        weights: Weights to take instead of training, or None.
        terms: Lists of medical terms (``*.tsv.gz``, first column), or None for the glossary's.
        marked: Folder of a real article that is spun throughout, with its faults marked
            (:class:`unspin.language.thresholds.MarkedArticle`), or None.
        fitting_dictionaries: Folder of the dictionaries of the noise that trees are fitted and
            thresholds chosen on, or None for those of the encoder. The encoder reads what it was
            trained on more surely than what a program writes whose dictionary nobody has, so some
            of these should be new to it.
        average: Share of the weights that the run ended with in a mean with those that it started
            from (Wortsman et al. 2022, "Model soups"), or None for the former alone. On noise of
            dictionaries that neither knows a mean is better than both, and it remembers what the
            run did not show it.
        unusual: JSON Lines of clean texts (``text``) in registers that the corpus does not have, to
            choose on how far a text is doubted that looks spun and cannot be restored; or None.
    """

    training: TrainingOptions
    folder: Path
    phrases: Path | None = None
    articles: int = 900
    weights: Path | None = None
    terms: Path | None = None
    marked: Path | None = None
    fitting_dictionaries: Path | None = None
    average: float | None = None
    unusual: Path | None = None


RECORDED = ("seed", "minutes", "learning_rate", "warmup", "batch_pieces", "frozen_layers",
            "layers", "threads", "held_out", "without", "families")  # fmt: skip
CURVE_ROWS = 40  # of the training log that travel with the model


def record_run(options: RecipeOptions) -> None:
    """Write ``run.json``: the settings without paths, and the curve over words seen.

    A run that went on from an earlier one has that one's settings and curve beside its own.
    """
    run = options.training
    data = {
        "options": {name: getattr(run, name) for name in RECORDED},
        "average": options.average,
        "corpus": _names(run.corpus),
        "dictionaries": _names(run.dictionaries),
        "fitting_dictionaries": _names(options.fitting_dictionaries or run.dictionaries),
        "curve": _curve(run.out),
        **_before(run.start),
    }
    (options.folder / "run.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def _names(folder: Path | None) -> list[str]:
    """Give the names of the files of text, or of the dictionaries, in a folder."""
    files = folder.iterdir() if folder else ()
    return sorted(p.name.split(".")[0] for p in files if p.suffix in (".gz", ".jsonl", ".txt"))


def _before(weights: Path | None) -> dict[str, Any]:
    """Give the record of the run that made some weights, and of those before it."""
    if weights is not None and (weights / "run.json").exists():  # a model folder
        return {"before": json.loads((weights / "run.json").read_text(encoding="utf-8"))}
    if weights is None or not (weights.parent / "options.json").exists():
        return {}
    options = json.loads((weights.parent / "options.json").read_text(encoding="utf-8"))
    start = options.get("start")
    record = {
        "options": {name: options[name] for name in RECORDED if name in options},
        "curve": _curve(weights.parent),
        **_before(Path(start) if start else None),
    }
    return {"before": record}


def _curve(out: Path) -> list[Any]:
    """Give rows of a run's log, evenly spaced, the last one among them."""
    lines = (out / "log.jsonl").read_text(encoding="utf-8").splitlines()
    step = max(1, len(lines) // CURVE_ROWS)
    return [json.loads(line) for line in [*lines[::step], lines[-1]]]


def make_model(options: RecipeOptions, progress: Callable[[str], None] = print) -> Path:
    """Train, export, count, fit and choose thresholds; give the model folder.

    Args:
        options: Settings.
        progress: Receives a line now and then.
    """
    from unspin.language.export import export

    run, folder = options.training, options.folder
    # read before anything that takes long: what is wrong with them is said at once
    rows = read_phrases(options.phrases, kept=False) if options.phrases else None
    marked = MarkedArticle.read(options.marked) if options.marked else None
    unusual = (
        [r["text"] for r in read_rows(options.unusual, {"text": str})] if options.unusual else []
    )
    folder.mkdir(parents=True, exist_ok=True)
    weights = options.weights or train(run, progress)
    if options.average and run.start:
        shares = {run.start: 1 - options.average, weights: options.average}
        weights = mean_weights(shares, run.out / "average.pt", run.base)
    export(weights, folder)
    if (run.out / "log.jsonl").exists():
        record_run(options)
    shutil.copyfile(run.base / "tokenizer.json", folder / "tokenizer.json")
    if not (folder / "ngrams.npz").exists():
        progress("counting n-grams")
        documents = read_documents(run.corpus, fitting=False, without=run.without)
        build(d.text for d in documents if not d.is_general).save(folder / "ngrams.npz")
    made = embedding_dictionaries(run)
    counts = NgramTable.load(folder / "ngrams.npz")
    write_variants(made, folder / "variants.tsv.gz", counts)
    if options.fitting_dictionaries:
        made = embedding_dictionaries(replace(run, dictionaries=options.fitting_dictionaries))
    write_terms(options.terms, folder / "terms.npz")
    fitting = FitOptions(run.corpus, folder, articles=options.articles, without=run.without)
    fit(fitting, made, progress)
    version = datetime.now(UTC).strftime("%Y.%m.%d")
    write_settings(folder, version, **CAUTIOUS)
    if rows is not None:
        model = SpinModel.load(folder)
        texts = development_texts(fitting, made, rows, marked, unusual)
        found = choose_thresholds(model, texts, Limits(), progress)
        write_settings(folder, version, **found, safe=SAFE, suggest=SUGGEST)
    certify(fitting, made, SpinModel.load(folder), progress)
    return folder
