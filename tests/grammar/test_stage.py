from __future__ import annotations

from pathlib import Path

import pytest

from unspin.article import Block, BlockKind, Span
from unspin.findings import Applicability
from unspin.grammar.cache import ResultCache
from unspin.grammar.checker import Checker
from unspin.grammar.match import Match
from unspin.grammar.ruleset import RuleSet
from unspin.grammar.stage import grammar_findings, why_not


def checker_that_knows(path: Path, rules: RuleSet, answers: dict[str, list[Match]]) -> Checker:
    """A checker whose cache holds the answers, so that no server is needed."""
    cache = ResultCache(path / "results.sqlite")
    checker = Checker(rules=rules, cache=cache)
    cache.put({ResultCache.key(checker._keyspace, t): m for t, m in answers.items()})
    return checker


def article(*parts: tuple[BlockKind, str]) -> tuple[str, list[Block]]:
    text, blocks = "", []
    for kind, part in parts:
        text += "\n\n" if text else ""
        blocks.append(Block(kind, len(text), len(text) + len(part)))
        text += part
    return text, blocks


def grammar(start: int, end: int, *replacements: str) -> Match:
    return Match(start, end, "EN_A_VS_AN", "MISC", "Use an instead.", replacements)


def spelling(start: int, end: int, *replacements: str) -> Match:
    return Match(start, end, "MORFOLOGIK_RULE_EN_US", "TYPOS", "Misspelled.", replacements)


def test_stage_moves_offsets_to_the_prose_and_only_suggests(tmp_path: Path, rules: RuleSet) -> None:
    text, blocks = article(
        (BlockKind.HEADING, "A injection"),
        (BlockKind.PARAGRAPH, "Rest well."),
        (BlockKind.LIST_ITEM, "take a aspirin"),
    )
    checker = checker_that_knows(
        tmp_path, rules, {"Rest well.": [], "take a aspirin": [grammar(5, 6, "an")]}
    )
    (found,) = grammar_findings(text, blocks, (), checker)
    assert text[found.start : found.end] == "a"
    assert found.start == text.index("a aspirin")
    assert (found.rule, found.replacements) == ("GR001", ("an",))
    assert found.applicability is Applicability.EDITOR


def test_stage_proposes_nothing_where_languagetool_does_not(tmp_path: Path, rules: RuleSet) -> None:
    text, blocks = article((BlockKind.PARAGRAPH, "take a aspirin"))
    checker = checker_that_knows(tmp_path, rules, {text: [grammar(5, 6)]})
    (found,) = grammar_findings(text, blocks, (), checker)
    assert found.applicability is None


def test_stage_leaves_protected_spans_alone(tmp_path: Path, rules: RuleSet) -> None:
    text, blocks = article((BlockKind.PARAGRAPH, "run a aspirin"))
    checker = checker_that_knows(tmp_path, rules, {text: [grammar(4, 5, "an")]})
    assert grammar_findings(text, blocks, [Span(4, 13)], checker) == []


def test_stage_findings_never_overlap(tmp_path: Path, rules: RuleSet) -> None:
    text, blocks = article((BlockKind.PARAGRAPH, "take a aspirinn now"))
    matches = [grammar(5, 6, "an"), grammar(0, 15, "x"), spelling(7, 15, "aspirin")]
    checker = checker_that_knows(tmp_path, rules, {text: matches})
    found = grammar_findings(text, blocks, (), checker)
    assert [text[f.start : f.end] for f in found] == ["a", "aspirinn"]


@pytest.mark.parametrize(
    "word",
    ["meniscus", "Meniscus", "menisci", "sciatica", "sciatica's", "sciaticas"],
)
def test_stage_knows_words_of_the_list_and_of_the_glossary(
    tmp_path: Path, rules: RuleSet, word: str
) -> None:
    text, blocks = article((BlockKind.PARAGRAPH, f"the {word} hurts"))
    match = spelling(4, 4 + len(word), "other")
    checker = checker_that_knows(tmp_path, rules, {text: [match]})
    terms = {"sciatica", "medial", "menisci"}
    assert grammar_findings(text, blocks, (), checker, terms) == []


@pytest.mark.parametrize(
    "text",
    ["BRCAX is one", "see exmple.com now", "a 5mgml dose", "Exmple is a name", "in-vitroo tests"],
)
def test_stage_spells_no_names_codes_or_parts_of_words(
    tmp_path: Path, rules: RuleSet, text: str
) -> None:
    word = next(w for w in ("BRCAX", "exmple", "mgml", "Exmple", "vitroo") if w in text)
    start = text.index(word)
    prose, blocks = article((BlockKind.PARAGRAPH, text))
    match = spelling(start, start + len(word), "example")
    checker = checker_that_knows(tmp_path, rules, {prose: [match]})
    assert grammar_findings(prose, blocks, (), checker) == []


def test_stage_reports_a_misspelled_common_word(tmp_path: Path, rules: RuleSet) -> None:
    text, blocks = article((BlockKind.PARAGRAPH, "take it befor meals."))
    checker = checker_that_knows(tmp_path, rules, {text: [spelling(8, 13, "before")]})
    (found,) = grammar_findings(text, blocks, (), checker)
    assert (found.rule, found.replacements) == ("GR002", ("before",))


def test_why_not_names_reason_and_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNSPIN_CACHE", str(tmp_path))
    assert why_not("off") == "not run: switched off (--grammar off)"
    why = why_not("auto") or ""
    assert why.startswith("not run: ")
    assert "install" in why


@pytest.mark.languagetool
@pytest.mark.timeout(300)
def test_stage_with_the_real_server(checker: Checker) -> None:
    text, blocks = article(
        (BlockKind.HEADING, "A Exercises for back pain"),
        (BlockKind.PARAGRAPH, "🦴 Sciatica can causes pain. Take it befor meals."),
        (BlockKind.EMBED, "It are a video."),
    )
    found = grammar_findings(text, blocks, (), checker)
    assert [(f.rule, text[f.start : f.end]) for f in found] == [
        ("GR001", "causes"),
        ("GR002", "befor"),
    ]
