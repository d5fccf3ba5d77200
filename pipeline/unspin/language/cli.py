"""`unspin train` and `unspin evaluate`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click

from unspin.errors import UnspinError

EXIT_FLOOR, EXIT_ERROR = 1, 2
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_PATH = click.Path(exists=True, path_type=Path)
_NEW = click.Path(path_type=Path)
_SHARE = click.FloatRange(0, 1, min_open=True, max_open=True)
_SYSTEMS = ("tool", "model", "glossary", "phrases", "ngrams")
_PARTS = ("short", "seed", "parallel", "verdict", "clean")


@click.command()
@click.option("--corpus", type=_FOLDER, required=True, help="Clean text: .jsonl, .jsonl.gz, .txt.")
@click.option("--base", type=_FOLDER, required=True, help="Folder of all-MiniLM-L6-v2.")
@click.option("--out", type=_NEW, default=Path("run"), help="Folder for checkpoints and log.")
@click.option("--model-out", type=_NEW, default=Path("model"), help="Model folder to write.")
@click.option("--dictionaries", type=_FOLDER, help="Two-column synonym dictionaries (.tsv.gz).")
@click.option("--fitting-dictionaries", type=_FOLDER, help="Those of the noise for trees, limits.")
@click.option("--held-out", multiple=True, help="Dictionary whose pairs are dropped everywhere.")
@click.option("--without", multiple=True, help="Source of the corpus to leave out.")
@click.option("--phrases", type=_FILE, help="Real spun phrases (JSONL) to choose thresholds on.")
@click.option("--marked", type=_FOLDER, help="A real spun article with its faults marked.")
@click.option("--unusual", type=_FILE, help="Clean texts of odd registers (JSONL), for limits.")
@click.option("--terms", type=_FOLDER, help="Lists of medical terms (.tsv.gz, first column).")
@click.option("--minutes", type=float, default=75.0, show_default=True, help="Encoder training.")
@click.option("--learning-rate", type=float, default=3e-4, show_default=True, help="At its peak.")
@click.option("--batch-pieces", type=int, default=5120, show_default=True, help="Of a batch.")
@click.option("--threads", type=int, default=2, show_default=True)
@click.option("--makers", type=click.IntRange(1), default=1, help="Processes that make batches.")
@click.option("--articles", type=int, default=900, show_default=True, help="For the combiner.")
@click.option("--start", type=_PATH, help="encoder.pt or model folder to train further.")
@click.option("--average", type=_SHARE, help="Share of the new weights in a mean with --start.")
@click.option("--weights", type=_FILE, help="Take these weights instead of training.")
@click.option("--layers", type=click.IntRange(1), help="Of the encoder; new ones go on top.")
@click.option("--seed", type=int, default=11, show_default=True)
def train(**options: Any) -> None:
    """Make a language model from clean text; the same command goes on with a run cut off."""
    if options["average"] and not options["start"]:
        raise click.UsageError("--average takes a mean with earlier weights: name them by --start")
    try:
        from unspin.language.recipe import RecipeOptions, make_model
        from unspin.language.training import TrainingOptions

        run = TrainingOptions(
            corpus=options["corpus"],
            out=options["out"],
            base=options["base"],
            start=options["start"],
            dictionaries=options["dictionaries"],
            held_out=options["held_out"],
            without=options["without"],
            minutes=options["minutes"],
            batch_pieces=options["batch_pieces"],
            learning_rate=options["learning_rate"],
            seed=options["seed"],
            threads=options["threads"],
            makers=options["makers"],
            layers=options["layers"],
        )
        recipe = RecipeOptions(
            run,
            options["model_out"],
            options["phrases"],
            options["articles"],
            options["weights"],
            options["terms"],
            options["marked"],
            options["fitting_dictionaries"],
            options["average"],
            options["unusual"],
        )
        with _progress(options["minutes"] * 60) as report:
            folder = make_model(recipe, report)
    except ImportError as error:
        click.echo(f"error: {error}; pip install 'unspin[train]'", err=True)
        sys.exit(EXIT_ERROR)
    except (OSError, ValueError, UnspinError) as error:
        _fail(error)
    click.echo(f"the model is in {folder}")


def _fail(error: Exception) -> NoReturn:
    """Says what cannot be read or done, and ends the command."""
    told = str(error)
    if isinstance(error, OSError) and error.filename is not None:
        told = f"{error.filename}: cannot be read or written ({error.strerror})"
    click.echo(f"error: {told}", err=True)
    sys.exit(EXIT_ERROR)


@contextmanager
def _progress(seconds: float) -> Iterator[Callable[[str], None]]:
    """Show a bar on a terminal and lines elsewhere."""
    if not sys.stderr.isatty():
        yield lambda line: click.echo(line, err=True)
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("training", total=seconds)

        def report(line: str) -> None:
            if line.startswith("{"):
                row = json.loads(line)
                shown = f"{row['words']:,} words, loss {row['detect']}"
                bar.update(task, completed=row["seconds"], description=shown)
            else:
                bar.console.print(line)

        yield report


@click.command()
@click.option("--data", type=_FOLDER, required=True, help="Holds spun/, seed/, parallel/, corpus/.")
@click.option("--model", type=_FOLDER, help="Model folder; the shipped one by default.")
@click.option("--system", "systems", multiple=True, type=click.Choice(_SYSTEMS))
@click.option("--part", "parts", multiple=True, type=click.Choice(_PARTS))
@click.option("--documents", type=int, default=1000, show_default=True, help="Clean documents.")
@click.option("--document-words", type=int, default=0, help="Words read of each; 0: all.")
@click.option("--paragraphs", type=int, default=0, help="Spun paragraphs; 0: all.")
@click.option("--development", is_flag=True, help="Rows and documents that may be learned from.")
@click.option("--json", "json_out", type=_NEW, help="Write the figures to this file.")
@click.option("--floors", type=_FILE, help="Fail (exit 1) when a figure falls below these floors.")
@click.option("--pin", type=_NEW, help="Write the figures as floors to this file.")
def evaluate(**options: Any) -> None:
    """Measure the tool, its parts and the baselines, with 95 % intervals."""
    from unspin.language.evaluation import (
        EvaluationOptions,
        check_floors,
        data_sha256,
        pin_floors,
    )
    from unspin.language.evaluation import evaluate as measure
    from unspin.language.model import default_model_dir

    wanted = EvaluationOptions(
        data=options["data"],
        model=options["model"] or default_model_dir(),
        kept=not options["development"],
        documents=options["documents"],
        document_words=options["document_words"],
        paragraphs=options["paragraphs"],
        systems=options["systems"] or _SYSTEMS,
        parts=options["parts"] or _PARTS,
    )
    failures: list[str] = []
    try:
        # Floors belong to all of the data: what is wrong with it shows before an hour is spent.
        floors = options["floors"] or options["pin"]
        sha256 = data_sha256(wanted.data) if floors else ""
        results = measure(wanted, click.echo)
        if options["json_out"]:
            rows = {k: {n: vars(f) for n, f in v.items()} for k, v in results.items()}
            options["json_out"].write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
        if options["floors"]:
            failures = check_floors(results, options["floors"], sha256)
        if options["pin"]:
            pin_floors(results, options["pin"], sha256)
    except (OSError, ValueError, UnspinError) as error:
        _fail(error)
    for line in failures:
        click.echo(f"below its floor: {line}", err=True)
    sys.exit(EXIT_FLOOR if failures else 0)
