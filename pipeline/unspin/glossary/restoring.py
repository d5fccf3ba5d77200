"""Restoring a text from the glossary alone: what examples, the linter and measurements use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unspin.glossary.concept import ADMITTED, SAFE, SPUN
from unspin.glossary.matcher import Glossary, Hit

#: So many other concepts with forms that never occur in clean text make an article look spun.
STRONG_CONCEPTS = 2


def is_strong(hit: Hit) -> bool:
    """Whether a hit is evidence by itself: a safe spun form that needs no condition."""
    return hit.kind == SPUN and hit.applicability == SAFE and not hit.when


def looks_spun(hits: Sequence[Hit], but: Hit) -> bool:
    """Whether enough strong hits of concepts other than that of `but` stand in the article."""
    others: set[str] = set()
    for hit in hits:  # a spun text is known by its first few hits: it is asked of each of them
        if is_strong(hit) and hit.concept != but.concept:
            others.add(hit.concept)
            if len(others) >= STRONG_CONCEPTS:
                return True
    return False


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
    for hit in hits:
        if hit.kind == ADMITTED:
            continue
        if hit.when:
            evidence = looks_spun(hits, hit) if spun is None else spun
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
