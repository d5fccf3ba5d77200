"""Near-duplicates between the articles of a batch, by MinHash."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: Words in a shingle: five is usual for near-duplicates of web pages (Broder 1997 used ten
#: tokens; shorter ones bear small edits better).
SHINGLE_WORDS = 5
#: Permutations: the standard error of the estimate is 1/sqrt(256) = .06 at worst, .025 at .8.
PERMUTATIONS = 256
#: Bands of eight rows find pairs of similarity .8 with probability .997 (1 - (1 - .8^8)^32).
BANDS = 32
#: Least estimated Jaccard similarity that is reported.
LEAST_SIMILARITY = 0.8
#: Texts with fewer words are not compared: their few shingles say little.
LEAST_WORDS = 30
SEED = 42

_WORD = re.compile(r"\w+")


def neighbours(
    texts: Iterable[tuple[str, str]],
) -> dict[str, tuple[tuple[str, float], ...]]:
    """Finds articles whose texts are nearly the same.

    Args:
        texts: Path and prose of each article; one is held at a time.

    Returns:
        For each path that has near-duplicates: their paths and estimated Jaccard similarities
        (0.8..1) of five-word shingles, most similar first, then by path. The result does not
        depend on the order of `texts`.
    """
    from rensa import RMinHash, RMinHashLSH

    prints: list[tuple[str, RMinHash]] = []
    for path, text in texts:
        words = _WORD.findall(text.casefold())
        if len(words) < LEAST_WORDS:
            continue
        shingles = {
            " ".join(words[i : i + SHINGLE_WORDS]) for i in range(len(words) - SHINGLE_WORDS + 1)
        }
        made = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
        made.update(sorted(shingles))
        prints.append((path, made))
    prints.sort(key=lambda p: p[0])
    index = RMinHashLSH(threshold=LEAST_SIMILARITY, num_perm=PERMUTATIONS, num_bands=BANDS)
    for number, (_, made) in enumerate(prints):
        index.insert(number, made)
    out: dict[str, tuple[tuple[str, float], ...]] = {}
    for number, (path, made) in enumerate(prints):
        near = [
            (prints[other][0], round(float(made.jaccard(prints[other][1])), 3))
            for other in index.query(made)
            if other != number
        ]
        kept = sorted({n for n in near if n[1] >= LEAST_SIMILARITY}, key=lambda n: (-n[1], n[0]))
        if kept:
            out[path] = tuple(kept)
    return out
