"""The score: formulas of docs/scoring.md.

Every part is ``100 * exp(-k * r)``, where r is the weighted number of findings of the part for each
100 words *outside* findings. A fault that is added raises the numerator and never the denominator,
so no added fault raises a score.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from unspin.findings import Finding, Severity

#: Rule families of each part.
FAMILIES = {
    "wording": ("SP",),
    "terminology": ("TN",),
    "stuffing": ("KS",),
    "debris": ("SD",),
    "structure": ("ST",),
    "duplication": ("DU",),
    "meaning": ("MF",),
    "grammar": ("GR",),
}
#: k: how steeply a part falls. One error in 100 words costs 1 - exp(-k): wording 26 points,
#: terminology 10, structure 5.
STEEPNESS = {
    "wording": 0.30,
    "terminology": 0.10,
    "stuffing": 0.30,
    "debris": 0.20,
    "structure": 0.05,
    "duplication": 0.20,
    "meaning": 0.40,
    "grammar": 0.10,
}
#: Parts that never enter `score`: grammar depends on the machine.
OUTSIDE_SCORE = frozenset({"grammar"})
#: Rules that never enter a part: near-duplicates depend on neighbours.
OUTSIDE_PARTS = frozenset({"DU003"})
#: What a finding counts, before its confidence.
WEIGHTS = {Severity.ERROR: 1.0, Severity.WARNING: 0.6, Severity.INFO: 0.1}
#: Least number of words a rate divides by: keeps one fault in a stub from being all there is.
LEAST_WORDS = 50
#: Share of the wording part that a certain verdict "spun" takes away by itself.
VERDICT_COST = 0.5


@dataclass(frozen=True)
class Score:
    """Overall score and parts, 0..100; None for parts that were not judged."""

    score: float
    parts: Mapping[str, float | None]


def score(
    text: str,
    findings: Sequence[Finding],
    spun_probability: float,
    *,
    grammar_ran: bool,
) -> Score:
    """Scores a text.

    Args:
        text: The prose that was judged.
        findings: What the rules found in it, in its offsets.
        spun_probability: P(spun) of the article, 0..1.
        grammar_ran: Whether the grammar part was judged.

    Returns:
        The score: product of the parts that enter it, each as a share of 100.
    """
    inside = [f for f in findings if f.rule not in OUTSIDE_PARTS and f.family != "GR"]
    outside = max(LEAST_WORDS, len(text.split()) - _covered_words(text, inside))
    parts: dict[str, float | None] = {}
    total = 1.0
    for part, families in FAMILIES.items():
        counted = [f for f in findings if f.family in families and f.rule not in OUTSIDE_PARTS]
        weight = sum(WEIGHTS[f.severity] * f.confidence for f in counted)
        value = math.exp(-STEEPNESS[part] * 100 * weight / outside)
        if part == "wording":
            value *= 1 - VERDICT_COST * max(0.0, 2 * spun_probability - 1)
        if part == "grammar" and not grammar_ran:
            parts[part] = None
            continue
        parts[part] = 100 * value
        if part not in OUTSIDE_SCORE:
            total *= value
    return Score(100 * total, parts)


def _covered_words(text: str, findings: Sequence[Finding]) -> int:
    """Number of words that lie inside findings, each word counted once."""
    covered = 0
    at = 0
    for start, end in sorted((f.start, f.end) for f in findings if f.source_span is None):
        start = max(start, at)
        if start < end:
            covered += len(text[start:end].split())
            at = end
    return covered
