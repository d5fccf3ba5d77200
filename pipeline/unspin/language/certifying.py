"""Fits how certain a replacement is, on spun articles that no other part of the model knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unspin.language.combining import (
    FitOptions,
    boost,
    fitting_documents,
    hidden_wordings,
    spun_passages,
)
from unspin.language.evaluation import Fault, Flag, edit_right
from unspin.language.model import Combiner, SpinModel
from unspin.language.spinner import Dictionaries, SpunText
from unspin.language.trees import Trees, sigmoid

Array = NDArray[Any]
ARTICLE_SHARE = 0.3  # of the articles that the other trees are fitted on, so many
ARTICLE_WORDS = (90, 160, 320)
ROUNDS = 150
# Certainty from which on a replacement is suggested: of phrases that nobody had seen 24 of 33 are
# right from here on (three draws of articles).
SUGGEST = 0.8
# Certainty from which on a replacement is applied, where the list of spun wordings knows what it
# changes and the text surely is spun: of some 130 such in texts that imitate spinning programs two
# do not say what the author did, or its equal (docs/model.md). Unlisted ones are not as good.
SAFE = 0.93
NEVER = 1.01  # a certainty that no replacement reaches


@dataclass(frozen=True)
class Cases:
    """Proposals of some texts: their evidence, shape (cases, features), and which are right."""

    rows: Array
    right: Array

    @classmethod
    def of(cls, found: Sequence[tuple[list[float], bool]]) -> Cases:
        """Collect what :func:`proposals_of` gave."""
        rows = np.array([row for row, _ in found], dtype=np.float32)
        return cls(rows, np.array([right for _, right in found], dtype=bool))


def proposals_of(
    model: SpinModel, text: str, faults: Sequence[Fault]
) -> Iterator[tuple[list[float], bool]]:
    """Give the evidence on what might be put in unasked in a text, and whether it is right.

    Args:
        model: Reports and restores.
        text: A spun text.
        faults: Its true faults.
    """
    for proposal in model.proposals(text):
        if proposal.row is not None:
            span = proposal.span
            flag = Flag(span.start, span.end, span.replacements[0].text)
            over = [f for f in faults if span.start < f.end and f.start < span.end]
            yield proposal.row, edit_right(text, flag, over)


def faults_of(spun: SpunText) -> list[Fault]:
    """Give the edits of a spun text as faults, each with its line as it was."""
    found = []
    for edit in spun.edits:
        start = spun.text.rfind("\n", 0, edit.start) + 1
        end = spun.text.find("\n", edit.end)
        end = len(spun.text) if end < 0 else end
        line = spun.text[start:end]
        inside = [e for e in spun.edits if start <= e.start and e.end <= end]
        for other in sorted(inside, key=lambda e: -e.start):
            line = line[: other.start - start] + other.clean + line[other.end - start :]
        found.append(Fault(edit.start, edit.end, (start, end), (line,), ""))
    return found


def noise_cases(options: FitOptions, made: Dictionaries, model: SpinModel) -> Cases:
    """Spin documents that no part of the model knows, and collect what it proposes in them.

    Most of the wordings that spun them are hidden from the list, as while the other trees are
    fitted.

    Args:
        options: Settings of the fit.
        made: Dictionaries for the noise.
        model: Reports and restores.
    """
    rng = Random(options.seed + 6)
    documents = fitting_documents(options, for_limits=True)
    passages = spun_passages(documents, made, ARTICLE_WORDS, rng)
    found: list[tuple[list[float], bool]] = []
    for _, spun in islice(passages, round(ARTICLE_SHARE * options.articles)):
        asked = model.without_listed(hidden_wordings(spun, rng))
        found += proposals_of(asked, spun.text, faults_of(spun))
    return Cases.of(found)


def fit_certainty(cases: Cases) -> tuple[Trees, Array]:
    """Fit P(putting a replacement in is right); give it with what each half says of the other."""
    half = len(cases.right) // 2
    other = np.concatenate(
        [
            sigmoid(_fit(cases.rows[half:], cases.right[half:]).score(cases.rows[:half])),
            sigmoid(_fit(cases.rows[:half], cases.right[:half]).score(cases.rows[half:])),
        ]
    )
    return _fit(cases.rows, cases.right), other


def _fit(rows: Array, right: Array) -> Trees:
    return boost(rows, right.astype(np.int8), ROUNDS, num_leaves=15, learning_rate=0.05)


def certify(
    options: FitOptions,
    made: Dictionaries,
    model: SpinModel,
    progress: Callable[[str], None] = print,
) -> None:
    """Fit how certain replacements are, and add it to ``combiner.npz``.

    Args:
        options: Settings of the fit.
        made: Dictionaries for the noise.
        model: With the thresholds it will have.
        progress: Receives a line.
    """
    noise = noise_cases(options, made, model)
    if not noise.right.any() or noise.right.all():
        progress("too few replacements to tell right from wrong: none is certain")
        return
    trees, crossed = fit_certainty(noise)
    path = options.folder / "combiner.npz"
    Combiner.load(path).with_certainty(trees).save(path)
    sure = noise.right[crossed >= SUGGEST]
    progress(
        f"{int(noise.right.sum())} of {len(noise.right)} replacements are right, "
        f"{int(sure.sum())} of {len(sure)} from a certainty of {SUGGEST} on"
    )
