"""The grammar stage on clean text and on seeded errors, and its throughput.

    python bench/grammar.py [SHARED]

Clean text is the kept tenth of the corpus, every source; the errors are seeded into its sentences
(bench/seeding.py). Throughput is taken with an empty cache, beside one plain `tool.check()` call
per sentence of the same text, in the same run: to a server with LanguageTool's own settings and
rules, and to our server.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from seeding import SENTENCE_END, Seeded, blocks_of, documents, seed_errors, sentences

from unspin.article import Block, BlockKind
from unspin.findings import Finding
from unspin.grammar.cache import ResultCache
from unspin.grammar.checker import LANGUAGE, Checker
from unspin.grammar.server import HOST, Server
from unspin.grammar.stage import SPELLING_RULE, grammar_findings

#: Words of clean text taken of each source: together at least 60,000.
WORDS_PER_SOURCE = 4_000
SEEDED = 100
#: More seeded errors, for a figure with less chance in it.
SEEDED_MANY = 1_000
#: Words that both servers check before the clock starts (Java compiles what it runs often: before
#: that one measures the compiler), and words that are timed.
WARM_WORDS = 20_000
TIMED_WORDS = 10_000
SLICE_WORDS = 2_000


def article(lines: list[str]) -> tuple[str, list[Block]]:
    """Prose and blocks of a document of the corpus."""
    text, blocks = "", []
    for kind, line in blocks_of(lines):
        text += "\n\n" if text else ""
        blocks.append(Block(BlockKind(kind), len(text), len(text) + len(line)))
        text += line
    return text, blocks


def clean_rate(articles: list[tuple[str, list[Block]]], checker: Checker) -> dict[str, object]:
    """Findings in 1,000 words of clean text."""
    words = sum(len(text.split()) for text, _ in articles)
    found = [f for text, blocks in articles for f in grammar_findings(text, blocks, (), checker)]
    spelling = sum(f.rule == SPELLING_RULE for f in found)
    return {
        "clean_words": words,
        "findings_per_1000_words": round(1000 * len(found) / words, 3),
        "grammar_per_1000_words": round(1000 * (len(found) - spelling) / words, 3),
        "spelling_per_1000_words": round(1000 * spelling / words, 3),
    }


def of_sentence(text: str, checker: Checker) -> list[Finding]:
    """Findings in one sentence."""
    return grammar_findings(text, [Block(BlockKind.PARAGRAPH, 0, len(text))], (), checker)


def is_found(error: Seeded, checker: Checker) -> bool:
    """Whether a finding that the clean sentence lacks touches the error or the word beside it."""
    before = {
        (f.origin, error.original[f.start : f.end]) for f in of_sentence(error.original, checker)
    }
    return any(
        f.start <= error.end + 1
        and error.start - 1 <= f.end
        and (f.origin, error.text[f.start : f.end]) not in before
        for f in of_sentence(error.text, checker)
    )


def recall(clean: list[str], count: int, checker: Checker) -> dict[str, object]:
    """Share of seeded errors found, in all and by kind."""
    errors = seed_errors(clean, count)
    checker.check([e.text for e in errors] + [e.original for e in errors])  # in few requests
    total = Counter(e.kind for e in errors)
    found = Counter(e.kind for e in errors if is_found(e, checker))
    return {
        "errors": len(errors),
        "found": round(sum(found.values()) / len(errors), 3),
        "by_kind": {kind: f"{found[kind]}/{total[kind]}" for kind in sorted(total)},
    }


def throughput(articles: list[tuple[str, list[Block]]], checker: Checker) -> dict[str, object]:
    """Words per second of the stage with an empty cache, and of plain calls per sentence.

    The three take turns, slice by slice, so that a machine that is busy with other things slows
    all of them alike.
    """
    texts = [text[b.start : b.end] for text, blocks in articles for b in blocks]
    slices = cut(texts, SLICE_WORDS)[: (WARM_WORDS + TIMED_WORDS) // SLICE_WORDS]
    warm, timed = slices[: WARM_WORDS // SLICE_WORDS], slices[WARM_WORDS // SLICE_WORDS :]
    assert checker.server is not None
    spent: Counter[str] = Counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(settings="") as default,  # as language_tool_python itself would start it
        Checker(
            server=checker.server,
            rules=checker.rules,
            cache=ResultCache(Path(folder) / "c.sqlite"),
        ) as cold,
    ):
        same, other = client(checker.server), client(default)
        for part in warm:
            cold.check(part)
            other.check("\n\n".join(part))
        for part in timed:
            sentences = [s for text in part for s in SENTENCE_END.split(text)]
            spent["ours"] += seconds(cold.check, [part])
            spent["cached"] += seconds(cold.check, [part])
            spent["plain"] += seconds(other.check, sentences)
            spent["plain, our server"] += seconds(same.check, sentences)
    words = sum(len(text.split()) for part in timed for text in part)
    return {
        "timed_words": words,
        "words_per_second": {name: round(words / taken) for name, taken in spent.items()},
        "ours_is_times_plain": round(spent["plain"] / spent["ours"], 2),
        "ours_is_times_plain_on_our_server": round(spent["plain, our server"] / spent["ours"], 2),
        "load_average": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    }


def cut(texts: list[str], words: int) -> list[list[str]]:
    """Slices of at least so many words."""
    out: list[list[str]] = [[]]
    for text in texts:
        if sum(len(t.split()) for t in out[-1]) >= words:
            out.append([])
        out[-1].append(text)
    return out


def client(server: Server) -> Any:
    """language_tool_python as it comes."""
    import language_tool_python

    return language_tool_python.LanguageTool(
        LANGUAGE, remote_server=server.url(), proxies={"no_proxy": HOST}
    )


def seconds(call: Callable[[Any], object], inputs: Sequence[object]) -> float:
    """How long one call for each input takes in all."""
    start = time.perf_counter()
    for one in inputs:
        call(one)
    return time.perf_counter() - start


def main(shared: Path) -> dict[str, object]:
    """All figures."""
    articles, clean = [], []
    for _, lines in documents(shared / "corpus", kept=True, words=WORDS_PER_SOURCE):
        articles.append(article(lines))
        clean += sentences(lines)
    with Checker() as checker:
        checker.check([t[b.start : b.end] for t, blocks in articles for b in blocks])
        return {
            "clean": clean_rate(articles, checker),
            "seeded": recall(clean, SEEDED, checker),
            "seeded_many": recall(clean, SEEDED_MANY, checker),
            "throughput": throughput(articles, checker),
        }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    default = Path(__file__).resolve().parent.parent.parent / "shared"
    parser.add_argument("shared", nargs="?", type=Path, default=default)
    print(json.dumps(main(parser.parse_args().shared), indent=2))
