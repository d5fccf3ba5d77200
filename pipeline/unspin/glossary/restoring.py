"""Which hits of the glossary stand in a text, and the text restored from them alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from unspin.glossary.concept import ADMITTED, SAFE, SPUN

if TYPE_CHECKING:
    from unspin.glossary.matcher import Glossary, Hit

#: So many other concepts with forms that never occur in clean text make an article look spun.
STRONG_CONCEPTS = 2


def is_strong(hit: Hit) -> bool:
    """Whether a hit is evidence by itself: a safe spun form that needs no condition."""
    return hit.kind == SPUN and hit.applicability == SAFE and not hit.when


def strong_concepts(hits: Iterable[Hit]) -> frozenset[str]:
    """The concepts whose strong hits are evidence that the article is spun."""
    return frozenset(hit.concept for hit in hits if is_strong(hit))


def looks_spun(strong: frozenset[str], but: Hit) -> bool:
    """Whether enough concepts other than that of a hit say that the article is spun.

    Args:
        strong: The concepts of all hits, from :func:`strong_concepts`.
        but: The hit that is in question: its concept is no evidence for itself.
    """
    return len(strong - {but.concept}) >= STRONG_CONCEPTS


def standing(
    glossary: Glossary, text: str, hits: Sequence[Hit] | None = None, *, spun: bool | None = None
) -> Iterator[Hit]:
    """Spun and deprecated hits whose conditions hold.

    Args:
        glossary: The glossary.
        text: The prose.
        hits: What `Glossary.find` gave for it, where known.
        spun: Whether the article looks spun; None judges by the other hits.
    """
    if hits is None:
        hits = glossary.find(text)
    strong = strong_concepts(hits)
    for hit in hits:
        if hit.kind == ADMITTED:
            continue
        if hit.when:
            evidence = looks_spun(strong, hit) if spun is None else spun
            if not glossary.holds(hit, text, spun=evidence):
                continue
        yield hit


def restore(glossary: Glossary, text: str, *, spun: bool | None = None) -> str:
    """The text with every standing hit replaced, whatever its applicability."""
    out: list[str] = []
    at = 0
    for hit in standing(glossary, text, spun=spun):
        out += (text[at : hit.start], hit.replacement)
        at = hit.end
    return "".join((*out, text[at:]))
