from __future__ import annotations

from itertools import pairwise

import numpy as np
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


def test_short_texts_read_together_read_as_alone(encoder: Encoder) -> None:
    texts = ["The nurse took blood.", "Rest.", "The pain of the frightened device went.", ""]
    together = encoder.read_short(texts)
    for text, reading in zip(texts, together, strict=True):
        assert reading.words == encoder.read(text).words
        assert len(reading.logits) == len(reading.words)
        # int8 takes its scale from all that is read at once
        assert np.abs(reading.logits - encoder.read(text).logits).max(initial=0) < 1.5


def test_only_words_of_clean_text_are_proposed(encoder: Encoder) -> None:
    reading = encoder.read("High blood stress harms the coronary heart.")
    made = encoder.proposals(reading.vectors, 20)
    words = {encoder.piece(int(i)) for i in made.ids.ravel()}
    assert "pressure" in words
    assert not words & {"ahmedabad", "lacrosse", "campground"}
    assert encoder.piece_id("lacrosse") >= 0
