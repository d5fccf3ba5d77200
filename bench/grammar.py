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
from collections.abc import Callable
from pathlib import Path

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
#: Words that both sides check before the clock starts (Java compiles what it runs often), and
#: words that are timed.
WARM_WORDS = 4_000
TIMED_WORDS = 10_000


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
    """Words per second of the stage with an empty cache, and of plain calls per sentence."""
    texts: list[str] = []
    for text, blocks in articles:
        if sum(len(t.split()) for t in texts) < WARM_WORDS + TIMED_WORDS:
            texts += [text[b.start : b.end] for b in blocks]
    warm = next(i for i in range(len(texts)) if sum(len(t.split()) for t in texts[:i]) > WARM_WORDS)
    warming, timed = texts[:warm], texts[warm:]
    words = sum(len(t.split()) for t in timed)
    assert checker.server is not None
    with tempfile.TemporaryDirectory() as folder:
        cache = ResultCache(Path(folder) / "c.sqlite")
        with Checker(server=checker.server, rules=checker.rules, cache=cache) as cold:
            cold.check(warming)
            ours = seconds(lambda: cold.check(timed))
            cached = seconds(lambda: cold.check(timed))
    same = plain(checker.server, warming, timed)
    checker.server.stop()
    with Server(settings="") as default:  # as language_tool_python itself would start it
        other = plain(default, warming, timed)
    return {
        "timed_words": words,
        "words_per_second": round(words / ours),
        "words_per_second_cached": round(words / cached),
        "plain_per_sentence": {
            "words_per_second": round(words / other),
            "ours_is_times": round(other / ours, 2),
        },
        "plain_per_sentence_to_our_server": {
            "words_per_second": round(words / same),
            "ours_is_times": round(same / ours, 2),
        },
        "load_average": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    }


def plain(server: Server, warming: list[str], timed: list[str]) -> float:
    """Seconds that `LanguageTool.check` takes for `timed`, sentence by sentence."""
    import language_tool_python

    tool = language_tool_python.LanguageTool(
        LANGUAGE, remote_server=server.url(), proxies={"no_proxy": HOST}
    )
    for text in warming:
        tool.check(text)
    sentences = [part for text in timed for part in SENTENCE_END.split(text)]
    return seconds(lambda: [tool.check(sentence) for sentence in sentences])


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    start = time.perf_counter()
    work()
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
