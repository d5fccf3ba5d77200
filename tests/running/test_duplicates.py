"""Near-duplicates of a batch."""

from __future__ import annotations

import random

from unspin.running.duplicates import neighbours


def _text(seed: int) -> list[str]:
    rng = random.Random(seed)
    return [rng.choice("abcdefghijklm") * rng.randint(1, 6) for _ in range(300)]


def test_duplicates_names_the_near_one_alone() -> None:
    base = _text(1)
    edited = [*base[:100], "changed", *base[101:]]
    found = neighbours(
        [("a.txt", " ".join(base)), ("b.txt", " ".join(edited)), ("c.txt", " ".join(_text(2)))]
    )
    assert {path: [p for p, _ in near] for path, near in found.items()} == {
        "a.txt": ["b.txt"],
        "b.txt": ["a.txt"],
    }
    assert 0.8 <= found["a.txt"][0][1] <= 1


def test_duplicates_do_not_depend_on_the_order() -> None:
    base = _text(3)
    texts = [(f"{n}.txt", " ".join([*base[: 40 + n], "x", *base[41 + n :]])) for n in range(6)]
    assert neighbours(texts) == neighbours(texts[::-1])


def test_duplicates_of_nothing() -> None:
    assert neighbours([]) == {}
    assert neighbours([("a.txt", "too short"), ("b.txt", "too short")]) == {}
