"""Chooses which of LanguageTool's rules are off, by what they do on clean medical text.

    python bench/choose_grammar_rules.py [SHARED]

Runs all of LanguageTool over clean text of every source of the corpus (never its kept tenth)
and over seeded errors in sentences of the same documents, and writes
pipeline/unspin/data/grammar/rules.yaml with the reason for every rule that is off.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from pathlib import Path

import yaml
from seeding import blocks_of, documents, seed_errors, sentences

from unspin.grammar.checker import Checker
from unspin.grammar.match import Match
from unspin.grammar.ruleset import RULES, WORDS, RuleSet, read_words

#: Words of clean text taken of each source.
WORDS_PER_SOURCE = 12_000
SEEDED = 2_000
#: A rule is off when it fires on clean text more often than this, in 1,000 words, ...
MAX_RATE = 0.004
#: ... unless it finds so many seeded errors for each time it fires in 100,000 clean words.
MIN_WORTH = 0.7
SPELLING = "MORFOLOGIK_RULE_EN_US"
#: Rules whose matches carry ids of their own: only the rule's id switches them off.
FAMILIES = (
    "EN_COMPOUNDS",
    "EN_DIACRITICS_REPLACE",
    "EN_MULTITOKEN_SPELLING",
    "ENGLISH_WRONG_WORD_IN_CONTEXT",
    "EN_WORD_COHERENCY",
)
#: Categories that are no grammar, whatever they do.
NOT_GRAMMAR = {
    "CASING": "capitals are the house style's business, and names of medicine have their own",
    "COLLOQUIALISMS": "taste, not grammar",
    "CREATIVE_WRITING": "taste, not grammar",
    "GENDER_NEUTRALITY": "taste, not grammar",
    "PLAIN_ENGLISH": "taste, not grammar",
    "PUNCTUATION": "scrape debris has rules of its own (SD)",
    "REDUNDANCY": "taste, not grammar",
    "REPETITIONS": "taste, not grammar",
    "REPETITIONS_STYLE": "taste, not grammar",
    "COMPOUNDING": "hyphens are the house style's business",
    "STYLE": "taste, not grammar",
    "TEXT_ANALYSIS": "statistics of the text, not grammar",
    "TYPOGRAPHY": "scrape debris has rules of its own (SD)",
    "WIKIPEDIA": "taste, not grammar",
    "BRITISH_ENGLISH": "American and British spellings are both right",
    "AMERICAN_ENGLISH_STYLE": "American and British usage are both right",
}


def main(shared: Path) -> None:
    """Measures every rule and writes the choice."""
    blocks: list[str] = []
    clean: list[str] = []
    for _, lines in documents(shared / "corpus", kept=False, words=WORDS_PER_SOURCE):
        blocks += [text for kind, text in blocks_of(lines) if kind != "heading"]
        clean += sentences(lines)
    words = sum(len(block.split()) for block in blocks)
    rules = RuleSet(words=read_words(WORDS))
    seeded = seed_errors(clean, SEEDED)
    with Checker(rules=rules) as checker:
        alarms = [m for found in checker.check(blocks) for m in found]
        hits = found_errors(seeded, checker)
    write(alarms, hits, words, len(seeded))


def found_errors(seeded: list, checker: Checker) -> Counter[str]:  # type: ignore[type-arg]
    """Seeded errors that each rule finds."""
    hits: Counter[str] = Counter()
    before = checker.check([s.original for s in seeded])
    after = checker.check([s.text for s in seeded])
    for error, old, new in zip(seeded, before, after, strict=True):
        known = {(m.rule, error.original[m.start : m.end]) for m in old}
        hits.update(
            {
                family(m.rule)
                for m in new
                if m.start <= error.end + 1
                and error.start - 1 <= m.end
                and (m.rule, error.text[m.start : m.end]) not in known
            }
        )
    return hits


def family(rule: str) -> str:
    """The id that switches a rule off."""
    return next((name for name in FAMILIES if rule.startswith(name)), rule)


def write(alarms: list[Match], hits: Counter[str], words: int, seeded: int) -> None:
    """Decides and writes the file."""
    fired: Counter[str] = Counter(family(m.rule) for m in alarms)
    category = {family(m.rule): m.category for m in alarms}
    off: dict[str, str] = {}
    for rule, count in sorted(fired.items()):
        if category[rule] in NOT_GRAMMAR or rule == SPELLING:
            continue
        per_100k = 100_000 * count / words
        if count / words * 1000 > MAX_RATE and hits[rule] < MIN_WORTH * per_100k:
            off[rule] = f"{per_100k:.1f} in 100,000 clean words, {hits[rule]} of {seeded} errors"
    by_category: defaultdict[str, int] = defaultdict(int)
    for match in alarms:
        by_category[match.category] += 1
    data = {"disabled_categories": NOT_GRAMMAR, "disabled": off}
    head = (
        "# Rules and categories of LanguageTool that are off, and why. "
        "Written by bench/choose_grammar_rules.py.\n"
    )
    RULES.write_text(head + yaml.safe_dump(data, sort_keys=True, width=96), encoding="utf-8")
    left = {r: n for r, n in fired.items() if r not in off and category[r] not in NOT_GRAMMAR}
    print(f"{words} clean words; by category: {dict(sorted(by_category.items()))}")
    print(f"{len(off)} rules off; left: {sum(left.values()) / words * 1000:.2f} in 1,000 words")
    for rule, count in sorted(left.items(), key=lambda item: -item[1])[:25]:
        print(f"  {count:5} {hits[rule]:5} {rule}")


if __name__ == "__main__":
    here = Path(__file__).resolve().parent.parent
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else here.parent / "shared")
