"""Measures the structurer on clean documents whose structure is known.

Each document (headings on lines of their own, lists as blocks of "- " lines) is written as flat
text in several ways; the headings and items found are compared with the true ones.

    python bench/structure.py [--kept] [--documents 300] [--show heading-false|...] [--corpus DIR]
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "pipeline"))

from unspin.article import Article, BlockKind  # noqa: E402
from unspin.config import Config  # noqa: E402
from unspin.reading import read_bytes  # noqa: E402
from unspin.structure import structure  # noqa: E402

SOURCES = (
    "medquad-ninds",
    "medquad-niddk",
    "medquad-cancergov",
    "wikipedia-diseases",
    "va-gov",
    "nhs-alpha-beta",
)


@dataclass(frozen=True)
class Part:
    """A heading, item or paragraph of the true document."""

    kind: str  # heading | item | text
    text: str
    group: int  # items with one group make one list


def documents(corpus: Path, *, kept: bool, count: int) -> Iterator[tuple[str, list[Part]]]:
    rows = []
    for name in SOURCES:
        own = []
        with gzip.open(corpus / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                first = hashlib.sha256(row["id"].encode()).digest()[0]
                if (first % 10 == 0) == kept and 120 < len(row["text"].split()) < 3000:
                    own.append(row)
        random.Random(7).shuffle(own)
        rows += own[: count // len(SOURCES)]
    for row in rows:
        yield row["title"], list(parts(row["text"]))


def parts(text: str) -> Iterator[Part]:
    paragraphs = text.split("\n\n")
    for n, paragraph in enumerate(paragraphs):
        lines = paragraph.split("\n")
        if all(line.startswith("- ") for line in lines):
            yield from (Part("item", line[2:].strip(), n) for line in lines)
        else:
            for line in lines:
                most = 24 if line[-1:] == "?" else 14
                short = len(line.split()) <= most and line[-1:] not in ".,;:!" and "\t" not in line
                last = n == len(paragraphs) - 1
                true = len(lines) == 1 and short and not last and line[:1].isupper()
                yield Part("heading" if true else "text", " ".join(line.split()), n)


def spaced(title: str, found: list[Part]) -> str:
    """Blank lines between blocks, "- " before items: as the corpus has it, title on top."""
    return _write(title, found, "- ", 1, 0)


def bullets(title: str, found: list[Part]) -> str:
    return _write(title, found, "  • ", 1, 1)


def unmarked(title: str, found: list[Part]) -> str:
    return _write(title, found, "", 1, 0)


def loose(title: str, found: list[Part]) -> str:
    """No markers, a blank line between all lines."""
    return _write(title, found, "", 1, 1)


def tight(title: str, found: list[Part]) -> str:
    """Markers, no blank lines at all."""
    return _write(title, found, "* ", 0, 0)


def bare(title: str, found: list[Part]) -> str:
    """Neither markers nor blank lines."""
    return _write(title, found, "", 0, 0)


def wrapped(title: str, found: list[Part]) -> str:
    """Wrapped at 72 columns, hanging indent, blank lines between blocks."""
    out = [title, ""]
    for i, part in enumerate(found):
        if i and not (part.kind == "item" and part.group == found[i - 1].group):
            out.append("")
        lead = "- " if part.kind == "item" else ""
        hanging = "  " if lead else ""
        out += textwrap.wrap(
            part.text,
            72,
            initial_indent=lead,
            subsequent_indent=hanging,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(out) + "\n"


def _write(title: str, found: list[Part], marker: str, between: int, inside: int) -> str:
    out = title + "\n" * (1 + between)
    for i, part in enumerate(found):
        following = found[i + 1] if i + 1 < len(found) else None
        out += (marker if part.kind == "item" else "") + part.text
        same = following is not None and part.kind == "item" == following.kind
        same = same and following is not None and following.group == part.group
        out += "\n" * (1 + (inside if same else between))
    return out


WAYS: dict[str, Callable[[str, list[Part]], str]] = {
    w.__name__: w for w in (spaced, bullets, wrapped, unmarked, loose, tight, bare)
}


def read(text: str) -> Article:
    article = next(iter(read_bytes(text.encode(), "doc.txt", Config())))
    assert isinstance(article, Article)
    return structure(article)


def compare(
    truth: list[Part], article: Article, counts: Counter[str], shown: dict[str, list[str]]
) -> None:
    for kind, block_kind in (("heading", BlockKind.HEADING), ("item", BlockKind.LIST_ITEM)):
        want = Counter(p.text for p in truth if p.kind == kind)
        got = Counter(
            " ".join(article.block_text(b).split())
            for b in article.blocks
            if b.kind is block_kind and b.span != article.title_span
        )
        both = sum((want & got).values())
        counts[f"{kind} true"] += both
        counts[f"{kind} want"] += sum(want.values())
        counts[f"{kind} got"] += sum(got.values())
        shown.setdefault(f"{kind}-false", []).extend((got - want).elements())
        shown.setdefault(f"{kind}-missed", []).extend((want - got).elements())
    flat = "".join(article.text.split())
    counts["letters lost"] += sum(
        1 for p in truth if "".join(p.text.split()) not in flat and p.text
    )


def clean(corpus: Path, *, kept: bool, count: int, show: str) -> None:
    """Counts ST, DU and CQ findings on the documents as shipped (record with title and text)."""
    from unspin.rules import all_rules
    from unspin.rules.base import Context

    rules = [r for r in all_rules() if r.id[:2] in ("ST", "DU", "CQ")]
    context = Context(config=Config(), glossary=None)  # type: ignore[arg-type]
    counts: Counter[str] = Counter()
    words = number = 0
    for name in SOURCES:
        with gzip.open(corpus / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        rows = [r for r in rows if (hashlib.sha256(r["id"].encode()).digest()[0] % 10 == 0) == kept]
        for row in random.Random(7).sample(rows, min(len(rows), count // len(SOURCES))):
            data = json.dumps({"title": row["title"], "text": row["text"]}).encode()
            article = next(iter(read_bytes(data, "doc.jsonl", Config())))
            assert isinstance(article, Article)
            article = structure(article)
            words, number = words + article.words, number + 1
            for rule in rules:
                for finding in rule.check(article, context):
                    counts[rule.id] += 1
                    if rule.id == show and not kept:
                        text = article.text[finding.start : finding.end + 80]
                        print("   ", text.replace("\n", "⏎")[:160])
    print(f"as shipped: {number} documents, {words} words; findings per 1,000 words (documents)")
    for rule, found in sorted(counts.items()):
        print(f"  {rule} {1000 * found / words:.3f} ({found})")
    for family in ("ST", "DU"):
        total = sum(v for k, v in counts.items() if k.startswith(family))
        print(f"  {family} {1000 * total / words:.3f}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kept", action="store_true", help="the kept tenth: counts only")
    options.add_argument("--documents", type=int, default=300)
    options.add_argument("--show", default="", help="WAY:heading-false and the like")
    options.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpus")
    given = options.parse_args()
    clean(given.corpus, kept=given.kept, count=given.documents, show=given.show)
    found = list(documents(given.corpus, kept=given.kept, count=given.documents))
    print(f"{len(found)} documents")
    print(f"{'way':10} {'heading P':>9} {'R':>6} {'item P':>7} {'R':>6} {'parts cut':>9} words/s")
    for name, write in WAYS.items():
        counts: Counter[str] = Counter()
        shown: dict[str, list[str]] = {}
        seconds, words = 0.0, 0
        for title, truth in found:
            text = write(title, truth)
            article = next(iter(read_bytes(text.encode(), "doc.txt", Config())))
            assert isinstance(article, Article)
            start = time.perf_counter()
            made = structure(article)
            seconds += time.perf_counter() - start
            words += article.words
            compare(truth, made, counts, shown)
            for note in made.notes:
                counts[note.kind] += 1
                shown.setdefault(note.kind, []).append(made.text[note.start : note.end + 60])
        print(
            f"{name:10} "
            + "  ".join(
                f"{counts[f'{k} true'] / max(1, counts[f'{k} {of}']):6.3f}"
                for k in ("heading", "item")
                for of in ("got", "want")
            )
            + f" {counts['letters lost']:8d} {words / seconds:9,.0f}  "
            + ", ".join(
                f"{k} {v / words * 1000:.2f}" for k, v in sorted(counts.items()) if "-" in k
            )
        )
        way, _, what = given.show.partition(":")
        if way == name and not given.kept:
            for line in random.Random(3).sample(
                shown.get(what, []), min(60, len(shown.get(what, [])))
            ):
                print("   ", line[:150].replace("\n", "⏎"))


if __name__ == "__main__":
    main()
