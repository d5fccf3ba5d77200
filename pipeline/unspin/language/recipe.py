"""The whole way from clean text to a model folder: what ``unspin train`` runs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from unspin.language.combining import (
    FitOptions,
    Limits,
    choose_thresholds,
    clean_sample,
    fit,
    hard_soups,
    write_settings,
)
from unspin.language.corpus import read_documents
from unspin.language.evaluation import read_phrases
from unspin.language.model import SpinModel
from unspin.language.ngrams import build
from unspin.language.tables import write_variants
from unspin.language.training import TrainingOptions, embedding_dictionaries, train

NEVER = 1.01  # a safe threshold that no replacement reaches
CAUTIOUS = {  # without real phrases to choose thresholds on
    "report": 0.92,
    "report_spun": 0.7,
    "sure": 2.0,
    "extend": 0.8,
    "safe": NEVER,
    "verdict_shift": 0.0,
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
    """

    training: TrainingOptions
    folder: Path
    phrases: Path | None = None
    articles: int = 900
    weights: Path | None = None


def make_model(options: RecipeOptions, progress: Callable[[str], None] = print) -> Path:
    """Train, export, count, fit and choose thresholds; give the model folder.

    Args:
        options: Settings.
        progress: Receives a line now and then.
    """
    from unspin.language.export import export

    run, folder = options.training, options.folder
    folder.mkdir(parents=True, exist_ok=True)
    weights = options.weights or train(run, progress)
    export(weights, folder)
    shutil.copyfile(run.base / "tokenizer.json", folder / "tokenizer.json")
    if not (folder / "ngrams.npz").exists():
        progress("counting n-grams")
        documents = read_documents(run.corpus, without=run.without)
        build(d.text for d in documents).save(folder / "ngrams.npz")
    made = embedding_dictionaries(run)
    write_variants(made, folder / "variants.tsv")
    fitting = FitOptions(run.corpus, folder, articles=options.articles, without=run.without)
    fit(fitting, made, progress)
    version = datetime.now(UTC).strftime("%Y.%m.%d")
    write_settings(folder, version, **CAUTIOUS)
    if options.phrases:
        rows = read_phrases(options.phrases, kept=False)
        model = SpinModel.load(folder)
        clean, soups = clean_sample(fitting), hard_soups(fitting)
        found = choose_thresholds(model, clean, soups, rows, Limits(), progress)
        write_settings(folder, version, **found, safe=NEVER)
    return folder
