"""Fits how certain a replacement is, and chooses from which certainty on it is put in unasked.

Fitted on spun articles that no other part of the model knows, as it reports and restores them;
chosen on real phrases and a real article.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unspin.language.combining import HIDDEN_SHARE, FitOptions, boost, fitting_documents
from unspin.language.corpus import PassageSampler
from unspin.language.evaluation import Fault, Flag, edit_right
from unspin.language.model import Combiner, SpinModel
from unspin.language.spinner import Dictionaries, Spinner, SpunText, draw_style
from unspin.language.tables import folded
from unspin.language.training import SOURCE_WEIGHTS
from unspin.language.trees import Trees, sigmoid

Array = NDArray[Any]
ARTICLES, ARTICLE_WORDS = 900, (90, 160, 320)
ROUNDS = 150
SAFES = (0.8, 0.85, 0.88, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98)
LEAST_RIGHT = 0.97  # share of what is put in unasked that must be right
LEAST_CASES = 15  # real replacements below which a share says nothing
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
    """Spin documents that no part of the model knows, hide most of the wordings that did it from
    the list (as while the other trees are fitted), and collect what the model proposes.
    """
    rng = Random(options.seed + 6)
    documents = fitting_documents(options, for_limits=True)
    samplers = [PassageSampler(documents, SOURCE_WEIGHTS, words=w) for w in ARTICLE_WORDS]
    spinner = Spinner(made)
    found: list[tuple[list[float], bool]] = []
    for _ in range(ARTICLES):
        text = rng.choice(samplers).passage(rng)
        spun = spinner.spin(text, draw_style(rng, made.sources), rng)
        hidden = {folded(e.spun) for e in spun.edits if rng.random() < HIDDEN_SHARE}
        found += proposals_of(model.without_listed(hidden), spun.text, faults_of(spun))
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


def choose_safe(judged: Sequence[tuple[Array, Array]]) -> float:
    """Choose the certainty from which on replacements are put in unasked.

    Args:
        judged: Certainty of the replacements of a kind of text, and whether each is right.

    Returns:
        The lowest of :data:`SAFES` from which on, and from each stricter one on,
        :data:`LEAST_RIGHT` of each kind with enough cases are right; else :data:`NEVER`.
    """
    safe = NEVER
    for least in reversed(SAFES):
        chosen = [(right[p >= least]) for p, right in judged]
        shares = [float(right.mean()) for right in chosen if len(right) >= LEAST_CASES]
        if not shares or min(shares) < LEAST_RIGHT:
            break
        safe = least
    return safe


def certify(
    options: FitOptions,
    made: Dictionaries,
    model: SpinModel,
    real: Sequence[tuple[str, Sequence[Fault]]],
    progress: Callable[[str], None] = print,
) -> float:
    """Fit how certain replacements are, add it to ``combiner.npz``, and choose the threshold.

    Args:
        options: Settings of the fit.
        made: Dictionaries for the noise.
        model: With the thresholds it will have.
        real: Real spun texts with their faults.
        progress: Receives a line.

    Returns:
        The threshold :attr:`unspin.language.model.Settings.safe`.
    """
    noise = noise_cases(options, made, model)
    trees, crossed = fit_certainty(noise)
    path = options.folder / "combiner.npz"
    Combiner.load(path).with_certainty(trees).save(path)
    cases = Cases.of([x for text, faults in real for x in proposals_of(model, text, faults)])
    certain = sigmoid(trees.score(cases.rows)) if len(cases.right) else np.zeros(0)
    safe = choose_safe([(crossed, noise.right), (certain, cases.right)])
    for name, p, right in (("made", crossed, noise.right), ("real", certain, cases.right)):
        progress(
            f"{name} replacements: {int(right.sum())} of {len(right)} right, "
            f"{int(right[p >= safe].sum())} of {int((p >= safe).sum())} from {safe} on"
        )
    return safe
