"""P(spun) of an article and of its windows where the language model is off.

The model weighs all evidence itself; without it the glossary's hits are what there is.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from unspin.findings import Applicability

if TYPE_CHECKING:
    from unspin.glossary.matcher import Hit

#: P(spun) from which an article counts as spun.
LOOKS_SPUN = 0.5

#: Words in a window.
WINDOW_WORDS = 200

#: Log odds. An article without a hit is taken to be spun with probability .02. A `safe` form does
#: not occur in 17 M clean words, so one is a strong sign and two of different concepts are a
#: verdict; forms that also occur in clean text only add up slowly.
PRIOR, SAFE_HIT, WEAK_HIT = -4.0, 2.4, 0.5

#: A long text gathers chance hits: past so many words, each doubling takes LENGTH off the log odds.
LONG_WORDS, LENGTH = 1000, 0.5


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of prose and its P(spun)."""

    start: int
    end: int
    spun_probability: float


def spun_probability(hits: Sequence[Hit], words: int) -> float:
    """P(spun) from glossary hits alone, 0..1.

    Args:
        hits: Hits of spun variants; each concept counts once, with its strongest hit.
        words: Length of the text that they stand in.
    """
    weights: dict[str, float] = {}
    for hit in hits:
        if hit.kind != "spun":
            continue
        certain = hit.applicability == Applicability.SAFE and not hit.when
        weight = SAFE_HIT if certain else WEAK_HIT
        weights[hit.replacement.casefold()] = max(
            weight, weights.get(hit.replacement.casefold(), 0)
        )
    length = LENGTH * math.log2(max(words, LONG_WORDS) / LONG_WORDS)
    return 1 / (1 + math.exp(-(PRIOR - length + sum(weights.values()))))


def windows(text: str, hits: Sequence[Hit]) -> tuple[Window, ...]:
    """P(spun) of each window of `WINDOW_WORDS` words, from the glossary hits inside it."""
    if not any(hit.kind == "spun" for hit in hits):
        flat = spun_probability((), 0)
        return tuple(Window(a, b, flat) for a, b in window_spans(text))
    ordered = sorted(hits, key=attrgetter("start"))
    starts = [hit.start for hit in ordered]
    return tuple(
        Window(a, b, spun_probability(ordered[bisect_left(starts, a) : bisect_left(starts, b)], 0))
        for a, b in window_spans(text)
    )


def window_spans(text: str) -> Iterator[tuple[int, int]]:
    """Spans of `WINDOW_WORDS` words each; a short rest joins the last one."""
    starts = [0]
    at = count = 0
    for word in text.split(" "):
        count += 1
        at += len(word) + 1
        if count == WINDOW_WORDS:
            starts.append(min(at, len(text)))
            count = 0
    if len(starts) > 1 and count < WINDOW_WORDS // 2:
        starts.pop()
    ends = [*starts[1:], len(text)]
    yield from zip(starts, ends, strict=True)
