"""Writes the list of words that LanguageTool does not know and that medical English uses.

    python bench/medical_words.py [SHARED]

Words come from the term lists (all of their words) and from the clean corpus without its kept
tenth (words of at least `MIN_DOCUMENTS` documents); texts are counted, never copied. A word of
the corpus that is one edit away from a word many times as frequent is taken for a misspelling
and left out. The result is pipeline/unspin/data/grammar/medical-words.txt.gz.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from unspin.grammar.checker import Checker
from unspin.grammar.ruleset import WORDS, RuleSet
from unspin.grammar.server import Server

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
#: Least number of documents that use a word.
MIN_DOCUMENTS = 4
#: A neighbour at one edit that so many times as many documents use makes a word a misspelling.
MISSPELLING_RATIO = 30
#: Words of fewer letters have neighbours by chance.
MIN_LETTERS_FOR_NEIGHBOURS = 5
SPELLING_RULE = "MORFOLOGIK_RULE_EN_US"
#: LanguageTool skips words of the wrong script; mojibake of the title list has these letters.
MOJIBAKE = re.compile("[ÂÃâ€]")


def in_kept_tenth(identifier: str) -> bool:
    """Whether a corpus document belongs to the tenth that nothing is counted on."""
    return sha256(identifier.encode()).digest()[0] % 10 == 0


def corpus_words(folder: Path) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """Documents per folded word, and per folded word its spellings."""
    documents: Counter[str] = Counter()
    spellings: dict[str, Counter[str]] = {}
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if in_kept_tenth(row["id"]):
                    continue
                words = set(WORD.findall(row["text"]))
                documents.update({w.casefold() for w in words})
                for word in words:
                    spellings.setdefault(word.casefold(), Counter())[word] += 1
    return documents, spellings


def term_words(folder: Path) -> Iterator[str]:
    """Words of the terms themselves (not of definitions)."""
    for path in sorted(folder.glob("*.tsv.gz")):
        columns = 1 if "definitions" in path.name else 2
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                for cell in line.rstrip("\n").split("\t")[:columns]:
                    if not MOJIBAKE.search(cell):
                        yield from WORD.findall(cell)


def neighbours(word: str) -> Iterator[str]:
    """Everything one edit away: a letter dropped, swapped, replaced or added."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    for i in range(len(word) + 1):
        head, tail = word[:i], word[i:]
        if tail:
            yield head + tail[1:]
            yield from (head + c + tail[1:] for c in letters)
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        yield from (head + c + tail for c in letters)


def unknown(words: Iterable[str]) -> list[str]:
    """Those of `words` that LanguageTool takes for spelling errors."""
    rules = RuleSet(enabled=frozenset({SPELLING_RULE}), words=frozenset())
    chunk = sorted(words)
    with Server(words=()) as server:
        checker = Checker(server=server, rules=rules, cache=None)
        found = checker.check(chunk)
    return [word for word, matches in zip(chunk, found, strict=True) if matches]


def main(shared: Path) -> None:
    """Counts, asks LanguageTool, filters, writes."""
    documents, spellings = corpus_words(shared / "corpus")
    wanted = {spellings[w].most_common(1)[0][0] for w, n in documents.items() if n >= MIN_DOCUMENTS}
    terms = {w for w in term_words(shared / "terms") if len(w) > 1}
    folded_terms = {w.casefold() for w in terms}
    # Terms are often written in title case: the corpus knows which of them are names.
    terms = {
        spellings[f].most_common(1)[0][0] if (f := w.casefold()) in spellings else w for w in terms
    }
    kept = []
    for word in unknown(wanted | terms):
        folded = word.casefold()
        if folded not in folded_terms and len(word) >= MIN_LETTERS_FOR_NEIGHBOURS:
            limit = MISSPELLING_RATIO * documents[folded]
            if any(documents[n] > limit for n in neighbours(folded) if n != folded):
                continue
        kept.append(word)
    text = "\n".join(sorted(set(kept))) + "\n"
    WORDS.write_bytes(gzip.compress(text.encode("utf-8"), 9, mtime=0))
    print(f"{len(kept)} words of {len(wanted | terms)} asked, {WORDS.stat().st_size} bytes")


if __name__ == "__main__":
    here = Path(__file__).resolve().parent.parent
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else here.parent / "shared")
