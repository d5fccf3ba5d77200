"""Keyword stuffing: recall on the seed and on own stuffed articles, removals in clean text.

Run: python bench/stuffing.py
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter

from corpus_docs import SHARED, clean_sample, documents

from unspin.article import Article
from unspin.config import Config
from unspin.reading import read_bytes
from unspin.rules.ks004_title_mismatch import TitleMismatch
from unspin.rules.stuffing import insertions, without_insertions
from unspin.structure import structure

BODY = ("knee", "back of knee", "lower back", "shoulder", "neck", "hip", "ankle", "chest", "wrist")
COMPLAINT = ("muscle pain", "swelling", "numbness", "sprain", "stiffness", "nerve pain", "cramps")
DISEASE = ("diabetes", "asthma", "eczema", "high blood pressure", "migraine", "acid reflux")
ACTION = ("running", "sitting", "walking", "sleeping", "pregnancy", "exercise", "bending")
KINDS = (
    "{body} {complaint} {action}",
    "{complaint} in {body} after {action}",
    "best treatment for {disease}",
    "how to cure {disease} fast",
    "what causes {body} {complaint}?",
    "{disease} treatment guidelines 2023",
    "{disease} doctor near me",
    "{body} {complaint} symptoms and treatment",
    "home remedies for {disease} and {body} {complaint}",
    "{disease} lead to {complaint}",
)
SENTENCE_GAP = r"(?<=[a-z]{3}[.]) (?=[A-Z][a-z]+ [a-z])"
#: Ways of inserting: pattern of the place, what is put there ({t} title, {s} full stop).
WAYS = {
    "sentence": (SENTENCE_GAP, " {t}{s} "),
    "no full stop": (SENTENCE_GAP, " {t} "),
    "glued": (SENTENCE_GAP, "{t}{s} "),
    "end of paragraph": (r"(?<=[a-z][.])(?=\n\n)", " {t}{s}"),
    "line": (r"(?<=[a-z][.])\n\n(?=[A-Z][a-z]+ [a-z].{80})", "\n\n{t}\n\n"),
    "in a list": (r"(?<=[a-z]),(?= (?:and|or) [a-z])", ", {t},"),
    "after a conjunction, glued": (r"(?<= or) (?=[a-z]{3})", " {t},"),
    "before the full stop": (r"(?<=[a-z]{3})(?=\. [A-Z])", " {t}"),
    "anywhere": (r"(?<=[a-z]) (?=[a-z])", " {t} "),
}
ARTICLES = 300
SEED = 11


def read(text: str) -> Article:
    article = next(iter(read_bytes(text.encode("utf-8"), "bench.txt", Config())))
    assert isinstance(article, Article), article
    return structure(article)


def make_title(chance: random.Random) -> str:
    text = chance.choice(KINDS).format(
        body=chance.choice(BODY),
        complaint=chance.choice(COMPLAINT),
        disease=chance.choice(DISEASE),
        action=chance.choice(ACTION),
    )
    style = chance.choice(("title", "title", "lower", "sentence"))
    if style == "title":
        return " ".join(w.capitalize() for w in text.split())
    return text if style == "lower" else text[0].upper() + text[1:]


def stuff(text: str, title: str, way: str, chance: random.Random) -> str | None:
    """The text with one insertion, or None where the way finds no place."""
    pattern, form = WAYS[way]
    places = [
        m for m in re.finditer(pattern, text) if title not in text[m.start() - 80 : m.end() + 80]
    ]
    if not places:
        return None
    place = chance.choice(places)
    stop = "" if title.endswith("?") else "."
    return text[: place.start()] + form.format(t=title, s=stop) + text[place.end() :]


def folded(text: str) -> str:
    return " ".join(text.split())


def own_articles() -> None:
    chance = random.Random(SEED)
    sources = ("medquad-niddk", "medquad-mplus-topics", "nhs-alpha-beta", "medquad-gard")
    found = [d for d in documents(sources, keep=False) if 150 < len(d["text"].split()) < 3000]
    chance.shuffle(found)
    total: Counter[str] = Counter()
    removed: Counter[str] = Counter()
    damage = 0
    for document in found[:ARTICLES]:
        title = make_title(chance)
        for way in WAYS:  # one way at a time beside plain sentences, so that recall is its own
            text: str | None = document["text"].replace("\n- ", "\n\n")
            for _ in range(2):
                text = stuff(text, title, "sentence", chance) or text if text else text
            stuffed = stuff(text, title, way, chance) if text else None
            if stuffed is None:
                continue
            article = read(f"{title}\n\n{stuffed}")
            left = without_insertions(article)
            body = left[len(title) :]  # after the line of the title
            total[way] += 1
            removed[way] += title.rstrip("?") not in body
            words = document["text"].replace("\n- ", "\n\n").split()
            gone = Counter(words) - Counter(body.split())
            damage += sum(gone.values()) if title.rstrip("?") not in body else 0
    print(f"own stuffed articles ({ARTICLES}; beside two plain sentences):")
    for way in WAYS:
        print(f"  {way:28} {removed[way]:4} of {total[way]:4}  {removed[way] / total[way]:.2f}")
    print(f"  words of the original text lost: {damage}")


def seed_article() -> None:
    text = (SHARED / "seed" / "article.txt").read_text(encoding="utf-8")
    article = read(text)
    gold = [json.loads(x) for x in (SHARED / "seed" / "gold.jsonl").read_text().splitlines()]
    wanted = [g for g in gold if g["kind"] == "keyword_stuffing"]
    spans = [article.map.span(i.start, i.end) for i in insertions(article)]
    hit = sum(any(a <= g["start"] and g["end"] <= z for a, z in spans) for g in wanted)
    print(f"seed: {hit} of {len(wanted)} insertions, {len(spans)} removals")


def clean() -> None:
    words = removals = mismatches = 0
    for document in clean_sample():
        article = read(f"{document['title']}\n\n{document['text']}")
        words += article.words
        removals += len(insertions(article))
        mismatches += len(list(TitleMismatch().check(article, None)))  # type: ignore[arg-type]
    print(f"clean: {removals} removals, {mismatches} title findings in {words} words")


if __name__ == "__main__":
    seed_article()
    clean()
    own_articles()
