"""Keyword stuffing on the seed article, and on texts made like it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from unspin.article import Article
from unspin.config import Config
from unspin.fixing import fix
from unspin.reading import read_bytes
from unspin.rules import Context, rule_by_id
from unspin.structure import structure

KS = ("KS001", "KS002", "KS003")
CLEAN = (
    "A pulled calf hurts at once. Most people stop running and limp home. Ice eases the swelling "
    "on the first day. Later, short walks keep the muscle supple.\n\n"
    "Pulled fibres, bruises, and cramps feel alike. See a nurse or stay at home for a day. "
    "A scan is seldom needed. Healing takes two to six weeks."
)


def read(text: str) -> Article:
    article = next(iter(read_bytes(text.encode("utf-8"), "case.txt", Config())))
    assert isinstance(article, Article)
    return structure(article)


def context() -> Context:
    return Context(config=Config(), glossary=None)  # type: ignore[arg-type]


def clean(article: Article) -> Article:
    rules = [rule_by_id(name) for name in KS]
    found = [f for rule in rules if rule for f in rule.check(article, context())]
    return fix(article, found).article


def body(article: Article) -> str:
    """The text after the line of the title."""
    parts = [article.block_text(b) for b in article.blocks]
    return "\n\n".join(p for p in parts[1:] if p)


@pytest.mark.shared
def test_ks_removes_every_insertion_of_the_seed(shared: Path, seed: str) -> None:
    article = read(seed)
    rules = [rule_by_id(name) for name in KS]
    found = [f for rule in rules if rule for f in rule.check(article, context())]
    spans = [article.map.span(f.start, f.end) for f in found]
    gold = [json.loads(x) for x in (shared / "seed" / "gold.jsonl").read_text().splitlines()]
    wanted = [g for g in gold if g["kind"] == "keyword_stuffing"]
    missed = [g for g in wanted if not any(a <= g["start"] and g["end"] <= z for a, z in spans)]
    assert missed == []
    assert len(spans) == len(wanted)


@pytest.mark.shared
def test_ks_leaves_the_words_around_the_insertions_of_the_seed(seed: str) -> None:
    left = body(clean(read(seed)))
    assert "illness, and joint inflammation can cause" in left
    assert "see a physician or miss out on days" in left
    assert "in their lifetime. Of those, 50 percent" in left
    assert "muscle convulsions.\n\nThe discomfort" in left
    assert "Knee Muscle" not in left


TITLES = (
    "Calf Muscle Pain Running Near Me",
    "calf muscle pain running near me",
    "How To Cure Pulled Calf Fast",
    "Best Calf Brace 2023",
    "Can You Die From Calf Cramps?",
)
WAYS = {
    "sentence": ("at once. Most", "at once. {t}{s} Most"),
    "glued before": ("at once. Most", "at once.{t}{s} Most"),
    "no full stop": ("at once. Most", "at once. {t} Most"),
    "end of paragraph": ("supple.", "supple. {t}{s}"),
    "own line": ("supple.\n\n", "supple.\n\n{t}\n\n"),
    "last line": ("six weeks.", "six weeks.\n\n{t}"),
}


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("way", WAYS)
def test_ks_restores_stuffed_text(title: str, way: str) -> None:
    old, new = WAYS[way]
    stop = "" if title.endswith("?") else "."
    text = CLEAN.replace(old, new.format(t=title, s=stop))
    text = text.replace("first day. Later", f"first day. {title}{stop} Later")
    text = text.replace("needed. Healing", f"needed. {title}{stop} Healing")
    assert body(clean(read(f"{title}\n\n{text}"))) == CLEAN


@pytest.mark.parametrize("title", TITLES[::2][:2])
def test_ks_restores_spliced_sentences(title: str) -> None:
    text = CLEAN.replace("bruises, and", f"bruises, {title}, and")
    text = text.replace("nurse or stay", f"nurse or {title},stay")
    text = text.replace("first day. Later", f"first day. {title}. Later")
    assert body(clean(read(f"{title}\n\n{text}"))) == CLEAN


@pytest.mark.parametrize("title", ["Pulled calf", "What is a pulled calf?", "Calf Muscle Strain"])
def test_ks_leaves_a_title_that_prose_uses(title: str) -> None:
    term = title.removeprefix("What is a ").rstrip("?").lower()
    text = f"{CLEAN} A {term} heals alone. People with {term} should rest, and {term} may return."
    assert body(clean(read(f"{title}\n\n{text}"))) == text


def test_ks_has_nothing_left_to_do_on_its_own_output() -> None:
    title = TITLES[0]
    text = CLEAN.replace("at once. Most", f"at once. {title}. Most").replace(
        "nurse or stay", f"nurse or {title},stay"
    )
    once = body(clean(read(f"{title}\n\n{text}")))
    assert once == CLEAN
    assert body(clean(read(f"{title}\n\n{once}"))) == once
