"""Structured articles keep their blocks and are only remarked on."""

from __future__ import annotations

from unspin.article import Article
from unspin.config import Config
from unspin.reading import read_bytes
from unspin.structure import structure

BODY = "The joint swells after a long walk and takes a night of rest before it bears weight again."


def notes(text: str, name: str = "case.md") -> list[tuple[str, str, bool]]:
    read = next(iter(read_bytes(text.encode(), name, Config())))
    assert isinstance(read, Article)
    made = structure(read)
    assert made.blocks == read.blocks
    assert made.text == read.text
    return [(n.kind, made.text[n.start : n.end], n.mended) for n in made.notes]


def test_notes_clean_markdown_has_none() -> None:
    assert notes(f"# Knees\n\n{BODY}\n\n## Causes\n\n{BODY}\n\n- rest\n- ice\n\n{BODY}\n") == []


def test_notes_empty_section_and_skipped_level() -> None:
    text = f"# Knees\n\n{BODY}\n\n## Causes\n\n## Care\n\n{BODY}\n\n#### Ice\n\n{BODY}\n"
    assert notes(text) == [("empty-section", "Causes", False), ("level-skipped", "Ice", False)]


def test_notes_a_section_with_nothing_but_a_rule_is_empty() -> None:
    text = f"# Knees\n\n{BODY}\n\n## Causes\n\n---\n\n## Care\n\n{BODY}\n"
    assert notes(text) == [("empty-section", "Causes", False)]


def test_notes_run_ins_are_not_mended() -> None:
    text = f"# Knees\n\n{BODY}\n\nTorn and Worn Discs. {BODY}\n"
    assert notes(text) == [("heading-run-in", "Torn and Worn Discs.", False)]


def test_notes_missing_title() -> None:
    text = "\n\n".join([BODY.replace("joint", part) for part in ("knee", "hip", "foot", "hand")])
    assert [n[0] for n in notes(text)] == ["missing-title"]
