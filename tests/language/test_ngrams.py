from __future__ import annotations

from pathlib import Path

import pytest

from unspin.language.ngrams import NUMBER, STOP, NgramTable, build, units

TEXTS = ["Lower back pain is common. Low back pain, too."] * 40 + ["Type 2 diabetes"] * 5


@pytest.fixture(scope="module")
def table() -> NgramTable:
    return build(TEXTS, bits=12)


def test_units_fold_words_and_keep_offsets() -> None:
    text = "Don’t rest: 2.5 mg, well-being"
    found = units(text)
    words = [w for _, _, w in found]
    assert words == ["don't", "rest", STOP, NUMBER, "mg", STOP, "well", "being"]
    assert [text[a:b] for a, b, _ in found][:2] == ["Don’t", "rest"]


@pytest.mark.parametrize(
    ("words", "least", "most"),
    [
        (["back"], 6, 7),  # log2 of 80
        (["back", "pain"], 6, 7),
        (["lower", "back", "pain"], 5, 6),
        (["pain", "back"], 0, 0),
        (["frightened", "device"], 0, 0),
        (["type", "0", "diabetes"], 2, 3),
    ],
)
def test_counts_are_logarithms(table: NgramTable, words: list[str], least: int, most: int) -> None:
    assert least <= table.counts_of(words) <= most


def test_pairs_do_not_cross_stops(table: NgramTable) -> None:
    assert table.counts_of(["common", "low"]) == 0


def test_table_survives_saving(table: NgramTable, tmp_path: Path) -> None:
    table.save(tmp_path / "t.npz")
    again = NgramTable.load(tmp_path / "t.npz")
    assert again.words == table.words
    assert again.counts_of(["back", "pain"]) == table.counts_of(["back", "pain"])
