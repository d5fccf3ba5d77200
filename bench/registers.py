"""False alarms of the model on clean English that is no health text, by kind.

Run: python bench/registers.py FOLDER [--model DIR] [--documents 100] [--words 600]

FOLDER holds clean text (``.jsonl.gz``, as ``make_general_text.py`` writes it: its ``unseen`` for
kinds that no model has read). Of each source so many documents are drawn and their first words
read; the model judges them alone, without rules.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path
from random import Random

from unspin.language.corpus import Document, read_documents
from unspin.language.evaluation import shortened
from unspin.language.model import SpinModel, default_model_dir

SEED = 1
LOOKS_SPUN = 0.5


def main() -> None:
    """Print a row of the table for each source."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path, default=default_model_dir())
    parser.add_argument("--documents", type=int, default=100, help="of each source")
    parser.add_argument("--words", type=int, default=600, help="of each document")
    options = parser.parse_args()
    by_source: dict[str, list[Document]] = defaultdict(list)
    for document in read_documents(options.folder, kept=None):
        by_source[document.source].append(document)
    model = SpinModel.load(options.model)
    print("| source | documents | words | look spun | a window does | findings per 1,000 words |")
    print("|---|--:|--:|--:|--:|--:|")
    for source, documents in sorted(by_source.items()):
        Random(SEED).shuffle(documents)
        texts = [shortened(d, options.words).text for d in documents[: options.documents]]
        judged = [model.judge(text) for text in texts]
        words = sum(len(text.split()) for text in texts)
        spun = sum(j.spun_probability >= LOOKS_SPUN for j in judged)
        windows = sum(any(w.spun_probability >= LOOKS_SPUN for w in j.windows) for j in judged)
        findings = sum(len(j.spans) for j in judged)
        shares = f"{spun / len(texts):.2f} | {windows / len(texts):.2f}"
        print(f"| {source} | {len(texts)} | {words:,} | {shares} | {1000 * findings / words:.2f} |")


if __name__ == "__main__":
    main()
