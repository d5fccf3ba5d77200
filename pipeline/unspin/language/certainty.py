"""Evidence on whether the best replacement of a span may be put in without asking.

The judge compares candidates; whether the best of them is right also depends on how surely its
words were replaced at all, and on the article. In an article that is not spun nothing is put in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from unspin.language.restoring import RANKER_FEATURES, Candidate

Array = NDArray[Any]
CERTAINTY_FEATURES = (
    "score", "lead", *RANKER_FEATURES, "support", "others", "p_most", "p_least", "p_mean",
    "article", "level", "spun_words", "words", "changed", "same_number",
)  # fmt: skip
ALONE_LEAD = 9.0  # log odds by which a candidate leads that has no rival
FUNCTION_WORDS = frozenset(
    ["a", "about", "above", "after", "again", "against", "all", "also", "always", "am", "an",
     "and", "any", "are", "as", "at", "be", "because", "been", "before", "being", "below",
     "between", "both", "but", "by", "can", "could", "did", "do", "does", "down", "during", "each",
     "for", "from", "had", "has", "have", "he", "her", "here", "him", "his", "how", "however", "i",
     "if", "in", "into", "is", "it", "its", "just", "many", "may", "me", "might", "more", "most",
     "much", "never", "no", "nor", "not", "of", "off", "often", "on", "once", "only", "onto", "or",
     "other", "our", "out", "over", "per", "she", "should", "since", "so", "some", "such", "than",
     "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "through",
     "to", "too", "toward", "towards", "under", "until", "up", "upon", "us", "very", "via", "was",
     "we", "were", "what", "when", "where", "which", "while", "who", "whom", "whose", "why",
     "will", "with", "within", "without", "would", "yet", "you", "your"]
)  # fmt: skip


def is_plain_change(spun: Sequence[str], words: Sequence[str]) -> bool:
    """Tell whether a replacement exchanges words of content and takes none away.

    What an author wrote is lost where a word is taken away wrongly, and one small word for another
    ("your" -> "the") is a matter of style: neither is ever done unasked. In a real spun article
    these were all of the errors among the surest fifth of the replacements.

    Args:
        spun: Words that would be replaced.
        words: What would be written for them.
    """
    new = [word for word in words if word not in spun and word not in FUNCTION_WORDS]
    return len(words) >= len(spun) and bool(new)


def certainty_row(
    candidates: Sequence[Candidate],
    spun: Sequence[str],
    words: Sequence[str],
    p: Array,
    levels: tuple[float, float],
) -> list[float]:
    """Give the evidence on the best replacement of a span.

    Args:
        candidates: Of the span, best first; at least one.
        spun: Words that would be replaced.
        words: What the best candidate writes for them.
        p: P(spun) of the words that would be replaced.
        levels: Log odds that the article is spun, and the higher of those and its window's.

    Returns:
        Numbers in the order of :data:`CERTAINTY_FEATURES`.
    """
    best = candidates[0]
    lead = best.score - candidates[1].score if len(candidates) > 1 else ALONE_LEAD
    pairs = zip(spun, words, strict=False)
    changed = sum(a != b for a, b in pairs) if len(spun) == len(words) else -1
    number = bool(spun and words) and spun[-1].endswith("s") == words[-1].endswith("s")
    return [
        best.score, lead, *best.features.tolist(), best.support, best.others,
        float(p.max(initial=0.0)), float(p.min(initial=1.0)), float(p.mean()) if len(p) else 0.0,
        *levels, len(spun), len(words), changed, float(number),
    ]  # fmt: skip
