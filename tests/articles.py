"""Hypothesis strategies and small builders for articles."""

from __future__ import annotations

import hashlib

from hypothesis import strategies as st

from unspin.article import Article, Block, BlockKind, Piece, Source, assemble
from unspin.findings import Applicability, Finding
from unspin.textmap import Segment

WORDS = st.sampled_from(
    [
        "reduced",
        "back",
        "pain",
        "the",
        "knee",
        "of",
        "two",
        "5",
        "mg",
        "not",
        "left",
        "doctor",
        "may",
        "help",
        "with",
        "a",
        "sharp",
        "ache",
        "naïve",
        "😀",
        "R&D",
    ]
)


def source(text: str, kind: str = "txt") -> Source:
    raw = text.encode("utf-8")
    return Source(
        path=f"article.{kind}",
        format=kind,
        encoding="utf-8",
        sha256=hashlib.sha256(raw).hexdigest(),
        text=text,
        raw=raw,
    )


def article(text: str, kind: str = "txt") -> Article:
    """An article whose blocks are the paragraphs of `text`, parted by blank lines."""
    pieces = []
    at = 0
    for part in text.split("\n\n"):
        if part:
            block = Block(BlockKind.PARAGRAPH, 0, len(part))
            pieces.append(Piece(part, (Segment(0, len(part), at, len(part)),), block))
        at += len(part) + 2
    return assemble(source(text, kind), pieces)


paragraphs = st.lists(st.lists(WORDS, min_size=1, max_size=12), min_size=1, max_size=4).map(
    lambda blocks: "\n\n".join(" ".join(words) for words in blocks)
)


@st.composite
def articles_with_fixes(draw: st.DrawFn) -> tuple[Article, list[Finding]]:
    """An article and findings on spans inside its blocks, overlapping ones included."""
    found = article(draw(paragraphs))
    findings = []
    for _ in range(draw(st.integers(0, 8))):
        block = draw(st.sampled_from(found.blocks))
        start = draw(st.integers(block.start, block.end))
        end = draw(st.integers(start, block.end))
        findings.append(
            Finding(
                rule=draw(st.sampled_from(["SP001", "SD003", "KS002", "TN001"])),
                start=start,
                end=end,
                message="A fault.",
                confidence=draw(st.floats(0, 1)),
                replacements=(draw(st.sampled_from(["", "lower back", "ache", " ", "&"])),),
                applicability=draw(st.sampled_from(list(Applicability))),
            )
        )
    return found, findings
