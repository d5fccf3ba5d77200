"""Measures the glossary: recall, false alarms, growth, speed.

Usage: python bench/glossary.py [--shared FOLDER] [--json FILE] [--quick]

Reads the development data beside the checkout (phrases, corpus, parallel texts, the list of
tortured phrases). Rows and documents that are kept for measuring are only counted, never shown.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "pipeline"))

from unspin.article import Article, Block, BlockKind, Piece, Source, assemble  # noqa: E402
from unspin.config import Config  # noqa: E402
from unspin.glossary.commands import concepts_in_force  # noqa: E402
from unspin.glossary.compiling import compile_tables  # noqa: E402
from unspin.glossary.concept import SPUN, Concept  # noqa: E402
from unspin.glossary.counts import documents  # noqa: E402
from unspin.glossary.exchange import pps  # noqa: E402
from unspin.glossary.matcher import Glossary, load_glossary  # noqa: E402
from unspin.glossary.restoring import restore, standing  # noqa: E402
from unspin.rules import Context, rule_by_id  # noqa: E402
from unspin.textmap import Segment  # noqa: E402

#: Style of each source (the corpus' INDEX.md).
STYLES = {
    "openstax": "textbook",
    "wikipedia": "encyclopedia",
    "cdc-mmwr": "public-health report",
    "cdc-pcd": "journal article",
    "covid-qa": "journal article",
    "craft": "journal article",
    "pmc-trials": "journal article",
}
#: Order of concepts in the curve; steps of the curve.
SEED, STEPS = 20, 8
#: Words of raw text on which speed is measured.
SPEED_WORDS = 1_000_000


def style_of(source: str) -> str:
    return next((s for prefix, s in STYLES.items() if source.startswith(prefix)), "consumer")


def rows(shared: Path) -> list[dict[str, Any]]:
    with (shared / "spun" / "phrases.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def recall(
    glossary: Glossary, chosen: Iterable[dict[str, Any]], *, spun: bool | None
) -> dict[str, Any]:
    """Rows whose phrase is found in its sentence, and of those the ones restored exactly."""
    found = exact = right = total = 0
    forms: set[str] = set()
    for row in chosen:
        total += 1
        text = row["carrier"]
        at = text.lower().find(row["spun"].lower())
        hits = [
            h
            for h in standing(glossary, text, spun=spun)
            if h.kind == SPUN and h.form_start < at + len(row["spun"]) and at < h.form_end
        ]
        if hits:
            found += 1
            forms.update(h.form for h in hits)
            exact += restore(glossary, text, spun=spun) == row["restored"]
            right += all(h.replacement.lower() in row["restored"].lower() for h in hits)
    return {
        "rows": total,
        "found": found,
        "recall": round(found / total, 3) if total else None,
        "restored exactly": exact,
        "exact": round(exact / found, 3) if found else None,
        "replacements that stand in the restored sentence": right,
        "distinct forms": len(forms),
    }


def false_alarms(glossary: Glossary, data: list[dict[str, Any]], key: str) -> dict[str, int]:
    """Sentences of all rows in which the rules report something that is right there.

    The rules leave alone what the matcher finds in names and where a term is spoken about.
    """
    texts = [r[key] for r in data if r.get(key)]
    found = [findings(glossary, article_of(text), ("SP001", "TN001")) for text in texts]
    return {
        "sentences": len(texts),
        **{name: sum(bool(counted[name]) for counted in found) for name in ("SP001", "TN001")},
    }


def curve(data: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Recall over the number of concepts, taken in a random order."""
    concepts = concepts_in_force()
    random.Random(SEED).shuffle(concepts)
    kept = [r for r in data if r["kept"]]
    others = [r for r in data if not r["kept"]]
    out = []
    for step in range(1, STEPS + 1):
        part = concepts[: len(concepts) * step // STEPS]
        glossary = Glossary(compile_tables(part, "curve"))
        out.append(
            {
                "concepts": len(part),
                "kept": recall(glossary, kept, spun=None)["recall"],
                "kept, article known to be spun": recall(glossary, kept, spun=True)["recall"],
                "others": recall(glossary, others, spun=None)["recall"],
            }
        )
    return out


def article_of(text: str) -> Article:
    """A document of the corpus as an article: a blank line parts paragraphs."""
    pieces = []
    at = 0
    for paragraph in text.split("\n\n"):
        if paragraph.strip():
            n = len(paragraph)
            pieces.append(
                Piece(paragraph, (Segment(0, n, at, n),), Block(BlockKind.PARAGRAPH, 0, n))
            )
        at += len(paragraph) + 2
    return assemble(Source("clean", "txt", "utf-8", "", text), pieces)


def findings(glossary: Glossary, article: Article, ids: Iterable[str]) -> Counter[str]:
    from unspin import evidence

    hits = glossary.find(article.text)
    context = Context(Config(), glossary, hits, evidence.spun_probability(hits, article.words))
    found: Counter[str] = Counter()
    for name in ids:
        rule = rule_by_id(name)
        assert rule is not None
        for finding in rule.check(article, context):
            found[name] += 1
            if finding.applicability == "safe" and finding.replacements:
                found[f"{name} applied"] += 1
    return found


def clean_text(glossary: Glossary, shared: Path) -> dict[str, dict[str, Any]]:
    """Findings in 1,000 words of the kept tenth, by style."""
    words: Counter[str] = Counter()
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for source, _, text in documents(shared / "corpus", kept=True):
        for name in (style_of(source), "all"):
            words[name] += len(text.split())
        counted = findings(glossary, article_of(text), ("SP001", "TN001"))
        for name in (style_of(source), "all"):
            found[name] += counted
    return {
        style: {
            "words": words[style],
            **{
                f"{name} in 1,000": round(1000 * found[style][name] / words[style], 4)
                for name in ("SP001", "SP001 applied", "TN001", "TN001 applied")
            },
        }
        for style in sorted(words)
    }


def parallel(glossary: Glossary, shared: Path) -> dict[str, Any]:
    """Distinct forms found in paragraphs spun by tools, and edits that they touch."""
    out: dict[str, Any] = {}
    for path in sorted((shared / "parallel").glob("*.gz")):
        forms: set[str] = set()
        edits = touched = 0
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                hits = [h for h in standing(glossary, row["spun"], spun=True) if h.kind == SPUN]
                forms.update(h.form for h in hits)
                edits += len(row["edits"])
                touched += sum(
                    any(h.form_start < e["end"] and e["start"] < h.form_end for h in hits)
                    for e in row["edits"]
                )
        out[path.name.split(".")[0]] = {
            "edits": edits, "touched": touched, "distinct forms": len(forms),
        }  # fmt: skip
    return out


def raw_text(shared: Path) -> str:
    parts: list[str] = []
    size = 0
    for _, _, text in documents(shared / "corpus"):
        parts.append(text)
        size += len(text.split())
        if size >= SPEED_WORDS:
            break
    return "\n\n".join(parts)


def best(function: Callable[[], Any], times: int = 3) -> float:
    """Least of some processor times, in seconds: other programs may be running."""
    out = []
    for _ in range(times):
        started = time.process_time()
        function()
        out.append(time.process_time() - started)
    return min(out)


def speed(shared: Path) -> dict[str, Any]:
    """Loading, compiling and matching, beside the list of tortured phrases in the same run."""
    from ahocorasick_rs import AhoCorasick

    text = raw_text(shared)
    words = len(text.split())
    cold = best(lambda: compile_tables(concepts_in_force(), "cold"), 1)
    load_glossary()
    warm = best(load_glossary)
    glossary = load_glossary()
    warm_find = best(lambda: _fresh(glossary, text))
    phrases = [p for row in pps.read_rows(shared / "pps" / "tortured.csv") for p in row.phrases]
    automaton = AhoCorasick([p.lower() for p in phrases])
    listed = Glossary(compile_tables([("pps", c) for c in _tortured(shared)], "pps"))
    theirs = best(lambda: _fresh(listed, text))
    plain = best(lambda: automaton.find_matches_as_indexes(text.lower(), overlapping=True))
    return {
        "words of raw text": words,
        "parse and compile, s": round(cold, 3),
        "load from the cache, s": round(warm, 3),
        "words a second and core": round(words / warm_find),
        "the same for the tortured phrases": round(words / theirs),
        "tortured phrases, bare automaton without word boundaries": round(words / plain),
    }


def _tortured(shared: Path) -> tuple[Concept, ...]:
    return pps.read_pps(shared / "pps" / "tortured.csv").concepts


def _fresh(glossary: Glossary, text: str) -> None:
    glossary.forget()
    glossary.find(text)


def tortured(shared: Path) -> dict[str, Any]:
    """The importer on the list of tortured phrases, and what it finds."""
    path = shared / "pps" / "tortured.csv"
    result = pps.read_pps(path)
    glossary = Glossary(compile_tables([("pps", c) for c in result.concepts], "pps"))
    seed = (shared / "seed" / "article.txt").read_text(encoding="utf-8")
    words = found = 0
    for _, _, text in documents(shared / "corpus", kept=True):
        words += len(text.split())
        found += sum(1 for _ in standing(glossary, text, spun=True))
        if words >= 60_000:
            break
    return {
        "rows": result.rows,
        "parsed": result.rows - len(result.explained),
        "explained": len(result.explained),
        "concepts": len(result.concepts),
        "forms": glossary.counts["forms"],
        "findings on the seed article": sum(1 for _ in standing(glossary, seed, spun=True)),
        "clean words": words,
        "findings on them": found,
    }


def measure(shared: Path, *, quick: bool) -> Iterator[tuple[str, Any]]:
    glossary = load_glossary()
    data = rows(shared)
    kept = [r for r in data if r["kept"]]
    others = [r for r in data if not r["kept"]]
    yield "glossary", {**glossary.counts, "version": glossary.version}
    yield "kept rows, sentence alone", recall(glossary, kept, spun=None)
    yield "kept rows, article known to be spun", recall(glossary, kept, spun=True)
    yield "other rows, sentence alone", recall(glossary, others, spun=None)
    yield "false alarms on restored", false_alarms(glossary, data, "restored")
    yield "false alarms on legit", false_alarms(glossary, data, "legit")
    yield "parallel", parallel(glossary, shared)
    seed = (shared / "seed" / "article.txt").read_text(encoding="utf-8")
    seed_hits = [h for h in standing(glossary, seed) if h.kind == SPUN]
    yield "seed", {"hits": len(seed_hits), "distinct forms": len({h.form for h in seed_hits})}
    yield "clean text of the kept tenth", clean_text(glossary, shared)
    yield "speed", speed(shared)
    yield "tortured phrases", tortured(shared)
    if not quick:
        yield "curve", curve(data)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="leave the curve out")
    options = parser.parse_args()
    out = {}
    for name, value in measure(options.shared, quick=options.quick):
        out[name] = value
        print(f"{name}:")
        items = enumerate(value) if isinstance(value, list) else value.items()
        for key, item in items:
            print(f"  {key}: {item}")
    if options.json:
        options.json.write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
