"""Scrape debris on the seed article and on made texts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from unspin.article import Article
from unspin.config import Config
from unspin.findings import Finding
from unspin.fixing import fix
from unspin.reading import read_bytes
from unspin.rules import Context, all_rules
from unspin.structure import structure


def read(text: str) -> Article:
    article = next(iter(read_bytes(text.encode("utf-8"), "case.txt", Config())))
    assert isinstance(article, Article)
    return structure(article)


def found(article: Article, *families: str) -> list[Finding]:
    context = Context(config=Config(), glossary=None)  # type: ignore[arg-type]
    rules = [r for r in all_rules() if r.id.startswith(families)]
    return [f for r in rules for f in r.check(article, context)]


#: Items of the seed's debris that must be found, of 19.
LEAST = 16


@pytest.mark.shared
def test_sd_and_st_find_the_debris_of_the_seed(shared: Path, seed: str) -> None:
    article = read(seed)
    spans = [article.map.span(f.start, f.end) for f in found(article, "SD", "ST")]
    gold = [json.loads(x) for x in (shared / "seed" / "gold.jsonl").read_text().splitlines()]
    wanted = [g for g in gold if g["kind"] == "scrape_debris"]
    hit = [g for g in wanted if any(max(a, g["start"]) < min(z, g["end"]) for a, z in spans)]
    assert len(hit) >= LEAST


DIRTY = (
    "Rest the the joint for a day , then walk.[22][23] The swelling goes down It takes a week. "
    "See Ankle Braces and Cold Packs The nurse can help. Ice,warmth and/ or rest work:.\n\n"
    "Click here to read more about ankles. Most sprains heal within weeks. {Some|A few} do not.\n\n"
    "Share on Facebook Tweet Pin It\n\n"
    "The ankle is stiff at first. I hope this helps!"
)
RESTORED = (
    "Rest the joint for a day, then walk. The swelling goes down. It takes a week. "
    "The nurse can help. Ice, warmth and/or rest work:\n\n"
    "Most sprains heal within weeks. Some do not.\n\n"
    "The ankle is stiff at first."
)


def body(article: Article) -> str:
    return "\n\n".join(t for b in article.blocks if (t := article.block_text(b)))


def test_sd_restores_a_text_and_finds_nothing_more() -> None:
    article = read(DIRTY)
    fixed = fix(article, found(article, "SD")).article
    assert body(fixed) == RESTORED
    assert [f for f in found(read(RESTORED), "SD") if f.replacements] == []


def test_rules_that_meet_at_a_sign_leave_nothing_for_a_second_run() -> None:
    dirty = "Rest the joint .[4] Heat helps[[5]]. {{Often|Frequently}} it heals ,[6] then aches."
    restored = "Rest the joint. Heat helps. Often it heals, then aches."
    article = read(dirty)
    assert body(fix(article, found(article, "SD")).article) == restored
    assert [f for f in found(read(restored), "SD") if f.replacements] == []


def test_lost_stops_do_not_depend_on_line_breaks_of_the_source() -> None:
    lines = (
        "tendons\nnerves\nthe small joints of the hip It can come from\nthe muscles It can last."
    )
    spans = []
    for text in (lines, lines.replace("\n", " ")):
        article = next(iter(read_bytes(f"<p>{text}</p>".encode(), "case.html", Config())))
        assert isinstance(article, Article)
        spans.append([(f.rule, f.start, f.end) for f in found(article, "SD")])
    assert spans[0] == spans[1] != []


def test_sd_findings_never_overlap() -> None:
    spans = sorted((f.start, f.end) for f in found(read(DIRTY), "SD"))
    assert all(a[1] <= b[0] for a, b in zip(spans, spans[1:], strict=False))
