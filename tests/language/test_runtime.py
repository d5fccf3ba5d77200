from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unspin.language.model import default_model_dir
from unspin.language.ngrams import NgramTable
from unspin.language.runtime import OVERLAP_PIECES, WINDOW_PIECES, Encoder, equal_windows


@given(st.integers(0, 5000))
def test_windows_cover_all_pieces_are_equal_and_overlap(count: int) -> None:
    starts, length = equal_windows(count)
    assert length <= WINDOW_PIECES - 2
    if not count:
        assert starts == []
        return
    assert starts[0] == 0
    assert starts[-1] + length == count
    for before, after in pairwise(starts):
        assert before < after <= before + length - OVERLAP_PIECES


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    folder = default_model_dir()
    return Encoder(folder, NgramTable.load(folder / "ngrams.npz"))


def test_only_words_of_clean_text_are_proposed(encoder: Encoder) -> None:
    reading = encoder.read("High blood stress harms the coronary heart.")
    made = encoder.proposals(reading.vectors, 20)
    words = {encoder.piece(int(i)) for i in made.ids.ravel()}
    assert "pressure" in words
    assert not words & {"ahmedabad", "lacrosse", "campground"}
    assert encoder.piece_id("lacrosse") >= 0
