"""The grammar stage: what LanguageTool says about the restored prose, as findings."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from unspin.article import Block, BlockKind, Span
from unspin.findings import Applicability, Finding, Severity
from unspin.grammar.checker import Checker
from unspin.grammar.install import available
from unspin.grammar.match import MAX_REPLACEMENTS, Match
from unspin.grammar.spelling import is_misspelling
from unspin.places import Places

GRAMMAR_RULE = "GR001"
SPELLING_RULE = "GR002"
#: Blocks whose text is sentences. Headings, table cells and embeds are fragments by nature.
_SENTENCES = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.QUOTE)
_SPELLING_PREFIX = "MORFOLOGIK_RULE_"
#: Share of findings on seeded errors and clean text that are true (docs/grammar.md).
_CONFIDENCE = {GRAMMAR_RULE: 0.8, SPELLING_RULE: 0.6}


def grammar_findings(
    text: str,
    blocks: Sequence[Block],
    protected: Iterable[Span],
    checker: Checker,
    glossary_terms: Collection[str] = (),
) -> list[Finding]:
    """What LanguageTool objects to in a prose.

    Args:
        text: The restored prose.
        blocks: Its blocks, in its offsets.
        protected: Spans of `text` that no finding may touch, such as code.
        checker: Asks the server.
        glossary_terms: Single words that are spelled right: `Glossary.vocabulary`.

    Returns:
        Findings of GR001 and GR002 in offsets of `text`, sorted, disjoint, for an editor.

    Raises:
        GrammarError: There is no server, or it does not answer.
        MissingExtraError: The extra `grammar` is not installed.
    """
    chosen = _checked(blocks)
    results = checker.check([text[b.start : b.end] for b in chosen])
    spans = list(protected)
    found = []
    for block, matches in zip(chosen, results, strict=True):
        for match in matches:
            finding = _finding(match, block.start, text, checker, glossary_terms)
            if finding is not None and not any(s.overlaps(_span(finding)) for s in spans):
                found.append(finding)
    return _disjoint(found)


def prefetch(articles: Iterable[tuple[str, Sequence[Block]]], checker: Checker) -> None:
    """Asks about many articles at once, so that `grammar_findings` finds the answers in the cache.

    Requests are filled and all cores used also where the articles are short.

    Args:
        articles: Prose and blocks of each.
        checker: Asks the server.

    Raises:
        GrammarError: There is no server, or it does not answer.
        MissingExtraError: The extra `grammar` is not installed.
    """
    checker.check([text[b.start : b.end] for text, blocks in articles for b in _checked(blocks)])


def why_not(setting: str) -> str | None:
    """Why the stage will not run, for ``stages["grammar"]``; None when it can be tried.

    Args:
        setting: ``auto``, ``off`` or the address of a server, as `Config.grammar`.
    """
    if setting == "off":
        return "not run: switched off (--grammar off)"
    problem = available()
    if setting != "auto" and problem and "language_tool_python" not in problem:
        problem = None  # the user's server needs neither Java nor an installation here
    return f"not run: {problem}" if problem else None


def _checked(blocks: Sequence[Block]) -> list[Block]:
    return [b for b in blocks if b.kind in _SENTENCES and not b.verbatim and b.end > b.start]


def _span(finding: Finding) -> Span:
    return Span(finding.start, finding.end)


def _finding(
    match: Match, offset: int, text: str, checker: Checker, terms: Collection[str]
) -> Finding | None:
    start, end = match.start + offset, match.end + offset
    spelling = match.rule.startswith(_SPELLING_PREFIX)
    if spelling:
        known = (checker.rules.folded_words, terms)
        if not is_misspelling(text, start, end, match.replacements, known):
            return None
    elif _is_layout(text[start:end], match):
        return None
    rule = SPELLING_RULE if spelling else GRAMMAR_RULE
    return Finding(
        rule=rule,
        start=start,
        end=end,
        message=match.message,
        severity=Severity.INFO if spelling else Severity.WARNING,
        confidence=_CONFIDENCE[rule],
        replacements=match.replacements[:MAX_REPLACEMENTS],
        applicability=Applicability.EDITOR if match.replacements else None,
        origin=f"LanguageTool {match.rule}",
    )


def _is_layout(covered: str, match: Match) -> bool:
    """Whether the best replacement changes hyphens, spaces or capitals alone."""
    if not match.replacements:
        return False
    return _letters(covered) == _letters(match.replacements[0])


def _letters(text: str) -> str:
    return re.sub(r"[\s‐-–-]+", "", text).casefold()


def _disjoint(findings: list[Finding]) -> list[Finding]:
    """The surest of those that overlap, then the shortest; sorted by start."""
    taken = Places()
    order = sorted(findings, key=lambda f: (-f.confidence, f.length, f.start))
    return sorted((f for f in order if taken.take(f.start, f.end)), key=lambda f: f.start)
